"""Servers that Kubernetes ends: what kube-state-metrics reports of them, and what the rules record.

The rules are evaluated every 15 s here. Containers are ended for real: by the kernel at their own memory limit, by the
Eviction API, and by a kubelet whose threshold is above the machine's free memory.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
import yaml

from hubmeter_promql import names
from tests.kubernetes import loads
from tests.kubernetes.cluster import PREFIX
from tests.kubernetes.kube_state import number
from tests.kubernetes.loads import Load, Server
from tests.kubernetes.node import NAME, Node, start_kubelet
from tests.kubernetes.recording import Recording, recording, rules

NAMESPACE: Final = f"{PREFIX}evictions"
INTERVAL: Final = 15
PORT: Final = 9300
MEBIBYTE: Final = 2**20
BYSTANDER: Final = "bea"  # nothing happens to her server
IDLE: Final = 0.0  # cores


@pytest.fixture(scope="module")
def recorded(node: Node, loaded: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """A Prometheus with all rules, and a namespace in which a server runs."""
    assert loaded
    folder = tmp_path_factory.mktemp("evictions")
    interval = f"{INTERVAL}s"
    files = rules(folder / "rules", {"interval": interval, "membership_interval": interval})
    with (
        node.namespace(NAMESPACE.removeprefix(PREFIX)),
        recording(node, folder, rule_files=files, scrape="5s", port=PORT) as prometheus,
    ):
        start(node, BYSTANDER, 20)
        yield prometheus


def start(node: Node, user: str, mebibytes: int, limit: str = "256Mi", exit_code: int = 0) -> Server:
    node.apply(loads.pod(NAMESPACE, user, Load(mebibytes, IDLE), limit=limit, exit_code=exit_code))
    node.wait_for(f"{user}'s server", lambda: loads.running(pod_of(node, user)) is not None, 120)
    server = loads.running(pod_of(node, user))
    assert server
    node.wait_for("answer", lambda: loads.ask(node, server, "/"), 60)
    return server


def pod_of(node: Node, user: str) -> Any:
    return node.get("pod", f"jupyter-{user}", "-n", NAMESPACE)


def reported(recorded: Recording, name: str, user: str, **labels: str) -> float | None:
    """Return the value that the stand-in for kube-state-metrics last had of a user's pod."""
    matchers = ", ".join(f'{k}="{v}"' for k, v in {"namespace": NAMESPACE, "pod": f"jupyter-{user}", **labels}.items())
    found = recorded.client.instant(f"{name}{{{matchers}}}")
    assert len(found) < 2
    return found[0].value if found else None


def usage(recorded: Recording, resource: str, user: str, since: float = 0) -> list[tuple[float, float]]:
    """Return the recorded samples of a user since a time, which is not more than ten minutes ago."""
    series = f'{names.user(resource)}{{namespace="{NAMESPACE}", username="{user}"}}[10m]'
    return [sample for samples in recorded.samples(series).values() for sample in samples if sample[0] > since]


def evaluations(recorded: Recording, since: float) -> list[float]:
    """Return the times of evaluations since a time; the bystander is in each."""
    return [at for at, _ in usage(recorded, names.MEMORY_WORKING_SET, BYSTANDER, since)]


def wait_for_evaluations(node: Node, recorded: Recording, count: int) -> list[float]:
    """Wait for evaluations from now on, and return their times."""
    since = time.time()
    node.wait_for(f"{count} evaluations", lambda: len(evaluations(recorded, since)) >= count, 60 + 4 * INTERVAL * count)
    return evaluations(recorded, since)


def wait_until_used(node: Node, recorded: Recording, user: str, mebibytes: int) -> None:
    """Wait until a server's memory is recorded: its program takes up to 30 MiB besides what it holds."""

    def is_recorded() -> bool:
        samples = usage(recorded, names.MEMORY_WORKING_SET, user)
        return bool(samples) and mebibytes <= samples[-1][1] / MEBIBYTE < mebibytes + 30

    node.wait_for(f"{mebibytes} MiB of {user}", is_recorded, 180)


def has_series(recorded: Recording, container_id: str) -> bool:
    used = f'container_memory_working_set_bytes{{namespace="{NAMESPACE}", id=~".*{container_id}"}}'
    return bool(recorded.client.instant(used))


@pytest.fixture(scope="module")
def killed(node: Node, recorded: Recording) -> float:
    """A server needed more than its limit; gives the second evaluation after its successor's first sample."""
    first = start(node, "oona", 20)
    assert loads.ask(node, first, "/hold/180")
    wait_until_used(node, recorded, "oona", 180)
    assert not loads.ask(node, first, "/hold/300")  # the kernel kills it: the limit is 256 MiB

    def restarted() -> Server | None:
        found = loads.running(pod_of(node, "oona"))
        return found if found and found.container_id != first.container_id else None

    node.wait_for("restarted container", lambda: restarted() is not None, 120)
    second = restarted()
    assert second
    node.wait_for("its series", lambda: has_series(recorded, second.container_id), 120)
    return wait_for_evaluations(node, recorded, 2)[-1]


@pytest.mark.usefixtures("killed")
def test_a_container_killed_at_its_limit_is_reported_with_its_reason(recorded: Recording) -> None:
    assert reported(recorded, "kube_pod_container_status_last_terminated_reason", "oona", reason="OOMKilled") == 1
    assert reported(recorded, "kube_pod_container_status_restarts_total", "oona") == 1
    assert reported(recorded, "kube_pod_status_phase", "oona", phase="Running") == 1


def test_memory_of_a_container_killed_at_its_limit_ends_with_it(recorded: Recording, killed: float) -> None:
    memory = dict(usage(recorded, names.MEMORY_WORKING_SET, "oona"))
    assert 20 <= memory[killed] / MEBIBYTE < 50


def test_a_restarted_container_holds_its_requests(recorded: Recording, killed: float) -> None:
    assert dict(usage(recorded, names.MEMORY_REQUESTS, "oona"))[killed] == 64 * MEBIBYTE


def test_a_pod_evicted_by_the_api_is_recorded_for_two_evaluations_at_most(node: Node, recorded: Recording) -> None:
    start(node, "evan", 100)
    wait_until_used(node, recorded, "evan", 100)
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "jupyter-evan"}}
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/jupyter-evan/eviction"
    node.kubectl("create", f"--raw={path}", "-f", "-", stdin=json.dumps(eviction))
    node.wait_for("end of the pod", lambda: "jupyter-evan" not in node.kubectl("get", "pods", "-n", NAMESPACE), 60)
    later = wait_for_evaluations(node, recorded, 4)
    assert reported(recorded, "kube_pod_status_phase", "evan", phase="Running") is None
    assert_ended(recorded, "evan", later)


def assert_ended(recorded: Recording, user: str, evaluations: list[float]) -> None:
    """Assert that a server is in the first two of these evaluations at most, and is not unattributed in the others."""
    for resource in (names.MEMORY_WORKING_SET, names.MEMORY_REQUESTS, names.SERVERS):
        assert usage(recorded, resource, user, since=evaluations[1]) == []
        unattributed = usage(recorded, resource, "", since=evaluations[1])
        assert [value for _, value in unattributed if value] == []
        assert len(usage(recorded, resource, BYSTANDER, since=evaluations[1])) >= len(evaluations[2:])


def available(node: Node, recorded: Recording) -> float:
    """Return the bytes that the kubelet regards as free: its signal memory.available."""
    capacity = number(node.get("node", NAME)["status"]["capacity"]["memory"])
    (used,) = recorded.client.instant('container_memory_working_set_bytes{id="/"}')
    return capacity - used.value


@contextmanager
def kubelet(node: Node, **changed: Any) -> Iterator[None]:
    """Restart the kubelet with other fields of its configuration, and with its own again at the end."""
    path = node.folder / "kubelet.yaml"
    own = path.read_text(encoding="utf-8")

    def restart(text: str) -> None:
        node.stop("kubelet")
        path.write_text(text, encoding="utf-8")
        start_kubelet(node)

    restart(yaml.safe_dump({**yaml.safe_load(own), **changed}))
    try:
        yield
    finally:
        restart(own)


@pytest.mark.measurement  # the memory that other work takes or gives back moves the threshold
@pytest.mark.parametrize(
    ("user", "exit_code", "phase", "evicted"),
    [
        ("eve", 143, "Failed", 1),
        # The kubelet replaces the phase and reason of an eviction by those of a container that exits with 0, where the
        # restart policy is OnFailure, as KubeSpawner's is.
        ("zoe", 0, "Succeeded", 0),
    ],
)
def test_a_pod_evicted_by_the_kubelet_is_reported_and_counts_no_longer(
    node: Node, recorded: Recording, user: str, exit_code: int, phase: str, evicted: int
) -> None:
    start(node, user, 1000, limit="1200Mi", exit_code=exit_code)
    wait_until_used(node, recorded, user, 1000)
    # Half of what the server holds is missing, so that its end is enough and no other pod is evicted. A hard threshold
    # would reduce the memory for which pods are admitted.
    threshold = available(node, recorded) + 500 * MEBIBYTE
    soft = {
        "evictionSoft": {"memory.available": f"{threshold / MEBIBYTE:.0f}Mi"},
        "evictionSoftGracePeriod": {"memory.available": "1s"},
        "evictionMaxPodGracePeriod": 1,
        "evictionPressureTransitionPeriod": "1s",
        "localStorageCapacityIsolation": True,  # otherwise the kubelet lacks figures of disks and evicts nothing
    }
    with kubelet(node, **soft):
        node.wait_for("eviction", lambda: pod_of(node, user)["status"]["phase"] in ("Failed", "Succeeded"), 180)
    later = wait_for_evaluations(node, recorded, 4)
    assert reported(recorded, "kube_pod_status_phase", user, phase=phase) == 1
    assert reported(recorded, "kube_pod_status_reason", user, reason="Evicted") == evicted
    # The requests of a pod that has ended are still reported, but hold nothing.
    assert reported(recorded, "kube_pod_container_resource_requests", user, resource="memory") == 64 * MEBIBYTE
    assert_ended(recorded, user, later)
