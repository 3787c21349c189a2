"""Reads the limits and usage of users from recorded series. Users who open the page together share the queries."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from hubmeter_hub.quotas import forecast
from hubmeter_hub.quotas.decision import fits
from hubmeter_hub.quotas.policy import Limit, recorded_limit
from hubmeter_hub.quotas.readings import MOST_POINTS, MOST_USERS, Kind, Readings
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import HOUR, Window, newest_query, read_before, users_query
from hubmeter_hub.usage_page.summary import Reading, Slice, Use, slice_seconds, slices_of
from hubmeter_promql import names
from hubmeter_promql.client import BadAnswerError, Prometheus, PrometheusError, RangeSeries, Value
from hubmeter_promql.matchers import any_of, exactly

log = logging.getLogger("hubmeter.usage_page")

# The range in which the newest sample is searched: with one, the data is old; without, there is none yet.
LOOK_BACK: Final = "30d"
# The limit for all queries of one page.
DEADLINE_SECONDS: Final = 15.0
# Queries at a time: the slices and buckets of several limits.
THREADS: Final = 8

_Row = TypeVar("_Row", Value, RangeSeries)


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
        self._hub = hub
        self._home = home

    async def read(self, username: str, limits: tuple[Limit, ...] | None) -> Reading:
        """Return a user's limits and usage as they are recorded now: in two rounds of queries, or three.

        Args:
            username: The user's name in series.
            limits: The user's limits; None for the recorded ones, which takes another round.

        Raises:
            PrometheusError: if a query gets no answer.
            OSError: for a token file that cannot be read.
        """
        if limits is None:
            limits = await self.recorded_limits(username)
        windows = frozenset((limit.resource, limit.window_hours) for limit in limits)
        usage, homes = await asyncio.gather(self._readings.usage(username, windows), self._homes(username))
        newest = usage.newest if usage.newest is not None else await self._newest()
        if newest is None:
            return Reading(None, limits, {})
        at = math.floor(usage.at or time.time())

        async def use(limit: Limit) -> tuple[Window, Use]:
            window = (limit.resource, limit.window_hours)
            used = usage.used[window]
            slices, retry_at, used_up_at = await asyncio.gather(
                self._slices(username, limit, at, used),
                self._retry_at(username, limit, at, used),
                self._used_up_at(username, limit, at, used),
            )
            return window, Use(used, slices, retry_at, used_up_at)

        uses = dict(await asyncio.gather(*map(use, limits)))
        starts = {limit.window_hours: usage.counted_since(limit.window_hours) for limit in limits}
        return Reading(
            newest,
            limits,
            uses,
            homes.get(names.user(names.HOME)),
            homes.get(names.user(names.HOME_LIMIT)),
            {hours: start for hours, start in starts.items() if start is not None},
        )

    async def recorded_limits(self, username: str) -> tuple[Limit, ...]:
        """Return the user's limits as rules recorded them from the hub's metrics. They have no sources."""
        rows = await self._instant("limits", f"{names.QUOTA_LIMIT}{{{{{{}}}}}}".format, username, decides=True)
        return tuple(
            recorded_limit(row.labels["resource"], row.labels["window"], row.value)
            for row in rows
            if row.labels["resource"] in RESOURCES
        )

    async def _newest(self) -> float | None:
        """Return the time of the hub's newest sample, to 5 minutes; None if there is none within LOOK_BACK."""

        def read(prometheus: Prometheus, wanted: Mapping[str, Any]) -> Mapping[str, float | None]:
            rows = prometheus.instant(newest_query(self._hub, LOOK_BACK, "5m"))
            return dict.fromkeys(wanted, rows[0].value if rows else None)

        newest: float | None = await self._readings.ask(Kind("newest", read, max, MOST_USERS, decides=False), "", 0)
        return newest

    async def _homes(self, username: str) -> Mapping[str, float]:
        """Return the size and the limit of the user's home directory by series, if they are recorded.

        They are recorded when they change, else once a day, and as 0 when they are gone.
        """
        if not self._home:
            return {}
        series = "|".join(names.user(name) for name in (names.HOME, names.HOME_LIMIT))
        template = f'last_over_time({{{{__name__=~"{series}",{{}}}}}}[26h]) > 0'
        rows = await self._instant("homes", template.format, username, decides=False)
        return {row.labels["__name__"]: row.value for row in rows}

    async def _slices(self, username: str, limit: Limit, at: float, total: float) -> tuple[Slice, ...]:
        """Return the usage over time."""
        step = slice_seconds(limit.window_hours)
        whole = limit.window_hours * HOUR // step

        def read(prometheus: Prometheus, wanted: Mapping[str, Any]) -> Mapping[str, Mapping[float, float]]:
            query = users_query(limit.resource, self._hub, wanted, step)
            answer = prometheus.range(query, at - (whole - 1) * step, at, step)
            return {name: dict(rows[0].values) if rows else {} for name, rows in _by_user(wanted, answer).items()}

        most = min(MOST_USERS, max(MOST_POINTS // whole, 1))
        kind = Kind(("slices", limit.resource, limit.window_hours, at), read, max, most, decides=False)
        return slices_of(limit.window_hours, at, total, await self._readings.ask(kind, username, 0))

    async def _used_up_at(self, username: str, limit: Limit, at: float, used: float) -> float | None:
        """Return when the limit is used up at the pace of the last days; None without a forecast."""
        if not forecast.is_due(limit.window_hours, limit.value, used):
            return None
        window = (limit.resource, limit.window_hours)

        def read(prometheus: Prometheus, wanted: Mapping[str, Any]) -> Mapping[str, Mapping[int, float]]:
            return read_before(prometheus, self._hub, list(wanted), window, forecast.DAYS_AGO)

        kind = Kind(("before", *window), read, max, MOST_USERS, decides=False)
        left = forecast.seconds_left(limit.value, used, await self._readings.ask(kind, username, 0))
        return None if left is None else at + left

    async def _retry_at(self, username: str, limit: Limit, at: float, used: float) -> float | None:
        """Return when enough usage has left the window; None below the limit, and if it never does or is unknown."""

        def fit(used: float) -> bool:
            return fits(limit, used)

        if fit(used):
            return None
        try:
            return await self._readings.retry_at(username, (limit.resource, limit.window_hours), used, at, fit)
        except (PrometheusError, OSError) as error:
            log.warning("no retry time for %r: %s", username, error)
            return None

    async def _instant(self, key: str, query: Callable[[str], str], username: str, *, decides: bool) -> list[Value]:
        """Return the user's rows of an instant query, from the function of its matchers."""

        def read(prometheus: Prometheus, wanted: Mapping[str, Any]) -> Mapping[str, list[Value]]:
            matchers = f"{exactly(self._hub)},{any_of('username', wanted)}"
            return _by_user(wanted, prometheus.instant(query(matchers)))

        kind = Kind(key, read, max, MOST_USERS, decides)
        rows: list[Value] = await self._readings.ask(kind, username, 0)
        return rows


def _by_user(usernames: Iterable[str], rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    """Return the rows of each user.

    Raises:
        BadAnswerError: for a row without a username that was asked for.
    """
    found: dict[str, list[_Row]] = {username: [] for username in usernames}
    for row in rows:
        try:
            found[row.labels["username"]].append(row)
        except KeyError as error:
            raise BadAnswerError(f"Prometheus' answer has a series of another user: {dict(row.labels)}") from error
    return found
