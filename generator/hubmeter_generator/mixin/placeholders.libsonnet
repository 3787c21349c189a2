// What templates may use, from _config: the same values as Settings.placeholders() of hubmeter-generate gives.
local units = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

local check(config, key, holds, allowed) =
  if holds then config[key] else error '_config.%s: %s %s' % [key, std.manifestJsonMinified(config[key]), allowed];

local each(items, holds) = std.length(std.filter(holds, items)) == std.length(items);

local isDuration(text) =
  std.isString(text) && std.length(text) > 1
  && std.objectHas(units, text[std.length(text) - 1])
  && std.stripChars(std.substr(text, 0, std.length(text) - 1), '0123456789') == ''
  && text[0] != '0';

local seconds(text) = std.parseInt(std.substr(text, 0, std.length(text) - 1)) * units[text[std.length(text) - 1]];

// Prometheus 2 counts a range's left edge and Prometheus 3 does not.
local shortOf(text) = '%dms' % (seconds(text) * 1000 - 1);

local duration(config, key, least) =
  check(config, key, isDuration(config[key]) && seconds(config[key]) >= least,
        'must be a whole number and a unit (s, m, h, d or w), at least %ds in all' % least);

local text(config, key) = check(config, key, std.isString(config[key]), 'must be text');
local someText(config, key) = check(config, key, std.isString(config[key]) && config[key] != '', 'must be text, not empty');
local someTexts(config, key) =
  check(config, key,
        std.isArray(config[key]) && std.length(config[key]) > 0
        && each(config[key], function(item) std.isString(item) && item != ''),
        'must be a list of texts, not empty');

local windows(config) =
  check(config, 'windows',
        each(someTexts(config, 'windows'), function(item) isDuration(item) && seconds(item) >= 3600 && seconds(item) % 300 == 0),
        'must hold durations of at least 1h, in whole multiples of 5m');

local oneOf(config, key, allowed) =
  check(config, key, std.member(allowed, config[key]), 'must be one of ' + std.join(', ', allowed));

// A query of all budgets, told apart by the label usergroup. In label_replace a dollar sign would begin a reference.
local budgets(config) =
  local all =
    check(config, 'budgets',
          std.isObject(config.budgets)
          && each(std.objectValues(config.budgets), function(usd) std.isNumber(usd) && usd >= 0.01 && usd < 1e12),
          'must be amounts in USD by the names of groups, of at least 0.01');
  local quoted(name) = '"' + std.strReplace(std.strReplace(std.strReplace(name, '\\', '\\\\'), '"', '\\"'), '$', '$$') + '"';
  local row(name) =
    'label_replace(vector(%d / 100), "usergroup", ' % std.floor(all[name] * 100 + 0.5) + quoted(name) + ', "", "")';
  if all == {} then 'vector(0) < 0' else std.join('\nor\n', [row(name) for name in std.objectFields(all)]);

local prefix(matchers) = if matchers == '' then '' else matchers + ', ';

{
  // Locals, because jsonnet computes a local once and a field each time it is read.
  placeholders(config):
    local cluster_label = text(config, 'cluster_label');
    local hub_selector = someText(config, 'hub_selector');
    local kube_state_metrics = prefix(text(config, 'kube_state_metrics_selector'));
    local cadvisor = prefix(text(config, 'cadvisor_selector'));
    local metrics_prefix = someText(config, 'metrics_prefix');
    local username_annotation_label = someText(config, 'username_annotation_label');
    local profile_label = someText(config, 'profile_label');
    local size_label = someText(config, 'size_label');
    local image_label = someText(config, 'image_label');
    local server_container = someText(config, 'server_container');
    local gpu_resources = someText(config, 'gpu_resources');
    local interval = check(config, 'interval', 300 % seconds(duration(config, 'interval', 1)) == 0, 'must divide 5m');
    local interval_seconds = '%d' % seconds(interval);
    local carry_forward = duration(config, 'carry_forward', 600);
    local carry_forward_range = shortOf(carry_forward);
    local all_windows = windows(config);
    local longer(one, other) = if seconds(other) > seconds(one) then other else one;
    local longest_window = std.foldl(longer, all_windows, all_windows[0]);
    local datasource_regex = text(config, 'datasource_regex');
    local dashboard_tags = someTexts(config, 'dashboard_tags');
    local home_nearly_full_ratio = text(config, 'home_nearly_full_ratio');
    local user_near_limit_ratio = text(config, 'user_near_limit_ratio');
    local all_budgets = budgets(config);
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
      hub_selector: hub_selector,
      kube_state_metrics: kube_state_metrics,
      cadvisor: cadvisor,
      metrics_prefix: metrics_prefix,
      username_annotation_label: username_annotation_label,
      profile_label: profile_label,
      size_label: size_label,
      image_label: image_label,
      server_container: server_container,
      gpu_resources: gpu_resources,
      interval: interval,
      interval_seconds: interval_seconds,
      carry_forward: carry_forward,
      carry_forward_range: carry_forward_range,
      windows: std.join(',', all_windows),
      windows_regex: std.join('|', all_windows),
      longest_window: longest_window,
      datasource_regex: datasource_regex,
      dashboard_tag: dashboard_tags[0],
      home_nearly_full_ratio: home_nearly_full_ratio,
      user_near_limit_ratio: user_near_limit_ratio,
      budgets: all_budgets,
    },

  // which: 'windows' for all, 'short windows' for those of up to a day, 'long windows' for the others.
  windowPlaceholders(config, which):
    [
      { window: window, window_range: shortOf(window) }
      for window in windows(config)
      if which == 'windows' || (which == 'short windows') == (seconds(window) <= 86400)
    ],
}
