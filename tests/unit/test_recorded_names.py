"""Every recorded series that code, queries and documentation name is recorded by a rule."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from hubmeter_generator.rules import recording_groups
from hubmeter_promql import names

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("common", "promql", "exporter", "generator", "hub", "tests", "docs", "chart")
RECORDED: Final = frozenset(rule.record for group in recording_groups() for rule in group.rules)
LEVELS: Final = {
    "user": names.user,
    "pair": names.pair,
    "group": names.group,
    "hub": names.hub,
    "profile": names.profile,
}
# The oracle computes usage by pair on the way to groups, decisions describe the past, and this file names examples.
EXEMPT: Final = ("tests/sim/oracle.py", "docs/decisions/", "tests/unit/test_recorded_names.py")

_WHOLE: Final = re.compile(r"(?<![\w:.])(namespace\w*:[a-z]\w*:[a-z]\w*)(?![\w:(])")
_WHOLE_NAME: Final = re.compile(r"\w+:\w+:\w+")
_MADE: Final = re.compile(r"names\.(user|pair|group|hub|profile)\(names\.(?:BUCKETS\[names\.([A-Z_]+)\]|([A-Z_]+))\)")


def named(text: str) -> Iterator[str]:
    """Yield the recorded series that a text names: whole, or made of a level and a constant of `names`."""
    yield from _WHOLE.findall(text)
    for level, bucket, constant in _MADE.findall(text):
        yield LEVELS[level](names.BUCKETS[getattr(names, bucket)] if bucket else getattr(names, constant))


def is_recorded(name: str) -> bool:
    """Say whether rules record a series, or record it by driver, window or day only."""
    forms = {name, names.by_driver(name), names.window(name), names.day(name)} if name.count(":") == 2 else {name}
    return bool(forms & RECORDED)


def sources() -> list[str]:
    """Return the paths of all texts below `FOLDERS`, relative to the repository."""
    endings = {".py", ".promql", ".md", ".txt", ".yaml", ".html", ".js"}
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in endings)
    return sorted(path.relative_to(ROOT).as_posix() for path in paths)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("names.pair(names.MEMORY_REQUESTS)", ["namespace_usergroup_username:memory_requests_bytes:sum"]),
        ("names.user(names.BUCKETS[names.HOME])", ["namespace_username:home_byte_hours:sum5m"]),
        ("sum(namespace_username:gone_bytes:sum{a='b'})", ["namespace_username:gone_bytes:sum"]),
    ],
)
def test_names_are_found_that_no_rule_records(text: str, found: list[str]) -> None:
    assert list(named(text)) == found
    assert not any(is_recorded(name) for name in found)


def test_every_named_series_is_recorded() -> None:
    paths = [path for path in sources() if not path.startswith(EXEMPT)]
    found = {(path, name) for path in paths for name in named((ROOT / path).read_text(encoding="utf-8"))}
    assert len({name for _, name in found} & RECORDED) > 50
    assert sorted((path, name) for path, name in found if not is_recorded(name)) == []


def test_every_constant_of_a_whole_name_is_recorded() -> None:
    whole = {value for value in vars(names).values() if isinstance(value, str) and _WHOLE_NAME.fullmatch(value)}
    assert whole - RECORDED == set()
