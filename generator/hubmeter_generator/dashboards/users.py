"""Users: the usage, requests, sessions, home directories and groups of one or several users."""

from hubmeter_generator.dashboards.shared import (
    GROUP,
    HOMES,
    HOMES_AND_LIMITS,
    MATCH_GROUPS,
    MATCH_HUBS,
    NO_GPU,
    NO_SIZES,
    NO_USERS,
    QUOTA_USED,
    USER,
    cost_by_day,
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
    at_now,
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
    SECONDS,
    TEXT,
    USD,
    Json,
    Scale,
)
from hubmeter_promql import cost_parts, names, render

USERS_COMPONENT_COST = cost_parts.cost_by_component(
    names.pair, f'{MATCH_GROUPS}, username=~"$username"', MATCH_HUBS, at=cost_parts.AT_NOW
)
LINES_SHOWN = "15"  # more lines in a chart cannot be distinguished


def build() -> Json:
    """Return the Users dashboard."""
    return board.dashboard(
        "users",
        "Users",
        "One or several users: usage, requests and limits of their servers, sessions, home directories and groups.",
        [variables.hub(), variables.group(), variables.user()],
        [
            *_overview(),
            *_sessions(),
            *_limits_and_costs(),
            *_memory(),
            *_cpu(),
            *_homes_and_groups(),
            *_sizes(),
        ],
    )


def _total(title: str, description: str, resource: str, scale: Scale) -> Panel:
    return stat(title, description, query("users/total", of_users=of_users(resource)), scale=scale)


def _by_user(resource: str, *, known: bool = False) -> Query:
    return query("users/by_user", of_users=of_users(resource, known=known))


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
    shown = render.part("parts/usage/most_server_hours.promql", {"rows": "100"})
    sessions = render.part("parts/usage/sessions.promql", {})

    def hours(resource: str, unit: str = "1") -> Query:
        return query("users/hours", bucket=names.BUCKETS[resource], unit=unit, shown=shown)

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
                    "Running hours of each user's servers in the time range, the number of sessions, the mean length "
                    "of their part in the time range, and memory, CPU and GPUs requested times hours. Sums of 5-minute "
                    "buckets. A session is a server from its start to its end.",
                    [
                        USER,
                        hub(80),
                        Column("Server-hours", hours(names.SERVERS), COUNT.rounded(1), gauge=True),
                        Column(
                            "Sessions",
                            query("users/sessions", sessions=sessions, shown=shown),
                            COUNT.rounded(0),
                            width=75,
                        ),
                        Column(
                            "Mean length",
                            query("users/session_length", sessions=sessions, shown=shown),
                            SECONDS.rounded(1),
                            width=80,
                        ),
                        Column("GiB-hours", hours(names.MEMORY_REQUESTS, "2^30"), COUNT.rounded(0), width=80),
                        Column("Core-hours", hours(names.CPU_REQUESTS), COUNT.rounded(0), width=80),
                        Column("GPU-hours", hours(names.GPU_REQUESTS), COUNT.rounded(0), width=80),
                    ],
                    sort_by=["Server-hours"],
                    empty=NO_USERS,
                ),
            ],
            widths=[10, 14],
            title="Sessions",
        )
    ]


def _sizes() -> list[Row]:
    shown = render.part("parts/usage/most_requested.promql", {"rows": "50"})
    suggested = render.part("parts/usage/suggested_memory.promql", {})
    spare = render.part("parts/usage/spare_memory.promql", {"requested": shown, "suggested": suggested})

    def in_use(name: str, quantile: str) -> Column:
        return Column(name, query("users/memory_quantile", quantile=quantile, shown=shown), BYTES, width=100)

    return [
        Row(
            12,
            [
                table(
                    "Right size by user",
                    "The 50 users with the most memory requested in the time range: their requests, on average while "
                    "they have a server, against their usage in each minute, all pods of a user together. *Suggested* "
                    "is the peak and a fifth more, rounded up to half a GiB; more than is requested: the user needs a "
                    "larger size. *Could save* is what the requests exceed that size by, times hours, and its price "
                    "at today's price of compute. Choose a time range with typical work.",
                    [
                        USER,
                        hub(100),
                        Column("Requested", query("users/memory_requested", shown=shown), BYTES, width=100),
                        in_use("95 %% of minutes", "0.95"),
                        in_use("Peak", "1"),
                        Column(
                            "Suggested",
                            query("users/suggested_memory", suggested=suggested, shown=shown),
                            BYTES,
                            width=100,
                        ),
                        Column(
                            "Could save (GiB-hours)",
                            query("users/spare_memory", spare=spare, unit="2^30"),
                            COUNT.rounded(0),
                            gauge=True,
                        ),
                        Column("Could save", query("users/spare_memory_cost", spare=spare), USD, width=100),
                    ],
                    sort_by=["Could save (GiB-hours)"],
                    empty=NO_USERS,
                )
            ],
            title="Right size (opens with a query of each minute)",
            collapsed=True,
        )
    ]


def _limits_and_costs() -> list[Row]:
    servers = at_now(of_users(names.SERVERS, known=True))
    return [
        Row(
            9,
            [
                table(
                    "Oldest servers",
                    "The chosen users with a server at the end of the time range, by the time for which they have had "
                    "one, named servers included: since the last full hour without a server, at most 30 days. An old "
                    "server without CPU in use may be forgotten.",
                    [
                        USER,
                        hub(90),
                        Column(
                            "With a server for",
                            query("users/longest_running", rows="500", now=servers),
                            SECONDS.rounded(1),
                            gauge=True,
                        ),
                        Column("CPU in use", _by_user(names.CPU_USAGE, known=True), CORES.rounded(2), width=100),
                        Column("Memory requested", _by_user(names.MEMORY_REQUESTS, known=True), BYTES, width=100),
                    ],
                    sort_by=["With a server for"],
                    empty=NO_USERS,
                ),
                table(
                    "Limits",
                    "Part of each quota that the chosen users have used at the end of the time range: the 100 highest. "
                    "At 100 %% servers no longer start. The dashboard Quotas has the amounts and a forecast.",
                    [
                        USER,
                        hub(90),
                        Column("Resource", "resource", width=85),
                        Column("Window", "window", width=80),
                        Column("Used", query("users/limits", rows="100"), QUOTA_USED.up_to(1), gauge=True),
                    ],
                    sort_by=["Used"],
                    empty=Missing("no user has a limit", "quotas-grafana.md"),
                ),
            ],
            title="Oldest servers, limits and costs",
        ),
        Row(
            8,
            [
                cost_by_day(
                    "Cost by day and component",
                    "Cost of the chosen users on each whole UTC day, by component of the bill, by the shares of the "
                    "chosen groups; a day comes when it is over. Choose 7 days or more.",
                    query("users/cost_by_day_and_component", "{{component}}", of_day=USERS_COMPONENT_COST),
                    empty=Missing("no whole UTC day in this time range, or no price is known yet", "costs.md"),
                ),
            ],
        ),
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
                        hub(75),
                        Column("Size", homes(names.HOME), BYTES, width=80),
                        Column("Limit", homes(names.HOME_LIMIT), BYTES, width=80),
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
                    [USER, hub(75), GROUP, Column("Share", query("users/groups", rows="500"), PERCENT, width=80)],
                    sort_by=["User"],
                    descending=False,
                ),
            ],
            widths=[7, 9, 8],
            title="Home directories and groups",
        )
    ]
