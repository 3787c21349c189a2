"""Users: the usage, requests, sessions, home directories and groups of one or several users."""

from hubmeter_generator.dashboards.shared import (
    GROUP,
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
    total_of_users,
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
ACTIVE = "200"  # users of whom the largest of a resource are found: those with the most server-hours
ROWS = "25"  # of tables of users, and of the timeline


def most_read(resource: str) -> str:
    """Return the query for the active users with the most of a resource in the time range, read 48 times."""
    of = {"of_users": of_users(resource, known=True, only="$active"), "rows": LINES_SHOWN}
    return render.part("parts/usage/most_read.promql", of)


def _most_hours(rows: str, only: str = "") -> str:
    of = {"only": f', username=~"{only}"' if only else "", "rows": rows}
    return render.part("parts/usage/most_server_hours.promql", of)


def _last_hour_without_server(of: str, time: str, only: str = "") -> str:
    return render.part("parts/usage/last_hour_without_server.promql", {"of": of, "time": time, "only": only})


_SERVERS_NOW = at_now(of_users(names.SERVERS, known=True))
_LAST_DAY = _last_hour_without_server(_SERVERS_NOW, "1d")
_ALL_DAY = f"{_SERVERS_NOW}\nunless on (%(cluster)snamespace, username)\n{_LAST_DAY}"

# Hidden variables with the users whose series panels read.
_LONG_RUNNING = variables.most("long_running", "With a server all day", _ALL_DAY)
_ACTIVE = variables.most("active", "Active", _most_hours(ACTIVE))
_MOST_HOURS = variables.most("most_hours", "Most server-hours", _most_hours(ROWS, "$active"))
_LARGEST_HOMES = variables.most(
    "largest_homes", "Largest homes", f"topk({ROWS}, {at_now(of_users(names.HOME, known=True))})"
)
_MOST = {
    resource: variables.most(name, label, most_read(resource))
    for resource, name, label in (
        (names.MEMORY_WORKING_SET, "most_memory", "Most memory in use"),
        (names.MEMORY_REQUESTS, "most_memory_requested", "Most memory requested"),
        (names.CPU_USAGE, "most_cpu", "Most CPU in use"),
        (names.GPU_REQUESTS, "most_gpu", "Most GPUs"),
    )
}
_MOST_VARIABLES = (_MOST_HOURS, *_MOST.values(), _LARGEST_HOMES)
_ONLY_MOST_HOURS = ', username=~"$most_hours"'
# On a site with few users all of them are those with the most server-hours, also if no reading has seen their servers.
_SHOWN = {
    names.SERVERS: "$most_hours",
    names.HOME: "$largest_homes",
    **{resource: f"${variable.name}|$most_hours" for resource, variable in _MOST.items()},
}


def build() -> Json:
    """Return the Users dashboard."""
    return board.dashboard(
        "users",
        "Users",
        "One or several users: usage, requests and limits of their servers, sessions, home directories and groups.",
        [
            variables.hub(),
            variables.group(),
            variables.user(),
            variables.every(),
            *(_ACTIVE, _MOST_HOURS, *_MOST.values(), _LONG_RUNNING, _LARGEST_HOMES),
        ],
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
    return stat(title, description, query("users/total", total=total_of_users(resource)), scale=scale)


def _by_user(resource: str, *, known: bool = False) -> Query:
    return query("users/by_user", of_users=of_users(resource, known=known))


def _top_over_time(resource: str, limit: str) -> Query:
    shown = of_users(resource, known=True, only=_SHOWN[resource])
    return query("users/top_over_time", BY_USER, of_users=shown, limit=limit)


def _top_users(title: str, description: str, resource: str, scale: Scale, empty: str | Missing = NO_DATA) -> Panel:
    of = "" if resource == names.HOME else f", of the {ACTIVE} users with the most server-hours"
    return timeseries(
        title,
        f"{description}: the {LINES_SHOWN} users with the most in the time range{of}.",
        _top_over_time(resource, LINES_SHOWN),
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
    shown = _most_hours(ROWS, "$most_hours")
    sessions = render.part("parts/usage/sessions.promql", {"only": _ONLY_MOST_HOURS})

    def hours(resource: str, unit: str = "1") -> Query:
        return query("users/hours", bucket=names.BUCKETS[resource], unit=unit, shown=shown)

    return [
        Row(
            12,
            [
                timeline(
                    "Sessions",
                    f"Times with a server of the {ROWS} users with the most server-hours in the time range. "
                    "Another colour means two or more servers at once. From the servers recorded each minute.",
                    _top_over_time(names.SERVERS, ROWS),
                    states=[("one server", BLUE), ("two servers", PURPLE), ("three or more", ORANGE)],
                    empty=NO_USERS,
                ),
                table(
                    "Hours in the time range",
                    f"The {ROWS} users with the most server-hours in the time range: running hours of all their "
                    "servers, the number of sessions, the mean length of their part in the time range, and memory, CPU "
                    "and GPUs requested times hours. Sums of 5-minute buckets. A session is a server from its start to "
                    "its end.",
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


def _longest_running() -> Query:
    long_running = "$long_running"
    servers = at_now(of_users(names.SERVERS, known=True, only=long_running))
    last_month = _last_hour_without_server(servers, "30d", f', username=~"{long_running}"')
    return query("users/longest_running", rows=ROWS, now=_SERVERS_NOW, last_day=_LAST_DAY, last_month=last_month)


def _limits_and_costs() -> list[Row]:
    return [
        Row(
            9,
            [
                table(
                    "Oldest servers",
                    f"The {ROWS} chosen users with a server at the end of the time range who have had one for the "
                    "longest time, named servers included: since the last full hour without a server, at most 30 days. "
                    "An old server without CPU in use may be forgotten.",
                    [
                        USER,
                        hub(90),
                        Column(
                            "With a server for",
                            _longest_running(),
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
        query("users/total_over_time", "in use", total=total_of_users(used)),
        query("users/total_over_time", "requested", total=total_of_users(requested)),
        query("users/total_over_time", "limit", total=total_of_users(limit)),
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
    def of_largest(measure: str) -> str:
        return of_users(measure, known=True, only=_SHOWN[names.HOME])

    sizes, limits = of_largest(names.HOME), of_largest(names.HOME_LIMIT)

    def homes(measure: str) -> Query:
        return query("shared/homes_by_user", of_users=of_largest(measure), rows=ROWS, sizes=sizes)

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
                    f"The {ROWS} largest home directories of the chosen users at the end of the time range, and how "
                    "much of their limit they fill. Without a limit: the storage reports none.",
                    [
                        USER,
                        hub(75),
                        Column("Size", homes(names.HOME), BYTES, width=80),
                        Column("Limit", homes(names.HOME_LIMIT), BYTES, width=80),
                        Column(
                            "Full",
                            query("users/homes_full_ratio", rows=ROWS, sizes=sizes, limits=limits),
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
