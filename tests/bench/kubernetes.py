"""The rules on what a real API server says of 1,000 nodes and 5,000 user pods, which kwok plays.

Run ``python -m tests.bench.kubernetes`` as root; it prints Markdown. The real groups exporter reads a hub with 50,000
registered users; the stand-in for kube-state-metrics has the series of the API's objects. kwok's pods have no
containers, and so no series of a kubelet.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.bench.exporter import user
from tests.bench.measure import markdown, say
from tests.kubernetes import node as nodes
from tests.kubernetes import programs
from tests.kubernetes.cluster import Cluster
from tests.kubernetes.node import ADDRESS, Node
from tests.kubernetes.recording import Recording, recording, rules

Json = dict[str, Any]

_NAMESPACE: Final = "large"
_PORT: Final = 9100  # of the groups exporter
_RAW: Final = "kube_.*|jupyterhub_.*"
_RECORDED: Final = ".+:.+"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kubernetes", description=__doc__)
    parser.add_argument("--nodes", type=int, default=1000, help="default: %(default)s")
    parser.add_argument("--pods", type=int, default=5000, help="running servers (default: %(default)s)")
    parser.add_argument("--users", type=int, default=50_000, help="registered users (default: %(default)s)")
    parser.add_argument("--minutes", type=int, default=20, help="of recording (default: %(default)s)")
    options = parser.parse_args()
    programs.build("kwok")
    with tempfile.TemporaryDirectory() as folder, nodes.running() as node:
        _play(node, options.nodes, options.pods)
        _start_exporter(node, options.users)
        files = rules(Path(folder, "rules"), {})
        with recording(node, Path(folder, "prometheus"), rule_files=files, scrape="60s") as prometheus:
            say(f"  Prometheus records for {options.minutes} minutes")
            time.sleep(60 * options.minutes)
            print(f"\n{options.users:,} registered users, {options.pods:,} running servers, {options.nodes:,} nodes\n")
            print(_footprint(prometheus))
            print(_times(prometheus))


def _play(node: Node, nodes_: int, pods: int) -> None:
    """Create nodes and pods, and wait until kwok has made all pods run."""
    node.apply(_object("v1", "Namespace", _NAMESPACE))
    account = ("serviceaccount", "default", "-n", _NAMESPACE)
    node.wait_for("ServiceAccount", lambda: bool(node.get(*account)), 60)
    node.stop("controller-manager")  # it would miss the heartbeats of nodes, and delete their pods
    node.start("kwok", [
        programs.path("kwok"), f"--kubeconfig={node.kubeconfig}", "--manage-all-nodes=false",
        "--manage-nodes-with-label-selector=type=kwok", "--node-lease-duration-seconds=0",
    ])  # fmt: skip
    began = time.monotonic()
    _create(node, [_node(number) for number in range(nodes_)])
    _create(node, [_pod(number, nodes_) for number in range(pods)])

    def running() -> int:
        found = node.kubectl("get", "pods", "-n", _NAMESPACE, "--field-selector=status.phase=Running", "-o", "name")
        return len(found.splitlines())

    node.wait_for(f"{pods} running pods", lambda: running() == pods, 900)
    say(f"  {nodes_:,} nodes and {pods:,} pods run after {time.monotonic() - began:.0f} s")


def _create(cluster: Cluster, objects: list[Json]) -> None:
    listed = {"apiVersion": "v1", "kind": "List", "items": objects}
    cluster.kubectl("create", "-f", "-", stdin=json.dumps(listed), timeout=1800)


def _object(version: str, kind: str, name: str, namespace: str | None = None, **content: Any) -> Json:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **content.pop("metadata", {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **content}


def _node(number: int) -> Json:
    size = {"cpu": "16", "memory": "64Gi", "pods": "110"}
    address = {"type": "InternalIP", "address": f"10.245.{number // 250}.{number % 250}"}
    status = {"allocatable": size, "capacity": size, "addresses": [address]}
    return _object("v1", "Node", f"node-{number}", metadata={"labels": {"type": "kwok"}}, status=status)


def _pod(number: int, nodes_: int) -> Json:
    """Return a pod as KubeSpawner makes it, already on a node."""
    resources = {"requests": {"cpu": "500m", "memory": "2Gi"}, "limits": {"cpu": "2", "memory": "4Gi"}}
    return _object(
        "v1", "Pod", f"jupyter-{number}", _NAMESPACE,
        metadata={
            "annotations": {"hub.jupyter.org/username": user(number).name},
            "labels": {"component": "singleuser-server", "app": "jupyterhub"},
        },
        spec={
            "automountServiceAccountToken": False,
            "nodeName": f"node-{number % nodes_}",
            "containers": [{"name": "notebook", "image": "notebook", "resources": resources}],
        },
    )  # fmt: skip


def _start_exporter(node: Node, users: int) -> None:
    """Start the groups exporter beside a hub that has only pages of users; Prometheus finds it by its annotations."""
    python = ["env", f"--chdir={programs.ROOT}"]
    node.start("hub", [*python, sys.executable, "-m", "tests.bench.exporter", "--play", "hub", "--users", str(users)])
    node.wait_for("pages of users", lambda: " port " in node.log("hub"), 300)
    port = int(node.log("hub").split(" port ")[1].split(";")[0])
    node.start("exporter", [
        *python, f"JUPYTERHUB_API_URL=http://127.0.0.1:{port}/hub/api", "JUPYTERHUB_API_TOKEN=bench",
        sys.executable, "-m", "hubmeter_exporter", f"--port={_PORT}", f"--jupyterhub_namespace={_NAMESPACE}",
    ])  # fmt: skip
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": str(_PORT)}
    node.apply(
        _object("v1", "Service", "exporter", _NAMESPACE, metadata={"annotations": annotations},
                spec={"ports": [{"port": _PORT}]}),
        _object("v1", "Endpoints", "exporter", _NAMESPACE,
                subsets=[{"addresses": [{"ip": ADDRESS}], "ports": [{"port": _PORT}]}]),
    )  # fmt: skip
    ready = f"http://{ADDRESS}:{_PORT}/readyz"
    node.wait_for("groups exporter", lambda: bool(node.run("curl", "-sSf", ready).stdout), 300)


def _footprint(prometheus: Recording) -> str:
    rows = []
    for name, pattern in (("raw", _RAW), ("recorded", _RECORDED)):
        series = _ask(prometheus, f'count({{__name__=~"{pattern}"}})')
        rows.append((name, f"{series:,.0f}"))
    return markdown(("", "series"), rows) + "\n"


def _times(prometheus: Recording) -> str:
    longest = _by_group(prometheus, "max_over_time(prometheus_rule_group_last_duration_seconds[10m])")
    mean = _by_group(prometheus, "avg_over_time(prometheus_rule_group_last_duration_seconds[10m])")
    samples = _by_group(prometheus, "prometheus_rule_group_last_evaluation_samples")
    interval = _by_group(prometheus, "prometheus_rule_group_interval_seconds")
    rows = [
        (
            group,
            f"{interval[group]:,.0f} s",
            f"{samples[group]:,.0f}",
            f"{mean[group]:.2f} s",
            f"{longest[group]:.2f} s",
        )
        for group in sorted(mean, key=lambda group: -mean[group] / interval[group])
    ]
    cpu = _ask(prometheus, 'rate(process_cpu_seconds_total{job="prometheus"}[10m])')
    memory = _ask(prometheus, 'process_resident_memory_bytes{job="prometheus"}')
    return (
        markdown(("group", "interval", "samples", "evaluation, mean", "longest"), rows)
        + f"\n\nPrometheus: {cpu:.2f} cores, {memory / 1e6:,.0f} MB"
    )


def _by_group(prometheus: Recording, query: str) -> Mapping[str, float]:
    return {row.labels["rule_group"].rpartition(";")[2]: row.value for row in prometheus.client.instant(query)}


def _ask(prometheus: Recording, query: str) -> float:
    return sum(row.value for row in prometheus.client.instant(query))


if __name__ == "__main__":
    main()
