"""Readings of many users in few queries, for starts and page views: users who wait share the next one.

Prometheus evaluates one query for a hundred users faster than a hundred queries. A query ends at its timeout, however
slowly the answer arrives. After two failures the circuit is open: users get the error at once, and one query every few
seconds tests whether Prometheus answers again.
"""

import asyncio
import copy
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import requests

from hubmeter_common.deadline import Deadline, DeadlineAdapter
from hubmeter_hub.quotas.usage import BUCKET, HOUR, Usage, Window, leaves_at, read_buckets, read_usages
from hubmeter_promql.client import (
    Prometheus,
    PrometheusError,
    TimedOutError,
    TooMuchError,
    UnreachableError,
)

log = logging.getLogger("hubmeter.quotas")

# Separate threads: the default threads of the event loop also resolve names, and must not wait for Prometheus.
THREADS: Final = 4
# Users in a query. Larger ones are slower, and some engines limit the series of a query.
MOST_USERS: Final = 100
# Points in the answer to a range query, for times to try again: 1 MB of JSON.
MOST_POINTS: Final = 40_000
# Consecutive failures that open the circuit, and the seconds until a query tries again.
FAILURES: Final = 2
OPEN_SECONDS: Final = 5.0


class Circuit:
    """Whether queries are sent. Only failures to answer in time count, not errors that Prometheus returns."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin closed. ``clock`` returns seconds."""
        self._clock = clock
        self._failures = 0
        self._opened = -math.inf
        self._error: Exception | None = None

    @property
    def is_tried(self) -> bool:
        """Whether the last query failed, so that only one query is sent at a time."""
        return self._failures > 0

    def refusal(self) -> Exception | None:
        """Return the last error while no query is sent; None where one may be sent."""
        is_open = self._failures >= FAILURES and self._clock() - self._opened < OPEN_SECONDS
        return copy.copy(self._error) if is_open else None

    def answered(self) -> None:
        """Close the circuit."""
        if self._failures >= FAILURES:
            log.info("Quota: Prometheus answers again.")
        self._failures, self._error = 0, None

    def failed(self, error: Exception) -> None:
        """Count a failure."""
        self._failures += 1
        self._opened, self._error = self._clock(), error
        if self._failures == FAILURES:
            log.warning("Quota: Prometheus does not answer; it is queried every %g s until it does.", OPEN_SECONDS)


@dataclass(frozen=True)
class Kind:
    """Queries that may be merged into one. Those that decide are sent before all others, those that wait after them.

    Attributes:
        key: Equal for queries that may be merged.
        read: Returns the answers by username; blocks.
        merge: Returns what two requests for the same user ask together.
        most: The most users in one query.
        decides: Whether this is the first query of a decision or page. Its failures open the circuit, which refuses it
            then.
        waits: Whether other queries are sent before: so it is for times to try again, whose queries read the most.
    """

    key: object
    read: Callable[[Prometheus, Mapping[str, Any]], Mapping[str, Any]] = field(compare=False)
    merge: Callable[[Any, Any], Any] = field(compare=False)
    most: int
    decides: bool
    waits: bool = False


@dataclass
class _Batch:
    """Users who wait: what is asked for each, and the futures of the answers."""

    kind: Kind
    wanted: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, list[asyncio.Future[Any]]] = field(default_factory=dict)

    def add(self, username: str, wanted: Any) -> asyncio.Future[Any]:
        earlier = self.wanted.get(username)
        self.wanted[username] = wanted if earlier is None else self.kind.merge(earlier, wanted)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(username, []).append(future)
        return future

    def take(self, count: int) -> "_Batch":
        """Remove the first ``count`` users, and return them, without those who no longer wait."""
        for username in [name for name, futures in self.waiting.items() if all(f.done() for f in futures)]:
            del self.wanted[username], self.waiting[username]
        taken = _Batch(self.kind)
        for username in list(self.wanted)[:count]:
            taken.wanted[username] = self.wanted.pop(username)
            taken.waiting[username] = self.waiting.pop(username)
        return taken

    def answer(self, answers: Mapping[str, Any]) -> None:
        for username, futures in self.waiting.items():
            for future in futures:
                if not future.done():  # its start may have been cancelled
                    future.set_result(answers[username])

    def fail(self, error: Exception) -> None:
        for futures in self.waiting.values():
            for future in futures:
                if not future.done():
                    # A copy: an exception that is raised again keeps all its tracebacks.
                    future.set_exception(copy.copy(error) if isinstance(error, PrometheusError) else error)


class Readings:
    """Reads for users in threads. Used from one event loop at a time."""

    def __init__(
        self,
        url: str,
        session: Callable[[], requests.Session],
        timeout: float,
        hub: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
        threads: int = THREADS,
    ) -> None:
        """Send no query yet.

        Args:
            url: The URL of Prometheus.
            session: Returns a new session with the credentials for Prometheus.
            timeout: Seconds for each query, from its start to the end of the answer.
            hub: The labels of the hub's series.
            clock: Seconds, for the circuit.
            threads: The queries that run at a time.
        """
        self._url = url
        self._session = session
        self._timeout = timeout
        self._hub = hub
        self._circuit = Circuit(clock)
        self._most = threads
        self._threads = ThreadPoolExecutor(threads, "hubmeter-quota")
        self._local = threading.local()
        self._queue: list[_Batch] = []
        self._sends_in: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._running: set[Future[Any]] = set()
        self._usage = Kind("usage", self._read_usages, frozenset.union, MOST_USERS, decides=True)

    async def usage(self, username: str, windows: frozenset[Window]) -> Usage:
        """Return a user's usage in the windows, as `read_usage` does at the moment of the query.

        Raises:
            PrometheusError: if there is no answer.
            OSError: for a token file that cannot be read, and other errors of requests.
        """
        usage: Usage = await self.ask(self._usage, username, windows)
        return usage

    async def retry_at(
        self, username: str, window: Window, used: float, at: float, fits: Callable[[float], bool]
    ) -> float | None:
        """Return the unix second at which enough usage has left the window, if nothing is added; None if it never does.

        Args:
            username: The user's name in series.
            window: The window.
            used: The usage in the window.
            at: The end of the window in unix seconds. Users with the same one share a query.
            fits: Whether a usage is small enough.

        Raises:
            PrometheusError: if there is no answer within the timeout, the wait for other queries included.
            OSError: as for ``usage``.
        """
        if not fits(0.0):
            return None

        def read(prometheus: Prometheus, used: Mapping[str, float]) -> Mapping[str, tuple[tuple[float, float], ...]]:
            return read_buckets(prometheus, self._hub, used, window, at)

        most = max(MOST_POINTS * BUCKET // (window[1] * HOUR), 1)
        kind = Kind((window, at), read, max, most, decides=False, waits=True)
        try:
            buckets = await asyncio.wait_for(self.ask(kind, username, used), self._timeout)
        except TimeoutError as error:
            raise self._timed_out() from error
        return leaves_at(buckets, window[1], fits)

    def run(self, function: Callable[[Prometheus], None]) -> None:
        """Run a function in a thread, without waiting for it."""
        self._threads.submit(lambda: function(self._client()))

    def close(self) -> None:
        """Wait for the queries that are running, and take no more."""
        self._threads.shutdown()

    def ask(self, kind: Kind, username: str, wanted: Any) -> asyncio.Future[Any]:
        """Return the future of the answer for a user, from the next query of this kind.

        Raises:
            PrometheusError: in the future, if there is no answer.
            OSError: in the future, as for ``usage``.
        """
        if kind.decides and (refusal := self._circuit.refusal()):
            refused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            refused.set_exception(refusal)
            return refused
        batch = next((batch for batch in self._queue if batch.kind == kind), None)
        if batch is None:
            batch = _Batch(kind)
            self._queue.append(batch)
            self._queue.sort(key=lambda queued: (not queued.kind.decides, queued.kind.waits))
        answer = batch.add(username, wanted)
        self._send_soon()
        return answer

    def _send_soon(self) -> None:
        """Send queries in the next turn of the event loop, once: users who come in this turn share them."""
        loop = asyncio.get_running_loop()
        if self._sends_in is not loop:
            self._sends_in = loop
            loop.call_soon(self._send)

    def _send(self) -> None:
        """Send queries for the users who wait: one at a time after a failure, else as many as there are threads."""
        self._sends_in = None
        loop = asyncio.get_running_loop()
        self._tasks = {task for task in self._tasks if not task.done() and task.get_loop() is loop}
        self._running = {future for future in self._running if not future.done()}
        lines = 1 if self._circuit.is_tried else self._most
        while self._queue and len(self._tasks) < lines and len(self._running) < self._most:
            batch = self._queue[0].take(self._queue[0].kind.most)
            self._queue = [waiting for waiting in self._queue if waiting.wanted]
            if not batch.wanted:
                continue
            running = self._threads.submit(self._read, batch)
            self._running.add(running)
            running.add_done_callback(partial(self._ended, loop))
            self._tasks.add(loop.create_task(self._answer(batch, running)))
        if self._queue and not self._tasks:
            # No query is awaited, and no thread is free: those that run have not ended at their timeout, for example
            # because they resolve a name, which has none.
            self._fail_all([], self._timed_out())

    def _ended(self, loop: asyncio.AbstractEventLoop, _: object) -> None:
        with suppress(RuntimeError):  # the event loop has ended
            loop.call_soon_threadsafe(self._send_soon)

    async def _answer(self, batch: _Batch, running: Future[Mapping[str, Any]]) -> None:
        """Give the users of a batch the answer. Afterwards, the next batches are sent."""
        try:
            batch.answer(await asyncio.wait_for(asyncio.wrap_future(running), self._timeout))
            self._circuit.answered()
        except TimeoutError:
            self._fail(batch, self._timed_out())
        except (TimedOutError, UnreachableError) as error:
            self._fail(batch, error)
        except TooMuchError as error:
            if len(batch.wanted) == 1:
                batch.fail(error)
            else:
                self._queue[:0] = [batch.take(len(batch.wanted) // 2), batch]
        except Exception as error:  # noqa: BLE001 # the users who wait get it
            batch.fail(error)
        self._send_soon()

    def _fail(self, batch: _Batch, error: PrometheusError) -> None:
        if batch.kind.decides:
            self._circuit.failed(error)
            self._fail_all([batch], error)
        else:
            batch.fail(error)

    def _fail_all(self, batches: Sequence[_Batch], error: PrometheusError) -> None:
        """Fail the batches and all who wait for the next query: they would wait for as long again."""
        for batch in (*batches, *self._queue):
            batch.fail(error)
        self._queue = []

    def _timed_out(self) -> TimedOutError:
        return TimedOutError(f"Prometheus did not answer within {self._timeout:g} s")

    def _read_usages(self, prometheus: Prometheus, wanted: Mapping[str, frozenset[Window]]) -> Mapping[str, Usage]:
        return read_usages(prometheus, self._hub, wanted)

    def _read(self, batch: _Batch) -> Mapping[str, Any]:
        return batch.kind.read(self._client(), dict(batch.wanted))

    def _client(self) -> Prometheus:
        """Return the client of this thread, with a deadline from now on."""
        if not hasattr(self._local, "client"):
            session, deadline = self._session(), Deadline(self._timeout)
            for scheme in ("http://", "https://"):
                session.mount(scheme, DeadlineAdapter(deadline))
            self._local.deadline = deadline
            self._local.client = Prometheus(self._url, session, self._timeout, deadline.left)
        self._local.deadline.restart(self._timeout)
        client: Prometheus = self._local.client
        return client
