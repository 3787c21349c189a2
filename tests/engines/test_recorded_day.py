"""A day of a cluster is ingested in each engine, our rules go over it, and what they record equals the oracle's."""

import math
from pathlib import Path

import pytest

from hubmeter_generator import settings
from hubmeter_generator.operate import backfill
from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_promql.client import Prometheus
from tests.engines.engine import ENGINES, Engine, running
from tests.sim.cluster import DAY, World
from tests.sim.history import history
from tests.sim.oracle import Oracle, Recorded, as_read
from tests.sim.worlds import small_world

START = 1_767_225_600  # 2026-01-01T00:00Z
WINDOWS = {"1h": 3600, "1d": 86400}
SITE = settings.make({"windows": list(WINDOWS)}, "test")


Scrapes = list[list[Series]]


def ingest(engine: Engine, scrapes: Scrapes) -> None:
    for chunk in scrapes:
        write(engine.write_url, chunk, session=engine.session)
    engine.flush()


def record(engine: Engine, start: float, end: float, site: settings.Settings = SITE) -> None:
    target = backfill.Target(Prometheus(engine.url, engine.session), engine.write_url, engine.session, engine.flush)
    for chunk in range(round(start), round(end), 6 * 3600):
        backfill.backfill_chunk(target, backfill.steps(site), chunk, min(chunk + 6 * 3600, round(end)))


def differences(engine: Engine, expected: Recorded, end: float) -> list[str]:
    """Return a sentence for each row or value that differs by more than 1e-9 of the value."""
    wrong = []
    kept = {step.record for step in backfill.steps(SITE) if step.kept}
    for rule in {step.record for step in backfill.steps(SITE)}:
        found = engine.samples(rule, end - 1, f"{round(DAY)}s")
        if rule in kept:
            found = {key: values for key, samples in found.items() if (values := as_read(samples, START, end))}
        want = {key: values for key, values in expected[rule].items() if values}
        wrong += [f"{rule}{dict(key)} is not expected" for key in found.keys() - want.keys()]
        wrong += [f"{rule}{dict(key)} is missing" for key in want.keys() - found.keys()]
        for key in want.keys() & found.keys():
            a, b = want[key], found[key]
            off = [
                t for t in a.keys() | b.keys() if not math.isclose(a.get(t, math.nan), b.get(t, math.nan), rel_tol=1e-9)
            ]
            if off:
                t = min(off)
                wrong.append(
                    f"{rule}{dict(key)} differs {len(off)} times, first at minute {(t - START) // 60}: "
                    f"expected {a.get(t)}, recorded {b.get(t)}"
                )
    return sorted(wrong)


@pytest.fixture(scope="module")
def world() -> World:
    return small_world(START)


@pytest.fixture(scope="module")
def scrapes(world: World) -> Scrapes:
    return list(history(world, world.start, world.end))


@pytest.fixture(scope="module")
def expected(world: World) -> Recorded:
    return Oracle(world, WINDOWS).record(world.end)


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_records_what_the_oracle_computes(
    name: str, world: World, scrapes: Scrapes, expected: Recorded, tmp_path: Path
) -> None:
    with running(name, tmp_path) as engine:
        ingest(engine, scrapes)
        record(engine, world.start, world.end)
        assert differences(engine, expected, world.end) == []


def test_two_clusters_with_the_same_names_in_one_prometheus_do_not_mix(
    scrapes: Scrapes, expected: Recorded, tmp_path: Path
) -> None:
    """The second cluster is the same day four hours later: every name of a namespace, pod and user meets its twin."""
    site = settings.make({"windows": list(WINDOWS), "cluster_label": "cluster"}, "test")
    later, begin, end = 4 * 3600, START + 7 * 3600, START + 12 * 3600
    with running("Prometheus 2.42", tmp_path) as engine:
        ingest(engine, [[_in_cluster("east", 0, series) for series in chunk] for chunk in scrapes[7:12]])
        ingest(engine, [[_in_cluster("west", -later, series) for series in chunk] for chunk in scrapes[11:16]])
        record(engine, begin, end, site)
        settled = begin + 3600  # by then what was before the first scrape no longer matters
        for name in ("namespace_usergroup:memory_working_set_bytes:sum", "namespace_username:cpu_usage_cores:sum"):
            found = engine.samples(name, end - 60, "4h")
            for key, values in expected[name].items():
                for cluster, shift in (("east", 0), ("west", later)):
                    want = {t - shift: v for t, v in values.items() if settled <= t - shift < end}
                    got = {t: v for t, v in found.get(key | {("cluster", cluster)}, {}).items() if t >= settled}
                    assert got == pytest.approx(want, rel=1e-9)
            assert {dict(key)["cluster"] for key in found} == {"east", "west"}


def _in_cluster(name: str, shift: int, series: Series) -> Series:
    labels, points = series
    later = shift if ("__name__", "kube_pod_created") in labels else 0
    return (*labels, ("cluster", name)), [
        # An addition would make an ordinary NaN of a staleness marker.
        (at + shift * 1000, value if math.isnan(value) else value + later)
        for at, value in points
    ]
