"""A user's usage against the limits that apply, as the page and the JSON show it. Pure.

All times are unix seconds. Amounts of compute are in base units times hours (byte-hours, core-hours, GPU-hours),
home storage is in bytes.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise, repeat
from typing import Any, Final, Literal

from hubmeter_hub.quotas.policy import Limit, window_name
from hubmeter_hub.quotas.prospect import Prospect
from hubmeter_hub.quotas.usage import HOUR, STALE_AFTER

Level = Literal["fine", "high", "over"]
# ok: everything is known. empty: no sample has been recorded for this hub. stale: the newest sample is old.
# away: Prometheus gave no answer.
State = Literal["ok", "empty", "stale", "away"]

HIGH: Final = 0.9  # above this share of a limit, the bar is red (contract)
DAY: Final = 24 * HOUR
MOST_SLICES: Final = 31
_JSON_UNITS: Final = {"memory": "byte-hours", "cpu": "core-hours", "gpu": "gpu-hours", "cost": "USD"}


@dataclass(frozen=True, slots=True)
class Slice:
    """The usage from ``start`` to ``end``. It leaves a window of W seconds from start + W to end + W."""

    start: float
    end: float
    used: float


@dataclass(frozen=True, slots=True)
class Slices:
    """Slices without gaps, oldest first: the usage between each two ``edges``, which users of one moment share.

    So a thousand readings that are kept have few objects, all of which each garbage collection visits.
    """

    edges: tuple[float, ...] = ()
    amounts: tuple[float, ...] = ()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.amounts)

    def __iter__(self) -> Iterator[Slice]:
        """Yield the slices."""
        for (start, end), used in zip(pairwise(self.edges), self.amounts, strict=True):
            yield Slice(start, end, used)

    @property
    def oldest(self) -> Slice:
        """The oldest slice."""
        return Slice(self.edges[0], self.edges[1], self.amounts[0])


@dataclass(frozen=True, slots=True)
class Use:
    """A user's usage in one rolling window.

    ``retry_at`` is the time at which enough of it has left the window; None below the limit, and if it is unknown.
    ``used_up_at`` is the time at which the limit is used up at the pace of the last days; None without a forecast.
    ``prospect`` is what the limit means for running servers; None if it means nothing, and if that is unknown.
    """

    used: float
    slices: Slices = Slices()
    retry_at: float | None = None
    used_up_at: float | None = None
    prospect: Prospect | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The recorded series of one user.

    Attributes:
        measured_at: The newest sample recorded for the hub; None if there is none.
        limits: The limits of the user.
        uses: The usage by (resource, window in hours).
        home_bytes: None if not recorded.
        home_limit_bytes: None if not recorded.
        counted_since: By window in hours, the time since which usage is recorded, if that is later than the window's
            start.
    """

    measured_at: float | None
    limits: tuple[Limit, ...]
    uses: Mapping[tuple[str, int], Use]
    home_bytes: float | None = None
    home_limit_bytes: float | None = None
    counted_since: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Bar:
    """``used`` of ``limit``, in the same unit; a limit of 0 is used up from the start."""

    used: float
    limit: float

    @property
    def ratio(self) -> float:
        """used / limit."""
        if self.limit > 0:
            return self.used / self.limit
        return math.inf if self.used > 0 else 1.0

    @property
    def filled(self) -> float:
        """The filled part of the bar, 0 to 100."""
        return round(min(self.ratio, 1.0) * 100, 2)

    @property
    def remaining(self) -> float:
        """The rest of the limit, never less than 0."""
        return max(self.limit - self.used, 0.0)

    @property
    def level(self) -> Level:
        """The look of the bar."""
        if self.used >= self.limit:
            return "over"
        return "high" if self.ratio > HIGH else "fine"


@dataclass(frozen=True)
class HomeSummary:
    """The home directory: bytes used, and its quota, if any."""

    used: float
    quota: float | None

    @property
    def bar(self) -> Bar | None:
        """None without a quota."""
        return Bar(self.used, self.quota) if self.quota is not None else None


@dataclass(frozen=True)
class LimitSummary:
    """One limit, and the usage that counts towards it; None where that is not known.

    ``counted_since`` is the time since which usage is recorded, if that is later than the window's start.
    """

    limit: Limit
    use: Use | None
    counted_since: float | None = None

    @property
    def key(self) -> str:
        """An id for the page, such as ``memory-7d``."""
        return f"{self.limit.resource}-{self.limit.window}"

    @property
    def bar(self) -> Bar | None:
        """None where the usage is not known."""
        return Bar(self.use.used, self.limit.value) if self.use else None

    @property
    def slices(self) -> Slices:
        """The usage over time, oldest first."""
        return self.use.slices if self.use else Slices()

    @property
    def slice_hours(self) -> int:
        """The length of a slice."""
        return slice_seconds(self.limit.window_hours) // HOUR

    def leaves(self, piece: Slice) -> tuple[float, float]:
        """Return when a slice begins and ends to leave the window."""
        window = self.limit.window_hours * HOUR
        return piece.start + window, piece.end + window

    @property
    def highest(self) -> float:
        """The usage of the largest slice."""
        return max(self.slices.amounts, default=0.0)


@dataclass(frozen=True)
class Summary:
    """Everything the page shows of one user. Limits that are None are not known."""

    username: str
    groups: tuple[str, ...]
    state: State
    measured_at: float | None
    home: HomeSummary | None
    limits: tuple[LimitSummary, ...] | None


def state_of(reading: Reading | None, now: float) -> State:
    """Return the state of a reading, or of no answer, at ``now``."""
    if reading is None:
        return "away"
    if reading.measured_at is None:
        return "empty"
    return "stale" if now - reading.measured_at > STALE_AFTER else "ok"


def summarize(
    username: str,
    groups: tuple[str, ...],
    limits: tuple[Limit, ...] | None,
    reading: Reading | None,
    now: float,
) -> Summary:
    """Return the summary at ``now``, the fullest limit first.

    Args:
        username: The user.
        groups: The user's groups.
        limits: The limits that apply; None for those of the reading.
        reading: None where Prometheus gave no answer.
        now: Unix seconds. Numbers older than `STALE_AFTER` are shown and marked as stale. Where nothing has been
            recorded, the usage is unknown, which differs from 0.
    """
    state = state_of(reading, now)
    if limits is None and reading is not None:
        limits = reading.limits
    uses = {} if reading is None or reading.measured_at is None else reading.uses
    since = {} if reading is None else reading.counted_since
    summaries = None
    if limits is not None:
        summaries = tuple(
            LimitSummary(limit, uses.get((limit.resource, limit.window_hours)), since.get(limit.window_hours))
            for limit in limits
        )
        summaries = tuple(sorted(summaries, key=_fullest_first))
    home = None
    if reading is not None and reading.home_bytes is not None:
        home = HomeSummary(reading.home_bytes, reading.home_limit_bytes or None)  # 0: there is none
    return Summary(username, groups, state, reading.measured_at if reading else None, home, summaries)


def _fullest_first(summary: LimitSummary) -> tuple[float, str, int]:
    ratio = summary.bar.ratio if summary.bar else 0.0
    return -ratio, summary.limit.resource, summary.limit.window_hours


def slice_seconds(window_hours: int) -> int:
    """Return the length of a slice: a day, several days in long windows, a few hours in short ones."""
    if window_hours <= 48:
        return HOUR * max(1, math.ceil(window_hours / 16))
    return DAY * math.ceil(window_hours / 24 / MOST_SLICES)


def slices_of(window_hours: int, now: float, total: float, uses: Mapping[float, float]) -> Slices:
    """Return the slices of the window that ends at ``now``, oldest first.

    ``uses`` has the usage of whole slices by the second they end. The oldest slice is shorter where the window is no
    multiple of a slice; it gets the rest of the window's ``total``.
    """
    edges = _edges(window_hours, now)
    amounts = tuple(map(uses.get, edges[1:], repeat(0.0)))
    if window_hours * HOUR % slice_seconds(window_hours):
        amounts = max(total - sum(amounts[1:]), 0.0), *amounts[1:]
    return Slices(edges, amounts)


@lru_cache(maxsize=64)
def _edges(window_hours: int, now: float) -> tuple[float, ...]:
    """Return the times between the slices, with the start and the end of the window."""
    step = slice_seconds(window_hours)
    whole, rest = divmod(window_hours * HOUR, step)
    edges = [now - k * step for k in reversed(range(whole + 1))]
    return (now - window_hours * HOUR, *edges) if rest else tuple(edges)


def iso(seconds: float) -> str:
    """Return ``2026-11-22T14:05:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(summary: Summary) -> dict[str, Any]:
    """Return the summary for programs, as docs/usage-page.md describes it."""
    home = summary.home
    return {
        "user": summary.username,
        "groups": list(summary.groups),
        "state": summary.state,
        "measured_at": None if summary.measured_at is None else iso(summary.measured_at),
        "home_storage": None
        if home is None
        else {
            "used_bytes": home.used,
            "quota_bytes": home.quota,
            "remaining_bytes": home.bar.remaining if home.bar else None,
            "ratio": _finite(home.bar),
        },
        "compute": None if summary.limits is None else [_limit_json(limit) for limit in summary.limits],
    }


def _limit_json(summary: LimitSummary) -> dict[str, Any]:
    retry_at = summary.use.retry_at if summary.use else None
    used_up_at = summary.use.used_up_at if summary.use else None
    stops_at = summary.use.prospect.stops_at if summary.use and summary.use.prospect else None
    return {
        "resource": summary.limit.resource,
        "unit": _JSON_UNITS[summary.limit.resource],
        "window": summary.limit.window,
        "window_hours": summary.limit.window_hours,
        "limit": summary.limit.value,
        "used": summary.use.used if summary.use else None,
        "remaining": summary.bar.remaining if summary.bar else None,
        "ratio": _finite(summary.bar),
        "retry_at": None if retry_at is None else iso(retry_at),
        "used_up_at": None if used_up_at is None else iso(used_up_at),
        "stops_at": None if stops_at is None else iso(stops_at),
        "counted_since": None if summary.counted_since is None else iso(summary.counted_since),
        "policies": [
            {
                "scope": row.scope,
                "name": row.name or None,
                "window": window_name(row.window_hours),
                "limit": row.limit,
            }
            for row in summary.limit.sources
        ],
        "grants": [
            {"scope": grant.scope, "name": grant.name, "amount": grant.amount, "until": iso(grant.until)}
            for grant in summary.limit.grants
        ],
        "used_when": [
            {
                "from": iso(piece.start),
                "to": iso(piece.end),
                "used": piece.used,
                "leaves_from": iso(summary.leaves(piece)[0]),
                "leaves_to": iso(summary.leaves(piece)[1]),
            }
            for piece in summary.slices
        ],
    }


def _finite(bar: Bar | None) -> float | None:
    """Return the ratio; None where it is unknown, or infinite, which JSON has no number for."""
    return bar.ratio if bar is not None and math.isfinite(bar.ratio) else None
