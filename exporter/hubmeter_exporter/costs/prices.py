"""The price of a unit of usage on a day, and the costs that no user's usage explains. Pure.

For each day and component with a bill, the attributable bill is the usage of the day times its prices, summed over
hubs, plus the unallocated costs. Money is decimal up to the final price; usage is a float, as in Prometheus.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from typing import Final, Literal

from hubmeter_exporter.costs.model import COMPUTE, GPU, HOME_STORAGE, BillRow

# The usage by which a component's cost is divided: the label ``driver`` of names.COST_USAGE.
DRIVERS: Final = {COMPUTE: "compute", HOME_STORAGE: "home", GPU: "gpu"}
OVERHEAD_DRIVER: Final = "compute"  # by which overhead is spread

Reason = Literal["no_usage", "overhead", "credit"]

_PRECISION: Final = Context(prec=40)  # digits, far more than in a price


@dataclass(frozen=True)
class Allocation:
    """The allocation of bills to users.

    Attributes:
        scope: "hub": a hub's tagged cost is charged to its users, and cost without a hub's tag to the users of all hubs
            by their usage. "cluster": all hubs have one price.
        overhead: The cost of components without a driver (core, networking, ...). "apart": it stays unallocated.
            "spread": it is charged to users by their usage of compute.
    """

    scope: Literal["hub", "cluster"] = "hub"
    overhead: Literal["apart", "spread"] = "apart"


@dataclass(frozen=True)
class Price:
    """The price of a unit of a driver's usage on a hub and a day, for one component, in US dollars."""

    day: date
    namespace: str
    component: str
    driver: str
    usd_per_unit: float
    estimated: bool


@dataclass(frozen=True)
class Unallocated:
    """Attributable cost that no user's usage explains, in US dollars; ``namespace`` is "" for cost without a hub's tag.

    The reasons: "overhead" has no driver; "no_usage" has one, but no usage on that day; "credit" is a negative cost,
    which no usage causes.
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


def price(rows: Iterable[BillRow], usage: Mapping[tuple[date, str, str], float], allocation: Allocation) -> Prices:
    """Return the prices of the billed days.

    Args:
        rows: Bills; only attributable rows count.
        usage: The usage of the hub's users by (day, namespace, driver). Values of 0 and below are ignored.
        allocation: Of bills to users.
    """
    billed: dict[tuple[date, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    estimated: dict[tuple[date, str], bool] = defaultdict(bool)
    for bill in rows:
        if bill.kind == "attributable":
            billed[bill.day, bill.component][bill.hub] += bill.amount
            estimated[bill.day, bill.component] |= bill.estimated
    used: dict[tuple[date, str], dict[str, Decimal]] = defaultdict(dict)
    for (used_on, namespace, used_driver), value in usage.items():
        if value > 0:
            used[used_on, used_driver][namespace] = Decimal(value)
    prices: list[Price] = []
    unallocated: list[Unallocated] = []
    with localcontext(_PRECISION):
        for (day, component), amounts in sorted(billed.items()):
            driver = driver_of(component, allocation)
            if driver is None:
                reasons: dict[str, Reason] = dict.fromkeys(amounts, "overhead")
            else:
                by_namespace, reasons = _divide(amounts, used[day, driver], allocation)
                prices += [
                    Price(day, namespace, component, driver, float(usd), estimated[day, component])
                    for namespace, usd in sorted(by_namespace.items())
                ]
            unallocated += [
                Unallocated(day, hub, component, amounts[hub], reason)
                for hub, reason in sorted(reasons.items())
                if amounts[hub]
            ]
    return Prices(tuple(prices), tuple(unallocated))


def _divide(
    amounts: Mapping[str, Decimal], hubs: Mapping[str, Decimal], allocation: Allocation
) -> tuple[dict[str, Decimal], dict[str, Reason]]:
    """Return the price of each hub with usage, and the reason of each amount that is in no price."""
    prices: dict[str, Decimal] = {}
    reasons: dict[str, Reason] = {}
    for hub, amount in amounts.items():
        # The hubs that this amount is charged to, at one price for all.
        payers = [hub] if allocation.scope == "hub" and hub else list(hubs)
        whole = sum((hubs.get(payer, Decimal(0)) for payer in payers), Decimal(0))
        if amount < 0:
            reasons[hub] = "credit"
        elif not whole:
            reasons[hub] = "no_usage"
        else:
            for payer in payers:
                prices[payer] = prices.get(payer, Decimal(0)) + amount / whole
    return prices, reasons


def repeat(prices: Sequence[Price], first: date, last: date, today: date) -> list[Price]:
    """Return prices of every day from ``first`` to ``last``. Days without a price repeat the latest earlier one.

    So does ``today``, because the bill of the current day lags behind its usage: its own price counts only if there is
    no earlier one. Repeated prices are estimated. For a hub and driver all prices of one earlier day are repeated, so
    that a component that no longer has a cost does not return.

    Args:
        prices: Of billed days. Those before ``first`` can be repeated.
        first: UTC day.
        last: UTC day, included.
        today: The current UTC day.
    """
    of_day: dict[date, dict[tuple[str, str], list[Price]]] = defaultdict(lambda: defaultdict(list))
    for known_price in prices:
        of_day[known_price.day][known_price.namespace, known_price.driver].append(known_price)
    result: list[Price] = []
    latest: dict[tuple[str, str], list[Price]] = {}
    wanted = {first + timedelta(n) for n in range((last - first).days + 1)}
    for day in sorted(wanted | of_day.keys()):
        own = of_day.get(day, {})
        chosen = own if own and day < today else {**own, **latest}
        if day in wanted:
            result += [
                chosen_price if chosen_price.day == day else replace(chosen_price, day=day, estimated=True)
                for group in chosen.values()
                for chosen_price in group
            ]
        latest |= chosen
    return result
