"""The jsonnet mixin gives for a ``_config`` exactly what hubmeter-generate gives for the same settings.

go-jsonnet evaluates it here; tests/engines/test_mixin.py repeats some of this on every jsonnet that can be had.
"""

import json
import re
from pathlib import Path
from typing import Any

import _gojsonnet
import pytest

from hubmeter_generator import dashboards, fill, settings
from hubmeter_generator.write import chart, mixin
from tests.unit.generator.sites import SITES

ROOT = Path(__file__).parents[3]
IMPORT = "(import 'github.com/hubmeter/hubmeter/dashboards/mixin.libsonnet')"
ALL = "{ dashboards: mixin.grafanaDashboards, rules: mixin.prometheusRules, alerts: mixin.prometheusAlerts }"


def vendored(folder: Path) -> Path:
    """Return a folder that holds the files the mixin needs, where jsonnet-bundler puts them."""
    repository = folder / "github.com" / "hubmeter" / "hubmeter"
    values = (ROOT / "chart" / "values.yaml").read_text(encoding="utf-8")
    for part, files in (("dashboards", mixin.files()), ("chart", chart.files(values))):
        for name, text in files.items():
            path = repository / part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


def literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def program(config: dict[str, Any], expression: str = ALL) -> str:
    return f"local mixin = {IMPORT} + {{ _config+:: {literal(config)} }}; {expression}"


def generated(config: dict[str, Any]) -> dict[str, Any]:
    """Return what hubmeter-generate gives, in the shape of `ALL`."""
    site = settings.make(config, "a test")
    return {
        "dashboards": {f"hubmeter-{name}.json": board for name, board in fill.dashboards(site).items()},
        "rules": {"groups": fill.rule_groups(site)},
        "alerts": {"groups": fill.alert_groups(site)},
    }


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vendored(tmp_path_factory.mktemp("vendor"))


def evaluate(vendor: Path, code: str) -> Any:
    return json.loads(_gojsonnet.evaluate_snippet("main.jsonnet", code, jpathdir=[str(vendor)]))


@pytest.mark.parametrize("config", SITES.values(), ids=SITES)
def test_jsonnet_and_python_give_the_same_for(config: dict[str, Any], vendor: Path) -> None:
    evaluated, expected = evaluate(vendor, program(config)), generated(config)
    for shape in ("rules", "alerts"):
        assert evaluated[shape] == expected[shape]
    assert list(evaluated["dashboards"]) == sorted(expected["dashboards"])
    for name, board in expected["dashboards"].items():
        assert evaluated["dashboards"][name] == board, name


def test_the_sites_turn_every_setting() -> None:
    assert {key for config in SITES.values() for key in config} == set(settings.Settings.model_fields)


def test_config_has_the_settings_of_the_generator_and_their_defaults(vendor: Path) -> None:
    config = evaluate(vendor, f"{IMPORT}._config")
    assert config == settings.defaults()
    assert set(config) == set(settings.Settings.model_fields)


def test_every_default_has_a_comment() -> None:
    assert re.findall(r"(?m)^  // .*\n  (\w+):", mixin.files()["mixin-defaults.libsonnet"]) == list(
        settings.Settings.model_fields
    )


def test_it_adds_up_with_other_mixins_and_with_changes_of_ones_own(vendor: Path) -> None:
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
    for sum_of_all in (f"{other} + {IMPORT} + {mine}", f"{IMPORT} + {other} + {mine}"):
        evaluated = evaluate(vendor, f"local mixin = {sum_of_all}; {asked}")
        assert set(evaluated["rules"]) == {"other"} | {group["name"] for group in expected["rules"]["groups"]}
        assert set(evaluated["files"]) == {"pods.json", *expected["dashboards"]}
        assert evaluated["board"] == {**expected["dashboards"]["hubmeter-report.json"], "refresh": "1h"}


def test_every_field_is_hidden(vendor: Path) -> None:
    assert evaluate(vendor, IMPORT) == {}


# jsonnet computes, and checks, only the fields that are read.
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"windows": []}, "_config.windows: [ ] must be a list of text, not empty"),
    ({"windows": "7d"}, '_config.windows: "7d" must be a list of text'),
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
    ({"dashboard_tags": []}, "_config.dashboard_tags: [ ] must be a list of text, not empty"),
    ({"pod_namespaces": {"hub-.*": "hub"}}, "must be a list of { namespaces: expression, hub: namespace }"),
    ({"pod_namespaces": [{"namespaces": "hub-.*"}]}, "must be a list of { namespaces: expression, hub: namespace }"),
    ({"pod_namespaces": [{"namespaces": "(?:hub)-\\(.*", "hub": "$1"}]}, "$1 needs a group in the expression"),
    ({"pod_namespaces": [{"namespaces": "(hub)-.*", "hub": "${2}"}]}, "$1 needs a group in the expression"),
    ({"gpu_resources": [{"resource": "nvidia.com/gpu", "part": "1"}]}, "nvidia_com_gpu, not nvidia.com/gpu"),
    ({"gpu_resources": "nvidia_com_gpu"}, "must be a list of { resource: expression, part: fraction as text }"),
    ({"gpu_resources": [{"resource": "nvidia_com_gpu", "part": "0.5"}]}, "must be a list of { resource: expression"),
    ({"gpu_resources": [{"resource": "nvidia_com_gpu", "part": "1/2/3"}]}, "must be a list of { resource: expression"),
    ({"gpu_resources": []}, "must be a list of { resource: expression, part: fraction as text }, not empty"),
    ({"cost_source": "aws"}, '_config.cost_source: "aws" must be one of exporter, opencost, none'),
    ({"color_scheme": "viridis"}, '_config.color_scheme: "viridis" must be one of palette-classic, palette-colorblind'),
    ({"cost_weight": 1}, "_config.cost_weight: 1 must be one of memory, dominant"),
    ({"cost_node_hub_label": None}, "_config.cost_node_hub_label: null must be text"),
    ({"budgets": {"physics": 0}}, "must hold amounts in USD by group, of at least 0.01"),
    ({"budgets": ["physics"]}, "must hold amounts in USD by group"),
    ({"home_nearly_full_ratio": 0.5}, "_config.home_nearly_full_ratio: 0.5 must be text"),
    ({"runbook_url": "https://wiki.example.org"}, "_config.runbook_url"),
]


@pytest.mark.parametrize("shape", ["prometheusRules", "prometheusAlerts", "grafanaDashboards['hubmeter-report.json']"])
@pytest.mark.parametrize(("config", "message"), REFUSED, ids=[str(config) for config, _ in REFUSED])
def test_a_config_is_refused_with_the_name_of_its_key(
    config: dict[str, Any], message: str, shape: str, vendor: Path
) -> None:
    with pytest.raises(RuntimeError) as caught:
        evaluate(vendor, program(config, f"mixin.{shape}"))
    assert message.replace("[ ]", "[]") in str(caught.value).replace("[ ]", "[]")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("%(clutser)sx", "no setting fills in %(clutser)sx"),
        ("100 % of it", "no setting fills in % of it"),
        ("%(cluster)d", "no setting fills in %(cluster)d"),
        ("at the end %(cluster", "no setting fills in %(cluster"),
    ],
)
def test_a_template_is_refused_as_in_python(text: str, message: str, tmp_path: Path) -> None:
    report = vendored(tmp_path) / "github.com/hubmeter/hubmeter/chart/files/dashboards/report.json"
    report.write_text(literal({"title": text, "templating": {"list": []}}), encoding="utf-8")
    with pytest.raises(RuntimeError, match=re.escape(message)):
        evaluate(tmp_path, f"{IMPORT}.grafanaDashboards['hubmeter-report.json']")


def test_the_committed_mixin_is_what_the_sources_give() -> None:
    assert {name: (ROOT / "dashboards" / name).read_text(encoding="utf-8") for name in mixin.files()} == mixin.files()


def test_the_mixin_reads_the_charts_open_files() -> None:
    text = mixin.files()["mixin.libsonnet"]
    assert set(re.findall(r"importstr '\.\./chart/files/([^']+)'", text)) == {
        "rules.json", "alerts.json", *(f"dashboards/{name}.json" for name in dashboards.BUILDERS)
    }  # fmt: skip


def test_jsonnet_bundler_finds_a_package_without_dependencies() -> None:
    package = json.loads((ROOT / "jsonnetfile.json").read_text(encoding="utf-8"))
    assert package == {"version": 1, "dependencies": [], "legacyImports": True}
