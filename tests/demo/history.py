"""What the rules would have recorded of the site's past, computed: a backfill of sixty days would take an hour.

A series of each minute has a sample every STEP seconds, which is as long as instant selectors look back; in the last
ten minutes one each minute, because buckets that rules record later count samples.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from hubmeter_generator.model import VERSION
from hubmeter_generator.operate.remote_write import Series
from hubmeter_promql import names
from tests.demo.site import (
    BUDGETS,
    GPU_NODE_MEMORY,
    GPUS_OF_NODE,
    HUBS,
    NOBODYS_HOMES,
    NODE_CORES,
    NODE_MEMORY,
    STEP,
    Person,
    Session,
    Site,
)
from tests.sim.cluster import DAY, GIB, HOUR
from tests.sim.worlds import pod_uid

Key = tuple[str, tuple[tuple[str, str], ...]]  # a series' name, and its labels

_BUCKET: Final = STEP / 3600
_DENSE: Final = 600  # seconds at the end with a sample a minute
_BY_MINUTE: Final = (
    names.MEMORY_WORKING_SET, names.CPU_USAGE, names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.MEMORY_LIMITS,
    names.CPU_LIMITS, names.GPU_REQUESTS, names.SERVERS,
)  # fmt: skip
_USER_BUCKETS: Final = (names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.GPU_REQUESTS, names.SERVERS)
_DRIVERS: Final = {"compute": names.MEMORY_REQUESTS, "gpu": names.GPU_REQUESTS}
_WINDOWS: Final = {"1d": 1, "7d": 7, "30d": 30}
_HUB_PODS: Final = {names.MEMORY_REQUESTS: 2.625 * GIB, names.CPU_REQUESTS: 1.375, names.MEMORY_WORKING_SET: GIB,
                    names.CPU_USAGE: 0.2}  # fmt: skip


@dataclass
class Sums:
    """A level's sums by resource: a value for each slot of STEP seconds, and where anything runs."""

    slots: int
    values: dict[str, "array[float]"] = field(default_factory=dict)

    def of(self, resource: str) -> "array[float]":
        """Return the values of a resource, zeros at first."""
        return self.values.setdefault(resource, array("d", bytes(8 * self.slots)))


@dataclass(frozen=True)
class History:
    """The past of a site from its start up to ``end``, a multiple of STEP."""

    site: Site
    end: int

    @cached_property
    def slots(self) -> int:
        """The number of slots of STEP seconds."""
        return (self.end - self.site.start) // STEP

    @cached_property
    def sessions(self) -> list[tuple[Session, int, int]]:
        """The sessions with their slots [first, last) in this time."""
        found = []
        for session in self.site.sessions:
            first = max((session.begin - self.site.start) // STEP, 0)
            last = min((session.end - self.site.start) // STEP, self.slots)
            if first < last:
                found.append((session, first, last))
        return found

    @cached_property
    def sums(self) -> dict[Key, Sums]:
        """The sums of groups, hubs and profiles, by level and labels."""
        found: dict[Key, Sums] = defaultdict(lambda: Sums(self.slots))
        for session, first, last in self.sessions:
            parts = [(key, share) for key, share in _addends(session)]
            for resource, value in _values(session).items():
                for key, share in parts:
                    row, amount = found[key].of(resource), value * share
                    for slot in range(first, last):
                        row[slot] += amount
            for resource, used in self._used(session, first, last).items():
                for key, share in parts:
                    row = found[key].of(resource)
                    for slot, value in enumerate(used, first):
                        row[slot] += value * share
        return dict(found)

    def _used(self, session: Session, first: int, last: int) -> dict[str, list[float]]:
        """Return memory and CPU in use by slot."""
        container = session.container
        times = [self.site.start + slot * STEP for slot in range(first, last)]
        return {
            names.MEMORY_WORKING_SET: [container.memory(t) for t in times],
            names.CPU_USAGE: [container.cpu_rate(t) for t in times],
        }

    def _at(self, slot: int) -> int:
        return (self.site.start + slot * STEP) * 1000

    def usage(self) -> Iterator[Series]:
        """Yield everything that does not depend on prices."""
        yield from self._of_users()
        yield from self._of_levels()
        yield from self._costs_of_days()
        yield from self._active()
        yield from self._homes()
        yield from self._hubs()
        yield from self._unattributed()
        yield from self._nodes()
        yield from self._trouble()

    def _points(self, first: int, values: "array[float] | list[float]") -> list[tuple[int, float]]:
        """Return samples at the begin of each slot, and at each minute of the last slots."""
        dense = self.slots - _DENSE // STEP
        points: list[tuple[int, float]] = []
        for slot, value in enumerate(values, first):
            at = self._at(slot)
            points.append((at, value))
            if slot >= dense:
                points += [(at + minute * 60_000, value) for minute in range(1, STEP // 60)]
        return points

    def _of_users(self) -> Iterator[Series]:
        points: dict[Key, list[tuple[int, float]]] = defaultdict(list)
        recent = self.slots - 2 * int(DAY) // STEP
        for session, first, last in self.sessions:
            person = session.person
            user = _user(person)
            fixed = _values(session)
            times = self._points(first, [0.0] * (last - first))
            for resource, value in fixed.items():
                points[names.user(resource), user] += [(at, value) for at, _ in times]
            for resource, used in self._used(session, first, last).items():
                points[names.user(resource), user] += self._points(first, used)
            ends = [self._at(slot + 1) for slot in range(first, last)]
            for resource in _USER_BUCKETS:
                if value := fixed.get(resource, 0.0):
                    points[names.user(names.BUCKETS[resource]), user] += [(at, value * _BUCKET) for at in ends]
            for group, share in person.shares:
                pair = _pair(person, group)
                points[names.ACTIVE_SHARE, pair] += [(at, share) for at, _ in times]
                points[names.pair(names.BUCKETS[names.SERVERS]), pair] += [(at, share * _BUCKET) for at in ends]
                if last > recent:
                    for driver, resource in _DRIVERS.items():
                        if value := fixed.get(resource, 0.0):
                            name = names.by_driver(names.pair(names.COST_USAGE))
                            points[name, (*pair, ("driver", driver))] += [(at, value * share * _BUCKET) for at in ends]
            for driver, resource in _DRIVERS.items():
                if last > recent and (value := fixed.get(resource, 0.0)):
                    name = names.by_driver(names.user(names.COST_USAGE))
                    points[name, (*user, ("driver", driver))] += [(at, value * _BUCKET) for at in ends]
        yield from _series(points)

    def _of_levels(self) -> Iterator[Series]:
        recent = self.slots - 2 * int(DAY) // STEP
        for (level, row), sums in self.sums.items():
            running = sums.of(names.SERVERS)
            of_hub = level == names.hub.name
            for resource in _BY_MINUTE:
                values = sums.of(resource)
                own = _HUB_PODS.get(resource, 0.0) if of_hub else 0.0
                if own or any(values):
                    yield _one(
                        f"{level}:{resource}", row,
                        [p for p in self._points(0, [v + own for v in values]) if of_hub or p[1]],
                    )  # fmt: skip
                if resource in names.BUCKETS and not of_hub and any(values):
                    yield _one(f"{level}:{names.BUCKETS[resource]}", row, self._buckets(values, running))
            if level == names.profile.name:
                continue
            for driver, resource in _DRIVERS.items():
                points = self._buckets(sums.of(resource), sums.of(resource), recent)
                yield _one(names.by_driver(f"{level}:{names.COST_USAGE}"), (*row, ("driver", driver)), points)

    def _buckets(self, values: "array[float]", running: "array[float]", first: int = 0) -> list[tuple[int, float]]:
        return [
            (self._at(slot + 1), values[slot] * _BUCKET) for slot in range(max(first, 0), self.slots) if running[slot]
        ]

    # ---- costs ----------------------------------------------------------------------------------

    @cached_property
    def days(self) -> int:
        """The number of whole days."""
        return int((self.end - self.site.start) // DAY)

    @cached_property
    def of_days(self) -> dict[tuple[int, Key], float]:
        """Usage by whole day, and by level with labels and driver."""
        found: dict[tuple[int, Key], float] = defaultdict(float)
        per_day = int(DAY) // STEP
        for session, first, last in self.sessions:
            rows = [*_addends(session), ((names.user.name, _user(session.person)), 1.0)]
            rows += [((names.pair.name, _pair(session.person, g)), share) for g, share in session.person.shares]
            for day in range(first // per_day, min((last - 1) // per_day + 1, self.days)):
                length = min(last, (day + 1) * per_day) - max(first, day * per_day)
                for driver, resource in _DRIVERS.items():
                    if value := _values(session).get(resource, 0.0):
                        for (level, row), share in rows:
                            if level != names.profile.name:
                                found[day, (level, (*row, ("driver", driver)))] += value * share * length * _BUCKET
        for person in self.site.everyone:
            rows = [((names.user.name, _user(person)), 1.0), ((names.hub.name, _hub(person)), 1.0)]
            rows += [((names.pair.name, _pair(person, g)), share) for g, share in person.shares]
            rows += [((names.group.name, _group(person, g)), share) for g, share in person.shares]
            for day in range(self.days):
                home = person.home(self.site.now - self.site.start - day * DAY) * 24
                for (level, row), share in rows:
                    found[day, (level, (*row, ("driver", "home")))] += home * share
        return dict(found)

    def _costs_of_days(self) -> Iterator[Series]:
        points: dict[Key, list[tuple[int, float]]] = defaultdict(list)
        for (day, (level, row)), value in self.of_days.items():
            points[names.by_driver(f"{level}:{names.COST_USAGE_DAY}"), row].append((self._evening(day), value))
        of_users: dict[Key, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        per_day = int(DAY) // STEP
        for session, first, last in self.sessions:
            values = _values(session)
            for resource in _USER_BUCKETS:
                if value := values.get(resource, 0.0):
                    name = names.day(names.user(names.BUCKETS[resource]))
                    for slot in range(first, last):
                        of_users[name, _user(session.person)][slot // per_day] += value * _BUCKET
        for key, by_day in of_users.items():
            points[key] = [(self._evening(day), value) for day, value in by_day.items() if day < self.days]
        yield from _series(points)

    def _evening(self, day: int) -> int:
        """Return when a day's sums were recorded: an hour after its end."""
        return round(self.site.start + (day + 1) * DAY + HOUR) * 1000

    def costs(self, prices: Mapping[tuple[int, str, str], float]) -> Iterator[Series]:
        """Yield the recorded costs, at the price of a unit by day (since 1970), hub and driver."""
        first_day, per_day = self.site.start // int(DAY), int(DAY) // STEP
        points: dict[Key, list[tuple[int, float]]] = defaultdict(list)
        for (day, (level, row)), value in self.of_days.items():
            of = dict(row)
            cost = value * prices.get((first_day + day, of["namespace"], of.pop("driver")), 0.0)
            at, labels = self._evening(day), tuple(of.items())
            key = f"{level}:{names.COST_DAY}", labels
            if points[key] and points[key][-1][0] == at:
                points[key][-1] = at, points[key][-1][1] + cost
            else:
                points[key].append((at, cost))
            if ("driver", "home") in row and level == names.user.name:
                points[names.user(names.HOME_COST_DAY), labels].append((at, cost))
        for (level, row), sums in self.sums.items():
            namespace = dict(row)["namespace"]
            total = array("d", bytes(8 * self.slots))
            for driver, resource in _DRIVERS.items():
                values = sums.of(resource)
                for slot in range(self.slots):
                    if values[slot]:
                        price = prices.get((first_day + slot // per_day, namespace, driver), 0.0)
                        total[slot] += values[slot] * price
            points[f"{level}:{names.COST}", row] = self._buckets(total, total)
        for session, first, last in self.sessions:
            of_user = points[names.user(names.COST), _user(session.person)]
            for slot in range(first, last):
                cost = sum(
                    value * prices.get((first_day + slot // per_day, session.person.namespace, driver), 0.0)
                    for driver, resource in _DRIVERS.items()
                    if (value := _values(session).get(resource, 0.0))
                )
                of_user.append((self._at(slot + 1), cost * _BUCKET))
        yield from _series({key: sorted(values) for key, values in points.items()})
        hourly = range(self.site.start, self.end - 1800, 3600)
        for group, budget in BUDGETS.items():
            yield _one(names.BUDGET, (("usergroup", group),), [(at * 1000, float(budget)) for at in hourly])

    # ---- what changes slowly ----------------------------------------------------------------------

    def _active(self) -> Iterator[Series]:
        """Yield the active users by window, which are counted once an hour and recorded each STEP."""
        hours = (self.end - self.site.start) // 3600
        of_groups: dict[Key, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for session, first, last in self.sessions:
            span = first * STEP // 3600, -(-last * STEP // 3600)
            person = session.person
            for key in ((names.HUB_ACTIVE_USERS, _hub(person)), *(
                (names.ACTIVE_USERS, _group(person, group)) for group, _ in person.shares
            )):  # fmt: skip
                of_groups[key][person.name].append(span)
        for (name, row), of_people in of_groups.items():
            for window, days in _WINDOWS.items():
                change = [0] * (hours + 1)
                for spans in of_people.values():
                    for begin, end in _united([(b, min(e + days * 24, hours)) for b, e in sorted(spans)]):
                        change[begin] += 1
                        change[end] -= 1
                points, active = [], 0
                for hour in range(hours):
                    active += change[hour]
                    if active:
                        at = (self.site.start + hour * 3600) * 1000
                        points += [(at + step * STEP * 1000, float(active)) for step in range(3600 // STEP)]
                yield _one(name, (*row, ("window", window)), points)

    def _homes(self) -> Iterator[Series]:
        site = self.site
        groups: dict[tuple[str, str], list[tuple[Person, float]]] = defaultdict(list)
        hourly = range(site.start, self.end - 1800, 3600)
        recent = range(max(site.start, self.end - 8 * int(DAY)), self.end, STEP)
        for person in site.everyone:
            yield _one(
                names.user(names.HOME), _user(person), [(at * 1000, person.home(site.now - at)) for at in hourly]
            )
            days = [(at * 1000, person.home_limit) for at in range(site.start, self.end - 1800, 6 * 3600)]
            yield _one(names.user(names.HOME_LIMIT), _user(person), days)
            for group, share in person.shares:
                groups[person.namespace, group].append((person, share))
                yield _one(names.SHARE, _pair(person, group), [(at * 1000, share) for at in recent])
        for (namespace, group), members in groups.items():
            row = (("namespace", namespace), ("usergroup", group))
            limit = sum(person.home_limit * share for person, share in members)
            now, then = (sum(p.home(age) * share for p, share in members) for age in (0.0, 60 * DAY))
            sizes = [(slot, now - (now - then) * (site.now - self._at(slot) / 1000) / 60 / DAY)
                     for slot in range(self.slots)]  # fmt: skip
            yield _one(names.group(names.HOME), row, [(self._at(slot), size) for slot, size in sizes])
            bucket = [(self._at(slot + 1), size * _BUCKET) for slot, size in sizes]
            yield _one(names.group(names.BUCKETS[names.HOME]), row, bucket)
            yield _one(names.group(names.HOME_LIMIT), row, [(self._at(slot), limit) for slot in range(self.slots)])

    def _hubs(self) -> Iterator[Series]:
        steady = self._points(0, [1.0] * self.slots)
        for namespace in HUBS:
            row = (("namespace", namespace),)
            yield _one(names.HUBS, row, steady)
            yield _one(names.USAGE_SEEN, row, steady)
            yield _one(names.RULES_VERSION, (*row, ("version", VERSION)), steady)
            yield _one(names.USAGE_RECORDED, row, [(self._at(slot + 1), 5.0) for slot in range(self.slots)])
            hub_url = ("hub_url", f"http://hub.{namespace}:8081")
            recent = [(at, at / 1000) for at, _ in steady if at >= (self.end - DAY) * 1000]
            yield _one(names.HUB_REPORTED, (*row, hub_url), recent)

    def _unattributed(self) -> Iterator[Series]:
        """Yield the rows without a user or group: the hub's own pods, and directories of nobody."""
        for namespace in HUBS:
            row = (("namespace", namespace),)
            for resource, value in _HUB_PODS.items():
                for level in (names.user, names.group):
                    yield _one(level(resource), row, self._points(0, [value] * self.slots))
                bucket = [(self._at(slot + 1), value * _BUCKET) for slot in range(self.slots)]
                yield _one(names.group(names.BUCKETS[resource]), row, bucket)
            size = sum(size for (hub, _), size in NOBODYS_HOMES.items() if hub == namespace)
            yield _one(names.group(names.HOME), row, [(self._at(slot), size) for slot in range(self.slots)])
            bucket = [(self._at(slot + 1), size * _BUCKET) for slot in range(self.slots)]
            yield _one(names.group(names.BUCKETS[names.HOME]), row, bucket)

    @cached_property
    def requested(self) -> dict[str, list[float]]:
        """Requested memory by slot, of servers with (``gpu``) and without GPUs (``user``)."""
        found = {"user": [0.0] * self.slots, "gpu": [0.0] * self.slots}
        for session, first, last in self.sessions:
            row = found["gpu" if session.size.gpus else "user"]
            for slot in range(first, last):
                row[slot] += session.size.memory
        return found

    @cached_property
    def user_nodes(self) -> list[int]:
        """The number of nodes of the autoscaled pool by slot; it shrinks half an hour late."""
        needed = [self.site.user_nodes(value) for value in self.requested["user"]]
        return [max(needed[max(slot - 6, 0) : slot + 1]) for slot in range(self.slots)]

    @cached_property
    def gpu_nodes(self) -> list[int]:
        """The number of nodes with GPUs by slot; the last day has one, because it is there at the demo's start."""
        busy = [int(value > 0) for value in self.requested["gpu"]]
        last = self.slots - int(DAY) // STEP
        return [int(any(busy[max(slot - 6, 0) : slot + 1]) or slot >= last) for slot in range(self.slots)]

    def _nodes(self) -> Iterator[Series]:
        pools = {
            "user": (self.user_nodes, NODE_MEMORY, NODE_CORES),
            "gpu": (self.gpu_nodes, GPU_NODE_MEMORY, 32.0),
            "core": ([1] * self.slots, 32 * GIB, 8.0),
        }
        capacity = [
            users * NODE_MEMORY + gpus * GPU_NODE_MEMORY
            for users, gpus in zip(self.user_nodes, self.gpu_nodes, strict=True)
        ]
        gpus = [nodes * float(GPUS_OF_NODE) for nodes in self.gpu_nodes]
        for driver, values in (("compute", capacity), ("gpu", gpus)):
            points = [(self._at(slot + 1), value * _BUCKET) for slot, value in enumerate(values)]
            yield _one(names.COST_CAPACITY, (("driver", driver),), points)
        # The dashboard Cluster shows a day; a month of it would be a third of all samples.
        first = max(self.slots - 8 * int(DAY) // STEP, 0)
        for pool, (nodes, memory, cores) in pools.items():
            asked = self.requested.get(pool, [5 * GIB] * self.slots)
            idle = [float(n) if pool != "core" and not a else 0.0 for n, a in zip(nodes, asked, strict=True)]
            for resource, each, per_byte in (
                ("memory", memory, 1.0), ("cpu", cores, cores / memory), ("pods", 110.0, 1 / (3 * GIB)),
                ("nodes", 1.0, 0.0),
            ):  # fmt: skip
                row = (("pool", pool), ("resource", resource))
                yield _one(names.POOL_ALLOCATABLE, row, self._since(first, [n * each for n in nodes]))
                if per_byte:
                    yield _one(names.POOL_REQUESTED, row, self._since(first, [a * per_byte for a in asked]))
                unused = [(at, value) for at, value in self._since(first, [n * each for n in idle]) if value]
                yield _one(names.POOL_WITHOUT_USERS, row, unused)
            yield _one(names.POOL_MEMORY_USED, (("pool", pool),), self._since(first, [a * 0.5 for a in asked]))

    def _since(self, first: int, values: list[float]) -> list[tuple[int, float]]:
        return [(self._at(slot), values[slot]) for slot in range(first, self.slots)]

    def _trouble(self) -> Iterator[Series]:
        """Yield the starts of servers, those that failed, and containers that ended for want of memory."""
        events: dict[Key, dict[int, float]] = defaultdict(dict)
        for session, first, _ in self.sessions:
            person, size = session.person, session.size
            of = (("profile", size.profile), ("size", size.name), ("image", size.image))
            user = (*_user(person), *of)
            begin, end = self._at(first + 1), self.end * 1000
            if session.begin >= self.site.start and begin < end:
                uid = ("uid", pod_uid(f"{person.namespace}/{session.begin}/{person.name}"))
                yield _one(names.SERVER_START, (*user, uid), [(begin, session.waits + 8)])
                if session.waits > 60:
                    at = self._at(first)
                    waits = [(at + s * 60_000, 1.0) for s in range(-math.floor(session.waits / 60), 1)]
                    reason = ("reason", "Unschedulable" if session.waits > 150 else "ContainerCreating")
                    key = names.WAITING_SERVERS, (*user, reason)
                    events[key] |= dict(waits)
                if session.seed % 24 == 7:
                    reason = ("reason", ("ImagePullBackOff", "Unschedulable")[session.seed % 48 // 24])
                    events[names.SERVER_EVENTS, (*user, ("event", "failed_start"), reason)][begin] = 1.0
            killed = round((session.begin + HOUR) // STEP * STEP + STEP) * 1000
            if session.killed and self.site.start * 1000 <= killed < end:
                row = (*user, ("event", "oom_kill"), ("reason", "OOMKilled"))
                events[names.SERVER_EVENTS, row][killed] = 1.0
        yield from _series({key: sorted(values.items()) for key, values in events.items()})


def _values(session: Session) -> dict[str, float]:
    """Return what stays the same in a session, by resource."""
    container = session.container
    return {
        resource: value
        for resource, value in (
            (names.MEMORY_REQUESTS, container.memory_request), (names.CPU_REQUESTS, container.cpu_request),
            (names.MEMORY_LIMITS, container.memory_limit), (names.CPU_LIMITS, container.cpu_limit),
            (names.GPU_REQUESTS, float(container.gpu_request)), (names.SERVERS, 1.0),
        )
        if value
    }  # fmt: skip


def _addends(session: Session) -> Iterator[tuple[Key, float]]:
    """Yield the groups, the hub and the profiles that a session's use is added to, with its share."""
    person, size = session.person, session.size
    yield (names.hub.name, _hub(person)), 1.0
    of = (("profile", size.profile), ("size", size.name), ("image", size.image))
    for group, share in person.shares:
        yield (names.group.name, _group(person, group)), share
        yield (names.profile.name, (*_group(person, group), *of)), share


def _hub(person: Person) -> tuple[tuple[str, str], ...]:
    return (("namespace", person.namespace),)


def _user(person: Person) -> tuple[tuple[str, str], ...]:
    return (("namespace", person.namespace), ("username", person.name))


def _group(person: Person, group: str) -> tuple[tuple[str, str], ...]:
    return (("namespace", person.namespace), ("usergroup", group))


def _pair(person: Person, group: str) -> tuple[tuple[str, str], ...]:
    return (*_group(person, group), ("username", person.name))


def _one(name: str, row: tuple[tuple[str, str], ...], points: list[tuple[int, float]]) -> Series:
    return (("__name__", name), *row), points


def _series(points: Mapping[Key, list[tuple[int, float]]]) -> Iterator[Series]:
    for (name, row), values in points.items():
        yield _one(name, row, values)


def _united(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of spans, which begin in ascending order."""
    found: list[tuple[int, int]] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found
