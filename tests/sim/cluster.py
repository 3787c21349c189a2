"""What Prometheus would have scraped from a cluster of JupyterHubs: pure functions of a world and a time.

Times are unix seconds, memory is in bytes, CPU in cores. Nothing is drawn at random: every value is a
function of (seed, time), so two runs and two engines see the same numbers.

Scrapes happen at whole multiples of ``World.step``, those of kubelets every ``World.kubelet_step`` from
``World.kubelet_phase`` on. A sample arrives at its scrape's time and carries that time, except cAdvisor's: it
measures each container every 10 to 20 s, and a scrape returns what it measured 5 to 25 s before, with that time
(`measured`). Prometheus therefore writes no staleness markers for them (``EXPLICIT_TIMESTAMPS``): a container that
is gone stays visible to queries for five minutes. Usage changes at half minutes, so that a scrape at a full minute
and its measurements read the same.
"""

import hashlib
import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final, Literal, NamedTuple

from kubespawner.slugs import escape_slug, multi_slug, safe_slug

Labels = tuple[tuple[str, str], ...]
Strategy = Literal["default", "split", "all"]

MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86400.0
GIB: Final = 2.0**30
PHASES: Final = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
# Metrics that are exposed with timestamps of their own: Prometheus marks none of these series stale.
EXPLICIT_TIMESTAMPS: Final = frozenset({"container_memory_working_set_bytes", "container_cpu_usage_seconds_total"})
CADVISOR_AGE: Final = 15.0  # seconds from cAdvisor's measurement to the scrape, on average
# KubeSpawner's own limit for a slug in a template.
_SLUG_LENGTH: Final = 48


class Sample(NamedTuple):
    """One scraped value. ``labels`` hold instance and job, no empty values, and not the metric's name."""

    name: str
    labels: Labels
    value: float
    timestamp: float  # seconds; the sample arrives when it is scraped, which is later for cAdvisor


@dataclass(frozen=True)
class Container:
    """A container of a pod: its requests and limits (None: not set), and its use as a function of time."""

    name: str
    memory_request: float | None = GIB
    cpu_request: float | None = 0.5
    memory_limit: float | None = 2 * GIB
    cpu_limit: float | None = None
    gpu_request: int = 0
    mig_requests: tuple[tuple[str, int], ...] = ()  # (resource as kube-state-metrics names it, number)
    init: Literal["", "plain", "sidecar"] = ""  # an init container; a sidecar has restartPolicy Always
    seed: int = 0
    memory_base: float = GIB / 2
    cpu_base: float = 0.25
    restarts: tuple[float, ...] = ()  # each begins a new cgroup, with its counter at 0
    ended_by: str = "Error"  # the reason before each restart

    def memory(self, t: float) -> float:
        """Return the working set at ``t``: between 1 and 1.5 times ``memory_base``, constant for a minute."""
        return float(int(self.memory_base * (1 + _noise(self.seed, _minute(t)) / 128)))

    def cpu_rate(self, t: float) -> float:
        """Return the cores in use at ``t``: between 0.37 and 1.63 times ``cpu_base``, constant for a minute."""
        minute = _minute(t)
        return self.cpu_base * (1 + (_noise(self.seed, minute + 1) - _noise(self.seed, minute)) / 100)

    def cpu_seconds(self, start: float, t: float) -> float:
        """Return the CPU seconds used from ``start`` to ``t``: the integral of ``cpu_rate``, in microseconds.

        Not finer, as VictoriaMetrics keeps twelve digits of a number.
        """
        return round(self._cpu_integral(t) - self._cpu_integral(start), 6)

    def _cpu_integral(self, t: float) -> float:
        minute = _minute(t)
        begin = minute * MINUTE - MINUTE / 2
        at_begin = self.cpu_base * MINUTE * (minute + _noise(self.seed, minute) / 100)
        return at_begin + (t - begin) * self.cpu_rate(t)


def _minute(t: float) -> int:
    """Return the number of the whole minute nearest to ``t``."""
    return math.floor(t / MINUTE + 0.5)


def _noise(seed: int, n: int) -> int:
    """Return an even-looking integer of 0 to 63 for (seed, n): the top bits of a multiplicative hash."""
    x = (seed * 0x9E3779B97F4A7C15 + n * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    x = ((x ^ (x >> 31)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return x >> 58


def measured(cgroup: str, t: float) -> float:
    """Return the time of the measurement of a cgroup that a scrape at ``t`` returns: 5 to 25 s before, irregularly."""
    number = math.floor(t / 15) + 1
    while (stamp := number * 15 + _noise(_seed_of(cgroup), number) // 13) > t - 5:
        number -= 1
    return float(stamp)


@cache
def _seed_of(cgroup: str) -> int:
    return int(_hex(cgroup)[:8], 16)


@dataclass(frozen=True, eq=False)
class Server:
    """A pod: a user's server (or Dask worker), or with ``username=None`` a pod of the hub itself."""

    namespace: str
    username: str | None
    pod: str
    uid: str
    node: str
    created: float
    scheduled: float  # math.inf: never found a node
    ended: float
    containers: tuple[Container, ...]
    server_name: str = ""
    phase_end: Literal["Succeeded", "Failed"] = "Succeeded"
    annotated: bool = True
    component: str = "singleuser-server"
    listed: float = 0.0  # seconds that kube-state-metrics still lists the pod after its end
    profile: tuple[str, str, str] = ("", "", "")  # the pod's labels for profile, size and image
    hub: str = ""  # namespace of the hub, if not the pod's own
    waiting: tuple[float, float, str] | None = None  # from, to, and the reason why no container of the pod runs
    stopped_by: str = ""  # the reason for which the node ended the pod

    @property
    def hub_namespace(self) -> str:
        """The namespace of the pod's hub."""
        return self.hub or self.namespace

    def exists(self, t: float) -> bool:
        """Return whether kube-state-metrics lists the pod."""
        return self.created <= t < self.ended + self.listed

    def running(self, t: float) -> bool:
        """Return whether the pod has a node and its containers run."""
        return self.scheduled <= t < self.ended

    def phase(self, t: float) -> str:
        """Return the pod's phase, one of PHASES."""
        if t >= self.ended:
            return self.phase_end
        return "Running" if t >= self.scheduled else "Pending"

    def cgroup_start(self, container: Container, t: float) -> float:
        """Return when the container that runs at ``t`` began: at the pod's start, or its last restart."""
        return max([self.scheduled, *(r for r in container.restarts if r <= t)])

    def waits_for(self, t: float) -> str:
        """Return the reason why the containers of the pod, which has a node, do not run; "": they do."""
        return self.waiting[2] if self.waiting and self.waiting[0] <= t < self.waiting[1] else ""

    def started(self, container: Container, t: float) -> float | None:
        """Return when the container that runs at ``t`` started; None: it does not run."""
        if not self.running(t) or self.waits_for(t):
            return None
        waited = self.waiting[1] if self.waiting and self.waiting[1] <= t else self.scheduled
        return max(waited, self.cgroup_start(container, t))

    def restarts(self, container: Container, t: float) -> int:
        """Return how often the container has restarted by ``t``."""
        return sum(r <= t for r in container.restarts)

    def measured(self, container: Container, t: float) -> float:
        """Return when cAdvisor measured the container whose sample a scrape at ``t`` returns."""
        return measured(self.cgroup(container), t)

    def cgroup(self, container: Container) -> str:
        """Return a name of the container's cgroup, by which cAdvisor's measurements differ."""
        return f"{self.uid}/{container.name}"

    def container_id(self, container: Container, t: float) -> str:
        """Return the 64 hexadecimal digits that the runtime names the running container with."""
        return _hex(f"{self.uid}/{container.name}/{self.cgroup_start(container, t)}")


@dataclass(frozen=True)
class Target:
    """A scraped instance that is up from ``start`` to ``end``."""

    instance: str
    start: float = -math.inf
    end: float = math.inf

    def up(self, t: float) -> bool:
        """Return whether a scrape at ``t`` finds it."""
        return self.start <= t < self.end


@dataclass(frozen=True)
class Exporter:
    """A groups exporter of one hub: it reads the groups at its start and every ``refresh`` seconds after."""

    namespace: str
    target: Target
    refresh: float = MINUTE
    hub_url: str = "http://hub:8081"
    groups: Mapping[str, tuple[str, ...]] | None = None  # of this hub's users; None: those of World.memberships

    def last_refresh(self, t: float) -> float:
        """Return the newest snapshot's time; without a start, refreshes are at multiples of ``refresh``."""
        epoch = self.target.start if math.isfinite(self.target.start) else 0.0
        return epoch + math.floor((t - epoch) / self.refresh) * self.refresh


@dataclass(frozen=True)
class Directory:
    """A home directory as dirsize reports it: it grows steadily from ``size`` at ``start``.

    Attributes:
        unseen: (from, to): dirsize has restarted, and has not found the directory again.
        frozen: After its end dirsize reports the directory on, with its last size and time, until it restarts.
        round: Seconds in which dirsize measures all directories, of which it exports the times; None:
            jupyterhub-home-nfs, which exports none.
    """

    namespace: str
    name: str
    size: float
    hard_limit: float | None = None
    start: float = -math.inf
    end: float = math.inf
    bytes_per_hour: float = 0.0
    epoch: float = 0.0
    unseen: tuple[tuple[float, float], ...] = ()
    frozen: bool = False
    round: float | None = None
    files: int | None = None  # None: dirsize exports neither number nor age of the files
    changed: float = 0.0  # when a file was changed last

    def seen(self, t: float) -> bool:
        """Return whether dirsize reports the directory at ``t``."""
        return self.start <= t and (t < self.end or self.frozen) and not any(a <= t < b for a, b in self.unseen)

    def measured(self, t: float) -> float:
        """Return when dirsize measured the directory last: every ``round`` seconds since it was found last."""
        assert self.round
        t = min(t, self.end)
        found = max((end for _, end in self.unseen if end <= t), default=0.0)
        return found + math.floor((t - found) / self.round) * self.round

    def bytes_at(self, t: float) -> float:
        """Return the directory's size; it changes at full hours, as often as dirsize walks a volume."""
        return self.size + self.bytes_per_hour * math.floor((min(t, self.end) - self.epoch) / HOUR)


@dataclass(frozen=True)
class Volume:
    """A volume claim that the kubelet reports: its bytes and files, all and free."""

    namespace: str
    claim: str
    capacity: float
    available: float
    inodes: float
    inodes_free: float


@dataclass(frozen=True)
class Node:
    """A node from ``start`` to ``end``, with its allocatable memory, cores and GPUs.

    ``purpose`` is its label hub.jupyter.org/node-purpose, ``hub`` the namespace of the hub whose users alone run on it.
    """

    name: str
    memory: float
    cpu: float = 16.0
    gpus: int = 0
    purpose: str = "user"
    hub: str = ""
    pods: int = 110
    start: float = -math.inf
    end: float = math.inf

    def exists(self, t: float) -> bool:
        """Return whether kube-state-metrics lists the node."""
        return self.start <= t < self.end


@dataclass(frozen=True, eq=False)
class World:
    """A cluster and its hubs over time.

    ``memberships`` maps (namespace, username) to ((from, groups), ...), ascending. A user who is missing,
    or before the first entry, is unknown to the hub's exporter.
    """

    start: float
    end: float
    hubs: tuple[str, ...]
    memberships: Mapping[tuple[str, str], tuple[tuple[float, tuple[str, ...]], ...]]
    servers: tuple[Server, ...]
    exporters: tuple[Exporter, ...]
    directories: tuple[Directory, ...] = ()
    nodes: tuple[Node, ...] = ()
    volumes: tuple[Volume, ...] = ()
    kube_state_metrics: tuple[Target, ...] = (Target("10.0.0.10:8080"),)
    opencost: tuple[Target, ...] = ()
    exporter_outages: tuple[tuple[str, float, float], ...] = ()  # (namespace, from, to): the scrapes fail
    strategy: Strategy = "split"
    default_group: str = "other"
    step: float = MINUTE
    kubelet_step: float = MINUTE
    kubelet_phase: float = 0.0
    kubelet_again: float | None = None  # the phase of a second job that scrapes the kubelets
    measured_every: float = 0.0  # seconds between cAdvisor's measurements, evenly; 0: irregularly, as a kubelet does

    def groups(self, namespace: str, username: str, t: float) -> tuple[str, ...] | None:
        """Return the user's groups as the hub knows them at ``t``; None: the hub does not know the user."""
        history = self.memberships.get((namespace, username), ())
        index = bisect_right(history, t, key=lambda entry: entry[0])
        return history[index - 1][1] if index else None

    def groups_of(self, exporter: Exporter, t: float) -> dict[str, tuple[str, ...]]:
        """Return the users of the exporter's hub and their groups at ``t``."""
        if exporter.groups is not None:
            return dict(exporter.groups)
        known = ((name, self.groups(exporter.namespace, name, t)) for name in self._users_by_hub[exporter.namespace])
        return {name: groups for name, groups in known if groups is not None}

    def servers_at(self, t: float) -> list[Server]:
        """Return the pods that are listed at ``t``, in the order of ``servers``."""
        return [server for server in self._by_hour.get(math.floor(t / HOUR), ()) if server.exists(t)]

    def measured(self, cgroup: str, t: float) -> float:
        """Return the time of the measurement of a cgroup that a scrape at ``t`` returns."""
        if not self.measured_every:
            return measured(cgroup, t)
        return math.floor((t - 5) / self.measured_every) * self.measured_every

    def exporter_up(self, exporter: Exporter, t: float) -> bool:
        """Return whether a scrape of the exporter at ``t`` succeeds."""
        return exporter.target.up(t) and not any(
            exporter.namespace == namespace and begin <= t < end for namespace, begin, end in self.exporter_outages
        )

    @cached_property
    def _by_hour(self) -> dict[int, list[Server]]:
        index: dict[int, list[Server]] = defaultdict(list)
        for server in self.servers:
            first, last = max(server.created, self.start), min(server.ended + server.listed, self.end)
            for hour in range(math.floor(first / HOUR), math.floor(last / HOUR) + 1):
                index[hour].append(server)
        return index

    @cached_property
    def _users_by_hub(self) -> dict[str, list[str]]:
        users: dict[str, list[str]] = {hub: [] for hub in self.hubs}
        for namespace, username in self.memberships:
            users[namespace].append(username)
        return users

    @cached_property
    def _label_cache(self) -> dict[object, tuple[Labels, ...]]:
        return {}


def pod_name(username: str, server_name: str = "") -> str:
    """Return the name KubeSpawner's safe scheme gives the pod of a user's server."""
    slug = multi_slug([username, server_name], max_length=_SLUG_LENGTH) if server_name else user_slug(username)
    return f"jupyter-{slug}"


def user_slug(username: str) -> str:
    """Return the username in KubeSpawner's safe scheme."""
    return str(safe_slug(username, max_length=_SLUG_LENGTH))


def legacy_slug(username: str) -> str:
    """Return the username in KubeSpawner's legacy ("escape") scheme."""
    return str(escape_slug(username))


def shares(
    groups: tuple[str, ...], strategy: Strategy, default_group: str
) -> tuple[list[str], list[tuple[str, float]]]:
    """Return the groups of a user's info rows and the (group, share) of the share rows, after DESIGN.md."""
    if len(groups) < 2:
        group = groups[0] if groups else "none"
        return [group], [(group, 1.0)]
    if strategy == "default":
        return [default_group], [*((g, 0.0) for g in groups if g != default_group), (default_group, 1.0)]
    part = 1.0 if strategy == "all" else 1 / len(groups)
    return list(groups), [(g, part) for g in groups]


def samples(world: World, t: float) -> Iterator[Sample]:
    """Yield everything that scrapes of all targets at ``t`` return, without staleness markers (see history.py)."""
    yield from samples_of_others(world, t)
    yield from cadvisor(world, world.servers_at(t), t)


def samples_of_others(world: World, t: float) -> Iterator[Sample]:
    """Yield everything that the scrapes at ``t`` of all targets but the kubelets return."""
    listed = world.servers_at(t)
    for target in world.kube_state_metrics:
        if target.up(t):
            yield from kube_state_metrics(world, target, listed, t)
    for target in world.opencost:
        if target.up(t):
            yield from _opencost(target, listed, t)
    for exporter in world.exporters:
        if world.exporter_up(exporter, t):
            yield from groups_exporter(world, exporter, t)
    yield from dirsize(world, t)
    yield from _volumes(world, t)


def kube_state_metrics(world: World, target: Target, listed: list[Server], t: float) -> Iterator[Sample]:
    """Yield what one kube-state-metrics exposes, with the username annotation and our labels allowed."""
    yield from _nodes(world, target, t)
    cache = world._label_cache  # noqa: SLF001 # this module's own class
    for server in listed:
        node = server.node if t >= server.scheduled else ""
        key = (target.instance, server.uid, node)
        rows = cache.get(key)
        if rows is None:
            rows = cache[key] = _pod_labels(server, node, target.instance, "kube-state-metrics")
        info, plain, annotations, labels, *phases = rows
        yield Sample("kube_pod_info", info, 1.0, t)
        yield Sample("kube_pod_created", plain, server.created, t)
        yield Sample("kube_pod_annotations", annotations, 1.0, t)
        yield Sample("kube_pod_labels", labels, 1.0, t)
        reason = _with(plain, {"reason": server.stopped_by or "Evicted"})  # the others, which are 0, are omitted
        yield Sample("kube_pod_status_reason", reason, float(bool(server.stopped_by) and t >= server.ended), t)
        current = server.phase(t)
        for phase, row in zip(PHASES, phases, strict=True):
            yield Sample("kube_pod_status_phase", row, float(phase == current), t)
        for container in server.containers:
            container_key = (target.instance, server.uid, node, container.name)
            resources = cache.get(container_key)
            if resources is None:
                resources = cache[container_key] = _resource_labels(
                    server, container, node, target.instance, "kube-state-metrics"
                )
            for (name, _, value), row in zip(_resources(container), resources, strict=True):
                yield Sample(name, row, value, t)
            if node:
                yield from _states(server, container, plain, t)
                begun = server.cgroup_start(container, t)
                info_key = (target.instance, server.uid, container.name, begun)
                if info_key not in cache:
                    cache[info_key] = (_container_info_labels(server, container, target.instance, t),)
                kind = "init_container" if container.init else "container"
                yield Sample(f"kube_pod_{kind}_info", cache[info_key][0], 1.0, t)


def _states(server: Server, container: Container, plain: Labels, t: float) -> Iterator[Sample]:
    """Yield the state of a container: since when it runs, or why not, and its restarts."""
    if container.init:
        return
    of = _with(plain, {"container": container.name})
    restarts = server.restarts(container, t)
    yield Sample("kube_pod_container_status_restarts_total", of, float(restarts), t)
    if restarts:
        ended = _with(plain, {"container": container.name, "reason": container.ended_by})
        yield Sample("kube_pod_container_status_last_terminated_reason", ended, 1.0, t)
    if (reason := server.waits_for(t)) and server.running(t):
        waits = _with(plain, {"container": container.name, "reason": reason})
        yield Sample("kube_pod_container_status_waiting_reason", waits, 1.0, t)
    if (started := server.started(container, t)) is not None:
        yield Sample("kube_pod_container_state_started", of, started, t)


def _nodes(world: World, target: Target, t: float) -> Iterator[Sample]:
    """Yield the nodes' labels and allocatable resources."""
    for node in world.nodes:
        if not node.exists(t):
            continue
        of = (("instance", target.instance), ("job", "kube-state-metrics"))
        labelled = (("label_hub_jupyter_org_node_purpose", node.purpose), ("label_hubmeter_hub", node.hub))
        labels = (of[0], of[1], *(pair for pair in labelled if pair[1]), ("node", node.name))
        yield Sample("kube_node_labels", labels, 1.0, t)
        for resource, unit, value in (
            ("cpu", "core", node.cpu), ("memory", "byte", node.memory), ("nvidia_com_gpu", "integer", node.gpus),
            ("pods", "integer", node.pods),
        ):  # fmt: skip
            if value:
                row = (*of, ("node", node.name), ("resource", resource), ("unit", unit))
                yield Sample("kube_node_status_allocatable", row, float(value), t)


def _opencost(target: Target, listed: list[Server], t: float) -> Iterator[Sample]:
    """Yield OpenCost's copies of kube-state-metrics' series: the same names and values, without the uid."""
    for server in listed:
        node = server.node if t >= server.scheduled else ""
        _, _, annotations, *_ = _pod_labels(server, node, target.instance, "opencost")
        yield Sample("kube_pod_annotations", _without_uid(annotations), 1.0, t)
        for container in server.containers:
            rows = _resource_labels(server, container, node, target.instance, "opencost")
            for (name, _, value), row in zip(_resources(container), rows, strict=True):
                if name == "kube_pod_container_resource_requests":
                    yield Sample(name, _without_uid(row), value, t)


def scraped_again(sample: Sample) -> Sample:
    """Return cAdvisor's sample as the second job stores it."""
    labels = tuple((name, "kubelet-again" if name == "job" else value) for name, value in sample.labels)
    return sample._replace(labels=labels)


def cadvisor(world: World, listed: list[Server], t: float) -> Iterator[Sample]:
    """Yield the kubelets' cAdvisor series: containers, pause containers, pod cgroups and each node's root."""
    cache = world._label_cache  # noqa: SLF001 # this module's own class
    nodes = set()
    for server in listed:
        if not server.running(t):
            continue
        for container in server.containers:
            stamp = world.measured(server.cgroup(container), t)
            if not server.running(stamp) or container.init == "plain":  # that has ended before the pod runs
                continue
            begun = server.cgroup_start(container, stamp)
            key = ("cadvisor", server.uid, container.name, begun)
            if key not in cache:
                cache[key] = (_cgroup_labels(server, container, stamp),)
            memory, cpu = container.memory(stamp), container.cpu_seconds(begun, stamp)
            yield Sample("container_memory_working_set_bytes", cache[key][0], memory, stamp)
            yield Sample("container_cpu_usage_seconds_total", cache[key][0], cpu, stamp)
        stamp = world.measured(server.uid, t)
        if not server.running(stamp):
            continue
        pod_key = ("cadvisor", server.uid)
        if pod_key not in cache:
            cache[pod_key] = (_pause_labels(server), _pod_cgroup_labels(server))
        pause, pod = cache[pod_key]
        running = [container for container in server.containers if container.init != "plain"]
        memory = sum(container.memory(stamp) for container in running)
        cpu = sum(container.cpu_seconds(server.scheduled, stamp) for container in running)
        yield Sample("container_memory_working_set_bytes", pause, 450560.0, stamp)
        yield Sample("container_cpu_usage_seconds_total", pause, 0.02, stamp)
        yield Sample("container_memory_working_set_bytes", pod, memory + 450560, stamp)
        yield Sample("container_cpu_usage_seconds_total", pod, cpu + 0.02, stamp)
        nodes.add(server.node)
    for node in sorted(nodes):
        root = (("id", "/"), ("instance", _node_address(node)), ("job", "kubelet"), ("node", node))
        stamp = world.measured(node, t)
        yield Sample("container_memory_working_set_bytes", root, 64 * GIB, stamp)
        yield Sample("container_cpu_usage_seconds_total", root, 8 * (stamp - world.start), stamp)


def groups_exporter(world: World, exporter: Exporter, t: float) -> Iterator[Sample]:
    """Yield what Hubmeter's exporter exposes of one hub, from its last snapshot."""
    namespace, refreshed = exporter.namespace, exporter.last_refresh(t)
    target = (("instance", exporter.target.instance), ("job", "groups-exporter"))
    cache = world._label_cache  # noqa: SLF001 # this module's own class
    for username, groups in world.groups_of(exporter, refreshed).items():
        key = ("exporter", target, namespace, username, groups)
        info_groups, share_rows = shares(groups, world.strategy, world.default_group)
        rows = cache.get(key)
        if rows is None:
            names = (
                ("username", username),
                ("username_escape", legacy_slug(username)),
                ("username_escaped", legacy_slug(username)),
                ("username_safe", user_slug(username)),
            )
            hub = (*target, ("namespace", namespace))
            rows = cache[key] = (
                *((*hub, ("usergroup", group), *names) for group in info_groups),
                *((*hub, ("usergroup", group), names[0]) for group, _ in share_rows),
            )
        for row in rows[: len(info_groups)]:
            yield Sample("jupyterhub_user_group_info", row, 1.0, t)
        for (_, share), row in zip(share_rows, rows[len(info_groups) :], strict=True):
            yield Sample("jupyterhub_user_group_share", row, share, t)
    own = (*target, ("namespace", namespace), ("hub_url", exporter.hub_url))
    yield Sample("jupyterhub_groups_exporter_last_refresh_timestamp_seconds", own, refreshed, t)


def dirsize(world: World, t: float) -> Iterator[Sample]:
    """Yield the home directories of every hub, and the hard limits where there are any."""
    for directory in world.directories:
        if not directory.seen(t):
            continue
        labels = (
            ("directory", directory.name),
            ("instance", f"dirsize.{directory.namespace}:8000"),
            ("job", "dirsize"),
            ("namespace", directory.namespace),
        )
        yield Sample("dirsize_total_size_bytes", labels, directory.bytes_at(t), t)
        if directory.hard_limit is not None:
            yield Sample("dirsize_hard_limit_bytes", labels, directory.hard_limit, t)
        if directory.files is not None:
            yield Sample("dirsize_entries_count", labels, float(directory.files), t)
            yield Sample("dirsize_latest_mtime", labels, directory.changed, t)
        if directory.round is not None:
            yield Sample("dirsize_last_updated_ns", labels, directory.measured(t), t)  # in seconds, despite its name


def _volumes(world: World, t: float) -> Iterator[Sample]:
    """Yield the kubelet's figures of volume claims."""
    for volume in world.volumes:
        labels = (
            ("instance", "10.1.0.1:10250"),
            ("job", "kubelet-volumes"),
            ("namespace", volume.namespace),
            ("persistentvolumeclaim", volume.claim),
        )
        for name, value in (
            ("capacity_bytes", volume.capacity), ("available_bytes", volume.available), ("inodes", volume.inodes),
            ("inodes_free", volume.inodes_free),
        ):  # fmt: skip
            yield Sample(f"kubelet_volume_stats_{name}", labels, value, t)


def _resources(container: Container) -> Iterator[tuple[str, Labels, float]]:
    """Yield (metric, (resource, unit), value) of the requests and limits that are set."""
    for name, values in (
        (
            "kube_pod_container_resource_requests",
            (container.memory_request, container.cpu_request, container.gpu_request or None),
        ),
        (
            "kube_pod_container_resource_limits",
            (container.memory_limit, container.cpu_limit, container.gpu_request or None),
        ),
    ):
        units = (("memory", "byte"), ("cpu", "core"), ("nvidia_com_gpu", "integer"))
        metric = name.replace("container", "init_container") if container.init else name
        for (resource, unit), value in zip(units, values, strict=True):
            if value is not None:
                yield metric, (("resource", resource), ("unit", unit)), float(value)
        for resource, number in container.mig_requests:
            yield metric, (("resource", resource), ("unit", "integer")), float(number)


def _pod_labels(server: Server, node: str, instance: str, job: str) -> tuple[Labels, ...]:
    """Return the labels of kube_pod_info, _created, _annotations, _labels and five times _status_phase."""
    plain = (
        ("instance", instance),
        ("job", job),
        ("namespace", server.namespace),
        ("pod", server.pod),
        ("uid", server.uid),
    )
    number = int(_hex(server.uid)[:6], 16)
    info = {
        "created_by_kind": {"hub": "ReplicaSet", "proxy": "ReplicaSet", "image-puller": "DaemonSet"}.get(
            server.component, ""
        ),
        "host_ip": _node_address(node).partition(":")[0] if node else "",
        "host_network": "false",
        "node": node,
        "pod_ip": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" if node else "",
    }
    annotations = {}
    labels = {"label_app": "jupyterhub", "label_component": server.component}
    if server.username is not None:
        if server.annotated:
            annotations["annotation_hub_jupyter_org_username"] = server.username
            if server.server_name:
                annotations["annotation_hub_jupyter_org_servername"] = server.server_name
        labels["label_hub_jupyter_org_username"] = user_slug(server.username)
    labels |= zip(
        ("label_hubmeter_profile", "label_hubmeter_size", "label_hubmeter_image"), server.profile, strict=True
    )
    return (
        _with(plain, info),
        plain,
        _with(plain, annotations),
        _with(plain, labels),
        *(_with(plain, {"phase": phase}) for phase in PHASES),
    )


def _resource_labels(server: Server, container: Container, node: str, instance: str, job: str) -> tuple[Labels, ...]:
    _, plain, *_ = _pod_labels(server, node, instance, job)
    return tuple(
        _with(plain, {"container": container.name, "node": node, **dict(unit)}) for _, unit, _ in _resources(container)
    )


def _container_info_labels(server: Server, container: Container, instance: str, t: float) -> Labels:
    _, plain, *_ = _pod_labels(server, server.node, instance, "kube-state-metrics")
    return _with(
        plain,
        {
            "container": container.name,
            "container_id": f"containerd://{server.container_id(container, t)}",
            "image": f"example.org/{container.name}:1",
            "image_spec": f"example.org/{container.name}:1",
            "restart_policy": "Always" if container.init == "sidecar" else "",
        },
    )


def _cgroup_labels(server: Server, container: Container, t: float) -> Labels:
    container_id = server.container_id(container, t)
    return _kubelet(
        server,
        container=container.name,
        id=f"{_cgroup(server)}/cri-containerd-{container_id}.scope",
        image=f"example.org/{container.name}:1",
        name=container_id,
    )


def _pause_labels(server: Server) -> Labels:
    """Return the labels of the pod's sandbox: Docker nodes say container="POD", containerd says nothing."""
    sandbox = _hex(f"{server.uid}/pause")
    return _kubelet(
        server,
        container="POD" if server.node.startswith("docker") else "",
        id=f"{_cgroup(server)}/cri-containerd-{sandbox}.scope",
        image="example.org/pause:3.9",
        name=sandbox,
    )


def _pod_cgroup_labels(server: Server) -> Labels:
    return _kubelet(server, id=_cgroup(server))


def _kubelet(server: Server, **labels: str) -> Labels:
    target = {"instance": _node_address(server.node), "job": "kubelet", "node": server.node}
    return _with((), {**target, "namespace": server.namespace, "pod": server.pod, **labels})


def _cgroup(server: Server) -> str:
    return f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{server.uid.replace('-', '_')}.slice"


def _node_address(node: str) -> str:
    return f"10.1.0.{int(_hex(node)[:2], 16)}:10250"


def _with(labels: Labels, more: Mapping[str, str]) -> Labels:
    """Return both, sorted by name and without empty values, which Prometheus does not keep either."""
    return tuple(sorted([*labels, *((name, value) for name, value in more.items() if value)]))


def _without_uid(labels: Labels) -> Labels:
    return tuple(label for label in labels if label[0] != "uid")


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
