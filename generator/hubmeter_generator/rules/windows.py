"""The recording rules of days and rolling windows: usage by day, active users, usage of users with a limit.

Windows of more than a day are computed once an hour.
"""

from collections.abc import Callable, Iterator

from hubmeter_generator.model import BUCKET, HOUR, Rule, RuleGroup
from hubmeter_promql import names, usage_parts

_WINDOW = {"window": "%(window)s"}
_ACTIVE_USERS = {names.ACTIVE_USERS: "windows/active_users", names.HUB_ACTIVE_USERS: "windows/hub_active_users"}


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    return (
        RuleGroup("hubmeter-days", HOUR, tuple(_days())),
        RuleGroup("hubmeter-window-%(window)s", BUCKET, tuple(_windows()), per="short windows"),
        RuleGroup("hubmeter-window-%(window)s-hourly", HOUR, tuple(_hourly()), per="long windows"),
        RuleGroup("hubmeter-window-%(window)s", BUCKET, tuple(_repeated()), per="long windows"),
    )


def _days() -> Iterator[Rule]:
    of_users = (names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.GPU_REQUESTS, names.SERVERS)
    of_groups = (names.MEMORY_WORKING_SET, names.MEMORY_REQUESTS, names.CPU_USAGE, names.CPU_REQUESTS)
    buckets = [names.user(names.BUCKETS[resource]) for resource in of_users]
    buckets += [names.group(names.BUCKETS[resource]) for resource in of_groups]
    for bucket in (*buckets, names.USAGE_RECORDED):
        yield Rule(names.day(bucket), "usage/day", {"series": bucket, "record": names.day(bucket)})
    yield Rule(names.USAGE_KEPT, "windows/usage_kept", {"kept": usage_parts.kept()})


def _windows(name: Callable[[str], str] = str) -> Iterator[Rule]:
    for resource, bucket in names.QUOTA_RESOURCES.items():
        summed = f"sum_over_time({names.user(bucket)}[%(window_range)s])"
        if bucket == names.COST:
            days = f"sum_over_time({names.user(names.HOME_COST_DAY)}[%(window_range)s])"
            summed += f' or label_replace({days}, "of", "homes", "", "")'
        usage = {"resource": resource, "usage": summed}
        yield Rule(name(names.window(names.user(bucket))), "windows/window", usage, labels=_WINDOW)
    for record, query in _ACTIVE_USERS.items():
        yield Rule(name(record), query, labels=_WINDOW)


def _hourly() -> Iterator[Rule]:
    yield Rule(names.HISTORY_START, "windows/history_start", labels=_WINDOW)
    yield from _windows(names.hourly)


def _repeated() -> Iterator[Rule]:
    windows = [names.window(names.user(bucket)) for bucket in names.QUOTA_RESOURCES.values()]
    for record in (*windows, *_ACTIVE_USERS):
        yield Rule(record, "windows/window_hourly", {"series": names.hourly(record)}, labels=_WINDOW)
