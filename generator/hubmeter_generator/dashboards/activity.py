"""Activity: how many servers run, how many people come a day, a week and a month, and when it is busy."""

from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import BY_GROUP, BY_HUB, GROUP_CELL, GROUP_SERIES, HUB_CELL, Row
from hubmeter_generator.grafana.panels import COUNT, PLAIN, Json, query, stat, timeseries
from hubmeter_generator.grafana.tables import Column, matrix, table
from hubmeter_promql import names

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
OFFSETS = ",".join(str(hours) for hours in range(-12, 15))
SERVER_HOURS = names.BUCKETS[names.SERVERS]


def build() -> Json:
    """Return the Activity dashboard."""
    return board.dashboard(
        "activity",
        "Activity",
        "How many servers run and how many people come, by hub and group, and when it is busy.",
        [
            board.hub_variable(),
            board.group_variable(),
            board.choice_variable("window", "Active within", "%(windows)s", "%(longest_window)s"),
            board.choice_variable("utc_offset", "Hours from UTC", OFFSETS, "0"),
        ],
        [*_overview(), *_servers(), *_people(), *_busy()],
        period=("now-30d", "now"),
    )


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                stat(
                    "Running servers",
                    "Servers of the chosen hubs that run or start now, named servers included.",
                    query("activity/servers_total"),
                    unit="short",
                ),
                stat(
                    "Most at one time",
                    "The most servers that ran at once in the time range, all chosen hubs together, looked at every 5 "
                    "minutes.",
                    query("activity/servers_peak"),
                    unit="short",
                ),
                stat(
                    "Server-hours",
                    "One server for one hour each, over the time range, all chosen hubs together.",
                    query("activity/server_hours_total"),
                    unit=COUNT,
                    decimals=0,
                ),
                stat(
                    "Active users",
                    "Distinct users who had a server in each rolling window that ends now. A person with accounts on "
                    "two hubs counts twice.",
                    query("activity/active_users_by_window", "%(cluster_legend)slast {{window}}"),
                    unit="short",
                ),
            ],
            widths=[4, 4, 4, 12],
        )
    ]


def _servers() -> list[Row]:
    return [
        Row(
            10,
            [
                timeseries(
                    "Running servers by hub",
                    "The most servers that ran at one time in each step of the chart, all of the hub's, whatever "
                    "groups are chosen.",
                    query("activity/servers_peak_over_time", BY_HUB),
                    unit="short",
                    stacked=True,
                ),
                timeseries(
                    "Running servers by group",
                    "Servers by the group that bears them; a server of a user of two groups may count half in each.",
                    query("shared/by_group", BY_GROUP, resource=names.SERVERS),
                    unit="short",
                    stacked=True,
                    link=GROUP_SERIES,
                ),
            ],
            title="Servers",
        )
    ]


def _people() -> list[Row]:
    return [
        Row(
            10,
            [
                timeseries(
                    "Active users by window",
                    "Distinct users who had a server in the day, week or month before each point, all chosen hubs "
                    "added. A window that is longer than what has been recorded shows too few.",
                    query("activity/active_users_by_window", "%(cluster_legend)slast {{window}}"),
                    unit="short",
                ),
                timeseries(
                    "Active users by hub, last $window",
                    "Distinct users of each hub who had a server in the chosen window before each point.",
                    query("activity/active_users_by_hub", BY_HUB, window="$window"),
                    unit="short",
                ),
                timeseries(
                    "Active users by group, last $window",
                    "Distinct users of each group who had a server in the chosen window before each point. Users of "
                    "several groups count in each to which they are accounted.",
                    query("shared/active_users_by_group", BY_GROUP, window="$window"),
                    unit="short",
                    link=GROUP_SERIES,
                ),
            ],
            title="People",
        )
    ]


def _busy() -> list[Row]:
    return [
        Row(
            9,
            [
                matrix(
                    "When it is busy: running servers by hour of the day and day of the week",
                    "The mean number of running servers of the chosen hubs, looked at every 15 minutes of the time "
                    "range. Hours are UTC plus the hours chosen above. Choose a range of whole weeks, so that no day "
                    "counts more often.",
                    query("activity/servers_by_weekday_and_hour"),
                    row="weekday",
                    column="hour",
                    names=DAYS,
                    unit="short",
                    color_mode="continuous-blues",
                )
            ],
            title="Peak hours",
        ),
        Row(
            10,
            [
                table(
                    "Hubs in the time range",
                    "The most servers at one time, server-hours, and active users of each hub.",
                    [
                        Column("Hub", "namespace", link=HUB_CELL),
                        Column("Servers now", query("activity/by_hub", resource=names.SERVERS)),
                        Column("Most at one time", query("activity/servers_peak_by_hub"), gauge=True, steps=PLAIN),
                        Column(
                            "Server-hours",
                            query("activity/server_hours_by_hub"),
                            unit=COUNT,
                            gauge=True,
                            steps=PLAIN,
                            decimals=0,
                        ),
                        Column("Active users, last $window", query("activity/active_users_by_hub", window="$window")),
                    ],
                    sort_by=["Server-hours"],
                ),
                table(
                    "Groups in the time range",
                    "Server-hours and distinct users of each group in the time range. Click a group for its users.",
                    [
                        Column("Group", "usergroup", link=GROUP_CELL),
                        Column("Hub", "namespace", link=HUB_CELL),
                        Column(
                            "Server-hours",
                            query("shared/period_by_group", bucket=SERVER_HOURS, unit="1"),
                            unit=COUNT,
                            gauge=True,
                            steps=PLAIN,
                            decimals=0,
                        ),
                        Column("Users", query("shared/period_users_by_group"), width=90),
                    ],
                    sort_by=["Server-hours"],
                ),
            ],
            widths=[11, 13],
            title="In numbers",
        ),
    ]
