"""When the users are read, and what becomes of it: a new page, or the last good one and a counted error."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from hubmeter_exporter.exposition import Page, Rows, Status, render_page, render_rows
from hubmeter_exporter.hub_api import REASONS, HubError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hubmeter_exporter.exposition import Origin
    from hubmeter_exporter.membership import Accounting, User

FIRST_RETRY_SECONDS: Final = 30.0
STALE_INTERVALS: Final = 3

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Shown:
    """What other threads see. One reference, so that page and readiness always belong together."""

    page: Page
    last_refresh: float | None
    failing: str | None


def retry_wait(failures: int, interval: float) -> float:
    """Return the seconds to wait after so many failures in a row: the interval; after any 30 s, 60 s, ... up to it."""
    return min(FIRST_RETRY_SECONDS * 2.0 ** min(failures - 1, 30), interval) if failures else interval


class Refresher:
    """Keeps the page of one hub.

    One thread refreshes, any number read ``page`` and ask ``not_ready``: a page is complete when put there, and
    never changes.
    """

    def __init__(
        self,
        read_users: Callable[[], Sequence[User]],
        accounting: Accounting,
        origin: Origin,
        *,
        interval: float,
        version: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the source of users, which raises HubError, and the seconds between two refreshes."""
        self._read_users = read_users
        self._accounting = accounting
        self._origin = origin
        self._interval = interval
        self._version = version
        self._clock = clock
        self._errors = dict.fromkeys(REASONS, 0)
        self._rows: Rows | None = None
        self._last_refresh: float | None = None
        self._last_duration: float | None = None
        self._last_error: float | None = None
        self._failures = 0
        self._failing: tuple[str, str] | None = None  # reason and sentence; an error would keep its frames alive
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
        """Read the users and swap the page; on failure keep the good rows in it. Return whether it went well."""
        start = self._clock()
        try:
            users = self._read_users()
        except HubError as error:
            self._failed(error)
        else:
            self._succeeded(users, start)
        self._shown = self._show()
        return self._failing is None

    def next_wait(self) -> float:
        """Return the seconds to the next attempt: the interval; after failures 30 s, 60 s, ... up to it."""
        return retry_wait(self._failures, self._interval)

    def not_ready(self) -> str | None:
        """Return why the page should not be relied on, or None if it can be."""
        shown = self._shown
        why = f"; the last attempt failed: {shown.failing}" if shown.failing else ""
        if shown.last_refresh is None:
            return f"no users have been read yet{why}"
        age = self._clock() - shown.last_refresh
        if age > STALE_INTERVALS * self._interval:
            return f"the users were last read {age:.0f} s ago, every {self._interval:g} s is wanted{why}"
        return None

    def _succeeded(self, users: Sequence[User], start: float) -> None:
        before = self._rows.users if self._rows else 0
        self._rows = render_rows(users, self._accounting, self._origin)
        self._last_refresh = self._clock()
        self._last_duration = self._last_refresh - start
        if self._failing is not None:
            _log.info("Users are read again, after %d failed attempts.", self._failures)
        if before and not users:
            _log.warning("The hub has no users any more; it had %d at the last refresh.", before)
        self._failing, self._failures = None, 0
        _log.debug("Read %d users in %d groups in %.2f s.", len(users), self._rows.groups, self._last_duration)

    def _failed(self, error: HubError) -> None:
        self._errors[error.reason] += 1
        self._last_error = self._clock()
        self._failures += 1
        known = self._failing is not None and self._failing[0] == error.reason
        self._failing = (error.reason, str(error))
        shown = "nothing is exported yet" if self._rows is None else "the last good memberships stay"
        _log.log(
            logging.DEBUG if known else logging.ERROR,
            "The users cannot be read, %s. %s.",
            shown,
            error,
        )

    def _show(self) -> _Shown:
        status = Status(
            version=self._version,
            interval=self._interval,
            errors=dict(self._errors),
            last_refresh=self._last_refresh,
            last_duration=self._last_duration,
            last_error=self._last_error,
        )
        page = render_page(self._rows, status, self._origin)
        return _Shown(page, self._last_refresh, self._failing[1] if self._failing else None)
