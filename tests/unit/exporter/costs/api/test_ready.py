"""The readiness of the cost API."""

import asyncio
from typing import Any, cast

import pytest
from httpx import ASGITransport, AsyncClient, Response

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.api.app import create_app
from hubmeter_exporter.costs.api.bounds import Bounds
from hubmeter_exporter.costs.prices import Allocation


class Answering:
    """Usage of a Prometheus that answers."""

    def as_of_now(self, _: object) -> "Answering":
        """Return itself."""
        return self

    def check(self) -> None:
        """Raise nothing."""


@pytest.mark.parametrize(
    ("warnings", "answer"),
    [
        ([], {"status": "ready"}),
        (["/bills/a.csv is empty"], {"status": "ready", "warnings": ["/bills/a.csv is empty"]}),
    ],
)
def test_skipped_files_are_named_and_do_not_make_it_unready(warnings: list[str], answer: dict[str, Any]) -> None:
    backend = Backend(
        bills=cast("Any", None),
        usage=cast("Any", Answering()),
        allocation=Allocation(),
        page=cast("Any", None),
        not_ready=lambda: None,
        version="1",
        warnings=lambda: warnings,
    )

    async def get() -> Response:
        async with AsyncClient(
            transport=ASGITransport(create_app(backend, Bounds())), base_url="http://costs"
        ) as client:
            return await client.get("/ready")

    response = asyncio.run(get())
    assert (response.status_code, response.json()) == (200, answer)
