"""A class that starts at once, on real hubs, with a Prometheus that is slow or does not answer."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.engine import Engine, running
from tests.engines.recorded import buckets, evenly, heartbeat, record
from tests.hub.bursts import burst, config, servers, slow
from tests.hub.jupyterhub import VERSIONS, real_hub
from tests.hub.test_quotas import metric

GIB = 2.0**30
USERS: dict[str, list[str]] = {f"user{i}": [] for i in range(60)}
# Every fourth has used up the limit.
OVER = [f"user{i}" for i in range(0, 60, 4)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running("Prometheus 3", tmp_path_factory.mktemp("prometheus"), lookback="1h") as engine:
        now = time.time()
        record(
            engine,
            [buckets(name, "memory", evenly((150 if name in OVER else 50) * GIB, 24), now) for name in USERS],
            [heartbeat(now + 540, minutes=20)],
        )
        yield engine


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_with_a_slow_prometheus_all_starts_of_a_burst_are_checked(
    version: int, seconds: float, engine: Engine, tmp_path: Path
) -> None:
    more = "c.UsageQuotaManager.failover_open = False\n"
    with slow(engine.url, seconds) as proxy, servers() as port:
        extra = config(port, proxy.url) + more
        with real_hub(version, USERS, config_extra=extra, folder=tmp_path) as hub:
            result = burst(hub, list(USERS), 0.5)
            assert metric(hub, 'jupyterhub_quota_failures_total{reason="timeout"}') == 0
            assert metric(hub, 'jupyterhub_quota_decisions_total{outcome="allowed"}') == len(USERS) - len(OVER)
            assert metric(hub, 'jupyterhub_quota_decisions_total{outcome="denied"}') == len(OVER)
    assert proxy.queries < len(USERS) / 2, "users share queries"
    denied = [user for user, status in zip(USERS, result.statuses, strict=True) if status in (403, 429)]
    assert denied == OVER
    assert set(result.statuses) <= {201, 403, 429}


@pytest.mark.parametrize("version", VERSIONS)
def test_without_an_answer_a_burst_sends_few_queries_and_the_hub_goes_on(
    version: int, engine: Engine, tmp_path: Path
) -> None:
    with slow(engine.url, None) as proxy, servers() as port:
        with real_hub(version, USERS, config_extra=config(port, proxy.url), folder=tmp_path) as hub:
            result = burst(hub, list(USERS), 0.5)
            assert Counter(result.statuses) == {201: len(USERS)}
            assert metric(hub, 'jupyterhub_quota_decisions_total{outcome="failed_open"}') == len(USERS)
            assert metric(hub, 'jupyterhub_quota_failures_total{reason="timeout"}') == len(USERS)
        # One for the history at the hub's start.
        assert proxy.queries <= 6
