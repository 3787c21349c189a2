"""What the recorded series cost a Prometheus to keep: series and samples a minute by subject, beside the raw ones.

Everything that a kubelet, kube-state-metrics, dirsize and the groups exporter export about a site is written to a
store, the rules are evaluated over two hours and a half around midnight by the backfill, and the last hour is counted.
"""

import argparse
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hubmeter_common.durations import seconds
from hubmeter_generator import fill, open_model, settings
from hubmeter_generator.operate import backfill
from hubmeter_generator.operate.remote_write import write
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.bench.complete import rest
from tests.bench.measure import markdown, say
from tests.bench.store import Store, prometheus
from tests.bench.tape import Writer, labels, tape
from tests.sim.cluster import World
from tests.sim.history import history
from tests.sim.worlds import large_world

END = 1_767_225_600 + 30 * 86_400 + 7200  # 2026-01-31T02:00Z: the last hour has the records of a whole day
START = END - 9000


@dataclass(frozen=True)
class Footprint:
    """The series of a name that had a sample in the counted hour, and their samples a minute."""

    series: int
    samples: float
    rare: int = 0  # further series, with one sample a day


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.footprint", description=__doc__)
    parser.add_argument("--users", type=int, default=2000, help="registered users (default: %(default)s)")
    parser.add_argument("--running", type=int, default=200, help="running servers (default: %(default)s)")
    parser.add_argument("--by-name", action="store_true", help="print a row for each recorded name, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, prometheus(Path(folder) / "store") as store:
        world = _world(options.users, options.running)
        _write(store, world)
        site = settings.load()
        recorded = _recorded(store, site)
        raw = _raw(store)
    print(f"\n{options.users:,} registered users, {options.running:,} running servers, 18 groups of 2 hubs\n")
    print(markdown(("subject", "series", "samples a minute", "series with a sample a day"), _rows(recorded, raw)))
    if options.by_name:
        ordered = sorted(recorded.items(), key=lambda item: -item[1].series)
        lines = (_cells(f"`{name}` ({group})", row) for (group, name), row in ordered if row.series or row.rare)
        print(markdown(("name", "series", "samples a minute", "series with a sample a day"), lines))


def _rows(recorded: Mapping[tuple[str, str], Footprint], raw: Footprint) -> Iterator[Sequence[str]]:
    groups: dict[str, list[Footprint]] = defaultdict(list)
    for (group, _), footprint in recorded.items():
        groups[group.removeprefix("hubmeter-")].append(footprint)
    sums = {group: _sum(rows) for group, rows in groups.items()}
    yield from (_cells(group, row) for group, row in sums.items() if row.series or row.rare)
    whole = _sum(list(sums.values()))
    yield _cells("**all recorded**", whole)
    yield _cells("raw", raw)
    yield "recorded / raw", f"{whole.series / raw.series:.0%}", f"{whole.samples / raw.samples:.0%}", ""


def _sum(rows: Sequence[Footprint]) -> Footprint:
    return Footprint(sum(r.series for r in rows), sum(r.samples for r in rows), sum(r.rare for r in rows))


def _cells(name: str, row: Footprint) -> Sequence[str]:
    return name, f"{row.series:,}", f"{row.samples:,.0f}", f"{row.rare:,}" if row.rare else ""


def _world(users: int, running: int) -> World:
    """Return a site where only the homes of users with a server grow."""
    world = large_world(
        START, users=users, running=running, days=(END - START) / 86400 + 0.05, hubs=2, groups_per_hub=9
    )
    busy = {(server.namespace, server.username) for server in world.servers}
    directories = tuple(
        replace(directory, bytes_per_hour=directory.bytes_per_hour if key in busy else 0.0)
        for key, directory in zip(world.memberships, world.directories, strict=True)
    )
    return replace(world, directories=directories)


def _write(store: Store, world: World) -> None:
    for chunk in history(world, START, END):
        write(store.write_url, chunk, session=store.session)
    writer = Writer(store.write_url, store.session)
    seen: dict[bytes, list[int]] = {}
    minutes = (END - START) // 60
    for minute in range(minutes):
        t = START + 60 * minute
        for row in rest(world, [s for s in world.servers_at(t) if s.running(t)], t):
            seen.setdefault(labels(row.name, row.labels), [minute, minute])[1] = minute + 1
    ones = tape(START, 60, [1.0] * minutes)
    for encoded, (begin, end) in seen.items():
        writer.add(encoded, ones.cut(begin, end))
    for namespace in world.hubs:
        for driver in names.COST_DRIVERS:
            price = {"namespace": namespace, "component": driver, "driver": driver, "estimated": "true"}
            for day in (END // 86400 - 1, END // 86400):
                of_day = labels(f"jupyterhub_{names.UNIT_PRICE}", {**price, "day": f"{day}"})
                writer.add(of_day, ones.encoded)
    writer.flush()
    say("  raw series are written")


def _recorded(store: Store, site: settings.Settings) -> dict[tuple[str, str], Footprint]:
    prometheus_ = Prometheus(store.url, store.session, timeout=120)
    backfill.backfill_chunk(
        backfill.Target(prometheus_, store.write_url, store.session), backfill.steps(site), START, END
    )
    say("  the rules are evaluated")
    return {
        (group["name"], rule["record"]): _footprint(prometheus_, _selector(rule), seconds(group["interval"]))
        for group in fill.rule_groups(site)
        for rule in group["rules"]
    }


def _selector(rule: open_model.Json) -> str:
    window = rule.get("labels", {}).get("window", "")
    return f'{rule["record"]}{{window="{window}"}}'


def _footprint(prometheus_: Prometheus, name: str, interval: int) -> Footprint:
    """Return a name's footprint; a series with one sample in all the time is rare."""
    often = f"count_over_time({name}[{END - START}s]) > 1 and present_over_time({name}[{max(interval, 300)}s])"
    return Footprint(
        round(_ask(prometheus_, f"count({often})")),
        _ask(prometheus_, f"sum(count_over_time({name}[3600s]))") / 60,
        round(_ask(prometheus_, f"count(count_over_time({name}[{END - START}s]) == 1)")),
    )


def _raw(store: Store) -> Footprint:
    series = _ask(
        Prometheus(store.url, store.session), 'count({__name__=~"kube_.*|container_.*|dirsize_.*|jupyter.*"})'
    )
    return Footprint(round(series), series)


def _ask(prometheus_: Prometheus, query: str) -> float:
    return sum(row.value for row in prometheus_.instant(query, END - 1))


if __name__ == "__main__":
    os.nice(5)
    main()
