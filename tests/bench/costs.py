"""What the cost API takes for a table of costs, against computing the same from raw series, as is done elsewhere.

    python -m tests.bench.costs

A cluster is written to a Prometheus 3: of the last days the raw series of kube-state-metrics, and what our rules would
have recorded; of a year the usage by day. hubmeter-costs copies the year into its ledger, then answers; its memory and
processor time are those of its process. The naive way asks for requests and annotations at every fifth minute and
joins them in Python. Both give the same costs, or the bench fails.
"""

import argparse
import json
import math
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx

from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.usage_ledger import UsageReading
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests import exporters
from tests.bench.measure import markdown, say
from tests.bench.store import Store, prometheus, settle
from tests.bench.tape import Tape, Writer, labels, sample, stale, tape
from tests.exporters import Exporter

NOW: Final = int(time.time())
END: Final = NOW // 86_400 * 86_400  # when the last of the days was over
TODAY: Final = datetime.fromtimestamp(END, UTC).date()
DAY: Final = 86_400
STEP: Final = 300  # seconds; what the naive way asks for
GIB: Final = 2.0**30
HUB: Final = "prod"
GROUPS: Final = 50
YEAR: Final = 365
# Minutes written at a time: Prometheus loses some of what lies much further apart from the order of time.
PIECE: Final = 360
PRESENCE: Final = 0.4  # the part of the users who come on a day
SIZES: Final = (1.0, 2.0, 4.0, 8.0)

Recorded = list[tuple[bytes, float]]  # encoded labels, value
Session = tuple[int, int, float]  # minutes [begin, end) of the day, and GiB


@dataclass(frozen=True)
class Cluster:
    """Users, and by day (0 is the first of the year) and user the session."""

    users: int
    sessions: Sequence[Mapping[int, Session]]

    def name(self, user: int) -> str:
        return f"user-{user}@students.uni.edu"

    def group(self, user: int) -> str:
        return f"group-{user % GROUPS}"

    def home(self, user: int) -> float:
        """Return the size of the home directory in GiB."""
        return 1 + user % 20

    def compute(self, day: int, user: int) -> float:
        """Return the GiB-hours of the day."""
        begin, end, size = self.sessions[day].get(user, (0, 0, 0.0))
        return (end - begin) / 60 * size


def cluster(users: int, running: int) -> Cluster:
    """Return a year in which so many servers run at a time, on average."""
    draw = random.Random(5)
    mean = 1440 * running / (users * PRESENCE)
    days = []
    for _ in range(YEAR):
        sessions = {}
        for user in range(users):
            if draw.random() < PRESENCE:
                length = min(round(draw.uniform(0.5, 1.5) * mean / 5) * 5, 1440)
                begin = draw.randrange(0, 1440 - length + 5, 5)
                sessions[user] = (begin, begin + length, draw.choice(SIZES))
        days.append(sessions)
    return Cluster(users, days)


def bill(day: int) -> list[BillRow]:
    """Return what a day of the year cost."""
    on = _date(day)
    amounts = {"compute": "480.1234567891", "home storage": "61.7000000001", "core": "20.5"}
    return [
        BillRow(on, HUB, component, "attributable", Decimal(amount) + day, estimated=False)
        for component, amount in amounts.items()
    ]


def _date(day: int) -> date:
    return TODAY - timedelta(YEAR - day)


def write(store: Store, world: Cluster, days: int) -> int:
    """Write the year in the order of time; return the number of samples."""
    writer = Writer(store.write_url, store.session)
    tapes: Mapping[float, Tape] = {}
    daily: Recorded = []
    for day in range(YEAR + 1):
        start = END - (YEAR - day) * DAY
        fresh = YEAR - days <= day < YEAR
        if fresh:
            tapes = {size: tape(start, 60, [size * GIB] * 1440) for size in SIZES}
            tapes = {**tapes, 0.0: tape(start, 60, [1.0] * 1440)}
        for piece in range(0, 1440, PIECE):
            if fresh:
                for user, session in world.sessions[day].items():
                    _write_raw(writer, world, user, session, start, tapes, piece)
                _write_buckets(writer, world, day, start, piece)
            # Rules record a day's usage at each hour of the next one. Readers need a single sample.
            if fresh or day == YEAR - days or piece == 0:
                hours = [hour for hour in range(piece // 60, (piece + PIECE) // 60) if fresh or hour == piece // 60]
                hours = [hour for hour in hours if start + hour * 3600 + 900 <= NOW]
                encoded: dict[float, bytes] = {}
                for row, amount in daily:  # of the day before
                    if amount not in encoded:
                        encoded[amount] = b"".join(sample(start + hour * 3600 + 900, amount) for hour in hours)
                    writer.add(row, encoded[amount])
            writer.flush()
        daily = list(_recorded(world, day)) if day < YEAR else []
        if day % 60 == 59:
            say(f"  day {day + 1} of {YEAR}, {writer.samples:,} samples")
    return writer.samples


def _write_raw(
    writer: Writer,
    world: Cluster,
    user: int,
    session: Session,
    start: int,
    tapes: Mapping[float, Tape],
    piece: int,
) -> None:
    """Write what kube-state-metrics says of a pod in a piece of a day, and the marker that the pod is gone."""
    begin, end, size = session
    if begin >= piece + PIECE or end < piece:
        return
    pod = {
        "namespace": HUB, "pod": f"jupyter-user-{user}", "uid": f"{user}-{start}-{begin}", "instance": "ksm:8080",
        "job": "ksm",
    }  # fmt: skip
    requests = {**pod, "container": "notebook", "node": f"node-{user % 20}", "resource": "memory", "unit": "byte"}
    annotations = {**pod, "annotation_hub_jupyter_org_username": world.name(user)}
    gone = stale(start + end * 60) if end < piece + PIECE or piece + PIECE == 1440 else b""
    for name, row, course in (
        ("kube_pod_container_resource_requests", requests, size),
        ("kube_pod_annotations", annotations, 0.0),
    ):
        writer.add(labels(name, row), tapes[course].cut(max(begin, piece), min(end, piece + PIECE)) + gone)


def _used(world: Cluster, day: int) -> dict[str, dict[int, float]]:
    """Return what each user used, by driver."""
    return {
        "compute": {user: world.compute(day, user) * GIB for user in world.sessions[day]},
        "home": {user: world.home(user) * 24 * GIB for user in range(world.users)},
    }


def write_bills(path: Path) -> None:
    """Write the bills of the year as a file in FOCUS."""
    services = {"compute": "Compute Engine", "home storage": "Cloud Filestore", "core": "Kubernetes Engine"}
    lines = ["ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BillingCurrency,ServiceName,EffectiveCost,Tags"]
    for row in (row for day in range(YEAR) for row in bill(day)):
        period = f"{row.day}T00:00:00Z,{row.day + timedelta(1)}T00:00:00Z"
        tags = '"{""hub-name"": ""prod""}"'
        lines.append(f"Usage,{period},USD,{services[row.component]},{row.amount},{tags}")
    path.write_text("\n".join(lines), encoding="utf-8")


def _write_buckets(writer: Writer, world: Cluster, day: int, start: int, piece: int) -> None:
    """Write the hub's buckets of a piece of a day."""
    name = names.by_driver(names.hub(names.COST_USAGE))
    for driver, amounts in _used(world, day).items():
        amount = math.fsum(amounts.values()) / 288
        ends = range(piece + 5, piece + PIECE + 5, 5)
        samples = b"".join(sample(start + end * 60, amount) for end in ends)
        writer.add(labels(name, {"namespace": HUB, "driver": driver}), samples)


def _recorded(world: Cluster, day: int) -> Iterator[tuple[bytes, float]]:
    """Yield the encoded labels and the value of what is recorded of a day at each level."""
    for driver, amounts in _used(world, day).items():
        row = {"namespace": HUB, "driver": driver}
        groups: dict[str, float] = defaultdict(float)
        for user, amount in amounts.items():
            groups[world.group(user)] += amount
            of_user = {**row, "username": world.name(user)}
            yield _daily(names.user, of_user), amount
            yield _daily(names.pair, {**of_user, "usergroup": world.group(user)}), amount
        for group, amount in groups.items():
            yield _daily(names.group, {**row, "usergroup": group}), amount
        yield _daily(names.hub, row), math.fsum(amounts.values())


def _daily(level: Callable[[str], str], row: Mapping[str, str]) -> bytes:
    return labels(names.by_driver(level(names.COST_USAGE_DAY)), row)


def naive(raw: Prometheus, ledger: Ledger, days: int) -> dict[tuple[str, str], float]:
    """Return (date, username) to the cost of compute, from raw series; a month's answer is some hundred megabytes."""
    begin, end = END - days * DAY, END - STEP
    memory = 'sum by (namespace, pod) (kube_pod_container_resource_requests{resource="memory", pod=~"jupyter-.*"})'
    who = (
        "group by (namespace, pod, annotation_hub_jupyter_org_username) "
        '(kube_pod_annotations{annotation_hub_jupyter_org_username!=""})'
    )
    names = {
        (row.labels["namespace"], row.labels["pod"], at): row.labels["annotation_hub_jupyter_org_username"]
        for row in raw.range(who, begin, end, STEP)
        for at, _ in row.values
    }
    used: dict[tuple[str, str], float] = defaultdict(float)
    for row in raw.range(memory, begin, end, STEP):
        for at, value in row.values:
            username = names.get((row.labels["namespace"], row.labels["pod"], at))
            if username is not None:
                used[str(datetime.fromtimestamp(at, UTC).date()), username] += value
    whole: dict[str, float] = defaultdict(float)
    for (day, _), value in used.items():
        whole[day] += value
    rows = ledger.rows(TODAY - timedelta(days), TODAY)
    cost = {str(row.day): float(row.amount) for row in rows if row.component == "compute"}
    return {(day, username): cost[day] * value / whole[day] for (day, username), value in used.items()}


def by_group(world: Cluster, costs: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    groups = {world.name(user): world.group(user) for user in range(world.users)}
    result: dict[tuple[str, str], float] = defaultdict(float)
    for (day, username), usd in costs.items():
        result[day, groups[username]] += usd
    return result


@dataclass(frozen=True)
class Timed:
    """Seconds to the first byte and to the last, processor seconds of all processes in it, and the answer."""

    first: float
    wall: float
    cpu: float
    answer: Any


@dataclass(frozen=True)
class Measured:
    """The processes that are measured: Prometheus, and hubmeter-costs."""

    store: Store
    exporter: Exporter
    client: httpx.Client

    def cpu_seconds(self) -> float:
        """Return the processor seconds of Prometheus and hubmeter-costs."""
        return self.store.cpu_seconds() + time.clock_gettime(~self.exporter.process.pid << 3 | 2)

    def memory(self) -> dict[str, float]:
        """Return the present and the highest resident memory of hubmeter-costs, in MB."""
        status = Path(f"/proc/{self.exporter.process.pid}/status").read_text(encoding="utf-8")
        lines = dict(line.split(":", 1) for line in status.splitlines())
        return {name: int(lines[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM")}

    def forget_highest(self) -> None:
        """Let the highest memory begin at the present one."""
        Path(f"/proc/{self.exporter.process.pid}/clear_refs").write_text("5", encoding="utf-8")

    def get(self, path: str, days: int, parameters: Mapping[str, str]) -> tuple[float, float, bytes]:
        """Return the seconds to the first byte and to the last, and the body."""
        asked = {"from": str(TODAY - timedelta(days)), "to": str(TODAY - timedelta(1)), **parameters}
        begin = time.perf_counter()
        with self.client.stream("GET", path, params=asked) as answer:
            answer.raise_for_status()
            parts, first = [], 0.0
            for part in answer.iter_raw():
                first = first or time.perf_counter() - begin
                parts.append(part)
        return first, time.perf_counter() - begin, b"".join(parts)

    def ours(self, path: str, days: int, repeats: int, **parameters: str) -> Timed:
        """Return the medians of so many answers."""
        timings = []
        for _ in range(repeats):
            cpu = self.cpu_seconds()
            first, wall, body = self.get(path, days, parameters)
            timings.append((first, wall, self.cpu_seconds() - cpu))
        first, wall, cpu = (statistics.median(times) for times in zip(*timings, strict=True))
        return Timed(first, wall, cpu, body)

    def theirs(self, ask: Callable[[], Any]) -> Timed:
        """Return the seconds of one answer of the naive way."""
        cpu, begin = self.store.cpu_seconds() + time.process_time(), time.perf_counter()
        answer = ask()
        wall = time.perf_counter() - begin
        return Timed(wall, wall, self.store.cpu_seconds() + time.process_time() - cpu, answer)


def same(ours: Mapping[tuple[str, str], float], others: Mapping[tuple[str, str], float]) -> None:
    """Raise `AssertionError` where two ways do not give the same rows and costs."""
    if ours.keys() != others.keys():
        raise AssertionError(f"rows of one way only: {sorted(ours.keys() ^ others.keys())[:3]}")
    for key, value in ours.items():
        if not math.isclose(value, others[key], rel_tol=1e-6):
            raise AssertionError(f"{key} costs {value} here and {others[key]} there")


def figures(measured: Measured, world: Cluster, ledger: Ledger, days: int, repeats: int) -> Iterator[Sequence[str]]:
    """Yield the table's rows."""
    raw = Prometheus(measured.store.url, measured.store.session, timeout=600)
    say("the naive way")
    users = measured.theirs(lambda: naive(raw, ledger, days))
    groups = measured.theirs(lambda: by_group(world, naive(raw, ledger, days)))
    say("ours")
    measured.get("/costs-per-user", 1, {})
    mine = measured.ours("/costs-per-user", days, repeats, component="compute")
    same({(row["date"], row["user"]): row["value"] for row in json.loads(mine.answer)}, users.answer)
    yield _row(f"`/costs-per-user?component=compute`, {days} days", mine, users)
    mine = measured.ours("/total-costs-per-group", days, repeats, component="compute")
    same({(row["date"], row["usergroup"]): row["cost"] for row in json.loads(mine.answer)}, groups.answer)
    yield _row(f"`/total-costs-per-group?component=compute`, {days} days", mine, groups)
    more: Sequence[tuple[str, dict[str, str], int]] = (
        ("/costs-per-user", {}, days), ("/costs-per-user", {"limit": "10"}, days),
        ("/total-costs-per-group", {}, days), ("/total-costs-per-group", {}, YEAR),
        ("/costs-per-user", {"limit": "10"}, YEAR), ("/costs-per-user", {"user": world.name(7)}, YEAR),
        ("/total-usage", {}, YEAR), ("/costs-per-user", {"format": "csv"}, YEAR), ("/costs-per-user", {}, YEAR),
    )  # fmt: skip
    for path, parameters, span in more:
        asked = "&".join(f"{name}={value}" for name, value in parameters.items())
        mine = measured.ours(path, span, repeats if len(parameters) < 2 and span == days else 3, **parameters)
        yield _row(f"`{path}{'?' if asked else ''}{asked}`, {span} days", mine, None)


def three_at_a_time(measured: Measured) -> None:
    """Print the time and the memory of three years of all users at a time."""
    measured.forget_highest()
    with ThreadPoolExecutor(3) as pool:
        answers = [*pool.map(lambda _: measured.get("/costs-per-user", YEAR, {}), range(3))]
    say(f"three at a time: {max(wall for _, wall, _ in answers):.1f} s, memory {measured.memory()} MB")


def _row(name: str, ours: Timed, others: Timed | None) -> Sequence[str]:
    shown = (f"{others.wall:.1f} s", f"{others.cpu:.1f} s", f"{others.wall / ours.wall:.0f}") if others else ("",) * 3
    size = f"{len(ours.answer) / 1e6:.2f} MB"
    return name, size, *(f"{seconds:.2f} s" for seconds in (ours.first, ours.wall, ours.cpu)), *shown


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.costs", description=__doc__)
    parser.add_argument("--users", type=int, default=2000, help="users (default: %(default)s)")
    parser.add_argument("--running", type=int, default=200, help="servers at a time (default: %(default)s)")
    parser.add_argument("--days", type=int, default=7, help="days of the naive way; docs: 30 (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=9, help="answers of ours, of which the median counts")
    options = parser.parse_args()
    world = cluster(options.users, options.running)
    with tempfile.TemporaryDirectory() as name, prometheus(Path(name) / "prometheus") as store:
        folder = Path(name)
        say(f"{options.users:,} users, {options.running:,} running, {options.days} days")
        say(f"  {write(store, world, options.days):,} samples")
        settle(store)
        write_bills(folder / "bills.csv")
        (folder / "costs.yaml").write_text(
            f"source: focus\nfocus: {{path: {folder / 'bills.csv'}}}\n", encoding="utf-8"
        )
        arguments = ["--config", str(folder / "costs.yaml"), "--prometheus_url", store.url]
        arguments += ["--ledger", str(folder / "ledger")]
        with (
            exporters.running("hubmeter_exporter.costs.cli", arguments, os.environ) as exporter,
            httpx.Client(base_url=exporter.url, timeout=600) as client,
            closing(Ledger(folder / "ledger", 2, time.time)) as ledger,
        ):
            measured = Measured(store, exporter, client)
            cpu, begin = measured.cpu_seconds(), time.perf_counter()
            while UsageReading(ledger.file.snapshot()).days(TODAY - timedelta(YEAR), TODAY).keys() < _copied():
                time.sleep(1)
            say(
                f"copied in {time.perf_counter() - begin:.0f} s, {measured.cpu_seconds() - cpu:.0f} s of processor; "
                f"memory {measured.memory()} MB; ledger {(folder / 'ledger').stat().st_size / 1e6:.1f} MB"
            )
            measured.forget_highest()
            head = ("answer", "size", "first byte", "all", "processor", "naive", "processor", "times less")
            print(markdown(head, figures(measured, world, ledger, options.days, options.repeats)))
            say(f"memory, one at a time: {measured.memory()} MB")
            three_at_a_time(measured)


def _copied() -> set[date]:
    """Return the days that are copied: those whose usage was recorded on a day that is over for an hour."""
    last = datetime.fromtimestamp(NOW - 3600, UTC).date() - timedelta(2)
    return {last - timedelta(number) for number in range(YEAR - 2)}


if __name__ == "__main__":
    main()
