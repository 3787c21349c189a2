"""The types of profiles, sizes and images in YAML: frozen and validated. Pure.

The keys are those of the library jupyterhub-singleuser-profiles, plus ``groups``, ``images`` (the list at the top) and
``description``. Parts that Kubernetes defines have its spelling, camelCase.
"""

import posixpath
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.parser import parse as parse_json_path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from hubmeter_hub.profiles.quantity import number

T = TypeVar("T")


def _text(value: object) -> object:
    """Return a number, Boolean or date of YAML as text, which Kubernetes requires."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


def _quantity(value: str) -> str:
    number(value)
    return value


def _json_path(value: str) -> str:
    try:
        parse_json_path(value)
    except JSONPathError as error:
        raise ValueError(f"not a JSON path: {error}") from error
    return value


def _non_empty(values: tuple[T, ...]) -> tuple[T, ...]:
    """Require an item. ``Field(min_length=1)`` would also report a list whose only item is invalid."""
    if not values:
        raise ValueError("must have at least one item")
    return values


def _without_empty(mapping: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in mapping.items() if value is not None}


def _without_blank(mapping: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the quantities without empty ones, which set nothing."""
    return {key: value for key, value in mapping.items() if value is not None and value != ""}


Text = Annotated[str, BeforeValidator(_text)]
Name = Annotated[Text, Field(min_length=1)]
Quantity = Annotated[Text, AfterValidator(_quantity)]
EnvName = Annotated[str, Field(pattern=r"^[-._A-Za-z][-._A-Za-z0-9]*$")]
Path = Annotated[str, AfterValidator(_json_path)]
NonEmpty = Annotated[tuple[T, ...], AfterValidator(_non_empty)]


class _Part(BaseModel):
    """A mapping without unknown keys. A key without a value counts as absent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, value: Any) -> Any:
        return _without_empty(value) if isinstance(value, Mapping) else value


class _KubernetesPart(_Part):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_alias=True, validate_by_name=True)

    def manifest(self) -> dict[str, Any]:
        """Return a new dictionary in the spelling of Kubernetes."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class KeyRef(_KubernetesPart):
    """A key of a Secret or ConfigMap."""

    name: Name
    key: Name
    optional: bool | None = None


class FieldRef(_KubernetesPart):
    """A field of the pod."""

    field_path: Name
    api_version: str | None = None


class ResourceRef(_KubernetesPart):
    """A request or limit of a container."""

    resource: Name
    container_name: str | None = None
    divisor: Quantity | None = None


class EnvSource(_KubernetesPart):
    """The source of a variable's value: exactly one of these."""

    secret_key_ref: KeyRef | None = None
    config_map_key_ref: KeyRef | None = None
    field_ref: FieldRef | None = None
    resource_field_ref: ResourceRef | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.manifest()) != 1:
            raise ValueError("set exactly one of secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef")
        return self


class EnvVar(_KubernetesPart):
    """A variable of the server's environment."""

    name: EnvName
    value: Text | None = None
    value_from: EnvSource | None = None

    @model_validator(mode="after")
    def _has_one_value(self) -> Self:
        if self.value is not None and self.value_from is not None:
            raise ValueError("set either value or valueFrom, not both")
        return self


class Toleration(_KubernetesPart):
    """A taint of nodes that the pod tolerates."""

    key: str | None = None
    operator: Literal["Exists", "Equal", "Lt", "Gt"] | None = None
    value: Text | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    toleration_seconds: int | None = None

    @model_validator(mode="after")
    def _is_one_of_kubernetes(self) -> Self:
        if not self.key and self.operator != "Exists":
            raise ValueError("without key, operator must be Exists")
        if self.operator == "Exists" and self.value:
            raise ValueError("operator Exists has no value")
        return self


class Requirement(_KubernetesPart):
    """A requirement on a label or field of a node."""

    key: Name
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
    values: tuple[Text, ...] | None = None


class NodeTerm(_KubernetesPart):
    """Requirements, all of which a node must meet. A term without any would match no node."""

    match_expressions: tuple[Requirement, ...] | None = None
    match_fields: tuple[Requirement, ...] | None = None

    @model_validator(mode="after")
    def _matches_something(self) -> Self:
        if not self.match_expressions and not self.match_fields:
            raise ValueError("a term needs matchExpressions or matchFields; an empty one matches no node")
        return self


class NodeSelector(_KubernetesPart):
    """Terms, at least one of which a node must meet."""

    node_selector_terms: NonEmpty[NodeTerm]


class PreferredTerm(_KubernetesPart):
    """A term that adds its weight to a node that meets it."""

    weight: Annotated[int, Field(ge=1, le=100)]
    preference: NodeTerm


class NodeAffinity(_KubernetesPart):
    """The nodes that the pod requires, and those that it prefers."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None
    preferred_during_scheduling_ignored_during_execution: tuple[PreferredTerm, ...] = ()

    @property
    def required(self) -> tuple[NodeTerm, ...]:
        """The terms, one of which a node must meet. Without any, every node is allowed."""
        selector = self.required_during_scheduling_ignored_during_execution
        return selector.node_selector_terms if selector else ()

    @property
    def preferred(self) -> tuple[PreferredTerm, ...]:
        """The terms that add weight to a node."""
        return self.preferred_during_scheduling_ignored_during_execution

    @classmethod
    def of(cls, required: tuple[NodeTerm, ...], preferred: tuple[PreferredTerm, ...]) -> "NodeAffinity":
        """Return the affinity of these terms."""
        selector = NodeSelector(node_selector_terms=required) if required else None
        return cls(
            required_during_scheduling_ignored_during_execution=selector,
            preferred_during_scheduling_ignored_during_execution=preferred,
        )


class Resources(_Part):
    """The requests and limits of the server's container. ``mem_limit`` and ``cpu_limit`` are an older spelling."""

    requests: Mapping[Name, Quantity] = {}
    limits: Mapping[Name, Quantity] = {}

    @model_validator(mode="before")
    @classmethod
    def _with_older_keys_and_without_blank(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        rest = dict(value)
        older = {"memory": rest.pop("mem_limit", None), "cpu": rest.pop("cpu_limit", None)}
        for kind, others in (("requests", {}), ("limits", older)):
            amounts = rest.get(kind) or {}
            if isinstance(amounts, Mapping):
                rest[kind] = _without_blank({**others, **amounts})
        return rest


class Claim(_KubernetesPart):
    """A PersistentVolumeClaim in the servers' namespace."""

    claim_name: Name
    read_only: bool | None = None


class Volume(_KubernetesPart):
    """A volume and its mount path in the server: absolute, or below ``default_mount_path``."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    persistent_volume_claim: Claim
    mount_path: str | None = None

    @field_validator("name", mode="before")
    @classmethod
    def _as_kubernetes_spells_it(cls, value: Any) -> Any:
        """Return ``my-data`` for ``My Data``, as the older library does."""
        if not isinstance(value, str):
            return value
        return "".join(c if c.isascii() and c.isalnum() else "-" for c in value.lower())

    def mount(self, default_path: str) -> str:
        """Return the absolute path."""
        return posixpath.join(default_path, self.mount_path or self.name)


class Template(_Part):
    """A key (``path``) of a ConfigMap (``name``) that holds a template."""

    name: Name
    path: Name


class Service(_Part):
    """Objects that exist as long as the server: their templates, the values for these, and the returned variables."""

    resources: NonEmpty[Template]
    configuration: Mapping[str, Any] = {}
    labels: Mapping[Name, Text] = {}
    returned: Annotated[Mapping[EnvName, Path], Field(alias="return")] = {}


class Settings(_Part):
    """The settings of a server in a profile or a size."""

    env: tuple[EnvVar, ...] = ()
    node_tolerations: tuple[Toleration, ...] = ()
    node_affinity: NodeAffinity = NodeAffinity()
    resources: Resources = Resources()
    volumes: tuple[Volume, ...] = ()
    services: Mapping[Name, Service] = {}
    gpu: NonNegativeInt | None = None

    @field_validator("env", mode="before")
    @classmethod
    def _from_a_mapping(cls, value: Any) -> Any:
        """Return a list of variables for ``{NAME: value}``, the older form."""
        return [{"name": name, "value": text} for name, text in value.items()] if isinstance(value, Mapping) else value


class _Named(_Part):
    """An entry for these users and the members of these groups; without either, for everybody."""

    users: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()

    @property
    def for_everybody(self) -> bool:
        """Whether the entry applies to all users."""
        return not (self.users or self.groups) or "*" in self.users or "*" in self.groups

    def is_for(self, user: str, groups: frozenset[str]) -> bool:
        """Return whether the entry applies to this user in these groups."""
        return self.for_everybody or user in self.users or not groups.isdisjoint(self.groups)


class Profile(Settings, _Named):
    """Settings for the servers of some users, groups and images."""

    name: Text = ""
    images: tuple[Text, ...] = ()

    @property
    def is_global(self) -> bool:
        """Whether the profile applies to all servers."""
        return self.for_everybody and (not self.images or "*" in self.images)


class Size(Settings, _Named):
    """A size that users can choose. It overrides all profiles."""

    name: Name
    description: str = ""


class Image(_Named):
    """An image that users can choose. Profiles use ``name``, Kubernetes pulls ``image``."""

    name: Name
    image: str = ""
    display_name: str = ""
    description: str = ""
    default: bool = False
    order: int = 100

    @property
    def reference(self) -> str:
        """The reference that Kubernetes pulls."""
        return self.image or self.name

    def is_called(self, pattern: str) -> bool:
        """Return whether an entry of a profile's ``images`` matches the name, the reference, or the reference's end."""
        return pattern in {"*", self.name, self.reference} or self.reference.endswith(f"/{pattern}")


class GpuType(_Part):
    """Tolerations for all pods with a GPU."""

    type: Name
    node_tolerations: tuple[Toleration, ...] = ()
