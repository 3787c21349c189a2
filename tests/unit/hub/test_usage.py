"""The time at which usage leaves its window, and stale usage. See also tests/engines/test_usage.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_hub.quotas.decision import fits
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.usage import Usage, leaves_at
from hubmeter_promql.matchers import exactly

HOUR = 3600.0
DAY = 24 * HOUR


def test_usage_ages_with_prometheus_clock() -> None:
    assert Usage({}, at=1000.0, newest=100.0).fresh
    assert not Usage({}, at=1000.1, newest=100.0).fresh
    assert not Usage({}, at=1000.0, newest=None).fresh


@pytest.mark.parametrize(
    ("start", "hours", "since"),
    [
        (None, 720, None),  # covered, or unknown
        (100 * DAY, 72, 100 * DAY),
        (100 * DAY, 50, None),  # lacks two hours, as exactly as the start is known
        (100 * DAY, 51, 100 * DAY),
        (100 * DAY, 24, None),
    ],
)
def test_a_window_that_begins_before_the_recorded_usage_is_not_covered(
    start: float | None, hours: int, since: float | None
) -> None:
    assert Usage({}, 102 * DAY, None, start).counted_since(hours) == since


def test_matchers_are_exact_and_escaped() -> None:
    assert exactly({"username": 'a\\"b\nö', "namespace": "p"}) == 'namespace="p",username="a\\\\\\"b\\nö"'


@pytest.mark.parametrize(
    ("amounts", "limit", "expected"),
    [
        ([(0, 5.0), (300, 5.0), (600, 5.0)], 12.0, 0),
        ([(0, 5.0), (300, 5.0), (600, 5.0)], 10.0, 300),  # what is left must be less than the limit
        ([(0, 5.0), (300, 5.0), (600, 5.0)], 1.0, 600),
        ([(0, 5.0), (300, 5.0)], 11.0, None),  # fits already
        ([(0, 5.0)], 0.0, None),  # nothing is allowed, ever
        ([], 5.0, None),
    ],
)
def test_a_bucket_leaves_when_its_window_has_passed(
    amounts: list[tuple[float, float]], limit: float, expected: float | None
) -> None:
    found = leaves_at(amounts, 24, lambda used: fits(Limit("memory", 24, limit, ()), used))
    assert found == (None if expected is None else expected + DAY)


@given(st.lists(st.floats(0, 1e12), max_size=50), st.floats(1, 1e13), st.floats(0, 1e12))
def test_enough_has_left_at_that_moment_and_not_before(amounts: list[float], value: float, requested: float) -> None:
    limit = Limit("memory", 24, value, ())
    found = [(300.0 * i, amount) for i, amount in enumerate(amounts)]
    moment = leaves_at(found, 24, lambda used: fits(limit, used, requested))

    def left(now: float) -> float:
        remaining = 0.0
        for at, amount in reversed(found):
            if at > now - DAY:
                remaining += amount
        return remaining

    if moment is not None:
        assert fits(limit, left(moment), requested)
        assert not fits(limit, left(moment - 1), requested)
    else:
        assert fits(limit, left(0.0), requested) or not fits(limit, 0.0, requested)
