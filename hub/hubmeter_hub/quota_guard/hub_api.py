"""The hub's REST API, with the token of the service: a user's groups and servers, and the stop of a server.

https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html. The scopes are `SCOPES`, and no others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import requests

from hubmeter_common.deadline import Deadline, DeadlineAdapter
from hubmeter_common.tokens import TokenAuth

SCOPES: Final = ("read:servers", "delete:servers", "read:users:name", "read:users:groups")
READ_SECONDS: Final = 10.0
# A hub waits 10 seconds for a server that stops, by default, before it answers that the server is stopping.
STOP_SECONDS: Final = 60.0


class HubApiError(Exception):
    """A request failed, or its answer is incomplete. The message has the request and the remedy, never the token."""


@dataclass(frozen=True)
class Server:
    """A server of a user; the default server has the name "". ``is_ready``: it runs, and neither starts nor stops."""

    name: str
    is_ready: bool


@dataclass(frozen=True)
class HubUser:
    """A user, the groups that the hub knows at this moment, and the servers that are active."""

    name: str
    groups: frozenset[str]
    servers: tuple[Server, ...]


class HubApi:
    """Reads users and stops servers, one request at a time."""

    def __init__(self, api_url: str, token: str, environ: Mapping[str, str]) -> None:
        """Send nothing yet.

        Args:
            api_url: The URL of the API, such as ``http://hub:8081/hub/api``.
            token: The token of the service.
            environ: The environment variables that a hub with internal SSL sets for its services.
        """
        self._url = api_url.rstrip("/")
        self._deadline = Deadline(READ_SECONDS)
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy would get the token, and ~/.netrc replace it
        self._session.auth = TokenAuth(token, "token")
        if certificate := environ.get("JUPYTERHUB_SSL_CERTFILE"):
            self._session.cert = (certificate, environ.get("JUPYTERHUB_SSL_KEYFILE", ""))
            self._session.verify = environ.get("JUPYTERHUB_SSL_CLIENT_CA") or True
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, DeadlineAdapter(self._deadline))

    def user(self, username: str) -> HubUser | None:
        """Return a user; None if the hub does not know the user.

        Raises:
            HubApiError: if the answer is not complete, or there is none.
        """
        path = f"/users/{quote(username, safe='')}"
        response = self._send("GET", path, READ_SECONDS)
        if response.status_code == 404:
            return None
        if response.status_code != 200:
            raise _refused("GET", self._url + path, response)
        try:
            model = response.json()
        except ValueError as error:
            raise HubApiError(f"GET {self._url}{path} answered no JSON: check JUPYTERHUB_API_URL") from error
        return _user(f"GET {self._url}{path}", username, model)

    def stop(self, username: str, server: str) -> None:
        """Stop a server, and keep it in the user's list. Return when it has stopped, or is stopping.

        Raises:
            HubApiError: if the hub does not stop it.
        """
        path = f"/users/{quote(username, safe='')}/" + (f"servers/{quote(server, safe='')}" if server else "server")
        response = self._send("DELETE", path, STOP_SECONDS)
        if response.status_code not in {202, 204, 404}:  # 404: it has gone meanwhile
            raise _refused("DELETE", self._url + path, response)

    def _send(self, method: str, path: str, seconds: float) -> requests.Response:
        self._deadline.restart(seconds)
        try:
            request = self._session.prepare_request(requests.Request(method, self._url + path))
            request.url = self._url + path  # requests leaves out "." and "..", which are valid names
            return self._session.send(request, timeout=seconds, allow_redirects=False)
        except requests.Timeout as error:
            raise HubApiError(f"{method} {self._url}{path} was not answered within {seconds:g} s") from error
        except (requests.RequestException, OSError) as error:  # OSError: TLS files
            raise HubApiError(f"{method} {self._url}{path} failed: {type(error).__name__}") from error


def _user(asked: str, username: str, model: Any) -> HubUser:
    """Return a user from the hub's JSON. What is missing would make limits or servers wrong, so it is an error."""
    match model:
        case {"name": str(name), "groups": list(groups), "servers": dict(servers)} if name == username:
            found = [_server(server) for server in servers.values()]
            if all(isinstance(group, str) for group in groups) and None not in found:
                active = tuple(server for server in found if server is not None)
                return HubUser(name, frozenset(groups), active)
        case {"name": str(name)} if name == username:
            raise HubApiError(f"{asked} answered without groups or servers: give the service {_ROLE}")
    raise HubApiError(f"{asked} answered JSON that is not a user of JupyterHub")


def _server(model: Any) -> Server | None:
    match model:
        case {"name": str(name), "ready": bool(ready), "pending": pending}:
            return Server(name, ready and not pending)
    return None


_ROLE: Final = f"the scopes {', '.join(SCOPES)} in the hub's load_roles"


def _refused(method: str, url: str, response: requests.Response) -> HubApiError:
    text = f"{method} {url} was answered with {response.status_code} {response.reason}"
    if response.status_code in {401, 403}:
        return HubApiError(f"{text}: give the service {_ROLE}, and check its token")
    return HubApiError(f"{text}: see the hub's log")
