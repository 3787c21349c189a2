"""Shows the times of a denial in the user's time zone, which only the browser knows.

The message has the time in UTC, and loads a script from the hub that replaces it. A site may forbid inline scripts, so
it is a file. Without the script, the time in UTC stays, beside the remaining time.
"""

import html
from typing import Final

from jupyterhub.utils import url_path_join
from tornado.web import RequestHandler

SCRIPT: Final = """\
for (const time of document.querySelectorAll("time[datetime]")) {
  time.textContent = new Date(time.dateTime).toLocaleString([], {
    weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  });
}
"""


class LocalTimeScript(RequestHandler):
    """Serves the script without a login: it contains no data."""

    def get(self) -> None:
        """Answer with the script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "max-age=86400")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(SCRIPT)


def path(hub_prefix: str) -> str:
    """Return the path of the script below the prefix of the hub, such as ``/hub/``."""
    return str(url_path_join(hub_prefix, "quota", "local-time.js"))


def element(hub_prefix: str) -> str:
    """Return the script element for the hub's pages."""
    return f'<script src="{html.escape(path(hub_prefix))}"></script>'
