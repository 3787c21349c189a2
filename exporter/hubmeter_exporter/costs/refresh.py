"""The refresh of the cost exporter: reads the bills that are due into the ledger and calculates unit prices."""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from hubmeter_exporter.costs.capacity import advice, unknown
from hubmeter_exporter.costs.estimates import Horizon, estimate
from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.metrics import BillStatus, Snapshot, render
from hubmeter_exporter.costs.model import Source, SourceError
from hubmeter_exporter.costs.prices import Allocation, Capacity
from hubmeter_exporter.costs.reconciliation import Balance, balances, hub_sentences, total
from hubmeter_exporter.exposition import Page
from hubmeter_exporter.refresh_loop import Freshness, RefreshLoop
from hubmeter_promql.client import (
    BadAnswerError,
    BadQueryError,
    PrometheusError,
    TimedOutError,
    TooMuchError,
    UnreachableError,
)

UNPRICED_WAIT: Final = 300.0  # seconds to the next attempt while today has no price
LOOK_BACK: Final = timedelta(days=7)  # for the estimate of the first exported day
PROMETHEUS: Final = "prometheus"  # as a source of errors
PROMETHEUS_REASONS: Final = {
    UnreachableError: "connection",
    TimedOutError: "timeout",
    BadQueryError: "query",
    TooMuchError: "too_much",
    BadAnswerError: "answer",
    PrometheusError: "other",
}
_BETWEEN_COPIES: Final = 1.0  # seconds; copying a year takes several refreshes, so that prices are not late
_USAGE_STAYS: Final = "the usage copied before stays"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """The days and times of refreshes.

    Attributes:
        days: Number of exported days, including today.
        history_days: Number of days to read, including today.
        interval: Seconds between two refreshes.
    """

    days: int
    history_days: int
    interval: float


class CostRefresher(RefreshLoop):
    """Keeps the ledger and the page."""

    stale = "prices were last calculated"

    def __init__(
        self,
        source: Source,
        ledger: Ledger,
        usage: Callable[[date, date], Mapping[tuple[date, str, str], float]],
        allocation: Allocation,
        schedule: Schedule,
        *,
        capacity: Callable[[date, date], Capacity] = lambda *_: {},
        prefix: str,
        version: str,
        copy: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the parts.

        Args:
            source: Of bills.
            ledger: Stores them.
            usage: Returns the usage of users by (day, namespace, driver), from the first to the last day.
            allocation: Of bills to users.
            schedule: The days and times of refreshes.
            capacity: Returns the capacity of drivers, like the usage.
            prefix: Of all metrics.
            version: Of this package.
            copy: Copies some of the usage into the ledger. Returns whether all of it is copied.
            clock: Returns the Unix time in seconds.
        """
        reasons = [(source.name, reason) for reason in (*source.reasons, "ledger")]
        reasons += [(PROMETHEUS, reason) for reason in PROMETHEUS_REASONS.values()]
        super().__init__(interval=schedule.interval, version=version, reasons=reasons, clock=clock)
        self._source = source
        self._ledger = ledger
        self._usage = usage
        self._capacity = capacity
        self._allocation = allocation
        self._schedule = schedule
        self._prefix = prefix
        self._copy = copy
        self._copied = True
        self._snapshot = Snapshot()
        self._priced_at: float | None = None
        self._emptied: list[date] = []
        self._namespaces: frozenset[str] = frozenset()  # with usage
        self._unknown_capacity: list[str] = []
        self._advice: list[str] = []
        self._logged: set[str] = set()
        self._publish()

    def next_wait(self) -> float:
        """Return the seconds to the next attempt: the shorter interval; after failures 30 s, 60 s, ... up to it.

        A refresh at midnight UTC gives the new day its price. While today has no price, as in a new installation that
        has no usage yet, the next attempt is soon.
        """
        if not self._copied:
            return _BETWEEN_COPIES
        wait = min(super().next_wait(), self._source.interval)
        if not any(price.day == self._ledger.today() for price in self._snapshot.prices):
            wait = min(wait, UNPRICED_WAIT)
        return min(wait, 86_400 - self._clock() % 86_400 + 1)

    def warnings(self) -> list[str]:
        """Return sentences about files that do not count, and settings that probably exclude costs, at most 20."""
        return [*self._advice, *(file.sentence for file in self._source.report().skipped)][:20]

    def _attempt(self) -> bool:
        # First price the bills in the ledger: a cloud that does not answer must not delay the prices of a new day.
        priced = self._price()
        self._publish()
        rows_read = self._read()
        if rows_read:
            priced = self._price()
        return self._copy_usage() and priced and rows_read is not None

    def _copy_usage(self) -> bool:
        """Copy usage into the ledger. Return whether that succeeded."""
        self._copied = True  # after a failure, until the next attempt
        try:
            self._copied = self._copy()
        except SourceError as error:
            self._failed(self._source.name, error.reason, error, _USAGE_STAYS)
            return False
        except PrometheusError as error:
            self._failed(PROMETHEUS, _reason(error), error, _USAGE_STAYS)
            return False
        return True

    def _read(self) -> bool | None:
        """Read the days that are due. Return whether there were any, or None after a failure."""
        source, ledger = self._source, self._ledger
        try:
            due = ledger.due(self._schedule.history_days, source.revises, source.interval, source.basis)
            if due is None:
                return False
            rows = source.bill(*due)
            ledger.put(*due, rows, source.basis, source.report().parts)
            emptied = ledger.emptied()
        except SourceError as error:
            self._failed(source.name, error.reason, error, "the bills read before stay")
            return None
        self._recovered(source.name)
        _log.debug("Read %d rows of the days from %s to %s.", len(rows), *due)
        if emptied != self._emptied:
            self._emptied = emptied
            if emptied:
                _log.warning(
                    "The source no longer has the costs, or most costs of a hub, of %d days (%s to %s) that it had "
                    "before; the ledger keeps them. See docs/costs.md, 'Days that disappear'.",
                    len(emptied),
                    emptied[0],
                    emptied[-1],
                )
        return True

    def _price(self) -> bool:
        """Calculate the prices from the ledger and the usage. Return whether that succeeded."""
        today = self._ledger.today()
        first = today - timedelta(days=self._schedule.days - 1)
        try:
            rows = self._ledger.rows(first - LOOK_BACK, today)
        except SourceError as error:
            self._failed(self._source.name, error.reason, error, "the last prices stay")
            return False
        exported = [row for row in rows if row.day >= first]
        try:
            usage = self._usage(first - LOOK_BACK, today) if rows else {}
            idle = rows and self._allocation.idle != "shared"
            capacity = self._capacity(first - LOOK_BACK, today) if idle else {}
        except PrometheusError as error:
            self._failed(PROMETHEUS, _reason(error), error, "the last prices stay")
            self._snapshot = replace(self._snapshot, rows=exported)
            return False
        self._recovered(PROMETHEUS)
        self._namespaces = frozenset(namespace for _, namespace, _ in usage)
        known = estimate(rows, usage, self._allocation, capacity, first, self._horizon(today))
        self._unknown_capacity = unknown(known.prices, capacity) if idle else []
        self._snapshot = Snapshot(exported, known.prices, known.unallocated)
        self._priced_at = self._clock()
        return True

    def _horizon(self, today: date) -> Horizon:
        elapsed = self._clock() % 86_400 / 86_400
        if self._source.complete:
            # Yesterday has the present price list, if it has changed.
            return Horizon(today - timedelta(1), today, elapsed, days=1)
        return Horizon(self._ledger.newest_settled(), today, elapsed)

    def _render(self) -> tuple[Page, Freshness]:
        """Return the page of the present data and their age; if the ledger is unreadable, without its metrics."""
        bill, read = BillStatus(self._source.name, self._source.report(), unknown=self._unknown_capacity), False
        try:
            bill = replace(
                bill,
                newest=self._ledger.newest(),
                missing=len(self._ledger.missing()),
                emptied=len(self._ledger.emptied()),
                balances=self._balances(),
            )
            self._advise(bill.balances)
            read = bool(self._ledger.read_at(self._source.basis))
        except SourceError as error:
            self._failed(self._source.name, error.reason, error, "the last prices stay")
        missing = None
        if not read and bill.newest is None:
            missing = "no bill has been read yet"
        elif self._priced_at is None:
            missing = "the bills have not been priced yet"
        return render(self._snapshot, bill, self._status(), self._prefix), Freshness(missing, self._priced_at)

    def _balances(self) -> list[Balance]:
        """Return the balances of the exported days whose input is known."""
        today = self._ledger.today()
        first = today - timedelta(days=self._schedule.days - 1)
        found = balances(self._ledger.rows(first, today), self._ledger.parts(first, today))
        return [balance for balance in found if balance.input is not None]

    def _advise(self, found: Sequence[Balance]) -> None:
        """Keep a sentence for each setting that probably excludes costs, and log new ones; amounts may change."""
        self._advice = [
            *advice(self._unknown_capacity),
            *self._source.advice(total(found).excluded),
            *hub_sentences(self._snapshot.rows, self._namespaces),
        ]
        for sentence in self._advice:
            if (key := re.sub(r"[\d.]+ USD", "", sentence)) not in self._logged:
                self._logged.add(key)
                _log.warning("%s.", sentence)


def _reason(error: PrometheusError) -> str:
    return next(reason for kind, reason in PROMETHEUS_REASONS.items() if isinstance(error, kind))
