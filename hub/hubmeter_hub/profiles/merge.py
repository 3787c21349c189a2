"""Which profiles a server has, and what they come to. Pure: nothing is read, and no input is changed.

The rules, each for what comes earlier and what comes later in the list, and the size last of all:

- env, volumes, services: by name. A later one of the same name takes the place of the earlier one, as a whole.
- resources: by key of requests and of limits, so that a size that says nothing of CPU leaves it as it is.
- node_tolerations: all of them, each once.
- node_affinity: what is required earlier *and* later is required; what is preferred is all of it, each once.
- gpu: the later number, 0 included.
"""

import itertools
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from hubmeter_hub.profiles.model import Image, NodeAffinity, NodeTerm, Profile, Resources, Settings, Size
from hubmeter_hub.profiles.parse import Configuration

T = TypeVar("T")


@dataclass(frozen=True)
class Who:
    """A user, and the groups that the hub knows at this moment."""

    user: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Given:
    """What a server gets, and what it is called by: ``profile`` is the last named one that not every server has."""

    settings: Settings
    profile: str = ""
    size: str = ""


def profiles_for(configuration: Configuration, who: Who, image: Image) -> tuple[Profile, ...]:
    """Return the profiles of a user's server with this image, in their order."""
    return tuple(
        profile
        for profile in configuration.profiles
        if profile.is_for(who.user, who.groups)
        and (not profile.images or any(image.is_called(pattern) for pattern in profile.images))
    )


def given(configuration: Configuration, who: Who, image: Image, size: Size | None = None) -> Given:
    """Return what the server of a user gets, who chose this image and size."""
    profiles = profiles_for(configuration, who, image)
    settings = Settings()
    for one in (*profiles, *([size] if size else [])):
        settings = merge(settings, one)
    if settings.gpu:
        tolerations = (one for kind in configuration.gpu_types for one in kind.node_tolerations)
        settings = settings.model_copy(update={"node_tolerations": once((*settings.node_tolerations, *tolerations))})
    named = [profile.name for profile in profiles if profile.name and not profile.is_global]
    return Given(settings, named[-1] if named else "", size.name if size else "")


def merge(earlier: Settings, later: Settings) -> Settings:
    """Return what the two come to."""
    return Settings.model_construct(
        env=by_name(earlier.env, later.env, lambda one: one.name),
        node_tolerations=once((*earlier.node_tolerations, *later.node_tolerations)),
        node_affinity=merge_affinity(earlier.node_affinity, later.node_affinity),
        resources=Resources.model_construct(
            requests={**earlier.resources.requests, **later.resources.requests},
            limits={**earlier.resources.limits, **later.resources.limits},
        ),
        volumes=by_name(earlier.volumes, later.volumes, lambda one: one.name),
        services={**earlier.services, **later.services},
        gpu=earlier.gpu if later.gpu is None else later.gpu,
    )


def merge_affinity(earlier: NodeAffinity, later: NodeAffinity) -> NodeAffinity:
    """Return the affinity that requires what both require.

    Of the terms in one affinity a node must meet one, of the requirements in one term all. So both hold where a term
    of each does: every pair of terms, as one.
    """
    if earlier.required and later.required:
        pairs = itertools.product(earlier.required, later.required)
        required = _without_stricter(tuple(_both(a, b) for a, b in pairs))
    else:
        required = earlier.required or later.required
    return NodeAffinity.of(required, once((*earlier.preferred, *later.preferred)))


def once(items: Iterable[T]) -> tuple[T, ...]:
    """Return the items in their order, each once."""
    kept: list[T] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return tuple(kept)


def by_name(earlier: Iterable[T], later: Iterable[T], name: Callable[[T], Hashable]) -> tuple[T, ...]:
    """Return both, a later item in the place of an earlier one of its name."""
    return tuple({name(item): item for item in (*earlier, *later)}.values())


def _both(a: NodeTerm, b: NodeTerm) -> NodeTerm:
    return NodeTerm(
        match_expressions=once((*(a.match_expressions or ()), *(b.match_expressions or ()))) or None,
        match_fields=once((*(a.match_fields or ()), *(b.match_fields or ()))) or None,
    )


def _without_stricter(terms: tuple[NodeTerm, ...]) -> tuple[NodeTerm, ...]:
    """Leave out terms that another one implies: a node that meets them meets that one too."""
    parts = [
        frozenset([*(("e", r) for r in t.match_expressions or ()), *(("f", r) for r in t.match_fields or ())])
        for t in terms
    ]
    return tuple(
        term
        for i, term in enumerate(terms)
        if not any(other < parts[i] or (other == parts[i] and j < i) for j, other in enumerate(parts))
    )
