"""Usage report: one table a group for a chosen period, with plain numbers, made to be exported as CSV."""

from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.panels import COUNT, Json, Panel, Query, query, stat, text
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

PLAIN_NUMBER = "none"

HOW_TO = """\
**Choose the period** at the top right, for example *Last month*; times are UTC. \
**Export:** table menu → *Inspect* → *Data* → \
*Download CSV*.\
"""


def build() -> Json:
    """Return the Usage report dashboard."""
    return board.dashboard(
        "report",
        "Usage report",
        "What each group used in a period: user-days, core-hours, GiB-hours, GPU-hours and home directories, for "
        "export as CSV.",
        [board.hub_variable(), board.group_variable()],
        [*_overview(), *_groups()],
        period=("now-30d/d", "now-1d/d"),
        timezone="utc",
    )


def _hours(resource: str, unit: str = "1") -> Query:
    return query("shared/period_by_group", bucket=names.BUCKETS[resource], unit=unit)


def _total(title: str, description: str, resource: str, unit: str = "1") -> Panel:
    return stat(
        title,
        f"{description} Sum of 5-minute buckets of the chosen groups over the period.",
        query("report/period_total", bucket=names.BUCKETS[resource], unit=unit),
        unit=COUNT,
        decimals=0,
    )


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                stat(
                    "User-days",
                    "For every UTC day that ends in the period, the distinct users of the chosen hubs who had a "
                    "server that day, added up. A user of several groups counts once here, and all groups count, "
                    "whatever is chosen.",
                    query("report/user_days"),
                    unit=COUNT,
                    decimals=0,
                ),
                _total("Server-hours", "Running servers times hours.", names.SERVERS),
                _total("Core-hours requested", "Cores reserved times hours.", names.CPU_REQUESTS),
                _total("GiB-hours requested", "Memory reserved, in GiB, times hours.", names.MEMORY_REQUESTS, "2^30"),
                _total("GPU-hours", "GPUs reserved times hours.", names.GPU_REQUESTS),
                stat(
                    "Homes (GiB, mean)",
                    "Mean size of the chosen groups' home directories over the period, in GiB.",
                    query("report/period_mean_total", bucket=names.BUCKETS[names.HOME], unit="2^30"),
                    unit=COUNT,
                    decimals=0,
                ),
            ],
        ),
        Row(2, [text(HOW_TO)]),
    ]


def _groups() -> list[Row]:
    return [
        Row(
            18,
            [
                table(
                    "Usage by group",
                    "Each group in the period, by the share it bears of its users. Hours are sums of 5-minute "
                    "buckets. User-days: for every UTC day that ends in the period, the group's distinct users who "
                    "had a server. Home directories: the mean over the period. (no group) is what no group claims, "
                    "the hub's own pods among it; with it, the rows add up to the whole hub where shares add up to "
                    "one (not with the exporter's strategy all). User-days need 1d among the windows in the settings.",
                    [
                        Column("Hub", "namespace"),
                        Column("Group", "usergroup"),
                        *(
                            Column(name, source, PLAIN_NUMBER, decimals=decimals)
                            for name, source, decimals in (
                                ("Users", query("shared/period_users_by_group"), 0),
                                ("User-days", query("report/user_days_by_group"), 0),
                                ("Server-hours", _hours(names.SERVERS), 1),
                                ("CPU requested (core-hours)", _hours(names.CPU_REQUESTS), 1),
                                ("CPU used (core-hours)", _hours(names.CPU_USAGE), 1),
                                ("Memory requested (GiB-hours)", _hours(names.MEMORY_REQUESTS, "2^30"), 1),
                                ("Memory used (GiB-hours)", _hours(names.MEMORY_WORKING_SET, "2^30"), 1),
                                ("GPU-hours", _hours(names.GPU_REQUESTS), 1),
                                (
                                    "Home directories (GiB, mean)",
                                    query("report/period_mean_by_group", bucket=names.BUCKETS[names.HOME], unit="2^30"),
                                    1,
                                ),
                            )
                        ),
                    ],
                    sort_by=["Hub", "Group"],
                    descending=False,
                    empty="nothing was recorded in this period",
                )
            ],
        )
    ]
