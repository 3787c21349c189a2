"""Home directories: how large they are by group and user, how full, how they grow, and which nobody needs."""

from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import BY_GROUP, GROUP_CELL, GROUP_SERIES, HUB_CELL, USER_CELL, Row
from hubmeter_generator.grafana.panels import (
    FULLNESS,
    GREEN,
    ORANGE,
    PLAIN,
    YELLOW,
    Json,
    query,
    stat,
    thresholds,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

NO_SIZES = "no sizes of home directories: see docs/metrics.md, dirsize_total_size_bytes"
ATTENTION = thresholds((None, GREEN), (1, ORANGE))
SOME = thresholds((None, YELLOW))


def build() -> Json:
    """Return the Home directories dashboard."""
    return board.dashboard(
        "homes",
        "Home directories",
        "How large home directories are by group and user, how full, how they grow, and which nobody needs any more.",
        [board.hub_variable(), board.group_variable(), board.user_variable()],
        [*_overview(), *_groups(), *_users(), *_unused()],
        period=("now-30d", "now"),
    )


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                stat(
                    "All home directories",
                    "Size of the chosen users' home directories, each once, and of directories whose user the hub no "
                    "longer knows.",
                    query("homes/total", measure=names.HOME),
                    unit="bytes",
                    empty=NO_SIZES,
                ),
                stat(
                    "Growth in the time range",
                    "Size now minus size at the start of the time range, for the chosen groups.",
                    query("homes/growth"),
                    unit="bytes",
                    empty="no size at the start",
                ),
                stat(
                    "Sum of limits",
                    "What the chosen users may store together. More than the disk holds is usual: few fill their "
                    "limit.",
                    query("homes/total", measure=names.HOME_LIMIT),
                    unit="bytes",
                    empty="no limits",
                ),
                stat(
                    "More than 90 %% full",
                    "Users whose home directory fills more than nine tenths of its limit. A full home directory keeps "
                    "a server from starting.",
                    query("homes/nearly_full_count"),
                    unit="short",
                    steps=ATTENTION,
                ),
                stat(
                    "Stale",
                    "Home directories of users the hub knows who had no server in the last %(longest_window)s (the "
                    "longest of the windows in the settings). Says too much until that long has been recorded.",
                    query("homes/stale_total"),
                    unit="bytes",
                    steps=SOME,
                    empty="none",
                ),
                stat(
                    "Orphaned",
                    "Directories that belong to no user the hub knows, by either spelling of the name: users who were "
                    "deleted.",
                    query("homes/orphaned_total"),
                    unit="bytes",
                    steps=SOME,
                    empty="none",
                ),
            ],
        )
    ]


def _groups() -> list[Row]:
    return [
        Row(
            11,
            [
                timeseries(
                    "Home directories by group",
                    "Size of the home directories of the groups' users, by the share each group bears. (no group): "
                    "directories of users the hub no longer knows.",
                    query("shared/by_group", BY_GROUP, resource=names.HOME),
                    unit="bytes",
                    stacked=True,
                    link=GROUP_SERIES,
                    empty=NO_SIZES,
                    legend=("lastNotNull",),
                ),
                table(
                    "Groups",
                    "Each group at the end of the time range, and what it grew by since its start. Sizes and limits "
                    "by the share the group bears.",
                    [
                        Column("Group", "usergroup", link=GROUP_CELL),
                        Column("Hub", "namespace", link=HUB_CELL, width=110),
                        Column("Users", query("homes/count_by_group"), width=70),
                        Column("Size", query("shared/by_group", resource=names.HOME), "bytes", gauge=True, steps=PLAIN),
                        Column("Limits", query("shared/by_group", resource=names.HOME_LIMIT), "bytes", width=100),
                        Column("Growth", query("homes/growth_by_group"), "bytes", width=100),
                    ],
                    sort_by=["Size"],
                ),
            ],
            title="Groups",
        )
    ]


def _users() -> list[Row]:
    return [
        Row(
            12,
            [
                table(
                    "Largest home directories",
                    "The 100 largest home directories of the chosen users at the end of the time range, and what they "
                    "grew by since its start; a new one grew by all it holds.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Hub", "namespace", width=110),
                        Column(
                            "Size",
                            query("shared/homes_by_user", measure=names.HOME, rows="100"),
                            "bytes",
                            gauge=True,
                            steps=PLAIN,
                        ),
                        Column(
                            "Limit",
                            query("shared/homes_by_user", measure=names.HOME_LIMIT, rows="100"),
                            "bytes",
                            width=100,
                        ),
                        Column("Growth", query("homes/growth_by_user", rows="100"), "bytes", width=100),
                    ],
                    sort_by=["Size"],
                    empty=NO_SIZES,
                ),
                table(
                    "Fullest home directories",
                    "The 100 home directories nearest to their limit at the end of the time range.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Hub", "namespace", width=110),
                        Column(
                            "Full",
                            query("homes/fullest", rows="100"),
                            "percentunit",
                            gauge=True,
                            steps=FULLNESS,
                            maximum=1,
                            decimals=0,
                        ),
                    ],
                    sort_by=["Full"],
                    empty="no limits",
                ),
            ],
            widths=[14, 10],
            title="Users",
        )
    ]


def _unused() -> list[Row]:
    return [
        Row(
            12,
            [
                table(
                    "Stale: no server in the last %(longest_window)s",
                    "The 100 largest home directories of users the hub knows who had no server in the last "
                    "%(longest_window)s. Ask before you archive: holidays are long too.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Hub", "namespace", width=140),
                        Column("Size", query("homes/stale", rows="100"), "bytes", gauge=True, steps=SOME),
                    ],
                    sort_by=["Size"],
                    empty="none",
                ),
                table(
                    "Orphaned: no such user",
                    "The 100 largest directories that belong to no user the hub knows. Directories that are not homes "
                    "(shared data) show here too.",
                    [
                        Column("Directory", "directory"),
                        Column("Hub", "namespace", width=140),
                        Column("Size", query("homes/orphaned", rows="100"), "bytes", gauge=True, steps=SOME),
                    ],
                    sort_by=["Size"],
                    empty="none",
                ),
            ],
            title="Stale and orphaned",
        )
    ]
