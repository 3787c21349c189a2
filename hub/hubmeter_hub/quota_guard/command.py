"""The command ``python -m hubmeter_hub.quota_guard``: reads the configuration, makes rounds, and serves /metrics."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from tornado import web

from hubmeter_common import metrics_prefix
from hubmeter_hub.config import ConfigError, UsageConfig
from hubmeter_hub.quota_guard.guard import Guard
from hubmeter_hub.quota_guard.hub_api import HubApi
from hubmeter_hub.quota_guard.metrics import GuardMetrics
from hubmeter_hub.quota_guard.plan import watched
from hubmeter_hub.quota_guard.traits import DEFAULT_PORT, QuotaGuard
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.service_command import QUESTIONS, ServiceApp, invalid_settings, read_command_line, reason_of
from hubmeter_hub.usage_page.server import StartError, listen_address, serve

log = logging.getLogger("hubmeter.quota_guard")

# Set by the hub for a service that it manages.
_NEEDED = ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_API_URL")


class QuotaGuardApp(ServiceApp):
    """The options on the command line of the quota guard."""

    name = "hubmeter-quota-guard"
    description = "The JupyterHub service that stops servers which run past a limit (docs/quota-guard.md)."
    aliases = {  # noqa: RUF012 # traitlets' own way
        **ServiceApp.aliases,
        "metrics-port": "QuotaGuard.metrics_port",
        "metrics-host": "QuotaGuard.metrics_host",
    }
    flags = {  # noqa: RUF012 # traitlets' own way
        "dry-run": ({"QuotaGuard": {"dry_run": True}}, "Log the servers that would be stopped, and stop none.")
    }
    classes = [UsageConfig, UsageQuotaManager, QuotaGuard]  # noqa: RUF012 # traitlets' own way

    def settings(self, argv: Sequence[str]) -> tuple[QuotaGuard, UsageQuotaManager]:
        """Return the settings of the command line and its files. Later files override earlier ones.

        Raises:
            ConfigError: for an unknown argument, a file that cannot be read, or an invalid value.
            SystemExit: after --help and --version, with the code 0.
        """
        read_command_line(self, argv)
        with invalid_settings(self.config_files):
            options = QuotaGuard(parent=self)
            options.require_prometheus()
            if options.salt() is not None:
                raise ConfigError(
                    "UsageConfig.pseudonym_salt_file: the quota guard cannot stop servers of pseudonyms, because its "
                    "scopes do not list the users of the hub"
                )
            return options, UsageQuotaManager(parent=self)


def make_guard(
    options: QuotaGuard, manager: UsageQuotaManager, environ: Mapping[str, str], registry: CollectorRegistry
) -> Guard:
    """Return the guard, which has sent nothing.

    Raises:
        ConfigError: for invalid policies, or if no policy has ``when_exceeded``.
    """
    policies = manager.policies()
    if not watched(policies):
        raise ConfigError(
            "no policy of --config-files has the key when_exceeded, so there is nothing to do: add it to a policy of "
            "c.UsageQuotaManager.policy (docs/quota-guard.md)"
        )
    hub = HubApi(environ["JUPYTERHUB_API_URL"], environ["JUPYTERHUB_API_TOKEN"], environ)
    grants = manager.grants(logs_changes=False)  # the hub logs them
    return Guard(options, policies, grants, hub, GuardMetrics(registry, options.metrics_prefix))


class _Metrics(web.RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(self.settings["registry"]))


def _ports(url: str, port: int) -> tuple[int, ...]:
    """Return the ports of /metrics; a hub checks that of the service's URL, if it has one."""
    in_url = urlsplit(url).port
    return tuple(dict.fromkeys(found for found in (port, in_url) if found)) or (DEFAULT_PORT,)


def _address(url: str) -> str:
    """Return the interface to listen on; all if the hub checks the service on another address than loopback."""
    return listen_address(url) if url else "127.0.0.1"


def _prefix() -> str:
    """Return the prefix of the metrics with invalid settings: that of the environment, if it can begin a name."""
    try:
        return metrics_prefix.checked(os.environ.get("JUPYTERHUB_METRICS_PREFIX") or metrics_prefix.DEFAULT)
    except ValueError:
        return metrics_prefix.DEFAULT


def main(argv: Sequence[str] | None = None) -> int:
    """Run the service. Return 2, with the reason on stderr, if it cannot start.

    With invalid settings the service keeps running, because its end could end the hub. It stops no server, and its
    metrics show a failure with the reason ``settings``.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    arguments = sys.argv[1:] if argv is None else argv
    if not QUESTIONS.isdisjoint(arguments):
        QuotaGuardApp().initialize([argument for argument in arguments if argument in QUESTIONS])  # raises SystemExit
    if missing := [name for name in _NEEDED if not os.environ.get(name)]:
        print(
            f"{QuotaGuardApp.name}: {', '.join(missing)} not set: start this as a service of JupyterHub, which sets "
            "them (docs/quota-guard.md)",
            file=sys.stderr,
        )
        return 2
    registry = CollectorRegistry()
    port, host = 0, ""
    guard: Guard | None = None
    try:
        options, manager = QuotaGuardApp().settings(arguments)
        port, host = options.metrics_port, options.metrics_host
        guard = make_guard(options, manager, os.environ, registry)
    except Exception as error:  # noqa: BLE001 # any mistake in the settings could end the hub
        log.error("the quota guard is not set up: %s", reason_of(error))  # without a traceback: the message is complete
        registry = CollectorRegistry()
        GuardMetrics(registry, _prefix()).failed(ConfigError())
    app = web.Application([(r"/(?:.*/)?metrics", _Metrics)], registry=registry, log_function=lambda _: None)
    ended = threading.Event()
    if guard is not None:
        # A thread that does not keep the process: it may wait for an answer when the process is to end.
        threading.Thread(target=guard.run, args=(ended,), name="rounds", daemon=True).start()
    try:
        url = os.environ.get("JUPYTERHUB_SERVICE_URL", "")
        asyncio.run(
            serve(app, _ports(url, port), host or _address(url), "the quota guard", "c.QuotaGuard.metrics_port")
        )
    except StartError as error:
        print(f"{QuotaGuardApp.name}: {error}", file=sys.stderr)
        return 2
    ended.set()
    return 0
