"""The generator's settings: defaults from settings.yaml beside this module, and one file of the user's on top."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from hubmeter_common import metrics_prefix, validation
from hubmeter_common.durations import seconds
from hubmeter_common.settings_file import SettingsError, parse, read

_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_MATCHER: Final = re.compile(r'\s*[a-zA-Z_]\w*\s*(?P<operator>=~|!~|!=|=)\s*"(?P<value>(?:[^"\\\n]|\\.)*)"\s*')
_CHARACTER_CLASS: Final = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]")
_NOT_RE2: Final = re.compile(r"\(\?(?:[=!>(#]|<[=!]|P=)|\\[1-9]|[*+?}]\+")
_MOST_WINDOWS: Final = 15
_DAY: Final = 86400

# The labels that recorded series have or that rules join on: a cluster label of that name would be summed away with it.
_OUR_LABELS: Final = frozenset(
    {"namespace", "usergroup", "username", "window", "pod", "uid", "container", "directory", "instance", "reason"}
    | {"profile", "size", "image", "day", "component", "driver", "kind", "month", "estimated"}
)


def _interval(value: str) -> str:
    if 300 % seconds(value):
        raise ValueError("must divide 5m, for example 15s, 30s, 1m, 100s or 5m")
    return value


def _membership_interval(value: str) -> str:
    if seconds(value) > 150 or 300 % seconds(value):
        raise ValueError("must divide 5m and be at most 150s, for example 1m or 150s")
    return value


def _carry_forward(value: str) -> str:
    if seconds(value) < 600:
        raise ValueError("must be at least 10m, because the past is looked at every 5 minutes")
    return value


def _windows(values: tuple[str, ...]) -> tuple[str, ...]:
    if not 0 < len(values) <= _MOST_WINDOWS:
        raise ValueError(
            f"must name 1 to {_MOST_WINDOWS} windows, for example [7d]; each is up to three groups of rules, and "
            "Mimir takes 70"
        )
    for value in values:
        if seconds(value) < 3600 or seconds(value) % 300:
            raise ValueError(f"holds {value!r}; a window is at least 1h, in whole multiples of 5m")
    if len({seconds(value) for value in values}) < len(values):
        raise ValueError("names the same window twice")
    return values


def _label(value: str) -> str:
    if not _NAME.fullmatch(value) or value.startswith("__"):
        raise ValueError(
            "must be a Prometheus name: letters, digits and underscores, not a digit or two underscores first"
        )
    return value


def _cluster_label(value: str) -> str:
    if value in _OUR_LABELS:
        raise ValueError(f"must not be one of the labels the rules use: {', '.join(sorted(_OUR_LABELS))}")
    return value and _label(value)


def _matchers(value: str) -> str:
    position = 0
    while value:
        match = _MATCHER.match(value, position)
        if not match:
            raise ValueError('must be PromQL matchers without braces, for example \'job="kubelet", cluster=~"a|b"\'')
        _matched_value(match["operator"], match["value"])
        if match.end() == len(value):
            break
        if value[match.end()] != ",":
            raise ValueError(f"must have a comma between two matchers, not {value[match.end() :]!r}")
        position = match.end() + 1
    return value


def _matched_value(operator: str, quoted: str) -> None:
    if wrong := re.search(r"\\[^\\\"]", quoted.replace("\\\\", "")):
        raise ValueError(f"holds {wrong[0]!r}: in PromQL's quotes a backslash is written twice")
    if "~" in operator:
        _regex(quoted.replace('\\"', '"').replace("\\\\", "\\"))


def _some_matchers(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty; 'namespace!=\"\"' matches every namespace")
    return _matchers(value)


def _quotable(value: str) -> str:
    if not value or re.search(r'["\\\n]', value):
        raise ValueError("must not be empty, nor hold quotes, backslashes or line ends")
    return value


def _regex(value: str) -> str:
    """Accept what RE2, the regular expressions of Prometheus, accepts: Python's without looking around or back."""
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"must be a regular expression: {value!r}: {error}") from error
    if found := _NOT_RE2.search(_CHARACTER_CLASS.sub("x", value.replace("\\\\", ""))):
        raise ValueError(f"must be a regular expression as Prometheus knows them (RE2), which have no {found[0]!r}")
    return value


def _tags(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or not all(values):
        raise ValueError("must name at least one tag, and no empty one, for example [hubmeter]")
    return values


def _runbook_url(value: str) -> str:
    if not re.fullmatch(r"https?://\S+", value) or "{alert}" not in value:
        raise ValueError("must be a web address that holds {alert}, which stands for the alert's name")
    return value


def _ratio(value: str) -> str:
    if value and not re.fullmatch(r"0\.[0-9]*[1-9][0-9]*|1(\.0+)?", value):
        raise ValueError('must be empty, or a part of 1 in quotes, for example "0.9"')
    return value


def _budgets(values: Mapping[str, float]) -> Mapping[str, float]:
    for name, amount in values.items():
        if not name or not name.isprintable():
            raise ValueError(f"names the group {name!r}; a group is a name that can be printed")
        if not 0.01 <= amount < 1e12 or abs(amount * 100 - round(amount * 100)) > 1e-6:
            raise ValueError(f"holds {amount!r} for {name!r}; a budget is an amount in USD of at least 0.01, in cents")
    return values


Label = Annotated[str, AfterValidator(_label)]
Matchers = Annotated[str, AfterValidator(_matchers)]


class Settings(BaseModel):
    """Everything a site can turn; what each is for stands in settings.yaml, which also holds the defaults."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    cluster_label: Annotated[str, AfterValidator(_cluster_label)]
    hub_selector: Annotated[str, AfterValidator(_some_matchers)]
    kube_state_metrics_selector: Matchers
    cadvisor_selector: Matchers
    metrics_prefix: Annotated[str, AfterValidator(metrics_prefix.checked)]
    username_annotation_label: Label
    profile_label: Label
    size_label: Label
    image_label: Label
    server_container: Annotated[str, AfterValidator(_quotable)]
    gpu_resources: Annotated[str, AfterValidator(_quotable), AfterValidator(_regex)]
    interval: Annotated[str, AfterValidator(_interval)]
    membership_interval: Annotated[str, AfterValidator(_membership_interval)]
    carry_forward: Annotated[str, AfterValidator(_carry_forward)]
    windows: Annotated[tuple[str, ...], AfterValidator(_windows)]
    datasource_regex: Annotated[str, AfterValidator(_regex)]
    dashboard_tags: Annotated[tuple[str, ...], AfterValidator(_tags)]
    runbook_url: Annotated[str, AfterValidator(_runbook_url)]
    home_nearly_full_ratio: Annotated[str, AfterValidator(_ratio)]
    user_near_limit_ratio: Annotated[str, AfterValidator(_ratio)]
    cost_source: Literal["exporter", "opencost", "none"]
    cost_weight: Literal["memory", "dominant"]
    budgets: Annotated[Mapping[str, float], AfterValidator(_budgets)]

    def placeholders(self) -> dict[str, str]:
        """Return what templates may use: the plain settings, and what follows from them.

        mixin/placeholders.libsonnet derives the same values from the mixin's ``_config``.
        """
        return {
            "cluster": f"{self.cluster_label}, " if self.cluster_label else "",
            "cluster_matcher": f'{self.cluster_label}=~"$cluster", ' if self.cluster_label else "",
            "cluster_legend": f"{{{{{self.cluster_label}}}}} / " if self.cluster_label else "",
            "cluster_link": "&${cluster:queryparam}" if self.cluster_label else "",
            "cluster_label": self.cluster_label,
            "hub_selector": self.hub_selector,
            "kube_state_metrics": _prefix(self.kube_state_metrics_selector),
            "cadvisor": _prefix(self.cadvisor_selector),
            "metrics_prefix": self.metrics_prefix,
            "username_annotation_label": self.username_annotation_label,
            "profile_label": self.profile_label,
            "size_label": self.size_label,
            "image_label": self.image_label,
            "server_container": self.server_container,
            "gpu_resources": self.gpu_resources,
            "interval": self.interval,
            "interval_seconds": str(seconds(self.interval)),
            "membership_interval": self.membership_interval,
            "membership_seconds": str(seconds(self.membership_interval)),
            "carry_forward": self.carry_forward,
            "carry_forward_range": _short_of(self.carry_forward),
            "windows": ",".join(self.windows),
            "windows_regex": "|".join(self.windows),
            "longest_window": max(self.windows, key=seconds),
            "datasource_regex": self.datasource_regex,
            "dashboard_tag": self.dashboard_tags[0],
            "home_nearly_full_ratio": self.home_nearly_full_ratio,
            "user_near_limit_ratio": self.user_near_limit_ratio,
            "budgets": _budget_query(self.budgets),
        }

    def window_placeholders(self, which: str = "windows") -> list[dict[str, str]]:
        """Return, for each window, what templates of rules that exist once per window may use besides.

        ``which`` is "windows" for all, "short windows" for those of up to a day, "long windows" for the others.
        """
        short = {w for w in self.windows if seconds(w) <= _DAY}
        chosen = {"windows": set(self.windows), "short windows": short, "long windows": set(self.windows) - short}
        return [{"window": w, "window_range": _short_of(w)} for w in self.windows if w in chosen[which]]


def _short_of(duration: str) -> str:
    """Return the duration less a millisecond: Prometheus 2 counts a range's left edge and Prometheus 3 does not."""
    return f"{seconds(duration) * 1000 - 1}ms"


def _prefix(matchers: str) -> str:
    return f"{matchers}, " if matchers else ""


def _budget_query(budgets: Mapping[str, float]) -> str:
    """Return a query of all budgets, told apart by the label usergroup; cents, so that jsonnet writes the same."""
    rows = (
        f'label_replace(vector({round(amount * 100)} / 100), "usergroup", {_label_value(group)}, "", "")'
        for group, amount in sorted(budgets.items())
    )
    return "\nor\n".join(rows) or "vector(0) < 0"


def _label_value(value: str) -> str:
    """Return a text as label_replace takes it; a dollar sign would begin a reference there."""
    return '"' + re.sub(r'(["\\])', r"\\\1", value).replace("$", "$$") + '"'


def defaults_text() -> str:
    """Return settings.yaml: every setting with its default and a comment that says why one would turn it."""
    return files(__package__).joinpath("settings.yaml").read_text(encoding="utf-8")


def defaults() -> dict[str, Any]:
    """Return the settings of settings.yaml, as read."""
    values: dict[str, Any] = parse(defaults_text())
    return values


def load(path: Path | None = None) -> Settings:
    """Return the defaults with the given YAML file's values on top.

    Raises `SettingsError` for a file that is missing, is not YAML, has an unknown key or a value that is not allowed.
    """
    if path is None:
        return make({}, "the defaults")
    return make(read(path), str(path))


def make(given: Mapping[str, Any], source: str) -> Settings:
    """Return the defaults with the given values on top; ``source`` says where these are from in an error."""
    merged = {**defaults(), **given}
    try:
        return Settings.model_validate(
            {key: tuple(value) if isinstance(value, list) else value for key, value in merged.items()}
        )
    except ValidationError as error:
        sentences = (validation.sentence(problem, Settings.model_fields) for problem in error.errors())
        raise SettingsError("\n".join(f"{source}: {sentence}" for sentence in sentences)) from error
