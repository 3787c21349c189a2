"""Quota policies: from configuration to the limits of one user. Pure: nothing is read, nothing is changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from hubmeter_common.durations import spelled_seconds
from hubmeter_hub.quotas.units import RESOURCES, UnitError, amount

Scope = Literal["group", "user", "everybody", "fallback"]
Intersection = Literal["min", "max", "sum"]

INTERSECTIONS: Final[Mapping[Intersection, Callable[[Iterable[float]], float]]] = {"min": min, "max": max, "sum": sum}
DEFAULT_INTERSECTION: Final[Intersection] = "min"

_REQUIRED: Final = ("resource", "limit", "window")
_WINDOW_ALLOWED: Final = 'a whole number of days such as 7, or a text such as "7d" or "36h"'


class PolicyError(ValueError):
    """A policy that cannot be meant; the message names the entry, the key, the value and what is allowed."""


@dataclass(frozen=True)
class Policy:
    """At most ``limit`` (base units times hours) in any ``window_hours``; without groups and users: for everybody."""

    resource: str
    limit: float
    window_hours: int
    groups: frozenset[str] | None = None
    users: frozenset[str] | None = None


@dataclass(frozen=True)
class Policies:
    """All policies of a hub. ``fallback`` is for users whom none of the ``policies`` concerns."""

    policies: tuple[Policy, ...] = ()
    fallback: tuple[Policy, ...] = ()
    intersection: Intersection = DEFAULT_INTERSECTION


@dataclass(frozen=True, order=True)
class Row:
    """A policy for one group or one user (``name``), or for everybody or as fallback (no ``name``)."""

    scope: Scope
    name: str
    resource: str
    window_hours: int
    limit: float


@dataclass(frozen=True)
class Limit:
    """What a user may use of a resource in a window, and the rows it was merged from."""

    resource: str
    window_hours: int
    value: float
    sources: tuple[Row, ...]

    @property
    def window(self) -> str:
        """The window as metrics and people spell it."""
        return window_name(self.window_hours)


def window_name(hours: int) -> str:
    """Return ``7d`` for 168, ``36h`` for 36: days when they are whole."""
    return f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"


def rows(policies: Policies) -> tuple[Row, ...]:
    """Return the policies one row a group, user, everybody and fallback, in their order.

    A policy for two groups is two rows, as if it had been written twice: with the intersection ``sum`` a member
    of both has both. This is also how the hub exposes policies to Prometheus, where rules merge them again.
    """
    return (
        *(row for policy in policies.policies for row in _scoped(policy)),
        *(Row("fallback", "", p.resource, p.window_hours, p.limit) for p in policies.fallback),
    )


def limits_for(policies: Policies, username: str, groups: Iterable[str]) -> tuple[Limit, ...]:
    """Return a user's limits, one a (resource, window), sorted so; none means that nothing is limited."""
    names = frozenset(groups)
    own: list[Row] = []
    fallback: list[Row] = []
    for row in rows(policies):
        if row.scope == "fallback":
            fallback.append(row)
        elif (
            row.scope == "everybody"
            or (row.scope == "group" and row.name in names)
            or (row.scope == "user" and row.name == username)
        ):
            own.append(row)
    merged: dict[tuple[str, int], list[Row]] = {}
    for row in own or fallback:
        merged.setdefault((row.resource, row.window_hours), []).append(row)
    merge = INTERSECTIONS[policies.intersection]
    return tuple(
        Limit(resource, hours, merge(row.limit for row in sources), tuple(sources))
        for (resource, hours), sources in sorted(merged.items())
    )


def parse(policy: object, strategy: object = None, strategy_name: str = "scope_backup_strategy") -> Policies:
    """Return policies from the traits ``policy`` (a list) and ``scope_backup_strategy`` (a mapping).

    ``strategy`` has ``intersection`` (min, max or sum) and ``empty``, a policy or a list of policies without
    scope for users whom no other policy concerns; both may be left out.

    Raises:
        PolicyError: for the first entry that is not right.
    """
    if not isinstance(policy, list | tuple):
        raise PolicyError(f"UsageQuotaManager.policy must be a list of policies, not {policy!r}")
    fallback, intersection = _strategy({} if strategy is None else strategy, strategy_name)
    return Policies(tuple(_policy(f"policy[{i}]", entry) for i, entry in enumerate(policy)), fallback, intersection)


def _scoped(policy: Policy) -> Iterator[Row]:
    tail = (policy.resource, policy.window_hours, policy.limit)
    if policy.groups is None and policy.users is None:
        yield Row("everybody", "", *tail)
    for name in sorted(policy.groups or ()):
        yield Row("group", name, *tail)
    for name in sorted(policy.users or ()):
        yield Row("user", name, *tail)


def _strategy(strategy: object, where: str) -> tuple[tuple[Policy, ...], Intersection]:
    entry = _keys(where, strategy, required=(), optional=("intersection", "empty"))
    chosen = entry.get("intersection", DEFAULT_INTERSECTION)
    intersection = next((name for name in INTERSECTIONS if name == chosen), None)
    if intersection is None:
        raise PolicyError(f"{where}: intersection is {chosen!r}; allowed is one of {', '.join(INTERSECTIONS)}")
    empty = entry.get("empty")
    if empty is None or empty == {}:
        return (), intersection
    if isinstance(empty, list | tuple):
        each = [(f"{where}.empty[{i}]", item) for i, item in enumerate(empty)]
    else:
        each = [(f"{where}.empty", empty)]
    for name, item in each:
        if isinstance(item, Mapping) and "scope" in item:
            raise PolicyError(f"{name}: scope is not allowed here: it is for all users whom no policy concerns")
    return tuple(_policy(name, item) for name, item in each), intersection


def _policy(where: str, entry: object) -> Policy:
    keys = _keys(where, entry, required=_REQUIRED, optional=("scope",))
    name = keys["resource"]
    resource = RESOURCES.get(name) if isinstance(name, str) else None
    if resource is None:
        known = f"allowed is one of {', '.join(RESOURCES)}"
        raise PolicyError(f"{where}: resource is {name!r}; {known}")
    try:
        limit = amount(resource, keys["limit"])
    except UnitError as error:
        raise PolicyError(f"{where}: limit is {keys['limit']!r}: {error}") from error
    groups, users = _scope(where, keys["scope"]) if "scope" in keys else (None, None)
    return Policy(resource.name, limit, _window_hours(where, keys["window"]), groups, users)


def _window_hours(where: str, window: object) -> int:
    hours = 0
    if isinstance(window, str):
        with suppress(ValueError):
            hours = spelled_seconds(window) // 3600
    elif isinstance(window, int | float) and not isinstance(window, bool) and float(window).is_integer():
        hours = int(window) * 24
    if hours < 1:
        raise PolicyError(f"{where}: window is {window!r}; allowed is {_WINDOW_ALLOWED}")
    return hours


def _scope(where: str, scope: object) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    entry = _keys(f"{where}: scope", scope, required=(), optional=("group", "user"))
    if not entry:
        raise PolicyError(f"{where}: scope is empty; allowed is group, user or both; without scope it is for everybody")
    return _names(where, "group", entry), _names(where, "user", entry)


def _names(where: str, key: str, scope: Mapping[str, object]) -> frozenset[str] | None:
    if key not in scope:
        return None
    value = scope[key]
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple | set | frozenset) or not names:
        raise PolicyError(f"{where}: scope.{key} is {value!r}; allowed is a list of at least one name")
    wrong = [name for name in names if not isinstance(name, str) or not name]
    if wrong:
        raise PolicyError(f"{where}: scope.{key} has {wrong[0]!r}; allowed are names as texts (in quotes, if digits)")
    return frozenset(names)


def _keys(where: str, entry: object, required: tuple[str, ...], optional: tuple[str, ...]) -> Mapping[str, object]:
    """Return the entry as a mapping that has the required keys and no unknown ones."""
    allowed = f"allowed is {', '.join((*required, *optional))}"
    if not isinstance(entry, Mapping):
        raise PolicyError(f"{where} is {entry!r} and not a mapping; {allowed}")
    if unknown := [key for key in entry if key not in (*required, *optional)]:
        raise PolicyError(f"{where}: {unknown[0]!r} is not a key of it; {allowed}")
    if missing := [key for key in required if key not in entry]:
        raise PolicyError(f"{where}: {missing[0]} is missing; {allowed}")
    return entry
