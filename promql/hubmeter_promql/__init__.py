"""Names of metrics and series, PromQL templates, and a client for Prometheus."""
