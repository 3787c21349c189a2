"""Usage report: one table of groups for a chosen period, with plain numbers for export as CSV."""

from dataclasses import replace

from hubmeter_generator.dashboards.shared import GIB, GROUP, GROUP_COST, hub, usage_since
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.panels import Panel, Query, query, stat, text
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import COUNT, Json, Scale
from hubmeter_promql import names

PLAIN_NUMBER = Scale("none")  # no separators, for export

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
        "Usage and cost of each group in a period: user-days, core-hours, GiB-hours, GPU-hours, home directories and "
        "US dollars, for export as CSV.",
        [variables.hub(), variables.group()],
        [*_overview(), *_groups()],
        period=("now-30d/d", "now-1d/d"),
        days=True,
        timezone="utc",
    )


def _hours(resource: str, unit: str = "1") -> Query:
    return query("shared/period_by_group", bucket=names.BUCKETS[resource], unit=unit)


def _total(title: str, description: str, resource: str, unit: str = "1") -> Panel:
    return stat(
        title,
        f"{description} Sum of the chosen groups' 5-minute buckets in the period.",
        query("report/period_total", bucket=names.BUCKETS[resource], unit=unit),
        scale=COUNT.rounded(0),
    )


def _overview() -> list[Row]:
    return [
        Row(
            3,
            [
                stat(
                    "User-days",
                    "Distinct users of the chosen hubs with a server on each UTC day that ends in the period, summed "
                    "over the days. A user of several groups counts once. All groups count, whatever is chosen.",
                    query("report/user_days"),
                    scale=COUNT.rounded(0),
                ),
                _total("Server-hours", "Running servers times hours.", names.SERVERS),
                _total("Core-hours requested", "Reserved cores times hours.", names.CPU_REQUESTS),
                _total("GiB-hours requested", "Reserved memory in GiB times hours.", names.MEMORY_REQUESTS, GIB),
            ],
        ),
        Row(
            3,
            [
                _total("GPU-hours", "Reserved GPUs times hours.", names.GPU_REQUESTS),
                stat(
                    "Homes (GiB)",
                    "Mean size of the chosen groups' home directories in the period, in GiB.",
                    query("report/period_mean_total", bucket=names.BUCKETS[names.HOME], unit=GIB),
                    scale=COUNT.rounded(0),
                ),
                usage_since(),
            ],
        ),
        Row(2, [text(HOW_TO)]),
    ]


def _groups() -> list[Row]:
    homes = query("report/period_mean_by_group", bucket=names.BUCKETS[names.HOME], unit=GIB)
    return [
        Row(
            18,
            [
                table(
                    "Usage by group",
                    "Each group in the period, by its share of users. Hours are sums of 5-minute buckets. User-days: "
                    "distinct users of the group with a server on each UTC day that ends in the period, summed. Home "
                    "directories: mean size in the period. The hub's own pods, and those of unknown users, "
                    "are a row; with it the rows add up to the whole hub, unless the exporter's strategy is all. "
                    "User-days need 1d in the setting windows. Cost is as known now, estimates included. The last line "
                    "has the sums (Grafana 12.2 and later); users and user-days of groups do not add up.",
                    [
                        hub(),
                        replace(GROUP, link=None),
                        *(
                            Column(
                                name, source, PLAIN_NUMBER.rounded(decimals), total=name not in {"Users", "User-days"}
                            )
                            for name, source, decimals in (
                                ("Users", query("shared/period_users_by_group"), 0),
                                ("User-days", query("report/user_days_by_group"), 0),
                                ("Server-hours", _hours(names.SERVERS), 1),
                                ("CPU requested (core-hours)", _hours(names.CPU_REQUESTS), 1),
                                ("CPU used (core-hours)", _hours(names.CPU_USAGE), 1),
                                ("Memory requested (GiB-hours)", _hours(names.MEMORY_REQUESTS, GIB), 1),
                                ("Memory used (GiB-hours)", _hours(names.MEMORY_WORKING_SET, GIB), 1),
                                ("GPU-hours", _hours(names.GPU_REQUESTS), 1),
                                ("Home directories (GiB, mean)", homes, 1),
                                ("Cost (USD)", query("shared/cost_by_group", of_day=GROUP_COST), 2),
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
