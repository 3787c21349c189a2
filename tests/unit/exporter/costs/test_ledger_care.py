"""The ledger as the only copy of the history: the documented commands, and a full volume."""

import re
import resource
import shlex
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.ledger_file import LedgerError
from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.usage import Selection, Used
from hubmeter_exporter.costs.usage_ledger import DayOfUsage, UsageLedger, UsageReading
from tests.waiting import PATIENCE

DOCS = Path(__file__).parents[4] / "docs"
DAY = date(2026, 1, 5)


def command(page: str, word: str) -> list[str]:
    """Return the words of the only documented Python command with this word."""
    [found] = [
        line
        for line in re.findall(r"^\$ (python -c .*)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
        if word in line
    ]
    return shlex.split(found)


def run(words: list[str], folder: Path) -> None:
    subprocess.run(words, cwd=folder, check=True, timeout=PATIENCE)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "costs.sqlite", 2, lambda: 1.8e9)) as opened:
        write(opened, 0)
        yield opened


def write(ledger: Ledger, number: int) -> None:
    """Write a bill and usage of the day with this number, of which the amount is 1 and the usage is 5 and 7."""
    day = DAY + timedelta(number)
    ledger.put(day, day, [BillRow(day, "prod", "compute", "attributable", Decimal(1), estimated=False)], "one")
    users = [Used("prod", "geo", name, "compute", {day: amount}) for name, amount in (("ana", 5.0), ("bob", 7.0))]
    usage = DayOfUsage({("prod", "compute"): 12.0}, [], users, users)
    UsageLedger(ledger.file).put(day, usage, "{}", with_users=True)


def users(ledger: Ledger, number: int = 0) -> dict[str, float]:
    slices = UsageReading(ledger.file.snapshot()).users([DAY + timedelta(number)], Selection())
    return {name: amount for of_day in slices for name, _, amount in of_day.rows}


def test_a_backup_while_the_exporter_writes_can_be_restored(ledger: Ledger, tmp_path: Path) -> None:
    stop, written = threading.Event(), [1]

    def keep_writing() -> None:
        while not stop.is_set():
            write(ledger, written[0])
            written[0] += 1

    writer = threading.Thread(target=keep_writing)
    writer.start()
    before = written[0]
    run(command("costs.md", "VACUUM"), tmp_path)
    stop.set()
    writer.join()
    (tmp_path / "restored").mkdir()
    (tmp_path / "backup.sqlite").rename(tmp_path / "restored/costs.sqlite")
    with closing(Ledger(tmp_path / "restored/costs.sqlite", 2, lambda: 1.8e9)) as restored:
        days = {row.day for row in restored.rows(DAY, DAY + timedelta(written[0]))}
        assert len(days) >= before
        copied = UsageLedger(restored.file).copied()
        assert copied.keys() <= days
        assert all(users(restored, (day - DAY).days) == {"ana": 5.0, "bob": 7.0} for day in copied)
        write(restored, written[0])  # it goes on
        assert users(restored, written[0]) == {"ana": 5.0, "bob": 7.0}


def test_the_documented_command_removes_a_name_and_keeps_the_usage(ledger: Ledger, tmp_path: Path) -> None:
    run(command("privacy.md", "UPDATE"), tmp_path)
    amounts = users(ledger)
    assert sorted(amounts.values()) == [5.0, 7.0]
    assert set(amounts) - {"bob"} == {"deleted 1"}
    ledger.close()  # which writes the log of changes into the file
    assert b"ana" not in (tmp_path / "costs.sqlite").read_bytes()
    assert b"bob" in (tmp_path / "costs.sqlite").read_bytes()


@contextmanager
def full(path: Path) -> Iterator[None]:
    """Let no file of this process become larger than this one and its log are, as on a full volume."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    sizes = [file.stat().st_size for file in path.parent.glob(f"{path.name}*")]
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill(ledger: Ledger) -> None:
    for number in range(1, 10_000):
        write(ledger, number)


def test_a_full_volume_loses_nothing_and_leaves_the_ledger_readable(ledger: Ledger, tmp_path: Path) -> None:
    with full(tmp_path / "costs.sqlite"), pytest.raises(LedgerError, match=r"cannot be written \(.*disk"):
        fill(ledger)
    copied = len(UsageLedger(ledger.file).copied())
    for _ in ("the same process", "a new one"):
        with full(tmp_path / "costs.sqlite"), closing(Ledger(tmp_path / "costs.sqlite", 2, lambda: 1.8e9)) as again:
            assert len(UsageLedger(again.file).copied()) == copied
            assert all(users(again, number) == {"ana": 5.0, "bob": 7.0} for number in range(copied))
        ledger.close()
    with closing(Ledger(tmp_path / "costs.sqlite", 2, lambda: 1.8e9)) as again:
        write(again, copied)
        assert users(again, copied) == {"ana": 5.0, "bob": 7.0}
