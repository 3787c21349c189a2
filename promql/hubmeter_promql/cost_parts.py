"""Parts of queries about costs that rules, alerts and panels share, with the settings' placeholders open.

A day's cost is its usage times its unit price, and is computed when it is read, because bills arrive late and are
revised. All parts are evaluated at the midnight at which a UTC day begins, and are about that day.
"""

from collections.abc import Mapping

from hubmeter_promql import names, render

# A bucket belongs to the day in which it began: the last one is recorded up to 5 minutes after the day's end.
_THAT_DAY = "[1d] offset -86699999ms"
EVERY_HUB = "%(hub_selector)s"
# The time of rows that stand in for those of a day: of rules, the end of the query's range, which is the evaluation. A
# chart by day ends at a midnight, so dashboards read the newest sample in their time range (their variable ``now``).
AT_END = " @ end()"
AT_NOW = " @ $now"


def part(name: str, parameters: Mapping[str, str]) -> str:
    """Return the query of ``parts/costs/<name>.promql`` with these parameters filled in."""
    return render.part(f"parts/costs/{name}.promql", parameters)


def _known(rows: str, parameters: Mapping[str, str], at: str) -> str:
    """Return the rows of the day as last known, from a template of the cost exporter's rows by day."""
    of = {"rows": part(rows, {**parameters, "at": ""}), "now": part(rows, {**parameters, "at": at})}
    return part("known_of_day", of)


def price_now() -> str:
    """Return today's unit price, by namespace and driver."""
    return part("price_now", {})


def price(hubs: str = EVERY_HUB, by: str = "namespace, driver", *, settled: bool = False, at: str = AT_END) -> str:
    """Return the day's unit price on the hubs of these matchers; with ``settled``, of days with a settled bill only."""
    return _known("settled_price_rows" if settled else "price_rows", {"by": by, "hubs": hubs}, at)


def bill(by: str, matchers: str, at: str = AT_END) -> str:
    """Return the day's bill, by these labels."""
    return _known("bill_rows", {"by": by, "matchers": matchers}, at)


def homes(level: names.Level, users: str = "", shares: str = "", others: str = "") -> str:
    """Return the sizes of users' home directories at a moment, at a level.

    Args:
        level: The level.
        users: Matchers of users' series, each followed by a comma.
        shares: Matchers of shares.
        others: Matchers of users' series where the group is that of users without shares, each followed by a comma.
    """
    of_users = part("homes_of_users", {"matchers": users})
    if "usergroup" not in level.labels:
        return part("homes", {"by": level.by, "of_users": of_users})
    of_others = part("homes_of_users", {"matchers": others})
    return part("homes_by_share", {"by": level.by, "shares": shares, "of_users": of_users, "of_others": of_others})


def usage(level: names.Level, matchers: str) -> str:
    """Return the day's usage at a level; there is none of today, which is not over."""
    return f"{names.by_driver(level(names.COST_USAGE_DAY))}{{{matchers}}}"


def cost(level: names.Level, matchers: str, hubs: str = EVERY_HUB, at: str = AT_END) -> str:
    """Return the day's cost at a level, and today's cost so far.

    At levels with users there is no cost of today: the estimate of a day is read from one sample instead of 288.
    """
    estimate = (
        f"last_over_time({level(names.COST_DAY)}{{{matchers}}}[1d] offset -2d)"
        if "username" in level.labels
        else f"sum_over_time({level(names.COST)}{{{matchers}}}{_THAT_DAY})"
    )
    return part(
        "cost_of_day",
        {"by": level.by, "usage": usage(level, matchers), "price": price(hubs, at=at), "estimate": estimate},
    )


def settled_cost(level: names.Level, matchers: str, hubs: str, at: str = AT_END) -> str:
    """Return the day's cost at a level if its bill is settled."""
    settled = {"by": level.by, "usage": usage(level, matchers), "price": price(hubs, settled=True, at=at)}
    return part("cost_of_settled_day", settled)


def cost_by_component(level: names.Level, matchers: str, hubs: str, at: str = AT_END) -> str:
    """Return the day's cost at a level, summed by component of the bill."""
    priced = price(hubs, "namespace, component, driver", at=at)
    return part("cost_of_day_by_component", {"usage": usage(level, matchers), "price": priced})


def unallocated(by: str, matchers: str, at: str = AT_END) -> str:
    """Return the day's attributable cost that no usage explains, by these labels."""
    return _known("unallocated_rows", {"by": by, "matchers": matchers}, at)
