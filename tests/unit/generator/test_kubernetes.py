"""Rules as Kubernetes objects; tests/engines holds them against the operator's schema."""

from typing import Any

import pytest
import yaml

from hubmeter_generator import settings
from tests.unit.generator.sites import DEFAULTS, DEFAULTS_AND_MANY, files


@DEFAULTS_AND_MANY
@pytest.mark.parametrize("name", ["hubmeter", "hubmeter-alerts"])
def test_a_prometheus_rule_holds_the_groups_of_the_rule_file(name: str, site: settings.Settings) -> None:
    text = files(site)[f"kubernetes/{name}.prometheusrule.yaml"]
    assert len(text.encode()) <= 524_288
    written = yaml.safe_load(text)
    assert written["spec"] == yaml.safe_load(files(site)[f"rules/{name}.yaml"])
    assert written["metadata"] == {"name": name, "labels": {"app.kubernetes.io/name": "hubmeter"}}
    assert known_keys(written["spec"]["groups"])


def known_keys(groups: list[dict[str, Any]]) -> bool:
    """Return whether groups and rules have only keys that all systems know; others are dropped silently."""
    keys = {key for group in groups for rule in group["rules"] for key in rule}
    return {tuple(group) for group in groups} == {("name", "interval", "rules")} and keys <= {
        "record", "alert", "expr", "for", "labels", "annotations",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["hubmeter", "hubmeter-alerts"])
def test_cluster_rules_hold_the_same_groups(name: str) -> None:
    written = yaml.safe_load(files(DEFAULTS)[f"kubernetes/{name}.clusterrules.yaml"])
    assert list(written) == ["apiVersion", "kind", "metadata", "spec"]
    assert (written["apiVersion"], written["kind"]) == ("monitoring.googleapis.com/v1", "ClusterRules")
    assert "namespace" not in written["metadata"], "it is an object of the whole cluster"
    assert written["spec"] == yaml.safe_load(files(DEFAULTS)[f"rules/{name}.yaml"])
    assert known_keys(written["spec"]["groups"]), "the interval is required there, though optional in Prometheus"
