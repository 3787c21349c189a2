"""What a request to the cost API may say: days and filters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, Literal

from fastapi import Query
from pydantic import AliasChoices

DEFAULT_DAYS: Final = 30
MOST_DAYS: Final = 3660
EARLIEST: Final = date(2000, 1, 1)

_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
_MOMENT: Final = rf"{_DATE}([T ]{_TIME})?"
_LIMIT: Final = "[1-9][0-9]{0,8}"
_ALL: Final = "all"


class ParameterError(ValueError):
    """A parameter that cannot be used. The message is a sentence with the value and what is allowed."""


@dataclass(frozen=True)
class Period:
    """UTC days, both included; ``first`` may lie after ``last``: then there is no day."""

    first: date
    last: date


def period(begin: str, end: str, today: date) -> Period:
    """Return the days that ``from`` and ``to`` ask for, as far as they are not in the future.

    Raises:
        ParameterError: for what is no date, the wrong order, or too many days.
    """
    last = _day("to", end) if end else None
    first = _day("from", begin) if begin else min(last or today, today) - timedelta(DEFAULT_DAYS - 1)
    if last is None:
        last = max(first, today)
    if first > last:
        raise ParameterError(f"from ({first}) is after to ({last}): from must be the earlier day, or the same")
    last = min(last, today)
    if (last - first).days >= MOST_DAYS:
        raise ParameterError(f"from {first} to {last} are too many days: ask for {MOST_DAYS} days at most")
    return Period(first, last)


def _day(name: str, text: str) -> date:
    try:
        if not re.fullmatch(_MOMENT, text):
            raise ValueError
        moment = datetime.fromisoformat(text)
        day = (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        raise ParameterError(
            f"{name} is {text!r}, which is no day: allowed are a date (2025-01-31) or a date with a time "
            "(2025-01-31T12:00:00Z), which is UTC where it names no other offset"
        ) from None
    if day < EARLIEST:
        raise ParameterError(f"{name} is {text!r}: allowed are days from {EARLIEST} on")
    return day


def names(text: str) -> frozenset[str]:
    """Return the names that a filter lets through; an empty set lets through everything.

    ``{a,b}`` are several names, as Grafana writes them. Nothing, and "all" in any case, is no filter.
    """
    several = text[1:-1].split(",") if text.startswith("{") and text.endswith("}") else [text]
    wanted = frozenset(name for name in several if name)
    return frozenset() if any(name.lower() == _ALL for name in wanted) else wanted


def most(text: str) -> int | None:
    """Return the number of ``limit``, None for no limit.

    Raises:
        ParameterError: for what is no number above zero.
    """
    if not text or text.lower() == _ALL:
        return None
    if not re.fullmatch(_LIMIT, text):
        raise ParameterError(f"limit is {text!r}: allowed are whole numbers from 1, or nothing")
    return int(text)


def _moment(alias: str, description: str) -> object:
    return Query(
        alias=alias,
        description=f"{description} An ISO date or date with time; UTC unless it names an offset.",
        openapi_examples={
            "date": {"value": "2025-01-31"},
            "as Grafana sends it": {"value": "2025-01-31T12:00:00.000Z"},
        },
        json_schema_extra={"pattern": f"^({_MOMENT})?$"},
    )


def _filter(description: str, example: str, name: str | None = None, former: str = "") -> object:
    """Return a filter; ``former`` is what jupyterhub-cost-monitoring's description calls it."""
    return Query(
        alias=name,
        validation_alias=AliasChoices(name, former) if name else None,
        description=f"{description} Several as {{a,b}}; empty or all: no filter.",
        openapi_examples={"one": {"value": example}, "no filter": {"value": "all"}},
    )


From = Annotated[str, _moment("from", f"First day. Default: so that the range is {DEFAULT_DAYS} days.")]
To = Annotated[str, _moment("to", "Last day, included. Default: today.")]
Hub = Annotated[str, _filter("Namespace of a hub; support is what no hub's tag covers.", "prod", "hub", "hub_name")]
Component = Annotated[str, _filter("Component of the bill.", "compute", "component", "component_name")]
User = Annotated[str, _filter("Username.", "ana")]
Group = Annotated[str, _filter("Group; none is users of no group.", "{geo,bio}")]
Limit = Annotated[
    str,
    Query(
        description="Keep the rows of so many users, those who cost most in the range.",
        openapi_examples={"ten": {"value": "10"}},
        json_schema_extra={"pattern": f"^({_LIMIT}|[Aa][Ll][Ll])?$"},
    ),
]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="The table as JSON or as CSV.")]
