"""The alerts about the recording rules themselves, and what they need of Prometheus."""

from typing import Final

from hubmeter_generator.model import Alert
from hubmeter_promql import health_parts, names

# Series whose own label namespace is the hub or the pod, one of each source.
_WITH_NAMESPACE: Final = (
    "kube_pod_info",
    "container_memory_working_set_bytes",
    "dirsize_total_size_bytes",
    f"%(metrics_prefix)s_{names.LAST_REFRESH}",
    f"%(metrics_prefix)s_{names.QUOTA_POLICY_LIMIT}",
    f"%(metrics_prefix)s_{names.UNIT_PRICE}",
)


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
        Alert(
            name="HubmeterLookbackShort",
            query="health/lookback_short",
            hold_for="15m",
            severity="warning",
            summary="Prometheus' look-back is shorter than 5 minutes, so series of {{ $labels.namespace }} have gaps.",
            description="In {{ $value }} of the last 60 minutes a series of the hub in namespace "
            "{{ $labels.namespace }} that is recorded every 5 minutes was not found. Shares, home directories and "
            "costs have gaps, and users are without a group meanwhile. Start Prometheus without "
            "--query.lookback-delta, or with 5m or more.",
        ),
        Alert(
            name="HubmeterPodSeriesMissing",
            query="health/pod_series_missing",
            hold_for="15m",
            severity="critical",
            summary="kube-state-metrics' series {{ $labels.series }} are missing, so usage of {{ $labels.namespace }} "
            "is wrong.",
            description="For 15 minutes Prometheus has had no {{ $labels.series }} of any pod, so the usage of the "
            "hub in namespace {{ $labels.namespace }} is incomplete or unknown. Check that kube-state-metrics is "
            "scraped, and that its --metric-allowlist and the scrape's metric_relabel_configs keep {{ $labels.series "
            "}}.",
        ),
        Alert(
            name="HubmeterNamespaceOverwritten",
            query="health/namespace_overwritten",
            hold_for="15m",
            severity="warning",
            summary="{{ $labels.series }} of {{ $labels.exported_namespace }} has the labels of the scraped target in "
            "{{ $labels.namespace }}: labels are not honoured.",
            description="For 15 minutes {{ $value }} series of {{ $labels.series }} have had the namespace (and pod) "
            "of the scraped target, {{ $labels.namespace }}, and their own in exported_namespace, {{ "
            "$labels.exported_namespace }} (and exported_pod). Usage, groups or costs count for the wrong hub or for "
            "none. Set honor_labels: true for this scrape; the runbook has the settings where the platform ignores it.",
            parameters={"set_aside": health_parts.set_aside(_WITH_NAMESPACE)},
        ),
        Alert(
            name="HubmeterClustersMixed",
            query="health/clusters_mixed",
            hold_for="15m",
            severity="critical",
            summary="Pods of several clusters count as one hub in namespace {{ $labels.namespace }}.",
            description="Namespace {{ $labels.namespace }} has had pods of several clusters for 15 minutes, which "
            "these rules cannot distinguish. Of pods with one name only one counts, and the groups of one hub apply "
            "to all. Set the setting cluster_label to the label that distinguishes the clusters, and load the rules "
            "again.",
        ),
        Alert(
            name="HubmeterRecordedTwice",
            query="health/recorded_twice",
            hold_for="15m",
            severity="critical",
            summary="The recorded series of {{ $labels.namespace }} are in this store {{ $value | printf `%%.0f` }} "
            "times.",
            description="For 15 minutes the recorded series of the hub in namespace {{ $labels.namespace }} have been "
            "in this store {{ $value | printf `%%.0f` }} times, so sums in dashboards, reports and costs are too high, "
            "and quotas are not checked. Deduplicate the replicas of Prometheus that write here, or set the setting "
            "cluster_label if they are of several clusters, or load the rules once. hubmeter-doctor names the cause.",
            parameters={"copies": health_parts.recorded_copies()},
        ),
        Alert(
            name="HubmeterClockWrong",
            query="health/clock_wrong",
            hold_for="5m",
            severity="warning",
            summary="The clock of the groups exporter of {{ $labels.namespace }} is {{ $value | humanizeDuration }} "
            "fast.",
            description="The last refresh of the groups exporter of the hub in namespace {{ $labels.namespace }} is "
            "{{ $value | humanizeDuration }} in the future of Prometheus. Of two exporters the newer snapshot counts, "
            "and a snapshot that is too old goes unnoticed. Synchronise the clocks of the exporter's node and "
            "Prometheus' node.",
        ),
        Alert(
            name="HubmeterUsageGap",
            query="health/usage_gap",
            hold_for="5m",
            severity="warning",
            summary="{{ $value | humanizePercentage }} of the last hour's usage of {{ $labels.namespace }} was not "
            "recorded.",
            description="Usage of the hub in namespace {{ $labels.namespace }} was not recorded in {{ $value | "
            "humanizePercentage }} of the last hour: Prometheus was down, evaluations of rules were missed, or "
            "kube-state-metrics was not scraped. All sums over this time are too low. Find the cause, then compute "
            "the gap with hubmeter-backfill while Prometheus still has the raw series.",
        ),
        Alert(
            name="HubmeterScrapeSlow",
            query="health/scrape_slow",
            hold_for="15m",
            severity="warning",
            summary="{{ $labels.series }} of {{ $labels.namespace }} is scraped less often than once in %(interval)s.",
            description="In namespace {{ $labels.namespace }} {{ $labels.series }} has had {{ $value | printf `%%.2f` "
            "}} samples per evaluation interval (%(interval)s) for 15 minutes. Values of single minutes are wrong, "
            "and with more than 5 minutes between two scrapes usage is lost. Scrape it at least once in %(interval)s, "
            "or set the setting interval to the scrape interval.",
        ),
        Alert(
            name="HubmeterVersionsDiffer",
            query="health/versions_differ",
            hold_for="1d",
            severity="info",
            summary="The groups exporter of {{ $labels.namespace }} has version {{ $labels.version }}, the rules have "
            "another.",
            description="For a day the groups exporter of the hub in namespace {{ $labels.namespace }} has been of "
            "version {{ $labels.version }}, and the recording rules of another. Series that one of them expects may "
            "be missing. Load rules, alerts and dashboards of the version that the exporters have, or update the "
            "exporters.",
        ),
    )
