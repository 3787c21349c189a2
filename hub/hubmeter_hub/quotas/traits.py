"""The options of quotas in jupyterhub_config.py."""

import re
from typing import Any

from traitlets import Bool, Dict, Float, List, TraitError, Unicode, validate

from hubmeter_hub.config import ConfigError, UsageConfig
from hubmeter_hub.quotas.grants import GrantsFile
from hubmeter_hub.quotas.policy import Policies, PolicyError, parse
from hubmeter_hub.quotas.requested import GPU_RESOURCES


class UsageQuotaManager(UsageConfig):
    """Quota policies, and the behaviour of the check."""

    policy: List[Any] = List(
        help=(
            "A list of policies with the keys resource (memory, cpu, gpu or cost), limit, window (days, or '36h'), "
            "scope (group, user or both) and when_exceeded (warn_before, stop_after: durations such as '30m', for the "
            "quota guard). Without scope, a policy applies to everybody."
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
    grants_file = Unicode(
        help=(
            "A YAML file with grants, which are added to limits until a time (docs/quotas.md). It is read again when "
            "it changes. In Kubernetes, mount a ConfigMap as a folder: a file mounted by subPath does not change."
        )
    ).tag(config=True)
    failover_open = Bool(
        True,
        help="Whether servers start while the usage is unknown: Prometheus does not answer, or its data is old.",
    ).tag(config=True)
    check_after_hook = Bool(
        False,
        help=(
            "Whether the hub's own pre_spawn_hook runs before the check and not after it, for example because it sets "
            "the server's resources or the user's groups. It runs then for denied servers too."
        ),
    ).tag(config=True)
    count_requested = Bool(False, help="Whether to deny servers whose first hour would exceed a limit.").tag(
        config=True
    )
    gpu_resources = Dict(
        default_value=dict(GPU_RESOURCES),
        key_trait=Unicode(),
        value_trait=Unicode(),
        help=(
            "The resources that count as GPUs, for count_requested: regular expressions, and the part of a GPU that "
            "each is, for example {'nvidia.com/gpu': '1', 'nvidia.com/mig-1g.*': '1/7'}. The first match of a resource "
            "counts. Set it if you set gpu_resources of the rules."
        ),
    ).tag(config=True)
    cache_seconds = Float(
        10.0, help="Seconds for which a decision is reused, for example when a user reloads the page."
    ).tag(config=True)

    @validate("gpu_resources")
    def _check_gpu_resources(self, proposal: Any) -> Any:
        for pattern, part in proposal.value.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise TraitError(
                    f"UsageQuotaManager.gpu_resources: {pattern!r} is no regular expression ({error})"
                ) from error
            if not re.fullmatch(r"0|[1-9][0-9]*(/[1-9][0-9]*)?", part):
                raise TraitError(
                    f"UsageQuotaManager.gpu_resources: the part {part!r} of {pattern!r} must be a whole number or a "
                    "fraction in quotes, for example '1' or '2/7'"
                )
        return proposal.value

    def grants(self, *, logs_changes: bool = True) -> GrantsFile:
        """Return the grants, which are read when they are used."""
        return GrantsFile(self.grants_file, logs_changes=logs_changes)

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
