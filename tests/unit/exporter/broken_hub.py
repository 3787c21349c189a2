"""A local HTTP server that plays the hub's ``GET /users``, well or badly, over real sockets."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlsplit

from hubmeter_exporter.hub_api import PAGINATED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


class Request(BaseHTTPRequestHandler):
    """One request; behaviours answer it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        hub = cast("_Server", self.server).hub
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
        users = cast("_Server", self.server).hub.users
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
    def released(self) -> threading.Event:
        return cast("_Server", self.server).hub.released

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
        """Say nothing."""


class FakeHub:
    """Users, by name, and what the next requests get instead of a page."""

    def __init__(self, api_url: str) -> None:
        self.api_url = api_url
        self.users: Mapping[str, Sequence[str]] = {}
        self.script: list[Callable[[Request], None]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()  # ends behaviours that wait
        self.max_limit = 200


class _Server(ThreadingHTTPServer):
    hub: FakeHub

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients of a broken hub go away at any moment."""


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
    """The page asked for, as JupyterHub answers it; without the pagination header a bare list."""
    body = request.page_bytes()
    if request.headers["Accept"] != PAGINATED:
        body = json.dumps(json.loads(body)["items"]).encode()
    request.send(200, body, {"Content-Type": "application/json"})


def status(code: int, body: bytes = b"", **headers: str) -> Callable[[Request], None]:
    return lambda request: request.send(code, body, {k.replace("_", "-"): v for k, v in headers.items()})


def body(content: bytes) -> Callable[[Request], None]:
    return status(200, content, Content_Type="text/html")


def hang(request: Request) -> None:
    """No answer at all."""
    request.released.wait()
    request.close_connection = True


def drip_headers(request: Request) -> None:
    """An answer whose first line never ends."""
    _drip(request)


def drip_body(request: Request) -> None:
    """A body of which a byte comes now and then, too often for a read timeout."""
    request.send(200, b"[", {"Content-Length": "100000"})
    _drip(request)


def cut(request: Request) -> None:
    """Half of a page, then nothing."""
    full = request.page_bytes()
    request.send(200, full[: len(full) // 2], {"Content-Length": str(len(full))})
    request.close_connection = True


def cut_unnoticed(request: Request) -> None:
    """Half of a page without a length, so that only the JSON shows it."""
    full = request.page_bytes()
    request.send_response(200)
    request.send_header("Connection", "close")
    request.end_headers()
    request.wfile.write(full[: len(full) // 2])
    request.close_connection = True


def reset(request: Request) -> None:
    """A connection closed without a word."""
    request.close_connection = True


def then(first: Callable[[Request], None], change: Callable[[], None]) -> Callable[[Request], None]:
    """Answer, after which something changes in the hub."""

    def both(request: Request) -> None:
        first(request)
        change()

    return both


def _drip(request: Request) -> None:
    request.close_connection = True
    try:
        while not request.released.is_set():
            request.wfile.write(b"x")
            time.sleep(0.02)
    except OSError:
        pass  # the client has had enough
