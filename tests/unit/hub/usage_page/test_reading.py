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

from hubmeter_hub.quotas.policy import Limit
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
    stranger: bool = False

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        (query,) = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())["query"]
        self.queries.append(query)
        assert self.gate.acquire(timeout=PATIENCE)
        now = time.time()
        users = set(re.findall(r"user\d+", query))
        if handler.path.endswith("query_range"):
            rows: list[object] = [{"metric": {"username": name}, "values": [[now, name[4:]]]} for name in users]
            data: object = {"resultType": "matrix", "result": rows}
        elif re.search(r"\boffset \d+[dh]", query):  # for a forecast; nothing was used then
            data = {"resultType": "vector", "result": []}
        elif names.user(names.HOME) in query:
            series = {"__name__": names.user(names.HOME)}
            rows = [{"metric": series | {"username": name}, "value": [now, name[4:]]} for name in users]
            if self.stranger:
                rows.append({"metric": series | {"username": "another"}, "value": [now, "1"]})
            data = {"resultType": "vector", "result": rows}
        else:
            rows = [
                {"metric": {"quota": f"{limit.resource}:168", "username": name}, "value": [now, name[4:]]}
                for name in users
                for limit in LIMITS
            ]
            rows.append({"metric": {"quota": "newest"}, "value": [now, str(now)]})
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
        yield held
        held.gate.release(1000)


def read(held: Held, numbers: range, rounds: tuple[int, ...]) -> list[Reading]:
    """Read users' limits while the queries of each round, as many as given, are held until all of them are there."""
    readings = Readings(held.url, requests.Session, PATIENCE, HUB, threads=THREADS)
    page = PageReadings(readings, HUB, home=True)

    def arrived(count: int) -> None:
        wait_until(lambda: len(held.queries) == count, lambda: f"{count} queries, not {held.queries}")

    async def run() -> list[Reading]:
        tasks = [asyncio.create_task(page.read(f"user{number}", LIMITS)) for number in numbers]
        come = 0
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


def test_a_page_takes_two_rounds_of_queries_however_many_limits_there_are(prometheus: Held) -> None:
    """Three limits took six times the seconds of one query."""
    (reading,) = read(prometheus, range(3, 4), (2, 6))
    assert {resource: use.used for (resource, _), use in reading.uses.items()} == {"cpu": 3, "gpu": 3, "memory": 3}
    assert reading.home_bytes == 3.0


def test_a_used_up_limit_adds_queries_to_the_second_round(prometheus: Held) -> None:
    (reading,) = read(prometheus, range(7, 8), (2, 6))
    assert all(use.retry_at is not None for use in reading.uses.values())


def test_users_who_come_together_share_all_queries(prometheus: Held) -> None:
    readings = read(prometheus, range(1, 16), (2, THREADS, 9 - THREADS))
    assert [reading.home_bytes for reading in readings] == list(range(1, 16))
    assert [reading.uses["gpu", 168].used for reading in readings] == list(range(1, 16))
    assert [reading.uses["gpu", 168].retry_at is None for reading in readings] == [n < 5 for n in range(1, 16)]


def test_a_series_of_another_user_is_an_error(prometheus: Held) -> None:
    prometheus.stranger = True
    with pytest.raises(BadAnswerError, match="a series of another user"):
        read(prometheus, range(1, 3), (2,))
