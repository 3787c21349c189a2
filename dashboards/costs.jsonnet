// Written by hubmeter-generate; do not edit.
// For deploy.py of jupyterhub/grafana-dashboards, which reads a variable's query as text.
local text(variable) = if variable.type == 'query' then variable { query: super.query.query } else variable;

(import 'costs.json') {
  templating+: { list: [text(variable) for variable in super.list] },
}
