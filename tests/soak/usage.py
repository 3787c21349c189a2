"""What the soak test's groups used and cost on the last three days: written beforehand, and as the API has it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import requests

from hubmeter_generator.operate.remote_write import Series
from hubmeter_promql import names
from tests.sim.cluster import GIB, shares
from tests.soak import cluster
from tests.waiting import PATIENCE

DAYS: Final = 3
PRICE: Final = 0.02  # USD per GiB-hour of memory requested
_DAY: Final = 86400
_BUCKET: Final = 300
_OPENS, _CLOSES = 9, 17  # o'clock, UTC: when people work


@dataclass(frozen=True)
class Costs:
    """What groups cost by day, in USD, and the whole bill of these days."""

    days: tuple[date, ...]
    groups: dict[str, dict[date, float]]
    bill: float

    @property
    def total(self) -> float:
        """What all groups cost together."""
        return sum(cost for by_day in self.groups.values() for cost in by_day.values())


def days(now: float) -> tuple[date, ...]:
    """Return the last whole UTC days before ``now``, oldest first."""
    today = datetime.fromtimestamp(now, UTC).date()
    return tuple(today - timedelta(days=back) for back in range(DAYS, 0, -1))


def used(number: int, day: date) -> float:
    """Return the bytes of memory that the user of this number requests while people work; not everybody comes daily."""
    return (1, 2, 4)[number % 3] * GIB if (number + day.toordinal()) % 3 else 0.0


def expected(now: float) -> dict[str, float]:
    """Return what each group costs on these days, from the users and the price alone."""
    found: dict[str, float] = defaultdict(float)
    for number, groups in enumerate(cluster.users().values()):
        hours = sum(used(number, day) for day in days(now)) / GIB * (_CLOSES - _OPENS)
        for group, share in shares(groups, "default", cluster.DEFAULT_GROUP)[1]:
            found[group] += hours * share * PRICE
    return {group: cost for group, cost in found.items() if cost}


def past(now: float) -> list[Series]:
    """Return the 5-minute usage that rules would have recorded on these days."""
    points: dict[tuple[str, tuple[tuple[str, str], ...]], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for number, (username, groups) in enumerate(cluster.users().items()):
        rows = [(names.user, (("username", username),), 1.0), (names.hub, (), 1.0)]
        for group, share in shares(groups, "default", cluster.DEFAULT_GROUP)[1]:
            rows.append((names.pair, (("usergroup", group), ("username", username)), share))
            rows.append((names.group, (("usergroup", group),), share))
        for day in days(now):
            midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
            byte_hours = used(number, day) * _BUCKET / 3600
            for begin in range(midnight + _OPENS * 3600, midnight + _CLOSES * 3600, _BUCKET):
                for level, labels, share in rows:
                    if byte_hours * share:
                        points[level(names.COST_USAGE), labels][(begin + _BUCKET) * 1000] += byte_hours * share
    return [
        (
            {"__name__": names.by_driver(name), "namespace": cluster.NAMESPACE, "driver": "compute", **dict(labels)},
            sorted(values.items()),
        )
        for (name, labels), values in points.items()
    ]


def ask(url: str, now: float) -> Costs:
    """Return what the cost API says of these days. Raises requests.RequestException."""
    of = days(now)
    window = {"from": of[0].isoformat(), "to": of[-1].isoformat()}

    def rows(path: str) -> list[dict[str, str]]:
        answer = requests.get(f"{url}{path}", params=window, timeout=PATIENCE)
        answer.raise_for_status()
        found: list[dict[str, str]] = answer.json()
        return found

    groups: dict[str, dict[date, float]] = defaultdict(dict)
    for row in rows("/total-costs-per-group"):
        groups[row["usergroup"]][date.fromisoformat(row["date"])] = float(row["cost"])
    bill = sum(float(row["cost"]) for row in rows("/total-costs") if row["name"] == "attributable")
    return Costs(of, dict(groups), bill)
