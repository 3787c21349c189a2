"""Activity: running servers, users by day, week and month, and peak hours."""

from hubmeter_generator.dashboards.shared import GROUP, hub, usage_since
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import GROUP_SERIES, HUB_CELL
from hubmeter_generator.grafana.panels import AREAS, BY_GROUP, BY_HUB, query, stat, timeseries
from hubmeter_generator.grafana.tables import Axis, Column, matrix, table
from hubmeter_generator.grafana.values import COUNT, NUMBER, Json
from hubmeter_promql import names

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PARTS_OF_AN_HOUR = (-9.5, -3.5, -2.5, 3.5, 4.5, 5.5, 5.75, 6.5, 8.75, 9.5, 10.5, 12.75, 13.75)
OFFSETS = ",".join(f"{hours:g}" for hours in sorted([*range(-12, 15), *_PARTS_OF_AN_HOUR]))


def build() -> Json:
    """Return the Activity dashboard."""
    return board.dashboard(
        "activity",
        "Activity",
        "Running servers and active users, by hub and group, and peak hours.",
        [
            variables.hub(),
            variables.group(),
            variables.choice("window", "Active within", "%(windows)s", "%(longest_window)s"),
            variables.choice("utc_offset", "Hours from UTC", OFFSETS, "0"),
        ],
        [*_overview(), *_servers(), *_users(), *_peak_hours()],
        period=("now-30d", "now"),
    )


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                stat(
                    "Running servers",
                    "Running or starting servers of the chosen hubs, named servers included.",
                    query("activity/servers_total"),
                    scale=NUMBER,
                ),
                stat(
                    "Peak",
                    "Highest number of servers at one time in the time range, all chosen hubs together, sampled every "
                    "5 minutes.",
                    query("activity/servers_peak"),
                    scale=NUMBER,
                ),
                stat(
                    "Server-hours",
                    "Running servers times hours in the time range, all chosen hubs together.",
                    query("activity/server_hours_total"),
                    scale=COUNT.rounded(0),
                ),
                stat(
                    "Active users",
                    "Distinct users with a server in each rolling window that ends now. A person with accounts on two "
                    "hubs counts twice.",
                    query("activity/active_users_now", "%(cluster_legend)slast {{window}}"),
                    scale=NUMBER,
                ),
                usage_since(),
            ],
            widths=[4, 4, 4, 8, 4],
        )
    ]


def _servers() -> list[Row]:
    return [
        Row(
            10,
            [
                timeseries(
                    "Running servers by hub",
                    "Highest number of servers at one time in each step of the chart; all servers of a hub, whatever "
                    "groups are chosen.",
                    query("activity/servers_peak_over_time", BY_HUB),
                    scale=NUMBER,
                    style=AREAS,
                ),
                timeseries(
                    "Running servers by group",
                    "Servers by the share of each group; a server of a user of two groups may count half in each.",
                    query("shared/by_group", BY_GROUP, resource=names.SERVERS),
                    scale=NUMBER,
                    style=AREAS,
                    link=GROUP_SERIES,
                ),
            ],
            title="Servers",
        )
    ]


def _users() -> list[Row]:
    return [
        Row(
            10,
            [
                timeseries(
                    "Active users by window",
                    "Distinct users with a server in the day, week or month before each point, summed over the chosen "
                    "hubs. A window that is longer than the recorded history shows too few.",
                    query("activity/active_users_by_window", "%(cluster_legend)slast {{window}}"),
                    scale=NUMBER,
                ),
                timeseries(
                    "Active users by hub, last $window",
                    "Distinct users of each hub with a server in the chosen window before each point.",
                    query("activity/active_users_by_hub", BY_HUB, window="$window"),
                    scale=NUMBER,
                ),
                timeseries(
                    "Active users by group, last $window",
                    "Distinct users of each group with a server in the chosen window before each point. A user of "
                    "several groups counts in each group that is charged for the user.",
                    query("shared/active_users_by_group", BY_GROUP, window="$window"),
                    scale=NUMBER,
                    link=GROUP_SERIES,
                ),
            ],
            title="Users",
        )
    ]


def _peak_hours() -> list[Row]:
    return [
        Row(
            9,
            [
                matrix(
                    "Running servers by weekday and hour",
                    "Mean number of running servers of the chosen hubs, sampled every 15 minutes of the time range. "
                    "Hours are UTC plus the hours chosen above. Choose whole weeks, so that all days count equally.",
                    query("activity/servers_by_weekday_and_hour"),
                    rows=Axis("weekday", DAYS),
                    columns=Axis("hour"),
                    scale=NUMBER.rounded(1),
                    colors="continuous-blues",
                )
            ],
            title="Peak hours",
        ),
        Row(
            10,
            [
                table(
                    "Hubs in the time range",
                    "Highest number of servers at one time, server-hours, and active users of each hub.",
                    [
                        hub(link=HUB_CELL),
                        Column("Servers now", query("activity/by_hub", resource=names.SERVERS)),
                        Column("Peak", query("activity/servers_peak_by_hub"), gauge=True),
                        Column("Server-hours", query("activity/server_hours_by_hub"), COUNT.rounded(0), gauge=True),
                        Column("Active users, last $window", query("activity/active_users_by_hub", window="$window")),
                    ],
                    sort_by=["Server-hours"],
                ),
                table(
                    "Groups in the time range",
                    "Server-hours and distinct users of each group in the time range. Click a group for its users.",
                    [
                        GROUP,
                        hub(link=HUB_CELL),
                        Column(
                            "Server-hours",
                            query("shared/period_by_group", bucket=names.BUCKETS[names.SERVERS], unit="1"),
                            COUNT.rounded(0),
                            gauge=True,
                        ),
                        Column("Users", query("shared/period_users_by_group"), width=90),
                    ],
                    rank_by="Server-hours",
                ),
            ],
            widths=[11, 13],
            title="Totals",
        ),
    ]
