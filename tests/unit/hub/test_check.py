"""The check in the hub: the site's own hook, failures of Prometheus, the event loop, the cache, metrics.

A double plays the failures only; decisions on real numbers are in test_usage.py and tests/hub/test_quotas.py.
"""

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from typing import Any

import pytest
from jupyterhub.spawner import SimpleLocalProcessSpawner, SpawnException
from prometheus_client import CollectorRegistry
from tornado.web import HTTPError
from traitlets import TraitError
from traitlets.config import Config

from hubmeter_hub import setup_usage_quotas
from hubmeter_hub.quotas.check import QuotaCheck
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.traits import UsageQuotaManager
from tests.http_server import Handler, http_server
from tests.unit.hub.quota_cases import cpu, memory
from tests.waiting import PATIENCE

POLICY = [memory(1000, group=["staff"])]


@dataclass
class FakePrometheus:
    """Fails as set, or answers that the user has used so many byte-hours in each window."""

    behaviour: str = "answers"
    used: float = 0.0
    days: float | None = None  # of recorded usage; None: they cover all windows
    asked: int = 0
    url: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked += 1
        form = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        if self.behaviour == "hangs":
            self.go_on.wait(PATIENCE)
            return
        now = time.time()
        newest = now - (1000 if self.behaviour == "is stale" else 30)
        rows = [{"metric": {"quota": "newest"}, "value": [now, str(newest)]}]
        rows += [
            {"metric": {"quota": "memory:168", "username": name}, "value": [now, str(self.used)]}
            for name in ("ann", "anna")
        ]
        if self.behaviour == "has two copies":
            rows += [{"metric": {"quota": "copies"}, "value": [now, "2"]}]
        if self.days is not None:
            rows += [{"metric": {"quota": "history"}, "value": [now, str(now - self.days * 86400)]}]
        if "label_replace" not in form:  # the hub asks for the start of the recorded usage alone
            rows = rows[3:]
        data = {"resultType": "vector", "result": [] if self.behaviour == "knows nothing" else rows}
        body = {
            "gives a page": "<html>log in</html>",
            "gives half of it": json.dumps({"status": "success", "data": data})[:40],
            "gives success without data": json.dumps({"status": "success"}),
            "gives a matrix": json.dumps({"status": "success", "data": {"resultType": "matrix", "result": []}}),
            "refuses the query": json.dumps({"status": "error", "errorType": "bad_data", "error": "parse error"}),
            "has too much": json.dumps({"status": "error", "errorType": "execution", "error": "too many samples"}),
            "is broken": "internal error",
        }.get(self.behaviour, json.dumps({"status": "success", "data": data}))
        statuses = {"is broken": 500, "refuses the query": 400, "has too much": 422}
        handler.send_response(statuses.get(self.behaviour, 200))
        handler.end_headers()
        if self.behaviour == "drips":
            for i in range(0, len(body), 4):
                if self.go_on.wait(0.1):
                    return
                handler.wfile.write(body[i : i + 4].encode())
        handler.wfile.write(body.encode())


@pytest.fixture
def prometheus() -> Iterator[FakePrometheus]:
    fake = FakePrometheus()

    class FakeHandler(Handler, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            fake.answer(self)

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"status": "success", "data": {"storageRetention": "5d"}}).encode())

    with http_server(FakeHandler) as server:
        fake.url = f"http://reader:secret-word@127.0.0.1:{server.server_port}"
        yield fake
        fake.go_on.set()


def config(prometheus: FakePrometheus, **options: Any) -> Config:
    c = Config()
    c.UsageConfig.prometheus_url = prometheus.url
    # No good answer takes a minute, on any machine; and nobody waits long for a bad one.
    c.UsageConfig.prometheus_timeout = 0.5 if prometheus.behaviour in {"hangs", "drips"} else 60.0
    c.UsageConfig.hub_namespace = "prod"
    c.UsageQuotaManager.policy = POLICY
    for name, value in options.items():
        setattr(c.UsageQuotaManager, name, value)
    return c


def spawner(c: Config, name: str = "ann", groups: tuple[str, ...] = ("staff",)) -> Any:
    user = SimpleNamespace(name=name, groups=[SimpleNamespace(name=group) for group in groups], url="/user/x", id=1)
    return SimpleLocalProcessSpawner(config=c, user=user, hub=SimpleNamespace(base_url="/hub/"), orm_spawner=None)


def launch(made: Any) -> None:
    """Run the hook as the hub does."""

    async def run() -> None:
        result = made.run_pre_spawn_hook()
        if result is not None:
            await result

    asyncio.run(run())


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"jupyterhub_quota_{name}", labels)


FAILURES = [
    # Of the 0.5 s, what is left at the request: less on a busy machine.
    ("hangs", "timeout", r"did not answer within 0\.\d+ s|no time is left for"),
    ("drips", "timeout", r"did not answer within 0\.\d+ s|no time is left for"),
    ("is broken", "bad_answer", "HTTP 500"),
    ("gives a page", "bad_answer", "not as Prometheus does"),
    ("gives half of it", "bad_answer", "not as Prometheus does"),
    ("gives success without data", "bad_answer", "answered with success but without a result"),
    ("gives a matrix", "bad_query", "not a matrix"),
    ("refuses the query", "bad_query", "parse error"),
    ("has too much", "too_much", "too many samples"),
    ("is stale", "stale", "no sample newer than 15 minutes is recorded for namespace prod"),
    ("has two copies", "recorded_twice", "the recorded series of namespace prod are in the store 2 times"),
    ("knows nothing", "stale", "no sample newer than 15 minutes is recorded for namespace prod"),
]


@pytest.mark.parametrize(("behaviour", "reason", "said"), FAILURES)
@pytest.mark.parametrize("failover_open", [True, False])
def test_if_the_usage_is_unknown_failover_open_decides(
    prometheus: FakePrometheus,
    behaviour: str,
    reason: str,
    said: str,
    failover_open: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    prometheus.behaviour = behaviour
    c, registry = config(prometheus, failover_open=failover_open), CollectorRegistry()
    setup_usage_quotas(c, registry)
    made = spawner(c)
    made.log = logging.getLogger("hub")
    if failover_open:
        launch(made)
        outcome = "failed_open"
    else:
        with pytest.raises(SpawnException) as caught:
            launch(made)
        assert caught.value.status_code == 503
        assert caught.value.message.startswith("Your quota cannot be checked at the moment")
        outcome = "failed_closed"
    assert value(registry, "failures_total", reason=reason) == 1
    assert value(registry, "decisions_total", outcome=outcome) == 1
    assert value(registry, "decision_duration_seconds_count") == 1
    assert re.search(said, caplog.text)
    assert "secret-word" not in caplog.text


def test_a_window_that_is_not_covered_is_logged_once_while_its_start_stays(
    prometheus: FakePrometheus, caplog: pytest.LogCaptureFixture
) -> None:
    c = config(prometheus, cache_seconds=0)
    setup_usage_quotas(c, CollectorRegistry())
    made = spawner(c)
    made.log = logging.getLogger("hub")
    counts = []
    for days in (None, 3.0, 3.0, 2.0, 6.99):
        prometheus.days = days
        launch(made)
        counts.append(caplog.text.count("limits for 7 days are decided on the usage since then"))
    # A day later the start has moved on. Seven days but a quarter of an hour count as covered.
    assert counts == [0, 1, 1, 2, 2]


def test_the_hub_logs_at_its_start_what_prometheus_keeps(
    prometheus: FakePrometheus, caplog: pytest.LogCaptureFixture
) -> None:
    prometheus.days = 3.0
    c = config(prometheus)
    manager = UsageQuotaManager(config=c)
    check = QuotaCheck(manager, manager.policies(), QuotaMetrics(CollectorRegistry(), "x"), manager.session)
    check.log_history(logging.getLogger("hub"))
    check.close()
    assert "Prometheus keeps 5 days, but limits count 7 days" in caplog.text
    assert "limits for 7 days are decided on the usage since then" in caplog.text


def test_a_missing_token_file_is_a_failure_too(prometheus: FakePrometheus) -> None:
    c, registry = config(prometheus, failover_open=False), CollectorRegistry()
    c.UsageConfig.prometheus_token_file = "/nowhere/token"
    setup_usage_quotas(c, registry)
    with pytest.raises(SpawnException):
        launch(spawner(c))
    assert value(registry, "failures_total", reason="error") == 1


def test_no_launch_waits_longer_than_the_timeout_for_an_answer_or_for_a_thread(
    prometheus: FakePrometheus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are fewer threads than launches, and no thread goes on before all launches have ended."""
    prometheus.behaviour = "hangs"
    c, registry = config(prometheus), CollectorRegistry()
    setup_usage_quotas(c, registry)
    threads: set[int] = set()
    ended = threading.Event()

    def blocks(*_: object) -> None:
        threads.add(threading.get_ident())
        assert ended.wait(PATIENCE)

    monkeypatch.setattr("hubmeter_hub.quotas.readings.read_usages", blocks)

    async def run() -> None:
        await asyncio.gather(*(spawner(c, f"user{i}").run_pre_spawn_hook() for i in range(12)))

    try:
        asyncio.run(run())
    finally:
        ended.set()
    assert len(threads) < 12
    assert threading.get_ident() not in threads, "the event loop runs on meanwhile"
    assert value(registry, "failures_total", reason="timeout") == 12


def test_a_denial_without_a_retry_time_is_still_a_denial(prometheus: FakePrometheus) -> None:
    """The double answers the range query with a vector."""
    prometheus.used = 2000
    c, registry = config(prometheus), CollectorRegistry()
    setup_usage_quotas(c, registry)
    with pytest.raises(SpawnException) as caught:
        launch(spawner(c))
    assert caught.value.status_code == 403
    assert "please try again later" in caught.value.message
    assert value(registry, "decisions_total", outcome="denied") == 1


def test_a_decision_is_reused_for_the_same_user_and_groups(prometheus: FakePrometheus) -> None:
    c = config(prometheus, cache_seconds=PATIENCE)
    c.UsageQuotaManager.policy = [memory(1000, group=["staff"]), memory(2000, group=["guests"])]
    setup_usage_quotas(c, CollectorRegistry())
    for name, groups, asked in (
        ("ann", ("staff",), 1),
        ("ann", ("staff",), 1),
        ("anna", ("staff",), 2),
        ("ann", ("guests",), 3),
        ("ann", ("staff",), 3),
        ("ann", (), 3),  # no policy, no query
    ):
        launch(spawner(c, name, groups))
        assert prometheus.asked == asked


def test_a_failure_is_not_cached(prometheus: FakePrometheus) -> None:
    prometheus.behaviour = "is broken"
    c, registry = config(prometheus), CollectorRegistry()
    setup_usage_quotas(c, registry)
    launch(spawner(c))
    prometheus.behaviour = "answers"
    launch(spawner(c))
    assert value(registry, "decisions_total", outcome="failed_open") == 1
    assert value(registry, "decisions_total", outcome="allowed") == 1


@pytest.mark.parametrize(("guarantee", "denied"), [(100, False), (101, True)])
def test_with_count_requested_an_hour_of_the_server_counts(
    prometheus: FakePrometheus, guarantee: int, denied: bool
) -> None:
    prometheus.used = 900
    c, registry = config(prometheus, count_requested=True), CollectorRegistry()
    c.Spawner.mem_guarantee = guarantee
    setup_usage_quotas(c, registry)
    if denied:
        with pytest.raises(SpawnException, match="reason=quota"):
            launch(spawner(c))
    else:
        launch(spawner(c))


def test_the_site_s_own_hook_runs_only_if_the_check_allows_the_server(prometheus: FakePrometheus) -> None:
    ran: list[str] = []
    c = config(prometheus, cache_seconds=0.0)
    c.Spawner.pre_spawn_hook = lambda made: ran.append(made.user.name)
    setup_usage_quotas(c, CollectorRegistry())
    launch(spawner(c))
    assert (ran, prometheus.asked) == (["ann"], 1)
    prometheus.used = 2000
    with pytest.raises(HTTPError):
        launch(spawner(c))
    assert ran == ["ann"]


def test_an_invalid_policy_is_refused_at_start_up(prometheus: FakePrometheus) -> None:
    c = config(prometheus, policy=[cpu("10Ki")])
    with pytest.raises(TraitError, match=r"policy\[0\]: limit is '10Ki': .* CPU has no binary prefixes"):
        setup_usage_quotas(c, CollectorRegistry())


def test_without_policies_no_query_is_sent_and_no_url_is_needed() -> None:
    c, registry = Config(), CollectorRegistry()
    setup_usage_quotas(c, registry)
    launch(spawner(c))
    assert value(registry, "decisions_total", outcome="allowed") == 1


def test_metrics_show_each_policy_once_merged_by_the_intersection(prometheus: FakePrometheus) -> None:
    registry = CollectorRegistry()
    policy = [
        cpu(5, "36h", group=["staff", "guests"]),
        cpu(7, "36h", group=["staff"]),
        cpu(2, 1, user=["ann"]),
        memory("1GiB"),
    ]
    strategy = {"intersection": "sum", "empty": cpu(1)}
    setup_usage_quotas(config(prometheus, policy=policy, scope_fallback_strategy=strategy), registry)
    (family,) = [family for family in registry.collect() if family.name == "jupyterhub_quota_policy_limit"]
    names = ("scope", "usergroup", "username", "resource", "window")
    rows = {tuple(sample.labels[name] for name in names): sample.value for sample in family.samples}
    assert rows == {
        ("group", "staff", "", "cpu", "36h"): 12,
        ("group", "guests", "", "cpu", "36h"): 5,
        ("user", "", "ann", "cpu", "1d"): 2,
        ("everybody", "", "", "memory", "7d"): 2**30,
        ("fallback", "", "", "cpu", "7d"): 1,
    }
    assert value(registry, "intersection_info", intersection="sum") == 1
    assert value(registry, "intersection_info", intersection="min") is None


def test_counters_begin_at_zero(prometheus: FakePrometheus) -> None:
    registry = CollectorRegistry()
    setup_usage_quotas(config(prometheus), registry)
    for outcome in ("allowed", "denied", "failed_open", "failed_closed"):
        assert value(registry, "decisions_total", outcome=outcome) == 0
    for reason in ("timeout", "unreachable", "bad_query", "too_much", "bad_answer", "stale", "recorded_twice", "error"):
        assert value(registry, "failures_total", reason=reason) == 0
