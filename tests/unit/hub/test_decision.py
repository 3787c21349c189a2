"""The decision from limits and usage, and the messages for users."""

import html
import re
from dataclasses import replace

import pytest

from hubmeter_hub.quotas.decision import Excess, excesses
from hubmeter_hub.quotas.messages import Remaining, denied, remaining, retry_moment, unchecked
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.words import wait, window
from tests.unit.hub.quota_cases import GIB

MEMORY = Limit("memory", 168, 1000 * GIB, ())
CPU = Limit("cpu", 36, 10.0, ())
NOW = 1_795_000_000.0  # 2026-11-18T11:06:40Z


@pytest.mark.parametrize(
    ("used", "requested", "stopped"),
    [
        (0.0, 0.0, False),
        (9.99, 0.0, False),
        (10.0, 0.0, True),  # nothing remains
        (10.01, 0.0, True),
        (8.0, 2.0, False),  # an hour is exactly what remains
        (8.0, 2.01, True),
        (0.0, 10.0, False),
        (0.0, 10.1, True),
    ],
)
def test_a_limit_denies_a_server(used: float, requested: float, stopped: bool) -> None:
    found = excesses([CPU], {("cpu", 36): used}, {"cpu": requested})
    assert found == ((Excess(CPU, used, requested),) if stopped else ())


def test_a_limit_of_0_allows_nothing() -> None:
    assert excesses([replace(CPU, value=0.0)], {("cpu", 36): 0.0}, {})


def test_limits_deny_independently() -> None:
    found = excesses([MEMORY, CPU], {("memory", 168): 1.0, ("cpu", 36): 11.0}, {})
    assert [excess.limit for excess in found] == [CPU]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (
            [Excess(MEMORY, 1100 * GIB, 0.0, NOW + 3600)],
            "You have used 1,100 of 1,000 GiB-hours of memory in the past 7 days. You can try again on "
            "Wed 18 Nov 2026, 12:07 UTC (in 1 hour), if you run nothing until then.",
        ),
        (
            [Excess(MEMORY, 1100 * GIB, 0.0, NOW + 3600), Excess(CPU, 10.5, 0.0, NOW + 90_000)],
            "You have used 1,100 of 1,000 GiB-hours of memory in the past 7 days. You have used 10.5 of 10 CPU-hours "
            "of CPU in the past 36 hours. You can try again on Thu 19 Nov 2026, 12:07 UTC (in 1 day 1 hour), if you "
            "run nothing until then.",
        ),
        (
            [Excess(Limit("cost", 30 * 24, 20.0, ()), 20.12, 0.0, NOW + 3600)],
            "You have used 20.12 of 20.00 USD in the past 30 days. You can try again on Wed 18 Nov 2026, 12:07 UTC "
            "(in 1 hour), if you run nothing until then.",
        ),
        (
            [Excess(CPU, 8.0, 4.0, NOW + 60)],
            "One hour of this server uses 4 CPU-hours of CPU, and you have used 8 of 10 CPU-hours of CPU in the past "
            "36 hours. Choose a smaller server, or try again on Wed 18 Nov 2026, 11:08 UTC (in 1 minute), if you run "
            "nothing until then.",
        ),
        (
            [Excess(CPU, 8.0, 16.0)],
            "One hour of this server uses 16 CPU-hours of CPU, and you have used 8 of 10 CPU-hours of CPU in the past "
            "36 hours. This server is larger than the whole quota: please choose a smaller one.",
        ),
        (
            [Excess(replace(CPU, value=0.0, window_hours=24), 0.0, 0.0)],
            "You have used 0 of 0 CPU-hours of CPU in the past 1 day. Waiting does not help: please ask your "
            "administrators for a larger quota.",
        ),
        (
            [Excess(CPU, 12.0, 0.0)],
            "You have used 12 of 10 CPU-hours of CPU in the past 36 hours. Older usage stops counting over time: "
            "please try again later.",
        ),
    ],
)
def test_the_message_has_usage_limit_window_and_retry_time(found: list[Excess], text: str) -> None:
    message = denied(found, NOW)
    assert message.text == text
    assert html.unescape(re.sub(r"<[^>]+>", "", message.html)) == text


def test_the_html_has_the_moment_for_the_reader_s_time_zone_and_no_script() -> None:
    page = denied([Excess(CPU, 12.0, 0.0, NOW + 3600)], NOW).html
    assert '<time datetime="2026-11-18T12:07Z" title="Wed 18 Nov 2026, 12:07 UTC">' in page
    assert re.findall(r"<(\w+)", page) == ["time"]


def test_the_retry_time_is_unknown_if_that_of_one_limit_is() -> None:
    assert retry_moment([Excess(CPU, 12.0, 0.0, NOW), Excess(MEMORY, 1e18, 0.0)]) is None
    assert retry_moment([Excess(CPU, 12.0, 0.0, NOW), Excess(MEMORY, 1e18, 0.0, NOW + 1)]) == NOW + 1


def test_the_message_for_unknown_usage_is_the_same_in_both_forms() -> None:
    assert html.unescape(unchecked().html) == unchecked().text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "1 minute"),
        (1, "1 minute"),
        (61, "2 minutes"),
        (3600, "1 hour"),
        (3900, "1 hour 5 minutes"),
        (86_400, "1 day"),
        (86_401, "1 day 1 hour"),
        (4 * 86_400 + 3600, "4 days 1 hour"),
    ],
)
def test_a_wait_is_rounded_up(seconds: float, text: str) -> None:
    assert wait(seconds) == text


@pytest.mark.parametrize(
    ("hours", "text"), [(1, "1 hour"), (24, "1 day"), (36, "36 hours"), (48, "2 days"), (720, "30 days")]
)
def test_a_window_is_in_days_if_they_are_whole(hours: int, text: str) -> None:
    assert window(hours) == text


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        (
            Remaining(MEMORY, 588 * GIB, 8 * GIB, NOW + 3600),
            "Quota for 7 days: 412 of 1,000 GiB-hours of memory left; this server uses 8 an hour: 51 hours. "
            "More from Wed 18 Nov 2026, 12:07 UTC (in 1 hour).",
        ),
        (
            Remaining(MEMORY, 999.5 * GIB, GIB, None),
            "Quota for 7 days: 0.5 of 1,000 GiB-hours of memory left; this server uses 1 an hour: 30 minutes.",
        ),
        (
            Remaining(MEMORY, 0.0, 2 * GIB, None),
            "Quota for 7 days: 1,000 of 1,000 GiB-hours of memory left; this server uses 2 an hour: more than 7 days.",
        ),
        (Remaining(CPU, 8.0, 0.0, None), "Quota for 36 hours: 2 of 10 CPU-hours of CPU left."),
        (Remaining(Limit("cost", 720, 20.0, ()), 7.5, 0.0, None), "Quota for 30 days: 12.50 of 20.00 USD left."),
    ],
)
def test_a_start_that_is_allowed_shows_what_remains(rest: Remaining, text: str) -> None:
    assert remaining(rest, NOW) == text
