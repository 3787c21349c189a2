"""Bounds of the cost API, so that slow answers of Prometheus leave room for /healthz and /metrics."""

import asyncio
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from hubmeter_exporter.costs.api.problems import problem
from hubmeter_exporter.server import BODY, App, has_body

RETRY_AFTER: Final = 10  # seconds
_CLOSE: Final = {"Connection": "close"}


@dataclass(frozen=True)
class Bounds:
    """The bounds of requests that read the ledger or Prometheus.

    Attributes:
        places: Number of such requests that are answered at a time.
        wait: Seconds for which a request waits for a place.
        query: Seconds for all queries of a request to Prometheus.
        probes: Number of requests to /ready that are answered at a time; others are refused.
        probe: Seconds for the query of /ready.
    """

    places: int = 8
    wait: float = 10.0
    query: float = 60.0
    probes: int = 2
    probe: float = 10.0


class Places:
    """Answers at most so many requests at a time. Each holds its place until its response is sent."""

    def __init__(self, number: int, wait: float) -> None:
        """Take the number of places, and the seconds for which a request waits for one."""
        self.number = number
        self._wait = wait
        self._free = asyncio.Semaphore(number)

    async def take(self) -> bool:
        """Return whether there is a place, now or after waiting."""
        try:
            async with asyncio.timeout(self._wait):
                await self._free.acquire()
        except TimeoutError:
            return False
        return True

    def leave(self) -> None:
        """Free a place."""
        self._free.release()


class Bounded:
    """Middleware that refuses bodies, and requests to these paths for which there is no place."""

    def __init__(self, app: App, places: Mapping[str, Places]) -> None:
        """Wrap the application; paths without places are not bounded."""
        self._app = app
        self._places = places

    async def __call__(
        self, scope: MutableMapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        """Forward a request, or refuse it."""
        if has_body(scope):
            refusal = problem(HTTPStatus.BAD_REQUEST, BODY, _CLOSE)
            return await refusal(scope, receive, send)
        places = self._places.get(scope["path"])
        if places is None:
            return await self._app(scope, receive, send)
        if not await places.take():
            sentence = (
                f"{places.number} requests are being answered, the maximum; Prometheus may be slow; try again in "
                f"{RETRY_AFTER} s"
            )
            refusal = problem(HTTPStatus.SERVICE_UNAVAILABLE, sentence, {"Retry-After": str(RETRY_AFTER)})
            return await refusal(scope, receive, send)
        try:
            await self._app(scope, receive, send)
        finally:
            places.leave()
