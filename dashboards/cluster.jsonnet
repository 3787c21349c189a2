// Written by hubmeter-generate; do not edit.
// For deploy.py of jupyterhub/grafana-dashboards, which reads a variable's query as text and knows label_values only.
// Other queries are replaced by their constant default; without one, by all users.
local text(variable) =
  if variable.type != 'query' then variable
  else if std.startsWith(variable.query.query, 'label_values(') then variable { query: super.query.query }
  else {
    type: 'constant',
    name: variable.name,
    hide: 2,
    query: if variable.multi then '.*' else variable.current.value,
    skipUrlSync: true,
  };

// It gives dashboards uids of its own, so that links choose the group or user here. The menu at the top leads on.
local here(value) =
  if std.isArray(value) then [here(item) for item in value]
  else if !std.isObject(value) then value
  else if std.isString(std.get(value, 'url')) && std.startsWith(value.url, '/d/hubmeter-') then
    {
      title: 'Only this; menu Hubmeter: other dashboards',
      url: '/d/${__dashboard.uid}?' + std.splitLimit(value.url, '?', 1)[1],
    }
  else { [key]: here(value[key]) for key in std.objectFields(value) };

(import 'cluster.json') {
  panels: here(super.panels),
  templating+: { list: [text(variable) for variable in super.list] },
}
