"""The alerts about the recording rules themselves."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            "HubmeterRulesFailing",
            "health/rules_failing",
            "10m",
            "critical",
            "Rules of group {{ $labels.rule_group }} fail.",
            "{{ $value | printf `%%.0f` }} evaluations of the rule group {{ $labels.rule_group }} failed "
            "in the last 10 minutes. What these rules record is missing from now on, in dashboards, costs"
            " and quotas.",
        ),
        Alert(
            "HubmeterRulesSlow",
            "health/rules_slow",
            "15m",
            "warning",
            "Rules of group {{ $labels.rule_group }} take {{ $value | humanizePercentage }} of their interval.",
            "The last evaluation of the rule group {{ $labels.rule_group }} took "
            "{{ $value | humanizePercentage }} of its interval. Above 100%% evaluations are skipped, and "
            "every skipped one is a gap in the usage recorded.",
        ),
    )
