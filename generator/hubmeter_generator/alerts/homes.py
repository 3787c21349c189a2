"""The alert about full home directories."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            "HubmeterHomeNearlyFull",
            "homes/home_nearly_full",
            "1h",
            "info",
            "The home directory of {{ $labels.username }} in {{ $labels.namespace }} is "
            "{{ $value | humanizePercentage }} full.",
            "The home directory of user {{ $labels.username }} of the hub in namespace "
            "{{ $labels.namespace }} has reached {{ $value | humanizePercentage }} of its hard limit. At "
            "100%% writes fail, and the server may not start any more.",
            enabled_by="home_nearly_full_ratio",
        ),
    )
