"""The soak test's people, and the simulated cluster their servers run in."""

import math
from typing import Final

from tests.sim.cluster import (
    GIB,
    HOUR,
    MINUTE,
    Container,
    Directory,
    Server,
    Target,
    World,
    shares,
    user_slug,
)
from tests.sim.worlds import hub_pods, server

NAMESPACE: Final = "demo"
DEFAULT_GROUP: Final = "other"
GROUPS: Final = ("astronomy", "biology", "chemistry", "data science 101", "Überkurs Ökologie")
ODD_NAMES: Final = {
    "ana.lópez@uni.edu": ("astronomy", "biology", "data science 101"),
    "Bob-Smith": (),
    "x--y": ("chemistry",),
    "ann": ("astronomy",),
    "anna": ("biology",),
    ("long-" * 16)[:80]: ("data science 101",),
    "first.last": ("Überkurs Ökologie",),
    "2fast": ("astronomy", "chemistry"),
}
_FIRST: Final = (
    "ada alan barbara ben chen dana edsger elena farid grace hana ivan jo katherine lin mara noor olga pia "
    "radia sam tara uma vera wei yuki"
)
_DAYS: Final = 7 * 24 * HOUR


def users() -> dict[str, tuple[str, ...]]:
    """Return 60 users and their groups: most in one, some in two, some in none; eight with odd names."""
    found = dict(ODD_NAMES)
    for number in range(60 - len(found)):
        name = f"{_FIRST.split()[number // 2]}{'' if number % 2 else '.m'}"
        group = GROUPS[number % len(GROUPS)]
        if number % 12 == 8:
            found[name] = ()
        elif number % 12 == 4:
            found[name] = (group, GROUPS[(number + 1) % len(GROUPS)])
        else:
            found[name] = (group,)
    return found


def world(now: float) -> World:
    """Return the cluster around ``now``: every second user has a server, and all that makes joins fail."""
    servers: list[Server] = [*hub_pods(NAMESPACE, now - _DAYS, now + _DAYS)]
    for number, username in enumerate(users()):
        if number % 2 == 0 or username in ODD_NAMES:
            servers.append(_server(username, now - (number % 9 + 1) * 20 * MINUTE, now + _DAYS, seed=number))
    worker = Container("dask-worker", memory_request=2 * GIB, cpu_request=1.0, memory_base=GIB, seed=101)
    big = Container("notebook", memory_request=8 * GIB, cpu_request=4.0, gpu_request=1, memory_base=5 * GIB, seed=102)
    later = now + _DAYS
    servers += [
        # A Dask worker and a named server, which belong to their owners.
        server(NAMESPACE, "ana.lópez@uni.edu", now - HOUR, later, pod="dask-worker-1", containers=(worker,)),
        server(NAMESPACE, "anna", now - HOUR, later, server_name="gpu", containers=(big,), node="gpu-1"),
        # Waits for a node; failed, but still listed; has no annotation; is of a user the hub lost.
        server(NAMESPACE, "x--y", now - MINUTE, later, server_name="waits", waits=math.inf),
        server(NAMESPACE, "ann", now - HOUR, now - MINUTE, server_name="bad", phase_end="Failed", listed=_DAYS),
        server(NAMESPACE, "Bob-Smith", now - HOUR, later, server_name="bare", annotated=False),
        server(NAMESPACE, "left-the-hub", now - HOUR, later),
    ]
    return World(
        start=now - _DAYS,
        end=now + _DAYS,
        hubs=(NAMESPACE,),
        memberships={},
        servers=tuple(servers),
        exporters=(),  # the exporter is the real one
        directories=tuple(
            Directory(NAMESPACE, user_slug(username), size=(number % 7 + 1) * GIB, hard_limit=10 * GIB)
            for number, username in enumerate(users())
        ),
        kube_state_metrics=(Target("10.0.0.10:8080"), Target("10.0.0.11:8080")),
        opencost=(Target("10.0.0.12:9003"),),
        measured_every=5.0,  # CPU of a short interval of rules needs a measurement in it
    )


def _server(username: str, created: float, ended: float, seed: int) -> Server:
    size = (1, 2, 4)[seed % 3]
    notebook = Container(
        "notebook",
        memory_request=size * GIB,
        cpu_request=size / 4,
        memory_limit=2 * size * GIB,
        memory_base=size * GIB / 2,
        cpu_base=size / 16,
        seed=seed,
    )
    return server(NAMESPACE, username, created, ended, containers=(notebook,), node=f"node-{seed % 3}")


def expected(cluster: World, t: float) -> dict[str, tuple[float, float]]:
    """Return (bytes of memory requested, servers) at ``t`` by group; "" is unattributed.

    Worked out from users and pods alone: what the whole chain of hub, exporter and rules must come to.
    """
    known = users()
    found = {"": (0.0, 0.0)}
    for pod in cluster.servers_at(t):
        if not pod.running(t):
            continue
        requested = sum(container.memory_request or 0.0 for container in pod.containers)
        is_server = any(container.name == "notebook" for container in pod.containers)
        rows = [("", 1.0)]
        if pod.username in known and pod.annotated:
            _, rows = shares(known[pod.username], "default", DEFAULT_GROUP)
        for group, share in rows:
            memory, servers = found.get(group, (0.0, 0.0))
            found[group] = (memory + requested * share, servers + is_server * share)
    return found
