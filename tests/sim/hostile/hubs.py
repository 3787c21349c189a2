"""Sites whose pods are not all in the namespace of their hub, and sites with several hubs in one namespace."""

from dataclasses import replace
from typing import Final

from hubmeter_generator.operate.checks.finding import Status
from tests.sim.cluster import GIB, HOUR, Container, World
from tests.sim.hostile.clean import EVERYTHING
from tests.sim.hostile.frame import END, HUB, PROFILE, START, Reported, Site, clean_world
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


SITES = (
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
                "no groups exporter reports the namespaces dask, prod-ana, prod-ben, prod-cleo; usage there is without "
                "a group and counts for no other hub FIX if they belong to a hub in another namespace",
                Status.WARNING,
            ),
        ),
        pods_elsewhere(""),
    ),
)
