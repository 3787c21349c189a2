"""Quotas: users near a limit, policies, decisions of the hubs, and the effect of limits that could be set."""

from dataclasses import dataclass

from hubmeter_generator.dashboards.shared import GROUP, QUOTA_USED, USER, hub
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import GROUP_SERIES, USER_SERIES, Missing
from hubmeter_generator.grafana.panels import (
    BARS,
    BY_GROUP,
    BY_HUB,
    BY_USER,
    LINES,
    Panel,
    fixed_color,
    fixed_color_of,
    query,
    stat,
    text,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import (
    COUNT,
    GOOD_WHEN_ZERO,
    GREEN,
    ORANGE,
    PLAIN,
    PURPLE,
    RED,
    SECONDS,
    YELLOW,
    Json,
    Scale,
    names_of_values,
    thresholds,
)
from hubmeter_promql import names, render

STOPPED = thresholds((None, GREEN), (1, ORANGE))
DECISION_TIME = SECONDS.colored(thresholds((None, GREEN), (0.1, YELLOW), (1, RED)))
BY_LIMIT = "{{username}} · {{resource}} {{window}} · " + BY_HUB
HIGHEST_AND_LAST = LINES.with_legend("max", "lastNotNull")
USERS_SHOWN = "5"  # in a chart of usage and limits, which has two lines for each
NO_LIMIT = Missing("no user has a limit", "quotas-grafana.md")
NO_HUB_METRICS = Missing("no metrics of a hub with quotas are scraped", "prerequisites.md#hub-metrics")

RESOURCE = Column(
    "Resource",
    "resource",
    width=155,
    mappings=names_of_values(
        "none", memory="memory (GiB-hours)", cpu="CPU (core-hours)", gpu="GPUs (GPU-hours)", cost="cost (USD)"
    ),
)
CHOOSE = """\
Read the percentiles, enter a limit in the field at the top, and see how many users it would have stopped. \
A user counts with the highest usage in any rolling window in the time range: choose a typical range, a few windows \
long. Users without usage do not count. This works without any quota in force.\
"""


@dataclass(frozen=True)
class Resource:
    """A resource of quotas.

    Attributes:
        name: Its name in policies.
        title: Its name in titles.
        unit: The unit of its amounts.
        factor: Base units in that unit.
        limit_variable: The dashboard's variable with the limit to try.
    """

    name: str
    title: str
    unit: str
    factor: str
    limit_variable: str

    @property
    def highest(self) -> str:
        """The query for each user's highest usage in any rolling window of the time range."""
        series = names.day(names.user(names.QUOTA_RESOURCES[self.name]))
        return render.part("parts/usage/highest_window.promql", {"series": series})

    @property
    def bound(self) -> str:
        """The limit to try, in base units."""
        return f"${self.limit_variable} * {self.factor}"


RESOURCES = (
    Resource("memory", "Memory", "GiB-hours", "2^30", "memory_limit"),
    Resource("cpu", "CPU", "core-hours", "1", "cpu_limit"),
    Resource("gpu", "GPUs", "GPU-hours", "1", "gpu_limit"),
    Resource("cost", "Cost", "USD", "1", "cost_limit"),
)


def build() -> Json:
    """Return the Quotas dashboard."""
    return board.dashboard(
        "quotas",
        "Quotas",
        "Users near a limit, the policies in force, the decisions of the hubs, and how many users a limit would stop.",
        [
            variables.hub(),
            variables.group(),
            variables.user(),
            variables.choice("window", "Window", "%(windows)s", "7d"),
            variables.textbox("memory_limit", "Try: GiB-hours", "100"),
            variables.textbox("cpu_limit", "Try: core-hours", "50"),
            variables.textbox("gpu_limit", "Try: GPU-hours", "10"),
            variables.textbox("cost_limit", "Try: USD", "20"),
        ],
        [*_overview(), *_near(), *_usage(), *_policies(), *_decisions(), *_choose()],
        period=("now-7d", "now"),
    )


def _users(part: str, title: str, description: str, steps: Json) -> Panel:
    return stat(
        title,
        f"{description} Each chosen user of the chosen groups counts once, however many limits it is.",
        query("quotas/chosen_users", part=part),
        scale=COUNT.rounded(0).colored(steps),
    )


def _decisions_total(title: str, description: str, outcome: str, steps: Json) -> Panel:
    return stat(
        title,
        description,
        query("quotas/decisions_total", outcome=outcome),
        scale=COUNT.rounded(0).colored(steps),
    )


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                _users("0", "Users with a limit", "Users with a limit in a recorded window.", PLAIN),
                _users(
                    "0.8",
                    "At 80 %% or more",
                    "Users who have used 80 %% or more of a limit.",
                    thresholds((None, GREEN), (1, YELLOW)),
                ),
                _users(
                    "0.9",
                    "At 90 %% or more",
                    "Users who have used 90 %% or more of a limit.",
                    thresholds((None, GREEN), (1, ORANGE)),
                ),
                _users(
                    "1",
                    "Used up",
                    "Users who have used up a limit. Their servers no longer start; running servers continue.",
                    thresholds((None, GREEN), (1, RED)),
                ),
            ],
        ),
    ]


def _near() -> list[Row]:
    def limits(title: str, description: str, bound: str, empty: str | Missing, *more: Column) -> Panel:
        def nearest(name: str, measured: str) -> Column:
            source = query("quotas/nearest", measured=measured, memory_unit="2^30", rows="100", bound=bound)
            return Column(name, source, COUNT.rounded(1), width=70)

        used = query("quotas/nearest", measured="used:ratio", memory_unit="1", rows="100", bound=bound)
        return table(
            title,
            description,
            [
                USER,
                hub(65),
                RESOURCE,
                Column("Window", "window", width=65),
                Column("Used", used, QUOTA_USED.up_to(1), gauge=True),
                nearest("Amount used", "used:sum"),
                nearest("Limit", "limit:merged"),
                *more,
            ],
            sort_by=["Used"],
            empty=empty,
        )

    return [
        Row(
            12,
            [
                limits(
                    "Users near a limit",
                    "The 100 limits of the chosen users nearest to being used up, but not yet used up, at the end of "
                    "the time range; a user may have several. At 100 %% servers no longer start. *Used up in* is "
                    "a forecast at the pace of the last days, for windows of a week or more. Click a user for details.",
                    "< 1",
                    NO_LIMIT,
                    Column("Used up in", query("quotas/forecast", rows="100"), SECONDS.rounded(0), width=85),
                ),
                limits(
                    "Limits that are used up",
                    "The 100 limits of the chosen users of which 100 %% or more is used: servers no longer start, "
                    "running servers continue.",
                    ">= 1",
                    "none",
                ),
            ],
            title="Users near a limit",
        ),
        Row(
            9,
            [
                timeseries(
                    "Limits nearest to being used up",
                    "Part used of the 10 limits of the chosen users that are nearest to being used up, but not yet "
                    "used up, at the end of the time range. It falls when old usage leaves the rolling window.",
                    query("quotas/nearest_over_time", BY_LIMIT, limit="10"),
                    scale=QUOTA_USED,
                    style=HIGHEST_AND_LAST,
                    link=USER_SERIES,
                    empty=NO_LIMIT,
                ),
                timeseries(
                    "Users near a limit over time, all groups",
                    "Users who used that part or more of at least one limit, all chosen hubs and all groups together. "
                    "Each user counts once.",
                    query("quotas/users", "80 %%", threshold="80"),
                    query("quotas/users", "90 %%", threshold="90"),
                    query("quotas/users", "used up", threshold="100"),
                    scale=COUNT.rounded(0),
                    style=HIGHEST_AND_LAST,
                    overrides=[fixed_color("80 %%", YELLOW), fixed_color("90 %%", ORANGE), fixed_color("used up", RED)],
                ),
                timeseries(
                    "Users at 90 %% or more, by group",
                    "Users of each group who used 90 %% or more of at least one limit. A user of several groups counts "
                    "in each; none are users without a group.",
                    query("quotas/users_by_group", BY_GROUP, threshold="90"),
                    scale=COUNT.rounded(0),
                    style=HIGHEST_AND_LAST,
                    link=GROUP_SERIES,
                    empty=NO_LIMIT,
                ),
            ],
        ),
    ]


def _usage() -> list[Row]:
    dashed = {
        "matcher": {"id": "byRegexp", "options": "^limit · .*"},
        "properties": [
            {"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [8, 6]}},
            {"id": "custom.lineWidth", "value": 1},
        ],
    }

    def chart(resource: Resource) -> Panel:
        parameters = {"resource": resource.name, "unit": resource.factor, "limit": USERS_SHOWN}
        return timeseries(
            f"{resource.title}, $window ({resource.unit})",
            f"Requests (or cost) in the rolling window before each point and, dashed, the limit, in {resource.unit}: "
            f"the {USERS_SHOWN} of the chosen users who are nearest to their limit at the end of the time range. "
            "Choose a user at the top to show only that user.",
            query("quotas/over_time", BY_USER, measured="used:sum", **parameters),
            query("quotas/over_time", f"limit · {BY_USER}", measured="limit:merged", **parameters),
            scale=COUNT.rounded(1),
            style=HIGHEST_AND_LAST,
            link=USER_SERIES,
            overrides=[dashed],
            empty="no user has such a limit in this window",
        )

    return [Row(11, [chart(resource) for resource in RESOURCES], title="Usage against limits")]


def _policies() -> list[Row]:
    return [
        Row(
            9,
            [
                table(
                    "Policies in force",
                    "Policies that the hubs expose at the end of the time range. Users: the number of users "
                    "that a policy applies to. Fallback policies apply to users without any other policy. If several "
                    "policies of one resource and window apply to a user, the smallest, the largest or their sum "
                    "counts, as the hub is configured.",
                    [
                        hub(140),
                        Column("For", "scope", width=110),
                        Column("Group", "usergroup"),
                        Column("User", "username"),
                        RESOURCE,
                        Column("Window", "window", width=90),
                        Column("Limit", query("quotas/policies"), COUNT.rounded(1), width=130),
                        Column("Users", query("quotas/policy_users"), COUNT.rounded(0), width=110),
                    ],
                    sort_by=["Hub", "For"],
                    descending=False,
                    empty=NO_HUB_METRICS,
                ),
            ],
            title="Policies of the chosen hubs, all groups",
        ),
    ]


def _decisions() -> list[Row]:
    colors = {"allowed": GREEN, "denied": ORANGE, "failed_open": RED, "failed_closed": PURPLE}
    return [
        Row(
            4,
            [
                _decisions_total(
                    "Starts denied",
                    "Server starts that quotas denied in the time range. A user who tries again counts again.",
                    "denied",
                    PLAIN,
                ),
                _decisions_total(
                    "Started unchecked",
                    "Server starts in the time range that were allowed without current usage, because Prometheus gave "
                    "no recent answer (failover_open is true).",
                    "failed_open",
                    GOOD_WHEN_ZERO,
                ),
                _decisions_total(
                    "Refused unchecked",
                    "Server starts in the time range that were refused without current usage (failover_open is false).",
                    "failed_closed",
                    GOOD_WHEN_ZERO,
                ),
                stat(
                    "Decision time, p99",
                    "99th percentile of the duration of decisions in the time range, on the slowest of the chosen "
                    "hubs. Server starts take that much longer.",
                    query("quotas/latency_worst", quantile="0.99"),
                    scale=DECISION_TIME,
                    empty="no decision",
                ),
            ],
            title="Decisions of the chosen hubs, all groups",
        ),
        Row(
            9,
            [
                timeseries(
                    "Decisions by outcome",
                    "Server starts in each step of the chart: allowed, denied by a quota, or decided without current "
                    "usage (failed_open: started, failed_closed: refused).",
                    query("quotas/decisions_by_outcome", "{{outcome}} · " + BY_HUB),
                    scale=COUNT.rounded(0),
                    style=BARS,
                    overrides=[fixed_color_of(f"^{outcome} .*", color) for outcome, color in colors.items()],
                    empty=NO_HUB_METRICS,
                ),
                timeseries(
                    "Decision time",
                    "Median and 99th percentile of the duration of decisions in the hour before each point. From a "
                    "histogram, so only as exact as its buckets.",
                    query("quotas/latency_by_hub", "p50 · " + BY_HUB, quantile="0.5", range="1h"),
                    query("quotas/latency_by_hub", "p99 · " + BY_HUB, quantile="0.99", range="1h"),
                    scale=SECONDS,
                    style=LINES.with_legend("mean", "max"),
                    empty="no decision in this time range",
                ),
                timeseries(
                    "Failures by reason",
                    "Prometheus queries of the hubs that failed or gave no usable answer, in each step of the chart. "
                    "The runbook of HubmeterQuotaUnchecked says what to do for each reason.",
                    query("quotas/failures_by_reason", "{{reason}} · " + BY_HUB),
                    scale=COUNT.rounded(0),
                    style=BARS,
                    empty="none",
                ),
            ],
        ),
    ]


def _choose() -> list[Row]:
    return [
        Row(2, [text(CHOOSE)], title="Choose a limit", collapsed=True),
        *(Row(8, [_stopped(resource), _percentiles(resource)], widths=[5, 19]) for resource in RESOURCES),
    ]


def _stopped(resource: Resource) -> Panel:
    limit = f"${resource.limit_variable} {resource.unit}"
    return stat(
        f"Stopped by {limit}",
        f"Users of the chosen groups who used {limit} or more in any $window of whole UTC days in the time range: such "
        "a limit would have stopped their server starts at that time.",
        query("quotas/past_stopped", highest=resource.highest, bound=resource.bound),
        scale=Scale("suffix: users").rounded(0).colored(STOPPED),
    )


def _percentiles(resource: Resource) -> Panel:
    quantiles = {"Median": "0.5", "75 %%": "0.75", "90 %%": "0.9", "95 %%": "0.95", "99 %%": "0.99", "Highest": "1"}

    def quantile(name: str, value: str) -> Column:
        source = query("quotas/past_quantile", highest=resource.highest, quantile=value, unit=resource.factor)
        return Column(name, source, COUNT.rounded(1))

    def users(name: str, bound: str, scale: Scale) -> Column:
        return Column(name, query("quotas/past_users", highest=resource.highest, bound=bound), scale)

    return table(
        f"{resource.title}: highest usage in any $window ({resource.unit})",
        f"Percentiles, over the users of each group, of a user's highest usage in any $window of whole UTC days in the "
        f"time range, in {resource.unit}; and the number of users whom a limit of ${resource.limit_variable} "
        f"{resource.unit} would have stopped. A user of several groups counts in each.",
        [
            GROUP,
            hub(),
            users("Users", "0", COUNT.rounded(0)),
            *(quantile(name, value) for name, value in quantiles.items()),
            users("Stopped", resource.bound, COUNT.colored(STOPPED)),
        ],
        sort_by=["Highest"],
        empty="no usage in this time range",
    )
