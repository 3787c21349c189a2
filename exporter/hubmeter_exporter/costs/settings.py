"""The settings of the cost exporter: the defaults in settings.yaml beside this module, and the file of a site."""

import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hubmeter_common import metrics_prefix, validation
from hubmeter_common.durations import seconds
from hubmeter_common.settings_file import SettingsError, parse, read
from hubmeter_exporter.command_line import http_url, shown

_MERGED: Final = ("components",)  # a site extends these settings instead of replacing them

# The place is a bucket, or container@account.dfs.core.windows.net.
BUCKET_URL: Final = re.compile(r"(?P<scheme>s3|gs|abfss?)://(?P<place>[^\s/:?#*\[\]]+)(?P<path>(/[^?#\x00-\x1f]*)?)")
BIGQUERY_URL: Final = re.compile(r"bigquery://(?P<project>[a-z0-9.:-]+)/(?P<dataset>\w+)/(?P<table>\w+)", re.ASCII)
CHARGE_CATEGORIES: Final = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")


def _interval(value: str) -> str:
    if not 10 <= seconds(value) <= 86400:
        raise ValueError("must be from 10s to 1d")
    return value


def _labels(values: dict[str, str]) -> dict[str, str]:
    if wrong := [name for name in values if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name)]:
        raise ValueError(f"has {wrong[0]!r}; the name of a label consists of letters, digits and underscores")
    return values


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _url(value: str) -> str:
    if value and (not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", value) or http_url(value) is None):
        raise ValueError("must be empty or a URL without user and password, for example http://localhost:5000")
    return value


def _path(value: str) -> str:
    if "://" in value and not BUCKET_URL.fullmatch(value) and not BIGQUERY_URL.fullmatch(value):
        raise ValueError(
            "must be a folder, a pattern, or a URL without password and query, for example s3://bucket/bill, "
            "gs://bucket/bill/*.parquet, abfs://container@account.dfs.core.windows.net/bill or "
            "bigquery://project/dataset/table"
        )
    return value


def _categories(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or set(values) - set(CHARGE_CATEGORIES):
        raise ValueError(f"must have one or more of {', '.join(CHARGE_CATEGORIES)}")
    return values


def _rates(values: dict[str, float]) -> dict[str, float]:
    if wrong := [code for code, rate in values.items() if not re.fullmatch("[A-Z]{3}", code) or not 0 < rate < 1e6]:
        raise ValueError(f"has {wrong[0]!r}; write a currency's code and its price in US dollars: {{EUR: 1.08}}")
    return values


def _as_tuple(value: object) -> object:
    """Return a list from YAML as a tuple, because settings are immutable."""
    return tuple(value) if isinstance(value, list) else value


Interval = Annotated[str, AfterValidator(_interval)]
Name = Annotated[str, AfterValidator(_name)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_as_tuple)]
Tags = dict[Name, Names]
Components = dict[Name, Name]
Days = Annotated[int, Field(ge=1, le=3660)]
Usd = Annotated[float, Field(ge=0, le=1e6)]
Size = Annotated[float, Field(ge=0, le=1e9)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class AllocationSettings(_Section):
    """The allocation of bills to users."""

    scope: Literal["hub", "cluster"]
    overhead: Literal["apart", "spread"]
    idle: Literal["apart", "shared", "capped"]
    idle_cap: Annotated[float, Field(ge=0, le=1000)]
    capacity_memory_gib: Size
    capacity_gpus: Size
    capacity_home_gib: Size


class AwsSettings(_Section):
    """AWS Cost Explorer."""

    interval: Interval
    cluster_name: str
    region: Name
    role_arn: str
    endpoint_url: Annotated[str, AfterValidator(_url)]
    metric: Literal["UnblendedCost", "NetUnblendedCost", "AmortizedCost", "NetAmortizedCost"]
    record_types: Names
    attributable_tags: Tags
    hub_tag: Name
    components: Components
    home_storage_tag: str
    home_storage_values: Names
    core_tags: Tags
    core_usage_type_groups: Names


class FocusSettings(_Section):
    """Files in FOCUS."""

    interval: Interval
    path: Annotated[str, AfterValidator(_path)]
    cost: Literal["BilledCost", "EffectiveCost"]
    charge_categories: Annotated[Names, AfterValidator(_categories)]
    exchange_rates: Annotated[dict[str, float], AfterValidator(_rates)]
    attributable_tags: Tags
    hub_tag: Name
    components: Components
    components_by_tag: dict[Name, Components]
    components_by_column: dict[Name, Components]


class StaticSettings(_Section):
    """The price list, in US dollars."""

    memory_gib_hour: Usd
    cpu_core_hour: Usd
    gpu_hour: Usd
    home_gib_month: Usd


class Settings(_Section):
    """All settings; settings.yaml documents them and has the defaults."""

    source: Literal["aws", "focus", "static"]
    metrics_prefix: Annotated[str, AfterValidator(metrics_prefix.checked)]
    days: Days
    history_days: Days
    usage_history_days: Days
    settlement_days: Days
    interval: Interval
    labels: Annotated[dict[str, str], AfterValidator(_labels)]
    hubs: dict[Name, Name]
    allocation: AllocationSettings
    aws: AwsSettings
    focus: FocusSettings
    static: StaticSettings

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.history_days < self.days:
            raise ValueError(f"history_days ({self.history_days}) must not be less than days ({self.days})")
        if self.source == "focus" and not self.focus.path:
            raise ValueError(
                "focus.path is missing; set the folder of the files, a pattern such as /bills/**/*.parquet, or "
                "a URL such as s3://bucket/bill"
            )
        if self.source == "static" and not any(self.static.model_dump().values()):
            raise ValueError("static has no price above 0; set one, for example memory_gib_hour: 0.005")
        if self.source == "aws":
            self._check_aws()
        return self

    def _check_aws(self) -> None:
        tags = {*self.aws.attributable_tags, *(v for vs in self.aws.attributable_tags.values() for v in vs)}
        if not self.aws.attributable_tags:
            raise ValueError("aws.attributable_tags is empty; set the tags of costs that are attributable")
        if not self.aws.cluster_name and any("{cluster_name}" in text for text in tags):
            raise ValueError("aws.cluster_name is missing; set it or the variable CLUSTER_NAME")
        if bool(self.aws.home_storage_tag) != bool(self.aws.home_storage_values):
            raise ValueError("only one of aws.home_storage_tag and aws.home_storage_values is set; set both or neither")


def defaults_text() -> str:
    """Return settings.yaml: every setting with its default and a comment."""
    return files(__package__).joinpath("settings.yaml").read_text(encoding="utf-8")


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings of a YAML file and the defaults of all others.

    Raises:
        SettingsError: The file is missing or is not YAML, or a key or a value is invalid.
    """
    return make(read(path), str(path), environment)


def make(values: Mapping[str, Any], origin: str, environment: Mapping[str, str]) -> Settings:
    """Return these settings and the defaults of all others.

    Args:
        values: By key.
        origin: Of the values, for errors.
        environment: Its CLUSTER_NAME is the default of ``aws.cluster_name``.

    Raises:
        SettingsError: A key or a value is invalid.
    """
    merged = _merge(parse(defaults_text()), values)
    if isinstance(merged["aws"], Mapping) and not merged["aws"].get("cluster_name"):
        merged["aws"] = {**merged["aws"], "cluster_name": environment.get("CLUSTER_NAME", "")}
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError("\n".join(f"{origin}: {_sentence(e)}" for e in error.errors())) from error


def _merge(defaults: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults, replaced by values where there are some, also within sections.

    A section that is not a mapping stays as it is, for the validation to find.
    """
    sections = {name for name, model in Settings.model_fields.items() if _is_section(model.annotation)}
    merged = {**defaults, **values}
    for name in sections & values.keys():
        section = values[name]
        if isinstance(section, Mapping):
            merged[name] = {**defaults[name], **section}
            for key in _MERGED:
                if isinstance(section.get(key), Mapping) and key in defaults[name]:
                    merged[name][key] = {**defaults[name][key], **section[key]}
    return merged


def _is_section(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, _Section)


def _names_at(location: tuple[int | str, ...]) -> Iterable[str]:
    """Return the valid keys in the section of an unknown one."""
    model: type[BaseModel] = Settings
    for part in location[:-1]:
        inner = model.model_fields[str(part)].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return model.model_fields


def _sentence(error: Mapping[str, Any]) -> str:
    known = _names_at(error["loc"]) if error["type"] == "extra_forbidden" else ()
    return validation.sentence(error, known, _shown)


def _shown(error: Mapping[str, Any]) -> str:
    value = error["input"]
    if isinstance(value, str) and "//" in value:
        return shown(value)
    return repr(list(value) if isinstance(value, tuple) else value)
