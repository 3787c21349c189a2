"""What the rules must record, computed from a world in plain Python: no PromQL, no scraped samples, no join.

It knows the world's servers, groups and directories themselves, and of scraping only what changes the truth that a
Prometheus can know: cAdvisor's series live on for five minutes, and the groups of a silent exporter are its last ones.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from hubmeter_generator.model import VERSION
from hubmeter_promql import names
from tests.sim.cluster import (
    DAY,
    HOUR,
    MINUTE,
    Container,
    Exporter,
    Server,
    World,
    legacy_slug,
    shares,
    user_slug,
)

Labels = frozenset[tuple[str, str]]
Rows = dict[Labels, float]
Named = dict[tuple[str, str], Server]  # (namespace, pod) -> the newest pod of that name
OfContainers = dict[tuple[str, str, str], float]  # (namespace, pod, container) -> value
Recorded = dict[str, dict[Labels, dict[int, float]]]  # series -> labels -> unix second -> value

LOOKBACK: Final = 300.0
CARRY_FORWARD: Final = 3600
BUCKET: Final = 300
MIG_PARTS: Final = {"nvidia_com_mig_1g_5gb": 1 / 7, "nvidia_com_mig_3g_20gb": 3 / 7, "nvidia_com_mig_2g_12gb": 1 / 2}
_OF_POOLS: Final = (names.POOL_ALLOCATABLE, names.POOL_REQUESTED, names.POOL_WITHOUT_USERS)
LATE: Final = 60  # how long ago the interval ended whose CPU is recorded, in seconds
HOMES_CARRIED: Final = 86_400
CARRIED_FROM: Final = 900  # how often the past of directories is looked at
SLOW: Final = 150  # how often membership and home directories are looked at


@dataclass(frozen=True)
class Pods:
    """The pods of hubs at a time, the newest by name, and the groups' shares in their users and combinations."""

    pods: list[Server]
    named: Named
    share: Rows
    parts: Rows


class Oracle:
    """The recorded series of a world, from its start on, at every multiple of a minute."""

    def __init__(self, world: World, windows: dict[str, int], *, live: bool = False) -> None:
        """Take the world and the windows: name and seconds.

        With ``live`` a rule sees the samples that have arrived when it is evaluated; without, as in a backfill, all.
        """
        self._world = world
        self._windows = windows
        self._is_live = live
        self._pods = cache(self._pods_at)
        self._exporters: dict[tuple[str, str], list[Exporter]] = defaultdict(list)  # by the hub's namespace and URL
        for exporter in world.exporters:
            self._exporters[exporter.namespace, exporter.hub_url].append(exporter)
        self._live = cache(self._live_shares)
        self._told = cache(self._told_users)
        self._owners = cache(self._owner_of)
        self._home_rows = cache(self._rows_of_homes)
        self._safe, self._legacy = cache(user_slug), cache(legacy_slug)

    def record(self, end: float) -> Recorded:
        """Return every recorded series of [world.start, end), only where it has a value."""
        recorded: Recorded = defaultdict(lambda: defaultdict(dict))
        for t in range(round(self._world.start), round(end), round(MINUTE)):
            for name, rows in self._minute(t):
                for labels, value in rows.items():
                    recorded[name][labels][t] = value
        for t in range(round(self._world.start), round(end), SLOW):
            for name, rows in self._slow(t):
                for labels, value in rows.items():
                    recorded[name][labels][t] = value
        self._add_buckets(recorded)
        for key, values in recorded[names.USAGE_SEEN].items():
            for t in values:
                at = bucket_of(t)
                if self._evaluated(at, recorded):
                    row = recorded[names.USAGE_RECORDED][key]
                    row[at] = row.get(at, 0.0) + 1
        self._add_windows(recorded)
        self._add_cost_usage(recorded)
        self._add_capacity(recorded, end)
        return recorded

    def _minute(self, t: int) -> Iterator[tuple[str, Rows]]:
        hubs = self._hubs(t)
        yield names.HUBS, {labels(namespace=hub): 1.0 for hub in hubs}
        yield names.RULES_VERSION, {labels(namespace=hub, version=VERSION): 1.0 for hub in hubs}
        if any(s.running(t) for s in self._world.servers_at(t)):
            yield names.USAGE_SEEN, {labels(namespace=hub): 1.0 for hub in hubs}
        now = self._pods(t)
        pods, named, share = now.pods, now.named, now.share
        yield (
            names.SCHEDULED_PODS,
            {labels(namespace=s.namespace, pod=s.pod, uid=s.uid, hub_namespace=s.hub_namespace): 1.0 for s in pods},
        )
        yield names.PODS, {user_of(s) | labels(pod=s.pod, uid=s.uid): 1.0 for s in pods}
        yield names.ACTIVE_SHARE, share
        yield names.NAMED_PODS, {labels(namespace=n, pod=p, uid=s.uid): 1.0 for (n, p), s in named.items()}

        measured = self._pods_of_growth(t)
        memory_of_pods, cpu_of_pods = self._memory(named, t), self._cpu(measured.named, t)
        memory, cpu = sums_of(named, memory_of_pods, user_of), sums_of(measured.named, cpu_of_pods, user_of)
        yield from self._levels(names.MEMORY_WORKING_SET, memory, share)
        yield names.WHOLE_MEMORY_WORKING_SET, by_hub(memory)
        yield from self._levels(names.CPU_USAGE, cpu, measured.share)
        requests = container_sums(pods, lambda c: c.memory_request)
        yield from self._levels(names.MEMORY_REQUESTS, requests, share)
        yield names.WHOLE_MEMORY_REQUESTS, by_hub(requests)
        yield from self._levels(names.MEMORY_LIMITS, container_sums(pods, lambda c: c.memory_limit), share)
        yield from self._levels(names.CPU_REQUESTS, container_sums(pods, lambda c: c.cpu_request), share)
        yield from self._levels(names.CPU_LIMITS, container_sums(pods, lambda c: c.cpu_limit), share)
        yield from self._levels(names.GPU_REQUESTS, container_sums(pods, gpus_of), share)
        notebooks = container_sums(pods, lambda c: 1.0 if c.name == "notebook" else None)
        yield from self._levels(names.SERVERS, notebooks, share)
        yield names.PROFILE_PODS, {combination_of(s) | labels(pod=s.pod, uid=s.uid): 1.0 for s in pods}
        combinations: Rows = {}
        for server in pods:
            key = combination_of(server)
            combinations[key] = max(server.created, combinations.get(key, 0))
        yield names.PROFILE_COMBINATIONS, combinations
        yield names.PROFILE_SHARE, now.parts
        cpu_of_combinations = sums_of(measured.named, cpu_of_pods, combination_of)
        yield names.profile(names.CPU_USAGE), of_profiles(cpu_of_combinations, measured.parts)
        for resource, of_combinations in (
            (names.MEMORY_WORKING_SET, sums_of(named, memory_of_pods, combination_of)),
            (names.MEMORY_REQUESTS, container_sums(pods, lambda c: c.memory_request, combination_of)),
            (names.CPU_REQUESTS, container_sums(pods, lambda c: c.cpu_request, combination_of)),
            (names.GPU_REQUESTS, container_sums(pods, gpus_of, combination_of)),
            (names.SERVERS, container_sums(pods, lambda c: 1.0 if c.name == "notebook" else None, combination_of)),
        ):
            yield names.profile(resource), of_profiles(of_combinations, now.parts)
        yield from self._waiting(t, hubs)
        if t % BUCKET == 0:
            yield from self._sizes(t, pods, named)
            yield from self._trouble(t, hubs)
            yield from self._cluster(t, pods, named)

    def _slow(self, t: int) -> Iterator[tuple[str, Rows]]:
        live = {hub: rows for hub in self._exporters if (rows := self._live(hub, t)) is not None}
        yield names.HUB_REPORTED, {labels(namespace=hub, hub_url=url): float(t) for hub, url in live}
        share = self._shares(t)
        yield names.SHARE, share
        yield from self._homes(t, share)

    def _levels(self, resource: str, users: Rows, share: Rows) -> Iterator[tuple[str, Rows]]:
        pairs: Rows = defaultdict(float)
        groups_of: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
        for key, part in share.items():
            row = dict(key)
            groups_of[row["namespace"], row["username"]].append((row["usergroup"], part))
        for key, value in users.items():
            row = dict(key)
            namespace, username = row["namespace"], row.get("username", "")
            for group, part in groups_of.get((namespace, username), [("", 1.0)]):
                pairs[labels(namespace=namespace, usergroup=group, username=username)] += value * part
        groups: Rows = defaultdict(float)
        for key, value in pairs.items():
            row = dict(key)
            groups[labels(namespace=row["namespace"], usergroup=row.get("usergroup", ""))] += value
        yield names.user(resource), users
        yield names.pair(resource), pairs
        yield names.group(resource), groups
        yield names.hub(resource), by_hub(users)

    def _live_shares(self, hub: tuple[str, str], t: int) -> Rows | None:
        """Return the rows of the newest snapshot of a hub (namespace, URL); None if no exporter answers at ``t``."""
        world = self._world
        scrape = t // world.step * world.step
        up = [e for e in self._exporters[hub] if world.exporter_up(e, scrape) and t >= world.start]
        if not up:
            return None
        newest = max(up, key=lambda e: e.last_refresh(scrape))
        return {
            labels(namespace=hub[0], usergroup=group, username=username): part
            for username, groups in world.groups_of(newest, newest.last_refresh(scrape)).items()
            for group, part in shares(groups, world.strategy, world.default_group)[1]
        }

    def _shares(self, t: int) -> Rows:
        """Return the shares of all users; of a user of several hubs in a namespace, the mean of those with groups."""
        of_hubs: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
        for hub in self._exporters:
            live = next((found for m in (t, *_looks(t)) if (found := self._live(hub, m)) is not None), {})
            of_users: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
            for key, part in live.items():
                row = dict(key)
                of_users[row["namespace"], row["username"]][row["usergroup"]] = part
            for user, groups in of_users.items():
                of_hubs[user].append(groups)
        rows: Rows = defaultdict(float)
        for (namespace, username), hubs in of_hubs.items():
            counted = [groups for groups in hubs if "none" not in groups] or hubs
            for groups in counted:
                for group, part in groups.items():
                    rows[labels(namespace=namespace, usergroup=group, username=username)] += part / len(counted)
        return rows

    def _hubs(self, t: int) -> set[str]:
        reported = self._reported_hubs(t)
        seen = {s.hub_namespace for s in self._world.servers_at(t) if s.username is not None and s.annotated}
        return reported | seen

    def _reported_hubs(self, t: int) -> set[str]:
        return {hub[0] for hub in self._exporters if any(self._live(hub, m) is not None for m in _looks(t))}

    def _pods_at(self, t: int) -> Pods:
        """Return the pods that the rules of ``t`` record, none before the world's start."""
        if t < self._world.start:
            return Pods([], {}, {}, {})
        hubs = self._hubs(t)
        pods = [s for s in self._world.servers_at(t) if s.running(t) and s.hub_namespace in hubs]
        present = {(s.hub_namespace, owner(s)) for s in pods}
        whole = self._shares(t // SLOW * SLOW)
        share = {k: v for k, v in whole.items() if (dict(k)["namespace"], dict(k)["username"]) in present}
        reported = self._reported_hubs(t)
        share |= {
            labels(namespace=hub, usergroup="groups unknown", username=user): 1.0
            for hub, user in present
            if user and hub not in reported
        }
        groups_of: dict[Labels, list[tuple[str, float]]] = defaultdict(list)
        for key, part in share.items():
            if part > 0:
                groups_of[owner_key(key)].append((dict(key)["usergroup"], part))
        parts = {
            key | labels(usergroup=group): part
            for key in {combination_of(s) for s in pods}
            for group, part in groups_of.get(owner_key(key), [("", 1.0)])
        }
        named = {(s.namespace, s.pod): s for s in sorted(pods, key=lambda s: s.created)}
        return Pods(pods, named, share, parts)

    def _pods_of_growth(self, t: int) -> Pods:
        """Return the pods of the minute whose CPU is recorded at ``t``: at its end, else at its begin."""
        after, before = self._pods(t - LATE), self._pods(t - LATE - round(MINUTE))
        return Pods(
            after.pods,
            before.named | after.named,
            {**without(before.share, after.share, owner_key), **after.share},
            {**without(before.parts, after.parts, without_usergroup), **after.parts},
        )

    def _stamps(
        self, server: Server, container: Container, t: float, arrived_by: float
    ) -> Iterator[tuple[float, float]]:
        """Yield (cgroup's start, time of measurement) of the samples that a query for ``t`` sees, newest first."""
        world = self._world
        stamps = set()
        for phase in (world.kubelet_phase, world.kubelet_again):
            if phase is None:
                continue
            scrape = phase + math.floor((arrived_by - phase) / world.kubelet_step) * world.kubelet_step
            while scrape > t - LOOKBACK and scrape >= world.start:
                stamp = server.measured(container, scrape)
                if t - LOOKBACK < stamp <= t and server.running(stamp) and server.running(scrape):
                    stamps.add(stamp)
                scrape -= world.kubelet_step
        yield from ((server.cgroup_start(container, stamp), stamp) for stamp in sorted(stamps, reverse=True))

    def _containers(self, t: float) -> dict[tuple[str, str, str], list[tuple[Server, Container]]]:
        found: dict[tuple[str, str, str], list[tuple[Server, Container]]] = defaultdict(list)
        candidates: dict[int, Server] = {}
        for minute in range(-1, 6):
            candidates |= {id(s): s for s in self._world.servers_at(t - minute * MINUTE)}
        for server in candidates.values():
            for container in server.containers:
                if container.init != "plain":
                    found[server.namespace, server.pod, container.name].append((server, container))
        return found

    def _memory(self, named: Named, t: int) -> OfContainers:
        """Return the memory in use of each container of pods that are there now, of its newest instance."""
        found: OfContainers = {}
        for (namespace, pod, container), twins in self._containers(t).items():
            arrived_by = t if self._is_live else t + LATE
            seen = [(stamp, c) for s, c in twins for _, stamp in self._stamps(s, c, t, arrived_by)]
            if seen and (namespace, pod) in named:
                newest, instance = max(seen, key=lambda found: found[0])
                if newest >= named[namespace, pod].created:
                    found[namespace, pod, container] = instance.memory(newest)
        return found

    def _cpu(self, named: Named, t: int, span: int = 60) -> OfContainers:
        """Return the cores in use of each container, all its instances, in the ``span`` that ended a minute ago."""
        found: OfContainers = {}
        end, start = t - LATE, t - LATE - span
        for (namespace, pod, container_name), twins in self._containers(end).items():
            if (namespace, pod) not in named:
                continue
            grown = []
            for server, container in twins:
                stamps: dict[float, list[float]] = defaultdict(list)
                for begun, stamp in self._stamps(server, container, end, t):
                    stamps[begun].append(stamp)
                before: dict[float, float] = {}
                for begun, stamp in self._stamps(server, container, start, t):
                    before.setdefault(begun, stamp)
                for begun, of_instance in stamps.items():
                    # From the newest sample before the span, or the first in it.
                    first = before.get(begun, min(of_instance))
                    used = container.cpu_seconds(begun, of_instance[0]) - container.cpu_seconds(begun, first)
                    grown.append(max(used, 0) / span)
            if grown:
                found[namespace, pod, container_name] = math.fsum(grown)
        return found

    def _cpu_of_5_minutes(self, named: Named, t: int) -> OfContainers:
        """Return the cores in use of each container in 5 minutes, of pods that had a server's sample before these."""
        before = t - LATE - BUCKET
        twins = {
            (n, p): found for (n, p, container), found in self._containers(before).items() if container == "notebook"
        }
        old = {
            pod for pod, found in twins.items() if any(True for s, c in found for _ in self._stamps(s, c, before, t))
        }
        return {key: value for key, value in self._cpu(named, t, BUCKET).items() if key[:2] in old}

    def _sizes(self, t: int, pods: list[Server], named: Named) -> Iterator[tuple[str, Rows]]:
        """Yield, every 5 minutes, how much the servers of each profile and size use."""
        a_minute_ago = self._pods(t - LATE).named
        for resource, values, pods_of in (
            (names.PROFILE_MEMORY_P95, self._memory(named, t), named),
            (names.PROFILE_CPU_P95, self._cpu_of_5_minutes(a_minute_ago, t), a_minute_ago),
        ):
            of_size: dict[Labels, list[float]] = defaultdict(list)
            for (namespace, pod, container), value in values.items():
                if container == "notebook":
                    of_size[size_of(pods_of[namespace, pod])].append(value)
            yield resource, {key: quantile(0.95, found) for key, found in of_size.items()}
        requests: dict[tuple[str, str], float] = {}
        for s in pods:
            for c in s.containers:
                if c.name == "notebook" and c.memory_request is not None:
                    requests[s.namespace, s.pod] = max(c.memory_request, requests.get((s.namespace, s.pod), 0))
        within: Rows = defaultdict(float)
        for (namespace, pod, container), value in self._memory(named, t).items():
            if container == "notebook" and (namespace, pod) in requests:
                for part in (0.5, math.inf):
                    le = "+Inf" if math.isinf(part) else str(part)
                    key = size_of(named[namespace, pod]) | labels(le=le)
                    within[key] += value <= requests[namespace, pod] * part
        yield names.PROFILE_MEMORY_USED, within

    def _waiting(self, t: int, hubs: set[str]) -> Iterator[tuple[str, Rows]]:
        """Yield the servers whose container does not run."""
        waiting: Rows = defaultdict(float)
        for s in self._world.servers_at(t):
            if is_server(s) and s.hub_namespace in hubs and t < s.ended:
                reason = s.waits_for(t) if t >= s.scheduled else "Unschedulable"
                if reason:
                    waiting[combination_of(s) | labels(reason=reason)] += 1
        yield names.WAITING_SERVERS, waiting

    def _trouble(self, t: int, hubs: set[str]) -> Iterator[tuple[str, Rows]]:
        """Yield the starts and events that the scrapes of the 5 minutes until a minute ago show first."""
        events: Rows = defaultdict(float)
        starts: Rows = {}
        candidates = {id(s): s for minute in range(13) for s in self._world.servers_at(t - minute * MINUTE)}
        for s in candidates.values():
            if s.hub_namespace not in hubs:
                continue

            def add(event: str, reason: str, at: float, s: Server = s) -> None:
                if t - LATE - BUCKET < -(-at // MINUTE) * MINUTE <= t - LATE:
                    events[combination_of(s) | labels(event=event, reason=reason)] += 1

            for c in s.containers:
                for restart in c.restarts:
                    add("oom_kill" if c.ended_by == "OOMKilled" else "restart", c.ended_by, restart)
            if s.stopped_by:
                add("eviction", s.stopped_by, s.ended)
            first = s.waiting[1] if s.waiting else s.scheduled
            if not is_server(s):
                continue
            if first >= s.ended:
                add("failed_start", s.waiting[2] if s.waiting else "Unschedulable", s.ended + s.listed)
            elif t - LATE - BUCKET < first <= t - LATE:
                starts[combination_of(s) | labels(uid=s.uid)] = first - s.created
        yield names.SERVER_START, starts
        yield names.SERVER_EVENTS, events

    def _cluster(self, t: int, pods: list[Server], named: Named) -> Iterator[tuple[str, Rows]]:
        """Yield the resources of nodes and pools, and of servers by size."""
        nodes = {node.name: node for node in self._world.nodes if node.exists(t)}
        allocatable = {
            name: {"memory": node.memory, "cpu": node.cpu, "gpu": node.gpus, "pods": node.pods}
            for name, node in nodes.items()
        }
        held: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for s in self._world.servers_at(t):
            if s.running(t) and s.node in nodes:
                for resource, value in held_by(s).items():
                    held[s.node][resource] += value
        with_users = {s.node for s in pods if owner(s)}
        free: Rows = {}
        of_pools: dict[str, Rows] = {name: defaultdict(float) for name in _OF_POOLS}
        for name, resources in allocatable.items():
            pool = nodes[name].purpose
            for resource, value in [*resources.items(), ("nodes", 1.0)]:
                key = labels(pool=pool, resource=resource)
                of_pools[names.POOL_ALLOCATABLE][key] += value
                if name not in with_users:
                    of_pools[names.POOL_WITHOUT_USERS][key] += value
                if resource in held[name]:
                    of_pools[names.POOL_REQUESTED][key] += held[name][resource]
                if pool == "user" and resource != "nodes":
                    own = labels(node=name, pool=pool, resource=resource)
                    free[own] = max(value - held[name].get(resource, 0.0), 0.0)
        yield names.NODE_FREE, free
        yield from of_pools.items()
        used: Rows = defaultdict(float)
        for (namespace, pod, _), value in self._memory(named, t).items():
            if (node := nodes.get(named[namespace, pod].node)) is not None:
                used[labels(pool=node.purpose)] += value
        yield names.POOL_MEMORY_USED, used
        yield names.SERVER_REQUESTS, largest_by_size(pods)

    def _homes(self, t: int, share: Rows) -> Iterator[tuple[str, Rows]]:
        sizes, limits, carried, orphaned = self._home_rows(t // BUCKET * BUCKET)
        yield from self._levels(names.HOME, sizes, share)
        yield from self._levels(names.HOME_LIMIT, limits, share)
        if t % BUCKET:
            return
        yield names.CARRIED_HOME, carried
        yield names.ORPHANED_HOME, orphaned
        for level, rows in self._charged_homes(t, share):
            if level in {names.group, names.hub}:
                usage = {key: value * BUCKET / HOUR for key, value in rows.items()}
                yield names.by_driver(level(names.COST_USAGE)), usage
        if t % DAY == HOUR:
            days: dict[names.Level, Rows] = defaultdict(lambda: defaultdict(float))
            for hour in range(24):
                at = t - round(HOUR) * (1 + hour)
                for level, rows in self._charged_homes(at, self._shares(at)) if at >= self._world.start else ():
                    for key, value in rows.items():
                        days[level][key] += value
            for level, rows in days.items():
                yield names.by_driver(level(names.COST_USAGE_DAY)), rows

    def _charged_homes(self, t: int, share: Rows) -> Iterator[tuple[names.Level, Rows]]:
        """Yield, by level, the sizes of known users' directories."""
        sizes, hubs = self._home_rows(t)[0], self._hubs(t)
        known = {k: v for k, v in sizes.items() if "username" in dict(k) and dict(k)["namespace"] in hubs}
        for level, (_, rows) in zip(names.LEVELS, self._levels(names.HOME, known, share), strict=True):
            yield level, {key | {("driver", "home")}: value for key, value in rows.items()}

    def _rows_of_homes(self, t: int) -> tuple[Rows, Rows, Rows, Rows]:
        """Return sizes and limits of users, sizes of directories that went away, and of those without an owner."""
        world = self._world
        owners: dict[tuple[str, str], str] = {}
        for mark in range(t, t - CARRY_FORWARD, -round(MINUTE)):
            owners = self._owners(mark) | owners
        reported = self._reported_hubs(t)
        sizes: Rows = defaultdict(float)
        limits: Rows = defaultdict(float)
        carried: Rows = {}
        orphaned: Rows = {}
        for d in world.directories:
            marks = range(t // CARRIED_FROM * CARRIED_FROM, t - HOMES_CARRIED, -CARRIED_FROM)
            seen = next((mark for mark in (t, *marks) if world.start <= mark and d.seen(mark)), None)
            # A directory that dirsize no longer finds ends when the others were measured twice: 2 to 4 rounds later.
            if seen is None or (d.round is not None and t > d.end + 4 * d.round):
                continue
            username = owners.get((d.namespace, d.name), "")
            key, own = labels(namespace=d.namespace, username=username), labels(namespace=d.namespace, directory=d.name)
            sizes[key] += d.bytes_at(seen)
            if d.hard_limit is not None:
                limits[key] += d.hard_limit
            if seen < t:
                carried[own] = d.bytes_at(seen)
            if not username and d.namespace in reported:
                orphaned[own] = d.bytes_at(seen)
        return sizes, limits, carried, orphaned

    def _owner_of(self, t: int) -> dict[tuple[str, str], str]:
        """Return hub and directory -> the user whose name it spells, of the users that exporters tell of at ``t``."""
        owners: dict[tuple[str, str], str] = {}
        for spelling in (self._legacy, self._safe):  # the safe one last: it wins
            for hub in self._world.hubs:
                for name in self._told(hub, t):
                    owners[hub, spelling(name)] = name
        return owners

    def _told_users(self, hub: str, t: int) -> set[str]:
        """Return the users of which any exporter of the hub tells at ``t``, in either spelling's rows."""
        world = self._world
        scrape = t // world.step * world.step
        users: set[str] = set()
        for exporter in world.exporters:
            if exporter.namespace == hub and world.exporter_up(exporter, scrape) and t >= world.start:
                users |= world.groups_of(exporter, exporter.last_refresh(scrape)).keys()
        return users

    def _add_buckets(self, recorded: Recorded) -> None:
        for resource, bucket in names.BUCKETS.items():
            step = SLOW if resource == names.HOME else MINUTE
            levels = [names.user, names.pair, names.group]
            for level in levels + [names.profile] * (resource in names.PROFILE_RESOURCES):
                for key, values in recorded[level(resource)].items():
                    sums: dict[int, float] = defaultdict(float)
                    for t, value in values.items():
                        sums[bucket_of(t)] += value * step / HOUR
                    recorded[level(bucket)][key] = {t: v for t, v in sums.items() if self._evaluated(t, recorded)}

    def _add_cost_usage(self, recorded: Recorded) -> None:
        """Add what bills are divided by: users' minutes of the 5 minutes that ended a minute before; no prices here."""
        resources = {"compute": names.MEMORY_REQUESTS, "gpu": names.GPU_REQUESTS}
        for driver, resource in resources.items():
            for level, whole in ((names.user, names.hub), (names.pair, names.group)):
                for key, values in recorded[level(resource)].items():
                    if "username" not in dict(key):
                        continue
                    sums: dict[int, float] = defaultdict(float)
                    for t, value in values.items():
                        sums[-(-(t + round(MINUTE)) // BUCKET) * BUCKET] += value * MINUTE / HOUR
                    of = {("driver", driver)}
                    total = recorded[names.by_driver(whole(names.COST_USAGE))][
                        frozenset((k, v) for k, v in key if k != "username") | of
                    ]
                    for t, value in sums.items():
                        if value > 0 and self._evaluated(t, recorded):
                            recorded[names.by_driver(level(names.COST_USAGE))][key | of][t] = value
                            total[t] = total.get(t, 0.0) + value

    def _add_capacity(self, recorded: Recorded, end: float) -> None:
        """Add the capacity of the nodes for users, which all hubs share by default."""
        world = self._world
        for t in range(round(world.start), round(end), BUCKET):
            nodes = [node for node in world.nodes if node.purpose == "user" and node.exists(t)]
            for driver, capacity in (
                ("compute", sum(node.memory for node in nodes)),
                ("gpu", sum(node.gpus for node in nodes)),
            ):
                if capacity:
                    recorded[names.COST_CAPACITY][labels(driver=driver)][t] = capacity * BUCKET / HOUR

    def _evaluated(self, t: int, recorded: Recorded) -> bool:
        return t <= max(max(values) for values in recorded[names.HUBS].values())

    def _add_windows(self, recorded: Recorded) -> None:
        """Add who was active; no user has a limit, so there is no other window."""
        last = max(max(values) for values in recorded[names.HUBS].values())
        for window, length in self._windows.items():
            for level, name in ((names.pair, names.ACTIVE_USERS), (names.user, names.HUB_ACTIVE_USERS)):
                for key, buckets in recorded[level(names.BUCKETS[names.SERVERS])].items():
                    row = dict(key)
                    if "username" not in row:
                        continue
                    used: set[int] = set()
                    for at, value in buckets.items():
                        if value > 0:
                            used |= set(range(at, min(at + length, last + 1), BUCKET))
                    group = {k: v for k, v in row.items() if k != "username"}
                    target = recorded[name][labels(**group, window=window)]
                    for t in used:
                        target[t] = target.get(t, 0) + 1


def bucket_of(t: int) -> int:
    """Return when the bucket is recorded that has the sample of ``t``: buckets are a minute late."""
    return -(-(t + round(MINUTE)) // BUCKET) * BUCKET


def _looks(t: int) -> range:
    """Return when membership was looked at in the time for which it is carried forward, the newest first."""
    return range(t // SLOW * SLOW, t - CARRY_FORWARD, -SLOW)


def labels(**pairs: str) -> Labels:
    """Return a label set; empty values are no labels, as in Prometheus."""
    return frozenset((name, value) for name, value in pairs.items() if value)


def owner(server: Server) -> str:
    """Return whom the pod's annotation names; empty: nobody."""
    return server.username if server.username is not None and server.annotated else ""


def by_hub(users: Rows) -> Rows:
    """Return the sums of a hub's rows."""
    hubs: Rows = defaultdict(float)
    for key, value in users.items():
        hubs[labels(namespace=dict(key)["namespace"])] += value
    return hubs


def user_of(server: Server) -> Labels:
    """Return the labels of the pod's hub and owner."""
    return labels(namespace=server.hub_namespace, username=owner(server))


def combination_of(server: Server) -> Labels:
    """Return the labels of the pod's owner and of what the pod runs with."""
    profile, size, image = server.profile
    return user_of(server) | labels(profile=profile, size=size, image=image)


def largest_by_size(pods: list[Server]) -> Rows:
    """Return the largest requests of the users' servers of each profile and size."""
    largest: Rows = {}
    for s in pods:
        if is_server(s) and owner(s):
            profile, size, _ = s.profile
            server = f"{profile} / {size}" if profile or size else "without a profile"
            for resource, value in held_by(s).items():
                key = labels(namespace=s.hub_namespace, server=server, resource=resource)
                largest[key] = max(largest.get(key, 0.0), value)
    return largest


def held_by(server: Server) -> dict[str, float]:
    """Return the requests of the pod's containers, without init containers, and the one pod."""
    held: dict[str, float] = defaultdict(float, pods=1.0)
    for container in server.containers:
        for resource, value in (
            ("memory", container.memory_request), ("cpu", container.cpu_request), ("gpu", gpus_of(container)),
        ):  # fmt: skip
            if value is not None and not container.init:
                held[resource] += value
    return held


def is_server(server: Server) -> bool:
    """Return whether the pod is a server and not another pod of the hub or of a user."""
    return any(container.name == "notebook" for container in server.containers)


def size_of(server: Server) -> Labels:
    """Return the labels of the pod's hub, profile and size."""
    profile, size, _ = server.profile
    return labels(namespace=server.hub_namespace, profile=profile, size=size)


def owner_key(key: Labels) -> Labels:
    """Return the namespace and the user of a row."""
    return frozenset(label for label in key if label[0] in {"namespace", "username"})


def gpus_of(container: Container) -> float | None:
    """Return the GPUs that a container requests, slices as parts; None if it requests none."""
    slices = math.fsum(number * MIG_PARTS.get(resource, 0) for resource, number in container.mig_requests)
    return container.gpu_request + slices or None


def without_usergroup(key: Labels) -> Labels:
    """Return the row's labels but the group."""
    return frozenset(label for label in key if label[0] != "usergroup")


def without(rows: Rows, others: Rows, key_of: Callable[[Labels], Labels]) -> Rows:
    """Return the rows whose key none of the others has."""
    keys = {key_of(key) for key in others}
    return {key: value for key, value in rows.items() if key_of(key) not in keys}


def of_profiles(of_combinations: Rows, parts: Rows) -> Rows:
    """Return what groups have by profile, size and image: users' values times the groups' parts in them."""
    groups: Rows = defaultdict(float)
    for key, part in parts.items():
        if without_usergroup(key) in of_combinations:
            groups[without_username(key)] += part * of_combinations[without_usergroup(key)]
    return groups


def without_username(key: Labels) -> Labels:
    """Return the row's labels but the user's."""
    return frozenset(label for label in key if label[0] != "username")


def quantile(part: float, values: list[float]) -> float:
    """Return a quantile as PromQL has it: between two values in proportion."""
    ordered = sorted(values)
    rank = part * (len(ordered) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] * (1 - (rank - low)) + ordered[high] * (rank - low)


def sums_of(named: Named, containers: OfContainers, key_of: Callable[[Server], Labels]) -> Rows:
    """Return what the containers add up to, by what ``key_of`` says of their pods."""
    rows: Rows = defaultdict(float)
    for (namespace, pod, _), value in containers.items():
        rows[key_of(named[namespace, pod])] += value
    return rows


def container_sums(
    pods: list[Server], measure: Callable[[Container], float | None], key_of: Callable[[Server], Labels] = user_of
) -> Rows:
    """Return what the containers of pods add up to, by owner or what ``key_of`` says; those without the value not."""
    rows: Rows = defaultdict(float)
    for server in pods:
        for container in server.containers:
            value = measure(container)
            if value is not None and container.init != "plain":
                rows[key_of(server)] += value
    return rows


def as_read(samples: Mapping[int, float], start: float, end: float) -> dict[int, float]:
    """Return the values, as often as membership, of a series that is recorded when it changes, and as 0 at its end."""
    values: dict[int, float] = {}
    last = 0.0
    for t in range(round(start), round(end), SLOW):
        last = samples.get(t, last)
        if last:
            values[t] = last
    return values
