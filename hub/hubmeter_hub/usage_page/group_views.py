"""Reads and keeps what the page of a group shows. Its threads are not those of users' own pages."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import requests

from hubmeter_common.deadline import Deadline, DeadlineAdapter
from hubmeter_common.tokens import TokenAuth
from hubmeter_hub.usage_page.group_now import Present, read_present
from hubmeter_hub.usage_page.traits import UsageViewer
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus, PrometheusError
from hubmeter_promql.matchers import exactly
from hubmeter_promql.month import build, reading
from hubmeter_promql.month.cost_api import CostApi, CostApiError
from hubmeter_promql.month.html import Pages
from hubmeter_promql.month.model import GroupReport
from hubmeter_promql.month.period import Period
from hubmeter_promql.month.reading import Selection
from hubmeter_promql.month.texts import Texts

log = logging.getLogger("hubmeter.usage_page")

# The limit for all queries of one reading.
READING_SECONDS: Final = 20.0
# The limit for a request, which includes the readings before its own.
WAIT_SECONDS: Final = 40.0
# Readings at a time, and the readings that are kept or in progress at most, each with about 1 MB for 500 members.
THREADS: Final = 2
MOST_KEPT: Final = 32
KEPT_SECONDS: Final = 60.0
FAILURE_SECONDS: Final = 10.0
MOST_BYTES: Final = 64 * 2**20
# Groups with a server in this time are in the list of all groups.
_LISTED_SECONDS: Final = 35 * 86_400
MOST_LISTED: Final = 2000


class AwayError(Exception):
    """There is nothing to show: a server did not answer, or too many readings are in progress."""


@dataclass(frozen=True)
class GroupView:
    """A group in a month.

    Attributes:
        report: The numbers.
        body: The numbers in HTML.
        present: What the members have now; None for other months than the newest.
    """

    report: GroupReport
    body: str
    present: Present | None


def is_newest(period: Period, now: float) -> bool:
    """Return whether a month is the newest of which a day is over: that of yesterday, in UTC."""
    return period.month == f"{datetime.fromtimestamp(now, UTC) - timedelta(1):%Y-%m}"


class GroupReader:
    """Reads groups of the hub. Its methods block, and raise `AwayError`."""

    def __init__(self, viewer: UsageViewer, clock: Callable[[], float]) -> None:
        """Send no query yet; ``clock`` returns unix seconds."""
        self._viewer = viewer
        self._clock = clock
        self._pages = Pages(Texts("en"))

    def view(self, group: str, period: Period) -> GroupView:
        """Return a group in a month."""
        now = self._clock()
        viewer = self._viewer
        hub = viewer.labels()
        selection = Selection(frozenset({group}), {**viewer.series_labels}, viewer.metrics_prefix, viewer.hub_namespace)
        deadline = Deadline(READING_SECONDS)
        with viewer.session() as session, requests.Session() as of_api:
            prometheus = Prometheus(viewer.prometheus_url, _until(session, deadline), READING_SECONDS, deadline.left)
            api = None
            if viewer.cost_api_url:
                if viewer.cost_api_token_file:
                    of_api.auth = TokenAuth(Path(viewer.cost_api_token_file))
                api = CostApi(
                    viewer.cost_api_url, _until(of_api, deadline), READING_SECONDS, deadline.left, most=MOST_BYTES
                )
            try:
                data = reading.read(api, prometheus, period, selection, now)
                present = read_present(prometheus, hub, group, now) if is_newest(period, now) else None
            except (PrometheusError, CostApiError, OSError) as error:
                raise AwayError(f"{type(error).__name__}: {error}") from error
        (report,) = build.group_reports(data, period, [group], now)
        return GroupView(report, self._pages.body(report), present)

    def groups(self) -> tuple[str, ...]:
        """Return the groups of which a member had a server in the last weeks, sorted; at most `MOST_LISTED`."""
        now = self._clock()
        deadline = Deadline(READING_SECONDS)
        with self._viewer.session() as session:
            url = self._viewer.prometheus_url
            prometheus = Prometheus(url, _until(session, deadline), READING_SECONDS, deadline.left)
            matcher = f"{names.group(names.SERVERS)}{{{exactly(self._viewer.labels())}}}"
            of_time = {"start": f"{now - _LISTED_SECONDS:.0f}", "end": f"{now:.0f}"}
            try:
                found = prometheus.read("label/usergroup/values", **{"match[]": matcher, **of_time})
            except (PrometheusError, OSError) as error:
                raise AwayError(f"{type(error).__name__}: {error}") from error
        return tuple(sorted(str(name) for name in found or () if name)[:MOST_LISTED])


def _until(session: requests.Session, deadline: Deadline) -> requests.Session:
    for scheme in ("http://", "https://"):
        session.mount(scheme, DeadlineAdapter(deadline))
    return session


class GroupViews:
    """Views of groups. Each is kept for a minute, and its viewers share the reading. Used from one event loop."""

    def __init__(self, reader: GroupReader, clock: Callable[[], float]) -> None:
        """Start no thread yet; ``clock`` returns unix seconds."""
        self._reader = reader
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, "group-page")
        self._kept: dict[Any, tuple[float, asyncio.Future[Any]]] = {}  # the oldest first

    async def view(self, group: str, period: Period) -> GroupView:
        """Return a group in a month. Raises `AwayError`."""
        view: GroupView = await self._of((group, period), lambda: self._reader.view(group, period))
        return view

    async def groups(self) -> tuple[str, ...]:
        """Return the groups of the hub. Raises `AwayError`."""
        groups: tuple[str, ...] = await self._of("groups", self._reader.groups)
        return groups

    async def _of(self, key: Any, read: Callable[[], Any]) -> Any:
        now = self._clock()
        for old in [old for old, (until, task) in self._kept.items() if until <= now and task.done()]:
            del self._kept[old]
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                finished = next((old for old, (_, task) in self._kept.items() if task.done()), None)
                if finished is None:
                    raise AwayError(f"{MOST_KEPT} readings are in progress")
                del self._kept[finished]
            self._kept[key] = (now + KEPT_SECONDS, asyncio.ensure_future(self._ask(key, read)))
        try:
            return await asyncio.wait_for(asyncio.shield(self._kept[key][1]), WAIT_SECONDS)
        except TimeoutError as error:
            raise AwayError(f"{key!r} is not read after {WAIT_SECONDS:.0f} s") from error

    async def _ask(self, key: Any, read: Callable[[], Any]) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, read)
        except AwayError as error:
            log.warning("no page of a group %r: %s", key, error)
            if key in self._kept:
                self._kept[key] = (self._clock() + FAILURE_SECONDS, self._kept[key][1])
            raise
