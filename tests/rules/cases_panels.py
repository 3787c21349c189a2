"""Queries of panels whose arithmetic is worth a test of its own."""

from collections.abc import Iterator
from dataclasses import replace

from hubmeter_generator.settings import make
from hubmeter_promql import names, render
from tests.rules.promtool import Case, Expect, series


def _servers_by_hour(utc_offset: str) -> str:
    template = render.load("panels/activity/servers_by_weekday_and_hour.promql")
    query = render.render(template, make({}, "the test").placeholders())
    return query.replace("$hub", ".*").replace("$utc_offset", utc_offset).replace("$__range", "1h")


# Promtool's time begins on a Thursday at 0:00 UTC.
_SERVERS = {series(names.hub(names.SERVERS), namespace="prod"): "7x120", series(names.HUBS, namespace="prod"): "1x120"}

ACTIVITY = tuple(
    Case(
        f"servers from 0:15 to 1:00 UTC are in the hours of UTC{offset:+g}",
        _SERVERS,
        (Expect("61m", _servers_by_hour(f"{offset:g}"), {f'{{hour="{h}", weekday="{day}"}}': 7 for h, day in hours}),),
    )
    for offset, hours in (
        (0, [("00", 4), ("01", 4)]),
        (5.5, [("05", 4), ("06", 4)]),
        (5.75, [("06", 4)]),
        (-9.5, [("14", 3), ("15", 3)]),
    )
)


def cases() -> Iterator[Case]:
    """Yield all cases of this page. No recording rule runs: the inputs are the recorded series."""
    for case in ACTIVITY:
        yield replace(case, groups="none")
