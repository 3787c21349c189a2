"""Puts the quota check before the pre_spawn_hook that a hub already has."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jupyterhub.app import JupyterHub
from jupyterhub.metrics import metrics_prefix
from prometheus_client import REGISTRY, CollectorRegistry
from traitlets import TraitError
from traitlets.config import Config

from hubmeter_hub.config import ConfigError
from hubmeter_hub.hooks import at_start, put, put_at_method
from hubmeter_hub.quota_guard.traits import warns
from hubmeter_hub.quotas import local_time, progress, warnings
from hubmeter_hub.quotas.check import QuotaCheck
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.policy import Policies
from hubmeter_hub.quotas.replaced import differences, retired
from hubmeter_hub.quotas.slips import slips
from hubmeter_hub.quotas.traits import UsageQuotaManager

_HOOK: Final = "pre_spawn_hook"
_PAGE: Final = "hubmeter_hub.usage_page"


def setup(c: Config, registry: CollectorRegistry | None = None) -> None:
    """Set up quotas for the hub that is starting, or for ``c`` where none is.

    Raises:
        TraitError: for an option or policy that is not allowed.
    """
    metrics = QuotaMetrics(registry or REGISTRY, metrics_prefix)

    def change(config: Config, hub: JupyterHub | None) -> None:
        if hub is not None:
            logging.getLogger("hubmeter").parent = hub.log  # as JupyterHub does with tornado's loggers
        try:
            manager = UsageQuotaManager(config=config)
            policies = manager.policies()
            check = _check(manager, policies, metrics)
        except TraitError as error:
            raise ConfigError(". ".join([str(error), *slips(_files(hub))])) from error
        put(config, "Spawner", _HOOK, check, after=manager.check_after_hook)
        if hub is not None:
            put_at_method(hub.spawner_class, _HOOK, check, after=manager.check_after_hook)
            progress.add_to(hub.spawner_class, check.remaining)
            route = local_time.path(hub.hub_prefix).replace(".", r"\.")
            hub.handlers.insert(0, (route, local_time.LocalTimeScript))
            hub.handlers[:0] = warnings.handlers(hub.hub_prefix, check, warns(config, hub.log))
            check.log_history(hub.log)
            repair_commands(hub)
            name_nested_roles(hub)
            for sentence in (*differences(manager.policy, policies), *retired(config)):
                hub.log.warning("Quota: %s", sentence)

    at_start(c, "setup_usage_quotas", change)


def _check(manager: UsageQuotaManager, policies: Policies, metrics: QuotaMetrics) -> QuotaCheck:
    if policies.policies or policies.fallback:
        manager.require_prometheus()
    grants = manager.grants()
    metrics.expose(policies, manager.names(), grants)
    manager.session().close()  # its options are valid
    return QuotaCheck(manager, policies, metrics, manager.session, grants)


def repair_commands(hub: JupyterHub) -> None:
    """Split the usage page's command where YAML has made one argument of a nested list, and log it.

    Python would exit at once, and the hub with it.
    """
    for service in hub._service_map.values():  # noqa: SLF001 # the hub has made its services, and not started them
        command = [part for argument in service.command for part in _parts(argument)]
        if command != service.command:
            hub.log.error(
                "Quota: the command of the service %s has one argument %r, because its list in YAML is nested: write "
                "each argument on a line that begins with the same spaces and a dash. The service starts with %d "
                "arguments in its place.",
                service.name,
                next(argument for argument in service.command if len(_parts(argument)) > 1),
                len(command) - len(service.command) + 1,
            )
            service.command = command


def name_nested_roles(hub: JupyterHub) -> None:
    """Log the roles that YAML has put inside other roles: JupyterHub ignores them, so no user has their scopes."""
    for role in hub.load_roles:
        for key, value in role.items():
            if isinstance(value, Mapping) and "scopes" in value:
                hub.log.error(
                    "Quota: the role %s has the key %r, which is a role and is ignored there: in hub.loadRoles, begin "
                    "the line of %s with as many spaces as that of %s. Its scopes, which no user has: %s.",
                    role.get("name"),
                    key,
                    key,
                    role.get("name"),
                    ", ".join(map(str, value["scopes"])),
                )


def _parts(argument: str) -> list[str]:
    return argument.split(" - ") if argument.startswith(f"{_PAGE} - ") else [argument]


def _files(hub: JupyterHub | None) -> list[Path]:
    """Return the hub's configuration file, and those of Zero to JupyterHub beside it."""
    if hub is None:
        return []
    file = Path(hub.config_file).absolute()
    return [file, *sorted(file.parent.glob("jupyterhub_config.d/*.py"))]
