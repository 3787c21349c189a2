"""Runs an application as the exporters do, on a free port; and what raw connections to it send and receive."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import uvicorn

from hubmeter_exporter.server import App, Limits, create_server, listen
from tests.waiting import PATIENCE, wait_until

LIMITS = Limits(request=PATIENCE, response=PATIENCE)


class Served(NamedTuple):
    """A server that runs."""

    port: int
    server: uvicorn.Server


@contextmanager
def serving(app: App, limits: Limits = LIMITS, host: str = "127.0.0.1") -> Iterator[Served]:
    """Serve, and yield the server."""
    with listen(host, 0) as listening:
        server = create_server(app, limits)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            wait_until(lambda: server.started or not thread.is_alive(), lambda: "the server listens", every=0.01)
            yield Served(listening.getsockname()[1], server)
        finally:
            server.should_exit = True
            thread.join()


def with_body(following: bytes) -> list[tuple[bytes, bytes]]:
    """Return headers and bodies of requests whose method has no body; some bodies hold a request that may follow."""
    return [
        (b"Content-Length: 5", b"hello"),
        (b"Content-Length: %d" % len(following), following),
        (b"Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n" + following),
        (b"Content-Length: 0\r\nTransfer-Encoding: chunked", b"0\r\n\r\n" + following),
        (b"Content-Length: 1000000", b""),
    ]


def received(connection: socket.socket) -> bytes:
    """Return everything that the server sends until it closes the connection."""
    parts = []
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)
