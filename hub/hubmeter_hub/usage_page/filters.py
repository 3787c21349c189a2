"""Jinja filters: amounts, windows and times as people read them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.policy import Grant, Row
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.usage_page.near import Near
from hubmeter_hub.usage_page.slices import columns, figures, table_rows
from hubmeter_hub.usage_page.summary import LimitSummary
from hubmeter_hub.usage_page.times import time_element, utc

_RESOURCE_TITLES: Final = {"memory": "Memory", "cpu": "CPU", "gpu": "GPU", "cost": "Cost"}
_MOST_GROUPS: Final = 8
_LONGEST_GROUPS: Final = 150
_STORAGE_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def title(summary: LimitSummary | Near) -> str:
    """Return the heading of a limit, for example ``Memory, last 7 days``."""
    return f"{_RESOURCE_TITLES[summary.limit.resource]}, last {words.window(summary.limit.window_hours)}"


def amount(value: float, summary: LimitSummary) -> str:
    """Return an amount in the unit of the limit, or of the usage for a limit of 0: ``920 GiB-hours``."""
    limit = summary.limit
    if value == limit.value:
        used = summary.use.used if summary.use else 0.0
        return words.amounts(RESOURCES[limit.resource], used, value, prefix=limit.prefix)[1]
    used = summary.use.used if summary.use else value
    number, _, unit = words.amounts(RESOURCES[limit.resource], value, used, limit.value, prefix=limit.prefix)
    return f"{number} {unit.rpartition(' ')[2]}"


def storage(value: float) -> str:
    """Return bytes as ``4.2 GiB``."""
    power = 0
    while value >= 1024 and power < len(_STORAGE_UNITS) - 1:
        value, power = value / 1024, power + 1
    return f"{value:,.1f}".removesuffix(".0") + f" {_STORAGE_UNITS[power]}"


def fitting(groups: Sequence[str]) -> int:
    """Return how many groups are shown before the others are folded: one to eight, about four lines of a phone."""
    length = 0
    for number, group in enumerate(groups[:_MOST_GROUPS]):
        length += len(group) + 2
        if number and length > _LONGEST_GROUPS:
            return number
    return _MOST_GROUPS


def scope(row: Row | Grant) -> str:
    """Return whom a policy applies to, for example ``Group biology``."""
    match row.scope:
        case "group":
            return f"Group {row.name}"
        case "user":
            return f"User {row.name}"
        case "everybody":
            return "All users"
        case "fallback":
            return "Users without another policy"


def granted_amount(grant: Grant) -> str:
    """Return the amount of a grant: ``200 GiB-hours``."""
    return words.amounts(RESOURCES[grant.resource], grant.amount, prefix=grant.prefix)[0]


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "title_of": title,
    "amount": amount,
    "figures": figures,
    "fitting": fitting,
    "columns": columns,
    "table_rows": table_rows,
    "percent": words.percent,
    "window": words.window,
    "about": words.about,
    "storage": storage,
    "time": time_element,
    "utc": utc,
    "scope": scope,
    "granted_amount": granted_amount,
}
