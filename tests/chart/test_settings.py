"""For the same settings the chart gives the rules and dashboards that hubmeter-generate gives, and refuses the same."""

import json
from typing import Any

import helm_python
import pytest
import yaml

from hubmeter_common.settings_file import SettingsError
from hubmeter_generator import fill, settings
from hubmeter_generator.write import chart_readme
from tests.chart.charts import CHART, manifests, objects, of_kind, the
from tests.unit.generator.sites import MANY, OTHER, SITES
from tests.unit.generator.test_settings import ALLOWED, REFUSED

EVERYTHING: dict[str, Any] = {"rules": {"enabled": True}, "dashboards": {"enabled": True}}
CASES: dict[str, dict[str, Any]] = {
    **SITES,
    **{f"another {key}": {key: value} for key, value in OTHER.items()},
    "no costs": {"cost_source": "none"},
    "as many windows as are allowed": {"windows": list(MANY.windows)},
    **{f"{key}: {what}": {key: value} for key, value, what in ALLOWED},
}


def expected(given: dict[str, Any]) -> dict[str, Any]:
    site = settings.make(given, "a test")
    return {
        "rules": {"groups": fill.rule_groups(site)},
        "alerts": {"groups": fill.alert_groups(site)},
        **{f"hubmeter-{name}.json": board for name, board in fill.dashboards(site).items()},
    }


def rendered(given: dict[str, Any]) -> dict[str, Any]:
    made = objects({**EVERYTHING, "settings": given})
    return {
        "rules": the(made, "PrometheusRule", "hubmeter")["spec"],
        "alerts": the(made, "PrometheusRule", "-alerts")["spec"],
        **{file: json.loads(text) for one in of_kind(made, "ConfigMap") for file, text in one["data"].items()},
    }


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_chart_and_generator_give_the_same_for(given: dict[str, Any]) -> None:
    found, wanted = rendered(given), expected(given)
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        assert found[name] == value, name


def test_the_cases_above_turn_every_setting() -> None:
    assert {key for given in CASES.values() for key in given} == set(settings.Settings.model_fields)


def test_the_rule_files_of_a_config_map_hold_the_same() -> None:
    made = objects({"rules": {"enabled": True, "kind": "ConfigMap"}, "settings": {"windows": ["14d"]}})
    files = the(made, "ConfigMap", "-rules")["data"]
    wanted = expected({"windows": ["14d"]})
    assert {name: yaml.safe_load(text) for name, text in files.items()} == {
        "hubmeter.yaml": wanted["rules"],
        "hubmeter-alerts.yaml": wanted["alerts"],
    }


@pytest.mark.parametrize("given", [case[:2] for case in REFUSED], ids=[f"{key}={value!r}" for key, value, _ in REFUSED])
def test_what_the_generator_refuses_the_chart_refuses(given: tuple[str, Any]) -> None:
    key, value = given
    with pytest.raises(helm_python.HelmError, match=key):
        manifests({**EVERYTHING, "settings": {key: value}})


def labels_of_the_rules() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings.make({"cluster_label": "namespace"}, "a test")
    return str(caught.value).rsplit(": ", 1)[1].split(", ")


@pytest.mark.parametrize("label", labels_of_the_rules())
def test_no_label_of_the_rules_can_tell_clusters_apart(label: str) -> None:
    with pytest.raises(
        helm_python.HelmError, match=f'cluster_label is "{label}", which is one of the labels the rules use'
    ):
        manifests({"settings": {"cluster_label": label}})


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(helm_python.HelmError, match="additional properties 'windws' not allowed"):
        manifests({"settings": {"windws": ["7d"]}})


def test_the_values_are_the_generators_settings_with_their_defaults_and_comments() -> None:
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["settings"] == settings.defaults()
    comments = {value.path: value.comment for value in chart_readme.documented(text)}
    assert comments["settings.windows"].startswith("Rolling windows for quotas and active users.")


def test_the_schema_knows_every_setting() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    assert list(schema["properties"]["settings"]["properties"]) == list(settings.Settings.model_fields)
