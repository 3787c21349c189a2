"""Puts the quota check before whatever pre_spawn_hook a hub has."""

import inspect
from collections.abc import Callable
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.metrics import metrics_prefix
from prometheus_client import REGISTRY, CollectorRegistry
from traitlets import TraitError, TraitType
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from hubmeter_hub.config import UsageQuotaManager
from hubmeter_hub.quotas import local_time
from hubmeter_hub.quotas.hook import QuotaCheck
from hubmeter_hub.quotas.metrics import QuotaMetrics

Hook = Callable[[Any], Any]


class QuotaSetup:
    """The quota check of one hub process.

    ``wrap`` puts it before the hooks of a configuration, ``start`` reads the policies of one. JupyterHub does the
    latter once its configuration is complete, so that the place of ``setup_usage_quotas(c)`` in it does not matter.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register the metrics."""
        self._metrics = QuotaMetrics(registry, metrics_prefix)
        self._check: QuotaCheck | None = None
        self._ours: list[object] = []

    def wrap(self, config: Config) -> None:
        """Put the check before each pre_spawn_hook, whichever class it is set for; Spawner always gets one."""
        config.setdefault("Spawner", Config())
        for name, section in config.items():
            if isinstance(section, Config) and (name == "Spawner" or "pre_spawn_hook" in section):
                inner = section.get("pre_spawn_hook")
                if inner not in self._ours:
                    # A value that was only looked at, and never set, is lazy.
                    section["pre_spawn_hook"] = self._before(None if isinstance(inner, LazyConfigValue) else inner)

    def wrap_class(self, spawner_class: type) -> None:
        """Put the check before a class's own method ``pre_spawn_hook``, which configuration cannot reach."""
        inner = inspect.getattr_static(spawner_class, "pre_spawn_hook", None)
        if inner is None or isinstance(inner, TraitType) or inner in self._ours:
            return

        async def pre_spawn_hook(self: Any, spawner: Any) -> None:
            await before(spawner, inner.__get__(self, type(self)))

        before = self._run
        self._ours.append(pre_spawn_hook)
        spawner_class.pre_spawn_hook = pre_spawn_hook  # type: ignore[attr-defined] # the class has it, see above

    def start(self, config: Config) -> None:
        """Read and expose the policies.

        Raises:
            TraitError: for what cannot be meant; the message names it and says what is allowed.
        """
        manager = UsageQuotaManager(config=config)
        policies = manager.policies()
        if policies.policies or policies.fallback:
            manager.require_prometheus()
        self._metrics.expose(policies, manager.names())
        self._check = QuotaCheck(manager, policies, self._metrics, manager.session())

    def _before(self, inner: Hook | None) -> Hook:
        # A function, because traitlets makes a deep copy of each configured value for each spawner.
        async def pre_spawn_hook(spawner: Any) -> None:
            await self._run(spawner, inner or spawner.trait_defaults("pre_spawn_hook"))

        self._ours.append(pre_spawn_hook)
        return pre_spawn_hook

    async def _run(self, spawner: Any, inner: Hook | None) -> None:
        """Check first, so that nothing is prepared for a server that does not start; then do what was there before."""
        if self._check is None:
            raise RuntimeError("the quota check was set up in a configuration that JupyterHub did not load")
        await self._check(spawner)
        if inner:
            result = inner(spawner)
            if inspect.isawaitable(result):
                await result


def setup(c: Config, registry: CollectorRegistry | None = None) -> None:
    """Set up quotas for the hub whose configuration is being read, or, where there is none, for ``c`` as it is."""
    quotas = QuotaSetup(registry or REGISTRY)
    quotas.wrap(c)
    if not JupyterHub.initialized():
        quotas.start(c)
        return
    hub = JupyterHub.instance()

    def complete(_: object) -> None:
        try:
            quotas.wrap(hub.config)
            quotas.wrap_class(hub.spawner_class)
            quotas.start(hub.config)
        except TraitError as error:
            hub.exit(f"JupyterHub does not start, because of its quotas: {error}")
        hub.handlers.insert(0, (local_time.path(hub.hub_prefix).replace(".", r"\."), local_time.LocalTimeScript))

    # The hub puts its handlers together when its configuration is complete and it has no spawners yet.
    hub.observe(complete, "handlers")
