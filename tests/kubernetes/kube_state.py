"""A stand-in for kube-state-metrics, which no package registry has: series made of the API's real objects.

Names, labels and values follow kube-state-metrics' documentation (docs/metrics/workload/pod-metrics.md and its
neighbours, v2.15); test_kube_state.py holds them to a table, and the job on kind compares them with the real one.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import requests
import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

Json = Mapping[str, Any]
# Returns the items of a kind of object, all namespaces: "pods", "nodes", "services".
Read = Callable[[str], Sequence[Json]]

ANNOTATIONS: Final = ("hub.jupyter.org/username",)
POD_LABELS: Final = ("component", "app", "hub.jupyter.org/profile", "hub.jupyter.org/size", "hub.jupyter.org/image")
NODE_LABELS: Final = ("hub.jupyter.org/node-purpose",)
PHASES: Final = ("Pending", "Succeeded", "Failed", "Unknown", "Running")
REASONS: Final = ("Evicted", "NodeAffinity", "NodeLost", "Shutdown", "UnexpectedAdmissionError")

_QUANTITY: Final = re.compile(r"([0-9.eE+-]+?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?")
_FACTORS: Final = {
    None: 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
_UNITS: Final = {"cpu": "core", "pods": "integer"}


class Families:
    """Metric families by name; rows are added one by one."""

    def __init__(self) -> None:
        """Start empty."""
        self._families: dict[str, GaugeMetricFamily] = {}

    def add(self, name: str, value: float, **labels: str) -> None:
        """Add a sample; all samples of a family have the same labels."""
        if name not in self._families:
            self._families[name] = GaugeMetricFamily(name, "As kube-state-metrics has it.", labels=list(labels))
        self._families[name].add_metric(list(labels.values()), value)

    def collect(self) -> Iterator[Metric]:
        """Yield the families, as a collector does."""
        yield from self._families.values()


def families(read: Read) -> Families:
    """Return all series of the objects that there are now."""
    result = Families()
    for pod in read("pods"):
        _pod(result, pod)
    for node in read("nodes"):
        _node(result, node)
    for service in read("services"):
        at = service["metadata"]
        selected = {"label_component": at.get("labels", {}).get("component", "")}
        result.add("kube_service_labels", 1, namespace=at["namespace"], service=at["name"], uid=at["uid"], **selected)
    return result


def _pod(result: Families, pod: Json) -> None:
    meta, spec, status = pod["metadata"], pod["spec"], pod["status"]
    of = {"namespace": meta["namespace"], "pod": meta["name"], "uid": meta["uid"]}
    node = spec.get("nodeName", "")
    annotations, labels = meta.get("annotations", {}), meta.get("labels", {})
    result.add("kube_pod_annotations", 1, **of, **_allowed("annotation", ANNOTATIONS, annotations))
    result.add("kube_pod_labels", 1, **of, **_allowed("label", POD_LABELS, labels))
    owner: Json = next((owner for owner in meta.get("ownerReferences", []) if owner.get("controller")), {})
    result.add(
        "kube_pod_info", 1, **of, host_ip=status.get("hostIP", ""), pod_ip=status.get("podIP", ""), node=node,
        created_by_kind=owner.get("kind", ""), created_by_name=owner.get("name", ""),
        priority_class=spec.get("priorityClassName", ""), host_network=str(spec.get("hostNetwork", False)).lower(),
    )  # fmt: skip
    result.add("kube_pod_created", _time(meta["creationTimestamp"]), **of)
    for phase in PHASES:
        result.add("kube_pod_status_phase", float(status.get("phase") == phase), **of, phase=phase)
    for reason in REASONS:
        result.add("kube_pod_status_reason", float(status.get("reason") == reason), **of, reason=reason)
    for prefix, containers, statuses in (
        ("kube_pod_container", spec["containers"], status.get("containerStatuses", [])),
        ("kube_pod_init_container", spec.get("initContainers", []), status.get("initContainerStatuses", [])),
    ):
        states = {each["name"]: each for each in statuses}
        for container in containers:
            _container(result, prefix, of, node, container, states.get(container["name"], {}))


def _container(result: Families, prefix: str, of: Mapping[str, str], node: str, spec: Json, status: Json) -> None:
    name = spec["name"]
    for kind in ("requests", "limits"):
        for resource, quantity in spec.get("resources", {}).get(kind, {}).items():
            result.add(
                f"{prefix}_resource_{kind}", number(quantity), **of, container=name, node=node,
                resource=_resource(resource), unit=_unit(resource),
            )  # fmt: skip
    if not status:
        return
    restarts = {"restart_policy": spec.get("restartPolicy", "")} if prefix == "kube_pod_init_container" else {}
    result.add(
        f"{prefix}_info", 1, **of, container=name, image_spec=spec.get("image", ""), image=status.get("image", ""),
        image_id=status.get("imageID", ""), container_id=status.get("containerID", ""), **restarts,
    )  # fmt: skip
    result.add(f"{prefix}_status_restarts_total", float(status.get("restartCount", 0)), **of, container=name)
    state = status.get("state", {})
    started = (state.get("running") or state.get("terminated") or {}).get("startedAt")
    if started and prefix == "kube_pod_container":  # kube-state-metrics has no such series of init containers
        result.add(f"{prefix}_state_started", _time(started), **of, container=name)
    if waiting := status.get("state", {}).get("waiting"):
        reason = waiting.get("reason", "")
        result.add(f"{prefix}_status_waiting_reason", 1, **of, container=name, reason=reason)
    if ended := status.get("lastState", {}).get("terminated"):
        reason = ended.get("reason", "")
        result.add(f"{prefix}_status_last_terminated_reason", 1, **of, container=name, reason=reason)


def _node(result: Families, node: Json) -> None:
    name, status = node["metadata"]["name"], node["status"]
    info = status["nodeInfo"]
    result.add(
        "kube_node_info", 1, node=name, kernel_version=info["kernelVersion"], os_image=info["osImage"],
        container_runtime_version=info["containerRuntimeVersion"], kubelet_version=info["kubeletVersion"],
        provider_id=node["spec"].get("providerID", ""), pod_cidr=node["spec"].get("podCIDR", ""),
        system_uuid=info["systemUUID"], kubeproxy_version=info.get("kubeProxyVersion", ""),
        internal_ip=next((at["address"] for at in status.get("addresses", []) if at["type"] == "InternalIP"), ""),
    )  # fmt: skip
    labels = _allowed("label", NODE_LABELS, node["metadata"].get("labels", {}))
    result.add("kube_node_labels", 1, node=name, **labels)
    for kind in ("allocatable", "capacity"):
        for resource, quantity in status[kind].items():
            result.add(
                f"kube_node_status_{kind}", number(quantity), node=name, resource=_resource(resource),
                unit=_unit(resource),
            )  # fmt: skip


def number(quantity: str) -> float:
    """Return a Kubernetes quantity as a number of base units: ``500m`` is 0.5, ``1Gi`` is 1073741824."""
    match = _QUANTITY.fullmatch(str(quantity))
    if not match:
        raise ValueError(f"{quantity!r} is not a Kubernetes quantity")
    return float(match[1]) * _FACTORS[match[2]]


def _resource(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_]", "_", name)


def _unit(resource: str) -> str:
    if resource in _UNITS:
        return _UNITS[resource]
    return "byte" if resource == "memory" or "storage" in resource or resource.startswith("hugepages") else "integer"


def _allowed(kind: str, names: Sequence[str], values: Mapping[str, str]) -> dict[str, str]:
    """Return allow-listed annotations or labels as labels; kube-state-metrics omits those an object lacks."""
    return {f"{kind}_{_resource(name)}": values.get(name, "") for name in names}


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def server(read: Read, address: tuple[str, int]) -> ThreadingHTTPServer:
    """Return a server of /metrics, not started yet.

    Each scrape reads the API anew. While the API does not answer, it gets the last page, as kube-state-metrics goes on
    with the objects that it has watched.
    """
    last = b""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            nonlocal last
            registry = CollectorRegistry()
            try:
                registry.register(families(read))
                last = generate_latest(registry)
            except requests.RequestException as error:
                print(f"the last page again: {error}", file=sys.stderr, flush=True)
            page = last
            self.send_response(200 if page else 503)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name in the base class
            pass

    return ThreadingHTTPServer(address, Handler)


def reader(kubeconfig: Path) -> Read:
    """Return what reads the API of a kubeconfig with a token; each reading is one request."""
    config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {user['token']}"
    session.trust_env = False  # a variable such as REQUESTS_CA_BUNDLE would replace the authority
    session.verify = cluster["certificate-authority"]

    def read(kind: str) -> Sequence[Json]:
        answer = session.get(f"{cluster['server']}/api/v1/{kind}", timeout=2)
        answer.raise_for_status()
        items: Sequence[Json] = answer.json()["items"]
        return items

    return read


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--listen", required=True, help="ADDRESS:PORT")
    arguments = parser.parse_args()
    host, _, port = arguments.listen.rpartition(":")
    server(reader(arguments.kubeconfig), (host, int(port))).serve_forever()


if __name__ == "__main__":
    main()
