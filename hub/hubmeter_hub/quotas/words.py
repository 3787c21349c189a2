"""Amounts, windows and spans of time as people read them."""

import math
from collections.abc import Mapping

from hubmeter_hub.quotas.units import BINARY, DECIMAL, Resource


def amounts(resource: Resource, *values: float) -> tuple[str, ...]:
    """Return amounts in one unit: the largest in which the last of them, a limit, is a whole number of at least 1.

    Only the last names the unit: ``("1,100", "1,000 GiB-hours")``. Money has cents: ``("12.40", "20.00 USD")``.
    """
    *others, limit = values
    noun = resource.nouns[0]
    if resource.money:
        return *(f"{value:,.2f}" for value in others), f"{limit:,.2f} {noun}"
    tables = (BINARY, DECIMAL) if resource.prefixes.keys() >= BINARY.keys() else ({},)
    candidates = [_largest(table, limit) for table in tables]
    prefix, factor = next((c for c in candidates if (limit / c[1]).is_integer()), candidates[0])
    texts = [f"{value / factor:,.2f}".rstrip("0").rstrip(".") for value in values]
    return *texts[:-1], f"{texts[-1]} {prefix}{noun}-hours"


def window(hours: int) -> str:
    """Return a window as ``7 days``, ``1 day``, ``36 hours``."""
    return _count(hours // 24, "day") if hours % 24 == 0 else _count(hours, "hour")


def wait(seconds: float) -> str:
    """Return a wait, rounded up: ``44 minutes``, ``1 hour 5 minutes``, ``2 days 20 hours``."""
    minutes = max(math.ceil(seconds / 60), 1)
    if minutes > 1440:
        minutes = math.ceil(minutes / 60) * 60
    units = (("day", minutes // 1440), ("hour", minutes % 1440 // 60), ("minute", minutes % 60))
    return " ".join(_count(number, noun) for noun, number in units if number)


def _largest(prefixes: Mapping[str, float], value: float) -> tuple[str, float]:
    """Return the largest prefix, as people write it, of which the value has at least 1."""
    fitting = [(prefix.capitalize(), factor) for prefix, factor in prefixes.items() if value >= factor]
    return max(fitting, key=lambda item: item[1], default=("", 1.0))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
