"""``make demo``: a real hub, exporter and Prometheus with our rules, around a simulated cluster."""
