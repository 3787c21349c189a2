"""Twelve days of two hubs' usage and bills, and what each user, pair and group cost, computed in plain Python.

Usage is one sample every 5 minutes, as a rule of that interval records it. Bills come a day late; one comes later, one
is revised, one never comes. What a cost exporter would show of them is worked out here a second time, by the words of
docs/costs.md ("Days that are not settled"): a settled day's price is its bill divided by its usage.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

DAY: Final = 86_400
STEP: Final = 300
START: Final = 1_766_620_800  # 2025-12-25T00:00Z, so that months have days
DAYS: Final = 12
GIB: Final = 2**30

COMPONENTS: Final = {"compute": "compute", "home": "home storage", "gpu": "gpu"}  # of drivers
SETTLED_AFTER: Final = 3 * DAY  # from the day's beginning: two whole days after its end

Key = tuple[str, ...]


@dataclass(frozen=True)
class User:
    """What a user requests between two hours of each day, and the groups: (from this second, group -> share)."""

    namespace: str
    name: str
    hours: tuple[int, int]
    memory: float
    cpu: float
    gpu: float
    home: float
    groups: tuple[tuple[int, Mapping[str, float]], ...]
    days: tuple[int, int] = (0, DAYS)

    def groups_at(self, at: int) -> Mapping[str, float]:
        """Return group -> share; {} for a user whom no group claims."""
        return [groups for since, groups in self.groups if START + since <= at][-1]

    def uses(self, at: int) -> dict[str, float]:
        """Return driver (and ``cpu``) -> what is requested at the moment."""
        day, hour = divmod((at - START) // 3600, 24)
        used = {"home": self.home} if self.home else {}
        if self.days[0] <= day < self.days[1] and self.hours[0] <= hour < self.hours[1]:
            used |= {k: v for k, v in (("compute", self.memory), ("cpu", self.cpu), ("gpu", self.gpu)) if v}
        return used


def _always(**groups: float) -> tuple[tuple[int, Mapping[str, float]], ...]:
    return ((0, groups),)


USERS: Final = (
    User("prod", "ann", (9, 17), 4 * GIB, 2, 0, 3 * GIB, _always(physics=1.0)),
    User("prod", "anna", (22, 24), 2 * GIB, 1, 0, 1 * GIB, _always(physics=0.5, biology=0.5)),
    # Changes groups on the third day, at 12:00, while the server runs.
    User(
        "prod", "ana.lópez@uni.edu", (8, 20), 8 * GIB, 4, 1, 7 * GIB,
        ((0, {"physics": 1.0}), (2 * DAY + 12 * 3600, {"biology": 1.0})),
    ),
    User("prod", "Bob-Smith", (0, 24), 1 * GIB, 16, 0, 0.25 * GIB, _always(a=1 / 3, b=1 / 3, physics=1 / 3)),
    User("prod", "x--y", (10, 11), 16 * GIB, 1, 0, 0, ((0, {}),)),
    User("prod", "x" * 80, (0, 1), 3 * GIB, 1, 0, 2 * GIB, _always(none=1.0), (4, 7)),
    User("teach", "ann", (14, 16), 2 * GIB, 1, 0, 1 * GIB, _always(**{"course 101": 1.0})),
    # The hub's only user of a GPU, on a single day.
    User("teach", "zoe", (9, 10), 2 * GIB, 1, 2, 0, _always(**{"course 101": 1.0}), (6, 7)),
)  # fmt: skip

# Prometheus was down: nothing was recorded.
DOWN: Final = (START + 4 * DAY + 10 * 3600, START + 4 * DAY + 10 * 3600 + 1800)
# The cost exporter was down: no price was known.
SILENT: Final = (START + 6 * DAY + 13 * 3600, START + 6 * DAY + 15 * 3600)

# Cents a day by (namespace, component); "" is shared and "core" has no driver.
_BILL: Final = {
    ("prod", "compute"): 1234, ("prod", "home storage"): 77, ("prod", "gpu"): 900, ("teach", "compute"): 333,
    ("teach", "home storage"): 10, ("teach", "gpu"): 250, ("prod", "core"): 401,
}  # fmt: skip
LATE, REVISED, MISSING = 3, 2, 5


@dataclass(frozen=True)
class Price:
    """The price of a unit on a day, as the exporter knows it; estimated while the day is not settled."""

    day: int
    namespace: str
    driver: str
    usd: float
    estimated: bool


def moments(more: int = 0) -> range:
    """Return when something was measured: every 5 minutes, and for so many seconds after the days."""
    return range(START, START + DAYS * DAY + more, STEP)


def recorded_at(at: int) -> bool:
    """Return whether Prometheus ran."""
    return not DOWN[0] <= at < DOWN[1]


def cents(day: int, namespace: str, component: str) -> int:
    """Return what the day cost in the end: no two days cost the same."""
    amount = _BILL.get((namespace, component), 0)
    return (amount + 7 * day if amount else 0) * (2 if day == REVISED else 1)


def bill_known(at: int, day: int) -> dict[tuple[str, str], int] | None:
    """Return (namespace, component) -> cents of a day's bill as known at a moment; None while there is none."""
    arrives = START + day * DAY + {LATE: 5 * DAY + 7200, MISSING: 99 * DAY}.get(day, DAY + 7200)
    if at < arrives:
        return None
    revised = day == REVISED and at < START + (day + 4) * DAY
    return {key: cents(day, *key) // (2 if revised else 1) for key in _BILL}


def usage() -> dict[tuple[int, str, Key, str], float]:
    """Return (day, level, values of its labels, driver) -> what was used, in the driver's unit times hours."""
    found: dict[tuple[int, str, Key, str], float] = defaultdict(float)
    for at in moments(STEP):
        for user in USERS if recorded_at(at) else ():
            for driver, amount in user.uses(at).items():
                # Home directories are read at full hours, for the hour before.
                step, begin = (3600, at - 3600) if driver == "home" else (STEP, at)
                if driver == "cpu" or at % step or not START <= begin < START + DAYS * DAY:
                    continue
                for level, key, part in bearers(user, at):
                    found[(begin - START) // DAY, level, key, driver] += amount * part * step / 3600
    return dict(found)


def bearers(user: User, at: int) -> Iterator[tuple[str, Key, float]]:
    """Yield who bears a user's use: (level, values of its labels, part)."""
    yield "namespace_username", (user.namespace, user.name), 1
    yield "namespace", (user.namespace,), 1
    for group, share in (user.groups_at(at) or {"": 1.0}).items():
        yield "namespace_usergroup_username", (user.namespace, group, user.name), share
        yield "namespace_usergroup", (user.namespace, group), share


def prices(at: int, used: Mapping[tuple[int, str, Key, str], float]) -> list[Price]:
    """Return what the exporter shows at a moment: a price for every day up to today.

    A settled day with a bill has its own. Another day has that of the last seven settled days before it, or until the
    first of them that of the days before today that are not settled.
    """
    today = (at - START) // DAY
    by_day: dict[tuple[str, str], dict[int, tuple[float, float]]] = defaultdict(dict)  # day -> dollars, usage
    for day in range(today + 1):
        for (namespace, component), amount in (bill_known(at, day) or {}).items():
            driver = next((d for d, c in COMPONENTS.items() if c == component), "")
            if whole := used.get((day, "namespace", (namespace,), driver), 0):
                by_day[namespace, driver][day] = amount / 100, whole
    rows = []
    for (namespace, driver), days in by_day.items():
        for day in range(today + 1):
            if _is_settled(at, day) and bill_known(at, day) is not None:
                if day in days:
                    usd, whole = days[day]
                    rows.append(Price(day, namespace, driver, usd / whole, estimated=False))
            elif estimate := _estimate(at, day, days):
                rows.append(Price(day, namespace, driver, estimate, estimated=True))
    return rows


def _is_settled(at: int, day: int) -> bool:
    return at >= START + day * DAY + SETTLED_AFTER


def _estimate(at: int, day: int, days: Mapping[int, tuple[float, float]]) -> float:
    """Return the estimated price of a day from the cost and usage of others; 0 if there is none."""
    settled = [other for other in days if _is_settled(at, other) and other < day]
    if not settled:
        if _is_settled(at, day) or day < min(days):
            return 0.0
        still_open = [other for other in days if not _is_settled(at, other)]
        today = (at - START) // DAY
        return _mean([days[other] for other in still_open if other < today] or [days[other] for other in still_open])
    mean = _mean([days[other] for other in sorted(settled)[-7:]])
    # The price of the unit of usage in the middle, when all of them are sorted by price, is at most doubled or halved.
    units = sorted((usd / whole, whole) for usd, whole in (days[other] for other in settled))
    half = sum(whole for _, whole in units) / 2
    middle = next(price for number, (price, _) in enumerate(units) if sum(w for _, w in units[: number + 1]) >= half)
    return min(max(mean, middle / 2), middle * 2)


def _mean(days: Sequence[tuple[float, float]]) -> float:
    return sum(usd for usd, _ in days) / sum(whole for _, whole in days)


def unallocated(day: int, used: Mapping[tuple[int, str, Key, str], float]) -> dict[tuple[str, str], int]:
    """Return (namespace, component) -> cents of the day that no user's usage explains."""
    return {
        (namespace, component): cents(day, namespace, component)
        for namespace, component in _BILL
        if not any(
            used.get((day, "namespace", (namespace,), driver)) for driver, c in COMPONENTS.items() if c == component
        )
    }


def billed_days() -> list[int]:
    """Return the days that are settled at the end."""
    end = START + DAYS * DAY
    return [d for d in range(DAYS) if bill_known(end, d) is not None and end >= START + d * DAY + SETTLED_AFTER]


def bill_keys() -> list[tuple[str, str]]:
    """Return the (namespace, component) of every bill."""
    return list(_BILL)
