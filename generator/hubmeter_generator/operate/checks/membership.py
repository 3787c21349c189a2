"""Membership: the groups exporters, the hubs, and users with and without groups."""

from hubmeter_generator.operate.checks.finding import Result, missing, ok, warning
from hubmeter_generator.operate.checks.site import HONOR_LABELS, Site, exported_namespaces, listed
from hubmeter_promql import names
from hubmeter_promql.client import BadQueryError

_OLD_INTERVALS = 3  # as the exporter's /readyz and the alert HubmeterSnapshotStale have it


def groups_exporter(site: Site) -> Result:
    """Check that each hub has a groups exporter with recent memberships."""
    if exported := site.overwritten(f"%(metrics_prefix)s_{names.LAST_REFRESH}"):
        return missing(
            f"the hub of the groups exporter's metrics is in exported_namespace ({exported_namespaces(exported)})",
            HONOR_LABELS,
        )
    if not site.exporters:
        return _no_exporter(site)
    if silent := [hub for hub in site.annotated_pods if hub not in site.exporters]:
        return warning(
            f"no groups exporter reports the namespaces {listed(silent)}; usage there is in the group "
            "'groups unknown' and counts for no other hub",
            "if they belong to a hub in another namespace (enable_user_namespaces, dask-gateway), map them to it with "
            "the setting pod_namespaces; else run hubmeter-exporter for each hub; its --jupyterhub_namespace must be "
            "the hub's namespace",
        )
    failing = site.query("alerts/membership/hub_api_errors")
    if refused := site.by_hub(row for row in failing if row.labels["reason"] == "forbidden"):
        return warning(
            f"the hub refuses the groups exporter of {listed(refused)} (401 or 403); its groups get old",
            "use the token of the exporter's service, with the scopes list:users and read:users:groups; with Argo CD, "
            "Zero to JupyterHub makes a new token at each render: set a fixed hub.services.<name>.apiToken in its "
            "values (docs/install.md, Argo CD)",
        )
    ages = site.by_hub(site.query("snapshot_age"))
    if old := {hub: age for hub, age in ages.items() if age > _OLD_INTERVALS}:
        return warning(
            f"the memberships of {listed(old)} are up to {max(old.values()):.0f} refresh intervals old",
            "read the exporter's log and its /readyz: it cannot read the hub",
        )
    return ok(f"groups exporters report {listed(site.exporters)}")


def _no_exporter(site: Site) -> Result:
    prefix = site.settings.metrics_prefix
    try:
        metrics = {row.labels["__name__"] for row in site.query("other_prefixes", metric=names.LAST_REFRESH)}
    except BadQueryError:  # Google's managed Prometheus has no patterns of names
        metrics = set()
    prefixes = {metric.removesuffix(f"_{names.LAST_REFRESH}") for metric in metrics}
    if others := sorted(prefixes - {prefix}):
        return missing(
            f"the groups exporter's metrics have the prefix {others[0]}, not {prefix}",
            f"set metrics_prefix: {others[0]}, or the exporter's --jupyterhub_metrics_prefix",
        )
    return missing(
        "no groups exporter is scraped, so all usage is in the group 'groups unknown'",
        "run hubmeter-exporter for each hub, with --jupyterhub_namespace, and scrape it with honor_labels",
    )


def hubs(site: Site) -> Result:
    """Check that there is a hub."""
    if not site.hubs:
        return missing(
            f"no namespace that matches {site.settings.hub_selector} has a hub",
            "see the findings on the username annotation and the groups exporter, and the setting hub_selector",
        )
    return ok(f"{len(site.hubs)} {'hub' if len(site.hubs) == 1 else 'hubs'}: {listed(site.hubs)}")


def users(site: Site) -> Result:
    """Check how many users are in no group, and how many run a pod without being known."""
    known = sum(row.value for row in site.query("users", matcher=""))
    ungrouped = sum(row.value for row in site.query("users", matcher=', usergroup="none"'))
    unknown = site.by_hub(site.query("unknown_users"))
    if not known:
        return warning("no user is known", "see the finding on the groups exporter")
    if ungrouped == known:
        return warning(
            f"all {known:.0f} users are in no group",
            "check that the authenticator manages groups (manage_groups), and the exporter's --allowed_groups",
        )
    if off := site.by_hub(site.query("alerts/membership/share_sum_off")):
        return warning(
            f"the shares of {sum(off.values()):.0f} users in {listed(off)} do not add up to 1",
            "check whether two exporters with different options report the same hub",
        )
    if unlisted := site.by_hub(site.query("alerts/membership/memberships_unlisted")):
        return warning(
            f"{sum(unlisted.values()):.0f} group memberships in {listed(unlisted)} have no row, because there are very "
            "many",
            "name the groups that policies, the cost API or dashboards need with the exporter's --listed_groups",
        )
    summary = f"{ungrouped:.0f} of {known:.0f} users are in no group and count as 'none'"
    if unknown:
        return warning(
            f"{summary}; {sum(unknown.values()):.0f} more run a pod but are unknown to the exporter, in "
            f"{listed(unknown)}",
            "wait for the exporter's next refresh; users deleted from the hub stay unknown and without a group",
        )
    return ok(summary)
