"""The queries of the page: at the same time for one user, and shared by users. The double holds them until they go on.

The numbers are held with a real Prometheus, in tests/hub/test_usage_page.py.
"""

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs

import pytest
import requests

from hubmeter_hub.quotas.policy import Limit, Row, WhenExceeded
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.usage_page.reading import THREADS, PageReadings
from hubmeter_hub.usage_page.summary import Reading
from hubmeter_promql import names
from hubmeter_promql.client import BadAnswerError
from tests.http_server import Handler, http_server
from tests.waiting import PATIENCE, wait_until

HUB = {"namespace": "prod"}
LIMITS = tuple(Limit(resource, 168, 5.0, ()) for resource in ("cpu", "gpu", "memory"))


@dataclass
class Held:
    """Holds queries until as many as ``together`` are there. Users have used their number in each window."""

    url: str = ""
    queries: list[str] = field(default_factory=list)
    gate: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    ended: threading.Event = field(default_factory=threading.Event)
    stranger: bool = False
    # The user in whose queries there is an error, and the user whose queries have no answer.
    refused: str = ""
    unanswered: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        (query,) = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())["query"]
        self.queries.append(query)
        assert self.gate.acquire(timeout=PATIENCE)
        now = time.time()
        users = set(re.findall(r"user\d+", query))
        if self.unanswered in users:
            self.ended.wait(PATIENCE)
        if self.refused in users:
            handler.send_response(422)
            handler.end_headers()
            handler.wfile.write(b'{"status": "error", "errorType": "execution", "error": "refused"}')
            return
        keys = re.findall(r'"quota", "([^"]+)"', query)
        if handler.path.endswith("query_range"):
            rows: list[object] = [
                {"metric": {"username": name, "quota": key}, "values": [[now, name[4:]]]}
                for name in users
                for key in keys or [""]  # a query for times to try again has no parts
            ]
            data: object = {"resultType": "matrix", "result": rows}
        elif not users:
            rows = [{"metric": {"quota": key}, "value": [now, str(now)]} for key in ("now", "newest")]
            data = {"resultType": "vector", "result": rows}
        else:
            rows = [
                {"metric": {"quota": key, "username": name}, "value": [now, name[4:]]}
                for name in users
                for key in keys
                if key != names.HOME_LIMIT
            ]
            if self.stranger:
                rows.append({"metric": {"quota": names.HOME, "username": "another"}, "value": [now, "1"]})
            data = {"resultType": "vector", "result": rows}
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(json.dumps({"status": "success", "data": data}).encode())


@pytest.fixture
def prometheus() -> Iterator[Held]:
    held = Held()

    class HeldHandler(Handler, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            held.answer(self)

    with http_server(HeldHandler) as server:
        held.url = f"http://127.0.0.1:{server.server_port}"
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client hangs up at its timeout
        yield held
        held.gate.release(1000)
        held.ended.set()


def read(held: Held, numbers: range, rounds: tuple[int, ...], limits: tuple[Limit, ...] = LIMITS) -> list[Reading]:
    """Read users' limits while the queries of each round, as many as given, are held until all of them are there.

    The first round is the query for the moment.
    """
    readings = Readings(held.url, requests.Session, PATIENCE, HUB, threads=THREADS)
    page = PageReadings(readings, HUB, home=True)

    def arrived(count: int) -> None:
        wait_until(lambda: len(held.queries) == count, lambda: f"{count} queries, not {held.queries}")

    async def run() -> list[Reading]:
        held.gate.release()
        moment = await page.moment()
        tasks = [asyncio.create_task(page.read(f"user{number}", limits, moment)) for number in numbers]
        come = 1
        for count in rounds:
            come += count
            await asyncio.to_thread(arrived, come)
            held.gate.release(count)
        return await asyncio.gather(*tasks)

    try:
        return asyncio.run(run())
    finally:
        held.gate.release(1000)
        readings.close()


def test_a_page_takes_one_round_of_queries_however_many_limits_there_are(prometheus: Held) -> None:
    """Three limits took six times the seconds of one query."""
    (reading,) = read(prometheus, range(3, 4), (2,))
    assert {resource: use.used for (resource, _), use in reading.uses.items()} == {"cpu": 3, "gpu": 3, "memory": 3}
    assert reading.home_bytes == 3.0


def test_windows_with_slices_of_the_same_length_share_a_query(prometheus: Held) -> None:
    limits = tuple(Limit("cpu", hours, 100.0, ()) for hours in (168, 720, 24, 36))
    read(prometheus, range(3, 4), (4,), limits)  # usage and home, slices of a day, of two and of three hours


def test_a_used_up_limit_takes_a_second_round(prometheus: Held) -> None:
    (reading,) = read(prometheus, range(7, 8), (2, 3))
    assert all(use.retry_at is not None for use in reading.uses.values())


def test_a_limit_with_when_exceeded_has_its_prospect_in_a_second_round(prometheus: Held) -> None:
    row = Row("everybody", "", "cpu", 168, 5.0, "", WhenExceeded(3600, 1800))
    (reading,) = read(prometheus, range(4, 5), (2, 1), (Limit("cpu", 168, 5.0, (row,)),))
    prospect = reading.uses["cpu", 168].prospect
    assert prospect is not None
    assert prospect.reached_at - prospect.at == 75, "4 core-hours in 5 minutes, and 1 core-hour remains"
    assert prospect.stops_at == prospect.reached_at + 1800
    assert reading.measured_at is not None
    assert abs(prospect.at - reading.measured_at) < 1, "the time of the moment"


def test_users_who_come_together_share_all_queries(prometheus: Held) -> None:
    readings = read(prometheus, range(1, 16), (2, 3))
    assert [reading.home_bytes for reading in readings] == list(range(1, 16))
    assert [reading.uses["gpu", 168].used for reading in readings] == list(range(1, 16))
    assert [reading.uses["gpu", 168].retry_at is None for reading in readings] == [n < 5 for n in range(1, 16)]


def test_a_series_of_another_user_is_an_error(prometheus: Held) -> None:
    prometheus.stranger = True
    with pytest.raises(BadAnswerError, match="a series of another user"):
        read(prometheus, range(1, 3), (2,))


@pytest.mark.parametrize("fault", ["refused", "unanswered"])
def test_a_query_that_fails_is_an_error_for_its_users_until_the_next_one(prometheus: Held, fault: str) -> None:
    setattr(prometheus, fault, "user3")
    prometheus.gate.release(1000)
    readings = Readings(prometheus.url, requests.Session, 1.0, HUB, threads=THREADS)
    page = PageReadings(readings, HUB, home=True)

    async def run() -> tuple[list[str], list[str]]:
        moment = await page.moment()
        names_of = [f"user{number}" for number in range(150)]

        async def failed() -> list[str]:
            answers = await asyncio.gather(
                *(page.read(name, LIMITS, moment) for name in names_of), return_exceptions=True
            )
            return [name for name, answer in zip(names_of, answers, strict=True) if isinstance(answer, Exception)]

        first = await failed()
        setattr(prometheus, fault, "")
        prometheus.ended.set()
        return first, await failed()

    try:
        first, second = asyncio.run(run())
    finally:
        readings.close()
    assert "user3" in first
    assert len(first) == 100, "those in its query; the other 50 have an answer"
    assert second == []
