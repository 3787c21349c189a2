// Written by hubmeter-generate; do not edit.
{
  'hubmeter-activity.json': import 'dashboards/activity.libsonnet',
  'hubmeter-costs.json': import 'dashboards/costs.libsonnet',
  'hubmeter-group-bill.json': import 'dashboards/group-bill.libsonnet',
  'hubmeter-groups.json': import 'dashboards/groups.libsonnet',
  'hubmeter-health.json': import 'dashboards/health.libsonnet',
  'hubmeter-homes.json': import 'dashboards/homes.libsonnet',
  'hubmeter-profiles.json': import 'dashboards/profiles.libsonnet',
  'hubmeter-quotas.json': import 'dashboards/quotas.libsonnet',
  'hubmeter-report.json': import 'dashboards/report.libsonnet',
  'hubmeter-users.json': import 'dashboards/users.libsonnet',
}
