"""Requests to Kubernetes that end in the moment of a timeout around them."""

import asyncio
import gc
from typing import Any

import pytest

from hubmeter_hub.profiles.cluster import Cluster, ClusterError


class Client:
    """Never answers. Like aiohttp, it makes a TimeoutError of a cancellation that meets its own timeout."""

    async def call_api(self, *_: Any, **__: Any) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise TimeoutError from None


def test_an_error_at_a_cancellation_is_raised_and_not_logged_as_never_retrieved(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def run() -> None:
        with pytest.raises((ClusterError, TimeoutError)):
            async with asyncio.timeout(0):
                await Cluster("prod", 60.0, Client).config_map("profiles")

    asyncio.run(run())
    gc.collect()
    assert caplog.text == ""
