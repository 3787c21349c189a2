"""Hubmeter health: whether the numbers of the other dashboards can be trusted, and if not, what to mend."""

from hubmeter_generator.grafana import board
from hubmeter_generator.grafana.board import BY_HUB, Row
from hubmeter_generator.grafana.panels import (
    GOOD_WHEN_ZERO,
    GREEN,
    ORANGE,
    RED,
    YELLOW,
    Json,
    query,
    stat,
    text,
    thresholds,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_promql import names

AGE = thresholds((None, GREEN), (1.5, YELLOW), (3, RED))
RECORDED = thresholds((None, RED), (0.5, YELLOW), (1, GREEN))
LOAD = thresholds((None, GREEN), (0.5, YELLOW), (0.9, RED))
SOME_ERRORS = thresholds((None, GREEN), (1, YELLOW), (10, RED))
UNATTRIBUTED = thresholds((None, GREEN), (0.3, YELLOW), (0.6, ORANGE))
TRACE = thresholds((None, GREEN), (0.001, RED))
NO_RULE_METRICS = "the Prometheus that evaluates the rules is not scraped"

REMEDIES = """\
**Servers without username:** start kube-state-metrics with \
`--metric-annotations-allowlist=pods=[hub.jupyter.org/username]`. \
**Unknown users:** no exporter answers for their hub, or a user is newer than its snapshot. \
**Shares off:** expected with the exporter's strategy `all`, else two exporters tell of one hub. \
**Not accounted:** a join lost or doubled usage; the alert's runbook says where to look.\
"""


def build() -> Json:
    """Return the Hubmeter health dashboard."""
    return board.dashboard(
        "health",
        "Hubmeter health",
        "Whether the numbers of the other dashboards can be trusted: membership snapshots, rules, and usage that "
        "nobody claims.",
        [board.hub_variable()],
        [*_overview(), *_exporters(), *_rules(), *_usage()],
    )


def _overview() -> list[Row]:
    return [
        Row(
            3,
            [
                stat(
                    "Oldest snapshot",
                    "Age of the oldest membership snapshot, counted in its exporter's refresh intervals. Above 1 a "
                    "refresh is late; above 3 the exporter is not ready. No data: no exporter is scraped, or its "
                    "metrics lost their namespace (honor_labels).",
                    query("health/oldest_snapshot"),
                    unit="suffix:intervals",
                    steps=AGE,
                    decimals=1,
                    empty="no exporter",
                    filled=True,
                ),
                stat(
                    "Refresh errors",
                    "Failed refreshes in the time range, all exporters together. The last good snapshot stays in use "
                    "meanwhile.",
                    query("health/refresh_errors_total"),
                    unit="short",
                    steps=SOME_ERRORS,
                    decimals=0,
                    empty="no exporter",
                    filled=True,
                ),
                stat(
                    "Rule failures",
                    "Rules that failed and evaluations that were left out in the time range, all groups of Hubmeter "
                    "together. From metrics Prometheus (and Mimir's ruler) has about itself; vmalert has others.",
                    query("health/rule_failures_total"),
                    unit="short",
                    steps=GOOD_WHEN_ZERO,
                    decimals=0,
                    empty="unknown",
                    filled=True,
                ),
                stat(
                    "Slowest rule group",
                    "The part of its interval that the slowest rule group needs. At 100 %% evaluations are left out.",
                    query("health/rule_load_worst"),
                    unit="percentunit",
                    steps=LOAD,
                    decimals=1,
                    empty="unknown",
                    filled=True,
                ),
            ],
        ),
        Row(
            3,
            [
                stat(
                    "Not accounted",
                    "The larger of two differences: memory in use, and requested, of all users and nobody, against "
                    "the same memory summed without any join. Must be 0.",
                    query("health/not_accounted_worst"),
                    unit="percentunit",
                    steps=TRACE,
                    decimals=1,
                    empty="unknown",
                    filled=True,
                ),
                stat(
                    "Servers without username",
                    "Servers whose pod shows no username: kube-state-metrics does not expose the annotation "
                    "hub.jupyter.org/username. Set --metric-annotations-allowlist=pods=[hub.jupyter.org/username].",
                    query("health/unattributed_servers"),
                    unit="short",
                    steps=GOOD_WHEN_ZERO,
                    empty="0",
                    filled=True,
                ),
                stat(
                    "Unknown users",
                    "Users with a running server whom no exporter knows. They count for (no group) until the next "
                    "refresh.",
                    query("health/unknown_users_count"),
                    unit="short",
                    steps=SOME_ERRORS,
                    empty="0",
                    filled=True,
                ),
                stat(
                    "Users with shares off",
                    "Users whose groups do not bear exactly the whole of their usage. 0 with the exporter's "
                    "strategies default and split; with all, every user of several groups.",
                    query("health/share_sums_off_count"),
                    unit="short",
                    steps=SOME_ERRORS,
                    empty="0",
                    filled=True,
                ),
            ],
        ),
        Row(2, [text(REMEDIES)]),
    ]


def _exporters() -> list[Row]:
    return [
        Row(
            6,
            [
                table(
                    "Exporters",
                    "The groups exporter of each hub: how old its snapshot is, what it holds, failed refreshes in the "
                    "time range, how long a refresh took, and how long and how large a scrape is.",
                    [
                        Column("Hub", "namespace"),
                        Column("Version", "version"),
                        Column("Running", query("health/exporter_version"), width=90),
                        Column("Snapshot age", query("health/snapshot_age"), "s", width=100),
                        Column(
                            "In intervals", query("health/snapshot_age_intervals"), steps=AGE, decimals=1, width=100
                        ),
                        Column(
                            "Refresh errors",
                            query("health/refresh_errors_by_hub"),
                            steps=SOME_ERRORS,
                            decimals=0,
                            width=100,
                        ),
                        Column(
                            "Refresh took",
                            query("health/exporter_metric", metric="last_refresh_duration_seconds"),
                            "s",
                            width=100,
                        ),
                        Column("Users", query("health/exporter_metric", metric="users"), width=90),
                        Column("Groups", query("health/exporter_metric", metric="groups"), width=90),
                        Column(
                            "Scrape took", query("health/exporter_scrape", measure="duration_seconds"), "s", width=100
                        ),
                        Column(
                            "Samples a scrape", query("health/exporter_scrape", measure="samples_scraped"), width=100
                        ),
                    ],
                    sort_by=["In intervals"],
                    empty="no exporter",
                )
            ],
            title="Exporters",
        ),
        Row(
            8,
            [
                timeseries(
                    "Snapshot age",
                    "Age of each hub's membership snapshot. A saw tooth as high as the refresh interval is right; a "
                    "ramp is an exporter that cannot read the hub.",
                    query("health/snapshot_age", BY_HUB),
                    unit="s",
                    empty="no exporter",
                ),
                timeseries(
                    "Refresh errors by reason",
                    "Failed refreshes in each step of the chart. The exporter's log has a sentence for each, with the "
                    "remedy.",
                    query("health/refresh_errors_by_reason", "{{reason}} · " + BY_HUB),
                    unit="short",
                    bars=True,
                    stacked=True,
                    decimals=0,
                    empty="no exporter",
                    legend=("sum",),
                ),
                timeseries(
                    "Users known",
                    "Users in each hub's snapshot. A sudden fall is a hub that answered only in part, or lost users.",
                    query("health/exporter_metric", BY_HUB, metric="users"),
                    unit="short",
                    empty="no exporter",
                    legend=("min", "max", "lastNotNull"),
                ),
                timeseries(
                    "Scrape duration",
                    "How long Prometheus takes to scrape each hub's exporter.",
                    query("health/exporter_scrape", BY_HUB, measure="duration_seconds"),
                    unit="s",
                    empty="no exporter",
                ),
            ],
        ),
    ]


def _rules() -> list[Row]:
    return [
        Row(
            9,
            [
                timeseries(
                    "Rule evaluation time",
                    "Seconds that the last evaluation of each rule group took.",
                    query("health/rule_duration", "%(cluster_legend)s{{name}}"),
                    unit="s",
                    empty=NO_RULE_METRICS,
                ),
                timeseries(
                    "Part of the interval needed",
                    "Evaluation time divided by the group's interval. At 100 %% evaluations are left out, and sums "
                    "over time become too small.",
                    query("health/rule_load", "%(cluster_legend)s{{name}}"),
                    unit="percentunit",
                    steps=LOAD,
                    empty=NO_RULE_METRICS,
                ),
                timeseries(
                    "Failed rules and evaluations left out",
                    "Rules that failed, by the rule group, in each step of the chart; and evaluations left out "
                    "because the last one still ran.",
                    query(
                        "health/rule_failures_by_group",
                        "failed · %(cluster_legend)s{{name}}",
                        counter="evaluation_failures",
                    ),
                    query(
                        "health/rule_failures_by_group",
                        "left out · %(cluster_legend)s{{name}}",
                        counter="group_iterations_missed",
                    ),
                    unit="short",
                    bars=True,
                    stacked=True,
                    decimals=0,
                    legend=("sum",),
                    empty=NO_RULE_METRICS,
                ),
                timeseries(
                    "Recorded of each 5 minutes",
                    "The part of each 5 minutes in which usage was recorded. Below 100 %%, or a gap: Prometheus was "
                    "down, evaluations were left out, or kube-state-metrics was silent. Usage of those minutes is "
                    "missing in every sum; quotas, costs and reports count less.",
                    query("health/recorded_ratio", BY_HUB),
                    unit="percentunit",
                    maximum=1,
                    steps=RECORDED,
                    legend=("min", "lastNotNull"),
                ),
            ],
            title="Recording rules",
        )
    ]


def _usage() -> list[Row]:
    return [
        Row(
            9,
            [
                timeseries(
                    "Memory no user claims",
                    "The part of each hub's memory requests that no user claims: the hub's own pods, and servers "
                    "whose username is not shown. All of it is usual at night. All of it while servers run: the "
                    "annotation is not shown.",
                    query("health/unattributed_ratio", BY_HUB, resource=names.MEMORY_REQUESTS),
                    unit="percentunit",
                    maximum=1,
                ),
                timeseries(
                    "CPU no user claims",
                    "The part of each hub's CPU in use that no user claims.",
                    query("health/unattributed_ratio", BY_HUB, resource=names.CPU_USAGE),
                    unit="percentunit",
                    maximum=1,
                ),
                table(
                    "Users no exporter knows",
                    "Users with a running server who are not in the hub's snapshot, and how many servers they have.",
                    [
                        Column("User", "username", link=board.USER_CELL),
                        Column("Hub", "namespace"),
                        Column("Servers", query("health/unknown_users"), width=90),
                    ],
                    sort_by=["User"],
                    descending=False,
                ),
                table(
                    "Users with shares off",
                    "At most 100 users whose groups do not bear the whole of their usage, and what they bear together.",
                    [
                        Column("User", "username", link=board.USER_CELL),
                        Column("Hub", "namespace"),
                        Column("Sum of shares", query("health/share_sums_off"), "percentunit", decimals=0, width=100),
                    ],
                    sort_by=["User"],
                    descending=False,
                ),
            ],
            title="Usage that is nobody's, or counted wrongly",
        )
    ]
