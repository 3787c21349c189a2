"""The chart's NetworkPolicies where something enforces them: who reaches whom, before and with the policies.

Each connection is open before, so that a refusal is a policy's. The node enforces policies with kube-router's firewall;
where nothing enforces them, the tests are skipped.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest
import yaml

from tests.chart.charts import objects, of_kind
from tests.kubernetes import site
from tests.kubernetes.cluster import Cluster, ClusterError
from tests.kubernetes.conftest import HUB
from tests.kubernetes.node import Node

RELEASE: Final = "policies"
PORTS: Final = (53, 8081, 9090)  # of the pods that only listen
HUB_NAME: Final = "the name of the hub"

# (from, to, whether a connection is let through with the policies). Ports are those of pods.
CONNECTIONS: Final = [
    ("stranger", "exporter:9090", False),
    ("stranger", "costs:9091", False),
    ("stranger", "hub:8081", False),
    ("outsider", "exporter:9090", False),
    ("outsider", "costs:9091", False),
    ("outsider", "hub:8081", False),
    ("stranger", "prometheus:9090", True),
    ("prometheus", "exporter:9090", True),
    ("prometheus", "costs:9091", True),
    ("prometheus", "hub:8081", False),
    ("exporter", "hub:8081", True),
    ("exporter", HUB_NAME, True),
    ("exporter", "stranger:53", True),  # a name server may be any pod
    ("exporter", "stranger:8081", False),
    ("exporter", "stranger:9090", False),
    ("exporter", "prometheus:9090", False),
    ("exporter", "costs:9091", False),
    ("exporter", "proxy:8001", False),
    ("exporter", "kubernetes:443", False),
    ("costs", "prometheus:9090", True),
    ("costs", HUB_NAME, True),
    ("costs", "hub:8081", False),
    ("costs", "exporter:9090", False),
    ("costs", "outsider:9090", False),
    ("costs", "kubernetes:443", False),
]

_LISTEN: Final = f"""
import asyncio
async def main():
    servers = [await asyncio.start_server(lambda r, w: w.close(), "0.0.0.0", port) for port in {PORTS}]
    await asyncio.gather(*(server.serve_forever() for server in servers))
asyncio.run(main())
"""
# Prints a JSON object: target -> whether a connection was made, or the name resolved.
_CONNECT: Final = """
import concurrent.futures, json, socket, sys
def reached(target):
    host, _, port = target.partition(":")
    try:
        if port:
            socket.create_connection((host, int(port)), 3).close()
        else:
            socket.getaddrinfo(host, None)
    except OSError:
        return False
    return True
targets = json.loads(sys.argv[1])
with concurrent.futures.ThreadPoolExecutor(20) as pool:
    print(json.dumps(dict(zip(targets, pool.map(reached, targets)))))
"""


@dataclass(frozen=True)
class Pod:
    """A pod that connects; python is the path of its interpreter."""

    name: str
    namespace: str
    python: str


@dataclass(frozen=True)
class Reached:
    """Whether each connection of CONNECTIONS was made: before the policies, unless there were others, and with them."""

    before: dict[tuple[str, str], bool]
    after: dict[tuple[str, str], bool]


@pytest.fixture(scope="module")
def reached(cluster: Cluster, hub: dict[str, str]) -> Iterator[Reached]:
    """Both exporters beside the hub, a Prometheus and two strangers, one of them in another namespace."""
    assert hub
    costs = {"source": "static", "static": {"memory_gib_hour": 0.005}}
    values = {"costs": {"enabled": True, "prometheusUrl": "http://prometheus.support:9090", "config": costs}}
    release = objects(values, name=RELEASE, namespace=HUB)
    closed = bool(cluster.get("networkpolicies", "-n", HUB)["items"])  # Zero to JupyterHub's chart has policies
    policies = [*of_kind(release, "NetworkPolicy"), *([] if closed else [_policy_of_the_hub()])]
    others = [each for each in release if each["kind"] != "NetworkPolicy"]
    with cluster.namespace("policies") as elsewhere:
        listening = [
            _listener("stranger", HUB, {}),
            _listener("outsider", elsewhere, {}),
            _listener("prometheus", elsewhere, {"app.kubernetes.io/name": "prometheus"}),
        ]
        try:
            cluster.apply(*others, *listening)
            for name, namespace in (("stranger", HUB), ("outsider", elsewhere), ("prometheus", elsewhere)):
                cluster.kubectl("wait", "--for=condition=Ready", "--timeout=120s", f"pod/{name}", "-n", namespace)
            for component in ("exporter", "costs"):
                _wait_for_container(cluster, component)
            before = _connect(cluster, elsewhere)
            if closed:
                before = {pair: open_ for pair, open_ in before.items() if pair[1] not in {"hub:8081", "proxy:8001"}}
            cluster.apply(*policies)
            yield Reached(before, _after(cluster, elsewhere))
        finally:
            made = yaml.safe_dump_all([*policies, *others, listening[0]])
            cluster.kubectl("delete", "--ignore-not-found", "--wait=false", "-f", "-", stdin=made)


def _listener(name: str, namespace: str, labels: dict[str, str]) -> dict[str, Any]:
    container = {
        "name": name,
        "image": site.IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-c", _LISTEN],
        "securityContext": {"runAsUser": 0},  # of port 53
        "readinessProbe": {"tcpSocket": {"port": PORTS[-1]}, "periodSeconds": 1},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0},
    }


def _policy_of_the_hub() -> dict[str, Any]:
    """Return the ingress of the hub's policy in Zero to JupyterHub 1 to 4."""
    admitted = {"podSelector": {"matchLabels": {"hub.jupyter.org/network-access-hub": "true"}}}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"{RELEASE}-hub", "namespace": HUB},
        "spec": {
            "podSelector": {"matchLabels": site.labels("hub")},
            "policyTypes": ["Ingress"],
            "ingress": [{"ports": [{"port": "http"}], "from": [admitted]}],
        },
    }


def _pod(cluster: Cluster, namespace: str, selector: str) -> dict[str, Any]:
    (pod,) = cluster.get("pods", "-n", namespace, "-l", selector)["items"]
    return dict(pod)


def _ours(component: str) -> str:
    return f"app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component={component}"


def _wait_for_container(cluster: Cluster, component: str) -> None:
    def listens() -> bool:
        name = _pod(cluster, HUB, _ours(component))["metadata"]["name"]
        own = json.dumps([f"127.0.0.1:{9090 if component == 'exporter' else 9091}"])
        answer = cluster.kubectl("exec", name, "-n", HUB, "--", "/opt/hubmeter/bin/python", "-c", _CONNECT, own)
        return all(json.loads(answer).values())

    cluster.wait_for(f"{component} that listens", listens, 120)


def _connect(cluster: Cluster, elsewhere: str) -> dict[tuple[str, str], bool]:
    """Make each connection once."""
    of_the_hub = {each: _pod(cluster, HUB, f"app=jupyterhub,component={each}") for each in ("hub", "proxy")}
    ours = {each: _pod(cluster, HUB, _ours(each)) for each in ("exporter", "costs")}
    listening = {
        "stranger": cluster.get("pod", "stranger", "-n", HUB),
        **{each: cluster.get("pod", each, "-n", elsewhere) for each in ("outsider", "prometheus")},
    }
    addresses = {name: pod["status"]["podIP"] for name, pod in {**of_the_hub, **ours, **listening}.items()}
    addresses["kubernetes"] = cluster.get("service", "kubernetes", "-n", "default")["spec"]["clusterIP"]
    pods = {name: Pod(name, pod["metadata"]["namespace"], "python") for name, pod in listening.items()}
    for name, pod in ours.items():
        pods[name] = Pod(pod["metadata"]["name"], HUB, "/opt/hubmeter/bin/python")
    result: dict[tuple[str, str], bool] = {}
    for source in {source: None for source, _, _ in CONNECTIONS}:
        targets = [target for at, target, _ in CONNECTIONS if at == source]
        spelled = [
            f"hub.{HUB}" if target == HUB_NAME else f"{addresses[host]}:{port}"
            for target in targets
            for host, _, port in [target.partition(":")]
        ]
        at = pods[source]
        command = ("exec", at.name, "-n", at.namespace, "--", at.python, "-c", _CONNECT, json.dumps(spelled))
        answer = json.loads(cluster.kubectl(*command))
        result.update({(source, target): answer[text] for target, text in zip(targets, spelled, strict=True)})
    return result


def _after(cluster: Cluster, elsewhere: str) -> dict[tuple[str, str], bool]:
    """Return the connections with the policies, as soon as they are as expected; after 30 s, as they are then."""
    expected = {(source, target): through for source, target, through in CONNECTIONS}
    found: dict[tuple[str, str], bool] = {}

    def as_expected() -> bool:
        found.update(_connect(cluster, elsewhere))
        return found == expected

    try:
        cluster.wait_for("connections as expected", as_expected, 30)
    except ClusterError:
        if all(found.values()):
            if isinstance(cluster, Node) and "kube-router" in cluster.processes:
                pytest.fail(f"kube-router refuses nothing: {cluster.log('kube-router')}")
            pytest.skip("nothing enforces NetworkPolicies in this cluster: a stranger is refused nowhere")
    return found


@pytest.mark.parametrize(("source", "target", "through"), CONNECTIONS, ids=str)
def test_a_connection_is_let_through_or_refused(source: str, target: str, through: bool, reached: Reached) -> None:
    assert reached.before.get((source, target), True), "without policies"
    assert reached.after[source, target] == through, "with policies"
