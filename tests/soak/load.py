"""Changes at high rates: logins, moves between groups, starts of servers that quotas decide, scrapes, costs."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

import requests

from tests.hub.jupyterhub import Hub, Service
from tests.soak import cluster
from tests.waiting import PATIENCE

ROOT: Final = Path(__file__).parents[2]
READER: Final = "reader"
ALLOWED, DENIED = "anna", "Bob-Smith"
_SERVER: Final = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

HTTPServer(("127.0.0.1", urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port), Answer).serve_forever()
"""


@cache
def services() -> tuple[Service, ...]:
    """Return the owner of the exporter's first token, and one that makes further tokens."""
    return (
        Service("groups-exporter", ["list:users", "read:users:groups"]),
        Service("rotation", ["tokens", "read:users"]),
    )


def config(prometheus_url: str) -> str:
    """Return the end of the hub's configuration: quotas that allow one user everything and another one nothing."""
    return f"""
import sys
sys.path[:0] = [{str(ROOT / "hub")!r}, {str(ROOT / "promql")!r}, {str(ROOT / "common")!r}]
from hubmeter_hub import setup_usage_quotas
setup_usage_quotas(c)
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = [sys.executable, "-c", {_SERVER!r}]
c.JupyterHub.load_roles.append(
    {{"name": "reader", "users": [{READER!r}], "scopes": ["list:users", "read:users:groups"]}}
)
c.UsageConfig.prometheus_url = {prometheus_url!r}
c.UsageConfig.hub_namespace = {cluster.NAMESPACE!r}
c.UsageQuotaManager.failover_open = False
c.UsageQuotaManager.policy = [
    {{"resource": "memory", "limit": "1000000 GiB-hours", "window": "7d", "scope": {{"user": [{ALLOWED!r}]}}}},
    {{"resource": "memory", "limit": "0 GiB-hours", "window": "7d", "scope": {{"user": [{DENIED!r}]}}}},
]
"""


class Load:
    """Threads that change the site until ``stop``.

    Attributes:
        counts: Successful changes by kind.
        failures: Requests that failed by kind: the hub or another part was down.
        wrong: Sentences about answers that are wrong at any time.
    """

    def __init__(self, hub: Hub, scraped: tuple[str, ...]) -> None:
        """Take the hub, and the URLs that are requested all the time."""
        self.hub, self._scraped = hub, scraped
        self.counts: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._end = threading.Event()
        self._random = random.Random(1)
        self._groups = {user: next(iter(groups), "") for user, groups in cluster.users().items()}
        self._threads = [
            threading.Thread(target=self._repeat, args=(kind, every, change), name=kind)
            for kind, every, change in (
                ("moves", 0.5, self._move),
                ("logins", 1.0, self._log_in),
                ("starts", 5.0, self._start),
                ("scrapes", 0.5, self._scrape),
            )
        ]

    def start(self) -> None:
        """Start all threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End all threads."""
        self._end.set()
        for thread in self._threads:
            thread.join()

    def api(self, method: str, path: str, token: str = "", **rest: object) -> requests.Response:
        """Request a path of the hub's API as administrator, or with another token."""
        headers = {"Authorization": f"token {token or self.hub.token}"}
        return requests.request(
            method,
            f"{self.hub.api_url}/{path}",
            headers=headers,
            timeout=PATIENCE,
            **rest,  # type: ignore[arg-type] # json only
        )

    def new_token(self) -> tuple[str, str]:
        """Return the id of a new token that reads users and groups, and the token."""
        scopes = ["list:users", "read:users:groups"]
        rotation = services()[1].token
        answer = self.api("POST", f"users/{READER}/tokens", rotation, json={"scopes": scopes})
        answer.raise_for_status()
        made = answer.json()
        return made["id"], made["token"]

    def revoke(self, token_id: str) -> None:
        """Make the hub refuse a token."""
        self.api("DELETE", f"users/{READER}/tokens/{token_id}", services()[1].token).raise_for_status()

    def groups(self) -> dict[str, list[str]]:
        """Return the groups of all users of the simulated cluster, as the hub knows them."""
        answer = self.api("GET", "users?limit=200")
        answer.raise_for_status()
        return {user["name"]: sorted(user["groups"]) for user in answer.json() if user["name"] in self._groups}

    def _repeat(self, kind: str, every: float, change: Callable[[], None]) -> None:
        while not self._end.wait(every):
            try:
                change()
                self.counts[kind] += 1
            except requests.RequestException:
                self.failures[kind] += 1

    def _move(self) -> None:
        user = self._random.choice([*self._groups])
        old, new = self._groups[user], self._random.choice(cluster.GROUPS)
        if old and old != new:
            self.api("DELETE", f"groups/{quote(old, safe='')}/users", json={"users": [user]}).raise_for_status()
        self.api("POST", f"groups/{quote(new, safe='')}/users", json={"users": [user]}).raise_for_status()
        self._groups[user] = new

    def _log_in(self) -> None:
        user = self._random.choice([*self._groups])
        with requests.Session() as session:
            page = session.get(f"{self.hub.url}/hub/login", timeout=PATIENCE)
            page.raise_for_status()
            form = {"username": user, "password": "x", "_xsrf": session.cookies.get("_xsrf", path="/hub/")}
            answer = session.post(f"{self.hub.url}/hub/login", data=form, timeout=PATIENCE, allow_redirects=False)
            answer.raise_for_status()
            if answer.status_code != 302:
                self.wrong.append(f"the login of {user} was answered with {answer.status_code}")

    def _start(self) -> None:
        answer = self.api("POST", f"users/{DENIED}/server")
        if answer.status_code in (201, 202):
            self.wrong.append(f"{DENIED}, whose limit is 0, started a server at {time.time():.0f}")
        answer = self.api("POST", f"users/{ALLOWED}/server")
        if answer.status_code in (201, 202):
            self.counts["allowed starts"] += 1
            self.api("DELETE", f"users/{ALLOWED}/server").raise_for_status()
        answer.raise_for_status()

    def _scrape(self) -> None:
        for url in self._scraped:
            requests.get(url, timeout=PATIENCE).raise_for_status()
