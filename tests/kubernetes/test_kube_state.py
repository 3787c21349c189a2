"""The stand-in for kube-state-metrics has the documented series of real objects, and their values."""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.kubernetes import kube_state
from tests.kubernetes.cluster import Cluster, ClusterError

REAL = "kube-state-metrics"  # namespace and Service of kube-state-metrics.yaml
_POD = {"namespace", "pod", "uid"}
_CONTAINER = _POD | {"container"}
_IMAGE = _CONTAINER | {"image", "image_id", "image_spec", "container_id"}
_RESOURCE = _CONTAINER | {"node", "resource", "unit"}
_NODE_RESOURCE = {"node", "resource", "unit"}
# Names and labels of docs/metrics/workload/pod-metrics.md, service-metrics.md and cluster/node-metrics.md; labels of
# allow-listed annotations and labels are checked apart.
DOCUMENTED = {
    "kube_pod_annotations": _POD,
    "kube_pod_labels": _POD,
    "kube_pod_info": _POD
    | {"host_ip", "pod_ip", "node", "created_by_kind", "created_by_name", "priority_class", "host_network"},
    "kube_pod_created": _POD,
    "kube_pod_status_phase": _POD | {"phase"},
    "kube_pod_status_reason": _POD | {"reason"},
    "kube_pod_container_info": _IMAGE,
    "kube_pod_init_container_info": _IMAGE | {"restart_policy"},
    "kube_pod_container_resource_requests": _RESOURCE,
    "kube_pod_container_resource_limits": _RESOURCE,
    "kube_pod_init_container_resource_requests": _RESOURCE,
    "kube_pod_init_container_resource_limits": _RESOURCE,
    "kube_pod_container_state_started": _CONTAINER,
    "kube_pod_container_status_restarts_total": _CONTAINER,
    "kube_pod_init_container_status_restarts_total": _CONTAINER,
    "kube_pod_container_status_waiting_reason": _CONTAINER | {"reason"},
    "kube_pod_container_status_last_terminated_reason": _CONTAINER | {"reason"},
    "kube_node_info": {
        "node", "kernel_version", "os_image", "container_runtime_version", "kubelet_version", "kubeproxy_version",
        "provider_id", "pod_cidr", "system_uuid", "internal_ip",
    },
    "kube_node_labels": {"node"},
    "kube_node_status_allocatable": _NODE_RESOURCE,
    "kube_node_status_capacity": _NODE_RESOURCE,
    "kube_service_labels": {"namespace", "service", "uid"},
}  # fmt: skip


def pod(namespace: str, image: str) -> dict[str, Any]:
    """Return a pod with all kinds of containers."""

    def container(name: str, image: str = image, **more: Any) -> dict[str, Any]:
        return {"name": name, "image": image, "imagePullPolicy": "Never", **more}

    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "jupyter-ana",
            "namespace": namespace,
            "annotations": {"hub.jupyter.org/username": "ana", "unlisted": "x"},
            "labels": {"component": "singleuser-server", "unlisted": "x"},
        },
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "initContainers": [
                container(
                    "sidecar",
                    restartPolicy="Always",
                    resources={"requests": {"cpu": "5m", "memory": "1Mi"}, "limits": {"memory": "32Mi"}},
                )
            ],
            "containers": [
                container(
                    "notebook",
                    resources={"requests": {"cpu": "250m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "1G"}},
                ),
                # A liveness probe that fails ends it each second.
                container(
                    "ends", livenessProbe={"tcpSocket": {"port": 9}, "failureThreshold": 1, "periodSeconds": 1}
                ),
                container("absent", image="local/absent:1"),
            ],
        },
    }  # fmt: skip


def families(cluster: Cluster) -> dict[str, Metric]:
    """Return the stand-in's families of all objects of the cluster."""

    def read(kind: str) -> Any:
        return cluster.get(kind, "--all-namespaces")["items"]

    return {family.name: family for family in kube_state.families(read).collect()}


@pytest.fixture(scope="module")
def series(cluster: Cluster) -> Iterator[dict[str, Metric]]:
    """The families of a pod with all kinds of containers, in its second try."""
    with cluster.namespace("kube-state") as namespace:
        cluster.apply(pod(namespace, cluster.pause))
        cluster.wait_for("series of a restarted container", lambda: DOCUMENTED.keys() <= families(cluster).keys(), 90)
        yield families(cluster)


def test_it_has_the_documented_families_and_no_other(series: dict[str, Metric]) -> None:
    assert series.keys() == DOCUMENTED.keys()


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_family_has_the_documented_labels(series: dict[str, Metric], name: str) -> None:
    assert series[name].samples
    for sample in series[name].samples:
        allowed = {label for label in sample.labels if label.startswith(("annotation_", "label_"))}
        assert sample.labels.keys() - allowed == DOCUMENTED[name]


def of_ana(series: dict[str, Metric], name: str, **labels: str) -> list[tuple[dict[str, str], float]]:
    wanted = {"pod": "jupyter-ana", **labels}.items()
    return [(sample.labels, sample.value) for sample in series[name].samples if wanted <= sample.labels.items()]


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("kube_pod_container_resource_requests", {"container": "notebook", "resource": "cpu", "unit": "core"}, 0.25),
        (
            "kube_pod_container_resource_requests",
            {"container": "notebook", "resource": "memory", "unit": "byte"},
            2**26,
        ),
        ("kube_pod_container_resource_limits", {"container": "notebook", "resource": "memory"}, 1e9),
        ("kube_pod_init_container_resource_requests", {"container": "sidecar", "resource": "cpu"}, 0.005),
        ("kube_pod_annotations", {"annotation_hub_jupyter_org_username": "ana"}, 1),
        ("kube_pod_labels", {"label_component": "singleuser-server"}, 1),
        ("kube_pod_status_phase", {"phase": "Failed"}, 0),
        ("kube_pod_init_container_info", {"restart_policy": "Always"}, 1),
        ("kube_pod_info", {"priority_class": "", "host_network": "false"}, 1),
    ],
)
def test_a_sample_has_the_value_of_the_object(
    series: dict[str, Metric], name: str, labels: dict[str, str], value: float
) -> None:
    assert [found for _, found in of_ana(series, name, **labels)] == [value]


@pytest.mark.usefixtures("node")  # the label is the cluster's own
def test_a_node_has_the_label_that_rules_of_costs_select_by(series: dict[str, Metric]) -> None:
    found = [sample.labels for sample in series["kube_node_labels"].samples]
    assert {labels["label_hub_jupyter_org_node_purpose"] for labels in found} == {"user"}


def test_annotations_and_labels_that_are_not_allowed_are_omitted(series: dict[str, Metric]) -> None:
    for name in ("kube_pod_annotations", "kube_pod_labels"):
        assert not any("unlisted" in label for sample in series[name].samples for label in sample.labels)


def test_times_are_seconds_of_now(series: dict[str, Metric]) -> None:
    for name in ("kube_pod_created", "kube_pod_container_state_started"):
        ((_, value),) = of_ana(series, name, **({"container": "notebook"} if "container" in name else {}))
        assert 0 <= time.time() - value < 600


@pytest.mark.parametrize(
    ("quantity", "value"), [("500m", 0.5), ("1Gi", 2**30), ("2", 2), ("1e3", 1000), ("0.5", 0.5), ("3E", 3e18)]
)
def test_a_quantity_is_a_number_of_base_units(quantity: str, value: float) -> None:
    assert kube_state.number(quantity) == value


def comparable(found: Iterable[Metric]) -> dict[str, set[tuple[frozenset[tuple[str, str]], float]]]:
    """Return the samples of documented families by name: labels that are not empty, and values.

    Since 2.20 kube-state-metrics has no row for a reason that is not the pod's.
    """
    samples: dict[str, set[tuple[frozenset[tuple[str, str]], float]]] = {name: set() for name in DOCUMENTED}
    for family in found:
        for sample in family.samples:
            if sample.name in samples and (sample.value or sample.name != "kube_pod_status_reason"):
                labels = frozenset((name, value) for name, value in sample.labels.items() if value)
                samples[sample.name].add((labels, sample.value))
    return samples


@pytest.mark.usefixtures("series")
def test_the_real_one_has_the_same_samples(cluster: Cluster) -> None:
    try:
        cluster.get("service", REAL, "-n", REAL)
    except ClusterError:
        pytest.skip(f"the cluster has no {REAL}; CI's job on kind has it")
    ours, theirs = {}, {}

    def are_equal() -> bool:  # a container of the pod restarts meanwhile
        before = comparable(families(cluster).values())
        theirs.update(comparable(text_string_to_metric_families(cluster.curl(REAL, REAL, 8080, "/metrics"))))
        ours.update(comparable(families(cluster).values()))
        return before == ours == theirs

    with suppress(ClusterError):
        cluster.wait_for("equal samples", are_equal, 120)
    for name in DOCUMENTED:
        assert ours[name] == theirs[name], name


def test_samples_are_compared_by_labels_that_have_a_value() -> None:
    lines = 'kube_node_labels{node="a",label_x=""} 1\nkube_pod_status_reason{pod="a",reason="Evicted"} 0\nup 1\n'
    found = comparable(text_string_to_metric_families(lines))
    assert {name: rows for name, rows in found.items() if rows} == {
        "kube_node_labels": {(frozenset({("node", "a")}), 1.0)}
    }
