"""Responses over real sockets."""

import gzip
import http.client
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

import tests.serving
from hubmeter_exporter.exposition import Format, Page
from hubmeter_exporter.hub_api import HubClient
from hubmeter_exporter.membership import Accounting
from hubmeter_exporter.metrics import Origin
from hubmeter_exporter.paths import Paths
from hubmeter_exporter.refresh import MembershipRefresher
from hubmeter_exporter.server import Limits
from tests.serving import LIMITS, received, with_body
from tests.unit.exporter import broken_hub
from tests.waiting import PATIENCE, wait_until

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
    page: Callable[[], Page] = lambda: PAGE, not_ready: Callable[[], str | None] = lambda: None, limits: Limits = LIMITS
) -> Iterator[int]:
    with tests.serving.serving(Paths(PREFIX, page, not_ready), limits) as served:
        yield served.port


def get(
    port: int, path: str, headers: dict[str, str] | None = None, method: str = "GET", host: str = "127.0.0.1"
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


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
    with serving() as port:
        assert get(port, path)[::2] == (status, body)
        assert get(port, path, method="HEAD")[::2] == (status, b"")
        assert get(port, path, method="HEAD")[1]["Content-Length"] == str(len(body))


def test_readyz_has_the_reason() -> None:
    with serving(not_ready=lambda: "no users have been read yet") as port:
        assert get(port, "/readyz")[::2] == (503, b"no users have been read yet\n")
        assert get(port, "/healthz")[0] == 200


def test_headers_of_a_scrape() -> None:
    with serving() as port:
        _, headers, body = get(port, "/metrics", {"Accept": PROMETHEUS_3, "Accept-Encoding": "gzip"})
        assert headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        assert headers["Content-Encoding"] == "gzip"
        assert headers["Vary"] == "Accept, Accept-Encoding"
        assert body == b"rows\nOPENMETRICS gzip"
        _, headers, _ = get(port, "/metrics")
        assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert headers["Content-Encoding"] is None
        assert headers["Server"] is None


def test_one_connection_serves_many_scrapes() -> None:
    with serving() as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
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
    with serving() as port:
        with connect(port) as client:
            client.sendall(request_)
            assert get(port, "/metrics")[0] == 200
        assert get(port, "/metrics")[0] == 200


def test_a_client_that_does_not_read_does_not_delay_others() -> None:
    big = Page({(form, zipped): (b"x" * 20_000_000,) for form in Format for zipped in (False, True)})
    with serving(lambda: big) as port, connect(port) as idle:
        idle.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        assert len(get(port, "/metrics")[2]) == 20_000_000


def test_concurrent_scrapes_during_refreshes_never_see_a_partial_set() -> None:
    """Every generation of the hub renames all groups, so that a page of two generations is noticed."""
    count, generations, scrapers = 300, 30, 12
    wrong: list[str] = []
    seen: set[str] = set()
    scraped = threading.Condition()
    finished = threading.Event()

    def scrape(port: int, number: int) -> None:
        headers = {"Accept": PROMETHEUS_3 if number % 2 else "", "Accept-Encoding": "gzip" if number % 3 else ""}
        while not finished.is_set():
            status, answered, body = get(port, "/metrics", headers)
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
        with serving(lambda: refresher.page) as port:
            threads = [threading.Thread(target=scrape, args=(port, number)) for number in range(scrapers)]
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
    with tests.serving.serving(Paths(PREFIX, lambda: PAGE, lambda: None), host="::") as served:
        for host in ("::1", "127.0.0.1"):
            assert get(served.port, "/healthz", host=host)[0] == 200, host


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(method: str) -> None:
    with serving() as port:
        status, headers, body = get(port, "/metrics", method=method, headers={"Content-Length": "0"})
    assert (status, headers["Allow"], body) == (405, "GET, HEAD", b"the methods are GET and HEAD\n")


NEXT = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(("headers", "body"), with_body(NEXT))
@pytest.mark.parametrize("path", [b"/metrics", b"/healthz", b"/other"])
def test_a_request_with_a_body_is_refused_and_its_connection_closed(path: bytes, headers: bytes, body: bytes) -> None:
    with serving() as port, connect(port) as connection:
        connection.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n" + body)
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"the request has a body; remove it, all parameters are in the URL\n")


@pytest.mark.parametrize("sent", [b"", b"G", NEXT[:-2], NEXT + b"GET"])
def test_a_connection_without_a_whole_request_is_closed(sent: bytes) -> None:
    with serving(limits=replace(LIMITS, request=0.2)) as port, connect(port) as connection:
        connection.sendall(sent)
        assert received(connection).count(b"HTTP/1.1 200") == sent.count(b"\r\n\r\n")
        assert get(port, "/healthz")[0] == 200


@pytest.mark.skipif(sys.platform != "linux", reason="needs 127.0.0.2, which other systems do not have")
def test_the_connections_of_an_address_do_not_end_those_of_others() -> None:
    with serving(limits=replace(LIMITS, connections=4)) as port, connect(port) as mine, ExitStack() as stack:
        others = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE, ("127.0.0.2", 0)))
            for _ in range(9)
        ]
        for connection in others[:6]:
            assert received(connection) == b""
        mine.sendall(NEXT)
        assert mine.recv(12) == b"HTTP/1.1 200"
        others[-1].sendall(NEXT)
        assert others[-1].recv(12) == b"HTTP/1.1 200"


def test_a_client_that_does_not_read_is_disconnected_and_holds_little_of_the_page() -> None:
    big = Page({(form, zipped): (b"x" * 20_000_000,) for form in Format for zipped in (False, True)})
    paths, limits = Paths(PREFIX, lambda: big, lambda: None), replace(LIMITS, response=0.2)
    with tests.serving.serving(paths, limits) as served, connect(served.port) as idle:
        idle.sendall(NEXT.replace(b"healthz", b"metrics"))
        (connection,) = wait_until(lambda: [*served.server.server_state.connections], lambda: "a connection")
        wait_until(connection.transport.get_write_buffer_size, lambda: "the client's buffers are full")
        assert connection.transport.get_write_buffer_size() <= 262_144
        wait_until(lambda: not served.server.server_state.connections, lambda: "the connection is closed")
        assert len(received(idle)) < 20_000_000
