"""The cache of summaries: concurrent and repeated requests, deadlines, and failures of Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import requests

from hubmeter_hub.quotas.policy import Limit, Policies, parse
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.quotas.usage import Moment
from hubmeter_hub.usage_page import summary_cache as module
from hubmeter_hub.usage_page.reading import PageReadings
from hubmeter_hub.usage_page.summary import Reading, Summary, Use
from hubmeter_hub.usage_page.summary_cache import SummaryCache
from hubmeter_promql.client import UnreachableError

POLICIES = parse([{"resource": "cpu", "limit": 10, "window": 7, "scope": {"group": ["staff"]}}])
COSTS = parse([{"resource": "cost", "limit": "10 USD", "window": 7}])
STAFF = frozenset({"staff"})
NOBODY: frozenset[str] = frozenset()


class Asked:
    """A stand-in for `PageReadings` that counts. The hub's newest sample is ``newest``, and it is now ``at``."""

    def __init__(self, until: asyncio.Event | None = None, error: Exception | None = None) -> None:
        self.calls: list[tuple[str, tuple[Limit, ...] | None]] = []
        self.moments = 0
        self.newest: float | None = 900.0
        self.at = 1000.0
        self.retry_at: float | None = None
        self._until, self.error = until, error

    async def moment(self) -> Moment:
        self.moments += 1
        if self.error:
            raise self.error
        return Moment(self.at, self.newest)

    async def read(self, username: str, limits: tuple[Limit, ...] | None, moment: Moment) -> Reading:
        self.calls.append((username, limits))
        if self._until:
            await self._until.wait()
        uses = {(limit.resource, 168): Use(4.0, retry_at=self.retry_at) for limit in limits or ()}
        return Reading(moment.newest, limits or (), uses)


def cache(asked: Asked, policies: Policies | None = POLICIES, clock: Callable[[], float] | None = None) -> SummaryCache:
    return SummaryCache(asked.moment, asked.read, policies, clock or Clock())


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await scenario()

    asyncio.run(main())


def test_concurrent_requests_share_one_reading() -> None:
    asked = Asked()

    async def scenario() -> None:
        standings = cache(asked)
        answers = await asyncio.gather(*(standings.of("ann", STAFF) for _ in range(20)), standings.of("bob", STAFF))
        assert [answer.username for answer in answers] == ["ann"] * 20 + ["bob"]

    run(scenario)
    assert (asked.moments, [name for name, _ in asked.calls]) == (1, ["ann", "bob"])


@pytest.mark.parametrize(
    ("seconds", "newest", "readings"),
    [
        pytest.param(14.9, 900.0, 1, id="at the same moment"),
        pytest.param(290.0, 900.0, 1, id="without a newer sample"),
        pytest.param(301.0, 900.0, 2, id="after five minutes: samples have left the window"),
        pytest.param(15.1, 1000.0, 2, id="with a newer sample"),
    ],
)
def test_a_reading_is_kept_while_the_hub_has_no_newer_sample(seconds: float, newest: float, readings: int) -> None:
    asked, clock = Asked(), Clock()

    async def scenario() -> None:
        standings = cache(asked, clock=clock)
        await standings.of("ann", STAFF)
        clock.now += seconds
        asked.at, asked.newest = 1000.0 + seconds, newest
        assert (await standings.of("ann", STAFF)).measured_at == (newest if seconds > 15 else 900.0)

    run(scenario)
    assert (len(asked.calls), asked.moments) == (readings, 1 if seconds < 15 else 2)


def test_users_who_were_there_lately_are_read_again_before_they_ask() -> None:
    asked, clock = Asked(), Clock()
    replaced: list[tuple[Summary, Summary]] = []

    async def scenario() -> None:
        standings = SummaryCache(asked.moment, asked.read, POLICIES, clock, replace=replaced.extend)
        await standings.of("zoe", STAFF)
        clock.now += 200.0
        old = await standings.of("ann", STAFF)
        clock.now += 101.0
        asked.at, asked.newest = 1301.0, 1200.0
        await standings.read_again()
        assert [name for name, _ in asked.calls] == ["zoe", "ann", "ann"]
        new = await standings.of("ann", STAFF)
        assert new.measured_at == 1200.0
        assert [(id(first), id(second)) for first, second in replaced] == [(id(old), id(new))]
        await standings.read_again()
        assert (len(asked.calls), len(replaced)) == (3, 1), "the reading holds"
        for seconds, moments in ((9.9, 0), (0.1, 1), (9.0, 0)):
            before = asked.moments
            clock.now += seconds
            await standings.read_again()
            assert asked.moments - before == moments, "so that no view waits for a moment"
        clock.now += 301.0
        moments = asked.moments
        await standings.read_again()
        assert asked.moments == moments, "without views there is no query"

    run(scenario)


@pytest.mark.parametrize(
    ("newest", "policies"),
    [
        pytest.param(1241.0, POLICIES, id="less than a minute after the newest sample"),
        pytest.param(None, POLICIES, id="without any sample"),
        pytest.param(1200.0, None, id="limits that rules record"),
        pytest.param(1200.0, COSTS, id="costs"),
    ],
)
def test_users_whose_readings_would_not_be_kept_are_not_read_again(
    newest: float | None, policies: Policies | None
) -> None:
    asked, clock = Asked(), Clock()

    async def scenario() -> None:
        standings = cache(asked, policies, clock)
        await standings.of("ann", STAFF)
        clock.now += 250.0
        asked.at, asked.newest = 1300.0, newest
        await standings.read_again()

    run(scenario)
    assert len(asked.calls) == 1


def test_an_error_of_reading_again_is_left_to_the_next_view() -> None:
    asked, clock = Asked(), Clock()

    async def scenario() -> None:
        standings = cache(asked, clock=clock)
        await standings.of("ann", STAFF)
        clock.now += 250.0
        asked.at, asked.newest, asked.error = 1300.0, 1200.0, UnreachableError("refused")
        await standings.read_again()
        asked.error = None
        assert (await standings.of("ann", STAFF)).measured_at == 1200.0

    run(scenario)


def test_a_clock_that_is_set_back_does_not_keep_a_moment() -> None:
    asked, clock = Asked(), Clock()

    async def scenario() -> None:
        standings = cache(asked, clock=clock)
        await standings.of("ann", STAFF)
        clock.now -= 3600
        asked.at, asked.newest = 1100.0, 1000.0
        assert (await standings.of("ann", STAFF)).measured_at == 1000.0

    run(scenario)


@pytest.mark.parametrize(
    ("newest", "retry_at", "policies"),
    [
        pytest.param(941.0, None, POLICIES, id="less than a minute after the newest sample"),
        pytest.param(900.0, 1015.0, POLICIES, id="until the time to try again"),
        pytest.param(900.0, None, None, id="limits that rules record"),
        pytest.param(900.0, None, COSTS, id="costs, which are recorded at other times"),
    ],
)
def test_a_reading_that_may_change_is_kept_for_its_moment(
    newest: float, retry_at: float | None, policies: Policies | None
) -> None:
    asked, clock = Asked(), Clock()
    asked.newest, asked.retry_at = newest, retry_at

    async def scenario() -> None:
        standings = cache(asked, policies, clock)
        for seconds in (0.0, 14.0, 2.0):
            clock.now += seconds
            asked.at += seconds
            await standings.of("ann", STAFF)

    run(scenario)
    assert (len(asked.calls), asked.moments) == (2, 2)


def test_a_kept_reading_that_becomes_old_is_shown_as_old() -> None:
    asked, clock = Asked(), Clock()

    async def scenario() -> None:
        standings = cache(asked, clock=clock)
        asked.at = clock.now = 900.0 + 899
        fresh = await standings.of("ann", STAFF)
        assert fresh.state == "ok"
        assert await standings.of("ann", STAFF) is fresh
        clock.now += 2
        assert (await standings.of("ann", STAFF)).state == "stale"

    run(scenario)
    assert len(asked.calls) == 1


def test_an_error_is_not_kept() -> None:
    asked = Asked(error=UnreachableError("refused"))

    async def scenario() -> None:
        standings = cache(asked)
        assert (await standings.of("ann", STAFF)).state == "away"
        asked.error = None
        assert (await standings.of("ann", STAFF)).state == "ok"

    run(scenario)


def test_the_oldest_of_too_many_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    asked = Asked()

    async def scenario() -> None:
        standings = cache(asked)
        for name in ("a", "b", "c", "d", "b", "a"):
            assert (await standings.of(name, STAFF)).username == name

    run(scenario)
    assert [name for name, _ in asked.calls] == ["a", "b", "c", "d", "a"]


def test_users_and_groups_have_separate_answers() -> None:
    asked = Asked()

    async def scenario() -> None:
        standings = cache(asked)
        ann, anna, moved = [
            await standings.of(name, groups)
            for name, groups in (("ann", STAFF), ("anna", STAFF), ("ann", frozenset[str]()))
        ]
        assert (ann.username, anna.username, moved.username) == ("ann", "anna", "ann")
        assert (ann.groups, moved.groups) == (("staff",), ())
        assert (len(ann.limits or ()), moved.limits) == (1, ())

    run(scenario)
    assert [name for name, _ in asked.calls] == ["ann", "anna", "ann"]


def test_without_policies_the_recorded_limits_are_read() -> None:
    asked = Asked()

    async def scenario() -> None:
        await cache(asked, None).of("ann", STAFF)

    run(scenario)
    assert asked.calls == [("ann", None)]


def test_an_error_of_prometheus_is_a_state_and_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    asked = Asked(error=UnreachableError("cannot reach http://prometheus: refused"))

    async def scenario() -> None:
        summary = await cache(asked).of("ann", STAFF)
        assert summary.state == "away"
        assert summary.limits is not None
        assert [limit.bar for limit in summary.limits] == [None]

    run(scenario)
    assert "no usage for 'ann': cannot reach http://prometheus: refused" in caplog.text


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("https://prometheus", {"verify": "/nowhere/ca.pem"}),
        ("http://prometheus", {"auth": ("reader", "geheim ✓")}),
        ("http://prometheus", {"headers": {"X-Scope-OrgID": "geheim\n"}}),
    ],
    ids=["no such authority", "a password outside of latin-1", "a header with a line break"],
)
def test_settings_that_prevent_a_request_are_the_same_state(
    url: str, options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    def session() -> requests.Session:
        made = requests.Session()
        for name, value in options.items():
            setattr(made, name, value)
        return made

    async def scenario() -> None:
        readings = Readings(url, session, 5.0, {"namespace": "prod"})
        page = PageReadings(readings, {"namespace": "prod"}, home=False)
        summary = await SummaryCache(page.moment, page.read, POLICIES, Clock()).of("ann", STAFF)
        readings.close()
        assert summary.state == "away"

    run(scenario)
    assert f"no usage for 'ann': cannot query {url}/api/v1/query: " in caplog.text
    assert "geheim" not in caplog.text


def test_no_request_waits_longer_than_the_deadline(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "DEADLINE_SECONDS", 0.05)

    async def scenario() -> None:
        summary = await cache(Asked(until=asyncio.Event())).of("ann", STAFF)
        assert summary.state == "away"

    run(scenario)
    assert "took longer than 0.05 s" in caplog.text


def test_a_cancelled_request_does_not_cancel_the_others() -> None:
    async def scenario() -> None:
        cancelled = asyncio.Event()
        standings = cache(Asked(until=cancelled))
        first = asyncio.create_task(standings.of("ann", STAFF))
        second = asyncio.create_task(standings.of("ann", STAFF))
        await asyncio.sleep(0)  # both have begun
        first.cancel()
        cancelled.set()
        assert (await second).state == "ok"

    run(scenario)
