"""The same rules as objects of Kubernetes, for the Prometheus operator and for Google's managed Prometheus."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

Json = dict[str, Any]

LABELS: Final[Mapping[str, str]] = {"app.kubernetes.io/name": "hubmeter"}
LARGEST_OBJECT: Final = 524_288  # bytes of a PrometheusRule; the operator's admission webhook refuses larger ones


def prometheus_rule(name: str, groups: Sequence[Json]) -> Json:
    """Return a PrometheusRule; its namespace is left to ``kubectl apply --namespace``.

    Format: the operator's API reference, monitoring.coreos.com/v1.
    """
    return _object("monitoring.coreos.com/v1", "PrometheusRule", name, groups)


def cluster_rules(name: str, groups: Sequence[Json]) -> Json:
    """Return a ClusterRules object, which reads the hubs of all namespaces (``Rules`` would read its own only).

    Format: GoogleCloudPlatform/prometheus-engine, monitoring.googleapis.com/v1.
    """
    return _object("monitoring.googleapis.com/v1", "ClusterRules", name, groups)


def _object(version: str, kind: str, name: str, groups: Sequence[Json]) -> Json:
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "labels": dict(LABELS)},
        "spec": {"groups": list(groups)},
    }
