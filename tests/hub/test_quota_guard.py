"""The quota guard with real hubs and a real Prometheus: which servers it stops, and when it stops none."""

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
import requests
from prometheus_client import CollectorRegistry, generate_latest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from traitlets.config import Config

from hubmeter_generator.operate.remote_write import Series
from hubmeter_hub.quota_guard.command import make_guard
from hubmeter_hub.quota_guard.guard import Guard
from hubmeter_hub.quota_guard.hub_api import SCOPES
from hubmeter_hub.quota_guard.traits import QuotaGuard
from hubmeter_hub.quotas.policy import limits_for, parse
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.usage_page.reading import PageReadings
from hubmeter_promql import names
from tests.browser import chromium
from tests.engines.engine import Engine, running
from tests.engines.recorded import BUCKET, bucket_end, buckets, evenly, heartbeat, record
from tests.http_server import Handler, http_server
from tests.hub.jupyterhub import VERSIONS, Hub, Service, real_hub
from tests.hub.test_quotas import SERVER, log_in
from tests.hub.test_usage_page_mistakes import CHECKOUT, metadata
from tests.tools import TOOLS
from tests.unit.hub.test_docs import blocks
from tests.waiting import PATIENCE, free_port, wait_until

GIB: Final = 2.0**30
LOPEZ: Final = "ana.lópez@uni.edu"
# Memory in GiB-hours of the last 24 hours, of a limit of 1,000, and the groups.
USED: Final = {
    "ann": 1100,  # has passed the limit for two hours
    LOPEZ: 1200,
    "pat": 1100,  # the server is starting
    "mia": 970,  # uses 40 an hour
    "bob": 1010,  # has passed the limit for a quarter of an hour
    "una": 1100,  # the limit was higher until 20 minutes ago
    "neo": 1100,  # the limit is not recorded
    "eve": 1100,  # exempt
    "zed": 1100,  # in an exempt group
    "ida": 1100,  # the server uses no memory now
    "low": 900,  # uses 37 an hour
    "max": 1100,  # of the service that the hub runs
    "free": 9000,  # without a limit
}
GROUPS: Final = {name: ["staff"] for name in USED} | {"zed": ["staff", "teachers"], "max": ["alone"], "free": []}
DUE: Final = {("ann", ""), ("ann", "two"), (LOPEZ, "")}
WHEN: Final = {"warn_before": "1h", "stop_after": "30m"}
POLICY: Final = {"resource": "memory", "limit": "1000 GiB-hours", "window": 7, "when_exceeded": WHEN}


@dataclass(frozen=True)
class Site:
    """A hub whose servers run, and the Prometheus that has their usage under a namespace of its own."""

    hub: Hub
    engine: Engine
    namespace: str
    guard: Service = field(repr=False)
    blind: Service = field(repr=False)
    port: int

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"token {self.hub.token}"}

    def servers(self) -> set[tuple[str, str]]:
        """Return (user, server) of all servers that are ready, but for that which the hub's own guard stops."""
        users = requests.get(f"{self.hub.api_url}/users", headers=self.headers, timeout=PATIENCE).json()
        return {
            (user["name"], name)
            for user in users
            for name, server in user["servers"].items()
            if server["ready"] and user["name"] != "max"
        }

    def start(self, username: str, server: str = "") -> None:
        path = f"servers/{server}" if server else "server"
        url = f"{self.hub.api_url}/users/{quote(username, safe='')}/{path}"
        requests.post(url, headers=self.headers, timeout=PATIENCE).raise_for_status()

    def round(self, **more: Any) -> str:
        """Make one round as a guard that has just started, and return its metrics."""
        registry = CollectorRegistry()
        self.make(registry, **more).round()
        return generate_latest(registry).decode()

    def make(
        self,
        registry: CollectorRegistry,
        *,
        prometheus: str = "",
        namespace: str = "",
        token: str = "",
        api_url: str = "",
        grants: str = "",
        **options: Any,
    ) -> Guard:
        c = Config()
        c.UsageConfig.prometheus_url = prometheus or self.engine.url
        c.UsageConfig.hub_namespace = namespace or self.namespace
        c.UsageConfig.prometheus_timeout = 60.0
        c.UsageQuotaManager.policy = [{**POLICY, "scope": {"group": ["staff"]}}]
        c.UsageQuotaManager.grants_file = grants
        c.QuotaGuard.update({"exempt_users": ["eve"], "exempt_groups": ["teachers"], **options})
        environ = {"JUPYTERHUB_API_URL": api_url or self.hub.api_url, "JUPYTERHUB_API_TOKEN": token or self.guard.token}
        return make_guard(QuotaGuard(config=c), UsageQuotaManager(config=c), environ, registry)


def recorded(namespace: str, now: float) -> Iterator[Series]:
    """Yield what the rules recorded: usage of the last 24 hours, and limits of the last hour."""
    labels = {"namespace": namespace}
    for user, used in USED.items():
        yield buckets(user, "memory", evenly(used * GIB, 24, 3600 if user == "ida" else 0), now, labels)
        if user not in {"neo", "free"}:
            limits = [2000.0 if user == "una" and age > 1200 else 1000.0 for age in range(3600, -1, -BUCKET)]
            name = {"__name__": names.QUOTA_LIMIT, "username": user, "resource": "memory", "window": "7d", **labels}
            times = [round((now - age) * 1000) for age in range(3600, -1, -BUCKET)]
            yield name, [(at, limit * GIB) for at, limit in zip(times, limits, strict=True)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running("Prometheus 3", tmp_path_factory.mktemp("prometheus")) as engine:
        yield engine


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"JupyterHub {version}")
def site(request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hub")
    metadata(folder)
    version, namespace, port = request.param, f"prod-{request.param}", free_port()
    settings = folder / "usage_config.py"
    settings.write_text(
        f"c.UsageConfig.prometheus_url = {engine.url!r}\n"
        f"c.UsageConfig.hub_namespace = {namespace!r}\n"
        "c.UsageConfig.prometheus_timeout = 60.0\n"
        f"c.UsageQuotaManager.policy = [{ {**POLICY, 'scope': {'group': ['alone']}}!r}]\n"
        f"c.QuotaGuard.round_seconds = 1\nc.QuotaGuard.metrics_port = {port}\n",
        encoding="utf-8",
    )
    path = ":".join([*(str(CHECKOUT / part) for part in ("common", "promql", "hub")), str(folder)])
    python = str(TOOLS / f"hub{version}/bin/python")

    def managed(name: str, *arguments: str) -> Service:
        command = [python, "-m", "hubmeter_hub.quota_guard", *arguments]
        return Service(name, SCOPES, command=command, environment={"PYTHONPATH": path})

    services = [
        guard := Service("guard", SCOPES),
        blind := Service("blind", ["read:servers", "delete:servers", "read:users:name"]),
        managed("quota-guard", f"--config-files={settings}"),
        managed("broken", "--config-files=/nowhere/settings.py", f"--metrics-port={free_port()}"),
    ]
    extra = f"""
import sys
sys.path[:0] = {[str(CHECKOUT / part) for part in ("common", "promql", "hub")]!r}
import asyncio
from pathlib import Path
from jupyterhub.spawner import SimpleLocalProcessSpawner

class Slow(SimpleLocalProcessSpawner):
    async def start(self):
        while self.user.name == "pat" and not Path({str(folder)!r}, "go-on").exists():
            Path({str(folder)!r}, "pat-waits").touch()
            await asyncio.sleep(0.05)
        return await super().start()

c.JupyterHub.spawner_class = Slow
c.Spawner.cmd = [sys.executable, "-c", {SERVER!r}]
c.JupyterHub.allow_named_servers = True
c.JupyterHub.template_paths = [{str(folder)!r}]

from hubmeter_hub import setup_usage_quotas
setup_usage_quotas(c)
c.UsageConfig.prometheus_url = {engine.url!r}
c.UsageConfig.hub_namespace = {namespace!r}
c.UsageConfig.prometheus_timeout = 60.0
c.UsageQuotaManager.policy = [{ {**POLICY, "scope": {"group": ["staff"]}}!r}]
c.QuotaGuard.exempt_users = ["eve"]
c.QuotaGuard.exempt_groups = ["teachers"]
"""
    (folder / "home.html").write_text(blocks("quota-guard.md", "html")[0], encoding="utf-8")
    servers = [*((user, "") for user in USED if user != "pat"), ("ann", "two")]
    with real_hub(version, GROUPS, services, extra, folder) as hub:
        of = Site(hub, engine, namespace, guard, blind, port)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(of.start, *zip(*servers, strict=True)))
            starts = pool.submit(of.start, "pat")
            try:
                wait_until((folder / "pat-waits").exists, lambda: "the server is starting, after the check of quotas")
                record(engine, recorded(namespace, time.time()))
                yield of
            finally:
                (folder / "go-on").touch()
            # The hub ends only after it has answered.
            starts.result()


@pytest.fixture(autouse=True)
def rules_are_recorded(site: Site) -> None:
    record(site.engine, [heartbeat(bucket_end(time.time()), {"namespace": site.namespace})])


def value(metrics: str, name: str, **labels: str) -> float:
    """Return a value of the metrics; its labels are all those of the series."""
    inner = ",".join(f'{key}="{text}"' for key, text in sorted(labels.items()))
    series = f"jupyterhub_{name}" + (f"{{{inner}}}" if inner else "")
    (found,) = re.findall(rf"^{re.escape(series)} (\S+)$", metrics, re.MULTILINE)
    return float(found)


def states(metrics: str) -> dict[str, float]:
    return {
        state: value(metrics, names.QUOTA_GUARD_USERS, state=state)
        for state in ("warned", "passed", "due", "exempt", "unknown")
    }


COUNTS: Final = {"warned": 1, "passed": 2, "due": 3, "exempt": 2, "unknown": 1}


def test_a_dry_run_counts_the_servers_and_stops_none(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    before = site.servers()
    caplog.set_level("INFO")
    registry = CollectorRegistry()
    guard = site.make(registry, dry_run=True)
    guard.round()
    guard.round()
    metrics = generate_latest(registry).decode()
    assert site.servers() == before
    assert states(metrics) == COUNTS
    assert value(metrics, names.QUOTA_GUARD_STOPS, outcome="dry_run", resource="memory") == 3, "not again in a round"
    said = "would stop server 'two' of 'ann': 1,100 of 1,000 GiB-hours of memory used in 7 days"
    assert caplog.text.count(said) == 1
    assert not [line for line in metrics.splitlines() if "ann" in line]


def test_a_round_with_more_stops_than_allowed_stops_none(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    before = site.servers()
    metrics = site.round(max_stops_per_round=2)
    assert site.servers() == before
    assert value(metrics, names.QUOTA_GUARD_HELD) == 3
    assert value(metrics, names.QUOTA_GUARD_ROUNDS, outcome="held") == 1
    assert "would stop 3 servers, and QuotaGuard.max_stops_per_round is 2" in caplog.text


class Partial(Handler, BaseHTTPRequestHandler):
    """Passes queries on, and adds a warning to the answers, as Thanos does without one of its stores."""

    upstream = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = requests.post(
            self.upstream + self.path,
            body,
            headers={"Content-Type": self.headers["Content-Type"]},
            timeout=PATIENCE,
        ).json()
        self.send_json(200, {**answer, "warnings": ["no store matched"]})


class Failing(Handler, BaseHTTPRequestHandler):
    """Answers 500 to everything."""

    def do_GET(self) -> None:
        self.send_json(500, {"status": 500})


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        pytest.param("unreachable", "cannot reach http://127.0.0.1:9", id="Prometheus is away"),
        pytest.param("partial", "answered with warnings: ['no store matched']", id="a partial answer"),
        pytest.param("stale", "no sample newer than 15 minutes is recorded", id="stale usage"),
        pytest.param("recorded_twice", "are in the store 2 times: deduplicate the replicas", id="two copies of usage"),
        pytest.param("grants", "grants[0]: user is 7", id="an invalid grant"),
        pytest.param("hub", "answered without groups or servers: give the service the scopes", id="a missing scope"),
        pytest.param("hub", "was answered with 403", id="a wrong token"),
        pytest.param("hub", "was answered with 500", id="errors of the hub"),
        pytest.param("hub", "GET http://127.0.0.1:9/hub/api/users/", id="the hub is away"),
    ],
)
def test_nothing_is_stopped_by_data_that_are_stale_or_partial(
    site: Site, reason: str, said: str, tmp_path: Path, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    before = site.servers()
    case = request.node.callspec.id
    copied = {"namespace": f"copied-{site.namespace}"}
    hubs = ({"__name__": names.HUBS, **copied, "replica": replica} for replica in "ab")
    times = [round((time.time() - age) * 1000) for age in range(1200, -1, -60)]
    record(site.engine, [heartbeat(time.time(), copied), *((labels, [(at, 1.0) for at in times]) for labels in hubs)])
    with (
        http_server(type("Proxy", (Partial,), {"upstream": site.engine.url})) as proxy,
        http_server(Failing) as failing,
    ):
        grants = tmp_path / "grants.yaml"
        grants.write_text("grants: [{user: 7, resource: memory, amount: 9T, until: 2999-01-01, reason: x}]", "utf-8")
        more: Mapping[str, Mapping[str, str]] = {
            "Prometheus is away": {"prometheus": "http://someone:secret-word@127.0.0.1:9"},
            "a partial answer": {"prometheus": f"http://127.0.0.1:{proxy.server_port}"},
            "stale usage": {"namespace": "another"},
            "two copies of usage": {"namespace": copied["namespace"]},
            "an invalid grant": {"grants": str(grants)},
            "a missing scope": {"token": site.blind.token},
            "a wrong token": {"token": "nonsense"},
            "errors of the hub": {"api_url": f"http://127.0.0.1:{failing.server_port}/hub/api"},
            "the hub is away": {"api_url": "http://127.0.0.1:9/hub/api"},
        }
        metrics = site.round(**next(options for name, options in more.items() if case.endswith(name)))
    assert site.servers() == before
    assert value(metrics, names.QUOTA_GUARD_FAILURES, reason=reason) == 1
    assert value(metrics, names.QUOTA_GUARD_ROUNDS, outcome="failed") == 1
    assert said in caplog.text
    assert not {"secret-word", site.guard.token, site.blind.token} & set(re.split(r"\W+", caplog.text))


def test_nothing_is_stopped_by_a_window_that_is_not_covered(site: Site) -> None:
    """The start of the recorded usage is that of another hub, which has the same users."""
    before, now, namespace = site.servers(), time.time(), f"young-{site.namespace}"
    start = ({"__name__": names.HISTORY_START, "namespace": namespace}, [(round(now * 1000), now - 86400)])
    record(site.engine, [*recorded(namespace, now), heartbeat(now, {"namespace": namespace}), start])
    metrics = site.round(namespace=namespace)
    assert site.servers() == before
    assert states(metrics) == {"warned": 0, "passed": 0, "due": 0, "exempt": 2, "unknown": 6}


def test_a_grant_keeps_a_server(site: Site, tmp_path: Path) -> None:
    before = site.servers()
    grants = tmp_path / "grants.yaml"
    entry = "{group: staff, resource: memory, amount: 250 GiB-hours, until: 2999-12-31, reason: end of term}"
    grants.write_text(f"grants: [{entry}]", encoding="utf-8")
    metrics = site.round(grants=str(grants))
    assert site.servers() == before
    assert states(metrics) == {"warned": 1, "passed": 0, "due": 0, "exempt": 0, "unknown": 0}, "1,200 of 1,250 is near"


MIA: Final = "970 of 1,000 GiB-hours of memory used. At the present pace, your servers reach the limit in "
BOB: Final = "1,010 of 1,000 GiB-hours of memory used. Your servers are stopped on "
ANN: Final = "1,100 of 1,000 GiB-hours of memory used. Your servers are stopped within the next minutes."


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("mia", MIA),
        ("bob", BOB),
        ("ann", ANN),
        ("low", ""),
        ("eve", ""),  # exempt
        ("zed", ""),
        ("neo", ""),  # it is unknown
        ("free", ""),
    ],
)
def test_the_hub_warns_users_whose_servers_run(site: Site, user: str, said: str) -> None:
    with log_in(site.hub, user) as session:
        answer = session.get(f"{site.hub.url}/hub/quota/warnings", timeout=PATIENCE)
    assert answer.ok
    assert answer.headers["Cache-Control"] == "no-store"
    warnings = answer.json()["warnings"]
    assert len(warnings) == bool(said)
    assert all(warning.startswith(f"Quota for 7 days: {said}") for warning in warnings), warnings


def test_the_usage_page_knows_when_servers_are_stopped(site: Site) -> None:
    policies = parse([{**POLICY, "scope": {"group": ["staff"]}}])
    hub = {"namespace": site.namespace}
    readings = Readings(site.engine.url, requests.Session, 60.0, hub)
    page = PageReadings(readings, hub, home=False)

    async def read() -> dict[str, bool | None]:
        moment = await page.moment()
        found: dict[str, bool | None] = {}
        for user in ("mia", "bob", "ann", "low", "neo"):
            reading = await page.read(user, limits_for(policies, user, ["staff"]), moment)
            prospect = reading.uses["memory", 168].prospect
            found[user] = None if prospect is None else prospect.is_due
        return found

    try:
        assert asyncio.run(read()) == {"mia": False, "bob": False, "ann": True, "low": None, "neo": None}
    finally:
        readings.close()


def test_the_hub_warns_nobody_without_a_login(site: Site) -> None:
    answer = requests.get(f"{site.hub.url}/hub/quota/warnings", timeout=PATIENCE)
    assert answer.status_code == 403


def test_a_template_shows_the_warning_on_the_page_of_the_hub(site: Site, tmp_path: Path) -> None:
    with chromium(tmp_path) as driver:
        driver.get(f"{site.hub.url}/hub/login?next=/hub/home")
        driver.find_element(By.ID, "username_input").send_keys("mia")
        driver.find_element(By.ID, "password_input").send_keys("x", Keys.ENTER)
        wait_until(lambda: driver.find_elements(By.CSS_SELECTOR, "p.alert-warning"), lambda: driver.page_source)
        text = driver.find_element(By.CSS_SELECTOR, "p.alert-warning").text
    assert text.startswith(f"Quota for 7 days: {MIA}")


def test_the_servers_that_are_due_are_stopped_and_no_others(site: Site) -> None:
    before = site.servers()
    assert before >= DUE
    registry = CollectorRegistry()
    guard = site.make(registry, max_stops_per_round=3)
    guard.round()
    wait_until(lambda: not site.servers() & DUE, lambda: "the servers have stopped")
    assert before - site.servers() == DUE
    metrics = generate_latest(registry).decode()
    assert states(metrics) == COUNTS
    assert value(metrics, names.QUOTA_GUARD_STOPS, outcome="stopped", resource="memory") == 3
    assert value(metrics, names.QUOTA_GUARD_HELD) == 0
    guard.round()
    metrics = generate_latest(registry).decode()
    assert value(metrics, names.QUOTA_GUARD_STOPS, outcome="stopped", resource="memory") == 3
    assert states(metrics) == {**COUNTS, "due": 1}, "the server that is starting is not stopped"


def test_a_hub_runs_the_guard_and_mistakes_in_its_settings_do_not_end_it(site: Site) -> None:
    url = f"{site.hub.api_url}/users/max"
    wait_until(
        lambda: not requests.get(url, headers=site.headers, timeout=PATIENCE).json()["servers"],
        lambda: site.hub.log_path.read_text(encoding="utf-8"),
    )
    log = site.hub.log_path.read_text(encoding="utf-8")
    assert "INFO hubmeter.quota_guard: stopped the default server of 'max'" in log
    assert "the quota guard is not set up: cannot read the configuration file /nowhere/settings.py" in log
    metrics = requests.get(f"http://127.0.0.1:{site.port}/metrics", timeout=PATIENCE).text
    assert value(metrics, names.QUOTA_GUARD_STOPS, outcome="stopped", resource="memory") == 1
    assert requests.get(f"{site.hub.api_url}/", timeout=PATIENCE).ok
