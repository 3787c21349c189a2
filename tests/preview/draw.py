"""Draws dashboards and pages with draw.mjs, which runs in Node.js."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.tools import TOOLS

AT_ONCE: Final = 2
_HERE: Final = Path(__file__).parent
_MODULES: Final = TOOLS / "preview/node_modules"


class DrawError(Exception):
    """No picture could be drawn; the message says why."""


@dataclass(frozen=True)
class Picture:
    """A picture of a dashboard's file, or of a page's URL.

    Attributes:
        out: The PNG.
        file: A dashboard.
        url: A page, if there is no dashboard.
        range: Grafana's (from, to); None: the dashboard's own.
        variables: The values of the dashboard's variables that differ from its own.
        height: The upper part that is drawn, in pixels; None: all.
        login: Hub and username to log in with first.
        open: Selectors of elements to click first.
    """

    out: Path
    file: Path | None = None
    url: str = ""
    theme: str = "dark"
    width: int = 1600
    range: tuple[str, str] | None = None
    variables: Mapping[str, Sequence[str]] = field(default_factory=dict)
    height: int | None = None
    scale: float = 1
    login: tuple[str, str] | None = None
    open: Sequence[str] = ()

    def job(self) -> dict[str, Any]:
        """Return the job as draw.mjs reads it."""
        job: dict[str, Any] = {
            "out": str(self.out), "theme": self.theme, "width": self.width, "scale": self.scale, "open": self.open,
            "variables": self.variables,
        }  # fmt: skip
        if self.file:
            job["file"] = str(self.file)
        else:
            job["url"] = self.url
        if self.range:
            job["from"], job["to"] = self.range
        if self.height:
            job["height"] = self.height
        if self.login:
            job["login"] = dict(zip(("hub", "username"), self.login, strict=True))
        return job


@dataclass(frozen=True)
class Drawn:
    """A drawn picture: what failed, and which panels have no data."""

    picture: Picture
    title: str
    errors: tuple[str, ...]
    empty: tuple[str, ...]


def draw(prometheus_url: str, pictures: Sequence[Picture]) -> Iterator[Drawn]:
    """Draw the pictures, AT_ONCE at a time, and yield each when it is there.

    Raises DrawError where Node.js, Chromium or the packages are missing, or draw.mjs fails.
    """
    path = os.pathsep.join([str(TOOLS / "node_modules/.bin"), str(TOOLS / "browser/bin"), os.environ["PATH"]])
    node = shutil.which("node", path=path)
    browser = shutil.which("chromium", path=path) or shutil.which("google-chrome", path=path)
    if not node or not browser or not _MODULES.exists():
        raise DrawError("Node.js, Chromium or Grafana's packages are missing: run .ci/setup preview")
    task = {
        "modules": str(_MODULES), "chromium": browser, "prometheus": prometheus_url, "scrapeInterval": "15s",
        "atOnce": AT_ONCE, "jobs": [picture.job() for picture in pictures],
    }  # fmt: skip
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(task, file)
        file.flush()
        with subprocess.Popen(
            [node, _HERE / "draw.mjs", file.name], stdout=subprocess.PIPE, text=True, encoding="utf-8"
        ) as process:
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    yield _drawn(pictures, json.loads(line))
            finally:
                if process.poll() is None and process.wait():
                    process.kill()
        if process.returncode:
            raise DrawError(f"draw.mjs ended with code {process.returncode}")


def _drawn(pictures: Sequence[Picture], line: Mapping[str, Any]) -> Drawn:
    picture = pictures[line["job"]]
    if "error" in line:
        return Drawn(picture, picture.out.stem, (line["error"],), ())
    errors = [f"${row['name']}: {row['error']}" for row in line["variables"] if row.get("error")]
    errors += [f"{panel['title']}: {error}" for panel in line["panels"] for error in panel["errors"]]
    empty = tuple(panel["title"] for panel in line["panels"] if panel["noData"])
    return Drawn(picture, line["title"], tuple(errors), empty)
