"""Runs the cost API as hubmeter-costs does, on a free port."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.api.app import create_app
from hubmeter_exporter.costs.api.bounds import Bounds
from hubmeter_exporter.server import Limits
from tests import serving as server
from tests.serving import LIMITS
from tests.waiting import PATIENCE

BOUNDS = Bounds(wait=PATIENCE, query=PATIENCE, probe=PATIENCE)


@contextmanager
def serving(backend: Backend, bounds: Bounds = BOUNDS, limits: Limits = LIMITS) -> Iterator[httpx.Client]:
    """Run the application as hubmeter-costs does, and yield a client."""
    with (
        server.serving(create_app(backend, bounds), limits) as served,
        httpx.Client(base_url=f"http://127.0.0.1:{served.port}", timeout=PATIENCE) as client,
    ):
        yield client
