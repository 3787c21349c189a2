"""Three hubs full of random policies: each engine records the limits and counts that the hub's Python computes."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from hubmeter_exporter.membership import Accounting, Strategy, account
from hubmeter_generator import settings
from hubmeter_generator.operate import backfill
from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_hub.quotas import policy
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.engines.engine import ENGINES, running

AT = 1_767_312_000  # 2026-01-02T00:00Z
WINDOWS = ("1d", "7d", "36h")
GROUPS = ("staff", "students", "guests", "labs")
NAMES = ("ana.lópez@uni.edu", "Bob-Smith", "x--y", "ann", "anna", "x" * 80, 'o"brien\\')

Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Hub:
    """A hub: how its exporter accounts users of several groups, its users' groups, its policies and what users used."""

    namespace: str
    strategy: Strategy
    users: Mapping[str, tuple[str, ...]]
    policies: policy.Policies
    used: Mapping[tuple[str, str, str], float]  # (user, resource, window) -> base units times hours


def hubs() -> Iterator[Hub]:
    rng = random.Random(4)
    for strategy, intersection in zip(Strategy, policy.INTERSECTIONS, strict=True):
        users = {
            name: tuple(rng.sample(GROUPS, rng.choice((0, 1, 1, 2, 3))))
            for name in (*NAMES, *(f"user-{number}" for number in range(60)))
        }
        config = [_policy(rng) for _ in range(12)]
        strategy_of = {"intersection": intersection, "empty": [_limit(rng) for _ in range(2)]}
        used = {
            (user, resource, window): float(rng.choice((0, 5, 8, 9, 10, 40)))
            for user in users
            for resource in names.QUOTA_RESOURCES
            for window in WINDOWS
        }
        yield Hub(f"hub-{intersection}", strategy, users, policy.parse(config, strategy_of), used)


def _limit(rng: random.Random) -> dict[str, object]:
    return {
        "resource": rng.choice(tuple(names.QUOTA_RESOURCES)),
        "limit": rng.choice((0, 10, 20, 50)),
        "window": rng.choice(WINDOWS),
    }


def _policy(rng: random.Random) -> dict[str, object]:
    scope = {
        "group": {"group": rng.sample(GROUPS, rng.choice((1, 2)))},
        "user": {"user": rng.sample(NAMES, 2)},
    }[rng.choice(("group", "group", "user"))]
    return {**_limit(rng), "scope": scope}


def inputs(hub: Hub) -> Iterator[Series]:
    """Yield everything that the rules of quotas read of a hub, for the hour before AT."""

    def row(name: str, value: float, step: int = 60, **labels: str) -> Series:
        points = [(at * 1000, value) for at in range(AT - 3600, AT + 1, step)]
        return {"__name__": name, "namespace": hub.namespace, **labels}, points

    for user, groups in hub.users.items():
        for group, share in account(groups, Accounting(hub.strategy)).shares:
            yield row(names.SHARE, share, usergroup=group, username=user)
    registry = CollectorRegistry()
    QuotaMetrics(registry, "jupyterhub").expose(hub.policies)
    for metric in registry.collect():
        for sample in metric.samples:
            if sample.name.endswith((names.QUOTA_POLICY_LIMIT, names.QUOTA_INTERSECTION)):
                yield row(sample.name, sample.value, 60, instance="hub-1", **sample.labels)
    for (user, resource, window), amount in hub.used.items():
        name = names.window(names.user(names.QUOTA_RESOURCES[resource]))
        yield row(name, amount, 300, username=user, window=window)


def expected(hub: Hub) -> dict[str, dict[Labels, float]]:
    """Return series -> labels -> value, computed by the hub's own code."""

    def key(**labels: str) -> Labels:
        return frozenset({"namespace": hub.namespace, **labels}.items())

    found: dict[str, dict[Labels, float]] = {
        name: {} for name in (names.QUOTA_LIMIT, names.QUOTA_USED, names.QUOTA_RATIO, names.QUOTA_USERS)
    }
    nearest: dict[str, float] = {}
    for user, groups in hub.users.items():
        for limit in policy.limits_for(hub.policies, user, groups):
            labels = key(username=user, resource=limit.resource, window=limit.window)
            used = hub.used.get((user, limit.resource, limit.window), 0.0)
            found[names.QUOTA_LIMIT][labels] = limit.value
            found[names.QUOTA_USED][labels] = used
            found[names.QUOTA_RATIO][labels] = used / limit.value if limit.value else 1.0
            nearest[user] = max(nearest.get(user, 0.0), found[names.QUOTA_RATIO][labels])
    for percent in (0, 80, 90, 100):
        count = sum(ratio >= percent / 100 for ratio in nearest.values())
        found[names.QUOTA_USERS][key(threshold=str(percent))] = count
    return found


@pytest.mark.parametrize("engine_name", ENGINES)
def test_an_engine_records_the_limits_that_the_hubs_keep_to(engine_name: str, tmp_path: Path) -> None:
    site = settings.make({"windows": list(WINDOWS)}, "test")
    every = list(hubs())
    with running(engine_name, tmp_path) as engine:
        write(engine.write_url, (row for hub in every for row in inputs(hub)), session=engine.session)
        engine.flush()
        target = backfill.Target(Prometheus(engine.url, engine.session), engine.write_url, engine.session, engine.flush)
        steps = [step for step in backfill.steps(site) if ":quota_" in step.record]
        backfill.backfill_chunk(target, steps, AT - 900, AT + 300)
        for hub in every:
            for name, rows in expected(hub).items():
                assert rows, f"{hub.namespace} has no {name}: the test does not test it"
                recorded = engine.samples(name, AT + 1, "2s")
                of_hub = {key: v[AT] for key, v in recorded.items() if ("namespace", hub.namespace) in key and AT in v}
                assert of_hub == pytest.approx(rows), f"{name} of {hub.namespace}"
