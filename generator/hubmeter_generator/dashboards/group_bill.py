"""Group bill: one group in one month on one page, to print or to export."""

from dataclasses import replace

from hubmeter_generator.dashboards.shared import (
    COMPONENT_COST,
    GROUP,
    GROUP_COST,
    NO_USERS,
    SETTLED_COST,
    USER,
    USER_COST,
    amount,
    group_cost_by_day,
    hub,
    usage_since,
)
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.panels import bars, query, stat, text
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import PERCENT, USD, Json
from hubmeter_promql import names

_PREVIOUS = query("group_bill/previous_month", of_day=GROUP_COST)
_NOTHING = "no usage, or no price is known"

NOTE = """\
**How to read this.** The cloud's bill of each day is divided among the users of that day: compute by the memory that \
their servers requested, home storage by the size of their homes, GPUs by the hour. A group is charged its share of \
each member, by the membership at the time of use.

Costs that no usage explains (networks, backups, the core of the cluster) are not included, unless the administrators \
spread them.

Yellow days are estimates: their bill has not arrived, or may still change. Days are UTC.

**Print** with the browser, or *Share* → *Export*. **As a table:** menu of *By user* → *Inspect* → *Data* → *Download \
CSV*.\
"""


def build() -> Json:
    """Return the Group bill dashboard."""
    return board.dashboard(
        "group-bill",
        "Group bill",
        "One group in one month on one page: its total cost, by user, component and day, and the previous month.",
        [variables.hub(), variables.group()],
        [*_overview(), *_by_day(), *_users()],
        period=("now-1M/M", "now-1M/M"),
        days=True,
        timezone="utc",
    )


def _overview() -> list[Row]:
    return [
        Row(
            3,
            [
                amount(
                    "Total of $usergroup",
                    "Cost of the chosen groups on the UTC days that begin in the time range; choose a whole month. As "
                    "known now, estimates included.",
                    query("shared/cost_period_total", of_day=GROUP_COST),
                    _NOTHING,
                ),
                amount(
                    "Settled",
                    "Part of the total with a settled bill. The rest of the total is an estimate, and will still "
                    "change.",
                    query("shared/cost_period_total", of_day=SETTLED_COST),
                    "nothing yet",
                ),
                amount(
                    "Previous month",
                    "Cost of the chosen groups in the whole UTC month before the one in which the time range ends.",
                    _PREVIOUS,
                    "nothing",
                ),
                stat(
                    "Change",
                    "Difference between the total and the previous month. Only of time ranges of 27 days and more; "
                    "choose a whole month.",
                    query("group_bill/change", of_day=GROUP_COST, previous=_PREVIOUS.instant),
                    scale=PERCENT,
                    empty="choose a month",
                ),
            ],
        ),
        Row(
            3,
            [
                amount(
                    "Per active user",
                    "The total divided by the distinct users of the chosen groups with a server in the time range.",
                    query("shared/cost_per_user_total", of_day=GROUP_COST),
                    "no active users",
                ),
                amount(
                    "Budget a month",
                    "Monthly budget of the group on all its hubs, from the setting budgets.",
                    query("shared/cost_budget", "{{usergroup}}", series=names.BUDGET),
                    "none",
                ),
                usage_since(),
            ],
        ),
    ]


def _by_day() -> list[Row]:
    return [
        Row(
            9,
            [
                group_cost_by_day(
                    "By day",
                    "Cost of the chosen groups on each UTC day: settled by the day's bill, or estimated with the "
                    "prices of settled days.",
                    _NOTHING,
                ),
                bars(
                    "By component",
                    "Cost of the chosen groups on the whole UTC days of the time range, by component of the bill.",
                    query("shared/cost_by_component", "{{component}}", of_day=COMPONENT_COST),
                    scale=USD,
                ),
            ],
            widths=[16, 8],
        )
    ]


def _users() -> list[Row]:
    return [
        Row(
            12,
            [
                table(
                    "By user",
                    "Cost of each user on the whole UTC days of the time range, by the group's share at the time of "
                    "use: the 500 highest.",
                    [
                        replace(USER, link=None),
                        replace(GROUP, link=None),
                        hub(),
                        Column("Cost (USD)", query("shared/cost_by_user", of_day=USER_COST, limit="500"), USD),
                    ],
                    sort_by=["Cost (USD)"],
                    empty=NO_USERS,
                ),
                text(NOTE),
            ],
            widths=[16, 8],
        )
    ]
