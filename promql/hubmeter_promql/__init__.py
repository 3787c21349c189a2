"""The language every room speaks: names, PromQL templates, and a client for Prometheus."""
