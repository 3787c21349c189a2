"""The cost API while Prometheus is slow, and beside clients that send slowly, send bodies, or do not read."""

import gzip
import json
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import requests

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.api.bounds import Bounds
from hubmeter_exporter.costs.history import History
from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.usage import Usage, Used
from hubmeter_exporter.costs.usage_ledger import DayOfUsage, UsageLedger
from hubmeter_exporter.exposition import Format, Page
from hubmeter_exporter.server import Limits
from hubmeter_promql.client import Prometheus, TimedOutError
from tests.engines.serving import BOUNDS, serving
from tests.serving import LIMITS, received, with_body
from tests.waiting import PATIENCE, wait_until

NOW = 1_768_000_000.0
TODAY = datetime.fromtimestamp(NOW, UTC).date()
TEXT = b"x 1\n"
METRICS = Page(
    {(form, zipped): (gzip.compress(TEXT) if zipped else TEXT,) for form in Format for zipped in (False, True)}
)
EMPTY = json.dumps({"status": "success", "data": {"resultType": "vector", "result": []}}).encode()


class Slow(ThreadingHTTPServer):
    """A Prometheus that answers no query before ``release`` is set."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        self.release = threading.Event()
        self.queries = 0
        super().__init__(("127.0.0.1", 0), _Query)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Query(BaseHTTPRequestHandler):
    server: Slow

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.queries += 1
        self.server.release.wait()
        with suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Length", str(len(EMPTY)))
            self.end_headers()
            self.wfile.write(EMPTY)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def slow() -> Iterator[Slow]:
    with Slow() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.release.set()
        server.shutdown()
        thread.join()


@contextmanager
def api(slow: Slow, folder: Path, bounds: Bounds = BOUNDS, limits: Limits = LIMITS) -> Iterator[httpx.Client]:
    ledger = Ledger(folder / "ledger", 2, lambda: NOW)
    with requests.Session() as session:
        usage = History(ledger.file, Usage(Prometheus(slow.url, session, timeout=PATIENCE), lambda: NOW))
        backend = Backend(ledger, usage, Allocation(), lambda: METRICS, lambda: None, "1.2.3")
        with serving(backend, bounds, limits) as client:
            try:
                yield client
            finally:
                slow.release.set()
    ledger.close()


def connect(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=PATIENCE)


def test_sixty_requests_and_a_slow_prometheus_leave_health_and_metrics(slow: Slow, tmp_path: Path) -> None:
    bounds = Bounds(places=4, wait=0, query=PATIENCE, probes=1, probe=PATIENCE)
    with ThreadPoolExecutor(61) as pool, api(slow, tmp_path, bounds) as client:
        base = str(client.base_url)
        answers = [pool.submit(httpx.get, f"{base}/user-groups", timeout=PATIENCE) for _ in range(60)]
        wait_until(lambda: sum(answer.done() for answer in answers) == 56, lambda: "56 requests are refused")
        wait_until(lambda: slow.queries == 4, lambda: "4 requests query Prometheus")
        refused = [answer.result() for answer in answers if answer.done()]
        assert {(answer.status_code, answer.headers["Retry-After"]) for answer in refused} == {(503, "10")}
        assert refused[0].json()["detail"].startswith("4 requests are being answered, the maximum")
        assert refused[0].headers["cache-control"] == "no-store"
        first = pool.submit(httpx.get, f"{base}/ready", timeout=PATIENCE)
        wait_until(lambda: slow.queries == 5, lambda: "/ready queries Prometheus")
        assert client.get("/ready").status_code == client.get("/health/ready").status_code == 503
        assert client.get("/healthz").json() == "ok"
        assert client.get("/metrics").text == "x 1\n"
        assert client.get("/docs").status_code == 200

        slow.release.set()
        statuses = [answer.result().status_code for answer in answers]
        assert (statuses.count(200), statuses.count(503)) == (4, 56)
        assert first.result().status_code == 200
        assert client.get("/user-groups").json() == []


def test_a_request_waits_for_a_place(slow: Slow, tmp_path: Path) -> None:
    bounds = Bounds(places=1, wait=PATIENCE, query=PATIENCE)
    with ThreadPoolExecutor(2) as pool, api(slow, tmp_path, bounds) as client:
        answers = [pool.submit(httpx.get, f"{client.base_url}/user-groups", timeout=PATIENCE) for _ in range(2)]
        wait_until(lambda: slow.queries == 1, lambda: "one request queries Prometheus")
        slow.release.set()
        assert [answer.result().status_code for answer in answers] == [200, 200]
    assert slow.queries == 2


def test_the_queries_of_a_request_have_a_common_time_limit(slow: Slow, tmp_path: Path) -> None:
    with api(slow, tmp_path, Bounds(query=0.2, probe=0.2)) as client:
        answer = client.get("/user-groups")
        assert answer.status_code == 504
        assert re.search(r"did not answer within 0\.[12]\d* s", answer.json()["detail"])
        assert client.get("/ready").status_code == 503

    slow.release.set()
    left = iter((PATIENCE, 0.0))
    with requests.Session() as session:
        prometheus = Prometheus(slow.url, session).until(lambda: next(left))
        before = slow.queries
        assert prometheus.instant("up") == []
        with pytest.raises(TimedOutError, match="was too slow; no time is left for up"):
            prometheus.instant("up")
    assert slow.queries == before + 1


NEXT = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(("headers", "body"), with_body(NEXT))
def test_a_request_with_a_body_is_refused_and_its_connection_closed(
    slow: Slow, tmp_path: Path, headers: bytes, body: bytes
) -> None:
    with api(slow, tmp_path) as client, connect(client) as connection:
        connection.sendall(b"GET /total-costs HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n" + body)
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"the request has a body" in answer


def test_an_empty_body_is_none(slow: Slow, tmp_path: Path) -> None:
    with api(slow, tmp_path) as client:
        assert client.get("/total-costs", headers={"Content-Length": "0"}).json() == []


@pytest.mark.parametrize(
    "sent", [b"", b"G", b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET"]
)
def test_a_connection_without_a_whole_request_is_closed(slow: Slow, tmp_path: Path, sent: bytes) -> None:
    with api(slow, tmp_path, limits=Limits(request=0.2, response=PATIENCE)) as client, connect(client) as connection:
        connection.sendall(sent)
        assert received(connection).count(b"HTTP/1.1 200") == sent.count(b"\r\n\r\n")
        assert client.get("/healthz").status_code == 200


def test_a_connection_whose_response_is_late_is_closed(slow: Slow, tmp_path: Path) -> None:
    limits = Limits(request=PATIENCE, response=0.2)
    with api(slow, tmp_path, Bounds(places=1, wait=PATIENCE, query=PATIENCE), limits) as client:
        with connect(client) as connection:
            connection.sendall(b"GET /user-groups HTTP/1.1\r\nHost: x\r\n\r\n")
            assert received(connection) == b""
        slow.release.set()
        assert client.get("/healthz").status_code == 200


def fill(ledger: Ledger) -> str:
    """Write ten days of many users and their bills; return the path of a request for all of them, 8 MB."""
    days = [TODAY - timedelta(number) for number in range(2, 12)]
    for day in days:
        users = [Used("prod", "geo", f"{number}@uni.edu", "compute", {day: 1.0}) for number in range(6000)]
        usage = DayOfUsage({("prod", "compute"): 6000.0}, [], users, users)
        UsageLedger(ledger.file).put(day, usage, "{}", with_users=True)
        ledger.put(day, day, [BillRow(day, "prod", "compute", "attributable", Decimal(9), estimated=False)], "test")
    return f"/costs-per-user?from={days[-1]}&to={days[0]}"


def ask_slowly(client: httpx.Client, path: str) -> socket.socket:
    """Send a request, and read nothing of the answer."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(PATIENCE)
    connection.connect((client.base_url.host, client.base_url.port or 0))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    return connection


def test_slow_readers_of_a_large_answer_leave_health_and_metrics(slow: Slow, tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger", 2, lambda: NOW)) as ledger:
        path = fill(ledger)
    with api(slow, tmp_path, Bounds(places=2, wait=0.05)) as client:
        readers = [ask_slowly(client, path) for _ in range(2)]
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "10"
        assert client.get("/healthz").status_code == 200
        assert client.get("/metrics").status_code == 200
        assert [received(reader).count(b'"user"') for reader in readers] == [60_000] * 2
        assert client.get(path.replace("costs-per-user", "total-costs-per-group")).status_code == 200
        for reader in readers:
            reader.close()
    assert slow.queries == 0


def test_a_reader_that_never_reads_loses_its_place_after_the_limit(slow: Slow, tmp_path: Path) -> None:
    with closing(Ledger(tmp_path / "ledger", 2, lambda: NOW)) as ledger:
        path = fill(ledger)
    limits = Limits(request=PATIENCE, response=1.0)
    with api(slow, tmp_path, Bounds(places=1, wait=0.05), limits) as client, ask_slowly(client, path) as reader:
        of_user = f"{path}&user=7@uni.edu"
        assert client.get(of_user).status_code == 503
        wait_until(lambda: client.get(of_user).status_code == 200, lambda: "the place is free")
        assert received(reader).count(b'"user"') < 60_000


def test_a_further_connection_ends_the_one_that_has_waited_longest(slow: Slow, tmp_path: Path) -> None:
    limits = Limits(request=PATIENCE, response=PATIENCE, connections=4)
    with ThreadPoolExecutor(1) as pool, api(slow, tmp_path, limits=limits) as client:
        held = pool.submit(httpx.get, f"{client.base_url}/user-groups", timeout=PATIENCE)
        wait_until(lambda: slow.queries == 1, lambda: "a request queries Prometheus")
        idle = [connect(client) for _ in range(9)]
        for connection in idle[:6]:
            assert received(connection) == b""
        assert httpx.get(f"{client.base_url}/healthz", timeout=PATIENCE).status_code == 200
        slow.release.set()
        assert held.result().status_code == 200
        for connection in idle:
            connection.close()
