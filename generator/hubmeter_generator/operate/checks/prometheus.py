"""Prometheus itself: its version, its look-back, and the time for which it keeps usage."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from hubmeter_common.durations import compound_seconds, seconds
from hubmeter_generator.operate.checks.finding import Result, missing, ok, warning
from hubmeter_generator.operate.checks.site import Site, listed
from hubmeter_promql import usage_parts
from hubmeter_promql.retention import kept_seconds

_OLDEST_TESTED: Final = (2, 42)
_LOOKBACK_SECONDS: Final = 300  # rules that run every 5 minutes are read with instant selectors
_DAY: Final = 86_400
DAYS_OF_MONTHS: Final = 62  # costs of the month before read up to two months


def engine(site: Site) -> Result:
    """Check Prometheus' version and the look-back of instant selectors."""
    site.prometheus.instant("vector(1)")  # every engine answers this; not all have the endpoints below
    version = prometheus_version(site.read("status/buildinfo"))
    if version and version < _OLDEST_TESTED:
        oldest = _dotted(_OLDEST_TESTED)
        return warning(
            f"Prometheus {_dotted(version)} is older than {oldest}, the oldest version that Hubmeter is tested with",
            f"update to {oldest} or later",
        )
    flags = site.read("status/flags")
    lookback = compound_seconds(str(flags.get("query.lookback-delta", ""))) if isinstance(flags, Mapping) else 0
    if 0 < lookback < _LOOKBACK_SECONDS:
        return warning(
            f"the look-back of instant selectors is {lookback} s, so series recorded every 5 minutes have gaps",
            "start Prometheus without --query.lookback-delta, or with 5m or more",
        )
    if gaps := site.by_hub(site.query("alerts/health/lookback_short")):
        return warning(
            f"the look-back of instant selectors is shorter than 5 minutes, so series of {listed(gaps)} have gaps",
            "start Prometheus without --query.lookback-delta, or with 5m or more",
        )
    return ok(f"Prometheus {_dotted(version)} answers" if version else "an engine with Prometheus' API answers")


def history(site: Site) -> Result:
    """Check that Prometheus keeps usage for as long as the longest window, and all its buckets."""
    window = str(site.settings.placeholders()["longest_window"])
    kept = kept_seconds(site.prometheus)
    raise_it = (
        "raise --storage.tsdb.retention.time (prometheus.prometheusSpec.retention in kube-prometheus-stack, "
        f"server.retention in the chart prometheus) to {DAYS_OF_MONTHS}d"
    )
    if kept is not None and kept < seconds(window):
        return missing(
            f"Prometheus keeps {kept / _DAY:g} days, less than the window of {window}: quotas deny too late or never, "
            "and reports and active users miss usage",
            f"{raise_it}, at least to {window}, or shorten the setting windows",
        )
    if lost := site.by_hub(site.query("alerts/health/history_short")):
        return missing(
            f"usage of {listed(lost)} is kept for {min(lost.values()) / _DAY:.1f} days, less than the window of "
            f"{window}",
            f"{raise_it}; if a retention by size is set, raise it too; or shorten the setting windows",
        )
    if thinned := site.query("rules/windows/usage_kept", kept=usage_parts.kept()):
        youngest = min((row.labels["age"] for row in thinned), key=seconds)
        return warning(
            f"{min(row.value for row in thinned):.0%} of the usage of {listed(site.by_hub(thinned))} is left in the "
            f"5-minute buckets of past days, from an age of {youngest} on or earlier: the store downsamples them, and "
            "sums over such times are too low",
            "exclude the series .*:sum5m and .*:count5m from downsampling, or keep full resolution for as long as you "
            "read usage: docs/scaling.md#stores-that-downsample",
        )
    if kept is not None and kept < DAYS_OF_MONTHS * _DAY and site.settings.cost_source != "none":
        return warning(
            f"Prometheus keeps {kept / _DAY:g} days, so the costs of the month before are too low from the middle of a "
            "month on",
            raise_it,
        )
    if starts := site.by_hub(site.query("history_start")):
        start = datetime.fromtimestamp(max(starts.values()), UTC)
        return ok(f"usage is recorded since {start:%Y-%m-%dT%H:%MZ}, so sums over {window} are still growing")
    return ok("nothing shortens the longest window" if kept is None else f"Prometheus keeps {kept / _DAY:g} days")


def scrape_interval(site: Site) -> Result:
    """Check that pods are scraped at least once per evaluation interval, and that samples arrive in time."""
    interval = site.settings.interval
    if rows := site.query("alerts/usage/samples_late"):
        series = {row.labels["series"] for row in rows}
        return warning(
            f"{listed(series)} of {listed(site.by_hub(rows))} arrives late: the newest sample is "
            f"{max(row.value for row in rows):.0f} s old, so CPU is too low, and memory and pods are missing",
            "speed up the remote write that delivers the samples, or evaluate the rules where they are scraped; then "
            "compute the time with hubmeter-backfill",
        )
    if rows := site.query("alerts/health/scrape_slow"):
        series = {row.labels["series"] for row in rows}
        return warning(
            f"{listed(series)} of {listed(site.by_hub(rows))} has {min(row.value for row in rows):.2g} samples in "
            f"{interval}: values of single minutes are wrong",
            f"scrape it at least once in {interval}, or set the setting interval to the scrape interval",
        )
    return ok(f"pods are scraped at least once in {interval}" if site.hubs else "no pods of hubs are scraped")


def clocks(site: Site) -> Result:
    """Check that the exporters' clocks are not ahead of Prometheus'."""
    if fast := site.by_hub(site.query("alerts/health/clock_wrong")):
        return warning(
            f"the clock of the groups exporter of {listed(fast)} is {max(fast.values()):.0f} s fast",
            "synchronise the clocks of the exporter's node and Prometheus' node",
        )
    return ok("the exporters' clocks are not fast")


def rule_metrics(site: Site) -> Result:
    """Check that metrics about the evaluation of rules are scraped."""
    if site.query("rule_metrics"):
        return ok("metrics about the evaluation of rules are scraped")
    return warning(
        "no metrics about the evaluation of rules are scraped, so HubmeterRulesFailing and HubmeterRulesSlow cannot "
        "fire",
        "let the Prometheus (or vmalert, or ruler) that evaluates the rules be scraped: a job with the target "
        "localhost:9090 in its own configuration; managed services without such metrics need nothing",
    )


def prometheus_version(build: object) -> tuple[int, int] | None:
    """Return major and minor version from status/buildinfo; None for other engines, which number differently."""
    if not isinstance(build, Mapping) or not build.get("goVersion") or build.get("application"):
        return None
    number = re.match(r"([2-9])\.(\d+)\.", str(build.get("version", "")))
    return (int(number[1]), int(number[2])) if number else None


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
