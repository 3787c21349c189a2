"""Sites whose scrapes do not honour labels: the namespace of a series is that of its target."""

from typing import Final

from tests.sim.hostile.clean import EVERYTHING
from tests.sim.hostile.frame import HUB, Change, Reported, Site, clean_world, gauge

FIX: Final = "is in exported_namespace (prod)"


def overwritten(prefix: str, by: str) -> Change:
    """Return what a scrape without honor_labels leaves of the metrics with a prefix: the target's namespace ``by``."""

    def change(labels: dict[str, str]) -> dict[str, str]:
        if labels["__name__"].startswith(prefix) and "namespace" in labels:
            return {**labels, "namespace": by, "exported_namespace": labels["namespace"]}
        return labels

    return change


def with_labels_of_the_target(labels: dict[str, str]) -> dict[str, str]:
    """Return what a scrape without honor_labels leaves of a kube-state-metrics in the hub's namespace."""
    if not labels["__name__"].startswith("kube_"):
        return labels
    own = {"namespace": HUB, "pod": "kube-state-metrics-0", "container": "kube-state-metrics"}
    return {**labels, **{f"exported_{name}": labels[name] for name in own if name in labels}, **own}


def reported(series: str, check: str, says: str) -> Reported:
    """Return the outcome of a series whose namespace was overwritten by ``support``."""
    labels = {"namespace": "support", "exported_namespace": HUB, "series": series}
    return Reported("HubmeterNamespaceOverwritten", labels, check, says)


SITES = (
    Site(
        "kube-state-metrics without honor_labels",
        (reported("kube_pod_info", "kube-state-metrics", FIX),),
        clean_world(),
        overwritten("kube_", "support"),
        alerts_allowed=("HubmeterNamespacesUnmapped", "HubmeterPodsUnmeasured", "HubmeterPodsUnknown"),
    ),
    Site(
        "kube-state-metrics without honor_labels in the hub's namespace",
        (
            Reported(
                "HubmeterNamespaceOverwritten",
                {"namespace": HUB, "exported_namespace": HUB, "series": "kube_pod_info"},
                "kube-state-metrics",
                "are in exported_pod and exported_container, so no use and no container is found for them FIX set "
                "honor_labels: true",
            ),
        ),
        clean_world(),
        with_labels_of_the_target,
        alerts_allowed=(
            "HubmeterClustersMixed",
            "HubmeterPodsUnknown",
            "HubmeterPodsUnmeasured",
            "HubmeterServersNotSeen",
        ),
    ),
    Site(
        "groups exporter without honor_labels",
        (reported("jupyterhub_groups_exporter_last_refresh_timestamp_seconds", "groups exporter", FIX),),
        clean_world(),
        overwritten("jupyterhub_", "support"),
        alerts_allowed=("HubmeterExporterSilent",),
    ),
    Site(
        "cost exporter without honor_labels",
        (reported("jupyterhub_unit_price_usd", "prices", "FIX set honor_labels: true"),),
        clean_world(),
        extras=(
            gauge(
                "jupyterhub_unit_price_usd",
                1e-12,
                namespace="support",
                exported_namespace=HUB,
                day="20717",
                component="compute",
                driver="compute",
                estimated="true",
                job="costs",
                instance="costs:9090",
            ),
        ),
        without=("jupyterhub_unit_price_usd",),
    ),
    Site(
        "honorLabels ignored in the hub's namespace",
        (EVERYTHING,),
        clean_world(),
        overwritten("jupyterhub_", HUB),
    ),
)
