"""Tables of the cost API that the worlds of tests/engines do not have: groups that count double."""

from __future__ import annotations

from datetime import date

from hubmeter_exporter.costs.api.tables import costs_per_user
from hubmeter_exporter.costs.prices import Price, Prices
from hubmeter_exporter.costs.usage import Used

DAY = date(2026, 1, 12)
PRICES = Prices((Price(DAY, "prod", "compute", "compute", 1.0, estimated=False),), ())


def used(user: str, amount: float, *groups: str) -> list[Used]:
    return [Used("prod", group, user, "compute", {DAY: amount}) for group in groups]


def test_limit_keeps_those_who_cost_most_also_where_each_group_bears_the_whole() -> None:
    pairs = [*used("multi", 4.0, "a", "b", "c"), *used("single", 6.0, "a")]
    own = [*used("multi", 4.0, ""), *used("single", 6.0, "")]
    rows = costs_per_user(PRICES, pairs, own, unallocated=False, limit=1)
    assert [(row["user"], row["value"]) for row in rows] == [("single", 6.0)]


def test_limit_counts_only_what_the_chosen_groups_bear() -> None:
    pairs = [*used("multi", 1.0, "a"), *used("single", 2.0, "a")]  # multi's other groups are not asked for
    own = [*used("multi", 9.0, ""), *used("single", 2.0, "")]
    rows = costs_per_user(PRICES, pairs, own, unallocated=False, limit=1)
    assert [row["user"] for row in rows] == ["single"]
