"""A local HTTP server that plays the hub's ``GET /users``, correctly or not, over real sockets."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast
from urllib.parse import parse_qs, urlsplit

from hubmeter_exporter.hub_api import PAGINATED


class Request(BaseHTTPRequestHandler):
    """A request; a behaviour answers it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        hub = self.hub
        query = parse_qs(urlsplit(self.path).query)
        self.offset = int(query["offset"][0])
        self.limit = min(int(query["limit"][0]), hub.max_limit)
        hub.requests.append((self.path, dict(self.headers.items())))
        behaviour = hub.script.pop(0) if hub.script else page
        behaviour(self)

    def send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | dict(headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def page_bytes(self) -> bytes:
        users = self.hub.users
        following = self.offset + self.limit
        more = {"offset": following, "limit": self.limit, "url": "http://elsewhere.invalid/"}
        answer = {
            "items": [
                {"kind": "user", "name": name, "admin": False, "groups": list(groups)}
                for name, groups in list(users.items())[self.offset : following]
            ],
            "_pagination": {
                "offset": self.offset,
                "limit": self.limit,
                "total": len(users),
                "next": more if following < len(users) else None,
            },
        }
        return json.dumps(answer).encode()

    @property
    def hub(self) -> "FakeHub":
        return cast("_Server", self.server).hub

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
        """Log nothing."""


class Clock:
    """A clock that only tests advance: by the sleeps of a client, and by the behaviours of a hub."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


class FakeHub:
    """The groups of users by name, and the behaviours for the next requests; later ones get a page."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self.users: Mapping[str, Sequence[str]] = {}
        self.script: list[Callable[[Request], None]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()  # ends behaviours that wait
        self.clock = Clock()
        self.max_limit = 200

    def tokens(self) -> list[str]:
        """Return the token of each request."""
        return [headers["Authorization"].removeprefix("token ") for _, headers in self.requests]


class _Server(ThreadingHTTPServer):
    hub: FakeHub

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore the errors of clients that disconnect."""


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    server = _Server(("127.0.0.1", 0), Request)
    server.daemon_threads = False  # so that server_close waits for every connection to be closed
    hub = server.hub = FakeHub(f"http://127.0.0.1:{server.server_address[1]}/hub/api")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        hub.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def page(request: Request) -> None:
    """The requested page, as JupyterHub sends it; without the pagination header a list."""
    body = request.page_bytes()
    if request.headers["Accept"] != PAGINATED:
        body = json.dumps(json.loads(body)["items"]).encode()
    request.send(200, body, {"Content-Type": "application/json"})


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[Request], None]:
    return lambda request: request.send(code, body, {k.replace("_", "-"): v for k, v in headers.items()})


def body(content: bytes) -> Callable[[Request], None]:
    return status(200, content, Content_Type="text/html")


def hang(request: Request) -> None:
    """No response; the time of the client passes meanwhile."""
    request.hub.clock.now += 100
    request.hub.released.wait()
    request.close_connection = True


def drip_headers(request: Request) -> None:
    """A response whose first line does not end."""
    _drip(request)


def drip_body(request: Request) -> None:
    """A body of a byte per second, too often for a read timeout."""
    request.send(200, b"[", {"Content-Length": "100000"})
    _drip(request)


def cut(request: Request) -> None:
    """Half of a page, then the end of the connection."""
    full = request.page_bytes()
    request.send(200, full[: len(full) // 2], {"Content-Length": str(len(full))})
    request.close_connection = True


def cut_unnoticed(request: Request) -> None:
    """Half of a page without a length, which only the JSON shows."""
    full = request.page_bytes()
    request.send_response(200)
    request.send_header("Connection", "close")
    request.end_headers()
    request.wfile.write(full[: len(full) // 2])
    request.close_connection = True


def reset(request: Request) -> None:
    """A connection closed without a response."""
    request.close_connection = True


def then(first: Callable[[Request], None], change: Callable[[], None]) -> Callable[[Request], None]:
    """A behaviour, followed by a change in the hub."""

    def behaviour(request: Request) -> None:
        first(request)
        change()

    return behaviour


def _drip(request: Request) -> None:
    request.close_connection = True
    try:
        while not request.hub.released.is_set():
            request.wfile.write(b"x")
            request.hub.clock.now += 1
    except OSError:
        pass  # the client has closed the connection
