"""``hubmeter-costs``: options, and the process around the cost exporter and the cost API."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import requests
import uvicorn
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth

from hubmeter_common import tokens
from hubmeter_common.durations import seconds
from hubmeter_common.settings_file import SettingsError
from hubmeter_exporter.costs.api.app import Backend, create_app
from hubmeter_exporter.costs.ledger import Ledger, LedgerError
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.refresh import Refresher, Schedule
from hubmeter_exporter.costs.settings import defaults_text, load
from hubmeter_exporter.costs.sources.aws import AwsSource, connect
from hubmeter_exporter.costs.sources.focus import FocusSource
from hubmeter_exporter.costs.sources.static import CoreHours, StaticSource
from hubmeter_exporter.costs.usage import Usage
from hubmeter_exporter.exposition import Format
from hubmeter_exporter.options import LOG_LEVELS, Parser, UsageError, every_address, http_url, port, shown
from hubmeter_promql.client import BearerFile, Prometheus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hubmeter_exporter.costs.model import Source
    from hubmeter_exporter.costs.settings import Settings

PROG: Final = "hubmeter-costs"
DEFAULT_PORT: Final = 9091
DEFAULT_LEDGER: Final = "hubmeter-costs.sqlite"
PROMETHEUS_TIMEOUT: Final = 60.0
_API_THREADS: Final = 40  # starlette's
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """What the command line and the environment come to; ``auth`` does not print itself."""

    settings: Settings
    ledger: Path
    prometheus_url: str
    auth: AuthBase | None
    port: int
    log_level: str
    once: bool


class _PrintSettings(argparse.Action):
    def __call__(self, *_: object) -> NoReturn:
        print(defaults_text(), end="")
        sys.exit(0)


class _Bearer(AuthBase):
    """A token as ``auth``, because requests lets a .netrc override a mere header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def main(argv: Sequence[str] | None = None) -> int:
    """Run the exporter until SIGTERM or SIGINT, or once; return the exit code.

    0: ended as told. 1: bills could not be read or priced (``--once``), or a defect. 2: wrong options or settings, a
    ledger that cannot be used, a busy port.
    """
    try:
        options = parse(sys.argv[1:] if argv is None else argv, os.environ)
        ledger = Ledger(options.ledger, options.settings.settlement_days, time.time)
    except (UsageError, LedgerError) as error:
        print(f"{PROG}: {error}.", file=sys.stderr)
        return 2
    logging.basicConfig(level=options.log_level, format="%(asctime)s %(levelname)s %(message)s")
    # Below that, boto3 logs requests and what it signs them with.
    for library in ("boto3", "botocore", "urllib3"):
        logging.getLogger(library).setLevel(max(logging.INFO, logging.getLogger().level))
    settings = options.settings
    allocation = Allocation(settings.allocation.scope, settings.allocation.overhead)
    prometheus = _prometheus(options)
    usage = Usage(prometheus, time.time, settings.labels)
    refresher = Refresher(
        make_source(settings, prometheus, usage),
        ledger,
        usage.hubs,
        allocation,
        Schedule(settings.days, settings.history_days, seconds(settings.interval)),
        prefix=settings.metrics_prefix,
        version=version("hubmeter"),
    )
    if options.once:
        return _once(refresher)
    backend = Backend(
        bills=ledger,
        # Not the refresher's: its session must not wait for those who ask.
        usage=Usage(_prometheus(options), time.time, settings.labels),
        allocation=allocation,
        page=lambda: refresher.page,
        not_ready=refresher.not_ready,
        version=version("hubmeter"),
    )
    return _serve(refresher, backend, options)


def make_source(settings: Settings, prometheus: Prometheus, usage: Usage) -> Source:
    """Return the source of bills that the settings choose."""
    match settings.source:
        case "aws":
            return AwsSource(settings.aws, settings.hubs, seconds(settings.aws.interval), connect)
        case "focus":
            return FocusSource(settings.focus, settings.hubs, seconds(settings.focus.interval))
        case "static":
            core_hours = CoreHours(prometheus, time.time, settings.labels)
            return StaticSource(settings.static, seconds(settings.interval), usage.hubs, core_hours)


def _prometheus(options: Options) -> Prometheus:
    session = requests.Session()
    session.auth = options.auth
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=_API_THREADS))
    return Prometheus(options.prometheus_url, session, PROMETHEUS_TIMEOUT)


def _once(refresher: Refresher) -> int:
    good = refresher.refresh()
    sys.stdout.buffer.writelines(refresher.page.parts[Format.TEXT, False])
    sys.stdout.flush()
    return 0 if good else 1  # and the reason is in the log


def _serve(refresher: Refresher, backend: Backend, options: Options) -> int:
    try:
        listening = _listen(options.port)
    except OSError as error:
        print(
            f"{PROG}: cannot listen on port {options.port} ({error.strerror or error}); "
            "end what uses it, or choose another with --port.",
            file=sys.stderr,
        )
        return 2
    app = create_app(backend)
    app.add_api_route("/healthz", lambda: "ok", include_in_schema=False)
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=10)
    )
    defect = threading.Event()

    def refresh() -> None:
        try:
            refresher.run()
        except Exception:  # noqa: BLE001 - whatever it is, it is logged and ends the process
            _log.exception("The exporter ends because of a defect; please report it.")
            defect.set()
            server.should_exit = True  # better restarted than silently old

    # uvicorn raises the signal that ended it once more when it is done; that must not end us before our own return.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    # A daemon, so that a cloud that hangs does not delay the end; the ledger is written all or nothing.
    threading.Thread(target=refresh, name="refresh", daemon=True).start()
    _log.info(
        "Serving on port %d; bills from %s, usage from %s.",
        listening.getsockname()[1],
        options.settings.source,
        options.prometheus_url,
    )
    server.run(sockets=[listening])
    return 1 if defect.is_set() else 0


def _listen(port: int) -> socket.socket:
    """Return a socket on every address, IPv4 and, where there is one, IPv6."""
    if (host := every_address()) == "::":
        return socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
    return socket.create_server((host, port), backlog=128)


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Return the options from the command line, the settings file and the environment.

    Raises:
        UsageError: with one sentence; it never contains a secret.
        SystemExit: after ``--help``, ``--version`` or ``--print-settings``.
    """
    arguments = build_parser(environment).parse(argv)
    if arguments.config is None:
        raise UsageError("the settings are missing; give --config FILE, and see --print-settings")
    try:
        settings = load(arguments.config, environment)
    except SettingsError as error:
        raise UsageError(str(error)) from error
    return Options(
        settings=settings,
        ledger=arguments.ledger,
        prometheus_url=_prometheus_url(arguments.prometheus_url),
        auth=_auth(arguments.prometheus_token_file, environment),
        port=arguments.port,
        log_level=arguments.log_level,
        once=arguments.once,
    )


def build_parser(environment: Mapping[str, str]) -> Parser:
    """Return the parser; defaults come from ``environment``."""
    parser = Parser(
        prog=PROG,
        allow_abbrev=False,
        description="Tells Prometheus what the cloud billed and what a unit of usage cost, and serves the cost API.",
        epilog=(
            "Credentials for Prometheus come from the environment: PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME and "
            "PROMETHEUS_PASSWORD. Every option can be written with dashes instead of underscores."
        ),
    )
    option = parser.option
    option("version", action="version", version=f"{PROG} {version('hubmeter')}", help="print the version and end")
    option("config", type=Path, metavar="FILE", help="the settings, YAML; see --print-settings")
    option("print_settings", action=_PrintSettings, nargs=0, help="print all settings with their defaults and end")
    option(
        "ledger",
        type=Path,
        default=Path(environment.get("HUBMETER_COSTS_LEDGER", DEFAULT_LEDGER)),
        metavar="FILE",
        help="where the bills read so far are kept; on a disk that outlives the process "
        f"(default: HUBMETER_COSTS_LEDGER, else {DEFAULT_LEDGER} in the current folder)",
    )
    option(
        "prometheus_url",
        default=environment.get("PROMETHEUS_URL", ""),
        metavar="URL",
        help="the Prometheus that evaluates the rules: http://localhost:9090 (default: PROMETHEUS_URL)",
    )
    option("prometheus_token_file", type=Path, metavar="FILE", help="a file with a bearer token, read at each request")
    option("port", type=port, default=DEFAULT_PORT, help=f"port to listen on; 0: any free one (default {DEFAULT_PORT})")
    option("log_level", type=str.upper, choices=LOG_LEVELS, default="INFO", help="how much to log (default: INFO)")
    option("once", action="store_true", help="read and price the bills once, print the metrics and end")
    return parser


def _prometheus_url(url: str) -> str:
    if not url:
        raise UsageError("Prometheus' URL is missing; give --prometheus_url, or set PROMETHEUS_URL")
    parts = http_url(url)
    if parts is None:
        raise UsageError(f"Prometheus' URL {shown(url)} is not one such as http://localhost:9090")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "the URL of Prometheus must be plain; put the user and the password into PROMETHEUS_USERNAME and "
            "PROMETHEUS_PASSWORD"
        )
    return url.rstrip("/")


def _auth(token_file: Path | None, environment: Mapping[str, str]) -> AuthBase | None:
    token = environment.get("PROMETHEUS_TOKEN", "").strip()
    username, password = environment.get("PROMETHEUS_USERNAME", ""), environment.get("PROMETHEUS_PASSWORD", "")
    if sum(map(bool, (token_file, token, username))) > 1:
        raise UsageError("give one of --prometheus_token_file, PROMETHEUS_TOKEN and PROMETHEUS_USERNAME, not several")
    if token_file:
        try:
            token = tokens.text_of(token_file)
        except tokens.TokenError as error:
            raise UsageError(f"--prometheus_token_file {token_file} {error}") from None
    if token or token_file:
        try:
            token = tokens.checked(token)
        except tokens.TokenError as error:
            raise UsageError(f"the token for Prometheus {error}") from None
        return BearerFile(token_file) if token_file else _Bearer(token)
    return HTTPBasicAuth(username.encode(), password.encode()) if username else None


if __name__ == "__main__":
    sys.exit(main())
