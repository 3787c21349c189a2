"""Starts of a class at nine o'clock on a real hub, with a Prometheus that takes seconds or does not answer.

    python -m tests.bench.bursts

The spawner has its servers at once, so that the figures are those of the hub and of the quotas. Without quotas, the
same burst shows what the hub itself needs.
"""

import argparse
import asyncio
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry
from traitlets.config import Config

from hubmeter_hub.quotas.check import QuotaCheck
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.traits import UsageQuotaManager
from tests.bench.measure import markdown, say
from tests.bench.page import process_with, processor
from tests.bench.quotas import User, spawner
from tests.engines.engine import running
from tests.engines.recorded import buckets, evenly, heartbeat, record
from tests.hub.bursts import Burst, burst, config, servers, slow
from tests.hub.jupyterhub import VERSIONS, real_hub
from tests.hub.test_quotas import metric

GIB = 2.0**30
# The title, and the seconds of Prometheus for an answer; 0: no quotas.
WORLDS = (("no quotas", 0.0), ("1 s", 1.0), ("3 s", 3.0), ("no answer", None))


@dataclass(frozen=True)
class Run:
    """A burst, the users who were checked, the queries that Prometheus got, and the hub's seconds of processor."""

    burst: Burst
    checked: int
    queries: int
    processor: float


def run(version: int, users: Sequence[str], spread: float, engine_url: str, seconds: float | None) -> Run:
    """Return a burst on a hub of its own."""
    with ExitStack() as stack:
        proxy = stack.enter_context(slow(engine_url, seconds))
        port = stack.enter_context(servers())
        quotas = seconds is None or seconds > 0
        extra = config(port, proxy.url if quotas else None)
        hub = stack.enter_context(real_hub(version, {user: [] for user in users}, config_extra=extra))
        process = process_with(str(hub.log_path.with_name("jupyterhub_config.py")))
        used = processor(process)
        result = burst(hub, users, spread)
        used = processor(process) - used
        checked = 0.0
        if quotas:
            for outcome in ("allowed", "denied"):
                checked += metric(hub, f'jupyterhub_quota_decisions_total{{outcome="{outcome}"}}')
        return Run(result, int(checked), proxy.queries, used)


def rows(users: Sequence[str], spread: float, rounds: int, engine_url: str) -> Iterator[Sequence[str]]:
    """Yield the table's rows. The worlds take turns, because the machine is not equally busy all the time."""
    for version in VERSIONS:
        runs: dict[str, list[Run]] = {title: [] for title, _ in WORLDS}
        for number in range(rounds):
            for title, seconds in WORLDS if number % 2 else reversed(WORLDS):
                say(f"JupyterHub {version}, {title}, round {number + 1}")
                runs[title].append(run(version, users, spread, engine_url, seconds))
        for title, seconds in WORLDS:
            took = [second for done in runs[title] for second in done.burst.seconds]
            api = [second for done in runs[title] for second in done.burst.api]
            yield (
                f"JupyterHub {version}, {title}",
                " and ".join(dict.fromkeys(str(done.checked) for done in runs[title])) if seconds != 0.0 else "",
                " and ".join(dict.fromkeys(str(done.queries) for done in runs[title])) if seconds != 0.0 else "",
                f"{statistics.median(took):.1f} s",
                f"{max(took):.1f} s",
                f"{statistics.median(api) * 1000:.0f} ms",
                f"{statistics.quantiles(api, n=100)[98] * 1000:.0f} ms",
                f"{sum(done.processor for done in runs[title]) / len(took) * 1000:.0f} ms",
            )


def decided(users: Sequence[str], spread: float, engine_url: str) -> Iterator[Sequence[str]]:
    """Yield the rows of decisions alone, without a hub: arrivals within ``spread`` seconds, in this process."""

    async def arrive(check: QuotaCheck, number: int, user: str) -> float:
        await asyncio.sleep(number * spread / len(users))
        begun = time.perf_counter()
        made = spawner(User(user, ()))
        made.log = logging.getLogger("bench")
        await check(made)
        return time.perf_counter() - begun

    async def arrivals(check: QuotaCheck) -> list[float]:
        return await asyncio.gather(*(arrive(check, number, user) for number, user in enumerate(users)))

    for title, seconds in WORLDS[1:]:
        config = Config()
        config.UsageQuotaManager.hub_namespace = "prod"
        config.UsageQuotaManager.policy = [{"resource": "memory", "limit": "100TiB", "window": 7}]
        with slow(engine_url, seconds) as proxy:
            config.UsageQuotaManager.prometheus_url = proxy.url
            manager, registry = UsageQuotaManager(config=config), CollectorRegistry()
            check = QuotaCheck(manager, manager.policies(), QuotaMetrics(registry, "hub"), manager.session)
            took = asyncio.run(arrivals(check))
            checked = registry.get_sample_value("hub_quota_decisions_total", {"outcome": "allowed"})
            yield (
                f"Prometheus: {title}", f"{checked:.0f} of {len(users)}", str(proxy.queries),
                f"{statistics.median(took):.1f} s", f"{max(took):.1f} s",
            )  # fmt: skip


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--users", type=int, default=200)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--rounds", type=int, default=2)
    given = options.parse_args()
    logging.disable()
    users = [f"user{i}" for i in range(given.users)]
    with (
        tempfile.TemporaryDirectory(prefix="hubmeter-bench-") as folder,
        running("Prometheus 3", Path(folder), lookback="1h") as engine,
    ):
        now = time.time()
        record(
            engine,
            [buckets(name, "memory", evenly(50 * GIB, 100), now) for name in users],
            [heartbeat(now + 540, minutes=20)],
        )
        columns = ("decisions", "checked", "queries", "p50", "slowest")
        print(markdown(columns, decided(users, given.seconds, engine.url)), "\n")
        header = (
            "",
            "checked",
            "queries",
            "start, p50",
            "start, slowest",
            "hub's API, p50",
            "hub's API, p99",
            "processor",
        )
        if given.rounds:
            print(markdown(header, rows(users, given.seconds, given.rounds, engine.url)))
    load = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()} processors"
    print(f"\n{given.users} starts within {given.seconds:g} s, {given.rounds} rounds; load meanwhile {load}.")


if __name__ == "__main__":
    main()
