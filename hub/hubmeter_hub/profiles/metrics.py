"""What the hub's /metrics tells of profiles: how often something of them could not be had."""

from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter

from hubmeter_promql import names

Reason = Literal["source", "profile", "images", "template", "service"]
REASONS: Final[tuple[Reason, ...]] = ("source", "profile", "images", "template", "service")


class ProfileMetrics:
    """The metrics of one hub process, in a registry. ``prefix`` is that of the hub's own metrics."""

    def __init__(self, registry: CollectorRegistry, prefix: str) -> None:
        """Register the counter; each reason begins at 0, so that a rate sees the first event."""
        name = names.PROFILE_FAILURES.removesuffix("_total")
        self._failures = Counter(
            f"{prefix}_{name}", "Parts of profiles that could not be had", ["reason"], registry=registry
        )
        for reason in REASONS:
            self._failures.labels(reason)

    def failed(self, reason: Reason) -> None:
        """Count a failure."""
        self._failures.labels(reason).inc()
