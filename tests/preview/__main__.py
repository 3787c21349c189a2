"""Draws the dashboards: ``python -m tests.preview [--all]``; see docs/demo.md."""

import argparse
import contextlib
import html
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.demo.__main__ import ERRORS, DemoError, finished
from tests.demo.place import Place
from tests.demo.prometheus import newest, prometheus
from tests.demo.site import COURSE, GPU_GROUP, SCIENCE
from tests.preview.draw import DrawError, Drawn, Picture, draw
from tests.preview.selection import DIMENSIONS, RANGES, Case, pairwise

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / ".cache/preview"
_USERS: Final = {"one": "ada", "two": "alan"}
_GROUPS: Final = {"one": GPU_GROUP, "two": COURSE}


def main() -> int:
    """Draw; return 0, 1 if a panel failed, or 2 if nothing could be drawn."""
    parser = argparse.ArgumentParser(prog="make preview", description=__doc__)
    parser.add_argument("--all", action="store_true", help="ranges, widths, themes, filters, nothing yet, by pairs")
    chosen = parser.parse_args().all
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    begun = time.monotonic()
    try:
        with finished() as place, contextlib.ExitStack() as stack:
            boards = dashboards(place)
            if chosen:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubmeter-preview-")))
                empty = stack.enter_context(prometheus(newest(), "{}", folder / "prometheus")).url
                cases = pairwise({"dashboard": [path.stem for path in boards], **DIMENSIONS})
                urls = {"recorded": place.prometheus, "empty": empty}
                drawn = [
                    one
                    for site, url in urls.items()
                    for one in _drawn(url, [picture(place, case) for case in cases if case["site"] == site])
                ]
            else:
                drawn = list(_drawn(place.prometheus, [
                    Picture(OUT / f"{path.stem}-{theme}.png", path, theme=theme)
                    for path in boards for theme in ("light", "dark")
                ]))  # fmt: skip
    except (DrawError, DemoError, *ERRORS) as error:
        print(f"preview: {error}", file=sys.stderr)
        return 2
    index = OUT / "index.html"
    index.write_text(page(drawn), encoding="utf-8")
    failed = [one for one in drawn if one.errors]
    print(f"{len(drawn)} pictures in {time.monotonic() - begun:.0f} s, {len(failed)} with errors: {index}")
    return int(bool(failed))


def dashboards(place: Place) -> list[Path]:
    """Return the files of all dashboards of the site."""
    return sorted(Path(place.dashboards).glob("*.json"))


def picture(place: Place, case: Case) -> Picture:
    """Return the picture of a case of `pairwise`."""
    hubs = case["hubs"]
    variables: dict[str, Sequence[str]] = {"hub": [SCIENCE]} if hubs == "one" else {}
    if case["filter"] == "group":
        variables["usergroup"] = [_GROUPS[hubs]]
    elif case["filter"] == "user":
        variables["username"] = [_USERS[hubs]]
    board = Path(place.dashboards) / f"{case['dashboard']}.json"
    known = {row["name"] for row in json.loads(board.read_text(encoding="utf-8"))["templating"]["list"]}
    return Picture(
        OUT / ("-".join(case[name] for name in ("dashboard", *DIMENSIONS)) + ".png"),
        board,
        theme=case["theme"],
        width=int(case["width"]),
        range=RANGES[case["range"]],
        variables={name: value for name, value in variables.items() if name in known and case["site"] == "recorded"},
    )


def _drawn(url: str, pictures: Sequence[Picture]) -> Iterator[Drawn]:
    for number, one in enumerate(draw(url, pictures), 1):
        print(f"{number:3} of {len(pictures)}  {one.picture.out.name}", flush=True)
        for error in one.errors:
            print(f"     error: {error}", flush=True)
        yield one


def page(drawn: Sequence[Drawn]) -> str:
    """Return an index of pictures as HTML: each with the panels that failed or have no data."""
    parts = []
    for one in sorted(drawn, key=lambda of: of.picture.out.name):
        name = html.escape(one.picture.out.name)
        notes = "".join(f"<li class=error>{html.escape(error)}</li>" for error in one.errors)
        notes += "".join(f"<li>no data: {html.escape(title)}</li>" for title in one.empty)
        parts.append(
            f'<figure><figcaption><a href="{name}">{name}</a> {html.escape(one.title)}</figcaption>'
            f'<a href="{name}"><img loading=lazy src="{name}" alt="{html.escape(one.title)}"></a>'
            f"<ul>{notes}</ul></figure>"
        )
    return (
        '<!doctype html><html lang=en><meta charset="utf-8"><title>Preview of the dashboards</title>'
        "<style>body{font:14px sans-serif;margin:1rem;display:grid;gap:1rem;"
        "grid-template-columns:repeat(auto-fill,minmax(32rem,1fr))}figure{margin:0}img{width:100%;max-height:36rem;"
        "object-fit:cover;object-position:top;border:1px solid #8888}.error{color:#c00}</style>"
        f"{''.join(parts)}</html>\n"
    )


if __name__ == "__main__":
    sys.exit(main())
