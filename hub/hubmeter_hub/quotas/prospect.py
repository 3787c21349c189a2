"""What a limit means for the servers that run: when they reach it, and when they are stopped. Pure.

The quota guard stops servers by it, and users see it on the usage page and on the hub's pages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hubmeter_hub.quotas.decision import fits
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.usage import HOUR, Usage

# Points of a range query are equal to a multiple of its step, but for rounding.
_EXACT_TO: Final = 1.0


@dataclass(frozen=True)
class Prospect:
    """A limit that the running servers of a user soon reach, or have passed.

    Attributes:
        limit: The limit.
        used: The usage in the window, in base units times hours.
        at: The time of the usage, in unix seconds.
        reached_at: The time at which the limit was passed, or at which it is at the present pace, in unix seconds.
        stops_at: The time from which the servers are stopped; None if they go on.
    """

    limit: Limit
    used: float
    at: float
    reached_at: float
    stops_at: float | None

    @property
    def is_passed(self) -> bool:
        """Whether the limit is used up."""
        return not fits(self.limit, self.used)

    @property
    def is_due(self) -> bool:
        """Whether the servers are stopped now."""
        return self.is_passed and self.stops_at is not None and self.stops_at <= self.at


def is_known(limit: Limit, usage: Usage) -> bool:
    """Return whether the usage is complete and new enough to stop a server."""
    return usage.fresh and usage.counted_since(limit.window_hours) is None


def prospect(limit: Limit, usage: Usage, rate: float, passed_since: float | None) -> Prospect | None:
    """Return what a limit means for running servers; None if it means nothing, or if that is unknown.

    A limit whose resource no running server uses means nothing. Where servers are stopped, it is unknown without the
    time since which the limit has been passed.

    Args:
        limit: The limit.
        usage: The usage in its window.
        rate: The present use of its resource, in base units times hours an hour.
        passed_since: The time since which the limit has been passed, by `passed_since`; None if it has not, or if that
            is unknown.
    """
    when = limit.when_exceeded
    if when is None or rate <= 0 or not is_known(limit, usage):
        return None
    if passed_since is None and needs_past(limit, usage, rate):
        return None
    used, at = usage.used[limit.resource, limit.window_hours], usage.at
    if not fits(limit, used):
        reached_at = at if passed_since is None else passed_since
    else:
        reached_at = at + (limit.value - used) / rate * HOUR
        if when.warn_before is None or reached_at - at > when.warn_before:
            return None
    return Prospect(limit, used, at, reached_at, None if when.stop_after is None else reached_at + when.stop_after)


def needs_past(limit: Limit, usage: Usage, rate: float) -> bool:
    """Return whether `prospect` needs the time since which the limit has been passed."""
    when = limit.when_exceeded
    is_passed = rate > 0 and is_known(limit, usage) and not fits(limit, usage.used[limit.resource, limit.window_hours])
    return is_passed and when is not None and when.stop_after is not None


def passed_since(
    limit: float, used: Mapping[float, float], limits: Mapping[float, float], at: float, step: float
) -> float | None:
    """Return the time since which a limit has been passed without interruption; None if it was not at the end.

    At each point, the usage must reach the limit of now and the limit that rules recorded then: a limit that was
    lowered a moment ago has been passed for a moment. A point without a recorded limit has not passed it.

    Args:
        limit: The limit of now.
        used: The usage in the window by its end, in unix seconds, every ``step`` seconds.
        limits: The recorded limits at the same times.
        at: The time of now. The last point may be up to a step before.
        step: The seconds between two points.
    """
    since: float | None = None
    for time in sorted(used, reverse=True):
        gap = (at if since is None else since) - time
        if gap > step + _EXACT_TO or time not in limits or used[time] < max(limit, limits[time]):
            break
        since = time
    return since


def ordered(prospects: Iterable[Prospect | None]) -> tuple[Prospect, ...]:
    """Return the prospects, the soonest first."""
    return tuple(sorted((found for found in prospects if found is not None), key=_soonest))


def _soonest(found: Prospect) -> tuple[float, str, int]:
    return found.reached_at, found.limit.resource, found.limit.window_hours
