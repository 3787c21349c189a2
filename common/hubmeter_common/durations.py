"""Parsers of durations: a whole number and a unit."""

import re
from typing import Final

SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_SPELLED: Final = re.compile(r"\s*0*(?P<number>[0-9]+)\s*(?P<unit>[a-z])(?P<rest>[a-z]*)\s*", re.IGNORECASE)
_WORDS: Final = {"h": ("", "our", "ours"), "d": ("", "ay", "ays")}


def seconds(duration: str, units: str = "smhdw") -> int:
    """Return the seconds of a duration such as ``5m``, in the spelling of PromQL.

    Args:
        duration: A whole number above 0 and one unit, without space.
        units: The units that are allowed, from ``smhdw``.

    Raises:
        ValueError: for any other text.
    """
    match = re.fullmatch(r"([1-9][0-9]*)([a-z])", duration)
    if not match or match[2] not in units:
        allowed = f"{', '.join(units[:-1])} or {units[-1]}"
        raise ValueError(f"must be a whole number and a unit ({allowed}), for example 90s, 5m or 7d")
    return int(match[1]) * SECONDS[match[2]]


def spelled_seconds(duration: str) -> int:
    """Return the seconds of hours or days, in any common spelling: ``36h``, ``1 day``, ``7 Days``.

    Raises:
        ValueError: for any other text.
    """
    match = _SPELLED.fullmatch(duration)
    if not match or match["rest"].lower() not in _WORDS.get(match["unit"].lower(), ()):
        raise ValueError(f"{duration!r} is not a whole number of hours or days, for example 36h or 7d")
    return seconds(f"{match['number']}{match['unit'].lower()}", "hd")


def compound_seconds(duration: str) -> int:
    """Return the seconds of a Go duration such as ``1m30s``; unknown parts count as 0."""
    return sum(int(number) * SECONDS[unit] for number, unit in re.findall(r"(\d+)([smhdw])(?![a-z])", duration))
