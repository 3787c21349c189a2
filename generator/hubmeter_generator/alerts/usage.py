"""The alert about usage that does not add up."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            name="HubmeterUsageNotAccounted",
            query="usage/not_accounted",
            hold_for="15m",
            severity="warning",
            summary="Users of {{ $labels.namespace }} do not add up to the hub's {{ $labels.resource }}.",
            description="In namespace {{ $labels.namespace }} the {{ $labels.resource }} of all users plus "
            "unattributed has differed by {{ $value | humanizePercentage }} from the hub's total for 15 minutes. The "
            "usage of users and groups is wrong by as much; do not bill from it. Check that each rule group is loaded "
            "only once.",
        ),
    )
