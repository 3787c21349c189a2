"""Commands that an administrator runs against a Prometheus."""
