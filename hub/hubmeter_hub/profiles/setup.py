"""Puts profiles into KubeSpawner's hooks, before the hooks that a hub already has."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.metrics import metrics_prefix
from kubespawner import KubeSpawner
from prometheus_client import REGISTRY, CollectorRegistry
from traitlets.config import Config

from hubmeter_hub.config import ConfigError
from hubmeter_hub.hooks import at_start, awaited, sections
from hubmeter_hub.profiles.metrics import ProfileMetrics
from hubmeter_hub.profiles.singleuser import SingleuserProfiles

Ours = Callable[[Any, Any], Awaitable[Any]]


def setup(c: Config, registry: CollectorRegistry | None = None) -> None:
    """Set up profiles for the hub that is starting, or for ``c`` where none is.

    Raises:
        ConfigError: for a spawner other than KubeSpawner, or an option that is not allowed.
    """
    metrics = ProfileMetrics(registry or REGISTRY, metrics_prefix)

    def change(config: Config, hub: JupyterHub | None) -> None:
        if hub is not None and not issubclass(hub.spawner_class, KubeSpawner):
            raise ConfigError(f"they need KubeSpawner, and the hub has {hub.spawner_class.__name__}")
        wrap(config, SingleuserProfiles(metrics, config=config))

    at_start("profiles", change, c)


def wrap(config: Config, profiles: SingleuserProfiles) -> None:
    """Put the profiles before each hook, whichever class it is set for."""

    async def applied(spawner: Any, pod: Any) -> Any:
        return await profiles.apply_pod_profile(spawner, pod)

    async def handed_over(spawner: Any, pod: Any) -> Any:
        await profiles.hand_over(spawner, pod)
        return pod

    for section, inner in sections(config, "KubeSpawner", "modify_pod_hook"):
        section["modify_pod_hook"] = _pod_hook(applied, inner, "modify_pod_hook")
    for section, inner in sections(config, "KubeSpawner", "after_pod_created_hook"):
        section["after_pod_created_hook"] = _pod_hook(handed_over, inner, "after_pod_created_hook")
    for section, inner in sections(config, "KubeSpawner", "post_stop_hook"):
        section["post_stop_hook"] = _stop_hook(profiles, inner)
    if profiles.offer_choices:
        for section, inner in sections(config, "KubeSpawner", "profile_list"):
            section["profile_list"] = _profile_list(profiles, inner)
            if "options_form" not in section:
                section["options_form"] = _options_form(profiles, inner)


def _pod_hook(ours: Ours, inner: Any, name: str) -> Ours:
    async def hook(spawner: Any, pod: Any) -> Any:
        pod = await ours(spawner, pod)
        theirs = inner or spawner.trait_defaults(name)
        return await awaited(theirs(spawner, pod)) if theirs else pod

    return hook


def _stop_hook(profiles: SingleuserProfiles, inner: Any) -> Callable[[Any], Awaitable[None]]:
    async def post_stop_hook(spawner: Any) -> None:
        await profiles.clean_up(spawner)
        if theirs := inner or spawner.trait_defaults("post_stop_hook"):
            await awaited(theirs(spawner))

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
    listed = await awaited(inner(spawner)) if callable(inner) else inner
    return [listed[key] for key in sorted(listed)] if isinstance(listed, Mapping) else list(listed or ())
