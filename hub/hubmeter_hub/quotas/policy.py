"""Quota policies: from the configuration to the limits of one user. Pure."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from hubmeter_common.durations import seconds, spelled_seconds
from hubmeter_hub.quotas.units import RESOURCES, UnitError, amount, prefix

Scope = Literal["group", "user", "everybody", "fallback"]
Intersection = Literal["min", "max", "sum"]

INTERSECTIONS: Final[Mapping[Intersection, Callable[[Iterable[float]], float]]] = {"min": min, "max": max, "sum": sum}
DEFAULT_INTERSECTION: Final[Intersection] = "min"

_REQUIRED: Final = ("resource", "limit", "window")
_WINDOW_ALLOWED: Final = 'a whole number of days such as 7, or a duration such as "7d" or "36h"'
# Usage is recorded every 5 minutes. A server that is stopped a day late is better limited by the policy itself.
_SHORTEST: Final = 300
_LONGEST: Final = 86_400
_TIME_ALLOWED: Final = 'a duration from 5m to 1d in quotes, such as "30m" or "1h"'


class PolicyError(ValueError):
    """An invalid policy; the message names the entry, the key, the value and what is allowed."""


@dataclass(frozen=True)
class WhenExceeded:
    """What happens to servers that run when a limit is exceeded (``python -m hubmeter_hub.quota_guard``).

    Attributes:
        warn_before: Seconds of predicted use before the limit from which users see a warning; None for no warning.
        stop_after: Seconds after the limit is passed at which servers are stopped; None if they go on.
    """

    warn_before: int | None = None
    stop_after: int | None = None


@dataclass(frozen=True)
class Policy:
    """At most ``limit`` (base units times hours) in any ``window_hours``. Without groups and users, for everybody.

    ``prefix`` is that of the unit in the configuration, for messages.
    """

    resource: str
    limit: float
    window_hours: int
    groups: frozenset[str] | None = None
    users: frozenset[str] | None = None
    prefix: str = ""
    when_exceeded: WhenExceeded | None = None


@dataclass(frozen=True)
class Policies:
    """All policies of a hub. ``fallback`` is for users to whom none of the ``policies`` applies."""

    policies: tuple[Policy, ...] = ()
    fallback: tuple[Policy, ...] = ()
    intersection: Intersection = DEFAULT_INTERSECTION


@dataclass(frozen=True, order=True)
class Row:
    """A policy for one group or one user (``name``), for everybody, or as the fallback (both without ``name``)."""

    scope: Scope
    name: str
    resource: str
    window_hours: int
    limit: float
    prefix: str = field(default="", compare=False)
    when_exceeded: WhenExceeded | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Grant:
    """An amount that is added to limits until a time.

    Attributes:
        scope: Whether ``name`` is a user or a group.
        name: The user; or the group, each of whose members gets the whole amount.
        resource: The resource.
        window_hours: The window of the limits; None for those of all windows.
        amount: The amount in base units times hours.
        until: The end, in unix seconds.
        reason: The reason, for administrators.
        prefix: The prefix of the unit in the configuration, for messages.
    """

    scope: Literal["user", "group"]
    name: str
    resource: str
    window_hours: int | None
    amount: float
    until: float
    reason: str
    prefix: str = field(default="", compare=False)

    def concerns(self, resource: str, window_hours: int) -> bool:
        """Return whether the grant is for limits of this resource and window."""
        return self.resource == resource and self.window_hours in {None, window_hours}


@dataclass(frozen=True)
class Limit:
    """The limit of a user for a resource in a window, the rows from which it is merged, and the grants in it."""

    resource: str
    window_hours: int
    value: float
    sources: tuple[Row, ...]
    grants: tuple[Grant, ...] = ()

    @property
    def window(self) -> str:
        """The window as metrics spell it, for example ``7d``."""
        return window_name(self.window_hours)

    @property
    def prefix(self) -> str:
        """The prefix of the unit for messages: that of the policy that gave the limit.

        For a sum, it is the largest of the policies' prefixes in which all of them are whole. Without one, it is "".
        """
        decisive = self._decisive()
        if decisive:
            return decisive[0].prefix
        factors = {row.prefix: RESOURCES[self.resource].prefixes.get(row.prefix, 1.0) for row in self.sources}
        whole = [
            name for name, factor in factors.items() if all((row.limit / factor).is_integer() for row in self.sources)
        ]
        return max(whole, key=lambda name: factors[name], default="")

    @property
    def when_exceeded(self) -> WhenExceeded | None:
        """What happens to servers that run; None unless all policies that gave the limit have it.

        For a sum, these are all policies. Of several the longest times apply, so that no policy stops a server before
        its time, and of these only the times that all have.
        """
        found = [row.when_exceeded for row in self._decisive() or self.sources]
        times = [of for of in found if of is not None]
        if not times or len(times) < len(found):
            return None
        return _longest(times)

    def unwatched(self) -> "Limit":
        """Return the limit for a user whose servers are never stopped: without ``when_exceeded``."""
        return replace(self, sources=tuple(replace(row, when_exceeded=None) for row in self.sources))

    def _decisive(self) -> tuple[Row, ...]:
        """Return the rows that equal the limit without its grants: those that gave it, unless it is a sum."""
        merged = self.value - sum(grant.amount for grant in self.grants)
        return tuple(row for row in self.sources if math.isclose(row.limit, merged, rel_tol=1e-12))


def _longest(times: Sequence[WhenExceeded]) -> WhenExceeded | None:
    warn, stop = [of.warn_before for of in times], [of.stop_after for of in times]
    longest = WhenExceeded(
        None if None in warn else max(time for time in warn if time is not None),
        None if None in stop else max(time for time in stop if time is not None),
    )
    return None if longest == WhenExceeded() else longest


def window_name(hours: int) -> str:
    """Return ``7d`` for 168, ``36h`` for 36: days when they are whole."""
    return f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"


def recorded_limit(resource: str, window: str, value: float) -> Limit:
    """Return a limit as rules recorded it, which has no sources; ``window`` is the label, such as ``7d``."""
    return Limit(resource, seconds(window, "hd") // 3600, value, ())


def rows(policies: Policies) -> tuple[Row, ...]:
    """Return one row for each group and user of a policy, in the order of the policies.

    A policy for two groups equals two policies: with the intersection ``sum``, a member of both groups has both. The
    hub exposes these rows to Prometheus, where recording rules merge them in the same way.
    """
    return (
        *(row for policy in policies.policies for row in _scoped(policy)),
        *(Row("fallback", "", *_common(policy)) for policy in policies.fallback),
    )


def limits_for(
    policies: Policies, username: str, groups: Iterable[str], grants: Iterable[Grant] = ()
) -> tuple[Limit, ...]:
    """Return a user's limits, one for each resource and window, sorted by these. Without any, nothing is limited.

    Args:
        policies: The policies of the hub.
        username: The user.
        groups: The user's groups.
        grants: The grants of the hub that are active. They are added to the merged policies.
    """
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
    granted = [grant for grant in grants if (grant.name == username if grant.scope == "user" else grant.name in names)]

    def limit(resource: str, hours: int, sources: Sequence[Row]) -> Limit:
        added = tuple(grant for grant in granted if grant.concerns(resource, hours))
        value = merge(row.limit for row in sources) + sum(grant.amount for grant in added)
        return Limit(resource, hours, value, tuple(sources), added)

    return tuple(limit(resource, hours, sources) for (resource, hours), sources in sorted(merged.items()))


def parse(policy: object, strategy: object = None, strategy_name: str = "scope_backup_strategy") -> Policies:
    """Return the policies of the traits.

    Args:
        policy: The list of the trait ``policy``.
        strategy: A mapping with the optional keys ``intersection`` (min, max or sum) and ``empty``: a policy, or a list
            of policies, without scope, for users to whom no other policy applies.
        strategy_name: The trait that has the strategy, for errors.

    Raises:
        PolicyError: for the first invalid entry.
    """
    if not isinstance(policy, list | tuple):
        raise PolicyError(f"UsageQuotaManager.policy must be a list of policies, not {policy!r}")
    fallback, intersection = _strategy({} if strategy is None else strategy, strategy_name)
    return Policies(tuple(_policy(f"policy[{i}]", entry) for i, entry in enumerate(policy)), fallback, intersection)


def _scoped(policy: Policy) -> Iterator[Row]:
    tail = _common(policy)
    if policy.groups is None and policy.users is None:
        yield Row("everybody", "", *tail)
    for name in sorted(policy.groups or ()):
        yield Row("group", name, *tail)
    for name in sorted(policy.users or ()):
        yield Row("user", name, *tail)


def _common(policy: Policy) -> tuple[str, int, float, str, WhenExceeded | None]:
    """Return the fields that all rows of a policy have."""
    return policy.resource, policy.window_hours, policy.limit, policy.prefix, policy.when_exceeded


def _strategy(strategy: object, where: str) -> tuple[tuple[Policy, ...], Intersection]:
    entry = entry_keys(where, strategy, required=(), optional=("intersection", "empty"))
    chosen = entry.get("intersection", DEFAULT_INTERSECTION)
    intersection = next((name for name in INTERSECTIONS if name == chosen), None)
    if intersection is None:
        raise PolicyError(f"{where}: intersection is {chosen!r}; allowed is one of {', '.join(INTERSECTIONS)}")
    empty = entry.get("empty")
    if empty is None or empty == {}:
        return (), intersection
    if isinstance(empty, list | tuple):
        entries = [(f"{where}.empty[{i}]", item) for i, item in enumerate(empty)]
    else:
        entries = [(f"{where}.empty", empty)]
    for name, item in entries:
        if isinstance(item, Mapping) and "scope" in item:
            raise PolicyError(f"{name}: scope is not allowed here: remove it, the policy is for users without another")
    return tuple(_policy(name, item) for name, item in entries), intersection


def _policy(where: str, entry: object) -> Policy:
    keys = entry_keys(where, entry, required=_REQUIRED, optional=("scope", "when_exceeded"))
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
    unit = prefix(resource, keys["limit"])
    exceeded = _when_exceeded(where, keys["when_exceeded"]) if "when_exceeded" in keys else None
    return Policy(resource.name, limit, window_hours(where, keys["window"]), groups, users, unit, exceeded)


def _when_exceeded(where: str, value: object) -> WhenExceeded:
    where = f"{where}: when_exceeded"
    entry = entry_keys(where, value, required=(), optional=("warn_before", "stop_after"))
    if not entry:
        raise PolicyError(f"{where} is empty; set warn_before, stop_after or both")
    return WhenExceeded(**{key: _time(f"{where}.{key}", duration) for key, duration in entry.items()})


def _time(where: str, duration: object) -> int:
    """Return the seconds of a configured duration. Raises PolicyError."""
    found = 0
    if isinstance(duration, str):
        with suppress(ValueError):
            found = seconds(duration.strip(), "smhd")
    if not _SHORTEST <= found <= _LONGEST:
        raise PolicyError(f"{where} is {duration!r}; allowed is {_TIME_ALLOWED}")
    return found


def window_hours(where: str, window: object) -> int:
    """Return the hours of the window of a configured entry. Raises PolicyError."""
    hours = 0
    if isinstance(window, str):
        with suppress(ValueError):
            hours = spelled_seconds(window) // 3600
    elif isinstance(window, int | float) and not isinstance(window, bool) and window % 1 == 0:
        hours = int(window) * 24
    if hours < 1:
        raise PolicyError(f"{where}: window is {window!r}; allowed is {_WINDOW_ALLOWED}")
    return hours


def _scope(where: str, scope: object) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    entry = entry_keys(f"{where}: scope", scope, required=(), optional=("group", "user"))
    if not entry:
        raise PolicyError(f"{where}: scope is empty; set group, user or both, or omit scope for everybody")
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
        raise PolicyError(f"{where}: scope.{key} has {wrong[0]!r}; names must be texts, in quotes if they are digits")
    return frozenset(names)


def entry_keys(where: str, entry: object, required: tuple[str, ...], optional: tuple[str, ...]) -> Mapping[str, object]:
    """Return the entry as a mapping that has the required keys and no unknown ones."""
    allowed = f"allowed are {', '.join((*required, *optional))}"
    if not isinstance(entry, Mapping):
        raise PolicyError(f"{where} is {entry!r}, not a mapping; {allowed}")
    if unknown := [key for key in entry if key not in (*required, *optional)]:
        raise PolicyError(f"{where}: unknown key {unknown[0]!r}; {allowed}")
    if missing := [key for key in required if key not in entry]:
        raise PolicyError(f"{where}: {missing[0]} is missing; {allowed}")
    return entry
