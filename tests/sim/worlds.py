"""Two worlds to measure: a day that a person can read, and one as large as asked for."""

import hashlib
import math
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from tests.sim.cluster import (
    DAY,
    GIB,
    HOUR,
    MINUTE,
    Container,
    Directory,
    Exporter,
    Node,
    Server,
    Strategy,
    Target,
    World,
    legacy_slug,
    pod_name,
    user_slug,
)

ACCENTED: Final = "ana.lópez@uni.edu"
LONG: Final = ("long-" * 16)[:80]


def pod_uid(text: str) -> str:
    """Return a pod's uid, the same for the same text."""
    return str(uuid.UUID(bytes=hashlib.sha256(text.encode()).digest()[:16]))


def server(
    namespace: str,
    username: str | None,
    created: float,
    ended: float,
    *,
    server_name: str = "",
    pod: str | None = None,
    waits: float = 20.0,
    containers: tuple[Container, ...] | None = None,
    node: str = "node-1",
    phase_end: Literal["Succeeded", "Failed"] = "Succeeded",
    annotated: bool = True,
    component: str = "singleuser-server",
    listed: float = 0.0,
    profile: tuple[str, str, str] = ("", "", ""),
    hub: str = "",
    waiting: tuple[float, float, str] | None = None,
    stopped_by: str = "",
) -> Server:
    """Return a pod that waits ``waits`` seconds for a node; its seed and uid follow from name and time."""
    name = pod or pod_name(username or component, server_name)
    uid = pod_uid(f"{namespace}/{name}/{created}")
    return Server(
        namespace=namespace,
        username=username,
        pod=name,
        uid=uid,
        node=node,
        created=created,
        scheduled=created + waits,
        ended=ended,
        containers=containers or (Container("notebook", seed=int(uid[:8], 16)),),
        server_name=server_name,
        phase_end=phase_end,
        annotated=annotated,
        component=component,
        listed=listed,
        profile=profile,
        hub=hub,
        waiting=waiting,
        stopped_by=stopped_by,
    )


def hub_pods(namespace: str, start: float, end: float) -> Iterator[Server]:
    """Yield the pods of a hub that belong to no user, as Zero to JupyterHub names them."""
    for component, pod, memory, cpu in (
        ("hub", "hub-7d9c6f5b8-x2x4v", GIB / 2, 0.25),
        ("proxy", "proxy-5f8b6d9c7-k8d2q", GIB / 8, 0.125),
        ("image-puller", "continuous-image-puller-9zxcv", None, None),
        ("user-placeholder", "user-placeholder-0", 2 * GIB, 1.0),
    ):
        yield server(
            namespace,
            None,
            start,
            end,
            pod=pod,
            component=component,
            node="docker-1",
            containers=(
                Container(
                    component,
                    memory_request=memory,
                    cpu_request=cpu,
                    memory_limit=None,
                    memory_base=GIB / 4,
                    cpu_base=1 / 16,
                    seed=int(pod_uid(pod)[:8], 16),
                ),
            ),
        )


def small_world(start: float, strategy: Strategy = "split") -> World:
    """Return a day of two hubs with everything that has gone wrong for somebody; ``start`` is a full hour.

    The comments give the hours after ``start``.
    """

    def h(hours: float) -> float:
        return start + hours * HOUR

    end = start + DAY
    big = Container(
        "notebook",
        memory_request=4 * GIB,
        cpu_request=2.0,
        memory_limit=8 * GIB,
        cpu_limit=4.0,
        gpu_request=1,
        memory_base=3 * GIB,
        cpu_base=1.5,
        seed=7,
    )
    sidecar = Container(
        "nfs-sidecar",
        memory_request=GIB / 8,
        cpu_request=0.0625,
        memory_limit=None,
        memory_base=GIB / 32,
        cpu_base=1 / 64,
        seed=8,
    )
    # An init container that has ended before the pod runs, and a native sidecar.
    prepared = replace(sidecar, name="prepare", memory_request=8 * GIB, init="plain")
    proxy = replace(sidecar, name="istio-proxy", cpu_limit=2.0, memory_limit=GIB, init="sidecar", seed=10)
    sliced = Container(
        "notebook",
        seed=11,
        mig_requests=(("nvidia_com_mig_1g_5gb", 2), ("nvidia_com_mig_3g_20gb", 1), ("nvidia_com_mig_2g_12gb", 1)),
    )
    worker = Container("dask-worker", memory_request=2 * GIB, cpu_request=1.0, memory_base=GIB, cpu_base=0.75, seed=9)
    servers = (
        *hub_pods("prod", start - DAY, end + DAY),
        *hub_pods("staging", start - DAY, end + DAY),
        # One group; with a sidecar; and a second, named server with a GPU.
        server(
            "prod",
            "ana",
            h(8) + 17,
            h(12),
            containers=(Container("notebook", seed=1), sidecar),
            profile=("globals", "small", "scipy-1"),
        ),
        server(
            "prod",
            "ana",
            h(9),
            h(15) + 40,
            server_name="gpu",
            containers=(big,),
            node="gpu-1",
            profile=("course", "gpu", "torch-2"),
        ),
        # `ann` beside `anna`. ann's container is killed at 10:15:30 and starts again in the same pod.
        server(
            "prod",
            "ann",
            h(8.5),
            h(17),
            containers=(Container("notebook", seed=2, restarts=(h(10.25) + 30,), ended_by="OOMKilled"),),
            profile=("globals", "small", "scipy-1"),
        ),
        # anna stops her server and starts it again two minutes later, larger: the same pod name, a new uid.
        server("prod", "anna", h(9), h(11), profile=("globals", "small", "scipy-1")),
        server("prod", "anna", h(11) + 120, h(13), node="node-2", profile=("globals", "large", "scipy-1")),
        # Three groups; a Dask worker that carries the owner's annotation but no profile; and a second, named server.
        server("prod", ACCENTED, h(10), h(14), profile=("globals", "small", "scipy-1")),
        server("prod", ACCENTED, h(11), h(12), server_name="r", profile=("globals", "small", "r-4")),
        server(
            "prod",
            ACCENTED,
            h(10.5),
            h(11.5),
            pod="dask-worker-5b1f-q8v7x",
            containers=(worker,),
            component="dask-worker",
            node="node-2",
        ),
        # No group. A server that failed stays listed, with its requests, for ten minutes beside the good one.
        server("prod", "Bob-Smith", h(9), h(16)),
        server(
            "prod", "Bob-Smith", h(9), h(10), server_name="try it", phase_end="Failed", listed=600, stopped_by="Evicted"
        ),
        # Waits 25 minutes for a node; and once more for one that never comes.
        server("prod", "x--y", h(13), h(16), waits=25 * MINUTE),
        server("prod", "x--y", h(18), h(18) + 20 * MINUTE, waits=math.inf),
        server("prod", LONG, h(7), h(20), node="docker-1", profile=("globals", "", "scipy-1")),
        # An image that takes two minutes to pull, and one that does not exist.
        server("staging", "zoe", h(5), h(5.5), waiting=(h(5) + 20, h(5) + 140, "ContainerCreating")),
        server(
            "staging",
            "ana",
            h(6),
            h(6) + 10 * MINUTE,
            waiting=(h(6) + 20, math.inf, "ImagePullBackOff"),
            profile=("course", "small", "nope-0"),
        ),
        # Changes groups at 12:00 while the server runs; dave at 6:01, in a rolling update of the exporter.
        server("prod", "carol", h(9), h(18), profile=("globals", "small", "scipy-1")),
        server("prod", "dave", h(-2), h(8)),
        # Member of a group that is called like the default group.
        server("prod", "frank", h(15), h(16), listed=240),
        # The annotation is missing; and a user whom the exporter does not know.
        server("prod", "erin", h(11), h(13), annotated=False, profile=("globals", "large", "scipy-1")),
        server("prod", "ghost", h(14), h(15.5), profile=("globals", "large", "scipy-1")),
        # The second hub: the same name is another person.
        server("staging", "ana", h(9), h(10), profile=("course", "", "")),
        server("staging", "zoe", h(9), h(21), node="node-2", containers=(prepared, proxy, sliced)),
    )
    always = -math.inf
    memberships = {
        ("prod", "ana"): ((always, ("physics",)),),
        ("prod", "ann"): ((always, ("physics",)),),
        ("prod", "anna"): ((always, ("chemistry",)),),
        ("prod", ACCENTED): ((always, ("chemistry", "data science 101", "physics")),),
        ("prod", "Bob-Smith"): ((always, ()),),
        # During the exporter's outage (13:30 to 13:37): seen afterwards.
        ("prod", "x--y"): ((always, ("chemistry",)), (h(13.5) + 180, ("physics",))),
        ("prod", LONG): ((always, ("chemistry", "physics")),),
        ("prod", "carol"): ((always, ("physics",)), (h(12), ("chemistry",))),
        ("prod", "dave"): ((always, ("physics",)), (h(6) + 60, ("chemistry",))),
        ("prod", "frank"): ((always, ("other", "physics")),),
        ("prod", "erin"): ((always, ("chemistry",)),),
        ("prod", "idle"): ((always, ("physics",)),),
        ("staging", "ana"): ((always, ("testers",)),),
        ("staging", "zoe"): ((always, ()),),
    }
    directories = (
        Directory("prod", "ana", 40 * GIB, 50 * GIB, bytes_per_hour=GIB / 4, epoch=start),
        Directory("prod", user_slug(ACCENTED), 5 * GIB, 20 * GIB),
        Directory("prod", legacy_slug(ACCENTED), 3 * GIB),  # from before the hub's upgrade
        Directory("prod", user_slug("Bob-Smith"), 2 * GIB, 20 * GIB),
        Directory("prod", user_slug(LONG), GIB),
        Directory("prod", legacy_slug("x--y"), 7 * GIB),
        Directory("prod", "left-last-year", 60 * GIB, 100 * GIB),  # a user who is gone
        Directory("prod", "carol", 8 * GIB, end=h(20)),  # deleted in the evening
        Directory("staging", "ana", 11 * GIB, 20 * GIB),
    )
    return World(
        start=start,
        end=end,
        hubs=("prod", "staging"),
        memberships=memberships,
        servers=servers,
        exporters=(
            # A rolling update: for three minutes both are up; the old one still shows the snapshot of 6:00.
            Exporter("prod", Target("10.0.0.20:9090", end=h(6) + 300), refresh=HOUR),
            Exporter("prod", Target("10.0.0.21:9090", start=h(6) + 120)),
            Exporter("staging", Target("10.0.0.30:9090")),
        ),
        directories=directories,
        nodes=(
            Node("node-1", 64 * GIB),
            Node("node-2", 64 * GIB, start=h(7), end=h(22)),  # the autoscaler's
            Node("gpu-1", 128 * GIB, gpus=4, hub="prod"),
            Node("docker-1", 32 * GIB, purpose="core"),
        ),
        kube_state_metrics=(Target("10.0.0.10:8080", end=h(13)), Target("10.0.0.11:8080", start=h(11) - 60)),
        opencost=(Target("10.0.0.12:9003", start=h(10), end=h(20)),),
        exporter_outages=(("prod", h(13.5), h(13.5) + 7 * MINUTE),),
        strategy=strategy,
    )


def large_world(
    start: float,
    *,
    users: int,
    running: int,
    days: float,
    hubs: int = 2,
    seed: int = 0,
    strategy: Strategy = "split",
    groups_per_hub: int = 20,
) -> World:
    """Return a world where ``running`` servers of ``users`` users run at any time, each for one to six hours.

    A tenth of the users is in no group, seven tenths in one of those of the hub, the rest in two or three.
    """
    if running >= users:
        raise ValueError(f"running={running} servers need more than users={users} users")
    rng = random.Random(seed)
    end = start + days * DAY
    namespaces = tuple(f"hub-{number}" for number in range(1, hubs + 1))
    groups = [f"course-{number:02}" for number in range(1, groups_per_hub + 1)]
    patterns = ("user-{}", "first.last{}@uni.edu", "student{}", "Prof-{}")
    names: dict[str, list[str]] = {namespace: [] for namespace in namespaces}
    memberships: dict[tuple[str, str], tuple[tuple[float, tuple[str, ...]], ...]] = {}
    for number in range(users):
        namespace = namespaces[number % hubs]
        name = patterns[number // hubs % len(patterns)].format(number)
        names[namespace].append(name)
        size = rng.choices((0, 1, 2, 3), weights=(10, 70, 15, 5))[0]
        memberships[namespace, name] = ((-math.inf, tuple(sorted(rng.sample(groups, size)))),)
    return World(
        start=start,
        end=end,
        hubs=namespaces,
        memberships=memberships,
        servers=tuple(_sessions(rng, names, running, start, end)),
        exporters=tuple(Exporter(namespace, Target(f"10.0.1.{n}:9090")) for n, namespace in enumerate(namespaces, 1)),
        directories=tuple(
            Directory(
                namespace,
                user_slug(name),
                size=round(rng.uniform(0.1, 10), 2) * GIB,
                hard_limit=20 * GIB,
                bytes_per_hour=2.0**20,
                epoch=start,
            )
            for namespace, name in memberships
        ),
        nodes=tuple(Node(f"node-{number}", 128 * GIB, gpus=8) for number in range(-(-running // 20))),
        strategy=strategy,
    )


@dataclass(frozen=True)
class _Size:
    """A choice of the hub's profile list: what a server of that size asks for."""

    name: str
    memory: float
    cpu: float
    gpu: int = 0


_SIZES: Final = (
    _Size("small", GIB, 0.25),
    _Size("medium", 2 * GIB, 0.5),
    _Size("large", 4 * GIB, 1.0),
    _Size("gpu", 16 * GIB, 4.0, gpu=1),
)


def _sessions(
    rng: random.Random, names: dict[str, list[str]], running: int, start: float, end: float
) -> Iterator[Server]:
    """Yield servers: in each of ``running`` slots, somebody idle starts one when the last one ends."""
    namespaces = list(names)
    slots = [(start - rng.uniform(0, 3 * HOUR), slot) for slot in range(running)]
    queues = {namespace: rng.sample(users, len(users)) for namespace, users in names.items()}
    turn = dict.fromkeys(namespaces, 0)
    busy: dict[tuple[str, str], float] = {}
    while slots:
        next_slots = []
        for begin, slot in sorted(slots):
            namespace = namespaces[slot % len(namespaces)]
            queue = queues[namespace]
            for _ in queue:
                username = queue[turn[namespace] % len(queue)]
                turn[namespace] += 1
                if busy.get((namespace, username), -math.inf) < begin:
                    break
            stop = begin + round(rng.uniform(HOUR, 6 * HOUR))
            busy[namespace, username] = stop
            size = rng.choices(_SIZES, weights=(50, 30, 15, 5))[0]
            container = Container(
                "notebook",
                memory_request=size.memory,
                cpu_request=size.cpu,
                memory_limit=2 * size.memory,
                cpu_limit=2 * size.cpu,
                gpu_request=size.gpu,
                memory_base=size.memory / 2,
                cpu_base=size.cpu / 2,
                seed=rng.getrandbits(32),
            )
            yield server(
                namespace,
                username,
                begin,
                stop,
                containers=(container,),
                node=f"node-{slot // 20}",
                listed=60,
                profile=("globals", size.name, "torch-2" if size.gpu else "scipy-1"),
            )
            if stop < end:
                next_slots.append((stop, slot))
        slots = next_slots
