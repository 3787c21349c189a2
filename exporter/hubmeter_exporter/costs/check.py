"""``hubmeter-costs --check``: reads the bill once, without the ledger, and prints where each dollar of its input is."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from hubmeter_exporter.costs.model import BillRow, Source, SourceError, SourceReport
from hubmeter_exporter.costs.reconciliation import Balance, balances, hub_sentences, total
from hubmeter_promql.client import PrometheusError

_COLUMNS: Final = ("input", "attributable", "account", "excluded", "rejected", "difference")
_NO_DAY: Final = "no day"

Namespaces = Callable[[date, date], Iterable[str]]


def check(source: Source, first: date, last: date, daily_from: date, namespaces: Namespaces | None) -> bool:
    """Print the reconciliation of the days from ``first`` to ``last``. Return whether it adds up and something counts.

    Args:
        source: Of bills.
        first: UTC day.
        last: UTC day, included.
        daily_from: Days before it are summed by month.
        namespaces: Returns the namespaces with usage of these days; None if there is no Prometheus to ask.
    """
    print(f"Source {source.name}, {first} to {last} (UTC days), US dollars\n")
    try:
        rows = source.bill(first, last)
    except SourceError as error:
        print(f"The bill cannot be read ({error.reason}): {error}.")
        return False
    report = source.report()
    found = balances(rows, (part for part in report.parts if part.day is None or first <= part.day <= last))
    _print_days(found, daily_from)
    summed = total(found)
    _print_amounts("Excluded by category", summed.excluded)
    _print_amounts("Rejected by reason", summed.rejected, {key: f"{n} rows" for key, n in summed.rejected_rows.items()})
    _print_amounts("Attributable by hub", _sums(rows, lambda row: row.hub or "(no hub's tag)"))
    _print_amounts("Attributable by component", _sums(rows, lambda row: row.component))
    for sentence in _warnings(source, report, summed, rows, _known(namespaces, first, last)):
        print(f"Warning: {sentence}.")
    if report.requests:
        print(f"The reading took {report.requests} requests for {report.requests * report.request_usd:.2f} USD.")
    errors = _errors(found, summed)
    for sentence in errors:
        print(f"Error: {sentence}.")
    if not errors:
        print(f"The input of {summed.input:.2f} USD is the sum of its parts on each day.")
    return not errors


def _print_days(found: Iterable[Balance], daily_from: date) -> None:
    groups: dict[str, list[Balance]] = defaultdict(list)
    for balance in found:
        groups[_label(balance.day, daily_from)].append(balance)
    everything = [balance for group in groups.values() for balance in group]
    lines: list[tuple[str, ...]] = [("day", *_COLUMNS)]
    for label, group in [*groups.items(), ("total", everything)]:
        summed = total(group)
        amounts = (
            summed.input or Decimal(0),
            summed.attributable,
            summed.account,
            sum(summed.excluded.values(), Decimal(0)),
            sum(summed.rejected.values(), Decimal(0)),
            max((abs(balance.difference) for balance in group), default=Decimal(0)),
        )
        lines.append((label, *(f"{amount:,.2f}" for amount in amounts[:-1]), f"{amounts[-1].normalize():f}"))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for first, *cells in lines:
        print("  ".join([first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells, widths[1:], strict=True))]))
    print()


def _label(day: date | None, daily_from: date) -> str:
    if day is None:
        return _NO_DAY
    if day >= daily_from:
        return day.isoformat()
    of_same_month = (day.year, day.month) == (daily_from.year, daily_from.month)
    return f"{day:%Y-%m}-01..{daily_from.day - 1:02}" if of_same_month else f"{day:%Y-%m}"


def _print_amounts(title: str, amounts: Mapping[str, Decimal], notes: Mapping[str, str] = {}) -> None:
    if not amounts:
        return
    print(title)
    width = max(map(len, amounts))
    for name, amount in sorted(amounts.items(), key=lambda item: -abs(item[1])):
        print(f"  {name.ljust(width)}  {amount:12,.2f}  {notes.get(name, '')}".rstrip())
    print()


def _sums(rows: Iterable[BillRow], key: Callable[[BillRow], str]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.kind == "attributable":
            sums[key(row)] += row.amount
    return sums


def _known(namespaces: Namespaces | None, first: date, last: date) -> frozenset[str]:
    """Return the namespaces with usage; none if that is unknown."""
    if namespaces is None:
        return frozenset()
    try:
        return frozenset(namespaces(first, last))
    except PrometheusError as error:
        print(f"The values of the hub tag are not compared with namespaces: {error}.")
        return frozenset()


def _warnings(
    source: Source, report: SourceReport, summed: Balance, rows: list[BillRow], known: frozenset[str]
) -> Iterable[str]:
    yield from source.advice(summed.excluded)
    yield from hub_sentences(rows, known)
    for file in report.skipped:
        yield file.sentence
    for column, number in report.unreadable.items():
        if number:
            yield f"{number} rows count without {column}, which is unreadable; the log names some"
    if rejected := sum(summed.rejected_rows.values()):
        yield f"{rejected} rows are invalid and do not count; the log names some"


def _errors(found: Iterable[Balance], summed: Balance) -> list[str]:
    errors = []
    for balance in found:
        if balance.input is None:
            errors.append(f"the source reports no input of {balance.day}: report this as a defect")
        elif balance.difference:
            errors.append(
                f"the input of {balance.day or 'rows without a day'} differs by {balance.difference} USD from the sum "
                "of its parts: report this as a defect"
            )
    if not summed.attributable:
        errors.append("no cost is attributable: check the tags in the settings, and that the source has these days")
    return errors
