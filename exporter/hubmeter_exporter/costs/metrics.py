"""Bills and prices as metrics: rendered once a refresh, so that a scrape costs a copy."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

from hubmeter_exporter.exposition import Page, in_each_format
from hubmeter_promql import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prometheus_client.metrics_core import Metric

    from hubmeter_exporter.costs.model import BillRow, SourceReport
    from hubmeter_exporter.costs.prices import Price, Unallocated

_EPOCH: Final = date(1970, 1, 1)
_LEVEL: Final = 6


@dataclass(frozen=True)
class Snapshot:
    """Bills of the days shown, the price of every one of these days, and what no price covers."""

    rows: Sequence[BillRow] = ()
    prices: Sequence[Price] = ()
    unallocated: Sequence[Unallocated] = ()


@dataclass(frozen=True)
class Status:
    """What the exporter tells about itself. Times are Unix times in seconds, None if it has not happened.

    Attributes:
        version: of this package.
        source: the source's name.
        interval: seconds between two refreshes if all goes well.
        errors: failures by (source, reason), every one named from the start.
        report: what the source tells about itself.
        last_refresh: when bills and prices were last up to date.
        last_duration: how long that refresh took, in seconds.
        last_error: when a refresh last failed.
        newest: the newest day with an attributable cost.
        missing: settled days without a bill.
        emptied: days whose bill the source no longer has.
    """

    version: str
    source: str
    interval: float
    errors: Mapping[tuple[str, str], int]
    report: SourceReport
    last_refresh: float | None = None
    last_duration: float | None = None
    last_error: float | None = None
    newest: date | None = None
    missing: int = 0
    emptied: int = 0


def render(snapshot: Snapshot, status: Status, prefix: str) -> Page:
    """Return the page; every metric's name begins with ``prefix`` and an underscore."""
    parts = {}
    for form, text in in_each_format([*_bills(snapshot, prefix), *_status(status, prefix)]).items():
        parts[form, False] = (text,)
        parts[form, True] = (gzip.compress(text, _LEVEL),)
    return Page(parts)


def day_label(day: date) -> str:
    """Return the label ``day``: UTC days since 1970, which PromQL can count too."""
    return str((day - _EPOCH).days)


def _bills(snapshot: Snapshot, prefix: str) -> list[Metric]:
    cost = GaugeMetricFamily(
        f"{prefix}_{names.CLOUD_COST}",
        "What was billed for a UTC day (days since 1970), in US dollars.",
        labels=["day", "component", "namespace", "kind", "estimated"],
    )
    for row in snapshot.rows:
        labels = [day_label(row.day), row.component, row.hub, row.kind, _boolean(row.estimated)]
        cost.add_metric(labels, float(row.amount))
    price = GaugeMetricFamily(
        f"{prefix}_{names.UNIT_PRICE}",
        "US dollars for a unit of the driver's usage on a UTC day (days since 1970).",
        labels=["day", "component", "driver", "namespace", "estimated"],
    )
    for one in snapshot.prices:
        labels = [day_label(one.day), one.component, one.driver, one.namespace, _boolean(one.estimated)]
        price.add_metric(labels, one.usd_per_unit)
    unallocated = GaugeMetricFamily(
        f"{prefix}_{names.CLOUD_UNALLOCATED}",
        "Attributable cost of a UTC day (days since 1970) that no user's usage explains, in US dollars.",
        labels=["day", "component", "namespace", "reason"],
    )
    for left in snapshot.unallocated:
        labels = [day_label(left.day), left.component, left.namespace, left.reason]
        unallocated.add_metric(labels, float(left.amount))
    return [cost, price, unallocated]


def _status(status: Status, prefix: str) -> list[Metric]:
    families: list[Metric] = []

    def gauge(name: str, documentation: str, value: float | None) -> None:
        if value is not None:
            families.append(GaugeMetricFamily(f"{prefix}_{name}", documentation, value=value))

    gauge(names.COSTS_LAST_REFRESH, "Unix time at which bills and prices were last up to date.", status.last_refresh)
    gauge(names.COSTS_LAST_REFRESH_DURATION, "Seconds that bringing them up to date took.", status.last_duration)
    gauge(names.COSTS_LAST_ERROR, "Unix time at which a refresh last failed.", status.last_error)
    gauge(names.COSTS_REFRESH_INTERVAL, "Seconds between two refreshes if all goes well.", status.interval)
    gauge(
        names.COSTS_NEWEST_DAY,
        "Unix time at which the newest day with an attributable cost began.",
        None if status.newest is None else _begin(status.newest),
    )
    gauge(names.COSTS_MISSING_DAYS, "Settled days without a bill since the first day that has one.", status.missing)
    gauge(names.COSTS_EMPTIED_DAYS, "Days whose bill the source no longer has; it was kept.", status.emptied)
    errors = CounterMetricFamily(
        f"{prefix}_{names.COSTS_REFRESH_ERRORS}",
        "Failed refreshes by what failed and why.",
        labels=["source", "reason"],
    )
    for labels, count in status.errors.items():
        errors.add_metric(labels, count)
    requests = CounterMetricFamily(
        f"{prefix}_{names.COSTS_CLOUD_REQUESTS}", "Requests to the cloud's paid billing API.", labels=["source"]
    )
    requests.add_metric([status.source], status.report.requests)
    paid = CounterMetricFamily(
        f"{prefix}_{names.COSTS_CLOUD_REQUESTS_USD}", "What these requests cost, in US dollars.", labels=["source"]
    )
    paid.add_metric([status.source], round(status.report.requests * status.report.request_usd, 6))
    rejected = GaugeMetricFamily(
        f"{prefix}_{names.COSTS_REJECTED_ROWS}",
        "Rows of the bill, as last read, that are not counted because they cannot be understood.",
        labels=["source", "reason"],
    )
    for reason, number in status.report.rejected.items():
        rejected.add_metric([status.source, reason], number)
    build = InfoMetricFamily(
        f"{prefix}_{names.COSTS_BUILD_INFO}".removesuffix("_info"), "The exporter's version.", labels=["source"]
    )
    build.add_metric([status.source], {"version": status.version})
    return [*families, errors, requests, paid, rejected, build]


def _begin(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _boolean(value: bool) -> str:
    return "true" if value else "false"
