"""The alerts about quotas."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            "HubmeterQuotaUnchecked",
            "quotas/quota_unchecked",
            "5m",
            "warning",
            "Hub {{ $labels.namespace }} decides on server starts without knowing what users have used: "
            "{{ $labels.outcome }}.",
            "In the last half hour about {{ $value | printf `%%.0f` }} decisions of the hub in namespace "
            "{{ $labels.namespace }} had the outcome {{ $labels.outcome }}: Prometheus gave no answer that is new "
            "enough. With failed_open servers start whatever was used (failover_open is true), with failed_closed "
            "nobody who has a limit can start one. The hub's log and %(metrics_prefix)s_quota_failures_total say why.",
        ),
        Alert(
            "HubmeterQuotaGroupEmpty",
            "quotas/quota_group_empty",
            "1h",
            "info",
            "No user of hub {{ $labels.namespace }} is in the group {{ $labels.usergroup }}, which has a quota.",
            "A quota policy of the hub in namespace {{ $labels.namespace }} names the group {{ $labels.usergroup }}, "
            "and for an hour no user has been in a group of that name. It may be misspelled, and limit nobody; "
            "upper and lower case differ.",
        ),
        Alert(
            "HubmeterQuotaWindowNotRecorded",
            "quotas/quota_window_not_recorded",
            "15m",
            "info",
            "Quotas of hub {{ $labels.namespace }} have a window of {{ $labels.window }}, which no rule records.",
            "A quota policy of the hub in namespace {{ $labels.namespace }} has a window of {{ $labels.window }}. The "
            "hub keeps to it, but dashboards and alerts do not see it: only the windows of the setting windows "
            "(%(windows)s) are recorded.",
        ),
        Alert(
            "HubmeterQuotaUserNearLimit",
            "quotas/quota_user_near_limit",
            "15m",
            "info",
            "{{ $labels.username }} in {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of the "
            "{{ $labels.resource }} for {{ $labels.window }}.",
            "User {{ $labels.username }} of the hub in namespace {{ $labels.namespace }} has used "
            "{{ $value | humanizePercentage }} of what quotas allow of {{ $labels.resource }} in any "
            "{{ $labels.window }}. At 100%% this user's servers no longer start; those that run go on.",
            enabled_by="user_near_limit_ratio",
        ),
    )
