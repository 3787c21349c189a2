"""The doctor's checks of a Prometheus, one module for each subject.

A check sends a few small queries and returns one result. It reads selectors, labels and the metrics prefix from the
settings, so its result is only as right as the settings file.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from hubmeter_generator.operate.checks import (
    cadvisor,
    costs,
    home_directories,
    hubs,
    kube_state_metrics,
    membership,
    prometheus,
    rules,
    usage,
)
from hubmeter_generator.operate.checks.finding import Finding, Result, warning
from hubmeter_generator.operate.checks.site import Site
from hubmeter_promql.client import PrometheusError, UnreachableError

CHECKS: Final[Mapping[str, Callable[[Site], Result]]] = {
    "prometheus": prometheus.engine,
    "history": prometheus.history,
    "kube-state-metrics": kube_state_metrics.pods,
    "states of containers": kube_state_metrics.states,
    "username annotation": kube_state_metrics.username_annotation,
    "cadvisor": cadvisor.containers,
    "scrape interval": prometheus.scrape_interval,
    "servers": usage.servers,
    "gpus": usage.gpus,
    "groups exporter": membership.groups_exporter,
    "clocks": prometheus.clocks,
    "hubs": membership.hubs,
    "clusters": hubs.clusters,
    "hub metrics": hubs.metrics,
    "quota policies": hubs.quota_policies,
    "users": membership.users,
    "node pools": kube_state_metrics.node_pools,
    "pod labels": kube_state_metrics.pod_labels,
    "home directories": home_directories.home_directories,
    "rules loaded": rules.rules_loaded,
    "rules work": rules.rules_work,
    "rule metrics": prometheus.rule_metrics,
    "versions": rules.versions,
    "recorded series": rules.recorded_series,
    "recorded usage": rules.recorded_usage,
    "alerts": rules.alerts_loaded,
    "prices": costs.prices,
}


def run(site: Site) -> Iterator[Finding]:
    """Yield the finding of each check as soon as it is known.

    A query that fails becomes a finding, with two exceptions.

    Raises:
        UnreachableError: The server cannot be reached.
        PrometheusError: The very first query fails: the server is no Prometheus.
    """
    for number, (name, check) in enumerate(CHECKS.items()):
        try:
            result = check(site)
        except UnreachableError:
            raise
        except PrometheusError as error:
            if number == 0:
                raise
            result = warning(f"the check failed: {error}", "run the doctor again, with a longer --timeout")
        yield Finding(name, result.status, result.meaning, result.fix)
