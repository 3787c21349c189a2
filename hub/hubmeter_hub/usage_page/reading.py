"""Reads the limits and usage of users from recorded series. Users who open the page together share the queries."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from hubmeter_hub.quotas import forecast
from hubmeter_hub.quotas.decision import fits
from hubmeter_hub.quotas.policy import Limit, recorded_limit
from hubmeter_hub.quotas.readings import MOST_USERS, Kind, Readings
from hubmeter_hub.quotas.running import RunningServers
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import (
    HOUR,
    KEY,
    Moment,
    Usage,
    Window,
    labelled,
    read_before,
    read_moment,
    read_parts,
    usage_parts,
    usages,
    users_query,
)
from hubmeter_hub.usage_page.summary import DAY, Reading, Use, slice_seconds, slices_of
from hubmeter_promql import names
from hubmeter_promql.client import BadAnswerError, Prometheus, PrometheusError
from hubmeter_promql.matchers import any_of, exactly

log = logging.getLogger("hubmeter.usage_page")

# The range in which the newest sample is searched: with one, the data is old; without, there is none yet.
LOOK_BACK: Final = "30d"
# The limit for all queries of one page.
DEADLINE_SECONDS: Final = 15.0
# Queries at a time: the slices and buckets of several limits.
THREADS: Final = 8

# A resource, and the seconds of the slices that are read of it.
Piece = tuple[str, int]
# The usage of slices by the Unix second they end.
Ended = Mapping[float, float]
# Pieces by resource.
Counts = Mapping[str, int]


class PageReadings:
    """Reads users' limits and usage. Used from one event loop."""

    def __init__(self, readings: Readings, hub: Mapping[str, str], home: bool) -> None:
        """Send no query yet.

        Args:
            readings: Sends the queries.
            hub: The labels of the hub's series.
            home: Whether to read home directories.
        """
        self._readings = readings
        self._running = RunningServers(readings, hub)
        self._hub = hub
        self._homes = (names.HOME, names.HOME_LIMIT) if home else ()

    async def moment(self) -> Moment:
        """Return the present moment, at which users can be read.

        Raises:
            PrometheusError: if there is no answer.
            OSError: for a token file that cannot be read.
        """

        def read(prometheus: Prometheus, wanted: Mapping[str, Any]) -> Mapping[str, Moment]:
            return dict.fromkeys(wanted, read_moment(prometheus, self._hub, LOOK_BACK))

        moment: Moment = await self._readings.ask(Kind("moment", read, max, MOST_USERS, decides=True), "", 0)
        return moment

    async def read(self, username: str, limits: tuple[Limit, ...] | None, moment: Moment) -> Reading:
        """Return a user's limits and usage at a moment: in one round of queries.

        Recorded limits take another round, and so do limits that are used up, limits with ``when_exceeded``, and
        forecasts in windows of more than 31 days.

        Args:
            username: The user's name in series.
            limits: The user's limits; None for the recorded ones.
            moment: The moment. Users with the same one share queries.

        Raises:
            PrometheusError: if a query gets no answer.
            OSError: for a token file that cannot be read.
        """
        at = moment.at
        if limits is None:
            limits = await self.recorded_limits(username, at)
        if moment.newest is None:
            return Reading(None, limits, {})
        counts = _counts(limits)
        (usage, home), pieces = await asyncio.gather(
            self._now(username, frozenset(map(_window, limits)), at),
            asyncio.gather(*(self._ended(username, step, wanted, at) for step, wanted in counts.items())),
        )
        ended = {
            (resource, step): uses
            for step, by_resource in zip(counts, pieces, strict=True)
            for resource, uses in by_resource.items()
        }
        # The query has no part for the newest sample, which is that of the moment, and may have no row, and so no time.
        usage = replace(usage, at=at, newest=moment.newest)
        times_read = self._times(username, limits, usage, ended, at)
        if any(limit.when_exceeded is not None for limit in limits):
            times, found = await asyncio.gather(times_read, self._running.prospects(username, limits, usage))
        else:
            times, found = await times_read, ()
        prospects = {_window(prospect.limit): prospect for prospect in found}
        uses = {}
        for limit in limits:
            used = usage.used[_window(limit)]
            slices = slices_of(limit.window_hours, at, used, ended[_piece(limit)])
            retry_at, used_up_at = times.get(_window(limit), (None, None))
            uses[_window(limit)] = Use(used, slices, retry_at, used_up_at, prospects.get(_window(limit)))
        starts = {limit.window_hours: usage.counted_since(limit.window_hours) for limit in limits}
        return Reading(
            moment.newest,
            limits,
            uses,
            home.get(names.HOME),
            home.get(names.HOME_LIMIT),
            {hours: start for hours, start in starts.items() if start is not None},
        )

    async def recorded_limits(self, username: str, at: float) -> tuple[Limit, ...]:
        """Return the user's limits as rules recorded them from the hub's metrics. They have no sources."""

        def read(prometheus: Prometheus, wanted: Mapping[str, Any]) -> Mapping[str, list[Limit]]:
            found: dict[str, list[Limit]] = {name: [] for name in wanted}
            rows = prometheus.instant(f"{names.QUOTA_LIMIT}{{{self._of(wanted)}}}", at)
            _check(wanted, (row.labels.get("username", "") for row in rows))
            for row in rows:
                resource, window = row.labels["resource"], row.labels["window"]
                if resource in RESOURCES:
                    found[row.labels["username"]].append(recorded_limit(resource, window, row.value))
            return found

        kind = Kind(("limits", at), read, max, MOST_USERS, decides=True)
        return tuple(await self._readings.ask(kind, username, 0))

    def _now(
        self, username: str, windows: frozenset[Window], at: float
    ) -> Awaitable[tuple[Usage, Mapping[str, float]]]:
        """Return the usage, and the size and the limit of the home directory, if they are recorded.

        Those of the home directory are recorded when they change, else once a day, and as 0 when they are gone.
        """

        def read(
            prometheus: Prometheus, wanted: Mapping[str, frozenset[Window]]
        ) -> Mapping[str, tuple[Usage, Mapping[str, float]]]:
            matchers = self._of(wanted)
            homes = {name: f"last_over_time({names.user(name)}{{{matchers}}}[26h]) > 0" for name in self._homes}
            answer = read_parts(prometheus, {**usage_parts(self._hub, wanted), **homes}, at)
            _check(wanted, (name for _, name in answer.values if name))
            return {
                name: (usage, {key: answer.values[key, name] for key in homes if (key, name) in answer.values})
                for name, usage in usages(answer, wanted).items()
            }

        kind = Kind(("now", at), read, frozenset.union, MOST_USERS, decides=True)
        return self._readings.ask(kind, username, windows)

    def _ended(self, username: str, step: int, counts: Counts, at: float) -> Awaitable[Mapping[str, Ended]]:
        """Return the usage in the last pieces of a length, by resource and the ends of the pieces."""

        def read(prometheus: Prometheus, wanted: Mapping[str, Counts]) -> Mapping[str, Mapping[str, Ended]]:
            users: dict[str, list[str]] = {}
            for name, by_resource in wanted.items():
                for resource in by_resource:
                    users.setdefault(resource, []).append(name)
            query = labelled(
                {resource: users_query(resource, self._hub, some, step) for resource, some in users.items()}
            )
            most = max(count for by_resource in wanted.values() for count in by_resource.values())
            rows = prometheus.range(query, at - (most - 1) * step, at, step)
            found = {(row.labels.get("username", ""), row.labels.get(KEY)): dict(row.values) for row in rows}
            _check(wanted, (name for name, _ in found))
            return {
                name: {resource: found.get((name, resource), {}) for resource in by_resource}
                for name, by_resource in wanted.items()
            }

        kind = Kind(("ended", step, at), read, _most, MOST_USERS, decides=False)
        return self._readings.ask(kind, username, counts)

    async def _times(
        self, username: str, limits: Iterable[Limit], usage: Usage, ended: Mapping[Piece, Ended], at: float
    ) -> Mapping[Window, tuple[float | None, float | None]]:
        """Return when enough usage will have left the window, and when the limit will be used up, by window.

        Windows with neither are omitted.
        """
        used = {limit: usage.used[_window(limit)] for limit in limits}
        full = [limit for limit in used if not fits(limit, used[limit])]
        growing = [limit for limit in used if forecast.is_due(limit.window_hours, limit.value, used[limit])]
        before: dict[Limit, Mapping[int, float]] = {
            limit: _before(limit, at, ended[_piece(limit)]) for limit in growing if _piece(limit)[1] == DAY
        }
        longer = [limit for limit in growing if limit not in before]
        retries: Sequence[float | None] = ()
        befores: Sequence[Mapping[int, float]] = ()
        if full or longer:
            retries, befores = await asyncio.gather(
                asyncio.gather(*(self._retry_at(username, limit, at, used[limit]) for limit in full)),
                asyncio.gather(*(self._read_before(username, limit, at) for limit in longer)),
            )
        before |= zip(longer, befores, strict=True)
        times: dict[Window, tuple[float | None, float | None]] = {
            _window(limit): (retry_at, None) for limit, retry_at in zip(full, retries, strict=True)
        }
        for limit in growing:
            left = forecast.seconds_left(limit.value, used[limit], before[limit])
            times[_window(limit)] = (None, None if left is None else at + left)
        return times

    def _read_before(self, username: str, limit: Limit, at: float) -> Awaitable[Mapping[int, float]]:
        """Return the usage in the windows that ended some days ago, by days."""

        def read(prometheus: Prometheus, wanted: Mapping[str, Any]) -> Mapping[str, Mapping[int, float]]:
            return read_before(prometheus, self._hub, list(wanted), _window(limit), forecast.DAYS_AGO, at)

        return self._readings.ask(
            Kind(("before", _window(limit), at), read, max, MOST_USERS, decides=False), username, 0
        )

    async def _retry_at(self, username: str, limit: Limit, at: float, used: float) -> float | None:
        """Return when enough usage has left the window; None if it never does or is unknown."""
        try:
            return await self._readings.retry_at(username, _window(limit), used, at, partial(fits, limit))
        except (PrometheusError, OSError) as error:
            log.warning("no retry time for %r: %s", username, error)
            return None

    def _of(self, usernames: Iterable[str]) -> str:
        """Return the matchers for the series of users."""
        return f"{exactly(self._hub)},{any_of('username', usernames)}"


def _window(limit: Limit) -> Window:
    return limit.resource, limit.window_hours


def _piece(limit: Limit) -> Piece:
    return limit.resource, slice_seconds(limit.window_hours)


def _counts(limits: Iterable[Limit]) -> dict[int, dict[str, int]]:
    """Return how many pieces the limits need, by length and resource.

    Those of the longest window, and the days before for a forecast.
    """
    counts: dict[int, dict[str, int]] = {}
    for limit in limits:
        resource, step = _piece(limit)
        count = limit.window_hours * HOUR // step + (max(forecast.DAYS_AGO) if step == DAY else 0)
        counts[step] = _most(counts.get(step, {}), {resource: count})
    return counts


def _most(first: Counts, second: Counts) -> dict[str, int]:
    """Return the larger count of each resource."""
    return {key: max(first.get(key, 0), second.get(key, 0)) for key in (*first, *second)}


def _before(limit: Limit, at: float, ended: Ended) -> dict[int, float]:
    """Return the usage in the windows of whole days that ended some days ago, by days."""
    whole = limit.window_hours // 24
    return {
        days: math.fsum(ended.get(at - day * DAY, 0.0) for day in range(days, days + whole))
        for days in forecast.DAYS_AGO
    }


def _check(wanted: Container[str], names_of_rows: Iterable[str]) -> None:
    """Check that rows are of users that were asked for.

    Raises:
        BadAnswerError: if one is not.
    """
    for name in names_of_rows:
        if name not in wanted:
            raise BadAnswerError(f"Prometheus' answer has a series of another user: {name!r}")
