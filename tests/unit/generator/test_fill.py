"""Filling the open model in: what a site's settings make of rules, alerts and dashboards."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubmeter_generator import alerts, fill, open_model, rules, settings
from hubmeter_promql import render
from tests.unit.generator.sites import DEFAULTS, DEFAULTS_AND_MANY, OTHER, files

ROOT = Path(__file__).parents[3]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_every_placeholder_is_used() -> None:
    model = [open_model.rule_groups(), open_model.alert_groups(), open_model.dashboards()]
    used = {name for text in strings(model) for name in render.placeholders(text)}
    assert set(DEFAULTS.placeholders()) - used == set()


@pytest.mark.parametrize("key", settings.Settings.model_fields)
def test_every_setting_changes_what_is_generated(key: str) -> None:
    changed = settings.make({key: OTHER[key]}, "a test")
    for kind in (fill.rule_groups, fill.alert_groups, fill.dashboards):
        if kind(changed) != kind(DEFAULTS):
            return
    pytest.fail("nothing changed")


def test_every_template_of_rules_and_alerts_is_used_and_has_a_comment() -> None:
    folder = Path(render.__file__).parent
    templates = {p.relative_to(folder).as_posix() for kind in ("rules", "alerts") for p in folder.glob(f"{kind}/*/*")}
    used = {f"rules/{rule.query}.promql" for group in rules.recording_groups() for rule in group.rules}
    used |= {f"alerts/{alert.query}.promql" for group in alerts.alert_groups() for alert in group.alerts}
    assert templates == used
    assert [name for name in used if not (folder / name).read_text(encoding="utf-8").startswith("# ")] == []


@DEFAULTS_AND_MANY
def test_rules_keep_the_limits_of_mimir(site: settings.Settings) -> None:
    groups = fill.rule_groups(site) + fill.alert_groups(site)
    names = [group["name"] for group in groups]
    assert len(set(names)) == len(names)
    assert len(groups) < 70
    assert {len(group["rules"]) for group in groups} <= set(range(1, 21))


def test_a_series_is_recorded_once_with_the_same_labels() -> None:
    recorded = [
        (rule["record"], tuple(rule.get("labels", {}).items()))
        for group in fill.rule_groups(DEFAULTS)
        for rule in group["rules"]
    ]
    assert len(set(recorded)) == len(recorded) > 50


@DEFAULTS_AND_MANY
def test_no_placeholder_and_no_doubled_percent_sign_is_left(site: settings.Settings) -> None:
    written = files(site)
    assert len(written) > 10
    assert [name for name, text in written.items() if "%(" in text or "%%" in text] == []


def alert(name: str, site: settings.Settings) -> dict[str, Any] | None:
    alerts = {rule["alert"]: rule for group in fill.alert_groups(site) for rule in group["rules"]}
    return alerts.get(name)


def test_an_alert_has_its_labels_its_annotations_and_a_runbook() -> None:
    for rule in (rule for group in fill.alert_groups(DEFAULTS) for rule in group["rules"]):
        assert list(rule) == ["alert", "expr", "for", "labels", "annotations"]
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert list(rule["annotations"]) == ["summary", "description", "runbook_url"]
        assert rule["annotations"]["runbook_url"].endswith(f"/docs/runbooks/{rule['alert']}.md")
        assert (ROOT / "docs" / "runbooks" / f"{rule['alert']}.md").exists()


def test_an_alert_whose_setting_is_empty_is_omitted() -> None:
    assert alert("HubmeterHomeNearlyFull", DEFAULTS) is None
    rule = alert("HubmeterHomeNearlyFull", settings.make({"home_nearly_full_ratio": "0.9"}, "a test"))
    assert rule is not None
    assert rule["expr"].endswith("> 0.9")


def test_the_runbooks_may_be_elsewhere() -> None:
    rule = alert(
        "HubmeterSnapshotStale", settings.make({"runbook_url": "https://wiki.example.org/{alert}?x={alert}"}, "a test")
    )
    assert rule is not None
    assert rule["annotations"]["runbook_url"] == (
        "https://wiki.example.org/HubmeterSnapshotStale?x=HubmeterSnapshotStale"
    )


@pytest.mark.parametrize("label", ["", "k8s"])
def test_a_dashboard_has_a_variable_for_the_cluster_only_where_there_are_several(label: str) -> None:
    for board in fill.dashboards(settings.make({"cluster_label": label}, "a test")).values():
        variables = {variable["name"] for variable in board["templating"]["list"]}
        assert ("cluster" in variables) is bool(label)


def test_filling_leaves_the_open_model_as_it_was() -> None:
    model = [open_model.rule_groups(), open_model.alert_groups(), open_model.dashboards()]
    before = json.dumps(model)
    fill.rule_groups(DEFAULTS)
    fill.alert_groups(DEFAULTS)
    fill.dashboards(DEFAULTS)
    assert json.dumps(model) == before
