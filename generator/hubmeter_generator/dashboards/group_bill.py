"""Group bill: one group in one month on one page, to print or export for the one who pays."""

from hubmeter_generator.dashboards.costs import BY_COMPONENT, COST, PAIRS, SETTLED, USD, amount, users_by_day
from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.panels import Json, bars, query, stat, text
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

NOTE = """\
**How to read this.** Every day's bill of the cloud is divided among the users of that day: compute by the memory that \
their servers reserved, home storage by the size of their homes, GPUs by the hour. A group bears its share of each of \
its members, as membership was at the time.

Costs that nobody's use explains (networks, backups, the core of the cluster) are not in it, unless the administrators \
spread them.

Yellow days are estimates: their bill has not come, or may still change. Days are UTC.

**Print** with the browser, or *Share* → *Export*. **As a table:** menu of *By user* → *Inspect* → *Data* → *Download \
CSV*.\
"""


def build() -> Json:
    """Return the Group bill dashboard."""
    return board.dashboard(
        "group-bill",
        "Group bill",
        "One group, one month, on one page: what it cost in all, by user, component and day, and the month before.",
        [board.hub_variable(), board.group_variable()],
        [*_overview(), *_course(), *_users()],
        period=("now-1M/M", "now-1M/M"),
        timezone="utc",
    )


def _overview() -> list[Row]:
    return [
        Row(
            4,
            [
                amount(
                    "Total of $usergroup",
                    "What the chosen groups cost over the UTC days that begin in the time range: choose a whole month. "
                    "As known now, estimates included.",
                    query("shared/cost_period_total", of_day=COST),
                    "nothing was used, or no price is known",
                ),
                amount(
                    "… of it settled",
                    "The part whose bill has come and is settled. Where it is less than the total, the rest is an "
                    "estimate, and will still change.",
                    query("shared/cost_period_total", of_day=SETTLED),
                    "nothing yet",
                ),
                amount(
                    "Month before",
                    "What the chosen groups cost in the whole UTC month before that in which the time range ends.",
                    query("group_bill/previous_month", of_day=COST),
                    "nothing",
                ),
                stat(
                    "Change",
                    "By how much the total is above (or below) the month before. It compares months only where the "
                    "time range is a whole month.",
                    query("group_bill/change", of_day=COST),
                    unit="percentunit",
                    decimals=0,
                    empty="no month before",
                ),
                amount(
                    "Per active user",
                    "The total divided by the distinct users of the chosen groups who had a server in the time range.",
                    query("shared/cost_per_user_total", of_day=COST),
                    "nobody was active",
                ),
                amount(
                    "Budget a month",
                    "What the group may cost a month on all its hubs, from the setting budgets.",
                    query("shared/cost_budget", "{{usergroup}}", series=names.BUDGET),
                    "none",
                ),
            ],
        )
    ]


def _course() -> list[Row]:
    return [
        Row(
            9,
            [
                users_by_day(
                    "By day",
                    "What the chosen groups cost on each UTC day: settled by the day's bill, or estimated with the "
                    "price known last.",
                    "nothing was used, or no price is known",
                ),
                bars(
                    "By component",
                    "What the chosen groups cost over the whole UTC days of the time range, by component of the bill.",
                    query("shared/cost_by_component", "{{component}}", of_day=BY_COMPONENT),
                    unit=USD,
                    decimals=2,
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
                    "What each user cost the group over the whole UTC days of the time range, by the share the group "
                    "bore at the time of use: the 500 dearest.",
                    [
                        Column("User", "username"),
                        Column("Group", "usergroup"),
                        Column("Hub", "namespace"),
                        Column("Cost (USD)", query("shared/cost_by_user", of_day=PAIRS, limit="500"), USD, decimals=2),
                    ],
                    sort_by=["Cost (USD)"],
                    empty="nobody",
                ),
                text(NOTE),
            ],
            widths=[16, 8],
        )
    ]
