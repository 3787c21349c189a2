"""Draws every picture in docs/ and README, and the sample report, from the demo: ``make pictures``."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import requests

from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.demo.__main__ import ERRORS, DemoError, finished
from tests.demo.place import Place
from tests.demo.site import COURSE, GPU_GROUP, LEADS, SCIENCE, TEACHING
from tests.preview.draw import DrawError, Picture, draw
from tests.tools import TOOLS

DOCS: Final = Path(__file__).parents[2] / "docs"
IMAGES: Final = DOCS / "images"
SAMPLE: Final = DOCS / "examples/report.html"
_WIDTH: Final = 1440
_COLOURS: Final = "128"


def main() -> int:
    """Draw and compress; return 0, or 1 if something failed."""
    argparse.ArgumentParser(prog="make pictures", description=__doc__).parse_args()
    failed = False
    try:
        with finished() as place, tempfile.TemporaryDirectory(prefix="hubmeter-pictures-") as folder:
            shutil.copy(sample(place), SAMPLE)
            wanted = list(pictures(place, Path(folder)))
            for number, drawn in enumerate(draw(place.prometheus, wanted), 1):
                print(f"{number:3} of {len(wanted)}  {drawn.picture.out.name}", flush=True)
                for error in drawn.errors:
                    print(f"     error: {error}", file=sys.stderr)
                failed |= bool(drawn.errors)
            if not failed:
                _replace_images([picture.out for picture in wanted])
    except (DrawError, DemoError, *ERRORS) as error:
        print(f"pictures: {error}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in IMAGES.iterdir())
    print(f"docs/images: {len(wanted)} pictures of {size / 1e6:.1f} MB")
    return int(failed)


def pictures(place: Place, folder: Path) -> Iterator[Picture]:
    """Yield the pictures to draw into ``folder``."""
    for board in sorted(Path(place.dashboards).glob("*.json")):
        for theme in ("dark", "light"):
            chosen = {"usergroup": [COURSE]} if board.stem == "group-bill" else {}
            yield Picture(folder / f"{board.stem}-{theme}.png", board, theme=theme, width=_WIDTH, variables=chosen)
    groups = Path(place.dashboards) / "groups.json"
    yield Picture(folder / "groups-overview.png", groups, theme="light", width=_WIDTH, height=1225)
    for theme in ("dark", "light"):
        yield Picture(folder / f"report-page-{theme}.png", url=sample(place).as_uri(), theme=theme, width=1100)
    near, over = _users(place)
    usage = f"{place.hubs[SCIENCE]}/services/usage/"
    login = place.hubs[SCIENCE], near
    for theme in ("dark", "light"):
        yield Picture(folder / f"usage-page-{theme}.png", url=usage, theme=theme, width=1000, login=login)
    (lead,) = LEADS[GPU_GROUP]
    group = f"{place.hubs[SCIENCE]}/services/usage/group"
    for theme in ("dark", "light"):
        login = place.hubs[SCIENCE], lead
        yield Picture(folder / f"group-page-{theme}.png", url=group, theme=theme, width=1100, height=1560, login=login)
    login = place.hubs[SCIENCE], near
    yield Picture(
        folder / "usage-page-phone.png", url=usage, theme="light", width=390, height=1100, scale=2, login=login
    )
    hub = place.hubs[TEACHING]
    yield Picture(
        folder / "quota-denied.png", url=f"{hub}/hub/spawn", theme="light", width=900, height=520, login=(hub, over)
    )


def sample(place: Place) -> Path:
    """Return the page of the course in the last month's reports."""
    (found,) = [
        path for path in Path(place.reports).glob("*/groups/*.html") if COURSE in path.read_text(encoding="utf-8")
    ]
    return found


def _users(place: Place) -> tuple[str, str]:
    """Return the user of the hub science who is nearest to a limit, and the one of teaching who is most over one."""
    with requests.Session() as session:
        client = Prometheus(place.prometheus, session)

        def first(namespace: str, condition: str) -> str:
            (row,) = client.instant(f'topk(1, {names.QUOTA_NEAREST}{{namespace="{namespace}"}} {condition})')
            return row.labels["username"]

        return first(SCIENCE, "< 0.99"), first(TEACHING, ">= 1")


def _replace_images(drawn: list[Path]) -> None:
    """Put the pictures, compressed, in the place of all images in docs/."""
    pngquant = TOOLS / "pngquant/bin/pngquant"
    shutil.rmtree(IMAGES)
    IMAGES.mkdir()
    for path in drawn:
        subprocess.run([pngquant, "--strip", "--speed=3", f"--output={IMAGES / path.name}", _COLOURS, path], check=True)


if __name__ == "__main__":
    sys.exit(main())
