"""The refresh of the groups exporter: reads the users of the hub and renders their memberships."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from hubmeter_exporter.exposition import Page
from hubmeter_exporter.hub_api import REASONS, HubError
from hubmeter_exporter.membership import Accounting, User
from hubmeter_exporter.metrics import MOST_LISTED, Memberships, Origin, render, render_memberships
from hubmeter_exporter.refresh_loop import Freshness, RefreshLoop

HUB: Final = "hub"  # as a source of errors
MANY_ROWS: Final = 500_000  # docs/exporter.md has the memory that they take

_log = logging.getLogger(__name__)


class MembershipRefresher(RefreshLoop):
    """Keeps the page of one hub."""

    stale = "the users were last read"

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
        """Take the function that reads all users or raises `HubError`, and the seconds between two refreshes."""
        super().__init__(interval=interval, version=version, reasons=[(HUB, reason) for reason in REASONS], clock=clock)
        self._read_users = read_users
        self._accounting = accounting
        self._origin = origin
        self._memberships: Memberships | None = None
        self._warned = ""
        self._publish()

    def _attempt(self) -> bool:
        try:
            users = self._read_users()
        except HubError as error:
            kept = "the last memberships stay" if self._memberships else "nothing is exported yet"
            self._failed(HUB, error.reason, error, kept)
            return False
        self._recovered(HUB)
        before = self._memberships.users if self._memberships else 0
        if before and not users:
            _log.warning("The hub has no users any more; it had %d at the last refresh.", before)
        self._memberships = render_memberships(users, self._accounting, self._origin)
        self._warn_of_many(self._memberships)
        _log.debug("Read %d users in %d groups.", len(users), self._memberships.groups)
        return True

    def _warn_of_many(self, memberships: Memberships) -> None:
        """Log once, until it changes, that memberships are not listed or that there are very many rows."""
        if memberships.unlisted:
            warning = (
                f"{memberships.unlisted} memberships have no row, because more than {MOST_LISTED} have share 0: name "
                "the groups that policies and dashboards need with --listed_groups, and with --allowed_groups those "
                "that count"
            )
        elif memberships.rows > MANY_ROWS:
            warning = (
                f"The page has {memberships.rows} rows, more than {MANY_ROWS}: name the groups that count with "
                "--allowed_groups, for example 'course-*'"
            )
        else:
            warning = ""
        kind = warning.partition(":")[2]
        if warning and kind != self._warned:
            _log.warning("%s.", warning)
        self._warned = kind

    def _render(self) -> tuple[Page, Freshness]:
        missing = None if self._memberships else "no users have been read yet"
        return render(self._memberships, self._status(), self._origin), Freshness(missing, self._last_refresh)
