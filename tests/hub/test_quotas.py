"""Real hubs and a real Prometheus: who is denied, the messages, and that denials leave the hub running."""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from tests.engines.engine import Engine, running
from tests.engines.recorded import bucket_end, buckets, evenly, heartbeat, record
from tests.hub.jupyterhub import VERSIONS, Hub, HubDidNotStartError, real_hub
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[2]
GIB = 2.0**30
DAY = 86400.0
USERS: dict[str, list[str]] = {
    "ann": ["staff"],  # has used 1100 of 1000 GiB-hours
    "anna": ["staff"],  # has used little
    "ana.lópez@uni.edu": ["staff", "guests"],  # is over a limit of the second group
    'o"brien\\': ["staff"],  # is over, and breaks a query that is not escaped
    "ben": ["staff", "guests"],  # has used some
    "nobody": [],  # has used much, and is in no group
    "boom": [],  # the site's own hook fails for this one
}

# A server that answers whatever it is asked.
SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

HTTPServer(("127.0.0.1", urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port), Answer).serve_forever()
"""


def config(prometheus_url: str, folder: Path, more: str = "") -> str:
    """Return what follows the test hub's own configuration; quotas are set up first, to show that the order is free."""
    return f"""
import sys
sys.path[:0] = [{str(ROOT / "hub")!r}, {str(ROOT / "promql")!r}, {str(ROOT / "common")!r}]
from hubmeter_hub import setup_usage_quotas
setup_usage_quotas(c)

import asyncio
from pathlib import Path
from urllib.parse import quote
from jupyterhub.spawner import SimpleLocalProcessSpawner

class Sized(SimpleLocalProcessSpawner):
    # Like KubeSpawner, it applies the chosen profile in start, and has messages of its own.
    async def load_user_options(self):
        if self.user_options.get("profile") == "large":
            self.mem_guarantee = "8G"

    async def progress(self):
        yield {{"progress": 10, "message": "scheduled"}}
        while not self._start_pending:
            await asyncio.sleep(0.02)
        yield {{"progress": 20, "message": "pulled"}}

    async def start(self):
        await self.load_user_options()
        while self.user_options and not Path({str(folder)!r}, "go-on").exists():
            await asyncio.sleep(0.02)
        return await super().start()

async def site_hook(spawner):
    if spawner.user.name == "boom":
        raise RuntimeError("the site's own hook fails")
    Path({str(folder)!r}, "hook-ran").write_text(spawner.user.name, encoding="utf-8")

c.Spawner.pre_spawn_hook = site_hook
c.Spawner.consecutive_failure_limit = 2
c.JupyterHub.spawner_class = Sized
c.Spawner.cmd = [sys.executable, "-c", {SERVER!r}]
c.JupyterHub.authenticate_prometheus = False
c.JupyterHub.allow_named_servers = True
c.UsageConfig.prometheus_url = {prometheus_url!r}
c.UsageConfig.hub_namespace = "prod"
c.UsageConfig.prometheus_timeout = 60.0
c.UsageQuotaManager.cache_seconds = 0.0
c.UsageQuotaManager.grants_file = {str(folder / "grants.yaml")!r}
c.UsageQuotaManager.failover_open = False
c.UsageQuotaManager.policy = [
    {{
        "resource": "memory",
        "limit": {{"value": 1000, "unit": "GiB-hours"}},
        "window": 7,
        "scope": {{"group": ["staff"]}},
    }},
    {{"resource": "cpu", "limit": "10 CPU-hours", "window": "36h", "scope": {{"group": ["guests"]}}}},
]
{more}
"""


@pytest.fixture(scope="module")
def now() -> float:
    """The time up to which usage is recorded."""
    return time.time()


@pytest.fixture(scope="module")
def engine(now: float, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running("Prometheus 3", tmp_path_factory.mktemp("prometheus")) as engine:
        record(
            engine,
            [
                buckets("ann", "memory", evenly(1100 * GIB, 24, 2 * DAY), now),
                buckets("anna", "memory", evenly(10 * GIB, 24), now),
                buckets("ben", "memory", evenly(588 * GIB, 24, 5 * DAY), now),
                buckets("ben", "cpu", evenly(1, 24), now),
                buckets("ana.lópez@uni.edu", "memory", evenly(10 * GIB, 24), now),
                buckets("ana.lópez@uni.edu", "cpu", evenly(20, 24), now),
                buckets('o"brien\\', "memory", evenly(2000 * GIB, 24), now),
                buckets("nobody", "memory", evenly(9000 * GIB, 24), now),
            ],
        )
        yield engine


@pytest.fixture(autouse=True)
def rules_are_recorded(engine: Engine) -> None:
    record(engine, [heartbeat(bucket_end(time.time()))])


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"JupyterHub {version}")
def hub(request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    with real_hub(request.param, USERS, config_extra=config(engine.url, folder), folder=folder) as hub:
        yield hub


def start(hub: Hub, user: str, server: str = "") -> requests.Response:
    """Ask the hub's API to start a server."""
    path = f"servers/{server}" if server else "server"
    return requests.post(
        f"{hub.api_url}/users/{quote(user, safe='')}/{path}",
        headers={"Authorization": f"token {hub.token}"},
        timeout=PATIENCE,
    )


def stop(hub: Hub, user: str) -> None:
    requests.delete(
        f"{hub.api_url}/users/{user}/server", headers={"Authorization": f"token {hub.token}"}, timeout=PATIENCE
    ).raise_for_status()


def answers(hub: Hub) -> bool:
    try:
        return requests.get(f"{hub.api_url}/", timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


def has_decided_to_end(hub: Hub) -> bool:
    """Return whether the hub has logged that it ends because of failures; it does so 2 seconds later."""
    assert answers(hub), "the log is complete: the hub has gone on since it answered the last request"
    return "Aborting due to" in hub.log_path.read_text(encoding="utf-8")


def metric(hub: Hub, line: str) -> float:
    """Return the value of a metric, given as name and labels."""
    text = requests.get(f"{hub.url}/hub/metrics", timeout=PATIENCE).text
    (value,) = re.findall(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(value)


def log_in(hub: Hub, user: str) -> requests.Session:
    session = requests.Session()
    page = session.get(f"{hub.url}/hub/login", timeout=PATIENCE)
    token = session.cookies["_xsrf"]
    assert page.ok
    answer = session.post(
        f"{hub.url}/hub/login?next=/hub/home", {"username": user, "password": "x", "_xsrf": token}, timeout=PATIENCE
    )
    answer.raise_for_status()
    return session


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("ann", "You have used 1,100 of 1,000 GiB-hours of memory in the past 7 days."),
        ("ana.lópez@uni.edu", "You have used 20 of 10 CPU-hours of CPU in the past 36 hours."),
        ('o"brien\\', "You have used 2,000 of 1,000 GiB-hours of memory in the past 7 days."),
    ],
)
def test_a_user_over_a_limit_is_denied_with_a_retry_time(hub: Hub, user: str, said: str) -> None:
    begun = time.time()
    answer = start(hub, user)
    ended = time.time()
    assert answer.status_code == 429
    body = answer.json()
    assert body["status"] == 429
    assert body["message"].startswith(said)
    said_at = re.search(r"try again on (.+?) UTC \(in (.+?)\), if you run nothing until then\.$", body["message"])
    assert said_at
    moment = datetime.strptime(said_at[1], "%a %d %b %Y, %H:%M").replace(tzinfo=UTC).timestamp()
    assert begun - 70 <= moment - int(answer.headers["Retry-After"]) <= ended + 70


def test_the_retry_time_is_when_enough_of_the_usage_has_left_the_window(hub: Hub, now: float) -> None:
    """1100 GiB-hours, spread over the day that ended 2 days ago: a hundred have left the window 4.09 days from now."""
    expected = now + 4 * DAY + 100 / 1100 * DAY
    begun = time.time()
    retry_after = int(start(hub, "ann").headers["Retry-After"])
    assert begun + retry_after - 600 <= expected <= time.time() + retry_after + 600


@pytest.mark.parametrize("user", ["anna", "nobody"])
def test_a_user_within_the_limits_or_without_any_gets_a_server(hub: Hub, user: str) -> None:
    (hub.log_path.parent / "hook-ran").unlink(missing_ok=True)
    assert start(hub, user).status_code == 201
    assert (hub.log_path.parent / "hook-ran").read_text() == user, "the site's own hook has run too"
    stop(hub, user)


def test_the_site_s_own_hook_does_not_run_for_a_server_that_is_denied(hub: Hub) -> None:
    (hub.log_path.parent / "hook-ran").unlink(missing_ok=True)
    assert start(hub, "ann").status_code == 429
    assert not (hub.log_path.parent / "hook-ran").exists()


def test_the_page_that_people_see_says_the_same(hub: Hub) -> None:
    with log_in(hub, "ann") as session:
        page = session.get(f"{hub.url}/hub/spawn/ann", timeout=PATIENCE)
        assert page.status_code == 429
        assert "You have used 1,100 of 1,000 GiB-hours of memory in the past 7 days." in page.text
        assert re.search(
            r'<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\dZ" title="[^"]+ UTC">[^<]+ UTC</time> \(in ', page.text
        )
        (script,) = re.findall(r'<script src="([^"]+local-time\.js)"></script>', page.text)
        served = session.get(f"{hub.url}{script}", timeout=PATIENCE)
        assert served.ok
        assert served.headers["Content-Type"].startswith("text/javascript")
        assert "toLocaleString" in served.text


def events(hub: Hub, user: str) -> list[dict[str, object]]:
    """Start a user's server of a large profile, and return its progress; the start waits until this has been read."""
    go_on = hub.log_path.parent / "go-on"
    go_on.unlink(missing_ok=True)
    headers = {"Authorization": f"token {hub.token}"}
    url = f"{hub.api_url}/users/{user}/server"
    found: list[dict[str, object]] = []
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(requests.post, url, json={"profile": "large"}, headers=headers, timeout=PATIENCE)

        def is_pending() -> bool:
            model = requests.get(f"{hub.api_url}/users/{user}", headers=headers, timeout=PATIENCE).json()
            return model["pending"] == "spawn" or answer.done()

        wait_until(is_pending, lambda: "the start is pending")
        with requests.get(f"{url}/progress", headers=headers, stream=True, timeout=PATIENCE) as stream:
            for line in stream.iter_lines():
                if line.startswith(b"data: "):
                    found.append(json.loads(line.removeprefix(b"data: ")))
                    if "pulled" in str(found) and (user == "nobody" or "Quota" in str(found[-1])):
                        go_on.touch()
        assert answer.result().status_code == 201
    stop(hub, user)
    return found


def test_the_progress_of_a_start_shows_what_remains_for_the_chosen_profile(hub: Hub, now: float) -> None:
    """588 GiB-hours were used from 6 to 5 days ago, so some of them leave the window of 7 days in a day."""
    found = events(hub, "ben")
    texts = [str(event["message"]) for event in found]
    own = [event for event in found if event["message"] in {"Server requested", "scheduled", "pulled"}]
    assert [event.get("progress") for event in own] == [0, 10, 20], "the spawner's own events stay"
    cpu, memory = [text for text in texts if text.startswith("Quota")]
    assert cpu.startswith("Quota for 36 hours: 9 of 10 CPU-hours of CPU left. More from ")
    said = re.fullmatch(
        r"Quota for 7 days: 412 of 1,000 GiB-hours of memory left; this server uses 8 an hour: 51 hours\. "
        r"More from (.+) UTC \(in 1 day.*\)\.",
        memory,
    )
    assert said, memory
    moment = datetime.strptime(said[1], "%a %d %b %Y, %H:%M").replace(tzinfo=UTC).timestamp()
    assert abs(moment - (now + DAY)) <= 600
    assert texts[-1].startswith("Server ready")


def test_the_progress_of_a_start_without_limits_is_the_spawner_s_own(hub: Hub) -> None:
    texts = [str(event["message"]) for event in events(hub, "nobody")]
    assert texts[:3] == ["Server requested", "scheduled", "pulled"]
    assert texts[3].startswith("Server ready")


def test_a_grant_counts_at_once_until_it_is_taken_back(hub: Hub) -> None:
    grants = hub.log_path.parent / "grants.yaml"

    def put(text: str) -> None:
        new = grants.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(grants)

    entry = "{group: staff, resource: memory, amount: 200 GiB-hours, until: 2999-12-31, reason: end of term}"
    active = 'jupyterhub_quota_active_grants{resource="memory"}'
    assert start(hub, "ann").status_code == 429
    put(f"grants: [{entry}]")
    assert start(hub, "ann").status_code == 201
    stop(hub, "ann")
    assert metric(hub, active) == 1
    text = requests.get(f"{hub.url}/hub/metrics", timeout=PATIENCE).text
    (amount,) = re.findall(r'^jupyterhub_quota_grant{.*usergroup="staff".*window="7d".*} (\S+)$', text, re.MULTILINE)
    assert float(amount) == 200 * GIB
    assert "end of term" not in text
    put("grants: []")
    assert start(hub, "ann").status_code == 429
    assert metric(hub, active) == 0
    log = hub.log_path.read_text(encoding="utf-8")
    said = "200 GiB-hours of memory in all windows for group 'staff' until 3000-01-01T00:00Z (end of term)"
    assert f"Quota: a grant begins: {said}" in log
    assert f"Quota: a grant ends, because it is no longer in the file: {said}" in log


def test_groups_are_those_the_hub_knows_at_that_moment(hub: Hub) -> None:
    url, headers = f"{hub.api_url}/groups/staff/users", {"Authorization": f"token {hub.token}"}
    requests.post(url, json={"users": ["nobody"]}, headers=headers, timeout=PATIENCE).raise_for_status()
    try:
        assert start(hub, "nobody").status_code == 429
    finally:
        requests.delete(url, json={"users": ["nobody"]}, headers=headers, timeout=PATIENCE).raise_for_status()
    assert start(hub, "nobody").status_code == 201
    stop(hub, "nobody")


def test_metrics_show_policies_and_decisions_but_no_user(hub: Hub) -> None:
    denied = 'jupyterhub_quota_decisions_total{outcome="denied"}'
    before = metric(hub, denied)
    start(hub, "ann")
    assert metric(hub, denied) == before + 1
    labels = 'scope="group",usergroup="staff",username="",resource="memory",window="7d"'
    text = requests.get(f"{hub.url}/hub/metrics", timeout=PATIENCE).text
    (limit,) = re.findall(r'^jupyterhub_quota_policy_limit{([^}]+usergroup="staff"[^}]*)} (\S+)$', text, re.MULTILINE)
    assert sorted(limit[0].split(",")) == sorted(labels.split(","))
    assert float(limit[1]) == 1000 * GIB
    assert 'jupyterhub_quota_intersection_info{intersection="min"} 1.0' in text
    assert not [line for line in text.splitlines() if "_quota_" in line and "ann" in line]


def test_five_denials_do_not_end_the_hub_and_crashes_still_do(hub: Hub) -> None:
    """The limit is 2 failures in a row. Denials on both sides of the first must neither count nor hide it."""
    for i in range(5):
        assert start(hub, "ann", server=f"s{i % 2}" if i else "").status_code == 429
    with ThreadPoolExecutor(5) as pool:
        codes = [answer.status_code for answer in pool.map(lambda i: start(hub, "ann", server=f"p{i}"), range(5))]
    assert codes == [429] * 5
    assert not has_decided_to_end(hub)
    assert start(hub, "boom").status_code == 500
    for _ in range(5):
        assert start(hub, "ann").status_code == 429
    assert not has_decided_to_end(hub)
    assert start(hub, "boom").status_code == 500
    wait_until(lambda: not answers(hub), lambda: "the hub has ended")
    assert "Aborting due to 2 consecutive spawn failures" in hub.log_path.read_text(encoding="utf-8")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("open_", "status"), [(True, 201), (False, 503)])
def test_without_prometheus_failover_open_decides_and_no_outage_ends_the_hub(
    version: int, open_: bool, status: int, tmp_path: Path
) -> None:
    more = f"c.UsageQuotaManager.failover_open = {open_}"
    nowhere = "http://someone:secret-word@127.0.0.1:9"
    with real_hub(version, USERS, config_extra=config(nowhere, tmp_path, more), folder=tmp_path) as hub:
        for _ in range(3):
            answer = start(hub, "ann")
            assert answer.status_code == status
            if open_:
                stop(hub, "ann")
            else:
                assert answer.json()["message"].startswith("Your quota cannot be checked at the moment")
                assert answer.headers["Retry-After"] == "60"
        assert not has_decided_to_end(hub)
        assert metric(hub, 'jupyterhub_quota_failures_total{reason="unreachable"}') == 3
        outcome = "failed_open" if open_ else "failed_closed"
        assert metric(hub, f'jupyterhub_quota_decisions_total{{outcome="{outcome}"}}') == 3
        log = hub.log_path.read_text(encoding="utf-8")
        assert "the usage of ann is unknown: cannot reach http://127.0.0.1:9/api/v1/query: [Errno 111]" in log
        assert "secret-word" not in log


@pytest.mark.parametrize("version", VERSIONS)
def test_an_invalid_policy_stops_the_hub_at_its_start(version: int, tmp_path: Path) -> None:
    more = 'c.UsageQuotaManager.policy = [{"resource": "disk", "limit": 5, "window": 7}]'
    with (
        pytest.raises(
            HubDidNotStartError, match=r"policy\[0\]: resource is 'disk'; allowed is one of memory, cpu, gpu"
        ),
        real_hub(version, USERS, config_extra=config("http://127.0.0.1:9", tmp_path, more), folder=tmp_path),
    ):
        pass
