"""The demo's site: two hubs, a hundred people, what they did for sixty days and will do for three more.

Days follow a clock on which it is 15:00 now, so that the demo begins in the afternoon wherever it runs. Sessions are
drawn by day, from the day's number: two runs of a day have the same.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from tests.sim.cluster import (
    DAY,
    GIB,
    HOUR,
    MINUTE,
    Container,
    Directory,
    Node,
    Server,
    Target,
    Volume,
    World,
    shares,
    user_slug,
)
from tests.sim.worlds import hub_pods, server

SCIENCE: Final = "science"
TEACHING: Final = "teaching"
HUBS: Final = (SCIENCE, TEACHING)
COURSE: Final = "data science 101"
GPU_GROUP: Final = "machine learning"
BUDGETS: Final = {"astronomy": 60, "biology": 55, GPU_GROUP: 420, COURSE: 90}
LEADS: Final = {GPU_GROUP: ["elena"], COURSE: ["alan"]}  # they see the page of the group
SHARES: Final = "split"  # --multiple_groups of the exporters
STEP: Final = 300  # seconds of a bucket
AHEAD: Final = 3 * DAY  # how long the demo can run before its people stay away
# No session begins or ends about the demo's start: recorded groups then equal the pods without a race.
CALM: Final = (-20 * MINUTE, 25 * MINUTE)
NODE_MEMORY: Final = 32 * GIB
NODE_CORES: Final = 8.0
GPU_NODE_MEMORY: Final = 96 * GIB
GPUS_OF_NODE: Final = 4

GROUPS: Final = {
    SCIENCE: ("astronomy", "biology", "chemistry", GPU_GROUP),
    TEACHING: (COURSE, "statistics 1", "Überkurs Ökologie"),
}
_FIRST: Final = (
    "ada", "alan", "barbara", "ben", "chen", "dana", "edsger", "elena", "farid", "grace", "hana", "ivan", "jo",
    "katherine", "lin", "mara", "noor", "olga", "pia", "radia", "sam", "tara", "uma", "vera", "wei", "yuki",
)  # fmt: skip
# Names that break joins, in the hub science: accents, upper case, hyphens, one name that begins like another.
ODD_NAMES: Final = {
    "ana.lópez@uni.edu": ("astronomy", "biology"),
    "Bob-Smith": (),
    "x--y": ("chemistry",),
    "ann": ("astronomy",),
    "anna": ("biology",),
    ("long-" * 16)[:80]: ("chemistry",),
    "first.last": (GPU_GROUP,),
    "2fast": ("astronomy", "chemistry"),
}
# Directories that are no user's.
NOBODYS_HOMES: Final = {
    (SCIENCE, "_shared"): 180 * GIB,
    (SCIENCE, "left-last-year"): 31 * GIB,
    (SCIENCE, "old-project"): 12.5 * GIB,
    (TEACHING, "_shared"): 35 * GIB,
}
PEOPLE: Final = {SCIENCE: 54, TEACHING: 46}


@dataclass(frozen=True)
class Size:
    """A choice of the hub's profile list: requests, and the part of them that its users use on average."""

    profile: str
    name: str
    image: str
    memory: float
    cpu: float
    gpus: int = 0
    used: float = 0.5


SMALL: Final = Size("course", "small", "datascience-2026.09", 2 * GIB, 0.5, used=0.4)
MEDIUM: Final = Size("research", "medium", "datascience-2026.09", 4 * GIB, 1.0, used=0.55)
R: Final = Size("research", "medium", "r-4.5", 4 * GIB, 1.0, used=0.3)
LARGE: Final = Size("research", "large", "datascience-2026.09", 16 * GIB, 4.0, used=0.45)
GPU: Final = Size("gpu", "gpu", "torch-2.9", 16 * GIB, 4.0, gpus=1, used=0.6)


@dataclass(frozen=True)
class Person:
    """A user of a hub."""

    namespace: str
    name: str
    groups: tuple[str, ...]
    number: int

    @property
    def shares(self) -> list[tuple[str, float]]:
        """The groups that the use is charged to, and the share of each."""
        return shares(self.groups, SHARES, "other")[1]

    def home(self, age: float) -> float:
        """Return the bytes of the home directory so many seconds before the demo's start."""
        size = min((2 + self.number * 7 % 23) * GIB * (2.0 if self.number % 9 == 4 else 1.0), 0.97 * self.home_limit)
        return size * (1 - 0.25 * age / (60 * DAY))

    @property
    def home_limit(self) -> float:
        """The limit of the home directory in bytes."""
        return (50 if self.namespace == SCIENCE else 25) * GIB


@dataclass(frozen=True)
class Session:
    """A server of a person from ``begin`` to ``end``, multiples of STEP; it was created ``waits`` seconds before."""

    person: Person
    begin: int
    end: int
    size: Size
    waits: float
    seed: int
    killed: bool = False  # for want of memory, an hour after its begin

    @cached_property
    def container(self) -> Container:
        """The server's container, with its use."""
        return Container(
            "notebook",
            memory_request=self.size.memory,
            cpu_request=self.size.cpu,
            memory_limit=2 * self.size.memory,
            cpu_limit=2 * self.size.cpu,
            gpu_request=self.size.gpus,
            memory_base=self.size.memory * self.size.used * (0.5 + self.seed % 97 / 97) / 1.25,
            cpu_base=self.size.cpu * 0.5 * self.size.used * (0.3 + self.seed % 89 / 89),
            restarts=(self.begin + HOUR,) if self.killed else (),
            ended_by="OOMKilled",
            seed=self.seed,
        )


def people(namespace: str) -> dict[str, tuple[str, ...]]:
    """Return the users of a hub and their groups: most in one, some in two, some in none."""
    found = dict(ODD_NAMES) if namespace == SCIENCE else {}
    groups = GROUPS[namespace]
    for number in range(PEOPLE[namespace] - len(found)):
        round_ = number // len(_FIRST)
        name = _FIRST[number % len(_FIRST)] + ("", f".{'klmn'[number % 4]}")[round_ % 2]
        # The course has most of the students.
        group = groups[(0, 0, 0, 1, 2)[number % 5]] if namespace == TEACHING else groups[number % 4]
        if number % 17 == 8:
            found[name] = ()
        elif number % 17 == 4:
            found[name] = tuple(sorted({group, groups[(groups.index(group) + 1) % len(groups)]}))
        else:
            found[name] = (group,)
    return found


def persons() -> tuple[Person, ...]:
    """Return everybody of both hubs."""
    everyone = [(namespace, name, groups) for namespace in HUBS for name, groups in people(namespace).items()]
    return tuple(Person(*row, number) for number, row in enumerate(everyone))


@dataclass(frozen=True)
class Site:
    """The site around ``now`` (unix seconds): ``days`` of the past, and AHEAD."""

    now: float
    days: int
    everyone: tuple[Person, ...] = field(default_factory=persons)

    @property
    def start(self) -> int:
        """The beginning of the past: midnight (UTC), so that each day of it is whole."""
        return int(self.now // DAY - self.days) * int(DAY)

    @property
    def offset(self) -> float:
        """Seconds that the people's clock is ahead of UTC."""
        return (15 * HOUR - self.now + DAY / 2) % DAY - DAY / 2

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """All sessions that overlap with the site's time, by begin; a person has one at a time."""
        found: list[Session] = []
        free: dict[Person, int] = {}
        busy: list[int] = []  # until when a GPU is in use
        first = math.floor((self.start + self.offset) / DAY) - 1
        last = math.floor((self.now + AHEAD + self.offset) / DAY)
        for day in range(first, last + 1):
            for drawn in sorted(self._of_day(day), key=lambda s: (s.begin, s.person.number)):
                begin, end = self._calm(max(drawn.begin, free.get(drawn.person, 0))), self._calm(drawn.end)
                if end > begin and end > self.start and begin < self.now + AHEAD:
                    free[drawn.person] = end + STEP
                    busy = [until for until in busy if until > begin]
                    size = drawn.size
                    if size.gpus and len(busy) == GPUS_OF_NODE:
                        size = LARGE
                    busy += [end] * size.gpus
                    found.append(replace(drawn, begin=begin, end=end, size=size))
        return tuple(sorted(found, key=lambda session: session.begin))

    @cached_property
    def _present(self) -> frozenset[Person]:
        """Those who have a server at the demo's start on any day: one of each group of a hub."""
        found = {(person.namespace, person.groups): person for person in reversed(self.everyone)}
        return frozenset(found.values())

    def _of_day(self, day: int) -> Iterator[Session]:
        draw = random.Random(day)
        midnight = day * DAY - self.offset
        weekend = (day + 3) % 7 >= 5  # the first day of 1970 was a Thursday
        today = math.floor((self.now + self.offset) / DAY)
        to_deadline = (today + 1 - day) % 21  # tomorrow, and each three weeks before
        for person in self.everyone:
            chance = 0.8 - 0.1 * (person.number % 5)
            if person.number % 12 == 11:  # has hardly come any more for a month
                chance = 0.5 if today - day > 33 else 0.01
            rush = 0.0
            if weekend:
                chance *= 0.65
            if COURSE in person.groups and to_deadline < 4:
                rush = (4 - to_deadline) / 4
                chance = min(chance + 0.55 * rush, 0.95)
            size = self._size(person, draw)
            if day == today and person in self._present:
                begin = _grid(self.now - draw.uniform(1, 3) * HOUR)
                yield Session(person, begin, begin + 4 * int(HOUR), size, 31.0, draw.getrandbits(32))
                continue
            if draw.random() >= chance:
                continue
            hour = draw.choice((draw.gauss(9.6, 0.9), draw.gauss(13.2, 1.0), draw.gauss(14.0 + 4 * rush, 2.0)))
            hours = draw.uniform(4, 12) if size.gpus else draw.uniform(1.0, 4.5) + rush * draw.uniform(0, 3)
            if draw.random() < 0.08:  # forgets to stop the server
                hours += draw.uniform(5, 9)
            begin = _grid(midnight + hour * HOUR)
            waits = draw.uniform(12, 45) if draw.random() < 0.85 else draw.uniform(70, 240)
            yield Session(
                person, begin, begin + max(_grid(hours * HOUR), STEP), size, round(waits), draw.getrandbits(32),
                killed=draw.random() < 0.012 and hours > 2,
            )  # fmt: skip

    def _size(self, person: Person, draw: random.Random) -> Size:
        if person.namespace == TEACHING:
            return SMALL if draw.random() < 0.9 else MEDIUM
        if GPU_GROUP in person.groups:
            return draw.choices((GPU, LARGE, MEDIUM), weights=(3, 2, 4))[0]
        return draw.choices((SMALL, MEDIUM, R, LARGE), weights=(2, 5, 2, 2))[0]

    def _calm(self, at: int) -> int:
        """Return the time, or the end of the calm about the demo's start if the time is within."""
        after = _grid(self.now + CALM[1])
        return after if self.now + CALM[0] < at < after else at

    def user_nodes(self, requested: float) -> int:
        """Return how many nodes the autoscaler has for so many bytes of requested memory without GPUs."""
        return max(1, math.ceil((requested + 2 * GIB) / (0.9 * NODE_MEMORY)))

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes about the demo's start, which then stay."""
        requested = sum(s.size.memory for s in self.sessions if s.begin <= self.now < s.end and not s.size.gpus)
        extras = 12 * GIB
        return (
            *(Node(f"user-{n + 1}", NODE_MEMORY, NODE_CORES) for n in range(self.user_nodes(requested + extras))),
            Node("gpu-1", GPU_NODE_MEMORY, 32.0, gpus=GPUS_OF_NODE, purpose="gpu"),
            Node("core-1", 32 * GIB, 8.0, purpose="core"),
        )

    @cached_property
    def world(self) -> World:
        """The cluster about and after the demo's start, with all that makes joins fail."""
        since, later = self.now - 3 * HOUR, self.now + AHEAD
        users = [node.name for node in self.nodes if node.purpose == "user"]
        servers: list[Server] = [
            replace(pod, node="core-1")
            for hub in HUBS
            for pod in hub_pods(hub, self.now - 70 * DAY, self.now + 30 * DAY)
        ]
        busy: dict[str, float] = defaultdict(float)
        for session in self.sessions:
            if session.end > since:
                node = "gpu-1" if session.size.gpus else min(users, key=lambda name: busy[name])
                busy[node] += session.size.memory
                servers.append(_server(session, node))
        return World(
            start=since,
            end=later,
            hubs=HUBS,
            memberships={},
            servers=(*servers, *_extras(self.now, later)),
            exporters=(),  # the demo's exporters are real
            directories=tuple(self._directories()),
            nodes=self.nodes,
            volumes=tuple(self._volumes()),
            kube_state_metrics=(Target("10.0.0.10:8080"), Target("10.0.0.11:8080")),
            opencost=(Target("10.0.0.12:9003"),),
        )

    def _directories(self) -> Iterator[Directory]:
        last = {session.person: min(session.end, self.now) for session in self.sessions if session.begin < self.now}
        for person in self.everyone:
            size, growth = person.home(0), (person.home(0) - person.home(60 * DAY)) / 60 / 24
            yield Directory(
                person.namespace,
                user_slug(person.name),
                size,
                person.home_limit,
                bytes_per_hour=growth,
                epoch=self.now,
                files=900 + person.number * 7919 % 60_000,
                changed=last.get(person, self.start - 40 * DAY),
            )
        for number, ((hub, name), size) in enumerate(NOBODYS_HOMES.items()):
            yield Directory(hub, name, size, files=4000 + 900 * number, changed=self.now - (number * 97 + 3) * DAY)

    def _volumes(self) -> Iterator[Volume]:
        for hub, capacity in ((SCIENCE, 1.5 * 2**10 * GIB), (TEACHING, 0.75 * 2**10 * GIB)):
            used = sum(person.home(0) for person in self.everyone if person.namespace == hub)
            used += sum(size for (of, _), size in NOBODYS_HOMES.items() if of == hub)
            yield Volume(hub, "home-nfs", capacity, capacity - used, 64e6, 60e6)


def _grid(t: float) -> int:
    return math.ceil(t / STEP) * STEP


def _server(session: Session, node: str) -> Server:
    person, size = session.person, session.size
    created = session.begin - session.waits
    return server(
        person.namespace,
        person.name,
        created,
        session.end,
        waits=session.waits,
        containers=(session.container,),
        node=node,
        listed=60,
        profile=(size.profile, size.name, size.image),
    )


def _extras(now: float, later: float) -> Iterator[Server]:
    """Yield pods that break naive joins, for as long as the demo runs."""
    worker = Container("dask-worker", memory_request=2 * GIB, cpu_request=1.0, memory_base=GIB, seed=101)
    named = Container("notebook", memory_request=4 * GIB, cpu_request=1.0, memory_base=2 * GIB, seed=102)
    since = now - 2 * HOUR
    # A Dask worker and a named server, which belong to their owners.
    yield server(SCIENCE, "ana.lópez@uni.edu", since, later, pod="dask-worker-1", containers=(worker,), node="user-1")
    yield server(
        SCIENCE, "anna", since, later, server_name="r", containers=(named,), node="user-1",
        profile=("research", "medium", "r-4.5"),
    )  # fmt: skip
    # Waits for a node; failed, but still listed; has no annotation; is of a user the hub lost.
    waits = Container("notebook", memory_request=16 * GIB, cpu_request=4.0, gpu_request=4, seed=103)
    yield server(
        SCIENCE, "first.last", now - 9 * MINUTE, later, server_name="four-gpus", waits=math.inf, containers=(waits,),
        profile=("gpu", "gpu", "torch-2.9"),
    )  # fmt: skip
    yield server(
        SCIENCE, "ann", since, now - HOUR, server_name="bad", phase_end="Failed", listed=DAY, node="user-1",
        stopped_by="Evicted", profile=("research", "medium", "datascience-2026.09"),
    )  # fmt: skip
    yield server(SCIENCE, "Bob-Smith", since, later, server_name="bare", annotated=False, node="user-1")
    yield server(SCIENCE, "left-the-hub", since, later, node="user-1")


def expected(of: World, namespace: str, t: float) -> dict[str, tuple[float, float]]:
    """Return (bytes of memory requested, servers) of a hub at ``t`` by group; "" is unattributed.

    Computed from users and pods alone: what hub, exporter and rules together must come to.
    """
    known: Mapping[str, tuple[str, ...]] = people(namespace)
    found = {"": (0.0, 0.0)}
    for pod in of.servers_at(t):
        if pod.namespace != namespace or not pod.running(t):
            continue
        requested = sum(container.memory_request or 0.0 for container in pod.containers)
        is_server = any(container.name == "notebook" for container in pod.containers)
        rows = [("", 1.0)]
        if pod.username is not None and pod.username in known and pod.annotated:
            _, rows = shares(known[pod.username], SHARES, "other")
        for group, share in rows:
            memory, servers = found.get(group, (0.0, 0.0))
            found[group] = (memory + requested * share, servers + is_server * share)
    return found
