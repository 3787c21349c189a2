"""Costs: the bill, the costs of users and groups in it, unallocated costs, this month, a forecast, and budgets."""

from dataclasses import replace

from hubmeter_generator.dashboards.shared import (
    COMPONENT_COST,
    GROUP,
    GROUP_COST,
    MATCH_GROUPS,
    MATCH_HUBS,
    NO_PRICE,
    NO_USAGE,
    USER,
    USER_COST,
    amount,
    cost_by_day,
    group_cost_by_day,
    hub,
    usage_since,
)
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import Missing, link
from hubmeter_generator.grafana.panels import BY_GROUP, BY_HUB, Panel, bars, query, stat, text
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import GREEN, PERCENT, RED, SECONDS, USD, YELLOW, Json, thresholds
from hubmeter_promql import cost_parts, names

NO_BILL = Missing("no bill of these days", "costs.md")
NO_COSTS = Missing("no cost exporter is scraped", "costs.md")
_LAST = "now-1M/M"
NO_LAST_MONTH = "no last month"
NOT_RECORDED = "not recorded yet"

_ATTRIBUTABLE = f'{MATCH_HUBS}, kind="attributable", '
_COMPUTE = f'{MATCH_GROUPS}, driver="compute"'
_COMPUTE_COST = cost_parts.cost_by_component(names.group, _COMPUTE, MATCH_HUBS, cost_parts.AT_NOW)
_COMPUTE_USAGE = f"last_over_time({cost_parts.usage(names.group, _COMPUTE)}[1d] offset -2d)"
_LAST_MONTH = "vector(time()) - day_of_month() * 86400"
_THIS_MONTH = "vector(time())"

BUDGET_USED = PERCENT.colored(thresholds((None, GREEN), (0.8, YELLOW), (1, RED)))
BILL_AGE = SECONDS.rounded(1).colored(thresholds((None, GREEN), (345600, RED)))
GROUP_BILL = link(
    "Bill of this group last month", "group-bill", period=_LAST, hub="__data.fields.Hub", usergroup="__value.raw"
)
GROUP_BILL_SERIES = link(
    "Bill of this group last month",
    "group-bill",
    period=_LAST,
    hub="__field.labels.namespace",
    usergroup="__field.labels.usergroup",
)

NOTE = """\
**Bills are of whole UTC days: choose 7 days or more.** *All groups* and *all hubs* do not follow the variables. \
**Costs of users** are the part of each day's bill that their usage explains: compute by requests, home storage by the \
size of homes, GPUs by the hour. The rest is *idle* capacity and *unallocated*. A day is *settled* some days after it; \
until then users, idle and unallocated are estimates from settled days, and the bill is partial. Days are UTC, and \
today counts so far. All amounts are US dollars, as known now.\
"""


def build() -> Json:
    """Return the Costs dashboard."""
    return board.dashboard(
        "costs",
        "Costs",
        "The cloud's bill and the costs of users and groups in it, by day, hub and component; unallocated costs, this "
        "month with a forecast, and budgets.",
        [variables.hub(), variables.group()],
        [*_overview(), *_days(), *_groups(), *_bill(), *_users()],
        period=("now-30d/d", "now"),
        days=True,
        timezone="utc",
    )


def _total(title: str, description: str, of_day: str, empty: str | Missing = NO_BILL) -> Panel:
    return amount(title, description, query("shared/cost_period_total", of_day=of_day), empty)


def _overview() -> list[Row]:
    period = "On the UTC days that begin in the time range."
    return [
        Row(
            3,
            [
                _total(
                    "Account, all hubs",
                    f"Whole bill of the account, costs without a hub included, whatever hub is chosen. {period}",
                    cost_parts.bill("component", "%(cluster_matcher)s", cost_parts.AT_NOW),
                ),
                _total(
                    "Attributable, all groups",
                    f"Part of the bill with the tags of the cluster and its hubs. {period}",
                    cost_parts.bill("component", _ATTRIBUTABLE, cost_parts.AT_NOW),
                ),
                _total(
                    "Chosen groups",
                    f"Attributable cost of the users of the chosen groups, estimates of the last days included. "
                    f"{period}",
                    GROUP_COST,
                    NO_PRICE,
                ),
            ],
        ),
        Row(
            3,
            [
                _total(
                    "Unallocated, all groups",
                    f"Attributable cost that no usage explains, without idle capacity: overhead, and resources without "
                    f"users. {period}",
                    cost_parts.unallocated("component", f'{MATCH_HUBS}, reason!="idle"', cost_parts.AT_NOW),
                ),
                _total(
                    "Idle, all groups",
                    f"Attributable cost of capacity that no user requested: nodes, or the part of them, that are not "
                    f"in use. {period}",
                    cost_parts.unallocated("component", f'{MATCH_HUBS}, reason="idle"', cost_parts.AT_NOW),
                    "no capacity is recorded",
                ),
                usage_since(),
            ],
        ),
        Row(
            3,
            [
                amount(
                    "Month: account, all hubs",
                    "Whole bill of the account since the first of this month (UTC), recorded every hour. Bills arrive "
                    "a day or two late.",
                    query("costs/bill_month_total"),
                    NO_BILL,
                ),
                amount(
                    "Month: users",
                    "Cost of the users of the chosen groups since the first of this month (UTC), recorded every hour.",
                    query("costs/month_total", at=_THIS_MONTH),
                    NOT_RECORDED,
                ),
                amount(
                    "Month: forecast",
                    "Cost of the chosen groups at the end of this month, if each remaining day costs the mean of the "
                    "last 7 whole days.",
                    query("costs/forecast_total"),
                    NOT_RECORDED,
                ),
                stat(
                    "Forecast change",
                    "Difference between the forecast and the cost of the chosen groups in the whole last month.",
                    query("costs/forecast_change", at=_LAST_MONTH),
                    scale=PERCENT,
                    empty=NO_LAST_MONTH,
                ),
            ],
        ),
        Row(
            3,
            [
                amount(
                    "Last month",
                    "Cost of the users of the chosen groups in the whole last month (UTC).",
                    query("costs/month_total", at=_LAST_MONTH),
                    NO_LAST_MONTH,
                ),
                amount(
                    "Per active user",
                    f"Cost of the chosen groups divided by their distinct users with a server. {period}",
                    query("shared/cost_per_user_total", of_day=GROUP_COST),
                    "no active users",
                ),
                stat(
                    "Per GiB-hour",
                    "Price of a GiB-hour of requested memory with all costs of compute, on the whole UTC days of the "
                    "time range. Fuller nodes make it lower.",
                    query("costs/per_gib_hour", of_day=_COMPUTE_COST, usage_of_day=_COMPUTE_USAGE),
                    scale=USD.rounded(4),
                    empty=NO_USAGE,
                ),
                stat(
                    "Newest bill",
                    "Time since the newest billed day began. More than 4 days: the source is late or fails.",
                    query("costs/newest_bill_age"),
                    scale=BILL_AGE,
                    empty=NO_COSTS,
                ),
            ],
        ),
        Row(3, [text(NOTE)]),
    ]


def _days() -> list[Row]:
    return [
        Row(
            10,
            [
                group_cost_by_day(
                    "Users' costs by day",
                    "Cost of the chosen groups on each UTC day: settled by the day's bill, or estimated with the "
                    "prices of settled days. Today is not complete.",
                    NO_PRICE,
                ),
                cost_by_day(
                    "Attributable bill by day and component, all groups",
                    "Bill of the chosen hubs on each UTC day; shared costs count if all hubs are chosen. The newest "
                    "days arrive late, and their amounts still grow.",
                    query(
                        "costs/by_day_and_component",
                        "{{component}}",
                        of_day=cost_parts.bill("component", _ATTRIBUTABLE, cost_parts.AT_NOW),
                    ),
                    empty=NO_BILL,
                ),
            ],
            title="By day",
        )
    ]


def _groups() -> list[Row]:
    return [
        Row(
            11,
            [
                cost_by_day(
                    "Costs by group and day",
                    "Cost of each group on each UTC day, by its share of users at the time of use; settled and "
                    "estimated days.",
                    query("costs/by_day_and_group", BY_GROUP, of_day=GROUP_COST),
                    link=GROUP_BILL_SERIES,
                    empty=NO_PRICE,
                ),
                table(
                    "Groups",
                    "Cost of each group on the UTC days that begin in the time range, the same per user with a server, "
                    "this month so far, its forecast, and last month. Click a group for its bill of last month.",
                    [
                        replace(GROUP, link=GROUP_BILL),
                        hub(75),
                        Column("Cost", query("shared/cost_by_group", of_day=GROUP_COST), USD, gauge=True),
                        Column("Per active user", query("costs/per_user", of_day=GROUP_COST), USD, width=75),
                        Column("This month", query("costs/month_by_group", at=_THIS_MONTH), USD, width=75),
                        Column("Forecast", query("costs/forecast_by_group"), USD, width=75),
                        Column("Last month", query("costs/month_by_group", at=_LAST_MONTH), USD, width=75),
                    ],
                    rank_by="Cost",
                    empty=NO_USAGE,
                ),
            ],
            widths=[11, 13],
            title="Groups",
        )
    ]


def _bill() -> list[Row]:
    def component(title: str, description: str, of_day: str) -> Panel:
        source = query("shared/cost_by_component", "{{component}}", of_day=of_day)
        return bars(title, description, source, scale=USD, empty=NO_BILL)

    unallocated = cost_parts.unallocated("namespace, component, reason", MATCH_HUBS, cost_parts.AT_NOW)
    return [
        Row(
            8,
            [
                bars(
                    "Attributable by hub",
                    "Bill by hub in the time range; (shared) has the tag of no hub.",
                    query(
                        "costs/by_hub", BY_HUB, of_day=cost_parts.bill("namespace", _ATTRIBUTABLE, cost_parts.AT_NOW)
                    ),
                    scale=USD,
                    empty=NO_BILL,
                ),
                component(
                    "Attributable by component",
                    "Bill of the chosen hubs by component in the time range.",
                    cost_parts.bill("component", _ATTRIBUTABLE, cost_parts.AT_NOW),
                ),
                component(
                    "Users by component",
                    "Cost of the chosen groups on the whole UTC days of the time range, by component of the bill.",
                    COMPONENT_COST,
                ),
                table(
                    "Unallocated",
                    "Attributable cost in the time range that no usage explains. overhead: the component is not "
                    "divided by usage; idle: capacity was not in use; no_usage: there was no usage that day; credit: "
                    "the provider returned money.",
                    [
                        Column("Component", "component"),
                        hub(95),
                        Column("Reason", "reason", width=95),
                        Column("Cost", query("costs/unallocated", of_day=unallocated), USD, width=100),
                    ],
                    sort_by=["Cost"],
                    empty="nothing",
                ),
            ],
            widths=[5, 6, 5, 8],
            title="The bill of the chosen hubs: all groups, but for users by component",
        )
    ]


def _users() -> list[Row]:
    def budget(name: str, series: str, maximum: float) -> Column:
        source = query("shared/cost_budget", series=series)
        return Column(name, source, BUDGET_USED.up_to(maximum), gauge=True)

    return [
        Row(
            12,
            [
                table(
                    "Users with the highest cost",
                    "The 50 users with the highest cost on the whole UTC days of the time range, by group, without "
                    "today. A user of several groups has a row for each, with its share. Click a user for details.",
                    [
                        USER,
                        replace(GROUP, link=GROUP_BILL),
                        hub(),
                        Column("Cost", query("shared/cost_by_user", of_day=USER_COST, limit="50"), USD, gauge=True),
                    ],
                    sort_by=["Cost"],
                    empty=Missing("no users, or no price is known yet", "costs.md"),
                ),
                table(
                    "Budgets",
                    "Groups with a budget in the settings: the budget for this month (UTC) on all their hubs, the part "
                    "that is used, and the part that will be used at the end of the month. A budget stops no server; "
                    "quotas in USD can.",
                    [
                        replace(GROUP, link=None),
                        Column("Budget", query("shared/cost_budget", series=names.BUDGET), USD, width=100),
                        budget("Used", names.BUDGET_USED, 1),
                        budget("Forecast", names.BUDGET_FORECAST, 1.5),
                    ],
                    sort_by=["Forecast"],
                    empty=Missing("the setting budgets is empty", "reference/settings.md"),
                ),
            ],
            title="Users and budgets",
        )
    ]
