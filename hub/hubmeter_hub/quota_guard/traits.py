"""The options of the quota guard in jupyterhub_config.py."""

import os
from collections.abc import Callable, Mapping
from logging import Logger
from typing import Any, Final

from traitlets import Bool, Integer, List, TraitError, Unicode, default, validate
from traitlets.config import Config

from hubmeter_common import metrics_prefix
from hubmeter_hub.config import UsageConfig

DEFAULT_PORT: Final = 9001


class QuotaGuard(UsageConfig):
    """Stops servers that run past a limit, for policies with when_exceeded."""

    dry_run = Bool(
        False,
        help="Whether to log and count the servers that would be stopped, to stop none, and to warn no user.",
    ).tag(config=True)
    exempt_users = List(Unicode(), help="Users whose servers are never stopped.").tag(config=True)
    exempt_groups = List(Unicode(), help="Groups whose members' servers are never stopped.").tag(config=True)
    max_stops_per_round = Integer(
        10,
        min=1,
        help=(
            "The most servers that a round stops. If it would stop more, it stops none, and the alert "
            "HubmeterQuotaGuardHeld fires until you raise this option or the servers end."
        ),
    ).tag(config=True)
    round_seconds = Integer(
        300, min=1, help="Seconds between two rounds. Usage is recorded every 300 seconds, so less stops none earlier."
    ).tag(config=True)
    metrics_port = Integer(
        0,
        min=0,
        max=65535,
        help=f"The port of /metrics. Default: that of the service's url, or {DEFAULT_PORT} if it has no url.",
    ).tag(config=True)
    metrics_host = Unicode(
        help=(
            "The address of /metrics; 0.0.0.0 for all. Default: loopback, or all addresses if the service has a url "
            "that is not on loopback."
        )
    ).tag(config=True)
    metrics_prefix = Unicode(
        help="The prefix of the metrics. Default: the environment variable JUPYTERHUB_METRICS_PREFIX, else jupyterhub."
    ).tag(config=True)

    def is_exempt(self, username: str, groups: frozenset[str]) -> bool:
        """Return whether a user's servers are never stopped."""
        return username in self.exempt_users or not groups.isdisjoint(self.exempt_groups)

    def warns(self, username: str, groups: frozenset[str]) -> bool:
        """Return whether a user is warned, because servers are stopped."""
        return not self.dry_run and not self.is_exempt(username, groups)

    @default("metrics_prefix")
    def _prefix_in_the_environment(self) -> str:
        return os.environ.get("JUPYTERHUB_METRICS_PREFIX") or metrics_prefix.DEFAULT

    @validate("metrics_prefix")
    def _can_begin_a_name(self, proposal: Mapping[str, Any]) -> str:
        try:
            return metrics_prefix.checked(str(proposal["value"]))
        except ValueError as error:
            raise TraitError(f"QuotaGuard.metrics_prefix {proposal['value']!r} {error}") from error


def warns(config: Config, log: Logger) -> Callable[[str, frozenset[str]], bool]:
    """Return whether a user in groups is warned, by the options of the guard in a hub's configuration.

    Invalid options, with which the guard stops no server, are logged, and nobody is warned.
    """
    try:
        return QuotaGuard(config=config).warns
    except TraitError as error:
        log.error("Quota: users see no warning, because an option of the quota guard is invalid: %s", error)
        return lambda *_: False
