"""The alerts about home directories that are full, not measured, or in another namespace than their hub."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            name="HubmeterHomesNotMeasured",
            query="homes/not_measured",
            hold_for="1h",
            severity="warning",
            summary="dirsize does not measure the home directories of {{ $labels.namespace }} in time.",
            description="For an hour dirsize has reported no home directory of the hub in namespace "
            "{{ $labels.namespace }}, or has had a directory that it measured more than %(home_carry_forward)s ago. "
            "Last sizes count for %(home_carry_forward)s; then the directories and their costs count as 0. Check that "
            "dirsize runs and is scraped; if a round takes longer, raise the setting home_carry_forward. If dirsize "
            "was removed, this alert ends after 7 days.",
        ),
        Alert(
            name="HubmeterHomesElsewhere",
            query="homes/elsewhere",
            hold_for="1h",
            severity="warning",
            summary="Home directories with the namespace {{ $labels.namespace }}, which is no hub's: {{ $value }}.",
            description="For an hour dirsize or jupyterhub-home-nfs has reported home directories in namespace {{ "
            "$labels.namespace }}, which has no hub, while a hub has none (directories: {{ $value }}). They count for "
            "no user, group and hub. Install it in the hub's namespace, or set the label namespace of its scrape to "
            "the hub's (metric_relabel_configs).",
        ),
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
