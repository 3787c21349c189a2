"""All alerts, one module for each subject.

Alerts report that Hubmeter fails or lacks data, and problems of bills and budgets (costs.py). Two alerts about users
are off by default: nearly full home directories, and usage near a quota's limit. Severities: ``critical``, history is
being lost now; ``warning``, an administrator should act within a day; ``info``, possibly no action is needed.
"""

from hubmeter_generator.alerts import costs, health, homes, membership, quotas, usage
from hubmeter_generator.model import BUCKET, MINUTE, AlertGroup


def alert_groups() -> tuple[AlertGroup, ...]:
    """Return all alert groups."""
    return (
        AlertGroup("hubmeter-alerts", MINUTE, (*membership.alerts(), *health.alerts())),
        AlertGroup("hubmeter-usage-alerts", MINUTE, (*usage.alerts(), *homes.alerts())),
        AlertGroup("hubmeter-quota-alerts", MINUTE, quotas.alerts()),
        AlertGroup("hubmeter-cost-alerts", BUCKET, costs.alerts()),
    )
