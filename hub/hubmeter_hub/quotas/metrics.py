"""The quota metrics on the hub's /metrics: policies and decisions. Only policies for a user have a username."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hubmeter_hub.quotas.grants import GrantsFile, amounts_by_labels
from hubmeter_hub.quotas.policy import INTERSECTIONS, Policies, rows, window_name
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import RecordedTwiceError, StaleError
from hubmeter_promql import names
from hubmeter_promql.client import (
    BadAnswerError,
    BadQueryError,
    TimedOutError,
    TooMuchError,
    UnreachableError,
)

Outcome = Literal["allowed", "denied", "failed_open", "failed_closed"]

OUTCOMES: Final[tuple[Outcome, ...]] = ("allowed", "denied", "failed_open", "failed_closed")
REASONS: Final[Mapping[type[Exception], str]] = {
    TimedOutError: "timeout",
    UnreachableError: "unreachable",
    BadQueryError: "bad_query",
    TooMuchError: "too_much",
    BadAnswerError: "bad_answer",
    StaleError: "stale",
    RecordedTwiceError: "recorded_twice",
}
OTHER_REASON: Final = "error"

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class QuotaMetrics:
    """The quota metrics of one hub process."""

    def __init__(self, registry: CollectorRegistry, prefix: str) -> None:
        """Register the metrics. Counters begin at 0, so that a rate includes the first event.

        Args:
            registry: The registry.
            prefix: The prefix of the hub's own metrics.
        """
        self._registry, self._prefix = registry, prefix
        self._limit = Gauge(
            f"{prefix}_quota_policy_limit",
            "Limit of a policy in a rolling window, in byte-hours, core-hours, GPU-hours or USD",
            ["scope", "usergroup", "username", "resource", "window"],
            registry=registry,
        )
        self._intersection = Gauge(
            f"{prefix}_quota_intersection_info",
            "How the policies of one user, resource and window are merged",
            ["intersection"],
            registry=registry,
        )
        self._decisions = Counter(
            f"{prefix}_quota_decisions",
            "Decisions whether a server may start",
            ["outcome"],
            registry=registry,
        )
        self._duration = Histogram(
            f"{prefix}_quota_decision_duration_seconds",
            "Duration of a decision whether a server may start, for users with limits",
            buckets=_SECONDS,
            registry=registry,
        )
        self._failures = Counter(
            f"{prefix}_quota_failures",
            "Decisions without knowing the usage",
            ["reason"],
            registry=registry,
        )
        for outcome in OUTCOMES:
            self._decisions.labels(outcome)
        for reason in (*REASONS.values(), OTHER_REASON):
            self._failures.labels(reason)

    def expose(
        self, policies: Policies, exported_name: Callable[[str], str] = str, grants: GrantsFile | None = None
    ) -> None:
        """Expose these policies in place of earlier ones. Policies with the same labels are merged into one series.

        Args:
            policies: The policies.
            exported_name: The function from a username to the name in series.
            grants: The grants, of which the active ones are exposed at each scrape.
        """
        if grants is not None and grants.path:
            self._registry.register(_Grants(self._prefix, policies, exported_name, grants))
        limits: dict[tuple[str, str, str, str, str], list[float]] = {}
        for row in rows(policies):
            usergroup = row.name if row.scope == "group" else ""
            username = exported_name(row.name) if row.scope == "user" else ""
            labels = (str(row.scope), usergroup, username, row.resource, window_name(row.window_hours))
            limits.setdefault(labels, []).append(row.limit)
        self._limit.clear()
        for labels, values in limits.items():
            self._limit.labels(*labels).set(INTERSECTIONS[policies.intersection](values))
        self._intersection.clear()
        self._intersection.labels(policies.intersection).set(1)

    def decided(self, outcome: Outcome) -> None:
        """Count a decision."""
        self._decisions.labels(outcome).inc()

    def failed(self, error: Exception) -> None:
        """Count a decision made without knowing the usage, by the reason."""
        self._failures.labels(REASONS.get(type(error), OTHER_REASON)).inc()

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Observe the duration of the ``with`` block."""
        begin = perf_counter()
        try:
            yield
        finally:
            self._duration.observe(perf_counter() - begin)


class _Grants(Collector):
    """The active grants at the time of the scrape."""

    def __init__(
        self, prefix: str, policies: Policies, exported_name: Callable[[str], str], grants: GrantsFile
    ) -> None:
        self._prefix = prefix
        self._exported_name = exported_name
        self._grants = grants
        self._windows: dict[str, set[int]] = {}
        for row in rows(policies):
            self._windows.setdefault(row.resource, set()).add(row.window_hours)

    def describe(self) -> Iterator[Metric]:
        """Yield nothing: the registry need not read the file."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Yield the amounts, and the numbers of grants and of errors without users and reasons."""
        active = self._grants.active()
        amounts = GaugeMetricFamily(
            f"{self._prefix}_{names.QUOTA_GRANT}",
            "Amount that grants add to the limit of a user or of the members of a group, in byte-hours, core-hours, "
            "GPU-hours or USD",
            labels=["scope", "usergroup", "username", "resource", "window"],
        )
        for (scope, name, resource, hours), amount in amounts_by_labels(active, self._windows).items():
            usergroup = name if scope == "group" else ""
            username = self._exported_name(name) if scope == "user" else ""
            amounts.add_metric([scope, usergroup, username, resource, window_name(hours)], amount)
        yield amounts
        counts = GaugeMetricFamily(f"{self._prefix}_{names.QUOTA_ACTIVE_GRANTS}", "Active grants", labels=["resource"])
        for resource in RESOURCES:
            counts.add_metric([resource], sum(grant.resource == resource for grant in active))
        yield counts
        errors = GaugeMetricFamily(
            f"{self._prefix}_{names.QUOTA_GRANTS_ERRORS}",
            "Skipped entries of the file of grants; 1 if it is not readable",
        )
        errors.add_metric([], len(self._grants.problems))
        yield errors
