"""The usage of users, from the 5-minute buckets that rules record. Queries select users' series, without joins.

A range is a millisecond shorter than the time it covers, because engines differ on the left edge of a range (DESIGN).
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_promql import names
from hubmeter_promql.client import BadAnswerError, Prometheus, PrometheusError
from hubmeter_promql.matchers import any_of, exactly

HOUR: Final = 3600
BUCKET: Final = 300
# Seconds after which the newest sample is too old for a decision.
STALE_AFTER: Final = 900

# The label that distinguishes the parts of a query.
KEY: Final = "quota"
_NOW: Final = "now"
_NEWEST: Final = "newest"
_HISTORY: Final = "history"
_COPIES: Final = "copies"
# The start of the recorded usage is known to an hour, and a window that lacks less than two hours counts as covered.
_HISTORY_EXACT_TO: Final = 7200
_ROUNDING: Final = 1e-9


class StaleError(PrometheusError):
    """No new samples are recorded for the hub, so a user's recent usage is unknown. It may differ from 0."""


class RecordedTwiceError(PrometheusError):
    """Each recorded series of the hub is in the store more than once, so the usage that it has is too high."""


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
        copies: The number of copies of each recorded series of the hub, by `copies_query`.
    """

    used: Mapping[Window, float]
    at: float
    newest: float | None
    history_start: float | None = None
    copies: float = 1.0

    @property
    def fresh(self) -> bool:
        """Whether the newest sample is new enough for a decision."""
        return self.newest is not None and self.at - self.newest <= STALE_AFTER

    def counted_since(self, window_hours: int) -> float | None:
        """Return the start of the recorded usage, if it is later than that of the window; None if it is not."""
        start = self.history_start
        return start if start is not None and start > self.at - window_hours * HOUR + _HISTORY_EXACT_TO else None


@dataclass(frozen=True)
class Moment:
    """A time at which many users are read, and what holds for all of them then.

    Attributes:
        at: The time by the clock of Prometheus, in whole Unix seconds.
        newest: The time of the hub's newest sample, to a minute, or to 5 minutes if it is old; None without any.
    """

    at: float
    newest: float | None


def usage_query(hub: Mapping[str, str], wanted: Mapping[str, Iterable[Window]]) -> str:
    """Return one query for the usage of users in their windows, and for the time of the hub's newest sample.

    The label ``quota`` distinguishes the rows of the answer: ``memory:168``, ``newest``, ``copies``, ``history``.

    Args:
        hub: The labels of the hub's series.
        wanted: The windows by the user's name in series.
    """
    return labelled(_deciding_parts(hub, wanted))


def _deciding_parts(hub: Mapping[str, str], wanted: Mapping[str, Iterable[Window]]) -> dict[str, str]:
    newest = newest_query(hub, f"{STALE_AFTER}s", "1m")
    return {_NEWEST: newest, _COPIES: copies_query(hub), **usage_parts(hub, wanted)}


def usage_parts(hub: Mapping[str, str], wanted: Mapping[str, Iterable[Window]]) -> dict[str, str]:
    """Return the queries for the usage of users in their windows, and for its start, by their keys in `labelled`."""
    users: dict[Window, list[str]] = {}
    for username, windows in wanted.items():
        for window in windows:
            users.setdefault(window, []).append(username)
    return {_HISTORY: history_query(hub)} | {
        f"{resource}:{hours}": users_query(resource, hub, usernames, hours * HOUR)
        for (resource, hours), usernames in users.items()
    }


def labelled(parts: Mapping[str, str]) -> str:
    """Return one query for all parts, whose rows have the part's key as the label ``quota``."""
    return "\nor\n".join(f'label_replace({query}, "{KEY}", "{key}", "", "")' for key, query in parts.items())


def newest_query(hub: Mapping[str, str], duration: str, resolution: str) -> str:
    """Return the query for the time of the hub's newest sample within a duration."""
    return f"max(max_over_time(timestamp({names.USAGE_RECORDED}{{{exactly(hub)}}})[{duration}:{resolution}]))"


def copies_query(hub: Mapping[str, str]) -> str:
    """Return the query for the number of copies of the hub's recorded series; without a result there is one.

    Copies are series with different external labels that were there 15 minutes ago, too (others replace each other), or
    several samples in 5 minutes of one series.
    """
    hubs, recorded = (f"{name}{{{exactly(hub)}}}" for name in (names.HUBS, names.USAGE_RECORDED))
    samples = f"max(count_over_time({recorded}[{HOUR * 1000 - 1}ms])) / {HOUR // BUCKET} > 1.5"
    return f"(count({hubs} and {hubs} offset 15m) > 1 or {samples})"


def history_query(hub: Mapping[str, str]) -> str:
    """Return the query for the time of the hub's oldest usage; without a result, it covers all recorded windows."""
    return f"min(last_over_time({names.HISTORY_START}{{{exactly(hub)}}}[7199999ms]))"


def users_query(
    resource: str, hub: Mapping[str, str], usernames: Collection[str], seconds: int, days_ago: int = 0
) -> str:
    """Return the query for the usage of each of several users in so many seconds, by the label ``username``.

    The seconds end now, or ``days_ago``.
    """
    matchers = f"{exactly(hub)},{any_of('username', usernames)}"
    return f"sum by (username) ({_summed(resource, matchers, seconds, days_ago)})"


def _summed(resource: str, matchers: str, seconds: int, days_ago: int = 0) -> str:
    offset = f" offset {days_ago}d" if days_ago else ""

    def summed(series: str) -> str:
        return f"sum_over_time({series}{{{matchers}}}[{seconds * 1000 - 1}ms]{offset})"

    of = RESOURCES[resource]
    days = f' or label_replace({summed(of.days)}, "of", "days", "", "")' if of.days else ""
    return f"{summed(of.bucket)}{days}"


def read_usage(prometheus: Prometheus, hub: Mapping[str, str], username: str, windows: Sequence[Window]) -> Usage:
    """Return the user's usage in each of the windows, from one instant query. See `read_usages`."""
    return read_usages(prometheus, hub, {username: windows})[username]


def read_moment(prometheus: Prometheus, hub: Mapping[str, str], look_back: str) -> Moment:
    """Return the present moment, from one instant query, or from two if the newest sample is older than STALE_AFTER.

    Args:
        prometheus: The client.
        hub: The labels of the hub's series.
        look_back: The range in which the newest sample is searched.

    Raises:
        RecordedTwiceError: if the store has several copies of the hub's series.
        PrometheusError: if there is no answer.
    """
    parts = {
        _NOW: "vector(time())",
        _NEWEST: newest_query(hub, f"{STALE_AFTER}s", "1m"),
        _COPIES: copies_query(hub),
    }
    answer = read_parts(prometheus, parts).values
    if (_NOW, "") not in answer:
        raise BadAnswerError(f"Prometheus' answer has no time: {dict(answer)}")
    require_one_copy(answer.get((_COPIES, ""), 1.0), hub["namespace"])
    newest = answer.get((_NEWEST, ""))
    if newest is None:
        rows = prometheus.instant(newest_query(hub, look_back, "5m"))
        newest = rows[0].value if rows else None
    return Moment(math.floor(answer[_NOW, ""]), newest)


def read_usages(
    prometheus: Prometheus, hub: Mapping[str, str], wanted: Mapping[str, Collection[Window]]
) -> dict[str, Usage]:
    """Return the usage of users in their windows, from one instant query.

    A window without samples has the usage 0, so check ``fresh``.

    Args:
        prometheus: The client.
        hub: The labels of the hub's series.
        wanted: The windows by the user's name in series.

    Raises:
        PrometheusError: if there is no answer.
    """
    return usages(read_parts(prometheus, _deciding_parts(hub, wanted)), wanted)


def require_decidable(usage: Usage, namespace: str) -> None:
    """Do nothing if the usage of the hub in this namespace is good enough for a decision.

    Raises:
        StaleError: if the newest sample is too old.
        RecordedTwiceError: if the store has several copies of the hub's series.
    """
    if not usage.fresh:
        raise StaleError(
            f"no sample newer than {STALE_AFTER // 60} minutes is recorded for namespace {namespace}: check "
            "UsageConfig.hub_namespace and Hubmeter's recording rules"
        )
    require_one_copy(usage.copies, namespace)


def require_one_copy(copies: float, namespace: str) -> None:
    """Raise RecordedTwiceError if there are several copies of the recorded series of the hub in this namespace."""
    if copies > 1:
        raise RecordedTwiceError(
            f"the recorded series of namespace {namespace} are in the store {copies:.0f} times: deduplicate the "
            "replicas of Prometheus, or set UsageConfig.series_labels to the labels of this hub's cluster"
        )


@dataclass(frozen=True)
class Parts:
    """The answer to a query of several parts: the values by the key of the part and the username, "" without one."""

    values: Mapping[tuple[str, str], float]
    at: float


def read_parts(prometheus: Prometheus, parts: Mapping[str, str], at: float | None = None) -> Parts:
    """Return the values of several queries for users, from one instant query.

    Args:
        prometheus: The client.
        parts: The queries by key.
        at: The time of the query in Unix seconds; None: now.

    Raises:
        PrometheusError: if there is no answer.
    """
    try:
        rows = prometheus.instant(labelled(parts), at)
        values = {(row.labels[KEY], row.labels.get("username", "")): row.value for row in rows}
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"Prometheus' answer is not an instant vector: {type(error).__name__}: {error}") from error
    return Parts(values, max((row.timestamp for row in rows), default=0.0))


def usages(parts: Parts, wanted: Mapping[str, Collection[Window]]) -> dict[str, Usage]:
    """Return the usage of users in their windows, from the values of `usage_parts`."""
    answer, at = parts.values, parts.at
    newest, history, copies = answer.get((_NEWEST, "")), answer.get((_HISTORY, "")), answer.get((_COPIES, ""), 1.0)

    def usage(username: str, windows: Collection[Window]) -> Usage:
        used = {(resource, hours): answer.get((f"{resource}:{hours}", username), 0.0) for resource, hours in windows}
        return Usage(used, at, newest, history, copies)

    return {username: usage(username, windows) for username, windows in wanted.items()}


def read_before(
    prometheus: Prometheus,
    hub: Mapping[str, str],
    usernames: Collection[str],
    window: Window,
    days_ago: Collection[int],
    at: float | None = None,
) -> dict[str, dict[int, float]]:
    """Return the usage of users in a window that ended so many days ago, by user and days, from one instant query.

    The days end ``at``, in Unix seconds; None: now.

    Raises:
        PrometheusError: if there is no answer.
    """
    resource, hours = window
    parts = {str(days): users_query(resource, hub, usernames, hours * HOUR, days) for days in days_ago}
    answer = read_parts(prometheus, parts, at).values
    return {username: {days: answer.get((str(days), username), 0.0) for days in days_ago} for username in usernames}


def read_buckets(
    prometheus: Prometheus, hub: Mapping[str, str], used: Mapping[str, float], window: Window, at: float
) -> dict[str, tuple[tuple[float, float], ...]]:
    """Return (unix seconds, amount) of users' buckets in the window that ends ``at``, ascending, from one range query.

    The time is the end of the 5 minutes in which the bucket was recorded, so it is at most 5 minutes late. Range
    queries of VictoriaMetrics end up to a step early: usage that no bucket has counts as used ``at``.

    Args:
        prometheus: The client.
        hub: The labels of the hub's series.
        used: The usage in the window by the user's name in series.
        window: The window.
        at: The end of the window, in unix seconds.

    Raises:
        PrometheusError: if there is no answer.
    """
    resource, hours = window
    query = users_query(resource, hub, list(used), BUCKET)
    try:
        answer = prometheus.range(query, at - hours * HOUR + BUCKET, at, BUCKET)
        found = {series.labels["username"]: series.values for series in answer}
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"Prometheus' answer is not a matrix: {type(error).__name__}: {error}") from error

    def whole(username: str, total: float) -> tuple[tuple[float, float], ...]:
        buckets = found.get(username, ())
        missing = total - math.fsum(amount for _, amount in buckets)
        return (*buckets, (at, missing)) if missing > total * _ROUNDING else buckets

    return {username: whole(username, total) for username, total in used.items()}


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
