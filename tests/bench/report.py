"""What the reports of a month take: 100 groups, 2,000 users, 200 servers at a time.

    python -m tests.bench.report [--out FOLDER]

A Prometheus 3 has what the rules would have recorded in the last month; a ledger has its bills, and the usage by day.
The cost API runs in this process, hubmeter-report in one of its own.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.history import History
from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.usage import Usage, Used
from hubmeter_exporter.costs.usage_ledger import DayOfUsage, UsageLedger
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from hubmeter_promql.month.period import Period, parse
from tests.bench.measure import markdown, say
from tests.bench.store import Store, prometheus, settle
from tests.bench.tape import Tape, Writer, labels, tape
from tests.engines.serving import serving
from tests.engines.test_cost_api import METRICS

GIB: Final = 2.0**30
HUB: Final = "prod"
STEP: Final = 300
PRESENCE: Final = 0.4  # the part of the users who come on a day
COMPONENTS: Final = (("compute", "480.1234567891"), ("home storage", "61.7000000001"), ("core", "20.5"))
# Of a server: requests and use.
RESOURCES: Final = {
    names.SERVERS: 1.0, names.MEMORY_REQUESTS: 4 * GIB, names.MEMORY_WORKING_SET: 1.5 * GIB, names.CPU_REQUESTS: 2.0,
    names.CPU_USAGE: 0.3,
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Users in groups, and by day of the period and user the session: buckets [begin, end) of the day."""

    period: Period
    groups: int
    sessions: list[dict[int, tuple[int, int]]]
    users: int

    def name(self, user: int) -> str:
        return f"user-{user}@students.uni.edu"

    def group(self, user: int) -> str:
        return f"group-{int((user / self.users) ** 2 * self.groups)}"

    def home(self, user: int) -> float:
        return (1 + user % 20) * GIB


def world(period: Period, users: int, groups: int, running: int) -> World:
    """Return a month in which so many servers run at a time, on average."""
    draw = random.Random(5)
    mean = 288 * running / (users * PRESENCE)
    sessions: list[dict[int, tuple[int, int]]] = []
    for _ in period.days:
        of_day = {}
        for user in range(users):
            if draw.random() < PRESENCE:
                length = min(max(round(draw.uniform(0.5, 1.5) * mean), 1), 288)
                begin = draw.randrange(0, 289 - length)
                of_day[user] = (begin, begin + length)
        sessions.append(of_day)
    return World(period, groups, sessions, users)


def write(store: Store, of: World) -> int:
    """Write the buckets of the month in the order of time; return the number of samples."""
    writer = Writer(store.write_url, store.session)
    everyone = [of.group(user) for user in range(of.users)]
    homes: dict[str, float] = defaultdict(float)
    for user, group in enumerate(everyone):
        homes[group] += of.home(user)
    for number, sessions in enumerate(of.sessions):
        start = of.period.start + number * 86_400 + STEP
        ones = tape(start, STEP, [1 / 12] * 288)
        counts: dict[str, list[int]] = {group: [0] * 288 for group in {*everyone}}
        seen: dict[str, int] = defaultdict(int)
        for user, (begin, end) in sessions.items():
            row = {"namespace": HUB, "usergroup": everyone[user], "username": of.name(user)}
            writer.add(labels(names.pair(names.BUCKETS[names.SERVERS]), row), ones.cut(begin, end))
            seen[everyone[user]] += 1
            for bucket in range(begin, end):
                counts[everyone[user]][bucket] += 1
        for group, running in counts.items():
            row = {"namespace": HUB, "usergroup": group}
            for resource, value in RESOURCES.items():
                series = labels(names.group(names.BUCKETS[resource]), row)
                writer.add(series, _whole(start, [servers * value / 12 for servers in running]))
            writer.add(labels(names.group(names.BUCKETS[names.HOME]), row), _whole(start, [homes[group] / 12] * 288))
            active = labels(names.ACTIVE_USERS, {**row, "window": "1d"})
            writer.add(active, _whole(start, [seen[group]] * 288))
        writer.add(labels(names.USAGE_RECORDED, {"namespace": HUB}), _whole(start, [5.0] * 288))
        writer.flush()
    return writer.samples


def _whole(start: float, values: list[float] | list[int]) -> bytes:
    day: Tape = tape(start, STEP, values)
    return day.cut(0, len(values))


def fill_ledger(ledger: Ledger, of: World, history: int) -> None:
    """Write the bills and the usage of the month, and those of the group's costs of so many days before."""
    usage = UsageLedger(ledger.file)
    for number in range(-history, len(of.sessions)):
        day = of.period.first + timedelta(number)
        rows = [
            BillRow(day, HUB, name, "attributable", Decimal(amount) + day.day, estimated=False)
            for name, amount in COMPONENTS
        ]
        ledger.put(day, day, rows, "bench")
        usage.put(day, _day_of_usage(of, day, of.sessions[number % len(of.sessions)]), "bench", with_users=True)


def _day_of_usage(of: World, day: date, sessions: dict[int, tuple[int, int]]) -> DayOfUsage:
    amounts = {
        "compute": {user: (end - begin) / 12 * 4 * GIB for user, (begin, end) in sessions.items()},
        "home": {user: of.home(user) * 24 for user in range(of.users)},
    }

    def rows(*, with_user: bool, with_group: bool) -> Iterator[Used]:
        for driver, by_user in amounts.items():
            found: dict[tuple[str, str], float] = defaultdict(float)
            for user, amount in by_user.items():
                found[of.group(user) if with_group else "", of.name(user) if with_user else ""] += amount
            for (group, name), amount in found.items():
                yield Used(HUB, group, name, driver, {day: amount})

    return DayOfUsage(
        {(HUB, driver): sum(by_user.values()) for driver, by_user in amounts.items()},
        [*rows(with_user=False, with_group=True)],
        [*rows(with_user=True, with_group=True)],
        [*rows(with_user=True, with_group=False)],
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.report", description=__doc__)
    parser.add_argument("--users", type=int, default=2000, help="users (default: %(default)s)")
    parser.add_argument("--groups", type=int, default=100, help="groups (default: %(default)s)")
    parser.add_argument("--running", type=int, default=200, help="servers at a time (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="keep the reports in this folder")
    options = parser.parse_args()
    of = world(parse("", time.time()), options.users, options.groups, options.running)
    with tempfile.TemporaryDirectory() as name, prometheus(Path(name) / "prometheus") as store:
        folder = Path(name)
        say(f"{options.users:,} users, {options.groups:,} groups, {options.running:,} running, {of.period.month}")
        say(f"  {write(store, of):,} samples")
        settle(store)
        with closing(Ledger(folder / "ledger", 2, time.time)) as ledger:
            fill_ledger(ledger, of, 150)
            say("  the ledger is filled")
            usage = History(ledger.file, Usage(Prometheus(store.url, store.session), time.time))
            backend = Backend(ledger, usage, Allocation(idle="shared"), lambda: METRICS, lambda: None, "bench")
            with serving(backend) as client:
                rows = [
                    measured(store, str(client.base_url), options.out or folder / "out", arguments)
                    for arguments in (
                        ["--all"],
                        ["--all", "--format", "html", "--format", "csv", "--format", "json"],
                        ["--group", "group-0"],
                        ["--group", "group-50", "--format", "pdf"],
                        ["--all", "--format", "pdf"],
                    )
                ]
    print(markdown(("command", "time", "processor, report", "Prometheus", "cost API", "files", "size"), rows))


def measured(store: Store, api: str, out: Path, arguments: list[str]) -> tuple[str, ...]:
    """Return a row of the table."""
    before, here, begin, since = store.cpu_seconds(), time.process_time(), time.perf_counter(), time.time()
    command = [sys.executable, "-m", "hubmeter_exporter.report.cli", "--log_level", "WARNING", "--out", str(out)]
    used = _children()
    subprocess.run(
        [*command, "--prometheus_url", store.url, "--cost_api_url", api, *arguments], check=True, env={**os.environ}
    )
    wall = time.perf_counter() - begin
    files = [path for path in out.rglob("*") if path.is_file() and path.stat().st_mtime >= since]
    seconds = (wall, _children() - used, store.cpu_seconds() - before, time.process_time() - here)
    shown = f"`hubmeter-report {' '.join(arguments)}`"
    size = f"{sum(path.stat().st_size for path in files) / 1e6:.1f} MB"
    return shown, *(f"{value:.1f} s" for value in seconds), f"{len(files)}", size


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    main()
