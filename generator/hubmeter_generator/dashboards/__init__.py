"""One module for each dashboard; ``build()`` returns it with its placeholders open. shared.py has common parts."""

from collections.abc import Callable

from hubmeter_generator.dashboards import (
    activity,
    cluster,
    costs,
    group_bill,
    groups,
    health,
    homes,
    profiles,
    quotas,
    report,
    trouble,
    users,
)
from hubmeter_generator.grafana.values import Json

BUILDERS: dict[str, Callable[[], Json]] = {
    "groups": groups.build,
    "users": users.build,
    "homes": homes.build,
    "activity": activity.build,
    "profiles": profiles.build,
    "quotas": quotas.build,
    "costs": costs.build,
    "group-bill": group_bill.build,
    "report": report.build,
    "cluster": cluster.build,
    "trouble": trouble.build,
    "health": health.build,
}
