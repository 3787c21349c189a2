"""Puts a user's pseudonym on the user's pods, for kube-state-metrics to export in place of the name."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from traitlets.config import Config

from hubmeter_common.pseudonyms import Salt
from hubmeter_hub import hooks
from hubmeter_hub.config import ConfigError, UsageConfig

ANNOTATION: Final = "hubmeter/pseudonym"

Hook = Callable[[Any, Any], Any]


def setup(c: Config) -> None:
    """Set up pseudonyms for the hub that is starting, or for ``c`` where none is.

    Raises:
        ConfigError: without a salt.
    """
    hooks.at_start("pseudonyms", lambda config, _: wrap(config), c)


def wrap(config: Config) -> None:
    """Add the annotation before each modify_pod_hook."""
    salt = UsageConfig(config=config).salt()
    if salt is None:
        raise ConfigError(
            "setup_pseudonyms needs a salt: set c.UsageConfig.pseudonym_salt_file, or the environment variable "
            "HUBMETER_PSEUDONYM_SALT, to that of the exporter"
        )
    for section, inner in hooks.sections(config, "KubeSpawner", "modify_pod_hook"):
        section["modify_pod_hook"] = _hook(salt, inner)


def _hook(salt: Salt, inner: Hook | None) -> Callable[[Any, Any], Awaitable[Any]]:
    async def modify_pod_hook(spawner: Any, pod: Any) -> Any:
        pod.metadata.annotations = {
            **(pod.metadata.annotations or {}),
            ANNOTATION: salt.pseudonym(spawner.user.name),
        }
        theirs = inner or spawner.trait_defaults("modify_pod_hook")
        return await hooks.awaited(theirs(spawner, pod)) if theirs else pod

    return modify_pod_hook
