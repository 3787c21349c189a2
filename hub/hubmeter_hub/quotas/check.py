"""The check in the hub: shared queries outside the event loop, a cache of seconds, and a refusal by exception."""

import asyncio
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from logging import Logger
from typing import Any, Final

import requests
from tornado.web import HTTPError

from hubmeter_hub.quotas import messages, words
from hubmeter_hub.quotas.decision import Excess, excesses
from hubmeter_hub.quotas.grants import GrantsFile
from hubmeter_hub.quotas.local_time import element
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.policy import Limit, Policies, limits_for
from hubmeter_hub.quotas.progress import Remaining
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.quotas.requested import requested
from hubmeter_hub.quotas.running import RunningServers
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.quotas.usage import HOUR, Usage, history_query, require_decidable
from hubmeter_hub.refusal import refuse
from hubmeter_promql.client import Prometheus, PrometheusError
from hubmeter_promql.retention import kept_seconds

_RETRY_SOON: Final = 60

_Question = tuple[str, tuple[Limit, ...], tuple[tuple[str, float], ...]]
_Answer = tuple[tuple[Excess, ...], Usage]


class QuotaCheck:
    """Decides whether a spawner's server may start. Used from one event loop."""

    def __init__(
        self,
        manager: UsageQuotaManager,
        policies: Policies,
        metrics: QuotaMetrics,
        session: Callable[[], requests.Session],
        grants: GrantsFile | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Send no query yet.

        Args:
            manager: The options.
            policies: Those of the manager.
            metrics: The metrics of this process.
            session: Returns a new session with the credentials for Prometheus.
            grants: The grants that are added to limits.
            clock: Seconds, for the cache and for the pauses after failures.
        """
        self._manager = manager
        self._policies = policies
        self._metrics = metrics
        self._grants = grants or GrantsFile("")
        self._readings = Readings(manager.prometheus_url, session, manager.prometheus_timeout, manager.labels(), clock)
        self._running = RunningServers(self._readings, manager.labels())
        self._exported_name = manager.names()
        self._clock = clock
        self._cached: dict[_Question, tuple[float, _Answer]] = {}
        self._logged_starts: dict[int, float] = {}
        self.remaining = Remaining(self._readings, self._wanted, time.time)

    def log_history(self, log: Logger) -> None:
        """Log, from a thread, whether Prometheus has the usage of the longest window, as the hub starts."""
        policies = (*self._policies.policies, *self._policies.fallback)
        if policies:
            hours = max(policy.window_hours for policy in policies)
            self._readings.run(lambda prometheus: self._log_history(prometheus, log, hours))

    def close(self) -> None:
        """Wait for the queries that are running, and take no more."""
        self._readings.close()

    def _log_history(self, prometheus: Prometheus, log: Logger, hours: int) -> None:
        try:
            kept = kept_seconds(prometheus)
            rows = prometheus.instant(history_query(self._manager.labels()))
        except (PrometheusError, OSError) as error:
            log.warning("Quota: it is unknown since when usage is recorded: %s", _sentence(error))
            return
        if kept is not None and kept < hours * HOUR:
            log.warning(
                "Quota: Prometheus keeps %s, but limits count %s: older usage is not counted. Raise "
                "--storage.tsdb.retention.time of Prometheus, or choose shorter windows.",
                words.wait(kept),
                words.window(hours),
            )
        for row in rows:
            self._log_start(log, Usage({}, row.timestamp, None, row.value), [hours])

    def _log_start(self, log: Logger, usage: Usage, windows: Iterable[int]) -> None:
        """Log the windows that recorded usage does not cover, if that is new or the usage's start has moved."""
        for hours in windows:
            start = usage.counted_since(hours)
            if start is None or start - self._logged_starts.get(hours, -math.inf) < HOUR:
                continue
            self._logged_starts[hours] = start
            log.warning(
                "Quota: usage is recorded since %s, so limits for %s are decided on the usage since then.",
                datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%MZ"),
                words.window(hours),
            )

    async def __call__(self, spawner: Any) -> None:
        """Check one server, and return if it may start.

        Raises:
            HTTPError: (on JupyterHub 6, SpawnException) if it may not start, with the message for the user.
        """
        username = spawner.user.name
        groups = [group.name for group in spawner.user.groups]
        limits = limits_for(self._policies, username, groups, self._grants.active())
        if not limits:
            self._metrics.decided("allowed")
            return
        wanted = await self._wanted(spawner) if self._manager.count_requested else {}
        try:
            with self._metrics.timed():
                denied_by, usage = await self._excesses(spawner, (username, limits, tuple(sorted(wanted.items()))))
        except (PrometheusError, OSError) as error:  # OSError: a missing token file, and all errors of requests
            self._failed(spawner, error)
            return
        if denied_by:
            self._deny(spawner, denied_by)
        self._metrics.decided("allowed")
        self.remaining.allowed(spawner, self._exported_name(username), limits, usage)

    async def warnings(self, username: str, groups: frozenset[str], log: Logger) -> tuple[str, ...]:
        """Return the messages about limits that a user's running servers soon reach or have passed.

        There are none while that is unknown.
        """
        limits = tuple(
            limit
            for limit in limits_for(self._policies, username, groups, self._grants.active())
            if limit.when_exceeded is not None
        )
        if not limits:
            return ()
        name = self._exported_name(username)
        windows = frozenset((limit.resource, limit.window_hours) for limit in limits)
        try:
            usage = await self._readings.usage(name, windows)
        except (PrometheusError, OSError) as error:
            log.warning("Quota: no warning for %s: %s", username, _sentence(error))
            return ()
        now = time.time()
        return tuple(messages.running(found, now) for found in await self._running.prospects(name, limits, usage))

    async def _wanted(self, spawner: Any) -> dict[str, float]:
        """Return one hour of a server."""
        return await requested(spawner, self._manager.gpu_resources)

    async def _excesses(self, spawner: Any, question: _Question) -> _Answer:
        """Return the limits that deny the server, and the usage.

        Raises:
            PrometheusError: if the usage is unknown.
            OSError: likewise.
        """
        now = self._clock()
        self._cached = {key: cached for key, cached in self._cached.items() if cached[0] > now}
        if question in self._cached:
            return self._cached[question][1]
        username, limits, wanted = question
        name = self._exported_name(username)
        usage = await self._readings.usage(name, frozenset((limit.resource, limit.window_hours) for limit in limits))
        require_decidable(usage, self._manager.hub_namespace)
        self._log_start(spawner.log, usage, sorted({limit.window_hours for limit in limits}))

        async def complete(excess: Excess) -> Excess:
            window = (excess.limit.resource, excess.limit.window_hours)
            try:
                retry_at = await self._readings.retry_at(name, window, excess.used, usage.at, excess.fits)
            except (PrometheusError, OSError) as error:
                spawner.log.warning("Quota: no retry time for %s: %s", username, _sentence(error))
                return excess
            return replace(excess, retry_at=retry_at)

        denied_by = await asyncio.gather(*map(complete, excesses(limits, usage.used, dict(wanted))))
        self._cached[question] = (now + self._manager.cache_seconds, (tuple(denied_by), usage))
        return tuple(denied_by), usage

    def _deny(self, spawner: Any, denied_by: tuple[Excess, ...]) -> None:
        self._metrics.decided("denied")
        now = time.time()
        message = messages.denied(denied_by, now)
        retry_at = messages.retry_moment(denied_by)
        log_message = f"Quota: server of {spawner.user.name} denied: {message.text}"
        spawner.log.info("%s", log_message)
        wait = None if retry_at is None else max(math.ceil(retry_at - now), 1)
        raise _refuse(spawner, message, 403 if wait is None else 429, log_message, wait)

    def _failed(self, spawner: Any, error: Exception) -> None:
        """Count and log the failure; deny the server unless ``failover_open``."""
        self._metrics.failed(error)
        text = f"Quota: the usage of {spawner.user.name} is unknown: {_sentence(error)}"
        if self._manager.failover_open:
            self._metrics.decided("failed_open")
            spawner.log.warning("%s. The server starts (failover_open is true).", text)
            return
        self._metrics.decided("failed_closed")
        spawner.log.error("%s. The server is denied (failover_open is false).", text)
        raise _refuse(spawner, messages.unchecked(), 503, text, _RETRY_SOON)


def _refuse(spawner: Any, message: messages.Message, status: int, log_message: str, wait: int | None) -> HTTPError:
    page = message.html + element(spawner.hub.base_url)
    return refuse(spawner, message.text, page, "quota", status, log_message, wait)


def _sentence(error: Exception) -> str:
    """Return the error as text. The text of an error that is not ours may have a URL with credentials."""
    if isinstance(error, PrometheusError):
        return str(error)
    reason = error.strerror if isinstance(error, OSError) else None
    return f"{type(error).__name__}{f': {reason}' if reason else ''}"
