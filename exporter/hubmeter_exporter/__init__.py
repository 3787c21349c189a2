"""The groups exporter and the cost exporter, which Prometheus scrapes."""
