"""Pieces of queries about costs that rules and panels share, with the settings' placeholders open.

A day's cost is its usage times its price, and is priced when it is read, because bills come late and are revised. All
of these are evaluated at the midnight at which a UTC day begins, and speak of that day.
"""

from collections.abc import Mapping

from hubmeter_promql import names, render

# A day's buckets are those that began in it: the last one is recorded up to 5 minutes after its end.
_THAT_DAY = "[1d] offset -86699999ms"
EVERY_HUB = "%(hub_selector)s"


def part(name: str, parameters: Mapping[str, str]) -> str:
    """Return the query of ``parts/costs/<name>.promql`` with these of its placeholders filled in."""
    return render.part(f"parts/costs/{name}.promql", parameters)


def price_now() -> str:
    """Return today's price of a unit, by namespace and driver."""
    return part("price_now", {})


def price(hubs: str = EVERY_HUB, by: str = "namespace, driver", *, settled: bool = False) -> str:
    """Return the day's price of a unit; ``hubs`` are matchers, and only days with a settled bill have one if asked."""
    return part("price_of_settled_day" if settled else "price_of_day", {"by": by, "hubs": hubs})


def bill(by: str, matchers: str) -> str:
    """Return what was billed of the day, by these labels."""
    return part("bill_of_day", {"by": by, "matchers": matchers})


def usage(level: str, matchers: str) -> str:
    """Return the day's usage of a level, for example ``names.group``'s; None of today, which is not over."""
    return f"{names.by_driver(f'{level}:{names.COST_USAGE_DAY}')}{{{matchers}}}"


def cost(level: str, by: str, matchers: str, hubs: str = EVERY_HUB) -> str:
    """Return what a level (``namespace_usergroup``) cost on the day, by these labels, and of today what it cost so far.

    Of single users there is no today: the estimate of a day is read from one sample and not from 288.
    """
    users = level.endswith("username")
    estimate = (
        f"last_over_time({level}:{names.COST_DAY}{{{matchers}}}[1d] offset -2d)"
        if users
        else f"sum_over_time({level}:{names.COST}{{{matchers}}}{_THAT_DAY})"
    )
    return part(
        "cost_of_day",
        {"by": by, "usage": usage(level, matchers), "price": price(hubs), "estimate": estimate},
    )


def settled_cost(level: str, by: str, matchers: str, hubs: str) -> str:
    """Return the same, only of days whose bill is settled."""
    return part("cost_of_settled_day", {"by": by, "usage": usage(level, matchers), "price": price(hubs, settled=True)})


def cost_by_component(level: str, matchers: str, hubs: str) -> str:
    """Return what a level cost on the day, by component of the bill."""
    priced = price(hubs, "namespace, component, driver")
    return part("cost_of_day_by_component", {"usage": usage(level, matchers), "price": priced})


def unallocated(by: str, matchers: str) -> str:
    """Return the day's attributable cost that no user's usage explains."""
    return part("unallocated_of_day", {"by": by, "matchers": matchers})
