"""Puts profiles into KubeSpawner's hooks, before the hooks that a hub already has."""

import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.metrics import metrics_prefix
from kubernetes_asyncio.client import ApiException
from kubespawner import KubeSpawner
from prometheus_client import REGISTRY, CollectorRegistry
from traitlets.config import Config

from hubmeter_hub.config import ConfigError
from hubmeter_hub.hooks import at_start, awaited, put, sections
from hubmeter_hub.profiles.metrics import ProfileMetrics
from hubmeter_hub.profiles.singleuser import SingleuserProfiles


def setup(c: Config, registry: CollectorRegistry | None = None) -> None:
    """Set up profiles for the hub that is starting, or for ``c`` where none is.

    Raises:
        ConfigError: for a spawner other than KubeSpawner, or an option that is not allowed.
    """
    metrics = ProfileMetrics(registry or REGISTRY, metrics_prefix)

    def change(config: Config, hub: JupyterHub | None) -> None:
        if hub is not None and not issubclass(hub.spawner_class, KubeSpawner):
            raise ConfigError(f"profiles need KubeSpawner; c.JupyterHub.spawner_class is {hub.spawner_class.__name__}")
        profiles = SingleuserProfiles(metrics, config=config)
        wrap(config, profiles)
        if hub is not None:
            explain_refusals(hub.spawner_class, profiles)

    at_start(c, "setup_profiles", change)


def wrap(config: Config, profiles: SingleuserProfiles) -> None:
    """Put the profiles before the site's own hooks, and the offer beside its own profile list."""

    async def apply(spawner: Any, pod: Any) -> None:
        await profiles.apply_pod_profile(spawner, pod)

    put(config, "KubeSpawner", "modify_pod_hook", apply)
    put(config, "KubeSpawner", "after_pod_created_hook", profiles.hand_over)
    put(config, "KubeSpawner", "post_stop_hook", profiles.clean_up)
    for section, inner in sections(config, "KubeSpawner", "profile_list"):
        if profiles.offer_choices or inner:
            section["profile_list"] = _profile_list(profiles, inner)
        if profiles.offer_choices and "options_form" not in section:
            section["options_form"] = _options_form(profiles, inner)


def explain_refusals(spawner_class: Any, profiles: SingleuserProfiles) -> None:
    """Make ``start`` of a spawner class raise a refusal with a sentence if Kubernetes refuses the pod.

    KubeSpawner's own exception would be the hub's "Internal server error", which counts towards the hub's
    consecutive_failure_limit: on a full ResourceQuota, five starts would end the hub.
    """
    start = spawner_class.start

    @functools.wraps(start)
    async def start_or_refuse(self: Any) -> Any:
        try:
            return await start(self)
        except ApiException as error:
            if refused := profiles.refused(self, error):
                raise refused from error
            raise

    spawner_class.start = start_or_refuse


def _profile_list(profiles: SingleuserProfiles, inner: Any) -> Callable[[Any], Awaitable[list[Mapping[str, Any]]]]:
    async def profile_list(spawner: Any) -> list[Mapping[str, Any]]:
        return await profiles.profile_list(spawner, await _others(inner, spawner))

    return profile_list


def _options_form(profiles: SingleuserProfiles, inner: Any) -> Callable[[Any], Awaitable[str]]:
    async def options_form(spawner: Any) -> str:
        return await profiles.options_form(spawner, await _others(inner, spawner))

    return options_form


async def _others(inner: Any, spawner: Any) -> list[Mapping[str, Any]]:
    """Return the site's own profile list, from any of the three forms that KubeSpawner allows."""
    listed = await awaited(inner(spawner)) if callable(inner) else inner
    return [listed[key] for key in sorted(listed)] if isinstance(listed, Mapping) else list(listed or ())
