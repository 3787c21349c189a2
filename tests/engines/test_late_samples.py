"""Rules are evaluated while samples arrive 5 to 25 s after the times that they carry, at every scrape interval.

Each hub here is scraped in a way of its own, and all are in one engine. Samples are written when they arrive, and after
those of a minute the rules are evaluated for it, as the engine's own rule manager does.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from hubmeter_generator import fill, settings
from hubmeter_generator.operate import backfill, checks
from hubmeter_generator.operate.checks.finding import Status
from hubmeter_generator.operate.checks.site import Site as Checked
from hubmeter_generator.operate.remote_write import STALE, Series, write
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.engines.engine import ENGINES, Engine, running
from tests.sim.cluster import MINUTE, Container, Sample, World
from tests.sim.history import named, scrapes
from tests.sim.oracle import Oracle, Recorded
from tests.sim.worlds import server

START = 1_767_225_600.0  # 2026-01-01T00:00Z
END = START + 46 * MINUTE
CORES = 0.39
# Between two scrapes, and after a full minute, which is when rules are evaluated; in seconds.
SCRAPES = (
    *((60, phase) for phase in (1, 4, 9, 14, 21, 30, 44, 55)),
    *((30, phase) for phase in (3, 12, 22)),
    *((15, phase) for phase in (2, 9)),
    *((10, phase) for phase in (1, 6)),
)
RULES = (
    names.HUBS, names.SCHEDULED_PODS, names.PODS, names.NAMED_PODS,
    names.user(names.MEMORY_WORKING_SET), names.WHOLE_MEMORY_WORKING_SET, names.user(names.CPU_USAGE),
)  # fmt: skip
COMPARED = RULES[-3:]


@dataclass(frozen=True)
class Steady(Container):
    """A container that uses ``cpu_base`` cores all the time."""

    def cpu_seconds(self, start: float, t: float) -> float:
        """Return the CPU seconds used from ``start`` to ``t``."""
        return round((t - start) * self.cpu_base, 6)


def hub(number: int) -> World:
    """Return a hub that is scraped in one of the ways."""
    step, phase = SCRAPES[number]
    namespace = f"every-{step}-from-{phase}"
    steady = Steady("notebook", cpu_base=CORES)

    def minute(minutes: float) -> float:
        return START + minutes * MINUTE

    small, large = (Container("notebook", seed=5, memory_base=2.0**power) for power in (27, 30))
    return World(
        start=START,
        end=END,
        hubs=(namespace,),
        memberships={},
        servers=(
            server(namespace, "steady", minute(3), minute(40) + 11, containers=(steady,)),
            # Starts again in the same pod.
            server(
                namespace, "killed", minute(2), minute(30), containers=(replace(large, restarts=(minute(17) + 33,)),)
            ),
            # Stops and starts again under the same pod's name.
            server(namespace, "again", minute(1), minute(20) + 13, containers=(large,)),
            server(namespace, "again", minute(21) + 5, minute(41), containers=(small,), node="node-2"),
        ),
        exporters=(),
        kubelet_step=step,
        kubelet_phase=phase,
    )


HUBS = tuple(hub(number) for number in range(len(SCRAPES)))


def record_live(engine: Engine) -> None:
    """Write samples as they arrive, and evaluate the rules for every minute once its samples are there."""
    steps = [step for step in backfill.steps(settings.load()) if step.record in RULES]
    prometheus = Prometheus(engine.url, engine.session)
    there: dict[str, set[frozenset[tuple[str, str]]]] = defaultdict(set)
    arriving = heapq.merge(*(scrapes(world, START, END) for world in HUBS), key=lambda scrape: scrape[0])
    for t, samples in by_minute(arriving):
        write(engine.write_url, as_series(samples), session=engine.session)
        engine.flush()
        for step in steps:
            found = {frozenset(row.labels.items()): row.value for row in prometheus.instant(step.expr, t)}
            values = {**dict.fromkeys(there[step.record], STALE), **found}
            recorded: list[Series] = [
                ({**dict(key), "__name__": step.record}, [(round(t * 1000), value)]) for key, value in values.items()
            ]
            write(engine.write_url, recorded, session=engine.session)
            there[step.record] = set(found)
            engine.flush()


def by_minute(arriving: Iterator[tuple[float, list[Sample]]]) -> Iterator[tuple[float, list[Sample]]]:
    """Yield each full minute with the samples that have arrived since the one before."""
    t, samples = START, list[Sample]()
    for arrival, arrived in arriving:
        while arrival > t:
            yield t, samples
            t, samples = t + MINUTE, []
        samples += arrived
    yield t, samples


def as_series(samples: list[Sample]) -> list[Series]:
    series: dict[tuple[str, tuple[tuple[str, str], ...]], dict[int, float]] = defaultdict(dict)
    for name, labels, value, timestamp in samples:
        series[name, labels][round(timestamp * 1000)] = value
    return named(series)


@pytest.fixture(scope="module", params=ENGINES)
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    with running(request.param, tmp_path_factory.mktemp("engine")) as engine:
        record_live(engine)
        yield {name: engine.samples(name, END, "1h") for name in COMPARED}


def user(world: World, username: str) -> frozenset[tuple[str, str]]:
    return frozenset({("namespace", world.hubs[0]), ("username", username)})


@pytest.mark.parametrize("world", HUBS, ids=lambda world: world.hubs[0])
class TestAHub:
    def test_is_recorded_as_the_oracle_computes_it(self, recorded: Recorded, world: World) -> None:
        expected = Oracle(world, {}, live=True).record(END)
        for name in COMPARED:
            found = {key: values for key, values in recorded[name].items() if ("namespace", world.hubs[0]) in key}
            assert found.keys() == expected[name].keys()
            for key, values in found.items():
                assert values == pytest.approx(expected[name][key], rel=1e-9), (name, key)

    def test_loses_no_cpu_second_between_first_and_last_sample(self, recorded: Recorded, world: World) -> None:
        for username in ("steady", "killed", "again"):
            used = 0.0
            for pod in (s for s in world.servers if s.username == username):
                stamps: dict[float, list[float]] = defaultdict(list)
                for t, _ in scrapes(world, START, END):
                    stamp = pod.measured(pod.containers[0], t)
                    if pod.running(stamp) and pod.running(t) and (t - world.kubelet_phase) % world.kubelet_step == 0:
                        stamps[pod.cgroup_start(pod.containers[0], stamp)].append(stamp)
                for begun, of in stamps.items():
                    used += pod.containers[0].cpu_seconds(begun, max(of)) - pod.containers[0].cpu_seconds(
                        begun, min(of)
                    )
            minutes = recorded[names.user(names.CPU_USAGE)][user(world, username)].values()
            assert sum(minutes) * MINUTE == pytest.approx(used, rel=1e-9), username

    def test_has_every_minute_of_a_steady_use_within_the_jitter_of_the_measurements(
        self, recorded: Recorded, world: World
    ) -> None:
        values = recorded[names.user(names.CPU_USAGE)][user(world, "steady")]
        inside = [value / CORES for t, value in values.items() if START + 8 * MINUTE <= t <= START + 40 * MINUTE]
        assert len(inside) == 33
        assert sum(inside) / len(inside) == pytest.approx(1, rel=0.03)
        # A minute has 20 s of jitter too much or too little, and a scrape more or less if its measurements are before
        # some full minutes and after others.
        one_a_minute = world.kubelet_step == 60 and not 5 <= world.kubelet_phase <= 25
        jitter = (20 if one_a_minute else 20 + world.kubelet_step) / MINUTE
        assert all(abs(value - 1) <= jitter for value in inside)


def late_hub() -> World:
    """Return a hub whose samples all arrive three minutes late."""
    namespace = "late"
    return World(
        start=START,
        end=END,
        hubs=(namespace,),
        memberships={},
        servers=(server(namespace, "steady", START, END),),
        exporters=(),
        kubelet_step=30,
        kubelet_phase=3,
    )


def test_late_samples_are_reported_and_samples_in_time_are_not(tmp_path: Path) -> None:
    query = load_alert("HubmeterSamplesLate")
    late = ((t + 3 * MINUTE, samples) for t, samples in scrapes(late_hub(), START, END))
    arriving = heapq.merge(*(scrapes(world, START, END) for world in HUBS), late, key=lambda scrape: scrape[0])
    seen: dict[tuple[str, str], list[float]] = defaultdict(list)
    with running("Prometheus 2.42", tmp_path) as engine:
        prometheus = Prometheus(engine.url, engine.session)
        for t, samples in by_minute(arriving):
            write(engine.write_url, as_series(samples), session=engine.session)
            for row in prometheus.instant(query, t):
                seen[row.labels["namespace"], row.labels["series"]].append(t)
            if t == START + 30 * MINUTE:
                finding = {f.check: f for f in checks.run(Checked(prometheus, settings.load(), t))}["scrape interval"]
    # The servers of the other hubs end at minute 40; their samples are seen for 5 minutes more, which is no 15.
    at = {key: {round((t - START) / MINUTE) for t in times if t <= START + 40 * MINUTE} for key, times in seen.items()}
    assert {key for key, minutes in at.items() if minutes} == {
        ("late", "kube_pod_status_phase"),
        ("late", "container_memory_working_set_bytes"),
    }
    for series in ("kube_pod_status_phase", "container_memory_working_set_bytes"):
        assert set(range(20, 41)) <= at["late", series]
    assert finding.status is Status.WARNING
    assert "of late arrives late: the newest sample is" in finding.meaning
    assert "speed up the remote write" in finding.fix


def load_alert(name: str) -> str:
    """Return the query of an alert."""
    (expr,) = (
        rule["expr"] for group in fill.alert_groups(settings.load()) for rule in group["rules"] if rule["alert"] == name
    )
    return str(expr)
