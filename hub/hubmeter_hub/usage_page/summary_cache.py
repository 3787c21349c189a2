"""Summaries by username, kept for seconds."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from hubmeter_hub.quotas.policy import Grant, Limit, Policies, limits_for
from hubmeter_hub.usage_page.reading import DEADLINE_SECONDS
from hubmeter_hub.usage_page.summary import Reading, Summary, summarize
from hubmeter_promql.client import PrometheusError

log = logging.getLogger("hubmeter.usage_page")

KEPT_SECONDS: Final = 15.0
# The summaries kept at most, about 10 KB each: more users read again.
MOST_KEPT: Final = 1000

# From (username, limits) to a reading, which has the recorded limits where None are given; may raise PrometheusError,
# or OSError for a token file.
Read = Callable[[str, tuple[Limit, ...] | None], Awaitable[Reading]]

_Key = tuple[str, frozenset[str], tuple[Grant, ...]]


class SummaryCache:
    """Summaries of users; each is kept for ``kept`` seconds, and concurrent requests share one reading."""

    def __init__(
        self,
        read: Read,
        policies: Policies | None,
        clock: Callable[[], float],
        kept: float = KEPT_SECONDS,
        grants: Callable[[], tuple[Grant, ...]] = tuple,
    ) -> None:
        """Send no query yet. Without ``policies`` the recorded limits apply; ``clock`` returns unix seconds.

        ``grants`` returns those that are active; summaries are not kept longer than they are the same.
        """
        self._read = read
        self._policies = policies
        self._clock = clock
        self._kept = kept
        self._grants = grants
        self._answers: dict[_Key, tuple[float, asyncio.Task[Summary]]] = {}  # oldest first

    async def of(self, username: str, groups: frozenset[str]) -> Summary:
        """Return the summary of a user in these groups."""
        now = self._clock()
        key = (username, groups, self._grants())
        self._forget(lambda until: until <= now)
        if key not in self._answers:
            self._forget(lambda _: len(self._answers) >= MOST_KEPT)
            self._answers[key] = (now + self._kept, asyncio.create_task(self._ask(*key, now)))
        # The first request may be cancelled; the others still wait for the answer.
        return await asyncio.shield(self._answers[key][1])

    def _forget(self, condition: Callable[[float], bool]) -> None:
        """Forget the oldest summaries while the condition holds for the time until which the oldest is kept."""
        while self._answers and condition(next(iter(self._answers.values()))[0]):
            del self._answers[next(iter(self._answers))]

    async def _ask(self, username: str, groups: frozenset[str], grants: tuple[Grant, ...], now: float) -> Summary:
        limits = None if self._policies is None else limits_for(self._policies, username, groups, grants)
        reading: Reading | None = None
        try:
            reading = await asyncio.wait_for(self._read(username, limits), DEADLINE_SECONDS)
        except TimeoutError:
            log.warning("no usage for %r: Prometheus took longer than %s s", username, DEADLINE_SECONDS)
        except (PrometheusError, OSError) as error:
            log.warning("no usage for %r: %s", username, error)
        return summarize(username, tuple(sorted(groups)), limits, reading, now)
