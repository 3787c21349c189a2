"""The Prometheus operator's schema, as npm has it, takes our PrometheusRule objects."""

import json
import subprocess
from typing import Any

import pytest
import yaml

from hubmeter_generator import settings
from hubmeter_generator.write import kubernetes
from tests.tools import TOOLS, tool
from tests.unit.generator.sites import DEFAULTS_AND_MANY, files
from tests.waiting import PATIENCE

VALIDATE = """
import { readFileSync } from "node:fs";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
try {
  new PrometheusRule(JSON.parse(readFileSync(0, "utf8"))).validate();
} catch (error) {
  console.log(error.message);
}
"""


def operators_complaint(rule: dict[str, Any]) -> str:
    """Return the error of the operator's CRD schema for a PrometheusRule, or ""."""
    tool("node_modules/@kubernetes-models/prometheus-operator")
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", VALIDATE],
        cwd=TOOLS, input=json.dumps(rule), capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@DEFAULTS_AND_MANY
@pytest.mark.parametrize("name", ["hubmeter", "hubmeter-alerts"])
def test_a_prometheus_rule_is_what_the_operators_schema_allows(name: str, site: settings.Settings) -> None:
    assert operators_complaint(yaml.safe_load(files(site)[f"kubernetes/{name}.prometheusrule.yaml"])) == ""


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
    answer = operators_complaint(kubernetes.prometheus_rule("x", [group]))
    assert complaint.replace("'", "") in answer.replace("'", "")
