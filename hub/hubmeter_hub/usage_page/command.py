"""The command ``python -m hubmeter_hub.usage_page``: reads the configuration and starts the service."""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final

from tornado import web

from hubmeter_hub.config import UsageConfig
from hubmeter_hub.quotas.replaced import RETIRED, retired
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.service_command import QUESTIONS, ServiceApp, invalid_settings, read_command_line, reason_of
from hubmeter_hub.usage_page.app import make_app, make_broken_app
from hubmeter_hub.usage_page.oauth import LEAD_SECONDS, hub_oauth, wait_for_connections
from hubmeter_hub.usage_page.server import StartError, listen_address, listen_ports, serve
from hubmeter_hub.usage_page.traits import UsageViewer

log = logging.getLogger("hubmeter.usage_page")

# Objects of a few hundred bytes, at most, that wait for a collection: a few MB.
GARBAGE: Final = 10_000


class UsagePageApp(ServiceApp):
    """The options on the command line of the usage page."""

    name = "hubmeter-usage-page"
    description = "The JupyterHub service where users see their limits and usage (docs/usage-page.md)."
    # The arguments of jupyterhub-usage-quotas, and config-files.
    aliases = {  # noqa: RUF012 # traitlets' own way
        **ServiceApp.aliases,
        "prometheus-url": "UsageViewer.prometheus_url",
        "hub-namespace": "UsageViewer.hub_namespace",
        "host": "UsageViewer.service_host",
        "port": "UsageViewer.service_port",
        "public-hub-url": "UsageViewer.public_hub_url",
        "session-secret-key": "UsageViewer.session_secret_key",
    }
    classes = [UsageConfig, UsageQuotaManager, UsageViewer]  # noqa: RUF012 # traitlets' own way

    def settings(self, argv: Sequence[str]) -> tuple[UsageViewer, UsageQuotaManager]:
        """Return the settings of the command line and its files. Later files override earlier ones.

        Raises:
            ConfigError: for an unknown argument, a file that cannot be read, or an invalid value.
            SystemExit: after --help and --version, with the code 0.
        """
        read_command_line(self, _without_retired(argv))
        with invalid_settings(self.config_files):
            for sentence in retired(self.config):
                log.warning("%s", sentence)
            viewer = UsageViewer(parent=self)
            viewer.require_prometheus()
            return viewer, UsageQuotaManager(parent=self)


def _without_retired(argv: Sequence[str]) -> list[str]:
    """Return the arguments without those of jupyterhub-usage-quotas that have no effect here, which are logged."""
    kept: list[str] = []
    is_value = False
    for argument in argv:
        name, equals, _ = argument.partition("=")
        if is_value and not argument.startswith("-"):
            is_value = False
        elif reason := RETIRED.get(name.removeprefix("--").replace("-", "_")) if name.startswith("--") else None:
            log.warning("the argument %s has no effect: %s. Remove it.", name, reason)
            is_value = not equals
        else:
            kept.append(argument)
            is_value = False
    return kept


def main(argv: Sequence[str] | None = None) -> int:
    """Run the service. Return 2, with the reason on stderr, if it cannot start.

    A hub ends while it starts if a service that it manages ends, or answers its check with a status of 500 or more. So
    with invalid settings the service runs, asks for a login, and then shows administrators the reason, which is also in
    the log.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # JupyterHub's client logs each login and cookie.
    logging.getLogger("tornado.application").setLevel(logging.WARNING)
    service_url = os.environ.get("JUPYTERHUB_SERVICE_URL", "")
    arguments = sys.argv[1:] if argv is None else argv
    if not QUESTIONS.isdisjoint(arguments):
        UsagePageApp().initialize([argument for argument in arguments if argument in QUESTIONS])  # raises SystemExit
    try:
        auth = hub_oauth(os.environ)
        port, host = 0, ""
        try:
            viewer, manager = UsagePageApp().settings(arguments)
            app = make_app(viewer, manager, os.environ, auth, hub_oauth(os.environ, LEAD_SECONDS))
            port, host = viewer.service_port, viewer.service_host
        except Exception as error:  # noqa: BLE001 # any mistake in the settings would end the hub
            reason = reason_of(error)
            log.error("the usage page is not set up: %s", reason)  # without a traceback: the message is complete
            app = make_broken_app(os.environ, auth, reason)
        asyncio.run(_run(app, listen_ports(service_url, port), host or listen_address(service_url)))
    except StartError as error:
        print(f"{UsagePageApp.name}: {error}", file=sys.stderr)
        return 2
    return 0


def collect_less_often() -> None:
    """Collect garbage less often, and only that of requests.

    A request makes few cycles but thousands of objects. With Python's defaults, the collections of a class that opens
    the page, which visit the 300,000 objects of the imported modules too, took a third of the processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 20)


async def _run(app: web.Application, ports: Sequence[int], address: str) -> None:
    wait_for_connections()
    collect_less_often()
    summaries = app.settings.get("summaries")  # none with invalid settings
    keeping_fresh = asyncio.create_task(summaries.keep_fresh()) if summaries else None
    try:
        await serve(app, ports, address)
    finally:
        if keeping_fresh:
            keeping_fresh.cancel()
