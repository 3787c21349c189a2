"""The demo's cost exporter, and what its API says groups cost."""

import contextlib
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import requests

from tests.demo.program import started
from tests.waiting import PATIENCE

SETTLED_DAYS: Final = 2  # the cost exporter's default: days that are older have their whole bill
SHOWN: Final = 3  # days in the table
_REST: Final = ("idle", "unallocated")  # "groups" of the API: costs that no use explains


@dataclass(frozen=True)
class Costs:
    """What groups cost by day, in USD; and by day the bill, and its part that no use explains."""

    days: tuple[date, ...]
    groups: dict[str, dict[date, float]]
    bill: dict[date, float]
    unallocated: dict[date, float]

    def difference(self) -> float:
        """Return the largest difference of a day in USD between the bill and groups with what no use explains."""
        return max(
            abs(sum(of.get(day, 0.0) for of in self.groups.values()) + self.unallocated[day] - self.bill[day])
            for day in self.days
        )


def days(now: float, past: int) -> tuple[date, ...]:
    """Return the last settled UTC days before ``now`` of a site with so many past days, oldest first."""
    today = datetime.fromtimestamp(now, UTC).date()
    last = min(SETTLED_DAYS, past - 1)
    return tuple(today - timedelta(back) for back in range(min(last + SHOWN - 1, past), last - 1, -1))


@contextlib.contextmanager
def running(prometheus_url: str, port: int, folder: Path, settings: str) -> Iterator[str]:
    """Run hubmeter-costs beside this Prometheus; yield its URL when it has prices.

    Raises ProgramDidNotStartError.
    """
    (folder / "costs.yaml").write_text(settings, encoding="utf-8")
    command: list[str | Path] = [
        Path(sys.executable).with_name("hubmeter-costs"),
        f"--config={folder / 'costs.yaml'}",
        f"--ledger={folder / 'ledger.sqlite'}",
        f"--prometheus_url={prometheus_url}",
        f"--port={port}",
    ]
    url = f"http://127.0.0.1:{port}"
    with started("hubmeter-costs", command, f"{url}/ready", folder / "costs.log"):
        yield url


def ask(url: str, of: tuple[date, ...]) -> Costs:
    """Return what the cost API says of these days. Raises requests.RequestException."""
    window = {"from": of[0].isoformat(), "to": of[-1].isoformat()}

    def rows(path: str) -> list[dict[str, str]]:
        answer = requests.get(f"{url}{path}", params=window, timeout=PATIENCE)
        answer.raise_for_status()
        found: list[dict[str, str]] = answer.json()
        return found

    groups: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    unallocated: dict[date, float] = defaultdict(float)
    for row in rows("/total-costs-per-group"):
        by_day = unallocated if row["usergroup"] in _REST else groups[row["usergroup"]]
        by_day[date.fromisoformat(row["date"])] += float(row["cost"])
    bill: dict[date, float] = defaultdict(float)
    for row in rows("/total-costs"):
        if row["name"] == "attributable":
            bill[date.fromisoformat(row["date"])] += float(row["cost"])
    return Costs(of, {group: dict(by_day) for group, by_day in groups.items()}, bill, unallocated)


def lines(costs: Costs) -> list[str]:
    """Return the table: the costliest group first, then what no use explains, then the bill."""
    ordered = sorted(costs.groups.items(), key=lambda item: -sum(item[1].values()))
    width = max(len(name) for name in [*costs.groups, "idle and overhead"])
    heads = f"{'group':{width}}" + "".join(f"  {day.isoformat():>12}" for day in costs.days) + f"  {'total':>12}"
    rule = "-" * len(heads)

    def line(name: str, by_day: dict[date, float]) -> str:
        cells = [*(by_day.get(day, 0.0) for day in costs.days), sum(by_day.get(day, 0.0) for day in costs.days)]
        return f"{name:{width}}" + "".join(f"  {cell:8.2f} USD" for cell in cells)

    rows = [line(name or "(unattributed)", by_day) for name, by_day in ordered]
    return [heads, rule, *rows, line("idle and overhead", costs.unallocated), rule, line("the bill", costs.bill)]
