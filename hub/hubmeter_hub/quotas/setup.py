"""Puts the quota check before the pre_spawn_hook that a hub already has."""

import inspect
from collections.abc import Callable
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.metrics import metrics_prefix
from prometheus_client import REGISTRY, CollectorRegistry
from traitlets import TraitType
from traitlets.config import Config

from hubmeter_hub.hooks import at_start, awaited, sections
from hubmeter_hub.quotas import local_time
from hubmeter_hub.quotas.hook import QuotaCheck
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.traits import UsageQuotaManager

Hook = Callable[[Any], Any]


class QuotaSetup:
    """The quota check of one hub process.

    `wrap` puts it before the hooks of a configuration, `start` reads the policies.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the metrics."""
        self._metrics = QuotaMetrics(registry, metrics_prefix)
        self._check: QuotaCheck | None = None
        self._wrapped: set[object] = set()

    def wrap(self, config: Config) -> None:
        """Put the check before each pre_spawn_hook, whichever class it is set for; ``Spawner`` always gets one."""
        for section, inner in sections(config, "Spawner", "pre_spawn_hook"):
            if inner not in self._wrapped:
                section["pre_spawn_hook"] = self._before(inner)

    def wrap_class(self, spawner_class: type) -> None:
        """Put the check before a class's own method ``pre_spawn_hook``, which configuration cannot reach."""
        inner = inspect.getattr_static(spawner_class, "pre_spawn_hook", None)
        if inner is None or isinstance(inner, TraitType) or inner in self._wrapped:
            return

        async def pre_spawn_hook(self: Any, spawner: Any) -> None:
            await before(spawner, inner.__get__(self, type(self)))

        before = self._run
        self._wrapped.add(pre_spawn_hook)
        spawner_class.pre_spawn_hook = pre_spawn_hook  # type: ignore[attr-defined] # the class has it, see above

    def start(self, config: Config) -> None:
        """Read and expose the policies.

        Raises:
            TraitError: for an option or policy that is not allowed; the message names it and says what is.
        """
        manager = UsageQuotaManager(config=config)
        policies = manager.policies()
        if policies.policies or policies.fallback:
            manager.require_prometheus()
        self._metrics.expose(policies, manager.names())
        self._check = QuotaCheck(manager, policies, self._metrics, manager.session())

    def _before(self, inner: Hook | None) -> Hook:
        async def pre_spawn_hook(spawner: Any) -> None:
            await self._run(spawner, inner or spawner.trait_defaults("pre_spawn_hook"))

        self._wrapped.add(pre_spawn_hook)
        return pre_spawn_hook

    async def _run(self, spawner: Any, inner: Hook | None) -> None:
        """Check first, so that nothing is prepared for a server that does not start; then run the site's own hook."""
        if self._check is None:
            raise RuntimeError("the quota check was set up in a configuration that JupyterHub did not load")
        await self._check(spawner)
        if inner:
            await awaited(inner(spawner))


def setup(c: Config, registry: CollectorRegistry | None = None) -> None:
    """Set up quotas for the hub that is starting, or for ``c`` where none is.

    Raises:
        TraitError: for an option or policy that is not allowed.
    """
    quotas = QuotaSetup(registry or REGISTRY)

    def change(config: Config, hub: JupyterHub | None) -> None:
        quotas.wrap(config)
        if hub is not None:
            quotas.wrap_class(hub.spawner_class)
        quotas.start(config)
        if hub is not None:
            route = local_time.path(hub.hub_prefix).replace(".", r"\.")
            hub.handlers.insert(0, (route, local_time.LocalTimeScript))

    at_start("quotas", change, c)
