"""``hubmeter-costs --reread``: reads the bills and the usage of some days again, beside a running exporter."""

import logging
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from hubmeter_exporter.costs.history import Copying
from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.model import BillRow, Source, SourceError
from hubmeter_promql.client import PrometheusError

_log = logging.getLogger(__name__)


def reread(first: date, last: date, source: Source, ledger: Ledger, copying: Copying) -> bool:
    """Read the days from ``first`` to ``last`` again, and print what changes. Return whether that succeeded.

    A day of which the source has no rows, or Prometheus no usage, keeps those of the ledger.
    """
    try:
        before = ledger.rows(first, last)
        rows = source.bill(first, last)
        parts = source.report().parts
        billed = {row.day for row in rows}
        for day in sorted(billed):
            ledger.put(day, day, [row for row in rows if row.day == day], source.basis, parts, force=True)
        print(f"Bills: {_days(billed)}; {_usd(before, billed):.2f} USD before, {_usd(rows, billed):.2f} USD now.")
        _print_kept("bills", "the source has none", {row.day for row in before} - billed)
        copied = {*copying.reread(first, last)}
    except (SourceError, PrometheusError) as error:
        _log.error("Reading %s to %s again failed: %s.", first, last, error)
        return False
    print(f"Usage: {_days(copied)}.")
    _print_kept("usage", "Prometheus has none", copying.used(first, last) - copied)
    return True


def _print_kept(content: str, cause: str, days: set[date]) -> None:
    if days:
        print(f"The ledger keeps its {content} of {_days(days)}: {cause}.")


def _usd(rows: Iterable[BillRow], days: set[date]) -> Decimal:
    return sum((row.amount for row in rows if row.day in days), Decimal(0))


def _days(days: set[date]) -> str:
    if not days:
        return "0 days"
    if len(days) == 1:
        return f"1 day ({min(days)})"
    return f"{len(days)} days ({min(days)} to {max(days)})"
