"""What a unit of usage cost on a day, and what no user's usage explains. Pure.

For each day and component with a bill: usage of the day times these prices, summed over hubs, plus what is unallocated
is the attributable bill. Money is decimal until a price is done; usage is a float, as Prometheus gives it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING, Final, Literal

from hubmeter_exporter.costs.model import COMPUTE, GPU, HOME_STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from hubmeter_exporter.costs.model import BillRow

# The usage that a component's cost is divided by: the label ``driver`` of series.COST_USAGE.
DRIVERS: Final = {COMPUTE: "compute", HOME_STORAGE: "home", GPU: "gpu"}
OVERHEAD_DRIVER: Final = "compute"  # where overhead is spread

Reason = Literal["no_usage", "overhead", "credit"]

_PRECISION: Final = Context(prec=40)  # digits: far more than a price keeps


@dataclass(frozen=True)
class Allocation:
    """How bills come to users.

    Attributes:
        scope: "hub": a hub's own cost goes to its users, and what no hub's tag covers to all hubs by their usage.
            "cluster": all hubs together have one price.
        overhead: what happens to components without a driver (core, networking, ...). "apart": they stay
            unallocated. "spread": they go to users by their use of compute.
    """

    scope: Literal["hub", "cluster"] = "hub"
    overhead: Literal["apart", "spread"] = "apart"


@dataclass(frozen=True)
class Price:
    """What a unit of a driver's usage on a hub cost that day for one component, in US dollars."""

    day: date
    namespace: str
    component: str
    driver: str
    usd_per_unit: float
    estimated: bool


@dataclass(frozen=True)
class Unallocated:
    """Attributable cost that no user's usage explains, in US dollars; ``namespace`` is "" where no hub's tag covers it.

    The reasons: "overhead" has no driver; "no_usage" has one, but nobody used it that day; "credit" is money that the
    provider gave back beyond the cost, which is no usage's doing.
    """

    day: date
    namespace: str
    component: str
    amount: Decimal
    reason: Reason


@dataclass(frozen=True)
class Prices:
    """The prices of some days, and what they leave out."""

    prices: tuple[Price, ...]
    unallocated: tuple[Unallocated, ...]


def driver_of(component: str, allocation: Allocation) -> str | None:
    """Return the driver that a component's cost is divided by; None where it stays apart."""
    return DRIVERS.get(component, OVERHEAD_DRIVER if allocation.overhead == "spread" else None)


def price(rows: Iterable[BillRow], usage: Mapping[tuple[date, str, str], float], allocation: Allocation) -> Prices:
    """Return the prices of the days that the rows bill, and no others.

    Args:
        rows: bills; only attributable ones count.
        usage: (day, namespace, driver) to the usage of the hub's users. What is not above zero is no usage.
        allocation: how bills come to users.
    """
    billed: dict[tuple[date, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    estimated: dict[tuple[date, str], bool] = defaultdict(bool)
    for bill in rows:
        if bill.kind == "attributable":
            billed[bill.day, bill.component][bill.hub] += bill.amount
            estimated[bill.day, bill.component] |= bill.estimated
    used: dict[tuple[date, str], dict[str, Decimal]] = defaultdict(dict)
    for (used_on, namespace, of), value in usage.items():
        if value > 0:
            used[used_on, of][namespace] = Decimal(value)
    prices: list[Price] = []
    unallocated: list[Unallocated] = []
    with localcontext(_PRECISION):
        for (day, component), amounts in sorted(billed.items()):
            driver = driver_of(component, allocation)
            if driver is None:
                left: dict[str, Reason] = dict.fromkeys(amounts, "overhead")
            else:
                by_namespace, left = _divide(amounts, used[day, driver], allocation)
                prices += [
                    Price(day, namespace, component, driver, float(usd), estimated[day, component])
                    for namespace, usd in sorted(by_namespace.items())
                ]
            unallocated += [
                Unallocated(day, hub, component, amounts[hub], reason)
                for hub, reason in sorted(left.items())
                if amounts[hub]
            ]
    return Prices(tuple(prices), tuple(unallocated))


def _divide(
    amounts: Mapping[str, Decimal], hubs: Mapping[str, Decimal], allocation: Allocation
) -> tuple[dict[str, Decimal], dict[str, Reason]]:
    """Return the price of each hub with usage, and why which amounts are in no price."""
    prices: dict[str, Decimal] = {}
    left: dict[str, Reason] = {}
    for hub, amount in amounts.items():
        # Those who pay this amount, each the same for a unit of usage.
        payers = [hub] if allocation.scope == "hub" and hub else list(hubs)
        whole = sum((hubs.get(payer, Decimal(0)) for payer in payers), Decimal(0))
        if amount < 0:
            left[hub] = "credit"
        elif not whole:
            left[hub] = "no_usage"
        else:
            for payer in payers:
                prices[payer] = prices.get(payer, Decimal(0)) + amount / whole
    return prices, left


def repeat(prices: Sequence[Price], first: date, last: date, today: date) -> list[Price]:
    """Return prices of every day from ``first`` to ``last``: days without one repeat the latest known before them.

    So does ``today``: what is billed of a day that still runs lags behind its usage, so its own price counts only where
    no earlier one is known. A repeated price is estimated. Of a hub and driver all prices of one earlier day are
    repeated, so that a component that no longer costs anything does not come back.

    Args:
        prices: of billed days; those before ``first`` are there to be repeated.
        first: UTC day.
        last: UTC day, included.
        today: the UTC day that still runs.
    """
    of_day: dict[date, dict[tuple[str, str], list[Price]]] = defaultdict(lambda: defaultdict(list))
    for one in prices:
        of_day[one.day][one.namespace, one.driver].append(one)
    result: list[Price] = []
    latest: dict[tuple[str, str], list[Price]] = {}
    asked = {first + timedelta(n) for n in range((last - first).days + 1)}
    for day in sorted(asked | of_day.keys()):
        known = of_day.get(day, {})
        shown = known if known and day < today else {**known, **latest}
        if day in asked:
            result += [
                one if one.day == day else replace(one, day=day, estimated=True)
                for group in shown.values()
                for one in group
            ]
        latest |= shown
    return result
