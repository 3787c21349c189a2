"""docs/metrics.md and the runbooks name exactly the series that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubmeter_generator import fill
from hubmeter_generator.rules import recording_groups
from hubmeter_generator.settings import make
from hubmeter_generator.write.files import files
from hubmeter_promql import names

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "metrics.md").read_text(encoding="utf-8")
BY_EXPORTER, BY_HUB, BY_COSTS, RECORDED, RAW = re.split(r"\n## ", PAGE)[1:]
EXPOSED = BY_EXPORTER + BY_HUB + BY_COSTS
OPENCOST = make({"cost_source": "opencost", "cost_weight": "dominant"}, "the test")
SETTINGS = make({"home_nearly_full_ratio": "0.9", "user_near_limit_ratio": "0.9"}, "the test")

_NOT_NAMES = {"bool", "offset", "and", "or", "unless", "start", "end", "inf", "nan"}


def first_cells(text: str) -> set[str]:
    """Return the names in the first column of a Markdown text's tables."""
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def metric_names(query: str) -> set[str]:
    """Return the names of the series that a query reads."""
    query = re.sub(r'"(?:[^"\\]|\\.)*"', '""', query)
    query = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", query)
    query = re.sub(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", query)
    names = re.findall(r"(?<![\w$.:])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])", query)
    return {n for n in names if n not in _NOT_NAMES and ("_" in n or ":" in n)}


def recorded() -> set[str]:
    return {rule.record for group in recording_groups() for rule in group.rules}


def expressions() -> Iterator[tuple[str, str]]:
    """Yield (where, query) of every rule and alert."""
    for group in (*fill.rule_groups(SETTINGS), *fill.rule_groups(OPENCOST), *fill.alert_groups(SETTINGS)):
        for rule in group["rules"]:
            yield rule.get("record") or rule["alert"], rule["expr"]


def panel_expressions() -> Iterator[tuple[str, str]]:
    """Yield (dashboard, query) of every panel of every dashboard."""
    for name, text in files(SETTINGS).items():
        if name.endswith(".json"):
            yield from ((name, query) for query in _expressions_in(json.loads(text)))


def _expressions_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("expr"), str):
            yield value["expr"]
        for item in value.values():
            yield from _expressions_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _expressions_in(item)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('sum by (a_b) (foo_total{c_d="e_f{}"}[5m] offset 1h)', {"foo_total"}),
        ("a:b_c:sum / on (x_y) group_left (z_z) up_x > bool 1e3", {"a:b_c:sum", "up_x"}),
        ('label_replace(m_x, "dst_l", "$1", "src_l", "(.+)")', {"m_x"}),
    ],
)
def test_metric_names_are_the_series_a_query_reads(query: str, names: set[str]) -> None:
    assert metric_names(query) == names


def test_the_page_names_every_metric_that_the_exporter_and_the_hub_expose() -> None:
    exposed = {
        value for name, value in vars(names).items() if name.isupper() and isinstance(value, str) and ":" not in value
    } - {names.EXPORTER, names.NO_GROUP}
    assert {name for name in first_cells(EXPOSED) if name.startswith("jupyterhub_")} == {
        f"jupyterhub_{name}" for name in exposed
    }


def test_the_page_lists_every_recorded_series() -> None:
    match = re.search(r"```text\n(.*?)```", RECORDED, re.DOTALL)
    assert match
    assert match[1].splitlines() == sorted(recorded())


def test_the_page_explains_every_recorded_series() -> None:
    """By its full name, or by its level and the measured resource."""
    cells = first_cells(RECORDED)
    mentioned = set(re.findall(r"`([a-z_]+:)`", RECORDED))
    unexplained = set()
    for name in recorded():
        level, _, measured = name.partition(":")
        if name not in cells and not (f"{level}:" in mentioned and measured in cells):
            unexplained.add(name)
    assert not unexplained
    combined = {measured for name in recorded() for measured in [name.partition(":")[2]]}
    levels = {f"{name.partition(':')[0]}:" for name in recorded()}
    assert not cells - recorded() - combined - levels


def test_every_recorded_series_of_a_resource_has_a_constant() -> None:
    known = {value for value in vars(names).values() if isinstance(value, str)}
    known |= {level(r) for r in names.RESOURCES for level in (names.user, names.pair, names.group, names.hub)}
    buckets = {level(b) for b in names.BUCKETS.values() for level in (names.user, names.pair, names.group)}
    known |= {names.profile(name) for r in names.PROFILE_RESOURCES for name in (r, names.BUCKETS[r])}
    windows = {names.window(names.user(bucket)) for bucket in names.QUOTA_RESOURCES.values()}
    windows |= {names.ACTIVE_USERS, names.HUB_ACTIVE_USERS}
    known |= buckets | {names.day(bucket) for bucket in buckets} | windows | {names.hourly(name) for name in windows}
    for level in (names.user, names.pair, names.group, names.hub):
        known |= {names.by_driver(level(usage)) for usage in (names.COST_USAGE, names.COST_USAGE_DAY)}
        known |= {level(names.COST), level(names.COST_DAY), level(names.HOME_COST_DAY)}
    assert not recorded() - known


def read(queries: Iterator[tuple[str, str]]) -> set[str]:
    """Return the names that queries read; of a histogram without the suffix."""
    names = {name for _, query in queries for name in metric_names(query)}
    histograms = {name for name in first_cells(EXPOSED) if f"{name}_bucket" in names}
    return names - {f"{name}_bucket" for name in histograms} | histograms


def test_the_page_has_the_source_of_every_series_that_is_read() -> None:
    everything = read(expressions()) | read(panel_expressions())
    assert read(panel_expressions())
    assert everything - recorded() - first_cells(EXPOSED) <= first_cells(RAW)
    assert read(expressions()) - recorded() - first_cells(BY_HUB) <= first_cells(RAW)
    assert first_cells(RAW) <= everything


def _runbook_queries() -> Iterator[tuple[str, str]]:
    for path in sorted((DOCS / "runbooks").glob("*.md")):
        for block in re.findall(r"```promql\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            for query in re.split(r"\n(?! )", block.strip()):
                yield path.stem, query


def test_every_series_a_runbook_reads_exists() -> None:
    """Except metrics of Prometheus and vmalert about themselves, and `up`."""
    known = recorded() | first_cells(RAW) | first_cells(EXPOSED)
    queries = list(_runbook_queries())
    assert len(queries) > 10
    foreign = re.compile(r"prometheus_|process_|vmalert_")
    unknown = {(where, n) for where, q in queries for n in metric_names(q) - known if not foreign.match(n)}
    assert not unknown
