"""Users: the usage, requests, sessions, home directories and groups of one or several users."""

from hubmeter_generator.dashboards.shared import (
    GROUP,
    HOMES,
    HOMES_AND_LIMITS,
    NO_GPU,
    NO_SIZES,
    NO_USERS,
    USER,
    hub,
    of_users,
    usage_since,
)
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import USER_SERIES, Missing
from hubmeter_generator.grafana.panels import (
    BY_USER,
    NO_DATA,
    Panel,
    Query,
    fixed_color,
    query,
    stat,
    timeline,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import (
    BLUE,
    BYTES,
    CORES,
    COUNT,
    FULLNESS,
    GREEN,
    NUMBER,
    ORANGE,
    PERCENT,
    PURPLE,
    TEXT,
    Json,
    Scale,
)
from hubmeter_promql import names

LINES_SHOWN = "15"  # more lines in a chart cannot be distinguished


def build() -> Json:
    """Return the Users dashboard."""
    return board.dashboard(
        "users",
        "Users",
        "One or several users: usage, requests and limits of their servers, sessions, home directories and groups.",
        [variables.hub(), variables.group(), variables.user()],
        [*_overview(), *_sessions(), *_memory(), *_cpu(), *_homes_and_groups()],
    )


def _total(title: str, description: str, resource: str, scale: Scale) -> Panel:
    return stat(title, description, query("users/total", of_users=of_users(resource)), scale=scale)


def _by_user(resource: str) -> Query:
    return query("users/by_user", of_users=of_users(resource))


def _top_users(title: str, description: str, resource: str, scale: Scale, empty: str | Missing = NO_DATA) -> Panel:
    return timeseries(
        title,
        f"{description}: the {LINES_SHOWN} users with the most in the time range.",
        query("users/top_over_time", BY_USER, of_users=of_users(resource, known=True), limit=LINES_SHOWN),
        scale=scale,
        link=USER_SERIES,
        empty=empty,
    )


def _overview() -> list[Row]:
    return [
        Row(
            3,
            [
                stat(
                    "Users online",
                    "Number of chosen users with a running server.",
                    query("users/count", of_users=of_users(names.SERVERS, known=True)),
                    scale=NUMBER,
                ),
                _total(
                    "Servers",
                    "Running or starting servers of the chosen users, named servers included.",
                    names.SERVERS,
                    NUMBER,
                ),
                _total(
                    "Memory in use",
                    "Working set of all containers of the chosen users, which Kubernetes compares with memory limits.",
                    names.MEMORY_WORKING_SET,
                    BYTES,
                ),
                _total(
                    "Memory requests",
                    "Memory that the pods of the chosen users reserve on nodes.",
                    names.MEMORY_REQUESTS,
                    BYTES,
                ),
            ],
        ),
        Row(
            3,
            [
                _total("CPU in use", "Cores in use in the last minute.", names.CPU_USAGE, CORES.rounded(1)),
                _total(
                    "CPU requests",
                    "Cores that the pods of the chosen users reserve on nodes.",
                    names.CPU_REQUESTS,
                    CORES.rounded(1),
                ),
                _total(
                    "GPUs",
                    "GPUs that the servers of the chosen users hold, busy or idle.",
                    names.GPU_REQUESTS,
                    NUMBER,
                ),
                _total("Homes", "Size of the home directories of the chosen users.", names.HOME, BYTES),
                usage_since(),
            ],
            widths=[5, 5, 5, 5, 4],
        ),
        Row(
            11,
            [
                table(
                    "Users",
                    "Chosen users with a server at the end of the time range, whole whatever the shares of their "
                    "groups. Last are the hub's own pods, which no user has. Click a user to "
                    "show only that user.",
                    [
                        USER,
                        hub(100),
                        Column("Servers", _by_user(names.SERVERS), width=80),
                        Column("Memory in use", _by_user(names.MEMORY_WORKING_SET), BYTES, gauge=True),
                        Column("Memory requested", _by_user(names.MEMORY_REQUESTS), BYTES, gauge=True),
                        Column("Memory limit", _by_user(names.MEMORY_LIMITS), BYTES, width=90),
                        Column("CPU in use", _by_user(names.CPU_USAGE), CORES.rounded(2), gauge=True),
                        Column("CPU requested", _by_user(names.CPU_REQUESTS), CORES.rounded(2), width=100),
                        Column("CPU limit", _by_user(names.CPU_LIMITS), CORES.rounded(1), width=100),
                        Column("GPUs", _by_user(names.GPU_REQUESTS), width=70),
                    ],
                    rank_by="Memory requested",
                    last="username",
                    empty=NO_USERS,
                )
            ],
        ),
    ]


def _sessions() -> list[Row]:
    def hours(resource: str, unit: str = "1") -> Query:
        return query("users/hours", bucket=names.BUCKETS[resource], unit=unit, rows="100")

    return [
        Row(
            12,
            [
                timeline(
                    "Sessions",
                    "Times with a server of the users with the most server-hours in the time range, at most 25 users. "
                    "Another colour means two or more servers at once. From the servers recorded each minute.",
                    query("users/top_over_time", BY_USER, of_users=of_users(names.SERVERS, known=True), limit="25"),
                    states=[("one server", BLUE), ("two servers", PURPLE), ("three or more", ORANGE)],
                    empty=NO_USERS,
                ),
                table(
                    "Hours in the time range",
                    "Running hours of each user's servers in the time range, and memory, CPU and GPUs requested times "
                    "hours. Sums of 5-minute buckets.",
                    [
                        USER,
                        hub(100),
                        Column("Server-hours", hours(names.SERVERS), COUNT.rounded(1), gauge=True),
                        Column("GiB-hours", hours(names.MEMORY_REQUESTS, "2^30"), COUNT.rounded(0), width=80),
                        Column("Core-hours", hours(names.CPU_REQUESTS), COUNT.rounded(0), width=80),
                        Column("GPU-hours", hours(names.GPU_REQUESTS), COUNT.rounded(0), width=80),
                    ],
                    sort_by=["Server-hours"],
                    empty=NO_USERS,
                ),
            ],
            widths=[14, 10],
            title="Sessions",
        )
    ]


def _use_requests_limits(title: str, description: str, scale: Scale, *, used: str, requested: str, limit: str) -> Panel:
    return timeseries(
        title,
        description,
        query("users/total_over_time", "in use", of_users=of_users(used)),
        query("users/total_over_time", "requested", of_users=of_users(requested)),
        query("users/total_over_time", "limit", of_users=of_users(limit)),
        scale=scale,
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
                _use_requests_limits(
                    "Memory of the chosen users together",
                    "Memory in use, requests (they fill nodes) and limits (above them containers are killed), summed "
                    "over all chosen users. Choose one user to see whether the size of the server fits the work.",
                    BYTES,
                    used=names.MEMORY_WORKING_SET,
                    requested=names.MEMORY_REQUESTS,
                    limit=names.MEMORY_LIMITS,
                ),
                _top_users("Memory in use by user", "Working set by user", names.MEMORY_WORKING_SET, BYTES),
                _top_users(
                    "Memory requested by user", "Memory reserved on nodes by user", names.MEMORY_REQUESTS, BYTES
                ),
            ],
            title="Memory",
        )
    ]


def _cpu() -> list[Row]:
    return [
        Row(
            10,
            [
                _use_requests_limits(
                    "CPU of the chosen users together",
                    "Cores in use, requests and limits, summed over all chosen users. Usage above the requests is "
                    "borrowed from other pods, and slows down when those need it.",
                    CORES,
                    used=names.CPU_USAGE,
                    requested=names.CPU_REQUESTS,
                    limit=names.CPU_LIMITS,
                ),
                _top_users("CPU in use by user", "Cores in use by user", names.CPU_USAGE, CORES),
                _top_users("GPUs by user", "GPUs that the users' pods hold", names.GPU_REQUESTS, NUMBER, empty=NO_GPU),
            ],
            title="CPU and GPUs",
        )
    ]


def _homes_and_groups() -> list[Row]:
    def homes(measure: str) -> Query:
        return query("shared/homes_by_user", of_users=of_users(measure), rows="100", **HOMES)

    return [
        Row(
            10,
            [
                _top_users(
                    "Homes",
                    "Size by user; directories in both spellings of a username add up",
                    names.HOME,
                    BYTES,
                    empty=NO_SIZES,
                ),
                table(
                    "Home directories against their limits",
                    "The 100 largest home directories of the chosen users at the end of the time range, and how much "
                    "of their limit they fill. Without a limit: the storage reports none.",
                    [
                        USER,
                        hub(100),
                        Column("Size", homes(names.HOME), BYTES, width=100),
                        Column("Limit", homes(names.HOME_LIMIT), BYTES, width=100),
                        Column(
                            "Full",
                            query("users/homes_full_ratio", rows="100", **HOMES_AND_LIMITS),
                            PERCENT.up_to(1).colored(FULLNESS),
                            gauge=True,
                        ),
                    ],
                    sort_by=["Full"],
                ),
                table(
                    "Groups",
                    "Current groups of the chosen users, and the share of each. Users without a group are in none. At "
                    "most 500 rows.",
                    [USER, hub(100), GROUP, Column("Share", query("users/groups", rows="500"), PERCENT, width=80)],
                    sort_by=["User"],
                    descending=False,
                ),
            ],
            title="Home directories and groups",
        )
    ]
