"""The alerts about the recording rules themselves, and what they need of Prometheus."""

from hubmeter_generator.model import Alert


def alerts() -> tuple[Alert, ...]:
    """Return the alerts."""
    return (
        Alert(
            name="HubmeterRulesFailing",
            query="health/rules_failing",
            hold_for="10m",
            severity="critical",
            summary="Rules of group {{ $labels.rule_group }} fail.",
            description="{{ $value | printf `%%.0f` }} evaluations of the rule group {{ $labels.rule_group }} failed "
            "in the last 10 minutes. Their series are missing from dashboards, costs and quotas until the rules work "
            "again. Read the error on the rules page of Prometheus; after the fix, fill the gap with "
            "hubmeter-backfill.",
        ),
        Alert(
            name="HubmeterRulesSlow",
            query="health/rules_slow",
            hold_for="15m",
            severity="warning",
            summary="Rules of group {{ $labels.rule_group }} take {{ $value | humanizePercentage }} of their interval.",
            description="The last evaluation of the rule group {{ $labels.rule_group }} took "
            "{{ $value | humanizePercentage }} of its interval. Above 100%% evaluations are skipped, and each skipped "
            "evaluation is a gap in the recorded usage. Give Prometheus more CPU, or narrow the setting hub_selector.",
        ),
        Alert(
            name="HubmeterHistoryShort",
            query="health/history_short",
            hold_for="15m",
            severity="warning",
            summary="Prometheus keeps the usage of {{ $labels.namespace }} for {{ $value | humanizeDuration }}, less "
            "than %(longest_window)s.",
            description="Prometheus keeps the usage of the hub in namespace {{ $labels.namespace }} for "
            "{{ $value | humanizeDuration }} only, but the longest window is %(longest_window)s. Longer sums are too "
            "low: quotas deny too late or never, and reports, costs and active users miss usage. Raise "
            "--storage.tsdb.retention.time, or shorten the setting windows.",
        ),
    )
