"""Views of groups are shared, kept for a minute, and bounded."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from hubmeter_hub.usage_page import group_views
from hubmeter_hub.usage_page.group_now import Server
from hubmeter_hub.usage_page.group_views import AwayError, GroupViews
from hubmeter_promql.month import period
from hubmeter_promql.month.period import Period

MONTH = period.parse("2026-10", 1_793_772_000.0)


class Reader:
    """Answers with the name of the group, when ``go`` is set."""

    def __init__(self, go: threading.Event) -> None:
        self.go = go
        self.asked: list[str] = []
        self.error: Exception | None = None

    def view(self, group: str, month: Period) -> Any:
        self.asked.append(group)
        self.go.wait(30)
        if self.error:
            raise self.error
        return f"{group} {month.month}"


def run(case: Callable[[GroupViews, Reader, list[float]], Any], *, go: bool = True) -> Reader:
    event = threading.Event()
    if go:
        event.set()
    reader, now = Reader(event), [0.0]

    async def main() -> None:
        views = GroupViews(reader, lambda: now[0])  # type: ignore[arg-type] # it has the method that is called
        try:
            await case(views, reader, now)
        finally:
            event.set()

    asyncio.run(main())
    return reader


def test_viewers_of_one_minute_share_a_reading() -> None:
    async def case(views: GroupViews, _: Reader, now: list[float]) -> None:
        both: list[object] = [*await asyncio.gather(views.view("bio", MONTH), views.view("bio", MONTH))]
        assert both == ["bio 2026-10"] * 2
        now[0] = group_views.KEPT_SECONDS - 1
        await views.view("bio", MONTH)
        await views.view("Bio", MONTH)
        now[0] += 1
        await views.view("bio", MONTH)

    assert run(case).asked == ["bio", "Bio", "bio"]


def test_a_failure_is_shared_for_seconds() -> None:
    async def case(views: GroupViews, reader: Reader, now: list[float]) -> None:
        reader.error = AwayError("no answer")
        for _ in range(2):
            with pytest.raises(AwayError, match="no answer"):
                await views.view("bio", MONTH)
        reader.error = None
        now[0] = group_views.FAILURE_SECONDS
        assert await views.view("bio", MONTH)

    assert run(case).asked == ["bio", "bio"]


def test_a_slow_prometheus_holds_two_threads_and_a_bounded_number_of_requests() -> None:
    async def case(views: GroupViews, reader: Reader, _: list[float]) -> None:
        waiting = [asyncio.ensure_future(views.view(str(n), MONTH)) for n in range(group_views.MOST_KEPT)]
        await asyncio.sleep(0)
        with pytest.raises(AwayError, match="32 readings are in progress"):
            await views.view("one more", MONTH)
        assert len(reader.asked) <= group_views.THREADS
        reader.go.set()
        await asyncio.gather(*waiting)
        assert await views.view("one more", MONTH)

    run(case, go=False)


def test_a_cancelled_request_does_not_cancel_the_reading_of_others() -> None:
    async def case(views: GroupViews, reader: Reader, _: list[float]) -> None:
        first, second = (asyncio.ensure_future(views.view("bio", MONTH)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        reader.go.set()
        found: object = await second
        assert found == "bio 2026-10"

    run(case, go=False)


@pytest.mark.parametrize(
    ("highest", "used", "is_new", "idle", "oversized"),
    [
        (1.0, 0.01, False, True, True),
        (3.0, 0.06, False, False, False),
        (2.0, 0.049, False, True, False),
        (1.0, 0.01, True, False, False),
        (None, None, False, False, False),
    ],
)
def test_servers_are_idle_or_oversized_after_an_hour(
    highest: float | None, used: float | None, is_new: bool, idle: bool, oversized: bool
) -> None:
    server = Server("ana", 1, 4.0, highest, 2.0, used, 0.0, is_new)
    assert (server.is_idle, server.is_oversized) == (idle, oversized)
