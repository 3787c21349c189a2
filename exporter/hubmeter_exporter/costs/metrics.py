"""The metrics of the cost exporter: bills, unit prices, unallocated costs, and the state of the exporter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from hubmeter_exporter.costs.model import BillRow, SourceReport
from hubmeter_exporter.costs.prices import Price, Unallocated
from hubmeter_exporter.costs.reconciliation import Balance, total
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
from hubmeter_promql.bills import start_of

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
        emptied: Number of days whose bill the source no longer has, in whole or in part.
        balances: The input of the exported days, where it is known.
        unknown: The drivers of unknown capacity, so that users pay for idle nodes.
    """

    source: str
    report: SourceReport
    newest: date | None = None
    missing: int = 0
    emptied: int = 0
    balances: Sequence[Balance] = ()
    unknown: Sequence[str] = ()


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
        start=f"{prefix}_{names.COSTS_START}",
    )


def _status(bill: BillStatus, status: RefreshStatus, prefix: str) -> list[Metric]:
    report = bill.report
    unknown = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_UNKNOWN_CAPACITY}",
        "1 for a driver whose capacity is unknown, so that users pay for idle nodes.",
        labels=["source", "driver"],
    )
    for driver in bill.unknown:
        unknown.add_metric([bill.source, driver], 1)
    newest = None if bill.newest is None else start_of(bill.newest)
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
            "Days whose bill the source no longer has in whole or in part; the exporter keeps it.",
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
        unknown,
        build_info(f"{prefix}_{names.COSTS_BUILD_INFO}", status.version, {"source": bill.source}),
    ]


def _rows(bill: BillStatus, prefix: str) -> list[Metric]:
    """Return the metrics about rows and files that do not count, or only in part."""
    report, excluded = bill.report, bill.report.excluded
    tables: tuple[tuple[str, str, str, Mapping[str, float]], ...] = (
        (
            names.COSTS_REJECTED_ROWS,
            "Invalid rows of the bill, as last read, which do not count.",
            "reason",
            report.rejected,
        ),
        (
            names.COSTS_UNREADABLE_ROWS,
            "Rows of the bill, as last read, that count without the tags or credits in an unreadable column.",
            "column",
            report.unreadable,
        ),
        (
            names.COSTS_EXCLUDED_ROWS,
            "Rows of the bill, as last read, whose charge category does not count.",
            "category",
            {category: amount.rows for category, amount in excluded.items()},
        ),
        (
            names.COSTS_EXCLUDED_USD,
            "Amount of these rows, in US dollars.",
            "category",
            {category: float(amount.usd) for category, amount in excluded.items()},
        ),
    )
    families = []
    for name, text, label, values in tables:
        family = GaugeMetricFamily(f"{prefix}_{name}", text, labels=["source", label])
        for key, value in values.items():
            family.add_metric([bill.source, key], value)
        families.append(family)
    skipped = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_SKIPPED_FILES}",
        "Files of the bill that do not count; after 20 files the label file is empty.",
        labels=["source", "reason", "file"],
    )
    numbers: Counter[tuple[str, str]] = Counter()
    for number, file in enumerate(report.skipped):
        numbers[file.reason, file.file if number < _NAMED_FILES else ""] += 1
    for (reason, name), number in numbers.items():
        skipped.add_metric([bill.source, reason, name], number)
    return [*families, skipped, *_input(bill, prefix)]


def _input(bill: BillStatus, prefix: str) -> list[Metric]:
    """Return the reconciliation of the exported days; without samples until an input is known."""
    whole = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_INPUT}", "Input of the exported days, in US dollars.", labels=["source"]
    )
    part = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_INPUT_PART}",
        "Part of the input of the exported days, in US dollars. All parts add up to the input.",
        labels=["source", "part", "category"],
    )
    difference = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_INPUT_DIFFERENCE}",
        "Largest difference on a day between the input and the sum of its parts, in US dollars.",
        labels=["source"],
    )
    if bill.balances:
        summed = total(bill.balances)
        whole.add_metric([bill.source], float(summed.input or 0))
        parts = [("attributable", "", summed.attributable), ("account", "", summed.account)]
        parts += [("excluded", category, usd) for category, usd in sorted(summed.excluded.items())]
        parts += [("rejected", reason, usd) for reason, usd in sorted(summed.rejected.items())]
        for name, category, usd in parts:
            part.add_metric([bill.source, name, category], float(usd))
        difference.add_metric([bill.source], float(max(abs(balance.difference) for balance in bill.balances)))
    return [whole, part, difference]


def _estimated(price: Price) -> str:
    return "provisional" if price.provisional else _boolean(price.estimated)


def _boolean(value: bool) -> str:
    return "true" if value else "false"
