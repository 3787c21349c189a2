"""Sites whose pods are not all in the namespace of their hub, and sites with several hubs in one namespace."""

from dataclasses import replace
from typing import Final

from hubmeter_generator.operate.checks.finding import Status
from hubmeter_promql import names
from tests.sim.cluster import GIB, HOUR, MINUTE, Container, Exporter, Target, World
from tests.sim.hostile.clean import EVERYTHING
from tests.sim.hostile.frame import END, HUB, PROFILE, START, Reported, Site, clean_world, gauge
from tests.sim.worlds import server

USERS: Final = ("ana", "ben", "cleo")


def pods_elsewhere(hub: str) -> World:
    """Return the clean world with each server in a namespace of its own; ``hub`` is their hub, or "".

    All servers have one name; so have the databases beside them, which have no username. One of ana's Dask workers is
    in the namespace of dask-gateway.
    """
    clean = clean_world()
    lasting = (START - HOUR, END + HOUR)
    database = Container("database", memory_request=GIB / 4, memory_base=GIB / 8, cpu_base=1 / 32, seed=3)
    worker = Container("worker", memory_request=2 * GIB, cpu_request=1.0, seed=4)
    namespaces = [(name, f"{HUB}-{name}") for name in USERS]
    servers = (
        *(s for s in clean.servers if s.username is None),
        *(server(space, name, *lasting, pod="jupyter", profile=PROFILE, hub=hub) for name, space in namespaces),
        *(server(space, None, *lasting, pod="database-0", containers=(database,), hub=hub) for _, space in namespaces),
        server("dask", "ana", *lasting, pod="dask-worker-1", containers=(worker,), component="dask-worker", hub=hub),
    )
    return replace(clean, servers=servers)


def two_hubs() -> World:
    """Return the clean world with a second hub in the namespace: ana is on both, dora only on the second.

    The exporter of the second hub is replaced after 40 minutes, by one that knows ben's new group, and is away from
    minute 70 to 75.
    """
    clean = clean_world()
    url, moved = "http://hub-b:8081", START + 40 * MINUTE
    before = {"ana": ("chemistry",), "dora": ("biology", "chemistry"), "cleo": ("astronomy",), "ben": ("biology",)}
    after = {**before, "ben": ("chemistry",)}
    servers = (*clean.servers, server(HUB, "dora", START - HOUR, END + HOUR, profile=PROFILE))
    second = (
        Exporter(HUB, Target("exporter-b1:9090", end=moved + 3 * MINUTE), HOUR, url, before),
        Exporter(HUB, Target("exporter-b2:9090", start=moved, end=START + 70 * MINUTE), MINUTE, url, after),
        Exporter(HUB, Target("exporter-b3:9090", start=START + 75 * MINUTE), MINUTE, url, after),
    )
    return replace(clean, servers=servers, exporters=(*clean.exporters, *second))


SITES = (
    Site(
        "two hubs in one namespace",
        (replace(EVERYTHING, series=(*EVERYTHING.series, names.SHARE)),),
        two_hubs(),
        extras=(
            gauge(
                f"jupyterhub_{names.REFRESH_INTERVAL}",
                60.0,
                namespace=HUB,
                job="groups-exporter",
                instance="b",
                hub_url="http://hub-b:8081",
            ),
        ),
    ),
    Site(
        "very many memberships",
        (
            EVERYTHING,
            Reported(
                "HubmeterMembershipsUnlisted",
                {"namespace": HUB},
                "users",
                "740000 group memberships in prod have no row, because there are very many FIX name the groups that "
                "policies, the cost API or dashboards need with the exporter's --listed_groups",
                Status.WARNING,
            ),
        ),
        clean_world(),
        extras=(
            gauge(
                f"jupyterhub_{names.EXPORTER_UNLISTED}",
                740_000.0,
                namespace=HUB,
                job="groups-exporter",
                instance="exporter.prod:9090",
            ),
        ),
    ),
    Site(
        "odd names",
        (EVERYTHING,),
        clean_world(people={"ana\nlee": ("cn=geo,ou=uni",), 'o"brien\\': ("All",), "ben": ()}),
    ),
    Site(
        "groups reported late",
        (EVERYTHING,),
        replace(
            clean_world(),
            exporters=(Exporter(HUB, Target("exporter.prod:9090", start=START + 40 * MINUTE)),),
        ),
    ),
    Site(
        "pods in namespaces of their own, mapped",
        (EVERYTHING,),
        pods_elsewhere(HUB),
        settings={"pod_namespaces": [{"namespaces": "dask", "hub": HUB}, {"namespaces": "(prod)-.+", "hub": "$1"}]},
    ),
    Site(
        "pods in namespaces of their own, not mapped",
        (
            EVERYTHING,
            Reported(
                "HubmeterNamespacesUnmapped",
                {},
                "groups exporter",
                "no groups exporter reports the namespaces dask, prod-ana, prod-ben, prod-cleo; usage there is in "
                "the group 'groups unknown' and counts for no other hub FIX if they belong to a hub in another "
                "namespace",
                Status.WARNING,
            ),
        ),
        pods_elsewhere(""),
    ),
)
