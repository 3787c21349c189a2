"""Real hubs with the real KubeSpawner: the form, refusals, and the objects that Kubernetes is asked for."""

import asyncio
import html
import re
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.http_server import Handler, http_server
from tests.hub.jupyterhub import VERSIONS, Hub, HubDidNotStartError, real_hub
from tests.unit.hub.profiles.api import Api, kubeconfig, kubernetes, objects, put_config_map
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
USERS: dict[str, list[str]] = {
    "ann": ["staff"],
    "anna": ["students"],
    "ana.lópez@uni.edu": ["students", "staff", "genomics"],
    "nobody": [],
}
PROFILES = """
profiles:
  - {name: globals, env: {GREETING: hello}}
  - name: Genome work
    groups: [genomics]
    services:
      spark:
        resources: [{name: templates, path: spark}]
        return: {SPARK_CLUSTER: metadata.name}
sizes:
  - {name: Small, resources: {limits: {memory: 1Gi}}}
  - {name: Large, groups: [staff], resources: {limits: {memory: 8Gi}}}
images:
  - {name: "base:1", image: "quay.io/x/base:1"}
  - {name: "genome:1", image: "quay.io/x/genome:1", groups: [genomics]}
"""
SPARK = "{apiVersion: radanalytics.io/v1, kind: SparkCluster, metadata: {name: 'spark-{{ user }}'}}"


class Answer(Handler, BaseHTTPRequestHandler):
    """The server in every pod."""

    def do_GET(self) -> None:
        """Say that it is there."""
        self.send_response(200)
        self.end_headers()


@contextmanager
def servers() -> Iterator[int]:
    """Answer for all pods; yield the port."""
    with http_server(Answer) as server:
        yield server.server_port


@contextmanager
def cluster() -> Iterator[tuple[Api, str]]:
    """Run Kubernetes' API in an event loop of its own, for a hub that is another process."""
    loop, started, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    found: list[tuple[Api, str]] = []

    async def serve() -> None:
        async with kubernetes() as running:
            found.append(running)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert started.wait(PATIENCE)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def config(url: str, port: int, folder: Path, more: str = "") -> str:
    """Return what follows the test hub's own configuration; profiles are set up first, to show that the order is free.

    KubeSpawner and what Hubmeter needs beside it are those of the tests, behind everything that the hub has itself.
    """
    kubernetes_config = kubeconfig(folder / "kubeconfig", url)
    return f"""
import os, sys
os.environ["KUBECONFIG"] = {str(kubernetes_config)!r}
sys.path[:0] = [{str(ROOT / "hub")!r}, {str(ROOT / "promql")!r}, {str(ROOT / "common")!r}]
sys.path.append({sysconfig.get_path("purelib")!r})
from hubmeter_hub import setup_profiles
setup_profiles(c)

def site_hook(spawner, pod):
    pod.metadata.annotations["site"] = pod.metadata.labels["hubmeter/size"]
    return pod

c.KubeSpawner.modify_pod_hook = site_hook
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.namespace = "prod"
c.KubeSpawner.port = {port}
c.KubeSpawner.storage_pvc_ensure = False
c.KubeSpawner.events_enabled = False
c.Spawner.consecutive_failure_limit = 2
c.SingleuserProfiles.namespace = "prod"
c.SingleuserProfiles.timeout = 60.0
c.JupyterHub.authenticate_prometheus = False
c.JupyterHub.allow_named_servers = True
{more}
"""


@pytest.fixture(scope="module")
def api() -> Iterator[tuple[Api, str]]:
    with cluster() as running:
        put_config_map(running[0], "jupyter-singleuser-profiles", {"jupyterhub-singleuser-profiles.yaml": PROFILES})
        put_config_map(running[0], "templates", {"spark": SPARK})
        yield running


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"JupyterHub {version}")
def hub(
    request: pytest.FixtureRequest, api: tuple[Api, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    with (
        servers() as port,
        real_hub(request.param, USERS, config_extra=config(api[1], port, folder), folder=folder) as hub,
    ):
        yield hub


def call(hub: Hub, method: str, user: str, server: str = "", json: Any = None) -> requests.Response:
    """Start (POST) or stop (DELETE) a server by the hub's API."""
    path = f"servers/{server}" if server else "server"
    return requests.request(
        method,
        f"{hub.api_url}/users/{quote(user, safe='')}/{path}",
        json=json,
        headers={"Authorization": f"token {hub.token}"},
        timeout=PATIENCE,
    )


def log_in(hub: Hub, user: str) -> requests.Session:
    session = requests.Session()
    session.get(f"{hub.url}/hub/login", timeout=PATIENCE).raise_for_status()
    fields = {"username": user, "password": "x", "_xsrf": session.cookies["_xsrf"]}
    session.post(f"{hub.url}/hub/login?next=/hub/home", fields, timeout=PATIENCE).raise_for_status()
    return session


def form(hub: Hub, session: requests.Session, user: str) -> str:
    page = session.get(f"{hub.url}/hub/spawn/{quote(user)}", timeout=PATIENCE)
    page.raise_for_status()
    return page.text


def choices(page: str) -> list[str]:
    return re.findall(r'<option value="([^"]+)"', page)


@pytest.mark.parametrize(
    ("user", "offered"),
    [
        ("ann", ["Default", "Small", "Large"]),
        ("anna", ["Default", "Small"]),
        ("ana.lópez@uni.edu", ["base:1", "genome:1", "Default", "Small", "Large"]),
        ("nobody", ["Default", "Small"]),
    ],
)
def test_the_form_offers_users_what_their_groups_may_have(hub: Hub, user: str, offered: list[str]) -> None:
    assert choices(form(hub, log_in(hub, user), user)) == offered


@pytest.mark.parametrize("size", ["Large", "Huge"])
def test_a_size_that_is_not_offered_is_refused_in_the_form(hub: Hub, api: tuple[Api, str], size: str) -> None:
    session = log_in(hub, "anna")
    form(hub, session, "anna")
    fields = {"profile": "hubmeter", "profile-option-hubmeter--size": size, "_xsrf": session.cookies["_xsrf"]}
    answer = session.post(f"{hub.url}/hub/spawn/anna", fields, timeout=PATIENCE)
    said = f"There is no size {size!r} for you. You can choose from: Small."
    assert said in html.unescape(answer.text)
    assert "jupyter-anna" not in objects(api[0], "v1/pods")


def test_a_size_that_is_not_offered_is_refused_by_the_api_and_refusals_do_not_end_the_hub(hub: Hub) -> None:
    """The limit is 2 failures in a row. KubeSpawner itself would fail with a KeyError, which counts."""
    for _ in range(5):
        answer = call(hub, "POST", "anna", json={"profile": "hubmeter", "size": "Large"})
        assert answer.status_code == 403
        assert answer.json()["message"] == "There is no size 'Large' for you. You can choose from: Small."
    assert call(hub, "POST", "anna", json={"profile": "nothing"}).status_code == 400
    assert requests.get(f"{hub.api_url}/", timeout=PATIENCE).ok
    assert call(hub, "POST", "anna", json={"size": "Small"}).status_code == 201
    assert call(hub, "DELETE", "anna").status_code == 204


def test_a_saved_choice_that_is_gone_does_not_keep_a_user_from_a_server(hub: Hub) -> None:
    """The hub saves options before any check, and uses them for starts without options. The limit is 2 failures."""
    for saved in ({"profile": "pangeo"}, {"profile": "hubmeter", "size": "Large"}, {"image": "gone:1"}):
        for _ in range(3):
            assert call(hub, "POST", "anna", json=saved).status_code in {400, 403}
        for _ in range(3):
            answer = call(hub, "POST", "anna")
            assert answer.status_code == 201, answer.text
            assert call(hub, "DELETE", "anna").status_code == 204
        log_in(hub, "anna").get(f"{hub.url}/hub/spawn/anna", timeout=PATIENCE).raise_for_status()
    log = hub.log_path.read_text(encoding="utf-8")
    assert "the saved choice of anna no longer fits, so the default applies: There is no profile 'pangeo'." in log


def test_a_choice_sent_as_long_as_a_book_is_cut(hub: Hub) -> None:
    answer = call(hub, "POST", "anna", json={"size": "x" * 100_000})
    assert answer.status_code == 403
    assert len(answer.json()["message"]) < 300
    assert max(map(len, hub.log_path.read_text(encoding="utf-8").splitlines())) < 3000
    assert call(hub, "POST", "anna", json={}).status_code == 201
    assert call(hub, "DELETE", "anna").status_code == 204


def test_a_pod_that_kubernetes_refuses_is_refused_with_its_sentence_and_does_not_end_the_hub(
    hub: Hub, api: tuple[Api, str]
) -> None:
    """The limit is 2 failures in a row, and KubeSpawner's exception would be one."""
    api[0].refused["jupyter-nobody"] = 'pods "jupyter-nobody" is forbidden: exceeded quota: team'
    try:
        for _ in range(4):
            answer = call(hub, "POST", "nobody", json={"size": "Small"})
            assert answer.status_code == 403
            assert answer.json()["message"].startswith(
                'Kubernetes refuses this server: pods "jupyter-nobody" is forbidden: exceeded quota: team. Choose'
            )
    finally:
        api[0].refused.clear()
    assert call(hub, "POST", "nobody", json={"size": "Small"}).status_code == 201
    assert call(hub, "DELETE", "nobody").status_code == 204


def test_options_from_the_api_are_not_run_as_a_template(hub: Hub) -> None:
    call(hub, "POST", "nobody", json={"profile": "hubmeter", "size": "{{ 7*191 }}"})
    page = form(hub, log_in(hub, "nobody"), "nobody")
    assert choices(page)
    assert "1337" not in page


def test_a_server_gets_what_was_chosen_with_services_that_go_with_its_pod(hub: Hub, api: tuple[Api, str]) -> None:
    user, slug = "ana.lópez@uni.edu", "ana-l-pez-uni-edu---c46acde6"
    session = log_in(hub, user)
    form(hub, session, user)
    fields = {
        "profile": "hubmeter",
        "profile-option-hubmeter--size": "Large",
        "profile-option-hubmeter--image": "genome:1",
        "_xsrf": session.cookies["_xsrf"],
    }
    session.post(f"{hub.url}/hub/spawn/{quote(user)}", fields, timeout=PATIENCE).raise_for_status()
    wait_until_ready(hub, user)
    pod = objects(api[0], "v1/pods")[f"jupyter-{slug}"]
    labels = pod["metadata"]["labels"]
    assert labels["hubmeter/size"] == pod["metadata"]["annotations"]["site"] == "Large"
    assert labels["hubmeter/profile"].startswith("Genome-work-")
    assert pod["metadata"]["annotations"]["hubmeter/profile"] == "Genome work"
    container = pod["spec"]["containers"][0]
    assert container["image"] == "quay.io/x/genome:1"
    assert container["resources"]["limits"] == {"memory": "8Gi"}
    env = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert env["GREETING"] == "hello"
    assert env["SPARK_CLUSTER"] == f"spark-{slug}"
    assert env["JUPYTERHUB_USER_NAME"] == user
    (owner,) = objects(api[0], "radanalytics.io/v1/sparkclusters")[f"spark-{slug}"]["metadata"]["ownerReferences"]
    assert owner == {
        "apiVersion": "v1",
        "kind": "Pod",
        "name": pod["metadata"]["name"],
        "uid": pod["metadata"]["uid"],
    }
    assert call(hub, "DELETE", user).status_code == 204
    assert objects(api[0], "radanalytics.io/v1/sparkclusters") == {}


def wait_until_ready(hub: Hub, user: str) -> None:
    """Follow the progress of a start until it has ended."""
    with requests.get(
        f"{hub.api_url}/users/{quote(user, safe='')}/server/progress",
        headers={"Authorization": f"token {hub.token}"},
        stream=True,
        timeout=PATIENCE,
    ) as answer:
        assert any('"ready": true' in line.decode() for line in answer.iter_lines())


def test_failures_are_in_the_hub_s_metrics_from_the_start(hub: Hub) -> None:
    text = requests.get(f"{hub.url}/hub/metrics", timeout=PATIENCE).text
    assert 'jupyterhub_profile_failures_total{reason="source"} 0.0' in text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('c.SingleuserProfiles.gpu_mode = "open"', "setup_profiles failed: .*gpu_mode"),
        (
            'c.JupyterHub.spawner_class = "simple"',
            "profiles need KubeSpawner; .* is SimpleLocalProcessSpawner",
        ),
    ],
)
def test_a_hub_that_cannot_have_profiles_says_so_at_its_start(more: str, said: str, tmp_path: Path) -> None:
    extra = config("http://127.0.0.1:9", 9, tmp_path, more)
    with (
        pytest.raises(HubDidNotStartError, match=said),
        real_hub(VERSIONS[-1], USERS, config_extra=extra, folder=tmp_path),
    ):
        pass
