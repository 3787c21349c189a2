"""Shows users what remains of their limits, among the progress messages of a start. The spawner's own messages stay."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from hubmeter_hub.quotas import messages
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.quotas.usage import Usage
from hubmeter_promql.client import PrometheusError

# Usage that is less than the whole by more than rounding.
_PART: Final = 1 - 1e-9


@dataclass(frozen=True)
class _Allowed:
    """A start that was allowed: the user's name in series, limits, and usage."""

    name: str
    limits: Sequence[Limit]
    usage: Usage


class Remaining:
    """The messages about what remains, by pending start. Prometheus is queried only if somebody reads them."""

    def __init__(self, readings: Readings, requested: Callable[[Any], Any], clock: Callable[[], float]) -> None:
        """Keep the arguments.

        Args:
            readings: The queries.
            requested: The coroutine function from a spawner to one hour of its server, by resource.
            clock: Unix seconds.
        """
        self._readings = readings
        self._requested = requested
        self._clock = clock
        self._starts: WeakKeyDictionary[asyncio.Future[Any], asyncio.Future[_Allowed]] = WeakKeyDictionary()

    def allowed(self, spawner: Any, name: str, limits: Sequence[Limit], usage: Usage) -> None:
        """Note that the pending start of a spawner was allowed, for a user with limits and known usage."""
        start = self._start(spawner)
        if start is not None and not start.done():
            start.set_result(_Allowed(name, limits, usage))

    async def messages(self, spawner: Any) -> list[str]:
        """Wait until the pending start is allowed, and return a message for each limit, the scarcest last."""
        start = self._start(spawner)
        if start is None:
            return []
        allowed = await asyncio.shield(start)
        try:
            wanted = await self._requested(spawner)
        except Exception as error:  # noqa: BLE001 # of the site's profile list, with which the start itself fails too
            spawner.log.debug("Quota: the size of the server is unknown: %r", error)
            wanted = {}

        async def remaining(limit: Limit) -> messages.Remaining:
            used = allowed.usage.used[limit.resource, limit.window_hours]
            more_at = await self._more_at(spawner, allowed, limit, used) if used else None
            return messages.Remaining(limit, used, wanted.get(limit.resource, 0.0), more_at)

        found = await asyncio.gather(*map(remaining, allowed.limits))
        now = self._clock()
        return [messages.remaining(rest, now) for rest in sorted(found, key=lambda rest: -rest.part)]

    async def _more_at(self, spawner: Any, allowed: _Allowed, limit: Limit, used: float) -> float | None:
        """Return when the oldest usage leaves the window; None if that is unknown."""
        window = (limit.resource, limit.window_hours)
        try:
            return await self._readings.retry_at(
                allowed.name, window, used, allowed.usage.at, lambda rest: rest < used * _PART
            )
        except (PrometheusError, OSError) as error:
            spawner.log.debug("Quota: it is unknown when usage expires: %r", error)
            return None

    def _start(self, spawner: Any) -> asyncio.Future[_Allowed] | None:
        """Return the future of the pending start; None for a spawner that the hub's handlers did not start."""
        spawn = getattr(spawner, "_spawn_future", None)
        if spawn is None:
            return None
        if spawn not in self._starts:
            self._starts[spawn] = asyncio.get_running_loop().create_future()
        return self._starts[spawn]


def add_to(spawner_class: type, remaining: Remaining) -> None:
    """Add the messages to the progress of a spawner class.

    They come as soon as they are known, but between two messages of the class, or after its last. The hub ends the
    generator with the start.
    """
    own: Callable[[Any], Any] = spawner_class.progress  # type: ignore[attr-defined] # a class of JupyterHub

    async def progress(self: Any) -> AsyncIterator[dict[str, Any]]:
        ours = asyncio.ensure_future(remaining.messages(self))
        shown = False
        try:
            async with aclosing(own(self)) as events:
                async for event in events:
                    if ours.done() and not shown:
                        shown = True
                        for message in ours.result():
                            yield {"message": message}
                    yield event
            if not shown:
                for message in await ours:
                    yield {"message": message}
        finally:
            ours.cancel()

    spawner_class.progress = progress  # type: ignore[attr-defined] # as above
