// Written by hubmeter-generate; do not edit.
// Fills templates in, exactly as hubmeter-generate does for the same settings.
local settings = import 'placeholders.libsonnet';

// A text with its %(name)s filled in and its %% made %; std.format does the same, a hundred times slower.
local fill(text, values) =
  local pieces = std.split(text, '%');
  local step(state, piece) =
    if state.percent then { text: state.text + '%' + piece, percent: false }
    else if piece == '' then { text: state.text, percent: true }
    else
      local parts = std.splitLimit(piece, ')s', 1);
      local name = std.substr(parts[0], 1, std.length(parts[0]) - 1);
      assert std.substr(piece, 0, 1) == '(' && std.length(parts) == 2 : 'a lone %% in %s' % std.manifestJson(text);
      assert std.objectHas(values, name) : 'no setting named %s, in %s' % [name, std.manifestJson(text)];
      { text: state.text + values[name] + parts[1], percent: false };
  if std.strReplace(text, '%', '') == text then text
  else std.foldl(step, pieces[1:], { text: pieces[0], percent: false }).text;

local fillAll(value, values) =
  local type = std.type(value);
  if type == 'string' then fill(value, values)
  else if type == 'array' then [fillAll(item, values) for item in value]
  else if type == 'object' then { [key]: fillAll(value[key], values) for key in std.objectFields(value) }
  else value;

local withoutBlankEnds(lines) =
  local last = std.length(lines) - 1;
  if last < 0 then lines
  else if lines[last] == '' then withoutBlankEnds(lines[:last])
  else if lines[0] == '' then withoutBlankEnds(lines[1:])
  else lines;

// A template without its comments.
local query(template) =
  std.join('\n', withoutBlankEnds([line for line in std.split(template, '\n') if std.substr(line, 0, 1) != '#']));

local expr(rule, values) = fill(query(rule.template), values + fillAll(rule.parameters, values));

local isThere(rule, config) =
  local allowed(key) = std.member(std.split(rule.when[key], '|'), config[key]);
  std.length(std.filter(allowed, std.objectFields(rule.when))) == std.length(std.objectFields(rule.when));

local record(rule, values) =
  { record: rule.record, expr: expr(rule, values) }
  + (if rule.labels == {} then {} else { labels: fillAll(rule.labels, values) });

local alert(rule, config, values) = {
  alert: rule.name,
  expr: expr(rule, values),
  'for': fill(rule.hold_for, values),
  labels: { severity: rule.severity },
  annotations: {
    summary: fill(rule.summary, values),
    description: fill(rule.description, values),
    runbook_url: std.strReplace(config.runbook_url, '{alert}', rule.name),
  },
};

{
  ruleGroups(groups, config):
    local values = settings.placeholders(config);
    [
      {
        name: fill(group.name, names),
        interval: fill(group.interval, names),
        rules: [record(rule, names) for rule in group.rules if isThere(rule, config)],
      }
      for group in groups
      if std.length([rule for rule in group.rules if isThere(rule, config)]) > 0
      for names in (
        if group.each == '' then [values]
        else [values + window for window in settings.windowPlaceholders(config, group.each)]
      )
    ],

  alertGroups(groups, config):
    local values = settings.placeholders(config);
    local enabled(rule) = rule.enabled_by == '' || config[rule.enabled_by] != '';
    [
      {
        name: group.name,
        interval: fill(group.interval, values),
        rules: [alert(rule, config, values) for rule in group.alerts if enabled(rule)],
      }
      for group in groups
    ],

  // A dashboard without cluster label has no variable for it.
  dashboards(templates, config):
    local values = settings.placeholders(config);
    local shown(variable) = config.cluster_label != '' || variable.name != 'cluster';
    {
      [file]: fillAll(templates[file], values) {
        tags: config.dashboard_tags,
        templating+: { list: [variable for variable in super.list if shown(variable)] },
      }
      for file in std.objectFields(templates)
    },
}
