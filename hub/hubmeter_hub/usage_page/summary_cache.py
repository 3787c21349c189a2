"""Summaries of users from readings that are kept while they cannot change.

All users are read at a moment that they share, and which is kept for seconds. Rules record usage every 5 minutes, the
hub's newest sample last. So a reading holds until the hub has a newer sample, and a page needs no query meanwhile. Then
users who opened the page in the last 5 minutes are read again before they ask, because a class asks at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from hubmeter_hub.quotas.policy import Grant, Limit, Policies, limits_for
from hubmeter_hub.quotas.readings import MOST_USERS
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import BUCKET, Moment
from hubmeter_hub.usage_page.reading import DEADLINE_SECONDS
from hubmeter_hub.usage_page.summary import Reading, Summary, state_of, summarize
from hubmeter_promql.client import PrometheusError

log = logging.getLogger("hubmeter.usage_page")

# Seconds for which users share a moment.
MOMENT_SECONDS: Final = 15.0
# Some engines show the samples of one evaluation one after another. A reading that is taken earlier after the newest
# sample is kept for its moment only.
SETTLED_SECONDS: Final = 60.0
# The readings kept at most, about 6 KB each: more users read again.
MOST_KEPT: Final = 2000

# Seconds after a view in which the user is read again before the next one, and between the times of that. Later views
# wait for the hub, which is asked every 5 minutes who the user is.
VIEWED_SECONDS: Final = 300.0
AGAIN_SECONDS: Final = 5.0

# From (username, limits, moment) to a reading, which has the recorded limits where None are given; may raise
# PrometheusError, or OSError for a token file.
Read = Callable[[str, tuple[Limit, ...] | None, Moment], Awaitable[Reading]]

_Key = tuple[str, frozenset[str], tuple[Grant, ...]]


@dataclass(slots=True)
class _Kept:
    """A reading that is under way or there, of the limits; None: of the recorded ones. And the newest summary of it.

    ``viewed`` is the time of the last view, in unix seconds.
    """

    limits: tuple[Limit, ...] | None
    moment: Moment
    reading: asyncio.Future[Reading]
    viewed: float
    summary: Summary | None = None

    def holds_at(self, moment: Moment) -> bool:
        """Return whether a reading at the moment would have the same numbers."""
        if self.moment == moment:
            return True
        if not self.reading.done() or self.moment.newest is None or self.moment.newest != moment.newest:
            return False
        reading = self.reading.result()
        times = [use.retry_at for use in reading.uses.values() if use.retry_at is not None]
        return (
            self.lasts
            and self.moment.at - self.moment.newest >= SETTLED_SECONDS
            and moment.at < min([self.moment.at + BUCKET, *times])
        )

    @property
    def lasts(self) -> bool:
        """Whether a reading can hold after its moment: rules record limits and costs at other times than usage."""
        return self.limits is not None and not any(RESOURCES[limit.resource].money for limit in self.limits)


class SummaryCache:
    """Summaries of users; concurrent requests share one reading."""

    def __init__(
        self,
        moment: Callable[[], Awaitable[Moment]],
        read: Read,
        policies: Policies | None,
        clock: Callable[[], float],
        grants: Callable[[], tuple[Grant, ...]] = tuple,
        warns: Callable[[str, frozenset[str]], bool] = lambda *_: True,
        replace: Callable[[Sequence[tuple[Summary, Summary]]], None] = lambda _: None,
    ) -> None:
        """Send no query yet. Without ``policies`` the recorded limits apply; ``clock`` returns unix seconds.

        ``moment`` returns the present one, and fails as ``read`` does. ``grants`` returns those that are active;
        readings are not kept longer than they are the same. ``warns`` returns whether the quota guard stops servers of
        a user in these groups. ``replace`` takes summaries that no longer hold, each with its successor.
        """
        self._read_moment = moment
        self._read = read
        self._policies = policies
        self._clock = clock
        self._grants = grants
        self._warns = warns
        self._replace = replace
        self._moment: asyncio.Future[Moment] | None = None
        self._moment_until = 0.0
        self._kept: dict[_Key, _Kept] = {}  # in the order of reading

    def begin(self, ahead: float = 0.0) -> asyncio.Future[Moment]:
        """Return the moment, which is read if the last one is too old, or will be in ``ahead`` seconds.

        Call this while the hub is asked who the requester is.
        """
        now = self._clock()
        # A clock that was set back would keep a moment for as long.
        is_kept = ahead < self._moment_until - now <= MOMENT_SECONDS
        if self._moment is None or not is_kept or _has_failed(self._moment):
            self._moment_until = now + MOMENT_SECONDS
            self._moment = asyncio.ensure_future(self._read_moment())
            self._moment.add_done_callback(_has_failed)
        return self._moment

    async def of(self, username: str, groups: frozenset[str]) -> Summary:
        """Return the summary of a user in these groups: the same object while it has not changed."""
        key = username, groups, self._grants()
        kept: _Kept | None = None
        reading: Reading | None = None
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                # The first request may be cancelled; the others still wait for the answer.
                kept = self._kept_at(await asyncio.shield(self.begin()), key)
                kept.viewed = self._clock()
                reading = await asyncio.shield(kept.reading)
        except TimeoutError:
            log.warning("no usage for %r: Prometheus took longer than %s s", username, DEADLINE_SECONDS)
        except (PrometheusError, OSError) as error:
            log.warning("no usage for %r: %s", username, error)
        now = self._clock()
        if reading is None or kept is None:
            return summarize(username, tuple(sorted(groups)), self._limits(*key), None, now)
        return _summary(key, kept, reading, now)

    def _limits(self, username: str, groups: frozenset[str], grants: tuple[Grant, ...]) -> tuple[Limit, ...] | None:
        if self._policies is None:
            return None
        limits = limits_for(self._policies, username, groups, grants)
        return limits if self._warns(username, groups) else tuple(limit.unwatched() for limit in limits)

    def _kept_at(self, moment: Moment, key: _Key) -> _Kept:
        """Return the reading that holds at the moment, which begins now if there is none."""
        kept = self._kept.get(key)
        if kept is None or _has_failed(kept.reading) or not kept.holds_at(moment):
            self._kept.pop(key, None)
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            limits = self._limits(*key)
            reading = asyncio.ensure_future(self._read(key[0], limits, moment))
            reading.add_done_callback(_has_failed)
            self._kept[key] = kept = _Kept(limits, moment, reading, kept.viewed if kept else self._clock())
        return kept

    async def keep_fresh(self) -> None:
        """Read users again, until this is cancelled."""
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            await self.read_again()

    async def read_again(self) -> None:
        """Read the users who opened the page in the last 5 minutes, if their readings no longer hold.

        The users of one query are read at a time, so that others need not wait. After an error, the next view reads.
        """
        now, grants = self._clock(), self._grants()
        lately = [
            (key, kept)
            for key, kept in self._kept.items()
            if abs(now - kept.viewed) < VIEWED_SECONDS and kept.lasts and key[2] == grants
        ]
        if not lately:
            return
        with suppress(PrometheusError, OSError):
            moment = await asyncio.shield(self.begin(AGAIN_SECONDS))
            if moment.newest is None or moment.at - moment.newest < SETTLED_SECONDS:
                return
            ended = [(key, kept) for key, kept in lately if not _has_failed(kept.reading) and not kept.holds_at(moment)]
            for number in range(0, len(ended), MOST_USERS):
                some = [(key, kept) for key, kept in ended[number : number + MOST_USERS] if self._kept.get(key) is kept]
                again = [self._kept_at(moment, key) for key, _ in some]
                readings = await asyncio.gather(*(asyncio.shield(kept.reading) for kept in again))
                now = self._clock()
                summaries = [
                    (old.summary, _summary(key, kept, reading, now))
                    for (key, old), kept, reading in zip(some, again, readings, strict=True)
                ]
                self._replace([(old, new) for old, new in summaries if old is not None])


def _summary(key: _Key, kept: _Kept, reading: Reading, now: float) -> Summary:
    """Return the summary of a reading that is there: the same object while it has not changed."""
    if kept.summary is None or kept.summary.state != state_of(reading, now):
        kept.summary = summarize(key[0], tuple(sorted(key[1])), kept.limits, reading, now)
    return kept.summary


def _has_failed(task: asyncio.Future[Moment] | asyncio.Future[Reading]) -> bool:
    """Return whether there is an error. As a callback, it marks the error as seen, for requests may have ended."""
    return task.done() and (task.cancelled() or task.exception() is not None)
