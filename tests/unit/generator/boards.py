"""All dashboards as they are generated, and their panels and queries."""

import re
from collections.abc import Iterator
from typing import Any

from hubmeter_generator import dashboards, fill, settings

SITES = {
    "defaults": settings.make({}, "test"),
    "many clusters": settings.make(
        {"cluster_label": "cluster", "metrics_prefix": "jhub", "windows": ["1d", "14d"]}, "test"
    ),
}
BOARDS = {
    (site, key): fill.dashboard(build(), given)
    for site, given in SITES.items()
    for key, build in dashboards.BUILDERS.items()
}


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the dashboard's panels, those of collapsed rows included, without the rows themselves."""
    for panel in board["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def queries(board: dict[str, Any]) -> Iterator[str]:
    for panel in panels(board):
        for target in panel.get("targets", []):
            yield target["expr"]


# The values of hidden variables with which panels read buckets, not sums of days.
NO_DAYS = {"by_day": "no"} | dict.fromkeys(
    ("days_begin", "days_end", "range_end", "before_days", "days", "after_days"), "1"
)


def substituted(expression: str) -> str:
    """Return a panel's query as Grafana would send it."""
    values = {
        "__range_s": "604800",
        "__range": "7d",
        "__interval": "5m",
        "__rate_interval": "5m",
        "utc_offset": "-5",
        "window": "7d",
        "hub": "prod|c\\\\+\\\\+ \\\\(x\\\\)",
        "usergroup": ".*",
        "username": ".*",
        "profile": ".*",
        "size": ".*",
        "image": ".*",
        "server": ".*",
        "students": "80",
        "memory_limit": "100",
        "cpu_limit": "50",
        "gpu_limit": "10",
        "cost_limit": "20",
        "cluster": ".*",
        "now": "1767225600.5",
        **NO_DAYS,
        "every": "3600",
        "active": "(ann|bob)",
        "most_hours": "(ann|bob)",
        "most_memory": "(ann|bob)",
        "most_memory_requested": "(ann|bob)",
        "most_cpu": "(ann|bob)",
        "most_gpu": "()",
        "long_running": "ann",
        "largest_homes": "ann",
    }
    expression = expression.replace("${__from:date:seconds}", "1767225600")
    return re.sub(r"\$\{?([a-z_]+)\}?", lambda match: values[match[1]], expression)
