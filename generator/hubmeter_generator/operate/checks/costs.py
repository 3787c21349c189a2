"""Costs: the prices of units."""

from typing import Final

from hubmeter_generator.operate.checks.finding import Result, missing, ok, warning
from hubmeter_generator.operate.checks.site import HONOR_LABELS, Site, exported_namespaces, listed
from hubmeter_promql import names

# Alerts about bills: the template, the state and the fix.
_ALERTS: Final = (
    ("source_failing", "the cost exporter cannot update bills and prices", "read its log"),
    ("bill_late", "there is no bill of the last 4 days", "see docs/runbooks/HubmeterBillLate.md"),
    (
        "do_not_add_up",
        "user costs and unallocated costs do not add up to the bill",
        "see docs/runbooks/HubmeterCostsDoNotAddUp.md",
    ),
    (
        "input_difference",
        "a part of the bill is in no part of the output",
        "see docs/runbooks/HubmeterBillInputLost.md",
    ),
    (
        "days_kept",
        "the source lost costs of days, and the former bill stays",
        "see docs/runbooks/HubmeterBillDaysKept.md",
    ),
    ("files_skipped", "files of the bill do not count", "see the cost exporter's /ready"),
    ("rows_invalid", "rows of the bill are invalid", "see docs/runbooks/HubmeterBillRowsInvalid.md"),
    (
        "hub_unknown",
        "the hub tag of the bill has values that are not namespaces, so their costs are unallocated",
        "map them in the cost exporter's setting hubs (docs/runbooks/HubmeterHubTagUnknown.md)",
    ),
)


def prices(site: Site) -> Result:
    """Check that unit prices are exposed, with the namespace of their hub."""
    if exported := site.overwritten(f"%(metrics_prefix)s_{names.UNIT_PRICE}"):
        return missing(
            f"the hub of prices is in exported_namespace ({exported_namespaces(exported)}), so its users cost nothing",
            HONOR_LABELS,
        )
    for alert, meaning, fix in _ALERTS:
        if site.query(f"alerts/costs/{alert}"):
            return warning(meaning, fix)
    if drivers := [row.labels["driver"] for row in site.query("unknown_capacity")]:
        return warning(
            f"the capacity of nodes ({listed(drivers)}) is unknown, so users pay for idle nodes",
            "let kube-state-metrics export the labels of nodes, or set their capacity (docs/costs.md, 'Idle capacity')",
        )
    if hubs := site.rows(f"%(metrics_prefix)s_{names.UNIT_PRICE}{{%(hub_selector)s}}"):
        return ok(f"prices are known for {listed(hubs)}")
    return warning(
        "no prices are known, so no amounts in USD are shown", "run hubmeter-costs (docs/costs.md), if you need costs"
    )
