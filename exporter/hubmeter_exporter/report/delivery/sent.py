"""The ledger of sent messages, an SQLite file. They are not sent again."""

import fcntl
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final, Literal, NamedTuple

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS delivery (
    month TEXT NOT NULL, usergroup TEXT NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL,
    state TEXT NOT NULL, changed_at REAL NOT NULL,
    PRIMARY KEY (month, usergroup, channel, recipient)
) WITHOUT ROWID
"""
_KEY: Final = "month = ? AND usergroup = ? AND channel = ? AND recipient = ?"


class SentError(Exception):
    """The ledger cannot be used. The message is one sentence."""


class Key(NamedTuple):
    """A message: a month, a group ("" of a message about all), ``mail`` or ``webhook``, and an address or ""."""

    month: str
    group: str
    channel: str
    recipient: str


class Sent:
    """The ledger, of which one run at a time has the use. All methods raise `SentError`."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """Open or create the file, and lock it until `close` or the end of the process."""
        self._path = path
        self._clock = clock
        try:
            with ExitStack() as opened:
                path.parent.mkdir(parents=True, exist_ok=True)
                lock = opened.enter_context(path.with_name(f"{path.name}.lock").open("wb"))
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.touch(mode=0o600)  # it has addresses
                self._connection = opened.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
                self._connection.execute(_SCHEMA)
                self._opened = opened.pop_all()
        except BlockingIOError as error:
            raise SentError(f"another run uses the ledger of sent reports {path}; wait until it ends") from error
        except (OSError, sqlite3.Error) as error:
            raise self._error(error) from error

    def state(self, key: Key) -> Literal["sending", "sent"] | None:
        """Return the state of a message; "sending" if a run ended before it knew whether it was sent."""
        row = self._execute(f"SELECT state FROM delivery WHERE {_KEY}", *key).fetchone()  # noqa: S608 - a constant
        return row[0] if row else None

    def begin(self, key: Key) -> None:
        """Note that a message is being sent, before it is sent."""
        self._execute("INSERT INTO delivery VALUES (?, ?, ?, ?, 'sending', ?)", *key, self._clock())

    def done(self, key: Key) -> None:
        """Note that a message was sent."""
        self._execute(
            f"UPDATE delivery SET state = 'sent', changed_at = ? WHERE {_KEY}",  # noqa: S608 - a constant
            self._clock(),
            *key,
        )

    def undo(self, key: Key) -> None:
        """Note that a message was not sent."""
        self._execute(f"DELETE FROM delivery WHERE {_KEY}", *key)  # noqa: S608 - a constant

    def close(self) -> None:
        """Close the file."""
        self._opened.close()

    def _execute(self, statement: str, *values: str | float) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _error(self, error: Exception) -> SentError:
        return SentError(
            f"the ledger of sent reports {self._path} cannot be used ({error}); correct the cause, or restore the file"
        )
