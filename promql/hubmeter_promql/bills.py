"""Terms of bills that the cost exporter, its API and readers of both share."""

from datetime import date, timedelta
from typing import Final, Literal

_EPOCH: Final = date(1970, 1, 1)

# "estimated": the settlement days have passed, but its source may still change the bill; "open": they have not passed.
BillState = Literal["settled", "estimated", "open", "missing"]

# The components with a cost driver; all others are overhead.
COMPUTE: Final = "compute"
HOME_STORAGE: Final = "home storage"
GPU: Final = "gpu"

# The users and groups of costs that no user's usage explains: of capacity that was not in use, and all others.
IDLE: Final = "idle"
UNALLOCATED: Final = "unallocated"
RESTS: Final = (IDLE, UNALLOCATED)


def days_of(first: date, last: date) -> list[date]:
    """Return the days from ``first`` to ``last``, which is included; none if it is earlier."""
    return [first + timedelta(number) for number in range((last - first).days + 1)]


def start_of(day: date) -> float:
    """Return the Unix time in seconds at which a UTC day begins."""
    return (day - _EPOCH).days * 86_400.0
