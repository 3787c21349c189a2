"""The recording rules that show whether the inputs of the others are complete."""

from hubmeter_generator.model import SLOW, Rule, RuleGroup
from hubmeter_promql import names, usage_parts

_MEASURED = {
    "memory in use": "container_memory_working_set_bytes",
    "CPU in use": "container_cpu_usage_seconds_total",
}


def groups() -> tuple[RuleGroup, ...]:
    """Return the group."""
    return (
        RuleGroup(
            "hubmeter-health",
            SLOW,
            tuple(
                Rule(
                    names.UNMEASURED_PODS,
                    "health/unmeasured_pods",
                    {"running": usage_parts.running_pods(), "metric": metric},
                    labels={"resource": resource},
                )
                for resource, metric in _MEASURED.items()
            ),
        ),
    )
