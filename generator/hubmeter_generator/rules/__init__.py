"""All recording rules by subject.

Rules of a group are evaluated in order and read each other's results at once; results of another group are up to an
interval old. Series that must agree (the user, group and hub level of a resource) are in one group. No group has
more than 20 rules, which is Mimir's limit.
"""

from hubmeter_generator.model import RuleGroup, Shortcut
from hubmeter_generator.rules import (
    cluster,
    costs,
    health,
    homes,
    membership,
    profiles,
    quotas,
    trouble,
    usage,
    windows,
)


def recording_groups() -> tuple[RuleGroup, ...]:
    """Return all rule groups in the order of their dependencies."""
    return (
        *membership.groups(),
        *usage.groups(),
        *health.groups(),
        *trouble.groups(),
        *homes.groups(),
        *profiles.groups(),
        *cluster.groups(),
        *usage.bucket_groups(),
        *profiles.bucket_groups(),
        *costs.groups(),
        *windows.groups(),
        *quotas.groups(),
    )


def shortcuts() -> tuple[Shortcut, ...]:
    """Return the queries with which a backfill skips work that has no result most of the time."""
    return (*membership.shortcuts(), *homes.shortcuts(), *quotas.shortcuts())
