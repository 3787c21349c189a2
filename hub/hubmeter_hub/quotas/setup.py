"""Puts the quota check before the pre_spawn_hook that a hub already has."""

from typing import Final

from jupyterhub.app import JupyterHub
from jupyterhub.metrics import metrics_prefix
from prometheus_client import REGISTRY, CollectorRegistry
from traitlets.config import Config

from hubmeter_hub.hooks import at_start, put_before, put_before_method
from hubmeter_hub.quotas import local_time
from hubmeter_hub.quotas.check import QuotaCheck
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.traits import UsageQuotaManager

_HOOK: Final = "pre_spawn_hook"


def setup(c: Config, registry: CollectorRegistry | None = None) -> None:
    """Set up quotas for the hub that is starting, or for ``c`` where none is.

    Raises:
        TraitError: for an option or policy that is not allowed.
    """
    metrics = QuotaMetrics(registry or REGISTRY, metrics_prefix)

    def change(config: Config, hub: JupyterHub | None) -> None:
        check = _check(config, metrics)
        put_before(config, "Spawner", _HOOK, check)
        if hub is not None:
            put_before_method(hub.spawner_class, _HOOK, check)
            route = local_time.path(hub.hub_prefix).replace(".", r"\.")
            hub.handlers.insert(0, (route, local_time.LocalTimeScript))
            check.log_history(hub.log)

    at_start(c, "setup_usage_quotas", change)


def _check(config: Config, metrics: QuotaMetrics) -> QuotaCheck:
    manager = UsageQuotaManager(config=config)
    policies = manager.policies()
    if policies.policies or policies.fallback:
        manager.require_prometheus()
    metrics.expose(policies, manager.names())
    manager.session().close()  # its options are valid
    return QuotaCheck(manager, policies, metrics, manager.session)
