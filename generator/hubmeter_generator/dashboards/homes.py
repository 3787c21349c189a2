"""Home directories: size by group and user, limits, growth, and stale or orphaned directories."""

from hubmeter_generator.dashboards.shared import (
    GROUP,
    HOMES,
    HOMES_AND_LIMITS,
    NO_SIZES,
    USER,
    hub,
    of_users,
    usage_since,
)
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import GROUP_SERIES, HUB_CELL
from hubmeter_generator.grafana.panels import AREAS, BY_GROUP, at_now, query, stat, timeseries
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import (
    BYTES,
    FULLNESS,
    GREEN,
    NUMBER,
    ORANGE,
    PERCENT,
    YELLOW,
    Json,
    thresholds,
)
from hubmeter_promql import names

ATTENTION = thresholds((None, GREEN), (1, ORANGE))
UNUSED = BYTES.colored(thresholds((None, YELLOW)))
ROWS = "100"


def build() -> Json:
    """Return the Home directories dashboard."""
    return board.dashboard(
        "homes",
        "Home directories",
        "Size of home directories by group and user, their limits and growth, and stale or orphaned directories.",
        [variables.hub(), variables.group(), variables.user()],
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
                    "Size of the chosen users' home directories, each once, and of directories whose user is unknown "
                    "to the hub.",
                    query("homes/total", of_users=of_users(names.HOME)),
                    scale=BYTES,
                    empty=NO_SIZES,
                ),
                stat(
                    "Growth in this range",
                    "Size now minus size at the start of the time range, of the users who were chosen at that time.",
                    query("homes/growth", sizes=at_now(of_users(names.HOME)), sizes_then=of_users(names.HOME)),
                    scale=BYTES,
                    empty="no size at the start",
                ),
                stat(
                    "Sum of limits",
                    "Sum of the chosen users' limits. More than the size of the disk is usual, as few users fill their "
                    "limit.",
                    query("homes/total", of_users=of_users(names.HOME_LIMIT)),
                    scale=BYTES,
                    empty="no limits",
                ),
                stat(
                    "More than 90 %% full",
                    "Users whose home directory fills more than 90 %% of its limit. With a full home directory a "
                    "server may not start.",
                    query("homes/nearly_full_count", **HOMES_AND_LIMITS),
                    scale=NUMBER.colored(ATTENTION),
                ),
                stat(
                    "Stale",
                    "Home directories of known users without a server in the last %(longest_window)s (the longest "
                    "window in the settings). Too high until usage of that time has been recorded.",
                    query("homes/stale_total", **HOMES),
                    scale=UNUSED,
                    empty="none",
                ),
                stat(
                    "Orphaned, whole hub",
                    "Directories that belong to no known user, in either spelling of usernames: their users were "
                    "deleted.",
                    query("homes/orphaned_total"),
                    scale=UNUSED,
                    empty="none",
                ),
                usage_since(),
            ],
            widths=[4, 4, 3, 4, 2, 4, 3],
        )
    ]


def _groups() -> list[Row]:
    return [
        Row(
            11,
            [
                timeseries(
                    "Home directories by group",
                    "Size of the home directories of the groups' users, by the share of each group. The hub's own: "
                    "directories of users unknown to the hub.",
                    query("shared/by_group", BY_GROUP, resource=names.HOME),
                    scale=BYTES,
                    style=AREAS.with_legend("lastNotNull"),
                    link=GROUP_SERIES,
                    empty=NO_SIZES,
                ),
                table(
                    "Groups",
                    "Each group at the end of the time range, and its growth since the start. Sizes and limits are by "
                    "the share of the group.",
                    [
                        GROUP,
                        hub(110, HUB_CELL),
                        Column("Users", query("homes/count_by_group"), width=70),
                        Column("Size", query("shared/by_group", resource=names.HOME), BYTES, gauge=True),
                        Column("Limits", query("shared/by_group", resource=names.HOME_LIMIT), BYTES, width=100),
                        Column("Growth", query("homes/growth_by_group"), BYTES, width=100),
                    ],
                    rank_by="Size",
                ),
            ],
            title="Groups",
        )
    ]


def _users() -> list[Row]:
    size, limit = (
        query("shared/homes_by_user", of_users=of_users(measure), rows=ROWS, **HOMES)
        for measure in (names.HOME, names.HOME_LIMIT)
    )
    return [
        Row(
            12,
            [
                table(
                    "Largest home directories",
                    f"The {ROWS} largest home directories of the chosen users at the end of the time range, and their "
                    "growth since its start; a new one grew by its whole size.",
                    [
                        USER,
                        hub(110),
                        Column("Size", size, BYTES, gauge=True),
                        Column("Limit", limit, BYTES, width=100),
                        Column(
                            "Growth",
                            query("homes/growth_by_user", rows=ROWS, sizes=at_now(HOMES["sizes"])),
                            BYTES,
                            width=100,
                        ),
                    ],
                    sort_by=["Size"],
                    empty=NO_SIZES,
                ),
                table(
                    "Fullest home directories",
                    f"The {ROWS} home directories nearest to their limit at the end of the time range.",
                    [
                        USER,
                        hub(110),
                        Column(
                            "Full",
                            query("homes/fullest", rows=ROWS, **HOMES_AND_LIMITS),
                            PERCENT.up_to(1).colored(FULLNESS),
                            gauge=True,
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
                    f"The {ROWS} largest home directories of known users without a server in the last "
                    "%(longest_window)s. Ask before you archive them: users may be on leave.",
                    [USER, hub(140), Column("Size", query("homes/stale", rows=ROWS, **HOMES), UNUSED, gauge=True)],
                    sort_by=["Size"],
                    empty="none",
                ),
                table(
                    "Orphaned: no such user",
                    f"The {ROWS} largest directories that belong to no known user. Directories that are not homes "
                    "(shared data) are listed too.",
                    [
                        Column("Directory", "directory"),
                        hub(140),
                        Column("Size", query("homes/orphaned", rows=ROWS), UNUSED, gauge=True),
                    ],
                    sort_by=["Size"],
                    empty="none",
                ),
            ],
            title="Stale and orphaned",
        )
    ]
