"""Days that are read again on demand: the output, and what stays."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.model import BillRow, Source, SourceError, SourceReport
from hubmeter_exporter.costs.reread import reread
from hubmeter_promql.client import UnreachableError

if TYPE_CHECKING:
    from hubmeter_exporter.costs.history import Copying

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 4)


def bill(day: date, amount: str, hub: str = "prod") -> BillRow:
    return BillRow(day, hub, "compute", "attributable", Decimal(amount), estimated=False)


@dataclass
class World:
    """A source, and a copying whose Prometheus has usage of the last two days."""

    basis: str = "one"
    rows: list[BillRow] = field(default_factory=list)
    error: Exception | None = None

    def bill(self, first: date, last: date) -> list[BillRow]:
        assert (first, last) == (FIRST, LAST)
        return self.rows

    def report(self) -> SourceReport:
        return SourceReport()

    def reread(self, first: date, last: date) -> list[date]:
        if self.error:
            raise self.error
        return [day for day in (FIRST, LAST - timedelta(1), LAST) if first < day <= last]

    def used(self, first: date, last: date) -> set[date]:
        return {first, last}

    def run(self, ledger: Ledger) -> bool:
        return reread(FIRST, LAST, cast("Source", self), ledger, cast("Copying", self))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path / "ledger", 2, lambda: 1.8e9)) as opened:
        for number in range(4):
            day = FIRST + timedelta(number)
            opened.put(day, day, [bill(day, "10"), bill(day, "5.5", "dev")], "one")
        yield opened


def test_days_change_also_if_they_lose_costs_and_days_without_a_bill_stay(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World(rows=[bill(FIRST, "1"), bill(FIRST + timedelta(1), "12.5"), bill(LAST, "7")])
    assert world.run(ledger)
    assert [(row.day.day, row.hub, row.amount) for row in ledger.rows(FIRST, LAST)] == [
        (1, "prod", 1), (2, "prod", Decimal("12.5")), (3, "dev", Decimal("5.5")), (3, "prod", 10), (4, "prod", 7),
    ]  # fmt: skip
    assert capsys.readouterr().out.splitlines() == [
        "Bills: 3 days (2026-01-01 to 2026-01-04); 46.50 USD before, 20.50 USD now.",
        "The ledger keeps its bills of 1 day (2026-01-03): the source has none.",
        "Usage: 2 days (2026-01-03 to 2026-01-04).",
        "The ledger keeps its usage of 1 day (2026-01-01): Prometheus has none.",
    ]


def test_nothing_to_read_is_no_failure(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    before = ledger.rows(FIRST, LAST)
    assert World().run(ledger)
    assert ledger.rows(FIRST, LAST) == before
    assert capsys.readouterr().out.startswith("Bills: 0 days; 0.00 USD before, 0.00 USD now.\n")


@pytest.mark.parametrize("error", [SourceError("ledger", "the ledger is full"), UnreachableError("no connection")])
def test_a_failure_is_logged(ledger: Ledger, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    assert not World(error=error).run(ledger)
    assert f"Reading 2026-01-01 to 2026-01-04 again failed: {error}." in caplog.text
