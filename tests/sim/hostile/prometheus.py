"""Sites whose Prometheus keeps too little, or is not watched."""

from dataclasses import replace
from typing import Final

from hubmeter_generator.operate.checks.finding import Status
from hubmeter_generator.operate.remote_write import Series
from hubmeter_promql import names
from tests.sim.cluster import HOUR, MINUTE
from tests.sim.hostile.frame import HUB, START, Change, Reported, Site, clean_world, gauge

PROD: Final = {"namespace": HUB}
REPLICA: Final = "prometheus_replica"
OWN: Final = {"job": "prometheus", "instance": "localhost:9090"}
DAY: Final = 24 * HOUR


def past_days(age: int, step: float) -> tuple[Series, Series]:
    """Return times of usage recorded in two days that ended ``age`` days before START: every ``step``, and by day."""
    begin = START - (age + 2) * DAY
    buckets = [(round(1000 * (begin + n * step)), 5.0) for n in range(round(2 * DAY / step) + 1)]
    days = [(round(1000 * (begin + n * DAY + 20 * MINUTE)), 1440.0) for n in (1, 2)]
    return ({"__name__": names.USAGE_RECORDED, **PROD}, buckets), ({"__name__": names.USAGE_RECORDED_DAY, **PROD}, days)


def labelled(label: str, value: str) -> Change:
    """Return what an external label makes of series."""
    return lambda labels: {**labels, label: value}


SITES = (
    Site(
        "old buckets thinned",
        (
            Reported(
                "HubmeterBucketsThinned",
                PROD,
                "history",
                "50% of the usage of prod is left in the 5-minute buckets of past days, from an age of 31d on or "
                "earlier: the store downsamples them, and sums over such times are too low FIX exclude the series",
                Status.WARNING,
            ),
        ),
        clean_world(),
        past=past_days(31, 10 * MINUTE),
    ),
    Site(
        "retention of 10 days",
        (
            Reported(
                "HubmeterHistoryShort",
                PROD,
                "history",
                "Prometheus keeps 10 days, less than the window of 30d: quotas deny too late or never, and reports and "
                "active users miss usage FIX raise --storage.tsdb.retention.time",
            ),
        ),
        clean_world(),
        extras=(gauge("prometheus_tsdb_retention_limit_seconds", 10 * 86_400, **OWN),),
        settings={"windows": ["1h", "1d", "30d"]},
        engine={"retention": "10d"},
    ),
    Site(
        "look-back of 2 minutes",
        (
            Reported(
                "HubmeterLookbackShort",
                PROD,
                "prometheus",
                "is 120 s, so series recorded every 5 minutes have gaps FIX start Prometheus without",
                Status.WARNING,
            ),
        ),
        clean_world(),
        engine={"lookback": "2m"},
    ),
    Site(
        "evaluations missed, and nothing watches them",
        (
            Reported(
                "HubmeterUsageGap", PROD, "recorded usage", "33% of the last hour's usage of prod", Status.WARNING
            ),
            Reported("HubmeterUsageGap", PROD, "rule metrics", "FIX let the Prometheus", Status.WARNING),
        ),
        clean_world(),
        without=("prometheus_rule_group_last_duration_seconds", "prometheus_rule_group_interval_seconds"),
        gap=(60, 75),
    ),
    Site(
        "scraped every 2 minutes",
        (
            Reported(
                "HubmeterScrapeSlow",
                {**PROD, "series": "kube_pod_status_phase"},
                "scrape interval",
                "has 0.5 samples in 1m",
                Status.WARNING,
            ),
            Reported(
                "HubmeterScrapeSlow",
                {**PROD, "series": "container_memory_working_set_bytes"},
                "scrape interval",
                "FIX scrape it at least once in 1m",
                Status.WARNING,
            ),
        ),
        replace(clean_world(), step=2 * MINUTE, kubelet_step=2 * MINUTE),
    ),
    Site(
        "hub's metrics no longer scraped",
        (Reported("HubmeterQuotaMetricsGone", PROD, "hub metrics", "FIX check that the hub runs"),),
        clean_world(),
        extras=(
            gauge(
                "jupyterhub_quota_policy_limit",
                lambda t: 1.0 if t < START + HOUR else None,
                scope="everybody",
                resource="memory",
                window="1d",
                job="hub",
                **PROD,
            ),
        ),
    ),
    Site(
        "hub's metrics never scraped",
        (Reported("", {}, "hub metrics", "FIX if you use quotas, scrape /hub/metrics", Status.WARNING),),
        clean_world(),
        without=("jupyterhub_running_servers",),
    ),
    Site(
        "two replicas of Prometheus write to one store",
        (
            Reported(
                "HubmeterRecordedTwice",
                PROD,
                "recorded series",
                "the recorded series of prod are in this store 2 times, which differ in prometheus_replica: sums in "
                "dashboards, reports and costs are that many times too high FIX deduplicate by prometheus_replica",
            ),
        ),
        clean_world(),
        labelled(REPLICA, "prometheus-0"),
        others=((clean_world(), labelled(REPLICA, "prometheus-1")),),
        copied=labelled(REPLICA, "prometheus-1"),
        alerts_allowed=("HubmeterShareSumOff",),
    ),
    Site(
        "the recorded series of two clusters in one store",
        (
            Reported(
                "HubmeterRecordedTwice",
                PROD,
                "recorded series",
                "which differ in cluster, prometheus: sums in "
                "dashboards, reports and costs are that many times too high FIX set cluster_label: cluster",
            ),
        ),
        clean_world(),
        copied=lambda labels: {**labels, "cluster": "west", "prometheus": "monitoring/west"},
        alerts_allowed=("HubmeterShareSumOff",),
    ),
    Site(
        "two replicas of Prometheus write the same series",
        (
            Reported(
                "HubmeterRecordedTwice",
                PROD,
                "recorded series",
                "the recorded series of prod are in this store 2 times, as samples of one series: sums in dashboards, "
                "reports and costs are that many times too high FIX let only one replica",
            ),
        ),
        clean_world(),
        copied=dict,
    ),
)
