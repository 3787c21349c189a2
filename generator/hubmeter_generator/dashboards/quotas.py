"""Quotas: who is near a limit, what limits there are, how the hubs decide, and which limit would stop whom."""

from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import (
    BY_GROUP,
    BY_HUB,
    BY_USER,
    GROUP_CELL,
    GROUP_SERIES,
    USER_CELL,
    USER_SERIES,
    Row,
)
from hubmeter_generator.grafana.panels import (
    BLUE,
    COUNT,
    GOOD_WHEN_ZERO,
    GREEN,
    ORANGE,
    PLAIN,
    RED,
    YELLOW,
    Json,
    Panel,
    fixed_color,
    query,
    stat,
    text,
    thresholds,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

# At 1 servers no longer start.
USED = thresholds((None, GREEN), (0.8, YELLOW), (0.9, ORANGE), (1, RED))
BY_LIMIT = "{{username}} · {{resource}} {{window}} · " + BY_HUB
STOPPED = thresholds((None, GREEN), (1, ORANGE))
SECONDS = thresholds((None, GREEN), (0.1, YELLOW), (1, RED))
SHOWN = "5"  # users in a chart of use and limits; each has two lines

NATURAL = "Memory counts in GiB-hours, cpu in core-hours, gpu in GPU-hours, cost in USD."
CHOOSE = """\
Read the percentiles, write a limit into the field at the top, and see how many users it would have stopped. \
What counts is the most that a user used in any rolling window within the time range: choose a range that is typical, \
a few windows long. Users who used nothing are not in it. It works without any quota in force.\
"""

# Of each resource: its title, its unit, how many base units that is, and the variable of the limit to try.
_RESOURCES = {
    "memory": ("Memory", "GiB-hours", "2^30", "memory_limit"),
    "cpu": ("CPU", "core-hours", "1", "cpu_limit"),
    "gpu": ("GPUs", "GPU-hours", "1", "gpu_limit"),
    "cost": ("Cost", "USD", "1", "cost_limit"),
}


def build() -> Json:
    """Return the Quotas dashboard."""
    return board.dashboard(
        "quotas",
        "Quotas",
        "Who is near a limit, the policies in force, how the hubs decide, and which limit would stop how many.",
        [
            board.hub_variable(),
            board.group_variable(),
            board.user_variable(),
            board.choice_variable("window", "Window", "%(windows)s", "7d"),
            board.text_variable("memory_limit", "Try: GiB-hours", "100"),
            board.text_variable("cpu_limit", "Try: core-hours", "50"),
            board.text_variable("gpu_limit", "Try: GPU-hours", "10"),
            board.text_variable("cost_limit", "Try: USD", "20"),
        ],
        [*_overview(), *_close(), *_use(), *_policies(), *_decisions(), *_choose()],
        period=("now-7d", "now"),
    )


def _at(threshold: str, title: str, description: str, color: str) -> Panel:
    return stat(
        title, description, query("quotas/users", threshold=threshold),
        unit=COUNT, decimals=0, steps=thresholds((None, GREEN), (1, color)) if color != BLUE else PLAIN,
    )  # fmt: skip


def _overview() -> list[Row]:
    once = "Each user counts once, however many limits it is; all groups of the chosen hubs."
    return [
        Row(
            4,
            [
                _at("0", "Users with a limit", f"Users whom a policy limits in a recorded window. {once}", BLUE),
                _at("80", "At 80 %% and more", f"Users who have used 80 %% or more of a limit. {once}", YELLOW),
                _at("90", "At 90 %% and more", f"Users who have used 90 %% or more of a limit. {once}", ORANGE),
                _at(
                    "100", "Used up",
                    "Users who have used up one of their limits, whose servers no longer start. Servers that run go "
                    f"on. {once}",
                    RED,
                ),
                stat(
                    "Starts denied",
                    "Server starts that quotas denied in the time range. A user who tries again counts again.",
                    query("quotas/decisions_total", outcome="denied"), unit=COUNT, decimals=0,
                ),
                stat(
                    "Started unchecked",
                    "Server starts in the time range that were allowed without knowing what was used, because "
                    "Prometheus gave no answer that is new enough (failover_open is true).",
                    query("quotas/decisions_total", outcome="failed_open"),
                    unit=COUNT, decimals=0, steps=GOOD_WHEN_ZERO,
                ),
                stat(
                    "Refused unchecked",
                    "Server starts in the time range that were refused without knowing what was used (failover_open "
                    "is false).",
                    query("quotas/decisions_total", outcome="failed_closed"), unit=COUNT, decimals=0,
                    steps=GOOD_WHEN_ZERO,
                ),
                stat(
                    "Decision time, p99",
                    "99 of 100 decisions in the time range took less, at the slowest of the chosen hubs. A user "
                    "waits as much longer.",
                    query("quotas/latency_worst", quantile="0.99"), unit="s", steps=SECONDS, empty="no decision",
                ),
            ],
        ),
    ]  # fmt: skip


def _close() -> list[Row]:
    def nearest(what: str, memory_unit: str = "2^30") -> Column:
        name = {"used:ratio": "Used", "used:sum": "Amount used", "limit:merged": "Limit"}[what]
        q = query("quotas/nearest", what=what, memory_unit=memory_unit, rows="100")
        if what == "used:ratio":
            return Column(name, q, "percentunit", gauge=True, steps=USED, maximum=1, decimals=0)
        return Column(name, q, COUNT, decimals=1, width=110)

    return [
        Row(
            12,
            [
                table(
                    "Who is close",
                    "The 100 limits of the chosen users that are nearest to being used up at the end of the time "
                    f"range; a user may have several. {NATURAL} At 100 %% servers no longer start. Click a user for "
                    "everything about them.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Hub", "namespace", width=100),
                        Column("Resource", "resource", width=95),
                        Column("Window", "window", width=85),
                        nearest("used:ratio", "1"),
                        nearest("used:sum"),
                        nearest("limit:merged"),
                    ],
                    sort_by=["Used"], empty="nobody has a limit",
                ),
                timeseries(
                    "Nearest to their limits",
                    "The part used of the 10 limits of the chosen users that are nearest to being used up at the end "
                    "of the time range. It falls when old use leaves the rolling window.",
                    query("quotas/nearest_over_time", BY_LIMIT, limit="10"),
                    unit="percentunit", steps=USED, decimals=0, link=USER_SERIES, empty="nobody has a limit",
                    legend=("max", "lastNotNull"),
                ),
            ],
            widths=[13, 11],
            title="Who is close to a limit",
        ),
        Row(
            9,
            [
                timeseries(
                    "Users near their limits",
                    "Users who used so much of at least one limit, all chosen hubs and all groups together. Each "
                    "counts once.",
                    query("quotas/users", "80 %%", threshold="80"),
                    query("quotas/users", "90 %%", threshold="90"),
                    query("quotas/users", "used up", threshold="100"),
                    unit=COUNT, decimals=0, legend=("max", "lastNotNull"),
                    overrides=[fixed_color("80 %%", YELLOW), fixed_color("90 %%", ORANGE), fixed_color("used up", RED)],
                ),
                timeseries(
                    "Users at 90 %% and more, by group",
                    "Users of each group who used 90 %% or more of at least one limit. A user of several groups "
                    "counts in each; none are users of no group.",
                    query("quotas/users_by_group", BY_GROUP, threshold="90"), unit=COUNT, decimals=0, link=GROUP_SERIES,
                    legend=("max", "lastNotNull"), empty="nobody has a limit",
                ),
            ],
        ),
    ]  # fmt: skip


def _use() -> list[Row]:
    dashed = {
        "matcher": {"id": "byRegexp", "options": "^limit · .*"},
        "properties": [
            {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [8, 6]}},
            {"id": "custom.lineWidth", "value": 1},
        ],
    }

    def chart(resource: str) -> Panel:
        title, unit, factor, _ = _RESOURCES[resource]
        return timeseries(
            f"{title}: use and limit, $window ({unit})",
            f"What users requested (or cost) in the rolling window before each point, and dashed what they may, in "
            f"{unit}: the {SHOWN} of the chosen users who are nearest to their limit at the end of the time range. "
            "Choose a user at the top to see this one only.",
            query("quotas/over_time", BY_USER, what="used:sum", resource=resource, unit=factor, limit=SHOWN),
            query(
                "quotas/over_time", f"limit · {BY_USER}",
                what="limit:merged", resource=resource, unit=factor, limit=SHOWN,
            ),
            unit=COUNT, decimals=1, overrides=[dashed], link=USER_SERIES, legend=("max", "lastNotNull"),
            empty="nobody has such a limit in this window",
        )  # fmt: skip

    return [Row(11, [chart(resource) for resource in _RESOURCES], title="Use against limits")]


def _policies() -> list[Row]:
    return [
        Row(
            9,
            [
                table(
                    "Policies in force",
                    f"What the hubs expose of their configuration at the end of the time range. {NATURAL} Users: how "
                    "many a policy concerns. Fallback policies are for users whom no other one concerns. Several "
                    "policies of a user for one resource and window merge: to the smallest, the largest or the sum, "
                    "as the hub is configured.",
                    [
                        Column("Hub", "namespace", width=140),
                        Column("For", "scope", width=110),
                        Column("Group", "usergroup"),
                        Column("User", "username"),
                        Column("Resource", "resource", width=110),
                        Column("Window", "window", width=90),
                        Column("Limit", query("quotas/policies"), COUNT, decimals=1, width=130),
                        Column("Users", query("quotas/policy_users"), COUNT, decimals=0, width=110),
                    ],
                    sort_by=["Hub", "For"], descending=False, empty="no hub has policies, or none is scraped",
                ),
            ],
            title="Policies",
        ),
    ]  # fmt: skip


def _decisions() -> list[Row]:
    colors = {"allowed": GREEN, "denied": ORANGE, "failed_open": RED, "failed_closed": "purple"}
    outcomes = [
        {
            "matcher": {"id": "byRegexp", "options": f"^{name} .*"},
            "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": color}}],
        }
        for name, color in colors.items()
    ]
    return [
        Row(
            9,
            [
                timeseries(
                    "Decisions by outcome",
                    "Server starts in each step of the chart: allowed, denied by a quota, and decided without "
                    "knowing the use (failed_open: started, failed_closed: refused).",
                    query("quotas/decisions_by_outcome", "{{outcome}} · " + BY_HUB),
                    unit=COUNT, bars=True, stacked=True,
                    decimals=0, legend=("sum",), overrides=outcomes, empty="no hub with quotas is scraped",
                ),
                timeseries(
                    "Decision time",
                    "How long decisions of the hour before each point took: half of them less than p50, 99 of 100 "
                    "less than p99. From a histogram, so exact to its bucket only.",
                    query("quotas/latency_by_hub", "p50 · " + BY_HUB, quantile="0.5", range="1h"),
                    query("quotas/latency_by_hub", "p99 · " + BY_HUB, quantile="0.99", range="1h"),
                    unit="s", empty="no decision in this time range", legend=("mean", "max"),
                ),
                timeseries(
                    "Failures by reason",
                    "Questions to Prometheus without an answer that could be used, in each step of the chart. The "
                    "runbook of HubmeterQuotaUnchecked has what to do for each reason.",
                    query("quotas/failures_by_reason", "{{reason}} · " + BY_HUB), unit=COUNT, bars=True, stacked=True,
                    decimals=0, legend=("sum",), empty="none",
                ),
            ],
            title="Decisions",
        ),
    ]  # fmt: skip


def _choose() -> list[Row]:
    return [
        Row(2, [text(CHOOSE)], title="Choose a limit", collapsed=True),
        *(Row(8, [_stopped(resource), _percentiles(resource)], widths=[5, 19]) for resource in _RESOURCES),
    ]


def _bound(resource: str) -> str:
    _, _, factor, variable = _RESOURCES[resource]
    return f"${variable} * {factor}"


def _stopped(resource: str) -> Panel:
    _, unit, _, variable = _RESOURCES[resource]
    return stat(
        f"Stopped by ${variable} {unit}",
        f"Users of the chosen groups who used ${variable} {unit} or more in any rolling window of $window within the "
        "time range, each once: at that moment a limit of that size would have kept their servers from starting.",
        query("quotas/past_stopped", series=_past(resource), bound=_bound(resource)), unit="suffix: users", decimals=0,
        steps=STOPPED,
    )  # fmt: skip


def _past(resource: str) -> str:
    return names.window(names.user(names.QUOTA_RESOURCES[resource]))


def _percentiles(resource: str) -> Panel:
    title, unit, factor, variable = _RESOURCES[resource]
    past = _past(resource)
    parts = (
        ("Median", "0.5"),
        ("75 %%", "0.75"),
        ("90 %%", "0.9"),
        ("95 %%", "0.95"),
        ("99 %%", "0.99"),
        ("Highest", "1"),
    )
    return table(
        f"{title} used at most in any $window ({unit})",
        "What the users of each group used at most in any rolling window of $window within the time range, in "
        f"{unit}: half of them less than the median, 9 of 10 less than 90 %%, and so on; and how many a limit of "
        f"${variable} {unit} would have stopped. A user of several groups is in each.",
        [
            Column("Group", "usergroup", link=GROUP_CELL),
            Column("Hub", "namespace"),
            Column("Users", query("quotas/past_users", series=past, bound="0"), COUNT, decimals=0),
            *(
                Column(name, query("quotas/past_quantile", series=past, quantile=part, unit=factor), COUNT, decimals=1)
                for name, part in parts
            ),
            Column("Stopped", query("quotas/past_users", series=past, bound=_bound(resource)), COUNT, steps=STOPPED),
        ],
        sort_by=["Highest"], empty="nothing was used in this time range",
    )  # fmt: skip
