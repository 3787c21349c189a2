"""Settings: values that a file may have, and the errors for others."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from hubmeter_common.durations import seconds
from hubmeter_common.settings_file import SettingsError
from hubmeter_generator import settings

ALLOWED: list[tuple[str, Any, str]] = [
    ("cluster_label", "k8s_cluster", "a label of the site's own"),
    ("hub_selector", 'namespace=~"prod|staging", cluster!="test"', "several matchers"),
    ("hub_selector", 'namespace=~"a\\\\.b-[0-9]+"', "a regular expression with a backslash, doubled as in PromQL"),
    ("cadvisor_selector", 'job="kubelet", metrics_path="/metrics/cadvisor"', "a path"),
    ("kube_state_metrics_selector", 'job="a,b"', "a comma within quotes"),
    ("kube_state_metrics_selector", 'job="the \\"old\\" one"', "quotes within quotes"),
    ("kube_state_metrics_selector", "", "no matcher"),
    ("pod_namespaces", [], "no pods in other namespaces"),
    ("membership_interval", "5s", "as often as in the demo"),
    ("interval", "100s", "an interval that divides 5m and is no divisor of an hour"),
    ("carry_forward", "10m", "the shortest time to carry groups forward"),
    ("home_carry_forward", "30m", "the shortest time to carry sizes forward"),
    ("shared_directories", "", "every directory without a user is orphaned"),
    ("windows", ["24h"], "a single window"),
    ("windows", [f"{hours}h" for hours in range(1, 15)], "as many windows as are allowed"),
    ("datasource_regex", "^prod-.*", "data sources by their names"),
    ("color_scheme", "palette-colorblind", "colours for the colour-blind"),
    ("dashboard_tags", ["100%"], "a percent sign"),
    ("home_nearly_full_ratio", "0.95", "a part of 1"),
    ("home_nearly_full_ratio", "1.0", "the whole"),
    ("user_near_limit_ratio", "0.8", "a part of 1"),
    ("cost_source", "none", "no costs"),
    ("cost_weight", "dominant", "the larger part"),
    ("cost_node_selector", "", "all nodes"),
    ("cost_node_hub_label", "", "no hub has nodes of its own"),
    ("cost_node_hub_label", "label_hub", "hubs with nodes of their own"),
    ("budgets", {"physics": 500, 'the "odd" $1 group\\': 0.01}, "whole dollars and cents, and odd names"),
]

REFUSED: list[tuple[str, Any, str]] = [
    ("cluster_label", "k8s-cluster", "must be a Prometheus label: letters, digits"),
    ("cluster_label", "__cluster", "must be a Prometheus label: letters, digits"),
    (
        "cluster_label",
        "namespace",
        "must not be one of the labels the rules use: component, container, day, directory,",
    ),
    ("cluster_label", None, "must be text"),
    ("hub_selector", "", "must not be empty; 'namespace!=\"\"' matches every namespace"),
    ("hub_selector", '{namespace="a"}', "must be PromQL matchers without braces"),
    ("hub_selector", "namespace=prod", "must be PromQL matchers without braces"),
    ("hub_selector", 'namespace="a" cluster="b"', "must have a comma between two matchers"),
    ("hub_selector", 'namespace="a",', "must be PromQL matchers without braces"),
    ("hub_selector", 'namespace=~"a("', "must be a regular expression: 'a('"),
    ("hub_selector", 'namespace=~"(?!test).*"', "(RE2), which does not support '(?!'"),
    ("hub_selector", 'namespace=~"a\\.b"', "double the backslash, as PromQL's quotes require"),
    ("cadvisor_selector", "job='kubelet'", "must be PromQL matchers without braces"),
    ("shared_directories", "lost\\+found", "must not contain quotes, backslashes"),
    ("shared_directories", "a(", "must be a regular expression: 'a('"),
    ("metrics_prefix", "", "cannot begin the name of a metric"),
    ("metrics_prefix", "jupyter hub", "cannot begin the name of a metric"),
    ("metrics_prefix", "a:b", "cannot begin the name of a metric"),
    ("username_annotation_label", "hub.jupyter.org/username", "must be a Prometheus label: letters, digits"),
    ("server_container", 'note"book', "must not be empty, and must not contain quotes"),
    ("pod_namespaces", "hub-.*", "must be a list, for example [a, b]"),
    ("datasource_regex", "nvidia(", "must be a regular expression"),
    ("datasource_regex", "(a)(?P=b)", "must be a regular expression"),
    ("datasource_regex", "(?<=a)b", "(RE2), which does not support '(?<='"),
    ("datasource_regex", "a++", "(RE2), which does not support '++'"),
    ("gpu_resources", "nvidia_com_gpu", "must be a list, for example [a, b]"),
    ("gpu_resources", [], "must not be empty"),
    ("interval", "7m", "must divide 5m, for example"),
    ("membership_interval", "5m", "must divide 5m and be at most 150s"),
    ("membership_interval", "7s", "must divide 5m and be at most 150s"),
    ("interval", "1 minute", "must be a whole number and a unit (s, m, h, d or w)"),
    ("interval", "0s", "must be a whole number and a unit (s, m, h, d or w)"),
    ("interval", 60, "must be text; write it in quotes: '60'"),
    ("carry_forward", "5m", "must be at least 10m"),
    ("home_carry_forward", "15m", "must be at least 30m"),
    ("windows", [], "must have 1 to 14 windows, for example [7d]"),
    ("windows", [f"{hours}h" for hours in range(1, 16)], "must have 1 to 14 windows"),
    ("windows", "7d", "must be a list, for example [a, b]"),
    ("windows", ["7d", "30m"], "has the invalid window '30m'; a window is at least 1h"),
    ("windows", ["61m"], "has the invalid window '61m'; a window is at least 1h, in whole multiples of 5m"),
    ("windows", ["7d", "1w"], "has the same window twice"),
    ("windows", ["one week"], "must be a whole number and a unit"),
    ("datasource_regex", "*", "must be a regular expression"),
    ("dashboard_tags", [], "must have at least one tag"),
    ("dashboard_tags", ["hubmeter", ""], "must have at least one tag and no empty tag"),
    ("runbook_url", "https://wiki/runbooks", "must be a URL with {alert}"),
    ("runbook_url", "wiki/{alert}", "must be a URL with {alert}"),
    ("home_nearly_full_ratio", "90%", 'must be empty, or a fraction in quotes, for example "0.9"'),
    ("home_nearly_full_ratio", "1.1", "must be empty, or a fraction in quotes"),
    ("home_nearly_full_ratio", "0.0", "must be empty, or a fraction in quotes"),
    ("cost_source", "aws", "must be 'exporter', 'opencost' or 'none'"),
    ("color_scheme", "viridis", "must be 'palette-classic' or 'palette-colorblind'"),
    ("cost_weight", "cpu", "must be 'memory' or 'dominant'"),
    ("cost_node_selector", "node=a", "must be PromQL matchers without braces"),
    ("cost_node_hub_label", "2i2c.org/hub", "must be a Prometheus label: letters, digits"),
    ("budgets", {"physics": 0}, "has 0.0 for 'physics'; a budget is at least 0.01 USD"),
    (
        "budgets",
        {"physics": 1.005},
        "has 1.005 for 'physics'; a budget is at least 0.01 USD, in whole cents",
    ),
    ("budgets", {"": 5}, "has the invalid group ''; a group's name is not empty and printable"),
    ("budgets", ["physics"], "must hold keys and values, for example {physics: 500}"),
    ("home_nearly_full_ratio", 0.9, "must be text; write it in quotes: '0.9'"),
]


def written(folder: Path, text: str) -> Path:
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("key", "value", "what"), ALLOWED, ids=[f"{key}: {what}" for key, _, what in ALLOWED])
def test_a_file_may_set(key: str, value: Any, what: str, tmp_path: Path) -> None:
    site = settings.load(written(tmp_path, yaml.safe_dump({key: value})))
    assert site == settings.load().model_copy(update={key: tuple(value) if isinstance(value, list) else value}), what


@pytest.mark.parametrize(("key", "value", "allowed"), REFUSED, ids=[f"{key}={value!r}" for key, value, _ in REFUSED])
def test_an_error_names_file_key_value_and_what_is_allowed(key: str, value: Any, allowed: str, tmp_path: Path) -> None:
    path = written(tmp_path, yaml.safe_dump({key: value}))
    with pytest.raises(SettingsError) as caught:
        settings.load(path)
    assert str(caught.value).startswith(f"{path}: {key}: {value!r} ")
    assert allowed in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "windws: [7d]", "unknown key 'windws'; allowed are cluster_label, hub_selector,", id="an unknown key"
        ),
        pytest.param("interval: 1m\ninterval: 5m", "the key 'interval' is repeated", id="a repeated key"),
        pytest.param("- interval", "must hold keys and values, not list", id="a list"),
        pytest.param("interval: [", "is not valid YAML", id="text that is no YAML"),
        pytest.param("interval: !!python/object:os.system {}", "is not valid YAML", id="YAML that would make objects"),
        pytest.param("1: a", "a key must be a word", id="a number as a key"),
        pytest.param(
            "pod_namespaces: [{namespaces: hub-.*}]", "pod_namespaces.0.hub is missing", id="a pattern without a hub"
        ),
        pytest.param(
            "pod_namespaces: [{namespaces: 'hub-(', hub: hub}]",
            "pod_namespaces.0.namespaces: 'hub-(' must be a regular expression",
            id="a pattern that is no regular expression",
        ),
        *(
            pytest.param(
                f"pod_namespaces: [{{namespaces: '{namespaces}', hub: '{hub}'}}]",
                f"pod_namespaces.0.hub: '{hub}' must refer to a group of the expression; "
                f"'{namespaces}' has no group {group}",
                id=f"a hub {hub} without a group in {namespaces}",
            )
            for namespaces, hub, group in (("hub-.*", "$1", 1), ("(?:hub)-.*", "x-${1}", 1), ("(hub)-.*", "$1-$2", 2))
        ),
        pytest.param(
            "gpu_resources: [{resource: nvidia.com/gpu, part: '1'}]",
            "gpu_resources.0.resource: 'nvidia.com/gpu' must be a name of kube-state-metrics, for example",
            id="a GPU's name as in a pod",
        ),
        pytest.param(
            "gpu_resources: [{resource: 'nvidia(', part: '1'}]",
            "gpu_resources.0.resource: 'nvidia(' must be a regular expression",
            id="a GPU's name that is no regular expression",
        ),
        *(
            pytest.param(
                f"gpu_resources: [{{resource: nvidia_com_gpu, part: '{part}'}}]",
                f"gpu_resources.0.part: {part!r} must be a whole number or a fraction in quotes",
                id=f"a part {part!r} of a GPU",
            )
            for part in ("00", "0/2", "0.5", "1/0", "1/2/3", "-1", "a")
        ),
        *(
            pytest.param(
                f"pod_namespaces: [{{namespaces: hub-.*, hub: '{hub}'}}]",
                f"pod_namespaces.0.hub: {hub!r} must be a namespace: lower-case letters, digits and hyphens, and $1",
                id=f"a hub {hub!r} that is no namespace",
            )
            for hub in ("", "Hub", "$1x", "$", "hub.*")
        ),
        pytest.param(
            "windows: [7d, 30]", "windows.1: 30 must be text; write it in quotes: '30'", id="a number in a list"
        ),
    ],
)
def test_a_file_is_refused_for(text: str, message: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError, match=re.escape(message)) as caught:
        settings.load(path)
    assert str(path) in str(caught.value)


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load(written(tmp_path, "interval: 7m\nwindows: []\nclutser: a\n"))
    assert len(str(caught.value).splitlines()) == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot read the settings file .*none\.yaml: .*No such file"):
        settings.load(tmp_path / "none.yaml")


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert settings.load(written(tmp_path, "# nothing yet\n")) == settings.load()


def test_every_setting_has_a_default_and_a_comment_that_says_why() -> None:
    commented = re.findall(r"(?m)^# (?:.*\n# )*.*\n(\w+):", settings.defaults_text())
    assert commented == list(settings.Settings.model_fields) == list(settings.defaults())


@pytest.mark.parametrize(
    ("duration", "expected"), [("90s", 90), ("5m", 300), ("1h", 3600), ("2d", 172800), ("1w", 604800)]
)
def test_seconds(duration: str, expected: int) -> None:
    assert seconds(duration) == expected


@pytest.mark.parametrize(
    ("values", "name", "expected"),
    [
        ({}, "cluster", ""),
        ({}, "cluster_matcher", ""),
        ({"cluster_label": "k8s"}, "cluster", "k8s, "),
        ({"cluster_label": "k8s"}, "cluster_matcher", 'k8s=~"$cluster", '),
        ({"cluster_label": "k8s"}, "cluster_legend", "{{k8s}} / "),
        ({"cadvisor_selector": 'job="kubelet"'}, "cadvisor", 'job="kubelet", '),
        ({}, "kube_state_metrics", ""),
        ({"interval": "30s"}, "interval_seconds", "30"),
        ({"carry_forward": "2h"}, "carry_forward_range", "7199999ms"),
        ({"windows": ["33h", "14d", "1w"]}, "longest_window", "14d"),
        ({"windows": ["7d", "12h"]}, "windows", "7d,12h"),
        ({"dashboard_tags": ["ours", "hubs"]}, "dashboard_tag", "ours"),
    ],
)
def test_placeholders_follow_from_settings(values: dict[str, Any], name: str, expected: str) -> None:
    assert settings.make(values, "a test").placeholders()[name] == expected


def test_a_window_has_its_range_a_millisecond_short() -> None:
    site = settings.make({"windows": ["1h"]}, "a test")
    assert site.window_placeholders() == [{"window": "1h", "window_range": "3599999ms"}]
    assert site.window_placeholders("short windows") == site.window_placeholders()
    assert site.window_placeholders("long windows") == []
