"""cAdvisor: the memory and CPU of containers."""

from typing import Final

from hubmeter_generator.operate.checks.finding import Result, missing, ok, warning
from hubmeter_generator.operate.checks.site import Site, listed
from hubmeter_promql import usage_parts

_METRICS: Final = ("container_memory_working_set_bytes", "container_cpu_usage_seconds_total")


def containers(site: Site) -> Result:
    """Check that usage is reported by container, for each hub."""
    container = '{%(cadvisor)s%(hub_selector)s, container!="", container!="POD"}'
    for metric in _METRICS:
        rows = site.rows_by_hub(metric + container)
        if not rows and site.rows(f"{metric}{{%(cadvisor)s%(hub_selector)s}}"):
            return missing(
                f"{metric} is scraped, but without the label container",
                "keep this label in metric_relabel_configs of the kubelet's job; without it a container's usage "
                "cannot be distinguished from its pod's",
            )
        if not rows:
            return missing(
                f"no {metric} matches {site.matchers('cadvisor_selector')}",
                "scrape the kubelets' /metrics/cadvisor, or correct the setting cadvisor_selector",
            )
        if absent := [hub for hub in site.annotated_pods if hub not in rows]:
            return missing(
                f"{metric} is missing for {listed(absent)}",
                "do not drop these namespaces in metric_relabel_configs, and scrape the kubelets of their nodes",
            )
        query = {"running": usage_parts.running_pods(), "metric": metric}
        if unmeasured := site.by_hub(site.query("rules/health/unmeasured_pods", **query)):
            return missing(
                f"{metric} is missing for running pods of {listed(unmeasured)} ({sum(unmeasured.values()):.0f} now)",
                "scrape the kubelets of all nodes; of pods in a sandbox (gVisor, Kata) cAdvisor reports no containers "
                "(docs/runbooks/HubmeterPodsUnmeasured.md finds the nodes and pods)",
            )
    if indistinct := site.by_hub(site.query("alerts/usage/containers_indistinct")):
        return warning(
            f"the series of containers of {listed(indistinct)} have neither the label id nor name, so a container that "
            "starts again has no CPU for one to five minutes",
            "keep the label id in metric_relabel_configs of the kubelet's job",
        )
    copies = max((row.value for row in site.query("container_copies")), default=1)
    twice = f", in {copies:.0f} scrapes each, which is harmless: a container counts once" if copies > 1 else ""
    return ok(f"cAdvisor reports the memory and CPU of containers{twice}")
