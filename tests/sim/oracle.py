"""What the rules must record, computed from a world in plain Python: no PromQL, no scraped samples, no join.

It knows the world's servers, groups and directories themselves, and of scraping only what changes the truth that a
Prometheus can know: cAdvisor's series live on for five minutes, and a silent exporter's groups are the last it told.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from hubmeter_promql import series
from tests.sim.cluster import HOUR, MINUTE, Container, Server, World, legacy_slug, shares, user_slug

Labels = frozenset[tuple[str, str]]
Rows = dict[Labels, float]
Recorded = dict[str, dict[Labels, dict[int, float]]]  # series -> labels -> unix second -> value

LOOKBACK: Final = 300.0
CARRY_FORWARD: Final = 3600
BUCKET: Final = 300


class Oracle:
    """The recorded series of a world, from its start on, at every multiple of a minute."""

    def __init__(self, world: World, windows: dict[str, int]) -> None:
        """Take the world and the windows: name and seconds."""
        self._world = world
        self._windows = windows
        self._live = cache(self._live_shares)
        self._told = cache(self._told_users)
        self._safe, self._legacy = cache(user_slug), cache(legacy_slug)

    def record(self, end: float) -> Recorded:
        """Return every recorded series of [world.start, end), only where it has a value."""
        recorded: Recorded = defaultdict(lambda: defaultdict(dict))
        for t in range(round(self._world.start), round(end), round(MINUTE)):
            for name, rows in self._minute(t):
                for labels, value in rows.items():
                    recorded[name][labels][t] = value
        self._add_buckets(recorded)
        self._add_windows(recorded)
        self._add_cost_usage(recorded)
        return recorded

    def _minute(self, t: int) -> Iterator[tuple[str, Rows]]:
        live = {key: value for hub in self._world.hubs for key, value in (self._live(hub, t) or {}).items()}
        yield series.SHARE_LIVE, live
        share = self._shares(t)
        yield series.SHARE, share
        hubs = self._hubs(t, share)
        yield series.HUBS, {labels(namespace=hub): 1.0 for hub in hubs}
        pods = [s for s in self._world.servers_at(t) if s.running(t) and s.namespace in hubs]
        yield series.SCHEDULED_PODS, {labels(namespace=s.namespace, pod=s.pod, uid=s.uid): 1.0 for s in pods}
        yield series.PODS, {labels(namespace=s.namespace, pod=s.pod, uid=s.uid, username=owner(s)): 1.0 for s in pods}
        named = {(s.namespace, s.pod): s for s in sorted(pods, key=lambda s: s.created)}
        yield series.NAMED_PODS, {labels(namespace=n, pod=p, username=owner(s)): 1.0 for (n, p), s in named.items()}

        memory, cpu = self._memory(named, t), self._cpu(named, t)
        yield from self._levels(series.MEMORY_WORKING_SET, memory, share)
        yield series.WHOLE_MEMORY_WORKING_SET, by_hub(memory)
        yield from self._levels(series.CPU_USAGE, cpu, share)
        requests = container_sums(pods, lambda c: c.memory_request)
        yield from self._levels(series.MEMORY_REQUESTS, requests, share)
        yield series.WHOLE_MEMORY_REQUESTS, by_hub(requests)
        yield from self._levels(series.MEMORY_LIMITS, container_sums(pods, lambda c: c.memory_limit), share)
        yield from self._levels(series.CPU_REQUESTS, container_sums(pods, lambda c: c.cpu_request), share)
        yield from self._levels(series.CPU_LIMITS, container_sums(pods, lambda c: c.cpu_limit), share)
        yield from self._levels(series.GPU_REQUESTS, container_sums(pods, lambda c: c.gpu_request or None), share)
        notebooks = container_sums(pods, lambda c: 1.0 if c.name == "notebook" else None)
        yield from self._levels(series.SERVERS, notebooks, share)
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
        yield series.user(resource), users
        yield series.pair(resource), pairs
        yield series.group(resource), groups
        yield series.hub(resource), by_hub(users)

    def _live_shares(self, hub: str, t: int) -> Rows | None:
        """Return the rows of the hub's exporter with the newest snapshot; None where none answers at ``t``."""
        world = self._world
        up = [e for e in world.exporters if e.namespace == hub and world.exporter_up(e, t) and t >= world.start]
        if not up:
            return None
        snapshot = max(e.last_refresh(t) for e in up)
        rows: Rows = {}
        for namespace, username in world.memberships:
            groups = world.groups(namespace, username, snapshot)
            if namespace == hub and groups is not None:
                for group, part in shares(groups, world.strategy, world.default_group)[1]:
                    rows[labels(namespace=hub, usergroup=group, username=username)] = part
        return rows

    def _shares(self, t: int) -> Rows:
        rows: Rows = {}
        for hub in self._world.hubs:
            live = self._live(hub, t)
            if live is None:
                marks = range(t // BUCKET * BUCKET, t - CARRY_FORWARD, -BUCKET)
                live = next((found for m in marks if (found := self._live(hub, m)) is not None), {})
            rows.update(live)
        return rows

    def _hubs(self, t: int, share: Rows) -> set[str]:
        told = {dict(key)["namespace"] for key in share}
        seen = {s.namespace for s in self._world.servers_at(t) if s.username is not None and s.annotated}
        return told | seen

    def _cgroups(self, server: Server, container: Container, t: float) -> Iterator[tuple[float, float]]:
        """Yield (cgroup's start, time of its newest sample) of what cAdvisor's series still show at ``t``."""
        age, step = self._world.cadvisor_age, self._world.step
        newest: dict[float, float] = {}
        scrape = math.floor(t / step) * step
        while scrape - age > t - LOOKBACK and scrape >= self._world.start:
            stamp = scrape - age
            if server.running(stamp) and server.running(scrape):
                newest.setdefault(server.cgroup_start(container, stamp), stamp)
            scrape -= step
        yield from newest.items()

    def _containers(self, t: float) -> dict[tuple[str, str, str], list[tuple[Server, Container]]]:
        found: dict[tuple[str, str, str], list[tuple[Server, Container]]] = defaultdict(list)
        candidates = {id(s): s for back in (0, LOOKBACK) for s in self._world.servers_at(t - back)}
        for minute in range(1, 5):
            candidates |= {id(s): s for s in self._world.servers_at(t - minute * MINUTE)}
        for server in candidates.values():
            for container in server.containers:
                found[server.namespace, server.pod, container.name].append((server, container))
        return found

    def _memory(self, named: dict[tuple[str, str], Server], t: int) -> Rows:
        users: Rows = defaultdict(float)
        for (namespace, pod, _), twins in self._containers(t).items():
            values = [c.memory(stamp) for s, c in twins for _, stamp in self._cgroups(s, c, t)]
            if values and (namespace, pod) in named:
                users[labels(namespace=namespace, username=owner(named[namespace, pod]))] += max(values)
        return users

    def _cpu(self, named: dict[tuple[str, str], Server], t: int) -> Rows:
        users: Rows = defaultdict(float)
        for (namespace, pod, _), twins in self._containers(t).items():
            grown = []
            for server, container in twins:
                before = dict(self._cgroups(server, container, t - MINUTE))
                for begun, stamp in self._cgroups(server, container, t):
                    if begun in before:
                        used = container.cpu_seconds(begun, stamp) - container.cpu_seconds(begun, before[begun])
                        grown.append(max(used, 0) / MINUTE)
            if grown and (namespace, pod) in named:
                users[labels(namespace=namespace, username=owner(named[namespace, pod]))] += max(grown)
        return users

    def _homes(self, t: int, share: Rows) -> Iterator[tuple[str, Rows]]:
        world = self._world
        owners: dict[tuple[str, str], str] = {}
        for spelling in (self._legacy, self._safe):  # the safe one last: it wins
            for mark in (t, *range(t // BUCKET * BUCKET, t - CARRY_FORWARD, -BUCKET)):
                for hub in world.hubs:
                    for name in self._told(hub, mark):
                        owners[hub, spelling(name)] = name
        told = {dict(key)["namespace"] for key in share}
        sizes: Rows = defaultdict(float)
        limits: Rows = defaultdict(float)
        orphaned: Rows = {}
        for d in world.directories:
            if d.start <= t < d.end:
                username = owners.get((d.namespace, d.name), "")
                key = labels(namespace=d.namespace, username=username)
                sizes[key] += d.bytes_at(t)
                if d.hard_limit is not None:
                    limits[key] += d.hard_limit
                if not username and d.namespace in told:
                    orphaned[labels(namespace=d.namespace, directory=d.name)] = d.bytes_at(t)
        yield series.HOMES, {labels(namespace=n, directory=d, username=u): 1.0 for (n, d), u in owners.items()}
        yield from self._levels(series.HOME, sizes, share)
        yield from self._levels(series.HOME_LIMIT, limits, share)
        yield series.ORPHANED_HOME, orphaned

    def _told_users(self, hub: str, t: int) -> set[str]:
        """Return the users of which any exporter of the hub tells at ``t``, in either spelling's rows."""
        world = self._world
        users = set()
        for exporter in world.exporters:
            if exporter.namespace == hub and world.exporter_up(exporter, t) and t >= world.start:
                known = ((n, u) for n, u in world.memberships if n == hub)
                users |= {u for n, u in known if world.groups(n, u, exporter.last_refresh(t)) is not None}
        return users

    def _add_buckets(self, recorded: Recorded) -> None:
        for resource, bucket in series.BUCKETS.items():
            for level in (series.user, series.pair, series.group):
                for key, values in recorded[level(resource)].items():
                    sums: dict[int, float] = defaultdict(float)
                    for t, value in values.items():
                        sums[-(-t // BUCKET) * BUCKET] += value * MINUTE / HOUR
                    recorded[level(bucket)][key] = {t: v for t, v in sums.items() if self._evaluated(t, recorded)}

    def _add_cost_usage(self, recorded: Recorded) -> None:
        """Add what bills are divided by: users' minutes of the 5 minutes that ended a minute before; no prices here."""
        resources = {"compute": series.MEMORY_REQUESTS, "home": series.HOME, "gpu": series.GPU_REQUESTS}
        for driver, resource in resources.items():
            for level, whole in ((series.user, series.hub), (series.pair, series.group)):
                for key, values in recorded[level(resource)].items():
                    if "username" not in dict(key):
                        continue
                    sums: dict[int, float] = defaultdict(float)
                    for t, value in values.items():
                        sums[-(-(t + round(MINUTE)) // BUCKET) * BUCKET] += value * MINUTE / HOUR
                    of = {("driver", driver)}
                    total = recorded[series.by_driver(whole(series.COST_USAGE))][
                        frozenset((k, v) for k, v in key if k != "username") | of
                    ]
                    for t, value in sums.items():
                        if value > 0 and self._evaluated(t, recorded):
                            recorded[series.by_driver(level(series.COST_USAGE))][key | of][t] = value
                            total[t] = total.get(t, 0.0) + value

    def _evaluated(self, t: int, recorded: Recorded) -> bool:
        return t <= max(max(values) for values in recorded[series.HUBS].values())

    def _add_windows(self, recorded: Recorded) -> None:
        windowed = [
            series.BUCKETS[r]
            for r in (series.MEMORY_REQUESTS, series.CPU_REQUESTS, series.GPU_REQUESTS, series.SERVERS)
        ]
        names = [level(bucket) for level in (series.user, series.group) for bucket in windowed]
        names.append(series.pair(series.BUCKETS[series.SERVERS]))
        last = max(max(values) for values in recorded[series.HUBS].values())
        for window, length in self._windows.items():
            for name in names:
                for key, buckets in recorded[name].items():
                    row = recorded[series.window(name)][key | {("window", window)}]
                    for at, value in buckets.items():
                        for t in range(at, min(at + length, last + 1), BUCKET):
                            row[t] = row.get(t, 0.0) + value
            self._add_active_users(recorded, window)

    def _add_active_users(self, recorded: Recorded, window: str) -> None:
        for source, level, name in (
            (series.pair(series.BUCKETS[series.SERVERS]), ("namespace", "usergroup", "window"), series.ACTIVE_USERS),
            (series.user(series.BUCKETS[series.SERVERS]), ("namespace", "window"), series.HUB_ACTIVE_USERS),
        ):
            for key, values in recorded[series.window(source)].items():
                row = dict(key)
                if row["window"] != window or "username" not in row:
                    continue
                target = recorded[name][frozenset((k, v) for k, v in key if k in level)]
                for t, value in values.items():
                    if value > 0:
                        target[t] = target.get(t, 0) + 1


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


def container_sums(pods: list[Server], measure: Callable[[Container], float | None]) -> Rows:
    """Return what the containers of each owner's pods add up to; containers without the value do not count."""
    users: Rows = defaultdict(float)
    for server in pods:
        for container in server.containers:
            value = measure(container)
            if value is not None:
                users[labels(namespace=server.namespace, username=owner(server))] += value
    return users
