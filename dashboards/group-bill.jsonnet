// Written by hubmeter-generate; do not edit.
// For deploy.py of jupyterhub/grafana-dashboards, which reads a variable's query as text and knows label_values only.
local text(variable) =
  if variable.name == 'now' then { type: 'constant', name: 'now', hide: 2, query: 'end()', skipUrlSync: true }
  else if variable.type == 'query' then variable { query: super.query.query }
  else variable;

(import 'group-bill.json') {
  templating+: { list: [text(variable) for variable in super.list] },
}
