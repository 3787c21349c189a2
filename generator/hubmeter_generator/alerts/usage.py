"""The alerts about usage that is missing or does not add up."""

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
        Alert(
            name="HubmeterPodsUnmeasured",
            query="usage/pods_unmeasured",
            hold_for="15m",
            severity="critical",
            summary="cAdvisor reports no {{ $labels.resource }} of {{ $value }} pods of {{ $labels.namespace }}.",
            description="{{ $value }} running pods of the hub in namespace {{ $labels.namespace }} are on nodes where "
            "cAdvisor has reported no {{ $labels.resource }} of any of the hub's containers for 15 minutes. It is "
            "missing from users, groups and the hub, and stays unknown. Check that Prometheus scrapes "
            "/metrics/cadvisor of all kubelets, and keeps the label container.",
        ),
        Alert(
            name="HubmeterServersNotSeen",
            query="usage/servers_not_seen",
            hold_for="15m",
            severity="warning",
            summary="Users of {{ $labels.namespace }} run pods, but no pod is a server.",
            description="{{ $value }} pods of the hub in namespace {{ $labels.namespace }} have a username, but in the "
            "last day no pod had the container %(server_container)s. Servers, server-hours and active users of the hub "
            "are 0. Set server_container to the name of the container that your spawner starts.",
        ),
    )
