"""Durations of settings, policies and flags."""

import pytest

from hubmeter_common.durations import compound_seconds, seconds, spelled_seconds


@pytest.mark.parametrize(
    ("duration", "expected"), [("90s", 90), ("5m", 300), ("1h", 3600), ("2d", 172_800), ("1w", 604_800)]
)
def test_a_number_and_a_unit_are_seconds(duration: str, expected: int) -> None:
    assert seconds(duration) == expected


@pytest.mark.parametrize("duration", ["", "5", "m", "0s", "05m", "1.5h", "5 m", "5M", "1m30s", "-1m", "5y", "٣m"])
def test_another_text_is_refused(duration: str) -> None:
    with pytest.raises(ValueError, match="must be a whole number and a unit"):
        seconds(duration)


def test_a_unit_that_is_not_allowed_here_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(s, m or h\)"):
        seconds("1d", "smh")


@pytest.mark.parametrize(
    ("duration", "hours"), [("7d", 168), (" 36H ", 36), ("1 day", 24), ("007 Days", 168), ("2 hours", 2), ("1hour", 1)]
)
def test_hours_and_days_may_be_spelled_out(duration: str, hours: int) -> None:
    assert spelled_seconds(duration) == hours * 3600


@pytest.mark.parametrize("duration", ["", "7", "0d", "7m", "7 0 d", "seven days", "1 dayss", "1w", "1.5d"])
def test_other_spellings_are_refused(duration: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        spelled_seconds(duration)


@pytest.mark.parametrize(
    ("duration", "expected"), [("1m30s", 90), ("5m", 300), ("1h0m0s", 3600), ("0", 0), ("15ms", 0)]
)
def test_a_go_duration_is_the_sum_of_its_parts(duration: str, expected: int) -> None:
    assert compound_seconds(duration) == expected
