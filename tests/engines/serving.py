"""Runs the cost API as hubmeter-costs does, on a free port."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.api.app import create_app
from tests.waiting import PATIENCE, wait_until


@contextmanager
def serving(backend: Backend) -> Iterator[httpx.Client]:
    """Run the application as hubmeter-costs does, and yield a client."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(backend), log_level="warning", ws="none", lifespan="off")
        server = uvicorn.Server(config)
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
