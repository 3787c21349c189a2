"""The files that hubmeter-generate writes: their paths below the output folder, and their texts."""

from collections.abc import Iterator

from hubmeter_generator import fill
from hubmeter_generator.settings import Settings
from hubmeter_generator.write import dashboards, grafana_com, kubernetes, rules


def files(site: Settings, *, shared: bool = False) -> dict[str, str]:
    """Return the text of every file by its path.

    Args:
        site: The settings. The same settings give the same bytes.
        shared: Whether to include dashboards in the form of grafana.com.

    Raises:
        SettingsError: if the rules are too large for a Kubernetes object.
    """
    return dict(_files(site, shared=shared))


def _files(site: Settings, *, shared: bool) -> Iterator[tuple[str, str]]:
    for name, groups in (("hubmeter", fill.rule_groups(site)), ("hubmeter-alerts", fill.alert_groups(site))):
        yield f"rules/{name}.yaml", rules.rule_file(groups)
        operators, googles = kubernetes.prometheus_rule(name, groups), kubernetes.cluster_rules(name, groups)
        yield f"kubernetes/{name}.prometheusrule.yaml", kubernetes.object_file(operators)
        yield f"kubernetes/{name}.clusterrules.yaml", kubernetes.object_file(googles)
    for name, board in fill.dashboards(site).items():
        yield f"{name}.json", dashboards.json_file(board)
        yield f"{name}.jsonnet", dashboards.jsonnet_file(name)
        if shared:
            yield f"grafana.com/{name}.json", dashboards.json_file(grafana_com.shared(board))
