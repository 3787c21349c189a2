"""The bills in the ledger. A restart loses no bill, and does not pay for one again."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from hubmeter_exporter.costs.ledger_file import LedgerFile
from hubmeter_exporter.costs.model import BillRow, Part, Revises
from hubmeter_promql.bills import days_of, start_of

MONTH_CLOSES_AFTER: Final = timedelta(days=10)  # AWS issues the final invoice within the first week of the next month
_ONE_DAY: Final = 86_400.0
_CENT: Final = Decimal("0.01")  # smaller costs of a hub may disappear


class Ledger:
    """The bills read so far. All threads may read and write; a day is replaced as a whole."""

    def __init__(self, path: Path, settlement_days: int, clock: Callable[[], float]) -> None:
        """Open the file, create it, or migrate it to the present schema.

        Raises:
            LedgerError: The file cannot be opened, or is not a ledger.
        """
        self.file = LedgerFile(path)
        self._settlement = timedelta(days=settlement_days)
        self._clock = clock

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def rows(self, first: date, last: date) -> list[BillRow]:
        """Return the rows of the days from ``first`` to ``last``, both included, sorted.

        A row is estimated if its source marks it so, or if its day is not settled yet.
        """
        query = (
            "SELECT day, hub, component, kind, amount, estimated FROM bill WHERE day BETWEEN ? AND ? ORDER BY 1,2,3,4"
        )
        return [
            BillRow(
                day := date.fromisoformat(text),
                hub,
                component,
                kind,
                Decimal(amount),
                estimated=bool(estimated) or not self.settled(day),
            )
            for text, hub, component, kind, amount, estimated in self.file.read(
                query, first.isoformat(), last.isoformat()
            )
        ]

    def settled(self, day: date) -> bool:
        """Return whether the settlement days have passed since the end of the day."""
        return self.today() > day + self._settlement

    def newest_settled(self) -> date:
        """Return the newest settled day."""
        return self.today() - self._settlement - timedelta(1)

    def today(self) -> date:
        """Return the current UTC day."""
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def newest(self) -> date | None:
        """Return the newest day with an attributable row."""
        [(text,)] = self.file.read("SELECT max(day) FROM bill WHERE kind = 'attributable'")
        return date.fromisoformat(text) if text else None

    def missing(self) -> list[date]:
        """Return the settled days without rows since the first day with one."""
        billed = {date.fromisoformat(text) for (text,) in self.file.read("SELECT DISTINCT day FROM bill")}
        if not billed:
            return []
        days = days_of(min(billed), self.today() - self._settlement - timedelta(1))
        return [day for day in days if day not in billed]

    def emptied(self) -> list[date]:
        """Return the days whose attributable cost the source no longer has in whole or in part; the ledger keeps it."""
        rows = self.file.read("SELECT day FROM day WHERE emptied ORDER BY day")
        return [date.fromisoformat(text) for (text,) in rows]

    def parts(self, first: date, last: date) -> list[Part]:
        """Return the parts of the input of the days from ``first`` to ``last``, both included, and of no day."""
        query = (
            "SELECT day, kind, category, rows, amount FROM part WHERE day BETWEEN ? AND ? OR day = '' ORDER BY 1,2,3"
        )
        return [
            Part(date.fromisoformat(day) if day else None, kind, category, rows, Decimal(amount))
            for day, kind, category, rows, amount in self.file.read(query, first.isoformat(), last.isoformat())
        ]

    def put(
        self,
        first: date,
        last: date,
        rows: Iterable[BillRow],
        basis: str,
        parts: Iterable[Part] = (),
        *,
        force: bool = False,
    ) -> None:
        """Replace the days from ``first`` to ``last`` by the rows that a source returned for them, all or nothing.

        A day that lost costs keeps its rows and parts and is marked: a removed tag, a moved file or a new Prometheus
        must not delete costs that were reported. It lost costs if it had attributable rows and now has none, or if it
        is settled, was read on the same basis, and a hub has less than half of its attributable cost.

        Args:
            first: UTC day.
            last: UTC day, included.
            rows: The bill.
            basis: Of the source.
            parts: Of the input; those of other days are ignored.
            force: Replace the days that lost costs, too.

        Raises:
            LedgerError: The file cannot be written; it is unchanged.
        """
        by_day: dict[date, list[BillRow]] = defaultdict(list)
        for row in rows:
            by_day[row.day].append(row)
        parts_by_day: dict[date | None, list[Part]] = defaultdict(list)
        for part in parts:
            parts_by_day[part.day].append(part)
        now = self._clock()
        with self.file.write() as connection:
            before = self._attributable(connection, first, last)
            same_basis = {
                date.fromisoformat(text)
                for (text,) in connection.execute("SELECT day FROM day WHERE basis = ?", (basis,))
            }
            for day in days_of(first, last):
                strict = day in same_basis and self.settled(day)
                kept = not force and _lost(before[day], by_day[day], any_hub=strict)
                connection.execute(
                    "INSERT INTO day VALUES (?, ?, ?, ?) ON CONFLICT (day) "
                    "DO UPDATE SET read_at = excluded.read_at, basis = excluded.basis, emptied = excluded.emptied",
                    (day.isoformat(), now, basis, kept),
                )
                if not kept:
                    self._replace(connection, day, by_day[day], parts_by_day[day])
            self._replace(connection, None, (), parts_by_day[None])

    @staticmethod
    def _attributable(connection: sqlite3.Connection, first: date, last: date) -> dict[date, dict[str, Decimal]]:
        """Return the attributable costs of the days that have some, by hub."""
        result: dict[date, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        query = "SELECT day, hub, amount FROM bill WHERE day BETWEEN ? AND ? AND kind = 'attributable'"
        for text, hub, amount in connection.execute(query, (first.isoformat(), last.isoformat())):
            result[date.fromisoformat(text)][hub] += Decimal(amount)
        return result

    @staticmethod
    def _replace(
        connection: sqlite3.Connection, day: date | None, rows: Iterable[BillRow], parts: Iterable[Part]
    ) -> None:
        """Replace the rows and the parts of a day, or of rows without one."""
        text = day.isoformat() if day else ""
        for table in ("bill", "part"):
            connection.execute(f"DELETE FROM {table} WHERE day = ?", (text,))  # noqa: S608 - names of this module
        connection.executemany(
            "INSERT INTO bill VALUES (?, ?, ?, ?, ?, ?)",
            [(text, row.hub, row.component, row.kind, str(row.amount), row.estimated) for row in rows],
        )
        connection.executemany(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?)",
            [(text, part.kind, part.category, part.rows, str(part.usd)) for part in parts],
        )

    def read_at(self, basis: str) -> dict[date, float]:
        """Return the Unix time in seconds at which each day was last read on this basis."""
        rows = self.file.read("SELECT day, read_at FROM day WHERE basis = ?", basis)
        return {date.fromisoformat(text): at for text, at in rows}

    def due(self, history_days: int, revises: Revises, interval: float, basis: str) -> tuple[date, date] | None:
        """Return the first and the last day to read now, or None. See `days_due`."""
        days = days_due(self._clock(), history_days, self._settlement, revises, interval, self.read_at(basis))
        return (min(days), max(days)) if days else None


def days_due(
    now: float,
    history_days: int,
    settlement: timedelta,
    revises: Revises,
    interval: float,
    read_at: Mapping[date, float],
) -> list[date]:
    """Return the days to read: those never read, and those that have probably changed since. Pure.

    Days that are not settled are due once per interval. If the source revises whole months, the other days of a month
    that is not closed are due once a day. Every day is due a last time after it is final.

    Args:
        now: Unix time in seconds.
        history_days: Number of days in the ledger, including today.
        settlement: Time from the end of a day until it is settled.
        revises: The days that the source may still change.
        interval: Seconds between two readings of a day that may change.
        read_at: Unix time in seconds of the last reading of each day that was read.
    """
    today = datetime.fromtimestamp(now, UTC).date()
    due = []
    for number in range(history_days):
        day = today - timedelta(number)
        settles = start_of(day + timedelta(1) + settlement)
        final = max(settles, _closes(day)) if revises is Revises.OPEN_MONTHS else settles
        last = read_at.get(day)
        if last is None:
            due.append(day)
        elif revises is Revises.ALWAYS or now < final:
            interval_of_day = interval if revises is Revises.ALWAYS or now < settles else max(interval, _ONE_DAY)
            # A reading in the future, by a wrong clock, does not count.
            if not 0 <= now - last < interval_of_day:
                due.append(day)
        elif last < final:
            due.append(day)
    return sorted(due)


def _lost(before: Mapping[str, Decimal], rows: Iterable[BillRow], *, any_hub: bool) -> bool:
    """Return whether a day lost its attributable costs or, if asked, more than half of those of a hub."""
    now: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.kind == "attributable":
            now[row.hub] += row.amount
    if before and not now:
        return True
    return any_hub and any(usd >= _CENT and now[hub] < usd / 2 for hub, usd in before.items())


def _closes(day: date) -> float:
    """Return the Unix time at which the bill of the day's month is final."""
    return start_of(date(day.year + day.month // 12, day.month % 12 + 1, 1) + MONTH_CLOSES_AFTER)
