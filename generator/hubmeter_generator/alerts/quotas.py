"""The alerts about quotas."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            name="HubmeterQuotaUnchecked",
            query="quotas/unchecked",
            hold_for="5m",
            severity="warning",
            summary="Hub {{ $labels.namespace }} decides on server starts without current usage: {{ $labels.outcome "
            "}}.",
            description="In the last 30 minutes about {{ $value | printf `%%.0f` }} quota decisions of the hub in "
            "namespace {{ $labels.namespace }} had the outcome {{ $labels.outcome }}, because Prometheus did not "
            "answer or had no recent sample. With failed_open, servers start and limits have no effect; with "
            "failed_closed, users with a limit cannot start a server. Read the reason in the hub's log or in "
            "%(metrics_prefix)s_quota_failures_total.",
        ),
        Alert(
            name="HubmeterQuotaGroupEmpty",
            query="quotas/group_empty",
            hold_for="1h",
            severity="info",
            summary="Group {{ $labels.usergroup }} of hub {{ $labels.namespace }} has a quota but no users.",
            description="A quota policy of the hub in namespace {{ $labels.namespace }} names the group "
            "{{ $labels.usergroup }}, but no user has been in a group of that name for an hour. If the name is "
            "misspelled, the policy limits no user. Compare it with the hub's groups; case matters.",
        ),
        Alert(
            name="HubmeterQuotaWindowNotRecorded",
            query="quotas/window_not_recorded",
            hold_for="15m",
            severity="info",
            summary="Hub {{ $labels.namespace }} has a quota with a window of {{ $labels.window }}, which no rule "
            "records.",
            description="A quota policy of the hub in namespace {{ $labels.namespace }} has a window of "
            "{{ $labels.window }}, but the setting windows is %(windows)s. The hub enforces the policy; dashboards and "
            "alerts omit it. Add the window to the setting, and load the rules again.",
        ),
        Alert(
            name="HubmeterQuotaMetricsGone",
            query="quotas/metrics_gone",
            hold_for="15m",
            severity="warning",
            summary="The quota metrics of hub {{ $labels.namespace }} are no longer scraped.",
            description="Prometheus had the quota policies of the hub in namespace {{ $labels.namespace }} within the "
            "last day, but not for the last 15 minutes. Dashboards and alerts about quotas are blind; the hub still "
            "decides. Check that the hub runs with quotas, and that Prometheus can scrape its /hub/metrics, which "
            "needs a token.",
        ),
        Alert(
            name="HubmeterQuotaGuardHeld",
            query="quotas/guard_held",
            hold_for="5m",
            severity="warning",
            summary="The quota guard of hub {{ $labels.namespace }} does not stop {{ $value }} servers that are past a "
            "limit.",
            description="A round of the quota guard of the hub in namespace {{ $labels.namespace }} would stop "
            "{{ $value }} servers, more than QuotaGuard.max_stops_per_round, so it stops none. Their users are warned. "
            "Check that the limits and the usage are right; then raise the setting and restart the guard.",
        ),
        Alert(
            name="HubmeterQuotaGuardFailing",
            query="quotas/guard_failing",
            hold_for="5m",
            severity="warning",
            summary="The quota guard of hub {{ $labels.namespace }} has not completed a round for "
            "{{ $value | humanizeDuration }}.",
            description="The quota guard of the hub in namespace {{ $labels.namespace }} stops no server: its last "
            "complete round was {{ $value | humanizeDuration }} ago. Read the reason in the hub's log (lines of "
            "hubmeter.quota_guard) or in %(metrics_prefix)s_quota_guard_failures_total.",
        ),
        Alert(
            name="HubmeterQuotaGrantsInvalid",
            query="quotas/grants_invalid",
            hold_for="10m",
            severity="warning",
            summary="Hub {{ $labels.namespace }} ignores entries of its file of grants, or the file.",
            description="For 10 minutes the file of grants (UsageQuotaManager.grants_file) of the hub in namespace "
            "{{ $labels.namespace }} has had {{ $value }} errors. Invalid entries are skipped, so their users have "
            "their limits without the grant; while the file is not readable, its last valid grants stay in force. Read "
            "the errors in the hub's log, and correct the file; no restart is needed.",
        ),
        Alert(
            name="HubmeterQuotaUserNearLimit",
            query="quotas/user_near_limit",
            enabled_by="user_near_limit_ratio",
            hold_for="15m",
            severity="info",
            summary="{{ $labels.username }} in {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of "
            "the {{ $labels.resource }} limit for {{ $labels.window }}.",
            description="User {{ $labels.username }} of the hub in namespace {{ $labels.namespace }} has used "
            "{{ $value | humanizePercentage }} of the {{ $labels.resource }} limit in a rolling window of "
            "{{ $labels.window }}. At 100%% the user's servers no longer start; running servers continue. Ask the user "
            "to stop idle servers, or raise the limit.",
        ),
    )
