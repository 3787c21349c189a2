"""Puts a user's pseudonym on the user's pods, for kube-state-metrics to show in place of the name."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Final

from jupyterhub.app import JupyterHub
from traitlets import TraitError
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from hubmeter_common.pseudonyms import Salt
from hubmeter_hub.config import ConfigError, UsageConfig

ANNOTATION: Final = "hubmeter/pseudonym"

Hook = Callable[[Any, Any], Any]


def setup(c: Config) -> None:
    """Set pseudonyms up for the hub whose configuration is being read, or, where there is none, for ``c`` as it is.

    JupyterHub's configuration is changed once it is complete, so that the place of ``setup_pseudonyms(c)`` in it does
    not matter.
    """
    if not JupyterHub.initialized():
        wrap(c)
        return
    hub = JupyterHub.instance()

    def complete(_: object) -> None:
        try:
            wrap(hub.config)
        except TraitError as error:
            hub.exit(f"JupyterHub does not start, because of its pseudonyms: {error}")

    # The hub puts its handlers together when its configuration is complete and it has no spawners yet.
    hub.observe(complete, "handlers")


def wrap(config: Config) -> None:
    """Put the annotation before each modify_pod_hook, whichever class it is set for; KubeSpawner always gets one."""
    salt = UsageConfig(config=config).salt()
    if salt is None:
        raise ConfigError(
            "setup_pseudonyms needs a salt: set c.UsageConfig.pseudonym_salt_file, or the variable "
            "HUBMETER_PSEUDONYM_SALT, to that of the exporter"
        )
    config.setdefault("KubeSpawner", Config())
    for_all = config.get("Spawner", {}).get("modify_pod_hook")
    for name, section in config.items():
        if isinstance(section, Config) and (name == "KubeSpawner" or "modify_pod_hook" in section):
            section["modify_pod_hook"] = _hook(salt, _value(section.get("modify_pod_hook")) or _value(for_all))


def _value(hook: Any) -> Hook | None:
    """Return what was set; a value that was only looked at is lazy."""
    return None if isinstance(hook, LazyConfigValue) else hook


def _hook(salt: Salt, inner: Hook | None) -> Callable[[Any, Any], Awaitable[Any]]:
    # A function, because traitlets makes a deep copy of each configured value for each spawner.
    async def modify_pod_hook(spawner: Any, pod: Any) -> Any:
        pod.metadata.annotations = {
            **(pod.metadata.annotations or {}),
            ANNOTATION: salt.pseudonym(spawner.user.name),
        }
        theirs = inner or spawner.trait_defaults("modify_pod_hook")
        result = theirs(spawner, pod) if theirs else pod
        return await result if inspect.isawaitable(result) else result

    return modify_pod_hook
