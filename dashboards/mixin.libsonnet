// Written by hubmeter-generate; do not edit.
// Hubmeter as a jsonnet mixin: dashboards, recording rules and alerts that are configured in jsonnet.
// docs/mixin.md shows how to use it. It imports the PromQL templates of ../promql, so vendor the whole repository.
//
//   (import 'github.com/hubmeter/hubmeter/dashboards/mixin.libsonnet') + { _config+:: { cluster_label: 'cluster' } }
local finish = import 'mixin/finish.libsonnet';

{
  _config+:: import 'mixin/config.libsonnet',

  // Files of Grafana dashboards by their names.
  grafanaDashboards+:: finish.dashboards(import 'mixin/dashboards.libsonnet', $._config),

  // Recording rules and alerts, each as Prometheus reads a rule file: { groups: [...] }.
  prometheusRules+:: { groups+: finish.ruleGroups(import 'mixin/rules.libsonnet', $._config) },
  prometheusAlerts+:: { groups+: finish.alertGroups(import 'mixin/alerts.libsonnet', $._config) },
}
