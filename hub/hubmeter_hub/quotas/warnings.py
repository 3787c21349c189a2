"""Shows users on the hub's pages when their servers are stopped, by a script that a site's templates load."""

from collections.abc import Callable
from typing import Any, Final

from jupyterhub.handlers import BaseHandler
from jupyterhub.utils import url_path_join
from tornado.web import HTTPError, RequestHandler

from hubmeter_hub.quotas.check import QuotaCheck

SCRIPT: Final = """\
const place = document.currentScript;
fetch(place.src.replace(/\\.js$/, ""))
  .then((answer) => (answer.ok ? answer.json() : { warnings: [] }))
  .then(({ warnings }) => {
    for (const text of warnings) {
      const warning = document.createElement("p");
      warning.className = "alert alert-warning";
      warning.setAttribute("role", "alert");
      warning.textContent = text;
      place.before(warning);
    }
  })
  .catch(() => {}); // without an answer, the page is as without the script
"""

# From (username, groups) to whether the user is warned.
Warns = Callable[[str, frozenset[str]], bool]


class WarningsScript(RequestHandler):
    """Serves the script without a login: it contains no data."""

    def get(self) -> None:
        """Answer with the script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", "max-age=3600")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(SCRIPT)


class Warnings(BaseHandler):  # type: ignore[misc] # jupyterhub ships no types
    """Answers with the warnings of the user who is logged in."""

    def initialize(self, check: QuotaCheck, warns: Warns) -> None:
        """Take the check, and which users are warned."""
        self._check = check
        self._warns = warns

    async def get(self) -> None:
        """Answer with ``{"warnings": [...]}``; Prometheus is queried only for users with running servers."""
        user: Any = self.current_user
        if user is None:
            raise HTTPError(403)
        groups = frozenset(group.name for group in user.groups)
        texts: tuple[str, ...] = ()
        if any(spawner.active for spawner in user.spawners.values()) and self._warns(user.name, groups):
            texts = await self._check.warnings(user.name, groups, self.log)
        self.set_header("Cache-Control", "no-store")
        self.finish({"warnings": list(texts)})


def handlers(hub_prefix: str, check: QuotaCheck, warns: Warns) -> list[tuple[Any, ...]]:
    """Return the routes below the prefix of the hub, such as ``/hub/``."""
    path = url_path_join(hub_prefix, "quota", "warnings")
    return [(rf"{path}\.js", WarningsScript), (path, Warnings, {"check": check, "warns": warns})]
