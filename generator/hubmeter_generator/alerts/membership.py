"""The alerts about groups: the groups exporter, and shares that do not add up."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            "HubmeterExporterSilent",
            "membership/exporter_silent",
            "15m",
            "warning",
            "Nobody tells who is in which group of hub {{ $labels.namespace }}.",
            "Prometheus has no sample from the groups exporter of the hub in namespace "
            "{{ $labels.namespace }}. The last known groups are used for %(carry_forward)s; after that "
            "all usage of the hub is recorded as no group's.",
        ),
        Alert(
            "HubmeterSnapshotStale",
            "membership/snapshot_stale",
            "5m",
            "warning",
            "The groups of hub {{ $labels.namespace }} are {{ $value | humanizeDuration }} old.",
            "The groups exporter of the hub in namespace {{ $labels.namespace }} answers, but it last "
            "read the hub's users {{ $value | humanizeDuration }} ago, which is more than three of its "
            "intervals. People who changed groups since are accounted to their old groups, new users to "
            "no group.",
        ),
        Alert(
            "HubmeterHubApiErrors",
            "membership/hub_api_errors",
            "15m",
            "warning",
            "The groups exporter cannot read the users of hub {{ $labels.namespace }}: {{ $labels.reason }}.",
            "The groups exporter of the hub in namespace {{ $labels.namespace }} has failed to read the "
            "hub's users {{ $value | printf `%%.0f` }} times in the last 3 hours with reason "
            "{{ $labels.reason }}, and the latest attempt failed. It keeps the last good groups and tries"
            " on.",
        ),
        Alert(
            "HubmeterUsernameAnnotationMissing",
            "membership/username_annotation_missing",
            "15m",
            "warning",
            "Pods in {{ $labels.namespace }} do not show whose they are.",
            "{{ $value }} user servers run in namespace {{ $labels.namespace }}, but kube-state-metrics "
            "shows the annotation hub.jupyter.org/username on no pod there, so all their usage is "
            "recorded as no user's. Start kube-state-metrics with "
            "--metric-annotations-allowlist=pods=[hub.jupyter.org/username] (Helm: "
            "metricAnnotationsAllowList, with the entry pods=[hub.jupyter.org/username]).",
        ),
        Alert(
            "HubmeterShareSumOff",
            "membership/share_sum_off",
            "15m",
            "warning",
            "The groups of {{ $value }} users of {{ $labels.namespace }} do not bear their usage exactly once.",
            "For {{ $value }} users of the hub in namespace {{ $labels.namespace }} the shares of their "
            "groups do not add up to 1. Groups are accounted too much or too little of these users' "
            "usage.",
        ),
    )
