"""Responses over real sockets."""

import gzip
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hubmeter_exporter.exposition import Format, Page
from hubmeter_exporter.hub_api import HubClient
from hubmeter_exporter.membership import Accounting
from hubmeter_exporter.metrics import Origin
from hubmeter_exporter.refresh import MembershipRefresher
from hubmeter_exporter.server import MetricsServer
from tests.unit.exporter import broken_hub
from tests.waiting import PATIENCE

PREFIX = "/services/groups-exporter/"
PAGE = Page(
    {
        (form, gzipped): (b"rows\n", form.name.encode(), b" gzip" if gzipped else b"")
        for form in Format
        for gzipped in (False, True)
    }
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@contextmanager
def serving(
    page: Callable[[], Page] = lambda: PAGE, not_ready: Callable[[], str | None] = lambda: None
) -> Iterator[MetricsServer]:
    server = MetricsServer("127.0.0.1", 0, PREFIX, page, not_ready)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def get(
    server: MetricsServer, path: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> tuple[int, http.client.HTTPMessage, bytes]:
    host, port = server.server_address[:2]
    connection = http.client.HTTPConnection(str(host), int(port), timeout=PATIENCE)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/metrics", 200, b"rows\nTEXT"),
        ("/", 200, b"rows\nTEXT"),
        ("/metrics/", 200, b"rows\nTEXT"),
        ("/metrics?name=x", 200, b"rows\nTEXT"),
        ("/services/groups-exporter", 200, b"rows\nTEXT"),
        ("/services/groups-exporter/", 200, b"rows\nTEXT"),
        ("/services/groups-exporter/metrics", 200, b"rows\nTEXT"),
        ("/services/groups-exporter/healthz", 200, b"ok\n"),
        ("/services/groups-exporter/readyz", 200, b"ok\n"),
        ("/healthz", 200, b"ok\n"),
        ("/readyz", 200, b"ok\n"),
        ("/services/groups-exporter-2/metrics", 404, b"not found: the paths are /metrics, /healthz and /readyz\n"),
        ("/services", 404, b"not found: the paths are /metrics, /healthz and /readyz\n"),
        ("/metrics/../etc/passwd", 404, b"not found: the paths are /metrics, /healthz and /readyz\n"),
        ("/favicon.ico", 404, b"not found: the paths are /metrics, /healthz and /readyz\n"),
    ],
)
def test_paths(path: str, status: int, body: bytes) -> None:
    with serving() as server:
        assert get(server, path)[::2] == (status, body)
        assert get(server, path, method="HEAD")[::2] == (status, b"")
        assert get(server, path, method="HEAD")[1]["Content-Length"] == str(len(body))


def test_readyz_has_the_reason() -> None:
    with serving(not_ready=lambda: "no users have been read yet") as server:
        assert get(server, "/readyz")[::2] == (503, b"no users have been read yet\n")
        assert get(server, "/healthz")[0] == 200


def test_headers_of_a_scrape() -> None:
    with serving() as server:
        _, headers, body = get(server, "/metrics", {"Accept": PROMETHEUS_3, "Accept-Encoding": "gzip"})
        assert headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        assert headers["Content-Encoding"] == "gzip"
        assert headers["Vary"] == "Accept, Accept-Encoding"
        assert body == b"rows\nOPENMETRICS gzip"
        _, headers, _ = get(server, "/metrics")
        assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert headers["Content-Encoding"] is None
        assert "Python" not in headers["Server"]


def test_one_connection_serves_many_scrapes() -> None:
    with serving() as server:
        connection = http.client.HTTPConnection("127.0.0.1", int(server.server_address[1]), timeout=PATIENCE)
        connection.connect()
        first = connection.sock
        for _ in range(3):
            connection.request("GET", "/metrics")
            assert connection.getresponse().read() == b"rows\nTEXT"
            assert connection.sock is first
        connection.close()


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x00", b"POST /metrics HTTP/1.1\r\n\r\n"]
)
def test_an_invalid_request_does_not_disturb_other_clients(request_: bytes) -> None:
    with serving() as server:
        with socket.create_connection(("127.0.0.1", int(server.server_address[1])), timeout=PATIENCE) as client:
            client.sendall(request_)
            assert get(server, "/metrics")[0] == 200
        assert get(server, "/metrics")[0] == 200


def test_a_client_that_does_not_read_does_not_delay_others() -> None:
    big = Page({(form, zipped): (b"x" * 20_000_000,) for form in Format for zipped in (False, True)})
    with serving(lambda: big) as server, socket.create_connection(("127.0.0.1", int(server.server_address[1]))) as idle:
        idle.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        assert len(get(server, "/metrics")[2]) == 20_000_000


def test_concurrent_scrapes_during_refreshes_never_see_a_partial_set() -> None:
    """Every generation of the hub renames all groups, so that a page of two generations is noticed."""
    count, generations, scrapers = 300, 30, 12
    wrong: list[str] = []
    seen: set[str] = set()
    scraped = threading.Condition()
    finished = threading.Event()

    def scrape(server: MetricsServer, number: int) -> None:
        headers = {"Accept": PROMETHEUS_3 if number % 2 else "", "Accept-Encoding": "gzip" if number % 3 else ""}
        while not finished.is_set():
            status, answered, body = get(server, "/metrics", headers)
            text = (gzip.decompress(body) if answered["Content-Encoding"] == "gzip" else body).decode()
            groups = {
                name: [
                    line.split('usergroup="')[1].split('"')[0] for line in text.splitlines() if line.startswith(name)
                ]
                for name in ("jupyterhub_user_group_info{", "jupyterhub_user_group_share{")
            }
            names = {group for rows in groups.values() for group in rows}
            if status != 200 or len(names) != 1 or any(len(rows) != count for rows in groups.values()):
                wrong.append(f"{status} {names} {[len(rows) for rows in groups.values()]}")
            with scraped:
                seen.update(names)
                scraped.notify()

    with broken_hub.fake_hub() as hub:
        hub.users = {f"user-{i}": ["generation-0"] for i in range(count)}
        refresher = MembershipRefresher(
            HubClient(hub.api_url, "t").read_users, Accounting(), Origin("hub"), interval=60, version="1"
        )
        refresher.refresh()
        with serving(lambda: refresher.page) as server:
            threads = [threading.Thread(target=scrape, args=(server, number)) for number in range(scrapers)]
            for thread in threads:
                thread.start()
            for generation in range(1, generations):
                name = f"generation-{generation}"
                hub.users = {f"user-{i}": [name] for i in range(count)}
                if generation % 5 == 0:
                    hub.script = [broken_hub.page, broken_hub.status(403)]
                if refresher.refresh():
                    with scraped:
                        assert scraped.wait_for(lambda name=name: name in seen or wrong, PATIENCE)  # type: ignore[misc] # mypy does not infer a default's type
            finished.set()
            for thread in threads:
                thread.join()
    assert wrong == []
    assert seen == {f"generation-{n}" for n in range(generations) if n % 5 or not n}


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs IPv6 on this machine")
def test_all_addresses_include_those_of_ipv6_and_ipv4() -> None:
    server = MetricsServer("::", 0, PREFIX, lambda: PAGE, lambda: None)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        for host in ("::1", "127.0.0.1"):
            connection = http.client.HTTPConnection(host, server.server_address[1], timeout=PATIENCE)
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200, host
            connection.close()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
