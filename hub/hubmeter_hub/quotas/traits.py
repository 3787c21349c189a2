"""The options of quotas in jupyterhub_config.py."""

from typing import Any

from traitlets import Bool, Dict, Float, List, Unicode

from hubmeter_hub.config import ConfigError, UsageConfig
from hubmeter_hub.quotas.policy import Policies, PolicyError, parse


class UsageQuotaManager(UsageConfig):
    """Quota policies, and the behaviour of the check."""

    policy: List[Any] = List(
        help=(
            "A list of policies with the keys resource (memory, cpu, gpu or cost), limit, window (days, or '36h') and "
            "scope (group, user or both). Without scope, a policy applies to everybody."
        )
    ).tag(config=True)
    scope_backup_strategy = Dict(
        help=(
            "Two keys. intersection (min, max or sum) merges the policies of one user with the same resource and "
            "window; the default is min. empty is a policy, or a list of policies, without scope, for users to whom no "
            "other policy applies."
        )
    ).tag(config=True)
    scope_fallback_strategy = Dict(help="A newer name of scope_backup_strategy. Set only one of them.").tag(config=True)
    failover_open = Bool(
        True,
        help="Whether servers start while the usage is unknown: Prometheus does not answer, or its data is old.",
    ).tag(config=True)
    count_requested = Bool(False, help="Whether to deny servers whose first hour would exceed a limit.").tag(
        config=True
    )
    gpu_resources = List(
        Unicode(),
        ["nvidia.com/gpu", "amd.com/gpu"],
        help="The Kubernetes resources that count as GPUs, for count_requested.",
    ).tag(config=True)
    cache_seconds = Float(
        10.0, help="Seconds for which a decision is reused, for example when a user reloads the page."
    ).tag(config=True)

    def policies(self) -> Policies:
        """Return the policies.

        Raises:
            ConfigError: naming the entry, the key, the value and what is allowed.
        """
        if self.scope_backup_strategy and self.scope_fallback_strategy:
            raise ConfigError(
                "UsageQuotaManager.scope_backup_strategy and scope_fallback_strategy are two names of one option: "
                "set one of them"
            )
        try:
            if self.scope_fallback_strategy:
                return parse(self.policy, self.scope_fallback_strategy, "scope_fallback_strategy")
            return parse(self.policy, self.scope_backup_strategy)
        except PolicyError as error:
            raise ConfigError(f"UsageQuotaManager: {error}") from error
