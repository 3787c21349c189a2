"""Many starts at once on a real hub, whose spawner costs nothing, with a Prometheus that is slow or silent."""

import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import requests

from tests.hub.jupyterhub import Hub
from tests.hub.test_profiles import servers
from tests.waiting import PATIENCE

ROOT: Final = Path(__file__).parents[2]
__all__ = ["Slow", "burst", "config", "servers", "slow"]

# A spawner that has a server at once: that of all others.
SPAWNER: Final = """
from jupyterhub.spawner import Spawner

class Instant(Spawner):
    runs = False

    async def start(self):
        self.runs = True
        return ("127.0.0.1", {port})

    async def poll(self):
        return None if self.runs else 0

    async def stop(self, now=False):
        self.runs = False

c.JupyterHub.spawner_class = Instant
c.JupyterHub.concurrent_spawn_limit = 0
c.JupyterHub.authenticate_prometheus = False
c.JupyterHub.log_level = "WARN"
"""
QUOTAS: Final = """
import sys
sys.path[:0] = [{hub!r}, {promql!r}, {common!r}]
from hubmeter_hub import setup_usage_quotas
setup_usage_quotas(c)
c.UsageConfig.prometheus_url = {url!r}
c.UsageConfig.hub_namespace = "prod"
c.UsageQuotaManager.policy = [{{"resource": "memory", "limit": "100 GiB-hours", "window": 7}}]
"""


def config(port: int, prometheus_url: str | None) -> str:
    """Return what follows the test hub's own configuration; without a URL there are no quotas."""
    if prometheus_url is None:
        return SPAWNER.format(port=port)
    paths = {name: str(ROOT / name) for name in ("hub", "promql", "common")}
    return SPAWNER.format(port=port) + QUOTAS.format(url=prometheus_url, **paths)


@dataclass
class Slow:
    """A proxy of a Prometheus that waits ``seconds`` before it answers; None: it never answers."""

    seconds: float | None
    url: str = ""
    queries: int = 0
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def slow(url: str, seconds: float | None) -> Iterator[Slow]:
    """Run the proxy."""
    proxy = Slow(seconds)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            proxy.queries += 1
            if proxy.ended.wait(PATIENCE if proxy.seconds is None else proxy.seconds):
                return
            headers = {"Content-Type": self.headers["Content-Type"]}
            answer = requests.post(url + self.path, body, headers=headers, timeout=PATIENCE)
            self.send_response(answer.status_code)
            self.end_headers()
            self.wfile.write(answer.content)

        def do_GET(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 1024

        def handle_error(self, *_: Any) -> None:
            """The hub hangs up at its timeout."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        proxy.ended.set()
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Burst:
    """The statuses and seconds of starts, and the seconds of the hub's API meanwhile."""

    statuses: Sequence[int]
    seconds: Sequence[float]
    api: Sequence[float]

    @property
    def api_p99(self) -> float:
        """The 99th percentile of the API's seconds."""
        return statistics.quantiles(self.api, n=100)[98]


def burst(hub: Hub, users: Sequence[str], spread: float) -> Burst:
    """Start the servers of users, evenly within ``spread`` seconds, and ask for the hub's version meanwhile."""
    headers = {"Authorization": f"token {hub.token}"}
    ended, api = threading.Event(), []
    begun = time.perf_counter()

    def probe() -> None:
        with requests.Session() as session:
            while not ended.wait(0.02):
                asked = time.perf_counter()
                session.get(f"{hub.api_url}/", timeout=PATIENCE).raise_for_status()
                api.append(time.perf_counter() - asked)

    def start(item: tuple[int, str]) -> tuple[int, float]:
        number, user = item
        time.sleep(max(begun + number * spread / len(users) - time.perf_counter(), 0))
        asked = time.perf_counter()
        answer = requests.post(f"{hub.api_url}/users/{user}/server", headers=headers, timeout=PATIENCE)
        return answer.status_code, time.perf_counter() - asked

    prober = threading.Thread(target=probe)
    prober.start()
    with ThreadPoolExecutor(len(users)) as pool:
        results = list(pool.map(start, enumerate(users)))
    ended.set()
    prober.join()
    return Burst([status for status, _ in results], [seconds for _, seconds in results], api)
