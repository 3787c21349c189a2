"""Resources of nodes and pools of nodes, and what servers of each size request."""

from hubmeter_promql import names
from tests.rules.cases_profiles import SMALL
from tests.rules.promtool import Case, Expect, Inputs, constant, exporter, merged, pod, series

_HUB = exporter({"ann": {"bio": 1}})


def _node(name: str, *, pool: str = "user", memory: float = 10_000, cpu: float = 4, gpu: float = 0) -> Inputs:
    of = {"node": name, "instance": "ksm-1"}
    label = {"label_hub_jupyter_org_node_purpose": pool}
    rows = {series("kube_node_labels", **of, **label): constant(1)}
    for resource, value in (("memory", memory), ("cpu", cpu), ("nvidia_com_gpu", gpu), ("pods", 110)):
        rows[series("kube_node_status_allocatable", **of, resource=resource)] = constant(value)
    return rows


def _node_rows(node: str, **resources: float) -> dict[str, float]:
    return {f'node="{node}", pool="user", resource="{name}"': value for name, value in resources.items()}


def _pool_rows(pool: str, **resources: float) -> dict[str, float]:
    return {f'pool="{pool}", resource="{name}"': value for name, value in resources.items()}


CASES = (
    Case(
        "pods of every namespace fill nodes, and a core node has no places",
        merged(
            _HUB,
            _node("node-1"),
            _node("node-2", gpu=2),
            _node("core-1", pool="core"),
            pod("jupyter-ann", "ann", labels=SMALL),
            pod("other", namespace="batch", container="job", memory=1000, cpu=1),
            pod("done", namespace="batch", container="job", memory=1000, cpu=1, phase="Succeeded"),
            pod("waits", "ann", node="", phase="Pending"),
            pod("hub-1", container="hub", node="core-1", memory=500, cpu=1),
        ),
        (
            Expect(
                "5m",
                names.NODE_FREE,
                _node_rows("node-1", memory=4904, cpu=1, gpu=0, pods=108)
                | _node_rows("node-2", memory=10_000, cpu=4, gpu=2, pods=110),
            ),
            Expect(
                "5m",
                names.POOL_ALLOCATABLE,
                _pool_rows("user", memory=20_000, cpu=8, gpu=2, pods=220, nodes=2)
                | _pool_rows("core", memory=10_000, cpu=4, gpu=0, pods=110, nodes=1),
            ),
            Expect(
                "5m",
                names.POOL_REQUESTED,
                _pool_rows("user", memory=5096, cpu=3, pods=2) | _pool_rows("core", memory=500, cpu=1, pods=1),
            ),
            Expect(
                "5m",
                names.POOL_WITHOUT_USERS,
                _pool_rows("user", memory=10_000, cpu=4, gpu=2, pods=110, nodes=1)
                | _pool_rows("core", memory=10_000, cpu=4, gpu=0, pods=110, nodes=1),
            ),
        ),
    ),
    Case(
        "a node that is cordoned or not ready has no places, and one that is overfull has 0 free",
        merged(
            _HUB,
            _node("node-1"),
            _node("node-2"),
            _node("node-3", memory=1000),
            {
                series("kube_node_spec_unschedulable", node="node-1", instance="ksm-1"): constant(1),
                series("kube_node_spec_unschedulable", node="node-3", instance="ksm-1"): constant(0),
                series("kube_node_status_condition", node="node-2", condition="Ready", status="unknown"): constant(1),
                series("kube_node_status_condition", node="node-3", condition="Ready", status="true"): constant(1),
            },
            pod("jupyter-ann", "ann", node="node-3"),
        ),
        (Expect("5m", names.NODE_FREE, _node_rows("node-3", memory=0, cpu=2, gpu=0, pods=109)),),
    ),
    Case(
        "a size is its largest server, and a second kube-state-metrics changes nothing",
        merged(
            _HUB,
            _node("node-1"),
            pod("jupyter-a", "ann", labels=SMALL, memory=2000, gpu=1),
            pod("jupyter-a", "ann", labels=SMALL, memory=2000, gpu=1, instance="ksm-2"),
            pod("jupyter-b", "bob", labels=SMALL, memory=3000),
            pod("jupyter-c", "cyd", memory=700),
            pod("dask-1", "ann", labels=SMALL, container="dask-worker", memory=9000),
        ),
        (
            Expect(
                "6m",
                names.SERVER_REQUESTS,
                {
                    f'namespace="prod", server="{server}", resource="{resource}"': value
                    for server, resource, value in (
                        ("globals / small", "memory", 3000),
                        ("globals / small", "cpu", 2),
                        ("globals / small", "gpu", 1),
                        ("globals / small", "pods", 1),
                        ("without a profile", "memory", 700),
                        ("without a profile", "cpu", 2),
                        ("without a profile", "pods", 1),
                    )
                },
            ),
        ),
    ),
    Case(
        "nodes without the label of pools are one pool without a name",
        merged(
            _HUB,
            _node("node-1"),
            pod("jupyter-ann", "ann"),
            {
                series(
                    "container_memory_working_set_bytes", namespace="prod", pod="jupyter-ann", container="notebook"
                ): "70x180"
            },
        ),
        (
            Expect("6m", names.POOL_MEMORY_USED, {"": 70}),
            Expect("6m", f'{names.POOL_REQUESTED}{{resource="cpu"}}', {f'{names.POOL_REQUESTED}{{resource="cpu"}}': 2}),
        ),
        settings={"node_pool_label": "label_example_org_pool"},
    ),
)


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    return CASES
