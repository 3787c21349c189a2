"""The HTTP server of the cost exporter: uvicorn, with limits on connections and on the time of a request."""

import asyncio
import resource
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from hubmeter_exporter.costs.api.bounds import App


@dataclass(frozen=True)
class Limits:
    """Limits of all connections.

    Attributes:
        request: Seconds in which a request must have arrived, from the start of the connection or the end of the
            former response.
        response: Seconds in which a response must have been sent, from the end of the request.
        connections: Number of connections at a time; half of the limit on open files if that is lower. A further one
            ends the one that has waited for a request for the longest time.
    """

    request: float = 30.0
    response: float = 120.0
    connections: int = 1000


def create_server(app: App, limits: Limits, **options: Any) -> uvicorn.Server:
    """Return the server; options are those of `uvicorn.Config`."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files != resource.RLIM_INFINITY:
        limits = replace(limits, connections=min(limits.connections, files // 2))
    connection = type("LimitedConnection", (_Connection,), {"limits": limits})
    config = uvicorn.Config(
        app,
        http=connection,
        ws="none",
        lifespan="off",
        log_config=None,
        # asyncio accepts so many connections at once, before one of them can end another one.
        backlog=max(1, limits.connections // 2),
        **options,
    )
    return uvicorn.Server(config)


class _Connection(H11Protocol):
    """Aborts itself when it exceeds a limit. uvicorn limits only the time between two requests."""

    limits: ClassVar[Limits]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in H11Protocol
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        self.since = self.loop.time()
        self._restart(self.limits.request)
        if len(self.connections) > self.limits.connections:
            waiting = (c for c in self.connections if isinstance(c, _Connection) and not c.answers())
            longest = min(waiting, key=lambda connection: connection.since)
            self.connections.discard(longest)
            longest.transport.abort()

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

    def _restart(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self.transport.abort)
