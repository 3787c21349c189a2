"""The client of the hub's OAuth: bounded in memory, and patient while a class opens the page."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from jupyterhub.services.auth import HubOAuth
from tornado.httpclient import AsyncHTTPClient

from hubmeter_hub.usage_page.server import StartError

# Set by the hub for a service that it manages, and needed for logins.
NEEDED: Final = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_SERVICE_PREFIX")
# Seconds for which the hub's answer about a requester and the requester's groups is kept. This is JupyterHub's default:
# an answer takes the hub more processor time than a page takes.
WHO_SECONDS: Final = 300
# The same for pages of groups: who no longer leads a group no longer sees it.
LEAD_SECONDS: Final = 60
# The answers kept at most, about 2 KB each. A requester can make several by changing a cookie.
MOST_KNOWN: Final = 10_000
# Logins that have begun, at most; the oldest is forgotten. Anybody can begin one without a request to the hub.
MOST_LOGINS: Final = 10_000
# The longest address to which a login returns. The page's own are shorter.
LONGEST_ADDRESS: Final = 2000
# Seconds for an answer of the hub's API: JupyterHub 5 would give up after 20 seconds, those in its queue included, and
# JupyterHub 6 after 30 without a connection, which a class that opens the page exceeds.
HUB_SECONDS: Final = 300.0
# Requests at a time. A hub has a queue of 128 connections, which the browsers of a class fill; the system drops others,
# and tries again ever later. The client of JupyterHub 6 uses its connections again, so few of them wait in that queue.
HUB_REQUESTS: Final = 16


# The type that HubAuth requires for its cache: answers that expire.
_Expiring: Final[Any] = HubOAuth.cache.klass


class _Known(_Expiring):  # type: ignore[misc] # jupyterhub ships no types
    """A bounded number of the hub's answers; the oldest is forgotten."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        while len(self.values) > MOST_KNOWN:
            del self[next(iter(self.values))]


class BoundedOAuth(HubOAuth):  # type: ignore[misc] # jupyterhub ships no types
    """Keeps a bounded number of answers about requesters, and of logins that have begun with a bounded address each."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the options of HubOAuth."""
        super().__init__(**kwargs)
        self.cache = _Known(self.cache_max_age)
        self._begun: deque[str] = deque()

    def generate_state(self, next_url: str | None = None, **extra_state: Any) -> str:
        """Return the id of a login that begins now.

        Args:
            next_url: The address to which the login returns; a very long one gives way to that of the page.
            extra_state: More of the login, as HubOAuth keeps it.
        """
        if next_url and len(next_url) > LONGEST_ADDRESS:
            next_url = None
        state = str(super().generate_state(next_url, **extra_state))
        self._begun.append(state)
        if len(self._begun) > MOST_LOGINS:
            self.clear_oauth_state(self._begun.popleft())
        return state


def hub_oauth(environ: Mapping[str, str], seconds: int = WHO_SECONDS) -> HubOAuth:
    """Return the client that identifies requesters at the hub, with the address and token from the environment.

    Args:
        environ: The environment variables that the hub sets for its services.
        seconds: For which an answer of the hub is kept.

    Raises:
        StartError: if the hub has not set them.
    """
    if missing := [name for name in NEEDED if not environ.get(name)]:
        raise StartError(
            f"{', '.join(missing)} not set: start this as a service of JupyterHub, which sets them (docs/usage-page.md)"
        )
    AsyncHTTPClient.configure(
        None, max_clients=HUB_REQUESTS, defaults={"connect_timeout": HUB_SECONDS, "request_timeout": HUB_SECONDS}
    )
    return BoundedOAuth(cache_max_age=seconds)


def wait_for_connections() -> None:
    """Let the client of JupyterHub 6 wait for a connection as long as for an answer. Call this in the event loop.

    A hub that hundreds of users open at once accepts connections late. `hub_oauth` does the same for JupyterHub 5.
    """
    try:
        from aiohttp import ClientTimeout  # noqa: PLC0415 # JupyterHub 5 does not have it
        from jupyterhub.httpclient import JupyterHubHTTPClient  # noqa: PLC0415 # the same
    except ImportError:
        return
    JupyterHubHTTPClient.instance(
        session_options={"timeout": ClientTimeout(total=HUB_SECONDS)}, connector_options={"limit": HUB_REQUESTS}
    )
