"""Selects the profiles of a server and merges them. Pure.

Profiles are merged in the order of the list, then the size, and last the user's own variables and GPUs:

- env, volumes, services: by name. A later entry replaces an earlier one of the same name.
- resources: by key of requests and of limits. A size without CPU keeps the CPU of the profiles. A limit without a
  request in the same profile or size is also the request, as in Kubernetes, so that no smaller guarantee of the spawner
  stays. Requests are also the limits if there is no limit at all, as in jupyterhub-singleuser-profiles.
- node_tolerations: all of them, without duplicates.
- node_affinity: the requirements of both must hold; the preferences of both count, without duplicates.
- gpu: the later number, including 0.
"""

import itertools
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from hubmeter_hub.profiles.model import Image, NodeAffinity, NodeTerm, Profile, Resources, Settings, Size
from hubmeter_hub.profiles.parse import Configuration

T = TypeVar("T")


@dataclass(frozen=True)
class User:
    """A user, and the user's groups as the hub knows them now."""

    name: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Resolved:
    """The settings of a server.

    Attributes:
        settings: The merged settings.
        profile: The last profile with a name that does not apply to all servers; "" without one.
        size: The name of the size; "" without one.
    """

    settings: Settings
    profile: str = ""
    size: str = ""


def profiles_for(configuration: Configuration, user: User, image: Image) -> tuple[Profile, ...]:
    """Return the profiles that apply to a user's server with this image, in their order."""
    return tuple(
        profile
        for profile in configuration.profiles
        if profile.is_for(user.name, user.groups)
        and (not profile.images or any(image.is_called(pattern) for pattern in profile.images))
    )


def resolve(
    configuration: Configuration, user: User, image: Image, size: Size | None = None, own: Settings | None = None
) -> Resolved:
    """Return the settings of a user's server with this image and size, and the user's own settings."""
    profiles = profiles_for(configuration, user, image)
    settings = Settings()
    for part in (*profiles, *([size] if size else []), *([own] if own else [])):
        settings = merge(settings, part)
    if settings.resources.requests and not settings.resources.limits:
        both = Resources.model_construct(requests=settings.resources.requests, limits=settings.resources.requests)
        settings = settings.model_copy(update={"resources": both})
    if settings.gpu:
        tolerations = (toleration for kind in configuration.gpu_types for toleration in kind.node_tolerations)
        settings = settings.model_copy(update={"node_tolerations": once((*settings.node_tolerations, *tolerations))})
    named = [profile.name for profile in profiles if profile.name and not profile.is_global]
    return Resolved(settings, named[-1] if named else "", size.name if size else "")


def merge(earlier: Settings, later: Settings) -> Settings:
    """Return two settings merged into one."""
    return Settings.model_construct(
        env=by_name(earlier.env, later.env, lambda variable: variable.name),
        node_tolerations=once((*earlier.node_tolerations, *later.node_tolerations)),
        node_affinity=merge_affinity(earlier.node_affinity, later.node_affinity),
        resources=Resources.model_construct(
            requests={**_requests(earlier.resources), **_requests(later.resources)},
            limits={**earlier.resources.limits, **later.resources.limits},
        ),
        volumes=by_name(earlier.volumes, later.volumes, lambda volume: volume.name),
        services={**earlier.services, **later.services},
        gpu=earlier.gpu if later.gpu is None else later.gpu,
    )


def _requests(resources: Resources) -> dict[str, str]:
    return {**resources.limits, **resources.requests}


def merge_affinity(earlier: NodeAffinity, later: NodeAffinity) -> NodeAffinity:
    """Return the affinity that has the requirements of both.

    A node must meet one term of an affinity, and all requirements of that term. So a node meets both affinities if it
    meets one term of each: the result has every pair of terms as one term.
    """
    if earlier.required and later.required:
        pairs = itertools.product(earlier.required, later.required)
        required = _without_stricter(tuple(_both(a, b) for a, b in pairs))
    else:
        required = earlier.required or later.required
    return NodeAffinity.of(required, once((*earlier.preferred, *later.preferred)))


def once(items: Iterable[T]) -> tuple[T, ...]:
    """Return the items in their order, without duplicates."""
    kept: list[T] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return tuple(kept)


def by_name(earlier: Iterable[T], later: Iterable[T], name: Callable[[T], Hashable]) -> tuple[T, ...]:
    """Return the items of both; a later item replaces an earlier one of the same name."""
    return tuple({name(item): item for item in (*earlier, *later)}.values())


def _both(a: NodeTerm, b: NodeTerm) -> NodeTerm:
    return NodeTerm(
        match_expressions=once((*(a.match_expressions or ()), *(b.match_expressions or ()))) or None,
        match_fields=once((*(a.match_fields or ()), *(b.match_fields or ()))) or None,
    )


def _without_stricter(terms: tuple[NodeTerm, ...]) -> tuple[NodeTerm, ...]:
    """Return the terms without those that only add requirements to another term."""
    parts = [
        frozenset([*(("e", r) for r in t.match_expressions or ()), *(("f", r) for r in t.match_fields or ())])
        for t in terms
    ]
    return tuple(
        term
        for i, term in enumerate(terms)
        if not any(other < parts[i] or (other == parts[i] and j < i) for j, other in enumerate(parts))
    )
