"""Usage that is read of one user from real engines is the usage recorded for that user, and for no other."""

import asyncio
import math
import time
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import pytest
import requests

from hubmeter_generator.operate.remote_write import Series
from hubmeter_generator.settings import make
from hubmeter_hub.quotas.decision import fits
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.quotas.usage import (
    RecordedTwiceError,
    Usage,
    leaves_at,
    read_before,
    read_buckets,
    read_moment,
    read_usage,
    read_usages,
    usage_query,
)
from hubmeter_hub.usage_page.reading import PageReadings
from hubmeter_hub.usage_page.summary import Reading
from hubmeter_promql import names, render
from hubmeter_promql.client import Prometheus, Value
from tests.engines.engine import ENGINES, Engine, running
from tests.engines.recorded import BUCKET, HUB, buckets, evenly, heartbeat, record
from tests.waiting import PATIENCE

HOUR = 3600.0
DAY = 24 * HOUR
WEEK = ("memory", 168)
NAMES = (
    "ann",
    "anna",
    "ana.lópez@uni.edu",
    "Bob-Smith",
    "bob-smith",
    "x--y",
    "x" * 80,
    "a.*",
    'o"brien',
    "back\\slash",
    'both\\"',
    "new\nline",
    "{a}%(b)s",
)
# Of users with a limit of 1000: the usage of each of the last days, the last one first, and the days of the forecast.
PACES: dict[str, tuple[list[float], float | None]] = {
    "pace of three days": ([100] * 5, 5.0),
    "pace of a day": ([300, 200], 500 / 300),
    "first day": ([500], None),
    "as much leaves as comes": ([100] * 14, None),
    "less than a fifth": ([60, 60, 60], None),
    "more than a week": ([60] * 5, None),
    "used up": ([400] * 3, None),
}


def recorded_hubs(now: float) -> Iterator[Series]:
    """Yield hubs that are recorded once, by two replicas, by two with equal labels, and by one after the other."""
    for namespace, replica, begin, end in (
        ("once", "", 90, 0),
        ("replicas", "a", 90, 0),
        ("replicas", "b", 90, 0),
        ("samples", "", 90, 0),
        ("moved", "a", 90, 3),
        ("moved", "b", 2, 0),
    ):
        labels = {"namespace": namespace} | ({"replica": replica} if replica else {})
        minutes = [(round((now - age * 60) * 1000), 1.0) for age in range(begin, end - 1, -1)]
        recorded = [
            (at + late, 5.0) for at, _ in minutes[::5] for late in ([0, 7000] if namespace == "samples" else [0])
        ]
        yield {"__name__": names.HUBS, **labels}, minutes
        yield {"__name__": names.USAGE_RECORDED, **labels}, recorded


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(request.param, tmp_path_factory.mktemp("engine")) as engine:
        now = time.time()
        then = now - 60  # VictoriaMetrics does not yet show what is younger than 30 s
        other = {"namespace": "staging"}
        east, west = ({"cluster": name, "namespace": "prod-two"} for name in ("east", "west"))
        record(
            engine,
            [
                buckets(
                    name,
                    "memory",
                    {age: amount for i, used in enumerate(days) for age, amount in evenly(used, 24, i * DAY).items()},
                    then,
                )
                for name, (days, _) in PACES.items()
            ],
            [buckets(name, "memory", evenly(100.0 + i, 12), then) for i, name in enumerate(NAMES)],
            [
                # A minute inside 36 hours, a minute outside.
                buckets("edge", "cpu", {36 * HOUR - 60: 1.0, 36 * HOUR + 60: 10.0}, now),
                buckets("mix", "memory", evenly(5, 1), then),
                buckets("mix", "cpu", evenly(7, 30), then),
                buckets("mix", "gpu", evenly(9, 2), then),
                buckets("ann", "memory", evenly(1e6, 12), then, other),
                buckets("ann", "memory", evenly(3, 12), then, east),
                buckets("ann", "memory", evenly(4, 12), then, west),
                heartbeat(now),
                heartbeat(now, east),
                heartbeat(now - 20 * 60, {"namespace": "silent"}),
                heartbeat(now - 12 * 60, {"namespace": "late"}),
            ],
            [*recorded_hubs(then)],
            [
                ({"__name__": names.HISTORY_START, "namespace": "new", "window": window}, [(round(at * 1000), start)])
                for window, start, at in (
                    ("7d", then - 3 * DAY, then - HOUR),
                    ("30d", then - 3 * DAY, then - HOUR),
                    ("400d", then - 2 * DAY, then - 3 * HOUR),  # no longer recorded
                )
            ],
        )
        yield engine


@pytest.fixture(scope="module")
def prometheus(engine: Engine) -> Iterator[Prometheus]:
    with requests.Session() as session:
        yield Prometheus(engine.url, session)


@pytest.mark.parametrize(("name", "expected"), [(name, 100.0 + i) for i, name in enumerate(NAMES)])
def test_a_user_has_what_is_recorded_of_exactly_that_name(prometheus: Prometheus, name: str, expected: float) -> None:
    usage = read_usage(prometheus, HUB, name, [WEEK])
    assert usage.used == {WEEK: pytest.approx(expected, rel=1e-9)}
    assert usage.fresh


def test_a_user_without_a_sample_used_nothing(prometheus: Prometheus) -> None:
    assert read_usage(prometheus, HUB, "an", [WEEK]).used == {WEEK: 0.0}


class AtOneMoment(Prometheus):
    """A client whose instant queries are all evaluated at the same time."""

    @cached_property
    def moment(self) -> int:
        """The time of the first query, in Unix seconds."""
        return math.floor(time.time())

    def instant(self, query: str, time: float | None = None) -> list[Value]:
        return super().instant(query, self.moment if time is None else time)


def test_one_query_for_all_users_gives_the_numbers_of_a_query_for_each(engine: Engine) -> None:
    windows = [WEEK, ("cpu", 24), ("gpu", 24), ("cost", 720)]
    wanted = {name: windows[: i % 4 + 1] for i, name in enumerate(("mix", *NAMES, "nobody"))}
    with requests.Session() as session:
        prometheus = AtOneMoment(engine.url, session)
        together = read_usages(prometheus, HUB, wanted)
        assert together == {name: read_usage(prometheus, HUB, name, own) for name, own in wanted.items()}
        week = {name: together[name].used[WEEK] for name in wanted}
        shared = read_buckets(prometheus, HUB, week, WEEK, prometheus.moment)
        assert shared == {
            name: read_buckets(prometheus, HUB, {name: used}, WEEK, prometheus.moment)[name]
            for name, used in week.items()
        }
    assert sum(used > 0 for used in week.values()) == len(NAMES) + 1
    assert len(shared["ann"]) in {143, 144, 145}


def test_resources_and_windows_come_in_one_answer(prometheus: Prometheus) -> None:
    windows = [WEEK, ("cpu", 24), ("cpu", 48), ("gpu", 24)]
    usage = read_usage(prometheus, HUB, "mix", windows)
    assert usage.used == pytest.approx({WEEK: 5, ("cpu", 24): 7 * 24 / 30, ("cpu", 48): 7, ("gpu", 24): 9}, rel=0.01)


def test_the_page_and_the_dashboard_forecast_the_same(engine: Engine) -> None:
    now = time.time()
    limits = tuple(Limit("memory", hours, 1000.0, ()) for hours in (168, 144))
    readings = Readings(engine.url, requests.Session, PATIENCE, HUB)
    page = PageReadings(readings, HUB, home=False)

    async def read() -> tuple[float, list[Reading]]:
        moment = await page.moment()
        return moment.at, await asyncio.gather(*(page.read(name, limits, moment) for name in PACES))

    read_at, read_of = asyncio.run(read())  # VictoriaMetrics' moment is half a minute ago
    uses_of = {name: reading.uses for name, reading in zip(PACES, read_of, strict=True)}
    readings.close()
    assert {uses["memory", 144].used_up_at for uses in uses_of.values()} == {None}
    of_page = {name: at - read_at for name, uses in uses_of.items() if (at := uses[WEEK].used_up_at) is not None}
    recorded = []
    with requests.Session() as session:
        prometheus = Prometheus(engine.url, session)
        for name, uses in uses_of.items():
            # What the rules would have recorded.
            before = read_before(prometheus, HUB, [name], WEEK, (3, 1))[name]
            row = {**HUB, "username": name, "resource": "memory", "window": "7d"}
            used = [
                (round(now - days * DAY - age) * 1000, value)
                for days, value in {**before, 0: uses[WEEK].used}.items()
                for age in (240, 120, 0)
            ]
            recent = [at for at, _ in used[-3:]]
            recorded += [
                ({"__name__": names.QUOTA_USED, **row}, used),
                ({"__name__": names.QUOTA_LIMIT, **row}, [(at, 1000.0) for at in recent]),
                ({"__name__": names.QUOTA_RATIO, **row}, [(at, uses[WEEK].used / 1000) for at in recent]),
                (
                    {"__name__": names.QUOTA_MEMBERSHIP, **HUB, "username": name, "usergroup": "bio"},
                    [(at, 1.0) for at in recent],
                ),
            ]
        record(engine, recorded)
        settings = make({}, "the test").placeholders() | {"rows": "100"}
        query = render.render(render.load("panels/quotas/forecast.promql"), settings)
        for variable in ("$hub", "$usergroup", "$username"):
            query = query.replace(variable, ".*")
        rows = prometheus.instant(query)
    expected = {name: days * DAY for name, (_, days) in PACES.items() if days is not None}
    assert of_page == pytest.approx(expected, rel=0.01)
    assert {row.labels["username"]: row.value for row in rows} == pytest.approx(of_page, rel=1e-4)


def test_a_window_of_hours_ends_where_it_should(prometheus: Prometheus) -> None:
    usage = read_usage(prometheus, HUB, "edge", [("cpu", 36), ("cpu", 37)])
    assert usage.used == {("cpu", 36): 1.0, ("cpu", 37): 11.0}


def test_clusters_that_share_a_prometheus_are_told_apart(prometheus: Prometheus) -> None:
    usage = read_usage(prometheus, {"cluster": "east", "namespace": "prod-two"}, "ann", [WEEK])
    assert usage.used == {WEEK: pytest.approx(3)}


@pytest.mark.parametrize(
    ("namespace", "copies"), [("once", 1.0), ("replicas", 2.0), ("samples", 2.0), ("moved", 1.0), ("none", 1.0)]
)
def test_copies_of_the_recorded_series_are_counted(prometheus: Prometheus, namespace: str, copies: float) -> None:
    usage = read_usage(prometheus, {"namespace": namespace}, "ann", [WEEK])
    assert usage.copies == pytest.approx(copies, rel=0.1)
    if copies > 1:
        with pytest.raises(RecordedTwiceError, match=f"of namespace {namespace} are in the store 2 times"):
            read_moment(prometheus, {"namespace": namespace}, "1h")


@pytest.mark.parametrize(("namespace", "fresh"), [("prod", True), ("late", True), ("silent", False), ("none", False)])
def test_what_is_older_than_15_minutes_is_not_fresh(prometheus: Prometheus, namespace: str, fresh: bool) -> None:
    assert read_usage(prometheus, {"namespace": namespace}, "ann", [WEEK]).fresh is fresh


def test_the_start_of_the_recorded_usage_is_that_of_the_windows_recorded_last(prometheus: Prometheus) -> None:
    usage = read_usage(prometheus, {"namespace": "new"}, "ann", [WEEK])
    assert usage.counted_since(168) == pytest.approx(time.time() - 3 * DAY, abs=600)
    assert usage.counted_since(24) is None
    assert read_usage(prometheus, HUB, "ann", [WEEK]).counted_since(168) is None


def read_week(prometheus: Prometheus, usage: Usage) -> tuple[tuple[float, float], ...]:
    return read_buckets(prometheus, HUB, {"ann": usage.used[WEEK]}, WEEK, usage.at)["ann"]


def test_the_buckets_are_those_that_the_total_is_made_of(prometheus: Prometheus) -> None:
    usage = read_usage(prometheus, HUB, "ann", [WEEK])
    found = read_week(prometheus, usage)
    assert math.fsum(amount for _, amount in found) == pytest.approx(usage.used[WEEK], rel=1e-9)
    assert len(found) == 144
    assert all(0 < later - earlier <= BUCKET for (earlier, _), (later, _) in pairwise(found))


def test_at_the_retry_time_the_launch_is_allowed_and_ten_minutes_before_it_is_not(prometheus: Prometheus) -> None:
    limit = Limit("memory", 168, 60.0, ())
    usage = read_usage(prometheus, HUB, "ann", [WEEK])
    found = read_week(prometheus, usage)
    retry_at = leaves_at(found, 168, lambda used: fits(limit, used))
    assert retry_at is not None
    query = usage_query(HUB, {"ann": [WEEK]})

    def used(moment: float) -> float:
        return {value.labels["quota"]: value.value for value in prometheus.instant(query, moment)}["memory:168"]

    assert used(retry_at + 1) < 60.0 <= used(retry_at - 600)
