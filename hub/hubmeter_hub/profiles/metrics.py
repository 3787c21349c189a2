"""The metric of profiles on the hub's /metrics: failures to read or apply them."""

from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter

from hubmeter_promql import names

Reason = Literal["source", "profile", "images", "template", "service"]
REASONS: Final[tuple[Reason, ...]] = ("source", "profile", "images", "template", "service")


class ProfileMetrics:
    """The profile metrics of one hub process."""

    def __init__(self, registry: CollectorRegistry, prefix: str) -> None:
        """Register the counter. It begins at 0, so that a rate includes the first event.

        Args:
            registry: The registry.
            prefix: The prefix of the hub's own metrics.
        """
        name = names.PROFILE_FAILURES.removesuffix("_total")
        self._failures = Counter(
            f"{prefix}_{name}", "Failures to read or apply parts of profiles", ["reason"], registry=registry
        )
        for reason in REASONS:
            self._failures.labels(reason)

    def failed(self, reason: Reason) -> None:
        """Count a failure."""
        self._failures.labels(reason).inc()
