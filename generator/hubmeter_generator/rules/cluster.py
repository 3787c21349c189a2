"""The recording rules of the cluster: resources of nodes and pools of nodes, and requests of servers by size."""

from hubmeter_generator.model import BUCKET, Rule, RuleGroup
from hubmeter_promql import names, render, usage_parts


def groups() -> tuple[RuleGroup, ...]:
    """Return the group."""
    pools, allocatable, requested = (_part(name) for name in ("pools", "allocatable", "requested"))
    with_nodes = render.part("parts/cluster/with_nodes.promql", {"allocatable": allocatable})
    return (
        RuleGroup(
            "hubmeter-cluster",
            BUCKET,
            (
                Rule(
                    names.NODE_FREE,
                    "cluster/node_free",
                    {"pools": pools, "allocatable": allocatable, "requested": requested},
                ),
                Rule(names.POOL_ALLOCATABLE, "cluster/pool", {"pools": pools, "of_nodes": with_nodes}),
                Rule(names.POOL_REQUESTED, "cluster/pool", {"pools": pools, "of_nodes": requested}),
                Rule(names.POOL_WITHOUT_USERS, "cluster/without_users", {"pools": pools, "allocatable": with_nodes}),
                Rule(
                    names.POOL_MEMORY_USED,
                    "cluster/memory_used",
                    {"pools": pools, "memory_in_use": usage_parts.memory_in_use()},
                ),
                Rule(names.SERVER_REQUESTS, "cluster/server_requests"),
            ),
        ),
    )


def _part(name: str) -> str:
    return render.part(f"parts/cluster/{name}.promql", {})
