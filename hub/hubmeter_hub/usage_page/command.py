"""The command ``python -m hubmeter_hub.usage_page``: reads the configuration and starts the service."""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuth
from traitlets import List, TraitError, Unicode
from traitlets import config as traitlets_config
from traitlets.config.loader import PyFileConfigLoader

from hubmeter_hub.config import ConfigError
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.usage_page.app import make_app, make_broken_app
from hubmeter_hub.usage_page.server import StartError, listen_address, serve
from hubmeter_hub.usage_page.traits import UsageViewer

log = logging.getLogger("hubmeter.usage_page")

# Set by the hub for a service that it manages; without these nobody can log in.
NEEDED: Final = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_SERVICE_PREFIX")
# The hub's answer about a requester and the requester's groups is kept this long.
WHO_SECONDS: Final = 60
DEFAULT_PORT: Final = 9000


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
