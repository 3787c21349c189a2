"""The metrics of the quota guard. No label has a user."""

import time
from collections.abc import Callable, Mapping
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge

from hubmeter_hub.config import ConfigError
from hubmeter_hub.quota_guard.hub_api import HubApiError
from hubmeter_hub.quota_guard.plan import STATES, Plan
from hubmeter_hub.quotas.metrics import OTHER_REASON, REASONS
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_promql import names
from hubmeter_promql.client import PartialAnswerError

Round = Literal["complete", "held", "failed"]
Outcome = Literal["stopped", "failed", "dry_run"]

ROUNDS: Final[tuple[Round, ...]] = ("complete", "held", "failed")
OUTCOMES: Final[tuple[Outcome, ...]] = ("stopped", "failed", "dry_run")


class GrantsError(Exception):
    """The file of grants is invalid, so limits may lack a grant."""


_REASONS: Final[Mapping[type[Exception], str]] = {
    **REASONS,
    PartialAnswerError: "partial",
    GrantsError: "grants",
    HubApiError: "hub",
    ConfigError: "settings",
}


class GuardMetrics:
    """The metrics of one guard."""

    def __init__(self, registry: CollectorRegistry, prefix: str, clock: Callable[[], float] = time.time) -> None:
        """Register the metrics. Counters begin at 0, and the time of the last round is now."""

        def name(exported: str) -> str:
            return f"{prefix}_{exported.removesuffix('_total')}"

        self._clock = clock
        self._rounds = Counter(
            name(names.QUOTA_GUARD_ROUNDS), "Rounds of the quota guard", ["outcome"], registry=registry
        )
        self._failures = Counter(
            name(names.QUOTA_GUARD_FAILURES), "Rounds of the quota guard that failed", ["reason"], registry=registry
        )
        self._stops = Counter(
            name(names.QUOTA_GUARD_STOPS),
            "Servers that the quota guard stopped, by the resource of the limit",
            ["outcome", "resource"],
            registry=registry,
        )
        self._users = Gauge(
            name(names.QUOTA_GUARD_USERS),
            "Users with running servers that are near or past a limit, as of the last complete round",
            ["state"],
            registry=registry,
        )
        self._held = Gauge(
            name(names.QUOTA_GUARD_HELD),
            "Servers that are not stopped, because a round would stop more than max_stops_per_round",
            registry=registry,
        )
        self._last_round = Gauge(
            name(names.QUOTA_GUARD_LAST_ROUND),
            "Time of the last round that did not fail, or of the start",
            registry=registry,
        )
        self._last_round.set(clock())
        for outcome in ROUNDS:
            self._rounds.labels(outcome)
        for reason in (*_REASONS.values(), OTHER_REASON):
            self._failures.labels(reason)
        for stopped in OUTCOMES:
            for resource in RESOURCES:
                self._stops.labels(stopped, resource)
        for state in STATES:
            self._users.labels(state)

    def ended(self, plan: Plan, *, is_held: bool) -> None:
        """Count a round that did not fail."""
        self._rounds.labels("held" if is_held else "complete").inc()
        self._held.set(len(plan.stops) if is_held else 0)
        for state, count in plan.users.items():
            self._users.labels(state).set(count)
        self._last_round.set(self._clock())

    def failed(self, error: Exception) -> None:
        """Count a round that failed, by the reason."""
        self._rounds.labels("failed").inc()
        self._failures.labels(_REASONS.get(type(error), OTHER_REASON)).inc()

    def stop(self, outcome: Outcome, resource: str) -> None:
        """Count a server."""
        self._stops.labels(outcome, resource).inc()
