"""The choices offered to a user, as an entry of KubeSpawner's profile list, and the user's choice. Pure."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from hubmeter_hub.profiles.merge import Resolved, User
from hubmeter_hub.profiles.model import Image, Settings, Size
from hubmeter_hub.profiles.names import label_value
from hubmeter_hub.profiles.own import DEFAULT, ENV, GPU, NONE, Allowed, OwnError, own
from hubmeter_hub.profiles.parse import Configuration
from hubmeter_hub.profiles.pod import DEFAULT_SIZE
from hubmeter_hub.profiles.quantity import number
from hubmeter_hub.profiles.saved import short

T = TypeVar("T", Image, Size)

SLUG: Final = "hubmeter"
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@ +-]*")
_UNLISTED: Final = "--unlisted-choice"
# The default size in the form of jupyterhub-singleuser-profiles.
NO_SIZE: Final = "None"


class NotOfferedError(ValueError):
    """A choice that is not offered to the user; the message is for the user."""


@dataclass(frozen=True)
class Offer:
    """The images and sizes offered to one user, by the keys of the form and the API, and what may be the user's own.

    Without images in the configuration (``has_images``), servers have the hub's own, and a choice of one is ignored.
    """

    images: Mapping[str, Image]
    sizes: Mapping[str, Size]
    has_images: bool = True
    allowed: Allowed = field(default_factory=Allowed)


@dataclass(frozen=True)
class Choice:
    """A user's choice. None is the hub's own image, and the size in the profiles.

    ``own`` has the user's own variables and GPUs.
    """

    image: Image | None = None
    size: Size | None = None
    own: Settings = field(default_factory=Settings)


def offer(configuration: Configuration, user: User, allowed: Allowed = Allowed()) -> Offer:  # noqa: B008 # it is frozen
    """Return the images and sizes that a user may choose, and what may be the user's own."""
    images, sizes = _offered(configuration.images, user), _offered(configuration.sizes, user)
    return Offer(images, sizes, bool(configuration.images), allowed)


def choice(offered: Offer, options: Mapping[str, Any]) -> Choice:
    """Return the choice in a user's options, with defaults for missing ones.

    Raises:
        NotOfferedError: for an image or size that is not offered to the user, or own settings that are not allowed.
    """
    try:
        settings = own(offered.allowed, options)
    except OwnError as error:
        raise NotOfferedError(str(error)) from error
    for name in ("image", "size") if offered.has_images else ("size",):
        if options.get(f"{name}{_UNLISTED}"):
            raise NotOfferedError(
                f"The {name} must be from the list; {short(options[f'{name}{_UNLISTED}'])} is not in it."
            )
    image_key, size_key = options.get("image") if offered.has_images else None, options.get("size")
    image = _chosen("image", image_key, offered.images) if image_key else _default_image(offered)
    if (size_key or DEFAULT_SIZE) == DEFAULT_SIZE:
        return Choice(image, offered.sizes.get(DEFAULT_SIZE), settings)
    return Choice(image, _chosen("size", size_key, offered.sizes), settings)


def fitting_choice(offered: Offer, options: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a user's options without those that are not offered, and a sentence for each of these."""
    kept, problems = dict(options), []
    if kept.get("size") == NO_SIZE and NO_SIZE not in offered.sizes:
        del kept["size"]
    for name in ("image", "size", ENV, GPU):
        keys = (name, f"{name}{_UNLISTED}")
        try:
            choice(offered, {key: kept[key] for key in keys if key in kept})
        except NotOfferedError as error:
            problems.append(str(error))
            for key in keys:
                kept.pop(key, None)
    return kept, tuple(problems)


def choice_key(name: str) -> str:
    """Return the key of a choice: the name, or a slug of it, because KubeSpawner does not escape keys in the form."""
    return name if _KEY.fullmatch(name) else label_value(name)


def entry(offered: Offer, chosen: Choice, resolved: Resolved | None = None, gpu_resource: str = "") -> dict[str, Any]:
    """Return the entry of KubeSpawner's ``profile_list``.

    Args:
        offered: The images and sizes offered to the user.
        chosen: The selected ones.
        resolved: The settings of a server that starts, so that KubeSpawner knows its image, memory, CPU and GPUs.
        gpu_resource: The Kubernetes resource of the GPUs.
    """
    options: dict[str, Any] = {}
    if len(offered.images) > 1:
        choices = {
            key: {"display_name": _safe(image.display_name or image.name), "default": image is chosen.image}
            for key, image in offered.images.items()
        }
        options["image"] = {"display_name": "Image", "choices": choices}
    if offered.sizes:
        default = {DEFAULT_SIZE: {"display_name": DEFAULT_SIZE, "default": chosen.size is None}}
        sizes = {
            key: {"display_name": _safe(_title(size)), "default": size is chosen.size}
            for key, size in offered.sizes.items()
        }
        options["size"] = {"display_name": "Size", "choices": {**default, **sizes}}
    if not resolved:  # KubeSpawner compares the options of a start with these, but knows texts only
        options |= _own_options(offered.allowed, chosen.own)
    overrides: dict[str, Any] = {}
    if resolved:
        overrides = _traits(resolved)
        if resolved.settings.gpu and gpu_resource:
            gpus = {gpu_resource: str(resolved.settings.gpu)}
            overrides |= {"extra_resource_guarantees": gpus, "extra_resource_limits": gpus}
        if chosen.image:
            overrides["image"] = chosen.image.reference
    return {
        "slug": SLUG,
        "display_name": "Image and size" if "image" in options else "Size" if "size" in options else "Server",
        "default": True,
        "profile_options": options,
        "kubespawner_override": overrides,
    }


def _own_options(allowed: Allowed, chosen: Settings) -> dict[str, Any]:
    """Return the parts of the form for the user's own variables and GPUs."""
    options: dict[str, Any] = {}
    if allowed.gpus:
        choices = {DEFAULT: {"display_name": DEFAULT, "default": chosen.gpu is None}}
        for count in range(allowed.gpus + 1):
            choices[str(count)] = {"display_name": str(count), "default": chosen.gpu == count}
        options[GPU] = {"display_name": "GPUs", "choices": choices}
    if allowed.environment:
        options[ENV] = {
            "display_name": "Environment variables",
            "choices": {NONE: {"display_name": NONE, "default": True}},
            "unlisted_choice": {
                "enabled": True,
                "display_name": 'NAME=value OTHER="two words"',
                "display_name_in_choices": "My own",
            },
        }
    return options


def _offered(entries: Iterable[T], user: User) -> dict[str, T]:
    return {choice_key(entry.name): entry for entry in entries if entry.is_for(user.name, user.groups)}


def _default_image(offered: Offer) -> Image | None:
    images = list(offered.images.values())
    return next((image for image in images if image.default), images[0] if images else None)


def _chosen(kind: str, key: object, offered: Mapping[str, T]) -> T:
    if not isinstance(key, str) or key not in offered:
        choices = ", ".join(offered) or "none"
        raise NotOfferedError(f"There is no {kind} {short(key)} for you. You can choose from: {choices}.")
    return offered[key]


def _traits(resolved: Resolved) -> dict[str, Any]:
    """Return KubeSpawner's options for memory and CPU, which it also passes to the server's environment."""
    resources = resolved.settings.resources
    traits: dict[str, Any] = {}
    for kind, memory, cpu in (("requests", "mem_guarantee", "cpu_guarantee"), ("limits", "mem_limit", "cpu_limit")):
        amounts = getattr(resources, kind)
        if "memory" in amounts:
            traits[memory] = int(number(amounts["memory"]))
        if "cpu" in amounts:
            traits[cpu] = float(number(amounts["cpu"]))
    return traits


def _title(size: Size) -> str:
    """Return the name of the size, and its description or resources."""
    if size.description:
        return f"{size.name}: {size.description}"
    resources, parts = size.resources, []
    for key, unit in (("cpu", " CPU"), ("memory", " memory")):
        amounts = [values[key] for values in (resources.requests, resources.limits) if key in values]
        if amounts:
            parts.append(f"{' to '.join(dict.fromkeys(amounts))}{unit}")
    if size.gpu:
        parts.append(f"{size.gpu} GPU")
    return f"{size.name} ({', '.join(parts)})" if parts else size.name


def _safe(text: str) -> str:
    """Return the text escaped for HTML, and for Jinja: JupyterHub renders the form as a template."""
    return html.escape(text).replace("{", "&#123;")
