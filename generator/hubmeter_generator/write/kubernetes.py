"""Rules as Kubernetes objects, for the Prometheus operator and for Google's managed Prometheus."""

from collections.abc import Mapping, Sequence
from typing import Final

from hubmeter_common.settings_file import SettingsError
from hubmeter_generator.open_model import Json
from hubmeter_generator.write import rules

LABELS: Final[Mapping[str, str]] = {"app.kubernetes.io/name": "hubmeter"}
LARGEST_OBJECT: Final = 524_288  # bytes; the Prometheus operator's admission webhook rejects a larger PrometheusRule


def object_file(value: Json) -> str:
    """Return the text of an object's file.

    Raises:
        SettingsError: for an object that Kubernetes would reject as too large.
    """
    text = rules.text(value)
    if (size := len(text.encode())) > LARGEST_OBJECT:
        raise SettingsError(
            f"a rule object has {size} bytes, but Kubernetes allows at most {LARGEST_OBJECT}: use fewer windows or "
            "shorter selectors"
        )
    return text


def prometheus_rule(name: str, groups: Sequence[Json]) -> Json:
    """Return a PrometheusRule without a namespace, which ``kubectl apply --namespace`` sets.

    Format: the operator's API reference, monitoring.coreos.com/v1.
    """
    return _object("monitoring.coreos.com/v1", "PrometheusRule", name, groups)


def cluster_rules(name: str, groups: Sequence[Json]) -> Json:
    """Return a ClusterRules object. It reads all namespaces; ``Rules`` would read only its own.

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
