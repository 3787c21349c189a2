// Written by hubmeter-generate; do not edit.
[
  {
    "name": "hubmeter-alerts",
    "interval": "%(interval)s",
    "alerts": [
      {
        "name": "HubmeterExporterSilent",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/exporter_silent.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "Nobody tells who is in which group of hub {{ $labels.namespace }}.",
        "description": "Prometheus has no sample from the groups exporter of the hub in namespace {{ $labels.namespace }}. The last known groups are used for %(carry_forward)s; after that all usage of the hub is recorded as no group's.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterSnapshotStale",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/snapshot_stale.promql',
        "duration": "5m",
        "severity": "warning",
        "summary": "The groups of hub {{ $labels.namespace }} are {{ $value | humanizeDuration }} old.",
        "description": "The groups exporter of the hub in namespace {{ $labels.namespace }} answers, but it last read the hub's users {{ $value | humanizeDuration }} ago, which is more than three of its intervals. People who changed groups since are accounted to their old groups, new users to no group.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterHubApiErrors",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/hub_api_errors.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "The groups exporter cannot read the users of hub {{ $labels.namespace }}: {{ $labels.reason }}.",
        "description": "The groups exporter of the hub in namespace {{ $labels.namespace }} has failed to read the hub's users {{ $value | printf `%%.0f` }} times in the last 3 hours with reason {{ $labels.reason }}, and the latest attempt failed. It keeps the last good groups and tries on.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterUsernameAnnotationMissing",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/username_annotation_missing.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "Pods in {{ $labels.namespace }} do not show whose they are.",
        "description": "{{ $value }} user servers run in namespace {{ $labels.namespace }}, but kube-state-metrics shows the annotation hub.jupyter.org/username on no pod there, so all their usage is recorded as no user's. Start kube-state-metrics with --metric-annotations-allowlist=pods=[hub.jupyter.org/username] (Helm: metricAnnotationsAllowList, with the entry pods=[hub.jupyter.org/username]).",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterShareSumOff",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/share_sum_off.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "The groups of {{ $value }} users of {{ $labels.namespace }} do not bear their usage exactly once.",
        "description": "For {{ $value }} users of the hub in namespace {{ $labels.namespace }} the shares of their groups do not add up to 1. Groups are accounted too much or too little of these users' usage.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterRulesFailing",
        "template": importstr '../../promql/hubmeter_promql/alerts/health/rules_failing.promql',
        "duration": "10m",
        "severity": "critical",
        "summary": "Rules of group {{ $labels.rule_group }} fail.",
        "description": "{{ $value | printf `%%.0f` }} evaluations of the rule group {{ $labels.rule_group }} failed in the last 10 minutes. What these rules record is missing from now on, in dashboards, costs and quotas.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterRulesSlow",
        "template": importstr '../../promql/hubmeter_promql/alerts/health/rules_slow.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "Rules of group {{ $labels.rule_group }} take {{ $value | humanizePercentage }} of their interval.",
        "description": "The last evaluation of the rule group {{ $labels.rule_group }} took {{ $value | humanizePercentage }} of its interval. Above 100%% evaluations are skipped, and every skipped one is a gap in the usage recorded.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterUsageNotAccounted",
        "template": importstr '../../promql/hubmeter_promql/alerts/usage/usage_not_accounted.promql',
        "duration": "15m",
        "severity": "warning",
        "summary": "Users of {{ $labels.namespace }} do not add up to the hub's {{ $labels.resource }}.",
        "description": "In namespace {{ $labels.namespace }}, {{ $labels.resource }} of all users and of nobody together differ by {{ $value | humanizePercentage }} from what the namespace uses in all. The numbers of users and groups are wrong by as much.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterHomeNearlyFull",
        "template": importstr '../../promql/hubmeter_promql/alerts/homes/home_nearly_full.promql',
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
        "template": importstr '../../promql/hubmeter_promql/alerts/quotas/quota_unchecked.promql',
        "duration": "5m",
        "severity": "warning",
        "summary": "Hub {{ $labels.namespace }} decides on server starts without knowing what users have used: {{ $labels.outcome }}.",
        "description": "In the last half hour about {{ $value | printf `%%.0f` }} decisions of the hub in namespace {{ $labels.namespace }} had the outcome {{ $labels.outcome }}: Prometheus gave no answer that is new enough. With failed_open servers start whatever was used (failover_open is true), with failed_closed nobody who has a limit can start one. The hub's log and %(metrics_prefix)s_quota_failures_total say why.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaGroupEmpty",
        "template": importstr '../../promql/hubmeter_promql/alerts/quotas/quota_group_empty.promql',
        "duration": "1h",
        "severity": "info",
        "summary": "No user of hub {{ $labels.namespace }} is in the group {{ $labels.usergroup }}, which has a quota.",
        "description": "A quota policy of the hub in namespace {{ $labels.namespace }} names the group {{ $labels.usergroup }}, and for an hour no user has been in a group of that name. It may be misspelled, and limit nobody; upper and lower case differ.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaWindowNotRecorded",
        "template": importstr '../../promql/hubmeter_promql/alerts/quotas/quota_window_not_recorded.promql',
        "duration": "15m",
        "severity": "info",
        "summary": "Quotas of hub {{ $labels.namespace }} have a window of {{ $labels.window }}, which no rule records.",
        "description": "A quota policy of the hub in namespace {{ $labels.namespace }} has a window of {{ $labels.window }}. The hub keeps to it, but dashboards and alerts do not see it: only the windows of the setting windows (%(windows)s) are recorded.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaUserNearLimit",
        "template": importstr '../../promql/hubmeter_promql/alerts/quotas/quota_user_near_limit.promql',
        "duration": "15m",
        "severity": "info",
        "summary": "{{ $labels.username }} in {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of the {{ $labels.resource }} for {{ $labels.window }}.",
        "description": "User {{ $labels.username }} of the hub in namespace {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of what quotas allow of {{ $labels.resource }} in any {{ $labels.window }}. At 100%% this user's servers no longer start; those that run go on.",
        "parameters": {},
        "enabled_by": "user_near_limit_ratio"
      }
    ]
  },
  {
    "name": "hubmeter-cost-alerts",
    "interval": "5m",
    "alerts": [
      {
        "name": "HubmeterBudgetMostlyUsed",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/budget_used.promql',
        "duration": "1h",
        "severity": "info",
        "summary": "{{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of its budget of this month.",
        "description": "Group {{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of what it may cost this month (UTC), on all hubs together: settled days by their bill, the last days by an estimate. Nothing is stopped: a budget only tells.",
        "parameters": {
          "from": "0.8"
        },
        "enabled_by": ""
      },
      {
        "name": "HubmeterBudgetUsedUp",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/budget_used.promql',
        "duration": "1h",
        "severity": "warning",
        "summary": "{{ $labels.usergroup }} has used up its budget of this month: {{ $value | humanizePercentage }}.",
        "description": "Group {{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of what it may cost this month (UTC), on all hubs together: settled days by their bill, the last days by an estimate. Nothing is stopped: servers go on, and cost more. Quotas in USD can stop users.",
        "parameters": {
          "from": "1"
        },
        "enabled_by": ""
      },
      {
        "name": "HubmeterBudgetForecastOver",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/budget_forecast.promql',
        "duration": "6h",
        "severity": "info",
        "summary": "{{ $labels.usergroup }} will use {{ $value | humanizePercentage }} of its budget of this month.",
        "description": "If the days that are left of this month (UTC) cost group {{ $labels.usergroup }} what the last 7 whole days did in the mean, it will have used {{ $value | humanizePercentage }} of its budget at the month's end.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterBillLate",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/bill_late.promql',
        "duration": "1h",
        "severity": "warning",
        "summary": "The cost exporter {{ $labels.instance }} has no bill of the last {{ $value | humanizeDuration }}.",
        "description": "The newest day with a cost that the cost exporter {{ $labels.instance }} knows began {{ $value | humanizeDuration }} ago. Days without a bill are shown with the last known price, as estimates; they get their bill when it comes.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterCostSourceFailing",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/cost_source_failing.promql',
        "duration": "1h",
        "severity": "warning",
        "summary": "The cost exporter cannot bring costs up to date ({{ $labels.source }}): {{ $labels.reason }}.",
        "description": "The cost exporter has failed {{ $value | printf `%%.0f` }} times in the last 6 hours at {{ $labels.source }} with reason {{ $labels.reason }}, and the latest attempt failed. It shows the bills and prices it knew last and tries on; its log says what to do.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterCostJump",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/cost_jump.promql',
        "duration": "3h",
        "severity": "info",
        "summary": "A day of {{ $labels.component }} cost {{ $value | printf `%%.2f` }} USD, more than twice as much as before.",
        "description": "On one of the last 3 days the component {{ $labels.component }} of the bill cost {{ $value | printf `%%.2f` }} USD, which is more than twice the mean of the 7 days before, and more than 10 USD above it.",
        "parameters": {
          "mean": "sum by (%(cluster)scomponent) (\nmax by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd)\nand on (day) (\n  count_values(\"day\", floor(vector(time()) / 86400) - 4)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 5)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 6)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 7)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 8)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 9)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 10)\n)\n) / 7\nor on (%(cluster)scomponent) group by (%(cluster)scomponent) (%(metrics_prefix)s_cloud_cost_usd) * 0",
          "seven": "max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd)\nand on (day) (\n  count_values(\"day\", floor(vector(time()) / 86400) - 4)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 5)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 6)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 7)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 8)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 9)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 10)\n)"
        },
        "enabled_by": ""
      },
      {
        "name": "HubmeterCostsDoNotAddUp",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/costs_do_not_add_up.promql',
        "duration": "3h",
        "severity": "warning",
        "summary": "Costs of users and the bill of {{ $labels.component }} differ by {{ $value | printf `%%.2f` }} USD on a day.",
        "description": "On a settled day the costs of all users and what is unallocated differ by {{ $value | printf `%%.2f` }} USD from the attributable bill of the component {{ $labels.component }}. What users and groups are shown to cost is wrong by as much.",
        "parameters": {},
        "enabled_by": ""
      }
    ]
  }
]
