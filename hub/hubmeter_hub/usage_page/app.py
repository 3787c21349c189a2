"""Reads the configuration, and serves the page."""

import asyncio
import logging
import os
import secrets
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from jupyterhub.services.auth import HubOAuth
from jupyterhub.utils import url_path_join
from tornado import web
from tornado.httpserver import HTTPServer
from traitlets import List, TraitError, Unicode
from traitlets import config as traitlets_config
from traitlets.config.loader import PyFileConfigLoader

from hubmeter_hub.config import ConfigError
from hubmeter_hub.quotas.policy import Limit, Policies
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.usage_page.handlers import (
    NotFound,
    NotSetUp,
    OAuthCallback,
    Shown,
    Static,
    UsageJson,
    UsagePage,
    templates,
)
from hubmeter_hub.usage_page.reading import read
from hubmeter_hub.usage_page.standing import Reading
from hubmeter_hub.usage_page.standings import Standings
from hubmeter_hub.usage_page.traits import UsageViewer
from hubmeter_promql.client import Prometheus

log = logging.getLogger("hubmeter.usage_page")

# What the hub tells a service it manages; without these nobody can log in.
NEEDED: Final = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_SERVICE_PREFIX")
# The hub's answer to "who is this, in which groups?" is kept so long.
WHO_SECONDS: Final = 60
DEFAULT_PORT: Final = 9000
STATIC: Final = Path(__file__).with_name("static")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class StartError(Exception):
    """The service cannot start; the message says why, and what to do."""


class UsagePageApp(traitlets_config.Application):
    """The options of the command line."""

    name = "hubmeter-usage-page"
    description = "The JupyterHub service where users see what they use and may use (docs/usage-page.md)."
    config_files = List(
        Unicode(),
        help="A Python file with c.UsageConfig, c.UsageQuotaManager and c.UsageViewer; may be given several times.",
    ).tag(config=True)
    aliases = {"config-files": "UsagePageApp.config_files"}  # noqa: RUF012 # traitlets' own way

    def settings(self, argv: Sequence[str]) -> tuple[UsageViewer, UsageQuotaManager]:
        """Return what the command line and the files it names configure; later files win over earlier ones.

        Raises:
            ConfigError: for a file that cannot be read, or a value that is not allowed.
        """
        try:
            self.initialize(list(argv))
            for name in self.config_files:
                self.update_config(_load(Path(name)))
            self.update_config(self.cli_config)
            viewer = UsageViewer(parent=self)
            viewer.require_prometheus()
            return viewer, UsageQuotaManager(parent=self)
        except TraitError as error:
            raise ConfigError(str(error)) from error


def _load(path: Path) -> traitlets_config.Config:
    try:
        return PyFileConfigLoader(path.name, path=str(path.parent.absolute())).load_config()
    except Exception as error:  # the file is Python, which may raise anything
        raise ConfigError(f"cannot read the configuration file {path}: {type(error).__name__}: {error}") from error


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
    shown = Shown(
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
    standings = Standings(read_one, known, time.time)
    prefix = shown.prefix
    return web.Application(
        [(prefix, UsagePage), (f"{prefix}api/usage", UsageJson), (f"{prefix}oauth_callback", OAuthCallback)],
        default_handler_class=NotFound,
        cookie_secret=viewer.session_secret_key or secrets.token_hex(32),
        xsrf_cookies=True,
        standings=standings,
        **_common(shown, auth),
    )


def make_broken_app(environ: Mapping[str, str], auth: HubOAuth) -> web.Application:
    """Return an application that says on each page that it is not set up."""
    prefix, hub_url = service_prefix(environ), hub_address("", environ)
    shown = Shown(prefix, hub_url, "", enable_home_storage=False, enable_compute=False, intersection="min")
    return web.Application(default_handler_class=NotSetUp, **_common(shown, auth))


def _common(shown: Shown, auth: HubOAuth) -> dict[str, Any]:
    """Return the settings that all handlers need."""
    return {
        "shown": shown,
        "auth": auth,
        "pages": templates(),
        "static_path": STATIC,
        "static_url_prefix": f"{shown.prefix}static/",
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


def hub_oauth(environ: Mapping[str, str]) -> HubOAuth:
    """Return what asks the hub who is there; it reads the hub's address and its own token from the environment.

    Raises:
        StartError: where the hub has not set them.
    """
    if missing := [name for name in NEEDED if not environ.get(name)]:
        raise StartError(
            f"{', '.join(missing)} not set: start this as a service of JupyterHub (docs/usage-page.md), which sets them"
        )
    return HubOAuth(cache_max_age=WHO_SECONDS)


def listen_address(service_url: str) -> str:
    """Return the interface to listen on: loopback where the hub's proxy uses it, else (Kubernetes) all of them."""
    host = urlsplit(service_url).hostname
    return host if host in _LOOPBACK else ""


def _log_request(handler: web.RequestHandler) -> None:
    """Log without the query, which has log-in codes and names."""
    status, milliseconds = handler.get_status(), 1000 * handler.request.request_time()
    level = logging.WARNING if status >= 500 else logging.INFO if status >= 400 else logging.DEBUG
    log.log(level, "%s %s %s %.0f ms", status, handler.request.method, handler.request.path, milliseconds)


async def serve(app: web.Application, port: int, address: str) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        StartError: where the port is taken.
    """
    server = HTTPServer(app)
    try:
        server.listen(port, address)
    except OSError as error:
        raise StartError(f"cannot listen on port {port} (c.UsageViewer.service_port): {error.strerror}") from error
    log.info("the usage page listens on port %s", port)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    server.stop()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the service; return 2, with a reason on stderr, where it cannot start.

    A hub does not start either while a service that it manages ends at once. So wrong settings of ours do not end the
    service: it says on each page that it is not set up, and why in the log.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    service_url = os.environ.get("JUPYTERHUB_SERVICE_URL", "")
    try:
        auth = hub_oauth(os.environ)
        with ExitStack() as stack:
            try:
                viewer, manager = UsagePageApp().settings(sys.argv[1:] if argv is None else argv)
                session = stack.enter_context(viewer.session())
                app, port = make_app(viewer, manager, session, os.environ, auth), viewer.service_port
            except ConfigError as error:
                log.error("the usage page is not set up: %s", error)  # the message says it all
                app, port = make_broken_app(os.environ, auth), urlsplit(service_url).port or DEFAULT_PORT
            asyncio.run(serve(app, port, listen_address(service_url)))
    except StartError as error:
        print(f"{UsagePageApp.name}: {error}", file=sys.stderr)
        return 2
    return 0
