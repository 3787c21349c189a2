"""Groups: what every group uses and requests, now and over time, how well it uses it, and who in it does."""

from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import BY_GROUP, GROUP_CELL, GROUP_SERIES, HUB_CELL, USER_CELL, Row
from hubmeter_generator.grafana.panels import (
    CORES,
    CPU_EFFICIENCY,
    MEMORY_EFFICIENCY,
    NO_DATA,
    PLAIN,
    Json,
    Panel,
    bars,
    query,
    stat,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

MEMORY_USED = names.BUCKETS[names.MEMORY_WORKING_SET]
MEMORY_REQUESTED = names.BUCKETS[names.MEMORY_REQUESTS]
CPU_USED = names.BUCKETS[names.CPU_USAGE]
CPU_REQUESTED = names.BUCKETS[names.CPU_REQUESTS]


def build() -> Json:
    """Return the Groups dashboard."""
    return board.dashboard(
        "groups",
        "Groups",
        "What every group of users requests and uses, now and over time, how well, and which of its users do.",
        [board.hub_variable(), board.group_variable()],
        [*_overview(), *_table(), *_memory(), *_cpu(), *_efficiency(), *_servers(), *_homes(), *_users()],
        period=("now-7d", "now"),
    )


def _total(title: str, description: str, resource: str, unit: str, decimals: int | None = None) -> Panel:
    by_share = f"{description} A user of several groups counts in each by the share that group bears."
    return stat(title, by_share, query("groups/total", resource=resource), unit=unit, decimals=decimals)


def _chart(
    title: str, description: str, resource: str, unit: str, empty: str = NO_DATA, *, beside: bool = False
) -> Panel:
    shown = query("shared/by_group", BY_GROUP, resource=resource)
    return timeseries(title, description, shown, unit=unit, stacked=True, link=GROUP_SERIES, beside=beside, empty=empty)


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                _total(
                    "Running servers",
                    "Servers of the chosen groups that run or start now.",
                    names.SERVERS,
                    "short",
                    decimals=0,
                ),
                stat(
                    "Users, last %(longest_window)s",
                    "Distinct users of the chosen groups who had a server in the last %(longest_window)s. A user of "
                    "several groups counts once.",
                    query("groups/active_users", window="%(longest_window)s"),
                    unit="short",
                ),
                _total(
                    "Memory requests",
                    "What the pods of the groups' users have reserved on nodes. This, not use, is what fills a "
                    "cluster.",
                    names.MEMORY_REQUESTS,
                    "bytes",
                ),
                stat(
                    "… used of it",
                    "Memory used as a part of the memory requested, over the whole time range: byte-hours in use "
                    "divided by byte-hours requested. Low: servers are larger than the work on them.",
                    query("groups/period_ratio_total", used=MEMORY_USED, requested=MEMORY_REQUESTED),
                    unit="percentunit",
                    steps=MEMORY_EFFICIENCY,
                    decimals=0,
                    empty="no use",
                ),
                _total(
                    "CPU requests",
                    "Cores that the pods of the groups' users have reserved on nodes.",
                    names.CPU_REQUESTS,
                    CORES,
                    decimals=1,
                ),
                stat(
                    "… used of it",
                    "CPU time used as a part of the CPU time requested, over the whole time range. Notebooks wait for "
                    "people most of the time: 15 %% is good. Above 100 %%, servers borrow from their neighbours.",
                    query("groups/period_ratio_total", used=CPU_USED, requested=CPU_REQUESTED),
                    unit="percentunit",
                    steps=CPU_EFFICIENCY,
                    decimals=0,
                    empty="no use",
                ),
                _total(
                    "GPUs requested",
                    "GPUs that the groups' servers hold now, whether they compute or not.",
                    names.GPU_REQUESTS,
                    "short",
                    decimals=0,
                ),
                _total("Home directories", "Size of the home directories of the groups' users.", names.HOME, "bytes"),
            ],
        )
    ]


def _table() -> list[Row]:
    return [
        Row(
            14,
            [
                table(
                    "Groups",
                    "Each group at the end of the time range; what was used of the requests is over the whole time "
                    "range. (no group) is what no group claims: the hub's own pods and users it does not know. Click "
                    "a group for its users.",
                    [
                        Column("Group", "usergroup", link=GROUP_CELL),
                        Column("Hub", "namespace", link=HUB_CELL),
                        Column(
                            "Active users", query("shared/active_users_by_group", window="%(longest_window)s"), width=80
                        ),
                        Column("Servers", query("shared/by_group", resource=names.SERVERS), decimals=1, width=80),
                        Column(
                            "Memory requested",
                            query("shared/by_group", resource=names.MEMORY_REQUESTS),
                            "bytes",
                            gauge=True,
                            steps=PLAIN,
                        ),
                        Column(
                            "Memory used",
                            query("groups/period_ratio_by_group", used=MEMORY_USED, requested=MEMORY_REQUESTED),
                            "percentunit",
                            steps=MEMORY_EFFICIENCY,
                            decimals=0,
                            width=100,
                        ),
                        Column(
                            "CPU requested",
                            query("shared/by_group", resource=names.CPU_REQUESTS),
                            CORES,
                            gauge=True,
                            steps=PLAIN,
                            decimals=1,
                        ),
                        Column(
                            "CPU used",
                            query("groups/period_ratio_by_group", used=CPU_USED, requested=CPU_REQUESTED),
                            "percentunit",
                            steps=CPU_EFFICIENCY,
                            decimals=0,
                            width=80,
                        ),
                        Column("GPUs", query("shared/by_group", resource=names.GPU_REQUESTS), decimals=1, width=70),
                        Column("Homes", query("shared/by_group", resource=names.HOME), "bytes", width=100),
                        Column(
                            "Share of the hub",
                            query("groups/period_share_by_group", bucket=MEMORY_REQUESTED),
                            "percentunit",
                            gauge=True,
                            steps=PLAIN,
                            decimals=0,
                        ),
                    ],
                    sort_by=["Share of the hub"],
                )
            ],
        )
    ]


def _memory() -> list[Row]:
    return [
        Row(
            11,
            [
                _chart(
                    "Memory requested by group",
                    "Memory reserved on nodes, by the group that bears it, recorded once a minute. The height of the "
                    "stack is what the chosen groups take from the cluster.",
                    names.MEMORY_REQUESTS,
                    "bytes",
                ),
                _chart(
                    "Memory in use by group",
                    "Working set of the containers, what Kubernetes counts against a limit, by the group that bears "
                    "it. Far below the requests: servers are larger than needed.",
                    names.MEMORY_WORKING_SET,
                    "bytes",
                ),
            ],
            title="Memory",
        )
    ]


def _cpu() -> list[Row]:
    return [
        Row(
            11,
            [
                _chart(
                    "CPU requested by group",
                    "Cores reserved on nodes, by the group that bears them, recorded once a minute.",
                    names.CPU_REQUESTS,
                    CORES,
                ),
                _chart(
                    "CPU in use by group",
                    "Cores in use: what the containers' CPU counters grew by in each minute, by the group that bears "
                    "it. It can exceed the requests, up to the limits, while nodes have cores to spare.",
                    names.CPU_USAGE,
                    CORES,
                ),
            ],
            title="CPU",
        ),
        Row(
            11,
            [
                _chart(
                    "Memory limits by group",
                    "The most memory that the groups' containers may use before they are killed. Containers without a "
                    "limit are not in it.",
                    names.MEMORY_LIMITS,
                    "bytes",
                ),
                _chart(
                    "CPU limits by group",
                    "The most cores that the groups' containers may use at once. Containers without a limit are not "
                    "in it.",
                    names.CPU_LIMITS,
                    CORES,
                ),
            ],
            title="Limits",
            collapsed=True,
        ),
    ]


def _efficiency() -> list[Row]:
    return [
        Row(
            11,
            [
                timeseries(
                    "Memory used of what was requested, by day",
                    "Byte-hours in use divided by byte-hours requested, over the 24 hours before each point, one "
                    "point a UTC day. Below 20 %% most of the reservation is idle; above 100 %% the group relies on "
                    "memory that its servers did not reserve.",
                    query("groups/daily_ratio_by_group", BY_GROUP, used=MEMORY_USED, requested=MEMORY_REQUESTED),
                    unit="percentunit",
                    link=GROUP_SERIES,
                    daily=True,
                ),
                timeseries(
                    "CPU used of what was requested, by day",
                    "Core-hours in use divided by core-hours requested, over the 24 hours before each point, one "
                    "point a UTC day.",
                    query("groups/daily_ratio_by_group", BY_GROUP, used=CPU_USED, requested=CPU_REQUESTED),
                    unit="percentunit",
                    link=GROUP_SERIES,
                    daily=True,
                ),
                bars(
                    "Share of the hub's memory-hours",
                    "The part of all memory-hours requested in its hub that each group bears over the time range. The "
                    "whole is all groups of the hub and what no group claims.",
                    query("groups/period_share_by_group", BY_GROUP, bucket=MEMORY_REQUESTED),
                    unit="percentunit",
                    maximum=1,
                    decimals=1,
                    link=GROUP_SERIES,
                ),
            ],
            title="Efficiency and share",
        )
    ]


def _servers() -> list[Row]:
    return [
        Row(
            11,
            [
                _chart(
                    "Running servers by group",
                    "Servers that run or start, named servers included, by the group that bears them: a server of a "
                    "user of two groups may count half in each.",
                    names.SERVERS,
                    "short",
                ),
                _chart(
                    "GPUs by group",
                    "GPUs that the groups' pods hold, whether they compute or not.",
                    names.GPU_REQUESTS,
                    "short",
                    empty="no GPU was requested in this time range",
                ),
                timeseries(
                    "Active users by group, last %(longest_window)s",
                    "Distinct users of each group who had a server in the %(longest_window)s before each point. Users "
                    "of several groups count in each.",
                    query("shared/active_users_by_group", BY_GROUP, window="%(longest_window)s"),
                    unit="short",
                    link=GROUP_SERIES,
                ),
            ],
            title="Servers, GPUs and users",
        )
    ]


def _homes() -> list[Row]:
    return [
        Row(
            9,
            [
                _chart(
                    "Home directories by group",
                    "Size of the home directories of the groups' users, by the share each group bears. (no group): "
                    "directories of users the hub no longer knows.",
                    names.HOME,
                    "bytes",
                    beside=True,
                    empty="no sizes of home directories: see docs/metrics.md, dirsize_total_size_bytes",
                )
            ],
            title="Home directories",
        )
    ]


def _users() -> list[Row]:
    return [
        Row(
            11,
            [
                table(
                    "Who holds the most memory now",
                    "The 25 users with the most memory requested at the end of the time range, by group. A user of "
                    "several groups has a row for each, with the part that group bears. Click a user for everything "
                    "about them.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Group", "usergroup", link=GROUP_CELL),
                        Column("Hub", "namespace"),
                        Column(
                            "Memory requested",
                            query("groups/top_users", resource=names.MEMORY_REQUESTS, limit="25"),
                            "bytes",
                            gauge=True,
                            steps=PLAIN,
                        ),
                    ],
                    sort_by=["Memory requested"],
                    empty="nobody",
                ),
                table(
                    "Who uses the most CPU now",
                    "The 25 users with the most cores in use at the end of the time range, by group. Click a user for "
                    "everything about them.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Group", "usergroup", link=GROUP_CELL),
                        Column("Hub", "namespace"),
                        Column(
                            "CPU in use",
                            query("groups/top_users", resource=names.CPU_USAGE, limit="25"),
                            CORES,
                            gauge=True,
                            steps=PLAIN,
                            decimals=2,
                        ),
                    ],
                    sort_by=["CPU in use"],
                    empty="nobody",
                ),
            ],
            title="Users",
        )
    ]
