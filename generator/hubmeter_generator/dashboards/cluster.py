"""Cluster: who fills the nodes, how many further servers fit, what waits, and nodes that no user needs."""

from hubmeter_generator.dashboards.shared import NO_PRICE, OTHERS, by_largest_group
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import GROUP_SERIES, Missing
from hubmeter_generator.grafana.panels import (
    AREAS,
    LINES,
    Panel,
    fixed_color,
    query,
    repeated,
    stat,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import (
    BYTES,
    CORES,
    COUNT,
    DARK_GREY,
    FULLNESS,
    GREEN,
    GREY,
    ORANGE,
    PERCENT,
    RED,
    TEXT,
    USD,
    Json,
    Scale,
    names_of_values,
    thresholds,
)
from hubmeter_promql import names

NUMBER = COUNT.rounded(0)
NO_NODES = Missing("kube_node_status_allocatable is not scraped", "dashboards.md#cluster")
NO_SIZES = Missing("no server has run in the last 7 days", "dashboards.md#cluster")
OTHER_PODS = "pods of no hub"
ALLOCATABLE = "allocatable"
SOME = NUMBER.colored(thresholds((None, GREEN), (1, ORANGE)))
PLACES = NUMBER.colored(thresholds((None, RED), (0, GREEN)))
FULL = PERCENT.colored(FULLNESS)


def build() -> Json:
    """Return the Cluster dashboard."""
    return board.dashboard(
        "cluster",
        "Cluster",
        "Requests of groups against the capacity of the nodes, places for further servers, and nodes without users.",
        [variables.hub(), variables.group(), variables.server(), variables.textbox("students", "Class of", "80")],
        [*_overview(), *_places(), *_filled(), *_pools()],
    )


def _overview() -> list[Row]:
    def total(title: str, description: str, series: str, resource: str, scale: Scale) -> Panel:
        source = query("cluster/of_user_nodes", series=series, resource=resource)
        return stat(title, description, source, scale=scale, empty="no nodes")

    of_users = "Of the nodes of users (setting cost_node_selector), whatever hub is chosen."
    return [
        Row(
            4,
            [
                stat(
                    "Nodes",
                    "Nodes of the cluster, those that take no pods included, whatever hub is chosen.",
                    query("cluster/total", series=names.POOL_ALLOCATABLE, resource="nodes"),
                    scale=NUMBER,
                    empty="no nodes",
                ),
                total("Memory", f"Allocatable memory. {of_users}", names.POOL_ALLOCATABLE, "memory", BYTES),
                total("Memory requested", f"By all pods. {of_users}", names.POOL_REQUESTED, "memory", BYTES),
                total("CPU requested", f"By all pods. {of_users}", names.POOL_REQUESTED, "cpu", CORES.rounded(1)),
                stat(
                    "Idle nodes",
                    f"Nodes without a pod of a user. {of_users}",
                    query("cluster/nodes_without_users"),
                    scale=SOME,
                    empty="no nodes",
                ),
                stat(
                    "Idle nodes, a day",
                    "Price of the memory of idle nodes for 24 hours, at today's price of compute.",
                    query("cluster/price_without_users"),
                    scale=USD,
                    empty=NO_PRICE,
                ),
            ],
        )
    ]


def _places() -> list[Row]:
    places = stat(
        "$server",
        "Places for further servers of this profile and size: on each node of users that takes new pods, the whole "
        "number of servers whose memory, CPU, GPUs and pod fit into what is free. Below, what remains after a class of "
        "$students: red if the class does not fit without new nodes. The size is the largest request of such a server "
        "in the last 7 days. Node selectors and taints are not known.",
        query("cluster/free_places", "free", less="0"),
        query("cluster/free_places", "after the class", less="$students"),
        scale=PLACES,
        empty=NO_SIZES,
    )
    places.options["text"] = {"titleSize": 13}
    return [Row(5, [repeated(places, "server")], title="Would a class of $students fit?")]


def _filled() -> list[Row]:
    line = {
        "matcher": {"id": "byName", "options": ALLOCATABLE},
        "properties": [{"id": "custom.stacking", "value": {"mode": "none", "group": "B"}}],
    }

    def chart(title: str, description: str, resource: str, kind: str, scale: Scale) -> Panel:
        return timeseries(
            title,
            f"{description} By the chosen groups, by pods of no hub, and dashed what all nodes have.",
            *by_largest_group(resource),
            query("cluster/other_pods", OTHER_PODS, resource=kind, of_hubs=resource),
            query("cluster/total", ALLOCATABLE, series=names.POOL_ALLOCATABLE, resource=kind),
            scale=scale,
            style=AREAS,
            link=GROUP_SERIES,
            overrides=[
                fixed_color(OTHERS, DARK_GREY),
                fixed_color(OTHER_PODS, GREY),
                fixed_color(ALLOCATABLE, TEXT, dashed=True),
                {**line, "properties": [*line["properties"], {"id": "custom.lineWidth", "value": 2}]},
            ],
            empty=NO_NODES,
        )

    return [
        Row(
            11,
            [
                chart(
                    "Memory requested, by group",
                    "Memory that pods reserve on nodes.",
                    names.MEMORY_REQUESTS,
                    "memory",
                    BYTES,
                ),
                chart("CPU requested, by group", "Cores that pods reserve on nodes.", names.CPU_REQUESTS, "cpu", CORES),
            ],
            title="Who fills the cluster",
        ),
    ]


def _pools() -> list[Row]:
    def of_pool(name: str, series: str, resource: str, scale: Scale, width: int = 90) -> Column:
        return Column(name, query("cluster/by_pool", series=series, resource=resource), scale, width=width)

    def requested(name: str, resource: str) -> Column:
        return Column(name, query("cluster/requested_by_pool", resource=resource), FULL, width=90)

    return [
        Row(
            6,
            [
                table(
                    "Pools of nodes",
                    "Nodes by their label (setting node_pool_label): allocatable resources, and the part of them that "
                    "the pods of all namespaces request. Memory used is that of the hubs' pods.",
                    [
                        Column("Pool", "pool", width=200, mappings=names_of_values("without the label")),
                        of_pool("Nodes", names.POOL_ALLOCATABLE, "nodes", NUMBER, 70),
                        of_pool("Without users", names.POOL_WITHOUT_USERS, "nodes", NUMBER, 80),
                        of_pool("Memory", names.POOL_ALLOCATABLE, "memory", BYTES),
                        requested("Memory requested", "memory"),
                        Column("Memory used", query("cluster/memory_used_by_pool"), PERCENT, width=80),
                        of_pool("CPU", names.POOL_ALLOCATABLE, "cpu", CORES.rounded(0)),
                        requested("CPU requested", "cpu"),
                        of_pool("GPUs", names.POOL_ALLOCATABLE, "gpu", NUMBER, 60),
                        requested("GPUs requested", "gpu"),
                        requested("Pods", "pods"),
                    ],
                    sort_by=["Memory"],
                    empty=NO_NODES,
                ),
            ],
            title="Nodes of the whole cluster",
        ),
        Row(
            8,
            [
                timeseries(
                    "Nodes",
                    "Nodes of the cluster, and nodes of users without a pod of a user.",
                    query("cluster/total", "nodes", series=names.POOL_ALLOCATABLE, resource="nodes"),
                    query("cluster/nodes_without_users", "idle"),
                    scale=NUMBER,
                    style=LINES.with_legend("max", "lastNotNull"),
                    empty=NO_NODES,
                ),
                timeseries(
                    "Servers that wait",
                    "Servers of the chosen hubs whose container does not run, by the reason. Unschedulable: no node "
                    "has room. The dashboard Trouble has their users.",
                    query("cluster/waiting", "%(cluster_legend)s{{reason}}"),
                    scale=NUMBER,
                    style=AREAS,
                    empty="none",
                ),
            ],
        ),
    ]
