"""Real engines: Prometheus of several versions, and VictoriaMetrics with vmalert."""
