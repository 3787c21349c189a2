"""The sums of the rows of a bill by day. Every dollar of a row is in an input, and in one other part. Pure."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from hubmeter_exporter.costs.model import BillRow, Excluded, Part, PartKind
from hubmeter_exporter.costs.settings import CHARGE_CATEGORIES
from hubmeter_exporter.costs.sources.focus_rows import FocusRows, Key, RowError, spread
from hubmeter_exporter.costs.sources.overlaps import Sample

_LOGGED: Final = 5  # rows of a file that the log names
_NAMED_CATEGORIES: Final = 20  # that are unknown; all others are "other"
_ZERO: Final = Decimal(0)
_log = logging.getLogger(__name__)


@dataclass
class DaySums:
    """The sums of the rows whose charge period begins on a day, or of those without a valid one.

    Attributes:
        rows: Their number.
        counted: Number of those in ``amounts``.
        amounts: US dollars that count, by day (a row can have several), hub, component and kind.
        parts: Number of rows and US dollars by (day, kind, category).
        unreadable: Number of rows that count without a column.
        sample: Of the rows' identities.
    """

    rows: int = 0
    counted: int = 0
    amounts: dict[Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    parts: dict[tuple[date | None, PartKind, str], Excluded] = field(default_factory=dict)
    unreadable: Counter[str] = field(default_factory=Counter)
    sample: Sample = field(default_factory=Sample)

    def add(self, kind: PartKind, category: str, amounts: Iterable[tuple[date | None, Decimal]]) -> None:
        """Add the amounts of a row to a part."""
        rows = 1
        for day, usd in amounts:
            old = self.parts.get((day, kind, category))
            self.parts[day, kind, category] = (
                Excluded(rows, usd) if old is None else Excluded(old.rows + rows, old.usd + usd)
            )
            rows = 0


class Sums:
    """The sums of the rows of a file, or of several."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.days: dict[date | None, DaySums] = defaultdict(DaySums)
        self._unknown: set[str] = set()
        self._rejected = 0
        self._in_part = 0

    def add(self, rows: FocusRows, row: "Mapping[str, Any] | RowError", name: str, where: str) -> None:
        """Add a row, or the error of one that could not be split into columns.

        Args:
            rows: The meaning of a row.
            row: Values by column.
            name: Of the file, for the log.
            where: The place in the file, for the log.
        """
        if isinstance(row, RowError):
            self._reject(self.days[None], row, [(None, _ZERO)], name, where)
            return
        error: RowError | None = None
        amount, unreadable = _ZERO, list[tuple[str, str]]()
        begin: date | None = None
        charged: list[tuple[date, Decimal]] = []
        try:
            amount, unreadable = rows.amount(row)
        except RowError as found:
            error = found
        try:
            start, end = rows.period(row)
        except RowError as found:
            error = error or found
        else:
            begin = start.date()
            charged = spread(amount, start, end) if amount else [(begin, amount)]
        amounts: Sequence[tuple[date | None, Decimal]] = charged or [(None, amount)]
        day = self.days[begin]
        day.sample.add(rows.identity(row))
        category = rows.category(row)
        if not rows.counts(category):
            day.rows += 1
            day.add("input", "", amounts)
            day.add("excluded", self._named(category), amounts)
            return
        if error:
            self._reject(day, error, amounts, name, where)
            return
        day.rows += 1
        day.counted += 1
        day.add("input", "", amounts)
        tags, untagged = rows.tags(row)
        part = rows.part(row, tags)
        for on, usd in charged:
            day.amounts[on, *part] += usd
        for column, sentence in (*unreadable, *untagged):
            day.unreadable[column] += 1
            self._in_part += 1
            if self._in_part <= _LOGGED:
                _log.warning("%s, %s counts in part: %s.", name, where, sentence)

    def merge(self, other: "Sums", omitted: Collection[date]) -> None:
        """Add the sums of another file, except those of the rows that begin on omitted days."""
        for begin, more in other.days.items():
            if begin in omitted:
                continue
            day = self.days[begin]
            day.rows += more.rows
            day.counted += more.counted
            day.unreadable.update(more.unreadable)
            for key, usd in more.amounts.items():
                day.amounts[key] += usd
            for (on, kind, category), amount in more.parts.items():
                part = on, kind, self._named(category) if kind == "excluded" else category
                day.parts[part] = day.parts.get(part, Excluded()) + amount

    def log(self, name: str) -> None:
        """Log the numbers of rows that do not count, or only in part."""
        if self._rejected:
            _log.warning("%s: %d rows do not count.", name, self._rejected)
        for column, number in self.unreadable().items():
            _log.warning("%s: %d rows count without %s, which is unreadable.", name, number, column)
        for category, excluded in self.by_category("excluded").items():
            if category not in CHARGE_CATEGORIES:
                _log.warning(
                    "%s: %d rows with the unknown ChargeCategory %r do not count (%s USD).",
                    name,
                    excluded.rows,
                    category,
                    excluded.usd,
                )

    def rows(self) -> int:
        """Return the number of rows."""
        return sum(day.rows for day in self.days.values())

    def counted(self) -> int:
        """Return the number of rows that count."""
        return sum(day.counted for day in self.days.values())

    def unreadable(self) -> Counter[str]:
        """Return the number of rows that count without a column, by column."""
        return sum((day.unreadable for day in self.days.values()), Counter[str]())

    def by_category(self, kind: PartKind) -> dict[str, Excluded]:
        """Return the sums of the parts of this kind over all days."""
        result: dict[str, Excluded] = {}
        for day in self.days.values():
            for (_, part_kind, category), amount in day.parts.items():
                if part_kind == kind:
                    result[category] = result.get(category, Excluded()) + amount
        return result

    def bill(self, first: date, last: date) -> list[BillRow]:
        """Return the amounts of the days from ``first`` to ``last`` as rows of a bill."""
        amounts: dict[Key, Decimal] = defaultdict(Decimal)
        for day in self.days.values():
            for key, usd in day.amounts.items():
                if first <= key[0] <= last:
                    amounts[key] += usd
        return [BillRow(*key, usd, estimated=False) for key, usd in sorted(amounts.items()) if usd]

    def parts(self) -> tuple[Part, ...]:
        """Return the input of each day, and its parts that are in no row of the bill."""
        parts: dict[tuple[date | None, PartKind, str], Excluded] = {}
        for day in self.days.values():
            for key, amount in day.parts.items():
                parts[key] = parts.get(key, Excluded()) + amount
        return tuple(Part(*key, amount.rows, amount.usd) for key, amount in parts.items())

    def _reject(
        self, day: DaySums, error: RowError, amounts: Sequence[tuple[date | None, Decimal]], name: str, where: str
    ) -> None:
        day.rows += 1
        day.add("input", "", amounts)
        day.add("rejected", error.reason, amounts)
        self._rejected += 1
        if self._rejected <= _LOGGED:
            _log.warning("%s, %s does not count: %s.", name, where, error)

    def _named(self, category: str) -> str:
        """Return the category; "other" for unknown ones after the first 20."""
        if category in CHARGE_CATEGORIES or category in self._unknown:
            return category
        if len(self._unknown) < _NAMED_CATEGORIES:
            self._unknown.add(category)
            return category
        return "other"
