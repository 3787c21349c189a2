"""Generates dashboards, recording rules and alerts from PromQL templates."""
