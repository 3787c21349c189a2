"""Where a user stands: what Prometheus answered beside what is allowed, as the page and the JSON tell it. Pure.

All times are unix seconds. Amounts of compute are in base units times hours (byte-hours, core-hours, GPU-hours),
home storage is in bytes.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from hubmeter_hub.quotas.policy import Limit, Row, window_name
from hubmeter_hub.quotas.units import RESOURCES, words
from hubmeter_hub.quotas.usage import STALE_AFTER

Level = Literal["fine", "high", "over"]
# ok: everything is known. empty: nothing has been recorded for this hub yet. stale: nothing new for a while.
# away: Prometheus gave no answer.
State = Literal["ok", "empty", "stale", "away"]

HIGH: Final = 0.9  # the bar is red above this part of a limit (contract)
HOUR: Final = 3600
DAY: Final = 24 * HOUR
MOST_SLICES: Final = 31
_RESOURCE_TITLES: Final = {"memory": "Memory", "cpu": "CPU", "gpu": "GPU", "cost": "Cost"}
_STORAGE_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


@dataclass(frozen=True)
class Slice:
    """What was used from ``start`` to ``end``. It leaves a window of W seconds from start + W to end + W."""

    start: float
    end: float
    used: float


@dataclass(frozen=True)
class Use:
    """What a user used in one rolling window. ``retry_at``: when enough has left it, where that is needed and known."""

    used: float
    slices: tuple[Slice, ...] = ()
    retry_at: float | None = None


@dataclass(frozen=True)
class Reading:
    """What Prometheus knows of one user.

    ``limits`` are those that were asked for; ``uses`` has (resource, window in hours); ``home_bytes`` and
    ``home_limit_bytes`` are None where not recorded; ``measured_at`` is the newest sample recorded for the hub, None if
    there is none.
    """

    measured_at: float | None
    limits: tuple[Limit, ...]
    uses: Mapping[tuple[str, int], Use]
    home_bytes: float | None = None
    home_limit_bytes: float | None = None


@dataclass(frozen=True)
class Bar:
    """A part of something: ``used`` of ``limit`` in the same unit; a limit of 0 is used up from the start."""

    used: float
    limit: float

    @property
    def ratio(self) -> float:
        """used / limit."""
        if self.limit > 0:
            return self.used / self.limit
        return math.inf if self.used > 0 else 1.0

    @property
    def percent(self) -> int | None:
        """The ratio in whole percent, rounded down, so that 100 means used up; None where nothing is allowed."""
        # A bucket's rounding error must not show 299.999... as 299.
        return math.floor(self.ratio * 100 + 1e-9) if self.limit > 0 else None

    @property
    def filled(self) -> float:
        """How much of the bar is filled, 0 to 100."""
        return round(min(self.ratio, 1.0) * 100, 2)

    @property
    def remaining(self) -> float:
        """What may still be used, never less than 0."""
        return max(self.limit - self.used, 0.0)

    @property
    def level(self) -> Level:
        """How the bar looks."""
        if self.used >= self.limit:
            return "over"
        return "high" if self.ratio > HIGH else "fine"


@dataclass(frozen=True)
class HomeStanding:
    """The home directory: bytes used, of a quota where there is one."""

    used: float
    quota: float | None

    @property
    def bar(self) -> Bar | None:
        """None where there is no quota."""
        return Bar(self.used, self.quota) if self.quota is not None else None

    @property
    def used_words(self) -> str:
        """Such as ``4.2 GiB``."""
        return storage(self.used)

    @property
    def quota_words(self) -> str:
        """Such as ``10 GiB``."""
        return storage(self.quota or 0.0)

    @property
    def remaining_words(self) -> str:
        """Such as ``5.8 GiB``."""
        return storage(self.bar.remaining if self.bar else 0.0)


@dataclass(frozen=True)
class LimitStanding:
    """One limit, and the use of it; no use where it is not known."""

    limit: Limit
    use: Use | None

    @property
    def key(self) -> str:
        """An id for the page, such as ``memory-7d``."""
        return f"{self.limit.resource}-{self.limit.window}"

    @property
    def title(self) -> str:
        """Such as ``Memory, last 7 days``."""
        return f"{_RESOURCE_TITLES[self.limit.resource]}, last {self.window_words}"

    @property
    def window_words(self) -> str:
        """Such as ``7 days``."""
        return duration(self.limit.window_hours * HOUR)

    @property
    def bar(self) -> Bar | None:
        """Used of the limit; None where the use is not known."""
        return Bar(self.use.used, self.limit.value) if self.use else None

    @property
    def limit_words(self) -> str:
        """Such as ``1,000 GiB-hours``."""
        return self._words(self.limit.value)

    @property
    def used_words(self) -> str:
        """Such as ``920 GiB-hours``, in the unit of the limit."""
        return self._words(self.use.used if self.use else 0.0)

    @property
    def remaining_words(self) -> str:
        """Such as ``80 GiB-hours``, in the unit of the limit."""
        return self._words(self.bar.remaining if self.bar else 0.0)

    @property
    def slices(self) -> tuple[Slice, ...]:
        """What was used when, oldest first."""
        return self.use.slices if self.use else ()

    @property
    def slice_name(self) -> str:
        """How long a slice is: ``day``, ``3 hours``."""
        return duration(slice_seconds(self.limit.window_hours)).removeprefix("1 ")

    def slice_words(self, piece: Slice) -> str:
        """Such as ``12.5 GiB-hours``."""
        return self._words(piece.used)

    def leaves(self, piece: Slice) -> tuple[float, float]:
        """When what was used in a slice begins and ends to leave the window."""
        window = self.limit.window_hours * HOUR
        return piece.start + window, piece.end + window

    @property
    def columns(self) -> tuple[tuple[float, float], ...]:
        """Height (0 to 100, of the highest) and share of the chart's width (0 to 100) of each slice."""
        highest = max((piece.used for piece in self.slices), default=0.0) or 1.0
        whole = sum(piece.end - piece.start for piece in self.slices) or 1.0
        return tuple(
            (round(100 * piece.used / highest, 2), round(100 * (piece.end - piece.start) / whole, 3))
            for piece in self.slices
        )

    @property
    def highest_words(self) -> str:
        """The most that was used in a slice."""
        return self._words(max((piece.used for piece in self.slices), default=0.0))

    @property
    def sources_words(self) -> tuple[tuple[str, str], ...]:
        """Whom each merged policy is for, and its limit."""
        return tuple((_scope_words(row), self._words(row.limit)) for row in self.limit.sources)

    def _words(self, amount: float) -> str:
        """Return the amount in the limit's unit (in that of the use, where nothing is allowed)."""
        reference = self.limit.value or (self.use.used if self.use else 0.0)
        number, unit = words(RESOURCES[self.limit.resource], amount, reference)
        return f"{number} {unit.rpartition(' ')[2]}"


@dataclass(frozen=True)
class Standing:
    """All there is to tell one user (or, of that user, an administrator). Limits that are None are not known."""

    username: str
    groups: tuple[str, ...]
    state: State
    measured_at: float | None
    home: HomeStanding | None
    limits: tuple[LimitStanding, ...] | None


def standing(
    username: str,
    groups: tuple[str, ...],
    limits: tuple[Limit, ...] | None,
    reading: Reading | None,
    now: float,
) -> Standing:
    """Return where the user stands at ``now``; no reading means that Prometheus gave no answer.

    Without ``limits`` those of the reading hold.

    Limits come the fullest first. Numbers that are too old are shown, and said to be old; where nothing has been
    recorded at all, the use is not known, which is not the same as none.
    """
    state: State = "ok"
    if reading is None:
        state = "away"
    elif reading.measured_at is None:
        state = "empty"
    elif now - reading.measured_at > STALE_AFTER:
        state = "stale"
    if limits is None and reading is not None:
        limits = reading.limits
    uses = {} if reading is None or reading.measured_at is None else reading.uses
    standings = None
    if limits is not None:
        standings = tuple(LimitStanding(limit, uses.get((limit.resource, limit.window_hours))) for limit in limits)
        standings = tuple(sorted(standings, key=_fullest_first))
    home = None
    if reading is not None and reading.home_bytes is not None:
        home = HomeStanding(reading.home_bytes, reading.home_limit_bytes or None)  # 0: there is none
    return Standing(username, groups, state, reading.measured_at if reading else None, home, standings)


def _fullest_first(one: LimitStanding) -> tuple[float, str, int]:
    return -(one.bar.ratio if one.bar else 0.0), one.limit.resource, one.limit.window_hours


def slice_seconds(window_hours: int) -> int:
    """Return how long a slice is: a day, or several in long windows, or a few hours in short ones."""
    if window_hours <= 48:
        return HOUR * max(1, math.ceil(window_hours / 16))
    return DAY * math.ceil(window_hours / 24 / MOST_SLICES)


def slices_of(window_hours: int, now: float, total: float, uses: Mapping[float, float]) -> tuple[Slice, ...]:
    """Return the slices of the window that ends at ``now``, oldest first.

    ``uses`` has what was used in the whole slices, by the second they end. The oldest slice is shorter where the
    window is no multiple of a slice; it has what remains of the window's ``total``.
    """
    step = slice_seconds(window_hours)
    whole, rest = divmod(window_hours * HOUR, step)
    slices = [Slice(end - step, end, uses.get(end, 0.0)) for end in (now - k * step for k in reversed(range(whole)))]
    if rest:
        start = now - window_hours * HOUR
        slices.insert(0, Slice(start, start + rest, max(total - sum(piece.used for piece in slices), 0.0)))
    return tuple(slices)


def duration(seconds: float) -> str:
    """Return ``7 days``, ``1 day``, ``36 hours``."""
    hours = round(seconds / HOUR)
    number, unit = (hours // 24, "day") if hours % 24 == 0 and hours else (hours, "hour")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def storage(amount: float) -> str:
    """Return bytes as people read them: ``4.2 GiB``."""
    power = 0
    while amount >= 1024 and power < len(_STORAGE_UNITS) - 1:
        amount, power = amount / 1024, power + 1
    return f"{amount:,.1f}".removesuffix(".0") + f" {_STORAGE_UNITS[power]}"


def iso(seconds: float) -> str:
    """Return ``2026-11-22T14:05:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(told: Standing) -> dict[str, Any]:
    """Return what the page tells, for programs; docs/usage-page.md describes it."""
    home = told.home
    return {
        "user": told.username,
        "groups": list(told.groups),
        "state": told.state,
        "measured_at": None if told.measured_at is None else iso(told.measured_at),
        "home_storage": None
        if home is None
        else {
            "used_bytes": home.used,
            "quota_bytes": home.quota,
            "remaining_bytes": home.bar.remaining if home.bar else None,
            "ratio": _finite(home.bar),
        },
        "compute": None if told.limits is None else [_limit_json(one) for one in told.limits],
    }


def _limit_json(one: LimitStanding) -> dict[str, Any]:
    retry_at = one.use.retry_at if one.use else None
    return {
        "resource": one.limit.resource,
        "unit": {"memory": "byte-hours", "cpu": "core-hours", "gpu": "gpu-hours", "cost": "USD"}[one.limit.resource],
        "window": one.limit.window,
        "window_hours": one.limit.window_hours,
        "limit": one.limit.value,
        "used": one.use.used if one.use else None,
        "remaining": one.bar.remaining if one.bar else None,
        "ratio": _finite(one.bar),
        "retry_at": None if retry_at is None else iso(retry_at),
        "policies": [
            {
                "scope": row.scope,
                "name": row.name or None,
                "window": window_name(row.window_hours),
                "limit": row.limit,
            }
            for row in one.limit.sources
        ],
        "used_when": [
            {
                "from": iso(piece.start),
                "to": iso(piece.end),
                "used": piece.used,
                "leaves_from": iso(one.leaves(piece)[0]),
                "leaves_to": iso(one.leaves(piece)[1]),
            }
            for piece in one.slices
        ],
    }


def _finite(bar: Bar | None) -> float | None:
    """Return the ratio; None where it is not known, or infinite, which JSON cannot say."""
    return bar.ratio if bar is not None and math.isfinite(bar.ratio) else None


def _scope_words(row: Row) -> str:
    match row.scope:
        case "group":
            return f"Group {row.name}"
        case "user":
            return f"User {row.name}"
        case "everybody":
            return "Everybody"
        case "fallback":
            return "Users whom no other policy concerns"
