"""The alerts as plain values: which template under alerts/ fires which alert, when, and what it says.

All are about Hubmeter itself being wrong or blind, except those about full home directories and about users near a
quota's limit, which are off by default, and about money (cost_alerts.py): what users do is for dashboards, quotas and
their own page. Severity ``critical`` means that history is being lost at this moment, ``warning`` that somebody should
look within a day, ``info`` that it is worth knowing.
"""

from hubmeter_generator.alert import Alert, AlertGroup
from hubmeter_generator.cost_alerts import cost_alerts
from hubmeter_generator.rule import BUCKET, MINUTE


def alert_groups() -> tuple[AlertGroup, ...]:
    """Return all alert groups."""
    own = (*_exporter(), *_rules(), *_inputs(), *_accounting(), *_homes())
    return (
        AlertGroup("hubmeter-alerts", MINUTE, own),
        AlertGroup("hubmeter-quota-alerts", MINUTE, _quotas()),
        AlertGroup("hubmeter-cost-alerts", BUCKET, cost_alerts()),
    )


def _exporter() -> tuple[Alert, ...]:
    return (
        Alert(
            "HubmeterExporterSilent",
            "exporter_silent",
            "15m",
            "warning",
            "Nobody tells who is in which group of hub {{ $labels.namespace }}.",
            "Prometheus has no sample from the groups exporter of the hub in namespace "
            "{{ $labels.namespace }}. The last known groups are used for %(carry_forward)s; after that "
            "all usage of the hub is recorded as no group's.",
        ),
        Alert(
            "HubmeterSnapshotStale",
            "snapshot_stale",
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
            "hub_api_errors",
            "15m",
            "warning",
            "The groups exporter cannot read the users of hub {{ $labels.namespace }}: {{ $labels.reason }}.",
            "The groups exporter of the hub in namespace {{ $labels.namespace }} has failed to read the "
            "hub's users {{ $value | printf `%%.0f` }} times in the last 3 hours with reason "
            "{{ $labels.reason }}, and the latest attempt failed. It keeps the last good groups and tries"
            " on.",
        ),
    )


def _rules() -> tuple[Alert, ...]:
    return (
        Alert(
            "HubmeterRulesFailing",
            "rules_failing",
            "10m",
            "critical",
            "Rules of group {{ $labels.rule_group }} fail.",
            "{{ $value | printf `%%.0f` }} evaluations of the rule group {{ $labels.rule_group }} failed "
            "in the last 10 minutes. What these rules record is missing from now on, in dashboards, costs"
            " and quotas.",
        ),
        Alert(
            "HubmeterRulesSlow",
            "rules_slow",
            "15m",
            "warning",
            "Rules of group {{ $labels.rule_group }} take {{ $value | humanizePercentage }} of their interval.",
            "The last evaluation of the rule group {{ $labels.rule_group }} took "
            "{{ $value | humanizePercentage }} of its interval. Above 100%% evaluations are skipped, and "
            "every skipped one is a gap in the usage recorded.",
        ),
    )


def _inputs() -> tuple[Alert, ...]:
    return (
        Alert(
            "HubmeterUsernameAnnotationMissing",
            "username_annotation_missing",
            "15m",
            "warning",
            "Pods in {{ $labels.namespace }} do not show whose they are.",
            "{{ $value }} user servers run in namespace {{ $labels.namespace }}, but kube-state-metrics "
            "shows the annotation hub.jupyter.org/username on no pod there, so all their usage is "
            "recorded as no user's. Start kube-state-metrics with "
            "--metric-annotations-allowlist=pods=[hub.jupyter.org/username] (Helm: "
            "metricAnnotationsAllowList, with the entry pods=[hub.jupyter.org/username]).",
        ),
    )


def _accounting() -> tuple[Alert, ...]:
    return (
        Alert(
            "HubmeterUsageNotAccounted",
            "usage_not_accounted",
            "15m",
            "warning",
            "Users of {{ $labels.namespace }} do not add up to the hub's {{ $labels.resource }}.",
            "In namespace {{ $labels.namespace }}, {{ $labels.resource }} of all users and of nobody "
            "together differ by {{ $value | humanizePercentage }} from what the namespace uses in all. "
            "The numbers of users and groups are wrong by as much.",
        ),
        Alert(
            "HubmeterShareSumOff",
            "share_sum_off",
            "15m",
            "warning",
            "The groups of {{ $value }} users of {{ $labels.namespace }} do not bear their usage exactly once.",
            "For {{ $value }} users of the hub in namespace {{ $labels.namespace }} the shares of their "
            "groups do not add up to 1. Groups are accounted too much or too little of these users' "
            "usage.",
        ),
    )


def _homes() -> tuple[Alert, ...]:
    return (
        Alert(
            "HubmeterHomeNearlyFull",
            "home_nearly_full",
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


def _quotas() -> tuple[Alert, ...]:
    return (
        Alert(
            "HubmeterQuotaUnchecked",
            "quota_unchecked",
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
            "quota_group_empty",
            "1h",
            "info",
            "No user of hub {{ $labels.namespace }} is in the group {{ $labels.usergroup }}, which has a quota.",
            "A quota policy of the hub in namespace {{ $labels.namespace }} names the group {{ $labels.usergroup }}, "
            "and for an hour no user has been in a group of that name. It may be misspelled, and limit nobody; "
            "upper and lower case differ.",
        ),
        Alert(
            "HubmeterQuotaWindowNotRecorded",
            "quota_window_not_recorded",
            "15m",
            "info",
            "Quotas of hub {{ $labels.namespace }} have a window of {{ $labels.window }}, which no rule records.",
            "A quota policy of the hub in namespace {{ $labels.namespace }} has a window of {{ $labels.window }}. The "
            "hub keeps to it, but dashboards and alerts do not see it: only the windows of the setting windows "
            "(%(windows)s) are recorded.",
        ),
        Alert(
            "HubmeterQuotaUserNearLimit",
            "quota_user_near_limit",
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
