"""What the demo's groups cost on the last three days: usage of the past, and the real cost exporter with its API."""

import contextlib
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import requests

from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_promql import names
from tests.demo import cluster
from tests.sim.cluster import GIB, shares
from tests.waiting import PATIENCE, wait_until

DAYS: Final = 3
PRICE: Final = 0.02  # USD per GiB-hour of memory requested
_DAY: Final = 86400
_BUCKET: Final = 300
_OPENS, _CLOSES = 9, 17  # o'clock, UTC: when people work
_SETTINGS: Final = """\
source: static
interval: 1h
days: 10
history_days: 10
static: {memory_gib_hour: %s}
"""


class CostsDidNotStartError(RuntimeError):
    """hubmeter-costs ended before it was ready; the message ends with what it logged last."""


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


@contextlib.contextmanager
def running(prometheus_url: str, port: int, folder: Path, now: float) -> Iterator[str]:
    """Write the past, and run hubmeter-costs with a price list beside this Prometheus; yield its URL.

    Raises CostsDidNotStartError.
    """
    folder.mkdir()
    with requests.Session() as session:
        write(f"{prometheus_url}/api/v1/write", past(now), session=session)
    (folder / "costs.yaml").write_text(_SETTINGS % PRICE, encoding="utf-8")
    log_path = folder / "costs.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [
                Path(sys.executable).with_name("hubmeter-costs"),
                f"--config={folder / 'costs.yaml'}",
                f"--ledger={folder / 'ledger.sqlite'}",
                f"--prometheus_url={prometheus_url}",
                f"--port={port}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, url, log_path)
        yield url
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait(PATIENCE)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log_path: Path) -> None:
    def log() -> str:
        return f"its log ends with:\n{log_path.read_text(encoding='utf-8', errors='replace')[-3000:]}"

    def ready() -> bool:
        if process.poll() is not None:
            raise CostsDidNotStartError(f"hubmeter-costs ended with code {process.returncode}; {log()}")
        with contextlib.suppress(requests.ConnectionError):  # not listening yet
            return requests.get(f"{url}/ready", timeout=PATIENCE).ok
        return False

    wait_until(ready, lambda: f"hubmeter-costs is ready; {log()}")


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


def lines(costs: Costs) -> list[str]:
    """Return the table: the costliest group first, then the bill."""
    ordered = sorted(costs.groups.items(), key=lambda item: -sum(item[1].values()))
    width = max(len(name) for name in [*costs.groups, "the bill"])
    heads = f"{'group':{width}}" + "".join(f"  {day.isoformat():>12}" for day in costs.days) + f"  {'total':>12}"
    rule = "-" * len(heads)

    def line(name: str, by_day: dict[date, float]) -> str:
        cells = [*(by_day.get(day, 0.0) for day in costs.days), sum(by_day.values())]
        return f"{name:{width}}" + "".join(f"  {cell:8.2f} USD" for cell in cells)

    whole = {day: sum(by_day.get(day, 0.0) for by_day in costs.groups.values()) for day in costs.days}
    rows = [line(name or "(unattributed)", by_day) for name, by_day in ordered]
    return [heads, rule, *rows, rule, line("all", whole)]
