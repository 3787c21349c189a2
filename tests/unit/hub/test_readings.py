"""Users who wait share a query, queries end at their timeout, and the circuit opens and closes.

The double plays a slow or failing Prometheus; the numbers are held in tests/engines/test_usage.py.
"""

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import pytest
import requests

from hubmeter_hub.quotas.readings import FAILURES, MOST_USERS, OPEN_SECONDS, THREADS, Readings
from hubmeter_hub.quotas.usage import Usage, Window
from hubmeter_promql.client import PrometheusError, TimedOutError, TooMuchError, UnreachableError
from tests.http_server import Handler, http_server
from tests.waiting import PATIENCE, free_port, wait_until

WEEK: Window = ("memory", 168)
HUB = {"namespace": "prod"}


@dataclass
class Slow:
    """Answers each user's number when it is allowed to, and keeps the users of each query."""

    url: str = ""
    queries: list[set[str]] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    most_users: int = 10**9
    drips: bool = False
    hangs_up: bool = False

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        users = set(re.findall(r"user\d+", form["query"][0]))
        self.queries.append(users)
        assert self.go_on.wait(PATIENCE)
        if self.hangs_up:
            return
        now = time.time()
        if handler.path.endswith("query_range"):
            rows: list[object] = [{"metric": {"username": name}, "values": [[now, name[4:]]]} for name in users]
            data: object = {"resultType": "matrix", "result": rows}
        else:
            rows = [{"metric": {"quota": "memory:168", "username": n}, "value": [now, n[4:]]} for n in users]
            rows.append({"metric": {"quota": "newest"}, "value": [now, str(now)]})
            data = {"resultType": "vector", "result": rows}
        body: object = {"status": "success", "data": data}
        if len(users) > self.most_users:
            body = {
                "status": "error",
                "errorType": "execution",
                "error": "query processing would load too many samples",
            }
        handler.send_response(200)
        handler.end_headers()
        text = json.dumps(body).encode()
        if not self.drips:
            handler.wfile.write(text)
            return
        for i in range(len(text)):
            time.sleep(0.02)
            handler.wfile.write(text[i : i + 1])


@pytest.fixture
def prometheus() -> Iterator[Slow]:
    slow = Slow()

    class SlowHandler(Handler, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            slow.answer(self)

    with http_server(SlowHandler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # clients hang up in some of these tests
        slow.url = f"http://127.0.0.1:{server.server_port}"
        yield slow
        slow.go_on.set()


@contextmanager
def reading(url: str, timeout: float = PATIENCE, clock: Callable[[], float] = time.monotonic) -> Iterator[Readings]:
    readings = Readings(url, requests.Session, timeout, HUB, clock)
    yield readings
    readings.close()


async def read(readings: Readings, *numbers: int) -> list[float | type[BaseException]]:
    """Read users at once; return the numbers, and the types of errors."""

    def outcome(usage: Usage | BaseException) -> float | type[BaseException]:
        return type(usage) if isinstance(usage, BaseException) else usage.used[WEEK]

    windows = frozenset({WEEK})
    answers = await asyncio.gather(
        *(readings.usage(f"user{number}", windows) for number in numbers), return_exceptions=True
    )
    return [outcome(answer) for answer in answers]


async def occupy(readings: Readings, prometheus: Slow) -> list[asyncio.Task[list[float | type[BaseException]]]]:
    """Return the readings of users 0 to THREADS - 1, whose queries occupy all threads."""

    def sent(count: int) -> None:
        wait_until(lambda: len(prometheus.queries) == count, lambda: f"{count} queries were sent")

    tasks = []
    for number in range(THREADS):
        tasks.append(asyncio.create_task(read(readings, number)))
        await asyncio.to_thread(sent, number + 1)
    return tasks


def test_users_who_come_while_all_lines_are_busy_share_the_next_query(prometheus: Slow) -> None:
    async def run(readings: Readings) -> None:
        first = await occupy(readings, prometheus)
        later = asyncio.create_task(read(readings, *range(THREADS, 200)))
        await asyncio.sleep(0)  # all of them wait now
        prometheus.go_on.set()
        assert [await task for task in first] == [[number] for number in range(THREADS)]
        assert await later == list(range(THREADS, 200))

    with reading(prometheus.url) as readings:
        asyncio.run(run(readings))
    sizes = [len(users) for users in prometheus.queries]
    assert sizes[:THREADS] == [1] * THREADS
    # These are sent at the same time, and may arrive in either order.
    assert sorted(sizes[THREADS:]) == [200 - THREADS - MOST_USERS, MOST_USERS]


def test_users_who_come_together_share_a_query_and_the_same_user_is_read_once(prometheus: Slow) -> None:
    prometheus.go_on.set()
    with reading(prometheus.url) as readings:
        assert asyncio.run(read(readings, 1, 2, 2, 1)) == [1, 2, 2, 1]
    assert prometheus.queries == [{"user1", "user2"}]


def test_the_buckets_of_users_who_are_denied_together_come_in_one_query(prometheus: Slow) -> None:
    prometheus.go_on.set()

    async def run(readings: Readings) -> list[float | None]:
        now = time.time()
        return await asyncio.gather(
            *(readings.retry_at(f"user{n}", WEEK, float(n), now, lambda used: used < 1) for n in range(1, 40))
        )

    with reading(prometheus.url) as readings:
        moments = asyncio.run(run(readings))
    assert all(moment is not None and moment > time.time() + 6 * 86400 for moment in moments)
    # They are sent at the same time, and may arrive in any order.
    assert sorted(len(users) for users in prometheus.queries) == [1, 19, 19], "40,000 points a query"


def test_an_answer_that_drips_ends_at_the_timeout_and_frees_its_thread(prometheus: Slow) -> None:
    prometheus.drips = True
    prometheus.go_on.set()

    async def run(readings: Readings) -> None:
        assert await read(readings, *range(THREADS)) == [TimedOutError] * THREADS
        prometheus.drips = False

    with reading(prometheus.url, timeout=0.5) as readings:
        asyncio.run(run(readings))
    # Closing waits for the threads: without a deadline they would read for minutes. The next reader is free to ask.
    with reading(prometheus.url) as readings:
        assert asyncio.run(read(readings, 7)) == [7]


def test_all_who_wait_fail_with_the_query_they_wait_for(prometheus: Slow) -> None:
    async def run(readings: Readings) -> None:
        first = [asyncio.create_task(read(readings, number)) for number in range(3)]
        await asyncio.to_thread(wait_until, lambda: prometheus.queries, lambda: "a query was sent")
        begun = time.monotonic()
        assert await read(readings, *range(3, 200)) == [TimedOutError] * 197
        assert time.monotonic() - begun < PATIENCE / 2
        for task in first:
            assert await task == [TimedOutError]
        prometheus.go_on.set()

    with reading(prometheus.url, timeout=1.0) as readings:
        asyncio.run(run(readings))


def test_the_circuit_opens_after_failures_and_closes_with_the_first_answer(prometheus: Slow) -> None:
    prometheus.go_on.set()
    prometheus.hangs_up = True
    now = 1000.0
    with reading(prometheus.url, clock=lambda: now) as readings:

        def asked(*numbers: int) -> tuple[list[float | type[BaseException]], int]:
            before = len(prometheus.queries)
            return asyncio.run(read(readings, *numbers)), len(prometheus.queries) - before

        for _ in range(FAILURES):
            assert asked(1) == ([UnreachableError], 1)
        for _ in range(2):
            now += OPEN_SECONDS / 4
            assert asked(1, 2) == ([UnreachableError] * 2, 0), "no query is sent while the circuit is open"
        now += OPEN_SECONDS / 2
        assert asked(1, 2) == ([UnreachableError] * 2, 1), "one query finds out"
        assert asked(1) == ([UnreachableError], 0)
        prometheus.hangs_up = False
        now += OPEN_SECONDS
        assert asked(1, 2, 3) == ([1, 2, 3], 1)
        assert asked(4) == ([4], 1)


def test_errors_that_prometheus_returns_do_not_open_the_circuit_and_too_much_is_halved(prometheus: Slow) -> None:
    prometheus.go_on.set()
    prometheus.most_users = 3
    with reading(prometheus.url) as readings:
        assert asyncio.run(read(readings, *range(8))) == list(range(8))
        assert sorted(map(len, prometheus.queries)) == [2, 2, 2, 2, 4, 4, 8]
        prometheus.most_users = 0
        for _ in range(FAILURES + 1):
            assert asyncio.run(read(readings, 1)) == [TooMuchError]
        prometheus.most_users = 3
        assert asyncio.run(read(readings, 1)) == [1]


def test_a_start_that_is_cancelled_does_not_disturb_the_others(prometheus: Slow) -> None:
    async def run(readings: Readings) -> None:
        tasks = [asyncio.create_task(read(readings, number)) for number in (1, 2, 3)]
        await asyncio.to_thread(wait_until, lambda: prometheus.queries, lambda: "a query was sent")
        tasks[1].cancel()
        prometheus.go_on.set()
        assert await tasks[0] == [1]
        assert await tasks[2] == [3]
        with pytest.raises(asyncio.CancelledError):
            await tasks[1]

    with reading(prometheus.url) as readings:
        asyncio.run(run(readings))


def test_an_error_is_raised_as_a_new_one_for_each_user() -> None:
    """One exception that is raised a thousand times would keep a thousand tracebacks."""

    async def run(readings: Readings) -> list[BaseException | Usage]:
        windows = frozenset({WEEK})
        return await asyncio.gather(*(readings.usage(f"user{n}", windows) for n in range(3)), return_exceptions=True)

    with reading(f"http://127.0.0.1:{free_port()}") as readings:
        errors = [*asyncio.run(run(readings)), *asyncio.run(run(readings)), *asyncio.run(run(readings))]
    assert all(isinstance(error, PrometheusError) for error in errors)
    assert len(set(map(id, errors))) == len(errors)
    assert len(set(map(str, errors))) == 1


def test_users_who_no_longer_wait_are_not_read(prometheus: Slow) -> None:
    async def run(readings: Readings) -> None:
        first = await occupy(readings, prometheus)
        gone = asyncio.create_task(readings.usage("user100", frozenset({WEEK})))
        last = asyncio.create_task(read(readings, 101))
        await asyncio.sleep(0)  # both wait now
        gone.cancel()
        await asyncio.sleep(0)
        prometheus.go_on.set()
        assert await last == [101]
        await asyncio.gather(*first)

    with reading(prometheus.url) as readings:
        asyncio.run(run(readings))
    assert prometheus.queries[THREADS:] == [{"user101"}]
