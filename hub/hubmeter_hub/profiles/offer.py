"""What users may choose from, as KubeSpawner's own profile list, and what they chose. Pure."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from hubmeter_hub.profiles.merge import Given, Who
from hubmeter_hub.profiles.model import Image, Size
from hubmeter_hub.profiles.names import label_value
from hubmeter_hub.profiles.parse import Configuration
from hubmeter_hub.profiles.pod import DEFAULT_SIZE
from hubmeter_hub.profiles.quantity import number

T = TypeVar("T", Image, Size)

SLUG: Final = "hubmeter"
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@ +-]*")
_UNLISTED: Final = "--unlisted-choice"


class NotOfferedError(ValueError):
    """A choice that this user does not have; the message is for the user."""


@dataclass(frozen=True)
class Offer:
    """The images and sizes of one user, by the keys with which forms and the API choose them."""

    images: Mapping[str, Image]
    sizes: Mapping[str, Size]


@dataclass(frozen=True)
class Choice:
    """What a user chose; None is the hub's own image, and the size that the profiles give."""

    image: Image | None = None
    size: Size | None = None


def offer(configuration: Configuration, who: Who) -> Offer:
    """Return what a user may choose."""
    return Offer(
        {_key(one.name): one for one in configuration.images if one.is_for(who.user, who.groups)},
        {_key(one.name): one for one in configuration.sizes if one.is_for(who.user, who.groups)},
    )


def choice(offered: Offer, options: Mapping[str, Any]) -> Choice:
    """Return what a user's options choose, with the defaults for what they do not say.

    Raises:
        NotOfferedError: for anything that this user is not offered.
    """
    for name in ("image", "size"):
        if options.get(f"{name}{_UNLISTED}"):
            raise NotOfferedError(f"Your {name} is chosen from a list; {options[f'{name}{_UNLISTED}']!r} is not in it.")
    image_key, size_key = options.get("image"), options.get("size")
    image = _chosen("image", image_key, offered.images) if image_key else _default_image(offered)
    if (size_key or DEFAULT_SIZE) == DEFAULT_SIZE:
        return Choice(image, offered.sizes.get(DEFAULT_SIZE))
    return Choice(image, _chosen("size", size_key, offered.sizes))


def entry(offered: Offer, chosen: Choice, given: Given | None = None, gpu_resource: str = "") -> dict[str, Any]:
    """Return the entry of KubeSpawner's ``profile_list``, in which ``chosen`` is selected.

    ``given`` is what a server that starts gets: KubeSpawner then knows its image, memory and CPU as it does with a
    profile of its own.
    """
    options: dict[str, Any] = {}
    if len(offered.images) > 1:
        choices = {
            key: {"display_name": _safe(one.display_name or one.name), "default": one is chosen.image}
            for key, one in offered.images.items()
        }
        options["image"] = {"display_name": "Image", "choices": choices}
    if offered.sizes:
        default = {DEFAULT_SIZE: {"display_name": DEFAULT_SIZE, "default": chosen.size is None}}
        sizes = {
            key: {"display_name": _safe(_title(one)), "default": one is chosen.size}
            for key, one in offered.sizes.items()
        }
        options["size"] = {"display_name": "Size", "choices": {**default, **sizes}}
    overrides: dict[str, Any] = {}
    if given:
        overrides = _traits(given)
        if given.settings.gpu and gpu_resource:
            gpus = {gpu_resource: str(given.settings.gpu)}
            overrides |= {"extra_resource_guarantees": gpus, "extra_resource_limits": gpus}
        if chosen.image:
            overrides["image"] = chosen.image.reference
    return {
        "slug": SLUG,
        "display_name": "Image and size" if "image" in options else "Size",
        "default": True,
        "profile_options": options,
        "kubespawner_override": overrides,
    }


def _default_image(offered: Offer) -> Image | None:
    every = list(offered.images.values())
    return next((one for one in every if one.default), every[0] if every else None)


def _chosen(kind: str, key: object, offered: Mapping[str, T]) -> T:
    if not isinstance(key, str) or key not in offered:
        there = ", ".join(offered) or "none"
        raise NotOfferedError(f"There is no {kind} {key!r} for you. You can choose from: {there}.")
    return offered[key]


def _traits(given: Given) -> dict[str, Any]:
    """Return KubeSpawner's options for the resources, by which it also tells the server what it may use."""
    resources = given.settings.resources
    found: dict[str, Any] = {}
    for kind, memory, cpu in (("requests", "mem_guarantee", "cpu_guarantee"), ("limits", "mem_limit", "cpu_limit")):
        amounts = getattr(resources, kind)
        if "memory" in amounts:
            found[memory] = int(number(amounts["memory"]))
        if "cpu" in amounts:
            found[cpu] = float(number(amounts["cpu"]))
    return found


def _title(size: Size) -> str:
    """Return what the size is called and gives."""
    if size.description:
        return f"{size.name}: {size.description}"
    resources, parts = size.resources, []
    for key, unit in (("cpu", " CPU"), ("memory", " memory")):
        amounts = [one[key] for one in (resources.requests, resources.limits) if key in one]
        if amounts:
            parts.append(f"{' to '.join(dict.fromkeys(amounts))}{unit}")
    if size.gpu:
        parts.append(f"{size.gpu} GPU")
    return f"{size.name} ({', '.join(parts)})" if parts else size.name


def _key(name: str) -> str:
    """Return how a choice is called in forms, which KubeSpawner writes unescaped: the name, or else a slug of it."""
    return name if _KEY.fullmatch(name) else label_value(name)


def _safe(text: str) -> str:
    """Return a text that is nothing but text, in HTML and in the Jinja template as which JupyterHub reads the form."""
    return html.escape(text).replace("{", "&#123;")
