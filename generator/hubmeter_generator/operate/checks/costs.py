"""Costs: the prices of units."""

from hubmeter_generator.operate.checks.finding import Result, ok, warning
from hubmeter_generator.operate.checks.site import Site, listed


def prices(site: Site) -> Result:
    """Check that unit prices are exposed."""
    if hubs := site.rows("%(metrics_prefix)s_unit_price_usd{%(hub_selector)s}"):
        return ok(f"prices are known for {listed(hubs)}")
    return warning(
        "no prices are known, so no amounts in USD are shown", "run hubmeter-costs (docs/costs.md), if you need costs"
    )
