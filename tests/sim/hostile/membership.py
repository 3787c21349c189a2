"""Sites whose users or groups are not known."""

from dataclasses import replace
from typing import Final

from hubmeter_generator.operate.checks.finding import Status
from tests.sim.cluster import HOUR, MINUTE, World
from tests.sim.hostile.frame import END, HUB, START, Reported, Site, clean_world, gauge
from tests.sim.worlds import server

PROD: Final = {"namespace": HUB}


def without_annotation(labels: dict[str, str]) -> dict[str, str]:
    """Remove the username, as kube-state-metrics without an allow-list does."""
    labels.pop("annotation_hub_jupyter_org_username", None)
    return labels


def with_ghost() -> World:
    """Return a hub with a server of a user whom the exporter does not report."""
    world = clean_world()
    return replace(world, servers=(*world.servers, server(HUB, "ghost", START - HOUR, END + HOUR)))


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
    Site(
        "groups exporter away for too long",
        (Reported("HubmeterExporterSilent", PROD, "groups exporter", "FIX run hubmeter-exporter for each hub"),),
        replace(clean_world(), exporter_outages=((HUB, START + 20 * MINUTE, END),)),
        without=("jupyterhub_groups_exporter_refresh_interval_seconds",),
    ),
    Site(
        "user unknown to the exporter",
        (
            Reported(
                "HubmeterUsersUnknown",
                PROD,
                "users",
                "1 more run a pod but are unknown to the exporter, in prod",
                Status.WARNING,
            ),
        ),
        with_ghost(),
    ),
    Site(
        "exporter with a fast clock",
        (Reported("HubmeterClockWrong", PROD, "clocks", "the groups exporter of prod is 300 s fast", Status.WARNING),),
        clean_world(),
        extras=(
            gauge(
                "jupyterhub_groups_exporter_last_refresh_timestamp_seconds",
                lambda t: t + 300,
                namespace=HUB,
                job="groups-exporter",
                instance="another",
            ),
        ),
        alerts_allowed=("HubmeterUsersUnknown",),
    ),
    Site(
        "exporter of another version",
        (
            Reported(
                "",
                {},
                "versions",
                "groups exporters of prod have version 0.0.1 FIX load rules, alerts and dashboards of one version",
                Status.WARNING,
            ),
        ),
        clean_world(),
        extras=(gauge("jupyterhub_groups_exporter_build_info", 1.0, namespace=HUB, version="0.0.1", instance="old"),),
    ),
)
