"""Summaries by username: read in threads, kept for seconds."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from hubmeter_hub.quotas.policy import Limit, Policies, limits_for
from hubmeter_hub.usage_page.summary import Reading, Summary, summarize
from hubmeter_promql.client import PrometheusError

log = logging.getLogger("hubmeter.usage_page")

KEPT_SECONDS: Final = 15.0
# The limit for all queries of one summary.
DEADLINE_SECONDS: Final = 15.0
THREADS: Final = 8

# From (username, limits) to a reading, which has the recorded limits where None are given; may raise PrometheusError.
Read = Callable[[str, tuple[Limit, ...] | None], Reading]


class SummaryCache:
    """Summaries of users; one is kept for ``kept`` seconds, and concurrent requests share one reading."""

    def __init__(
        self, read: Read, policies: Policies | None, clock: Callable[[], float], kept: float = KEPT_SECONDS
    ) -> None:
        """Send no query yet. Without ``policies`` the recorded limits apply; ``clock`` returns unix seconds."""
        self._read = read
        self._policies = policies
        self._clock = clock
        self._kept = kept
        self._threads = ThreadPoolExecutor(THREADS, "prometheus")
        self._answers: dict[tuple[str, frozenset[str]], tuple[float, asyncio.Task[Summary]]] = {}

    async def of(self, username: str, groups: frozenset[str]) -> Summary:
        """Return the summary of a user in these groups."""
        now = self._clock()
        key = (username, groups)
        self._answers = {k: answer for k, answer in self._answers.items() if answer[0] > now}
        if key not in self._answers:
            self._answers[key] = (now + self._kept, asyncio.create_task(self._ask(username, groups, now)))
        # The first request may be cancelled; the others still wait for the answer.
        return await asyncio.shield(self._answers[key][1])

    async def _ask(self, username: str, groups: frozenset[str], now: float) -> Summary:
        limits = None if self._policies is None else limits_for(self._policies, username, groups)
        loop = asyncio.get_running_loop()
        reading: Reading | None = None
        try:
            asked = loop.run_in_executor(self._threads, self._read, username, limits)
            reading = await asyncio.wait_for(asked, DEADLINE_SECONDS)
        except PrometheusError as error:
            log.warning("no usage for %r: %s", username, error)
        except TimeoutError:
            log.warning("no usage for %r: Prometheus took longer than %s s", username, DEADLINE_SECONDS)
        return summarize(username, tuple(sorted(groups)), limits, reading, now)
