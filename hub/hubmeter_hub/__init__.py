"""Quotas, the usage page, and profiles of user servers: the parts that run in the hub or as its service."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from traitlets.config import Config


def setup_usage_quotas(c: "Config", registry: "CollectorRegistry | None" = None) -> None:
    """Deny servers to users who have reached a limit: ``setup_usage_quotas(c)`` in jupyterhub_config.py.

    Args:
        c: The configuration; options that are set later count too. Its own pre_spawn_hook runs after the check.
        registry: The registry of the metrics; by default that of the hub's own metrics.

    Raises:
        TraitError: for an invalid policy or option; JupyterHub ends with the message.
    """
    from hubmeter_hub.quotas.setup import setup  # noqa: PLC0415 # the usage page imports this package, not the hub

    setup(c, registry)


def setup_profiles(c: "Config", registry: "CollectorRegistry | None" = None) -> None:
    """Apply profiles to user servers: ``setup_profiles(c)`` in jupyterhub_config.py.

    Args:
        c: The configuration; options that are set later count too. Its own hooks run after ours, and its own
            profile_list is offered beside ours.
        registry: The registry of the metrics; by default that of the hub's own metrics.

    Raises:
        TraitError: for an invalid option; JupyterHub ends with the message.
    """
    from hubmeter_hub.profiles.setup import setup  # noqa: PLC0415 # the usage page imports this package, not KubeSpawner

    setup(c, registry)


def setup_pseudonyms(c: "Config") -> None:
    """Add the annotation hubmeter/pseudonym to user pods: ``setup_pseudonyms(c)`` in jupyterhub_config.py.

    Args:
        c: The configuration; options that are set later count too, and its own hooks still run. The salt is that of
            ``c.UsageConfig.pseudonym_salt_file``.

    Raises:
        TraitError: without a salt; JupyterHub ends with the message.
    """
    from hubmeter_hub.pseudonyms import setup  # noqa: PLC0415 # the usage page imports this package, not the hub

    setup(c)
