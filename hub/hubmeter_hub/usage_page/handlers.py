"""The requests that the usage page answers, and the access control: users see their own usage, administrators all.

The hub identifies the requester by the OAuth cookie or by the token in the header Authorization. Only GET is answered,
so no request can be forged across sites. Answers are not stored, and their Content-Security-Policy names no other
origin.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

import jinja2
from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated, UserNotAllowed
from jupyterhub.utils import get_browser_protocol
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from hubmeter_hub.usage_page.filters import FILTERS
from hubmeter_hub.usage_page.leads import Access, Leads
from hubmeter_hub.usage_page.rendered import Rendered
from hubmeter_hub.usage_page.summary import Summary, as_json
from hubmeter_hub.usage_page.summary_cache import SummaryCache

log = logging.getLogger("hubmeter.usage_page")

HUB_TIMEOUT: Final = 5.0
# The scopes that a token needs to see other users.
SEE_OTHERS: Final = frozenset({"read:users:name", "read:users:groups"})
_MERGED: Final = {
    "min": "The smallest of these policies is the limit",
    "max": "The largest of these policies is the limit",
    "sum": "These policies add up to the limit",
}


# By failover_open, what holds for users with limits while their usage is unknown.
_MEANWHILE: Final = {
    True: "Until then, servers start without a check of the limits.",
    False: "Until then, no new server starts where a limit applies.",
    None: "Until then, the hub's settings decide whether servers start.",
}


@dataclass(frozen=True)
class Site:
    """The values that are the same on every page.

    ``hub_url`` (``/hub/``, or absolute) and ``prefix`` end with a slash. ``failover_open`` is that of the hub, if
    the page knows it.
    """

    prefix: str
    hub_url: str
    footer_note: str
    enable_home_storage: bool
    enable_compute: bool
    intersection: str
    failover_open: bool | None = None

    @cached_property
    def policy(self) -> str:
        """The Content-Security-Policy: our own style and script, the hub's logo, no frames, no forms."""
        parts = urlsplit(self.hub_url)
        images = f"'self' {parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"
        return (
            f"default-src 'none'; style-src 'self'; script-src 'self'; img-src {images}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )


class Viewer(NamedTuple):
    """What a page depends on of the requester: the name, None without a login, and the links in its head."""

    name: str | None = None
    is_admin: bool = False
    leads_groups: bool = False


@dataclass(frozen=True)
class Pages:
    """Makes pages. ``static_url`` returns the URL of a static file."""

    templates: jinja2.Environment
    site: Site
    static_url: Callable[[str], str]

    def html(self, template: str, viewer: Viewer, **values: object) -> str:
        """Return a page for a viewer."""
        return self.templates.get_template(template).render(
            hub_url=self.site.hub_url,
            prefix=self.site.prefix,
            footer_note=self.site.footer_note,
            viewer=viewer.name,
            is_admin=viewer.is_admin,
            leads_groups=viewer.leads_groups,
            static_url=self.static_url,
            **values,
        )

    def usage(self, viewer: Viewer, own: bool, summary: Summary) -> str:
        """Return the page of a summary, which may be the viewer's own."""
        return self.html(
            "usage.html",
            viewer,
            summary=summary,
            own=own,
            on_own_page=own,
            enable_home_storage=self.site.enable_home_storage,
            enable_compute=self.site.enable_compute,
            merged=_MERGED[self.site.intersection],
            meanwhile=_MEANWHILE[self.site.failover_open],
        )


def templates() -> jinja2.Environment:
    """Return the page's templates. Values are escaped, and an undefined name is an error."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hubmeter_hub.usage_page"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    for name in environment.list_templates():
        environment.get_template(name)  # the first user does not wait for its compilation
    return environment


_MESSAGES: Final = {
    400: "The request is invalid. A service has no usage of its own and must name a user: ?user=NAME, in UTF-8.",
    401: "Not logged in. Send a token with access to this service in the header Authorization.",
    403: "You can see only your own usage. Administrators can see that of all users.",
    404: "This page or user does not exist.",
    500: "The hub could not identify you. Please try again in a few minutes.",
    503: "This page is not set up yet. Please try again later, or ask your administrators.",
    502: "The hub did not answer as expected. Please try again in a few minutes.",
}


NOT_SET_UP: Final = "A setting of this service is invalid"


class Quiet(RequestHandler):
    """Logs errors without secrets."""

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log an error without the request's query, which may have login codes and tokens."""
        request = f"{self.request.method} {self.request.path[:200]} ({self.request.remote_ip})"
        if not isinstance(value, HTTPError):
            log.error("Uncaught exception %s", request, exc_info=(typ, value, tb))
        elif value.log_message:
            log.warning("%d %s: %s", value.status_code, request, value.get_message())


class Protected(Quiet):
    """Sets the security headers and cookie attributes, and shows errors without details.

    It uses the application's settings ``site``, ``pages`` and ``auth`` (the client of the hub).
    """

    messages = _MESSAGES

    def initialize(self) -> None:
        """Use the settings of the application."""
        self.hub_auth = self.settings["auth"]
        self.site: Site = self.settings["site"]

    def set_default_headers(self) -> None:
        """Set the headers of every answer, errors included."""
        site: Site = self.settings["site"]
        self.set_header("Content-Security-Policy", site.policy)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.clear_header("Server")

    def set_cookie(self, name: str, value: str | bytes, *args: Any, **kwargs: Any) -> None:
        """Set a cookie with HttpOnly, SameSite=Lax, and Secure on https.

        Lax, not Strict: the browser must send it when a login on another site redirects back.
        """
        kwargs |= {"httponly": True, "samesite": "Lax"}
        if get_browser_protocol(self.request) == "https":
            kwargs["secure"] = True
        super().set_cookie(name, value, *args, **kwargs)

    def compute_etag(self) -> None:
        """Return none: answers are not stored, so no browser would send it."""

    def access_to_groups(self, viewer: Mapping[str, Any]) -> Access:
        """Return the groups that an identified requester may see; none while the settings are invalid."""
        leads: Leads | None = self.settings.get("leads")
        with_token = bool(self.settings["auth"].get_token(self, in_cookie=False))
        return leads.access(viewer, with_token=with_token) if leads else Access()

    def show(self, template: str, **values: object) -> None:
        """Answer with a page."""
        self.finish(self.pages().html(template, self.viewer(), **values))

    def pages(self) -> Pages:
        """Return the maker of pages."""
        pages: Pages = self.settings["pages"]
        return pages

    def viewer(self) -> Viewer:
        """Return what a page depends on of the requester."""
        viewer = getattr(self, "_current_user", None)  # current_user would ask the hub again, which may fail
        if not viewer:
            return Viewer()
        return Viewer(viewer["name"], bool(viewer.get("admin")), bool(self.access_to_groups(viewer)))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 # tornado's signature
        """Answer with a page that says what to do. Details are in the log only."""
        self.show(
            "error.html",
            status=status_code,
            reason=HTTPStatus(status_code).phrase,
            message=self.messages.get(status_code, ""),
            on_own_page=False,
        )


class Usage(HubOAuthenticated, Protected):  # type: ignore[misc] # jupyterhub ships no types
    """Identifies the requester and the user asked for, and checks access."""

    shows_usage = False

    async def prepare(self) -> None:
        """Ask the hub who the requester is, without blocking other requests."""
        self.current_user = None
        if self.shows_usage:
            self.summaries().begin()
        model = await self.hub_auth.get_user(self, sync=False)
        if model is None:
            return
        try:
            self.current_user = self.check_hub_user(model)
        except UserNotAllowed as error:
            raise HTTPError(403, f"{model['name']!r} may not use this service") from error

    async def summary(self) -> tuple[Summary, bool]:
        """Return the summary that is asked for, and whether it is the requester's own.

        Raises:
            HTTPError: 403 for another user, existing or not, unless the requester is an administrator; 404 where the
                page has no section.
        """
        if not (self.site.enable_home_storage or self.site.enable_compute):
            raise HTTPError(404, "c.UsageViewer.enable_home_storage and enable_compute are both false")
        viewer = self.current_user
        username = self.get_query_argument("user", viewer["name"] if viewer["kind"] == "user" else "", strip=False)
        own = viewer["kind"] == "user" and username == viewer["name"]
        if own:
            return await self.summaries().of(username, frozenset(viewer["groups"])), True
        if not self.sees_others():
            raise HTTPError(403, f"{viewer['name']!r} asked for {username[:255]!r}")
        if not username:
            raise HTTPError(400, "a service has no usage of its own: add ?user=NAME")
        return await self.summaries().of(username, await self.groups_of(username)), False

    def sees_others(self) -> bool:
        """Return whether the requester may see others: an administrator in a browser, or a token with the scopes.

        A token may have fewer scopes than its owner, so an administrator's token needs the scopes itself.
        """
        viewer: Mapping[str, Any] = self.current_user
        if self.hub_auth.get_token(self, in_cookie=False):
            return SEE_OTHERS.issubset(viewer["scopes"])
        return bool(viewer.get("admin"))

    async def groups_of(self, username: str) -> frozenset[str]:
        """Return another user's groups, read with the service's own token.

        Raises:
            HTTPError: 404 if the user does not exist, 502 if the hub does not answer as expected.
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
            raise HTTPError(502, _no_groups(f"HTTP {error.code}")) from error
        except (OSError, ValueError, KeyError) as error:
            raise HTTPError(502, _no_groups(repr(error))) from error
        return frozenset(groups)

    def summaries(self) -> SummaryCache:
        """Return the summaries of users."""
        cache: SummaryCache = self.settings["summaries"]
        return cache


def _no_groups(reason: str) -> str:
    return (
        f"cannot read a user's groups from the hub's API: {reason}; for ?user=, the service needs the scopes "
        f"{' and '.join(sorted(SEE_OTHERS))}"
    )


class UsagePage(Usage):
    """The page."""

    shows_usage = True

    async def get(self) -> None:
        """Answer with the page; with status 503, and without usage, if Prometheus does not answer."""
        if self.current_user is None:
            self.redirect(self.get_login_url())
            return
        summary, own = await self.summary()
        if summary.state == "away":
            self.set_status(503)
        viewer = self.viewer()
        make = partial(self.pages().usage, viewer, own)
        self.finish(self.rendered().page((viewer, own, summary.username), summary, make))

    def rendered(self) -> Rendered:
        """Return the pages that have been made."""
        rendered: Rendered = self.settings["rendered"]
        return rendered


class UsageJson(Usage):
    """The page as JSON."""

    shows_usage = True

    async def get(self) -> None:
        """Answer with the JSON of docs/usage-page.md; with status 503 if Prometheus does not answer."""
        if self.current_user is None:
            raise HTTPError(401, "not logged in")
        summary, _ = await self.summary()
        if summary.state == "away":
            self.set_status(503)
        self._json(as_json(summary))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 # tornado's signature
        """Answer as the hub's own API does."""
        self._json({"status": status_code, "message": _MESSAGES.get(status_code) or HTTPStatus(status_code).phrase})

    def _json(self, body: Mapping[str, Any]) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))


class WithoutSlash(Protected):
    """Redirects the address without its last slash to the page."""

    def get(self) -> None:
        """Redirect, with the query."""
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"{self.site.prefix}{query}")


class NotFound(Protected):
    """Answers 404 for every other path."""

    async def prepare(self) -> None:
        """Answer without asking the hub."""
        raise HTTPError(404)


class NotSetUp(UsagePage):
    """The page while the settings are invalid: the reason for administrators, an excuse for others."""

    shows_usage = False

    async def get(self) -> None:
        """Answer with status 503 after a login."""
        if self.current_user is None:
            self.redirect(self.get_login_url())
            return
        self.set_status(503)
        reason = self.settings["reason"] if self.sees_others() else ""
        self.show("not_set_up.html", reason=reason, on_own_page=True)


class NotSetUpJson(UsageJson):
    """The page as JSON while the settings are invalid."""

    shows_usage = False

    async def get(self) -> None:
        """Answer with status 503, or 401 without a login."""
        if self.current_user is None:
            raise HTTPError(401, "not logged in")
        self.set_status(503)
        message = _MESSAGES[503]
        if self.sees_others():
            message = f"{message} {NOT_SET_UP}: {self.settings['reason']}"
        self._json({"status": 503, "message": message})


class OAuthCallback(Protected, HubOAuthCallbackHandler):  # type: ignore[misc] # jupyterhub ships no types
    """The end of a login."""

    messages = _MESSAGES | {
        400: "The login did not succeed, or it took too long. Please open the page again.",
        403: "The login did not succeed: it took too long, or it was in another window. Please open the page again.",
        500: "The hub did not complete the login. Please open the page again in a few minutes.",
    }


class Static(Quiet, StaticFileHandler):
    """Style and script, which browsers may cache: their URLs change with their content."""

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 # tornado's signature
        """Forbid browsers to guess the type."""
        self.set_header("X-Content-Type-Options", "nosniff")
        self.clear_header("Server")
