"""kube-state-metrics: pods, the annotation with their username, and the labels of their profile."""

from typing import Final

from hubmeter_generator.operate.checks.finding import Result, missing, ok, warning
from hubmeter_generator.operate.checks.site import HONOR_LABELS, RELABELLING, Site, exported_namespaces, listed
from hubmeter_promql import usage_parts

_ANNOTATION: Final = "hub.jupyter.org/username"
_OF_TROUBLE: Final = ("container_state_started", "container_status_restarts_total", "status_reason")
_NEEDED: Final = ("info", "created", "status_phase", "container_info", "container_resource_requests")


def pods(site: Site) -> Result:
    """Check that pods, their phases and their requests are exposed."""
    selector = "{%(kube_state_metrics)s%(hub_selector)s}"
    if exported := site.overwritten("kube_pod_info"):
        if all(row.labels.get("namespace") == row.labels.get("exported_namespace") for row in exported):
            return missing(
                "the pods and containers of kube-state-metrics' series are in exported_pod and exported_container, so "
                "no use and no container is found for them",
                HONOR_LABELS,
            )
        return missing(
            f"the namespace of kube-state-metrics' pods is in exported_namespace ({exported_namespaces(exported)})",
            HONOR_LABELS,
        )
    absent = [f"kube_pod_{name}" for name in _NEEDED if not site.rows(f"kube_pod_{name}{selector}")]
    if len(absent) == len(_NEEDED):
        return missing(
            f"no series of kube-state-metrics match {site.matchers('kube_state_metrics_selector')}",
            "install kube-state-metrics and scrape it, or correct the setting kube_state_metrics_selector",
        )
    if absent:
        return missing(
            f"kube-state-metrics is scraped, but without {listed(absent)}",
            f"add them {RELABELLING}; and, if kube-state-metrics has a --metric-allowlist, to that",
        )
    if incomplete := _incomplete(site):
        return incomplete
    instances = len(site.query("kube_state_metrics_instances"))
    several = f", from {instances} instances, which is harmless: a pod counts once" if instances > 1 else ""
    return ok(f"kube-state-metrics reports pods{several}")


def _incomplete(site: Site) -> Result | None:
    """Return what is missing of some pods or containers, of which others are reported."""
    for label, effect in (("uid", "its pods cannot be joined"), ("node", "no pod holds resources")):
        if not site.rows(f'kube_pod_info{{%(kube_state_metrics)s%(hub_selector)s, {label}!=""}}'):
            return missing(
                f"kube_pod_info has no label {label}, so {effect}",
                "keep this label: remove it from labeldrop in metric_relabel_configs of kube-state-metrics' scrape "
                "(metricRelabelings in a ServiceMonitor)",
            )
    if unknown := site.by_hub(site.query("alerts/usage/pods_unknown", unknown=usage_parts.unknown_pods())):
        return missing(
            f"kube-state-metrics does not report pods of {listed(unknown)} that cAdvisor measures "
            f"({sum(unknown.values()):.0f} now)",
            "scrape all shards of kube-state-metrics, and remove --namespaces or add the namespaces of these pods",
        )
    if sidecars := site.query("alerts/usage/sidecars_not_counted"):
        containers = listed({row.labels["container"] for row in sidecars})
        return warning(
            f"the requests of the sidecar {containers} are missing, if it is not for debugging: kube-state-metrics "
            "does not report it as an init container that always restarts",
            "keep kube_pod_init_container_info and kube_pod_init_container_resource_requests and _limits in the "
            "allow-lists of kube-state-metrics (2.11 or later) and of its scrape",
        )
    return None


def states(site: Site) -> Result:
    """Check that the series of the dashboard Trouble are exposed that are there while any pod is."""
    selector = "{%(kube_state_metrics)s%(hub_selector)s}"
    absent = [f"kube_pod_{name}" for name in _OF_TROUBLE if not site.rows(f"kube_pod_{name}{selector}")]
    if not absent or not site.rows(f"kube_pod_info{selector}"):
        return ok("kube-state-metrics reports the states of containers, for the dashboard Trouble")
    return warning(
        f"kube-state-metrics is scraped without {listed(absent)}, so the dashboard Trouble lacks starts or events",
        f"add them {RELABELLING}, and kube_pod_container_status_waiting_reason and "
        "kube_pod_container_status_last_terminated_reason, which exist only at times",
    )


def node_pools(site: Site) -> Result:
    """Check that nodes have the label of their pool."""
    label = site.settings.node_pool_label
    if site.rows(f'kube_node_labels{{%(kube_state_metrics)s{label}!=""}}'):
        return ok(f"nodes have the label {label} of their pool")
    return warning(
        f"no node has the label {label}, so the dashboard Cluster has one pool without a name",
        "start kube-state-metrics with --metric-labels-allowlist=nodes=[LABEL], and set node_pool_label to that label "
        "as kube_node_labels spells it",
    )


def username_annotation(site: Site) -> Result:
    """Check that pods have a username."""
    label = site.settings.username_annotation_label
    without = site.by_hub(site.query("alerts/membership/username_annotation_missing"))
    if site.annotated_pods and not without:
        count = sum(site.annotated_pods.values())
        return ok(f"{count:.0f} pods have a username, in {listed(site.annotated_pods)}")
    fix = (
        f"start kube-state-metrics with --metric-annotations-allowlist=pods=[{_ANNOTATION}] "
        f"(Helm: metricAnnotationsAllowList: ['pods=[{_ANNOTATION}]'])"
    )
    if not site.rows("kube_pod_annotations{%(kube_state_metrics)s}"):
        if dropped(site):
            fix = f"add kube_pod_annotations, kube_pod_created and kube_pod_labels {RELABELLING}"
        else:
            fix = f"{fix}; if it has that option, add kube_pod_annotations {RELABELLING}"
    others = [name for name in site.labels("kube_pod_annotations") if "username" in name and name != label]
    if others:
        fix = f"set username_annotation_label: {others[0]}, the label that pods have; or {fix}"
    if without:
        return missing(f"user servers run in {listed(without)}, but no pod there has a username", fix)
    meaning = f"no pod has the label {label}; this is right only while no server runs"
    return warning(meaning, fix) if site.exporters else missing(meaning, fix)


def dropped(site: Site) -> bool:
    """Return whether an allow-list drops series that kube-state-metrics exports by default."""
    return not site.rows("kube_pod_created{%(kube_state_metrics)s}") and bool(
        site.rows("kube_pod_info{%(kube_state_metrics)s}")
    )


def pod_labels(site: Site) -> Result:
    """Check that pods have labels of their profile, size or image."""
    settings = site.settings
    selector = "kube_pod_labels{%(kube_state_metrics)s%(hub_selector)s, "
    labels = (settings.profile_label, settings.size_label, settings.image_label)
    if present := [label for label in labels if site.rows(f'{selector}{label}!=""}}')]:
        return ok(f"pods have the labels {listed(present)}")
    if dropped(site) and not site.rows("kube_pod_labels{%(kube_state_metrics)s}"):
        return warning(
            "an allow-list of the scrape drops kube_pod_labels, so the dashboard Profiles has one row for all",
            f"add kube_pod_labels {RELABELLING}",
        )
    return warning(
        "no pod has a label of its profile, size or image, so the dashboard Profiles has one row for all; without "
        "profiles this is right",
        "start kube-state-metrics with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image], "
        "or set profile_label, size_label and image_label to the labels of your pods",
    )
