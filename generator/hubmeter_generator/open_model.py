"""The open model: every rule, alert and dashboard as JSON, with the placeholders of settings open.

It is built once and filled in three times: by fill.py for a site's files, by the chart when it is installed, and by the
jsonnet mixin. The chart and the mixin read it from chart/files, where write/chart.py writes it.
"""

from functools import cache
from typing import Any

from hubmeter_generator.alerts import alert_groups as groups_of_alerts
from hubmeter_generator.model import Alert, Rule
from hubmeter_generator.rules import recording_groups
from hubmeter_promql import render

Json = dict[str, Any]


@cache
def rule_groups() -> list[Json]:
    """Return the groups of recording rules, in the order of their dependencies.

    In addition to the keys of a rule file, a group has ``per`` (see `RuleGroup`), and a rule has ``when``: the values,
    by setting, with which it exists.
    """
    return [
        {"name": group.name, "interval": group.interval, "per": group.per, "rules": [_rule(r) for r in group.rules]}
        for group in recording_groups()
    ]


def _rule(rule: Rule) -> Json:
    labels = {"labels": dict(rule.labels)} if rule.labels else {}
    return {
        "record": rule.record,
        "expr": render.part(f"rules/{rule.query}.promql", rule.parameters),
        **labels,
        "when": {setting: values.split("|") for setting, values in rule.when.items()},
    }


@cache
def alert_groups() -> list[Json]:
    """Return the groups of alerts.

    In addition to the keys of a rule file, an alert has ``enabled_by``: a setting, or "". The annotation
    ``runbook_url`` is missing, because its pattern is a setting.
    """
    return [
        {"name": group.name, "interval": group.interval, "rules": [_alert(alert) for alert in group.alerts]}
        for group in groups_of_alerts()
    ]


def _alert(alert: Alert) -> Json:
    return {
        "alert": alert.name,
        "expr": render.part(f"alerts/{alert.query}.promql", alert.parameters),
        "for": alert.hold_for,
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.summary, "description": alert.description},
        "enabled_by": alert.enabled_by,
    }


@cache
def dashboards() -> dict[str, Json]:
    """Return the dashboards by name, for example ``group-bill``."""
    # The doctor and the backfill read rules and alerts, and run where grafanalib is not installed.
    from hubmeter_generator import dashboards as boards  # noqa: PLC0415 # the reason is above

    return {name: build() for name, build in boards.BUILDERS.items()}
