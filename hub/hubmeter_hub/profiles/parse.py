"""From YAML to profiles, sizes and images; what cannot be meant is told and left out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
_SECRET: Final = ("env", "configuration")  # values that a log must not show


class DocumentError(ValueError):
    """A document of which nothing can be read; the message names it and says why."""


@dataclass(frozen=True)
class Document:
    """A YAML text and where it is from: the path of a file, or ``ConfigMap NAME``, which may lack the key (None)."""

    source: str
    text: str | None


@dataclass(frozen=True)
class Problem:
    """What was left out, where it is, and why."""

    source: str
    message: str

    def __str__(self) -> str:
        """Return one sentence."""
        return f"{self.source}: {self.message}"


@dataclass(frozen=True)
class Configuration:
    """Everything that can be given to servers, in the order in which it counts: what comes later wins."""

    profiles: tuple[Profile, ...] = ()
    sizes: tuple[Size, ...] = ()
    images: tuple[Image, ...] = ()
    gpu_types: tuple[GpuType, ...] = ()
    problems: tuple[Problem, ...] = ()


def parse(document: Document, key: str = DEFAULT_KEY) -> Configuration:
    """Return what a document says. It may also be the manifest of a ConfigMap, and ``key`` where in it the text is.

    Raises:
        DocumentError: where the document as a whole cannot be read.
    """
    if document.text is None:
        raise DocumentError(f"{document.source}: has no key {key!r} in its data")
    content = _content(document.source, document.text)
    if content.get("kind") == "ConfigMap":
        data = content.get("data")
        text = data.get(key) if isinstance(data, Mapping) else None
        if not isinstance(text, str):
            raise DocumentError(f"{document.source}: a ConfigMap without the key {key!r} in its data")
        content = _content(document.source, text)
    problems = [
        Problem(document.source, f"{name!r} is not a key of it; allowed is {', '.join(_KINDS)}")
        for name in content
        if name not in _KINDS and name not in _IGNORED
    ]
    found: dict[str, list[BaseModel]] = {}
    for name, kind in _KINDS.items():
        entries = content.get(name) or []
        if not isinstance(entries, list):
            problems.append(Problem(document.source, f"{name} must be a list"))
            continue
        for index, entry in enumerate(entries):
            made = _entry(document.source, f"{name}[{index}]", kind, entry)
            problems.extend(made) if isinstance(made, list) else found.setdefault(name, []).append(made)
    return Configuration(_of(Profile, found), _of(Size, found), _of(Image, found), _of(GpuType, found), tuple(problems))


def combine(parts: Iterable[Configuration]) -> Configuration:
    """Return the parts as one, in order. A later size or image takes the place of an earlier one of its name."""
    every = list(parts)
    return Configuration(
        tuple(one for part in every for one in part.profiles),
        _latest(one for part in every for one in part.sizes),
        _latest(one for part in every for one in part.images),
        tuple(one for part in every for one in part.gpu_types),
        tuple(one for part in every for one in part.problems),
    )


def _latest(entries: Iterable[N]) -> tuple[N, ...]:
    return tuple({entry.name: entry for entry in entries}.values())


def _of(kind: type[M], found: Mapping[str, list[BaseModel]]) -> tuple[M, ...]:
    return tuple(one for entries in found.values() for one in entries if isinstance(one, kind))


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
        return [Problem(source, f"{where} is {entry!r} and not a mapping")]
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        return [
            Problem(source, f"{where}: {validation.sentence(problem, kind.model_fields, _shown)}")
            for problem in error.errors(include_url=False)
        ]


def _shown(error: Mapping[str, Any]) -> str:
    """Return the value, or nothing of one that may be secret or is long."""
    secret = any(part in _SECRET for part in error["loc"])
    return "" if secret or isinstance(error["input"], Mapping | list) else repr(error["input"])
