"""The file of the ledger: older schemas, snapshots beside a writer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.ledger_file import VERSION, LedgerError, LedgerFile
from hubmeter_exporter.costs.model import BillRow

# Files as earlier versions wrote them, by the version of their schema.
OLDER = {
    1: """
    CREATE TABLE day (day TEXT PRIMARY KEY, read_at REAL NOT NULL, basis TEXT NOT NULL, emptied INTEGER NOT NULL);
    CREATE TABLE bill (
        day TEXT NOT NULL REFERENCES day, hub TEXT NOT NULL, component TEXT NOT NULL, kind TEXT NOT NULL,
        amount TEXT NOT NULL, estimated INTEGER NOT NULL,
        PRIMARY KEY (day, hub, component, kind)
    ) WITHOUT ROWID;
    INSERT INTO day VALUES ('2026-01-05', 1767700000.5, 'focus', 0);
    INSERT INTO bill VALUES ('2026-01-05', 'prod', 'compute', 'attributable', '12.340000000001', 0);
    """,
}
OLDER[2] = (
    OLDER[1]
    + """
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
    """
)
OLDER[3] = (
    OLDER[2]
    + """
    CREATE TABLE part (
        day TEXT NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL, rows INTEGER NOT NULL, amount TEXT NOT NULL,
        PRIMARY KEY (day, kind, category)
    ) WITHOUT ROWID;
    """
)
BILL = BillRow(date(2026, 1, 5), "prod", "compute", "attributable", Decimal("12.340000000001"), estimated=False)


def older(path: Path, version: int) -> None:
    """Write a file of this version."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"{OLDER[version]} PRAGMA user_version = {version}")


def schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return {
            (name, " ".join(sql.split()))
            for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE sql != ''")
        }


@pytest.fixture
def file(tmp_path: Path) -> Iterator[LedgerFile]:
    with closing(LedgerFile(tmp_path / "ledger")) as opened:
        yield opened


@pytest.mark.parametrize("version", OLDER)
def test_an_older_file_keeps_its_bills_and_gets_the_present_schema(tmp_path: Path, version: int) -> None:
    older(tmp_path / "old", version)
    for _ in range(2):  # the second time it is no longer old
        with closing(Ledger(tmp_path / "old", 2, lambda: 1.8e9)) as ledger:
            assert ledger.rows(BILL.day, BILL.day) == [BILL]
            assert ledger.read_at("focus") == {BILL.day: 1767700000.5}
    LedgerFile(tmp_path / "new").close()
    assert schema(tmp_path / "old") == schema(tmp_path / "new")
    with closing(sqlite3.connect(tmp_path / "old")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_each_released_schema_has_an_older_file() -> None:
    assert list(OLDER) == list(range(1, VERSION)), "append the schema of the version before yours to OLDER"


def test_a_migration_that_fails_leaves_the_older_file(tmp_path: Path) -> None:
    older(tmp_path / "old", 1)
    with closing(sqlite3.connect(tmp_path / "old")) as connection:
        connection.execute("CREATE TABLE username (x)")
        connection.commit()
    with pytest.raises(LedgerError, match="table username already exists"):
        LedgerFile(tmp_path / "old")
    with closing(sqlite3.connect(tmp_path / "old")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'usage_day'").fetchone() == (0,)


def test_a_file_of_a_later_version_is_refused_and_unchanged(tmp_path: Path) -> None:
    older(tmp_path / "later", 1)
    with closing(sqlite3.connect(tmp_path / "later")) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = (tmp_path / "later").read_bytes()
    with pytest.raises(LedgerError, match=f"not a ledger of version {VERSION} or earlier"):
        LedgerFile(tmp_path / "later")
    assert (tmp_path / "later").read_bytes() == before


def test_a_snapshot_stays_as_it_was_and_does_not_delay_a_writer(file: LedgerFile) -> None:
    insert = "INSERT INTO usergroup (name) VALUES (?)"
    with file.write() as connection:
        connection.executemany(insert, [("a",), ("b",)])
    snapshot = file.snapshot()
    rows = snapshot.rows("SELECT name FROM usergroup ORDER BY id")
    assert next(rows) == ("a",)
    with file.write() as connection:
        connection.execute(insert, ("c",))
        connection.execute("DELETE FROM usergroup WHERE name = 'b'")
    assert list(rows) == [("b",)]
    assert list(snapshot.rows("SELECT count(*) FROM usergroup WHERE name IN ('a', 'b')")) == [(2,)]
    assert file.read("SELECT name FROM usergroup ORDER BY id") == [("a",), ("c",)]
    snapshot.close()
    with pytest.raises(LedgerError, match=r"ledger cannot be read \(Cannot operate on a closed database"):
        list(snapshot.rows("SELECT 1"))


def test_a_snapshot_cannot_write(file: LedgerFile) -> None:
    with pytest.raises(LedgerError, match="readonly database"):
        list(file.snapshot().rows("DELETE FROM bill"))


def test_a_missing_file_is_an_error_of_the_snapshot(tmp_path: Path) -> None:
    file = LedgerFile(tmp_path / "ledger")
    file.close()
    (tmp_path / "ledger").unlink()
    with pytest.raises(LedgerError, match="ledger cannot be read"):
        file.snapshot()
    assert not (tmp_path / "ledger").exists()
