"""Estimates of days that are not settled: from settled days, so that no single odd day decides them.

The oracle states the cost and usage of each day, and works the expected amounts out from them by hand or by plain sums.
"""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_exporter.costs.estimates import BOUND, Horizon, estimate, weighted_median
from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.prices import Allocation, Prices
from tests.sim import costs as sim

MONDAY: Final = date(2026, 11, 23)
NOON: Final = Horizon(settled=MONDAY - timedelta(3), today=MONDAY, elapsed=0.5)
HUB: Final = Allocation()

Table = Mapping[int, float]  # by the number of days before today


def day(before: int) -> date:
    return MONDAY - timedelta(before)


def bills(usd: Table, component: str = "compute", hub: str = "prod") -> list[BillRow]:
    return [
        BillRow(day(before), hub, component, "attributable", Decimal(str(amount)), estimated=before < 3)
        for before, amount in usd.items()
    ]


def usage(used: Table, driver: str = "compute", hub: str = "prod") -> dict[tuple[date, str, str], float]:
    return {(day(before), hub, driver): value for before, value in used.items()}


def price_on(known: Prices, before: int, driver: str = "compute", hub: str = "prod") -> float:
    rows = [p for p in known.prices if (p.day, p.driver, p.namespace) == (day(before), driver, hub)]
    return math.fsum(p.usd_per_unit for p in rows)


def rests_on(known: Prices, before: int) -> dict[tuple[str, str, str], float]:
    return {(r.namespace, r.component, r.reason): float(r.amount) for r in known.unallocated if r.day == day(before)}


# Ten ordinary days, from the tenth day before today on: 48 USD, 1,920 GiB-hours.
COST: Final = dict.fromkeys(range(1, 11), 48.0)
USED: Final = dict.fromkeys(range(11), 1920.0)


def test_an_ordinary_day_has_the_ordinary_price() -> None:
    known = estimate(bills(COST), usage(USED), HUB, {}, day(10), NOON)
    assert [price_on(known, before) for before in range(11)] == pytest.approx([0.025] * 11)
    flags = {(p.day, p.estimated, p.provisional) for p in known.prices}
    assert flags == {(day(before), before < 3, False) for before in range(11)}


def test_a_quiet_sunday_does_not_make_monday_dearer() -> None:
    sunday = {**USED, 1: 2.0}  # of the same nodes: 24 USD per GiB-hour, 960 times the ordinary price
    assert COST[1] / sunday[1] == 960 * 0.025
    known = estimate(bills(COST), usage(sunday), HUB, {}, day(10), NOON)
    assert price_on(known, 0) == price_on(known, 1) == pytest.approx(0.025)
    # When it is settled, it is one of the seven days: the week's cost divided by the week's usage.
    later = Horizon(day(1), MONDAY, 0.5)
    known = estimate(bills(COST), usage(sunday), HUB, {}, day(10), later)
    assert price_on(known, 0) == pytest.approx(7 * 48 / (6 * 1920 + 2))
    assert price_on(known, 1) == pytest.approx(24)  # settled: the bill is the bill


def test_a_bill_with_4_of_24_hours_counts_for_nothing() -> None:
    partial = {**COST, 1: 8.0}
    known = estimate(bills(partial), usage(USED), HUB, {}, day(10), NOON)
    assert price_on(known, 0) == price_on(known, 1) == pytest.approx(0.025)
    # Users of yesterday cost 48 USD, which its bill will be, and not 8.
    assert price_on(known, 1) * USED[1] == pytest.approx(48)


def test_prometheus_down_for_12_hours_changes_the_price_by_less_than_a_tenth() -> None:
    for down, expected in ((1, 0.025), (2, 0.025), (5, 7 * 48 / (6.5 * 1920))):
        known = estimate(bills(COST), usage({**USED, down: 960.0}), HUB, {}, day(10), NOON)
        assert price_on(known, 0) == pytest.approx(expected)
        assert 0.025 <= price_on(known, 0) < 0.0275


def test_home_storage_that_is_billed_late_has_the_price_of_the_days_before() -> None:
    home = dict.fromkeys(range(3, 11), 10.0)  # none of the last three days
    rows = [*bills(COST), *bills(home, "home storage")]
    used = {**usage(USED), **usage(dict.fromkeys(range(11), 2400.0), "home")}
    known = estimate(rows, used, HUB, {}, day(10), NOON)
    for before in range(3):
        assert price_on(known, before, "home") == pytest.approx(10 / 2400)
        assert price_on(known, before) == pytest.approx(0.025)


def test_after_quiet_holidays_the_price_is_at_most_twice_the_median() -> None:
    used = {before: 1920.0 if before > 17 or before < 3 else 2.0 for before in range(40)}
    known = estimate(bills(dict.fromkeys(range(1, 40), 48.0)), usage(used), HUB, {}, day(30), NOON)
    assert price_on(known, 3) == 24
    assert price_on(known, 0) == pytest.approx(BOUND * 0.025)


def test_a_price_is_at_least_half_the_median() -> None:
    cost = {before: 48.0 if before > 9 else 1.0 for before in range(1, 40)}
    known = estimate(bills(cost), usage(dict.fromkeys(range(40), 1920.0)), HUB, {}, day(30), NOON)
    assert price_on(known, 0) == pytest.approx(0.025 / BOUND)


def test_only_days_with_usage_count_also_if_they_are_weeks_ago() -> None:
    used = dict.fromkeys((0, 7, 14, 21, 28), 100.0)
    known = estimate(bills(dict.fromkeys(range(1, 36), 5.0)), usage(used), HUB, {}, day(30), NOON)
    assert price_on(known, 0) == pytest.approx(4 * 5 / 400)


def test_before_the_first_settled_day_prices_are_provisional() -> None:
    cost, used = {2: 40.0, 1: 8.0, 0: 0.5}, {2: 1000.0, 1: 1000.0, 0: 100.0}
    known = estimate(bills(cost), usage(used), HUB, {}, day(5), NOON)
    assert {(p.day, p.provisional, p.estimated) for p in known.prices} == {(day(b), True, True) for b in range(3)}
    assert [price_on(known, before) for before in range(3)] == pytest.approx([48 / 2000] * 3)
    # On the first day there is only today.
    known = estimate(bills({0: 0.5}), usage({0: 100.0}), HUB, {}, day(5), NOON)
    assert [(p.day, p.provisional) for p in known.prices] == [(MONDAY, True)]
    assert price_on(known, 0) == pytest.approx(0.005)
    # From the first settled day on they are not, and the partial bills count no more.
    known = estimate(bills({**cost, 3: 60.0}), usage({**used, 3: 1000.0}), HUB, {}, day(5), NOON)
    assert not any(p.provisional for p in known.prices)
    assert [price_on(known, before) for before in range(3)] == pytest.approx([0.06] * 3)


def test_a_settled_day_without_a_bill_has_the_price_of_earlier_days_and_none_before_the_first_bill() -> None:
    cost = dict.fromkeys((9, 8, 7, 5, 4), 48.0)
    known = estimate(bills(cost), usage(USED), HUB, {}, day(10), NOON)
    assert {(p.day, p.estimated) for p in known.prices if p.day in {day(7), day(6)}} == {
        (day(7), False),
        (day(6), True),
    }
    assert price_on(known, 6) == pytest.approx(0.025)
    assert not [p for p in known.prices if p.day == day(10)]


def test_a_component_that_has_no_more_costs_leaves_the_price_after_seven_days() -> None:
    spread = Allocation(overhead="spread")
    rows = [*bills(COST), *bills({4: 70.0, 10: 999.0}, "networking")]
    known = estimate(rows, usage(USED), spread, {}, day(10), NOON)
    assert price_on(known, 0) == pytest.approx((7 * 48 + 70) / (7 * 1920))


def test_a_price_list_has_the_price_of_yesterday() -> None:
    cost = {before: (0.05 if before < 2 else 0.025) * USED[before] for before in range(1, 11)}
    known = estimate(bills(cost), usage(USED), HUB, {}, day(10), Horizon(day(1), MONDAY, 0.5, days=1))
    assert price_on(known, 0) == pytest.approx(0.05)


def test_users_and_unallocated_of_a_day_are_the_estimate_and_not_the_partial_bill() -> None:
    """Of 20 USD a day: 10 for compute, 4 of which are idle, 7 overhead, a credit of 1, and 4 of a hub without users."""
    rows = [
        *bills({**dict.fromkeys(range(2, 11), 10.0), 1: 1.5}),
        *bills({**dict.fromkeys(range(2, 11), 7.0), 1: 0.5}, "core", ""),
        *bills(dict.fromkeys(range(2, 11), -1.0), "gpu"),
        *bills(dict.fromkeys(range(2, 11), 4.0), hub="empty"),
    ]
    used, capacity = dict.fromkeys(range(1, 11), 60.0), dict.fromkeys(range(1, 11), 100.0)
    known = estimate(rows, usage({**used, 0: 40.0}), HUB, usage({**capacity, 0: 50.0}, hub=""), day(10), NOON)
    expected = {
        ("prod", "compute", "idle"): 4, ("", "core", "overhead"): 7, ("prod", "gpu", "credit"): -1,
        ("empty", "compute", "no_usage"): 4,
    }  # fmt: skip
    for before in range(1, 10):
        assert price_on(known, before) * 60 == pytest.approx(6)
        assert rests_on(known, before) == pytest.approx(expected), before
    # At noon half of today's overhead is due, and what is idle until now.
    assert price_on(known, 0) == pytest.approx(0.1)
    assert rests_on(known, 0) == pytest.approx(
        {("prod", "compute", "idle"): 1, ("", "core", "overhead"): 3.5, ("prod", "gpu", "credit"): -0.5,
         ("empty", "compute", "no_usage"): 2}
    )  # fmt: skip


def test_a_hub_without_usage_on_a_day_leaves_its_usual_cost_unallocated() -> None:
    known = estimate(bills(COST), usage({**USED, 1: 0.0}), HUB, {}, day(10), NOON)
    assert rests_on(known, 1) == pytest.approx({("prod", "compute", "no_usage"): 48})
    assert rests_on(known, 2) == {}


def test_the_unallocated_costs_of_a_first_day_are_those_of_its_own_bill() -> None:
    known = estimate(bills({0: 3.0}, "core", ""), {}, HUB, {}, day(5), NOON)
    assert rests_on(known, 0) == {("", "core", "overhead"): 3}


def test_the_median_is_weighted() -> None:
    assert weighted_median({day(n): v for n, v in enumerate((1, 9, 5))}, {day(0): 1, day(1): 3, day(2): 1}) == 9
    assert weighted_median({day(n): v for n, v in enumerate((1, 9, 5))}, {day(0): 3, day(1): 1, day(2): 1}) == 1
    assert weighted_median({}, {}) == 0


amounts = st.dictionaries(st.integers(0, 12), st.floats(0, 1000), min_size=1)


@given(amounts, amounts, st.dictionaries(st.integers(0, 12), st.floats(1, 1e4)), st.sampled_from(["apart", "shared"]))
def test_settled_days_are_the_bill_and_estimates_are_finite(cost: Table, core: Table, used: Table, idle: str) -> None:
    rows = [*bills(cost), *bills(core, "core", "")]
    capacity = usage(dict.fromkeys(range(13), 5000.0), hub="")
    allocation = Allocation(idle=idle)  # type: ignore[arg-type] # a literal from a strategy
    known = estimate(rows, usage(used), allocation, capacity, day(12), NOON)
    for before in range(13):
        users = price_on(known, before) * used.get(before, 0)
        rests = rests_on(known, before)
        if before >= 3 and (before in cost or before in core):
            assert users + math.fsum(rests.values()) == pytest.approx(cost.get(before, 0) + core.get(before, 0))
        assert math.isfinite(users)
        assert all(math.isfinite(value) and value >= 0 for value in rests.values())


@pytest.mark.parametrize("hours", [26, 30, 75, 100, 124, 200, 12 * 24])
def test_prices_of_a_world_with_late_and_missing_bills_are_those_of_the_simulation(hours: int) -> None:
    """The tests of rules take them from there."""
    at = sim.START + hours * 3600
    number = (at - sim.START) // sim.DAY
    start = date(2025, 12, 25)
    used = sim.usage()
    rows = [
        BillRow(start + timedelta(day), namespace, component, "attributable", Decimal(amount) / 100, estimated=False)
        for day in range(number + 1)
        for (namespace, component), amount in (sim.bill_known(at, day) or {}).items()
    ]
    amounts = {
        (start + timedelta(day), key[0], driver): amount
        for (day, level, key, driver), amount in used.items()
        if level == "namespace"
    }
    horizon = Horizon(start + timedelta((hours - sim.SETTLED_AFTER // 3600) // 24), start + timedelta(number), 0.5)
    known = estimate(rows, amounts, HUB, {}, start, horizon)
    found = {((p.day - start).days, p.namespace, p.driver): (p.usd_per_unit, p.estimated) for p in known.prices}
    expected = {(p.day, p.namespace, p.driver): (p.usd, p.estimated) for p in sim.prices(at, used)}
    assert found.keys() == expected.keys()
    assert {key: usd for key, (usd, _) in found.items()} == pytest.approx({k: usd for k, (usd, _) in expected.items()})
    assert {key: flag for key, (_, flag) in found.items()} == {key: flag for key, (_, flag) in expected.items()}
