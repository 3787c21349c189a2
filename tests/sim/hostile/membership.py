"""Sites whose users or groups are not known."""

from typing import Final

from tests.sim.hostile.frame import HUB, Reported, Site, clean_world

PROD: Final = {"namespace": HUB}


def without_annotation(labels: dict[str, str]) -> dict[str, str]:
    """Remove the username, as kube-state-metrics without an allow-list does."""
    labels.pop("annotation_hub_jupyter_org_username", None)
    return labels


def without_exporter(labels: dict[str, str]) -> dict[str, str] | None:
    """Leave out the groups exporter."""
    return None if labels["__name__"].startswith("jupyterhub_") else labels


SITES = (
    Site(
        "annotation not exported",
        (
            Reported(
                "HubmeterUsernameAnnotationMissing",
                PROD,
                "username annotation",
                "FIX start kube-state-metrics with --metric-annotations-allowlist=pods=[hub.jupyter.org/username]",
            ),
        ),
        clean_world(),
        without_annotation,
    ),
    Site(
        "no groups exporter",
        (Reported("HubmeterNamespacesUnmapped", {}, "groups exporter", "FIX run hubmeter-exporter for each hub"),),
        clean_world(),
        without_exporter,
        without=("jupyterhub_groups_exporter_refresh_interval_seconds",),
    ),
)
