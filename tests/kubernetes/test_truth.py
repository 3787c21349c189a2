"""Recorded CPU and memory equal the kernel's own figures, whatever the scrape interval and its phase.

Four users of a real hub run known loads for ten minutes. Twelve Prometheus servers watch the same run. It takes a
quarter of an hour, and needs a machine that does little else: `pytest tests/kubernetes -m measurement` runs it.
"""

import math
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import pytest
import yaml

from hubmeter_generator import fill, settings
from hubmeter_promql import names
from tests.chart.charts import objects
from tests.kubernetes import lab, loads, user_server
from tests.kubernetes.loads import CONTAINER, Figures, Load, Server
from tests.kubernetes.node import Node
from tests.kubernetes.recording import Recording, recording

pytestmark = pytest.mark.measurement

USERS: Final[Mapping[str, tuple[str, ...]]] = {"ana": ("bio",), "ben": ("chem",), "cleo": ("bio", "chem"), "dora": ()}
# With the exporter's strategy `split`.
GROUPS: Final[Mapping[str, Mapping[str, float]]] = {
    "bio": {"ana": 1, "cleo": 0.5},
    "chem": {"ben": 1, "cleo": 0.5},
    "none": {"dora": 1},
}
THROUGHOUT: Final = ("ana", "ben", "cleo")  # dora's server restarts
LOAD: Final = Load(mebibytes=300, cores=0.1)
SMALLER: Final = Load(mebibytes=100, cores=0.1)
INTERVAL: Final = 60  # between evaluations
PERIOD: Final = 600
SCRAPES: Final = (10, 15, 15, 30, 30, 30, 60, 60, 60, 60, 60, 60)
RULES: Final = ("hubmeter-hubs", "hubmeter-membership", "hubmeter-pods", "hubmeter-memory", "hubmeter-cpu")
PORT: Final = 9200  # of the first server
DELAY: Final = 60  # the rule of CPU reads counters this many seconds before its evaluation


Samples = list[tuple[float, float]]  # Unix seconds, value


@dataclass(frozen=True)
class Seen:
    """Samples of one Prometheus server.

    Attributes:
        name: Of the server: its scrape interval and number.
        scrape: Seconds between its scrapes.
        evaluations: Times of the evaluations in the ten minutes.
        cpu: Cores by user or group at these times.
        memory: Bytes by user or group at these times.
        counters: Samples of the CPU counter with their stamps, by container id.
    """

    name: str
    scrape: int
    evaluations: tuple[float, ...]
    cpu: Mapping[str, Mapping[float, float]]
    memory: Mapping[str, Mapping[float, float]]
    counters: Mapping[str, Samples]

    @property
    def begin(self) -> float:
        """The first time whose use is in the first evaluation."""
        return self.evaluations[0] - INTERVAL - DELAY

    @property
    def end(self) -> float:
        """The last time whose use is in the last evaluation."""
        return self.evaluations[-1] - DELAY

    def core_seconds(self, name: str) -> float:
        """Return the recorded core-seconds of a user or group."""
        return sum(self.cpu[name].values()) * INTERVAL

    def stamp(self, server: Server, when: float) -> float | None:
        """Return the stamp of a counter's newest sample at a time."""
        return max((at for at, _ in self.counters.get(server.container_id, []) if at <= when), default=None)


@dataclass(frozen=True)
class Measurement:
    """All figures of the ten minutes."""

    seen: tuple[Seen, ...]
    figures: Mapping[Server, Figures]
    restarted: float  # when dora's second server ran

    def real(self, user: str, begin: float, end: float) -> float:
        """Return a user's core-seconds of a period."""
        return sum(f.cpu_at(end) - f.cpu_at(begin) for server, f in self.figures.items() if server.user == user)

    def between_stamps(self, seen: Seen, user: str, begin: float, end: float) -> float:
        """Return a user's core-seconds from the newest sample of one time to that of another.

        A container that starts or ends in between counts from its start or to its end.
        """
        total = 0.0
        for server, figures in self.figures.items():
            if server.user == user:
                first, last = seen.stamp(server, begin), seen.stamp(server, end)
                if last is not None:
                    until = math.inf if figures.ends_before(end) else last
                    total += figures.cpu_at(until) - (0.0 if first is None else figures.cpu_at(first))
        return total

    def memory(self, user: str, begin: float, end: float) -> float:
        """Return the mean of a user's bytes in a period."""
        read = [v for server, f in self.figures.items() if server.user == user for v in f.memory_between(begin, end)]
        return sum(read) / len(read)


def measure(node: Node, folder: Path) -> Measurement:
    """Run the loads and the Prometheus servers for ten minutes."""
    with ExitStack() as stack:
        namespace = stack.enter_context(node.namespace("truth"))
        hub = stack.enter_context(lab.running(node, namespace, loads.CONFIG))
        recorder = stack.enter_context(loads.Recorder(node))
        hub.add(USERS)
        node.apply(*objects({"exporter": {"multipleGroups": "split"}}, namespace=namespace))
        servers = {user: loads.started(hub, user, LOAD) for user in USERS}
        for server in servers.values():
            recorder.follow(server)
        watchers = {}
        for number, scrape in enumerate(SCRAPES):
            its = folder / str(number)
            prometheus = recording(
                node, its, rule_files=[_rules(its)], scrape=f"{scrape}s", port=PORT + number,
                external_labels={"watcher": str(number)},
            )  # fmt: skip
            watchers[f"{scrape}-{number}"] = stack.enter_context(prometheus)
        for name, watcher in watchers.items():
            node.wait_for(f"users and groups in {name}", partial(_is_complete, watcher, namespace), 600)
        start = time.time()
        _wait_until(node, start + 150)
        assert loads.ask(node, servers["ben"], "/burst")
        _wait_until(node, start + 300)
        hub.stop("dora")
        successor = loads.started(hub, "dora", SMALLER)
        restarted = time.time()
        recorder.follow(successor)
        _wait_until(node, start + PERIOD + 2)
        seen = tuple(_seen(name, watcher, namespace, start) for name, watcher in watchers.items())
    return Measurement(seen, recorder.figures, restarted)


def _rules(folder: Path) -> Path:
    """Write the rule groups that are measured; the others would use CPU only.

    A file of another path gives the evaluations another phase.
    """
    site = settings.make({"membership_interval": "1m"}, "the test")
    groups = [group for group in fill.rule_groups(site) if group["name"] in RULES]
    assert len(groups) == len(RULES)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": groups}), encoding="utf-8")
    return path


def _is_complete(watcher: Recording, namespace: str) -> bool:
    def found(series: str, label: str) -> set[str]:
        rows = watcher.client.instant(f'{series}{{namespace="{namespace}", {label}!=""}}')
        return {row.labels[label] for row in rows}

    return all(
        found(names.user(resource), "username") == USERS.keys()
        and found(names.group(resource), "usergroup") == GROUPS.keys()
        for resource in (names.CPU_USAGE, names.MEMORY_WORKING_SET)
    )


def _wait_until(node: Node, when: float) -> None:
    node.wait_for("time", lambda: time.time() >= when, when - time.time() + 30)


def _seen(name: str, watcher: Recording, namespace: str, start: float) -> Seen:
    def recorded(resource: str) -> dict[str, dict[float, float]]:
        found: dict[str, dict[float, float]] = {}
        for level, label in ((names.user, "username"), (names.group, "usergroup")):
            for labels, samples in watcher.samples(f'{level(resource)}{{namespace="{namespace}"}}[15m]').items():
                values = {at: value for at, value in samples if start < at <= start + PERIOD}
                found[dict(labels).get(label, "")] = values
        return found

    cpu, memory = recorded(names.CPU_USAGE), recorded(names.MEMORY_WORKING_SET)
    query = f'container_cpu_usage_seconds_total{{namespace="{namespace}", container="{CONTAINER}"}}[25m]'
    counters = {dict(labels)["id"].rpartition("/")[2]: samples for labels, samples in watcher.samples(query).items()}
    return Seen(name, int(name.partition("-")[0]), tuple(sorted(cpu["ana"])), cpu, memory, counters)


@pytest.fixture(scope="module")
def measured(node: Node, loaded: str, tmp_path_factory: pytest.TempPathFactory) -> Measurement:
    """The measurement, made once."""
    assert loaded
    measurement = measure(node, tmp_path_factory.mktemp("truth"))
    print(report(measurement))
    return measurement


def report(measurement: Measurement) -> str:
    """Return a table: core-seconds by server and user, recorded and by cgroups; memory's difference."""
    rows = ["server  user  recorded  by cgroups  difference  between stamps  difference  memory"]
    for seen in measurement.seen:
        for user in USERS:
            recorded, real = seen.core_seconds(user), measurement.real(user, seen.begin, seen.end)
            stamps = measurement.between_stamps(seen, user, seen.begin, seen.end)
            memory = _mean(seen.memory[user].values()) / measurement.memory(user, seen.begin, seen.end) - 1
            rows.append(
                f"{seen.name:6}  {user:4}  {recorded:8.2f}  {real:10.2f}  {recorded / real - 1:10.1%}"
                f"  {stamps:14.2f}  {recorded / stamps - 1:10.1%}  {memory:6.1%}"
            )
    return "\n".join(rows)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


# ---- what the figures must be -------------------------------------------------------------------
#
# A sample shows the counter at its stamp, up to a scrape interval and HOUSEKEEPING before the time that a rule reads.
# So a recorded figure is compared with the cgroups' at the stamps of the samples that the rule read, and the age of
# these stamps with the longest that is possible.

BOUNDS: Final = {10: 0.01, 15: 0.01, 30: 0.02, 60: 0.04}
HOUSEKEEPING: Final = 20  # seconds between two samples that cAdvisor takes, at most
by_scrape_interval = pytest.mark.parametrize("scrape", BOUNDS)


def of(measured: Measurement, scrape: int) -> list[Seen]:
    """Return what the servers with a scrape interval saw."""
    found = [seen for seen in measured.seen if seen.scrape == scrape]
    assert len(found) == SCRAPES.count(scrape)
    return found


def test_the_machine_let_the_loads_run(measured: Measurement) -> None:
    seen = measured.seen[0]
    used = {user: measured.real(user, seen.begin, seen.end) for user in THROUGHOUT}
    busy = f"the machine had too little CPU left for this measurement: {used}"
    assert min(used.values()) > 0.8 * PERIOD * LOAD.cores, busy
    assert used["ben"] - used["ana"] > 0.25 * user_server.BURST, busy


def test_every_evaluation_of_the_ten_minutes_is_recorded(measured: Measurement) -> None:
    for seen in measured.seen:
        first = seen.evaluations[0]
        expected = [first + INTERVAL * number for number in range(PERIOD // INTERVAL)]
        assert seen.evaluations == pytest.approx(expected, abs=0.01), seen.name


def test_samples_are_not_older_than_a_scrape_and_a_reading_of_cadvisor(measured: Measurement) -> None:
    for seen in measured.seen:
        for server in measured.figures:
            if server.user in THROUGHOUT:
                ages = [at - (seen.stamp(server, at) or 0.0) for at in (seen.begin, seen.end)]
                assert max(ages) < seen.scrape + HOUSEKEEPING + 5, seen.name


@by_scrape_interval
def test_core_seconds_of_users_are_those_of_their_cgroups(measured: Measurement, scrape: int) -> None:
    for seen in of(measured, scrape):
        recorded = {user: seen.core_seconds(user) for user in THROUGHOUT}
        real = {user: measured.between_stamps(seen, user, seen.begin, seen.end) for user in THROUGHOUT}
        assert recorded == pytest.approx(real, rel=BOUNDS[scrape]), seen.name


@by_scrape_interval
def test_core_seconds_of_groups_are_those_of_their_users_cgroups(measured: Measurement, scrape: int) -> None:
    for seen in of(measured, scrape):
        real = {
            group: sum(share * measured.between_stamps(seen, u, seen.begin, seen.end) for u, share in shares.items())
            for group, shares in GROUPS.items()
            if shares.keys() <= set(THROUGHOUT)
        }
        assert {group: seen.core_seconds(group) for group in real} == pytest.approx(real, rel=BOUNDS[scrape]), seen.name


@by_scrape_interval
def test_each_minute_has_its_own_use_also_in_a_burst(measured: Measurement, scrape: int) -> None:
    for seen in of(measured, scrape):
        for user in THROUGHOUT:
            recorded = [seen.cpu[user][at] * INTERVAL for at in seen.evaluations]
            ends = [at - DELAY for at in seen.evaluations]
            real = [measured.between_stamps(seen, user, end - INTERVAL, end) for end in ends]
            # The cgroup is read once a second, so that a burst's begin and end are known to a part of a second.
            assert recorded == pytest.approx(real, rel=0.02, abs=0.3), (seen.name, user)


@by_scrape_interval
def test_memory_of_users_and_groups_is_that_of_their_cgroups(measured: Measurement, scrape: int) -> None:
    for seen in of(measured, scrape):
        real = {user: measured.memory(user, seen.begin, seen.end) for user in THROUGHOUT}
        for group, shares in GROUPS.items():
            if shares.keys() <= set(THROUGHOUT):
                real[group] = sum(share * real[user] for user, share in shares.items())
        assert {name: _mean(seen.memory[name].values()) for name in real} == pytest.approx(real, rel=0.02), seen.name


@by_scrape_interval
def test_a_restart_hides_at_most_the_use_around_it_of_two_scrape_intervals(measured: Measurement, scrape: int) -> None:
    """The last sample is up to a scrape interval and HOUSEKEEPING old, the first comes within a scrape interval."""
    (before, after) = (figures for server, figures in measured.figures.items() if server.user == "dora")
    hidden = before.cpu[-1] - before.cpu_at(before.times[-1] - scrape - HOUSEKEEPING)
    hidden += after.cpu_at(after.times[0] + scrape)
    for seen in of(measured, scrape):
        real = measured.between_stamps(seen, "dora", seen.begin, seen.end)
        assert real - hidden <= seen.core_seconds("dora") <= real * (1 + BOUNDS[scrape]), seen.name


@by_scrape_interval
def test_a_server_restarted_with_less_memory_is_recorded_so_within_two_evaluations(
    measured: Measurement, scrape: int
) -> None:
    smaller = measured.memory("dora", measured.restarted, measured.restarted + PERIOD)
    for seen in of(measured, scrape):
        later = [value for at, value in sorted(seen.memory["dora"].items()) if at > measured.restarted]
        assert len(later) >= 4
        assert later[1:] == pytest.approx([smaller] * len(later[1:]), rel=0.02), seen.name
