"""The usage by UTC day that the API and prices read: copied days from the ledger, the others from Prometheus.

A day is copied when it is over and recorded, so that a year is read in seconds, and that the history does not end with
the retention of Prometheus.
"""

import heapq
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final

from hubmeter_exporter.costs.ledger_file import LedgerFile
from hubmeter_exporter.costs.usage import Member, Selection, Usage, Used
from hubmeter_exporter.costs.usage_ledger import DayOfUsage, HubAndDriver, Slice, UsageLedger, UsageReading
from hubmeter_promql.bills import days_of

EXPIRED: Final = "expired"  # the user of usage by group of days whose usage of users is deleted
# The usage of a day is recorded on the next day, usually in its first hour. It is copied so many seconds after the end
# of that day, when no sample of it can be missing.
_COPIED_AFTER: Final = 3_600
# A copied day is copied again if Prometheus has more usage, by more than this part: after hubmeter-backfill. It has
# less at the end of its retention, or if it lost data.
_MORE: Final = 1e-4
_RECENT: Final = 42  # days that are compared with Prometheus at each refresh; the others are once a day

_ByHub = dict[tuple[date, str, str], float]
_Read = Callable[[date, date, Selection], list[Used]]


@dataclass(frozen=True)
class Periods:
    """Numbers of days, including today: of which usage is copied, and of which the usage of users is kept."""

    history: int
    users: int


class History:
    """Usage of users. All methods raise `PrometheusError` and `LedgerError`."""

    def __init__(self, file: LedgerFile, usage: Usage) -> None:
        """Take the ledger, and the reader of Prometheus."""
        self._file = file
        self._usage = usage

    def today(self) -> date:
        """Return the current UTC day."""
        return self._usage.today()

    def hubs(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the usage of all users of a hub by (day, namespace, driver), from ``first`` to ``last``.

        Today has the usage that is recorded so far. Days, hubs and drivers without usage have no entry.
        """
        return self._reading(self._usage).hubs(first, last)

    def capacity(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the capacity of the nodes of users by (day, namespace, driver), as `Usage.capacity` does."""
        return self._reading(self._usage).capacity(first, last)

    def as_of_now(self, left: Callable[[], float]) -> "Reading":
        """Return a reader whose readings are all of the same moment.

        Args:
            left: Returns the seconds that are left for all queries of the reader to Prometheus together.
        """
        return self._reading(self._usage.as_of_now(left))

    def _reading(self, usage: Usage) -> "Reading":
        return Reading(UsageReading(self._file.snapshot()), usage)


class Reading:
    """Reads usage. Slices are sorted by day; days that are not copied are read before a method returns."""

    def __init__(self, ledger: UsageReading, usage: Usage) -> None:
        """Take the readers."""
        self._ledger = ledger
        self._usage = usage

    def hubs(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the usage of all users of a hub by (day, namespace, driver)."""
        result = self._ledger.hubs(first, last)
        for begin, end in self._not_copied(first, last):
            result |= self._usage.hubs(begin, end)
        return result

    def capacity(self, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the capacity of the nodes of users by (day, namespace, driver)."""
        result = self._ledger.capacity(first, last)
        for begin, end in self._not_copied(first, last):
            result |= self._usage.capacity(begin, end)
        return result

    def groups(self, first: date, last: date, selection: Selection) -> Iterator[Slice]:
        """Return the usage of each group."""
        fresh = self._fresh(self._usage.groups, first, last, selection)
        return _merged(self._ledger.groups(self._ledger.days(first, last), selection), fresh)

    def pairs(self, first: date, last: date, selection: Selection, *, expired: bool = False) -> Iterator[Slice]:
        """Return the usage of each user in each group, by the weights at the time of the usage.

        ``expired`` includes the usage of days whose usage of users is deleted: by group, of the user `EXPIRED`.
        """
        days = self._ledger.days(first, last)
        slices = [
            self._ledger.pairs([day for day, with_users in days.items() if with_users], selection),
            self._fresh(self._usage.pairs, first, last, selection),
        ]
        if expired:
            groups = self._ledger.groups([day for day, with_users in days.items() if not with_users], selection)
            slices.append(slice_._replace(rows=[(EXPIRED, *row[1:]) for row in slice_.rows]) for slice_ in groups)
        return _merged(*slices)

    def users(self, first: date, last: date, selection: Selection) -> Iterator[Slice]:
        """Return the usage of each user."""
        fresh = self._fresh(self._usage.users, first, last, selection)
        return _merged(self._ledger.users(self._ledger.days(first, last), selection), fresh)

    def costliest(
        self, first: date, last: date, usd: Mapping[tuple[date, str, str], float], selection: Selection, limit: int
    ) -> frozenset[str]:
        """Return the users with the highest costs in these groups, at most so many.

        Several groups may each have the whole usage of a user. Together they count up to the user's usage.

        Args:
            first: UTC day.
            last: UTC day, included.
            usd: US dollars per unit by (day, namespace, driver).
            selection: Of usage.
            limit: Number of users.
        """
        costs: dict[str, float] = defaultdict(float, self._ledger.costs(usd, selection))
        whole = {
            (day, namespace, driver, username): amount
            for day, namespace, driver, rows in self._fresh(
                self._usage.users, first, last, replace(selection, usergroups=frozenset())
            )
            for username, _, amount in rows
        }
        for day, namespace, driver, rows in self._fresh(self._usage.pairs, first, last, selection):
            summed: dict[str, float] = defaultdict(float)
            for username, _, amount in rows:
                summed[username] += amount
            for username, amount in summed.items():
                counted = min(amount, whole.get((day, namespace, driver, username), amount))
                costs[username] += counted * usd.get((day, namespace, driver), 0.0)
        return frozenset(sorted(costs, key=lambda name: (-costs[name], name))[:limit])

    def members(self) -> list[Member]:
        """Return the present memberships as the rules use them."""
        return self._usage.members()

    def check(self) -> None:
        """Send the smallest possible query to Prometheus."""
        self._usage.check()

    def _not_copied(self, first: date, last: date) -> Iterator[tuple[date, date]]:
        """Yield the first and the last day of each period that is not in the ledger."""
        copied = self._ledger.days(first, last)
        for is_copied, period in groupby(days_of(first, last), copied.__contains__):
            if not is_copied:
                begin, *rest = period
                yield begin, rest[-1] if rest else begin

    def _fresh(self, read: _Read, first: date, last: date, selection: Selection) -> list[Slice]:
        """Return the usage of days that are not in the ledger."""
        slices: dict[tuple[date, str, str], list[tuple[str, str, float]]] = defaultdict(list)
        for begin, end in self._not_copied(first, last):
            for row in read(begin, end, selection):
                for day, amount in row.days.items():
                    slices[day, row.namespace, row.driver].append((row.username, row.usergroup, amount))
        return [Slice(*key, rows) for key, rows in sorted(slices.items())]


class Copying:
    """Copies usage from Prometheus into the ledger. All methods raise `PrometheusError` and `LedgerError`."""

    def __init__(
        self, file: LedgerFile, usage: Usage, clock: Callable[[], float], periods: Periods, basis: str
    ) -> None:
        """Take the parts.

        Args:
            file: The ledger.
            usage: Reads Prometheus.
            clock: Returns the Unix time in seconds.
            periods: The days to copy.
            basis: Text of all settings that affect how usage is read. When it changes, all days are copied again.
        """
        self._file = file
        self._ledger = UsageLedger(file)
        self._usage = usage
        self._clock = clock
        self._periods = periods
        self._basis = basis
        self._compared: date | None = None

    def copy(self, seconds: float) -> bool:
        """Copy the days that are missing, or of which Prometheus has more usage, the newest first; delete old usage.

        Args:
            seconds: After so many, no further day is copied.

        Returns:
            Whether all days are copied.
        """
        end = time.monotonic() + seconds
        today, last = self._usage.today(), self._last()
        first = today - timedelta(self._periods.history - 1)
        bases = self._ledger.copied()
        missing = {day for day in days_of(first, last) if bases.get(day) != self._basis}
        if not missing and self._compared == today:
            first = max(first, today - timedelta(_RECENT - 1))
        ledger = UsageReading(self._file.snapshot())
        known = _Amounts(ledger.hubs(first, last), ledger.capacity(first, last)).without(missing)
        present = _Amounts(self._usage.hubs(first, last), self._usage.capacity(first, last))
        hubs, capacity = _by_day(_more(present.hubs, known.hubs)), _by_day(_more(present.capacity, known.capacity))
        for day in sorted(missing | hubs.keys() | capacity.keys(), reverse=True):
            if time.monotonic() > end:
                return False
            usage = self._usage_of(day, hubs.get(day, {}))
            more = {key: amount for key, amount in usage.hubs.items() if amount > known.hubs.get((day, *key), 0.0)}
            self._put(day, replace(usage, hubs=more, capacity=capacity.get(day, {})))
        self._compared = today
        self._ledger.expire(self._first_with_users())
        return True

    def days(self, first: date, last: date) -> list[date]:
        """Return the copied days from ``first`` to ``last``."""
        return [*UsageReading(self._file.snapshot()).days(first, last)]

    def used(self, first: date, last: date) -> set[date]:
        """Return the copied days from ``first`` to ``last`` that have usage."""
        return {day for day, *_ in UsageReading(self._file.snapshot()).hubs(first, last)}

    def reread(self, first: date, last: date) -> list[date]:
        """Copy these days again, and return those that Prometheus still has. Days that are not over are not copied."""
        last = min(last, self._last())
        days, capacity = _by_day(self._usage.hubs(first, last)), _by_day(self._usage.capacity(first, last))
        for day, hubs in sorted(days.items()):
            self._put(day, replace(self._usage_of(day, hubs), capacity=capacity.get(day, {})))
        return sorted(days)

    def _usage_of(self, day: date, hubs: Mapping[HubAndDriver, float]) -> DayOfUsage:
        """Return the usage on these hubs. That of a hub is the sum of its users' usage, so that users pay the whole."""
        if not hubs:
            return DayOfUsage(hubs)
        selection = Selection(frozenset(hub for hub, _ in hubs), drivers=frozenset(driver for _, driver in hubs))
        groups = self._usage.groups(day, day, selection)
        if day < self._first_with_users():
            return DayOfUsage(hubs, groups)
        users = self._usage.users(day, day, selection)
        return DayOfUsage(_by_hub(users, day, hubs), groups, self._usage.pairs(day, day, selection), users)

    def _put(self, day: date, usage: DayOfUsage) -> None:
        self._ledger.put(day, usage, self._basis, with_users=day >= self._first_with_users())

    def _last(self) -> date:
        """Return the last day that can be copied."""
        return datetime.fromtimestamp(self._clock() - _COPIED_AFTER, UTC).date() - timedelta(2)

    def _first_with_users(self) -> date:
        return self._usage.today() - timedelta(self._periods.users - 1)


@dataclass(frozen=True)
class _Amounts:
    """Usage and capacity by (day, namespace, driver)."""

    hubs: _ByHub
    capacity: _ByHub

    def without(self, days: set[date]) -> "_Amounts":
        kept = ({key: amount for key, amount in of.items() if key[0] not in days} for of in (self.hubs, self.capacity))
        return _Amounts(*kept)


def _more(present: _ByHub, known: _ByHub) -> _ByHub:
    """Return what is more than was known."""
    return {key: amount for key, amount in present.items() if amount > known.get(key, 0.0) * (1 + _MORE)}


def _by_day(amounts: _ByHub) -> dict[date, dict[HubAndDriver, float]]:
    days: dict[date, dict[HubAndDriver, float]] = defaultdict(dict)
    for (day, namespace, driver), amount in amounts.items():
        days[day][namespace, driver] = amount
    return dict(days)


def _by_hub(users: Iterable[Used], day: date, hubs: Iterable[HubAndDriver]) -> dict[HubAndDriver, float]:
    """Return the sum of the users' usage on these hubs. It is less than a hub's own if a rule has failed."""
    amounts: dict[HubAndDriver, list[float]] = {key: [] for key in hubs}
    for row in users:
        if (row.namespace, row.driver) in amounts:
            amounts[row.namespace, row.driver].append(row.days.get(day, 0.0))
    return {key: math.fsum(of_hub) for key, of_hub in amounts.items() if of_hub}


def _merged(*slices: Iterable[Slice]) -> Iterator[Slice]:
    return heapq.merge(*slices, key=itemgetter(0))
