"""A world as scrape targets at the real clock: kube-state-metrics, OpenCost, cAdvisor and dirsize.

The groups exporter is not among them: who shows a world this way has a real one.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric

from tests.sim.cluster import EXPLICIT_TIMESTAMPS, Sample, World, samples

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_NOT_SERVED = "groups-exporter"

Page = tuple[str, str]  # job, instance


def pages(world: World, t: float) -> dict[Page, list[Sample]]:
    """Return the samples at ``t`` by the job and instance that expose them, without those two labels."""
    found: dict[Page, list[Sample]] = {}
    for sample in samples(world, t):
        labels = dict(sample.labels)
        page = (labels.pop("job"), labels.pop("instance"))
        if page[0] != _NOT_SERVED:
            found.setdefault(page, []).append(sample._replace(labels=tuple(labels.items())))
    return found


def text(rows: Iterable[Sample]) -> bytes:
    """Return one target's samples in Prometheus' text format; only cAdvisor's carry timestamps."""
    metrics: dict[str, Metric] = {}
    for name, labels, value, timestamp in rows:
        if name not in metrics:
            kind = "counter" if name.endswith("_total") else "gauge"
            metrics[name] = Metric(name.removesuffix("_total"), f"Simulated {name}.", kind)
        stamp = timestamp if name in EXPLICIT_TIMESTAMPS else None
        metrics[name].add_sample(name, dict(labels), value, timestamp=stamp)
    return generate_latest(_Fixed(list(metrics.values())))


class _Fixed(CollectorRegistry):
    """A registry that collects metrics which are there already."""

    def __init__(self, metrics: list[Metric]) -> None:
        super().__init__()
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


@dataclass(frozen=True)
class Exposed:
    """A served world: ``url`` lists the targets, ``scrape_config`` is the entry for ``scrape_configs``."""

    url: str
    scrape_config: Mapping[str, Any]


@contextlib.contextmanager
def exposed(
    world: World, scrape_interval: str = "1m", port: int = 0, clock: Callable[[], float] = time.time
) -> Iterator[Exposed]:
    """Serve the world's targets on the loopback interface until the block ends; port 0 takes a free one."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, world, clock))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        address = f"127.0.0.1:{server.server_address[1]}"
        yield Exposed(f"http://{address}", _scrape_config(world, address, scrape_interval, clock()))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _scrape_config(world: World, address: str, scrape_interval: str, t: float) -> dict[str, Any]:
    """Return one scrape config for all targets up at ``t``; each has its real job and instance as labels."""
    return {
        "job_name": "simulated-cluster",
        "scrape_interval": scrape_interval,
        "scrape_timeout": scrape_interval,
        "honor_labels": True,  # the namespace and pod of a row are the observed pod's, not the target's
        "static_configs": [
            {
                "targets": [address],
                "labels": {"__metrics_path__": _path((job, instance)), "job": job, "instance": instance},
            }
            for job, instance in sorted(pages(world, t))
        ],
    }


def _path(page: Page) -> str:
    job, instance = page
    return f"/{quote(job, safe='')}/{quote(instance, safe=':')}/metrics"


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, world: World, clock: Callable[[], float], *arguments: Any) -> None:
        self._world = world
        self._clock = clock
        super().__init__(*arguments)

    def do_GET(self) -> None:
        current = pages(self._world, self._clock())
        if self.path == "/":
            self._answer(200, "\n".join(map(_path, sorted(current))).encode() + b"\n")
            return
        parts = self.path.strip("/").split("/")
        page = (unquote(parts[0]), unquote(parts[1])) if len(parts) == 3 else ("", "")
        if page in current:
            self._answer(200, text(current[page]))
        else:
            self._answer(503, f"no target is up at {self.path}; / lists those that are\n".encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        with contextlib.suppress(ConnectionError):  # Prometheus ends in the middle of a scrape
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: Prometheus shows failed scrapes itself."""
