"""A long run of a real hub, Prometheus and exporters at high rates of change, with faults: ``make soak``."""
