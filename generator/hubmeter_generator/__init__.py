"""The only writer of dashboards/: dashboards, recording rules and alerts from PromQL templates."""
