"""The options of quotas in jupyterhub_config.py."""

from typing import Any

from traitlets import Bool, Dict, Float, List, Unicode

from hubmeter_hub.config import ConfigError, UsageConfig
from hubmeter_hub.quotas.policy import Policies, PolicyError, parse


class UsageQuotaManager(UsageConfig):
    """What users may use, and what happens when nobody can tell what they used."""

    policy: List[Any] = List(
        help=(
            "Policies: resource (memory, cpu, gpu), limit, window (days, or such as '36h') and scope (group, user, or "
            "none for everybody)."
        )
    ).tag(config=True)
    scope_backup_strategy = Dict(
        help=(
            "intersection (min, max or sum): how several policies of one user, resource and window merge. "
            "empty: a policy or a list of policies without scope, for users whom no policy concerns."
        )
    ).tag(config=True)
    scope_fallback_strategy = Dict(help="The newer name of scope_backup_strategy.").tag(config=True)
    failover_open = Bool(
        True,
        help="Whether servers start while it cannot be known what was used: Prometheus is away, or its data is old.",
    ).tag(config=True)
    count_requested = Bool(False, help="Whether a server that would pass a limit within its first hour is denied.").tag(
        config=True
    )
    gpu_resources = List(
        Unicode(),
        ["nvidia.com/gpu", "amd.com/gpu"],
        help="The Kubernetes resources that are GPUs, for count_requested.",
    ).tag(config=True)
    cache_seconds = Float(
        10.0, help="Seconds for which a decision holds, so that reloading a page does not ask Prometheus again."
    ).tag(config=True)

    def policies(self) -> Policies:
        """Return the policies.

        Raises:
            ConfigError: naming the entry, the key, the value and what is allowed.
        """
        if self.scope_backup_strategy and self.scope_fallback_strategy:
            raise ConfigError(
                "scope_backup_strategy and scope_fallback_strategy are two names of one option: set one of them"
            )
        try:
            if self.scope_fallback_strategy:
                return parse(self.policy, self.scope_fallback_strategy, "scope_fallback_strategy")
            return parse(self.policy, self.scope_backup_strategy)
        except PolicyError as error:
            raise ConfigError(f"UsageQuotaManager: {error}") from error
