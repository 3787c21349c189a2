"""The alert about usage that does not add up."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            "HubmeterUsageNotAccounted",
            "usage/usage_not_accounted",
            "15m",
            "warning",
            "Users of {{ $labels.namespace }} do not add up to the hub's {{ $labels.resource }}.",
            "In namespace {{ $labels.namespace }}, {{ $labels.resource }} of all users and of nobody "
            "together differ by {{ $value | humanizePercentage }} from what the namespace uses in all. "
            "The numbers of users and groups are wrong by as much.",
        ),
    )
