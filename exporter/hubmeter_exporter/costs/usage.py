"""Who used how much on which UTC day: a few small questions to recorded series, none of which joins anything.

A day's usage is recorded on the next day, mostly in its first hour (names.COST_USAGE_DAY). Where it was not, and of
today, the day's buckets (names.COST_USAGE) are added up instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from hubmeter_promql import matchers, names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hubmeter_promql.client import Prometheus, RangeSeries

_DAY: Final = 86_400
_BUCKET: Final = 300  # seconds; a bucket belongs to the day in which it begins
# When a day's buckets are added up, seconds after its end: the last of them is recorded, the next day's first is not.
# Ranges that end there hold the same on engines that count a range's left edge and on those that do not.
_READ_AT: Final = _BUCKET - 0.001
# A day's usage is looked for on the whole of the next day, without its first moment, which engines count differently.
_RECORDED_WITHIN: Final = _DAY - 1
# What the rules of one instant record appears bit by bit. A running day is read as of so many seconds ago, so that
# users and hubs are of the same buckets.
_SETTLES: Final = 60
# A question is about so many days at most, which bounds what Prometheus has to hold and to send. Fewer than 50, because
# VictoriaMetrics moves the instants of longer range queries to multiples of the step.
_DAYS_A_QUESTION: Final = 31
# A rule that divides can give an infinity, which is no usage.
_SOME: Final = "> 0 < +Inf"
_EPOCH: Final = date(1970, 1, 1)

# Namespace, usergroup, username and driver, "" where a series has no such label, to what was used by day.
_Found = dict[tuple[str, str, str, str], dict[date, float]]


class Member(NamedTuple):
    """A user's group, and the part of the user's usage that it bears, from 0 to 1."""

    namespace: str
    usergroup: str
    username: str
    share: float


@dataclass(frozen=True, slots=True)
class Used:
    """What one user (of one group) or one group used, by day, in the driver's unit times hours; all are above zero.

    ``usergroup`` and ``username`` are "" where the series has no such label, or no group claims the user.
    """

    namespace: str
    usergroup: str
    username: str
    driver: str
    days: Mapping[date, float]


@dataclass(frozen=True)
class Only:
    """What to read; an empty set means everything.

    Attributes:
        namespaces: hubs.
        usergroups: "" is the group of users whom no group claims.
        usernames: users.
        drivers: of names.COST_DRIVERS.
    """

    namespaces: frozenset[str] = frozenset()
    usergroups: frozenset[str] = frozenset()
    usernames: frozenset[str] = frozenset()
    drivers: frozenset[str] = frozenset()


class Usage:
    """Reads usage from Prometheus. Every method raises `PrometheusError` where a question is not answered."""

    def __init__(
        self, prometheus: Prometheus, clock: Callable[[], float], labels: Mapping[str, str] | None = None
    ) -> None:
        """Ask nothing yet.

        Args:
            prometheus: where the rules record.
            clock: tells unix seconds.
            labels: further labels of these hubs' series, where several clusters share a Prometheus.
        """
        self._prometheus = prometheus
        self._clock = clock
        self._labels = dict(labels or {})

    def as_of_now(self) -> Usage:
        """Return the same, with the clock stopped: what is read of a running day through it is of the same moment."""
        now = self._clock()
        return Usage(self._prometheus, lambda: now, self._labels)

    def today(self) -> date:
        """Return the UTC day that still runs."""
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def hubs(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return (day, namespace, driver) to what all users of the hub used, of days from ``first`` to ``last``.

        Today counts as far as it is recorded. Days, hubs and drivers without usage have no entry.
        """
        rows = self._read(names.hub, Only(), first, last)
        return {(day, row.namespace, row.driver): value for row in rows for day, value in row.days.items()}

    def users(self, first: date, last: date, only: Only) -> list[Used]:
        """Return what each user used."""
        return self._read(names.user, only, first, last)

    def pairs(self, first: date, last: date, only: Only) -> list[Used]:
        """Return what each group bears of each user's usage, by the shares at the time of use."""
        return self._read(names.pair, only, first, last)

    def groups(self, first: date, last: date, only: Only) -> list[Used]:
        """Return what each group bears."""
        return self._read(names.group, only, first, last)

    def members(self) -> list[Member]:
        """Return who is in which groups now, as the rules know it: from the newest exporter of each hub."""
        found = self._prometheus.instant(f"{names.SHARE}{{{_matchers(self._labels, Only())}}}", self._clock())
        return [
            Member(row.labels.get("namespace", ""), row.labels["usergroup"], row.labels["username"], row.value)
            for row in found
        ]

    def check(self) -> None:
        """Ask the smallest question there is."""
        self._prometheus.instant("vector(1)")

    def _read(self, level: Callable[[str], str], only: Only, first: date, last: date) -> list[Used]:
        """Return the rows of a level: as recorded by day, from buckets where they are not, and of today."""
        today = self.today()
        found: _Found = {}
        before = min(last, today - timedelta(1))
        if first <= before:
            self._add_daily(found, level, only, first, before)
            for begin, end, missing in self._unsampled(found, only, first, before):
                drivers = frozenset(driver for _, driver in missing)
                vector = self._summed(level, replace(only, drivers=drivers), _DAY * 1000)
                for row in self._prometheus.range(vector, _reads(begin), _reads(end), _DAY):
                    _add(found, row.labels, {d: v for d, v in _by_day(row, 1) if (d, row.labels["driver"]) in missing})
        at = self._clock() - _SETTLES
        window = round((at - _reads(today - timedelta(1))) * 1000)  # from the end of the day's first bucket
        if first <= today <= last and window > 0:
            for now in self._prometheus.instant(self._summed(level, only, window), at):
                _add(found, now.labels, {today: now.value})
        return [Used(*key, days) for key, days in found.items()]

    def _add_daily(self, found: _Found, level: Callable[[str], str], only: Only, first: date, last: date) -> None:
        selector = self._selector(level, names.COST_USAGE_DAY, only)
        yesterday = self.today() - timedelta(1)
        for begin, end in _pieces(first, min(last, yesterday - timedelta(1))):
            recorded = f"last_over_time({selector}[{_RECORDED_WITHIN}s]) {_SOME}"
            for row in self._prometheus.range(recorded, _start(begin) + 2 * _DAY, _start(end) + 2 * _DAY, _DAY):
                _add(found, row.labels, dict(_by_day(row, 2)))
        window = min(round(self._clock() - _start(self.today())), _RECORDED_WITHIN)
        if last == yesterday and window > 0:
            for one in self._prometheus.instant(f"last_over_time({selector}[{window}s]) {_SOME}", self._clock()):
                _add(found, one.labels, {yesterday: one.value})

    def _unsampled(
        self, found: _Found, only: Only, first: date, last: date
    ) -> Iterator[tuple[date, date, set[tuple[date, str]]]]:
        """Yield stretches of days, and the (day, driver) in them that have buckets but were not recorded as a day.

        What nobody used is missing too. So hubs are looked at first, which are few.
        """
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        sampled = {(day, driver) for (*_, driver), used in found.items() for day in used}
        missing = {(day, driver) for day in days for driver in only.drivers or names.COST_DRIVERS} - sampled
        if not missing:
            return
        begin, end = min(missing)[0], max(missing)[0]
        hubs = Only(only.namespaces, drivers=frozenset(driver for _, driver in missing))
        whole = self._summed(names.hub, hubs, ((end - begin).days + 1) * _DAY * 1000)
        drivers = frozenset(row.labels["driver"] for row in self._prometheus.instant(whole, _reads(end)))
        if not drivers:
            return
        with_buckets: set[tuple[date, str]] = set()
        for one, other in _pieces(begin, end):
            vector = self._summed(names.hub, replace(hubs, drivers=drivers), _DAY * 1000)
            for row in self._prometheus.range(vector, _reads(one), _reads(other), _DAY):
                with_buckets |= {(day, row.labels["driver"]) for day, _ in _by_day(row, 1)} & missing
        for one, other in _stretches({day for day, _ in with_buckets}):
            yield one, other, {(day, driver) for day, driver in with_buckets if one <= day <= other}

    def _summed(self, level: Callable[[str], str], only: Only, milliseconds: int) -> str:
        """Return the query for the sum of buckets."""
        return f"sum_over_time({self._selector(level, names.COST_USAGE, only)}[{milliseconds}ms]) {_SOME}"

    def _selector(self, level: Callable[[str], str], name: str, only: Only) -> str:
        return f"{names.by_driver(level(name))}{{{_matchers(self._labels, only)}}}"


def _add(found: _Found, labels: Mapping[str, str], days: Mapping[date, float]) -> None:
    if days:
        found.setdefault(_key(labels), {}).update(days)


def _by_day(row: RangeSeries, after: int) -> Iterator[tuple[date, float]]:
    """Yield the values by the day that they are of: so many days before the one at which they were read."""
    return ((_day(at // _DAY - after), value) for at, value in row.values)


def _pieces(first: date, last: date) -> Iterator[tuple[date, date]]:
    for number in range(0, (last - first).days + 1, _DAYS_A_QUESTION):
        begin = first + timedelta(number)
        yield begin, min(last, begin + timedelta(_DAYS_A_QUESTION - 1))


def _stretches(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return the first and the last day of each stretch without a gap, of so many days at most as are asked for."""
    result: list[tuple[date, date]] = []
    for day in sorted(days):
        if result and result[-1][1] + timedelta(1) == day and (day - result[-1][0]).days < _DAYS_A_QUESTION:
            result[-1] = (result[-1][0], day)
        else:
            result.append((day, day))
    return result


def _key(labels: Mapping[str, str]) -> tuple[str, str, str, str]:
    return (
        labels.get("namespace", ""), labels.get("usergroup", ""), labels.get("username", ""), labels.get("driver", ""),
    )  # fmt: skip


def _start(day: date) -> float:
    """Return the unix second at which a day begins."""
    return (day - _EPOCH).days * _DAY


def _reads(day: date) -> float:
    """Return the unix second at which a day's buckets are added up."""
    return _start(day) + _DAY + _READ_AT


@lru_cache(4096)
def _day(number: float) -> date:
    return _EPOCH + timedelta(number)


def _matchers(labels: Mapping[str, str], only: Only) -> str:
    """Return exact matchers, alternatives as a pattern."""
    patterns = {
        "namespace": only.namespaces, "usergroup": only.usergroups, "username": only.usernames, "driver": only.drivers,
    }  # fmt: skip
    some = (matchers.any_of(name, few) for name, few in patterns.items() if few)
    return ",".join(filter(None, (matchers.exactly(labels), *some)))
