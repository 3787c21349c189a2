"""Reads the limits and usage of one user from recorded series, with a few small queries without joins."""

import math
import time
from collections.abc import Mapping
from functools import partial
from typing import Final

from hubmeter_common.durations import seconds
from hubmeter_hub.quotas.decision import fits
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import HOUR, leaves_at, newest_query, read_buckets, read_usage, sum_query
from hubmeter_hub.usage_page.summary import Reading, Slice, Use, slice_seconds, slices_of
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from hubmeter_promql.matchers import exactly

# The range in which the newest sample is searched: with one, the data is old; without, there is none yet.
LOOK_BACK: Final = "30d"


def read(
    prometheus: Prometheus, hub: Mapping[str, str], home: bool, username: str, limits: tuple[Limit, ...] | None
) -> Reading:
    """Return a user's limits and usage as they are recorded now. Blocks.

    Args:
        prometheus: The client.
        hub: The labels of the hub's series.
        home: Whether to read the home directory.
        username: The user's name in series.
        limits: The user's limits; None for the recorded ones.

    Raises:
        PrometheusError: if a query gets no answer.
    """
    user = {**hub, "username": username}
    if limits is None:
        limits = recorded_limits(prometheus, user)
    usage = read_usage(prometheus, hub, username, [(limit.resource, limit.window_hours) for limit in limits])
    newest = usage.newest if usage.newest is not None else _newest(prometheus, hub)
    if newest is None:
        return Reading(None, limits, {})
    at = math.floor(usage.at or time.time())
    uses = {}
    for limit in limits:
        window = (limit.resource, limit.window_hours)
        used, fit = usage.used[window], partial(fits, limit)
        retry_at = None
        if not fit(used) and fit(0.0):
            buckets = read_buckets(prometheus, hub, {username: used}, window, at)[username]
            retry_at = leaves_at(buckets, limit.window_hours, fit)
        uses[window] = Use(used, _slices(prometheus, user, limit, at, used), retry_at)
    homes = _home(prometheus, user) if home else {}
    starts = {limit.window_hours: usage.counted_since(limit.window_hours) for limit in limits}
    return Reading(
        newest,
        limits,
        uses,
        homes.get(names.user(names.HOME)),
        homes.get(names.user(names.HOME_LIMIT)),
        {hours: start for hours, start in starts.items() if start is not None},
    )


def recorded_limits(prometheus: Prometheus, user: Mapping[str, str]) -> tuple[Limit, ...]:
    """Return the user's limits as rules recorded them from the hub's metrics. They have no sources."""
    return tuple(
        Limit(row.labels["resource"], seconds(row.labels["window"], "hd") // HOUR, row.value, ())
        for row in prometheus.instant(f"{names.QUOTA_LIMIT}{{{exactly(user)}}}")
        if row.labels["resource"] in RESOURCES
    )


def _newest(prometheus: Prometheus, hub: Mapping[str, str]) -> float | None:
    """Return the time of the hub's newest sample, to 5 minutes; None if there is none within LOOK_BACK."""
    rows = prometheus.instant(newest_query(hub, LOOK_BACK, "5m"))
    return rows[0].value if rows else None


def _home(prometheus: Prometheus, user: Mapping[str, str]) -> dict[str, float]:
    """Return the size and the limit of the user's home directory by series, if they are recorded.

    They are recorded when they change, else once a day, and as 0 when they are gone.
    """
    series = "|".join(names.user(name) for name in (names.HOME, names.HOME_LIMIT))
    rows = prometheus.instant(f'last_over_time({{__name__=~"{series}",{exactly(user)}}}[26h]) > 0')
    return {row.labels["__name__"]: row.value for row in rows}


def _slices(
    prometheus: Prometheus, user: Mapping[str, str], limit: Limit, at: float, total: float
) -> tuple[Slice, ...]:
    """Return the usage over time."""
    step = slice_seconds(limit.window_hours)
    whole = limit.window_hours * HOUR // step
    answer = prometheus.range(sum_query(limit.resource, user, step), at - (whole - 1) * step, at, step)
    return slices_of(limit.window_hours, at, total, dict(answer[0].values) if answer else {})
