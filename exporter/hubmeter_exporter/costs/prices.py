"""The price of a unit of usage on a day, and the costs that no user's usage explains. Pure.

For each day and component with a bill, the attributable bill is the usage of the day times its prices, summed over
hubs, plus the unallocated costs, of which idle capacity is a part. Money is decimal up to the final price; usage is a
float, as in Prometheus. Estimates of days that are not settled: `estimates`.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Final, Literal

from hubmeter_exporter.costs.model import BillRow
from hubmeter_promql.bills import COMPUTE, GPU, HOME_STORAGE

# The usage by which a component's cost is divided: the label ``driver`` of names.COST_USAGE.
DRIVERS: Final = {COMPUTE: "compute", HOME_STORAGE: "home", GPU: "gpu"}
OVERHEAD_DRIVER: Final = "compute"  # by which overhead is spread

Reason = Literal["no_usage", "overhead", "credit", "idle"]

# By (day, namespace, driver), in the driver's unit times hours. The namespace "" has the capacity that all hubs share.
Usage = Mapping[tuple[date, str, str], float]
Capacity = Mapping[tuple[date, str, str], float]

_Rest = tuple[str, Decimal, Reason]  # hub, amount

_PRECISION: Final = Context(prec=40)  # digits, far more than in a price


@dataclass(frozen=True)
class Allocation:
    """The allocation of bills to users.

    Attributes:
        scope: "hub": a hub's tagged cost is charged to its users, and cost without a hub's tag to the users of all hubs
            by their usage. "cluster": all hubs have one price.
        overhead: The cost of components without a driver (core, networking, ...). "apart": it stays unallocated.
            "spread": it is charged to users by their usage of compute.
        idle: The cost of capacity that is not in use. "apart": it stays unallocated. "shared": it is charged to users
            by their usage. "capped": so is the part up to ``idle_cap``.
        idle_cap: The maximum of the idle cost that is charged to users, as a multiple of the cost of their own usage.
    """

    scope: Literal["hub", "cluster"] = "hub"
    overhead: Literal["apart", "spread"] = "apart"
    idle: Literal["apart", "shared", "capped"] = "apart"
    idle_cap: float = 1.0

    def charged(self, used: float, capacity: float) -> float:
        """Return the part of a cost that is charged to users, above 0 and at most 1.

        Args:
            used: Of the capacity, above 0.
            capacity: In the same unit; 0 if it is unknown.
        """
        if self.idle == "shared" or capacity <= used:
            return 1.0
        return min(1.0, used / capacity * (1.0 if self.idle == "apart" else 1.0 + self.idle_cap))


@dataclass(frozen=True)
class Price:
    """The price of a unit of a driver's usage on a hub and a day, for one component, in US dollars.

    Estimated prices are provisional while no settled day with usage has a bill.
    """

    day: date
    namespace: str
    component: str
    driver: str
    usd_per_unit: float
    estimated: bool
    provisional: bool = False


@dataclass(frozen=True)
class Unallocated:
    """Attributable cost that no user's usage explains, in US dollars; ``namespace`` is "" for cost without a hub's tag.

    The reasons: "overhead" has no driver; "no_usage" has one, but no usage on that day; "credit" is a negative cost,
    which no usage causes; "idle" is the part of a cost whose capacity was not in use.
    """

    day: date
    namespace: str
    component: str
    amount: Decimal
    reason: Reason


@dataclass(frozen=True)
class Prices:
    """The prices of some days, and the costs that they do not cover."""

    prices: tuple[Price, ...]
    unallocated: tuple[Unallocated, ...]


def driver_of(component: str, allocation: Allocation) -> str | None:
    """Return the driver by which a component's cost is divided, or None if the cost stays apart."""
    return DRIVERS.get(component, OVERHEAD_DRIVER if allocation.overhead == "spread" else None)


def price(rows: Iterable[BillRow], usage: Usage, allocation: Allocation, capacity: Capacity | None = None) -> Prices:
    """Return the prices of the billed days.

    Args:
        rows: Bills; only attributable rows count.
        usage: The usage of the hubs' users. Values of 0 and below, infinities and NaN are ignored.
        allocation: Of bills to users.
        capacity: Of the drivers that have one.
    """
    billed: dict[tuple[date, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    estimated: dict[tuple[date, str], bool] = defaultdict(bool)
    for bill in rows:
        if bill.kind == "attributable":
            billed[bill.day, bill.component][bill.hub] += bill.amount
            estimated[bill.day, bill.component] |= bill.estimated
    used, capacities = by_day_and_driver(usage), by_day_and_driver(capacity or {})
    prices: list[Price] = []
    unallocated: list[Unallocated] = []
    with localcontext(_PRECISION):
        for (day, component), amounts in sorted(billed.items()):
            driver = driver_of(component, allocation)
            if driver is None:
                rests: list[_Rest] = [(hub, amount, "overhead") for hub, amount in amounts.items()]
            else:
                # Overhead that is spread by the usage of compute buys no capacity of compute.
                available = capacities.get((day, driver), {}) if component in DRIVERS else {}
                by_namespace, rests = _divide(amounts, used.get((day, driver), {}), available, allocation)
                prices += [
                    Price(day, namespace, component, driver, float(usd), estimated[day, component])
                    for namespace, usd in sorted(by_namespace.items())
                ]
            unallocated += [
                Unallocated(day, hub, component, amount, reason) for hub, amount, reason in sorted(rests) if amount
            ]
    return Prices(tuple(prices), tuple(unallocated))


def by_day_and_driver(values: Usage) -> dict[tuple[date, str], dict[str, float]]:
    """Return the positive finite values as (day, driver) -> namespace -> value."""
    result: dict[tuple[date, str], dict[str, float]] = defaultdict(dict)
    for (day, namespace, driver), value in values.items():
        if 0 < value < math.inf:
            result[day, driver][namespace] = value
    return result


def payers(hub: str, hubs: Iterable[str], allocation: Allocation) -> list[str]:
    """Return the hubs, of those with usage, whose users a cost with this tag of a hub is charged to, at one price."""
    return [name for name in hubs if allocation.scope == "cluster" or not hub or name == hub]


def charged_part(hub: str, used: Mapping[str, float], capacity: Mapping[str, float], allocation: Allocation) -> float:
    """Return the part of a cost with this tag of a hub that is charged to users, above 0 and at most 1.

    A hub with nodes of its own has their utilisation. All other costs have that of all nodes.

    Args:
        hub: Namespace; "" for a cost without a hub's tag.
        used: Usage by namespace; that of one hub at least is above 0.
        capacity: By namespace.
        allocation: Of bills to users.
    """
    if allocation.scope == "hub" and hub in used and capacity.get(hub):
        return allocation.charged(used[hub], capacity[hub])
    return allocation.charged(math.fsum(used.values()), math.fsum(capacity.values()))


def _divide(
    amounts: Mapping[str, Decimal], used: Mapping[str, float], capacity: Mapping[str, float], allocation: Allocation
) -> tuple[dict[str, Decimal], list[_Rest]]:
    """Return the price of each hub with usage, and the amounts that are in no price, with their reasons."""
    prices: dict[str, Decimal] = {}
    rests: list[_Rest] = []
    for hub, amount in amounts.items():
        paying = payers(hub, used, allocation)
        if amount < 0:
            rests.append((hub, amount, "credit"))
        elif not paying:
            rests.append((hub, amount, "no_usage"))
        else:
            charged = amount * Decimal(charged_part(hub, used, capacity, allocation))
            whole = sum((Decimal(used[name]) for name in paying), Decimal(0))
            rests.append((hub, amount - charged, "idle"))
            for name in paying:
                prices[name] = prices.get(name, Decimal(0)) + charged / whole
    return prices, rests
