"""What an evaluation round of the recording rules costs Prometheus, by the number of running servers.

A simulated cluster is ingested up to one moment, the rules' own past is computed, and then every rule's query is asked
for that moment. The figures are the store's own time and the samples it touched.
"""

import argparse
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hubmeter_common.durations import seconds
from hubmeter_generator import fill, settings
from hubmeter_generator.operate import backfill
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.bench.measure import Cost, markdown, repeated, say
from tests.bench.store import Store, prometheus, settle
from tests.bench.tape import Tape, Writer, labels, tape
from tests.sim import cluster
from tests.sim.worlds import large_world

NOW = 1_767_225_600 + 30 * 86400  # 2026-01-31T00:00Z
USERS_PER_SERVER = 10
BUCKET = 300  # seconds
_PER_DAY = 24 * 3600 // BUCKET
_SPAN = _PER_DAY // 4  # as far as the order of writing may differ from the order of time
SESSION = 42  # buckets of a server's life: 3.5 hours, as in large_world
# Window rules of one shape read equally many samples whatever the resource: one resource is built and stands for all.
BUILT = names.BUCKETS[names.SERVERS]


@dataclass(frozen=True)
class Row:
    """One rule's cost."""

    group: str
    interval: int
    record: str
    cost: Cost


def main() -> None:
    """Print the table of each size, then that of all sizes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.rules", description=__doc__)
    parser.add_argument(
        "--running", type=int, nargs="+", default=[200, 1000, 5000], help="running servers (default: %(default)s)"
    )
    parser.add_argument("--repeats", type=int, default=5, help="evaluations of each rule, of which the median counts")
    parser.add_argument(
        "--no-windows", action="store_true", help="leave out the rolling windows, whose past takes minutes to build"
    )
    parser.add_argument("--groups", nargs="+", default=[], help="rule groups to measure (default: all)")
    options = parser.parse_args()
    sizes = {
        running_: _measure(running_, options.repeats, not options.no_windows, options.groups)
        for running_ in options.running
    }
    for servers, rows in sizes.items():
        print(f"\nRules at {servers:,} running servers of {servers * USERS_PER_SERVER:,} users, most expensive first\n")
        dear = [
            r
            for i in sorted({r.interval for r in rows})
            for r in sorted((r for r in rows if r.interval == i), key=lambda r: -r.cost.cpu)[:12]
        ]
        print(
            markdown(
                ("rule", "ms", "samples", "rows"),
                (
                    (
                        f"`{r.record}` ({r.group})",
                        f"{1000 * r.cost.cpu:.0f}",
                        f"{r.cost.samples:,}",
                        f"{r.cost.series:,}",
                    )
                    for r in dear
                ),
            )
        )
    print("\nSeconds of an evaluation round, and its part of the interval\n")
    print(markdown(("rule group", *(f"{servers:,} running" for servers in sizes)), _by_group(sizes)))


def _by_group(sizes: dict[int, list[Row]]) -> Iterator[Sequence[str]]:
    names = dict.fromkeys(row.group for rows in sizes.values() for row in rows)
    totals = {"all rules of 1m": 60, "all rules of 150s": 150, "all rules of 5m": 300, "all rules of 1h": 3600}
    for name in [*names, *totals]:
        cells = []
        for rows in sizes.values():
            chosen = [r for r in rows if r.group == name or r.interval == totals.get(name)]
            seconds = sum(r.cost.cpu for r in chosen)
            cells.append(f"{seconds:.3f} s ({100 * seconds / chosen[0].interval:.1f} %)" if chosen else "")
        yield (f"**{name}**" if name in totals else name, *cells)


def _measure(running_: int, repeats: int, windows: bool, groups: Sequence[str]) -> list[Row]:
    say(f"{running_} running: the cluster")
    hubs = 10 if running_ >= 1000 else 2
    world = large_world(
        NOW - 5 * cluster.HOUR, users=running_ * USERS_PER_SERVER, running=running_, days=6 / 24, hubs=hubs
    )
    site = settings.load()
    with tempfile.TemporaryDirectory() as folder, prometheus(Path(folder) / "store") as store:
        if windows:
            _write_buckets(store, world)
        _write_raw(store, world)
        _record(store, site, windows)
        settle(store)
        rows = []
        for group in fill.rule_groups(site):
            name = group["name"]
            if (groups and name not in groups) or (name.startswith("hubmeter-window") and not windows):
                continue
            for rule in group["rules"]:
                expr = _of_built(rule["record"], rule["expr"])
                # Counted, for the answer itself costs a rule nothing.
                cost = repeated(store, f"count({expr})", NOW, repeats, slow=30)
                rows.append(Row(name, seconds(group["interval"]), rule["record"], cost))
        say(f"{running_} running: done")
        return rows


def _of_built(record: str, expr: str) -> str:
    """Return a window rule's query with the resource that was built in the place of its own; others as they are."""
    if "_window:" not in record:
        return expr
    _, metric, _ = record.split(":")
    built, _ = BUILT.split(":")
    return re.sub(rf":{metric}:(sum5m|hourly)\b", rf":{built}:\1", expr)


def _write_raw(store: Store, world: cluster.World) -> None:
    """Write ten minutes of everything, and an hour of the exporter's samples, as far as rules look back."""
    writer = Writer(store.write_url, store.session)
    for row in (r for exporter in world.exporters for r in cluster.groups_exporter(world, exporter, NOW)):
        _write_flat(writer, row.name, row.labels, row.value, 60)
    for row in cluster.dirsize(world, NOW):
        _write_flat(writer, row.name, row.labels, row.value, 10)
    listed = [s for s in world.servers_at(NOW) if s.running(NOW - 600) and s.running(NOW)]
    for row in cluster.kube_state_metrics(world, world.kube_state_metrics[0], listed, NOW):
        _write_flat(writer, row.name, row.labels, row.value, 10)
    for row in cluster.cadvisor(world, listed, NOW):
        rise = 30.0 if row.name.endswith("_total") else 0.0  # half a core
        _write_flat(writer, row.name, row.labels, row.value, 10, rise, cluster.CADVISOR_AGE)
    writer.flush()
    say(f"  {len(listed):,} servers, {writer.samples:,} samples")


def _write_flat(
    writer: Writer, name: str, row: cluster.Labels, value: float, minutes: int, rise: float = 0, age: float = 0
) -> None:
    """Write the value, or one that rises every minute, for the minutes up to and including now."""
    values = [value + n * rise for n in range(minutes + 1)]
    writer.add(labels(name, row), tape(NOW - minutes * 60 - age, 60, values).encoded)


def _record(store: Store, site: settings.Settings, windows: bool) -> None:
    """Write the rules' own past, as far as rules read it: an hour of memberships, ten minutes of the rest.

    Nothing changes in these minutes, so one evaluation gives the value of all.
    """
    prometheus_ = Prometheus(store.url, store.session, timeout=120)
    writer = Writer(store.write_url, store.session)
    hour = {names.HUB_REPORTED}
    read = {names.hourly(name) for name in (names.ACTIVE_USERS, names.HUB_ACTIVE_USERS)}
    for step in backfill.steps(site):
        if step.interval < 300 or step.kept or (windows and step.record in read):
            points = (3600 if step.record in hour else max(600, 2 * step.interval)) // step.interval
            values: dict[float, Tape] = {}
            for row in prometheus_.instant(step.expr, NOW):
                if row.value not in values:
                    values[row.value] = tape(NOW - (points - 1) * step.interval, step.interval, [row.value] * points)
                own = {**{k: v for k, v in row.labels.items() if k != "__name__"}, **step.labels}
                writer.add(labels(step.record, own), values[row.value].encoded)
            writer.flush()
    say("  the rules' own past is recorded")


def _write_buckets(store: Store, world: cluster.World) -> None:
    """Write 30 days of one resource's buckets of users, pairs and groups: each user is active a tenth of the time."""
    series = {level: level(BUILT) for level in (names.user, names.pair, names.group)}
    active = SESSION * USERS_PER_SERVER
    users, groups = [], {}
    for number, ((namespace, username), history_) in enumerate(world.memberships.items()):
        rows = [labels(series[names.user], {"namespace": namespace, "username": username})]
        for group, _ in cluster.shares(history_[0][1], world.strategy, world.default_group)[1]:
            pair = {"namespace": namespace, "usergroup": group, "username": username}
            rows.append(labels(series[names.pair], pair))
            groups[namespace, group] = labels(series[names.group], {"namespace": namespace, "usergroup": group})
        users.append((number * 7919 % active, rows))
    writer = Writer(store.write_url, store.session)
    for first in range(0, 30 * _PER_DAY, _SPAN):
        value = tape(NOW - 30 * cluster.DAY + first * BUCKET, BUCKET, [1 / 12] * _SPAN)
        for offset, rows in users:
            # Sessions begin ``offset`` after every multiple of ``active``: the last from before, and those in the span.
            for begin in range((offset - first) % active - active, _SPAN, active):
                piece = value.cut(max(begin, 0), max(begin + SESSION, 0))
                for row in rows:
                    writer.add(row, piece)
        for row in groups.values():
            writer.add(row, value.encoded)
        writer.flush()
        if first % (10 * _PER_DAY) == 0:
            say(f"  buckets of day {first // _PER_DAY + 1} of 30, {writer.samples:,} samples")


if __name__ == "__main__":
    os.nice(5)
    main()
