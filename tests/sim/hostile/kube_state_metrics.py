"""Sites whose series of kube-state-metrics are missing, or come from several clusters."""

from typing import Final

from hubmeter_generator.operate.checks.finding import Status
from tests.sim.cluster import Container
from tests.sim.hostile.containers import containers
from tests.sim.hostile.frame import HUB, Change, Reported, Site, clean_world

PROD: Final = {"namespace": HUB}
MISSING: Final = "HubmeterPodSeriesMissing"


def dropping(*metrics: str) -> Change:
    """Return a relabelling that drops these metrics, or all metrics that begin with one of them and an asterisk."""

    def change(labels: dict[str, str]) -> dict[str, str] | None:
        name = labels["__name__"]
        return None if name in metrics or any(name.startswith(m[:-1]) for m in metrics if m[-1] == "*") else labels

    return change


def without_label(label: str, prefix: str = "kube_pod_info") -> Change:
    """Return a relabelling that drops a label of the metrics with this prefix."""

    def change(labels: dict[str, str]) -> dict[str, str]:
        of_metric = labels["__name__"].startswith(prefix)
        return {name: value for name, value in labels.items() if name != label or not of_metric}

    return change


def without_ben(labels: dict[str, str]) -> dict[str, str] | None:
    """Leave out the series of ben's pod, as a shard of kube-state-metrics that is not scraped has them."""
    return None if labels["__name__"].startswith("kube_") and labels.get("pod") == "jupyter-ben" else labels


def in_cluster(name: str) -> Change:
    """Return a relabelling that adds the label of a cluster."""
    return lambda labels: {**labels, "cluster": name}


def reported(series: str, check: str, says: str, status: Status = Status.MISSING) -> Reported:
    """Return the outcome of a missing series."""
    return Reported(MISSING, {**PROD, "series": series}, check, says, status)


SITES = (
    Site(
        "no kube-state-metrics",
        (reported("kube_pod_info", "kube-state-metrics", "FIX install kube-state-metrics and scrape it"),),
        clean_world(),
        dropping("kube_*"),
    ),
    Site(
        "allow-list without annotations, created and labels",
        (
            Reported(
                "HubmeterUsernameAnnotationMissing",
                PROD,
                "username annotation",
                "FIX add kube_pod_annotations, kube_pod_created and kube_pod_labels to the allow-list of the scrape",
            ),
            reported("kube_pod_created", "kube-state-metrics", "FIX add them to the allow-list of the scrape"),
            reported("kube_pod_created", "pod labels", "FIX add kube_pod_labels to the allow-list", Status.WARNING),
        ),
        clean_world(),
        dropping("kube_pod_annotations", "kube_pod_created", "kube_pod_labels"),
    ),
    Site(
        "allow-list without phases",
        (reported("kube_pod_status_phase", "kube-state-metrics", "without kube_pod_status_phase"),),
        clean_world(),
        dropping("kube_pod_status_phase"),
        alerts_allowed=("HubmeterScrapeSlow",),
    ),
    Site(
        "allow-list without requests",
        (
            reported(
                "kube_pod_container_resource_requests",
                "kube-state-metrics",
                "without kube_pod_container_resource_requests",
            ),
        ),
        clean_world(),
        dropping("kube_pod_container_resource_requests"),
    ),
    Site(
        "a shard of kube-state-metrics is not scraped",
        (
            Reported(
                "HubmeterPodsUnknown",
                PROD,
                "kube-state-metrics",
                "does not report pods of prod that cAdvisor measures (1 now) FIX scrape all shards of "
                "kube-state-metrics",
            ),
        ),
        clean_world(),
        without_ben,
    ),
    *(
        Site(
            name,
            (
                Reported(
                    "HubmeterSidecarsNotCounted",
                    PROD | {"container": "istio-proxy"},
                    "kube-state-metrics",
                    "the requests of the sidecar istio-proxy are missing, if it is not for debugging",
                    Status.WARNING,
                ),
            ),
            containers(Container("istio-proxy", seed=41, init="sidecar"), Container("notebook", seed=42)),
            change,
        )
        for name, change in (
            ("allow-list without init containers", dropping("kube_pod_init_container_*")),
            ("init containers without restart_policy", without_label("restart_policy", "kube_pod_init_container_info")),
        )
    ),
    *(
        Site(
            f"pods without the label {label}",
            (
                reported(
                    f"kube_pod_info with the label {label}",
                    "kube-state-metrics",
                    f"kube_pod_info has no label {label}, so {effect} FIX keep this label",
                ),
            ),
            clean_world(),
            without_label(label, prefix),
            alerts_allowed=("HubmeterUsageNotAccounted", "HubmeterNamespacesUnmapped", "HubmeterServersNotSeen"),
        )
        for label, prefix, effect in (
            ("uid", "kube_pod_", "its pods cannot be joined"),
            ("node", "kube_pod_info", "no pod holds resources"),
        )
    ),
    Site(
        "two clusters with a label",
        (Reported("HubmeterClustersMixed", PROD, "clusters", "FIX set cluster_label: cluster"),),
        clean_world(),
        in_cluster("east"),
        others=((clean_world(people={"dan": ("biology",)}, since=2), in_cluster("west")),),
    ),
    Site(
        "two clusters without a label",
        (Reported("HubmeterClustersMixed", PROD, "clusters", "FIX give the series of each cluster a label"),),
        clean_world(),
        others=((clean_world(since=2), lambda labels: {**labels, "prometheus": "west"}),),
    ),
)
