"""The alerts as plain values: which template under alerts/ fires which alert, when, and what it says.

All are about Hubmeter itself being wrong or blind, except those about full home directories and about users near a
quota's limit, which are off by default, and about money (costs.py): what users do is for dashboards, quotas and
their own page. Severity ``critical`` means that history is being lost at this moment, ``warning`` that somebody should
look within a day, ``info`` that it is worth knowing.
"""

from hubmeter_generator.alerts import costs, health, homes, membership, quotas, usage
from hubmeter_generator.model import BUCKET, MINUTE, AlertGroup


def alert_groups() -> tuple[AlertGroup, ...]:
    """Return all alert groups."""
    own = (*membership.alerts(), *health.alerts(), *usage.alerts(), *homes.alerts())
    return (
        AlertGroup("hubmeter-alerts", MINUTE, own),
        AlertGroup("hubmeter-quota-alerts", MINUTE, quotas.alerts()),
        AlertGroup("hubmeter-cost-alerts", BUCKET, costs.alerts()),
    )
