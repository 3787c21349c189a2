"""What Prometheus knows of one user: a handful of small questions to recorded series, none of which joins anything."""

import math
import time
from collections.abc import Mapping
from functools import partial
from typing import Final

from hubmeter_hub.quotas.decision import fits
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import leaves_at, read_buckets, read_usage
from hubmeter_hub.usage_page.summary import HOUR, Reading, Slice, Use, slice_seconds, slices_of
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from hubmeter_promql.matchers import exactly

# How far back the page looks for the last sign of life, to tell "old" from "nothing yet".
LOOK_BACK: Final = "30d"


def read(
    prometheus: Prometheus, hub: Mapping[str, str], home: bool, username: str, limits: tuple[Limit, ...] | None
) -> Reading:
    """Return what is recorded of the user now, and of the home directory if asked; blocks while Prometheus thinks.

    ``hub`` has the labels of the hub's series. Limits that are None are read as the rules recorded them.

    Raises:
        PrometheusError: where a question is not answered.
    """
    if limits is None:
        limits = recorded_limits(prometheus, {**hub, "username": username})
    usage = read_usage(prometheus, hub, username, [(one.resource, one.window_hours) for one in limits])
    newest = usage.newest if usage.newest is not None else _last_sign_of_life(prometheus, hub)
    if newest is None:
        return Reading(None, limits, {})
    at = math.floor(usage.at or time.time())
    uses = {}
    for limit in limits:
        used = usage.used[limit.resource, limit.window_hours]
        retry_at = None if fits(limit, used) else _retry_at(prometheus, hub, username, limit, used, at)
        uses[limit.resource, limit.window_hours] = Use(
            used, _slices(prometheus, {**hub, "username": username}, limit, at, used), retry_at
        )
    homes = _home(prometheus, {**hub, "username": username}) if home else {}
    return Reading(newest, limits, uses, homes.get(names.user(names.HOME)), homes.get(names.user(names.HOME_LIMIT)))


def recorded_limits(prometheus: Prometheus, user: Mapping[str, str]) -> tuple[Limit, ...]:
    """Return the user's limits as rules recorded them from what the hub exposes; their sources are not known."""
    return tuple(
        Limit(row.labels["resource"], window_hours(row.labels["window"]), row.value, ())
        for row in prometheus.instant(f"{names.QUOTA_LIMIT}{{{exactly(user)}}}")
        if row.labels["resource"] in RESOURCES
    )


def window_hours(window: str) -> int:
    """Return 168 for ``7d``, 36 for ``36h``."""
    return int(window[:-1]) * (24 if window.endswith("d") else 1)


def _last_sign_of_life(prometheus: Prometheus, hub: Mapping[str, str]) -> float | None:
    """Return about when the newest sample of the hub was recorded, None where there is none in LOOK_BACK."""
    found = prometheus.instant(
        f"max(max_over_time(timestamp({names.USAGE_RECORDED}{{{exactly(hub)}}})[{LOOK_BACK}:5m]))"
    )
    return found[0].value if found else None


def _home(prometheus: Prometheus, user: Mapping[str, str]) -> dict[str, float]:
    """Return the size of the user's home directory and its limit, by series, as far as they are recorded."""
    series = "|".join(names.user(name) for name in (names.HOME, names.HOME_LIMIT))
    found = prometheus.instant(f'{{__name__=~"{series}",{exactly(user)}}}')
    return {row.labels["__name__"]: row.value for row in found}


def _retry_at(
    prometheus: Prometheus, hub: Mapping[str, str], username: str, limit: Limit, used: float, at: float
) -> float | None:
    buckets = read_buckets(prometheus, hub, username, (limit.resource, limit.window_hours), used, at)
    return leaves_at(buckets, limit.window_hours, partial(fits, limit))


def _slices(
    prometheus: Prometheus, user: Mapping[str, str], limit: Limit, at: float, total: float
) -> tuple[Slice, ...]:
    """Return what was used when. Slices are a millisecond short, because engines differ on a range's left edge."""
    step = slice_seconds(limit.window_hours)
    whole = limit.window_hours * HOUR // step
    query = f"sum(sum_over_time({RESOURCES[limit.resource].bucket}{{{exactly(user)}}}[{step * 1000 - 1}ms]))"
    answer = prometheus.range(query, at - (whole - 1) * step, at, step)
    return slices_of(limit.window_hours, at, total, dict(answer[0].values) if answer else {})
