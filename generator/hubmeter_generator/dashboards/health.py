"""Hubmeter health: whether the numbers of the other dashboards can be trusted, and what to fix if not."""

from hubmeter_generator.dashboards.shared import MATCH_HUBS, USER, hub
from hubmeter_generator.grafana import board, variables
from hubmeter_generator.grafana.board import Row
from hubmeter_generator.grafana.links import Missing
from hubmeter_generator.grafana.panels import (
    BARS,
    BY_HUB,
    LINES,
    Panel,
    Query,
    query,
    stat,
    text,
    timeseries,
)
from hubmeter_generator.grafana.tables import Column, table
from hubmeter_generator.grafana.values import (
    DATE,
    GOOD_WHEN_ZERO,
    GREEN,
    NUMBER,
    PERCENT,
    RATIO,
    RED,
    SECONDS,
    USD,
    YELLOW,
    Json,
    Scale,
    thresholds,
)
from hubmeter_generator.model import VERSION
from hubmeter_promql import health_parts, names, usage_parts

AGE = thresholds((None, GREEN), (1.5, YELLOW), (3, RED))
RECORDED = thresholds((None, RED), (0.5, YELLOW), (1, GREEN))
KEPT = thresholds((None, RED), (0.9, GREEN))
LOAD = thresholds((None, GREEN), (0.5, YELLOW), (0.9, RED))
SOME_ERRORS = thresholds((None, GREEN), (1, YELLOW), (10, RED))
DIFFERENCE = thresholds((None, GREEN), (0.001, RED))
NO_EXPORTER = Missing("no exporter", "prerequisites.md#groups-exporter")
NO_COSTS = Missing("no cost exporter", "costs.md")
NO_RULE_METRICS = Missing("the Prometheus that evaluates the rules is not scraped", "prerequisites.md#optional")
BY_RULE_GROUP = "%(cluster_legend)s{{name}}"

REMEDIES = """\
**Servers without username:** start kube-state-metrics with \
`--metric-annotations-allowlist=pods=[hub.jupyter.org/username]`. \
**Unknown users:** no exporter answers for their hub, or a user is newer than its snapshot. \
**Share sums not 1:** expected with the exporter's strategy `all`, otherwise two exporters report one hub. \
**Not accounted:** a join lost or doubled usage; see the runbook of the alert.\
"""


def build() -> Json:
    """Return the Hubmeter health dashboard."""
    return board.dashboard(
        "health",
        "Hubmeter health",
        "Whether the numbers of the other dashboards can be trusted: membership snapshots, rules, and unattributed "
        "usage.",
        [variables.hub()],
        [*_overview(), *_exporters(), *_rules(), *_usage(), *_bill()],
    )


def _light(title: str, description: str, source: Query, scale: Scale, empty: str | Missing = "0") -> Panel:
    """Return a number whose background is green while all is well."""
    return stat(title, description, source, scale=scale, empty=empty, background=True)


def _overview() -> list[Row]:
    return [
        Row(
            3,
            [
                _light(
                    "Oldest snapshot",
                    "Age of the oldest membership snapshot, in refresh intervals of its exporter. Above 1 a refresh is "
                    "late; above 3 the exporter is not ready. No data: no exporter is scraped, or its metrics lost "
                    "their namespace (honor_labels).",
                    query("health/oldest_snapshot"),
                    Scale("suffix:intervals").rounded(1).colored(AGE),
                    NO_EXPORTER,
                ),
                _light(
                    "Refresh errors",
                    "Failed refreshes in the time range, all exporters together. The last good snapshot stays in use.",
                    query("health/refresh_errors_total"),
                    NUMBER.rounded(0).colored(SOME_ERRORS),
                    NO_EXPORTER,
                ),
                _light(
                    "Rule failures",
                    "Failed rules and missed evaluations in the time range, all of Hubmeter's rule groups together. "
                    "From metrics of Prometheus or Mimir's ruler about itself; vmalert has other metrics.",
                    query("health/rule_failures_total"),
                    NUMBER.rounded(0).colored(GOOD_WHEN_ZERO),
                    "unknown",
                ),
                _light(
                    "Slowest rule group",
                    "Evaluation time of the slowest rule group divided by its interval. At 100 %% evaluations are "
                    "missed.",
                    query("health/rule_load_worst"),
                    RATIO.rounded(1).colored(LOAD),
                    "unknown",
                ),
            ],
        ),
        Row(
            3,
            [
                _light(
                    "Not accounted",
                    "Difference between the memory of all users plus unattributed and the same memory summed without "
                    "any join; the larger of memory in use and memory requested. Must be 0.",
                    query("health/not_accounted_worst"),
                    RATIO.rounded(1).colored(DIFFERENCE),
                    "unknown",
                ),
                _light(
                    "Servers without username",
                    "Servers whose pod has no username: kube-state-metrics does not expose the annotation "
                    "hub.jupyter.org/username. Set --metric-annotations-allowlist=pods=[hub.jupyter.org/username].",
                    query("health/unattributed_servers"),
                    NUMBER.colored(GOOD_WHEN_ZERO),
                ),
                _light(
                    "Unknown users",
                    "Users with a running server whom no exporter reports. Their usage has no group until the next "
                    "refresh.",
                    query("health/unknown_users_count"),
                    NUMBER.colored(SOME_ERRORS),
                ),
                _light(
                    "Share sums not 1",
                    "Users whose shares do not add up to 1. 0 with the exporter's strategies default and split; with "
                    "all, every user of several groups.",
                    query("health/share_sums_off_count"),
                    NUMBER.colored(SOME_ERRORS),
                ),
            ],
        ),
        Row(
            3,
            [
                _light(
                    "Rules of another version",
                    f"Hubs whose recording rules are not of version {VERSION}, the version of these dashboards. Panels "
                    "may lack data: load rules and dashboards of one version.",
                    query("health/rules_of_other_version", version=VERSION),
                    NUMBER.colored(GOOD_WHEN_ZERO),
                    "no version",
                ),
                stat(
                    "Oldest usage",
                    "Time of the oldest recorded usage, to an hour, if it does not cover the longest window "
                    "(%(longest_window)s). Normal in the first days; later Prometheus keeps too little, and quotas, "
                    "reports and active users miss the time before.",
                    query("health/history_start"),
                    scale=DATE,
                    empty="covers %(longest_window)s",
                ),
                _light(
                    "Recorded in the last hour",
                    "Part of the last hour in which usage was recorded, of the hub with the least. Sums lack the rest.",
                    query("health/recorded_last_hour"),
                    PERCENT.colored(RECORDED),
                    "nothing",
                ),
                _light(
                    "Old usage kept",
                    "Part of the usage of past days that their 5-minute buckets still have in this data source, of the "
                    "day with the least; days of a week, a month, 6 weeks, 3 and 6 months and a year ago. Below 90 %% "
                    "the store downsamples the buckets, and sums over such times are too low.",
                    query("health/usage_kept", kept=usage_parts.kept('{%(cluster_matcher)snamespace=~"$hub"}')),
                    PERCENT.colored(KEPT),
                    "no old days",
                ),
                _light(
                    "Errors in grants",
                    "Errors in the files of grants at the end of the time range: invalid entries are skipped, and of a "
                    "file that is not readable the last valid grants stay in force. The hub's log has the errors.",
                    query("health/grants_errors"),
                    NUMBER.rounded(0).colored(GOOD_WHEN_ZERO),
                    "no grants",
                ),
            ],
            widths=(5, 5, 5, 5, 4),
        ),
        Row(2, [text(REMEDIES)]),
        Row(
            5,
            [
                table(
                    "Firing alerts",
                    "Hubmeter's alerts that fire now. Each of Hubmeter's assumptions that does not hold is "
                    "among them; the alert's runbook has the remedy. Empty if the alerts are not loaded, too, but for "
                    "HubmeterRecordedTwice.",
                    [
                        Column("Alert", "alertname"),
                        Column("Severity", "severity", width=120),
                        hub(),
                        Column(
                            "Firing",
                            query("health/firing_alerts", copies=health_parts.recorded_copies(MATCH_HUBS)),
                            width=90,
                        ),
                    ],
                    sort_by=["Severity"],
                )
            ],
        ),
    ]


def _exporters() -> list[Row]:
    def exporter(name: str, metric: str, scale: Scale, width: int) -> Column:
        return Column(name, query("health/exporter_metric", metric=metric), scale, width=width)

    def scrape(name: str, measure: str, scale: Scale) -> Column:
        return Column(name, query("health/exporter_scrape", measure=measure), scale, width=100)

    return [
        Row(
            6,
            [
                table(
                    "Exporters",
                    "The groups exporter of each hub: age and contents of its snapshot, failed refreshes in the time "
                    "range, and duration and size of refreshes and scrapes.",
                    [
                        hub(),
                        Column("Version", "version", attribute=True),
                        Column("Running", query("health/exporter_version"), width=90),
                        Column("Snapshot age", query("health/snapshot_age"), SECONDS, width=100),
                        Column(
                            "In intervals",
                            query("health/snapshot_age_intervals"),
                            NUMBER.rounded(1).colored(AGE),
                            width=100,
                        ),
                        Column(
                            "Refresh errors",
                            query("health/refresh_errors_by_hub"),
                            NUMBER.rounded(0).colored(SOME_ERRORS),
                            width=100,
                        ),
                        exporter("Refresh duration", "last_refresh_duration_seconds", SECONDS, 100),
                        exporter("Users", "users", NUMBER, 90),
                        exporter("Groups", "groups", NUMBER, 90),
                        scrape("Scrape duration", "duration_seconds", SECONDS),
                        scrape("Samples per scrape", "samples_scraped", NUMBER),
                    ],
                    sort_by=["In intervals"],
                    empty=NO_EXPORTER,
                )
            ],
            title="Exporters",
        ),
        Row(
            8,
            [
                timeseries(
                    "Snapshot age",
                    "Age of each hub's membership snapshot. A sawtooth as high as the refresh interval is normal; a "
                    "ramp is an exporter that cannot read the hub.",
                    query("health/snapshot_age", BY_HUB),
                    scale=SECONDS,
                    empty=NO_EXPORTER,
                ),
                timeseries(
                    "Refresh errors by reason",
                    "Failed refreshes in each step of the chart. The exporter's log says what to do for each.",
                    query("health/refresh_errors_by_reason", "{{reason}} · " + BY_HUB),
                    scale=NUMBER.rounded(0),
                    style=BARS,
                    empty=NO_EXPORTER,
                ),
                timeseries(
                    "Users known",
                    "Users in each hub's snapshot. After a sudden drop the hub answered only in part, or lost users.",
                    query("health/exporter_metric", BY_HUB, metric="users"),
                    scale=NUMBER,
                    style=LINES.with_legend("min", "max", "lastNotNull"),
                    empty=NO_EXPORTER,
                ),
                timeseries(
                    "Scrape duration",
                    "Duration of Prometheus' scrapes of each hub's exporter.",
                    query("health/exporter_scrape", BY_HUB, measure="duration_seconds"),
                    scale=SECONDS,
                    empty=NO_EXPORTER,
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
                    "Duration of the last evaluation of each rule group, in seconds.",
                    query("health/rule_duration", BY_RULE_GROUP),
                    scale=SECONDS,
                    empty=NO_RULE_METRICS,
                ),
                timeseries(
                    "Evaluation time / interval",
                    "Evaluation time of each rule group divided by its interval. At 100 %% evaluations are missed, and "
                    "sums over time become too small.",
                    query("health/rule_load", BY_RULE_GROUP),
                    scale=RATIO.colored(LOAD),
                    empty=NO_RULE_METRICS,
                ),
                timeseries(
                    "Failed rules, missed runs",
                    "Failed rules by rule group, and evaluations missed because the last one was still running, in "
                    "each step of the chart.",
                    query("health/rule_failures_by_group", f"failed · {BY_RULE_GROUP}", counter="evaluation_failures"),
                    query(
                        "health/rule_failures_by_group",
                        f"missed · {BY_RULE_GROUP}",
                        counter="group_iterations_missed",
                    ),
                    scale=NUMBER.rounded(0),
                    style=BARS,
                    empty=NO_RULE_METRICS,
                ),
                timeseries(
                    "Recorded part of each 5 minutes",
                    "Part of each 5 minutes in which usage was recorded. Below 100 %%, or in a gap, Prometheus was "
                    "down, evaluations were missed, or kube-state-metrics was not scraped. Usage of that time is "
                    "missing in all sums: quotas, costs and reports are too low.",
                    query("health/recorded_ratio", BY_HUB),
                    scale=RATIO.up_to(1).colored(RECORDED),
                    style=LINES.with_legend("min", "lastNotNull"),
                ),
            ],
            title="Recording rules",
        )
    ]


def _usage() -> list[Row]:
    def unattributed(title: str, description: str, resource: str) -> Panel:
        source = query("health/unattributed_ratio", BY_HUB, resource=resource)
        return timeseries(title, description, source, scale=RATIO.up_to(1))

    return [
        Row(
            9,
            [
                unattributed(
                    "Unattributed memory",
                    "Part of each hub's memory requests that is unattributed: the hub's own pods, and servers without "
                    "a username. 100 %% is normal at night; while servers run it means that the annotation is not "
                    "exposed.",
                    names.MEMORY_REQUESTS,
                ),
                unattributed(
                    "Unattributed CPU",
                    "Part of each hub's CPU in use that is unattributed.",
                    names.CPU_USAGE,
                ),
                table(
                    "Unknown users",
                    "Users with a running server who are not in the hub's snapshot, and the number of their servers.",
                    [USER, hub(), Column("Servers", query("health/unknown_users"), width=90)],
                    sort_by=["User"],
                    descending=False,
                ),
                table(
                    "Share sums not 1",
                    "At most 100 users whose shares do not add up to 1, and the sum.",
                    [USER, hub(), Column("Sum of shares", query("health/share_sums_off"), PERCENT, width=100)],
                    sort_by=["User"],
                    descending=False,
                ),
            ],
            title="Unattributed and miscounted usage",
        )
    ]


def _bill() -> list[Row]:
    source = Column("Source", "source", width=90)
    return [
        Row(
            8,
            [
                _light(
                    "Bill not accounted",
                    "Largest difference on a day between the input of the bill and the sum of its attributable, "
                    "account, excluded and rejected parts. Must be 0.",
                    query("health/bill_difference"),
                    USD.colored(GOOD_WHEN_ZERO),
                    NO_COSTS,
                ),
                table(
                    "Input of the bill",
                    "Parts of the input of the exported days: attributable by the tags, the account's other costs, "
                    "excluded by charge category or record type, and rejected by reason. They add up to the input.",
                    [
                        source,
                        Column("Part", "part"),
                        Column("Category", "category"),
                        Column("USD", query("health/bill_parts"), USD, width=110),
                    ],
                    sort_by=["USD"],
                    empty=NO_COSTS,
                ),
                table(
                    "Skipped files of the bill",
                    "Files that do not count, or not on all days, with the reason; older versions of a file, too. The "
                    "cost exporter's /ready has the remedy.",
                    [
                        source,
                        Column("Reason", "reason", width=100),
                        Column("File", "file"),
                        Column("Files", query("health/bill_files"), NUMBER, width=80),
                    ],
                    sort_by=["Reason"],
                ),
                table(
                    "Invalid rows of the bill",
                    "Rows that do not count, by reason, and rows that count without a column (Tags, x_Credits).",
                    [
                        source,
                        Column("Reason", "reason"),
                        Column("Rows", query("health/bill_rows"), NUMBER, width=90),
                    ],
                    sort_by=["Rows"],
                ),
            ],
            title="Bill",
        )
    ]
