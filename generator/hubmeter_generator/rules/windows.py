"""The recording rules of rolling windows: sums of buckets, and active users."""

from collections.abc import Iterator

from hubmeter_generator.model import BUCKET, HOUR, Rule, RuleGroup
from hubmeter_promql import names

_WINDOW = {"window": "%(window)s"}
_WINDOWED = (names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.GPU_REQUESTS, names.SERVERS)


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    return (
        RuleGroup("hubmeter-window-%(window)s", BUCKET, tuple(_windows()), per="short windows"),
        RuleGroup("hubmeter-window-%(window)s-hourly", HOUR, tuple(_hourly_windows()), per="long windows"),
        RuleGroup("hubmeter-window-%(window)s", BUCKET, tuple(_long_windows()), per="long windows"),
    )


def _windowed() -> Iterator[str]:
    for level in (names.user, names.group):
        yield from (level(names.BUCKETS[resource]) for resource in _WINDOWED)
    yield names.user(names.COST)
    yield names.pair(names.BUCKETS[names.SERVERS])


def _windows() -> Iterator[Rule]:
    yield from (
        Rule(names.window(bucket), "windows/window", {"series": bucket}, labels=_WINDOW) for bucket in _windowed()
    )
    yield from _active_users()


def _hourly_windows() -> Iterator[Rule]:
    yield Rule(names.HISTORY_START, "windows/history_start", labels=_WINDOW)
    yield from (
        Rule(names.hourly(bucket), "windows/window", {"series": bucket}, labels=_WINDOW) for bucket in _windowed()
    )


def _long_windows() -> Iterator[Rule]:
    for bucket in _windowed():
        yield Rule(names.window(bucket), "windows/window_hourly", {"series": names.hourly(bucket)}, labels=_WINDOW)
    yield from _active_users()


def _active_users() -> Iterator[Rule]:
    yield Rule(names.ACTIVE_USERS, "windows/active_users", labels=_WINDOW)
    yield Rule(names.HUB_ACTIVE_USERS, "windows/hub_active_users", labels=_WINDOW)
