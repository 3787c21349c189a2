"""The cache of summaries: concurrent and repeated requests, deadlines, and failures of Prometheus."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import requests

from hubmeter_hub.quotas.policy import Limit, parse
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.usage_page import summary_cache as module
from hubmeter_hub.usage_page.reading import PageReadings
from hubmeter_hub.usage_page.summary import Reading, Use
from hubmeter_hub.usage_page.summary_cache import SummaryCache
from hubmeter_promql.client import UnreachableError

POLICIES = parse([{"resource": "cpu", "limit": 10, "window": 7, "scope": {"group": ["staff"]}}])
STAFF = frozenset({"staff"})
NOBODY: frozenset[str] = frozenset()


class Asked:
    """A stand-in for `PageReadings.read` that counts."""

    def __init__(self, until: asyncio.Event | None = None, error: Exception | None = None) -> None:
        self.calls: list[tuple[str, tuple[Limit, ...] | None]] = []
        self._until, self._error = until, error

    async def __call__(self, username: str, limits: tuple[Limit, ...] | None) -> Reading:
        self.calls.append((username, limits))
        if self._until:
            await self._until.wait()
        if self._error:
            raise self._error
        return Reading(1000.0, limits or (), {("cpu", 168): Use(4.0)})


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
        standings = SummaryCache(asked, POLICIES, Clock())
        answers = await asyncio.gather(*(standings.of("ann", STAFF) for _ in range(20)))
        assert {id(answer) for answer in answers} == {id(answers[0])}

    run(scenario)
    assert len(asked.calls) == 1


def test_an_answer_is_kept_for_seconds_only() -> None:
    asked, clock = Asked(), Clock()

    async def scenario() -> None:
        standings = SummaryCache(asked, POLICIES, clock, kept=15.0)
        await standings.of("ann", STAFF)
        clock.now += 14.9
        await standings.of("ann", STAFF)
        assert len(asked.calls) == 1
        clock.now += 0.2
        await standings.of("ann", STAFF)
        assert len(asked.calls) == 2

    run(scenario)


def test_the_oldest_of_too_many_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    asked = Asked()

    async def scenario() -> None:
        standings = SummaryCache(asked, POLICIES, Clock())
        for name in ("a", "b", "c", "d", "b", "a"):
            assert (await standings.of(name, STAFF)).username == name

    run(scenario)
    assert [name for name, _ in asked.calls] == ["a", "b", "c", "d", "a"]


def test_users_and_groups_have_separate_answers() -> None:
    asked = Asked()

    async def scenario() -> None:
        standings = SummaryCache(asked, POLICIES, Clock())
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
        await SummaryCache(asked, None, Clock()).of("ann", STAFF)

    run(scenario)
    assert asked.calls == [("ann", None)]


def test_an_error_of_prometheus_is_a_state_and_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    asked = Asked(error=UnreachableError("cannot reach http://prometheus: refused"))

    async def scenario() -> None:
        summary = await SummaryCache(asked, POLICIES, Clock()).of("ann", STAFF)
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
        summary = await SummaryCache(page.read, POLICIES, Clock()).of("ann", STAFF)
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
        summary = await SummaryCache(Asked(until=asyncio.Event()), POLICIES, Clock()).of("ann", STAFF)
        assert summary.state == "away"

    run(scenario)
    assert "took longer than 0.05 s" in caplog.text


def test_a_cancelled_request_does_not_cancel_the_others() -> None:
    async def scenario() -> None:
        cancelled = asyncio.Event()
        standings = SummaryCache(Asked(until=cancelled), POLICIES, Clock())
        first = asyncio.create_task(standings.of("ann", STAFF))
        second = asyncio.create_task(standings.of("ann", STAFF))
        await asyncio.sleep(0)  # both have begun
        first.cancel()
        cancelled.set()
        assert (await second).state == "ok"

    run(scenario)
