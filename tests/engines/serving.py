"""Runs the cost API as hubmeter-costs does, on a free port."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.api.app import create_app
from hubmeter_exporter.costs.api.bounds import Bounds
from hubmeter_exporter.costs.server import Limits, create_server
from tests.waiting import PATIENCE, wait_until

BOUNDS = Bounds(wait=PATIENCE, query=PATIENCE, probe=PATIENCE)
LIMITS = Limits(request=PATIENCE, response=PATIENCE)


@contextmanager
def serving(backend: Backend, bounds: Bounds = BOUNDS, limits: Limits = LIMITS) -> Iterator[httpx.Client]:
    """Run the application as hubmeter-costs does, and yield a client."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = create_server(create_app(backend, bounds), limits, log_level="warning")
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            wait_until(lambda: server.started or not thread.is_alive(), lambda: "the cost API listens", every=0.01)
            port = listening.getsockname()[1]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
