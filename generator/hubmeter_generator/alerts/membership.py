"""The alerts about group membership: the groups exporter, username annotations, and shares that do not add up."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            name="HubmeterExporterSilent",
            query="membership/exporter_silent",
            hold_for="15m",
            severity="warning",
            summary="No groups exporter reports the users of hub {{ $labels.namespace }}.",
            description="Prometheus has had no sample from the groups exporter of the hub in namespace "
            "{{ $labels.namespace }} for 15 minutes. The last known groups are used for %(carry_forward)s; after that "
            "all usage of the hub is recorded in the group 'groups unknown'. Check that the exporter runs and is "
            "scraped.",
        ),
        Alert(
            name="HubmeterNamespacesUnmapped",
            query="membership/namespaces_unmapped",
            hold_for="15m",
            severity="warning",
            summary="Users run pods in {{ $value }} namespaces that no groups exporter reports.",
            description="For 15 minutes, pods in {{ $value }} namespaces have had usernames, but no groups exporter "
            "has reported these namespaces in the last 7 days. Their usage is recorded under the namespace's own name, "
            "in the group 'groups unknown', and is missing in the quotas of a hub in another namespace. "
            "hubmeter-doctor names the namespaces. If they belong to a hub in another namespace, map them to it with "
            "the setting pod_namespaces; if a namespace has its own hub, "
            "run the groups exporter there.",
        ),
        Alert(
            name="HubmeterSnapshotStale",
            query="membership/snapshot_stale",
            hold_for="5m",
            severity="warning",
            summary="The groups of hub {{ $labels.namespace }} are {{ $value | humanizeDuration }} old.",
            description="The groups exporter of the hub in namespace {{ $labels.namespace }} is scraped, but last read "
            "the hub's users {{ $value | humanizeDuration }} ago, which is more than three of its refresh intervals. "
            "Users who have changed groups since then are charged to their old groups, new users to no group. Read the "
            "exporter's log.",
        ),
        Alert(
            name="HubmeterHubApiErrors",
            query="membership/hub_api_errors",
            hold_for="15m",
            severity="warning",
            summary="The groups exporter cannot read the users of hub {{ $labels.namespace }}: {{ $labels.reason }}.",
            description="The groups exporter of the hub in namespace {{ $labels.namespace }} has failed to read the "
            "hub's users {{ $value | printf `%%.0f` }} times in the last 3 hours with reason {{ $labels.reason }}, and "
            "the latest attempt failed. It keeps the last complete groups and retries. Read the cause and the remedy "
            "in the exporter's log.",
        ),
        Alert(
            name="HubmeterMembershipsUnlisted",
            query="membership/memberships_unlisted",
            hold_for="15m",
            severity="warning",
            summary="{{ $value }} group memberships of hub {{ $labels.namespace }} have no row.",
            description="The groups exporter of the hub in namespace {{ $labels.namespace }} has omitted {{ $value }} "
            "memberships of users of several groups for 15 minutes, because more than 100,000 would have a share of 0. "
            "Usage and costs are right. Limits of policies for groups, and users by group, lack these memberships. "
            "Name the groups that policies, the cost API or dashboards need with the exporter's --listed_groups.",
        ),
        Alert(
            name="HubmeterUsernameAnnotationMissing",
            query="membership/username_annotation_missing",
            hold_for="15m",
            severity="warning",
            summary="Pods in {{ $labels.namespace }} have no username in kube-state-metrics.",
            description="{{ $value }} user servers run in namespace {{ $labels.namespace }}, but for 15 minutes "
            "kube-state-metrics has exported the annotation hub.jupyter.org/username of no pod there, so all their "
            "usage is unattributed. Start kube-state-metrics with "
            "--metric-annotations-allowlist=pods=[hub.jupyter.org/username] (Helm: "
            "metricAnnotationsAllowList, with the entry pods=[hub.jupyter.org/username]).",
        ),
        Alert(
            name="HubmeterShareSumOff",
            query="membership/share_sum_off",
            hold_for="15m",
            severity="warning",
            summary="The group shares of {{ $value }} users of {{ $labels.namespace }} do not add up to 1.",
            description="For {{ $value }} users of the hub in namespace {{ $labels.namespace }} the shares of their "
            "groups have not added up to 1 for 15 minutes. Groups are charged too much or too little of these users' "
            "usage. Check whether two exporters report the same hub.",
        ),
        Alert(
            name="HubmeterUsersUnknown",
            query="membership/users_unknown",
            hold_for="90m",
            severity="warning",
            summary="{{ $value }} users of {{ $labels.namespace }} run servers, but the groups exporter does not "
            "report them.",
            description="For 90 minutes {{ $value }} users of the hub in namespace {{ $labels.namespace }} have run a "
            "server without being reported by the groups exporter. Their usage counts for them, but in no group. "
            "Users deleted from the hub, or a hub that lost its database, remain unknown: stop their servers, or add "
            "them again.",
        ),
    )
