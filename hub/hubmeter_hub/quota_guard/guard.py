"""The rounds of the quota guard: reads usage, users and the past, and stops the servers that are due.

A round stops nothing unless everything that it reads is complete and new. It runs in a thread that may end at any time:
what a round needs to know of former ones is in Prometheus.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, TypeVar

from hubmeter_common.deadline import Deadline, DeadlineAdapter
from hubmeter_hub.quota_guard.hub_api import HubApi, HubApiError
from hubmeter_hub.quota_guard.metrics import GrantsError, GuardMetrics
from hubmeter_hub.quota_guard.plan import Near, Plan, Stop, may_be_near, near, plan, watched
from hubmeter_hub.quota_guard.traits import QuotaGuard
from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.grants import GrantsFile
from hubmeter_hub.quotas.policy import Grant, Limit, Policies
from hubmeter_hub.quotas.prospect import needs_past
from hubmeter_hub.quotas.readings import MOST_USERS
from hubmeter_hub.quotas.running import Rates, read_passed_since, read_rates
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import Usage, Window, read_usages, require_decidable
from hubmeter_promql.client import Prometheus, PrometheusError, TooMuchError

log = logging.getLogger("hubmeter.quota_guard")

# Usage without a user: it is read to know whether samples are new where no user runs a server.
_NO_USER: Final = ""

_Wanted = TypeVar("_Wanted")
_Found = TypeVar("_Found")


class Guard:
    """Makes rounds."""

    def __init__(
        self,
        options: QuotaGuard,
        policies: Policies,
        grants: GrantsFile,
        hub: HubApi,
        metrics: GuardMetrics,
    ) -> None:
        """Send nothing yet."""
        self._options = options
        self._policies = policies
        self._windows = watched(policies)
        self._grants = grants
        self._hub = hub
        self._metrics = metrics
        self._labels = options.labels()
        self._deadline = Deadline(options.prometheus_timeout)
        session = options.session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, DeadlineAdapter(self._deadline))
        self._prometheus = Prometheus(
            options.prometheus_url, session, options.prometheus_timeout, self._deadline.left, whole=True
        )
        self._said = ""
        self._due: frozenset[tuple[str, str]] = frozenset()

    def run(self, ended: threading.Event) -> None:
        """Make rounds until the event is set, which also ends the wait between two rounds."""
        while not ended.is_set():
            self.round()
            ended.wait(self._options.round_seconds)

    def round(self) -> None:
        """Make a round. A failure is logged and counted, and stops nothing; what is not expected, nothing further."""
        try:
            self._carry_out(self.plan())
        except (PrometheusError, HubApiError, GrantsError, OSError) as error:
            # The text of an error that is not ours may have a URL with credentials.
            reason = type(error).__name__ if isinstance(error, OSError) else str(error)
            self._say(f"this round failed: {reason}")
            self._metrics.failed(error)
        except Exception as error:
            log.exception("no further server is stopped, because this round failed")
            self._metrics.failed(error)

    def _carry_out(self, found: Plan) -> None:
        """Stop the servers that are due, unless they are too many."""
        is_held = len(found.stops) > self._options.max_stops_per_round
        if is_held:
            self._say(
                f"this round would stop {len(found.stops)} servers, and QuotaGuard.max_stops_per_round is "
                f"{self._options.max_stops_per_round}: check that limits and usage are right, then raise it"
            )
        else:
            self._said = ""
            for stop in found.stops:
                (self._would_stop if self._options.dry_run else self._stop)(stop)
            self._due = frozenset(stop.server_of for stop in found.stops)
        self._metrics.ended(found, is_held=is_held)

    def _would_stop(self, stop: Stop) -> None:
        """Log and count a server, unless the last round did."""
        if stop.server_of not in self._due:
            log.info("would stop %s", _spelled(stop))
            self._metrics.stop("dry_run", stop.why.limit.resource)

    def _stop(self, stop: Stop) -> None:
        """Stop a server. A failure concerns this server only; the next round tries again."""
        try:
            self._hub.stop(stop.username, stop.server)
        except HubApiError as error:
            log.error("cannot stop %s: %s", _spelled(stop), error)  # without a traceback: the message is complete
            self._metrics.stop("failed", stop.why.limit.resource)
            return
        log.info("stopped %s", _spelled(stop))
        self._metrics.stop("stopped", stop.why.limit.resource)

    def _say(self, sentence: str) -> None:
        """Log why no server is stopped, unless the last round did."""
        if sentence != self._said:
            log.error("no server is stopped, because %s", sentence)
        self._said = sentence

    def plan(self) -> Plan:
        """Read everything, and return what this round does.

        Raises:
            PrometheusError: if Prometheus does not answer, or its answer is stale or partial.
            HubApiError: likewise for the hub.
            GrantsError: if the file of grants is invalid.
            OSError: for a token file that cannot be read, and other errors of requests.
        """
        grants = self._grants.active()
        if self._grants.problems:
            raise GrantsError(f"{self._grants.path} is invalid, so a grant may be missing: {self._grants.problems[0]}")
        resources = {resource for resource, _ in self._windows}
        rates = self._query(lambda: read_rates(self._prometheus, self._labels, resources))
        usages = self._usages(rates)
        require_decidable(usages[_NO_USER], self._options.hub_namespace)
        users = self._near(rates, usages, grants)
        return plan(users, self._passed_since(users), self._options.is_exempt)

    def _usages(self, rates: Mapping[str, Rates]) -> dict[str, Usage]:
        """Return the usage of users, and that without a user."""
        windows = frozenset(self._windows)
        return self._of_many(
            dict.fromkeys((_NO_USER, *sorted(rates)), windows),
            lambda wanted: read_usages(self._prometheus, self._labels, wanted),
        )

    def _near(self, rates: Mapping[str, Rates], usages: Mapping[str, Usage], grants: tuple[Grant, ...]) -> list[Near]:
        """Return the users near a limit. The hub is asked only for users who can be."""
        found = []
        for username, of in rates.items():
            usage = usages[username]
            if may_be_near(self._windows, usage, of):
                user = self._hub.user(username)
                if user is not None and (one := near(user, self._policies, grants, usage, of)) is not None:
                    found.append(one)
        return found

    def _passed_since(self, users: list[Near]) -> dict[tuple[str, Window], float | None]:
        """Return the times since which limits have been passed, within the time of `stop_after`."""
        asked: dict[tuple[Window, int], dict[str, tuple[Limit, float]]] = {}
        for of in users:
            for limit in of.limits:
                when = limit.when_exceeded
                if when is not None and when.stop_after and needs_past(limit, of.usage, of.rates[limit.resource]):
                    window = (limit.resource, limit.window_hours)
                    asked.setdefault((window, when.stop_after), {})[of.user.name] = (limit, of.usage.at)
        since: dict[tuple[str, Window], float | None] = {}
        for (window, seconds), wanted in asked.items():

            def read(some: Mapping[str, tuple[Limit, float]], seconds: int = seconds) -> dict[str, float | None]:
                limits = {username: limit for username, (limit, _) in some.items()}
                at = max(at for _, at in some.values())
                return read_passed_since(self._prometheus, self._labels, limits, seconds, at)

            since |= {(username, window): time for username, time in self._of_many(wanted, read).items()}
        return since

    def _of_many(
        self, wanted: Mapping[str, _Wanted], read: Callable[[Mapping[str, _Wanted]], Mapping[str, _Found]]
    ) -> dict[str, _Found]:
        """Return the answers for users, from queries of as many of them as Prometheus allows."""
        found: dict[str, _Found] = {}
        waiting = [list(wanted)]
        while waiting:
            names = waiting.pop()
            if len(names) > MOST_USERS:
                waiting += [names[MOST_USERS:], names[:MOST_USERS]]
                continue
            some = {name: wanted[name] for name in names}
            try:
                found |= self._query(partial(read, some))
            except TooMuchError:
                if len(names) == 1:
                    raise
                waiting += [names[len(names) // 2 :], names[: len(names) // 2]]
        return found

    def _query(self, ask: Callable[[], _Found]) -> _Found:
        """Return an answer of Prometheus that has arrived within the timeout."""
        self._deadline.restart(self._options.prometheus_timeout)
        return ask()


def _spelled(stop: Stop) -> str:
    """Return a server and the reason, for the log."""
    limit = stop.why.limit
    used, allowed = words.amounts(RESOURCES[limit.resource], stop.why.used, limit.value, prefix=limit.prefix)
    server = f"server {stop.server!r}" if stop.server else "the default server"
    return (
        f"{server} of {stop.username!r}: {used} of {allowed} of {limit.resource} used in "
        f"{words.window(limit.window_hours)}"
    )
