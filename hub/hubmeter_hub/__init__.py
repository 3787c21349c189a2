"""What runs inside or beside the hub: quotas, the page where users see theirs, and profiles of their servers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from traitlets.config import Config


def setup_usage_quotas(c: "Config", registry: "CollectorRegistry | None" = None) -> None:
    """Deny servers to users who used up their quota: ``setup_usage_quotas(c)`` in jupyterhub_config.py.

    ``c`` is the configuration; what is set in it later counts too. A pre_spawn_hook that is there runs after the
    check. ``registry`` is where the metrics go, by default where the hub's own are.

    Raises:
        TraitError: for a policy or option that cannot be meant; JupyterHub ends with the message.
    """
    from hubmeter_hub.quotas.setup import setup  # noqa: PLC0415 # the usage page imports this package, not the hub

    setup(c, registry)


def setup_profiles(c: "Config", registry: "CollectorRegistry | None" = None) -> None:
    """Give servers what their profiles say: ``setup_profiles(c)`` in jupyterhub_config.py.

    ``c`` is the configuration; what is set in it later counts too. Hooks and a profile_list that are there stay, and
    run after ours. ``registry`` is where the metrics go, by default where the hub's own are.

    Raises:
        TraitError: for an option that cannot be meant; JupyterHub ends with the message.
    """
    from hubmeter_hub.profiles.setup import setup  # noqa: PLC0415 # the usage page imports this package, not KubeSpawner

    setup(c, registry)


def setup_pseudonyms(c: "Config") -> None:
    """Give users' pods the annotation hubmeter/pseudonym: ``setup_pseudonyms(c)`` in jupyterhub_config.py.

    ``c`` is the configuration; what is set in it later counts too, and hooks that are there still run. The salt is that
    of ``c.UsageConfig.pseudonym_salt_file``.

    Raises:
        TraitError: without a salt; JupyterHub ends with the message.
    """
    from hubmeter_hub.pseudonyms import setup  # noqa: PLC0415 # the usage page imports this package, not the hub

    setup(c)
