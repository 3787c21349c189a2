"""Compares usage with limits: the decision whether a server may start. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.usage import Window


@dataclass(frozen=True)
class Excess:
    """A limit that denies a server.

    Attributes:
        limit: The limit.
        used: The usage in the window, in base units times hours.
        requested: One hour of the server in the same unit; 0 if requests are not counted.
        retry_at: Unix seconds from which the server may start; None if waiting does not help, or if it is unknown.
    """

    limit: Limit
    used: float
    requested: float
    retry_at: float | None = None

    @property
    def used_up(self) -> bool:
        """Whether the limit is used up, for a server of any size."""
        return self.used >= self.limit.value

    def fits(self, used: float) -> bool:
        """Return whether the server could start if the usage were ``used``."""
        return fits(self.limit, used, self.requested)


def fits(limit: Limit, used: float, requested: float = 0.0) -> bool:
    """Return whether the limit is not used up, and one hour of the request would not exceed it."""
    return used < limit.value and used + requested <= limit.value


def excesses(
    limits: Iterable[Limit], used: Mapping[Window, float], requested: Mapping[str, float]
) -> tuple[Excess, ...]:
    """Return the limits that deny the server, in their order. Without any, it may start."""
    candidates = (
        Excess(limit, used[limit.resource, limit.window_hours], requested.get(limit.resource, 0.0)) for limit in limits
    )
    return tuple(excess for excess in candidates if not excess.fits(excess.used))
