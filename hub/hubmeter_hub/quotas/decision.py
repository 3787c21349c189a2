"""Whether a server may start: limits beside use. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.usage import Window


@dataclass(frozen=True)
class Excess:
    """A limit that stands against the server.

    ``used`` and ``requested`` are in base units times hours; ``requested`` is one hour of the server, and 0 where
    that does not count. ``retry_at`` is in unix seconds, None where waiting does not help or it is not known.
    """

    limit: Limit
    used: float
    requested: float
    retry_at: float | None = None

    @property
    def used_up(self) -> bool:
        """Whether nothing remains, whatever the server's size."""
        return self.used >= self.limit.value

    def fits(self, used: float) -> bool:
        """Return whether the server could start, had only ``used`` been used."""
        return fits(self.limit, used, self.requested)


def fits(limit: Limit, used: float, requested: float = 0.0) -> bool:
    """Return whether something remains of the limit, and enough for one hour of what is requested."""
    return used < limit.value and used + requested <= limit.value


def excesses(
    limits: Iterable[Limit], used: Mapping[Window, float], requested: Mapping[str, float]
) -> tuple[Excess, ...]:
    """Return the limits that stand against the server, in their order; none means that it may start."""
    found = (
        Excess(limit, used[limit.resource, limit.window_hours], requested.get(limit.resource, 0.0)) for limit in limits
    )
    return tuple(excess for excess in found if not excess.fits(excess.used))
