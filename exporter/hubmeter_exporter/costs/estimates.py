"""The prices and unallocated costs of all days until today: estimates where the bill is not complete. Pure.

The bill of a day that is not settled is partial. Its price, and today's, is that of settled days: their cost divided by
their usage, over several days, so that a quiet Sunday, a gap in the usage or a component that is billed late has little
effect.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.prices import (
    DRIVERS,
    Allocation,
    Capacity,
    Price,
    Prices,
    Reason,
    Unallocated,
    Usage,
    by_day_and_driver,
    charged_part,
    driver_of,
    payers,
    price,
)

# An estimated price is at most so many times the median price of all known settled days, and at least its inverse. Half
# of the usage was at or below the median: after two weeks of holidays with little usage, it is still that of the term.
BOUND: Final = 2.0

_Key = tuple[str, str]  # namespace, driver


@dataclass(frozen=True)
class Horizon:
    """The days whose bill is complete.

    Attributes:
        settled: The newest day whose bill is complete.
        today: The current UTC day.
        elapsed: The part of today that is over, from 0 to 1.
        days: The number of settled days with usage that an estimate is from.
    """

    settled: date
    today: date
    elapsed: float
    days: int = 7


def estimate(
    rows: Iterable[BillRow],
    usage: Usage,
    allocation: Allocation,
    capacity: Capacity,
    first: date,
    horizon: Horizon,
) -> Prices:
    """Return the prices and the unallocated costs of every day from ``first`` to today.

    Settled days with a bill have their own. All other days have estimates:

    - The price of a hub and driver is the cost of the last seven earlier settled days with usage, divided by that
      usage, within `BOUND`. While there is no such day, the price is provisional: from the days before today that are
      not settled, or from today.
    - Unallocated costs are the mean of the last seven earlier settled days with a bill. Of idle capacity, its price on
      these days counts, and the idle capacity of the day. Today has the part that is over.

    So users and unallocated costs of such a day add up to an estimate of its bill, not to its present bill.

    Args:
        rows: Bills, also of days before ``first``.
        usage: The usage of the hubs' users on the days of the bills, and of today so far.
        allocation: Of bills to users.
        capacity: Of the drivers that have one, like the usage.
        first: UTC day.
        horizon: The days whose bill is complete.
    """
    return _Estimates(list(rows), usage, allocation, capacity, horizon).since(first)


class _Estimates:
    def __init__(
        self, rows: list[BillRow], usage: Usage, allocation: Allocation, capacity: Capacity, horizon: Horizon
    ) -> None:
        self._priced = price(rows, usage, allocation, capacity)
        self._usage = usage
        self._used = by_day_and_driver(usage)
        self._capacity = by_day_and_driver(capacity)
        self._allocation = allocation
        self._horizon = horizon
        self._bills: dict[tuple[str, str], dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in rows:
            if row.kind == "attributable":
                self._bills[row.hub, row.component][row.day] += row.amount
        self._billed = sorted({day for by_day in self._bills.values() for day in by_day})
        self._prices: dict[_Key, dict[date, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        for known in self._priced.prices:
            self._prices[known.namespace, known.driver][known.day][known.component] = known.usd_per_unit
        self._idle: dict[tuple[str, str], dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for rest in self._priced.unallocated:
            if rest.reason == "idle":
                self._idle[rest.namespace, rest.component][rest.day] += rest.amount

    def since(self, first: date) -> Prices:
        """Return the prices and unallocated costs of all days from ``first`` to today."""
        own = {day for day in self._billed if self._final(day)}
        prices = [known for known in self._priced.prices if known.day in own and known.day >= first]
        rests = [rest for rest in self._priced.unallocated if rest.day in own and rest.day >= first]
        for number in range((self._horizon.today - first).days + 1):
            day = first + timedelta(number)
            if day not in own:
                prices += self._prices_of(day)
                rests += self._rests_of(day)
        return Prices(
            tuple(sorted(prices, key=lambda row: (row.day, row.component, row.namespace))),
            tuple(sorted(rests, key=lambda row: (row.day, row.component, row.namespace, row.reason))),
        )

    def _final(self, day: date) -> bool:
        return day <= self._horizon.settled

    def _basis(self, day: date, known: Iterable[date]) -> tuple[list[date], bool]:
        """Return the days, of those known, that the estimate of a day is from, and whether they are settled."""
        known = sorted(known)
        settled = [other for other in known if self._final(other) and other < day]
        if settled or self._final(day) or day < min(known, default=day):
            return settled, True
        open_days = [other for other in known if not self._final(other)]
        return [other for other in open_days if other < self._horizon.today] or open_days, False

    def _prices_of(self, day: date) -> Iterator[Price]:
        for (namespace, driver), by_day in self._prices.items():
            days, settled = self._basis(day, by_day)
            last = days[-self._horizon.days :]
            usd: dict[str, float] = defaultdict(float)
            for other in last:
                for component, per_unit in by_day[other].items():
                    usd[component] += per_unit * self._usage[other, namespace, driver]
            used = math.fsum(self._usage[other, namespace, driver] for other in last)
            total = math.fsum(usd.values()) / used if used else 0.0
            factor = 1.0
            if settled and total:
                values = {other: math.fsum(by_day[other].values()) for other in days}
                weights = {other: self._usage[other, namespace, driver] for other in days}
                middle = weighted_median(values, weights)
                factor = min(max(total, middle / BOUND), middle * BOUND) / total if middle else 1.0
            for component, amount in usd.items():
                yield Price(
                    day, namespace, component, driver, amount / used * factor, estimated=True, provisional=not settled
                )

    def _rests_of(self, day: date) -> Iterator[Unallocated]:
        days, _ = self._basis(day, self._billed)
        basis = days[-self._horizon.days :]
        today = self._horizon.today
        # If only today has a bill, it is the bill of the part of today that is over.
        part = Decimal(self._horizon.elapsed if day == today and basis != [today] else 1)
        for (hub, component), by_day in self._bills.items():
            amounts = [by_day[other] for other in basis if other in by_day]
            for reason, amount in self._rests(day, hub, component, basis, amounts):
                whole = reason == "idle"  # the capacity of today is that so far
                if amount:
                    yield Unallocated(day, hub, component, amount if whole else amount * part, reason)

    def _rests(
        self, day: date, hub: str, component: str, basis: Sequence[date], amounts: Sequence[Decimal]
    ) -> Iterator[tuple[Reason, Decimal]]:
        if not amounts:
            return
        number = len(basis)
        driver = driver_of(component, self._allocation)
        if driver is None:
            yield "overhead", sum(amounts, Decimal(0)) / number
            return
        credit = sum((amount for amount in amounts if amount < 0), Decimal(0))
        yield "credit", credit / number
        if not payers(hub, self._used.get((day, driver), {}), self._allocation):
            yield "no_usage", (sum(amounts, Decimal(0)) - credit) / number
        elif component in DRIVERS:
            idle = sum((self._idle[hub, component].get(other, Decimal(0)) for other in basis), Decimal(0))
            units = math.fsum(self._idle_capacity(other, hub, driver) for other in basis)
            if idle and units:
                yield "idle", idle * Decimal(self._idle_capacity(day, hub, driver) / units)

    def _idle_capacity(self, day: date, hub: str, driver: str) -> float:
        """Return the capacity of a day whose cost with this tag of a hub is not charged to users."""
        used, capacity = self._used.get((day, driver), {}), self._capacity.get((day, driver), {})
        if not payers(hub, used, self._allocation):
            return 0.0
        own = self._allocation.scope == "hub" and hub in used and capacity.get(hub, 0.0)
        whole = own or math.fsum(capacity.values())
        return whole * (1 - charged_part(hub, used, capacity, self._allocation))


def weighted_median(values: Mapping[date, float], weights: Mapping[date, float]) -> float:
    """Return the least value so that the days with this or a lower one have half of all weight; 0 without days."""
    half, sum_so_far = math.fsum(weights.values()) / 2, 0.0
    for day in sorted(values, key=lambda day: values[day]):
        sum_so_far += weights[day]
        if sum_so_far >= half:
            return values[day]
    return 0.0
