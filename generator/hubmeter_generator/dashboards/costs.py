"""Costs: what was billed and what users cost of it, by hub, component, group and user; this month, and budgets."""

from typing import Any

from hubmeter_generator import cost_parts
from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import BY_GROUP, USER_CELL, Row
from hubmeter_generator.grafana.panels import (
    BLUE,
    PLAIN,
    YELLOW,
    Json,
    Panel,
    Query,
    bars,
    fixed_color,
    query,
    stat,
    text,
    thresholds,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

USD = "prefix:$"  # to the cent: currencyUSD would write $4.40K
NO_BILL = "no bill: see docs/costs.md"

HUBS = '%(cluster_matcher)snamespace=~"$hub"'
GROUPS = '%(cluster_matcher)snamespace=~"$hub", usergroup=~"$usergroup"'

# What the chosen groups cost on a day: at each level what it says, of settled days only, and by component of the bill.
COST = cost_parts.cost(names.group, GROUPS, HUBS)
SETTLED = cost_parts.settled_cost(names.group, GROUPS, HUBS)
BY_COMPONENT = cost_parts.cost_by_component(names.group, GROUPS, HUBS)
PAIRS = cost_parts.cost(names.pair, GROUPS, HUBS)

_ATTRIBUTABLE = f'{HUBS}, kind="attributable", '
_COMPUTE = f'{GROUPS}, driver="compute"'
_COMPUTE_USED = f"last_over_time({cost_parts.usage(names.group, _COMPUTE)}[1d] offset -2d)"
_LAST_MONTH = "vector(time()) - day_of_month() * 86400"
_THIS_MONTH = "vector(time())"

# A part of a budget: all right, nearly used, used up.
BUDGET = thresholds((None, "semi-dark-green"), (0.8, "semi-dark-yellow"), (1, "semi-dark-red"))
GROUP_BILL = board.link("Bill of this group", "group-bill", hub="__data.fields.Hub", usergroup="__data.fields.Group")
GROUP_BILL_SERIES = board.link(
    "Bill of this group", "group-bill", hub="__field.labels.namespace", usergroup="__field.labels.usergroup"
)

NOTE = """\
**What users cost** is the part of each day's bill that their use explains: compute by what they requested, home \
storage by the size of their homes, GPUs by the hour. The rest stays apart as *unallocated*. A day is *settled* some \
days after it; until then its cost is an estimate. Days are UTC; today is in it as far as it went. All numbers are US \
dollars, as known now.\
"""


def build() -> Json:
    """Return the Costs dashboard."""
    return board.dashboard(
        "costs",
        "Costs",
        "What the cloud billed, what users and groups cost of it by day, hub and component, what nobody's use "
        "explains, this month with a forecast, and budgets.",
        [board.hub_variable(), board.group_variable()],
        [*_overview(), *_days(), *_groups(), *_bill(), *_users()],
        period=("now-30d/d", "now"),
        timezone="utc",
    )


def amount(title: str, description: str, shown: Query, empty: str) -> Panel:
    """Return one sum of money, to the cent."""
    return stat(title, description, shown, unit=USD, decimals=2, empty=empty)


def daily(title: str, description: str, *shown: Query, empty: str, **options: Any) -> Panel:
    """Return bars of money by UTC day, stacked; the legend has their sums."""
    return timeseries(
        title, description, *shown,
        unit=USD, stacked=True, bars=True, daily=True, decimals=2, legend=("sum",), empty=empty, **options,
    )  # fmt: skip


def users_by_day(title: str, description: str, empty: str) -> Panel:
    """Return what the chosen groups cost by day, settled and estimated apart."""
    return daily(
        title,
        description,
        query("shared/cost_by_day", "settled", of_day=SETTLED),
        query("shared/cost_by_day_estimated", "estimated", of_day=COST, settled=SETTLED),
        overrides=[fixed_color("settled", BLUE), fixed_color("estimated", YELLOW)],
        empty=empty,
    )


def _total(title: str, description: str, of_day: str, empty: str = NO_BILL) -> Panel:
    return amount(title, description, query("shared/cost_period_total", of_day=of_day), empty)


def _overview() -> list[Row]:
    period = "Over the UTC days that begin in the time range."
    return [
        Row(
            4,
            [
                _total(
                    "Account",
                    f"All that was billed to the account, also what no hub causes. {period} Whatever hub is chosen.",
                    cost_parts.bill("component", "%(cluster_matcher)s"),
                ),
                _total(
                    "Attributable",
                    f"The part of the bill that carries the tags of the cluster and its hubs. {period}",
                    cost_parts.bill("component", _ATTRIBUTABLE),
                ),
                _total(
                    "Users",
                    f"What the users of the chosen groups cost of it, estimates of the last days included. {period}",
                    COST,
                    "no price is known yet",
                ),
                _total(
                    "Unallocated",
                    f"Attributable cost that no user's use explains: overhead, and what nobody used. {period}",
                    cost_parts.unallocated("component", HUBS),
                ),
            ],
        ),
        Row(
            4,
            [
                amount(
                    "Month: account",
                    "All that was billed to the account since the first of this month (UTC), recorded every hour. "
                    "Bills come a day or two late.",
                    query("costs/bill_month_total"),
                    NO_BILL,
                ),
                amount(
                    "Month: users",
                    "What the users of the chosen groups cost since the first of this month (UTC), recorded "
                    "every hour.",
                    query("costs/month_total", at=_THIS_MONTH),
                    "not recorded yet",
                ),
                amount(
                    "Month: forecast",
                    "What this month will have cost if the days that are left cost what the last 7 whole days did in "
                    "the mean.",
                    query("costs/forecast_total"),
                    "not recorded yet",
                ),
                stat(
                    "… over last",
                    "By how much the forecast is above (or below) what the chosen groups cost in the whole "
                    "month before.",
                    query("costs/forecast_change", at=_LAST_MONTH),
                    unit="percentunit",
                    decimals=0,
                    empty="no month before",
                ),
                amount(
                    "Last month",
                    "What the users of the chosen groups cost in the whole month before this one (UTC).",
                    query("costs/month_total", at=_LAST_MONTH),
                    "no month before",
                ),
                amount(
                    "Per active user",
                    f"What the chosen groups cost, divided by their distinct users who had a server. {period}",
                    query("shared/cost_per_user_total", of_day=COST),
                    "nobody was active",
                ),
                stat(
                    "Per GiB-hour",
                    "What a GiB-hour of memory requested cost with all that compute includes, over the whole UTC days "
                    "of the time range. Fuller nodes make it cheaper.",
                    query(
                        "costs/per_gib_hour",
                        of_day=cost_parts.cost_by_component(names.group, _COMPUTE, HUBS),
                        usage_of_day=_COMPUTE_USED,
                    ),
                    unit=USD,
                    decimals=4,
                    empty="no use",
                ),
                stat(
                    "Newest bill",
                    "How long ago the newest day with a bill began. More than 4 days: the source is late or fails.",
                    query("costs/newest_bill_age"),
                    unit="s",
                    decimals=1,
                    steps=thresholds((None, "semi-dark-green"), (345600, "semi-dark-red")),
                    empty="no cost exporter",
                ),
            ],
        ),
        Row(2, [text(NOTE)]),
    ]


def _days() -> list[Row]:
    return [
        Row(
            10,
            [
                users_by_day(
                    "Users' costs by day",
                    "What the chosen groups cost on each UTC day: settled by the day's bill, or estimated with the "
                    "price known last. Today is not over.",
                    "no price is known yet",
                ),
                daily(
                    "Attributable bill by day and component",
                    "The bill of the chosen hubs on each UTC day, shared costs included where all hubs are chosen. "
                    "The newest days come late, and their amounts still grow.",
                    query(
                        "costs/by_day_and_component",
                        "{{component}}",
                        of_day=cost_parts.bill("component", _ATTRIBUTABLE),
                    ),
                    empty=NO_BILL,
                ),
            ],
            title="By day",
        )
    ]


def _groups() -> list[Row]:
    last = query("costs/month_by_group", at=_LAST_MONTH)
    return [
        Row(
            11,
            [
                daily(
                    "Costs by group and day",
                    "What each group costs on each UTC day, by the share it bore of its users at the time of use; "
                    "settled and estimated days.",
                    query("costs/by_day_and_group", BY_GROUP, of_day=COST),
                    link=GROUP_BILL_SERIES,
                    empty="no price is known yet",
                ),
                table(
                    "Groups",
                    "What each group cost over the UTC days that begin in the time range, what that is for each of its "
                    "users who had a server, this month so far, its forecast, and the month before. Click a group for "
                    "its bill.",
                    [
                        Column("Group", "usergroup", link=GROUP_BILL),
                        Column("Hub", "namespace", width=100),
                        Column("Cost", query("costs/by_group", of_day=COST), USD, gauge=True, steps=PLAIN, decimals=2),
                        Column("Per active user", query("costs/per_user", of_day=COST), USD, decimals=2, width=85),
                        Column("This month", query("costs/month_by_group", at=_THIS_MONTH), USD, decimals=2, width=85),
                        Column("Forecast", query("costs/forecast_by_group"), USD, decimals=2, width=85),
                        Column("Last month", last, USD, decimals=2, width=85),
                    ],
                    sort_by=["Cost"],
                    empty="nothing was used",
                ),
            ],
            widths=[11, 13],
            title="Groups",
        )
    ]


def _bill() -> list[Row]:
    def share(title: str, description: str, of_day: str, template: str, legend: str) -> Panel:
        return bars(title, description, query(template, legend, of_day=of_day), unit=USD, decimals=2, empty=NO_BILL)

    return [
        Row(
            8,
            [
                share(
                    "Attributable by hub",
                    "The bill by hub over the time range; (shared) is what no hub's tag covers.",
                    cost_parts.bill("namespace", _ATTRIBUTABLE),
                    "costs/by_hub",
                    board.BY_HUB,
                ),
                share(
                    "Attributable by component",
                    "The bill of the chosen hubs by component over the time range.",
                    cost_parts.bill("component", _ATTRIBUTABLE),
                    "shared/cost_by_component",
                    "{{component}}",
                ),
                share(
                    "Users by component",
                    "What the chosen groups cost over the whole UTC days of the time range, by component of the bill.",
                    BY_COMPONENT,
                    "shared/cost_by_component",
                    "{{component}}",
                ),
                table(
                    "Unallocated",
                    "Attributable cost over the time range that no user's use explains. overhead: the component is not "
                    "divided by use; no_usage: nobody used it that day; credit: the provider gave money back.",
                    [
                        Column("Component", "component"),
                        Column("Hub", "namespace", width=95),
                        Column("Reason", "reason", width=95),
                        Column(
                            "Cost",
                            query(
                                "costs/unallocated",
                                of_day=cost_parts.unallocated("namespace, component, reason", HUBS),
                            ),
                            USD,
                            decimals=2,
                            width=100,
                        ),
                    ],
                    sort_by=["Cost"],
                    empty="nothing",
                ),
            ],
            widths=[5, 6, 5, 8],
            title="The bill",
        )
    ]


def _users() -> list[Row]:
    return [
        Row(
            12,
            [
                table(
                    "Who costs most",
                    "The 50 dearest users over the whole UTC days of the time range, by group; a user of several "
                    "groups has a row for each, with the part that group bears. Today comes tomorrow. Click a user for "
                    "everything about them.",
                    [
                        Column("User", "username", link=USER_CELL),
                        Column("Group", "usergroup", link=GROUP_BILL),
                        Column("Hub", "namespace"),
                        Column(
                            "Cost",
                            query("shared/cost_by_user", of_day=PAIRS, limit="50"),
                            USD,
                            gauge=True,
                            steps=PLAIN,
                            decimals=2,
                        ),
                    ],
                    sort_by=["Cost"],
                    empty="nobody, or no price is known yet",
                ),
                table(
                    "Budgets",
                    "Groups with a budget in the settings: what they may cost this month (UTC) on all their hubs, and "
                    "the part that is used, and will be at the month's end. A budget only tells; quotas in USD "
                    "can stop users.",
                    [
                        Column("Group", "usergroup"),
                        Column("Budget", query("shared/cost_budget", series=names.BUDGET), USD, decimals=2, width=100),
                        Column(
                            "Used",
                            query("shared/cost_budget", series=names.BUDGET_USED),
                            "percentunit",
                            gauge=True,
                            steps=BUDGET,
                            maximum=1,
                            decimals=0,
                        ),
                        Column(
                            "Forecast",
                            query("shared/cost_budget", series=names.BUDGET_FORECAST),
                            "percentunit",
                            gauge=True,
                            steps=BUDGET,
                            maximum=1.5,
                            decimals=0,
                        ),
                    ],
                    sort_by=["Forecast"],
                    empty="no budgets: setting budgets",
                ),
            ],
            title="Users and budgets",
        )
    ]
