"""When bills are read and priced, and what becomes of it: a new page, or the last good one and a counted error."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NoReturn

from hubmeter_exporter.costs.metrics import Snapshot, Status, render
from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.prices import Allocation, price, repeat
from hubmeter_exporter.refresh import STALE_INTERVALS, retry_wait
from hubmeter_promql.client import (
    BadAnswerError,
    BadQueryError,
    PrometheusError,
    TimedOutError,
    TooMuchError,
    UnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from hubmeter_exporter.costs.ledger import Ledger
    from hubmeter_exporter.costs.model import Source
    from hubmeter_exporter.exposition import Page

LOOK_BACK: Final = timedelta(days=7)  # for the price that the first day shown may have to repeat
PROMETHEUS: Final = "prometheus"  # as a source of errors
PROMETHEUS_REASONS: Final = {
    UnreachableError: "connection",
    TimedOutError: "timeout",
    BadQueryError: "query",
    TooMuchError: "too_much",
    BadAnswerError: "answer",
    PrometheusError: "other",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """How many days, today included, are shown and are read; and the seconds between two refreshes."""

    days: int
    history_days: int
    interval: float


@dataclass(frozen=True)
class _Shown:
    """What other threads see. One reference, so that page and readiness always belong together."""

    page: Page
    priced_at: float | None
    billed: bool
    failing: tuple[str, ...]


class Refresher:
    """Keeps the ledger and the page.

    One thread refreshes, any number read ``page`` and ask ``not_ready``: a page is complete when put there, and
    never changes.
    """

    def __init__(
        self,
        source: Source,
        ledger: Ledger,
        usage: Callable[[date, date], Mapping[tuple[date, str, str], float]],
        allocation: Allocation,
        schedule: Schedule,
        *,
        prefix: str,
        version: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the source, and ``usage``: from two days to (day, namespace, driver) to what users used."""
        self._source = source
        self._ledger = ledger
        self._usage = usage
        self._allocation = allocation
        self._schedule = schedule
        self._prefix = prefix
        self._version = version
        self._clock = clock
        self._snapshot = Snapshot()
        self._errors = {(source.name, reason): 0 for reason in (*source.reasons, "ledger")}
        self._errors |= {(PROMETHEUS, reason): 0 for reason in PROMETHEUS_REASONS.values()}
        self._failing: dict[str, tuple[str, str]] = {}  # by source: reason and sentence
        self._failures = 0
        self._priced_at: float | None = None
        self._last_refresh: float | None = None
        self._last_duration: float | None = None
        self._last_error: float | None = None
        self._kept: list[date] = []
        self._shown = self._show()

    @property
    def page(self) -> Page:
        """The page of the last attempt."""
        return self._shown.page

    def run(self) -> NoReturn:
        """Refresh at the interval, sooner after a failure, for ever."""
        while True:
            self.refresh()
            time.sleep(self.next_wait())

    def refresh(self) -> bool:
        """Read what is due, price it, and swap the page. Return whether all went well."""
        start = self._clock()
        # First with the bills that are there: a cloud that does not answer must not keep today's price from appearing.
        good = self._price()
        self._shown = self._show()
        read = self._read()
        if read is None:
            good = False
        elif read:
            good = self._price()
        if good:
            self._last_refresh = self._clock()
            self._last_duration = self._last_refresh - start
            self._failures = 0
        else:
            self._failures += 1
            self._last_error = self._clock()
        self._shown = self._show()
        return good

    def next_wait(self) -> float:
        """Return the seconds to the next attempt: the shorter interval; after failures 30 s, 60 s, ... up to it.

        A new UTC day has its price at once, so nobody waits across midnight.
        """
        wait = retry_wait(self._failures, min(self._schedule.interval, self._source.interval))
        return min(wait, 86_400 - self._clock() % 86_400 + 1)

    def not_ready(self) -> str | None:
        """Return why bills and prices should not be relied on, or None if they can be."""
        shown = self._shown
        why = "".join(f"; the last attempt failed: {sentence}" for sentence in shown.failing)
        if not shown.billed:
            return f"no bill has been read yet{why}"
        if shown.priced_at is None:
            return f"the bills have not been priced yet{why}"
        age = self._clock() - shown.priced_at
        if age > STALE_INTERVALS * self._schedule.interval:
            return f"prices were last worked out {age:.0f} s ago, every {self._schedule.interval:g} s is wanted{why}"
        return None

    def _read(self) -> bool | None:
        """Read the days that are due. Return whether there were any; None: it failed."""
        source, ledger = self._source, self._ledger
        try:
            due = ledger.due(self._schedule.history_days, source.revises, source.interval, source.basis)
            if due is None:
                return False
            rows = source.bill(*due)
            ledger.put(*due, rows, source.basis)
            emptied = ledger.emptied()
        except SourceError as error:
            self._failed(source.name, error.reason, error, "the bills read before stay")
            return None
        self._went_well(source.name)
        _log.debug("Read %d rows of the days from %s to %s.", len(rows), *due)
        if emptied != self._kept:
            self._kept = emptied
            if emptied:
                _log.warning(
                    "The source has no more costs of %d days (%s to %s) that it had costs of; these are kept as they "
                    "were. See docs/costs.md, 'Days that disappear'.",
                    len(emptied),
                    emptied[0],
                    emptied[-1],
                )
        return True

    def _price(self) -> bool:
        """Work out the prices from the ledger and the usage. Return whether it went well."""
        today = self._ledger.today()
        first = today - timedelta(days=self._schedule.days - 1)
        try:
            rows = self._ledger.rows(first - LOOK_BACK, today)
        except SourceError as error:
            self._failed(self._source.name, error.reason, error, "the page stays as it was")
            return False
        shown = [row for row in rows if row.day >= first]
        try:
            usage = self._usage(first - LOOK_BACK, today) if rows else {}
        except PrometheusError as error:
            reason = next(reason for kind, reason in PROMETHEUS_REASONS.items() if isinstance(error, kind))
            self._failed(PROMETHEUS, reason, error, "the last good prices stay")
            self._snapshot = replace(self._snapshot, rows=shown)
            return False
        self._went_well(PROMETHEUS)
        priced = price(rows, usage, self._allocation)
        self._snapshot = Snapshot(
            shown,
            repeat(priced.prices, first, today, today),
            [left for left in priced.unallocated if left.day >= first],
        )
        self._priced_at = self._clock()
        return True

    def _failed(self, source: str, reason: str, error: Exception, kept: str) -> None:
        self._errors[source, reason] = self._errors.get((source, reason), 0) + 1
        known = source in self._failing and self._failing[source][0] == reason
        self._failing[source] = (reason, str(error))
        level = logging.DEBUG if known else logging.ERROR
        _log.log(level, "%s failed, %s: %s.", source.capitalize(), kept, error)

    def _went_well(self, source: str) -> None:
        if self._failing.pop(source, None):
            _log.info("%s works again.", source.capitalize())

    def _show(self) -> _Shown:
        """Return the page of what is known now; what the ledger does not tell any more is left out."""
        newest, missing, emptied, read = None, 0, 0, False
        try:
            newest, missing, emptied = self._ledger.newest(), len(self._ledger.missing()), len(self._ledger.emptied())
            read = bool(self._ledger.read_at(self._source.basis))
        except SourceError as error:
            self._failed(self._source.name, error.reason, error, "the page stays as it was")
        status = Status(
            version=self._version,
            source=self._source.name,
            interval=self._schedule.interval,
            errors=dict(self._errors),
            report=self._source.report(),
            last_refresh=self._last_refresh,
            last_duration=self._last_duration,
            last_error=self._last_error,
            newest=newest,
            missing=missing,
            emptied=emptied,
        )
        page = render(self._snapshot, status, self._prefix)
        failing = tuple(sentence for _, sentence in self._failing.values())
        return _Shown(page, self._priced_at, read or newest is not None, failing)
