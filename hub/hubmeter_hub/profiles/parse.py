"""Parses YAML into profiles, sizes and images. Invalid entries become problems and are ignored. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from hubmeter_common import validation, yaml_text
from hubmeter_hub.profiles.model import GpuType, Image, Profile, Size

M = TypeVar("M", bound=BaseModel)
N = TypeVar("N", Size, Image)

DEFAULT_KEY: Final = "jupyterhub-singleuser-profiles.yaml"
_KINDS: Final[Mapping[str, type[BaseModel]]] = {
    "profiles": Profile,
    "sizes": Size,
    "images": Image,
    "gpuTypes": GpuType,
}
_IGNORED: Final = frozenset({"ui"})  # the older library's own page
_SECRET: Final = ("env", "configuration")  # keys whose values a log must not show


class DocumentError(ValueError):
    """A document that cannot be read at all; the message names it and says why."""


@dataclass(frozen=True)
class Document:
    """A YAML text and its source: a path, or ``ConfigMap NAME``. The text is None if the ConfigMap lacks the key."""

    source: str
    text: str | None


@dataclass(frozen=True)
class Problem:
    """An ignored entry: its source, and the reason."""

    source: str
    message: str

    def __str__(self) -> str:
        """Return one sentence."""
        return f"{self.source}: {self.message}"


@dataclass(frozen=True)
class Configuration:
    """Profiles, sizes, images and GPU types in the order of the merge: later entries win."""

    profiles: tuple[Profile, ...] = ()
    sizes: tuple[Size, ...] = ()
    images: tuple[Image, ...] = ()
    gpu_types: tuple[GpuType, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse(document: Document, key: str = DEFAULT_KEY) -> Configuration:
    """Return the configuration in a document.

    Args:
        document: The document, which may also be the manifest of a ConfigMap.
        key: The key of the YAML in that manifest.

    Raises:
        DocumentError: if the document cannot be read at all.
    """
    if document.text is None:
        raise DocumentError(f"{document.source}: its data has no key {key!r}")
    content = _content(document.source, document.text)
    if content.get("kind") == "ConfigMap":
        data = content.get("data")
        text = data.get(key) if isinstance(data, Mapping) else None
        if not isinstance(text, str):
            raise DocumentError(f"{document.source}: its data has no key {key!r}")
        content = _content(document.source, text)
    problems = [
        Problem(document.source, f"unknown key {name!r}; allowed are {', '.join(_KINDS)}")
        for name in content
        if name not in _KINDS and name not in _IGNORED
    ]
    parsed: dict[str, list[BaseModel]] = {}
    for name, kind in _KINDS.items():
        entries = content.get(name) or []
        if not isinstance(entries, list):
            problems.append(Problem(document.source, f"{name} must be a list"))
            continue
        for index, entry in enumerate(entries):
            result = _entry(document.source, f"{name}[{index}]", kind, entry)
            problems.extend(result) if isinstance(result, list) else parsed.setdefault(name, []).append(result)
    return Configuration(
        _of(Profile, parsed), _of(Size, parsed), _of(Image, parsed), _of(GpuType, parsed), tuple(problems)
    )


def combine(parts: Iterable[Configuration]) -> Configuration:
    """Return the parts as one, in order. A later size or image replaces an earlier one of the same name."""
    configurations = list(parts)
    return Configuration(
        tuple(chain.from_iterable(part.profiles for part in configurations)),
        _latest(chain.from_iterable(part.sizes for part in configurations)),
        _latest(chain.from_iterable(part.images for part in configurations)),
        tuple(chain.from_iterable(part.gpu_types for part in configurations)),
        tuple(chain.from_iterable(part.problems for part in configurations)),
    )


def _latest(entries: Iterable[N]) -> tuple[N, ...]:
    return tuple({entry.name: entry for entry in entries}.values())


def _of(kind: type[M], parsed: Mapping[str, list[BaseModel]]) -> tuple[M, ...]:
    return tuple(entry for entries in parsed.values() for entry in entries if isinstance(entry, kind))


def _content(source: str, text: str) -> Mapping[str, Any]:
    try:
        content = yaml_text.load(text)
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where else ""
        raise DocumentError(f"{source}: not YAML{line}: {getattr(error, 'problem', None) or error}") from error
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise DocumentError(f"{source}: must be a mapping with {', '.join(_KINDS)}, not {type(content).__name__}")
    return content


def _entry(source: str, where: str, kind: type[BaseModel], entry: object) -> BaseModel | list[Problem]:
    name = entry.get("name") or entry.get("type") if isinstance(entry, Mapping) else None
    if name is not None:
        where = f"{where} {name!r}"
    if not isinstance(entry, Mapping):
        return [Problem(source, f"{where} is {entry!r}, not a mapping")]
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        return [
            Problem(source, f"{where}: {validation.sentence(problem, kind.model_fields, _shown)}")
            for problem in error.errors(include_url=False)
        ]


def _shown(error: Mapping[str, Any]) -> str:
    """Return the value; "" if it may be secret or is long."""
    secret = any(part in _SECRET for part in error["loc"])
    return "" if secret or isinstance(error["input"], Mapping | list) else repr(error["input"])
