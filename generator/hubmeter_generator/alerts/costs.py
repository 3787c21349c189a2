"""The alerts about costs: budgets, late, failing or wrong bills, and sudden rises."""

from hubmeter_generator.model import Alert
from hubmeter_promql import cost_parts

_SEVEN_DAYS = cost_parts.part("bill_of_7_days", {})
# Zero for a component that cost nothing in these days.
_MEAN = (
    f"sum by (%(cluster)scomponent) (\n{_SEVEN_DAYS}\n) / 7\nor on (%(cluster)scomponent) group by "
    "(%(cluster)scomponent) (%(metrics_prefix)s_cloud_cost_usd) * 0"
)


def alerts() -> tuple[Alert, ...]:
    """Return the alerts about costs."""
    return (*_budgets(), *_bills(), *_inputs())


def _budgets() -> tuple[Alert, ...]:
    used = (
        "Group {{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of its budget for this month (UTC), "
        "on all hubs together; settled days count with their bill, later days with an estimate."
    )
    return (
        Alert(
            name="HubmeterBudgetMostlyUsed",
            query="costs/budget_used",
            parameters={"from": "0.8"},
            hold_for="1h",
            severity="info",
            summary="Group {{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of its budget for this "
            "month.",
            description=f"{used} A budget stops no server. Talk to the group, or give its users a quota in USD.",
        ),
        Alert(
            name="HubmeterBudgetUsedUp",
            query="costs/budget_used",
            parameters={"from": "1"},
            hold_for="1h",
            severity="warning",
            summary="Group {{ $labels.usergroup }} has used up its budget for this month: "
            "{{ $value | humanizePercentage }}.",
            description=f"{used} A budget stops no server, so the cost keeps rising. Give the group's users a quota in "
            "USD, which stops server starts, or raise the budget.",
        ),
        Alert(
            name="HubmeterBudgetForecastOver",
            query="costs/budget_forecast",
            hold_for="6h",
            severity="info",
            summary="Group {{ $labels.usergroup }} is forecast to use {{ $value | humanizePercentage }} of its budget "
            "for this month.",
            description="Group {{ $labels.usergroup }} will have used {{ $value | humanizePercentage }} of its budget "
            "at the end of this month (UTC) if each remaining day costs the mean of the last 7 whole days. Check "
            "whether one of these days is unusual, then talk to the group.",
        ),
    )


def _bills() -> tuple[Alert, ...]:
    return (
        Alert(
            name="HubmeterBillLate",
            query="costs/bill_late",
            hold_for="1h",
            severity="warning",
            summary="The cost exporter {{ $labels.instance }} has no bill for the last {{ $value | humanizeDuration "
            "}}.",
            description="The newest billed day of the cost exporter {{ $labels.instance }} began "
            "{{ $value | humanizeDuration }} ago; +Inf means that no day has an attributable cost. Until their bill "
            "arrives, later days are estimated with earlier prices; without any bill there is no price. Check "
            "whether the exporter's refreshes fail, then whether the provider still writes bills.",
        ),
        Alert(
            name="HubmeterCostSourceFailing",
            query="costs/source_failing",
            hold_for="1h",
            severity="warning",
            summary="The cost exporter cannot update costs from {{ $labels.source }}: {{ $labels.reason }}.",
            description="The cost exporter has failed {{ $value | printf `%%.0f` }} times in the last 6 hours to read "
            "{{ $labels.source }} with reason {{ $labels.reason }}, and the latest attempt failed. It keeps the last "
            "known bills and prices and retries. Read the cause and the remedy in the exporter's log.",
        ),
        Alert(
            name="HubmeterCostJump",
            query="costs/jump",
            parameters={"mean": _MEAN, "seven": _SEVEN_DAYS},
            hold_for="3h",
            severity="info",
            summary="A day of {{ $labels.component }} cost {{ $value | printf `%%.2f` }} USD, more than twice the mean "
            "of the 7 days before.",
            description="On one of the last 3 days the component {{ $labels.component }} of the bill cost "
            "{{ $value | printf `%%.2f` }} USD, which is more than twice the mean of the 7 days before, and more than "
            "10 USD above it. Check on the Costs dashboard whether the costs of users rose too.",
        ),
        Alert(
            name="HubmeterCostsDoNotAddUp",
            query="costs/do_not_add_up",
            hold_for="3h",
            severity="warning",
            summary="The costs of users and the bill of {{ $labels.component }} differ by "
            "{{ $value | printf `%%.2f` }} USD on a day.",
            description="On a settled day the costs of all users plus unallocated costs differ by "
            "{{ $value | printf `%%.2f` }} USD from the attributable bill of the component {{ $labels.component }}. "
            "The costs of users and groups on that day are wrong by as much. If usage was backfilled, restart the cost "
            "exporter, which computes the day's price again.",
        ),
    )


def _inputs() -> tuple[Alert, ...]:
    return (
        Alert(
            name="HubmeterBillInputLost",
            query="costs/input_difference",
            hold_for="1h",
            severity="warning",
            summary="{{ $value | printf `%%.2f` }} USD of the bill of {{ $labels.source }} are in no part of the "
            "output on a day.",
            description="On a day of the last 35 the input of the cost exporter {{ $labels.instance }} differs by "
            "{{ $value | printf `%%.2f` }} USD from the sum of its attributable, account, excluded and "
            "rejected parts. The costs of that day are wrong by as much. Run `hubmeter-costs --check` with "
            "the exporter's settings: it names the day.",
        ),
        Alert(
            name="HubmeterBillFilesSkipped",
            query="costs/files_skipped",
            hold_for="3h",
            severity="warning",
            summary="{{ $value }} files of the bill do not count: {{ $labels.reason }}.",
            description="{{ $value }} files of the source {{ $labels.source }} do not count, or not on all days, with "
            "the reason {{ $labels.reason }}. Their costs are missing unless another file has them. The "
            "exporter's /ready names each file and the remedy.",
        ),
        Alert(
            name="HubmeterBillRowsInvalid",
            query="costs/rows_invalid",
            hold_for="3h",
            severity="warning",
            summary="{{ $value }} rows of the bill of {{ $labels.source }} are invalid: {{ $labels.reason }}.",
            description="{{ $value }} rows of the bill of {{ $labels.source }} have an invalid {{ $labels.reason }}. "
            "Rows with invalid Tags count without a hub, those with invalid x_Credits without credits; all"
            " others do not count. The exporter's log names the first rows of each file.",
        ),
        Alert(
            name="HubmeterBillDaysKept",
            query="costs/days_kept",
            hold_for="1h",
            severity="warning",
            summary="The source lost costs of {{ $value }} days since yesterday; the cost exporter {{ $labels.instance"
            " }} keeps them.",
            description="Of {{ $value }} days the source no longer has the attributable costs, or less than half of "
            "those of a hub, since yesterday. The cost exporter {{ $labels.instance }} keeps the former "
            "bill. Check whether a file was deleted or a tag removed; if the costs are really gone, read "
            "the days again with --reread.",
        ),
        Alert(
            name="HubmeterHubTagUnknown",
            query="costs/hub_unknown",
            hold_for="6h",
            severity="warning",
            summary="The bill has costs of the hub {{ $labels.namespace }}, which is not a namespace with usage.",
            description="The hub tag has the value {{ $labels.namespace }} with {{ $value | printf `%%.2f` }} USD that"
            " usage divides, and no namespace of this name has usage on the exported days. These costs are"
            " unallocated. Map the value to its namespace in the cost exporter's setting hubs.",
        ),
    )
