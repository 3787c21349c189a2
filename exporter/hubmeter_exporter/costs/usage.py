"""Usage by UTC day, from recorded series, without joins.

The usage of a day is recorded on the next day, usually in its first hour (names.COST_USAGE_DAY). If it was not
recorded, and for today, the buckets of the day (names.COST_USAGE) are added up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from hubmeter_promql import cost_parts, matchers, names, render
from hubmeter_promql.bills import days_of, start_of
from hubmeter_promql.client import Prometheus, RangeSeries

_DAY: Final = 86_400
_BUCKET: Final = 300  # seconds; a bucket belongs to the day in which it begins
# The buckets of a day are added up so many seconds after its end: its last bucket is recorded, the first one of the
# next day is not. Ranges that end there are equal on engines that count the left edge of a range and on others.
_READ_AT: Final = _BUCKET - 0.001
# The usage of a day is looked up on the whole next day, except its first moment, which engines count differently.
_RECORDED_WITHIN: Final = _DAY - 1
# Rules record the series of one instant one after the other. Today is read as of so many seconds ago, so that users and
# hubs have the same buckets.
_SETTLES: Final = 60
# Days per query, which bounds the memory of Prometheus and the size of the response. Fewer than 50: VictoriaMetrics
# moves the instants of longer range queries to multiples of the step.
_DAYS_PER_QUERY: Final = 31
# A rule that divides can record an infinity, which is not usage.
_POSITIVE: Final = "> 0 < +Inf"
_EPOCH: Final = date(1970, 1, 1)

# (namespace, usergroup, username, driver), "" for a label that a series does not have -> usage by day.
_UsageByKey = dict[tuple[str, str, str, str], dict[date, float]]


class Member(NamedTuple):
    """A group of a user, and the weight of the user's usage in it, from 0 to 1."""

    namespace: str
    usergroup: str
    username: str
    share: float


@dataclass(frozen=True, slots=True)
class Used:
    """The usage of a user, of a user in a group, or of a group by day, in unit-hours of the driver, all above 0.

    ``usergroup`` and ``username`` are "" if the series does not have the label; for a pair, an empty ``usergroup`` is
    that of users without a known group.
    """

    namespace: str
    usergroup: str
    username: str
    driver: str
    days: Mapping[date, float]


@dataclass(frozen=True)
class Selection:
    """The series to read; an empty set selects all.

    Attributes:
        namespaces: Hubs.
        usergroups: Groups; "" is that of users without a known group.
        usernames: Users.
        drivers: Of names.COST_DRIVERS.
    """

    namespaces: frozenset[str] = frozenset()
    usergroups: frozenset[str] = frozenset()
    usernames: frozenset[str] = frozenset()
    drivers: frozenset[str] = frozenset()


class Usage:
    """Reads usage from Prometheus. All methods raise `PrometheusError` if a query fails."""

    def __init__(
        self, prometheus: Prometheus, clock: Callable[[], float], labels: Mapping[str, str] | None = None
    ) -> None:
        """Send no query yet.

        Args:
            prometheus: Stores the recorded series.
            clock: Returns the Unix time in seconds.
            labels: Select the series of these hubs if several clusters share a Prometheus.
        """
        self._prometheus = prometheus
        self._clock = clock
        self._labels = dict(labels or {})

    def as_of_now(self, left: Callable[[], float]) -> "Usage":
        """Return a reader with a stopped clock, so that all readings of today are of the same moment.

        Args:
            left: Returns the seconds that are left for all queries of the reader together.
        """
        now = self._clock()
        return Usage(self._prometheus.until(left), lambda: now, self._labels)

    def today(self) -> date:
        """Return the current UTC day."""
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def hubs(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the usage of all users of a hub by (day, namespace, driver), from ``first`` to ``last``.

        Today has the usage that is recorded so far. Days, hubs and drivers without usage have no entry.
        """
        rows = self._read(names.hub, Selection(), first, last)
        return {(day, row.namespace, row.driver): value for row in rows for day, value in row.days.items()}

    def users(self, first: date, last: date, selection: Selection) -> list[Used]:
        """Return the usage of each user."""
        return self._read(names.user, selection, first, last)

    def pairs(self, first: date, last: date, selection: Selection) -> list[Used]:
        """Return the usage of each user in each group, by the weights at the time of the usage."""
        return self._read(names.pair, selection, first, last)

    def groups(self, first: date, last: date, selection: Selection) -> list[Used]:
        """Return the usage of each group."""
        return self._read(names.group, selection, first, last)

    def capacity(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the capacity of the nodes of users by (day, namespace, driver), from ``first`` to ``last``.

        The namespace is the tag of the hub whose users alone run on the nodes, "" for nodes of all hubs. Today has the
        capacity that is recorded so far. There are few series, so their buckets are added up.
        """
        result: dict[tuple[date, str, str], float] = {}
        series = f"{names.COST_CAPACITY}{{{_matchers(self._labels, Selection())}}}"
        today = self.today()
        for begin, end in _pieces(first, min(last, today - timedelta(1))):
            query = f"sum_over_time({series}[{_DAY * 1000}ms]) {_POSITIVE}"
            for row in self._prometheus.range(query, _reads(begin), _reads(end), _DAY):
                result |= {(day, *_hub_and_driver(row.labels)): value for day, value in _by_day(row, 1)}
        window = self._window_of_today()
        if first <= today <= last and window > 0:
            query = f"sum_over_time({series}[{window}ms]) {_POSITIVE}"
            for sample in self._prometheus.instant(query, self._clock() - _SETTLES):
                result[(today, *_hub_and_driver(sample.labels))] = sample.value
        return result

    def members(self) -> list[Member]:
        """Return the present memberships as the rules use them: from the newest exporter of each hub."""
        query = f"{names.SHARE}{{{_matchers(self._labels, Selection())}}}"
        return [
            Member(row.labels.get("namespace", ""), row.labels["usergroup"], row.labels["username"], row.value)
            for row in self._prometheus.instant(query, self._clock())
        ]

    def check(self) -> None:
        """Send the smallest possible query."""
        self._prometheus.instant("vector(1)")

    def _read(self, level: names.Level, selection: Selection, first: date, last: date) -> list[Used]:
        """Return the rows of a level: recorded days, and the sums of buckets for the other days and today."""
        today = self.today()
        usage: _UsageByKey = {}
        before = min(last, today - timedelta(1))
        if first <= before:
            self._add_recorded(usage, level, selection, first, before)
            for begin, end, missing in self._unrecorded(usage, selection, first, before):
                query = self._sum_of_buckets(level, _selected(selection, missing), _DAY * 1000)
                for row in self._prometheus.range(query, _reads(begin), _reads(end), _DAY):
                    key = _hub_and_driver(row.labels)
                    _add(usage, row.labels, {d: v for d, v in _by_day(row, 1) if (d, *key) in missing})
        window = self._window_of_today()
        if first <= today <= last and window > 0:
            query = self._sum_of_buckets(level, selection, window)
            for sample in self._prometheus.instant(query, self._clock() - _SETTLES):
                _add(usage, sample.labels, {today: sample.value})
        return [Used(*key, days) for key, days in usage.items()]

    def _window_of_today(self) -> int:
        """Return the milliseconds from the end of the day's first bucket until today is read; 0 or less before it."""
        return round((self._clock() - _SETTLES - _reads(self.today() - timedelta(1))) * 1000)

    def _add_recorded(
        self, usage: _UsageByKey, level: names.Level, selection: Selection, first: date, last: date
    ) -> None:
        selector = self._selector(level, names.COST_USAGE_DAY, selection)
        yesterday = self.today() - timedelta(1)
        for begin, end in _pieces(first, min(last, yesterday - timedelta(1))):
            query = f"last_over_time({selector}[{_RECORDED_WITHIN}s]) {_POSITIVE}"
            for row in self._prometheus.range(query, start_of(begin) + 2 * _DAY, start_of(end) + 2 * _DAY, _DAY):
                _add(usage, row.labels, dict(_by_day(row, 2)))
        window = min(round(self._clock() - start_of(self.today())), _RECORDED_WITHIN)
        if last == yesterday and window > 0:
            query = f"last_over_time({selector}[{window}s]) {_POSITIVE}"
            for sample in self._prometheus.instant(query, self._clock()):
                _add(usage, sample.labels, {yesterday: sample.value})

    def _unrecorded(
        self, usage: _UsageByKey, selection: Selection, first: date, last: date
    ) -> Iterator[tuple[date, date, set[tuple[date, str, str]]]]:
        """Yield periods, and the (day, namespace, driver) in them that have buckets but no recorded day.

        A day without usage is not recorded either. The series of hubs, which are few, show whether a day has buckets.
        """
        days = days_of(first, last)
        hubs = Selection(selection.namespaces, drivers=selection.drivers)
        query = self._sum_of_buckets(names.hub, hubs, len(days) * _DAY * 1000)
        used = [_hub_and_driver(row.labels) for row in self._prometheus.instant(query, _reads(last))]
        recorded = {(day, hub, driver) for (hub, *_, driver), by_day in usage.items() for day in by_day}
        missing = {(day, *key) for day in days for key in used} - recorded
        if not missing:
            return
        with_buckets: set[tuple[date, str, str]] = set()
        query = self._sum_of_buckets(names.hub, _selected(hubs, missing), _DAY * 1000)
        for begin, end in _pieces(min(missing)[0], max(missing)[0]):
            for row in self._prometheus.range(query, _reads(begin), _reads(end), _DAY):
                with_buckets |= {(day, *_hub_and_driver(row.labels)) for day, _ in _by_day(row, 1)} & missing
        for begin, end in _periods({day for day, *_ in with_buckets}):
            yield begin, end, {key for key in with_buckets if begin <= key[0] <= end}

    def _sum_of_buckets(self, level: names.Level, selection: Selection, milliseconds: int) -> str:
        """Return the query for the usage since so long ago: home directories at full hours, other drivers by bucket."""
        queries = []
        if selection.drivers != {"home"}:
            buckets = self._selector(level, names.COST_USAGE, selection, 'driver!="home"')
            queries.append(f"sum_over_time({buckets}[{milliseconds}ms]) {_POSITIVE}")
        if not selection.drivers or "home" in selection.drivers:
            homes = f"sum_over_time(({self._homes(level, selection)})[{milliseconds}ms:1h]) {_POSITIVE}"
            queries.append(f'label_replace({homes}, "driver", "home", "", "")')
        return "\nor\n".join(queries)

    def _homes(self, level: names.Level, selection: Selection) -> str:
        users = _matchers(self._labels, replace(selection, usergroups=frozenset(), drivers=frozenset()), "")
        shares = _matchers(self._labels, replace(selection, drivers=frozenset()))
        others = _matchers(self._labels, replace(selection, drivers=frozenset()), "")
        of_selection = map(render.literal, (users, shares, others))
        return render.render(cost_parts.homes(level, *of_selection), {"cluster": ""})

    def _selector(self, level: names.Level, name: str, selection: Selection, *more: str) -> str:
        return f"{names.by_driver(level(name))}{{{_matchers(self._labels, selection, *more)}}}"


def _add(usage: _UsageByKey, labels: Mapping[str, str], days: Mapping[date, float]) -> None:
    if days:
        usage.setdefault(_key(labels), {}).update(days)


def _selected(selection: Selection, days: Iterable[tuple[date, str, str]]) -> Selection:
    """Return the selection for the hubs and drivers of these (day, namespace, driver) only."""
    keys = {(hub, driver) for _, hub, driver in days}
    return replace(selection, namespaces=frozenset(hub for hub, _ in keys), drivers=frozenset(d for _, d in keys))


def _hub_and_driver(labels: Mapping[str, str]) -> tuple[str, str]:
    return labels.get("namespace", ""), labels["driver"]


def _by_day(row: RangeSeries, days_earlier: int) -> Iterator[tuple[date, float]]:
    """Yield the values by their day, which is so many days before the one of the reading."""
    return ((_day(at // _DAY - days_earlier), value) for at, value in row.values)


def _pieces(first: date, last: date) -> Iterator[tuple[date, date]]:
    for number in range(0, (last - first).days + 1, _DAYS_PER_QUERY):
        begin = first + timedelta(number)
        yield begin, min(last, begin + timedelta(_DAYS_PER_QUERY - 1))


def _periods(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return the first and the last day of each period without a gap, of at most as many days as in a query."""
    result: list[tuple[date, date]] = []
    for day in sorted(days):
        if result and result[-1][1] + timedelta(1) == day and (day - result[-1][0]).days < _DAYS_PER_QUERY:
            result[-1] = (result[-1][0], day)
        else:
            result.append((day, day))
    return result


def _key(labels: Mapping[str, str]) -> tuple[str, str, str, str]:
    return (
        labels.get("namespace", ""), labels.get("usergroup", ""), labels.get("username", ""), labels.get("driver", ""),
    )  # fmt: skip


def _reads(day: date) -> float:
    """Return the Unix time in seconds at which the buckets of a day are added up."""
    return start_of(day) + _DAY + _READ_AT


@lru_cache(4096)
def _day(number: float) -> date:
    return _EPOCH + timedelta(number)


def _matchers(labels: Mapping[str, str], selection: Selection, *more: str) -> str:
    """Return the matchers of a selection, then these; an empty last one leaves a comma at the end if there are any."""
    values = {
        "namespace": selection.namespaces,
        "usergroup": selection.usergroups,
        "username": selection.usernames,
        "driver": selection.drivers,
    }
    alternatives = (matchers.any_of(name, allowed) for name, allowed in values.items() if allowed)
    chosen = [*filter(None, (matchers.exactly(labels), *alternatives))]
    return ",".join([*chosen, *more]) if chosen else "".join(more)
