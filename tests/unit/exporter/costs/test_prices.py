"""Prices of units of usage. Users and unallocated costs add up to the bill."""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.prices import Allocation, price

DAY = date(2025, 1, 31)
HUB = Allocation()
CLUSTER = Allocation(scope="cluster")
SPREAD = Allocation(overhead="spread")
SHARED = Allocation(idle="shared")
CAPPED = Allocation(idle="capped", idle_cap=1.0)
ALLOCATIONS = [HUB, CLUSTER, SPREAD, SHARED, CAPPED, Allocation("cluster", "spread", "capped", 0.25)]


def bill(hub: str, component: str, amount: str, **rest: Any) -> BillRow:
    return BillRow(**{"day": DAY, "kind": "attributable", "estimated": False, **rest}, hub=hub, component=component,
                   amount=Decimal(amount))  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "bills", "usage", "allocation", "prices", "unallocated"),
    [
        (
            "a hub's cost is divided by its own usage",
            [bill("prod", "compute", "10")], {("prod", "compute"): 4, ("dev", "compute"): 1}, HUB,
            {("prod", "compute", "compute"): 2.5}, [],
        ),
        (
            "cost without a hub's tag is charged to all hubs by usage, in addition to their own",
            [bill("prod", "compute", "10"), bill("", "compute", "5")],
            {("prod", "compute"): 4, ("dev", "compute"): 1}, HUB,
            {("prod", "compute", "compute"): 3.5, ("dev", "compute", "compute"): 1}, [],
        ),
        (
            "cluster-wide there is one price",
            [bill("prod", "compute", "10"), bill("", "compute", "5")],
            {("prod", "compute"): 4, ("dev", "compute"): 1}, CLUSTER,
            {("prod", "compute", "compute"): 3, ("dev", "compute", "compute"): 3}, [],
        ),
        (
            "cluster-wide the cost of a hub without users is charged to the others",
            [bill("empty", "compute", "6")], {("prod", "compute"): 4}, CLUSTER,
            {("prod", "compute", "compute"): 1.5}, [],
        ),
        (
            "a hub without users leaves its cost unallocated",
            [bill("empty", "compute", "6"), bill("prod", "compute", "1")], {("prod", "compute"): 4}, HUB,
            {("prod", "compute", "compute"): 0.25}, [("empty", "compute", "6", "no_usage")],
        ),
        (
            "each component has the usage of its driver",
            [bill("prod", "compute", "1"), bill("prod", "home storage", "2"), bill("prod", "gpu", "3")],
            {("prod", "compute"): 10, ("prod", "home"): 10, ("prod", "gpu"): 10}, HUB,
            {("prod", "compute", "compute"): 0.1, ("prod", "home storage", "home"): 0.2, ("prod", "gpu", "gpu"): 0.3},
            [],
        ),
        (
            "a driver without usage on that day leaves its cost unallocated",
            [bill("prod", "gpu", "3")], {("prod", "compute"): 10}, HUB, {}, [("prod", "gpu", "3", "no_usage")],
        ),
        (
            "overhead stays apart",
            [bill("", "networking", "3"), bill("prod", "support plan", "4")], {("prod", "compute"): 10}, HUB,
            {}, [("", "networking", "3", "overhead"), ("prod", "support plan", "4", "overhead")],
        ),
        (
            "overhead is spread by the use of compute, as a price of its own",
            [bill("", "networking", "3"), bill("prod", "compute", "4")], {("prod", "compute"): 10}, SPREAD,
            {("prod", "networking", "compute"): 0.3, ("prod", "compute", "compute"): 0.4}, [],
        ),
        (
            "a credit above the cost makes no user's cost negative",
            [bill("prod", "compute", "-3"), bill("", "compute", "4")], {("prod", "compute"): 10}, HUB,
            {("prod", "compute", "compute"): 0.4}, [("prod", "compute", "-3", "credit")],
        ),
        (
            "the rest of the account's bill is not attributable",
            [bill("", "other", "99", kind="account")], {("prod", "compute"): 10}, SPREAD, {}, [],
        ),
        (
            "rows of the same hub and component add up",
            [bill("prod", "compute", "0.1"), bill("prod", "compute", "0.2")], {("prod", "compute"): 1}, HUB,
            {("prod", "compute", "compute"): 0.3}, [],
        ),
        (
            "usage of zero is no usage",
            [bill("prod", "compute", "1")], {("prod", "compute"): 0.0}, HUB, {}, [("prod", "compute", "1", "no_usage")],
        ),
        (
            "infinite usage is no usage: the cost does not vanish",
            [bill("prod", "compute", "1"), bill("", "compute", "2")],
            {("prod", "compute"): math.inf, ("dev", "compute"): 4}, HUB,
            {("dev", "compute", "compute"): 0.5}, [("prod", "compute", "1", "no_usage")],
        ),
        (
            "usage that is not a number is no usage",
            [bill("prod", "compute", "1")], {("prod", "compute"): math.nan}, HUB,
            {}, [("prod", "compute", "1", "no_usage")],
        ),
        (
            "a cost of zero is a price of zero",
            [bill("prod", "compute", "0")], {("prod", "compute"): 7}, HUB, {("prod", "compute", "compute"): 0}, [],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_day(
    sentence: str,
    bills: list[BillRow],
    usage: Mapping[tuple[str, str], float],
    allocation: Allocation,
    prices: Mapping[tuple[str, str, str], float],
    unallocated: list[tuple[str, str, str, str]],
) -> None:
    result = price(bills, {(DAY, *key): value for key, value in usage.items()}, allocation)
    assert {(p.namespace, p.component, p.driver): p.usd_per_unit for p in result.prices} == prices, sentence
    rests = [(rest.namespace, rest.component, str(rest.amount), rest.reason) for rest in result.unallocated]
    assert rests == unallocated, sentence
    assert {p.day for p in result.prices} | {rest.day for rest in result.unallocated} <= {DAY}


@pytest.mark.parametrize(
    ("sentence", "bills", "usage", "capacity", "allocation", "prices", "unallocated"),
    [
        (
            "idle capacity is apart: a unit costs the same at any use",
            [bill("prod", "compute", "48")], {("prod", "compute"): 2}, {("", "compute"): 1536}, HUB,
            {("prod", "compute"): 48 / 1536}, [("prod", "compute", 48 - 48 * 2 / 1536, "idle")],
        ),
        (
            "shared by use, users pay for idle capacity",
            [bill("prod", "compute", "48")], {("prod", "compute"): 2}, {("", "compute"): 1536}, SHARED,
            {("prod", "compute"): 24}, [],
        ),
        (
            "capped, users pay for idle capacity as much as for their usage",
            [bill("prod", "compute", "48")], {("prod", "compute"): 2}, {("", "compute"): 1536}, CAPPED,
            {("prod", "compute"): 2 * 48 / 1536}, [("prod", "compute", 48 - 2 * 48 * 2 / 1536, "idle")],
        ),
        (
            "capped, users pay for the whole at high use",
            [bill("prod", "compute", "48")], {("prod", "compute"): 1000}, {("", "compute"): 1536}, CAPPED,
            {("prod", "compute"): 0.048}, [],
        ),
        (
            "more usage than capacity leaves nothing idle",
            [bill("prod", "compute", "48")], {("prod", "compute"): 96}, {("", "compute"): 64}, HUB,
            {("prod", "compute"): 0.5}, [],
        ),
        (
            "the hubs that share nodes have the same part idle, also of costs with their own tag",
            [bill("prod", "compute", "10"), bill("", "compute", "20")],
            {("prod", "compute"): 30, ("dev", "compute"): 10}, {("", "compute"): 80}, HUB,
            {("prod", "compute"): 10 / 2 / 30 + 20 / 2 / 40, ("dev", "compute"): 20 / 2 / 40},
            [("", "compute", 10, "idle"), ("prod", "compute", 5, "idle")],
        ),
        (
            "a hub with nodes of its own has their use, a shared cost that of all nodes",
            [bill("prod", "compute", "10"), bill("", "compute", "20")],
            {("prod", "compute"): 30, ("dev", "compute"): 10},
            {("prod", "compute"): 40, ("dev", "compute"): 20, ("", "compute"): 20}, HUB,
            {("prod", "compute"): 7.5 / 30 + 10 / 40, ("dev", "compute"): 10 / 40},
            [("", "compute", 10, "idle"), ("prod", "compute", 2.5, "idle")],
        ),
        (
            "each driver has its own capacity, and one without capacity has no idle cost",
            [bill("prod", "compute", "10"), bill("prod", "gpu", "10"), bill("prod", "home storage", "10")],
            {("prod", "compute"): 5, ("prod", "gpu"): 5, ("prod", "home"): 5},
            {("", "compute"): 10, ("", "gpu"): 20}, HUB,
            {("prod", "compute"): 1, ("prod", "gpu"): 0.5, ("prod", "home"): 2},
            [("prod", "compute", 5, "idle"), ("prod", "gpu", 7.5, "idle")],
        ),
        (
            "overhead that is spread by usage has no capacity",
            [bill("", "core", "10"), bill("", "compute", "10")], {("prod", "compute"): 5}, {("", "compute"): 10},
            Allocation(overhead="spread"), {("prod", "compute"): 3}, [("", "compute", 5, "idle")],
        ),
        (
            "without usage a cost is unallocated as a whole, not idle",
            [bill("prod", "compute", "10")], {}, {("", "compute"): 10}, HUB, {}, [("prod", "compute", 10, "no_usage")],
        ),
        (
            "an infinite capacity is unknown",
            [bill("prod", "compute", "10")], {("prod", "compute"): 5}, {("", "compute"): math.inf}, HUB,
            {("prod", "compute"): 2}, [],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_idle_capacity(
    sentence: str,
    bills: list[BillRow],
    usage: Mapping[tuple[str, str], float],
    capacity: Mapping[tuple[str, str], float],
    allocation: Allocation,
    prices: Mapping[tuple[str, str], float],
    unallocated: list[tuple[str, str, float, str]],
) -> None:
    of_day = [{(DAY, *key): value for key, value in values.items()} for values in (usage, capacity)]
    result = price(bills, of_day[0], allocation, of_day[1])
    found: dict[tuple[str, str], float] = {}
    for p in result.prices:
        found[p.namespace, p.driver] = found.get((p.namespace, p.driver), 0) + p.usd_per_unit
    assert found == pytest.approx(dict(prices), rel=1e-12), sentence
    rests = {(r.namespace, r.component, r.reason): float(r.amount) for r in result.unallocated}
    expected = {(hub, component, reason): usd for hub, component, usd, reason in unallocated}
    assert rests == pytest.approx(expected, rel=1e-12), sentence


def test_a_price_is_estimated_as_soon_as_one_of_its_bills_is() -> None:
    bills = [bill("prod", "compute", "1"), bill("", "compute", "1", estimated=True), bill("prod", "gpu", "1")]
    usage = {(DAY, "prod", "compute"): 1.0, (DAY, "prod", "gpu"): 1.0}
    estimated = {p.component: p.estimated for p in price(bills, usage, HUB).prices}
    assert estimated == {"compute": True, "gpu": False}


def test_usage_of_a_day_without_a_bill_has_no_price() -> None:
    assert price([bill("prod", "compute", "1")], {(DAY + timedelta(1), "prod", "compute"): 1.0}, HUB).prices == ()


hubs = st.sampled_from(["prod", "dev", "empty"])
tagged = st.one_of(st.just(""), hubs)
components = st.sampled_from(["compute", "home storage", "gpu", "core", "networking"])
amounts = st.decimals(min_value=-50, max_value=100_000, places=10)
rows = st.builds(
    BillRow,
    day=st.sampled_from([DAY, DAY - timedelta(1), DAY - timedelta(5)]),
    hub=tagged,
    component=components,
    kind=st.sampled_from(["attributable", "account"]),
    amount=amounts,
    estimated=st.booleans(),
)
# (day, hub, driver) -> usage of a few users.
used = st.dictionaries(
    st.tuples(
        st.sampled_from([DAY, DAY - timedelta(1), DAY + timedelta(1)]),
        st.sampled_from(["prod", "dev"]),
        st.sampled_from(["compute", "home", "gpu"]),
    ),
    st.lists(st.floats(min_value=0, max_value=1e16, allow_subnormal=False).filter(lambda x: not 0 < x < 1e-6)),
)

capacities = st.dictionaries(
    st.tuples(st.just(DAY), st.sampled_from(["", "prod", "dev"]), st.sampled_from(["compute", "home", "gpu"])),
    st.floats(min_value=0, max_value=1e17, allow_subnormal=False),
)
odd = st.sampled_from([math.inf, math.nan, -1.0])


@given(st.lists(rows, max_size=30), used, capacities, st.sampled_from(ALLOCATIONS), st.lists(odd, max_size=1))
def test_users_idle_and_unallocated_costs_add_up_to_the_bill_of_each_day_and_component(
    bills: list[BillRow],
    users: Mapping[tuple[date, str, str], list[float]],
    capacity: Mapping[tuple[date, str, str], float],
    allocation: Allocation,
    wrong: list[float],
) -> None:
    usage = {key: math.fsum(values) for key, values in users.items()}
    # The first hub's usage is infinite, not a number, or negative: its users cost nothing, and no cost vanishes.
    for key, value in zip(sorted(usage), wrong, strict=False):
        users = {**users, key: []}
        usage[key] = value
    result = price(bills, usage, allocation, capacity)
    for day, component in {(row.day, row.component) for row in bills}:
        mine = [row for row in bills if (row.day, row.component, row.kind) == (day, component, "attributable")]
        billed = sum(row.amount for row in mine)
        costs = [
            value * p.usd_per_unit
            for p in result.prices
            if (p.day, p.component) == (day, component)
            for value in users[day, p.namespace, p.driver]
        ]
        rest = sum(row.amount for row in result.unallocated if (row.day, row.component) == (day, component))
        whole = sum(abs(row.amount) for row in mine)
        assert math.fsum([*costs, float(rest)]) == pytest.approx(float(billed), rel=1e-9, abs=1e-9 * float(whole))
        assert all(cost >= 0 for cost in costs)
    assert all(p.usd_per_unit >= 0 and math.isfinite(p.usd_per_unit) for p in result.prices)
