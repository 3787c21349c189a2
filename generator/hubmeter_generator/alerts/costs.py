"""The alerts about costs: budgets, bills that are late, missing or wrong, and sudden rises."""

from hubmeter_generator import cost_parts
from hubmeter_generator.model import Alert

_SEVEN_DAYS = cost_parts.part("bill_of_7_days", {})
# Zero for a component that cost nothing then.
_MEAN = (
    f"sum by (%(cluster)scomponent) (\n{_SEVEN_DAYS}\n) / 7\n"
    "or on (%(cluster)scomponent) group by (%(cluster)scomponent) (%(metrics_prefix)s_cloud_cost_usd) * 0"
)


def alerts() -> tuple[Alert, ...]:
    """Return the alerts about costs."""
    return (*_budgets(), *_bills())


def _budgets() -> tuple[Alert, ...]:
    spent = (
        "Group {{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of what it may cost this month "
        "(UTC), on all hubs together: settled days by their bill, the last days by an estimate."
    )
    return (
        Alert(
            "HubmeterBudgetMostlyUsed",
            "costs/budget_used",
            "1h",
            "info",
            "{{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of its budget of this month.",
            f"{spent} Nothing is stopped: a budget only tells.",
            {"from": "0.8"},
        ),
        Alert(
            "HubmeterBudgetUsedUp",
            "costs/budget_used",
            "1h",
            "warning",
            "{{ $labels.usergroup }} has used up its budget of this month: {{ $value | humanizePercentage }}.",
            f"{spent} Nothing is stopped: servers go on, and cost more. Quotas in USD can stop users.",
            {"from": "1"},
        ),
        Alert(
            "HubmeterBudgetForecastOver",
            "costs/budget_forecast",
            "6h",
            "info",
            "{{ $labels.usergroup }} will use {{ $value | humanizePercentage }} of its budget of this month.",
            "If the days that are left of this month (UTC) cost group {{ $labels.usergroup }} what the last 7 whole "
            "days did in the mean, it will have used {{ $value | humanizePercentage }} of its budget at the "
            "month's end.",
        ),
    )


def _bills() -> tuple[Alert, ...]:
    return (
        Alert(
            "HubmeterBillLate",
            "costs/bill_late",
            "1h",
            "warning",
            "The cost exporter {{ $labels.instance }} has no bill of the last {{ $value | humanizeDuration }}.",
            "The newest day with a cost that the cost exporter {{ $labels.instance }} knows began "
            "{{ $value | humanizeDuration }} ago. Days without a bill are shown with the last known price, as "
            "estimates; they get their bill when it comes.",
        ),
        Alert(
            "HubmeterCostSourceFailing",
            "costs/cost_source_failing",
            "1h",
            "warning",
            "The cost exporter cannot bring costs up to date ({{ $labels.source }}): {{ $labels.reason }}.",
            "The cost exporter has failed {{ $value | printf `%%.0f` }} times in the last 6 hours at "
            "{{ $labels.source }} with reason {{ $labels.reason }}, and the latest attempt failed. It shows the bills "
            "and prices it knew last and tries on; its log says what to do.",
        ),
        Alert(
            "HubmeterCostJump",
            "costs/cost_jump",
            "3h",
            "info",
            "A day of {{ $labels.component }} cost {{ $value | printf `%%.2f` }} USD, more than twice as much "
            "as before.",
            "On one of the last 3 days the component {{ $labels.component }} of the bill cost "
            "{{ $value | printf `%%.2f` }} USD, which is more than twice the mean of the 7 days before, and more than "
            "10 USD above it.",
            {"mean": _MEAN, "seven": _SEVEN_DAYS},
        ),
        Alert(
            "HubmeterCostsDoNotAddUp",
            "costs/costs_do_not_add_up",
            "3h",
            "warning",
            "Costs of users and the bill of {{ $labels.component }} differ by {{ $value | printf `%%.2f` }} USD "
            "on a day.",
            "On a settled day the costs of all users and what is unallocated differ by {{ $value | printf `%%.2f` }} "
            "USD from the attributable bill of the component {{ $labels.component }}. What users and groups are shown "
            "to cost is wrong by as much.",
        ),
    )
