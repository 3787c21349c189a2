"""Fills the open model in with a site's settings: the rules, alerts and dashboards as Prometheus and Grafana read them.

chart/templates/_settings.tpl and mixin/mixin.libsonnet do the same to the same model; tests compare all three.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hubmeter_generator import open_model
from hubmeter_generator.open_model import Json
from hubmeter_generator.settings import Settings
from hubmeter_promql import render


def rule_groups(site: Settings) -> list[Json]:
    """Return the groups of recording rules that these settings give, in the order of their dependencies."""
    values = site.placeholders()
    return [
        _fill({"name": group["name"], "interval": group["interval"], "rules": rules}, {**values, **window})
        for group in open_model.rule_groups()
        if (rules := [_without(rule, "when") for rule in group["rules"] if _exists(rule, site)])
        for window in (site.window_placeholders(group["per"]) if group["per"] else [{}])
    ]


def _exists(rule: Json, site: Settings) -> bool:
    return all(getattr(site, setting) in values for setting, values in rule["when"].items())


def alert_groups(site: Settings) -> list[Json]:
    """Return the groups of alerts that these settings give."""
    values = site.placeholders()
    return [
        {
            "name": group["name"],
            "interval": render.render(group["interval"], values),
            "rules": [
                _alert(alert, site, values)
                for alert in group["rules"]
                if not alert["enabled_by"] or getattr(site, alert["enabled_by"])
            ],
        }
        for group in open_model.alert_groups()
    ]


def _alert(alert: Json, site: Settings, values: Mapping[str, str]) -> Json:
    result: Json = _fill(_without(alert, "enabled_by"), values)
    result["annotations"]["runbook_url"] = site.runbook_url.replace("{alert}", alert["alert"])
    return result


def dashboards(site: Settings) -> dict[str, Json]:
    """Return the dashboards by name."""
    return {name: dashboard(board, site) for name, board in open_model.dashboards().items()}


def dashboard(board: Json, site: Settings) -> Json:
    """Return an open dashboard with its placeholders filled in.

    Without a cluster label it has no variable for the cluster.
    """
    result: Json = _fill(board, site.placeholders())
    if not site.cluster_label:
        result["templating"]["list"] = [v for v in result["templating"]["list"] if v["name"] != "cluster"]
    result["tags"] = [*site.dashboard_tags, *result["tags"]]
    return result


def _without(rule: Json, key: str) -> Json:
    return {name: value for name, value in rule.items() if name != key}


def _fill(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return render.render(value, values)
    if isinstance(value, Mapping):
        return {key: _fill(item, values) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_fill(item, values) for item in value]
    return value
