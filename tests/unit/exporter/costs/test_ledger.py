"""The ledger: on disk, whole days, and which days to read again."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hubmeter_exporter.costs.ledger import Ledger, days_due
from hubmeter_exporter.costs.ledger_file import LedgerError
from hubmeter_exporter.costs.model import BillRow, Kind, Part, Revises, SourceError

TODAY = date(2026, 11, 22)
HOUR = 3600.0


def at(day: date, hour: float = 12) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + hour * HOUR


def before(days: int) -> date:
    return TODAY - timedelta(days)


def bill(day: date, amount: str = "1.5", hub: str = "prod", kind: Kind = "attributable") -> BillRow:
    return BillRow(day, hub, "compute", kind, Decimal(amount), estimated=False)


class Clock:
    def __init__(self) -> None:
        self.now = at(TODAY)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger", 2, clock)
    yield opened
    opened.close()


def test_rows_come_back_as_they_were_even_after_a_restart(tmp_path: Path, ledger: Ledger, clock: Clock) -> None:
    values: list[tuple[str, str, Kind, str, bool]] = [
        ("", "other", "account", "0.00000000012345678901234567890", False),
        ("ana.lópez@uni.edu", "home storage", "attributable", "-3.10", False),
        ("x--y", "compute", "attributable", "1E+3", True),
        ("y" * 80, "a 'quoted\" thing", "attributable", "7", False),
    ]
    rows = [
        BillRow(before(9), hub, component, kind, Decimal(amount), estimated=estimated)
        for hub, component, kind, amount, estimated in values
    ]
    ledger.put(before(9), before(9), rows, "one")
    assert ledger.rows(before(9), before(9)) == rows
    ledger.close()
    again = Ledger(tmp_path / "ledger", 2, clock)
    assert again.rows(before(30), TODAY) == rows
    assert again.read_at("one") == {before(9): clock.now}
    again.close()


def test_rows_are_estimated_until_their_day_is_settled(ledger: Ledger, clock: Clock) -> None:
    ledger.put(before(3), TODAY, [bill(before(n)) for n in range(4)], "one")
    assert {row.day: row.estimated for row in ledger.rows(before(9), TODAY)} == {
        before(3): False, before(2): True, before(1): True, TODAY: True,
    }  # fmt: skip
    clock.now = at(TODAY + timedelta(1), 0)
    assert [row.day for row in ledger.rows(before(9), TODAY) if not row.estimated] == [before(3), before(2)]


def test_a_revised_day_replaces_the_old_one_whole(ledger: Ledger) -> None:
    ledger.put(before(2), TODAY, [bill(before(2)), bill(before(2), hub="gone"), bill(before(1))], "one")
    ledger.put(before(2), before(2), [bill(before(2), "1.75")], "one")
    assert ledger.rows(before(2), TODAY) == [
        BillRow(before(2), "prod", "compute", "attributable", Decimal("1.75"), estimated=True),
        BillRow(before(1), "prod", "compute", "attributable", Decimal("1.5"), estimated=True),
    ]


@pytest.mark.parametrize("basis", ["one", "another"])
def test_a_day_that_disappears_is_kept_and_marked_until_it_comes_back(ledger: Ledger, basis: str) -> None:
    rest = bill(before(5), "9", "", "account")
    ledger.put(before(6), before(4), [bill(before(6)), bill(before(5)), rest], "one")
    kept = ledger.rows(before(6), before(4))
    ledger.put(before(6), before(4), [rest], basis)  # tags gone: only the account's total is left
    assert ledger.rows(before(6), before(4)) == kept
    assert ledger.emptied() == [before(6), before(5)]
    ledger.put(before(6), before(4), [bill(before(6), "2"), bill(before(5), "3")], basis)
    assert [row.amount for row in ledger.rows(before(6), before(4))] == [2, 3]
    assert ledger.emptied() == []


@pytest.mark.parametrize(
    ("sentence", "day", "old", "new", "basis", "kept"),
    [
        ("a settled day without one of two hubs", 5, {"a": "1", "b": "2"}, {"a": "1"}, "one", True),
        ("less than half of a hub", 5, {"a": "1", "b": "2"}, {"a": "1", "b": "0.99"}, "one", True),
        ("half of a hub", 5, {"a": "1", "b": "2"}, {"a": "1", "b": "1"}, "one", False),
        ("a day that is not settled", 2, {"a": "1", "b": "2"}, {"a": "1"}, "one", False),
        ("other settings", 5, {"a": "1", "b": "2"}, {"a": "1"}, "another", False),
        ("less than a cent", 5, {"a": "1", "b": "0.009"}, {"a": "1"}, "one", False),
        ("a credit", 5, {"a": "1", "b": "-2"}, {"a": "1"}, "one", False),
        ("a later credit", 5, {"a": "1"}, {"a": "-1"}, "one", True),
        ("more than before", 5, {"a": "1"}, {"a": "9", "b": "1"}, "one", False),
    ],
)
def test_a_settled_day_that_loses_a_hub_is_kept_whole_and_marked(
    sentence: str, day: int, old: dict[str, str], new: dict[str, str], basis: str, kept: bool, ledger: Ledger
) -> None:
    def rows(amounts: dict[str, str]) -> list[BillRow]:
        return [bill(before(day), usd, hub) for hub, usd in amounts.items()]

    ledger.put(before(day), before(day), rows(old), "one", parts(before(day), "3"))
    ledger.put(before(day), before(day), rows(new), basis, parts(before(day), "2"))
    amounts = {row.hub: str(row.amount) for row in ledger.rows(before(day), before(day))}
    assert amounts == (old if kept else new), sentence
    assert ledger.emptied() == [before(day)] * kept
    assert ledger.parts(before(day), before(day)) == parts(before(day), "3" if kept else "2")
    ledger.put(before(day), before(day), rows(new), basis, parts(before(day), "2"), force=True)
    assert {row.hub: str(row.amount) for row in ledger.rows(before(day), before(day))} == new
    assert ledger.emptied() == []


def parts(day: date | None, usd: str) -> list[Part]:
    return [Part(day, "excluded", "Tax", 3, Decimal("0.25")), Part(day, "input", "", 7, Decimal(usd))]


def test_parts_are_kept_by_day_and_those_of_no_day_are_of_the_last_reading(tmp_path: Path, clock: Clock) -> None:
    with closing(Ledger(tmp_path / "ledger", 2, clock)) as ledger:
        ledger.put(before(5), before(4), [], "one", [*parts(before(5), "1"), *parts(before(4), "2"), *parts(None, "9")])
        ledger.put(before(4), before(4), [], "one", [*parts(before(5), "7"), *parts(before(4), "3"), *parts(None, "8")])
    with closing(Ledger(tmp_path / "ledger", 2, clock)) as ledger:
        assert ledger.parts(before(9), TODAY) == [*parts(None, "8"), *parts(before(5), "1"), *parts(before(4), "3")]
        assert ledger.parts(before(4), before(4)) == [*parts(None, "8"), *parts(before(4), "3")]


def test_a_failed_write_changes_nothing(ledger: Ledger) -> None:
    ledger.put(before(2), before(1), [bill(before(2)), bill(before(1))], "one")
    kept = ledger.rows(before(2), before(1))
    twice = [
        bill(before(2), "8"),
        bill(before(1), "8"),
        bill(before(1), "9"),
    ]  # a row twice is invalid
    with pytest.raises(LedgerError, match=r"cannot be written \(UNIQUE.*it is unchanged"):
        ledger.put(before(2), before(1), twice, "one")
    assert ledger.rows(before(2), before(1)) == kept
    ledger.put(before(2), before(1), twice[:2], "one")
    assert [row.amount for row in ledger.rows(before(2), before(1))] == [8, 8]


def test_another_file_is_refused_and_unchanged(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "text").write_text("my thesis" * 99, encoding="utf-8")
    with pytest.raises(LedgerError, match=r"text cannot be used \(file is not a database\)"):
        Ledger(tmp_path / "text", 2, clock)
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    with pytest.raises(LedgerError, match=r"not a ledger of version \d or earlier\): set another file with --ledger"):
        Ledger(tmp_path / "other", 2, clock)
    with pytest.raises(LedgerError, match="check that its folder exists"):
        Ledger(tmp_path / "none/ledger", 2, clock)
    assert (tmp_path / "text").read_text(encoding="utf-8").startswith("my thesis")
    assert issubclass(LedgerError, SourceError)


def test_newest_and_missing_days(ledger: Ledger) -> None:
    assert ledger.newest() is None
    assert ledger.missing() == []
    ledger.put(before(9), TODAY, [bill(before(n)) for n in (7, 5)] + [bill(before(4), "1", "", "account")], "one")
    assert ledger.newest() == before(5)
    assert ledger.missing() == [before(6), before(3)]  # without unsettled days and days before the first bill


def test_readers_get_the_old_or_the_new_bill(ledger: Ledger) -> None:
    days = [before(n) for n in range(5)]
    ledger.put(days[-1], days[0], [bill(day, "0", hub) for day in days for hub in ("a", "b")], "one")
    seen: set[tuple[int, int]] = set()
    stop = threading.Event()

    def read() -> None:
        ended = False
        while not ended:
            ended = stop.is_set()
            rows = ledger.rows(days[-1], days[0])
            seen.add((len(rows), len({row.amount for row in rows})))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(40):
        ledger.put(days[-1], days[0], [bill(day, str(number), hub) for day in days for hub in ("a", "b")], "one")
    stop.set()
    for reader in readers:
        reader.join()
    assert seen == {(10, 1)}


SETTLE = timedelta(days=2)
FIRST_OF_MONTH = date(2026, 11, 1)
OCTOBER = date(2026, 10, 3)
NEW_YEARS_EVE = date(2025, 12, 31)


def november(day: int, hour: float) -> float:
    return at(date(2026, 11, day), hour)


@pytest.mark.parametrize(
    ("sentence", "revises", "day", "read", "now", "due"),
    [
        ("never read", Revises.OPEN_DAYS, before(20), None, at(TODAY), True),
        ("today, read an hour ago", Revises.OPEN_MONTHS, TODAY, at(TODAY, 11), at(TODAY), False),
        ("today, read an interval ago", Revises.OPEN_MONTHS, TODAY, at(TODAY, 4), at(TODAY), True),
        ("not settled", Revises.OPEN_DAYS, before(2), at(TODAY, 3), at(TODAY), True),
        ("just settled, last read before", Revises.OPEN_DAYS, before(3), at(before(1), 23.9), at(TODAY, 0), True),
        ("settled, read since", Revises.OPEN_DAYS, before(3), at(TODAY, 0.1), at(TODAY, 23), False),
        ("settled, read years ago", Revises.OPEN_DAYS, before(20), at(before(17), 1), at(TODAY), False),
        ("the exporter was down when it was settled", Revises.OPEN_DAYS, before(20), at(before(20)), at(TODAY), True),
        ("an open month, read today", Revises.OPEN_MONTHS, before(20), at(TODAY, 1), at(TODAY), False),
        ("an open month, read yesterday", Revises.OPEN_MONTHS, before(20), at(before(1)), at(TODAY), True),
        ("October before it closes", Revises.OPEN_MONTHS, OCTOBER, november(9, 0), november(10, 1), True),
        ("October when it has closed, read before", Revises.OPEN_MONTHS, OCTOBER, november(10, 23), at(TODAY), True),
        ("October when it has closed, read after", Revises.OPEN_MONTHS, OCTOBER, november(11, 1), at(TODAY), False),
        ("December closes in January", Revises.OPEN_MONTHS, NEW_YEARS_EVE, at(date(2026, 1, 12)), at(TODAY), False),
        ("files are always read again", Revises.ALWAYS, before(300), at(TODAY, 3), at(TODAY), True),
        ("files were just read", Revises.ALWAYS, before(300), at(TODAY, 11), at(TODAY), False),
        ("read in the future, by a wrong clock", Revises.OPEN_DAYS, TODAY, at(TODAY, 20), at(TODAY), True),
        ("before the history", Revises.OPEN_DAYS, before(400), None, at(TODAY), False),
    ],
)  # fmt: skip
def test_which_days_are_due(
    sentence: str, revises: Revises, day: date, read: float | None, now: float, due: bool
) -> None:
    days = days_due(now, 366, SETTLE, revises, 8 * HOUR, {} if read is None else {day: read})
    assert (day in days) is due, sentence


def test_due_days_are_one_range(ledger: Ledger, clock: Clock) -> None:
    assert ledger.due(30, Revises.OPEN_MONTHS, HOUR, "one") == (before(29), TODAY)
    ledger.put(before(29), TODAY, [], "one")
    assert ledger.due(30, Revises.OPEN_MONTHS, HOUR, "one") is None
    clock.now += HOUR
    assert ledger.due(30, Revises.OPEN_MONTHS, HOUR, "one") == (before(2), TODAY)
    clock.now += 23 * HOUR
    assert ledger.due(30, Revises.OPEN_MONTHS, HOUR, "one") == (FIRST_OF_MONTH, TODAY + timedelta(1))


def test_with_another_basis_all_days_are_due(ledger: Ledger) -> None:
    ledger.put(before(29), TODAY, [bill(before(20))], "one")
    assert ledger.due(30, Revises.OPEN_DAYS, HOUR, "two") == (before(29), TODAY)
    assert len(ledger.rows(before(29), TODAY)) == 1
