"""What the generator writes: file names and their text, the same for the same settings."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from hubmeter_common.settings_file import SettingsError
from hubmeter_generator import dashboards, settings
from hubmeter_generator.alerts import alert_groups as all_alert_groups
from hubmeter_generator.mixin import mixin_files
from hubmeter_generator.model import Alert, AlertGroup, Rule, RuleGroup
from hubmeter_generator.rules import recording_groups
from hubmeter_generator.write import grafana_com, kubernetes
from hubmeter_promql import render

Json = dict[str, Any]

_HEADER: Final = "# Written by hubmeter-generate; do not edit.\n"

# A dashboard for deploy.py of jupyterhub/grafana-dashboards: it reads a variable's query as text, Grafana as an object.
_DEPLOYED: Final = """\
// Written by hubmeter-generate; do not edit.
// For deploy.py of jupyterhub/grafana-dashboards, which reads a variable's query as text.
local text(variable) = if variable.type == 'query' then variable {{ query: super.query.query }} else variable;

(import '{name}.json') {{
  templating+: {{ list: [text(variable) for variable in super.list] }},
}}
"""


def rule_groups(site: settings.Settings) -> list[Json]:
    """Return the recording rules' groups as Prometheus reads them, in the order of their dependencies."""
    values = site.placeholders()
    groups = (
        _rule_group(group, site, {**values, **extra})
        for group in recording_groups()
        for extra in (site.window_placeholders(group.each) if group.each else [{}])
    )
    return [group for group in groups if group["rules"]]


def _rule_group(group: RuleGroup, site: settings.Settings, values: Mapping[str, str]) -> Json:
    return {
        "name": render.render(group.name, values),
        "interval": render.render(group.interval, values),
        "rules": [_rule(rule, values) for rule in group.rules if _is_there(rule, site)],
    }


def _is_there(rule: Rule, site: settings.Settings) -> bool:
    return all(getattr(site, key) in allowed.split("|") for key, allowed in rule.when.items())


def _rule(rule: Rule, values: Mapping[str, str]) -> Json:
    result: Json = {"record": rule.record, "expr": _query(f"rules/{rule.template}", rule.parameters, values)}
    if rule.labels:
        result["labels"] = _fill(rule.labels, values)
    return result


def _query(template: str, parameters: Mapping[str, str], values: Mapping[str, str]) -> str:
    return render.render(render.load(f"{template}.promql"), values, _fill(parameters, values))


def alert_groups(site: settings.Settings) -> list[Json]:
    """Return the alerts' groups as Prometheus reads them, without those whose setting is empty."""
    return [_alert_group(group, site) for group in all_alert_groups()]


def _alert_group(group: AlertGroup, site: settings.Settings) -> Json:
    enabled = [alert for alert in group.alerts if not alert.enabled_by or getattr(site, alert.enabled_by)]
    return {
        "name": group.name,
        "interval": render.render(group.interval, site.placeholders()),
        "rules": [_alert(alert, site) for alert in enabled],
    }


def _alert(alert: Alert, site: settings.Settings) -> Json:
    values = site.placeholders()
    return {
        "alert": alert.name,
        "expr": _query(f"alerts/{alert.query}", alert.parameters, values),
        "for": render.render(alert.hold_for, values),
        "labels": {"severity": alert.severity},
        "annotations": {
            "summary": render.render(alert.summary, values),
            "description": render.render(alert.description, values),
            "runbook_url": site.runbook_url.replace("{alert}", alert.name),
        },
    }


def dashboard(template: Json, site: settings.Settings) -> Json:
    """Return a dashboard with its placeholders filled in; the mixin does the same to the same templates.

    Where no cluster label is set, the cluster's variable goes away.
    """
    board: Json = _fill(template, site.placeholders())
    if not site.cluster_label:
        board["templating"]["list"] = [v for v in board["templating"]["list"] if v["name"] != "cluster"]
    board["tags"] = list(site.dashboard_tags)
    return board


def _fill(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return render.render(value, values)
    if isinstance(value, Mapping):
        return {key: _fill(item, values) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_fill(item, values) for item in value]
    return value


def files(site: settings.Settings) -> dict[str, str]:
    """Return every file below the output folder, by its path there.

    The mixin is written for the default settings only: it is configured in jsonnet, by its ``_config``, and needs the
    templates of the repository it is part of.
    """
    return dict(_files(site))


def _files(site: settings.Settings) -> Iterator[tuple[str, str]]:
    for name, groups in (("hubmeter", rule_groups(site)), ("hubmeter-alerts", alert_groups(site))):
        yield f"rules/{name}.yaml", _yaml({"groups": groups})
        yield f"kubernetes/{name}.prometheusrule.yaml", _sized(_yaml(kubernetes.prometheus_rule(name, groups)))
        yield f"kubernetes/{name}.clusterrules.yaml", _sized(_yaml(kubernetes.cluster_rules(name, groups)))
    open_boards = {name: build() for name, build in dashboards.BUILDERS.items()}
    for name, template in open_boards.items():
        board = dashboard(template, site)
        yield f"{name}.json", _json(board)
        yield f"{name}.jsonnet", _DEPLOYED.format(name=name)
        yield f"grafana.com/{name}.json", _json(grafana_com.shared(board))
    if site == settings.load():
        yield from mixin_files(site, open_boards)


def _sized(text: str) -> str:
    if len(text.encode()) > kubernetes.LARGEST_OBJECT:
        raise SettingsError(
            f"a rule object would have {len(text.encode())} bytes, more than the {kubernetes.LARGEST_OBJECT} that "
            "Kubernetes takes: use fewer windows or shorter selectors"
        )
    return text


class _Dumper(yaml.SafeDumper):
    """YAML as people write rules: queries of several lines as blocks, and nothing that points elsewhere."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _represent_text)


def _yaml(value: Any) -> str:
    return _HEADER + yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=10**6, allow_unicode=True)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
