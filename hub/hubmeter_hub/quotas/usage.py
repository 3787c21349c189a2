"""The usage of one user, from the 5-minute buckets that rules record. Queries select one user's series, without joins.

A range is a millisecond shorter than the time it covers, because engines differ on the left edge of a range (DESIGN).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_promql import names
from hubmeter_promql.client import BadAnswerError, Prometheus, PrometheusError
from hubmeter_promql.matchers import exactly

HOUR: Final = 3600
BUCKET: Final = 300
# Seconds after which the newest sample is too old for a decision.
STALE_AFTER: Final = 900

_KEY: Final = "quota"
_NEWEST: Final = "newest"
_HISTORY: Final = "history"
# The start of the recorded usage is known to an hour, and a window that lacks less than two hours counts as covered.
_HISTORY_EXACT_TO: Final = 7200
_ROUNDING: Final = 1e-9


class StaleError(PrometheusError):
    """No new samples are recorded for the hub, so a user's recent usage is unknown. It may differ from 0."""


# A resource, and the hours of a rolling window.
Window = tuple[str, int]


@dataclass(frozen=True)
class Usage:
    """The usage in windows that end at the same time.

    Attributes:
        used: The usage by window, in base units times hours.
        at: The end of the windows, by the clock of Prometheus, in unix seconds.
        newest: The time of the hub's newest sample, to a minute, in unix seconds; None if there is none of the last
            STALE_AFTER seconds.
        history_start: The time of the oldest recorded usage, to an hour, in unix seconds; None if it covers all
            recorded windows, or if it is unknown.
    """

    used: Mapping[Window, float]
    at: float
    newest: float | None
    history_start: float | None = None

    @property
    def fresh(self) -> bool:
        """Whether the newest sample is new enough for a decision."""
        return self.newest is not None and self.at - self.newest <= STALE_AFTER

    def counted_since(self, window_hours: int) -> float | None:
        """Return the start of the recorded usage, if it is later than that of the window; None if it is not."""
        start = self.history_start
        return start if start is not None and start > self.at - window_hours * HOUR + _HISTORY_EXACT_TO else None


def usage_query(hub: Mapping[str, str], username: str, windows: Iterable[Window]) -> str:
    """Return one query for the usage in all windows and for the time of the hub's newest sample.

    The label ``quota`` distinguishes the rows of the answer: ``memory:168``, ``newest``, ``history``.
    """
    user = {**hub, "username": username}
    parts = {_NEWEST: newest_query(hub, f"{STALE_AFTER}s", "1m"), _HISTORY: history_query(hub)} | {
        f"{resource}:{hours}": sum_query(resource, user, hours * HOUR) for resource, hours in windows
    }
    return "\nor\n".join(f'label_replace({query}, "{_KEY}", "{key}", "", "")' for key, query in parts.items())


def newest_query(hub: Mapping[str, str], duration: str, resolution: str) -> str:
    """Return the query for the time of the hub's newest sample within a duration."""
    return f"max(max_over_time(timestamp({names.USAGE_RECORDED}{{{exactly(hub)}}})[{duration}:{resolution}]))"


def history_query(hub: Mapping[str, str]) -> str:
    """Return the query for the time of the hub's oldest usage; without a result, it covers all recorded windows."""
    return f"min(last_over_time({names.HISTORY_START}{{{exactly(hub)}}}[7199999ms]))"


def sum_query(resource: str, user: Mapping[str, str], seconds: int) -> str:
    """Return the query for a user's usage in the last seconds."""

    def summed(series: str) -> str:
        return f"sum_over_time({series}{{{exactly(user)}}}[{seconds * 1000 - 1}ms])"

    of = RESOURCES[resource]
    days = f' or label_replace({summed(of.days)}, "of", "days", "", "")' if of.days else ""
    return f"sum({summed(of.bucket)}{days})"


def read_usage(prometheus: Prometheus, hub: Mapping[str, str], username: str, windows: Sequence[Window]) -> Usage:
    """Return the user's usage in each of the windows, from one instant query.

    A window without samples has the usage 0, so check ``fresh``.

    Args:
        prometheus: The client.
        hub: The labels of the hub's series.
        username: The user's name in series.
        windows: The windows.

    Raises:
        PrometheusError: if there is no answer.
    """
    try:
        answer = {value.labels[_KEY]: value for value in prometheus.instant(usage_query(hub, username, windows))}
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"Prometheus' answer is not an instant vector: {type(error).__name__}: {error}") from error
    at = max((value.timestamp for value in answer.values()), default=0.0)
    amounts = {key: value.value for key, value in answer.items()}
    used = {(resource, hours): amounts.get(f"{resource}:{hours}", 0.0) for resource, hours in windows}
    return Usage(used, at, amounts.get(_NEWEST), amounts.get(_HISTORY))


def read_retry_time(
    prometheus: Prometheus,
    user: Mapping[str, str],
    window: Window,
    used: float,
    at: float,
    fits: Callable[[float], bool],
) -> float | None:
    """Return the unix second at which enough usage has left the window, if nothing is added; None if it never does.

    Args:
        prometheus: The client.
        user: The labels of the user's series.
        window: The window, which ends ``at`` (unix seconds).
        used: The usage in the window.
        at: The end of the window.
        fits: Whether a usage is small enough.

    Raises:
        PrometheusError: if there is no answer.
    """
    if not fits(0.0):
        return None
    return leaves_at(read_buckets(prometheus, user, window, used, at), window[1], fits)


def read_buckets(
    prometheus: Prometheus, user: Mapping[str, str], window: Window, used: float, at: float
) -> tuple[tuple[float, float], ...]:
    """Return (unix seconds, amount) of the user's buckets in the window that ends ``at``, ascending.

    The time is the end of the 5 minutes in which the bucket was recorded, so it is at most 5 minutes late. Range
    queries of VictoriaMetrics end up to a step early: usage that no bucket has counts as used ``at``.

    Raises:
        PrometheusError: if there is no answer.
    """
    resource, hours = window
    try:
        answer = prometheus.range(sum_query(resource, user, BUCKET), at - hours * HOUR + BUCKET, at, BUCKET)
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"Prometheus' answer is not a matrix: {type(error).__name__}: {error}") from error
    buckets = answer[0].values if answer else ()
    missing = used - math.fsum(amount for _, amount in buckets)
    return (*buckets, (at, missing)) if missing > used * _ROUNDING else buckets


def leaves_at(buckets: Sequence[tuple[float, float]], window_hours: int, fits: Callable[[float], bool]) -> float | None:
    """Return the time at which the rest of the window fits, if nothing is added.

    Args:
        buckets: (unix seconds, amount), ascending. A bucket leaves the window ``window_hours`` after its time.
        window_hours: The length of the window.
        fits: Whether a usage is small enough.

    Returns:
        Unix seconds; None if all buckets fit already, or if not even a usage of 0 does.
    """
    if not fits(0.0):
        return None
    rest = 0.0
    for at, amount in reversed(buckets):
        rest += amount
        if not fits(rest):
            return at + window_hours * HOUR
    return None
