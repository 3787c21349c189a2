"""Every shape of the bundle: rule files, objects of Kubernetes, dashboards, the form for grafana.com."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from hubmeter_generator import alerts, dashboards, rules, settings
from hubmeter_generator.write import grafana_com, kubernetes, outputs
from hubmeter_promql import render

ROOT = Path(__file__).parents[3]
TOOLS = ROOT / ".tools"
VALIDATE = """
import { readFileSync } from "node:fs";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
try {
  new PrometheusRule(JSON.parse(readFileSync(0, "utf8"))).validate();
} catch (error) {
  console.log(error.message);
}
"""

# One other value for each setting.
OTHER: dict[str, Any] = {
    "cluster_label": "k8s",
    "hub_selector": 'namespace=~"prod|staging"',
    "kube_state_metrics_selector": 'job="kube-state-metrics"',
    "cadvisor_selector": 'job="kubelet"',
    "metrics_prefix": "jhub",
    "username_annotation_label": "annotation_user",
    "profile_label": "label_course",
    "size_label": "label_machine",
    "image_label": "label_environment",
    "server_container": "server",
    "gpu_resources": "amd_com_gpu",
    "interval": "30s",
    "membership_interval": "1m",
    "carry_forward": "2h",
    "windows": ["14d"],
    "datasource_regex": "prod.*",
    "dashboard_tags": ["ours"],
    "runbook_url": "https://wiki.example.org/{alert}",
    "home_nearly_full_ratio": "0.9",
    "user_near_limit_ratio": "0.9",
    "cost_source": "opencost",
    "cost_weight": "dominant",
    "budgets": {"physics": 500},
}
DEFAULTS = settings.load()


@cache
def _files(given: str) -> dict[str, str]:
    return outputs.files(settings.make(json.loads(given), "a test"))


def files(site: settings.Settings) -> dict[str, str]:
    """Return what these settings give, computed once: settings cannot be hashed, their JSON can."""
    return _files(site.model_dump_json())


FILES = files(DEFAULTS)
MANY = settings.make({"windows": [f"{days}d" for days in range(1, 16)], "cluster_label": "k8s"}, "a test")
SITES = pytest.mark.parametrize(
    "site", [DEFAULTS, MANY], ids=["the default settings", "a cluster label and as many windows as are allowed"]
)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def open_texts() -> Iterator[str]:
    """Yield every text that is filled in with settings: of rules, of alerts, of dashboards."""
    for group in rules.recording_groups():
        yield from strings(asdict(group))
        yield from (render.load(f"rules/{rule.template}.promql") for rule in group.rules)
    for alert_group in alerts.alert_groups():
        yield from strings(asdict(alert_group))
        yield from (render.load(f"alerts/{alert.query}.promql") for alert in alert_group.alerts)
    for build in dashboards.BUILDERS.values():
        yield from strings(build())


def test_every_placeholder_is_used() -> None:
    used = {name for text in open_texts() for name in render.placeholders(text)}
    assert set(DEFAULTS.placeholders()) - used == set()


@pytest.mark.parametrize("key", settings.Settings.model_fields)
def test_every_setting_changes_what_is_generated(key: str) -> None:
    changed = outputs.files(settings.make({key: OTHER[key]}, "a test"))
    assert {name for name, text in changed.items() if text != FILES[name]}


def templates() -> list[str]:
    folder = Path(render.__file__).parent
    return sorted(p.relative_to(folder).as_posix() for kind in ("rules", "alerts") for p in (folder / kind).iterdir())


def test_every_template_of_rules_and_alerts_is_used_and_has_a_comment() -> None:
    used = {f"rules/{rule.template}.promql" for group in rules.recording_groups() for rule in group.rules}
    used |= {f"alerts/{alert.query}.promql" for group in alerts.alert_groups() for alert in group.alerts}
    assert templates() == sorted(used)
    folder = Path(render.__file__).parent
    assert [name for name in used if not (folder / name).read_text(encoding="utf-8").startswith("# ")] == []


@SITES
def test_rules_keep_the_limits_of_mimir(site: settings.Settings) -> None:
    groups = outputs.rule_groups(site) + outputs.alert_groups(site)
    names = [group["name"] for group in groups]
    assert len(set(names)) == len(names)
    assert len(groups) < 70
    assert {len(group["rules"]) for group in groups} <= set(range(1, 21))


def test_a_series_is_recorded_once_with_the_same_labels() -> None:
    recorded = [
        (rule["record"], tuple(rule.get("labels", {}).items()))
        for group in outputs.rule_groups(DEFAULTS)
        for rule in group["rules"]
    ]
    assert len(set(recorded)) == len(recorded) > 50


@SITES
def test_no_placeholder_and_no_doubled_percent_sign_is_left(site: settings.Settings) -> None:
    finished = {name: text for name, text in files(site).items() if not name.startswith("mixin")}
    assert len(finished) > 10
    assert [name for name, text in finished.items() if "%(" in text or "%%" in text] == []


@SITES
def test_promtool_takes_the_rule_files(site: settings.Settings, tmp_path: Path) -> None:
    made = files(site)
    for name in ("hubmeter", "hubmeter-alerts"):
        (tmp_path / f"{name}.yaml").write_text(made[f"rules/{name}.yaml"], encoding="utf-8")
    done = subprocess.run(
        ["promtool", "check", "rules", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    count = sum(len(group["rules"]) for group in outputs.rule_groups(site))
    assert f"{count} rules found" in done.stdout


def test_the_rule_file_is_plain_yaml_with_queries_as_blocks() -> None:
    text = FILES["rules/hubmeter.yaml"]
    assert text.startswith("# Written by hubmeter-generate; do not edit.\ngroups:\n- name: hubmeter-membership\n")
    assert "\n    expr: |-\n      max by (namespace, usergroup, username) (\n" in text
    assert yaml.safe_load(text) == {"groups": outputs.rule_groups(DEFAULTS)}
    assert not [line for line in text.splitlines() if "&id" in line or line.endswith(" ")]


def alert(name: str, site: settings.Settings) -> dict[str, Any] | None:
    found = [rule for group in outputs.alert_groups(site) for rule in group["rules"] if rule["alert"] == name]
    return found[0] if found else None


def test_an_alert_has_its_labels_its_annotations_and_a_runbook() -> None:
    for rule in (rule for group in outputs.alert_groups(DEFAULTS) for rule in group["rules"]):
        assert list(rule) == ["alert", "expr", "for", "labels", "annotations"]
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert list(rule["annotations"]) == ["summary", "description", "runbook_url"]
        assert rule["annotations"]["runbook_url"].endswith(f"/docs/runbooks/{rule['alert']}.md")
        assert (ROOT / "docs" / "runbooks" / f"{rule['alert']}.md").exists()


def test_an_alert_whose_setting_is_empty_is_left_out() -> None:
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


def operators_complaint(rule: dict[str, Any]) -> str:
    """Return what the operator's CRD schema, as npm has it, finds wrong with a PrometheusRule, if anything."""
    if not (TOOLS / "node_modules" / "@kubernetes-models" / "prometheus-operator").exists():
        pytest.skip("needs .tools/node_modules: run .ci/setup node")  # a checkout where nothing was set up yet
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", VALIDATE],
        cwd=TOOLS, input=json.dumps(rule), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@SITES
@pytest.mark.parametrize("name", ["hubmeter", "hubmeter-alerts"])
def test_a_prometheus_rule_is_what_the_operators_schema_allows(name: str, site: settings.Settings) -> None:
    text = files(site)[f"kubernetes/{name}.prometheusrule.yaml"]
    assert len(text.encode()) <= 524_288
    given = yaml.safe_load(text)
    assert operators_complaint(given) == ""
    assert given["spec"] == yaml.safe_load(files(site)[f"rules/{name}.yaml"])
    assert given["metadata"] == {"name": name, "labels": {"app.kubernetes.io/name": "hubmeter"}}
    assert known_keys(given["spec"]["groups"])


def known_keys(groups: list[dict[str, Any]]) -> bool:
    """Tell whether groups and rules have only keys that all the systems know: others are dropped without a word."""
    keys = {key for group in groups for rule in group["rules"] for key in rule}
    return {tuple(group) for group in groups} == {("name", "interval", "rules")} and keys <= {
        "record", "alert", "expr", "for", "labels", "annotations",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("group", "complaint"),
    [
        ({"name": "", "rules": []}, "groups/0/name must NOT be shorter than 1 character"),
        ({"name": "a", "interval": "1 minute", "rules": []}, "groups/0/interval must match pattern"),
        ({"name": "a", "rules": [{"record": "a"}]}, "rules/0 must have required property 'expr'"),
        ({"name": "a", "rules": [{"alert": "a", "expr": "up", "for": "soon"}]}, "rules/0/for must match pattern"),
        ({"name": "a", "rules": [{"record": "a", "expr": "up", "labels": {"a": 1}}]}, "labels/a must be string"),
    ],
)
def test_the_operators_schema_refuses_other_things(group: dict[str, Any], complaint: str) -> None:
    found = operators_complaint(kubernetes.prometheus_rule("x", [group]))
    assert complaint.replace("'", "") in found.replace("'", "")


@pytest.mark.parametrize("name", ["hubmeter", "hubmeter-alerts"])
def test_cluster_rules_hold_the_same_groups(name: str) -> None:
    given = yaml.safe_load(FILES[f"kubernetes/{name}.clusterrules.yaml"])
    assert list(given) == ["apiVersion", "kind", "metadata", "spec"]
    assert (given["apiVersion"], given["kind"]) == ("monitoring.googleapis.com/v1", "ClusterRules")
    assert "namespace" not in given["metadata"], "it is an object of the whole cluster"
    assert given["spec"] == yaml.safe_load(FILES[f"rules/{name}.yaml"])
    assert known_keys(given["spec"]["groups"]), "the interval is required there, though optional in Prometheus"


@pytest.mark.parametrize("name", dashboards.BUILDERS)
def test_the_form_for_grafana_com_asks_for_the_data_source_and_is_else_the_same(name: str) -> None:
    board, form = json.loads(FILES[f"{name}.json"]), json.loads(FILES[f"grafana.com/{name}.json"])
    (asked,) = form.pop("__inputs")
    assert (asked["type"], asked["pluginId"]) == ("datasource", "prometheus")
    required = {(r["type"], r["id"]) for r in form.pop("__requires")}
    assert {("grafana", "grafana"), ("datasource", "prometheus")} < required
    shown = {panel["type"] for row in board["panels"] for panel in [row, *row.get("panels", [])]} - {"row"}
    assert {kind for what, kind in required if what == "panel"} == shown
    assert form.pop("__elements") == {}
    (choice,) = (v.pop("current") for v in form["templating"]["list"] if v["type"] == "datasource")
    assert choice == {"text": f"${{{asked['name']}}}", "value": f"${{{asked['name']}}}"}
    assert "current" not in board["templating"]["list"][0]
    assert form == board


def test_a_panel_of_a_type_without_name_is_an_error() -> None:
    board = {"templating": {"list": []}, "panels": [{"type": "row", "panels": [{"type": "crystal-ball"}]}]}
    with pytest.raises(KeyError, match="crystal-ball"):
        grafana_com.shared(board)


@pytest.mark.parametrize("label", ["", "k8s"])
def test_a_dashboard_has_a_variable_for_the_cluster_only_where_there_are_several(label: str) -> None:
    site = settings.make({"cluster_label": label}, "a test")
    for build in dashboards.BUILDERS.values():
        variables = outputs.dashboard(build(), site)["templating"]["list"]
        assert ("cluster" in {variable["name"] for variable in variables}) is bool(label)


def test_the_open_dashboard_is_left_as_it_was() -> None:
    template = dashboards.BUILDERS["groups"]()
    before = json.dumps(template)
    outputs.dashboard(template, DEFAULTS)
    assert json.dumps(template) == before


def test_no_two_dashboards_share_a_uid_and_nothing_unfinished_is_named_json() -> None:
    boards = {name: json.loads(text) for name, text in FILES.items() if name.endswith(".json") and "/" not in name}
    assert len({board["uid"] for board in boards.values()}) == len(boards) == len(dashboards.BUILDERS)
    assert {name.split("/")[0] for name in FILES if name.endswith(".json") and "/" in name} == {"grafana.com"}


def test_the_mixin_is_written_for_the_default_settings_only() -> None:
    assert "mixin.libsonnet" in FILES
    other = outputs.files(settings.make({"windows": ["14d"]}, "a test"))
    assert set(other) == {name for name in FILES if not name.startswith("mixin")}


def test_every_run_gives_the_same_bytes() -> None:
    program = (
        "import json; from hubmeter_generator import outputs, settings;"
        "print(json.dumps(list(outputs.files(settings.load()).items())))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert json.loads(done.stdout) == [list(item) for item in FILES.items()]
