"""Runs an application as the exporters do, on a free port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import uvicorn

from hubmeter_exporter.server import App, Limits, create_server, listen
from tests.waiting import PATIENCE, wait_until

LIMITS = Limits(request=PATIENCE, response=PATIENCE)


class Served(NamedTuple):
    """A server that runs."""

    port: int
    server: uvicorn.Server


@contextmanager
def serving(app: App, limits: Limits = LIMITS, host: str = "127.0.0.1") -> Iterator[Served]:
    """Serve, and yield the server."""
    with listen(host, 0) as listening:
        server = create_server(app, limits)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            wait_until(lambda: server.started or not thread.is_alive(), lambda: "the server listens", every=0.01)
            yield Served(listening.getsockname()[1], server)
        finally:
            server.should_exit = True
            thread.join()
