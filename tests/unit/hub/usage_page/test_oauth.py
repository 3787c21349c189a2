"""Requesters who are known, and logins that have begun, use bounded memory."""

import asyncio

import pytest
from jupyterhub.httpclient import JupyterHubHTTPClient

from hubmeter_hub.usage_page import oauth as module
from hubmeter_hub.usage_page.oauth import LONGEST_ADDRESS, BoundedOAuth, wait_for_connections


@pytest.fixture
def oauth() -> BoundedOAuth:
    return BoundedOAuth(api_token="t0ken", api_url="http://127.0.0.1:9", base_url="/services/usage/")


def test_the_oldest_of_too_many_logins_is_forgotten(oauth: BoundedOAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_LOGINS", 3)
    states = [oauth.generate_state(f"/services/usage/?user={i}", code_verifier="v") for i in range(5)]
    assert [oauth.get_next_url(state) for state in states[2:]] == [f"/services/usage/?user={i}" for i in (2, 3, 4)]
    assert {oauth.get_next_url(state) for state in states[:2]} == {"/services/usage/"}


def test_a_login_does_not_return_to_a_very_long_address(oauth: BoundedOAuth) -> None:
    fits, too_long = "x" * LONGEST_ADDRESS, "x" * (LONGEST_ADDRESS + 1)
    assert oauth.get_next_url(oauth.generate_state(fits)) == fits
    assert oauth.get_next_url(oauth.generate_state(too_long)) == "/services/usage/"


def test_the_oldest_of_too_many_answers_about_requesters_is_forgotten(
    oauth: BoundedOAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_KNOWN", 3)
    for i in range(5):
        oauth.cache[f"token:{i}"] = {"name": f"user{i}"}
    assert [oauth.cache.get(f"token:{i}") for i in range(5)] == [None, None, *({"name": f"user{i}"} for i in (2, 3, 4))]
    assert len(oauth.cache.timestamps) == 3


def test_the_page_waits_for_a_few_connections_to_a_busy_hub() -> None:
    """JupyterHub 6 gives up after 30 seconds by default, and makes 100 connections."""

    async def options() -> tuple[float | None, float | None, int]:
        wait_for_connections()
        client = JupyterHubHTTPClient.loop_instance()
        try:
            session = client._session  # noqa: SLF001 # its options are nowhere else
            assert session.connector
            return session.timeout.total, session.timeout.sock_connect, session.connector.limit
        finally:
            await client.close()

    assert asyncio.run(options()) == (300.0, None, 16)
