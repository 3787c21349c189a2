"""The file of the ledger: SQLite, its schema, and how it is read and written.

The schema has a version, ``PRAGMA user_version``: the number of scripts that were applied to the file. An older file is
migrated when it is opened, all scripts in one transaction.
"""

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hubmeter_exporter.costs.model import SourceError

# Append a script to change the schema; never edit one that was released.
_MIGRATIONS: Final = (
    """
    CREATE TABLE day (day TEXT PRIMARY KEY, read_at REAL NOT NULL, basis TEXT NOT NULL, emptied INTEGER NOT NULL);
    CREATE TABLE bill (
        day TEXT NOT NULL REFERENCES day, hub TEXT NOT NULL, component TEXT NOT NULL, kind TEXT NOT NULL,
        amount TEXT NOT NULL, estimated INTEGER NOT NULL,
        PRIMARY KEY (day, hub, component, kind)
    ) WITHOUT ROWID;
    """,
    # Usage of days that are over. Their days are numbers, UTC days since 1970; amounts are unit-hours of the driver. A
    # member is a user in a group, or, without a group, a user in all groups. A row of the latter exists only where the
    # user's usage is not the sum of the groups' rows, because each group has all of it.
    """
    CREATE TABLE hub_driver (
        id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, driver TEXT NOT NULL, UNIQUE (namespace, driver)
    );
    CREATE TABLE usergroup (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE username (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE member (
        id INTEGER PRIMARY KEY, username INTEGER NOT NULL REFERENCES username, usergroup INTEGER REFERENCES usergroup,
        last_day INTEGER NOT NULL, UNIQUE (username, usergroup)
    );
    CREATE TABLE usage_day (day INTEGER PRIMARY KEY, basis TEXT NOT NULL, users INTEGER NOT NULL);
    CREATE TABLE hub_usage (
        day INTEGER NOT NULL REFERENCES usage_day, hub_driver INTEGER NOT NULL REFERENCES hub_driver,
        amount REAL NOT NULL, PRIMARY KEY (day, hub_driver)
    ) WITHOUT ROWID;
    CREATE TABLE group_usage (
        day INTEGER NOT NULL REFERENCES usage_day, hub_driver INTEGER NOT NULL REFERENCES hub_driver,
        usergroup INTEGER NOT NULL REFERENCES usergroup, amount REAL NOT NULL,
        PRIMARY KEY (day, hub_driver, usergroup)
    ) WITHOUT ROWID;
    CREATE TABLE member_usage (
        day INTEGER NOT NULL REFERENCES usage_day, hub_driver INTEGER NOT NULL REFERENCES hub_driver,
        member INTEGER NOT NULL REFERENCES member, amount REAL NOT NULL, PRIMARY KEY (day, hub_driver, member)
    ) WITHOUT ROWID;
    """,
    # The input of each day, and its parts that are in no row of the bill; the day is "" for rows without a valid one.
    """
    CREATE TABLE part (
        day TEXT NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL, rows INTEGER NOT NULL, amount TEXT NOT NULL,
        PRIMARY KEY (day, kind, category)
    ) WITHOUT ROWID;
    """,
    # The capacity of the nodes of users; the namespace "" is that of nodes of all hubs.
    """
    CREATE TABLE capacity (
        day INTEGER NOT NULL REFERENCES usage_day, hub_driver INTEGER NOT NULL REFERENCES hub_driver,
        amount REAL NOT NULL, PRIMARY KEY (day, hub_driver)
    ) WITHOUT ROWID;
    """,
)
VERSION: Final = len(_MIGRATIONS)
_WAIT: Final = 10.0  # seconds for another process that writes


class LedgerError(SourceError):
    """The file is unusable. The message names it."""

    def __init__(self, sentence: str) -> None:
        """Take the sentence."""
        super().__init__("ledger", sentence)


class LedgerFile:
    """The file. All threads may read and write."""

    def __init__(self, path: Path) -> None:
        """Open the file, create it, or migrate it to the present schema.

        Raises:
            LedgerError: The file cannot be opened, or is not a ledger of this version or an earlier one.
        """
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(path, timeout=_WAIT, check_same_thread=False, isolation_level=None)
        except sqlite3.Error as error:
            raise LedgerError(f"the ledger {path} cannot be opened ({error}): check that its folder exists") from error
        try:
            self._migrate()
        except sqlite3.Error as error:
            self._connection.close()
            raise LedgerError(f"the ledger {path} cannot be used ({error}): set another file with --ledger") from error

    def _migrate(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if version > VERSION or bool(version) != bool(tables):
            raise sqlite3.DatabaseError(f"not a ledger of version {VERSION} or earlier")
        # With a write-ahead log, long answers of the API do not delay writing, and writing does not delay them.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA secure_delete = ON")  # so that deleted usernames are not in the file
        if version < VERSION:
            scripts = "".join(_MIGRATIONS[version:])
            self._connection.executescript(f"BEGIN IMMEDIATE; {scripts} PRAGMA user_version = {VERSION}; COMMIT;")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            LedgerError: The file cannot be read.
        """
        with self._lock:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise _unreadable(self._path, error) from error

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction, which is committed at the end.

        Raises:
            LedgerError: The file cannot be written; it is unchanged.
        """
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise LedgerError(f"the ledger {self._path} cannot be written ({error}); it is unchanged") from error
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def snapshot(self) -> "Snapshot":
        """Return the present state of the file, for several queries. Raises `LedgerError`."""
        return Snapshot(self._path)


class Snapshot:
    """The file as it was at the first query, for one reader at a time. It ends with its last reference, or before."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            LedgerError: The file cannot be read.
        """
        self._path = path
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT, check_same_thread=False,
                isolation_level=None,
            )  # fmt: skip
        except sqlite3.Error as error:
            raise _unreadable(path, error) from error
        self.close = weakref.finalize(self, self._connection.close)
        self._connection.execute("BEGIN")

    def rows(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, as they are read.

        Raises:
            LedgerError: The file cannot be read.
        """
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error


def _unreadable(path: Path, error: sqlite3.Error) -> LedgerError:
    return LedgerError(f"the ledger {path} cannot be read ({error})")
