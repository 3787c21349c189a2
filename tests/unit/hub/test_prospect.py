"""What a limit means for servers that run: a table, an oracle for the time since which it is passed, and the words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_hub.quotas.messages import running
from hubmeter_hub.quotas.policy import Limit, Row, WhenExceeded
from hubmeter_hub.quotas.prospect import Prospect, passed_since, prospect
from hubmeter_hub.quotas.usage import Usage
from tests.unit.hub.quota_cases import GIB

NOW = 1_795_000_000.0  # 2026-11-18T11:06:40Z
STEP = 300.0


def limit(warn_before: int | None = 3600, stop_after: int | None = 1800, value: float = 1000.0) -> Limit:
    when = WhenExceeded(warn_before, stop_after)
    return Limit("cpu", 168, value, (Row("everybody", "", "cpu", 168, value, "", when),))


def usage(used: float, newest: float | None = NOW, history_start: float | None = None) -> Usage:
    return Usage({("cpu", 168): used}, NOW, newest, history_start)


NOTHING = None
LIMIT = limit()
HALF_AN_HOUR_AGO = NOW - 1800


@pytest.mark.parametrize(
    ("of", "used", "rate", "since", "expected"),
    [
        pytest.param(LIMIT, usage(990), 9.9, None, NOTHING, id="more than an hour of use remains"),
        pytest.param(LIMIT, usage(990), 10.0, None, (NOW + 3600, NOW + 5400, False), id="an hour of use remains"),
        pytest.param(LIMIT, usage(990), 20.0, None, (NOW + 1800, NOW + 3600, False), id="half an hour remains"),
        pytest.param(LIMIT, usage(1000), 1.0, NOW, (NOW, NOW + 1800, False), id="passed this moment"),
        pytest.param(LIMIT, usage(1000), 1.0, None, NOTHING, id="it is unknown since when it is passed"),
        pytest.param(LIMIT, usage(1000), 1.0, NOW - 1799, (NOW - 1799, NOW + 1, False), id="a second is left"),
        pytest.param(LIMIT, usage(1000), 1.0, HALF_AN_HOUR_AGO, (HALF_AN_HOUR_AGO, NOW, True), id="passed long enough"),
        pytest.param(LIMIT, usage(1000), 0.0, HALF_AN_HOUR_AGO, NOTHING, id="the servers do not use the resource"),
        pytest.param(limit(value=0), usage(0), 1.0, HALF_AN_HOUR_AGO, (HALF_AN_HOUR_AGO, NOW, True), id="a limit of 0"),
        pytest.param(limit(stop_after=None), usage(990), 10.0, None, (NOW + 3600, None, False), id="only warned"),
        pytest.param(limit(stop_after=None), usage(2000), 1.0, 0.0, (0.0, None, False), id="never stopped"),
        pytest.param(limit(stop_after=None), usage(2000), 1.0, None, (NOW, None, False), id="warned, since now"),
        pytest.param(limit(warn_before=None), usage(999), 9.0, None, NOTHING, id="not warned"),
        pytest.param(limit(warn_before=None), usage(1000), 9.0, 0.0, (0.0, 1800.0, True), id="stopped without warning"),
        pytest.param(replace(LIMIT, sources=()), usage(2000), 1.0, 0.0, NOTHING, id="a limit without when_exceeded"),
        pytest.param(LIMIT, usage(2000, newest=None), 1.0, 0.0, NOTHING, id="no recent sample"),
        pytest.param(LIMIT, usage(2000, newest=NOW - 901), 1.0, 0.0, NOTHING, id="the usage is stale"),
        pytest.param(LIMIT, usage(2000, newest=NOW - 900), 1.0, 0.0, (0.0, 1800.0, True), id="just fresh"),
        pytest.param(LIMIT, usage(2000, history_start=NOW - 86400), 1.0, 0.0, NOTHING, id="the window is not covered"),
        pytest.param(
            LIMIT, usage(2000, history_start=NOW - 168 * 3600), 1.0, 0.0, (0.0, 1800.0, True), id="it is just covered"
        ),
    ],
)
def test_a_limit_means_for_running_servers(
    of: Limit, used: Usage, rate: float, since: float | None, expected: tuple[float, float | None, bool] | None
) -> None:
    found = prospect(of, used, rate, since)
    assert (found and (found.reached_at, found.stops_at, found.is_due)) == expected


amounts = st.sampled_from([9.0, 10.0, 11.0])


@given(
    st.lists(st.tuples(st.none() | amounts, st.none() | amounts), max_size=12),
    st.tuples(amounts, amounts),
    st.floats(0, STEP),
)
def test_a_limit_is_passed_since_the_first_of_the_last_points_that_all_pass_it(
    before: list[tuple[float | None, float | None]], newest: tuple[float, float], late: float
) -> None:
    """The oracle tries each start; the last point may be up to a step before now, as with VictoriaMetrics."""
    points = [*before, newest]
    times = [NOW - late - STEP * i for i in reversed(range(len(points)))]
    used = {time: amount for time, (amount, _) in zip(times, points, strict=True) if amount is not None}
    limits = {time: amount for time, (_, amount) in zip(times, points, strict=True) if amount is not None}

    def passes(time: float) -> bool:
        return time in used and time in limits and used[time] >= 10.0 and used[time] >= limits[time]

    starts = [time for i, time in enumerate(times) if all(passes(later) for later in times[i:])]
    assert passed_since(10.0, used, limits, NOW, STEP) == (starts[0] if starts else None)


def test_a_limit_whose_last_points_are_missing_is_not_passed() -> None:
    old = {NOW - 2 * STEP: 11.0, NOW - 3 * STEP: 11.0}
    assert passed_since(10.0, old, old, NOW, STEP) is None


MEMORY = Limit("memory", 168, 1000 * GIB, (), ())


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            Prospect(MEMORY, 992 * GIB, NOW, NOW + 2640, NOW + 4440),
            "Quota for 7 days: 992 of 1,000 GiB-hours of memory used. At the present pace, your servers reach the "
            "limit in 44 minutes and are stopped 30 minutes later. Save your work.",
        ),
        (
            Prospect(MEMORY, 992 * GIB, NOW, NOW + 2640, None),
            "Quota for 7 days: 992 of 1,000 GiB-hours of memory used. At the present pace, your servers reach the "
            "limit in 44 minutes; afterwards no new server starts.",
        ),
        (
            Prospect(MEMORY, 1001 * GIB, NOW, NOW - 600, NOW + 1200),
            "Quota for 7 days: 1,001 of 1,000 GiB-hours of memory used. Your servers are stopped on Wed 18 Nov 2026, "
            "11:27 UTC (in 20 minutes). Save your work.",
        ),
        (
            Prospect(MEMORY, 1001 * GIB, NOW, NOW - 1800, NOW),
            "Quota for 7 days: 1,001 of 1,000 GiB-hours of memory used. Your servers are stopped within the next "
            "minutes. Save your work.",
        ),
        (
            Prospect(MEMORY, 1001 * GIB, NOW, NOW - 1800, None),
            "Quota for 7 days: 1,001 of 1,000 GiB-hours of memory used. Your servers continue, but no new server "
            "starts.",
        ),
    ],
)
def test_users_read(found: Prospect, text: str) -> None:
    assert running(found, NOW) == text
