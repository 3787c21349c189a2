"""Prometheus in the node has the series of the real kubelet and of the stand-in for kube-state-metrics."""

from pathlib import Path

from tests.kubernetes.node import Node
from tests.kubernetes.recording import recording

_TARGETS = {"kubelet", "kube-state-metrics", "prometheus"}


def test_all_targets_are_up_and_containers_have_names(node: Node, tmp_path: Path) -> None:
    node.wait_for("ServiceAccount", lambda: bool(node.get("serviceaccount", "default", "-n", "default")), 60)
    pod = {"name": "sleeps", "image": "local/pause:1", "imagePullPolicy": "Never"}
    node.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "sleeps"}, "spec": {"containers": [pod]}})
    with recording(node, tmp_path, scrape="5s", port=9099) as prometheus:
        ask = prometheus.client.instant
        node.wait_for("targets", lambda: {v.labels["job"] for v in ask("up == 1")} >= _TARGETS, 60)
        used = 'container_memory_working_set_bytes{container="sleeps", image!=""}'
        node.wait_for("series of a container", lambda: len(ask(f"{used} and on (pod) kube_pod_info")) == 1, 60)
    node.kubectl("delete", "pod", "sleeps", "--now")
