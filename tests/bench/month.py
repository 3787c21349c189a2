"""Writes a month of a cluster: the raw series that raw joins read, and the recorded series that panels read.

Both come from one model, written straight to the store: to backfill a month by the rules takes hours. ``check`` has the
rules evaluated at the end of the month and compares.
"""

import math
import random
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from hubmeter_generator import settings
from hubmeter_generator.operate import backfill
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.bench.measure import say
from tests.bench.store import Store
from tests.bench.tape import Tape, Writer, labels, sample, stale, tape
from tests.sim.cluster import (
    CADVISOR_AGE,
    Server,
    World,
    cadvisor,
    dirsize,
    groups_exporter,
    kube_state_metrics,
    shares,
)

END: Final = 1_769_817_600  # 2026-01-31T00:00Z
SPAN: Final = 360  # minutes written at a time
_LASTING: Final = (
    4  # minutes between samples of what does not change: within Prometheus' look back, on both sides alike
)
_DAY: Final = 24 * 60  # minutes between samples of a user's home directory that does not change
_PATTERNS: Final = 4
_BEFORE: Final = 10  # minutes of noise before the first
_RAW: Final = {
    "container_cpu_usage_seconds_total", "container_memory_working_set_bytes", "kube_pod_annotations",
    "kube_pod_container_info", "kube_pod_container_resource_limits", "kube_pod_container_resource_requests",
    "kube_pod_info", "kube_pod_status_phase",
}  # fmt: skip


class Course(NamedTuple):
    """How a value goes over the minutes: ``scale``, times the noise of a pattern unless it is flat."""

    kind: str
    scale: float
    pattern: int = 0


@dataclass(slots=True)
class Line:
    """A piece of a series: minutes [begin, end) of a course, ``step`` minutes apart."""

    labels: bytes
    course: Course
    begin: int
    end: int
    step: int = 1
    age: float = 0  # seconds by which the samples' own timestamps lie back
    marked: bool = True  # whether a staleness marker follows


@dataclass
class Totals:
    """A resource of a group or hub: its sum and the number of addends, minute by minute."""

    value: "array[float]"
    count: "array[int]"


@dataclass(frozen=True)
class Month:
    """The model: a world whose days end at END, and the recorded series that are needed."""

    world: World
    needed: Collection[str]
    windows: dict[str, int] = field(default_factory=dict)  # name to minutes

    @cached_property
    def minutes(self) -> int:
        """The length in minutes."""
        return round((self.world.end - self.world.start) / 60)

    @cached_property
    def noise(self) -> list[list[int]]:
        """Even-looking integers of 0 to 63 by pattern and minute."""
        patterns = [random.Random(pattern) for pattern in range(_PATTERNS)]
        return [[rng.getrandbits(6) for _ in range(self.minutes + _BEFORE)] for rng in patterns]

    def value(self, course: Course, minute: int) -> float:
        """Return the course's value; a bucket's covers the five minutes before this one."""
        kind, scale, pattern = course
        if kind == "flat":
            return scale
        noise, at = self.noise[pattern], minute + _BEFORE
        if kind == "memory":
            return scale * (1 + noise[at] / 128)
        if kind == "cpu":  # the growth of the counter in the minute before, as counters are read a minute late
            return scale * (1 + (noise[at - 1] - noise[at - 2]) / 100)
        if kind == "cpu counter":
            return scale * 60 * (at + noise[at] / 100)
        if kind == "memory bucket":
            return scale * (5 + sum(noise[at - 5 : at]) / 128) / 60
        if kind == "cpu bucket":
            return scale * (5 + (noise[at - 2] - noise[at - 7]) / 100) / 60
        raise ValueError(kind)

    def alive(self, server: Server) -> tuple[int, int]:
        """Return the minutes [begin, end) whose scrapes see the server on its node."""
        first = math.ceil((server.scheduled - self.world.start) / 60)
        last = math.ceil((server.ended - self.world.start) / 60)
        return min(max(first, 0), self.minutes), min(max(last, 0), self.minutes)

    def courses(self, server: Server) -> Iterator[tuple[str, Course]]:
        """Yield a server's resources with their course."""
        (container,) = server.containers
        pattern = container.seed % _PATTERNS
        yield names.MEMORY_WORKING_SET, Course("memory", container.memory_base, pattern)
        yield names.CPU_USAGE, Course("cpu", container.cpu_base, pattern)
        for resource, value in (
            (names.MEMORY_REQUESTS, container.memory_request), (names.CPU_REQUESTS, container.cpu_request),
            (names.MEMORY_LIMITS, container.memory_limit), (names.CPU_LIMITS, container.cpu_limit),
            (names.GPU_REQUESTS, float(container.gpu_request)), (names.SERVERS, 1.0),
        ):  # fmt: skip
            if value:
                yield resource, Course("flat", value)

    def recorded(self, course: Course, alive: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the minutes [begin, end) in which a course is recorded, and those in which it is not 0.

        CPU is 0 in the minute after the counter's first sample, and in that after its last.
        """
        begin, end = alive
        if course.kind != "cpu":
            return alive, alive
        return (begin + 1, end + 2), (begin + 2, end + 1)

    def shares(self, namespace: str, username: str) -> list[tuple[str, float]]:
        """Return the user's groups and the share each bears; nobody changes groups in this month."""
        return shares(self.world.memberships[namespace, username][0][1], self.world.strategy, self.world.default_group)[
            1
        ]


def write(store: Store, month: Month) -> int:
    """Write the whole month in the order of time, an hour at a time; return the number of samples."""
    writer = Writer(store.write_url, store.session)
    always = [*_memberships(month), *_homes(month), *_active_users(month)]
    totals = _totals(month)
    waiting = sorted(
        (s for s in month.world.servers if month.alive(s)[0] < month.alive(s)[1]), key=month.alive, reverse=True
    )
    say(f"  {len(waiting):,} servers, {len(always):,} series that last, {len(totals):,} of groups and hubs")
    lines: list[Line] = []
    for first in range(0, month.minutes, SPAN):
        while waiting and month.alive(waiting[-1])[0] < first + SPAN:
            server = waiting.pop()
            lines += [*_raw(month, server), *_recorded(month, server)]
        tapes: dict[tuple[Course, int, float], Tape] = {}
        for line in (*always, *lines):
            _write_piece(writer, month, line, first, tapes)
        lines = [line for line in lines if line.end >= first + SPAN]
        for encoded, total, step in totals:
            writer.add(encoded, _encoded(month, total, step, first))
        writer.flush()
        if (first + SPAN) % (3 * 24 * 60) == 0:
            say(f"  day {(first + SPAN) // (24 * 60)} of {month.minutes // (24 * 60)}, {writer.samples:,} samples")
    return writer.samples


def _write_piece(
    writer: Writer, month: Month, line: Line, first: int, tapes: dict[tuple[Course, int, float], Tape]
) -> None:
    if line.begin >= first + SPAN or line.end < first or first % max(line.step, SPAN):
        return
    key = line.course, line.step, line.age
    if key not in tapes:
        values = [month.value(line.course, m) for m in range(first, first + SPAN, line.step)]
        tapes[key] = tape(month.world.start + first * 60 - line.age, line.step * 60, values)
    begin, end = max(line.begin - first, 0), max(min(line.end - first, SPAN), 0)
    piece = tapes[key].cut(begin // line.step, -(-end // line.step))
    if line.marked and first <= line.end < min(first + SPAN, month.minutes):
        piece += stale(month.world.start + line.end * 60)
    writer.add(line.labels, piece)


def _raw(month: Month, server: Server) -> Iterator[Line]:
    begin, end = month.alive(server)
    t = max(server.scheduled, month.world.start) + 60
    resources = dict(month.courses(server))
    for row in kube_state_metrics(month.world, month.world.kube_state_metrics[0], [server], t):
        if row.name in _RAW and row.value:
            yield Line(labels(row.name, row.labels), Course("flat", row.value), begin, end)
    memory, cpu = resources[names.MEMORY_WORKING_SET], resources[names.CPU_USAGE]
    for row in cadvisor(month.world, [server], t):
        if ("container", server.containers[0].name) in row.labels:
            course = memory if "memory" in row.name else cpu._replace(kind="cpu counter")
            yield Line(labels(row.name, row.labels), course, begin, end, age=CADVISOR_AGE, marked=False)


def _recorded(month: Month, server: Server) -> Iterator[Line]:
    assert server.username is not None  # large_world has no other pods
    begin, end = month.alive(server)
    user = {"namespace": server.namespace, "username": server.username}
    rows = [(names.user, user, 1.0)]
    rows += [
        (names.pair, {**user, "usergroup": g}, share) for g, share in month.shares(server.namespace, server.username)
    ]
    if names.ACTIVE_SHARE in month.needed:
        for _, row, share in rows[1:]:
            yield Line(labels(names.ACTIVE_SHARE, row), Course("flat", share), begin, end)
    for resource, course in month.courses(server):
        times, used = month.recorded(course, (begin, end))
        for level, row, share in rows:
            own = course._replace(scale=course.scale * share)
            if level(resource) in month.needed:
                encoded = labels(level(resource), row)
                yield Line(encoded, own, *used, marked=times == used)
                if times != used:
                    yield Line(encoded, Course("flat", 0.0), times[0], used[0], marked=False)
                    yield Line(encoded, Course("flat", 0.0), used[1], times[1])
            if resource in names.BUCKETS and level(names.BUCKETS[resource]) in month.needed:
                yield from _buckets(month, labels(level(names.BUCKETS[resource]), row), own, times, used)


def _buckets(
    month: Month, encoded: bytes, course: Course, times: tuple[int, int], used: tuple[int, int]
) -> Iterator[Line]:
    """Yield the 5-minute buckets of a course recorded in ``times``: partial ones at both ends, and whole ones.

    A bucket is recorded a minute late: at minute 10 that of the minutes 5 to 9.
    """
    first, last = times[0] // 5 * 5 + 5, (times[1] - 1) // 5 * 5 + 5
    whole = range(first + 5 * (used[0] > first - 5), last + 5 * (used[1] >= last), 5)
    for at in {first, last} - set(whole):
        some = sum(month.value(course, m) for m in range(max(at - 5, used[0]), min(at, used[1]))) / 60
        yield Line(encoded, Course("flat", some), at, at + 5, 5, marked=at == last)
    full = (
        Course("flat", course.scale * 5 / 60)
        if course.kind == "flat"
        else course._replace(kind=f"{course.kind} bucket")
    )
    if whole:
        yield Line(encoded, full, whole.start, whole.stop, 5, marked=whole.stop > last)


def _memberships(month: Month) -> Iterator[Line]:
    world = month.world
    for exporter in world.exporters:
        for row in groups_exporter(world, exporter, world.start):
            if row.name == "jupyterhub_user_group_info":
                yield Line(labels(row.name, row.labels), Course("flat", 1.0), 0, month.minutes, _LASTING)
    for namespace in world.hubs:
        yield Line(labels(names.HUBS, {"namespace": namespace}), Course("flat", 1.0), 0, month.minutes, _LASTING)
        recorded = labels(names.USAGE_RECORDED, {"namespace": namespace})
        yield Line(recorded, Course("flat", 5.0), 5, month.minutes, 5)
        by_day = labels(names.USAGE_RECORDED_DAY, {"namespace": namespace})
        yield Line(by_day, Course("flat", float(_DAY)), _DAY, month.minutes, _DAY, marked=False)
        reported = labels(names.HUB_REPORTED, {"namespace": namespace, "hub_url": "http://hub:8081"})
        yield Line(reported, Course("flat", 1.0), 0, month.minutes, _LASTING)  # its value is not read
    for namespace, username in world.memberships:
        for group, share in month.shares(namespace, username):
            row_ = {"namespace": namespace, "usergroup": group, "username": username}
            yield Line(labels(names.SHARE, row_), Course("flat", share), 0, month.minutes, _LASTING)


def _homes(month: Month) -> Iterator[Line]:
    whole: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in dirsize(month.world, month.world.start):
        yield Line(labels(row.name, row.labels), Course("flat", row.value), 0, month.minutes, _LASTING)
    for (namespace, username), directory in zip(month.world.memberships, month.world.directories, strict=True):
        user = {"namespace": namespace, "username": username}
        for resource, value in ((names.HOME, directory.size), (names.HOME_LIMIT, directory.hard_limit or 0)):
            yield from _lasting(month, names.user, resource, user, value)
            for group, share in month.shares(namespace, username):
                yield from _lasting(month, names.pair, resource, {**user, "usergroup": group}, value * share)
                whole[resource, namespace, group] += value * share
            whole[resource, namespace, ""] += value
    for (resource, namespace, group), value in whole.items():
        level = names.group if group else names.hub
        yield from _lasting(month, level, resource, {"namespace": namespace, "usergroup": group}, value)


def _lasting(
    month: Month, level: Callable[[str], str], resource: str, row: dict[str, str], value: float
) -> Iterator[Line]:
    if level(resource) in month.needed:
        step = _DAY if level is names.user else _LASTING
        yield Line(labels(level(resource), row), Course("flat", value), 0, month.minutes, step, marked=step < _DAY)
    bucket = names.BUCKETS.get(resource)
    if bucket and level(bucket) in month.needed:
        yield Line(labels(level(bucket), row), Course("flat", value * 5 / 60), 0, month.minutes, 5)


def _active_users(month: Month) -> Iterator[Line]:
    """Yield who was active in each window: of pairs only that they were (1), of groups how many."""
    sessions: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for server in month.world.servers:
        begin, end = month.alive(server)
        if begin < end and server.username:
            sessions[server.namespace, server.username].append((-(-begin // 5) * 5, -(-end // 5) * 5))
    for window, length in month.windows.items():
        steps: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        of_hubs: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for (namespace, username), times in sessions.items():
            for begin, end in _united([(b, min(e + length, month.minutes)) for b, e in sorted(times)]):
                of_hubs[namespace] += [(begin, 1), (end, -1)]
                for group, _ in month.shares(namespace, username):
                    steps[namespace, group] += [(begin, 1), (end, -1)]
        for (namespace, group), changes in steps.items():
            if names.ACTIVE_USERS in month.needed:
                encoded = labels(names.ACTIVE_USERS, {"namespace": namespace, "usergroup": group, "window": window})
                yield from _staircase(encoded, changes, month.minutes)
        for namespace, changes in of_hubs.items():
            encoded = labels(names.HUB_ACTIVE_USERS, {"namespace": namespace, "window": window})
            yield from _staircase(encoded, changes, month.minutes)


def _staircase(encoded: bytes, changes: list[tuple[int, int]], end: int) -> Iterator[Line]:
    number = 0
    times = sorted({at for at, _ in changes} | {end})
    by_time: dict[int, int] = defaultdict(int)
    for at, change in changes:
        by_time[at] += change
    for at, until in pairwise(times):
        number += by_time[at]
        if number:
            yield Line(encoded, Course("flat", float(number)), at, until, 5, marked=False)


def _united(times: list[tuple[int, int]]) -> list[tuple[int, int]]:
    united: list[tuple[int, int]] = []
    for begin, end in times:
        if united and begin <= united[-1][1]:
            united[-1] = united[-1][0], max(united[-1][1], end)
        else:
            united.append((begin, end))
    return united


def _totals(month: Month) -> list[tuple[bytes, Totals, int]]:
    """Return the series of groups and hubs: their labels, their course, and minutes between samples."""
    # What begins (and, negative, what ends) at each minute, by resource, hub and group, and by the course.
    changes: dict[tuple[str, str, str], dict[Course, dict[int, list[tuple[float, int]]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for server in month.world.servers:
        begin, end = month.alive(server)
        if begin < end and server.username:
            for resource, course in month.courses(server):
                times, used = month.recorded(course, (begin, end))
                for group, share in [*month.shares(server.namespace, server.username), ("", 1.0)]:
                    change = changes[resource, server.namespace, group][course._replace(scale=1.0)]
                    for at, value, number in (
                        (times[0], 0.0, 1), (used[0], share, 0), (used[1], -share, 0), (times[1], 0.0, -1)
                    ):  # fmt: skip
                        change[min(at, month.minutes)].append((course.scale * value, number))
    factors = {
        course: [month.value(course, m) for m in range(month.minutes)] for parts in changes.values() for course in parts
    }
    result = []
    for (resource, namespace, group), parts in changes.items():
        level = names.group if group else names.hub
        shared = [
            (name, step)
            for name, step in (
                (level(resource), 1),
                (level(names.BUCKETS.get(resource, "::")), 5),
                (names.day(level(names.BUCKETS.get(resource, "::"))), _DAY),
            )
            if name in month.needed
        ]
        if shared:
            total = _total(month.minutes, parts, factors)
            result += [
                (labels(name, {"namespace": namespace, "usergroup": group}), total, step) for name, step in shared
            ]
    return result


def _total(
    minutes: int, parts: dict[Course, dict[int, list[tuple[float, int]]]], factors: dict[Course, list[float]]
) -> Totals:
    total = Totals(array("d", [0.0]) * minutes, array("i", [0]) * minutes)
    for course, change in parts.items():
        times = sorted({*change, 0, minutes})
        sum_, count = 0.0, 0
        for at, until in pairwise(times):
            sum_ += sum(value for value, _ in change.get(at, ()))
            count += sum(number for _, number in change.get(at, ()))
            if count:
                for minute in range(at, until):
                    total.value[minute] += sum_ * factors[course][minute]
                    total.count[minute] += count
    return total


def _encoded(month: Month, total: Totals, step: int, first: int) -> bytes:
    """Return the samples of a span, with a marker where the group's last addend ends."""
    parts = []
    ended = False
    for minute in range(max(first // step * step - step, 0), first + SPAN, step):
        covered = slice(max(minute - step, 0), minute) if step > 1 else slice(minute, minute + 1)
        if any(total.count[covered]):
            if minute >= first:
                parts.append(
                    sample(month.world.start + minute * 60, sum(total.value[covered]) / (60 if step > 1 else 1))
                )
            ended = True
        else:
            if ended and minute >= first and step < _DAY:
                parts.append(stale(month.world.start + minute * 60))
            ended = False
    return b"".join(parts)


def check(store: Store, month: Month) -> int:
    """Compare the recorded series with what the rules give near the end; return the number of equal values.

    Raises `AssertionError` naming the first series that differs.
    """
    target = backfill.Target(Prometheus(store.url, store.session, timeout=300), store.write_url, store.session)
    steps = backfill.steps(settings.load())
    between = {names.SCHEDULED_PODS, names.PODS, names.NAMED_PODS, names.ACTIVE_SHARE}
    backfill.backfill_chunk(target, [s for s in steps if s.record in between], END - 600, END)
    equal, at = 0, END - 300
    for step in steps:
        if (
            step.record not in month.needed
            or step.record in {names.SHARE, names.HUBS}
            or "_window:" in step.record
            or step.record.endswith(f":{names.BUCKETS[names.HOME]}")
            or step.record == names.USAGE_RECORDED
        ):
            continue
        want, rows = (
            {
                frozenset((name, value) for name, value in row.labels.items() if name != "__name__"): row.value
                for row in target.prometheus.instant(query, at)
            }
            for query in (step.expr, _read(step))
        )
        for key in want.keys() | rows.keys():
            a, b = want.get(key, math.nan), rows.get(key, math.nan)
            if not math.isclose(a, b, rel_tol=1e-6):
                raise AssertionError(f"{step.record}{dict(key)}: the rule gives {a}, the model wrote {b}")
            equal += 1
    return equal


def _read(step: backfill.Step) -> str:
    """Return the query for a recorded series: as last recorded, where it has a sample a day."""
    if step.kept or step.daily:
        return f"last_over_time({step.record}[{'26h' if step.kept else '1d'}])"
    return step.record
