"""The reconciliation: every dollar of a source's input is in a named part of the output. Pure.

For each day, the input is the sum of the attributable and the account's rows of the bill, of the excluded parts by
category, and of the rejected parts by reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Final

from hubmeter_exporter.costs.model import BillRow, Part

TOLERANCE: Final = Decimal("0.000001")  # US dollars; sources round to 1e-9 and below
_PRECISION: Final = Context(prec=40)  # digits
_ZERO: Final = Decimal(0)


@dataclass
class Balance:
    """The input of a day and the parts of the output that it is in, in US dollars.

    Attributes:
        day: UTC day; None for rows without a valid one.
        input: None if the source did not report it.
        attributable: Rows of the bill with the tags.
        account: Other rows of the bill.
        excluded: Amounts that do not count, by charge category or record type.
        rejected: Amounts of invalid rows by reason.
        rejected_rows: Their numbers; the amount of some is unreadable.
    """

    day: date | None
    input: Decimal | None = None
    attributable: Decimal = _ZERO
    account: Decimal = _ZERO
    excluded: dict[str, Decimal] = field(default_factory=dict)
    rejected: dict[str, Decimal] = field(default_factory=dict)
    rejected_rows: dict[str, int] = field(default_factory=dict)

    @property
    def difference(self) -> Decimal:
        """The input less all parts; 0 if it is within the tolerance."""
        with localcontext(_PRECISION):
            parts = (self.attributable, self.account, *self.excluded.values(), *self.rejected.values())
            difference = (self.input or _ZERO) - sum(parts, _ZERO)
        return difference if abs(difference) > TOLERANCE else _ZERO


def balances(rows: Iterable[BillRow], parts: Iterable[Part]) -> list[Balance]:
    """Return the balance of each day with rows or parts, sorted; that of no day is the last one."""
    result: dict[date | None, Balance] = {}
    with localcontext(_PRECISION):
        for row in rows:
            balance = result.setdefault(row.day, Balance(row.day))
            if row.kind == "attributable":
                balance.attributable += row.amount
            else:
                balance.account += row.amount
        for part in parts:
            balance = result.setdefault(part.day, Balance(part.day))
            if part.kind == "input":
                balance.input = (balance.input or _ZERO) + part.usd
            elif part.kind == "excluded":
                balance.excluded[part.category] = balance.excluded.get(part.category, _ZERO) + part.usd
            else:
                balance.rejected[part.category] = balance.rejected.get(part.category, _ZERO) + part.usd
                balance.rejected_rows[part.category] = balance.rejected_rows.get(part.category, 0) + part.rows
    return sorted(result.values(), key=lambda balance: (balance.day is None, balance.day or date.min))


def total(summed: Iterable[Balance]) -> Balance:
    """Return the sum of balances, of no day."""
    result = Balance(None, _ZERO)
    excluded: dict[str, Decimal] = defaultdict(Decimal)
    rejected: dict[str, Decimal] = defaultdict(Decimal)
    rows: dict[str, int] = defaultdict(int)
    with localcontext(_PRECISION):
        for balance in summed:
            result.input = (result.input or _ZERO) + (balance.input or _ZERO)
            result.attributable += balance.attributable
            result.account += balance.account
            _add(excluded, balance.excluded)
            _add(rejected, balance.rejected)
            for reason, number in balance.rejected_rows.items():
                rows[reason] += number
    result.excluded, result.rejected, result.rejected_rows = dict(excluded), dict(rejected), dict(rows)
    return result


def unexplained(rows: Iterable[BillRow], namespaces: Iterable[str]) -> dict[str, Decimal]:
    """Return the attributable US dollars of each hub whose name is not a namespace with usage.

    Args:
        rows: Bills.
        namespaces: With usage. Without any, nothing is known, and the result is empty.
    """
    known = {"", *namespaces}
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    if len(known) > 1:
        for row in rows:
            if row.kind == "attributable" and row.hub not in known:
                amounts[row.hub] += row.amount
    return {hub: amount for hub, amount in sorted(amounts.items()) if amount}


def hub_sentences(rows: Iterable[BillRow], namespaces: Iterable[str]) -> list[str]:
    """Return a sentence for each value of the hub tag that is not a namespace with usage."""
    known = sorted(set(namespaces) - {""})
    examples = ", ".join(known[:3]) + (", ..." if len(known) > 3 else "")
    return [
        f"the hub tag has the value {hub!r} ({amount:.2f} USD), which is not a namespace with usage ({examples}): map "
        f"it to its namespace in the setting hubs, for example {{{hub}: {known[0]}}}"
        for hub, amount in unexplained(rows, known).items()
    ]


def _add(sums: dict[str, Decimal], more: Mapping[str, Decimal]) -> None:
    for key, amount in more.items():
        sums[key] += amount
