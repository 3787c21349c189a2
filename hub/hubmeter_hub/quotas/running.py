"""Reads what running servers use, and since when limits have been passed."""

import asyncio
import logging
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.prospect import Prospect, is_known, needs_past, ordered, passed_since, prospect
from hubmeter_hub.quotas.readings import MOST_USERS, Kind, Readings
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import BUCKET, HOUR, KEY, Usage, labelled, users_query
from hubmeter_promql import names
from hubmeter_promql.client import BadAnswerError, Prometheus, PrometheusError
from hubmeter_promql.matchers import any_of, exactly

log = logging.getLogger("hubmeter.quotas")

# Times at which the past usage is read, at most.
_MOST_TIMES: Final = 24
_USED: Final = "used"
_LIMIT: Final = "limit"

# By resource, in base units times hours an hour.
Rates = Mapping[str, float]


def read_rates(
    prometheus: Prometheus, hub: Mapping[str, str], resources: Iterable[str], usernames: Collection[str] | None = None
) -> dict[str, dict[str, float]]:
    """Return what users use now, by the user's name in series, from one instant query.

    It is the newest 5 minutes that are recorded, at most 10 minutes old. Users and resources without use are omitted.

    Args:
        prometheus: The client.
        hub: The labels of the hub's series.
        resources: The resources.
        usernames: The users; None for all.

    Raises:
        PrometheusError: if there is no answer.
    """
    users = 'username!=""' if usernames is None else any_of("username", usernames)
    matchers = f"{exactly(hub)},{users}"
    query = labelled(
        {
            resource: f"sum by (username) (last_over_time({RESOURCES[resource].bucket}{{{matchers}}}[599999ms])) > 0"
            for resource in sorted(resources)
        }
    )
    rates: dict[str, dict[str, float]] = {}
    try:
        for row in prometheus.instant(query):
            rates.setdefault(row.labels["username"], {})[row.labels[KEY]] = row.value * HOUR / BUCKET
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"Prometheus' answer is not an instant vector: {type(error).__name__}: {error}") from error
    return rates


def read_passed_since(
    prometheus: Prometheus, hub: Mapping[str, str], limits: Mapping[str, Limit], seconds: float, at: float
) -> dict[str, float | None]:
    """Return the time since which users have passed a limit, within so many seconds, from one range query.

    Args:
        prometheus: The client.
        hub: The labels of the hub's series.
        limits: The limit of each user by the user's name in series; all of one resource and window.
        seconds: The time before now that matters.
        at: The time of now, in unix seconds.

    Returns:
        By user, unix seconds; None for users who have not passed the limit, as by `passed_since`.

    Raises:
        PrometheusError: if there is no answer.
    """
    of = next(iter(limits.values()))
    step = BUCKET * max(math.ceil(seconds / BUCKET / _MOST_TIMES), 1)
    users = f"{exactly(hub)},{any_of('username', limits)}"
    recorded = f"{names.QUOTA_LIMIT}{{{users},{exactly({'resource': of.resource, 'window': of.window})}}}"
    query = labelled(
        {
            _USED: users_query(of.resource, hub, limits, of.window_hours * HOUR),
            _LIMIT: f"max by (username) (last_over_time({recorded}[599999ms]))",
        }
    )
    found: dict[tuple[str, str], dict[float, float]] = {}
    try:
        for series in prometheus.range(query, at - math.ceil(seconds / step) * step, at, step):
            found[series.labels["username"], series.labels[KEY]] = dict(series.values)
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswerError(f"Prometheus' answer is not a matrix: {type(error).__name__}: {error}") from error
    return {
        username: passed_since(
            limit.value, found.get((username, _USED), {}), found.get((username, _LIMIT), {}), at, step
        )
        for username, limit in limits.items()
    }


class RunningServers:
    """What limits mean for the running servers of users. Users who ask together share the queries."""

    def __init__(self, readings: Readings, hub: Mapping[str, str]) -> None:
        """Send no query yet.

        Args:
            readings: Sends the queries.
            hub: The labels of the hub's series.
        """
        self._readings = readings
        self._hub = hub

    async def prospects(self, username: str, limits: Sequence[Limit], usage: Usage) -> tuple[Prospect, ...]:
        """Return what a user's limits mean for running servers, the soonest first; nothing while it is unknown.

        Args:
            username: The user's name in series.
            limits: The user's limits.
            usage: The usage in their windows.
        """
        watched = [limit for limit in limits if limit.when_exceeded is not None and is_known(limit, usage)]
        if not watched:
            return ()
        try:
            rates = await self._rates(username, frozenset(limit.resource for limit in watched))
            return ordered(await asyncio.gather(*(self._prospect(username, limit, usage, rates) for limit in watched)))
        except (PrometheusError, OSError) as error:
            log.warning("Quota: it is unknown when the servers of %s reach a limit: %s", username, error)
            return ()

    async def _rates(self, username: str, resources: frozenset[str]) -> Rates:
        def read(prometheus: Prometheus, wanted: Mapping[str, frozenset[str]]) -> Mapping[str, Rates]:
            rates = read_rates(prometheus, self._hub, frozenset().union(*wanted.values()), list(wanted))
            return {name: rates.get(name, {}) for name in wanted}

        kind = Kind("rates", read, frozenset.union, MOST_USERS, decides=False)
        rates: Rates = await self._readings.ask(kind, username, resources)
        return rates

    async def _prospect(self, username: str, limit: Limit, usage: Usage, rates: Rates) -> Prospect | None:
        rate = rates.get(limit.resource, 0.0)
        stop_after = (limit.when_exceeded and limit.when_exceeded.stop_after) or 0
        if not needs_past(limit, usage, rate):
            return prospect(limit, usage, rate, None)

        def read(prometheus: Prometheus, wanted: Mapping[str, Limit]) -> Mapping[str, Any]:
            return read_passed_since(prometheus, self._hub, wanted, stop_after, usage.at)

        key = ("passed", limit.resource, limit.window_hours, stop_after, usage.at)
        kind = Kind(key, read, lambda _, later: later, MOST_USERS, decides=False)
        return prospect(limit, usage, rate, await self._readings.ask(kind, username, limit))
