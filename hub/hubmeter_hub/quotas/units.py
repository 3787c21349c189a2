"""Parses limits into base units: byte-hours, core-hours, GPU-hours, US dollars.

`RESOURCES` has all that depends on the resource; a new resource needs an entry there.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hubmeter_promql import names

DECIMAL: Final = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
BINARY: Final = {"ki": 2.0**10, "mi": 2.0**20, "gi": 2.0**30, "ti": 2.0**40}


class UnitError(ValueError):
    """An invalid amount; the message says why, and what is allowed."""


@dataclass(frozen=True)
class Resource:
    """A resource that a quota can limit.

    Attributes:
        name: The resource, as policies spell it.
        bucket: The recorded series of a user's usage in 5 minutes, in the base unit times hours; of money, in the base
            unit itself.
        nouns: The spellings of the base unit; the first is used in messages.
        prefixes: The factors of the allowed prefixes.
        allowed: The allowed amounts, for errors.
        money: Whether the base unit is a currency.
        days: A series of further usage, with a sample for each UTC day.
    """

    name: str
    bucket: str
    nouns: tuple[str, ...]
    prefixes: Mapping[str, float]
    allowed: str
    money: bool = False
    days: str = ""


RESOURCES: Final[Mapping[str, Resource]] = {
    resource.name: resource
    for resource in (
        Resource(
            "memory",
            names.user(names.BUCKETS[names.MEMORY_REQUESTS]),
            ("B", "byte", "bytes"),
            {**DECIMAL, **BINARY},
            "a number of byte-hours, or one with K, M, G, T, Ki, Mi, Gi, Ti, KiB and so on (powers of 1024), or KB, "
            'MB, GB, TB (powers of 1000), such as "1000 GiB-hours"',
        ),
        Resource(
            "cpu",
            names.user(names.BUCKETS[names.CPU_REQUESTS]),
            ("CPU", "CPUs", "core", "cores"),
            DECIMAL,
            'a number of CPU-hours, or one with CPU-hours, K, M, G, T (powers of 1000), such as "200 CPU-hours"; '
            "CPU has no binary prefixes",
        ),
        Resource(
            "gpu",
            names.user(names.BUCKETS[names.GPU_REQUESTS]),
            ("GPU", "GPUs"),
            DECIMAL,
            'a number of GPU-hours, or one with GPU-hours, K, M, G, T (powers of 1000), such as "50 GPU-hours"; '
            "GPU has no binary prefixes",
        ),
        Resource(
            "cost",
            names.user(names.COST),
            ("USD",),
            {},
            'a number of US dollars, or one with USD, such as "20 USD"',
            money=True,
            days=names.user(names.HOME_COST_DAY),
        ),
    )
}

_AMOUNT: Final = re.compile(
    r"\s*(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*(?P<unit>[a-z][a-z -]*?)?\s*", re.IGNORECASE
)


def amount(resource: Resource, limit: object) -> float:
    """Return a limit in base units times hours.

    Args:
        resource: The resource.
        limit: A number of base units, a text such as ``"1000G"`` or ``"1.5 TiB-hours"``, or a mapping with the keys
            ``value`` and ``unit``. Case is ignored: ``m`` is mega, there is no milli.

    Raises:
        UnitError: for any other value, a negative number, infinity or NaN.
    """
    number, unit = _parts(resource, limit)
    return number * _unit(resource, unit)[1]


def prefix(resource: Resource, limit: object) -> str:
    """Return the prefix of a limit's unit, a key of the resource's prefixes: ``gi``; "" for a number of base units.

    Raises:
        UnitError: as `amount`.
    """
    return _unit(resource, _parts(resource, limit)[1])[0]


def _parts(resource: Resource, limit: object) -> tuple[float, str]:
    """Return the number and the unit of a limit, as written."""
    if isinstance(limit, Mapping):
        if set(limit) != {"value", "unit"}:
            raise UnitError(f"a limit must have the keys value and unit; it has {_listed(limit)}")
        unit = limit["unit"]
        if not isinstance(unit, str):
            raise UnitError(f"the unit {unit!r} is not a text; allowed is {resource.allowed}")
        return _number(resource, limit["value"]), unit
    if isinstance(limit, str):
        match = _AMOUNT.fullmatch(limit)
        if match is None:
            raise UnitError(f"{limit!r} is not a number with a unit; allowed is {resource.allowed}")
        return _number(resource, float(match["number"])), match["unit"] or ""
    return _number(resource, limit), ""


def _number(resource: Resource, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnitError(f"{value!r} is not a number; allowed is {resource.allowed}")
    try:
        number = float(value)
    except OverflowError:  # an integer of more than 308 digits
        number = math.inf
    if not math.isfinite(number) or number < 0:
        raise UnitError(f"{str(value)[:40]} is not a number from 0 up; allowed is {resource.allowed}")
    return number


def _unit(resource: Resource, unit: str) -> tuple[str, float]:
    """Return the prefix of a unit and the base units in it. ``-hours`` is optional: every limit is per window."""
    spelled = unit.strip().lower()
    if not resource.money:
        spelled = re.sub(r"[ -]hours?$", "", spelled)
    if resource.prefixes.keys() >= BINARY.keys() and f"{spelled}i" in BINARY:
        spelled += "i"  # as in JupyterHub's mem_limit, and in jupyterhub-usage-quotas
    nouns = ("", *(noun.lower() for noun in resource.nouns))
    for name, factor in (("", 1.0), *resource.prefixes.items()):
        if spelled.startswith(name) and spelled[len(name) :].strip(" -") in nouns:
            return name, factor
    raise UnitError(f"{unit!r} is not a unit of {resource.name}; allowed is {resource.allowed}")


def _listed(keys: Mapping[object, object]) -> str:
    return ", ".join(sorted(map(str, keys))) or "none"
