"""docs/costs.md says what the code does."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.prices import Allocation, price
from hubmeter_exporter.costs.refresh import PROMETHEUS_REASONS
from hubmeter_exporter.costs.settings import make
from hubmeter_exporter.costs.sources import aws, focus, focus_rows, static

PAGE = (Path(__file__).parents[4] / "docs/costs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_every_example_of_settings_is_valid() -> None:
    examples = [text for text in BLOCKS if text.startswith("source:")]
    assert [make(yaml.safe_load(text), "the page", {}).source for text in examples] == [
        *("aws", "focus", "focus", "static"),
    ]


@pytest.mark.parametrize(
    ("source", "reasons"),
    [
        ("aws", aws.REASONS),
        ("focus", focus.REASONS),
        ("static", static.REASONS),
        ("any", ("ledger",)),
        ("prometheus", tuple(PROMETHEUS_REASONS.values())),
    ],
)
def test_every_reason_of_an_error_has_a_row(source: str, reasons: tuple[str, ...]) -> None:
    table = PAGE.partition("| source | reason | |")[2].partition("\n## ")[0]
    rows: dict[str, set[str]] = {}
    name = ""
    for first, second in re.findall(r"^\|([^|]*)\|([^|]*)\|", table, re.MULTILINE):
        name = first.strip("` ") or name
        rows.setdefault(name, set()).update(re.findall(r"`(\w+)`", second))
    assert rows[source] == set(reasons)


def test_every_reason_for_rejecting_a_row_is_named() -> None:
    assert all(f"`{reason}`" in PAGE for reason in focus_rows.REASONS)


def test_the_example_of_idle_capacity_is_what_the_code_computes() -> None:
    """The table's rows: the setting, then for Friday and Sunday the price of a unit, the cost of users, and of idle."""
    example = PAGE.partition("## Idle capacity")[2].partition("\n## ")[0]
    usd, capacity, friday, sunday = (
        float(re.search(pattern, example, re.DOTALL)[1])  # type: ignore[index] # without a match the test fails
        for pattern in (r"cost (\d+) USD a day", r"= (\d+) GiB-hours", r"request (\d+)", r"requests (\d+) GiB-hours")
    )
    rows = re.findall(r"^\| `(apart|capped|shared)`.*?\|(.*)\|$", example, re.MULTILINE)
    assert [name for name, _ in rows] == ["apart", "capped", "shared"]
    day = date(2026, 11, 22)
    bill = [BillRow(day, "prod", "compute", "attributable", Decimal(usd), estimated=False)]
    for name, cells in rows:
        expected = []
        for used in (friday, sunday):
            allocation = Allocation(idle=name, idle_cap=1.0)
            found = price(bill, {(day, "prod", "compute"): used}, allocation, {(day, "", "compute"): capacity})
            [per_unit] = [row.usd_per_unit for row in found.prices]
            idle = sum(float(rest.amount) for rest in found.unallocated if rest.reason == "idle")
            assert per_unit * used + idle == pytest.approx(usd)
            expected += [f"{per_unit:.6f}", f"{per_unit * used:.2f}", f"{idle:.2f}"]
        assert [cell.strip() for cell in cells.split("|")] == expected, name


def test_the_default_of_idle_capacity_is_the_documented_one() -> None:
    assert make({"source": "aws", "aws": {"cluster_name": "a"}}, "a test", {}).allocation.idle == "apart"
    assert "| `apart` (default) |" in PAGE
