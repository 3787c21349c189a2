"""The users of a hub and their groups, read page by page from the JupyterHub REST API.

https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html, ``GET /users``. It needs JupyterHub 2 or later, and
a token with two read-only scopes: ``list:users`` and ``read:users:groups``.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar, Final

import requests
from urllib3.exceptions import HTTPError

from hubmeter_common.deadline import Deadline, DeadlineAdapter
from hubmeter_common.tokens import TokenAuth, TokenError
from hubmeter_exporter.connection import DIRECT, Connection
from hubmeter_exporter.membership import User

PAGINATED: Final = "application/jupyterhub-pagination+json"
PAGE_SIZE: Final = 200  # the maximum of a hub with default settings
SCOPES: Final = ("list:users", "read:users:groups")
_CHECK_URL: Final = "check that the hub runs and that --hub_url is its URL, including its base_url if it has one"
_GRANT: Final = f"give the exporter's service the scopes {' and '.join(SCOPES)} in the hub's load_roles"


class HubError(Exception):
    """The users could not be read. The message has the failure and its remedy, and never the token.

    Attributes:
        reason: One word for the error counter.
        remedy: What an administrator can do, as a clause.
        transient: Whether the same request may succeed a moment later.
        retry_after: Seconds after which the hub asks for the next request.
    """

    reason: ClassVar[str]
    remedy: ClassVar[str]
    transient: ClassVar[bool] = False
    retry_after: float = 0.0

    def __str__(self) -> str:
        """Return failure and remedy as one sentence."""
        return f"{self.args[0]}: {self.remedy}"


class HubUnreachableError(HubError):
    """The connection was refused or broke."""

    reason = "connection"
    remedy = (
        f"{_CHECK_URL}; in Zero to JupyterHub the exporter's pod needs the label "
        'hub.jupyter.org/network-access-hub: "true"'
    )
    transient = True


class HubUntrustedError(HubUnreachableError):
    """TLS failed: the hub's certificate is not trusted, or a TLS file is unusable."""

    remedy = (
        "check the TLS files; set --hub_ca_file for a certificate of a private authority, and "
        "JUPYTERHUB_SSL_CLIENT_CA, JUPYTERHUB_SSL_CERTFILE and JUPYTERHUB_SSL_KEYFILE for a hub with internal_ssl"
    )
    transient = False


class HubTimeoutError(HubError):
    """Connecting, a response, or all pages together took too long."""

    reason = "timeout"
    remedy = "check the hub's log and CPU usage for the cause"
    transient = True


class HubBusyError(HubError):
    """The status was 429 or 5xx."""

    reason = "unavailable"
    remedy = "check the hub's log"
    transient = True


class HubForbiddenError(HubError):
    """The status was 401 or 403."""

    reason = "forbidden"
    remedy = f"check that the token is the one of the exporter's service, and {_GRANT}"


class TokenUnusableError(HubError):
    """The file with the token could not be read, or has no token."""

    reason = "token"
    remedy = "check that the Secret or file has the token of the exporter's service, and nothing else"


class ScopeMissingError(HubError):
    """The response had users without their groups."""

    reason = "scope"
    remedy = f"the scope read:users:groups is missing; {_GRANT}"


class NotAHubError(HubError):
    """The status was another one: a redirect, 404 and the like."""

    reason = "status"
    remedy = _CHECK_URL


class UnexpectedAnswerError(HubError):
    """The status was 200, but the response was not a page of users."""

    reason = "answer"
    remedy = f"{_CHECK_URL}, that it is JupyterHub 2 or later, and that no proxy removes the header Accept"


REASONS: Final = tuple(
    error.reason
    for error in (
        HubUnreachableError,
        HubTimeoutError,
        HubBusyError,
        HubForbiddenError,
        TokenUnusableError,
        ScopeMissingError,
        NotAHubError,
        UnexpectedAnswerError,
    )
)


@dataclass(frozen=True)
class Limits:
    """Time limits in seconds, and the number of retries for one page.

    Attributes:
        connect: Of establishing a connection.
        read: Of the silence between two packets.
        refresh: Of reading all users, whatever the hub does.
        retries: Attempts after the first one.
        backoff_factor: The first retry follows at once, the n-th after ``backoff_factor * 2**(n - 1)``.
        backoff_max: Of the wait before a retry.
    """

    connect: float = 5.0
    read: float = 30.0
    refresh: float = 300.0
    retries: int = 4
    backoff_factor: float = 0.5
    backoff_max: float = 10.0


@dataclass(frozen=True)
class _Page:
    """A page of users; ``total`` counts all users of the hub, ``next`` is the (offset, limit) of the next page."""

    users: tuple[User, ...]
    total: int
    next: tuple[int, int] | None


class HubClient:
    """Reads the users of one hub."""

    def __init__(
        self,
        api_url: str,
        token: str | Path,
        limits: Limits = Limits(),
        connection: Connection = DIRECT,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the URL of the REST API, such as ``http://hub:8081/hub/api``, and the token of a service or its file.

        A file is read for each request, and again after a 401 or 403, because Kubernetes replaces it after a rotation.
        """
        self._url = f"{api_url.rstrip('/')}/users"
        self._auth = TokenAuth(token, "token")
        self._limits = limits
        self._connection = connection
        self._clock = clock
        self._sleep = sleep

    def read_users(self) -> tuple[User, ...]:
        """Return every user of the hub once.

        Pages are counted from the start of the list. If a user is deleted meanwhile, others move to a page that was
        read already. Then all pages are read again. If that happens twice, the result has the users of both readings:
        an extra user has no usage, but the usage of a missing user would be unattributed.

        Raises:
            HubError: A page could not be read. There is no partial result.
        """
        deadline = Deadline(self._limits.refresh, self._clock)
        with self._session(deadline) as session:
            users, complete = self._read_all(session, deadline)
            if not complete:
                again, complete = self._read_all(session, deadline)
                users = again if complete else users | again
        return tuple(users.values())

    def _read_all(self, session: requests.Session, deadline: Deadline) -> tuple[dict[str, User], bool]:
        """Return the users by name, and whether all users are among them."""
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

    def _read_page(self, session: requests.Session, deadline: Deadline, offset: int, limit: int) -> _Page:
        """Return one page. After a transient failure, request it again with increasing waits."""
        failures = 0
        while left := deadline.left():
            try:
                return self._request(session, offset, limit, min(left, self._limits.connect))
            except HubError as error:
                failures += 1
                if not error.transient or (failures > self._limits.retries and deadline.left()):
                    raise
                backoff = self._limits.backoff_factor * 2.0 ** (failures - 1) if failures > 1 else 0.0
                wait = min(max(backoff, error.retry_after), self._limits.backoff_max)
                if wait >= deadline.left():
                    break
                self._sleep(wait)
        raise HubTimeoutError(f"{self._url}: reading all users took more than {self._limits.refresh:g} s")

    def _request(self, session: requests.Session, offset: int, limit: int, connect: float) -> _Page:
        response = self._get(session, offset, limit, connect)
        if response.status_code in (401, 403) and self._has_new_token(response.request):
            response = self._get(session, offset, limit, connect)
        if response.status_code != 200:
            raise _status_error(self._url, response)
        try:
            answer = response.json()
        except requests.JSONDecodeError as error:
            kind = response.headers.get("Content-Type", "no content type")
            raise UnexpectedAnswerError(f"{self._url} answered {kind} that is not JSON ({error})") from error
        return _parse_page(self._url, answer)

    def _get(self, session: requests.Session, offset: int, limit: int, connect: float) -> requests.Response:
        try:
            return session.get(
                self._url,
                params={"offset": offset, "limit": limit},
                timeout=(connect, self._limits.read),
                allow_redirects=False,  # so that only the hub gets the token
            )
        except TokenError as error:
            raise TokenUnusableError(str(error)) from error
        except requests.Timeout as error:
            raise HubTimeoutError(f"{self._url} did not answer in time ({_root(error)})") from error
        except requests.exceptions.SSLError as error:
            raise HubUntrustedError(f"{self._url} cannot be read ({_root(error)})") from error
        except (requests.RequestException, HTTPError) as error:  # urllib3's own: an invalid host name
            raise HubUnreachableError(f"{self._url} cannot be read ({_root(error)})") from error
        except OSError as error:  # a TLS file that is missing or invalid
            raise HubUntrustedError(f"{self._url} cannot be read ({_root(error)})") from error

    def _has_new_token(self, sent: requests.PreparedRequest) -> bool:
        try:
            return self._auth.is_newer_than(sent)
        except TokenError as error:
            raise TokenUnusableError(str(error)) from error

    @contextmanager
    def _session(self, deadline: Deadline) -> Iterator[requests.Session]:
        """Yield a session that keeps one connection for all pages."""
        with requests.Session() as session:
            session.headers["Accept"] = PAGINATED
            session.auth = self._auth
            self._connection.set_up(session, self._url)
            for scheme in ("http://", "https://"):
                session.mount(scheme, DeadlineAdapter(deadline))
            yield session


def _status_error(url: str, response: requests.Response) -> HubError:
    """Return the error for a status other than 200, with the message of the hub if there is one."""
    code = response.status_code
    failure = f"{url} answered {code} {response.reason}"
    with suppress(requests.JSONDecodeError):
        answer = response.json()
        if isinstance(answer, dict) and isinstance(answer.get("message"), str):
            failure = f'{failure} ("{answer["message"][:300]}")'
    if code in (401, 403):
        return HubForbiddenError(failure)
    if code == 429 or code >= 500:
        error = HubBusyError(failure)
        with suppress(ValueError):  # a date or an invalid value: the backoff applies
            error.retry_after = float(response.headers.get("Retry-After", "0"))
        return error
    if 300 <= code < 400:
        failure = f"{failure} to {response.headers.get('Location', 'nowhere')[:300]}"
    return NotAHubError(failure)


def _parse_page(url: str, answer: object) -> _Page:
    """Return a page from the hub's JSON: ``{"items": [...], "_pagination": {"total": n, "next": {...}}}``.

    Raises:
        UnexpectedAnswerError: The JSON has another shape.
        ScopeMissingError: A user has no key ``groups``.
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
    except UnicodeEncodeError as error:  # a lone surrogate, which no label can contain
        raise UnexpectedAnswerError(f"{url} answered a name that is not Unicode ({error})") from error
    return User(name, tuple(groups))


def _root(error: BaseException) -> str:
    """Return the innermost cause; the errors of urllib3 and requests around it add little."""
    seen = {error}
    while (cause := error.__cause__ or error.__context__) is not None and cause not in seen:
        seen.add(cause)
        error = cause
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
