"""Groups: usage and requests of every group, now and over time, how efficient they are, and its largest users."""

from dataclasses import replace

from hubmeter_generator.dashboards.shared import (
    CPU,
    GIB,
    GROUP,
    GROUPS_SHOWN,
    MEMORY,
    NO_GPU,
    NO_SIZES,
    NO_USERS,
    OTHERS,
    USER,
    Efficiency,
    by_largest_group,
    hub,
    usage_since,
)
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import GROUP_SERIES, HUB_CELL, Missing
from hubmeter_generator.grafana.panels import (
    AREAS,
    BY_GROUP,
    DAILY_LINES,
    NO_DATA,
    Panel,
    Query,
    Style,
    bars,
    fixed_color,
    query,
    stat,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import BYTES, CORES, COUNT, DARK_GREY, NUMBER, PERCENT, RATIO, Json, Scale
from hubmeter_promql import names, render

_CHOSEN_GROUPS = ', usergroup=~"$usergroup"'


def _period(bucket: str, matchers: str = _CHOSEN_GROUPS) -> str:
    of = {"bucket": bucket, "day": names.day(bucket), "matchers": matchers}
    return render.part("parts/usage/period.promql", of)


def _periods(of: Efficiency) -> dict[str, str]:
    return {"used": _period(of.used), "requested": _period(of.requested)}


GIB_HOURS = query("groups/period_by_group", period=_period(MEMORY.requested), unit=GIB)
_BY_SHARE = "A user of several groups counts in each by its share."


def build() -> Json:
    """Return the Groups dashboard."""
    return board.dashboard(
        "groups",
        "Groups",
        "Requests and usage of every group, now and over time, how efficient they are, and the largest users.",
        [variables.hub(), variables.group(), *variables.days()],
        [*_overview(), *_table(), *_memory(), *_cpu(), *_efficiency(), *_servers(), *_homes(), *_users()],
        period=("now-7d", "now"),
    )


def _total(title: str, description: str, resource: str, scale: Scale) -> Panel:
    return stat(title, f"{description} {_BY_SHARE}", query("groups/total", resource=resource), scale=scale)


def _chart(
    title: str, description: str, resource: str, scale: Scale, *, style: Style = AREAS, empty: str | Missing = NO_DATA
) -> Panel:
    return timeseries(
        title,
        f"{description} The {GROUPS_SHOWN} largest groups of the time range, and all others together.",
        *by_largest_group(resource),
        scale=scale,
        style=style,
        link=GROUP_SERIES,
        overrides=[fixed_color(OTHERS, DARK_GREY)],
        empty=empty,
    )


def _overview() -> list[Row]:
    return [
        Row(
            3,
            [
                _total(
                    "Servers",
                    "Running or starting servers of the chosen groups.",
                    names.SERVERS,
                    NUMBER.rounded(0),
                ),
                stat(
                    "Users, last %(longest_window)s",
                    "Distinct users of the chosen groups with a server in the last %(longest_window)s. A user of "
                    "several groups counts once.",
                    query("groups/active_users", window="%(longest_window)s"),
                    scale=NUMBER,
                ),
                _total(
                    "Memory requests",
                    "Memory that the pods of the groups' users reserve on nodes. Requests, not usage, fill a cluster.",
                    names.MEMORY_REQUESTS,
                    BYTES,
                ),
                MEMORY.stat(
                    "Memory in use divided by memory requested, over the whole time range, in byte-hours. Low: servers "
                    "are larger than their work needs.",
                    query("groups/period_ratio_total", **_periods(MEMORY)),
                ),
            ],
        ),
        Row(
            3,
            [
                _total(
                    "CPU requests",
                    "Cores that the pods of the groups' users reserve on nodes.",
                    names.CPU_REQUESTS,
                    CORES.rounded(1),
                ),
                CPU.stat(
                    "CPU in use divided by CPU requested, over the whole time range, in core-hours. Notebooks are idle "
                    "most of the time: 15 %% is good. Above 100 %% servers borrow CPU from other pods.",
                    query("groups/period_ratio_total", **_periods(CPU)),
                ),
                _total(
                    "GPUs",
                    "GPUs that the groups' servers hold now, busy or idle.",
                    names.GPU_REQUESTS,
                    NUMBER.rounded(0),
                ),
                _total("Homes", "Size of the home directories of the groups' users.", names.HOME, BYTES),
                usage_since(),
            ],
            widths=[5, 5, 5, 5, 4],
        ),
    ]


def _table() -> list[Row]:
    def used(of: Efficiency, width: int) -> Column:
        return of.column(query("groups/period_ratio_by_group", **_periods(of)), width)

    def now(name: str, resource: str, scale: Scale, width: int) -> Column:
        return Column(name, query("shared/by_group", resource=resource), scale, width=width)

    def requested(name: str, resource: str, scale: Scale) -> Column:
        return Column(name, query("shared/by_group", resource=resource), scale, gauge=True)

    return [
        Row(
            14,
            [
                table(
                    "Groups",
                    "Each group at the end of the time range; memory used, CPU used and GiB-hours requested are "
                    "over the whole time range, and so is the group's share of them on its hub. Last are users without "
                    "a group, and the hub's own pods with those of unknown users. Click a group for its users.",
                    [
                        GROUP,
                        hub(link=HUB_CELL),
                        Column(
                            "Active users", query("shared/active_users_by_group", window="%(longest_window)s"), width=80
                        ),
                        now("Servers", names.SERVERS, NUMBER.rounded(1), 80),
                        requested("Memory requested", names.MEMORY_REQUESTS, BYTES),
                        used(MEMORY, 100),
                        requested("CPU requested", names.CPU_REQUESTS, CORES.rounded(1)),
                        used(CPU, 80),
                        now("GPUs", names.GPU_REQUESTS, NUMBER.rounded(1), 70),
                        now("Homes", names.HOME, BYTES, 100),
                        Column("GiB-hours", GIB_HOURS, COUNT.rounded(0), gauge=True),
                        Column(
                            "Share of hub",
                            query(
                                "groups/period_share_by_group",
                                period=_period(MEMORY.requested),
                                of_hub=_period(MEMORY.requested, ""),
                            ),
                            PERCENT,
                            width=75,
                        ),
                    ],
                    rank_by="GiB-hours",
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
                    "Memory reserved on nodes, by the share of each group, recorded once a minute. The height of the "
                    "stack is the memory that the chosen groups take from the cluster.",
                    names.MEMORY_REQUESTS,
                    BYTES,
                ),
                _chart(
                    "Memory in use by group",
                    "Working set of the containers, which Kubernetes compares with limits, by the share of each group. "
                    "Far below the requests: servers are larger than needed.",
                    names.MEMORY_WORKING_SET,
                    BYTES,
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
                    "Cores reserved on nodes, by the share of each group, recorded once a minute.",
                    names.CPU_REQUESTS,
                    CORES,
                ),
                _chart(
                    "CPU in use by group",
                    "Cores in use, from the growth of the containers' CPU counters in each minute, by the share of "
                    "each group. Usage can exceed the requests, up to the limits, while nodes have idle cores.",
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
                    "Memory that the groups' containers may use before they are killed. Containers without a limit do "
                    "not count.",
                    names.MEMORY_LIMITS,
                    BYTES,
                ),
                _chart(
                    "CPU limits by group",
                    "Cores that the groups' containers may use at once. Containers without a limit do not count.",
                    names.CPU_LIMITS,
                    CORES,
                ),
            ],
            title="Limits",
            collapsed=True,
        ),
    ]


def _efficiency() -> list[Row]:
    def daily(of: Efficiency, description: str) -> Panel:
        days = {"used_day": names.day(of.used), "requested_day": names.day(of.requested)}
        return timeseries(
            f"{of.name} used / requested, by day",
            description,
            query("groups/daily_ratio_by_group", BY_GROUP, **of.parameters, **days),
            scale=RATIO,
            style=DAILY_LINES,
            link=GROUP_SERIES,
        )

    return [
        Row(
            11,
            [
                daily(
                    MEMORY,
                    "Byte-hours in use divided by byte-hours requested, over the 24 hours before each point, one "
                    "point per UTC day. Below 20 %% most of the reservation is idle; above 100 %% the group relies on "
                    "memory that its servers did not reserve.",
                ),
                daily(
                    CPU,
                    "Core-hours in use divided by core-hours requested, over the 24 hours before each point, one "
                    "point per UTC day.",
                ),
                bars(
                    "Memory requested, in GiB-hours",
                    "Memory that each group requested in the time range, in GiB times hours; all hubs on one scale.",
                    replace(GIB_HOURS, legend=BY_GROUP, last="usergroup"),
                    scale=COUNT.rounded(0),
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
                    "Running or starting servers, named servers included, by the share of each group: a server of a "
                    "user of two groups may count half in each.",
                    names.SERVERS,
                    NUMBER,
                ),
                _chart(
                    "GPUs by group",
                    "GPUs that the groups' pods hold, busy or idle.",
                    names.GPU_REQUESTS,
                    NUMBER,
                    empty=NO_GPU,
                ),
                timeseries(
                    "Active users by group, last %(longest_window)s",
                    "Distinct users of each group with a server in the %(longest_window)s before each point. Users "
                    "of several groups count in each.",
                    query("shared/active_users_by_group", BY_GROUP, window="%(longest_window)s"),
                    scale=NUMBER,
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
                    "Size of the home directories of the groups' users, by the share of each group. The hub's own: "
                    "directories of users unknown to the hub.",
                    names.HOME,
                    BYTES,
                    style=Style(stacked=True, legend_beside=True),
                    empty=NO_SIZES,
                )
            ],
            title="Home directories",
        )
    ]


def _users() -> list[Row]:
    def top(resource: str) -> Query:
        return query("groups/top_users", resource=resource, limit="25")

    return [
        Row(
            11,
            [
                table(
                    "Users with the most memory requested",
                    "The 25 users with the most memory requested at the end of the time range, by group. A user of "
                    "several groups has a row for each, with its share. Click a user for details.",
                    [
                        USER,
                        GROUP,
                        hub(),
                        Column("Memory requested", top(names.MEMORY_REQUESTS), BYTES, gauge=True),
                    ],
                    rank_by="Memory requested",
                    last="username",
                    empty=NO_USERS,
                ),
                table(
                    "Users with the most CPU in use",
                    "The 25 users with the most cores in use at the end of the time range, by group. Click a user for "
                    "details.",
                    [USER, GROUP, hub(), Column("CPU in use", top(names.CPU_USAGE), CORES.rounded(2), gauge=True)],
                    rank_by="CPU in use",
                    last="username",
                    empty=NO_USERS,
                ),
            ],
            title="Users",
        )
    ]
