"""All alerts by subject: the query under alerts/ that fires, for how long it must hold, and the texts.

Alerts are about Hubmeter itself being wrong or blind, and about money (costs.py). Two more are off by default, because
they are about users: nearly full home directories, and users near a quota's limit. Severity ``critical`` means that
history is being lost at this moment, ``warning`` that an administrator should act within a day, ``info`` that no action
may be needed.
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
