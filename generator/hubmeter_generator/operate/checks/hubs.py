"""Hubs: their own metrics, and whether the pods of a hub are those of one cluster."""

from hubmeter_generator.operate.checks.finding import Result, missing, ok, warning
from hubmeter_generator.operate.checks.site import CLUSTER_LABELS, HONOR_LABELS, Site, exported_namespaces, listed
from hubmeter_promql import names

_SCRAPE = "scrape /hub/metrics with a token of the scope read:metrics (docs/prerequisites.md#hub-metrics)"

# Alerts of quotas, with the fault of hubs and its fix.
_FAULTS = (
    (
        "grants_invalid",
        "the file of grants of {} has errors: entries are skipped, or its last valid grants stay in force",
        "read the errors in the hub's log, and correct the file",
    ),
    (
        "unchecked",
        "hubs decided without current usage in the last 30 minutes: {}",
        "read the reason in the hub's log",
    ),
    (
        "guard_held",
        "the quota guard of {} would stop more servers than it may, and stops none",
        "check limits and usage; then raise QuotaGuard.max_stops_per_round",
    ),
    (
        "guard_failing",
        "the quota guard of {} has not completed a round for half an hour",
        "read the reason in the hub's log",
    ),
)


def metrics(site: Site) -> Result:
    """Check that the hubs' own metrics are scraped, which quotas need."""
    policies = f"%(metrics_prefix)s_{names.QUOTA_POLICY_LIMIT}"
    if exported := site.overwritten(policies):
        return missing(
            f"the hub of quota policies is in exported_namespace ({exported_namespaces(exported)})", HONOR_LABELS
        )
    if gone := site.by_hub(site.query("alerts/quotas/metrics_gone")):
        return missing(
            f"the quota metrics of {listed(gone)} were scraped within the last day, and no longer are",
            f"check that the hub runs, and {_SCRAPE}",
        )
    if hubs := site.by_hub(site.query("hub_metrics")):
        return ok(f"/hub/metrics is scraped of {listed(hubs)}")
    return warning(
        "no hub's /hub/metrics is scraped, so limits and decisions of quotas are missing in dashboards and alerts",
        f"if you use quotas, {_SCRAPE}",
    )


def quota_policies(site: Site) -> Result:
    """Check that rules record the windows of quota policies, and that their groups exist."""
    if rows := site.query("alerts/quotas/window_not_recorded"):
        windows = sorted({row.labels["window"] for row in rows})
        return warning(
            f"quotas of {listed(site.by_hub(rows))} have windows that no rule records: {listed(windows)}; dashboards "
            "and alerts omit them",
            f"add {listed(windows)} to the setting windows, and load the rules again",
        )
    if rows := site.query("alerts/quotas/group_empty"):
        groups = {row.labels["usergroup"] for row in rows}
        return warning(
            f"quotas of {listed(site.by_hub(rows))} name groups without users: {listed(groups)}",
            "compare the names with the hub's groups; case matters",
        )
    for alert, fault, fix in _FAULTS:
        if rows := site.query(f"alerts/quotas/{alert}"):
            return warning(fault.format(listed(site.by_hub(rows))), fix)
    return ok("windows and groups of quota policies are known")


def clusters(site: Site) -> Result:
    """Check that the pods of a hub are those of one cluster."""
    if mixed := site.by_hub(site.query("alerts/health/clusters_mixed")):
        labels = [name for name in CLUSTER_LABELS if name in site.labels("kube_pod_info")]
        return missing(
            f"pods of several clusters count as one hub in {listed(mixed)}; of pods with one name only one counts",
            f"set cluster_label: {labels[0]}, and load the rules again"
            if labels
            else "give the series of each cluster a label (external_labels), and set cluster_label to its name",
        )
    return ok("each hub is in one cluster")
