"""Amounts, windows and spans of time as people read them."""

import math
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final

from hubmeter_hub.quotas.units import BINARY, Resource

# Above this number in a unit, a larger unit with decimals is read more easily.
_LONG: Final = 1e6
_MOST_PERCENT: Final = 999


def amounts(resource: Resource, *values: float, prefix: str = "") -> tuple[str, ...]:
    """Return amounts in one unit, which only the last of them, a limit, names: ``("1,100", "1,000 GiB-hours")``.

    An amount below the limit is never written as the limit: 999.999 of 1,000 is ``999.99``. Money has cents:
    ``("12.40", "20.00 USD")``.

    Args:
        resource: The resource.
        values: The amounts in base units, the limit last.
        prefix: The prefix of the unit in which the limit was set. Without one, the unit is the largest in which the
            limit is a whole number, or for a limit of 0, the largest in which one of the others is at least 1.
    """
    limit = values[-1]
    noun = resource.nouns[0]
    if resource.money:
        *texts, last = _numbers(values, cents=True)
        return *texts, f"{last} {noun}"
    factor = resource.prefixes.get(prefix, 0.0)
    if not factor:
        prefix, factor = _readable(resource, limit) if limit else _largest(resource, max(values))
    *texts, last = _numbers([value / factor for value in values], cents=False)
    return *texts, f"{last} {prefix.capitalize()}{noun}-hours"


def percent(ratio: float) -> str:
    """Return a ratio as whole percent, rounded down, so that 100 means used up: ``93 %``, ``over 999 %``."""
    # A bucket's rounding error must not show 299.999... as 299.
    whole = math.floor(ratio * 100 + 1e-9)
    if ratio < 1:
        whole = min(whole, 99)
    return f"{whole} %" if whole <= _MOST_PERCENT else f"over {_MOST_PERCENT} %"


def window(hours: int) -> str:
    """Return a window as ``7 days``, ``1 day``, ``36 hours``."""
    return _count(hours // 24, "day") if hours % 24 == 0 else _count(hours, "hour")


def lasting(hours: float) -> str:
    """Return a time that something lasts, rounded down: ``51 hours``, ``1 hour``, ``44 minutes``."""
    return _count(math.floor(hours), "hour") if hours >= 1 else _count(math.floor(hours * 60), "minute")


def about(seconds: float) -> str:
    """Return a forecast, rounded to days from two days on, else to hours: ``2 days``, ``31 hours``, ``1 hour``."""
    hours = max(round(seconds / 3600), 1)
    return _count(round(seconds / 86400), "day") if hours >= 48 else _count(hours, "hour")


def wait(seconds: float) -> str:
    """Return a wait, rounded up: ``44 minutes``, ``1 hour 5 minutes``, ``2 days 20 hours``."""
    minutes = max(math.ceil(seconds / 60), 1)
    if minutes > 1440:
        minutes = math.ceil(minutes / 60) * 60
    units = (("day", minutes // 1440), ("hour", minutes % 1440 // 60), ("minute", minutes % 60))
    return " ".join(_count(number, noun) for noun, number in units if number)


def _readable(resource: Resource, limit: float) -> tuple[str, float]:
    """Return the largest prefix in which a limit is whole, or if that gives a long number, at least 1."""
    whole = [
        (name, factor) for name, factor in _prefixes(resource) if limit >= factor and (limit / factor).is_integer()
    ]
    name, factor = max(whole, key=itemgetter(1), default=("", 1.0))
    return (name, factor) if limit / factor < _LONG else _largest(resource, limit)


def _largest(resource: Resource, value: float) -> tuple[str, float]:
    """Return the largest prefix in which the value is at least 1: a binary one for bytes, none for others."""
    tables = BINARY if resource.prefixes.keys() >= BINARY.keys() else {}
    fitting = [(name, factor) for name, factor in tables.items() if value >= factor]
    return max(fitting, key=itemgetter(1), default=("", 1.0))


def _prefixes(resource: Resource) -> Iterable[tuple[str, float]]:
    """Return the prefixes that messages use: people write 12,000 CPU-hours, not 12 KCPU-hours."""
    return resource.prefixes.items() if resource.prefixes.keys() >= BINARY.keys() else ()


def _numbers(values: Sequence[float], *, cents: bool) -> list[str]:
    """Return numbers with two decimals, or more where one that is less than the last would be written as the last."""
    texts: list[str] = []
    for decimals in range(2, 10):
        texts = _rounded(values, decimals, cents=cents)
        if texts.count(texts[-1]) == 1:
            break
        for i, value in enumerate(values):
            if value < values[-1] and texts[i] == texts[-1]:
                (texts[i],) = _rounded([math.floor(value * 10**decimals) / 10**decimals], decimals, cents=cents)
        if all(texts[i] != texts[-1] for i, value in enumerate(values) if value < values[-1]):
            break
    return texts


def _rounded(values: Iterable[float], decimals: int, *, cents: bool) -> list[str]:
    texts = [f"{value:,.{decimals}f}" for value in values]
    return texts if cents else [text.rstrip("0").rstrip(".") for text in texts]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
