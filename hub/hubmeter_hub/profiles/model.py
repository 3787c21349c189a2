"""Profiles, sizes and images as people write them: typed, frozen, and refused where they cannot be meant. Pure.

The keys are those of the library jupyterhub-singleuser-profiles, plus ``groups``, ``images`` (the list at the top) and
``description``. Parts that Kubernetes defines are spelled as there, in camelCase.
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
    """YAML reads ``80`` and ``true`` as a number and a truth value, where Kubernetes wants texts."""
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


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    """``Field(min_length=1)`` would also complain of a list whose only item is wrong."""
    if not values:
        raise ValueError("must have at least one item")
    return values


Text = Annotated[str, BeforeValidator(_text)]
Name = Annotated[Text, Field(min_length=1)]
Quantity = Annotated[Text, AfterValidator(_quantity)]
EnvName = Annotated[str, Field(pattern=r"^[-._A-Za-z][-._A-Za-z0-9]*$")]
Path = Annotated[str, AfterValidator(_json_path)]
Some = Annotated[tuple[T, ...], AfterValidator(_some)]


class _Part(BaseModel):
    """What has no keys but its own; a key without a value is as good as absent, as in YAML."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, value: Any) -> Any:
        return {key: one for key, one in value.items() if one is not None} if isinstance(value, Mapping) else value


class _KubernetesPart(_Part):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_alias=True, validate_by_name=True)

    def manifest(self) -> dict[str, Any]:
        """Return it as Kubernetes spells it, in a dictionary of its own."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class KeyOf(_KubernetesPart):
    """A key of a Secret or ConfigMap."""

    name: Name
    key: Name
    optional: bool | None = None


class FieldOf(_KubernetesPart):
    """A field of the pod."""

    field_path: Name
    api_version: str | None = None


class ResourceOf(_KubernetesPart):
    """A request or limit of a container."""

    resource: Name
    container_name: str | None = None
    divisor: Quantity | None = None


class EnvSource(_KubernetesPart):
    """Where a variable's value comes from: exactly one of these."""

    secret_key_ref: KeyOf | None = None
    config_map_key_ref: KeyOf | None = None
    field_ref: FieldOf | None = None
    resource_field_ref: ResourceOf | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.manifest()) != 1:
            raise ValueError("give exactly one of secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef")
        return self


class EnvVar(_KubernetesPart):
    """A variable of the server's environment."""

    name: EnvName
    value: Text | None = None
    value_from: EnvSource | None = None

    @model_validator(mode="after")
    def _has_one_value(self) -> Self:
        if self.value is not None and self.value_from is not None:
            raise ValueError("give either value or valueFrom, not both")
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
    """What a label or field of a node must be."""

    key: Name
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
    values: tuple[Text, ...] | None = None


class NodeTerm(_KubernetesPart):
    """Requirements that a node must meet all of. Without any it would match no node."""

    match_expressions: tuple[Requirement, ...] | None = None
    match_fields: tuple[Requirement, ...] | None = None

    @model_validator(mode="after")
    def _matches_something(self) -> Self:
        if not self.match_expressions and not self.match_fields:
            raise ValueError("a term needs matchExpressions or matchFields; an empty one matches no node")
        return self


class NodeSelector(_KubernetesPart):
    """Terms of which a node must meet at least one."""

    node_selector_terms: Some[NodeTerm]


class PreferredTerm(_KubernetesPart):
    """A term that counts so much for a node that meets it."""

    weight: Annotated[int, Field(ge=1, le=100)]
    preference: NodeTerm


class NodeAffinity(_KubernetesPart):
    """Which nodes the pod needs, and which it prefers."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None
    preferred_during_scheduling_ignored_during_execution: tuple[PreferredTerm, ...] = ()

    @property
    def required(self) -> tuple[NodeTerm, ...]:
        """The terms of which a node must meet one; none: every node will do."""
        selector = self.required_during_scheduling_ignored_during_execution
        return selector.node_selector_terms if selector else ()

    @property
    def preferred(self) -> tuple[PreferredTerm, ...]:
        """The terms that count for a node."""
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
    """What the server's container requests, and what it may use at most. ``mem_limit`` and ``cpu_limit`` are older."""

    requests: Mapping[Name, Quantity] = {}
    limits: Mapping[Name, Quantity] = {}

    @model_validator(mode="before")
    @classmethod
    def _with_older_keys(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or not {"mem_limit", "cpu_limit"} & set(value):
            return value
        rest = dict(value)
        older = {"memory": rest.pop("mem_limit", None), "cpu": rest.pop("cpu_limit", None)}
        newer = rest.get("limits") or {}
        if not isinstance(newer, Mapping):
            return rest
        rest["limits"] = {**{key: one for key, one in older.items() if one is not None}, **newer}
        return rest


class Claim(_KubernetesPart):
    """A PersistentVolumeClaim in the servers' namespace."""

    claim_name: Name
    read_only: bool | None = None


class Volume(_KubernetesPart):
    """A volume and where the server sees it: absolute, or below ``default_mount_path``."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    persistent_volume_claim: Claim
    mount_path: str | None = None

    @field_validator("name", mode="before")
    @classmethod
    def _as_kubernetes_spells_it(cls, value: Any) -> Any:
        """``My Data`` is ``my-data``, as it was before."""
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
    """Objects that live as long as the server: templates, what is filled in, and what of them the server is told."""

    resources: Some[Template]
    configuration: Mapping[str, Any] = {}
    labels: Mapping[Name, Text] = {}
    returned: Annotated[Mapping[EnvName, Path], Field(alias="return")] = {}


class Settings(_Part):
    """What a profile or a size gives to a server."""

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
        """``{NAME: value}`` is the older form."""
        return [{"name": name, "value": one} for name, one in value.items()] if isinstance(value, Mapping) else value


class _Named(_Part):
    """What is for some users: those named, and the members of the groups named; without either for everybody."""

    users: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()

    @property
    def for_everybody(self) -> bool:
        """Whether no user and no group is singled out."""
        return not (self.users or self.groups) or "*" in self.users or "*" in self.groups

    def is_for(self, user: str, groups: frozenset[str]) -> bool:
        """Return whether it is for this user, who is in these groups."""
        return self.for_everybody or user in self.users or not groups.isdisjoint(self.groups)


class Profile(Settings, _Named):
    """What the servers of some users, groups and images get."""

    name: Text = ""
    images: tuple[Text, ...] = ()

    @property
    def is_global(self) -> bool:
        """Whether every server gets it."""
        return self.for_everybody and (not self.images or "*" in self.images)


class Size(Settings, _Named):
    """What users choose from; wins over all profiles."""

    name: Name
    description: str = ""


class Image(_Named):
    """An image that users choose from. ``name`` is what profiles call it, ``image`` what Kubernetes pulls."""

    name: Name
    image: str = ""
    display_name: str = ""
    description: str = ""
    default: bool = False
    order: int = 100

    @property
    def reference(self) -> str:
        """What Kubernetes pulls."""
        return self.image or self.name

    def is_called(self, pattern: str) -> bool:
        """Return whether a profile's ``images`` means this one: by name, reference, or the end of the reference."""
        return pattern in {"*", self.name, self.reference} or self.reference.endswith(f"/{pattern}")


class GpuType(_Part):
    """Taints of nodes with GPUs, which every pod with a GPU tolerates."""

    type: Name
    node_tolerations: tuple[Toleration, ...] = ()
