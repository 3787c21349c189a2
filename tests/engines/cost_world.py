"""Eight days of two hubs and their bills: what the rules would have recorded, and what everybody's costs then are.

The oracle works from the buckets of the model and shares no code with what it checks.
"""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from hubmeter_exporter.costs.model import BillRow
from hubmeter_generator.operate.remote_write import Series
from hubmeter_promql import names

START = 1_767_571_200  # 2026-01-05T00:00Z
DAY = 86_400
DAYS = 8  # the last of which is today
TODAY = date(2026, 1, 12)
NOW = START + 7 * DAY + 15 * 3600 + 7 * 60 + 23.0
FIRST = TODAY - timedelta(DAYS - 1)

DOWN = 2  # on the next day the rules of days did not run; before its beginning Prometheus was down for 20 minutes
HALF = 5  # on the next day only the rule of hubs did
ONE_HUB = 4  # on the next day the rules of days recorded only the hub prod
ONLY_DAILY = {0, 6}  # of these days the buckets are gone, but for the last
LONG = "x" * 80
# Of the nodes of all hubs. On every second day more memory is requested than they have: nothing is idle.
CAPACITY = {"compute": 10 * 2.0**30, "gpu": 4.0}
# By hub and user the group and its share, from the first day and from the day of the second entry on.
Shares = tuple[tuple[str, float], ...]
GROUPS: Mapping[tuple[str, str], tuple[Shares, Shares]] = {
    ("prod", "ana.lópez@uni.edu"): ((("geo", 1.0),),) * 2,
    ("prod", "Bob-Smith"): ((("geo", 1.0),), (("bio", 1.0),)),
    ("prod", "x--y"): ((("none", 1.0),),) * 2,
    ("prod", "ann"): ((("bio", 1.0),),) * 2,
    ("prod", "anna"): ((("=cmd|'/c'!A1", 1.0),),) * 2,
    ("prod", LONG): ((("a", 1 / 3), ("b", 1 / 3), ("ç {d},e", 1 / 3)),) * 2,
    ("prod", 'o"brien\\'): ((("geo", 0.0), ("bio", 0.0), ("other", 1.0)),) * 2,
    ("prod", "ghost"): ((("", 1.0),),) * 2,  # no group claims this user
    ("prod", "-2+3"): ((("geo", 1.0),),) * 2,
    ("dev", "ann"): ((("geo", 1.0),),) * 2,
    ("dev", "max"): ((("none", 1.0),),) * 2,
}
MOVES = 4  # the day from which the second entry holds


@dataclass(frozen=True)
class Model:
    """What was used.

    Attributes:
        offset: seconds after a full five minutes at which the rules run.
        buckets: (namespace, username, driver) to the amount by bucket, counted from START by its beginning.
        recorded: the buckets in which the rules ran.
    """

    offset: float
    buckets: Mapping[tuple[str, str, str], Mapping[int, float]]
    recorded: frozenset[int]
    daily: dict[tuple[int, str, str, str], float] = field(default_factory=dict)

    def used(self, day: int, namespace: str, username: str, driver: str) -> float:
        """Return what the user used on the day, as far as it is recorded a minute before now."""
        key = (day, namespace, username, driver)
        if key not in self.daily:
            mine = self.buckets.get(key[1:], {})
            self.daily[key] = math.fsum(mine.get(number, 0.0) for number in range(day * 288, day * 288 + 288))
        return self.daily[key]

    def total(self, day: int, driver: str, namespace: str | None = None) -> float:
        """Return what all users of a hub, or of all hubs, used."""
        return math.fsum(
            self.used(day, hub, user, driver) for hub, user in GROUPS if namespace is None or hub == namespace
        )

    def capacity(self, day: int, driver: str) -> float:
        """Return the capacity of a day while the rules ran, as far as it is recorded a minute before now."""
        return CAPACITY[driver] / 12 * sum(number // 288 == day for number in self.recorded)

    def charged(self, day: int, driver: str) -> float:
        """Return the part of a cost that users pay, the rest being idle."""
        return min(1.0, self.total(day, driver) / self.capacity(day, driver)) if driver in CAPACITY else 1.0


def shares(namespace: str, username: str, day: int) -> Shares:
    return GROUPS[namespace, username][day >= MOVES]


def model(offset: float, seed: int = 5) -> Model:
    """Return random sessions, home directories all the time, GPUs on the first two days."""
    draw = random.Random(seed)
    recorded = {n for n in range(DAYS * 288) if START + n * 300 + 300 + offset <= NOW - 60}
    # Down from ten minutes before to ten minutes after midnight.
    recorded -= set(range((DOWN + 1) * 288 - 3, (DOWN + 1) * 288 + 2))
    buckets: dict[tuple[str, str, str], dict[int, float]] = {}
    for namespace, username in GROUPS:
        size = draw.uniform(1e8, 1e10)
        # Read at full hours: the bucket that ends there has the whole hour.
        hours = (n for n in recorded if n % 12 == 11 and START + n * 300 + 300 <= NOW - 60)
        buckets[namespace, username, "home"] = dict.fromkeys(hours, size)
        for driver, days in (("compute", range(DAYS)), ("gpu", range(2))):
            mine: dict[int, float] = {}
            for day in days:
                if draw.random() < 0.7:
                    amount = draw.choice((1, 2, 4)) * (2.0**30 if driver == "compute" else 1) * 5 / 60
                    begin = day * 288 + draw.randrange(288)
                    mine |= {n: amount for n in range(begin, begin + draw.randrange(3, 90)) if n in recorded}
            if username == "x--y" and driver == "compute":  # from midnight to midnight of every other day
                mine = {n: 2.0**30 for n in recorded if n // 288 % 2 == 0}
            if driver == "compute" or namespace == "prod":
                buckets[namespace, username, driver] = mine
    return Model(offset, buckets, frozenset(recorded))


def recorded(world: Model) -> Iterator[Series]:
    """Yield what the rules would have recorded."""
    summed: dict[tuple[Callable[[str], str], tuple[tuple[str, str], ...]], dict[int, float]] = defaultdict(
        lambda: defaultdict(float)
    )
    for (namespace, username, driver), mine in world.buckets.items():
        for number, amount in mine.items():
            hub = (("namespace", namespace), ("driver", driver))
            user = ("username", username)
            summed[names.hub, hub][number] += amount
            summed[names.user, (*hub, user)][number] += amount
            for group, share in shares(namespace, username, number // 288):
                pair = (*hub, *((("usergroup", group),) if group else ()))
                summed[names.pair, (*pair, user)][number] += amount * share
                summed[names.group, pair][number] += amount * share
    for (level, labels), mine in summed.items():
        name = names.by_driver(level(names.COST_USAGE))
        at = {number: round((START + number * 300 + 300 + world.offset) * 1000) for number in mine}
        of_home = ("driver", "home") in labels
        kept = [] if of_home else sorted(n for n in mine if n // 288 not in ONLY_DAILY or n % 288 == 287)
        yield {**dict(labels), "__name__": name}, [(at[number], mine[number]) for number in kept]
        daily = []
        for day in range(DAYS - 1):
            lost = ("namespace", "dev") in labels if day == ONE_HUB else day == HALF and level is not names.hub
            if day == DOWN or lost:
                continue
            there = [amount for number, amount in mine.items() if number // 288 == day]
            hours = [START + (day + 1) * DAY + hour * 3600 + 600 + world.offset for hour in range(24)]
            daily += [(round(at * 1000), math.fsum(there)) for at in hours if there and at <= NOW]
        yield {**dict(labels), "__name__": names.by_driver(level(names.COST_USAGE_DAY))}, daily
    for driver, amount in CAPACITY.items():
        points = [(round((START + n * 300 + 300 + world.offset) * 1000), amount / 12) for n in sorted(world.recorded)]
        yield {"__name__": names.COST_CAPACITY, "driver": driver}, points
    yield from _homes_and_shares(world)


def _homes_and_shares(world: Model) -> Iterator[Series]:
    """Yield, at the full hours of homes, sizes, shares, and that usage was recorded; shares also of now."""
    hubs: dict[str, set[int]] = defaultdict(set)
    for namespace, username in GROUPS:
        of = {"namespace": namespace, "username": username}
        points: dict[str, list[tuple[int, float]]] = defaultdict(list)
        sizes: list[tuple[int, float]] = []
        for number, size in sorted(world.buckets[namespace, username, "home"].items()):
            if number // 288 in ONLY_DAILY and number % 288 != 287:
                continue
            at = (START + number * 300 + 300) * 1000
            hubs[namespace].add(at)
            sizes.append((at, size))
            for group, share in shares(namespace, username, number // 288):
                points[group].append((at, share))
        yield {"__name__": names.user(names.HOME), **of}, sizes
        for group, share in shares(namespace, username, DAYS - 1):
            points[group].append((round((NOW - 30) * 1000), share))
        for group, samples in points.items():
            if group:
                yield {"__name__": names.SHARE, "usergroup": group, **of}, samples
    for namespace, times in hubs.items():
        yield {"__name__": names.HUBS, "namespace": namespace}, [(at, 1.0) for at in sorted(times)]


def bills(day: int, factor: str = "1") -> list[BillRow]:
    """Return a day's bill; a revised one has another factor."""
    draw = random.Random(day)
    kinds = [
        ("prod", "compute"), ("dev", "compute"), ("", "compute"), ("empty", "compute"), ("prod", "home storage"),
        ("", "home storage"), ("prod", "gpu"), ("", "core"), ("dev", "networking"),
    ]  # fmt: skip
    on = FIRST + timedelta(day)
    rows = [
        BillRow(on, hub, component, "attributable", _amount(draw) * Decimal(factor), estimated=False)
        for hub, component in kinds
    ]
    return [*rows, BillRow(on, "", "other", "account", _amount(draw), estimated=False)]


def _amount(draw: random.Random) -> Decimal:
    return Decimal(draw.randrange(10**12)).scaleb(-10)


Key = tuple[str, str, str, str, str]  # date, hub, component, user, group

_DRIVERS = {"compute": "compute", "home storage": "home", "gpu": "gpu"}


def costs(world: Model, rows: Iterable[BillRow]) -> dict[Key, float]:
    """Return what each user of each group cost, what is idle, and what is unallocated: by hub, overhead apart."""
    result: dict[Key, float] = defaultdict(float)
    for row in rows:
        if row.kind == "account":
            continue
        day = (row.day - FIRST).days
        driver = _DRIVERS.get(row.component)
        whole = world.total(day, driver, row.hub or None) if driver else 0.0
        if not whole or driver is None:
            result[str(row.day), row.hub or "support", row.component, "unallocated", "unallocated"] += float(row.amount)
            continue
        charged = world.charged(day, driver)
        if charged < 1:
            idle = (str(row.day), row.hub or "support", row.component, "idle", "idle")
            result[idle] += float(row.amount) * (1 - charged)
        for namespace, username in GROUPS:
            if row.hub in {"", namespace}:
                part = world.used(day, namespace, username, driver) / whole * charged
                for group, share in shares(namespace, username, day):
                    if part and share:
                        key = (str(row.day), namespace, row.component, username, group or "none")
                        result[key] += float(row.amount) * part * share
    return result
