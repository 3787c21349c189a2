"""docs/costs.md says what the code does."""

import re
from pathlib import Path

import pytest
import yaml

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
