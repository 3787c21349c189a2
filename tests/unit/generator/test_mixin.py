"""The jsonnet mixin gives for a ``_config`` exactly what hubmeter-generate gives for the same settings."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _gojsonnet
import _jsonnet
import pytest

from hubmeter_generator import dashboards, settings
from hubmeter_generator.write import outputs

ROOT = Path(__file__).parents[3]
MIXIN = ROOT / "dashboards" / "mixin.libsonnet"
Jsonnet = Callable[..., str]
ENGINES: dict[str, Jsonnet] = {"jsonnet": _jsonnet.evaluate_snippet, "go-jsonnet": _gojsonnet.evaluate_snippet}

SITES: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "several clusters, and every alert": {
        "cluster_label": "k8s_cluster",
        "home_nearly_full_ratio": "0.95",
        "user_near_limit_ratio": "1.0",
    },
    "prices of OpenCost, the larger part, and budgets": {
        "cost_source": "opencost",
        "cost_weight": "dominant",
        "budgets": {"physics": 500, 'a$1 "q" \\ %': 120.5, "ü": 0.01},
    },
    "one window of the site's own, and other names": {
        "windows": ["14d"],
        "metrics_prefix": "jhub",
        "username_annotation_label": "annotation_user",
        "profile_label": "label_course",
        "size_label": "label_machine",
        "image_label": "label_environment",
        "server_container": "server",
        "gpu_resources": "amd_com_gpu|gpu_.*",
    },
    "windows out of order, and odd intervals": {
        "windows": ["90h", "4w", "2d"],
        "interval": "100s",
        "membership_interval": "75s",
        "carry_forward": "90m",
    },
    "selectors": {
        "hub_selector": 'namespace=~"prod|staging\\\\..+"',
        "kube_state_metrics_selector": 'job="kube-state-metrics"',
        "cadvisor_selector": 'job="kubelet", metrics_path="/metrics/cadvisor"',
    },
    "texts that look like placeholders": {
        "dashboard_tags": ["100% ours", "%(cluster)s", "ü"],
        "datasource_regex": "^prod-.*$",
        "runbook_url": "https://wiki.example.org/{alert}?of={alert}&all=100%",
    },
}


def literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture(scope="module")
def mixin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mixin as jsonnet-bundler leaves it: the repository below vendor/."""
    vendor = tmp_path_factory.mktemp("vendor")
    repository = vendor / "github.com" / "hubmeter" / "hubmeter"
    for name, text in outputs.files(settings.load()).items():
        path = repository / "dashboards" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "promql", repository / "promql", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return vendor


IMPORT = "(import 'github.com/hubmeter/hubmeter/dashboards/mixin.libsonnet')"


def evaluate(engine: str, vendor: Path, program: str) -> Any:
    return json.loads(ENGINES[engine]("main.jsonnet", program, jpathdir=[str(vendor)]))


def generated(given: dict[str, Any]) -> dict[str, Any]:
    site = settings.make(given, "a test")
    return {
        "dashboards": {
            f"hubmeter-{name}.json": outputs.dashboard(build(), site) for name, build in dashboards.BUILDERS.items()
        },
        "rules": {"groups": outputs.rule_groups(site)},
        "alerts": {"groups": outputs.alert_groups(site)},
    }


ALL = "{ dashboards: mixin.grafanaDashboards, rules: mixin.prometheusRules, alerts: mixin.prometheusAlerts }"


# The C++ engine takes several times as long, so it is asked for some of the sites only.
BOTH = ("several clusters, and every alert", "texts that look like placeholders")


@pytest.mark.parametrize(
    ("given", "engine"),
    [
        pytest.param(given, engine, id=f"{site}, {engine}")
        for site, given in SITES.items()
        for engine in ENGINES
        if engine == "go-jsonnet" or site in BOTH
    ],
)
def test_jsonnet_and_python_give_the_same_for(given: dict[str, Any], engine: str, mixin: Path) -> None:
    found = evaluate(engine, mixin, f"local mixin = {IMPORT} + {{ _config+:: {literal(given)} }}; {ALL}")
    expected = generated(given)
    for shape in ("rules", "alerts"):
        assert found[shape] == expected[shape]
    assert list(found["dashboards"]) == sorted(expected["dashboards"])
    for name, board in expected["dashboards"].items():
        assert found["dashboards"][name] == board, name


def test_the_sites_above_turn_every_setting() -> None:
    assert {key for given in SITES.values() for key in given} == set(settings.Settings.model_fields)


@pytest.mark.parametrize("engine", ENGINES)
def test_config_has_the_settings_of_the_generator_and_their_defaults(engine: str, mixin: Path) -> None:
    found = evaluate(engine, mixin, f"{IMPORT}._config")
    assert found == settings.defaults()
    assert set(found) == set(settings.Settings.model_fields)


def test_config_says_of_each_key_why_you_would_turn_it(mixin: Path) -> None:
    text = (mixin / "github.com/hubmeter/hubmeter/dashboards/mixin/config.libsonnet").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^  // .*\n  (\w+):", text) == list(settings.Settings.model_fields)


@pytest.mark.parametrize("engine", ENGINES)
def test_it_adds_up_with_other_mixins_and_with_changes_of_ones_own(engine: str, mixin: Path) -> None:
    other = (
        "{ _config+:: { selector: 'x', cluster_label: 'a' }, grafanaDashboards+:: { 'pods.json': {} }, "
        "prometheusRules+:: { groups+: [{ name: 'other', rules: [] }] }, prometheusAlerts+:: { groups+: [] } }"
    )
    mine = "{ _config+:: { cluster_label: 'b' }, grafanaDashboards+:: { 'hubmeter-report.json'+: { refresh: '1h' } } }"
    expected = generated({"cluster_label": "b"})
    asked = (
        "{ rules: [group.name for group in mixin.prometheusRules.groups], "
        "files: std.objectFields(mixin.grafanaDashboards), "
        "board: mixin.grafanaDashboards['hubmeter-report.json'] }"
    )
    for program in (f"{other} + {IMPORT} + {mine}", f"{IMPORT} + {other} + {mine}"):
        found = evaluate(engine, mixin, f"local mixin = {program}; {asked}")
        assert set(found["rules"]) == {"other"} | {group["name"] for group in expected["rules"]["groups"]}
        assert set(found["files"]) == {"pods.json", *expected["dashboards"]}
        assert found["board"] == {**expected["dashboards"]["hubmeter-report.json"], "refresh": "1h"}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_not_asked_for_is_hidden(engine: str, mixin: Path) -> None:
    assert evaluate(engine, mixin, IMPORT) == {}


# jsonnet computes, and checks, only what is asked for.
SOME = "[mixin.prometheusAlerts, mixin.grafanaDashboards['hubmeter-report.json'].links, mixin.prometheusRules]"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"windows": []}, "_config.windows: [ ] must be a list of texts, not empty"),
        ({"windows": "7d"}, '_config.windows: "7d" must be a list of texts'),
        ({"windows": ["30m"]}, "must hold durations of at least 1h"),
        ({"windows": ["7 d"]}, "must hold durations of at least 1h"),
        ({"interval": "7m"}, '_config.interval: "7m" must divide 5m'),
        ({"membership_interval": "5m"}, '_config.membership_interval: "5m" must divide 5m and be at most 150s'),
        ({"interval": 60}, "_config.interval: 60 must be a whole number and a unit"),
        ({"carry_forward": "5m"}, '_config.carry_forward: "5m" must be a whole number and a unit'),
        ({"carry_forward": "9m"}, "(s, m, h, d or w), at least 600s in all"),
        ({"carry_forward": ""}, '_config.carry_forward: "" must be a whole number'),
        ({"hub_selector": ""}, '_config.hub_selector: "" must be text, not empty'),
        ({"cluster_label": None}, "_config.cluster_label: null must be text"),
        ({"dashboard_tags": []}, "_config.dashboard_tags: [ ] must be a list of texts, not empty"),
        ({"cost_source": "aws"}, '_config.cost_source: "aws" must be one of exporter, opencost, none'),
        ({"cost_weight": 1}, "_config.cost_weight: 1 must be one of memory, dominant"),
        ({"budgets": {"physics": 0}}, "must be amounts in USD by the names of groups, of at least 0.01"),
        ({"budgets": ["physics"]}, "must be amounts in USD by the names of groups"),
        ({"home_nearly_full_ratio": 0.5}, "_config.home_nearly_full_ratio: 0.5 must be text"),
        ({"runbook_url": "https://wiki.example.org"}, "_config.runbook_url"),
    ],
    ids=str,
)  # fmt: skip
def test_a_config_is_refused_with_the_name_of_its_key(
    given: dict[str, Any], message: str, engine: str, mixin: Path
) -> None:
    with pytest.raises(RuntimeError) as caught:
        evaluate(engine, mixin, f"local mixin = {IMPORT} + {{ _config+:: {literal(given)} }}; {SOME}")
    assert message.replace("[ ]", "[]") in str(caught.value).replace("[ ]", "[]")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("%(clutser)sx", "no setting named clutser"),
        ("100 % of it", "a lone % in"),
        ("%(cluster)d", "a lone % in"),
        ("at the end %(cluster", "a lone % in"),
    ],
)
def test_a_template_is_refused_as_in_python(text: str, message: str, engine: str, mixin: Path) -> None:
    program = (
        "local finish = import 'github.com/hubmeter/hubmeter/dashboards/mixin/finish.libsonnet';"
        f"finish.dashboards({{ 'a.json': {{ title: {literal(text)}, templating: {{ list: [] }} }} }}, {IMPORT}._config)"
    )
    with pytest.raises(RuntimeError, match=re.escape(message)):
        evaluate(engine, mixin, program)


def test_the_mixin_imports_the_templates_themselves() -> None:
    imported = set()
    for path in (ROOT / "dashboards" / "mixin").glob("*.libsonnet"):
        names = re.findall(r"importstr '([^']+)'", path.read_text(encoding="utf-8"))
        imported |= {(path.parent / name).resolve() for name in names}
    promql = ROOT / "promql" / "hubmeter_promql"
    assert imported == {*(promql / "rules").iterdir(), *(promql / "alerts").iterdir()}


def test_jsonnet_bundler_finds_a_package_without_dependencies() -> None:
    package = json.loads((ROOT / "jsonnetfile.json").read_text(encoding="utf-8"))
    assert package == {"version": 1, "dependencies": [], "legacyImports": True}
