"""Puts profiles into KubeSpawner's hooks, before whatever hooks a hub has."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.metrics import metrics_prefix
from kubespawner import KubeSpawner
from prometheus_client import REGISTRY, CollectorRegistry
from traitlets import TraitError
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from hubmeter_hub.profiles.metrics import ProfileMetrics
from hubmeter_hub.profiles.singleuser import SingleuserProfiles

Ours = Callable[[Any, Any], Awaitable[Any]]


def setup(c: Config, registry: CollectorRegistry | None = None) -> None:
    """Set up profiles for the hub whose configuration is being read, or, where there is none, for ``c`` as it is.

    JupyterHub's configuration is changed once it is complete, so that the place of ``setup_profiles(c)`` in it does not
    matter.
    """
    metrics = ProfileMetrics(registry or REGISTRY, metrics_prefix)
    if not JupyterHub.initialized():
        wrap(c, SingleuserProfiles(metrics, config=c))
        return
    hub = JupyterHub.instance()

    def complete(_: object) -> None:
        if not issubclass(hub.spawner_class, KubeSpawner):
            hub.exit(f"JupyterHub does not start: profiles need KubeSpawner, and not {hub.spawner_class.__name__}")
        try:
            wrap(hub.config, SingleuserProfiles(metrics, config=hub.config))
        except TraitError as error:
            hub.exit(f"JupyterHub does not start, because of its profiles: {error}")

    # The hub puts its handlers together when its configuration is complete and it has no spawners yet.
    hub.observe(complete, "handlers")


def wrap(config: Config, profiles: SingleuserProfiles) -> None:
    """Put the profiles before each hook, whichever class it is set for; KubeSpawner always gets them."""

    async def applied(spawner: Any, pod: Any) -> Any:
        return await profiles.apply_pod_profile(spawner, pod)

    async def handed_over(spawner: Any, pod: Any) -> Any:
        await profiles.hand_over(spawner, pod)
        return pod

    for section, inner in _sections(config, "modify_pod_hook"):
        section["modify_pod_hook"] = _pod_hook(applied, inner, "modify_pod_hook")
    for section, inner in _sections(config, "after_pod_created_hook"):
        section["after_pod_created_hook"] = _pod_hook(handed_over, inner, "after_pod_created_hook")
    for section, inner in _sections(config, "post_stop_hook"):
        section["post_stop_hook"] = _stop_hook(profiles, inner)
    if profiles.offer_choices:
        for section, inner in _sections(config, "profile_list"):
            section["profile_list"] = _profile_list(profiles, inner)
            if "options_form" not in section:
                section["options_form"] = _options_form(profiles, inner)


def _sections(config: Config, name: str) -> list[tuple[Config, Any]]:
    """Return the sections in which a hook must be, each with what it has now: KubeSpawner's, and all that set it."""
    config.setdefault("KubeSpawner", Config())
    found = []
    for section_name, section in config.items():
        if (
            isinstance(section, Config)
            and section_name != "Spawner"
            and (section_name == "KubeSpawner" or name in section)
        ):
            # KubeSpawner has what is set for every Spawner, until it is given one of its own.
            own: Mapping[str, Any] = next(
                (config[base] for base in (section_name, "Spawner") if name in config.get(base, {})), {}
            )
            found.append((section, _value(own.get(name))))
    return found


def _value(value: Any) -> Any:
    """Return what was set; a list that was only appended to, or a value that was only looked at, is lazy."""
    if isinstance(value, LazyConfigValue):
        return value.get_value([]) or None
    return value


# Functions, because traitlets makes a deep copy of each configured value for each spawner.
def _pod_hook(ours: Ours, inner: Any, name: str) -> Ours:
    async def hook(spawner: Any, pod: Any) -> Any:
        pod = await ours(spawner, pod)
        theirs = inner or spawner.trait_defaults(name)
        return await _awaited(theirs(spawner, pod)) if theirs else pod

    return hook


def _stop_hook(profiles: SingleuserProfiles, inner: Any) -> Callable[[Any], Awaitable[None]]:
    async def post_stop_hook(spawner: Any) -> None:
        await profiles.clean_up(spawner)
        if theirs := inner or spawner.trait_defaults("post_stop_hook"):
            await _awaited(theirs(spawner))

    return post_stop_hook


def _profile_list(profiles: SingleuserProfiles, inner: Any) -> Callable[[Any], Awaitable[list[Mapping[str, Any]]]]:
    async def profile_list(spawner: Any) -> list[Mapping[str, Any]]:
        return await profiles.profile_list(spawner, await _others(inner, spawner))

    return profile_list


def _options_form(profiles: SingleuserProfiles, inner: Any) -> Callable[[Any], Awaitable[str]]:
    async def options_form(spawner: Any) -> str:
        return await profiles.options_form(spawner, await _others(inner, spawner))

    return options_form


async def _others(inner: Any, spawner: Any) -> list[Mapping[str, Any]]:
    """Return the site's own profile list, of the three forms that KubeSpawner knows."""
    listed = await _awaited(inner(spawner)) if callable(inner) else inner
    return [listed[key] for key in sorted(listed)] if isinstance(listed, Mapping) else list(listed or ())


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value
