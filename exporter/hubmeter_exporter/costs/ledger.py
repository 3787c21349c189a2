"""The bills read so far, on disk, so that a restart neither loses nor pays for anything again."""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from hubmeter_exporter.costs.model import BillRow, Revises, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_VERSION: Final = 1
_SCHEMA: Final = """
    CREATE TABLE day (day TEXT PRIMARY KEY, read_at REAL NOT NULL, basis TEXT NOT NULL, emptied INTEGER NOT NULL);
    CREATE TABLE bill (
        day TEXT NOT NULL REFERENCES day, hub TEXT NOT NULL, component TEXT NOT NULL, kind TEXT NOT NULL,
        amount TEXT NOT NULL, estimated INTEGER NOT NULL,
        PRIMARY KEY (day, hub, component, kind)
    ) WITHOUT ROWID;
"""
MONTH_CLOSES_AFTER: Final = timedelta(days=10)  # AWS issues the final invoice within the first week of the next month
_ONE_DAY: Final = 86_400.0


class LedgerError(SourceError):
    """The file cannot be used; the message is a sentence that names it."""

    def __init__(self, sentence: str) -> None:
        """Take the sentence."""
        super().__init__("ledger", sentence)


class Ledger:
    """The file. Any thread may read and write; a day is there as a whole or as it was before."""

    def __init__(self, path: Path, settlement_days: int, clock: Callable[[], float]) -> None:
        """Open the file, or make it.

        Raises:
            LedgerError: it cannot be opened, or is something else.
        """
        self._path = path
        self._settlement = timedelta(days=settlement_days)
        self._clock = clock
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger {path} cannot be opened ({error}): its folder must exist") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._connection.close()
            raise LedgerError(f"the ledger {path} cannot be used ({error}): give another with --ledger") from error

    def _prepare(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version == _VERSION:
            return
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version or tables:
            raise sqlite3.DatabaseError(f"it is not a ledger of version {_VERSION}")
        self._connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def rows(self, first: date, last: date) -> list[BillRow]:
        """Return the rows of the days from ``first`` to ``last``, both included, sorted.

        A row is estimated if its source says so, or its day is not settled yet.
        """
        query = (
            "SELECT day, hub, component, kind, amount, estimated FROM bill WHERE day BETWEEN ? AND ? ORDER BY 1,2,3,4"
        )
        with self._read(query, (first.isoformat(), last.isoformat())) as found:
            return [
                BillRow(
                    day := date.fromisoformat(text),
                    hub,
                    component,
                    kind,
                    Decimal(amount),
                    estimated=bool(estimated) or not self.settled(day),
                )
                for text, hub, component, kind, amount, estimated in found
            ]

    def settled(self, day: date) -> bool:
        """Return whether the day has been over for the settlement days."""
        return self.today() > day + self._settlement

    def today(self) -> date:
        """Return the UTC day that still runs."""
        return datetime.fromtimestamp(self._clock(), UTC).date()

    def newest(self) -> date | None:
        """Return the newest day with an attributable row."""
        with self._read("SELECT max(day) FROM bill WHERE kind = 'attributable'", ()) as found:
            (text,) = found[0]
        return date.fromisoformat(text) if text else None

    def missing(self) -> list[date]:
        """Return the settled days without any row since the first day that has one."""
        with self._read("SELECT DISTINCT day FROM bill ORDER BY day", ()) as found:
            there = {date.fromisoformat(text) for (text,) in found}
        if not there:
            return []
        last = self.today() - self._settlement - timedelta(1)
        first = min(there)
        days = (first + timedelta(n) for n in range((last - first).days + 1))
        return [day for day in days if day not in there]

    def emptied(self) -> list[date]:
        """Return the days that the source has no more attributable rows of, and that were kept as they were."""
        with self._read("SELECT day FROM day WHERE emptied ORDER BY day", ()) as found:
            return [date.fromisoformat(text) for (text,) in found]

    def put(self, first: date, last: date, rows: Iterable[BillRow], basis: str) -> None:
        """Replace the days from ``first`` to ``last`` by what a source returned for them, all or nothing.

        A day that had attributable rows and now has none stays as it was, and is marked: a tag taken off, a file moved
        away or a Prometheus started afresh must not wipe what people were told.

        Raises:
            LedgerError: the file cannot be written; it is as before.
        """
        by_day: dict[date, list[BillRow]] = defaultdict(list)
        for row in rows:
            by_day[row.day].append(row)
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        now = self._clock()
        with self._write() as connection:
            had = {
                date.fromisoformat(text)
                for (text,) in connection.execute(
                    "SELECT DISTINCT day FROM bill WHERE day BETWEEN ? AND ? AND kind = 'attributable'",
                    (first.isoformat(), last.isoformat()),
                )
            }
            for day in days:
                emptied = day in had and not any(row.kind == "attributable" for row in by_day[day])
                self._put_day(connection, day, None if emptied else by_day[day], now, basis)

    @staticmethod
    def _put_day(connection: sqlite3.Connection, day: date, rows: list[BillRow] | None, now: float, basis: str) -> None:
        """Replace a day, or mark it as emptied."""
        connection.execute(
            "INSERT INTO day VALUES (?, ?, ?, ?) ON CONFLICT (day) "
            "DO UPDATE SET read_at = excluded.read_at, basis = excluded.basis, emptied = excluded.emptied",
            (day.isoformat(), now, basis, rows is None),
        )
        if rows is None:
            return
        connection.execute("DELETE FROM bill WHERE day = ?", (day.isoformat(),))
        connection.executemany(
            "INSERT INTO bill VALUES (?, ?, ?, ?, ?, ?)",
            [(day.isoformat(), row.hub, row.component, row.kind, str(row.amount), row.estimated) for row in rows],
        )

    def read_at(self, basis: str) -> dict[date, float]:
        """Return when each day was last read on this basis, in unix seconds."""
        with self._read("SELECT day, read_at FROM day WHERE basis = ?", (basis,)) as found:
            return {date.fromisoformat(text): at for text, at in found}

    def due(self, history_days: int, revises: Revises, interval: float, basis: str) -> tuple[date, date] | None:
        """Return the first and the last day to read now, or None: see `days_due`."""
        days = days_due(self._clock(), history_days, self._settlement, revises, interval, self.read_at(basis))
        return (min(days), max(days)) if days else None

    @contextmanager
    def _read(self, query: str, values: tuple[str, ...]) -> Iterator[list[tuple[Any, ...]]]:
        with self._lock:
            try:
                found = self._connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise LedgerError(f"the ledger {self._path} cannot be read ({error})") from error
        yield found

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise LedgerError(f"the ledger {self._path} cannot be written ({error}): it is as before") from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


def days_due(
    now: float,
    history_days: int,
    settlement: timedelta,
    revises: Revises,
    interval: float,
    read_at: Mapping[date, float],
) -> list[date]:
    """Return the days to read: never read yet, or likely to have changed since. Pure.

    Days that are not settled are due once an interval. Where the source revises whole months, the other days of a
    month that is not closed are due once a day. Every day is due once more after its end, and then never again.

    Args:
        now: unix seconds.
        history_days: how many days, today included, there shall be.
        settlement: how long a day has been over when it is settled.
        revises: what the source may still change.
        interval: seconds between two readings of what changes.
        read_at: when days were last read, in unix seconds; what is not there never was.
    """
    today = datetime.fromtimestamp(now, UTC).date()
    due = []
    for number in range(history_days):
        day = today - timedelta(number)
        settles = _midnight(day + timedelta(1) + settlement)
        final = max(settles, _closes(day)) if revises is Revises.OPEN_MONTHS else settles
        last = read_at.get(day)
        if last is None:
            due.append(day)
        elif revises is Revises.ALWAYS or now < final:
            every = interval if revises is Revises.ALWAYS or now < settles else max(interval, _ONE_DAY)
            # A reading from the future, by a clock that was wrong, must not last for ever.
            if not 0 <= now - last < every:
                due.append(day)
        elif last < final:
            due.append(day)
    return sorted(due)


def _closes(day: date) -> float:
    """Return the unix time at which the bill of the day's month is final."""
    return _midnight(date(day.year + day.month // 12, day.month % 12 + 1, 1) + MONTH_CLOSES_AFTER)


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
