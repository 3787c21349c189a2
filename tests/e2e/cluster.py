"""The simulated cluster that the hub's users have their pods in: ``python -m tests.e2e.cluster``, on port 9100.

``/targets`` tells Prometheus what there is to scrape (HTTP service discovery).
"""

import json
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from tests.e2e.people import LONG, LOPEZ, NAMESPACE, USERS, Groups
from tests.sim.cluster import DAY, GIB, Container, Directory, Server, Target, World, shares, user_slug
from tests.sim.exposition import CONTENT_TYPE, pages, text
from tests.sim.worlds import hub_pods, server

PORT: Final = 9100
MEMORY_GIB: Final = {"ann": 4, "anna": 2, LOPEZ: 8, "Bob-Smith": 1, "x--y": 2, "carol": 4, LONG: 1}


def world(now: float) -> World:
    """Return a cluster where every user has a server since yesterday; some things that must not count stand beside."""
    start, end = now - DAY, now + DAY
    worker = Container("dask-worker", memory_request=2 * GIB, cpu_request=1.0, memory_base=GIB, seed=101)
    servers: list[Server] = [*hub_pods(NAMESPACE, start, end)]
    for seed, (user, size) in enumerate(MEMORY_GIB.items()):
        notebook = Container("notebook", memory_request=size * GIB, memory_base=size * GIB / 2, seed=seed)
        servers.append(server(NAMESPACE, user, start, end, containers=(notebook,), node=f"node-{seed % 2}"))
    servers += [
        server(NAMESPACE, LOPEZ, start, end, pod="dask-worker-1", containers=(worker,), component="dask-worker"),
        server(NAMESPACE, "ann", start, now - 600, server_name="bad", phase_end="Failed", listed=2 * DAY),
        server(NAMESPACE, "Bob-Smith", start, end, server_name="bare", annotated=False),
        server(NAMESPACE, "left-the-hub", start, end),
    ]
    return World(
        start=start,
        end=end,
        hubs=(NAMESPACE,),
        memberships={},  # the real hub has them
        servers=tuple(servers),
        exporters=(),
        directories=tuple(Directory(NAMESPACE, user_slug(user), 3 * GIB, hard_limit=10 * GIB) for user in USERS),
        kube_state_metrics=(Target("10.0.0.10:8080"), Target("10.0.0.11:8080")),
        opencost=(Target("10.0.0.12:9003"),),
    )


def requested(groups: Groups) -> dict[tuple[str, str], float]:
    """Return the bytes of memory requested by (group, user), worked out from pods and groups alone.

    ("", user) is a user whom the hub does not know, ("", "") what no user claims.
    """
    now = time.time()
    found: dict[tuple[str, str], float] = {}
    for pod in world(now).servers_at(now):
        if not pod.running(now):
            continue
        user = (pod.username or "") if pod.annotated else ""
        parts = shares(groups[user], "split", "")[1] if user in groups else [("", 1.0)]
        memory = sum(container.memory_request or 0.0 for container in pod.containers)
        for group, share in parts:
            found[group, user] = found.get((group, user), 0.0) + memory * share
    return found


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, cluster: World, *arguments: Any) -> None:
        self._world = cluster
        super().__init__(*arguments)

    def do_GET(self) -> None:
        current = pages(self._world, time.time())
        if self.path == "/targets":
            labels = [{"__metrics_path__": _path(*page), "job": page[0], "instance": page[1]} for page in current]
            targets = [{"targets": [f"cluster:{PORT}"], "labels": target} for target in labels]
            self._answer(json.dumps(targets).encode(), "application/json")
            return
        rows = [rows for page, rows in current.items() if _path(*page) == self.path]
        if rows:
            self._answer(text(rows[0]), CONTENT_TYPE)
        else:
            self.send_error(404, f"no target at {self.path}; /targets lists them")

    def _answer(self, body: bytes, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: Prometheus shows failed scrapes itself."""


def _path(job: str, instance: str) -> str:
    return f"/{job}/{instance}"  # nothing in them needs to be quoted


if __name__ == "__main__":
    ThreadingHTTPServer(("", PORT), partial(_Handler, world(time.time()))).serve_forever()
