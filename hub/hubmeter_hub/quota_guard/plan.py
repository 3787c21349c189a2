"""What a round of the quota guard does: the servers to stop, and counts. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from hubmeter_hub.quota_guard.hub_api import HubUser
from hubmeter_hub.quotas.decision import fits
from hubmeter_hub.quotas.policy import Grant, Limit, Policies, limits_for, rows
from hubmeter_hub.quotas.prospect import Prospect, ordered, prospect
from hubmeter_hub.quotas.running import Rates
from hubmeter_hub.quotas.usage import HOUR, Usage, Window

# Of a user with running servers, by the limit that stops them first.
# warned: a limit is near. passed: it is passed, but not for the time of stop_after. due: the servers are stopped.
# exempt: one of these, for an exempt user. unknown: a limit seems to be passed, but Prometheus has not the usage of the
# whole window, or not recorded the limit.
State = Literal["warned", "passed", "due", "exempt", "unknown"]
STATES: Final[tuple[State, ...]] = ("warned", "passed", "due", "exempt", "unknown")


@dataclass(frozen=True)
class Stop:
    """A server to stop, and why."""

    username: str
    server: str
    why: Prospect

    @property
    def server_of(self) -> tuple[str, str]:
        """The user, and the name of the server."""
        return self.username, self.server


@dataclass(frozen=True)
class Plan:
    """A round: the servers to stop, and the number of users by state."""

    stops: tuple[Stop, ...] = ()
    users: Mapping[State, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))


@dataclass(frozen=True)
class Near:
    """A user near a limit: the user of the hub, the limits with ``when_exceeded``, the usage, and the present use."""

    user: HubUser
    limits: tuple[Limit, ...]
    usage: Usage
    rates: Rates

    def prospects(self, passed_since: Mapping[tuple[str, Window], float | None]) -> tuple[Prospect, ...]:
        """Return what the limits mean, by the times since which they are passed."""

        def of(limit: Limit) -> Prospect | None:
            key = (self.user.name, (limit.resource, limit.window_hours))
            return prospect(limit, self.usage, self.rates.get(limit.resource, 0.0), passed_since.get(key))

        return ordered(map(of, self.limits))


@dataclass(frozen=True)
class Watched:
    """A window that some policy watches: the smallest limit of such a policy, and the longest time of a warning."""

    limit: float
    warn_before: int


def watched(policies: Policies) -> dict[Window, Watched]:
    """Return the windows of policies with ``when_exceeded``.

    A user's limit is never smaller than that of the policy that gave it, because grants and sums only add.
    """
    found: dict[Window, Watched] = {}
    for row in rows(policies):
        if row.when_exceeded is not None:
            window = (row.resource, row.window_hours)
            before = found.get(window, Watched(row.limit, 0))
            warn_before = max(before.warn_before, row.when_exceeded.warn_before or 0)
            found[window] = Watched(min(before.limit, row.limit), warn_before)
    return found


def may_be_near(windows: Mapping[Window, Watched], usage: Usage, rates: Rates) -> bool:
    """Return whether any limit of a user can be near or passed, so that the hub is asked for the user's groups."""
    return any(
        rates.get(window[0], 0.0) > 0
        and usage.used[window] + rates[window[0]] * watch.warn_before / HOUR >= watch.limit
        for window, watch in windows.items()
    )


def near(user: HubUser, policies: Policies, grants: Iterable[Grant], usage: Usage, rates: Rates) -> Near | None:
    """Return a user with the limits that can stop servers; None if there are none, or no server is active."""
    limits = tuple(
        limit
        for limit in limits_for(policies, user.name, user.groups, grants)
        if limit.when_exceeded is not None and rates.get(limit.resource, 0.0) > 0
    )
    return Near(user, limits, usage, rates) if limits and user.servers else None


def plan(
    users: Iterable[Near],
    passed_since: Mapping[tuple[str, Window], float | None],
    is_exempt: Callable[[str, frozenset[str]], bool],
) -> Plan:
    """Return what a round does.

    Args:
        users: The users near a limit.
        passed_since: By user and window, the time since which the limit has been passed.
        is_exempt: From a user and the user's groups to whether the servers are never stopped.
    """
    stops: list[Stop] = []
    counts: dict[State, int] = dict.fromkeys(STATES, 0)
    for of in users:
        prospects = of.prospects(passed_since)
        due = next((found for found in prospects if found.is_due), None)
        state: State | None = None
        if due is not None:
            state = "due"
        elif any(found.is_passed for found in prospects):
            state = "passed"
        elif any(not fits(limit, of.usage.used[limit.resource, limit.window_hours]) for limit in of.limits):
            state = "unknown"
        elif prospects:
            state = "warned"
        if state is None:
            continue
        if is_exempt(of.user.name, of.user.groups):
            state = "exempt"
        counts[state] += 1
        if state == "due" and due is not None:
            stops += [Stop(of.user.name, server.name, due) for server in of.user.servers if server.is_ready]
    return Plan(tuple(stops), counts)
