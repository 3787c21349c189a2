"""Home directories: their sizes and limits."""

from typing import Final

from hubmeter_generator.operate.checks.finding import Result, ok, warning
from hubmeter_generator.operate.checks.site import HONOR_LABELS, Site, exported_namespaces, listed
from hubmeter_promql import names

_SIZE: Final = "dirsize_total_size_bytes"


def home_directories(site: Site) -> Result:
    """Check that sizes of home directories are exposed with their hub's namespace."""
    if exported := site.overwritten(_SIZE):
        return warning(
            f"the hub of directory sizes is in exported_namespace ({exported_namespaces(exported)})", HONOR_LABELS
        )
    if late := site.by_hub(site.query("alerts/homes/not_measured")):
        return warning(
            f"dirsize does not measure the home directories of {listed(late)} in time; sizes that are older than "
            f"{site.settings.home_carry_forward} count as 0",
            "check that dirsize runs and is scraped; if a round takes longer, raise the setting home_carry_forward",
        )
    if elsewhere := site.by_hub(site.query("alerts/homes/elsewhere")):
        return warning(
            f"home directories ({sum(elsewhere.values()):.0f}) have the namespace {listed(elsewhere)}, which is no "
            "hub's, so they count for no user and no hub",
            "install dirsize or jupyterhub-home-nfs in the hub's namespace, or set the label namespace to it by "
            "metric_relabel_configs of the scrape (metricRelabelings in a ServiceMonitor)",
        )
    sizes = site.rows(_existing(_SIZE))
    if not sizes:
        return warning(
            "no sizes of home directories are scraped, so the dashboard Home directories is empty",
            "run prometheus-dirsize-exporter or jupyterhub-home-nfs in each hub's namespace, if you need it",
        )
    limits = site.rows(_existing("dirsize_hard_limit_bytes"))
    limited = f"{sum(limits.values()):.0f} of them with a limit" if limits else "none with a limit"
    deleted = sum(site.rows(f"{names.DELETED_HOMES}{{%(hub_selector)s}}").values())
    gone = f"; {deleted:.0f} that dirsize no longer measures count as deleted" if deleted else ""
    return ok(f"{sum(sizes.values()):.0f} home directories are measured, {limited}{gone}")


def _existing(metric: str) -> str:
    return f"{metric}{{%(hub_selector)s}} unless on (%(cluster)snamespace, directory) {names.DELETED_HOMES}"
