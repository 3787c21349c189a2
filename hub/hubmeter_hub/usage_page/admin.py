"""The page for administrators: who is near a limit, what a grant would change, and the grants in force."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import requests
from tornado.web import HTTPError

from hubmeter_hub.quotas.grants import GrantsFile
from hubmeter_hub.quotas.policy import Grant, Limit, Policies, limits_for
from hubmeter_hub.usage_page.handlers import Usage
from hubmeter_hub.usage_page.near import Near, read_near, with_limits
from hubmeter_hub.usage_page.traits import UsageViewer
from hubmeter_promql.client import Prometheus, PrometheusError

log = logging.getLogger("hubmeter.usage_page")

# Requests to the hub's API at a time.
_AT_A_TIME: Final = 8


@dataclass(frozen=True)
class Limits:
    """What the page shows of limits.

    Attributes:
        viewer: The connection to Prometheus.
        policies: The policies of the hub; None if the page does not know them.
        grants: The grants.
        clock: Unix seconds.
    """

    viewer: UsageViewer
    policies: Policies | None
    grants: GrantsFile
    clock: Callable[[], float] = time.time

    def near(self) -> list[Near]:
        """Return the limits nearest to being used up, as rules recorded them. Blocks.

        Raises:
            PrometheusError: if there is no answer.
        """
        with self.viewer.session() as session:
            prometheus = Prometheus(self.viewer.prometheus_url, session, self.viewer.prometheus_timeout)
            return read_near(prometheus, self.viewer.labels())

    @property
    def reason(self) -> str:
        """Why the limits of this moment cannot be computed; "" if they can."""
        if self.policies is None:
            return "the page's files have no policies"
        return "series have pseudonyms" if self.viewer.salt() else ""


class LimitsPage(Usage):
    """The page for administrators."""

    async def get(self) -> None:
        """Answer with the page; with status 503 if Prometheus does not answer."""
        if self.current_user is None:
            self.redirect(self.get_login_url())
            return
        if not self.sees_others():
            raise HTTPError(403, f"{self.current_user['name']!r} asked for the limits of all users")
        limits: Limits = self.settings["limits"]
        grants = limits.grants.active()
        rows: list[Near] = []
        is_away = needs_scopes = False
        try:
            rows = await asyncio.to_thread(limits.near)
        except (PrometheusError, requests.RequestException, OSError) as error:
            log.warning("no limits: %s", error)
            is_away = True
            self.set_status(503)
        if rows and limits.policies is not None and not limits.reason:
            try:
                rows = with_limits(rows, await self._limits_of(limits.policies, {row.username for row in rows}, grants))
            except HTTPError as error:
                log.warning("%s", error.log_message)
                needs_scopes = True
        self.show(
            "limits.html",
            rows=rows,
            away=is_away,
            needs_scopes=needs_scopes,
            reason=limits.reason,
            grants=grants,
            grants_file=limits.grants.path,
            problems=limits.grants.problems,
            now=limits.clock(),
            on_own_page=False,
        )

    async def _limits_of(
        self, policies: Policies, usernames: Iterable[str], grants: tuple[Grant, ...]
    ) -> dict[str, tuple[Limit, ...]]:
        """Return the limits of users by name, with their groups of this moment. Unknown users are omitted.

        Raises:
            HTTPError: if the hub does not answer as expected, or the service has not the scopes.
        """
        slots = asyncio.Semaphore(_AT_A_TIME)

        async def of(username: str) -> tuple[str, tuple[Limit, ...] | None]:
            async with slots:
                try:
                    groups = await self.groups_of(username)
                except HTTPError as error:
                    if error.status_code != 404:
                        raise
                    return username, None
            return username, limits_for(policies, username, groups, grants)

        found = await asyncio.gather(*map(of, sorted(usernames)))
        return {username: limits for username, limits in found if limits is not None}
