// Copied by `make generate` from generator/hubmeter_generator/mixin; edit it there.
// Hubmeter as a jsonnet mixin: dashboards, recording rules and alerts, configured by `_config`. docs/mixin.md shows its use.
//
//   (import 'github.com/hubmeter/hubmeter/dashboards/mixin.libsonnet') + { _config+:: { cluster_label: 'cluster' } }
//
// It fills in the open model of ../chart/files, so vendor the whole repository. For the same settings, the result equals
// that of hubmeter-generate. It uses only functions that work alike in jsonnet 0.18 (Debian 12) and all later versions;
// std.splitLimit of 0.18, for example, loses characters. Files are filled in as text, because replacing and parsing are
// native and fast.

// ---- Checks of _config ----

local units = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

local check(config, key, holds, allowed) =
  if holds then config[key] else error '_config.%s: %s %s' % [key, std.manifestJsonMinified(config[key]), allowed];

local every(items, holds) = std.length(std.filter(holds, items)) == std.length(items);

local isDuration(text) =
  std.isString(text) && std.length(text) > 1
  && std.objectHas(units, text[std.length(text) - 1])
  && std.stripChars(std.substr(text, 0, std.length(text) - 1), '0123456789') == ''
  && text[0] != '0';

local seconds(text) = std.parseInt(std.substr(text, 0, std.length(text) - 1)) * units[text[std.length(text) - 1]];

local duration(config, key, least) =
  check(config, key, isDuration(config[key]) && seconds(config[key]) >= least,
        'must be a whole number and a unit (s, m, h, d or w), at least %ds in all' % least);

local text(config, key) = check(config, key, std.isString(config[key]), 'must be text');
local someText(config, key) = check(config, key, std.isString(config[key]) && config[key] != '', 'must be text, not empty');
local someTexts(config, key) =
  check(config, key,
        std.isArray(config[key]) && std.length(config[key]) > 0
        && every(config[key], function(item) std.isString(item) && item != ''),
        'must be a list of text, not empty');

local windows(config) =
  check(config, 'windows',
        every(someTexts(config, 'windows'), function(item) isDuration(item) && seconds(item) >= 3600 && seconds(item) % 300 == 0),
        'must hold durations of at least 1h, in whole multiples of 5m');

local oneOf(config, key, allowed) =
  check(config, key, std.member(allowed, config[key]), 'must be one of ' + std.join(', ', allowed));

local budgets(config) =
  check(config, 'budgets',
        std.isObject(config.budgets)
        && every(std.objectValues(config.budgets), function(usd) std.isNumber(usd) && usd >= 0.01 && usd < 1e12
                                                                 && std.abs(usd * 100 - std.floor(usd * 100 + 0.5)) < 1e-6),
        'must hold amounts in USD by group, of at least 0.01');

// Whether an expression has the groups that a hub refers to; PromQL replaces others by nothing.
local hasGroups(namespaces, hub) =
  local opened = std.length(std.split(std.strReplace(std.strReplace(namespaces, '\\(', ''), '(?:', ''), '(')) - 1;
  every(std.range(opened + 1, 9), function(number) std.findSubstr('$%d' % number, std.strReplace(hub, '{', '')) == []);

local podNamespaces(config) =
  check(config, 'pod_namespaces',
        std.isArray(config.pod_namespaces)
        && every(config.pod_namespaces, function(item) std.isObject(item) && std.objectFields(item) == ['hub', 'namespaces']
                                                       && every(std.objectValues(item), function(value) std.isString(value) && value != '')
                                                       && hasGroups(item.namespaces, item.hub)),
        'must be a list of { namespaces: expression, hub: namespace }; $1 needs a group in the expression');

local gpuResources(config) =
  local isPart(text) = every(std.split(text, '/'), function(number) isDuration(number + 's'))
                       && std.length(std.split(text, '/')) <= 2;
  check(config, 'gpu_resources',
        std.isArray(config.gpu_resources) && config.gpu_resources != []
        && every(config.gpu_resources, function(item) std.isObject(item) && std.objectFields(item) == ['part', 'resource']
                                                      && every(std.objectValues(item), std.isString)
                                                      && item.resource != '' && isPart(item.part)
                                                      && std.length(std.split(item.resource, '/')) == 1),
        'must be a list of { resource: expression, part: fraction as text }, not empty; nvidia_com_gpu, not nvidia.com/gpu');

// ---- Placeholders: the values that Settings.placeholders() of hubmeter-generate gives ----

// Prometheus 2 counts a range's left edge and Prometheus 3 does not.
local shortOf(text) = '%dms' % (seconds(text) * 1000 - 1);

local prefix(matchers) = if matchers == '' then '' else matchers + ', ';

// A query of all budgets, by the label usergroup. In label_replace a dollar sign would begin a reference.
local budgetQuery(amounts) =
  local quoted(name) = '"' + std.strReplace(std.strReplace(std.strReplace(name, '\\', '\\\\'), '"', '\\"'), '$', '$$') + '"';
  local row(name) =
    'label_replace(vector(%d / 100), "usergroup", ' % std.floor(amounts[name] * 100 + 0.5) + quoted(name) + ', "", "")';
  if amounts == {} then 'vector(0) < 0' else std.join('\nor\n', [row(name) for name in std.objectFields(amounts)]);

// The arguments of nested calls of label_replace; the first pattern is outermost, so it has precedence.
local hubPatterns(patterns) =
  local quoted(expression) = '"' + std.strReplace(std.strReplace(expression, '\\', '\\\\'), '"', '\\"') + '"';
  local call(pattern) = ', "hub_namespace", "' + pattern.hub + '", "namespace", ' + quoted(pattern.namespaces) + ')';
  std.join('', [call(pattern) for pattern in std.reverse(patterns)]);

// A query of a metric's GPUs: each resource times its part of a GPU, the first match of a resource.
local gpuQuery(config, metric, selector) =
  local matchers = prefix(config.kube_state_metrics_selector) + selector;
  std.join('\nor\n', [
    '%s{%s, resource=~"%s"} * (%s)' % [metric, matchers, gpu.resource, gpu.part]
    for gpu in gpuResources(config)
  ]);

local placeholders(config) =
  local cluster_label = text(config, 'cluster_label');
  local interval = check(config, 'interval', 300 % seconds(duration(config, 'interval', 1)) == 0, 'must divide 5m');
  local membership_interval = check(
    config, 'membership_interval',
    seconds(duration(config, 'membership_interval', 1)) <= 150 && 300 % seconds(config.membership_interval) == 0,
    'must divide 5m and be at most 150s'
  );
  local carry_forward = duration(config, 'carry_forward', 600);
  local all_windows = windows(config);
  local longer(a, b) = if seconds(b) > seconds(a) then b else a;
  local runbook_url = someText(config, 'runbook_url');
  assert oneOf(config, 'cost_source', ['exporter', 'opencost', 'none']) != '';
  assert oneOf(config, 'cost_weight', ['memory', 'dominant']) != '';
  assert std.strReplace(runbook_url, '{alert}', '') != runbook_url :
         '_config.runbook_url: %s must hold {alert}' % runbook_url;
  {
    cluster: prefix(cluster_label),
    cluster_matcher: if cluster_label == '' then '' else cluster_label + '=~"$cluster", ',
    cluster_legend: if cluster_label == '' then '' else '{{' + cluster_label + '}} / ',
    cluster_link: if cluster_label == '' then '' else '&${cluster:queryparam}',
    cluster_label: cluster_label,
    hub_selector: someText(config, 'hub_selector'),
    hub_patterns_begin: std.join('', ['label_replace(' for _ in podNamespaces(config)]),
    hub_patterns_end: hubPatterns(podNamespaces(config)),
    kube_state_metrics: prefix(text(config, 'kube_state_metrics_selector')),
    cadvisor: prefix(text(config, 'cadvisor_selector')),
    metrics_prefix: someText(config, 'metrics_prefix'),
    username_annotation_label: someText(config, 'username_annotation_label'),
    profile_label: someText(config, 'profile_label'),
    size_label: someText(config, 'size_label'),
    image_label: someText(config, 'image_label'),
    server_container: someText(config, 'server_container'),
    gpu_requests: gpuQuery(config, 'kube_pod_container_resource_requests', config.hub_selector),
    gpu_init_requests: gpuQuery(config, 'kube_pod_init_container_resource_requests', config.hub_selector),
    gpu_allocatable: gpuQuery(config, 'kube_node_status_allocatable', 'node!=""'),
    interval: interval,
    interval_range: shortOf(interval),
    interval_seconds: '%d' % seconds(interval),
    membership_interval: membership_interval,
    membership_seconds: '%d' % seconds(membership_interval),
    carry_forward: carry_forward,
    carry_forward_range: shortOf(carry_forward),
    home_carry_forward: duration(config, 'home_carry_forward', 1800),
    windows: std.join(',', all_windows),
    windows_regex: std.join('|', all_windows),
    longest_window: std.foldl(longer, all_windows, all_windows[0]),
    datasource_regex: text(config, 'datasource_regex'),
    color_scheme: oneOf(config, 'color_scheme', ['palette-classic', 'palette-colorblind']),
    dashboard_tag: someTexts(config, 'dashboard_tags')[0],
    home_nearly_full_ratio: text(config, 'home_nearly_full_ratio'),
    user_near_limit_ratio: text(config, 'user_near_limit_ratio'),
    cost_node_selector: text(config, 'cost_node_selector'),
    node_pool_label: someText(config, 'node_pool_label'),
    cost_node_hub_label: text(config, 'cost_node_hub_label'),
    shared_directories: text(config, 'shared_directories'),
    budgets: budgetQuery(budgets(config)),
  };

// ---- Filling ----

// Replaces a percent sign that begins no placeholder. JSON cannot contain this character, so no value is ever
// mistaken for a placeholder.
local percent = std.char(1);

local fill(json, values) =
  local inJson(value) =
    local quoted = std.escapeStringJson(value);
    std.strReplace(std.substr(quoted, 1, std.length(quoted) - 2), '%', percent);
  local replace(json, name) = std.strReplace(json, '%(' + name + ')s', inJson(values[name]));
  std.foldl(replace, std.objectFields(values), std.strReplace(json, '%%', percent));

local parse(json) =
  assert std.strReplace(json, '%', '') == json :
         'no setting fills in %%%s' % std.substr(std.split(json, '%')[1], 0, 40);
  std.parseJson(std.strReplace(json, percent, '%'));

local without(object, key) = { [name]: object[name] for name in std.objectFields(object) if name != key };

local ruleGroups(json, config) =
  local settled = fill(json, placeholders(config));
  local filled = [
    {
      kinds: ['windows', if seconds(window) <= 86400 then 'short windows' else 'long windows'],
      groups: parse(fill(settled, { window: window, window_range: shortOf(window) })),
    }
    for window in windows(config)
  ];
  local exists(rule) = every(std.objectFields(rule.when), function(key) std.member(rule.when[key], config[key]));
  local finished(group) =
    without(group, 'per') { rules: [without(rule, 'when') for rule in super.rules if exists(rule)] };
  local all = [
    finished(copy.groups[i])
    for i in std.range(0, std.length(filled[0].groups) - 1)
    for copy in (
      local per = filled[0].groups[i].per;
      if per == '' then [filled[0]] else [copy for copy in filled if std.member(copy.kinds, per)]
    )
  ];
  [group for group in all if group.rules != []];

local alertGroups(json, config) =
  local enabled(alert) = alert.enabled_by == '' || config[alert.enabled_by] != '';
  local finished(alert) = without(alert, 'enabled_by') {
    annotations+: { runbook_url: std.strReplace(config.runbook_url, '{alert}', alert.alert) },
  };
  [
    group { rules: [finished(alert) for alert in super.rules if enabled(alert)] }
    for group in parse(fill(json, placeholders(config)))
  ];

// Without a cluster label, a dashboard has no variable for it.
local dashboard(json, config) =
  local shown(variable) = config.cluster_label != '' || variable.name != 'cluster';
  parse(fill(json, placeholders(config))) {
    tags: config.dashboard_tags + super.tags,
    templating+: { list: [variable for variable in super.list if shown(variable)] },
  };

// ---- The mixin ----

local dashboards = {
  'hubmeter-activity.json': importstr '../chart/files/dashboards/activity.json',
  'hubmeter-cluster.json': importstr '../chart/files/dashboards/cluster.json',
  'hubmeter-costs.json': importstr '../chart/files/dashboards/costs.json',
  'hubmeter-group-bill.json': importstr '../chart/files/dashboards/group-bill.json',
  'hubmeter-groups.json': importstr '../chart/files/dashboards/groups.json',
  'hubmeter-health.json': importstr '../chart/files/dashboards/health.json',
  'hubmeter-homes.json': importstr '../chart/files/dashboards/homes.json',
  'hubmeter-profiles.json': importstr '../chart/files/dashboards/profiles.json',
  'hubmeter-quotas.json': importstr '../chart/files/dashboards/quotas.json',
  'hubmeter-report.json': importstr '../chart/files/dashboards/report.json',
  'hubmeter-trouble.json': importstr '../chart/files/dashboards/trouble.json',
  'hubmeter-users.json': importstr '../chart/files/dashboards/users.json',
};

{
  _config+:: import 'mixin-defaults.libsonnet',

  // Files of Grafana dashboards by their names.
  grafanaDashboards+:: { [file]: dashboard(dashboards[file], $._config) for file in std.objectFields(dashboards) },

  // Recording rules and alerts, each as Prometheus reads a rule file: { groups: [...] }.
  prometheusRules+:: { groups+: ruleGroups(importstr '../chart/files/rules.json', $._config) },
  prometheusAlerts+:: { groups+: alertGroups(importstr '../chart/files/alerts.json', $._config) },
}
