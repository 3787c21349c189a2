"""What one user has used, read from the 5-minute buckets that rules record. Joins nothing, scans one user's series.

A range is a millisecond short of what it covers, because engines differ on a range's left edge (see DESIGN).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_promql import names
from hubmeter_promql.client import BadAnswerError, Prometheus, PrometheusError
from hubmeter_promql.matchers import exactly

HOUR: Final = 3600.0
BUCKET: Final = 300.0
# What is recorded is too old to decide on after so many seconds.
STALE_AFTER: Final = 900.0

_KEY: Final = "quota"
_FRESH: Final = "newest"
_ROUNDING: Final = 1e-9


class StaleError(PrometheusError):
    """Nothing new is recorded for the hub: what a user used lately is not known, which does not mean nothing."""


# A resource, and the hours of a rolling window.
Window = tuple[str, int]


@dataclass(frozen=True)
class Usage:
    """What was used in each window up to ``at``, in base units times hours.

    ``at`` is Prometheus' time and ``newest`` that of the hub's newest recorded sample (to a minute), both in unix
    seconds; ``newest`` is None where there is none of the last STALE_AFTER seconds.
    """

    used: Mapping[Window, float]
    at: float
    newest: float | None

    @property
    def fresh(self) -> bool:
        """Whether what is recorded is new enough to decide on."""
        return self.newest is not None and self.at - self.newest <= STALE_AFTER


def usage_query(hub: Mapping[str, str], username: str, windows: Iterable[Window]) -> str:
    """Return one query for the use of each window, and for the time of the hub's newest sample.

    The answer's rows are told apart by the label ``quota``, ``memory:168`` or ``newest``.
    """
    user = exactly({**hub, "username": username})
    newest = f"max(max_over_time(timestamp({names.USAGE_RECORDED}{{{exactly(hub)}}})[{STALE_AFTER:.0f}s:1m]))"
    parts = {_FRESH: newest} | {
        f"{resource}:{hours}": f"sum({_integral(resource, user, hours * HOUR)})" for resource, hours in windows
    }
    return "\nor\n".join(f'label_replace({query}, "{_KEY}", "{key}", "", "")' for key, query in parts.items())


def read_usage(prometheus: Prometheus, hub: Mapping[str, str], username: str, windows: Sequence[Window]) -> Usage:
    """Return what the user used in each of the windows; one instant query.

    ``hub`` has the labels of the hub's series. A window without a sample counts as 0, so look at ``fresh``.

    Raises:
        PrometheusError: where there is no answer.
    """
    try:
        answer = {value.labels[_KEY]: value for value in prometheus.instant(usage_query(hub, username, windows))}
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"Prometheus' answer is not an instant vector: {type(error).__name__}: {error}") from error
    at = max((value.timestamp for value in answer.values()), default=0.0)
    amounts = {key: value.value for key, value in answer.items()}
    used = {(resource, hours): amounts.get(f"{resource}:{hours}", 0.0) for resource, hours in windows}
    return Usage(used, at, amounts.get(_FRESH))


def read_buckets(
    prometheus: Prometheus, hub: Mapping[str, str], username: str, window: Window, used: float, at: float
) -> tuple[tuple[float, float], ...]:
    """Return (unix seconds, amount) of the user's buckets in the window that ends ``at``, ascending.

    A time is the end of the 5 minutes in which the bucket was recorded, so at most 5 minutes late. ``used`` is the
    window's total: what it has and the buckets have not is taken as used just now, because VictoriaMetrics' range
    queries end up to a step early.

    Raises:
        PrometheusError: where there is no answer.
    """
    resource, hours = window
    query = f"sum({_integral(resource, exactly({**hub, 'username': username}), BUCKET)})"
    try:
        answer = prometheus.range(query, at - hours * HOUR + BUCKET, at, BUCKET)
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"Prometheus' answer is not a matrix: {type(error).__name__}: {error}") from error
    buckets = answer[0].values if answer else ()
    missing = used - math.fsum(amount for _, amount in buckets)
    return (*buckets, (at, missing)) if missing > used * _ROUNDING else buckets


def leaves_at(buckets: Sequence[tuple[float, float]], window_hours: int, fits: Callable[[float], bool]) -> float | None:
    """Return when enough has left the window that ``fits(what is left in it)``, if nothing is added meanwhile.

    ``buckets`` are (unix seconds, amount), ascending; a bucket has left the window that much later. None where
    even nothing used does not fit, and where everything fits already.
    """
    if not fits(0.0):
        return None
    left = 0.0
    for at, amount in reversed(buckets):
        left += amount
        if not fits(left):
            return at + window_hours * HOUR
    return None


def _integral(resource: str, user: str, seconds: float) -> str:
    return f"sum_over_time({RESOURCES[resource].bucket}{{{user}}}[{round(seconds * 1000) - 1}ms])"
