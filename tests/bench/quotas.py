"""What a launch decision costs and whether its number is right, beside a query over raw requests.

    python -m tests.bench.quotas

2,000 users of 30 days are written to a Prometheus 3: everybody's 5-minute buckets, and of 200 users the raw requests
from which rules make them. The decision is the hub's own (`QuotaCheck`), threads and HTTP included. The oracle adds up
the minutes of the model itself.
"""

import argparse
import asyncio
import json
import math
import os
import random
import statistics
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import requests
from kubespawner.slugs import safe_slug
from prometheus_client import CollectorRegistry
from tornado.web import HTTPError
from traitlets.config import Config

from hubmeter_generator.operate.remote_write import STALE, Series, write
from hubmeter_hub.quotas.check import QuotaCheck
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.quotas.usage import read_usage, usage_query
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.bench.measure import markdown, say
from tests.bench.store import Store, prometheus, settle

DAYS: Final = 30
MINUTES: Final = DAYS * 1440
HUB: Final = {"namespace": "prod"}
GIB: Final = 2.0**30
BUCKET: Final = names.user(names.BUCKETS[names.MEMORY_REQUESTS])
WRONG: Final = 0.01
# Of each user the pods that look like the user's, as is asked elsewhere; once a minute is as exact as it can be.
NAIVE: Final = (
    'sum_over_time(sum(kube_pod_container_resource_requests{{namespace="prod", pod=~"jupyter-{name}.*", '
    'resource="memory"}})[{days}d:{step}m]) * {step} / 60'
)


# What any query costs on this machine, with its HTTP.
NOTHING: Final = "vector(1)"


@dataclass(frozen=True)
class User:
    """A user, and the sessions: minutes [begin, end) after the start, and the memory requested meanwhile."""

    name: str
    sessions: tuple[tuple[int, int, float], ...]

    @cached_property
    def buckets(self) -> tuple[tuple[int, float], ...]:
        """The minute at whose end each 5-minute bucket is recorded, and its byte-hours."""
        ends = sorted({end for a, b, _ in self.sessions for end in range(a // 5 * 5 + 5, b + 5, 5)})
        return tuple((end, self.used(end - 5, end)) for end in ends)

    @cached_property
    def pod(self) -> str:
        """The pod's name, as KubeSpawner makes it."""
        return f"jupyter-{safe_slug(self.name, max_length=48)}"

    def used(self, begin: int, end: int) -> float:
        """Return the byte-hours of the minutes [begin, end): the oracle."""
        return math.fsum(max(min(b, end) - max(a, begin), 0) * size for a, b, size in self.sessions) / 60


def people(count: int, seed: int = 4) -> tuple[User, ...]:
    """Return users whose names begin alike, are long, or have signs; one of twenty never stops the server."""
    draw = random.Random(seed)
    first = [
        "ann",
        "anna",
        "ana",
        "bob",
        "li",
        "lin",
        "linda",
        "jo",
        "john",
        "johnson",
        "max",
        "maxim",
        "sam",
        "samira",
    ]
    users = []
    for i in range(count):
        stem = first[i % len(first)]
        kind = i % 5
        number = i // len(first)
        name = (
            f"{stem}{number}" if kind < 2
            else f"{stem}.{number}@uni.edu" if kind == 2
            else f"{stem}-{number}" if kind == 3
            else f"{stem}.{number}@students.department-of-geography.university.edu"
        )  # fmt: skip
        users.append(User(name, tuple(_sessions(draw, always=i % 20 == 7))))
    return tuple(users)


def _sessions(draw: random.Random, *, always: bool) -> Iterator[tuple[int, int, float]]:
    if always:
        yield 0, MINUTES, 2 * GIB
        return
    for day in range(DAYS):
        if draw.random() < 0.6:
            begin = day * 1440 + draw.randrange(600, 1080)
            yield begin, min(begin + draw.randrange(30, 360), MINUTES), draw.choice((1, 2, 4, 8)) * GIB


def written(users: Sequence[User], sampled: Sequence[User], start: float) -> Iterator[list[Series]]:
    """Yield what to write, six hours at a time; values at a minute's end, as scraped and recorded."""
    raw = {user.name for user in sampled}
    for begin in range(0, MINUTES, 360):
        chunk: list[Series] = []
        for user in users:
            low, high = (bisect_right(user.buckets, minute, key=itemgetter(0)) for minute in (begin, begin + 360))
            points = [(round((start + 60 * end) * 1000), amount) for end, amount in user.buckets[low:high]]
            if points:
                chunk.append(({"__name__": BUCKET, "username": user.name, **HUB}, points))
            if user.name in raw:
                chunk += _raw(user, begin, start)
        chunk.append(
            (
                {"__name__": names.USAGE_RECORDED, **HUB},
                [(round((start + 60 * minute) * 1000), 1.0) for minute in range(begin + 5, begin + 361, 5)],
            )
        )
        yield chunk


def _raw(user: User, begin: int, start: float) -> Iterator[Series]:
    labels = {"__name__": "kube_pod_container_resource_requests", "pod": user.pod, "container": "notebook", **HUB}
    labels |= {"resource": "memory", "unit": "byte", "node": "node-1", "instance": "ksm:8080", "job": "ksm"}
    for a, b, size in user.sessions:
        points = [
            (round((start + 60 * (minute + 1)) * 1000), size if minute < b else STALE)
            for minute in range(max(a, begin), min(b + 1, begin + 360))
        ]
        if points:
            yield {**labels, "uid": f"{user.pod}-{a}"}, points


def spawner(user: User) -> Any:
    return SimpleNamespace(
        user=SimpleNamespace(name=user.name, groups=[]),
        handler=None,
        hub=SimpleNamespace(base_url="/hub/"),
        log=SimpleNamespace(info=lambda *_: None, warning=print),
    )


def check(store: Store, days: Sequence[int], limit: float) -> tuple[QuotaCheck, QuotaMetrics]:
    """Return the hub's own check, for everybody, without its cache."""
    config = Config()
    config.UsageQuotaManager.prometheus_url = store.url
    config.UsageQuotaManager.hub_namespace = "prod"
    config.UsageQuotaManager.failover_open = False
    config.UsageQuotaManager.cache_seconds = 0.0
    config.UsageQuotaManager.policy = [{"resource": "memory", "limit": limit, "window": window} for window in days]
    manager = UsageQuotaManager(config=config)
    metrics = QuotaMetrics(CollectorRegistry(), "jupyterhub")
    return QuotaCheck(manager, manager.policies(), metrics, manager.session), metrics


async def decisions(decide: QuotaCheck, users: Sequence[User], *, denied: bool) -> list[float]:
    """Return the seconds of each decision, one after the other."""
    took = []
    for user in users:
        begin = time.perf_counter()
        try:
            await decide(spawner(user))
            if denied:
                raise AssertionError(f"{user.name} should be denied")
        except HTTPError as refused:
            if not denied:
                raise AssertionError(f"{user.name} should be allowed") from refused
        took.append(time.perf_counter() - begin)
    return took


@dataclass(frozen=True)
class Answer:
    """What Prometheus counts of a query, and how long it took on the wall (seconds)."""

    samples: int
    size: int
    wall: float
    value: float


def ask(store: Store, query: str, at: float | None) -> Answer:
    form: dict[str, Any] = {"query": query, "stats": "all"} | ({} if at is None else {"time": at})
    begin = time.perf_counter()
    answer = store.session.post(f"{store.url}/api/v1/query", data=form, timeout=60)
    wall = time.perf_counter() - begin
    data = answer.json()["data"]
    size = len(json.dumps({"status": "success", "data": {k: v for k, v in data.items() if k != "stats"}}))
    value = math.fsum(float(row["value"][1]) for row in data["result"] if row["metric"].get("quota") != "newest")
    return Answer(data["stats"]["samples"]["totalQueryableSamples"], size, wall, value)


def stored(store: Store, user: User, days: int, at: float) -> int:
    """Return the raw samples that the naive query has to read: those stored in its range, of the pods it matches."""
    matched = NAIVE.format(name=slug(user), days=days, step=1).split("sum(")[1].split(")[")[0]
    return round(ask(store, f"sum(count_over_time({matched}[{days * 86400_000 - 1}ms]))", at).value)


def slug(user: User) -> str:
    """Return the user's name as the naive query spells it: the safe slug, which KubeSpawner shortens in pods' names."""
    return str(safe_slug(user.name, max_length=100)).replace(".", r"\\.")


def p(took: Sequence[float], percent: int) -> str:
    cuts = statistics.quantiles(took, n=100)
    return f"{cuts[percent - 1] * 1000:.1f} ms"


def wrong(users: Sequence[User], value: Callable[[User], float], begin: int) -> tuple[int, float]:
    """Return of how many users the value is off by more than WRONG, and by how much it is off at most."""
    off = []
    for user in users:
        expected, found = user.used(begin, MINUTES), value(user)
        off.append(abs(found - expected) / expected if expected else float(found > 0))
    return sum(item > WRONG for item in off), max(off)


def figures(store: Store, users: Sequence[User], sampled: Sequence[User], end: float) -> Iterator[Sequence[str]]:
    """Yield the table's rows."""
    client = Prometheus(store.url, store.session)
    for _ in range(50):
        client.instant(NOTHING)
    cpu = store.cpu_seconds()
    took = [ask(store, NOTHING, end).wall for _ in range(1000)]
    cpu = (store.cpu_seconds() - cpu) / len(took)
    yield "no question (`vector(1)`)", p(took, 50), p(took, 99), f"{cpu * 1000:.1f} ms", "0", "", ""
    for days in (7, 30):
        begin = MINUTES - days * 1440
        for denied, limit in ((False, 1e30), (True, 1.0)):
            busy = [user for user in users if user.used(begin + 60, MINUTES) > 1.0]
            decide, _ = check(store, [days], limit)
            asyncio.run(decisions(decide, busy[:50], denied=denied))
            cpu = store.cpu_seconds()
            took = asyncio.run(decisions(decide, busy, denied=denied))
            cpu = (store.cpu_seconds() - cpu) / len(busy)
            title = "denied, with the retry time" if denied else "allowed"
            if denied:
                yield f"decision, {days} days, {title}", p(took, 50), p(took, 99), f"{cpu * 1000:.1f} ms", "", "", ""
                continue
            say(f"{days} days: {len(busy)} decisions")
            answers = {
                user.name: ask(store, usage_query(HUB, {user.name: [("memory", days * 24)]}), end) for user in users
            }
            off, most = wrong(users, lambda user, answers=answers: answers[user.name].value, begin)  # type: ignore[misc] # a default
            live = read_usage(client, HUB, users[7].name, [("memory", days * 24)])
            assert live.fresh, "the decisions above were made on fresh data"
            yield (
                f"decision, {days} days, {title}", p(took, 50), p(took, 99), f"{cpu * 1000:.1f} ms",
                f"{statistics.mean(a.samples for a in answers.values()):,.0f}",
                f"{statistics.mean(a.size for a in answers.values()):,.0f}",
                f"{off} of {len(users):,} (at most {most:.2g})",
            )  # fmt: skip
        for step in (1, 5):
            say(f"{days} days: the naive query, each {step} minutes")
            cpu = store.cpu_seconds()
            naive = {u.name: ask(store, NAIVE.format(name=slug(u), days=days, step=step), end) for u in sampled}
            cpu = (store.cpu_seconds() - cpu) / len(sampled)
            off, most = wrong(sampled, lambda user, naive=naive: naive[user.name].value, begin)  # type: ignore[misc] # a default
            took = [answer.wall for answer in naive.values()]
            yield (
                f"raw requests, {days} days, each {step} min", p(took, 50), p(took, 99), f"{cpu * 1000:.1f} ms",
                f"{statistics.mean(stored(store, user, days, end) for user in sampled):,.0f}",
                f"{statistics.mean(a.size for a in naive.values()):,.0f}",
                f"{off} of {len(sampled):,} (at most {most:.2g})",
            )  # fmt: skip


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--users", type=int, default=2000)
    options.add_argument("--sampled", type=int, default=200)
    given = options.parse_args()
    users = people(given.users)
    sampled = users[: given.sampled]
    end = math.floor(time.time() / 60) * 60
    with tempfile.TemporaryDirectory(prefix="hubmeter-bench-") as folder, prometheus(Path(folder)) as store:
        begin, count = time.perf_counter(), 0
        for chunk in written(users, sampled, end - 60 * MINUTES):
            count += write(store.write_url, chunk, session=store.session)
        say(f"{count:,} samples written in {time.perf_counter() - begin:.0f} s")
        settle(store)
        heartbeat: Mapping[str, str] = {"__name__": names.USAGE_RECORDED, **HUB}
        beats = [
            (round((end + 60 * minute) * 1000), 1.0) for minute in range(5, round((time.time() - end) / 60) + 1, 5)
        ]
        with requests.Session() as session:
            write(store.write_url, [(heartbeat, [*beats, (round((time.time() + 540) * 1000), 1.0)])], session=session)
        header = ("", "p50", "p99", "processor", "samples", "bytes", "wrong by more than 1 %")
        print(markdown(header, figures(store, users, sampled, end)))
        load = f"{os.getloadavg()[0]:.1f} of {os.cpu_count()} processors"
        print(f"\n{len(users):,} users, {DAYS} days, {count:,} samples in Prometheus 3; load meanwhile {load}.")


if __name__ == "__main__":
    main()
