"""Bills in FOCUS: valid, invalid and incomplete files."""

import csv
import gzip
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.model import BillRow, Excluded, SourceError
from hubmeter_exporter.costs.reconciliation import Balance, balances, total
from hubmeter_exporter.costs.settings import make
from hubmeter_exporter.costs.sources.focus import QUIET_SECONDS, FocusSource
from hubmeter_exporter.costs.sources.focus_rows import spread

DAY = date(2026, 10, 30)
NEXT = date(2026, 10, 31)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
OLD = 1_700_000_000

Row = dict[str, Any]
NUMBERS = count()


def row(**values: Any) -> Row:
    """Return a row of usage of another resource at each call; keywords are columns."""
    return {
        "BilledCost": "1",
        "EffectiveCost": "2.5",
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": "2026-10-30T00:00:00Z",
        "ChargePeriodEnd": "2026-10-31T00:00:00Z",
        "ServiceName": "Virtual Machines",
        "ResourceId": f"/some/where/{next(NUMBERS)}",
        "Tags": json.dumps({"hub-name": "prod"}),
        **values,
    }


def as_csv(*rows: Row) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def save(path: Path, content: bytes, at: float = OLD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def source(
    path: Path | str, hubs: Mapping[str, str] = {}, sleep: Callable[[float], None] = lambda _: None, **values: Any
) -> FocusSource:
    focus = make({"source": "focus", "focus": {"path": str(path), **values}}, "the test", {}).focus
    return FocusSource(focus, hubs, 60, sleep)


def read(folder: Path, *rows: Row, **values: Any) -> list[BillRow]:
    save(folder / "bill.csv", as_csv(*rows))
    return source(folder, **values).bill(*YEAR)


def amounts(rows: Sequence[BillRow]) -> dict[tuple[date, str, str], str]:
    return {(bill.day, bill.hub, bill.component): str(bill.amount) for bill in rows}


@pytest.mark.parametrize(
    ("sentence", "changes", "key", "amount"),
    [
        ("an hour of a day", {"ChargePeriodEnd": "2026-10-30T01:00:00Z"}, (DAY, "prod", "compute"), "2.5"),
        ("Azure's time without seconds", {"ChargePeriodStart": "2026-10-30T00:00Z"}, (DAY, "prod", "compute"), "2.5"),
        (
            "BigQuery's time",
            {"ChargePeriodStart": "2026-10-30 23:00:00 UTC", "ChargePeriodEnd": "2026-10-31 00:00:00 UTC"},
            (DAY, "prod", "compute"),
            "2.5",
        ),
        (
            "a time in another zone is another UTC day",
            {"ChargePeriodStart": "2026-10-30T22:00:00-03:00", "ChargePeriodEnd": "2026-10-30T23:00:00-03:00"},
            (NEXT, "prod", "compute"),
            "2.5",
        ),
        ("a service in no map", {"ServiceName": "Quantum"}, (DAY, "prod", "other"), "2.5"),
        ("Google's service of file shares", {"ServiceName": "Cloud Filestore"}, (DAY, "prod", "home storage"), "2.5"),
        ("Azure's vaults", {"ServiceName": "Azure Site Recovery"}, (DAY, "prod", "backup"), "2.5"),
        ("no service", {"ServiceName": ""}, (DAY, "prod", "other"), "2.5"),
        ("no tags", {"Tags": ""}, (DAY, "", "compute"), "2.5"),
        ("other tags", {"Tags": '{"team": "x", "hub-name": null}'}, (DAY, "", "compute"), "2.5"),
        (
            "a hub with special characters",
            {"Tags": '{"hub-name": "x--y \\"q\\" \\ud800"}'},
            (DAY, 'x--y "q" ?', "compute"),
            "2.5",
        ),
        ("spaces and an exponent", {"EffectiveCost": " 2.5E-3 "}, (DAY, "prod", "compute"), "0.0025"),
        ("a credit among usage", {"EffectiveCost": "-2.5"}, (DAY, "prod", "compute"), "-2.5"),
        ("ten digits", {"EffectiveCost": "0.0000000001"}, (DAY, "prod", "compute"), "1E-10"),
        ("an empty period", {"ChargePeriodEnd": "2026-10-30T00:00:00Z"}, (DAY, "prod", "compute"), "2.5"),
    ],
)
def test_a_row(sentence: str, changes: Row, key: tuple[date, str, str], amount: str, tmp_path: Path) -> None:
    assert amounts(read(tmp_path, row(**changes))) == {key: amount}, sentence


@pytest.mark.parametrize(
    ("sentence", "values", "expected"),
    [
        ("effective cost, usage only", {}, {(DAY, "prod", "compute"): "2.5"}),
        ("billed cost", {"cost": "BilledCost"}, {(DAY, "prod", "compute"): "1"}),
        (
            "tax and credits count by choice",
            {"charge_categories": ["Usage", "Tax", "Credit"]},
            {(DAY, "prod", "compute"): "7.5"},
        ),
        (
            "a component by tag",
            {"components_by_tag": {"purpose": {"home": "home storage"}, "hub-name": {"prod": "core"}}},
            {(DAY, "prod", "core"): "2.5"},
        ),
        ("a component by service", {"components": {"Virtual Machines": "gpu"}}, {(DAY, "prod", "gpu"): "2.5"}),
        ("another hub tag", {"hub_tag": "env"}, {(DAY, "", "compute"): "2.5"}),
    ],
)  # fmt: skip
def test_a_setting(sentence: str, values: Row, expected: dict[tuple[date, str, str], str], tmp_path: Path) -> None:
    rows = [
        row(),
        row(ChargeCategory="Tax"),
        row(ChargeCategory="Credit"),
        row(ChargeCategory="Purchase", BilledCost=9),
    ]
    assert amounts(read(tmp_path, *rows, **values)) == expected, sentence


def test_costs_without_the_tags_are_the_rest_of_the_account(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        row(Tags='{"cluster": "earth", "hub-name": "prod"}'),
        row(Tags='{"cluster": "mars", "hub-name": "prod"}'),
        row(Tags=""),
        attributable_tags={"cluster": ["earth", "moon"]},
    )
    assert {(bill.kind, bill.hub, bill.amount) for bill in rows} == {
        ("attributable", "prod", Decimal("2.5")),
        ("account", "", Decimal("5.0")),
    }


def test_another_currency_needs_a_rate(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    euros = row(BillingCurrency="EUR")
    assert amounts(read(tmp_path, euros, row(), exchange_rates={"EUR": 1.1})) == {(DAY, "prod", "compute"): "5.25"}
    assert amounts(read(tmp_path, euros, row())) == {(DAY, "prod", "compute"): "2.5"}
    assert "bill.csv, line 2 does not count: BillingCurrency 'EUR' is not in focus.exchange_rates." in caplog.text


def test_a_value_of_the_hub_tag_can_have_another_namespace(tmp_path: Path) -> None:
    save(tmp_path / "bill.csv", as_csv(row()))
    assert [bill.hub for bill in source(tmp_path, {"prod": "jhub-prod"}).bill(*YEAR)] == ["jhub-prod"]


def test_a_charge_for_a_month_is_spread_over_its_days(tmp_path: Path) -> None:
    month = row(EffectiveCost="100", ChargePeriodStart="2026-10-01T00:00:00Z", ChargePeriodEnd="2026-11-01T00:00:00Z")
    rows = read(tmp_path, month)
    assert [bill.day.day for bill in rows] == list(range(1, 32))
    assert {bill.amount for bill in rows[:-1]} == {Decimal("3.225806451613")}
    assert sum(bill.amount for bill in rows) == 100


@given(
    st.decimals(min_value=-100, max_value=100_000, places=10),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_spreading_keeps_the_sum(amount: Decimal, start: datetime, length: timedelta) -> None:
    parts = spread(amount, start, start + length)
    assert sum(part for _, part in parts) == amount
    days = [day for day, _ in parts]
    assert days == [start.date() + timedelta(n) for n in range(len(days))]
    assert days[-1] <= (start + length).date()


INVALID = [
    ("columns", "3 cells for 9 columns", None),
    ("amount", "EffectiveCost '' is not a number", {"EffectiveCost": ""}),
    ("amount", "EffectiveCost '1,5' is not a number", {"EffectiveCost": "1,5"}),
    ("amount", "EffectiveCost 'NaN' is not an amount of money", {"EffectiveCost": "NaN"}),
    ("amount", "EffectiveCost '1e400' is not an amount of money", {"EffectiveCost": "1e400"}),
    ("period", "ChargePeriodStart '30/10/2026' is not a time", {"ChargePeriodStart": "30/10/2026"}),
    ("period", "ChargePeriodEnd '9999-12-31' is not in the years from 2000 to 2200", {"ChargePeriodEnd": "9999-12-31"}),
    ("period", "its charge period has 36890 days", {"ChargePeriodEnd": "2127-10-31"}),
    ("currency", "BillingCurrency '' is not in focus.exchange_rates", {"BillingCurrency": ""}),
]


@pytest.mark.parametrize(("reason", "words", "changes"), INVALID)
def test_an_invalid_row_is_counted_and_named_and_other_rows_count(
    reason: str, words: str, changes: Row | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = as_csv(row(), row(**(changes or {})), row())
    if changes is None:
        lines = content.splitlines(keepends=True)
        content = b"".join([lines[0], lines[1], b"a,b,c\r\n", lines[3]])
    save(tmp_path / "bill.csv", content)
    bills = source(tmp_path)
    assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "5.0"}
    assert {name: count for name, count in bills.report().rejected.items() if count} == {reason: 1}
    assert f"{tmp_path}/bill.csv, line 3 does not count: {words}." in caplog.text


def google(category: str = "usage", **values: Any) -> Row:
    """Return a row of Google's FOCUS view of BigQuery, in Parquet: the relevant columns."""
    cost = Decimal("2.5")
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "ContractedCost": cost,
        "BillingCurrency": "USD",
        "ChargeCategory": category,
        "ChargePeriodStart": datetime(2026, 10, 30, 1, tzinfo=UTC),
        "ChargePeriodEnd": datetime(2026, 10, 30, 2, tzinfo=UTC),
        "ServiceName": "Compute Engine",
        "Tags": [
            {"key": key, "value": tag, "x_type": kind, "x_inherited": inherited, "x_namespace": "n/a"}
            for key, tag, kind, inherited in (
                ("hub-name", "project", "project_label", True),
                ("hub-name", "prod", "label", False),
            )
        ],
        "x_Credits": [],
        **values,
    }


def credit(amount: str) -> Row:
    return {"Name": "CUD", "Amount": Decimal(amount), "FullName": "a discount", "Id": "1", "Type": "DISCOUNT"}


def save_parquet(path: Path, rows: Sequence[Row]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.Table.from_pylist(list(rows)), path)
    os.utime(path, (OLD, OLD))
    return path


def test_google_s_view_counts_with_credits_and_unknown_categories_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [
        google(x_Credits=[credit("-0.5"), credit("-0.25")]),
        google(x_Credits=[credit("-0.5")], EffectiveCost=Decimal(2)),  # they are deducted
        google("tax", EffectiveCost=Decimal("0.1"), ContractedCost=Decimal("0.1")),
        google("error", x_Credits=[credit("-1")]),
    ]
    save_parquet(tmp_path / "bill.parquet", rows)
    bills = source(tmp_path)
    assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "3.75"}
    report = bills.report()
    assert report.excluded == {"Tax": Excluded(1, Decimal("0.1")), "error": Excluded(1, Decimal("1.5"))}
    assert "1 rows with the unknown ChargeCategory 'error' do not count (1.50 USD)" in caplog.text
    assert "Tax" not in caplog.text
    total = sum(row["EffectiveCost"] for row in rows) - Decimal("0.75") - 1
    assert total == Decimal("3.75") + sum(excluded.usd for excluded in report.excluded.values())


@pytest.mark.parametrize(
    ("sentence", "changes", "usd"),
    [
        ("credits in JSON", {"x_Credits": '[{"amount": -0.5}, {"amount": null}]'}, "2.0"),
        ("no credits", {"x_Credits": "[]"}, "2.5"),
        ("a null", {"x_Credits": "NULL"}, "2.5"),
        ("a cost with credits deducted", {"x_Credits": '[{"amount": -0.5}]', "ContractedCost": "3"}, "2.5"),
        ("no ContractedCost", {"x_Credits": '[{"amount": -0.5}]', "ContractedCost": ""}, "2.5"),
    ],
)
def test_google_s_credits(sentence: str, changes: Row, usd: str, tmp_path: Path) -> None:
    assert amounts(read(tmp_path, row(**{"ContractedCost": "2.50", **changes}))) == {(DAY, "prod", "compute"): usd}, (
        sentence
    )


def test_purchases_that_do_not_count_give_advice(tmp_path: Path) -> None:
    [advice] = source(tmp_path).advice({"Purchase": Decimal("12.5"), "Tax": Decimal(3)})
    assert "Purchase do not count (12.50 USD): add Purchase to focus.charge_categories" in advice
    assert source(tmp_path).advice({"Purchase": Decimal(0), "Tax": Decimal(3)}) == []


@pytest.mark.parametrize("text", ["usage", "USAGE", " Usage "])
def test_a_category_counts_in_any_case(text: str, tmp_path: Path) -> None:
    assert amounts(read(tmp_path, row(ChargeCategory=text))) == {(DAY, "prod", "compute"): "2.5"}


def test_columns_count_in_any_case(tmp_path: Path) -> None:
    lower = {name.lower(): value for name, value in row().items()}
    save(tmp_path / "athena.csv", as_csv(lower))
    assert amounts(source(tmp_path).bill(*YEAR)) == {(DAY, "prod", "compute"): "2.5"}
    save_parquet(tmp_path / "parquet/athena.parquet", [lower])
    assert amounts(source(tmp_path / "parquet").bill(*YEAR)) == {(DAY, "prod", "compute"): "2.5"}


def test_many_unknown_categories_are_counted_together(tmp_path: Path) -> None:
    save(tmp_path / "bill.csv", as_csv(row(), *[row(ChargeCategory=f"c{number}") for number in range(50)]))
    bills = source(tmp_path)
    bills.bill(*YEAR)
    excluded = bills.report().excluded
    assert len(excluded) == 21
    assert excluded["other"] == Excluded(30, Decimal(75))


@pytest.mark.parametrize(
    ("sentence", "rows", "words"),
    [
        ("an unknown category", [row(ChargeCategory="used")] * 2, "none of the 2 rows .*2 with ChargeCategory 'used'"),
        ("no category", [row(ChargeCategory="")], "1 with ChargeCategory ''"),
        ("tax only", [row(ChargeCategory="Tax")], "1 with ChargeCategory 'Tax'"),
        ("invalid rows only", [row(EffectiveCost="x")], "1 with invalid amount"),
    ],
)  # fmt: skip
def test_a_bill_without_a_counted_row_is_an_error(sentence: str, rows: list[Row], words: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=words) as error:
        read(tmp_path, *rows)
    assert error.value.reason == "nothing_counts", sentence
    save(tmp_path / "bill.csv", as_csv(row())[: as_csv(row()).index(b"\n") + 1])  # a file without rows is no error
    assert source(tmp_path).bill(*YEAR) == []


def test_unreadable_tags_and_credits_lose_no_money_and_are_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save(
        tmp_path / "bill.csv",
        as_csv(*[row(x_Credits="", Tags=text) for text in ("[1]", "prod", "NULL")], row(x_Credits="[7]")),
    )
    bills = source(tmp_path)
    assert amounts(bills.bill(*YEAR)) == {(DAY, "", "compute"): "7.5", (DAY, "prod", "compute"): "2.5"}
    assert bills.report().unreadable == {"Tags": 2, "x_Credits": 1}
    assert sum(bills.report().rejected.values()) == 0
    assert "line 2 counts in part: Tags '[1]' are neither JSON nor key=value; it has no tags." in caplog.text
    assert "2 rows count without Tags" in caplog.text
    caplog.clear()
    account = source(tmp_path, attributable_tags={"hub-name": ["prod"]}).bill(*YEAR)
    assert {(bill.kind, bill.amount) for bill in account} == {
        ("account", Decimal("7.5")),
        ("attributable", Decimal("2.5")),
    }


def test_the_sample_of_the_focus_foundation_has_null_for_no_tags(tmp_path: Path) -> None:
    rows = [
        row(Tags="NULL", CommitmentDiscountId="NULL"),
        row(Tags='{"application": "AllVision360", "environment": "prod", "business_unit": "LipaAI"}'),
        row(Tags='{" org": "trey", "ComputeType": "Compute Instance", "CostAllocationTest": "Sameer"}'),
    ]
    save(tmp_path / "focus_sample.csv", as_csv(*[{"CommitmentDiscountId": "", **fields} for fields in rows]))
    bills = source(tmp_path, hub_tag="environment")
    assert amounts(bills.bill(*YEAR)) == {(DAY, "", "compute"): "5.0", (DAY, "prod", "compute"): "2.5"}
    assert sum(bills.report().rejected.values()) + sum(bills.report().unreadable.values()) == 0


def test_quotes_line_ends_and_invalid_bytes_in_a_cell_reject_no_row(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = b"\xef\xbb\xbf" + as_csv(
        row(ResourceId='a "quoted"\nname, with \x00'), row(ResourceId="@"), row(EffectiveCost="x")
    ).replace(b"@", b"\xff\xfe")
    save(tmp_path / "bill.csv", content + b'\r\n"unfinished')
    bills = source(tmp_path)
    assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "5.0"}
    assert {name: n for name, n in bills.report().rejected.items() if n} == {"amount": 1, "columns": 1}
    assert "line 5 does not count: EffectiveCost 'x'" in caplog.text


def test_all_invalid_rows_are_counted_and_five_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    save(tmp_path / "bill.csv", as_csv(row(), *[row(EffectiveCost="x")] * 1000))
    bills = source(tmp_path)
    assert len(bills.bill(*YEAR)) == 1
    assert bills.report().rejected["amount"] == 1000
    assert len(caplog.records) == 6
    assert "1000 rows do not count" in caplog.text


def test_csv_gzip_and_parquet_agree(tmp_path: Path) -> None:
    rows = [row(), row(EffectiveCost="0.0000000001", Tags='{"hub-name": "ana.lópez@uni.edu"}'), row(EffectiveCost="x")]
    save(tmp_path / "csv/bill.csv", as_csv(*rows))
    save(tmp_path / "gz/bill.csv.gz", gzip.compress(as_csv(*rows)))
    typed = [
        untyped
        | {
            "EffectiveCost": None if untyped["EffectiveCost"] == "x" else Decimal(untyped["EffectiveCost"]),
            "ChargePeriodStart": datetime(2026, 10, 30, tzinfo=UTC),
            "ChargePeriodEnd": datetime(2026, 10, 31, tzinfo=UTC),
            "Tags": list(json.loads(untyped["Tags"]).items()),
        }
        for untyped in rows
    ]
    columns: list[tuple[str, pa.DataType]] = [
        ("EffectiveCost", pa.decimal128(30, 15)),
        *((name, pa.string()) for name in ("BillingCurrency", "ChargeCategory", "ServiceName")),
        *((name, pa.timestamp("ms", "UTC")) for name in ("ChargePeriodStart", "ChargePeriodEnd")),
        ("Tags", pa.map_(pa.string(), pa.string())),
    ]
    (tmp_path / "parquet").mkdir()
    parquet.write_table(pa.Table.from_pylist(typed, pa.schema(columns)), tmp_path / "parquet/bill.parquet")
    os.utime(tmp_path / "parquet/bill.parquet", (OLD, OLD))
    results = []
    for folder in ("csv", "gz", "parquet"):
        bills = source(tmp_path / folder)
        results.append([(bill.day, bill.hub, bill.component, bill.amount) for bill in bills.bill(*YEAR)])
        assert bills.report().rejected["amount"] == 1
    assert results == [results[0]] * 3
    assert results[0] == [
        (DAY, "ana.lópez@uni.edu", "compute", Decimal("1E-10")),
        (DAY, "prod", "compute", Decimal("2.5")),
    ]


def test_floats_in_parquet_count_with_their_shortest_digits(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([row(EffectiveCost=0.1), row(EffectiveCost=0.2)])
    parquet.write_table(table, tmp_path / "bill.parquet")
    os.utime(tmp_path / "bill.parquet", (OLD, OLD))
    assert amounts(source(tmp_path).bill(*YEAR)) == {(DAY, "prod", "compute"): "0.3"}


def test_a_folder_is_read_with_its_subfolders_and_a_pattern_with_its_matches(tmp_path: Path) -> None:
    save(tmp_path / "2026-10/part0.csv", as_csv(row()))
    save(tmp_path / "2026-10/part1.csv.gz", gzip.compress(as_csv(row())))
    save(tmp_path / "2026-10/manifest.json", b"{}")
    save(tmp_path / "old.csv", as_csv(row()))
    assert amounts(source(tmp_path).bill(*YEAR)) == {(DAY, "prod", "compute"): "7.5"}
    assert amounts(source(f"{tmp_path}/**/part*").bill(*YEAR)) == {(DAY, "prod", "compute"): "5.0"}
    assert source(tmp_path).bill(NEXT, NEXT) == []


@pytest.mark.parametrize(
    ("sentence", "files", "pattern", "reason", "words"),
    [
        ("an empty folder", {}, "", "folder", "has no files: check the path"),
        ("a pattern that is too wide", {"a.json": b"{}"}, "*", "folder", "a.json ends in none of .csv, .csv.gz"),
        ("another CSV", {"a.csv": b"name,price\r\nx,1\r\n"}, "", "format", "no column BillingCurrency, ChargeCategory"),
        ("an empty file", {"a.csv": b""}, "", "incomplete", "it is empty"),
        ("gzip cut off", {"a.csv.gz": gzip.compress(as_csv(row()))[:-9]}, "", "incomplete", "still being written"),
        ("not gzip", {"a.csv.gz": b"x" * 99}, "", "incomplete", "still being written"),
        ("Parquet cut off", {"a.parquet": b"PAR1" + b"x" * 99}, "", "incomplete", "still being written"),
    ],
)  # fmt: skip
def test_unreadable_files_are_an_error(
    sentence: str, files: dict[str, bytes], pattern: str, reason: str, words: str, tmp_path: Path
) -> None:
    for name, content in files.items():
        save(tmp_path / name, content)
    with pytest.raises(SourceError) as error:
        source(tmp_path / pattern).bill(*YEAR)
    assert error.value.reason == reason, sentence
    assert words in str(error.value), sentence
    assert str(tmp_path) in str(error.value)


def test_a_file_that_is_being_written_is_read_when_it_is_complete(tmp_path: Path) -> None:
    whole = gzip.compress(as_csv(*[row()] * 4))
    path = save(tmp_path / "bill.csv.gz", whole[:-20])
    slept = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        save(path, whole)

    assert amounts(source(tmp_path, sleep=sleep).bill(*YEAR)) == {(DAY, "prod", "compute"): "10.0"}
    assert slept == [QUIET_SECONDS]


def test_a_recently_changed_file_is_read_later(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    path = save(tmp_path / "bill.csv", as_csv(row()), at=now - 1)
    focus = make({"source": "focus", "focus": {"path": str(path)}}, "the test", {}).focus
    clock = [now]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    assert len(FocusSource(focus, {}, 60, sleep, lambda: clock[0]).bill(*YEAR)) == 1
    assert clock == [now + QUIET_SECONDS]


def at_the_first_call(act: Callable[[], object]) -> Callable[[], float]:
    """Return a clock that acts at its first call: after the check of the file and before its reading."""
    todo = [act]

    def clock() -> float:
        while todo:
            todo.pop()()
        return 1_800_000_000.0

    return clock


def test_a_file_that_changes_during_reading_is_read_again(tmp_path: Path) -> None:
    path = save(tmp_path / "bill.csv", as_csv(row()))
    focus = make({"source": "focus", "focus": {"path": str(path)}}, "the test", {}).focus
    slept: list[float] = []
    clock = at_the_first_call(lambda: save(path, as_csv(row(), row()), at=OLD + 1))
    bills = FocusSource(focus, {}, 60, slept.append, clock)
    assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "5.0"}
    assert slept == [QUIET_SECONDS]


def test_a_file_that_is_removed_before_reading_is_an_error(tmp_path: Path) -> None:
    path = save(tmp_path / "bill.csv", as_csv(row()))
    focus = make({"source": "focus", "focus": {"path": str(path)}}, "the test", {}).focus
    bills = FocusSource(focus, {}, 60, lambda _: None, at_the_first_call(path.unlink))
    with pytest.raises(SourceError, match=r"bill\.csv cannot be read \(No such file") as error:
        bills.bill(*YEAR)
    assert error.value.reason == "file"


def test_only_files_with_another_size_or_time_are_read_again(tmp_path: Path) -> None:
    changed = save(tmp_path / "one.csv", as_csv(row()))
    unchanged = save(tmp_path / "two.csv", as_csv(row(Tags="")))
    bills = source(tmp_path)
    bills.bill(*YEAR)
    save(changed, as_csv(row(EffectiveCost="7.5")), at=OLD + 1)
    save(unchanged, as_csv(row(Tags="", EffectiveCost="9.5")))  # with the same size and time
    assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "7.5", (DAY, "", "compute"): "2.5"}


def test_a_removed_file_no_longer_counts(tmp_path: Path) -> None:
    save(tmp_path / "one.csv", as_csv(row(EffectiveCost="x"), row()))
    two = save(tmp_path / "two.csv", as_csv(row(EffectiveCost="x")))
    bills = source(tmp_path)
    bills.bill(*YEAR)
    two.unlink()
    assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "2.5"}
    assert bills.report().rejected["amount"] == 1


COMMITMENTS = b"ContractCommitmentId,ContractId,ContractCommitmentCost,BillingCurrency\r\nCC-1,C-1,250000,USD\r\n"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.csv", b"", "incomplete"),
        ("commitments.csv", COMMITMENTS, "format"),
        ("cut.csv.gz", gzip.compress(as_csv(row()))[:-9], "incomplete"),
        ("cut.parquet", b"PAR1" + b"x" * 99, "incomplete"),
        ("text.csv.gz", b"x" * 99, "incomplete"),
    ],
)
def test_an_odd_file_does_not_stop_the_others_and_is_named(
    name: str, content: bytes, reason: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    odd = save(tmp_path / name, content)
    save(tmp_path / "good.csv", as_csv(row()))
    bills = source(tmp_path)
    for _ in range(2):
        assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "2.5"}
    [skipped] = bills.report().skipped
    assert (skipped.file, skipped.reason) == (str(odd), reason)
    assert str(odd) in skipped.sentence
    assert caplog.text.count(skipped.sentence) == 1
    odd.unlink()
    bills.bill(*YEAR)
    assert bills.report().skipped == ()


def test_a_file_that_becomes_odd_keeps_its_costs_and_a_new_one_is_waited_for(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    save(tmp_path / "a.csv", as_csv(row()))
    other = save(tmp_path / "b.csv", as_csv(row()))
    focus = make({"source": "focus", "focus": {"path": str(tmp_path)}}, "the test", {}).focus
    bills = FocusSource(focus, {}, 60, lambda _: None, lambda: now)
    bills.bill(*YEAR)
    save(other, b"", at=now - 3500)
    with pytest.raises(SourceError, match=r"b\.csv is still being written"):
        bills.bill(*YEAR)
    save(other, b"", at=now - 3700)
    assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "5.0"}
    assert [file.file for file in bills.report().skipped] == [str(other)]


def test_a_mounted_configmap_and_hidden_files_are_read_once(tmp_path: Path) -> None:
    save(tmp_path / "..2026_01/bill.csv", as_csv(row()))
    save(tmp_path / "..2026_01/sub/bill.csv", as_csv(row()))
    (tmp_path / "..data").symlink_to("..2026_01")
    (tmp_path / "bill.csv").symlink_to("..data/bill.csv")
    (tmp_path / "sub").symlink_to("..data/sub")
    (tmp_path / "loop").symlink_to(tmp_path)
    save(tmp_path / "._bill.csv", b"\x00\x05\x16\x07")
    bills = source(tmp_path)
    assert amounts(bills.bill(*YEAR)) == {(DAY, "prod", "compute"): "5.0"}
    assert bills.report().skipped == ()


@pytest.mark.parametrize(
    ("sentence", "files", "counted"),
    [
        ("another suffix", {"a.csv": 0, "a.csv.gz": 1, "b.csv": 0}, ["a.csv.gz", "b.csv"]),
        (
            "runs of AWS",
            {
                "data/BILLING_PERIOD=2026-10/20261001T000000Z-1/e-1.csv": 0,
                "data/BILLING_PERIOD=2026-10/20261002T000000Z-2/e-1.csv": 1,
                "data/BILLING_PERIOD=2026-10/20261002T000000Z-2/e-2.csv": 0,
                "data/BILLING_PERIOD=2026-09/20261001T000000Z-3/e-1.csv": 0,
            },
            ["e-1.csv", "e-1.csv", "e-2.csv"],
        ),
        (
            "runs of Azure",
            {
                "20261001-20261031/202610050000/guid-b/part_0_0001.csv": 0,
                "20261001-20261031/202610060000/guid-a/part_0_0001.csv": 1,
            },
            ["part_0_0001.csv"],
        ),
        (
            "parts of a run are no versions",
            {"BILLING_PERIOD=2026-10/account=1/a.csv": 0, "BILLING_PERIOD=2026-10/account=2/a.csv": 1},
            ["a.csv", "a.csv"],
        ),
        ("months are no versions", {"2026-09/a.csv": 0, "2026-10/a.csv": 1}, ["a.csv", "a.csv"]),
    ],
)
def test_of_several_versions_the_newest_counts_and_the_others_are_named(
    sentence: str, files: dict[str, int], counted: list[str], tmp_path: Path
) -> None:
    for name, age in files.items():
        content = as_csv(row(EffectiveCost=age or "10"))
        save(tmp_path / name, gzip.compress(content) if name.endswith(".gz") else content, at=OLD + age)
    bills = source(tmp_path)
    [total] = amounts(bills.bill(*YEAR)).values()
    skipped = [Path(file.file) for file in bills.report().skipped]
    read_ = sorted(Path(name).name for name in files if tmp_path / name not in skipped)
    assert read_ == counted, sentence
    assert Decimal(total) == sum(age or 10 for name, age in files.items() if tmp_path / name not in skipped)
    assert {file.reason for file in bills.report().skipped} <= {"older"}


def test_one_odd_row_of_each_kind_is_in_a_named_part_of_its_day(tmp_path: Path) -> None:
    rows = [
        row(),
        row(ChargeCategory="Tax", EffectiveCost="1"),
        row(
            ChargeCategory="Purchase", EffectiveCost="62", ChargePeriodStart="2026-10-30", ChargePeriodEnd="2026-11-01"
        ),
        row(ChargeCategory="Tax", EffectiveCost="9", ChargePeriodStart="soon"),
        row(EffectiveCost="much"),
        row(BillingCurrency="EUR"),
        row(EffectiveCost="7", ChargePeriodEnd="never"),
        row(EffectiveCost="4", Tags="{}"),
    ]
    content = as_csv(*rows) + b"a,b\r\n"
    save(tmp_path / "bill.csv", content)
    bills = source(tmp_path, attributable_tags={"hub-name": ["prod"]})
    today, tomorrow, no_day = balances(bills.bill(*YEAR), bills.report().parts)
    assert today == Balance(
        DAY, Decimal("38.5"), Decimal("2.5"), Decimal(4), {"Tax": Decimal(1), "Purchase": Decimal(31)},
        {"amount": Decimal(0), "currency": Decimal(0)}, {"amount": 1, "currency": 1},
    )  # fmt: skip
    assert tomorrow == Balance(NEXT, Decimal(31), excluded={"Purchase": Decimal(31)})
    assert no_day == Balance(
        None, Decimal(16), excluded={"Tax": Decimal(9)}, rejected={"period": Decimal(7), "columns": Decimal(0)},
        rejected_rows={"period": 1, "columns": 1},
    )  # fmt: skip
    assert [balance.difference for balance in (today, tomorrow, no_day)] == [0, 0, 0]


ODD_ROWS = st.fixed_dictionaries(
    {
        "EffectiveCost": st.one_of(st.decimals(-1000, 1000, places=8).map(str), st.sampled_from(["", "x", "1e400"])),
        "ChargeCategory": st.sampled_from(["Usage", "usage", "Tax", "Purchase", "unheard of", ""]),
        "ChargePeriodStart": st.sampled_from(["2026-10-29T07:00Z", "2026-10-30", "2026-10-30T23:30:00-03:00", "x"]),
        "ChargePeriodEnd": st.sampled_from(["2026-10-31", "2026-11-02 00:00:00 UTC", "9999-01-01"]),
        "BillingCurrency": st.sampled_from(["USD", "EUR", "XYZ"]),
        "Tags": st.sampled_from(['{"hub-name": "prod"}', "", "odd", '{"hub-name": "x"}']),
        "x_Credits": st.sampled_from(["", '[{"Amount": -1}]', "odd"]),
        "ContractedCost": st.sampled_from(["", "1"]),
        "ServiceName": st.sampled_from(["Virtual Machines", ""]),
        "ResourceId": st.just(""),
    }
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ODD_ROWS, min_size=1), st.lists(ODD_ROWS, min_size=1))
def test_every_dollar_of_two_files_is_in_a_named_part(tmp_path: Path, one: list[Row], two: list[Row]) -> None:
    for name, odd in (("one", one), ("two", two)):
        save(
            tmp_path / f"{name}.csv",
            as_csv(row(x_Credits="", ContractedCost=""), *[fields | {"ResourceId": name} for fields in odd]),
        )
    bills = source(tmp_path, exchange_rates={"EUR": 1.25}, attributable_tags={"hub-name": ["prod"]})
    rows = bills.bill(*YEAR)
    found = balances(rows, bills.report().parts)
    assert all(balance.difference == 0 for balance in found)
    expected = 2 * Decimal("2.5")
    for fields in (*one, *two):
        rate = {"USD": Decimal(1), "EUR": Decimal("1.25"), "XYZ": Decimal(0)}[fields["BillingCurrency"]]
        if fields["EffectiveCost"] not in ("", "x", "1e400"):
            credits_ = -1 if "Amount" in fields["x_Credits"] and fields["ContractedCost"] == "1" else 0
            usd = Decimal(fields["EffectiveCost"])
            expected += (usd + (credits_ if usd == 1 else 0)) * rate
    assert total(found).input == expected
    assert sum(balance.rejected_rows.get("amount", 0) for balance in found) <= len(one) + len(two)


def month_to_date(days: int, partial: str) -> list[Row]:
    """Return the rows of an export after so many days; the last day is incomplete."""
    return [
        row(
            ResourceId=f"vm-{vm}",
            ChargePeriodStart=f"2026-10-{day:02}T00:00:00Z",
            ChargePeriodEnd=f"2026-10-{day + 1:02}T00:00:00Z",
            EffectiveCost=partial if day == days else "8",
        )
        for day in range(1, days + 1)
        for vm in range(40)
    ]


def test_daily_exports_of_a_month_count_once_in_their_newest_version(tmp_path: Path) -> None:
    for days in (1, 2, 5):
        save(tmp_path / f"2026-10-{days:02}.csv", as_csv(*month_to_date(days, "3")), at=OLD + days)
    bills = source(tmp_path)
    by_day = {bill.day.day: bill.amount for bill in bills.bill(*YEAR)}
    assert by_day == {1: 320, 2: 320, 3: 320, 4: 320, 5: 120}
    first, second = bills.report().skipped
    assert (first.reason, Path(first.file).name) == ("duplicate", "2026-10-01.csv")
    assert second.sentence == (
        f"2 days of {tmp_path}/2026-10-02.csv (2026-10-01 to 2026-10-02) do not count, because "
        f"{tmp_path}/2026-10-05.csv is newer and has the same charges: let the export overwrite its files, or narrow "
        "focus.path"
    )
    assert total(balances([], bills.report().parts)).input == sum(by_day.values())


@pytest.mark.parametrize(
    ("sentence", "names", "change", "usd"),
    [
        ("a copy under another name", ("a.csv", "b.csv"), {}, 10),
        ("a copy in another folder", ("2026-10/a.csv", "old/a.csv"), {}, 10),
        ("a revised copy", ("a.csv", "b.csv"), {"EffectiveCost": "3"}, 12),
        ("parts of a run have different charges", ("20261001-20261031/1/a.csv", "20261001-20261031/1/b.csv"), {}, 20),
        ("another account has the same kinds of charges", ("a.csv", "b.csv"), {"SubAccountId": "2"}, 20),
        ("another resource", ("a.csv", "b.csv"), {"ResourceId": "other"}, 20),
        ("another day", ("a.csv", "b.csv"), {"ChargePeriodStart": "2026-10-29", "ChargePeriodEnd": "2026-10-30"}, 20),
    ],
)  # fmt: skip
def test_the_same_charges_in_two_files(
    sentence: str, names: tuple[str, str], change: Row, usd: int, tmp_path: Path
) -> None:
    rows = [row(SubAccountId="1", ResourceId=f"vm-{number}") for number in range(4)]
    save(tmp_path / names[0], as_csv(*rows))
    save(tmp_path / names[1], as_csv(*[fields | change for fields in rows]), at=OLD + 1)
    bills = source(tmp_path)
    assert sum(bill.amount for bill in bills.bill(*YEAR)) == usd, sentence
    assert [Path(file.file).name for file in bills.report().skipped] == [Path(names[0]).name] * (usd < 20)


def test_files_with_a_few_charges_in_common_count_whole(tmp_path: Path) -> None:
    rows = [row(ResourceId=f"vm-{number}") for number in range(200)]
    save(tmp_path / "a.csv", as_csv(*rows[:110]))
    save(tmp_path / "b.csv", as_csv(*rows[100:]), at=OLD + 1)
    assert sum(bill.amount for bill in source(tmp_path).bill(*YEAR)) == 210 * Decimal("2.5")


def test_without_columns_that_identify_a_charge_only_equal_rows_are_the_same(tmp_path: Path) -> None:
    rows = [{name: value for name, value in row().items() if name != "ResourceId"}]
    save(tmp_path / "a.csv", as_csv(*rows))
    save(tmp_path / "b.csv", as_csv(*[fields | {"EffectiveCost": "3"} for fields in rows]), at=OLD + 1)
    assert sum(bill.amount for bill in source(tmp_path).bill(*YEAR)) == Decimal("5.5")
    save(tmp_path / "c.csv", as_csv(*rows), at=OLD + 2)
    assert sum(bill.amount for bill in source(tmp_path).bill(*YEAR)) == Decimal("5.5")


def test_the_same_charges_in_two_parquet_files_count_once(tmp_path: Path) -> None:
    rows = [google() | {"ResourceId": f"vm-{number}"} for number in range(3)]
    save_parquet(tmp_path / "a.parquet", rows)
    save_parquet(tmp_path / "b.parquet", rows)
    assert sum(bill.amount for bill in source(tmp_path).bill(*YEAR)) == Decimal("7.5")


@pytest.mark.parametrize(
    ("sentence", "changes", "component"),
    [
        ("Azure's file shares", {"x_SkuMeterSubcategory": "Files v2"}, "home storage"),
        ("Azure's premium file shares", {"x_SkuMeterSubcategory": "Premium Files"}, "home storage"),
        ("Azure's blobs", {"x_SkuMeterSubcategory": "Tiered Block Blob"}, "object storage"),
        ("a tag precedes", {"x_SkuMeterSubcategory": "Files", "Tags": '{"purpose": "core"}'}, "core"),
        ("no subcategory", {"x_SkuMeterSubcategory": ""}, "object storage"),
    ],
)
def test_a_component_by_column(sentence: str, changes: Row, component: str, tmp_path: Path) -> None:
    fields = row(ServiceName="Storage Accounts", **changes)
    tags = {"purpose": {"core": "core"}}
    assert [bill.component for bill in read(tmp_path, fields, components_by_tag=tags)] == [component], sentence
    save_parquet(tmp_path / "p/bill.parquet", [fields])
    parquet_bill = source(tmp_path / "p", components_by_tag=tags).bill(*YEAR)
    assert [bill.component for bill in parquet_bill] == [component], sentence


def test_a_file_that_disappears_takes_no_settled_day_of_its_hub_and_comes_back(tmp_path: Path) -> None:
    save(tmp_path / "bills/a.csv", as_csv(row()))
    content = as_csv(row(Tags='{"hub-name": "lost"}', EffectiveCost="7"))
    lost = save(tmp_path / "bills/b.csv", content)
    bills = source(tmp_path / "bills")

    def read_into(ledger: Ledger) -> dict[str, Decimal]:
        ledger.put(*YEAR, bills.bill(*YEAR), bills.basis, bills.report().parts)
        return {bill.hub: bill.amount for bill in ledger.rows(*YEAR)}

    with closing(Ledger(tmp_path / "ledger", 2, lambda: datetime(2026, 11, 22, tzinfo=UTC).timestamp())) as ledger:
        both = {"prod": Decimal("2.5"), "lost": Decimal(7)}
        assert read_into(ledger) == both
        lost.unlink()
        assert read_into(ledger) == both
        assert ledger.emptied() == [DAY]
        [balance] = balances(ledger.rows(*YEAR), ledger.parts(*YEAR))
        assert (balance.input, balance.difference) == (Decimal("9.5"), Decimal(0))
        save(lost, content)
        assert read_into(ledger) == both
        assert ledger.emptied() == []


@pytest.mark.parametrize(
    ("sentence", "start", "end", "day", "rejected"),
    [
        (
            "a nanosecond before midnight",
            pa.array([1_793_318_400_000_000_000], pa.timestamp("ns", tz="UTC")),
            pa.array([1_793_404_799_999_999_999], pa.timestamp("ns", tz="UTC")),
            DAY,
            0,
        ),
        ("dates", pa.array([20_756], pa.date32()), pa.array([20_757], pa.date32()), DAY, 0),
        ("seconds", pa.array([1_793_318_400], pa.timestamp("s")), pa.array([1_793_404_800], pa.timestamp("s")), DAY, 0),
        ("a date after the year 9999", pa.array([2**31 - 1], pa.date32()), pa.array([20_757], pa.date32()), None, 1),
        ("the last microsecond", pa.array([2**63 - 1], pa.timestamp("us")), pa.array([20_757], pa.date32()), None, 1),
    ],
)
def test_times_of_parquet(sentence: str, start: Any, end: Any, day: date | None, rejected: int, tmp_path: Path) -> None:
    whole, odd = tmp_path / "whole.csv", tmp_path / "odd.parquet"
    save(whole, as_csv(row(Tags="")))
    columns = {name: pa.array([value]) for name, value in row().items()}
    parquet.write_table(pa.table({**columns, "ChargePeriodStart": start, "ChargePeriodEnd": end}), odd)
    os.utime(odd, (OLD, OLD))
    read = source(tmp_path)
    assert {bill.day for bill in read.bill(*YEAR) if bill.hub == "prod"} == ({day} if day else set()), sentence
    assert read.report().rejected["period"] == rejected


def test_text_of_parquet_that_is_not_unicode_skips_the_file(tmp_path: Path) -> None:
    save(tmp_path / "whole.csv", as_csv(row()))
    columns = {name: pa.array([value]) for name, value in row().items()}
    odd = pa.array([b"\xff\xfe"], pa.binary()).view(pa.string())
    parquet.write_table(pa.table({**columns, "ServiceName": odd}), tmp_path / "odd.parquet")
    os.utime(tmp_path / "odd.parquet", (OLD, OLD))
    read = source(tmp_path)
    assert len(read.bill(*YEAR)) == 1
    (skipped,) = read.report().skipped
    assert (skipped.reason, skipped.file) == ("format", str(tmp_path / "odd.parquet"))
