"""Tables of the cost API with groups that count double, which the data of tests/engines do not have."""

from datetime import date

from hubmeter_exporter.costs.api.tables import costs_per_user
from hubmeter_exporter.costs.prices import Price, Prices
from hubmeter_exporter.costs.usage import Used

DAY = date(2026, 1, 12)
PRICES = Prices((Price(DAY, "prod", "compute", "compute", 1.0, estimated=False),), ())


def used(user: str, amount: float, *groups: str) -> list[Used]:
    return [Used("prod", group, user, "compute", {DAY: amount}) for group in groups]


def test_limit_keeps_the_highest_costs_also_if_each_group_has_the_whole_usage() -> None:
    pairs = [*used("multi", 4.0, "a", "b", "c"), *used("single", 6.0, "a")]
    totals = [*used("multi", 4.0, ""), *used("single", 6.0, "")]
    rows = costs_per_user(PRICES, pairs, totals, unallocated=False, limit=1)
    assert [(row["user"], row["value"]) for row in rows] == [("single", 6.0)]


def test_limit_counts_only_usage_in_the_selected_groups() -> None:
    pairs = [*used("multi", 1.0, "a"), *used("single", 2.0, "a")]  # the other groups of multi are filtered out
    totals = [*used("multi", 9.0, ""), *used("single", 2.0, "")]
    rows = costs_per_user(PRICES, pairs, totals, unallocated=False, limit=1)
    assert [row["user"] for row in rows] == ["single"]
