"""Quotas: policies, the limits of a user, the usage in Prometheus, and the decision whether a server may start."""
