"""How long ``hubmeter-backfill`` takes for a site with a week of raw series, and where its time goes.

Raw series that rules read are written for some hours that end at midnight; these hours are backfilled as the command
does it. Shown are the seconds on the wall, the processor seconds of Prometheus and of the command, and a week by
extrapolation.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from hubmeter_generator import settings
from hubmeter_generator.operate import backfill
from hubmeter_generator.operate.remote_write import write
from hubmeter_promql.client import Prometheus
from tests.bench.measure import say
from tests.bench.store import Store, prometheus
from tests.sim.cluster import World
from tests.sim.history import history
from tests.sim.worlds import large_world

END = 1_767_225_600 + 30 * 86_400  # 2026-01-31T00:00Z
CHUNK = 6 * 3600  # the command's own
WEEK = 7 * 86_400


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.backfill", description=__doc__)
    parser.add_argument("--users", type=int, default=2000, help="registered users (default: %(default)s)")
    parser.add_argument("--running", type=int, default=200, help="running servers (default: %(default)s)")
    parser.add_argument("--hours", type=int, default=24, help="hours that are backfilled (default: %(default)s)")
    parser.add_argument("--chunk", type=int, default=CHUNK // 3600, help="hours of a chunk (default: %(default)s)")
    options = parser.parse_args()
    start = END - options.hours * 3600
    world = large_world(
        start - 3600, users=options.users, running=options.running, days=(options.hours + 2) / 24, hubs=2,
        groups_per_hub=9,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, prometheus(Path(folder) / "store") as store:
        written = _write(store, world, start - 3600)
        say(f"{written:,} raw samples are written")
        wall, engine, own, samples = measure(store, start, options.chunk * 3600)
    week = WEEK / (END - start)
    print(f"\n{options.hours} hours, {options.users:,} users, {options.running:,} running: {samples:,} samples")
    print(f"{wall:.0f} s on the wall, {engine:.0f} s of Prometheus' and {own:.0f} s of the command's processor time")
    print(
        f"7 days by extrapolation: {wall * week / 60:.1f} minutes, {(engine + own) * week / 60:.1f} of processor time"
    )


def _write(store: Store, world: World, start: int) -> int:
    return sum(write(store.write_url, chunk, session=store.session) for chunk in history(world, start, END))


def measure(store: Store, start: int, chunk: int) -> tuple[float, float, float, int]:
    """Backfill [start, END); return seconds on the wall, of Prometheus and of this process, and written samples."""
    target = backfill.Target(Prometheus(store.url, store.session, timeout=600), store.write_url, store.session)
    rules = backfill.steps(settings.load())
    began, engine, own = time.perf_counter(), store.cpu_seconds(), time.process_time()
    samples = 0
    for first in range(start, END, chunk):
        samples += backfill.backfill_chunk(target, rules, first, min(first + chunk, END))
        say(f"  {(first + chunk - start) // 3600} hours, {samples:,} samples, {time.perf_counter() - began:.0f} s")
    return time.perf_counter() - began, store.cpu_seconds() - engine, time.process_time() - own, samples


if __name__ == "__main__":
    os.nice(5)
    main()
