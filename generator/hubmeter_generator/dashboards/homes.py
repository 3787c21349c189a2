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
from hubmeter_generator.grafana.links import GROUP_SERIES, HUB_CELL, Missing
from hubmeter_generator.grafana.panels import AREAS, BY_GROUP, Panel, at_now, query, stat, timeseries
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import (
    BYTES,
    COUNT,
    DATE,
    FULLNESS,
    GREEN,
    NUMBER,
    ORANGE,
    PERCENT,
    YELLOW,
    Json,
    Scale,
    thresholds,
)
from hubmeter_promql import names, render

ATTENTION = thresholds((None, GREEN), (1, ORANGE))
UNUSED = BYTES.colored(thresholds((None, YELLOW)))
ROWS = "100"
NO_FILES = Missing("dirsize_entries_count is not scraped", "prerequisites.md#optional")


def build() -> Json:
    """Return the Home directories dashboard."""
    return board.dashboard(
        "homes",
        "Home directories",
        "Size of home directories by group and user, their limits and growth, stale or orphaned directories, files and "
        "free space.",
        [variables.hub(), variables.group(), variables.user()],
        [*_overview(), *_groups(), *_users(), *_unused(), *_files(), *_volumes()],
        period=("now-30d", "now"),
    )


def _overview() -> list[Row]:
    return [
        Row(
            3,
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
            ],
        ),
        Row(
            3,
            [
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
        ),
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


def _files() -> list[Row]:
    def directories(title: str, description: str, part: str, sort_by: str, *, descending: bool) -> Panel:
        shown = render.part(f"parts/homes/{part}.promql", {"rows": ROWS})

        def column(name: str, metric: str, scale: Scale, factor: str = "1", width: int = 100) -> Column:
            return Column(
                name, query("homes/directories", metric=metric, factor=factor, shown=shown), scale, width=width
            )

        return table(
            title,
            f"{description} at the end of the time range, by directory, whatever users are chosen. From dirsize.",
            [
                Column("Directory", "directory"),
                hub(110),
                column("Files", "dirsize_entries_count", COUNT.rounded(0)),
                column("Size", "dirsize_total_size_bytes", BYTES),
                column("Last change", "dirsize_latest_mtime", DATE, "1000", 170),
            ],
            sort_by=[sort_by],
            descending=descending,
            empty=NO_FILES,
        )

    return [
        Row(
            10,
            [
                directories(
                    "Most files",
                    f"The {ROWS} directories with the most files, directories and links. Many small files slow down "
                    "backups and shared storage",
                    "most_files",
                    "Files",
                    descending=True,
                ),
                directories(
                    "Longest without a change",
                    f"The {ROWS} directories whose newest file is the oldest",
                    "oldest",
                    "Last change",
                    descending=False,
                ),
            ],
            title="Files and age, whole hub",
        )
    ]


def _volumes() -> list[Row]:
    def volumes(name: str, metric: str) -> Column:
        return Column(
            name, query("homes/volumes", metric=f"kubelet_volume_stats_{metric}", rows="20"), BYTES, width=110
        )

    def full(name: str, free: str, every: str) -> Column:
        of = {"free": f"kubelet_volume_stats_{free}", "all": f"kubelet_volume_stats_{every}"}
        source = query("homes/volumes_full", rows="20", **of)
        return Column(name, source, PERCENT.up_to(1).colored(FULLNESS), gauge=True)

    return [
        Row(
            8,
            [
                table(
                    "Fullest volumes",
                    "The 20 volumes in the namespaces of the chosen hubs with the least free space, in parts of their "
                    "size, at the end of the time range: shared storage of home directories, volumes of single users, "
                    "and the hub's database. A file system without free inodes takes no new files.",
                    [
                        Column("Volume claim", "persistentvolumeclaim"),
                        hub(140),
                        volumes("Size", "capacity_bytes"),
                        volumes("Free", "available_bytes"),
                        full("Full", "available_bytes", "capacity_bytes"),
                        full("Inodes used", "inodes_free", "inodes"),
                    ],
                    sort_by=["Full"],
                    empty=Missing("kubelet_volume_stats_available_bytes is not scraped", "prerequisites.md#optional"),
                )
            ],
            title="Volumes, whole hub",
        )
    ]
