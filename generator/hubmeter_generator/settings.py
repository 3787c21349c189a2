"""The generator's settings: the defaults of settings.yaml beside this module, and a site's file on top."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from hubmeter_common import metrics_prefix, validation
from hubmeter_common.durations import seconds
from hubmeter_common.settings_file import SettingsError, parse, read
from hubmeter_generator import setting_checks as checks

_DAY: Final = 86400


class PodNamespace(BaseModel):
    """Namespaces of pods that belong to a hub in another namespace."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    namespaces: Annotated[str, AfterValidator(checks.regex)]
    hub: Annotated[str, AfterValidator(checks.hub_of_namespaces)]

    @field_validator("hub")
    @classmethod
    def _has_its_groups(cls, hub: str, info: ValidationInfo) -> str:
        return checks.references(hub, info.data["namespaces"]) if "namespaces" in info.data else hub


class GpuResource(BaseModel):
    """An extended resource that counts as a part of a GPU."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    resource: Annotated[str, AfterValidator(checks.gpu_name), AfterValidator(checks.regex)]
    part: Annotated[str, AfterValidator(checks.fraction)]


Label = Annotated[str, AfterValidator(checks.label)]
Matchers = Annotated[str, AfterValidator(checks.matchers)]


class Settings(BaseModel):
    """The settings of a site; settings.yaml explains each and has the defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    cluster_label: Annotated[str, AfterValidator(checks.cluster_label)]
    hub_selector: Annotated[str, AfterValidator(checks.some_matchers)]
    pod_namespaces: tuple[PodNamespace, ...]
    kube_state_metrics_selector: Matchers
    cadvisor_selector: Matchers
    metrics_prefix: Annotated[str, AfterValidator(metrics_prefix.checked)]
    username_annotation_label: Label
    profile_label: Label
    size_label: Label
    image_label: Label
    server_container: Annotated[str, AfterValidator(checks.quotable)]
    gpu_resources: Annotated[tuple[GpuResource, ...], AfterValidator(checks.gpus)]
    interval: Annotated[str, AfterValidator(checks.interval)]
    membership_interval: Annotated[str, AfterValidator(checks.membership_interval)]
    carry_forward: Annotated[str, AfterValidator(checks.carry_forward)]
    home_carry_forward: Annotated[str, AfterValidator(checks.home_carry_forward)]
    shared_directories: Annotated[str, AfterValidator(checks.quoted_regex)]
    node_pool_label: Label
    windows: Annotated[tuple[str, ...], AfterValidator(checks.windows)]
    datasource_regex: Annotated[str, AfterValidator(checks.regex)]
    color_scheme: Literal["palette-classic", "palette-colorblind"]
    dashboard_tags: Annotated[tuple[str, ...], AfterValidator(checks.tags)]
    runbook_url: Annotated[str, AfterValidator(checks.runbook_url)]
    home_nearly_full_ratio: Annotated[str, AfterValidator(checks.ratio)]
    user_near_limit_ratio: Annotated[str, AfterValidator(checks.ratio)]
    cost_source: Literal["exporter", "opencost", "none"]
    cost_weight: Literal["memory", "dominant"]
    cost_node_selector: Matchers
    cost_node_hub_label: Annotated[str, AfterValidator(checks.label_or_none)]
    budgets: Annotated[Mapping[str, float], AfterValidator(checks.budgets)]

    def placeholders(self) -> dict[str, str]:
        """Return the values of placeholders: plain settings, and values derived from them.

        mixin/mixin.libsonnet and the chart's templates/_settings.tpl derive the same values.
        """
        return {
            "cluster": f"{self.cluster_label}, " if self.cluster_label else "",
            "cluster_matcher": f'{self.cluster_label}=~"$cluster", ' if self.cluster_label else "",
            "cluster_legend": f"{{{{{self.cluster_label}}}}} / " if self.cluster_label else "",
            "cluster_link": "&${cluster:queryparam}" if self.cluster_label else "",
            "cluster_label": self.cluster_label,
            "hub_selector": self.hub_selector,
            "hub_patterns_begin": "label_replace(" * len(self.pod_namespaces),
            "hub_patterns_end": _hub_patterns(self.pod_namespaces),
            "kube_state_metrics": _prefix(self.kube_state_metrics_selector),
            "cadvisor": _prefix(self.cadvisor_selector),
            "metrics_prefix": self.metrics_prefix,
            "username_annotation_label": self.username_annotation_label,
            "profile_label": self.profile_label,
            "size_label": self.size_label,
            "image_label": self.image_label,
            "server_container": self.server_container,
            "gpu_requests": self._gpu_query("kube_pod_container_resource_requests", self.hub_selector),
            "gpu_init_requests": self._gpu_query("kube_pod_init_container_resource_requests", self.hub_selector),
            "gpu_allocatable": self._gpu_query("kube_node_status_allocatable", 'node!=""'),
            "interval": self.interval,
            "interval_range": _short_of(self.interval),
            "interval_seconds": str(seconds(self.interval)),
            "membership_interval": self.membership_interval,
            "membership_seconds": str(seconds(self.membership_interval)),
            "carry_forward": self.carry_forward,
            "carry_forward_range": _short_of(self.carry_forward),
            "home_carry_forward": self.home_carry_forward,
            "shared_directories": self.shared_directories,
            "node_pool_label": self.node_pool_label,
            "windows": ",".join(self.windows),
            "windows_regex": "|".join(self.windows),
            "longest_window": max(self.windows, key=seconds),
            "datasource_regex": self.datasource_regex,
            "color_scheme": self.color_scheme,
            "dashboard_tag": self.dashboard_tags[0],
            "home_nearly_full_ratio": self.home_nearly_full_ratio,
            "user_near_limit_ratio": self.user_near_limit_ratio,
            "cost_node_selector": self.cost_node_selector,
            "cost_node_hub_label": self.cost_node_hub_label,
            "budgets": _budget_query(self.budgets),
        }

    def _gpu_query(self, metric: str, selector: str) -> str:
        """Return the query of a metric's GPUs: each resource times its part of a GPU, the first match of a resource."""
        matchers = f"{_prefix(self.kube_state_metrics_selector)}{selector}"
        return "\nor\n".join(
            f'{metric}{{{matchers}, resource=~"{gpu.resource}"}} * ({gpu.part})' for gpu in self.gpu_resources
        )

    def window_placeholders(self, kind: str = "windows") -> list[dict[str, str]]:
        """Return for each window the additional placeholders of a rule group that exists once per window.

        Args:
            kind: ``windows`` for all, ``short windows`` for those up to a day, ``long windows`` for the others.
        """
        short = {w for w in self.windows if seconds(w) <= _DAY}
        chosen = {"windows": set(self.windows), "short windows": short, "long windows": set(self.windows) - short}
        return [{"window": w, "window_range": _short_of(w)} for w in self.windows if w in chosen[kind]]


def _short_of(duration: str) -> str:
    """Return the duration minus 1 ms: Prometheus 2 includes the left edge of a range, Prometheus 3 does not."""
    return f"{seconds(duration) * 1000 - 1}ms"


def _prefix(matchers: str) -> str:
    return f"{matchers}, " if matchers else ""


def _hub_patterns(patterns: Sequence[PodNamespace]) -> str:
    """Return the arguments of nested calls of label_replace that set hub_namespace; the first pattern is outermost."""
    return "".join(
        f', "hub_namespace", "{pattern.hub}", "namespace", "{_escaped(pattern.namespaces)}")'
        for pattern in reversed(patterns)
    )


def _budget_query(budgets: Mapping[str, float]) -> str:
    """Return a query of all budgets by the label usergroup. Amounts are in cents, so that jsonnet writes the same."""
    rows = (
        f'label_replace(vector({round(amount * 100)} / 100), "usergroup", {_label_value(group)}, "", "")'
        for group, amount in sorted(budgets.items())
    )
    return "\nor\n".join(rows) or "vector(0) < 0"


def _label_value(value: str) -> str:
    """Return a text as an argument of label_replace, where a single dollar sign would begin a reference."""
    return f'"{_escaped(value).replace("$", "$$")}"'


def _escaped(value: str) -> str:
    """Return a text for PromQL's quotes."""
    return re.sub(r'(["\\])', r"\\\1", value)


def defaults_text() -> str:
    """Return the text of settings.yaml: every setting with its default and a comment."""
    return files(__package__).joinpath("settings.yaml").read_text(encoding="utf-8")


def defaults() -> dict[str, Any]:
    """Return the default of every setting."""
    values: dict[str, Any] = parse(defaults_text())
    return values


def load(path: Path | None = None) -> Settings:
    """Return the settings of a YAML file, on top of the defaults.

    Raises:
        SettingsError: for a missing file, invalid YAML, an unknown setting or an invalid value.
    """
    if path is None:
        return make({}, "the defaults")
    return make(read(path), str(path))


def make(values: Mapping[str, Any], source: str) -> Settings:
    """Return these values on top of the defaults.

    Args:
        values: Values by setting.
        source: Where the values come from, for errors.

    Raises:
        SettingsError: for an unknown setting or an invalid value.
    """
    merged = {**defaults(), **values}
    try:
        return Settings.model_validate(
            {key: tuple(value) if isinstance(value, list) else value for key, value in merged.items()}
        )
    except ValidationError as error:
        sentences = (validation.sentence(problem, Settings.model_fields) for problem in error.errors())
        raise SettingsError("\n".join(f"{source}: {sentence}" for sentence in sentences)) from error
