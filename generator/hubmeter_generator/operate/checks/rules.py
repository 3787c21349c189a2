"""Rules: recording rules and alerts are loaded once, work, and record."""

from collections.abc import Mapping

from hubmeter_generator import fill
from hubmeter_generator.model import VERSION
from hubmeter_generator.operate.checks.finding import Result, missing, ok, warning
from hubmeter_generator.operate.checks.site import CLUSTER_LABELS, Site, listed
from hubmeter_promql import health_parts, names


def rules_loaded(site: Site) -> Result:
    """Check that the recording rules of these settings are loaded once."""
    load = "load rules/hubmeter.yaml as hubmeter-generate writes it for these settings (docs/rules.md)"
    if not site.rule_groups:
        if site.age(names.HUBS) is not None:
            return ok("rules record; this server does not list them, so another one evaluates them")
        return missing("no recording rules of Hubmeter are loaded", load)
    present = [str(group["name"]) for group in site.rule_groups]
    expected = {group["name"]: {rule["record"] for rule in group["rules"]} for group in fill.rule_groups(site.settings)}
    if absent := [name for name in expected if name not in present]:
        return missing(f"the rule groups {listed(absent)} are not loaded", load)
    if repeated := {name for name in present if present.count(name) > 1}:
        return missing(
            f"the rule groups {listed(repeated)} are loaded more than once, so samples are written twice and sums are "
            "too high",
            "load either the files or the Kubernetes objects, not both",
        )
    different = [
        str(group["name"])
        for group in site.rule_groups
        if group["name"] in expected
        and {rule["name"] for rule in group["rules"] if rule.get("type") == "recording"} != expected[group["name"]]
    ]
    if different:
        return warning(
            f"the rule groups {listed(different)} record other series than this version does with these settings",
            f"{load}, or pass the right --settings",
        )
    return ok(f"{len(expected)} groups of recording rules are loaded")


def rules_work(site: Site) -> Result:
    """Check that no rule fails or is slow."""
    groups = site.rule_groups
    failing = [
        (str(group["name"]), str(rule.get("lastError", "")))
        for group in groups
        for rule in group["rules"]
        if rule.get("health") == "err"
    ]
    if failing:
        return missing(
            f"{len(failing)} rules fail, in {listed({name for name, _ in failing})}: {failing[0][1]}",
            "see docs/runbooks/HubmeterRulesFailing.md",
        )
    slow = [
        str(group["name"])
        for group in groups
        if float(group.get("evaluationTime") or 0) > float(group.get("interval") or 0) / 2
    ]
    if slow:
        return warning(
            f"{listed(slow)} take more than half of their interval", "see docs/runbooks/HubmeterRulesSlow.md"
        )
    return ok("no rule fails or is slow" if groups else "this server does not report the state of rules")


def recorded_series(site: Site) -> Result:
    """Check that the recorded series are current, once each. Before the first server and user, two have no rows."""
    needed = [names.HUBS, names.USAGE_SEEN]
    needed += [names.hub(names.SERVERS)] if site.annotated_pods else []
    needed += [names.SHARE] if site.query("users", matcher="") else []
    stale = {}
    for name in needed:
        if site.age(name) is None:
            before = bool(site.query("recorded_before", series=name))
            stale[name] = "is no longer recorded" if before else "has not been recorded in the last day"
    if stale:
        name, problem = next(iter(stale.items()))
        more = f", nor {len(stale) - 1} other series" if len(stale) > 1 else ""
        return missing(
            f"{name} {problem}{more}",
            "see the findings above; rules need 5 minutes after they were loaded",
        )
    if copies := site.by_hub(site.query("alerts/health/recorded_twice", copies=health_parts.recorded_copies())):
        return _copied(copies, site)
    idle = "" if site.annotated_pods else "; no server runs, so there is no usage yet"
    return ok(f"series are recorded, the newest {site.age(names.HUBS) or 0.0:.0f} s ago{idle}")


def _copied(copies: Mapping[str, float], site: Site) -> Result:
    """Return the finding on hubs whose recorded series are there several times."""
    rows: dict[str, list[Mapping[str, str]]] = {}
    for row in site.query("hub_rows"):
        rows.setdefault(next(iter(site.by_hub([row]))), []).append(row.labels)
    different = {
        name
        for of_hub in rows.values()
        for name in {name for labels in of_hub for name in labels}
        if len({labels.get(name, "") for labels in of_hub}) > 1
    }
    times = f"the recorded series of {listed(copies)} are in this store {max(copies.values()):.0f} times"
    too_high = "sums in dashboards, reports and costs are that many times too high"
    if not different:
        return missing(
            f"{times}, as samples of one series: {too_high}",
            "let only one replica of Prometheus or vmalert write, and load the rules once; or start VictoriaMetrics "
            "with -dedup.minScrapeInterval=1ms (docs/rules.md#replicas)",
        )
    if clusters := [name for name in CLUSTER_LABELS if name in different]:
        return missing(
            f"{times}, which differ in {listed(different)}: {too_high}",
            f"set cluster_label: {clusters[0]}, load rules, alerts and dashboards again, and set "
            "UsageConfig.series_labels in the hubs",
        )
    return missing(
        f"{times}, which differ in {listed(different)}: {too_high}",
        f"deduplicate by {listed(different)}, for example with --query.replica-label in Thanos Query, or read and "
        "write one replica of Prometheus only (docs/rules.md#replicas)",
    )


def recorded_usage(site: Site) -> Result:
    """Check that usage was recorded in the whole last hour."""
    if gaps := site.by_hub(site.query("alerts/health/usage_gap")):
        return warning(
            f"{max(gaps.values()):.0%} of the last hour's usage of {listed(gaps)} was not recorded",
            "see docs/runbooks/HubmeterUsageGap.md; hubmeter-backfill computes the gap while raw series exist",
        )
    recorded = site.age(names.USAGE_SEEN) is not None
    return ok("the last hour was recorded without a gap" if recorded else "no usage is recorded yet")


def versions(site: Site) -> Result:
    """Check that rules, exporters and this program have one version."""
    load = f"load rules, alerts and dashboards of one version ({VERSION} is this program's), and use its exporters"
    found = {row.labels.get("version", "") for row in site.query("rules_versions")}
    if not found and site.age(names.HUBS) is not None:
        return warning(f"the rules have no version, so they are older than {VERSION}", load)
    if others := sorted(found - {VERSION}):
        return warning(
            f"rules of version {listed(others)} are evaluated; this program, and dashboards that it writes, have "
            f"version {VERSION}",
            load,
        )
    if exporters := site.query("alerts/health/versions_differ"):
        others = sorted({row.labels.get("version", "") for row in exporters})
        return warning(f"groups exporters of {listed(site.by_hub(exporters))} have version {listed(others)}", load)
    return ok(f"rules and exporters have version {VERSION}" if found else "no rules are evaluated yet")


def alerts_loaded(site: Site) -> Result:
    """Check that alerts are loaded."""
    if not site.rule_groups:
        return ok("this server does not list alerts")
    present = {str(group["name"]) for group in site.rule_groups}
    absent = [group["name"] for group in fill.alert_groups(site.settings) if group["name"] not in present]
    if absent:
        return warning(
            f"the alert groups {listed(absent)} are not loaded, so wrong data goes unnoticed",
            "load rules/hubmeter-alerts.yaml too",
        )
    return ok("alerts are loaded")
