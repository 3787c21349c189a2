"""The metrics of the cost exporter: bills, unit prices, unallocated costs, and the state of the exporter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from hubmeter_exporter.costs.model import BillRow, SourceReport
from hubmeter_exporter.costs.prices import Price, Unallocated
from hubmeter_exporter.exposition import (
    Page,
    RefreshNames,
    RefreshStatus,
    build_info,
    counter,
    gauge,
    refresh_gauges,
)
from hubmeter_exporter.exposition import render as render_page
from hubmeter_promql import names

_NAMED_FILES: Final = 20
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class Snapshot:
    """The bills of the exported days, the price of each of these days, and the costs that no price covers."""

    rows: Sequence[BillRow] = ()
    prices: Sequence[Price] = ()
    unallocated: Sequence[Unallocated] = ()


@dataclass(frozen=True)
class BillStatus:
    """The metrics about the bill.

    Attributes:
        source: Name of the source.
        report: Of the source.
        newest: The newest day with an attributable cost.
        missing: Number of settled days without a bill.
        emptied: Number of days whose bill the source no longer has.
    """

    source: str
    report: SourceReport
    newest: date | None = None
    missing: int = 0
    emptied: int = 0


def render(snapshot: Snapshot, bill: BillStatus, status: RefreshStatus, prefix: str) -> Page:
    """Return the page; all names begin with ``prefix`` and an underscore."""
    refreshes = refresh_gauges(status, _refresh_names(prefix), {})
    return render_page([*_bills(snapshot, prefix), *refreshes, *_status(bill, status, prefix)])


def day_label(day: date) -> str:
    """Return the label ``day``: UTC days since 1970, which PromQL can count too."""
    return str((day - _EPOCH).days)


def _bills(snapshot: Snapshot, prefix: str) -> list[Metric]:
    cost = GaugeMetricFamily(
        f"{prefix}_{names.CLOUD_COST}",
        "Bill of a UTC day (days since 1970), in US dollars.",
        labels=["day", "component", "namespace", "kind", "estimated"],
    )
    for row in snapshot.rows:
        labels = [day_label(row.day), row.component, row.hub, row.kind, _boolean(row.estimated)]
        cost.add_metric(labels, float(row.amount))
    unit_price = GaugeMetricFamily(
        f"{prefix}_{names.UNIT_PRICE}",
        "US dollars per unit of usage of the driver on a UTC day (days since 1970); provisional: an estimate without "
        "any settled day.",
        labels=["day", "component", "driver", "namespace", "estimated"],
    )
    for price in snapshot.prices:
        labels = [day_label(price.day), price.component, price.driver, price.namespace, _estimated(price)]
        unit_price.add_metric(labels, price.usd_per_unit)
    unallocated = GaugeMetricFamily(
        f"{prefix}_{names.CLOUD_UNALLOCATED}",
        "Attributable cost of a UTC day (days since 1970) that no user's usage explains, in US dollars.",
        labels=["day", "component", "namespace", "reason"],
    )
    for rest in snapshot.unallocated:
        labels = [day_label(rest.day), rest.component, rest.namespace, rest.reason]
        unallocated.add_metric(labels, float(rest.amount))
    return [cost, unit_price, unallocated]


def _refresh_names(prefix: str) -> RefreshNames:
    return RefreshNames(
        last_refresh=f"{prefix}_{names.COSTS_LAST_REFRESH}",
        last_duration=f"{prefix}_{names.COSTS_LAST_REFRESH_DURATION}",
        last_error=f"{prefix}_{names.COSTS_LAST_ERROR}",
        interval=f"{prefix}_{names.COSTS_REFRESH_INTERVAL}",
    )


def _status(bill: BillStatus, status: RefreshStatus, prefix: str) -> list[Metric]:
    report = bill.report
    newest = None if bill.newest is None else _begin(bill.newest)
    return [
        *gauge(
            f"{prefix}_{names.COSTS_NEWEST_DAY}",
            "Unix time of the start of the newest day with an attributable cost.",
            newest,
            {},
        ),
        *gauge(
            f"{prefix}_{names.COSTS_MISSING_DAYS}",
            "Settled days without a bill since the first day with one.",
            bill.missing,
            {},
        ),
        *gauge(
            f"{prefix}_{names.COSTS_EMPTIED_DAYS}",
            "Days whose bill the source no longer has; the exporter keeps it.",
            bill.emptied,
            {},
        ),
        counter(
            f"{prefix}_{names.COSTS_REFRESH_ERRORS}",
            "Failed refreshes by source and reason.",
            ["source", "reason"],
            status.errors,
        ),
        counter(
            f"{prefix}_{names.COSTS_CLOUD_REQUESTS}",
            "Requests to the cloud's paid billing API.",
            ["source"],
            {(bill.source,): report.requests},
        ),
        counter(
            f"{prefix}_{names.COSTS_CLOUD_REQUESTS_USD}",
            "Price of the requests to the cloud's paid billing API, in US dollars.",
            ["source"],
            {(bill.source,): round(report.requests * report.request_usd, 6)},
        ),
        *_rows(bill, prefix),
        build_info(f"{prefix}_{names.COSTS_BUILD_INFO}", status.version, {"source": bill.source}),
    ]


def _rows(bill: BillStatus, prefix: str) -> list[Metric]:
    """Return the metrics about rows and files that do not count, or only in part."""
    rejected = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_REJECTED_ROWS}",
        "Invalid rows of the bill, as last read, which do not count.",
        labels=["source", "reason"],
    )
    for reason, number in bill.report.rejected.items():
        rejected.add_metric([bill.source, reason], number)
    unreadable = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_UNREADABLE_ROWS}",
        "Rows of the bill, as last read, that count without the tags or credits in an unreadable column.",
        labels=["source", "column"],
    )
    for column, number in bill.report.unreadable.items():
        unreadable.add_metric([bill.source, column], number)
    rows, usd = (
        GaugeMetricFamily(f"{prefix}_{name}", text, labels=["source", "category"])
        for name, text in (
            (names.COSTS_EXCLUDED_ROWS, "Rows of the bill, as last read, whose charge category does not count."),
            (names.COSTS_EXCLUDED_USD, "Amount of these rows, in US dollars."),
        )
    )
    for category, excluded in bill.report.excluded.items():
        rows.add_metric([bill.source, category], excluded.rows)
        usd.add_metric([bill.source, category], float(excluded.usd))
    skipped = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_SKIPPED_FILES}",
        "Files of the bill that do not count; after 20 files the label file is empty.",
        labels=["source", "reason", "file"],
    )
    numbers: Counter[tuple[str, str]] = Counter()
    for number, file in enumerate(bill.report.skipped):
        numbers[file.reason, file.file if number < _NAMED_FILES else ""] += 1
    for (reason, name), number in numbers.items():
        skipped.add_metric([bill.source, reason, name], number)
    return [rejected, unreadable, rows, usd, skipped]


def _begin(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _estimated(price: Price) -> str:
    return "provisional" if price.provisional else _boolean(price.estimated)


def _boolean(value: bool) -> str:
    return "true" if value else "false"
