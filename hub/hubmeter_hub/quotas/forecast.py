"""When a limit is used up at the pace of the last days. Pure; the dashboard Quotas has the same formula.

The pace is the growth of the usage in the window: what was used minus what left it.
"""

from collections.abc import Mapping
from typing import Final

DAY: Final = 86400.0
# The growth is that of the last three days, or of the last day if the user had used nothing three days ago.
DAYS_AGO: Final = (3, 1)
# In shorter windows, the growth of a day is not that of the next one. A forecast of more days would be a guess.
SHORTEST_HOURS: Final = 168
FURTHEST: Final = 7 * DAY
# Below this part of the limit there is no forecast.
USED: Final = 0.2


def is_due(window_hours: int, limit: float, used: float) -> bool:
    """Return whether a limit can have a forecast: a window of a week or more, and more than a fifth is used.

    Windows are whole days, which is how the rules spell them.
    """
    return window_hours >= SHORTEST_HOURS and window_hours % 24 == 0 and limit * USED < used < limit


def seconds_left(limit: float, used: float, before: Mapping[int, float]) -> float | None:
    """Return the seconds until the usage reaches the limit; None without growth, or if that is over a week away.

    Args:
        limit: The limit, in base units times hours.
        used: The usage in the window.
        before: The usage in the window that ended so many days ago, by `DAYS_AGO`. All 0: the user has used servers for
            less than a day, and there is no forecast.
    """
    days = next((days for days in DAYS_AGO if before[days] > 0), None)
    if days is None or used <= before[days]:
        return None
    seconds = (limit - used) / (used - before[days]) * days * DAY
    return seconds if seconds < FURTHEST else None
