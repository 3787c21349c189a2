"""A Prometheus and the settings of Hubmeter on it: everything that checks query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from hubmeter_generator.settings import Settings
from hubmeter_promql import health_parts, names, render
from hubmeter_promql.client import Prometheus, PrometheusError, UnreachableError, Value

HONOR_LABELS: Final = (
    "set honor_labels: true (honorLabels in a ServiceMonitor) for this scrape; where the platform ignores it, see "
    "docs/prerequisites.md#platforms-that-ignore-honorlabels"
)
RELABELLING: Final = (
    "to the allow-list of the scrape: metric_relabel_configs with the action keep (metricRelabelings in a "
    "ServiceMonitor, metricsTuning.includeMetrics of kube-state-metrics in Grafana's k8s-monitoring chart)"
)
# External labels by which stores of several clusters usually distinguish them.
CLUSTER_LABELS: Final = ("cluster", "cluster_name")
_LISTED: Final = 5  # names in a sentence


@dataclass(frozen=True)
class Site:
    """A Prometheus, the settings that Hubmeter uses on it, and the time of the check (Unix seconds; None: now)."""

    prometheus: Prometheus
    settings: Settings
    at: float | None = None

    def query(self, template: str, **parameters: str) -> list[Value]:
        """Return the result of ``checks/{template}.promql``; a template with a folder is that file.

        The values of ``parameters`` may use the settings' placeholders.
        """
        values = self.settings.placeholders()
        path = template if "/" in template else f"checks/{template}"
        return self.prometheus.instant(render.render(render.part(f"{path}.promql", parameters), values), self.at)

    def rows(self, selector: str) -> dict[str, float]:
        """Return the number of series that match a selector, by namespace."""
        return self.by_hub(self.query("rows", series=selector))

    def rows_by_hub(self, selector: str) -> dict[str, float]:
        """Return the number of series of pods that match a selector, by the pods' hub (setting pod_namespaces)."""
        return self.by_hub(self.query("parts/usage/rows_by_hub", series=selector))

    def by_hub(self, vector: Iterable[Value]) -> dict[str, float]:
        """Return values by the hub's namespace, with the cluster before it if a cluster label is configured."""
        labels = [label for label in (self.settings.cluster_label, "namespace") if label]
        return {"/".join(row.labels.get(label, "") for label in labels): row.value for row in vector}

    def overwritten(self, metric: str) -> list[Value]:
        """Return the series of a metric whose own namespace is in ``exported_namespace`` and differs from theirs.

        Of ``kube_pod_info`` also those whose own pod is in ``exported_pod``.
        """
        rows = self.query("alerts/health/namespace_overwritten", set_aside=health_parts.set_aside([metric]))
        return [row for row in rows if (row.labels["series"] == "kube_pod_info") == (metric == "kube_pod_info")]

    def read(self, path: str, **parameters: str) -> Any:
        """Return the data of another API endpoint; None if the engine has no such endpoint."""
        try:
            return self.prometheus.read(path, **parameters)
        except UnreachableError:
            raise
        except PrometheusError:
            return None

    def labels(self, metric: str) -> list[str]:
        """Return the names of a metric's labels; none if the engine does not list them."""
        return [str(name) for name in self.read("labels", **{"match[]": metric}) or ()]

    def age(self, series: str) -> float | None:
        """Return the seconds since a series was recorded; None if it has no current sample."""
        vector = self.query("recorded_age", series=series)
        return vector[0].value if vector else None

    def matchers(self, setting: str) -> str:
        """Return the selector that a setting and the hub selector make, for a sentence."""
        texts = (getattr(self.settings, setting), self.settings.hub_selector)
        return f"{{{', '.join(text for text in texts if text)}}}"

    @cached_property
    def annotated_pods(self) -> dict[str, float]:
        """The number of pods with a username, by hub."""
        return self.rows_by_hub(
            'kube_pod_annotations{%(kube_state_metrics)s%(hub_selector)s, %(username_annotation_label)s!=""}'
        )

    @cached_property
    def exporters(self) -> dict[str, float]:
        """The number of groups exporters, by hub."""
        return self.rows(f"%(metrics_prefix)s_{names.LAST_REFRESH}{{%(hub_selector)s}}")

    @cached_property
    def hubs(self) -> list[str]:
        """All hubs, by the rules' own definition."""
        return sorted({*self.annotated_pods, *self.exporters})

    @cached_property
    def rule_groups(self) -> list[Mapping[str, Any]]:
        """Hubmeter's rule groups as the engine lists them; none if another server evaluates them."""
        data = self.read("rules")
        groups = (data.get("groups") if isinstance(data, Mapping) else None) or []
        return [group for group in groups if str(group.get("name", "")).startswith("hubmeter-")]


def listed(texts: Iterable[str]) -> str:
    """Return names for a sentence: sorted, at most 5 of them, and the number of further ones."""
    ordered = sorted(texts)
    more = f" and {len(ordered) - _LISTED} more" if len(ordered) > _LISTED else ""
    return ", ".join(name or "(no namespace)" for name in ordered[:_LISTED]) + more


def exported_namespaces(vector: Iterable[Value]) -> str:
    """Return the values of the label ``exported_namespace`` for a sentence."""
    return listed(row.labels["exported_namespace"] for row in vector)
