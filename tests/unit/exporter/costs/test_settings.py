"""The settings file: valid settings, and the errors of invalid ones."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from hubmeter_common.durations import seconds
from hubmeter_common.settings_file import SettingsError
from hubmeter_exporter.costs.settings import Settings, defaults_text, load, make

STATIC = {"source": "static", "static": {"memory_gib_hour": 0.005}}


def test_settings_that_are_not_in_the_file_have_their_defaults(tmp_path: Path) -> None:
    path = tmp_path / "costs.yaml"
    path.write_text("source: aws\naws: {components: {AWS Lambda: core}, core_tags: {}}\n", encoding="utf-8")
    settings = load(path, {"CLUSTER_NAME": "earth"})
    assert settings.aws.cluster_name == "earth"
    assert settings.aws.components["AWS Lambda"] == "core"
    assert settings.aws.components["AWS Backup"] == "backup"  # components are merged
    assert settings.aws.core_tags == {}  # other settings are replaced
    assert settings.aws.home_storage_values == ("home-nfs",)
    assert seconds(settings.aws.interval) == 8 * 3600
    assert settings.days == 35


def test_the_file_precedes_the_environment() -> None:
    settings = make({"source": "aws", "aws": {"cluster_name": "mars"}}, "x", {"CLUSTER_NAME": "earth"})
    assert settings.aws.cluster_name == "mars"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "x: source: '' must be 'aws', 'focus' or 'static'"),
        ({"source": "gcp"}, "x: source: 'gcp' must be"),
        ({"source": "aws"}, "x: aws.cluster_name is missing; set it or the variable CLUSTER_NAME"),
        ({"source": "focus"}, "x: focus.path is missing"),
        ({"source": "static"}, "x: static has no price above 0; set one, for example memory_gib_hour: 0.005"),
        (STATIC | {"day": 3}, "x: unknown key 'day'; allowed are source, metrics_prefix"),
        (STATIC | {"aws": {"regoin": "x"}}, "x: unknown key 'aws.regoin'; allowed are interval, cluster_name"),
        (STATIC | {"aws": None}, "x: aws: None must hold keys and values"),
        (STATIC | {"days": "many"}, "x: days: 'many' is not allowed: Input should be a valid integer"),
        (STATIC | {"days": 0}, "x: days: 0 is not allowed"),
        (STATIC | {"history_days": 7}, "x: history_days (7) must not be less than days (35)"),
        (STATIC | {"interval": "5 minutes"}, "x: interval: '5 minutes' must be a whole number and a unit"),
        (STATIC | {"interval": "1s"}, "x: interval: '1s' must be from 10s to 1d"),
        (STATIC | {"metrics_prefix": "my hub"}, "x: metrics_prefix: 'my hub' cannot begin the name of a metric"),
        (STATIC | {"hubs": {"prod": 7}}, "x: hubs.prod: 7 must be text; write it in quotes: '7'"),
        (STATIC | {"hubs": {"prod": " "}}, "x: hubs.prod: ' ' must not be empty"),
        (STATIC | {"labels": {"a-b": "c"}}, "x: labels: {'a-b': 'c'} has 'a-b'; the name of a label"),
        (STATIC | {"allocation": {"scope": "user"}}, "x: allocation.scope: 'user' must be 'hub' or 'cluster'"),
        (STATIC | {"aws": {"core_tags": {"k": "v"}}}, "x: aws.core_tags.k: 'v' must be a list, for example"),
        (STATIC | {"aws": {"endpoint_url": "localhost"}}, "x: aws.endpoint_url: 'localhost' must be empty or a URL"),
        (STATIC | {"aws": {"endpoint_url": "http://me:s@x"}}, "x: aws.endpoint_url: '...@x' must be empty or a URL"),
        (STATIC | {"aws": {"endpoint_url": "http://x:abc"}}, "x: aws.endpoint_url: 'http://x:abc' must be empty or a"),
        (STATIC | {"aws": {"endpoint_url": "http://x..y"}}, "x: aws.endpoint_url: 'http://x..y' must be empty or a"),
        (STATIC | {"focus": {"charge_categories": ["Use"]}}, "must have one or more of Usage, Purchase, Tax"),
        (STATIC | {"focus": {"exchange_rates": {"euro": 1.1}}}, "has 'euro'; write a currency's code"),
        (STATIC | {"focus": {"exchange_rates": {"EUR": 0.0}}}, "has 'EUR'; write a currency's code"),
        ({"source": "static", "static": {"gpu_hour": -1}}, "x: static.gpu_hour: -1 is not allowed"),
        ({"source": "static", "static": {"gpu_hour": float("inf")}}, "x: static.gpu_hour: inf is not allowed"),
        ({"source": "aws", "aws": {"cluster_name": "e", "attributable_tags": {}}}, "aws.attributable_tags is empty"),
        ({"source": "aws", "aws": {"cluster_name": "e", "home_storage_tag": ""}}, "only one of aws.home_storage_tag"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as error:
        make(values, "x", {})
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- aws\n", "costs.yaml must hold keys and values, not list: see --print-settings"),
        ("source: [\n", "costs.yaml is not valid YAML"),
        ("source: aws\nsource: focus\n", "the key 'source' is repeated"),
        ("days: 2024-02-30\n", "is not valid YAML: day "),
        ("source: !!python/name:os.system\n", "is not valid YAML"),
        ("", "costs.yaml: source: '' must be"),
    ],
)
def test_a_wrong_file_is_a_sentence(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "costs.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=re.escape(sentence)):
        load(tmp_path / "costs.yaml", {})


def test_every_setting_has_a_default_and_a_comment() -> None:
    text = defaults_text()
    values = yaml.safe_load(text)
    assert list(values) == list(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            assert list(values[name]) == list(field.annotation.model_fields)
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"(  )?[a-z_]+:", line):
            comment_above = lines[number - 1].lstrip().startswith("#")
            section = not line.startswith(" ") and not line.partition(":")[2].strip()
            grouped = "core_usage_type_groups" in line or "home_storage_values" in line
            assert comment_above or section or grouped, line


# Services as they are on bills. AWS: those of the FOCUS foundation's sample (FOCUS-Sample-Data 1.0) and of published
# responses of Cost Explorer, because AWS publishes no list. Azure: all services of the categories Compute, Storage and
# Networking in the open data of Microsoft's FinOps toolkit (Services.csv). Google: display names of the Cloud Billing
# Catalog, as published with their service IDs; the catalog itself needs a key. Only from the providers' documentation:
# Amazon Elastic Kubernetes Service and Backup for GKE.
SERVICES = [*csv.DictReader(Path(__file__).with_name("services.csv").read_text(encoding="utf-8").splitlines())]


def test_services_of_the_providers_have_the_intended_components() -> None:
    settings = make({"source": "static", "static": {"gpu_hour": 1}}, "the test", {})
    defaults = {"AWS Cost Explorer": settings.aws.components}
    found = [
        (row["list"], row["service"], defaults.get(row["list"], settings.focus.components).get(row["service"], "other"))
        for row in SERVICES
    ]
    assert found == [tuple(row.values()) for row in SERVICES]


def test_each_default_service_is_one_of_the_providers() -> None:
    settings = make({"source": "static", "static": {"gpu_hour": 1}}, "the test", {})
    cost_explorer = {row["service"] for row in SERVICES if row["list"] == "AWS Cost Explorer"}
    focus = {row["service"] for row in SERVICES if row["list"] != "AWS Cost Explorer"}
    assert settings.aws.components.keys() <= cost_explorer
    assert settings.focus.components.keys() <= focus
