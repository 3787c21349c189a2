"""The refresh loop of both exporters: its times, its failures, and the page that is served meanwhile."""

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, NoReturn

from hubmeter_exporter.exposition import Page, RefreshStatus

FIRST_RETRY_SECONDS: Final = 30.0
STALE_INTERVALS: Final = 3

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Freshness:
    """The age of an exporter's data.

    Attributes:
        missing: A sentence about data that were never read; None if there are none.
        current_at: Unix time at which the data were current.
    """

    missing: str | None
    current_at: float | None


@dataclass(frozen=True)
class _Published:
    """Everything that other threads read. It is replaced as one object, so that page and readiness agree."""

    page: Page
    freshness: Freshness
    failures: tuple[str, ...]


class RefreshLoop(ABC):
    """Keeps a page of metrics up to date.

    One thread refreshes. Any thread may read ``page`` and call ``not_ready``: a published page is complete and never
    changes.
    """

    stale: ClassVar[str]  # the beginning of a sentence about old data, such as "the users were last read"

    def __init__(
        self, *, interval: float, version: str, reasons: Iterable[tuple[str, ...]], clock: Callable[[], float]
    ) -> None:
        """Take the seconds between two refreshes, and the (source, reason) of every possible failure."""
        self._interval = interval
        self._version = version
        self._clock = clock
        self._start = clock()
        self._errors = dict.fromkeys(reasons, 0)
        self._failing: dict[str, tuple[str, str]] = {}  # source -> reason, message. An error would keep its frames.
        self._failures = 0
        self._last_refresh: float | None = None
        self._last_duration: float | None = None
        self._last_error: float | None = None

    @property
    def page(self) -> Page:
        """The page after the last attempt."""
        return self._published.page

    def run(self) -> NoReturn:
        """Refresh at the interval, sooner after a failure, for ever."""
        while True:
            self.refresh()
            time.sleep(self.next_wait())

    def refresh(self) -> bool:
        """Make an attempt and publish its page. Return whether it succeeded."""
        start = self._clock()
        succeeded = self._attempt()
        if succeeded:
            self._last_refresh = self._clock()
            self._last_duration = self._last_refresh - start
            self._failures = 0
        else:
            self._last_error = self._clock()
            self._failures += 1
        self._publish()
        return succeeded

    def next_wait(self) -> float:
        """Return the seconds to the next attempt: the interval; after failures 30 s, 60 s, ... up to it."""
        if not self._failures:
            return self._interval
        return min(FIRST_RETRY_SECONDS * 2.0 ** min(self._failures - 1, 30), self._interval)

    def not_ready(self) -> str | None:
        """Return why the page is unreliable, or None if it is reliable."""
        published = self._published
        failures = "".join(f"; the last attempt failed: {message}" for message in published.failures)
        if published.freshness.missing:
            return f"{published.freshness.missing}{failures}"
        age = self._clock() - (published.freshness.current_at or 0)
        if age > STALE_INTERVALS * self._interval:
            return (
                f"{self.stale} {age:.0f} s ago, more than {STALE_INTERVALS} intervals of {self._interval:g} s{failures}"
            )
        return None

    @abstractmethod
    def _attempt(self) -> bool:
        """Bring the data up to date. Return whether that succeeded; every failure is reported to `_failed`."""

    @abstractmethod
    def _render(self) -> tuple[Page, Freshness]:
        """Return the page of the present data, with the metrics of `_status`, and the age of the data."""

    def _status(self) -> RefreshStatus:
        return RefreshStatus(
            version=self._version,
            start=self._start,
            interval=self._interval,
            errors=dict(self._errors),
            last_refresh=self._last_refresh,
            last_duration=self._last_duration,
            last_error=self._last_error,
        )

    def _publish(self) -> None:
        """Replace the page by one of the present data. A subclass publishes the first one."""
        page, freshness = self._render()
        self._published = _Published(page, freshness, tuple(message for _, message in self._failing.values()))

    def _failed(self, source: str, reason: str, error: Exception, kept: str) -> None:
        """Count a failure. Log the first of a series with one cause; ``kept`` says what is exported meanwhile."""
        self._errors[source, reason] = self._errors.get((source, reason), 0) + 1
        repeated = source in self._failing and self._failing[source][0] == reason
        self._failing[source] = (reason, str(error))
        level = logging.DEBUG if repeated else logging.ERROR
        _log.log(level, "Reading from %s failed; %s: %s.", source, kept, error)

    def _recovered(self, source: str) -> None:
        """Log the end of a series of failures."""
        if self._failing.pop(source, None):
            _log.info("Reading from %s succeeds again.", source)
