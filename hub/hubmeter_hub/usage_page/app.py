"""The web application: routes, and the settings that handlers need."""

import logging
import secrets
import time
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from jupyterhub.services.auth import HubOAuth
from jupyterhub.utils import url_path_join
from tornado import web

from hubmeter_hub.quota_guard.traits import warns
from hubmeter_hub.quotas.policy import Limit, Policies
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.quotas.replaced import has_markup
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.quotas.usage import Moment
from hubmeter_hub.usage_page import group
from hubmeter_hub.usage_page.admin import Limits, LimitsPage
from hubmeter_hub.usage_page.group_views import GroupReader, GroupViews
from hubmeter_hub.usage_page.handlers import (
    NotFound,
    NotSetUp,
    NotSetUpJson,
    OAuthCallback,
    Pages,
    Site,
    Static,
    UsageJson,
    UsagePage,
    WithoutSlash,
    templates,
)
from hubmeter_hub.usage_page.reading import THREADS, PageReadings
from hubmeter_hub.usage_page.rendered import Rendered
from hubmeter_hub.usage_page.summary import Reading
from hubmeter_hub.usage_page.summary_cache import SummaryCache
from hubmeter_hub.usage_page.traits import UsageViewer

log = logging.getLogger("hubmeter.usage_page")

_LONGEST_PATH: Final = 200  # in the log
STATIC: Final = Path(__file__).with_name("static")


def make_app(
    viewer: UsageViewer,
    manager: UsageQuotaManager,
    environ: Mapping[str, str],
    auth: HubOAuth,
    fresh_auth: HubOAuth | None = None,
) -> web.Application:
    """Return the application.

    Args:
        viewer: The options of the page.
        manager: The policies.
        environ: The environment variables that the hub sets for its services.
        auth: The client that identifies requesters at the hub.
        fresh_auth: The client for pages of groups, which asks the hub at least once a minute; None for the same.

    Raises:
        ConfigError: for an invalid policy, or credentials that exclude each other.
    """
    policies = manager.policies()
    hub_url = hub_address(viewer.public_hub_url, environ)
    has_policies = bool(policies.policies or policies.fallback)
    site = Site(
        service_prefix(environ),
        hub_url,
        viewer.footer_note,
        viewer.enable_home_storage,
        viewer.enable_compute,
        policies.intersection,
        # Without the policies, the files do not have the hub's settings of quotas.
        manager.failover_open if has_policies else None,
    )
    if viewer.public_hub_url:
        auth.oauth_authorization_url = f"{hub_url}api/oauth2/authorize"
    if not viewer.session_secret_key:
        log.warning("c.UsageViewer.session_secret_key is not set: a restart of this service logs all users out of it")
    viewer.session().close()  # its options are valid
    hub = viewer.labels()
    readings = Readings(viewer.prometheus_url, viewer.session, viewer.prometheus_timeout, hub, threads=THREADS)
    page = PageReadings(readings, hub, viewer.enable_home_storage)
    exported_name = viewer.names()

    async def read_user(username: str, limits: tuple[Limit, ...] | None, moment: Moment) -> Reading:
        return await page.read(exported_name(username), limits, moment)

    shown: Policies | None = policies
    if not viewer.enable_compute:
        shown = Policies()  # no limit is read
    elif not has_policies:
        shown = None
        log.warning(
            "no file of --config-files has a policy (c.UsageQuotaManager.policy): showing the limits in Prometheus"
        )
    grants = manager.grants(logs_changes=False)  # the hub logs them
    rendered = Rendered()
    summaries = SummaryCache(
        page.moment, read_user, shown, time.time, grants.active, warns(manager.config, log), rendered.replace
    )
    limits = Limits(viewer, policies if has_policies else None, grants)
    if has_markup(viewer.footer_note):
        log.warning("c.UsageViewer.footer_note is shown as text, not as HTML: write it without tags")
    pages = (UsagePage, UsageJson, LimitsPage)
    return _application(
        site,
        auth,
        pages,
        viewer.session_secret_key,
        summaries=summaries,
        rendered=rendered,
        limits=limits,
        routes=group.routes(site.prefix),
        fresh_auth=fresh_auth or auth,
        leads=viewer.leads(),
        groups=GroupViews(GroupReader(viewer, time.time), time.monotonic),
        has_pseudonyms=viewer.salt() is not None,
        clock=time.time,
    )


def make_broken_app(environ: Mapping[str, str], auth: HubOAuth, reason: str) -> web.Application:
    """Return the application for invalid settings: who has logged in gets 503, and administrators the reason.

    Without a login, it answers as with valid settings: the hub takes no status of 500 or more for a service that is up.
    """
    prefix, hub_url = service_prefix(environ), hub_address("", environ)
    site = Site(prefix, hub_url, "", enable_home_storage=False, enable_compute=False, intersection="min")
    return _application(site, auth, (NotSetUp, NotSetUpJson, NotSetUp), "", reason=reason)


def _application(
    site: Site,
    auth: HubOAuth,
    pages: tuple[type[web.RequestHandler], type[web.RequestHandler], type[web.RequestHandler]],
    secret: str | bytes,
    routes: Iterable[tuple[str, type[web.RequestHandler]]] = (),
    **settings: Any,
) -> web.Application:
    """Return the application with these handlers of the page, its JSON and the limits, and more routes.

    All read ``settings``.

    Without a secret for cookies it makes one.
    """
    prefix = site.prefix
    static: dict[str, Any] = {"static_path": str(STATIC), "static_url_prefix": f"{prefix}static/"}
    return web.Application(
        [
            (prefix, pages[0]),
            (f"{prefix}api/usage", pages[1]),
            (f"{prefix}limits", pages[2]),
            *routes,
            (f"{prefix}oauth_callback", OAuthCallback),
            (prefix.rstrip("/"), WithoutSlash),
        ],
        default_handler_class=NotFound,
        cookie_secret=secret or secrets.token_hex(32),
        xsrf_cookies=True,
        site=site,
        auth=auth,
        pages=Pages(templates(), site, partial(Static.make_static_url, static)),
        **static,
        static_handler_class=Static,
        log_function=_log_request,
        **settings,
    )


def service_prefix(environ: Mapping[str, str]) -> str:
    """Return the path of the service behind the hub's proxy, with slashes at both ends."""
    return str(url_path_join("/", environ["JUPYTERHUB_SERVICE_PREFIX"], "/"))


def hub_address(public_hub_url: str, environ: Mapping[str, str]) -> str:
    """Return the address of the hub for browsers, with a slash at the end.

    Args:
        public_hub_url: The address of the site (``https://x.org``) or of the hub (``https://x.org/hub/``), or "".
        environ: The environment variables that the hub sets for its services.
    """
    if public_hub_url:
        return public_hub_url.rstrip("/").removesuffix("/hub") + "/hub/"
    path = url_path_join(environ.get("JUPYTERHUB_BASE_URL", "/"), "hub")
    return f"{environ.get('JUPYTERHUB_HOST', '')}{path}/"


def _log_request(handler: web.RequestHandler) -> None:
    """Log a request without its query, which can have login codes and usernames."""
    status, milliseconds = handler.get_status(), 1000 * handler.request.request_time()
    level = logging.WARNING if status >= 500 else logging.INFO if status >= 400 else logging.DEBUG
    path = handler.request.path[:_LONGEST_PATH]
    log.log(level, "%s %s %s %.0f ms", status, handler.request.method, path, milliseconds)
