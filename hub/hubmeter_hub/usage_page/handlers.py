"""What the page answers, to whom: its owner, and administrators.

Who asks is what the hub says of the OAuth cookie or of the token in the header Authorization. There is nothing but
GET, so nothing can be forged across sites; answers are not stored, and name no origin but their own in the
Content-Security-Policy.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit

import jinja2
from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated, UserNotAllowed
from jupyterhub.utils import get_browser_protocol
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from hubmeter_hub.usage_page.standing import Standing, as_json, iso
from hubmeter_hub.usage_page.standings import Standings

log = logging.getLogger("hubmeter.usage_page")

HUB_TIMEOUT: Final = 5.0
# What a token must be allowed, to see others through it.
SEE_OTHERS: Final = frozenset({"read:users:name", "read:users:groups"})
_MERGED: Final = {
    "min": "The smallest of these policies is the limit",
    "max": "The largest of these policies is the limit",
    "sum": "These policies add up to the limit",
}


@dataclass(frozen=True)
class Shown:
    """What is the same on every page. ``hub_url`` (``/hub/``, or absolute) and ``prefix`` end with a slash."""

    prefix: str
    hub_url: str
    footer_note: str
    enable_home_storage: bool
    enable_compute: bool
    intersection: str

    @property
    def policy(self) -> str:
        """The Content-Security-Policy: only our own style, script and the hub's logo; no frames, no forms."""
        parts = urlsplit(self.hub_url)
        images = f"'self' {parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"
        return (
            f"default-src 'none'; style-src 'self'; script-src 'self'; img-src {images}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )


def templates() -> jinja2.Environment:
    """Return the page's templates: everything is escaped, and a name that is not given is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hubmeter_hub.usage_page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["iso"] = iso
    environment.filters["utc"] = lambda seconds: datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y, %H:%M UTC")
    return environment


_MESSAGES: Final = {
    400: "Say whose usage is asked for, in UTF-8: a service has none of its own and needs ?user=NAME.",
    401: "Nobody is logged in: send a token with the scope of this service in the header Authorization.",
    403: "Everybody sees only their own usage here; administrators see that of others.",
    404: "There is no such page, or no such user.",
    500: "The hub did not say who you are. Please try again in a few minutes.",
    503: "This page is not set up yet. Administrators find the reason in the hub's log.",
    502: "The hub did not answer as expected. Please try again in a few minutes.",
}


class Protected(RequestHandler):
    """Keeps answers private and inert: headers, cookies, and errors that tell no details.

    Its settings are the application's: ``shown``, ``pages`` (templates) and ``auth`` (who asks).
    """

    def initialize(self) -> None:
        """Use the application's way of asking who is there."""
        self.hub_auth = self.settings["auth"]
        self.shown: Shown = self.settings["shown"]

    def set_default_headers(self) -> None:
        """Set the headers of every answer, errors included."""
        shown: Shown = self.settings["shown"]
        self.set_header("Content-Security-Policy", shown.policy)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.clear_header("Server")

    def set_cookie(self, name: str, value: str | bytes, *args: Any, **kwargs: Any) -> None:
        """Set a cookie that no script reads, that no other site's forms send, and that never leaves https.

        Lax, not Strict: it must come along when a log-in elsewhere leads back here.
        """
        kwargs |= {"httponly": True, "samesite": "Lax"}
        if get_browser_protocol(self.request) == "https":
            kwargs["secure"] = True
        super().set_cookie(name, value, *args, **kwargs)

    def show(self, template: str, **values: object) -> None:
        """Answer with a page."""
        pages: jinja2.Environment = self.settings["pages"]
        known = getattr(self, "_current_user", None)  # asking again could fail again
        self.finish(
            pages.get_template(template).render(
                hub_url=self.shown.hub_url,
                prefix=self.shown.prefix,
                footer_note=self.shown.footer_note,
                viewer=known["name"] if known else None,
                static_url=self.static_url,
                **values,
            )
        )

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 # tornado's signature
        """Answer with a page that says what to do; the details are in the log only."""
        self.show(
            "error.html",
            status=status_code,
            reason=HTTPStatus(status_code).phrase,
            message=_MESSAGES.get(status_code, ""),
            on_own_page=False,
        )


class Usage(HubOAuthenticated, Protected):  # type: ignore[misc] # jupyterhub ships no types
    """Finds out who asks, whose usage is asked for, and whether it may be told."""

    async def prepare(self) -> None:
        """Ask the hub who this is, without keeping others waiting."""
        self.current_user = None
        model = await self.hub_auth.get_user(self, sync=False)
        if model is None:
            return
        try:
            self.current_user = self.check_hub_user(model)
        except UserNotAllowed as error:
            raise HTTPError(403, f"{model['name']!r} may not use this service") from error

    async def told(self) -> tuple[Standing, bool]:
        """Return where the user stands whom this request may see, and whether that is the one who asks.

        Raises:
            HTTPError: 403 for others than oneself (unless an administrator asks), whether they exist or not.
        """
        viewer = self.current_user
        username = self.get_query_argument("user", viewer["name"] if viewer["kind"] == "user" else "", strip=False)
        own = viewer["kind"] == "user" and username == viewer["name"]
        if own:
            return await self.standings().of(username, frozenset(viewer["groups"])), True
        if not self.sees_others():
            raise HTTPError(403, f"{viewer['name']!r} asked for {username!r}")
        if not username:
            raise HTTPError(400, "a service has no usage of its own: add ?user=NAME")
        return await self.standings().of(username, await self.groups_of(username)), False

    def sees_others(self) -> bool:
        """Return whether who asks may see others: administrators in a browser; tokens with the scopes for it.

        A token of an administrator may be made for less than what its owner may do, so it needs the scopes itself.
        """
        viewer: Mapping[str, Any] = self.current_user
        if self.hub_auth.get_token(self, in_cookie=False):
            return SEE_OTHERS.issubset(viewer["scopes"])
        return bool(viewer.get("admin"))

    async def groups_of(self, username: str) -> frozenset[str]:
        """Return another user's groups, read with the service's own token.

        Raises:
            HTTPError: 404 where the hub knows no such user, 502 where it does not answer as it should.
        """
        auth = self.hub_auth
        request = HTTPRequest(
            f"{auth.api_url.rstrip('/')}/users/{quote(username, safe='')}",
            headers={"Authorization": f"token {auth.api_token}"},
            connect_timeout=HUB_TIMEOUT,
            request_timeout=HUB_TIMEOUT,
            client_cert=auth.certfile or None,
            client_key=auth.keyfile or None,
            ca_certs=auth.client_ca or None,
        )
        try:
            answer = await AsyncHTTPClient().fetch(request)
            groups = json.loads(answer.body)["groups"]
        except HTTPClientError as error:
            if error.code == 404:
                raise HTTPError(404, f"no user {username!r}") from error
            raise HTTPError(502, _hub_trouble(f"HTTP {error.code}")) from error
        except (OSError, ValueError, KeyError) as error:
            raise HTTPError(502, _hub_trouble(repr(error))) from error
        return frozenset(groups)

    def standings(self) -> Standings:
        """Return what knows where users stand."""
        found: Standings = self.settings["standings"]
        return found


def _hub_trouble(what: str) -> str:
    return (
        f"the hub's API answered {what} to the question for a user's groups; the service needs the scopes "
        f"{' and '.join(sorted(SEE_OTHERS))} for ?user="
    )


class UsagePage(Usage):
    """The page."""

    async def get(self) -> None:
        """Answer with the page; 503 where Prometheus is away, with what is known without it."""
        if self.current_user is None:
            self.redirect(self.get_login_url())
            return
        told, own = await self.told()
        if told.state == "away":
            self.set_status(503)
        self.show(
            "usage.html",
            told=told,
            own=own,
            on_own_page=own,
            enable_home_storage=self.shown.enable_home_storage,
            enable_compute=self.shown.enable_compute,
            merged=_MERGED[self.shown.intersection],
        )


class UsageJson(Usage):
    """The same for programs."""

    async def get(self) -> None:
        """Answer with the JSON of docs/usage-page.md; 503 where Prometheus is away."""
        if self.current_user is None:
            raise HTTPError(401, "not logged in")
        told, _ = await self.told()
        if told.state == "away":
            self.set_status(503)
        self._json(as_json(told))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 # tornado's signature
        """Answer as the hub's own API does."""
        self._json({"status": status_code, "message": _MESSAGES.get(status_code) or HTTPStatus(status_code).phrase})

    def _json(self, body: Mapping[str, Any]) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))


class NotFound(Protected):
    """Every other address."""

    async def prepare(self) -> None:
        """Ask nobody: there is nothing to see, for whomever."""
        raise HTTPError(404)


class NotSetUp(Protected):
    """Every address, while the settings are wrong."""

    async def prepare(self) -> None:
        """Ask nobody."""
        raise HTTPError(503)


class OAuthCallback(Protected, HubOAuthCallbackHandler):  # type: ignore[misc] # jupyterhub ships no types
    """The end of a log-in."""


class Static(StaticFileHandler):
    """Style and script, which browsers may keep: their addresses change with them."""

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 # tornado's signature
        """Let nobody guess the type."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Server")
