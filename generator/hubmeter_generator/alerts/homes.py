"""The alert about full home directories."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            name="HubmeterHomeNearlyFull",
            query="homes/nearly_full",
            enabled_by="home_nearly_full_ratio",
            hold_for="1h",
            severity="info",
            summary="The home directory of {{ $labels.username }} in {{ $labels.namespace }} is "
            "{{ $value | humanizePercentage }} full.",
            description="The home directory of user {{ $labels.username }} of the hub in namespace "
            "{{ $labels.namespace }} has reached {{ $value | humanizePercentage }} of its hard limit. At 100%% writes "
            "fail, and the server may not start. Ask the user to delete files, or raise the limit.",
        ),
    )
