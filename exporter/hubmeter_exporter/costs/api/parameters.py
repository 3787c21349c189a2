"""The parameters of requests to the cost API: days, filters, limit and format."""

import re
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import unquote_plus, urlencode

from fastapi import Query, Request, Response
from fastapi.routing import APIRoute

DEFAULT_DAYS: Final = 30
MAX_DAYS: Final = 3660
EARLIEST: Final = date(2000, 1, 1)

_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
_MOMENT: Final = rf"{_DATE}([T ]{_TIME})?"
_LIMIT: Final = "[1-9][0-9]{0,8}"
_ALL: Final = "all"
# Filters, which can be repeated, and their names in jupyterhub-cost-monitoring.
_SYNONYMS: Final = {
    "hub": ("hub_name",),
    "component": ("component_name",),
    "user": ("username", "user_name"),
    "usergroup": (),
}
_CANONICAL: Final = {synonym: name for name, synonyms in _SYNONYMS.items() for synonym in synonyms}
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NAMES: Final = re.compile(rf"(?P<quoted>{_QUOTED.pattern})(?=,|\Z)|(?P<plain>[^,]+)", re.DOTALL)


class ParameterError(ValueError):
    """A parameter is invalid. The message has its value and the allowed values."""


@dataclass(frozen=True)
class Period:
    """UTC days, both included; without any if ``first`` is after ``last``."""

    first: date
    last: date


def parse_period(begin: str, end: str, today: date) -> Period:
    """Return the days of the parameters ``from`` and ``to``, without those in the future.

    Raises:
        ParameterError: A parameter is not a day, the order is wrong, or there are too many days.
    """
    last = _day("to", end) if end else None
    first = _day("from", begin) if begin else min(last or today, today) - timedelta(DEFAULT_DAYS - 1)
    if last is None:
        last = max(first, today)
    if first > last:
        raise ParameterError(f"from ({first}) is after to ({last}); from must not be after to")
    last = min(last, today)
    if (last - first).days >= MAX_DAYS:
        raise ParameterError(f"there are too many days from {first} to {last}; the maximum is {MAX_DAYS}")
    return Period(first, last)


def _day(name: str, text: str) -> date:
    try:
        if not re.fullmatch(_MOMENT, text):
            raise ValueError
        moment = datetime.fromisoformat(text)
        day = (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        raise ParameterError(
            f"{name} is {text!r}, which is not a day; allowed are a date (2025-01-31), and a date with a time "
            "(2025-01-31T12:00:00Z) in UTC or with an offset"
        ) from None
    if day < EARLIEST:
        raise ParameterError(f"{name} is {text!r}; the first allowed day is {EARLIEST}")
    return day


class StrictRoute(APIRoute):
    """A path that refuses parameters it does not have."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of requests, which gets each parameter by its own name."""
        handler = super().get_route_handler()
        allowed = [parameter.alias for parameter in self.dependant.query_params]

        async def strict(request: Request) -> Response:
            query = urlencode(parse_query(request.scope["query_string"].decode("latin-1"), allowed))
            return await handler(Request({**request.scope, "query_string": query.encode("ascii")}, request.receive))

        return strict


def parse_query(query: str, allowed: Sequence[str]) -> list[tuple[str, str]]:
    """Return the names and values of a query string, with each synonym replaced by the parameter's name.

    Args:
        query: The part of a URL behind the question mark.
        allowed: Names of parameters.

    Raises:
        ParameterError: A parameter is unknown, is repeated and not a filter, or is not UTF-8.
    """
    values: dict[str, list[str]] = defaultdict(list)
    for pair in filter(None, query.split("&")):
        try:
            name, value = (unquote_plus(part, errors="strict") for part in (*pair.split("=", 1), "")[:2])
        except UnicodeDecodeError:
            raise ParameterError(f"parameter {pair!r} is not UTF-8; percent-encode the UTF-8 bytes of it") from None
        canonical = _CANONICAL.get(name, name)
        if canonical not in allowed:
            raise ParameterError(f"parameter {name!r} is unknown; {_allowed(allowed)}")
        values[canonical].append(value)
        if len(values[canonical]) > 1 and canonical not in _SYNONYMS:
            raise ParameterError(f"{name} is repeated ({', '.join(map(repr, values[canonical]))}); set it once")
    return [(name, value) for name, several in values.items() for value in several]


def _allowed(names: Sequence[str]) -> str:
    described = (f"{name} (or {', '.join(_SYNONYMS[name])})" if _SYNONYMS.get(name) else name for name in names)
    return f"allowed are {', '.join(described)}" if names else "this path has no parameters"


def parse_names(texts: Iterable[str]) -> frozenset[str]:
    """Return the names that a filter allows, which are those of any of its values; an empty set allows all."""
    several = [_names(text) for text in texts]
    return frozenset().union(*several) if all(several) else frozenset()


def is_named(name: str, texts: Iterable[str]) -> bool:
    """Return whether a value of a filter has this name; "all" does not."""
    return any(name in _names(text) for text in texts)


def _names(text: str) -> frozenset[str]:
    """Return the names of a value; an empty set allows all.

    ``{a,b}`` are several names, as Grafana writes them; one with a comma is in double quotes, with a backslash before
    quotes and backslashes in it. An empty text, and "all" in any case, is no filter; in braces it is a name.
    """
    if text.startswith("{") and text.endswith("}"):
        parts = (match["quoted"] or match["plain"] for match in _NAMES.finditer(text[1:-1]))
        return frozenset(
            re.sub(r"\\(.)", r"\1", part[1:-1]) if _QUOTED.fullmatch(part) else part for part in parts if part
        )
    return frozenset() if not text or text.lower() == _ALL else frozenset({text})


def parse_limit(text: str) -> int | None:
    """Return the number of the parameter ``limit``, or None for no limit.

    Raises:
        ParameterError: It is not a whole number above 0.
    """
    if not text or text.lower() == _ALL:
        return None
    if not re.fullmatch(_LIMIT, text):
        raise ParameterError(f"limit is {text!r}; it must be a whole number above 0")
    return int(text)


def _moment(alias: str, description: str) -> object:
    return Query(
        alias=alias,
        description=f"{description} An ISO 8601 date or date with time, in UTC or with an offset.",
        openapi_examples={
            "date": {"value": "2025-01-31"},
            "sent by Grafana": {"value": "2025-01-31T12:00:00.000Z"},
        },
        json_schema_extra={"pattern": f"^({_MOMENT})?$"},
    )


def _filter(description: str, example: str) -> object:
    return Query(
        description=f"{description} Write several as {{a,b}}, names with commas in double quotes, or repeat the "
        "parameter; empty or all is no filter, and {all} the name all.",
        openapi_examples={"one name": {"value": [example]}, "no filter": {"value": ["all"]}},
    )


From = Annotated[str, _moment("from", f"First day. Default: {DEFAULT_DAYS - 1} days before the last one.")]
To = Annotated[str, _moment("to", "Last day, included. Default: today.")]
Hub = Annotated[tuple[str, ...], _filter("Namespace of a hub; support is costs without a hub's tag.", "prod")]
Component = Annotated[tuple[str, ...], _filter("Component of the bill.", "compute")]
User = Annotated[tuple[str, ...], _filter("Username.", "ana")]
Group = Annotated[tuple[str, ...], _filter("Group; none is users without a group.", "{geo,bio}")]
Limit = Annotated[
    str,
    Query(
        description="Return the rows of so many users, those with the highest costs of these days.",
        openapi_examples={"ten": {"value": "10"}},
        json_schema_extra={"pattern": f"^({_LIMIT}|[Aa][Ll][Ll])?$"},
    ),
]
Form = Annotated[Literal["json", "csv"], Query(alias="format", description="Format of the table.")]
