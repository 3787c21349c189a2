// Written by hubmeter-generate; do not edit.
[
  {
    "name": "hubmeter-alerts",
    "interval": "%(interval)s",
    "alerts": [
      {
        "name": "HubmeterExporterSilent",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/exporter_silent.promql',
        "hold_for": "15m",
        "severity": "warning",
        "summary": "No groups exporter reports the users of hub {{ $labels.namespace }}.",
        "description": "Prometheus has had no sample from the groups exporter of the hub in namespace {{ $labels.namespace }} for 15 minutes. The last known groups are used for %(carry_forward)s; after that all usage of the hub is recorded without a group. Check that the exporter runs and is scraped.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterSnapshotStale",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/snapshot_stale.promql',
        "hold_for": "5m",
        "severity": "warning",
        "summary": "The groups of hub {{ $labels.namespace }} are {{ $value | humanizeDuration }} old.",
        "description": "The groups exporter of the hub in namespace {{ $labels.namespace }} is scraped, but last read the hub's users {{ $value | humanizeDuration }} ago, which is more than three of its refresh intervals. Users who changed groups since are charged to their old groups, new users to no group. Read the exporter's log.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterHubApiErrors",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/hub_api_errors.promql',
        "hold_for": "15m",
        "severity": "warning",
        "summary": "The groups exporter cannot read the users of hub {{ $labels.namespace }}: {{ $labels.reason }}.",
        "description": "The groups exporter of the hub in namespace {{ $labels.namespace }} has failed to read the hub's users {{ $value | printf `%%.0f` }} times in the last 3 hours with reason {{ $labels.reason }}, and the latest attempt failed. It keeps the last good groups and retries. Read the exporter's log, which says what to do.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterUsernameAnnotationMissing",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/username_annotation_missing.promql',
        "hold_for": "15m",
        "severity": "warning",
        "summary": "Pods in {{ $labels.namespace }} have no username in kube-state-metrics.",
        "description": "{{ $value }} user servers run in namespace {{ $labels.namespace }}, but kube-state-metrics exposes the annotation hub.jupyter.org/username for no pod there, so all their usage is unattributed. Start kube-state-metrics with --metric-annotations-allowlist=pods=[hub.jupyter.org/username] (Helm: metricAnnotationsAllowList, with the entry pods=[hub.jupyter.org/username]).",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterShareSumOff",
        "template": importstr '../../promql/hubmeter_promql/alerts/membership/share_sum_off.promql',
        "hold_for": "15m",
        "severity": "warning",
        "summary": "The group shares of {{ $value }} users of {{ $labels.namespace }} do not add up to 1.",
        "description": "For {{ $value }} users of the hub in namespace {{ $labels.namespace }} the shares of their groups have not added up to 1 for 15 minutes. Groups are charged too much or too little of these users' usage. Check whether two exporters report the same hub.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterRulesFailing",
        "template": importstr '../../promql/hubmeter_promql/alerts/health/rules_failing.promql',
        "hold_for": "10m",
        "severity": "critical",
        "summary": "Rules of group {{ $labels.rule_group }} fail.",
        "description": "{{ $value | printf `%%.0f` }} evaluations of the rule group {{ $labels.rule_group }} failed in the last 10 minutes. Their series are missing from dashboards, costs and quotas until the rules work again. Read the error on the rules page of Prometheus; after the fix, fill the gap with hubmeter-backfill.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterRulesSlow",
        "template": importstr '../../promql/hubmeter_promql/alerts/health/rules_slow.promql',
        "hold_for": "15m",
        "severity": "warning",
        "summary": "Rules of group {{ $labels.rule_group }} take {{ $value | humanizePercentage }} of their interval.",
        "description": "The last evaluation of the rule group {{ $labels.rule_group }} took {{ $value | humanizePercentage }} of its interval. Above 100%% evaluations are skipped, and each skipped evaluation is a gap in the recorded usage. Give Prometheus more CPU, or narrow the setting hub_selector.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterUsageNotAccounted",
        "template": importstr '../../promql/hubmeter_promql/alerts/usage/not_accounted.promql',
        "hold_for": "15m",
        "severity": "warning",
        "summary": "Users of {{ $labels.namespace }} do not add up to the hub's {{ $labels.resource }}.",
        "description": "In namespace {{ $labels.namespace }} the {{ $labels.resource }} of all users plus unattributed has differed by {{ $value | humanizePercentage }} from the hub's total for 15 minutes. The usage of users and groups is wrong by as much; do not bill from it. Check that each rule group is loaded only once.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterHomeNearlyFull",
        "template": importstr '../../promql/hubmeter_promql/alerts/homes/nearly_full.promql',
        "hold_for": "1h",
        "severity": "info",
        "summary": "The home directory of {{ $labels.username }} in {{ $labels.namespace }} is {{ $value | humanizePercentage }} full.",
        "description": "The home directory of user {{ $labels.username }} of the hub in namespace {{ $labels.namespace }} has reached {{ $value | humanizePercentage }} of its hard limit. At 100%% writes fail, and the server may not start. Ask the user to delete files, or raise the limit.",
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
        "template": importstr '../../promql/hubmeter_promql/alerts/quotas/unchecked.promql',
        "hold_for": "5m",
        "severity": "warning",
        "summary": "Hub {{ $labels.namespace }} decides on server starts without current usage: {{ $labels.outcome }}.",
        "description": "In the last 30 minutes about {{ $value | printf `%%.0f` }} quota decisions of the hub in namespace {{ $labels.namespace }} had the outcome {{ $labels.outcome }}, because Prometheus gave no recent answer. With failed_open servers start whatever was used (failover_open is true); with failed_closed users with a limit cannot start a server. Read the reason in the hub's log or in %(metrics_prefix)s_quota_failures_total.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaGroupEmpty",
        "template": importstr '../../promql/hubmeter_promql/alerts/quotas/group_empty.promql',
        "hold_for": "1h",
        "severity": "info",
        "summary": "Group {{ $labels.usergroup }} of hub {{ $labels.namespace }} has a quota but no users.",
        "description": "A quota policy of the hub in namespace {{ $labels.namespace }} names the group {{ $labels.usergroup }}, but no user has been in a group of that name for an hour. If the name is misspelled, the policy limits no user. Compare it with the hub's groups; case matters.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaWindowNotRecorded",
        "template": importstr '../../promql/hubmeter_promql/alerts/quotas/window_not_recorded.promql',
        "hold_for": "15m",
        "severity": "info",
        "summary": "Hub {{ $labels.namespace }} has a quota with a window of {{ $labels.window }}, which no rule records.",
        "description": "A quota policy of the hub in namespace {{ $labels.namespace }} has a window of {{ $labels.window }}, but the setting windows is %(windows)s. The hub enforces the policy; dashboards and alerts omit it. Add the window to the setting, and load the rules again.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterQuotaUserNearLimit",
        "template": importstr '../../promql/hubmeter_promql/alerts/quotas/user_near_limit.promql',
        "hold_for": "15m",
        "severity": "info",
        "summary": "{{ $labels.username }} in {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of the {{ $labels.resource }} limit for {{ $labels.window }}.",
        "description": "User {{ $labels.username }} of the hub in namespace {{ $labels.namespace }} has used {{ $value | humanizePercentage }} of the {{ $labels.resource }} limit in a rolling window of {{ $labels.window }}. At 100%% the user's servers no longer start; running servers continue. Ask the user to stop idle servers, or raise the limit.",
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
        "hold_for": "1h",
        "severity": "info",
        "summary": "Group {{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of its budget for this month.",
        "description": "Group {{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of its budget for this month (UTC), on all hubs together; settled days count with their bill, later days with an estimate. A budget stops no server. Talk to the group, or give its users a quota in USD.",
        "parameters": {
          "from": "0.8"
        },
        "enabled_by": ""
      },
      {
        "name": "HubmeterBudgetUsedUp",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/budget_used.promql',
        "hold_for": "1h",
        "severity": "warning",
        "summary": "Group {{ $labels.usergroup }} has used up its budget for this month: {{ $value | humanizePercentage }}.",
        "description": "Group {{ $labels.usergroup }} has used {{ $value | humanizePercentage }} of its budget for this month (UTC), on all hubs together; settled days count with their bill, later days with an estimate. A budget stops no server, so the cost keeps rising. Give the group's users a quota in USD, which stops server starts, or raise the budget.",
        "parameters": {
          "from": "1"
        },
        "enabled_by": ""
      },
      {
        "name": "HubmeterBudgetForecastOver",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/budget_forecast.promql',
        "hold_for": "6h",
        "severity": "info",
        "summary": "Group {{ $labels.usergroup }} is forecast to use {{ $value | humanizePercentage }} of its budget for this month.",
        "description": "Group {{ $labels.usergroup }} will have used {{ $value | humanizePercentage }} of its budget at the end of this month (UTC) if each remaining day costs the mean of the last 7 whole days. Check whether one of these days is unusual, then talk to the group.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterBillLate",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/bill_late.promql',
        "hold_for": "1h",
        "severity": "warning",
        "summary": "The cost exporter {{ $labels.instance }} has no bill for the last {{ $value | humanizeDuration }}.",
        "description": "The newest billed day of the cost exporter {{ $labels.instance }} began {{ $value | humanizeDuration }} ago. Until their bill arrives, later days are estimated with the last known price. Check whether the exporter's refreshes fail, then whether the provider still writes bills.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterCostSourceFailing",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/source_failing.promql',
        "hold_for": "1h",
        "severity": "warning",
        "summary": "The cost exporter cannot update costs from {{ $labels.source }}: {{ $labels.reason }}.",
        "description": "The cost exporter has failed {{ $value | printf `%%.0f` }} times in the last 6 hours to read {{ $labels.source }} with reason {{ $labels.reason }}, and the latest attempt failed. It keeps the last known bills and prices and retries. Read the exporter's log, which says what to do.",
        "parameters": {},
        "enabled_by": ""
      },
      {
        "name": "HubmeterCostJump",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/jump.promql',
        "hold_for": "3h",
        "severity": "info",
        "summary": "A day of {{ $labels.component }} cost {{ $value | printf `%%.2f` }} USD, more than twice the mean of the 7 days before.",
        "description": "On one of the last 3 days the component {{ $labels.component }} of the bill cost {{ $value | printf `%%.2f` }} USD, which is more than twice the mean of the 7 days before, and more than 10 USD above it. Check on the Costs dashboard whether the costs of users rose too.",
        "parameters": {
          "mean": "sum by (%(cluster)scomponent) (\nmax by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd)\nand on (day) (\n  count_values(\"day\", floor(vector(time()) / 86400) - 4)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 5)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 6)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 7)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 8)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 9)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 10)\n)\n) / 7\nor on (%(cluster)scomponent) group by (%(cluster)scomponent) (%(metrics_prefix)s_cloud_cost_usd) * 0",
          "seven": "max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd)\nand on (day) (\n  count_values(\"day\", floor(vector(time()) / 86400) - 4)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 5)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 6)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 7)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 8)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 9)\n  or count_values(\"day\", floor(vector(time()) / 86400) - 10)\n)"
        },
        "enabled_by": ""
      },
      {
        "name": "HubmeterCostsDoNotAddUp",
        "template": importstr '../../promql/hubmeter_promql/alerts/costs/do_not_add_up.promql',
        "hold_for": "3h",
        "severity": "warning",
        "summary": "The costs of users and the bill of {{ $labels.component }} differ by {{ $value | printf `%%.2f` }} USD on a day.",
        "description": "On a settled day the costs of all users plus unallocated costs differ by {{ $value | printf `%%.2f` }} USD from the attributable bill of the component {{ $labels.component }}. The costs of users and groups on that day are wrong by as much. If usage was backfilled, restart the cost exporter, which computes the day's price again.",
        "parameters": {},
        "enabled_by": ""
      }
    ]
  }
]
