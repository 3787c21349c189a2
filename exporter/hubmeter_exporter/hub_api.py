"""The users of a hub and their groups, read page by page from the JupyterHub REST API.

https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html, ``GET /users``. Needs JupyterHub 2 or
later and a token with two scopes, both of which only read: ``list:users`` and ``read:users:groups``.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry

from hubmeter_exporter.membership import User

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

    from urllib3._base_connection import BaseHTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool

PAGINATED: Final = "application/jupyterhub-pagination+json"
PAGE_SIZE: Final = 200  # the most a hub gives with its default settings
SCOPES: Final = ("list:users", "read:users:groups")
_CHECK_URL: Final = "check that the hub runs and that --hub_url, with the hub's base_url if it has one, leads to it"
_GRANT: Final = f"give the exporter's service the scopes {' and '.join(SCOPES)} in the hub's load_roles"


class HubError(Exception):
    """The users could not be read. Says what failed and what to do, and never contains the token.

    Attributes:
        reason: one word for the error counter.
        remedy: what an administrator can do, as a clause.
        transient: whether the same request may succeed a moment later.
    """

    reason: ClassVar[str]
    remedy: ClassVar[str]
    transient: ClassVar[bool] = False
    retry_after: float = 0.0

    def __str__(self) -> str:
        """Return failure and remedy as one sentence."""
        return f"{self.args[0]}: {self.remedy}"


class HubUnreachableError(HubError):
    """No connection, or one that broke."""

    reason = "connection"
    remedy = (
        f"{_CHECK_URL}; in Zero to JupyterHub the exporter's pod needs the label "
        'hub.jupyter.org/network-access-hub: "true"'
    )
    transient = True


class HubTimeoutError(HubError):
    """The hub took too long to connect, to answer, or for all pages together."""

    reason = "timeout"
    remedy = "see in the hub's log and CPU use what keeps it busy"
    transient = True


class HubBusyError(HubError):
    """429 or 5xx."""

    reason = "unavailable"
    remedy = "see the hub's log"
    transient = True


class HubForbiddenError(HubError):
    """401 or 403."""

    reason = "forbidden"
    remedy = f"check that the token is the one of the exporter's service, and {_GRANT}"


class ScopeMissingError(HubError):
    """Users come without their groups."""

    reason = "scope"
    remedy = f"the scope read:users:groups is missing; {_GRANT}"


class NotAHubError(HubError):
    """Any other status: a redirection, 404 and the like."""

    reason = "status"
    remedy = _CHECK_URL


class UnexpectedAnswerError(HubError):
    """200, but not a page of users."""

    reason = "answer"
    remedy = f"{_CHECK_URL}, that it is JupyterHub 2 or later, and that no proxy between drops the header Accept"


REASONS: Final = tuple(
    error.reason
    for error in (
        HubUnreachableError,
        HubTimeoutError,
        HubBusyError,
        HubForbiddenError,
        ScopeMissingError,
        NotAHubError,
        UnexpectedAnswerError,
    )
)


@dataclass(frozen=True)
class Limits:
    """How long to wait for a hub, in seconds, and how often to ask again for one page.

    ``read`` bounds the silence between two packets, ``refresh`` everything together, whatever the hub does.
    """

    connect: float = 5.0
    read: float = 30.0
    refresh: float = 300.0
    retries: int = 4
    backoff_factor: float = 0.5
    backoff_max: float = 10.0


@dataclass(frozen=True)
class _Page:
    """``total`` is the hub's count of users at that moment, ``next`` the (offset, limit) of the next page."""

    users: tuple[User, ...]
    total: int
    next: tuple[int, int] | None


class HubClient:
    """Reads the users of one hub."""

    def __init__(self, api_url: str, token: str, limits: Limits = Limits()) -> None:
        """Take the URL of the REST API, such as ``http://hub:8081/hub/api``, and the token of a service."""
        self._url = f"{api_url.rstrip('/')}/users"
        self._token = token
        self._limits = limits

    def read_users(self) -> tuple[User, ...]:
        """Return every user of the hub, each once.

        Users may come and go meanwhile. As pages are counted from the start of the list, a deletion moves
        users over the edge of a page unseen; then everything is read a second time. If it happens again, the
        users of both readings are returned: a user too many has no usage, the usage of one too few would be
        nobody's.

        Raises:
            HubError: nothing is returned in part.
        """
        with _Deadline(self._limits.refresh) as deadline, self._session(deadline) as session:
            try:
                users, complete = self._read_all(session, deadline)
                if not complete:
                    again, complete = self._read_all(session, deadline)
                    users = again if complete else users | again
            except HubError as error:
                if deadline.expired.is_set():
                    raise self._too_slow() from error
                raise
        return tuple(users.values())

    def _read_all(self, session: requests.Session, deadline: _Deadline) -> tuple[dict[str, User], bool]:
        """Return the users by name, and whether nobody can have been skipped."""
        users: dict[str, User] = {}
        totals: list[int] = []
        following: tuple[int, int] | None = (0, PAGE_SIZE)
        while following is not None:
            offset = following[0]
            page = self._read_page(session, deadline, *following)
            users.update((user.name, user) for user in page.users)
            totals.append(page.total)
            following = page.next
            if following is not None and following[0] <= offset:
                raise UnexpectedAnswerError(f"{self._url} names offset {following[0]} as the one after {offset}")
        shrank = any(later < earlier for earlier, later in pairwise(totals))
        return users, not shrank and len(users) >= totals[-1]

    def _read_page(self, session: requests.Session, deadline: _Deadline, offset: int, limit: int) -> _Page:
        """Return one page; ask again, ever more slowly, as long as there is hope."""
        retries = Retry(
            total=self._limits.retries,
            backoff_factor=self._limits.backoff_factor,
            backoff_max=self._limits.backoff_max,
        )
        while True:
            try:
                return self._request(session, offset, limit)
            except HubError as error:
                if not error.transient or deadline.expired.is_set():
                    raise
                try:
                    retries = retries.increment("GET", self._url)
                except MaxRetryError:
                    raise error from error.__cause__
                wait = max(retries.get_backoff_time(), error.retry_after)
                if deadline.expired.wait(min(wait, self._limits.backoff_max)):
                    raise

    def _request(self, session: requests.Session, offset: int, limit: int) -> _Page:
        try:
            response = session.get(
                self._url,
                params={"offset": offset, "limit": limit},
                timeout=(self._limits.connect, self._limits.read),
                allow_redirects=False,  # the token goes to the hub and nowhere else
            )
        except requests.Timeout as error:
            raise HubTimeoutError(f"{self._url} did not answer in time ({_root(error)})") from error
        except (requests.RequestException, HTTPError) as error:  # urllib3's own: a host that no name can be
            raise HubUnreachableError(f"{self._url} cannot be read ({_root(error)})") from error
        if response.status_code != 200:
            raise _status_error(self._url, response)
        try:
            answer = response.json()
        except requests.JSONDecodeError as error:
            kind = response.headers.get("Content-Type", "no content type")
            raise UnexpectedAnswerError(f"{self._url} answered {kind} that is not JSON ({error})") from error
        return _parse_page(self._url, answer)

    @contextmanager
    def _session(self, deadline: _Deadline) -> Iterator[requests.Session]:
        """Keep one connection alive for all pages."""
        with requests.Session() as session:
            session.headers["Accept"] = PAGINATED
            session.auth = _Token(self._token)
            for scheme in ("http://", "https://"):
                session.mount(scheme, _WatchedAdapter(deadline))
            yield session

    def _too_slow(self) -> HubTimeoutError:
        return HubTimeoutError(f"{self._url}: reading all users took more than {self._limits.refresh:g} s")


class _Token(AuthBase):
    """A token as ``auth``, because requests lets a .netrc override a mere header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"token {self._token}"
        return request


class _Deadline:
    """Breaks the connections of a refresh once the time is up, and closes them at its end.

    Timeouts of sockets start anew with each byte, so a hub that drips would hold a read for ever. And urllib3
    closes a connection only when nothing refers to its pool any more, which an error's traceback does.
    """

    def __init__(self, seconds: float) -> None:
        self.expired = threading.Event()
        self._seconds = seconds
        self._finished = threading.Event()
        self._connections: list[BaseHTTPConnection] = []
        self._watchman = threading.Thread(target=self._watch, name="refresh-deadline", daemon=True)

    def __enter__(self) -> Self:
        self._watchman.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finished.set()
        for connection in self._connections:
            connection.close()

    def add(self, connection: BaseHTTPConnection) -> None:
        """Watch a connection, which need not be open yet."""
        self._connections.append(connection)

    def _watch(self) -> None:
        if self._finished.wait(self._seconds):
            return
        self.expired.set()
        while not self._finished.wait(0.05):  # again and again: a connection may just be opening
            for connection in list(self._connections):
                sock = getattr(connection, "sock", None)  # http.client's, which urllib3's type leaves out
                if sock is not None:
                    with suppress(OSError):  # closed already
                        # The plain socket's: SSLSocket.shutdown would pull its state from under the reader.
                        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _WatchedAdapter(HTTPAdapter):
    """Has every connection watched by a deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline
        super().__init__()

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> HTTPConnectionPool:
        pool = cast("HTTPConnectionPool", super().get_connection_with_tls_context(request, verify, proxies, cert))
        connect = type(pool).ConnectionCls

        def watched(*args: Any, **kwargs: Any) -> BaseHTTPConnection:
            connection = connect(*args, **kwargs)
            self._deadline.add(connection)
            return connection

        pool.ConnectionCls = watched  # type: ignore[assignment] # called to make a connection, no more
        return pool


def _status_error(url: str, response: requests.Response) -> HubError:
    """Return the error for a status other than 200, with the hub's own words where it has some."""
    code = response.status_code
    said = f"{url} answered {code} {response.reason}"
    with suppress(requests.JSONDecodeError):
        answer = response.json()
        if isinstance(answer, dict) and isinstance(answer.get("message"), str):
            said = f'{said} ("{answer["message"][:300]}")'
    if code in (401, 403):
        return HubForbiddenError(said)
    if code == 429 or code >= 500:
        error = HubBusyError(said)
        with suppress(ValueError):  # a date, or nonsense: the usual backoff will do
            error.retry_after = float(response.headers.get("Retry-After", "0"))
        return error
    if 300 <= code < 400:
        said = f"{said} to {response.headers.get('Location', 'nowhere')[:300]}"
    return NotAHubError(said)


def _parse_page(url: str, answer: object) -> _Page:
    """Return a page from the hub's JSON: ``{"items": [...], "_pagination": {"total": n, "next": {...}}}``.

    Raises:
        UnexpectedAnswerError: for any other shape.
        ScopeMissingError: for a user without the key ``groups``.
    """
    match answer:
        case {"items": list(items), "_pagination": {"total": int(total), "next": None}}:
            following = None
        case {
            "items": list(items),
            "_pagination": {"total": int(total), "next": {"offset": int(offset), "limit": int(limit)}},
        }:
            following = (offset, limit)
        case _:
            raise UnexpectedAnswerError(f"{url} answered JSON that is not a page of users")
    return _Page(tuple(_parse_user(url, item) for item in items), total, following)


def _parse_user(url: str, item: object) -> User:
    if not isinstance(item, dict) or not isinstance(name := item.get("name"), str) or not name:
        raise UnexpectedAnswerError(f"{url} answered a user without a name")
    if "groups" not in item:
        raise ScopeMissingError(f"{url} answered without the groups of {name!r}")
    groups = item["groups"]
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise UnexpectedAnswerError(f"{url} answered groups of {name!r} that are not names")
    try:
        "".join((name, *groups)).encode("utf-8")
    except UnicodeEncodeError as error:  # a lone surrogate: no label can spell it
        raise UnexpectedAnswerError(f"{url} answered a name that is not Unicode ({error})") from error
    return User(name, tuple(groups))


def _root(error: BaseException) -> str:
    """Return the innermost cause in a few words; what urllib3 and requests put around it says little more."""
    seen = {error}
    while (cause := error.__cause__ or error.__context__) is not None and cause not in seen:
        seen.add(cause)
        error = cause
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
