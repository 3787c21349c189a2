"""Faults of a cluster while a real Prometheus records groups and usage: both stay as before, and no alert fires.

Three users of known groups have pods with known requests, so the value of every recorded sample is known.
"""

import base64
import json
import secrets
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import yaml

from hubmeter_promql import names
from tests.chart.charts import objects
from tests.kubernetes.cluster import PREFIX, ClusterError
from tests.kubernetes.lab import Lab, running
from tests.kubernetes.node import PAUSE, Node, start_api_server, start_etcd
from tests.kubernetes.recording import Recording, recording, rules
from tests.waiting import PATIENCE

NAMESPACE: Final = f"{PREFIX}faults"
TOKEN_KEY: Final = "hub.services.groups-exporter.apiToken"
EXPORTER: Final = "app.kubernetes.io/component=exporter"
HUB: Final = "app=jupyterhub,component=hub"
PORT: Final = 9400  # the Prometheus of other tests can run on the same node
MIB: Final = 2**20
REFRESH: Final = 5  # seconds between two readings of the hub
SCRAPE: Final = 10  # seconds between two scrapes
INTERVAL: Final = 10  # seconds between two evaluations
SETTINGS: Final = {"interval": f"{INTERVAL}s", "membership_interval": f"{INTERVAL}s", "windows": ["1d"]}
USERS: Final[Mapping[str, tuple[str, ...]]] = {"ana": ("bio",), "ben": ("bio", "chem"), "cy": ()}
REQUESTS: Final = {"ana": 64 * MIB, "ben": 32 * MIB, "cy": 16 * MIB}
SHARES: Final = {("ana", "bio"): 1.0, ("ben", "bio"): 0.5, ("ben", "chem"): 0.5, ("cy", "none"): 1.0}
REQUESTED: Final = {("bio",): 80.0 * MIB, ("chem",): 16.0 * MIB, ("none",): 16.0 * MIB}
# Other tests' hubs can run on the same node.
ALERTS: Final = f'alertname=~"Hubmeter.*", namespace=~"{NAMESPACE}|"'
SOON: Final = "HubApiErrorsSoon"  # HubmeterHubApiErrors with a delay of 10 s

# Processes of some 25 MB, less than the groups exporter has, until the memory of its container is used up.
_FILL: Final = """
import os, time
for _ in range(40):
    if not os.fork():
        held = bytearray(b"x") * (16 << 20)
        time.sleep(600)
    time.sleep(0.1)
time.sleep(60)
"""


@dataclass(frozen=True)
class World:
    """The hub, the exporter beside it, and the Prometheus that watches."""

    hub: Lab
    recording: Recording

    @property
    def node(self) -> Node:
        """The node."""
        return self.hub.node

    def pod(self, selector: str) -> dict[str, Any]:
        """Return the only pod of a selector."""
        (found,) = self.hub.get("pods", "-l", selector)["items"]
        return dict(found)

    def restarts(self) -> tuple[str, int]:
        """Return the exporter's pod and how often its container has been restarted."""
        pod = self.pod(EXPORTER)
        return pod["metadata"]["uid"], pod["status"]["containerStatuses"][0]["restartCount"]

    def last_refresh(self) -> float:
        """Return the Unix time at which the exporter has read all users; 0 if none is known."""
        found = self.recording.client.instant(f'jupyterhub_{names.LAST_REFRESH}{{namespace="{NAMESPACE}"}}')
        return max((row.value for row in found), default=0.0)

    def alerts(self) -> frozenset[str]:
        """Return the names of our alerts that are pending or firing."""
        rows = self.recording.client.instant(f"ALERTS{{{ALERTS}}}")
        return frozenset(row.labels["alertname"] for row in rows)

    def wait_for_the_end(self, watch: "Watch") -> None:
        """Wait until the exporter has begun to read the users after now, two evaluations, and no new alert is left."""
        now = time.time()
        self.node.wait_for("a reading of all users", lambda: self.last_refresh() > now + REFRESH, 240)
        self.wait(2 * INTERVAL)
        left: set[str] = set()

        def have_ended() -> bool:
            left.clear()
            left.update(self.alerts() - watch.alerts)
            return not left

        try:
            self.node.wait_for("the end of all new alerts", have_ended, 120)
        except ClusterError as error:
            raise ClusterError(f"{error}; left are {', '.join(sorted(left))}") from error

    def wait(self, seconds: float) -> None:
        """Let a time pass in which Prometheus evaluates."""
        end = time.time() + seconds
        self.node.wait_for("end of the time", lambda: time.time() > end, seconds + 60)

    def is_accepted(self, token: str) -> bool:
        """Return whether the hub accepts a token."""
        headers = {"Authorization": f"token {token}"}
        return requests.get(f"{self.hub.url}/hub/api/users", headers=headers, timeout=PATIENCE).ok

    def wait_for_hub(self) -> None:
        """Wait until the hub answers behind its proxy."""
        self.node.wait_for("hub", lambda: self.hub.call("GET", "users").ok, 240)


@dataclass(frozen=True)
class Watch:
    """What Prometheus has recorded since a moment.

    Attributes:
        alerts: Our alerts that were pending or firing then: a Prometheus of some minutes has too few samples for some.
    """

    recording: Recording
    began: float
    alerts: frozenset[str] = frozenset()

    def history(self, series: str) -> dict[tuple[str, ...], set[float]]:
        """Return the values of a recorded series by username and usergroup; NaN is an evaluation without a value."""
        selector = f'{series}{{namespace="{NAMESPACE}", usergroup!=""}}'
        found: dict[tuple[str, ...], set[float]] = {}
        end = time.time() - INTERVAL
        count = int((end - self.began) // INTERVAL) + 1
        for one in self.recording.client.range(selector, self.began, end, INTERVAL):
            key = tuple(one.labels[label] for label in ("username", "usergroup") if label in one.labels)
            found[key] = {value for _, value in one.values}
            if len(one.values) < count:
                found[key].add(float("nan"))
        return found

    def fired(self) -> set[str]:
        """Return the names of our alerts that have fired."""
        query = f'ALERTS{{{ALERTS}, alertstate="firing"}}'
        found = self.recording.client.range(query, self.began, time.time(), INTERVAL)
        return {one.labels["alertname"] for one in found}

    def assert_that_all_is_as_before(self) -> None:
        """Check that groups, requests and used memory have no change and no gap, and that no new alert fires."""
        assert self.history(names.SHARE) == {key: {value} for key, value in SHARES.items()}
        requested = self.history(f"namespace_usergroup:{names.MEMORY_REQUESTS}")
        assert requested == {key: {value} for key, value in REQUESTED.items()}
        used = self.history(f"namespace_usergroup:{names.MEMORY_WORKING_SET}")
        assert used.keys() == REQUESTED.keys()
        assert all(value > 0 for values in used.values() for value in values)
        assert self.fired() <= self.alerts


@pytest.fixture(scope="module")
def world(node: Node, loaded: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A hub with users, groups and pods, and a Prometheus that has recorded them."""
    assert loaded
    data = node.folder / "faults"
    data.mkdir()
    data.chmod(0o777)  # the hub's user is not root
    folder = tmp_path_factory.mktemp("faults")
    values = {"exporter": {"interval": REFRESH, "multipleGroups": "split"}}
    with node.namespace("faults"), running(node, NAMESPACE, "", data=data) as hub:
        hub.add(USERS)
        node.apply(*objects(values, namespace=NAMESPACE), *(_pod(name) for name in USERS))
        # Otherwise the hub has no address while it does not answer, and no refresh waits for it.
        published = {"spec": {"publishNotReadyAddresses": True}}
        node.kubectl("patch", "service", "hub", "-n", NAMESPACE, "-p", json.dumps(published))
        files = rules(folder / "rules", SETTINGS)
        files += [_soon(files, folder)]
        with recording(node, folder, rule_files=files, scrape=f"{SCRAPE}s", port=PORT) as prometheus:
            watched = World(hub, prometheus)

            def are_recorded() -> bool:
                watch = Watch(prometheus, time.time() - INTERVAL, watched.alerts())
                watch.assert_that_all_is_as_before()
                return True

            node.wait_for("recorded groups and memory", lambda: _holds(are_recorded), 300)
            watched.wait(2 * INTERVAL)  # Prometheus writes the state of alerts from their second evaluation on
            yield watched


def _holds(check: Any) -> bool:
    try:
        return bool(check())
    except AssertionError:
        return False


def _pod(user: str) -> dict[str, Any]:
    container = {
        "name": "notebook",
        "image": PAUSE,
        "resources": {"requests": {"memory": str(REQUESTS[user])}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"jupyter-{user}",
            "namespace": NAMESPACE,
            "annotations": {"hub.jupyter.org/username": user},
            "labels": {"component": "singleuser-server"},
        },
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0},
    }


def _soon(files: list[Path], folder: Path) -> Path:
    """Write a copy of HubmeterHubApiErrors with a shorter delay and name."""
    groups = [group for file in files for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]]
    (alert,) = (rule for group in groups for rule in group["rules"] if rule.get("alert") == "HubmeterHubApiErrors")
    rule = {**alert, "alert": SOON, "for": "10s"}
    path = folder / "soon.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "soon", "interval": "5s", "rules": [rule]}]}), encoding="utf-8")
    return path


@pytest.fixture
def watch(world: World) -> Watch:
    """A watch that begins with the test."""
    return Watch(world.recording, time.time(), world.alerts())


def test_the_hub_is_killed_during_a_refresh(world: World, watch: Watch) -> None:
    before = world.pod(HUB)
    container = before["status"]["containerStatuses"][0]["containerID"].removeprefix("containerd://")
    world.node.ctr("tasks", "kill", "--signal=SIGSTOP", container)
    # So the exporter's request has been sent, and waits.
    world.node.wait_for("a refresh that waits", lambda: time.time() - world.last_refresh() > 2 * (REFRESH + SCRAPE))
    world.node.kubectl("delete", "pod", before["metadata"]["name"], "-n", NAMESPACE, "--grace-period=0", "--force")
    world.wait_for_hub()
    world.wait_for_the_end(watch)
    assert world.pod(HUB)["metadata"]["uid"] != before["metadata"]["uid"]
    watch.assert_that_all_is_as_before()


def test_the_exporter_is_killed_because_its_memory_is_used_up(world: World, watch: Watch) -> None:
    uid, restarts = world.restarts()
    name = world.pod(EXPORTER)["metadata"]["name"]
    with pytest.raises(ClusterError):  # the command is killed with the container
        world.node.kubectl("exec", name, "-n", NAMESPACE, "--", "/opt/hubmeter/bin/python", "-c", _FILL, timeout=180)

    def is_restarted() -> bool:
        (status,) = world.pod(EXPORTER)["status"]["containerStatuses"]
        return bool(status["lastState"]["terminated"]["reason"] == "OOMKilled" and "running" in status["state"])

    world.node.wait_for("exporter that is killed and started again", is_restarted)
    assert world.restarts() == (uid, restarts + 1)
    world.wait_for_the_end(watch)
    watch.assert_that_all_is_as_before()


def test_the_api_server_is_away_for_two_minutes(world: World, watch: Watch) -> None:
    before = _uids(world)
    world.node.stop("apiserver")
    world.wait(120)
    assert time.time() - world.last_refresh() < 2 * (REFRESH + SCRAPE)  # the exporter needs no API server
    start_api_server(world.node)
    world.node.wait_for("API server", lambda: _uids(world) == before)
    world.wait_for_the_end(watch)
    watch.assert_that_all_is_as_before()
    assert _uids(world) == before


def test_etcd_is_killed_and_started_again(world: World, watch: Watch) -> None:
    before = _uids(world)
    world.node.stop("etcd", signal.SIGKILL)
    world.wait(2 * INTERVAL)
    start_etcd(world.node)
    world.node.wait_for("API server that writes", lambda: "annotated" in _touch(world))
    world.wait_for_the_end(watch)
    watch.assert_that_all_is_as_before()
    assert _uids(world) == before


def _uids(world: World) -> set[str]:
    return {pod["metadata"]["uid"] for pod in world.hub.get("pods")["items"]}


def _touch(world: World) -> str:
    """Write an object."""
    return world.node.kubectl(
        "annotate", "secret", "hub", f"touched={time.time()}", "--overwrite", "-n", NAMESPACE, timeout=20
    )


def test_a_rotated_token_fires_an_alert_until_the_hub_has_it_and_needs_no_restart_of_the_exporter(
    world: World, watch: Watch
) -> None:
    before = world.restarts()
    old, new = world.hub.tokens["groups-exporter"], secrets.token_hex(16)
    data = {TOKEN_KEY: base64.b64encode(new.encode()).decode()}
    world.node.kubectl("patch", "secret", "hub", "-n", NAMESPACE, "-p", json.dumps({"data": data}))
    fires = f'ALERTS{{alertname="{SOON}", alertstate="firing", namespace="{NAMESPACE}", reason="forbidden"}}'
    client = world.recording.client
    # The kubelet has replaced the file, and the hub still has the old token.
    world.node.wait_for("alert about the token", lambda: bool(client.instant(fires)), 240)
    world.node.kubectl("delete", "pod", "-l", HUB, "-n", NAMESPACE)  # as an upgrade of the hub does
    world.wait_for_hub()
    assert (world.is_accepted(old), world.is_accepted(new)) == (True, True)  # docs/exporter.md has how to revoke it
    world.node.wait_for("end of the alert", lambda: not client.instant(fires), 240)
    world.wait_for_the_end(watch)
    assert world.restarts() == before
    watch.assert_that_all_is_as_before()
