"""The web application: routes, and the settings that handlers need."""

import logging
import secrets
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import requests
from jupyterhub.services.auth import HubOAuth
from jupyterhub.utils import url_path_join
from tornado import web

from hubmeter_hub.quotas.policy import Limit, Policies
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.usage_page.handlers import (
    NotFound,
    NotSetUp,
    OAuthCallback,
    Site,
    Static,
    UsageJson,
    UsagePage,
    templates,
)
from hubmeter_hub.usage_page.reading import read
from hubmeter_hub.usage_page.summary import Reading
from hubmeter_hub.usage_page.summary_cache import SummaryCache
from hubmeter_hub.usage_page.traits import UsageViewer
from hubmeter_promql.client import Prometheus

log = logging.getLogger("hubmeter.usage_page")

STATIC: Final = Path(__file__).with_name("static")


def make_app(
    viewer: UsageViewer,
    manager: UsageQuotaManager,
    session: requests.Session,
    environ: Mapping[str, str],
    auth: HubOAuth,
) -> web.Application:
    """Return the application; ``environ`` is what the hub gives its services, ``auth`` asks the hub who is there.

    Raises:
        ConfigError: for a policy that cannot be meant.
    """
    policies = manager.policies()
    hub_url = hub_address(viewer.public_hub_url, environ)
    site = Site(
        service_prefix(environ),
        hub_url,
        viewer.footer_note,
        viewer.enable_home_storage,
        viewer.enable_compute,
        policies.intersection,
    )
    if viewer.public_hub_url:
        auth.oauth_authorization_url = f"{hub_url}api/oauth2/authorize"
    if not viewer.session_secret_key:
        log.warning("c.UsageViewer.session_secret_key is not set: a restart logs everybody out of this service")
    prometheus = Prometheus(viewer.prometheus_url, session, viewer.prometheus_timeout)
    read_known = partial(read, prometheus, viewer.labels(), viewer.enable_home_storage)
    known_as = viewer.names()

    def read_one(username: str, limits: tuple[Limit, ...] | None) -> Reading:
        return read_known(known_as(username), limits)

    known: Policies | None = policies
    if not viewer.enable_compute:
        known = Policies()  # nothing is asked for
    elif not (policies.policies or policies.fallback):
        known = None
        log.warning(
            "no file of --config-files has a policy (c.UsageQuotaManager.policy): limits are those in Prometheus"
        )
    summaries = SummaryCache(read_one, known, time.time)
    prefix = site.prefix
    return web.Application(
        [(prefix, UsagePage), (f"{prefix}api/usage", UsageJson), (f"{prefix}oauth_callback", OAuthCallback)],
        default_handler_class=NotFound,
        cookie_secret=viewer.session_secret_key or secrets.token_hex(32),
        xsrf_cookies=True,
        summaries=summaries,
        **_common(site, auth),
    )


def make_broken_app(environ: Mapping[str, str], auth: HubOAuth) -> web.Application:
    """Return an application that says on each page that it is not set up."""
    prefix, hub_url = service_prefix(environ), hub_address("", environ)
    site = Site(prefix, hub_url, "", enable_home_storage=False, enable_compute=False, intersection="min")
    return web.Application(default_handler_class=NotSetUp, **_common(site, auth))


def _common(site: Site, auth: HubOAuth) -> dict[str, Any]:
    """Return the settings that all handlers need."""
    return {
        "site": site,
        "auth": auth,
        "pages": templates(),
        "static_path": STATIC,
        "static_url_prefix": f"{site.prefix}static/",
        "static_handler_class": Static,
        "log_function": _log_request,
    }


def service_prefix(environ: Mapping[str, str]) -> str:
    """Return the path under which the hub's proxy shows the service, with slashes at both ends."""
    return str(url_path_join("/", environ["JUPYTERHUB_SERVICE_PREFIX"], "/"))


def hub_address(public_hub_url: str, environ: Mapping[str, str]) -> str:
    """Return the hub's address as browsers see it, with a slash at the end.

    ``public_hub_url`` may be the site's (``https://x.org``) or the hub's own (``https://x.org/hub/``).
    """
    if public_hub_url:
        return public_hub_url.rstrip("/").removesuffix("/hub") + "/hub/"
    path = url_path_join(environ.get("JUPYTERHUB_BASE_URL", "/"), "hub")
    return f"{environ.get('JUPYTERHUB_HOST', '')}{path}/"


def _log_request(handler: web.RequestHandler) -> None:
    """Log without the query, which has log-in codes and names."""
    status, milliseconds = handler.get_status(), 1000 * handler.request.request_time()
    level = logging.WARNING if status >= 500 else logging.INFO if status >= 400 else logging.DEBUG
    log.log(level, "%s %s %s %.0f ms", status, handler.request.method, handler.request.path, milliseconds)
