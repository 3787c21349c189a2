"""The running containers, as the tests see them."""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
import requests

from hubmeter_promql import names
from hubmeter_promql.client import Prometheus, PrometheusError
from tests.e2e.images import run
from tests.e2e.people import NAMESPACE
from tests.engines.engine import Engine
from tests.waiting import PATIENCE

# What a moment ago was: by then all rules of that round have been evaluated.
SETTLED_SECONDS: Final = 5.0
PORTS: Final = {"hub": 8000, "exporter": 9090, "costs": 9091, "prometheus": 9090, "grafana": 3000}
_USER_MEMORY: Final = f'{names.user(names.MEMORY_REQUESTS)}{{namespace="{NAMESPACE}"}}'
# Memory by user and group, as the rules of groups join it; rows without a group are unattributed.
_MEMORY: Final = (
    f"{names.ACTIVE_SHARE} * on (namespace, username) group_left () {_USER_MEMORY}"
    f" or on (namespace, username) {_USER_MEMORY}"
)


@dataclass(frozen=True)
class Stack:
    """The site of compose.yaml; ``dashboards`` is a folder with what was generated for it."""

    command: Sequence[str]
    dashboards: Path
    admin_token: str = field(repr=False)

    def compose(self, *arguments: str) -> str:
        """Run a Compose command on the site's containers."""
        return run(*self.command, *arguments, seconds=300)

    def kill(self, *services: str) -> None:
        """End services at once, as if the machine had died."""
        self.compose("kill", "--signal=SIGKILL", *services)

    def start(self, *services: str) -> None:
        """Start services that were killed, with the disks they had."""
        self.compose("start", *services)

    def url(self, service: str) -> str:
        """Return where a service answers; a new start gives it another port."""
        return f"http://{self.compose('port', service, str(PORTS[service])).strip()}"

    def get(self, service: str, path: str) -> requests.Response:
        """Ask a service, without credentials."""
        return requests.get(f"{self.url(service)}{path}", timeout=PATIENCE)

    def hub(self, method: str, path: str, **more: Any) -> requests.Response:
        """Ask the hub's API as an administrator; ``path`` begins behind /hub/api/."""
        headers = {"Authorization": f"token {self.admin_token}"}
        return requests.request(method, f"{self.url('hub')}/hub/api/{path}", headers=headers, timeout=PATIENCE, **more)

    def add(self, group: str, *users: str) -> None:
        """Put users into one of the hub's groups."""
        self.hub("POST", f"groups/{quote(group)}/users", json={"users": users}).raise_for_status()

    def remove(self, group: str, *users: str) -> None:
        """Take users out of one of the hub's groups."""
        self.hub("DELETE", f"groups/{quote(group)}/users", json={"users": users}).raise_for_status()

    @property
    def prometheus(self) -> Prometheus:
        """The Prometheus of the site."""
        return Prometheus(self.url("prometheus"), requests.Session(), timeout=PATIENCE)

    def now(self) -> float:
        """Return the newest time that is settled."""
        return time.time() - SETTLED_SECONDS

    def memory(self, at: float | None = None) -> dict[tuple[str, str], float]:
        """Return the recorded bytes of memory requested by (group, user); rows without a group are unattributed."""
        rows = self.prometheus.instant(_MEMORY, at or self.now())
        return {(row.labels.get("usergroup", ""), row.labels.get("username", "")): row.value for row in rows}

    def evaluations(self, begin: float, end: float) -> set[int]:
        """Return when the rules of memory were evaluated: what they record last needs neither users nor groups."""
        return {at for values in self._samples(names.WHOLE_MEMORY_REQUESTS, begin, end).values() for at in values}

    def memory_samples(self, begin: float, end: float) -> dict[tuple[str, str], dict[int, float]]:
        """Return what `memory` returned at each complete evaluation, by its time in whole seconds."""
        samples: dict[tuple[str, str], dict[int, float]] = {}
        for at in self.evaluations(begin, end):
            # A second later, because the time is rounded.
            for pair, value in self.memory(at + 1).items():
                samples.setdefault(pair, {})[at] = value
        return samples

    def _samples(self, series: str, begin: float, end: float) -> dict[frozenset[tuple[str, str]], dict[int, float]]:
        engine = Engine("Prometheus", self.url("prometheus"), requests.Session())
        return engine.samples(series, end, f"{round(end - begin)}s")

    def panel(self, dashboard: str, title: str) -> list[float]:
        """Return what the first query of a panel shows at the moment."""
        board = json.loads((self.dashboards / f"{dashboard}.json").read_text(encoding="utf-8"))
        (expression,) = [panel["targets"][0]["expr"] for panel in panels(board) if panel["title"] == title][:1]
        return [row.value for row in self.prometheus.instant(substituted(expression))]

    def alerts(self) -> set[str]:
        """Return the alerts that have found something, whether they have lasted long enough or not."""
        answer = self.get("prometheus", "/api/v1/alerts").json()
        return {alert["labels"]["alertname"] for alert in answer["data"]["alerts"]}


def panels(board: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a dashboard's panels that have queries, those of collapsed rows included."""
    every = [inner for panel in board["panels"] for inner in (panel, *panel.get("panels", []))]
    return [panel for panel in every if panel.get("targets")]


def substituted(expression: str) -> str:
    """Return a panel's query as Grafana sends it with everything chosen, over the last 5 minutes."""
    fixed = {"__range": "5m", "__range_s": "300", "__interval": "15s", "__rate_interval": "1m", "window": "1d"}
    numbers = re.findall(r"\$\{?(utc_offset|students|\w+_limit|\w*days\w*|range_end)", expression)
    values = fixed | dict.fromkeys(numbers, "1") | {"now": "end()", "by_day": "no"}
    expression = expression.replace("${__from:date:seconds}", "0")
    return re.sub(r"\$\{?([a-z_]+)\}?", lambda name: values.get(name[1], ".*"), expression)


def wait_until(what: str, condition: Callable[[], Any]) -> Any:
    """Return the condition's value once it is true; after PATIENCE fail, with what was last seen."""
    deadline = time.monotonic() + PATIENCE
    seen: object = None
    while True:
        try:
            if seen := condition():
                return seen
        except (requests.RequestException, PrometheusError, AssertionError) as error:
            seen = error  # not there yet
        if time.monotonic() > deadline:
            raise AssertionError(f"after {PATIENCE:.0f} s, not so: {what}; last seen: {seen}")
        time.sleep(0.5)


def wait_for(wanted: Any, seen: Callable[[], Any]) -> None:
    """Wait until ``seen()`` is what is wanted."""

    def same() -> bool:
        found = seen()
        assert found == pytest.approx(wanted), found
        return True

    wait_until(f"{wanted}", same)
