"""Google Cloud's billing export: the real client of BigQuery against a server that executes its queries."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.settings import make
from hubmeter_exporter.costs.sources.focus import FocusSource
from tests.buckets.bigquery import BigQuery, running

YEAR = (date(2025, 11, 1), date(2026, 11, 30))
URL = "bigquery://project-1/billing/export"
PROD = [{"key": "hub-name", "value": "prod"}]


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[BigQuery]:
    with running() as server:
        monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", f"http://127.0.0.1:{server.port}")
        yield server


def source(**values: Any) -> FocusSource:
    focus = make({"source": "focus", "focus": {"path": URL, **values}}, "the test", {}).focus
    now = datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp()
    return FocusSource(focus, {"prod": "jhub"}, 60, lambda _: None, lambda: now)


def bill(source: FocusSource) -> dict[tuple[int, int, str, str, str], Decimal]:
    return {(b.day.month, b.day.day, b.hub, b.component, b.kind): b.amount for b in source.bill(*YEAR)}


def test_rows_are_summed_by_day_hub_and_component(double: BigQuery) -> None:
    double.insert(1.5, labels=PROD)
    double.insert(0.25, labels=[*PROD, {"key": "k8s-pod/x", "value": "y"}])
    double.insert(3, "2026-10-31", labels=PROD)
    double.insert(10, service={"id": "2", "description": "Kubernetes Engine"})
    double.insert(7, "2026-11-01", labels=[{"key": "hub-name", "value": "dev"}])
    double.insert(100, "2025-10-31", labels=PROD)  # before the 13 months
    assert bill(source()) == {
        (10, 30, "jhub", "compute", "attributable"): Decimal("1.75"),
        (10, 31, "jhub", "compute", "attributable"): 3,
        (10, 30, "", "core", "attributable"): 10,
        (11, 1, "dev", "compute", "attributable"): 7,
    }


def test_credits_are_deducted_once(double: BigQuery) -> None:
    deducted = [{"name": "discount", "amount": -0.5}, {"name": "free", "amount": -0.25}]
    double.insert(2, labels=PROD, credits=deducted)
    assert bill(source()) == {(10, 30, "jhub", "compute", "attributable"): Decimal("1.25")}
    assert bill(source(cost="BilledCost")) == {(10, 30, "jhub", "compute", "attributable"): Decimal("1.25")}


def test_a_label_of_a_resource_precedes_that_of_its_project(double: BigQuery) -> None:
    project = {"id": "p", "labels": [{"key": "hub-name", "value": "all"}, {"key": "cluster", "value": "earth"}]}
    double.insert(1, labels=PROD, project=project)
    double.insert(2, project=project)
    double.insert(4, labels=PROD)
    assert bill(source(attributable_tags={"cluster": ["earth"]})) == {
        (10, 30, "jhub", "compute", "attributable"): 1,
        (10, 30, "all", "compute", "attributable"): 2,
        (10, 30, "", "compute", "account"): 4,
    }


def test_tax_and_adjustments_are_categories_of_their_own(double: BigQuery) -> None:
    for cost, kind in ((1, "regular"), (2, "tax"), (4, "adjustment"), (8, "rounding_error")):
        double.insert(cost, labels=PROD, cost_type=kind)
    only = source()
    assert sum(bill(only).values()) == 1
    assert sum(bill(source(charge_categories=["Usage", "Tax"])).values()) == 3
    assert sum(bill(source(charge_categories=["Usage", "Adjustment"])).values()) == 13


def test_another_currency_needs_a_rate(double: BigQuery) -> None:
    double.insert(2, labels=PROD, currency="EUR")
    assert sum(bill(source(exchange_rates={"EUR": 1.5})).values()) == 3


@pytest.mark.parametrize(
    ("partitioned", "condition"),
    [("export_time", "export_time >= @start"), ("", "_PARTITIONTIME >= @start"), (None, ""), ("other", "")],
)
def test_a_query_reads_the_partitions_of_its_month(partitioned: str | None, condition: str, double: BigQuery) -> None:
    double.partitioned = partitioned
    double.insert(1, labels=PROD)
    try:
        read = bill(source())
    except SourceError:  # the double has no column _PARTITIONTIME
        assert partitioned == ""
    else:
        assert sum(read.values()) == 1
    assert (condition in double.queries[0]) is True
    assert ("@last_partition" in double.queries[0]) == bool(condition)


def test_only_open_months_of_a_changed_table_are_queried_again(double: BigQuery) -> None:
    double.insert(1, labels=PROD)
    read = source()
    assert sum(bill(read).values()) == 1
    assert len(double.queries) == 13
    assert sum(bill(read).values()) == 1
    assert len(double.queries) == 13
    double.insert(2, labels=PROD)
    double.insert(4, "2026-09-30", labels=PROD)
    assert sum(bill(read).values()) == 3
    assert len(double.queries) == 15


@pytest.mark.parametrize(
    ("status", "reason"), [(403, "forbidden"), (404, "folder"), (401, "credentials"), (400, "unavailable")]
)
def test_an_error_of_bigquery_keeps_the_bill(status: int, reason: str, double: BigQuery) -> None:
    double.insert(1, labels=PROD)
    read = source()
    bill(read)
    double.error = (status, "x")
    with pytest.raises(SourceError, match=f"focus.path '{URL}' cannot be read") as raised:
        read.bill(*YEAR)
    assert raised.value.reason == reason
    double.error = None
    assert sum(bill(read).values()) == 1


def test_another_table_is_no_bill(double: BigQuery) -> None:
    del double.columns["credits"]
    with pytest.raises(SourceError, match="has no column credits: use the table of the standard or") as raised:
        source().bill(*YEAR)
    assert raised.value.reason == "format"
