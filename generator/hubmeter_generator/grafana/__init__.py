"""The house style of dashboards, on top of grafanalib: panels, tables, boards."""
