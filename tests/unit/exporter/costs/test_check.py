"""``hubmeter-costs --check``: the reconciliation as a table, and its exit code."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hubmeter_exporter.costs import cli
from hubmeter_exporter.costs.check import check
from hubmeter_exporter.costs.model import BillRow, Kind, Part, PartKind, Revises, SkippedFile, SourceError, SourceReport
from hubmeter_promql.client import UnreachableError

LAST = date(2026, 11, 22)
FIRST = LAST - timedelta(59)
DAILY = date(2026, 11, 21)


class Bills:
    """A source whose rows and parts tests choose."""

    name = "aws"
    reasons: tuple[str, ...] = ("folder",)
    revises = Revises.ALWAYS
    complete = False
    interval = 60.0
    basis = "test"

    def __init__(self) -> None:
        self.rows: list[BillRow] = []
        self.parts: list[Part] = []
        self.error: SourceError | None = None

    def day(self, day: date, usd: str, *, kind: Kind = "attributable", hub: str = "prod", lost: str = "0") -> None:
        self.rows.append(BillRow(day, hub, "compute", kind, Decimal(usd), estimated=False))
        self.part(day, "input", "", Decimal(usd) + Decimal(lost))

    def part(self, day: date | None, kind: PartKind, category: str, usd: Decimal, rows: int = 1) -> None:
        self.parts.append(Part(day, kind, category, rows, usd))

    def bill(self, first: date, last: date) -> list[BillRow]:
        if self.error:
            raise self.error
        return [row for row in self.rows if first <= row.day <= last]

    def report(self) -> SourceReport:
        skipped = (SkippedFile("/bills/a.csv", "format", "/bills/a.csv is odd"),)
        unreadable = {"Tags": 2, "x_Credits": 0}
        return SourceReport(3, 0.01, unreadable=unreadable, skipped=skipped, parts=tuple(self.parts))

    def advice(self, excluded: Mapping[str, Decimal]) -> list[str]:
        return [f"{name} is excluded" for name in excluded]


@pytest.fixture
def bills() -> Bills:
    return Bills()


def run(bills: Bills, capsys: pytest.CaptureFixture[str], known: Iterable[str] | None = None) -> tuple[bool, str]:
    succeeded = check(bills, FIRST, LAST, DAILY, None if known is None else lambda *_: known)
    return succeeded, capsys.readouterr().out


def test_an_input_that_adds_up_is_a_table_by_day_and_by_month(bills: Bills, capsys: pytest.CaptureFixture[str]) -> None:
    for day in (date(2026, 10, 3), date(2026, 10, 4), date(2026, 11, 3), DAILY, LAST):
        bills.day(day, "10")
    bills.day(LAST, "1000.5", kind="account", hub="")
    bills.part(LAST, "input", "", Decimal("0.25"))
    bills.part(LAST, "excluded", "Tax", Decimal("0.25"))
    bills.part(None, "input", "", Decimal(2))
    bills.part(None, "rejected", "period", Decimal(2), 7)
    bills.day(FIRST - timedelta(1), "99", lost="1")  # not asked for
    succeeded, text = run(bills, capsys, ["jhub", "other"])
    assert succeeded
    assert (
        text
        == """\
Source aws, 2026-09-24 to 2026-11-22 (UTC days), US dollars

day                input  attributable   account  excluded  rejected  difference
2026-10            20.00         20.00      0.00      0.00      0.00           0
2026-11-01..20     10.00         10.00      0.00      0.00      0.00           0
2026-11-21         10.00         10.00      0.00      0.00      0.00           0
2026-11-22      1,010.75         10.00  1,000.50      0.25      0.00           0
no day              2.00          0.00      0.00      0.00      2.00           0
total           1,052.75         50.00  1,000.50      0.25      2.00           0

Excluded by category
  Tax          0.25

Rejected by reason
  period          2.00  7 rows

Attributable by hub
  prod         50.00

Attributable by component
  compute         50.00

Warning: Tax is excluded.
Warning: the hub tag has the value 'prod' (50.00 USD), which is not a namespace with usage (jhub, other): map it to \
its namespace in the setting hubs, for example {prod: jhub}.
Warning: /bills/a.csv is odd.
Warning: 2 rows count without Tags, which is unreadable; the log names some.
Warning: 7 rows are invalid and do not count; the log names some.
The reading took 3 requests for 0.03 USD.
The input of 1052.75 USD is the sum of its parts on each day.
"""
    )


def test_a_day_that_does_not_add_up_is_an_error(bills: Bills, capsys: pytest.CaptureFixture[str]) -> None:
    bills.day(LAST, "10", lost="0.5")
    bills.day(DAILY, "10")
    succeeded, text = run(bills, capsys)
    assert not succeeded
    assert "2026-11-22  10.50         10.00     0.00      0.00      0.00         0.5\n" in text
    assert "Error: the input of 2026-11-22 differs by 0.5 USD from the sum of its parts: report this" in text
    assert "is the sum of its parts" not in text
    assert "Error: the input of 2026-11-21" not in text


def test_a_day_without_an_input_is_an_error(bills: Bills, capsys: pytest.CaptureFixture[str]) -> None:
    bills.day(LAST, "10")
    bills.parts = []
    succeeded, text = run(bills, capsys)
    assert not succeeded
    assert "Error: the source reports no input of 2026-11-22" in text


def test_a_bill_without_an_attributable_cost_is_an_error(bills: Bills, capsys: pytest.CaptureFixture[str]) -> None:
    bills.day(LAST, "10", kind="account", hub="")
    succeeded, text = run(bills, capsys)
    assert not succeeded
    assert "Error: no cost is attributable: check the tags in the settings" in text


def test_a_bill_that_cannot_be_read_is_an_error(bills: Bills, capsys: pytest.CaptureFixture[str]) -> None:
    bills.error = SourceError("folder", "there is no file")
    succeeded, text = run(bills, capsys)
    assert not succeeded
    assert text.endswith("The bill cannot be read (folder): there is no file.\n")


def test_without_prometheus_the_hub_tags_are_not_compared(bills: Bills, capsys: pytest.CaptureFixture[str]) -> None:
    def gone(*_: date) -> set[str]:
        raise UnreachableError("cannot reach http://localhost:9")

    bills.day(LAST, "10")
    assert check(bills, FIRST, LAST, DAILY, gone)
    assert "The values of the hub tag are not compared with namespaces: cannot reach" in capsys.readouterr().out


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PROMETHEUS_URL", raising=False)
    day = datetime.now(UTC).date() - timedelta(3)
    (tmp_path / "bill.csv").write_text(
        "EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName\n"
        f"1.5,USD,Usage,{day},{day + timedelta(1)},Virtual Machines\n"
        f"0.25,USD,Tax,{day},{day + timedelta(1)},Virtual Machines\n",
        encoding="utf-8",
    )
    os.utime(tmp_path / "bill.csv", (1_700_000_000, 1_700_000_000))
    (tmp_path / "focus.yaml").write_text("source: focus\nfocus: {path: bill.csv}\n", encoding="utf-8")
    (tmp_path / "static.yaml").write_text("source: static\nstatic: {gpu_hour: 1}\n", encoding="utf-8")
    return tmp_path


def test_the_command_checks_files_without_prometheus_and_without_a_ledger(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--config", "focus.yaml", "--check"]) == 0
    assert "The input of 1.75 USD is the sum of its parts on each day." in capsys.readouterr().out
    assert [path.name for path in folder.glob("*.sqlite*")] == []
    (folder / "bill.csv").unlink()
    assert cli.main(["--config", "focus.yaml", "--check"]) == 1
    assert "The bill cannot be read (folder)" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_a_price_list_needs_prometheus(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--config", "static.yaml", "--check"]) == 2
    assert "the URL of Prometheus is missing" in capsys.readouterr().err
    assert cli.main(["--config", "static.yaml", "--check", "--prometheus_url", "http://127.0.0.1:9"]) == 1
    assert "The bill cannot be read (usage)" in capsys.readouterr().out
