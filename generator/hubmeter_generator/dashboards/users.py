"""Users: what one user or several use, request and store, when their servers ran, and which groups they are in."""

from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import BY_USER, GROUP_CELL, USER_CELL, USER_SERIES, Row
from hubmeter_generator.grafana.panels import (
    BLUE,
    CORES,
    FULLNESS,
    GREEN,
    NO_DATA,
    ORANGE,
    PLAIN,
    PURPLE,
    TEXT,
    Json,
    Panel,
    fixed_color,
    query,
    stat,
    timeline,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

SHOWN = "15"  # lines in a chart; more cannot be told apart


def build() -> Json:
    """Return the Users dashboard."""
    return board.dashboard(
        "users",
        "Users",
        "One user or several: what their servers use, request and may use, when they ran, their home directories and "
        "groups.",
        [board.hub_variable(), board.group_variable(), board.user_variable()],
        [*_overview(), *_sessions(), *_memory(), *_cpu(), *_rest()],
    )


def _total(title: str, description: str, resource: str, unit: str, decimals: int | None = None) -> Panel:
    return stat(title, description, query("users/total", resource=resource), unit=unit, decimals=decimals)


def _chart(title: str, description: str, resource: str, unit: str, empty: str = NO_DATA) -> Panel:
    shown = query("users/top_over_time", BY_USER, resource=resource, limit=SHOWN)
    return timeseries(
        title,
        f"{description}: the {SHOWN} users with the most over the time range.",
        shown,
        unit=unit,
        link=USER_SERIES,
        empty=empty,
    )


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                stat(
                    "Users online",
                    "How many of the chosen users have a running server.",
                    query("users/count"),
                    unit="short",
                ),
                _total(
                    "Running servers",
                    "Servers of the chosen users that run or start now, named servers included.",
                    names.SERVERS,
                    "short",
                ),
                _total(
                    "Memory in use",
                    "Working set of all containers of the chosen users: what Kubernetes counts against a memory limit.",
                    names.MEMORY_WORKING_SET,
                    "bytes",
                ),
                _total(
                    "Memory requests",
                    "What the pods of the chosen users have reserved on nodes.",
                    names.MEMORY_REQUESTS,
                    "bytes",
                ),
                _total("CPU in use", "Cores in use in the last minute.", names.CPU_USAGE, CORES, decimals=1),
                _total(
                    "CPU requests",
                    "Cores that the pods of the chosen users have reserved on nodes.",
                    names.CPU_REQUESTS,
                    CORES,
                    decimals=1,
                ),
                _total(
                    "GPUs requested",
                    "GPUs that the servers of the chosen users hold, whether they compute or not.",
                    names.GPU_REQUESTS,
                    "short",
                ),
                _total("Home directories", "Size of the home directories of the chosen users.", names.HOME, "bytes"),
            ],
        ),
        Row(
            11,
            [
                table(
                    "Users",
                    "The chosen users who have a server at the end of the time range, each whole, whatever part their "
                    "groups bear. (no user) is what no user claims: the hub's own pods. Click a user to see only them.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Hub", "namespace", width=100),
                        Column("Servers", query("users/by_user", resource=names.SERVERS), width=80),
                        Column(
                            "Memory in use",
                            query("users/by_user", resource=names.MEMORY_WORKING_SET),
                            "bytes",
                            gauge=True,
                            steps=PLAIN,
                        ),
                        Column(
                            "Memory requested",
                            query("users/by_user", resource=names.MEMORY_REQUESTS),
                            "bytes",
                            gauge=True,
                            steps=PLAIN,
                        ),
                        Column("Memory limit", query("users/by_user", resource=names.MEMORY_LIMITS), "bytes", width=90),
                        Column(
                            "CPU in use",
                            query("users/by_user", resource=names.CPU_USAGE),
                            CORES,
                            gauge=True,
                            steps=PLAIN,
                            decimals=2,
                        ),
                        Column(
                            "CPU requested",
                            query("users/by_user", resource=names.CPU_REQUESTS),
                            CORES,
                            decimals=2,
                            width=100,
                        ),
                        Column(
                            "CPU limit", query("users/by_user", resource=names.CPU_LIMITS), CORES, decimals=1, width=100
                        ),
                        Column("GPUs", query("users/by_user", resource=names.GPU_REQUESTS), width=70),
                    ],
                    sort_by=["Memory requested"],
                    empty="nobody",
                )
            ],
        ),
    ]


def _sessions() -> list[Row]:
    return [
        Row(
            12,
            [
                timeline(
                    "Sessions",
                    "When each user had a server: the users with the most server-hours in the time range, at most 25. "
                    "Another colour is two servers at once. From the servers recorded each minute.",
                    query("users/top_over_time", BY_USER, resource=names.SERVERS, limit="25"),
                    states=[("one server", BLUE), ("two servers", PURPLE), ("three and more", ORANGE)],
                ),
                table(
                    "Hours in the time range",
                    "What each user's servers took in the time range: running hours, and memory and CPU requested "
                    "times hours. Sums of 5-minute buckets.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Hub", "namespace", width=100),
                        Column(
                            "Server-hours",
                            query("users/hours", bucket=names.BUCKETS[names.SERVERS], unit="1", rows="100"),
                            decimals=1,
                            gauge=True,
                            steps=PLAIN,
                        ),
                        Column(
                            "GiB-hours",
                            query("users/hours", bucket=names.BUCKETS[names.MEMORY_REQUESTS], unit="2^30", rows="100"),
                            decimals=0,
                            width=80,
                        ),
                        Column(
                            "Core-hours",
                            query("users/hours", bucket=names.BUCKETS[names.CPU_REQUESTS], unit="1", rows="100"),
                            decimals=0,
                            width=80,
                        ),
                        Column(
                            "GPU-hours",
                            query("users/hours", bucket=names.BUCKETS[names.GPU_REQUESTS], unit="1", rows="100"),
                            decimals=0,
                            width=80,
                        ),
                    ],
                    sort_by=["Server-hours"],
                    empty="nobody",
                ),
            ],
            widths=[14, 10],
            title="Sessions",
        )
    ]


def _three(title: str, description: str, unit: str, used: str, requested: str, limits: str) -> Panel:
    return timeseries(
        title,
        description,
        query("users/total", "in use", resource=used),
        query("users/total", "requested", resource=requested),
        query("users/total", "limit", resource=limits),
        unit=unit,
        overrides=[
            fixed_color("in use", BLUE),
            fixed_color("requested", GREEN, dashed=True),
            fixed_color("limit", TEXT, dashed=True),
        ],
    )


def _memory() -> list[Row]:
    return [
        Row(
            10,
            [
                _three(
                    "Memory of the chosen users together",
                    "In use, requested (what fills nodes) and limit (above it a container is killed), all chosen "
                    "users added. With one user chosen: whether the size of the server fits the work.",
                    "bytes",
                    names.MEMORY_WORKING_SET,
                    names.MEMORY_REQUESTS,
                    names.MEMORY_LIMITS,
                ),
                _chart("Memory in use by user", "Working set by user", names.MEMORY_WORKING_SET, "bytes"),
                _chart("Memory requested by user", "Memory reserved on nodes by user", names.MEMORY_REQUESTS, "bytes"),
            ],
            title="Memory",
        )
    ]


def _cpu() -> list[Row]:
    return [
        Row(
            10,
            [
                _three(
                    "CPU of the chosen users together",
                    "Cores in use, requested and at most allowed, all chosen users added. Use above the requests is "
                    "borrowed from neighbours and slows down when they come back.",
                    CORES,
                    names.CPU_USAGE,
                    names.CPU_REQUESTS,
                    names.CPU_LIMITS,
                ),
                _chart("CPU in use by user", "Cores in use by user", names.CPU_USAGE, CORES),
                _chart(
                    "GPUs by user",
                    "GPUs that the users' pods hold",
                    names.GPU_REQUESTS,
                    "short",
                    empty="no GPU was requested in this time range",
                ),
            ],
            title="CPU and GPUs",
        )
    ]


def _rest() -> list[Row]:
    return [
        Row(
            10,
            [
                _chart(
                    "Home directories",
                    "Size by user, directories in either spelling of the name together",
                    names.HOME,
                    "bytes",
                    empty="no sizes of home directories: see docs/metrics.md, dirsize_total_size_bytes",
                ),
                table(
                    "Home directories against their limits",
                    "The 100 largest home directories of the chosen users, and how much of their limit they fill at "
                    "the end of the time range. No limit: the storage reports none.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Hub", "namespace", width=100),
                        Column(
                            "Size", query("shared/homes_by_user", measure=names.HOME, rows="100"), "bytes", width=100
                        ),
                        Column(
                            "Limit",
                            query("shared/homes_by_user", measure=names.HOME_LIMIT, rows="100"),
                            "bytes",
                            width=100,
                        ),
                        Column(
                            "Full",
                            query("users/homes_full_ratio", rows="100"),
                            "percentunit",
                            gauge=True,
                            steps=FULLNESS,
                            maximum=1,
                            decimals=0,
                        ),
                    ],
                    sort_by=["Full"],
                ),
                table(
                    "Groups",
                    "The groups the chosen users are in now, and the part of their usage that each bears. Users in no "
                    "group stand under none. At most 500 rows.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Hub", "namespace", width=100),
                        Column("Group", "usergroup", link=GROUP_CELL),
                        Column("Share", query("users/groups", rows="500"), "percentunit", width=80, decimals=0),
                    ],
                    sort_by=["User"],
                    descending=False,
                ),
            ],
            title="Home directories and groups",
        )
    ]
