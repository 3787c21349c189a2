"""Adds a user's pseudonym to the user's pods, for kube-state-metrics to export in place of the name."""

from typing import Any, Final

from jupyterhub.app import JupyterHub
from traitlets.config import Config

from hubmeter_hub.config import ConfigError, UsageConfig
from hubmeter_hub.hooks import at_start, put

ANNOTATION: Final = "hubmeter/pseudonym"


def setup(c: Config) -> None:
    """Set up pseudonyms for the hub that is starting, or for ``c`` where none is.

    Raises:
        ConfigError: without a salt.
    """
    at_start(c, "setup_pseudonyms", _change)


def _change(config: Config, _: JupyterHub | None) -> None:
    salt = UsageConfig(config=config).salt()
    if salt is None:
        raise ConfigError(
            "pseudonyms need a salt: set c.UsageConfig.pseudonym_salt_file, or the environment variable "
            "HUBMETER_PSEUDONYM_SALT, to the salt of the exporter"
        )

    async def annotate(spawner: Any, pod: Any) -> None:
        annotations = pod.metadata.annotations or {}
        pod.metadata.annotations = {**annotations, ANNOTATION: salt.pseudonym(spawner.user.name)}

    put(config, "KubeSpawner", "modify_pod_hook", annotate)
