"""Capacity: recorded by rules, or constant by the settings."""

from datetime import UTC, date, datetime, timedelta

from hubmeter_exporter.costs.capacity import Capacities, advice, unknown
from hubmeter_exporter.costs.prices import Price

TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(1)
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC).timestamp()


def test_recorded_capacity_has_the_namespaces_of_hubs() -> None:
    capacities = Capacities({"prod": "jhub-prod"}, clock=lambda: NOW)
    recorded = {(TODAY, "prod", "compute"): 1.0, (TODAY, "dev", "compute"): 2.0, (TODAY, "", "gpu"): 3.0}
    assert capacities.of(recorded, YESTERDAY, TODAY) == {
        (TODAY, "jhub-prod", "compute"): 1, (TODAY, "dev", "compute"): 2, (TODAY, "", "gpu"): 3,
    }  # fmt: skip


def test_a_constant_capacity_precedes_a_recorded_one_and_is_that_so_far_today() -> None:
    capacities = Capacities(constant={"compute": 10.0}, clock=lambda: NOW)
    recorded = {(YESTERDAY, "prod", "compute"): 1.0, (YESTERDAY, "", "gpu"): 3.0}
    assert capacities.of(recorded, YESTERDAY, TODAY + timedelta(1)) == {
        (YESTERDAY, "", "compute"): 240, (TODAY, "", "compute"): 60, (TODAY + timedelta(1), "", "compute"): 0,
        (YESTERDAY, "", "gpu"): 3,
    }  # fmt: skip


def test_a_driver_with_prices_and_without_capacity_is_named_with_its_setting() -> None:
    prices = [Price(TODAY, "prod", name, name, 1.0, estimated=False) for name in ("compute", "gpu", "home")]
    assert unknown(prices, {}) == ["compute", "gpu"]
    assert unknown(prices, {(TODAY, "", "compute"): 1.0}) == ["gpu"]
    assert unknown(prices[2:], {}) == []
    [sentence] = advice(["gpu"])
    assert "The capacity of gpu is unknown" in sentence
    assert "allocation.capacity_gpus" in sentence
