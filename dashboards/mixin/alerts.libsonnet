// Written by hubmeter-generate; do not edit.
[
  {
    "name": "hubmeter-alerts",
    "interval": "%(interval)s",
    "alerts": [
      {
        "name": "HubmeterExporterSilent",
        "template": importstr '../../promql/hubmeter_promql/alerts/exporter_silent.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "Nobody tells who is in which group of hub {{ $labels.namespace }}.",
        "description": "Prometheus has no sample from the groups exporter of the hub in namespace {{ $labels.namespace }}. The last known groups are used for %(carry_forward)s; after that all usage of the hub is recorded as no group's.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterSnapshotStale",
        "template": importstr '../../promql/hubmeter_promql/alerts/snapshot_stale.promql',
        "duration": "5m",
        "severity": "warning",
        "summary": "The groups of hub {{ $labels.namespace }} are {{ $value | humanizeDuration }} old.",
        "description": "The groups exporter of the hub in namespace {{ $labels.namespace }} answers, but it last read the hub's users {{ $value | humanizeDuration }} ago, which is more than three of its intervals. People who changed groups since are accounted to their old groups, new users to no group.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterHubApiErrors",
        "template": importstr '../../promql/hubmeter_promql/alerts/hub_api_errors.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "The groups exporter cannot read the users of hub {{ $labels.namespace }}: {{ $labels.reason }}.",
        "description": "The groups exporter of the hub in namespace {{ $labels.namespace }} has failed to read the hub's users {{ $value | printf `%%.0f` }} times in the last 3 hours with reason {{ $labels.reason }}, and the latest attempt failed. It keeps the last good groups and tries on.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterRulesFailing",
        "template": importstr '../../promql/hubmeter_promql/alerts/rules_failing.promql',
        "duration": "10m",
        "severity": "critical",
        "summary": "Rules of group {{ $labels.rule_group }} fail.",
        "description": "{{ $value | printf `%%.0f` }} evaluations of the rule group {{ $labels.rule_group }} failed in the last 10 minutes. What these rules record is missing from now on, in dashboards, costs and quotas.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterRulesSlow",
        "template": importstr '../../promql/hubmeter_promql/alerts/rules_slow.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "Rules of group {{ $labels.rule_group }} take {{ $value | humanizePercentage }} of their interval.",
        "description": "The last evaluation of the rule group {{ $labels.rule_group }} took {{ $value | humanizePercentage }} of its interval. Above 100%% evaluations are skipped, and every skipped one is a gap in the usage recorded.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterUsernameAnnotationMissing",
        "template": importstr '../../promql/hubmeter_promql/alerts/username_annotation_missing.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "Pods in {{ $labels.namespace }} do not show whose they are.",
        "description": "{{ $value }} user servers run in namespace {{ $labels.namespace }}, but kube-state-metrics shows the annotation hub.jupyter.org/username on no pod there, so all their usage is recorded as no user's. Start kube-state-metrics with --metric-annotations-allowlist=pods=[hub.jupyter.org/username] (Helm: metricAnnotationsAllowList, with the entry pods=[hub.jupyter.org/username]).",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterUsageNotAccounted",
        "template": importstr '../../promql/hubmeter_promql/alerts/usage_not_accounted.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "Users of {{ $labels.namespace }} do not add up to the hub's {{ $labels.resource }}.",
        "description": "In namespace {{ $labels.namespace }}, {{ $labels.resource }} of all users and of nobody together differ by {{ $value | humanizePercentage }} from what the namespace uses in all. The numbers of users and groups are wrong by as much.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterShareSumOff",
        "template": importstr '../../promql/hubmeter_promql/alerts/share_sum_off.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "The groups of {{ $value }} users of {{ $labels.namespace }} do not bear their usage exactly once.",
        "description": "For {{ $value }} users of the hub in namespace {{ $labels.namespace }} the shares of their groups do not add up to 1. Groups are accounted too much or too little of these users' usage.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterHomeNearlyFull",
        "template": importstr '../../promql/hubmeter_promql/alerts/home_nearly_full.promql',
        "duration": "1h",
        "severity": "info",
        "summary": "The home directory of {{ $labels.username }} in {{ $labels.namespace }} is {{ $value | humanizePercentage }} full.",
        "description": "The home directory of user {{ $labels.username }} of the hub in namespace {{ $labels.namespace }} has reached {{ $value | humanizePercentage }} of its hard limit. At 100%% writes fail, and the server may not start any more.",
        "parameters": {},
        "enabled_by": "home_nearly_full_ratio"
      }
    ]
  },
  {
    "name": "hubmeter-quota-alerts",
    "interval": "%(interval)s",
    "alerts": [
      {
        "name": "HubmeterQuotaUnchecked",
        "template": importstr '../../promql/hubmeter_promql/alerts/quota_unchecked.promql',
        "duration": "5m",
        "severity": "warning",
        "summary": "Hub {{ $labels.namespace }} decides on server starts without knowing what users have used: {{ $labels.outcome }}.",
        "description": "In the last half hour about {{ $value | printf `%%.0f` }} decisions of the hub in namespace {{ $labels.namespace }} had the outcome {{ $labels.outcome }}: Prometheus gave no answer that is new enough. With failed_open servers start whatever was used (failover_open is true), with failed_closed nobody who has a limit can start one. The hub's log and %(metrics_prefix)s_quota_failures_total say why.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaGroupEmpty",
        "template": importstr '../../promql/hubmeter_promql/alerts/quota_group_empty.promql',
        "duration": "1h",
        "severity": "info",
        "summary": "No user of hub {{ $labels.namespace }} is in the group {{ $labels.usergroup }}, which has a quota.",
        "description": "A quota policy of the hub in namespace {{ $labels.namespace }} names the group {{ $labels.usergroup }}, and for an hour no user has been in a group of that name. It may be misspelled, and limit nobody; upper and lower case differ.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaWindowNotRecorded",
        "template": importstr '../../promql/hubmeter_promql/alerts/quota_window_not_recorded.promql',
        "duration": "15m",
        "severity": "info",
        "summary": "Quotas of hub {{ $labels.namespace }} have a window of {{ $labels.window }}, which no rule records.",
        "description": "A quota policy of the hub in namespace {{ $labels.namespace }} has a window of {{ $labels.window }}. The hub keeps to it, but dashboards and alerts do not see it: only the windows of the setting windows (%(windows)s) are recorded.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaUserNearLimit",
        "template": importstr '../../promql/hubmeter_promql/alerts/quota_user_near_limit.promql',
        "duration": "15m",
        "severity": "info",
        "summary": "{{ $labels.username }} in {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of the {{ $labels.resource }} for {{ $labels.window }}.",
        "description": "User {{ $labels.username }} of the hub in namespace {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of what quotas allow of {{ $labels.resource }} in any {{ $labels.window }}. At 100%% this user's servers no longer start; those that run go on.",
        "parameters": {},
        "enabled_by": "user_near_limit_ratio"
      }
    ]
  }
]
