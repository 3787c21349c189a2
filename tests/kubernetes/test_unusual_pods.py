"""What is recorded of pods and hubs that are not as usual: user namespaces, two hubs, sidecars, no container series."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from hubmeter_promql import names
from tests.chart.charts import objects
from tests.kubernetes import node as nodes
from tests.kubernetes import site
from tests.kubernetes.conftest import LAB
from tests.kubernetes.lab import Json, Lab, running
from tests.kubernetes.node import Node
from tests.kubernetes.recording import Recording

SECOND: Final = "second"  # a hub in the namespace of the first, whose users have namespaces of their own
PODS: Final = "unusual"
UNMEASURED: Final = "unmeasured"
MIB: Final = 2**20
REQUESTS: Final = names.user(names.MEMORY_REQUESTS)


Values = Callable[..., dict[str, float]]


@pytest.fixture
def values(prometheus: Recording) -> Values:
    """A function (query, label) that returns the values of an instant vector by the label."""

    def read(query: str, label: str = "username") -> dict[str, float]:
        return {row.labels[label]: row.value for row in prometheus.client.instant(query)}

    return read


# ---- hubs ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hubs(node: Node, lab: Lab) -> Iterator[tuple[Lab, Lab]]:
    """Two hubs of one namespace, each with an exporter; the second has KubeSpawner's enable_user_namespaces."""
    may_create = {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "create"]}
    account = {"kind": "ServiceAccount", "name": f"{SECOND}-hub", "namespace": LAB}
    version = "rbac.authorization.k8s.io/v1"
    node.apply(
        {
            "apiVersion": version,
            "kind": "ClusterRole",
            "metadata": {"name": SECOND},
            "rules": [*site.RULES, may_create],
        },
        {
            "apiVersion": version,
            "kind": "ClusterRoleBinding",
            "metadata": {"name": SECOND},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": SECOND},
            "subjects": [account],
        },
    )
    with running(node, LAB, "c.KubeSpawner.enable_user_namespaces = True\n", release=SECOND) as second:
        second.add({"ana": ("art",), "gus": ("art",)})
        lab.add({"ana": ("spark",), "zoe": ("spark",)})
        for name, override in (("hubmeter", ""), (f"{SECOND}-hubmeter", SECOND)):
            values = {"hub": {"fullnameOverride": override}, "exporter": {"interval": 5}}
            node.apply(*objects(values, name=name, namespace=LAB))
        yield lab, second


def test_memberships_of_two_hubs_in_one_namespace_hold_and_shares_of_a_person_add_up(
    node: Node, hubs: tuple[Lab, Lab], prometheus: Recording
) -> None:
    assert hubs
    expected = {("ana", "spark"): 0.5, ("ana", "art"): 0.5, ("gus", "art"): 1.0, ("zoe", "spark"): 1.0}

    def shares(function: str) -> dict[tuple[str, str], float]:
        series = f'{names.SHARE}{{namespace="{LAB}", username=~"ana|gus|zoe"}}'
        rows = prometheus.client.instant(f"{function}({series}[30s])")
        return {(row.labels["username"], row.labels["usergroup"]): row.value for row in rows}

    node.wait_for("memberships of both hubs", lambda: shares("last_over_time") == expected, 90)
    # Each exporter has refreshed several times in 30 s, and nothing has changed.
    node.wait_for("memberships that stay", lambda: shares("min_over_time") == shares("max_over_time") == expected, 60)


def test_a_pod_in_a_user_s_namespace_is_usage_of_the_hub_and_the_user_s_group(
    node: Node, hubs: tuple[Lab, Lab], values: Values
) -> None:
    _, second = hubs
    second.start("gus").raise_for_status()
    assert node.get("pods", "-n", f"{LAB}-gus")["items"], "KubeSpawner made the namespace"
    used = f'{REQUESTS}{{username="gus"}}'
    node.wait_for("usage of gus", lambda: values(used, "namespace") == {LAB: 64.0 * MIB}, 60)
    art = f'{names.group(names.MEMORY_REQUESTS)}{{namespace="{LAB}", usergroup="art"}}'
    node.wait_for("usage of the group", lambda: values(art, "usergroup") == {"art": 64.0 * MIB}, 60)


# ---- pods ---------------------------------------------------------------------------------------


def _container(name: str, memory: int, image: str = nodes.PAUSE, **more: Any) -> Json:
    requests = {"requests": {"memory": f"{memory}Mi"}}
    return {"name": name, "image": image, "imagePullPolicy": "IfNotPresent", "resources": requests, **more}


def _make_namespace(node: Node, name: str) -> None:
    node.kubectl("create", "namespace", name)
    node.wait_for("ServiceAccount", lambda: bool(node.get("serviceaccount", "default", "-n", name)), 60)


def _pod(username: str, *init_containers: Json, namespace: str = PODS) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"jupyter-{username}",
            "namespace": namespace,
            "annotations": {"hub.jupyter.org/username": username},
            "labels": site.labels("singleuser-server"),
        },
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "initContainers": list(init_containers),
            "containers": [_container("notebook", 64)],
        },
    }


@pytest.fixture(scope="module")
def pods(node: Node, loaded: str) -> None:
    """Running servers: sid has a native sidecar, ida had an init container, bea neither."""
    _make_namespace(node, PODS)
    ends = _container("prepare", 512, loaded, command=["true"])
    sidecar = _container("proxy", 32, restartPolicy="Always")
    node.apply(_pod("sid", sidecar), _pod("ida", ends), _pod("bea"))
    users = ("sid", "ida", "bea")
    for user in users:
        node.kubectl("wait", "--for=condition=Ready", f"pod/jupyter-{user}", "-n", PODS, "--timeout=120s")


@pytest.mark.usefixtures("pods")
@pytest.mark.parametrize(
    ("user", "mebibytes"),
    [
        ("bea", 64),
        ("ida", 64),
        ("sid", 96),
    ],
    ids=["one container", "an init container that has ended", "a native sidecar"],
)
def test_requests_are_those_that_kubernetes_reserves(node: Node, values: Values, user: str, mebibytes: int) -> None:
    query = f'{REQUESTS}{{namespace="{PODS}", username="{user}"}}'
    node.wait_for("requests", lambda: values(query) == {user: float(mebibytes * MIB)}, 60)


@pytest.mark.usefixtures("pods")
def test_memory_of_a_native_sidecar_is_used_by_its_user(node: Node, values: Values, prometheus: Recording) -> None:
    raw = f'container_memory_working_set_bytes{{namespace="{PODS}", pod="jupyter-sid", container=~"notebook|proxy"}}'
    node.wait_for("series of both containers", lambda: len(prometheus.client.instant(raw)) == 2, 60)
    series = f'{names.user(names.MEMORY_WORKING_SET)}{{namespace="{PODS}", username="sid"}}'
    # Two programs that only wait: what they use does not change.
    node.wait_for(
        "sum of both", lambda: values(series) == values(f'label_replace(sum({raw}), "username", "sid", "", "")'), 60
    )


def test_pods_without_container_series_are_reported_and_not_recorded_as_zero(node: Node, values: Values) -> None:
    matchers = f'{{namespace="{UNMEASURED}"}}'
    used, requested = names.user(names.MEMORY_WORKING_SET) + matchers, REQUESTS + matchers
    reported = f"{names.UNMEASURED_PODS}{matchers}"
    _make_namespace(node, UNMEASURED)
    node.stop("kubelet")
    nodes.start_kubelet(node, knows_containerd=False)
    try:
        node.apply(_pod("dan", namespace=UNMEASURED))
        node.wait_for("report", lambda: values(reported, "resource") == {"memory in use": 1.0, "CPU in use": 1.0}, 120)
        node.wait_for("requests", lambda: values(requested) == {"dan": 64.0 * MIB}, 60)
        assert values(used) == {}
    finally:
        node.stop("kubelet")
        nodes.start_kubelet(node)
    node.wait_for("recorded memory", lambda: values(used).keys() == {"dan"}, 120)
    node.wait_for("end of the report", lambda: values(reported, "resource") == {}, 120)
