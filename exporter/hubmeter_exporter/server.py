"""The HTTP server of both exporters: uvicorn, with limits on connections and on the time of a request."""

import asyncio
import logging
import resource
import signal
import socket
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from hubmeter_exporter import command_line
from hubmeter_exporter.refresh_loop import RefreshLoop

_log = logging.getLogger(__name__)

App = Callable[[MutableMapping[str, Any], Callable[..., Any], Callable[..., Any]], Awaitable[None]]

BODY: Final = "the request has a body; remove it, all parameters are in the URL"
"""The sentence of status 400. The connection must be closed, so that the body is not read as the next request."""


# asyncio accepts up to so many connections before one of them can end another one, and opens their files.
_ACCEPTED: Final = 16
# Connections that the kernel holds until they are accepted. Where the queue is full, a client tries again after 1 s.
_QUEUED: Final = 1024


@dataclass(frozen=True)
class Limits:
    """Limits of all connections.

    Attributes:
        request: Seconds in which a request must have arrived, from the start of the connection or the end of the
            former response.
        response: Seconds in which a response must have been sent, from the end of the request.
        connections: Number of connections at a time; half of the limit on open files if that is lower. A further one
            ends one that waits for a request, of the address with the most such connections: the one that has waited
            for the longest time.
    """

    request: float = 30.0
    response: float = 120.0
    connections: int = 512


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Args:
        host: The address; ``::`` stands for all, including those of IPv4.
        port: 0 for any free port.

    Raises:
        UsageError: The address is not available.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, dualstack_ipv6=host == "::", backlog=_QUEUED)
    except OSError as error:
        raise command_line.cannot_listen(f"{host} port {port}", error) from error
    # Connections inherit it. asyncio sets it only where the socket names its protocol, which create_server does not.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def serve(app: App, listening: socket.socket, refresher: RefreshLoop, started: str) -> int:
    """Log the sentence ``started``, then serve and refresh until SIGTERM or SIGINT.

    Returns:
        0, or 1 after a defect of the refresher.
    """
    server = create_server(app, Limits(), timeout_graceful_shutdown=10)
    defect = threading.Event()

    def end(*_: object) -> None:
        server.should_exit = True

    def end_after_defect() -> None:
        defect.set()
        end()

    # uvicorn has handlers of its own while it runs. At its end it raises the signal again, which must not end the
    # process before this function returns.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    _log.info("%s", started)
    command_line.refresh_in_background(refresher, end_after_defect)
    server.run(sockets=[listening])
    return 1 if defect.is_set() else 0


def create_server(app: App, limits: Limits, **options: Any) -> uvicorn.Server:
    """Return the server; options are those of `uvicorn.Config`. At level DEBUG it logs all requests."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files != resource.RLIM_INFINITY:
        limits = replace(limits, connections=min(limits.connections, files // 2))
    connection = type("LimitedConnection", (_Connection,), {"limits": limits})
    debug = logging.getLogger().isEnabledFor(logging.DEBUG)
    config = uvicorn.Config(
        app,
        http=connection,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        # uvicorn warns of each invalid request, which any client can send.
        log_level="info" if debug else "error",
        access_log=debug,
        server_header=False,
        backlog=_ACCEPTED,
        **options,
    )
    return _Server(config)


def has_body(scope: Mapping[str, Any]) -> bool:
    """Return whether the headers of a request announce a body."""
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0").strip(b"0") != b""


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(_QUEUED)


class _Connection(H11Protocol):
    """Aborts itself when it exceeds a limit. uvicorn limits only the time between two requests."""

    limits: ClassVar[Limits]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in H11Protocol
        super().connection_made(transport)
        transport.set_write_buffer_limits(0)  # a client that does not read holds one piece of a response
        self._timer: asyncio.TimerHandle | None = None
        self.since = self.loop.time()
        self.address = self.client[0] if self.client else ""
        self._restart(self.limits.request)
        if len(self.connections) > self.limits.connections:
            self._end_another()

    def data_received(self, data: bytes) -> None:
        answered = self.answers()
        super().data_received(data)
        if self.answers() and not answered:
            self._restart(self.limits.response)

    def on_response_complete(self) -> None:
        super().on_response_complete()  # begins the next request if it has arrived already
        self.since = self.loop.time()
        self._restart(self.limits.response if self.answers() else self.limits.request)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def answers(self) -> bool:
        """Return whether a request has arrived whose response is not complete."""
        return self.cycle is not None and not self.cycle.response_complete

    def _end_another(self) -> None:
        """End a waiting connection of the address that has most: one that has many does not end those of others."""
        waiting = [c for c in self.connections if isinstance(c, _Connection) and not c.answers()]
        addresses = Counter(connection.address for connection in waiting)
        longest = min(waiting, key=lambda connection: (-addresses[connection.address], connection.since))
        self.connections.discard(longest)
        longest.transport.abort()

    def _restart(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self.transport.abort)
