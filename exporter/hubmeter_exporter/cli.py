"""``hubmeter-exporter``: options, and the process around the exporter."""

from __future__ import annotations

import argparse
import logging
import math
import os
import signal
import socket
import sys
import threading
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from hubmeter_common import metrics_prefix, tokens
from hubmeter_common.pseudonyms import ENVIRONMENT as SALT
from hubmeter_common.pseudonyms import Salt, SaltError, read_salt
from hubmeter_exporter.exposition import Format, Origin
from hubmeter_exporter.hub_api import HubClient
from hubmeter_exporter.membership import Accounting, Strategy
from hubmeter_exporter.options import LOG_LEVELS, Parser, UsageError, every_address, http_url, port, shown
from hubmeter_exporter.refresh import Refresher
from hubmeter_exporter.server import MetricsServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hubmeter_exporter.membership import User

PROG: Final = "hubmeter-exporter"
DEFAULT_PORT: Final = 9090
DEFAULT_PREFIX: Final = "/services/groups-exporter/"
_DEFECT: Final = b"\0"  # no signal has this number
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """What the command line and the environment come to. The token is kept out of the representation."""

    api_url: str
    token: Token
    host: str
    port: int
    prefix: str
    interval: float
    origin: Origin
    accounting: Accounting
    log_level: str
    once: bool
    salt: Salt | None = None


@dataclass(frozen=True)
class Token:
    """A secret that does not print itself."""

    value: str

    def __repr__(self) -> str:
        """Return no part of the secret."""
        return "Token(...)"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the exporter until SIGTERM or SIGINT, or once; return the exit code.

    0: ended as told. 1: the users could not be read (``--once``), or a defect. 2: wrong options, a busy port.
    """
    try:
        settings = parse(sys.argv[1:] if argv is None else argv, os.environ)
    except UsageError as error:
        print(f"{PROG}: {error}.", file=sys.stderr)
        return 2
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s")
    client = HubClient(settings.api_url, settings.token.value)
    refresher = Refresher(
        _pseudonymous(client.read_users, settings.salt) if settings.salt else client.read_users,
        settings.accounting,
        settings.origin,
        interval=settings.interval,
        version=version("hubmeter"),
    )
    return _once(refresher) if settings.once else _serve(refresher, settings)


def _pseudonymous(read_users: Callable[[], Sequence[User]], salt: Salt) -> Callable[[], Sequence[User]]:
    """Return what reads users by their pseudonyms, so that nothing after it knows a name."""
    return lambda: [replace(user, name=salt.pseudonym(user.name)) for user in read_users()]


def _once(refresher: Refresher) -> int:
    if not refresher.refresh():
        return 1  # and the reason is in the log
    sys.stdout.buffer.writelines(refresher.page.parts[Format.TEXT, False])
    sys.stdout.flush()
    return 0


def _serve(refresher: Refresher, settings: Settings) -> int:
    try:
        server = MetricsServer(
            settings.host, settings.port, settings.prefix, lambda: refresher.page, refresher.not_ready
        )
    except OSError as error:
        reason = error.strerror or error
        print(
            f"{PROG}: cannot listen on {settings.host} port {settings.port} ({reason}); "
            "end what uses it, or choose another with --port.",
            file=sys.stderr,
        )
        return 2
    # A socket, because the system may hand a signal to any thread, and only the interpreter's own write to this
    # wakes the main thread then: one that waits for a lock would sleep on.
    alarm, bell = socket.socketpair()
    bell.setblocking(False)
    signal.set_wakeup_fd(bell.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)

    def refresh() -> None:
        try:
            refresher.run()
        except Exception:  # noqa: BLE001 - whatever it is, it is logged and ends the process
            _log.exception("The exporter ends because of a defect; please report it.")
            bell.send(_DEFECT)  # better restarted than silently old

    # Daemons, so that neither a hub that hangs nor a scrape under way delays the end.
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    threading.Thread(target=refresh, name="refresh", daemon=True).start()
    _log.info(
        "Serving on %s port %d; reading %s every %g s.",
        settings.host,
        server.server_address[1],
        settings.api_url,
        settings.interval,
    )
    return 1 if alarm.recv(1) == _DEFECT else 0


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Return the settings from options and environment.

    Raises:
        UsageError: with one sentence; it never contains a token.
        SystemExit: after ``--help`` or ``--version``.
    """
    arguments = build_parser(environment).parse(argv)
    host, service_port = _service_address(environment)
    chosen = arguments.port if arguments.port is not None else service_port
    strategy, multiple_row = Strategy(arguments.multiple_groups or Strategy.DEFAULT), False
    if arguments.double_count is not None:
        multiple_row = arguments.double_count == "true"
        strategy = Strategy.ALL if multiple_row else Strategy.DEFAULT
    try:
        salt = read_salt(arguments.pseudonym_salt_file, environment)
    except SaltError as error:
        raise UsageError(str(error)) from None
    return Settings(
        api_url=_api_url(arguments.hub_url, environment),
        token=_token(arguments.api_token, arguments.api_token_file, environment),
        host=host or every_address(),
        port=DEFAULT_PORT if chosen is None else chosen,
        prefix=arguments.hub_service_prefix,
        interval=arguments.update_exporter_interval,
        origin=Origin(arguments.jupyterhub_namespace, arguments.jupyterhub_metrics_prefix),
        accounting=Accounting(
            strategy, arguments.default_group, frozenset(arguments.allowed_groups) or None, multiple_row
        ),
        log_level=arguments.log_level,
        once=arguments.once,
        salt=salt,
    )


def build_parser(environment: Mapping[str, str]) -> Parser:
    """Return the parser; defaults come from ``environment``."""
    parser = Parser(
        prog=PROG,
        allow_abbrev=False,
        description="Tells Prometheus which groups each user of a JupyterHub is in.",
        epilog=(
            "The token needs two scopes, both of which only read: list:users and read:users:groups. "
            "Every option can be written with dashes instead of underscores."
        ),
    )
    option = parser.option
    option("version", action="version", version=f"{PROG} {version('hubmeter')}", help="print the version and end")
    option(
        "hub_url",
        metavar="URL",
        help="the hub, with its base_url if it has one: http://localhost:8000. Default: JUPYTERHUB_API_URL, "
        "which a hub sets for its managed services, else http://HUB_SERVICE_HOST:HUB_SERVICE_PORT, which "
        "Kubernetes sets in the hub's namespace, with JUPYTERHUB_BASE_URL after it",
    )
    token = parser.add_mutually_exclusive_group()
    option(
        "api_token",
        "hub_api_token",
        into=token,
        metavar="TOKEN",
        help="token of the exporter's service. Default: JUPYTERHUB_API_TOKEN. Other users of the machine can "
        "read options: prefer the environment or a file",
    )
    option("api_token_file", into=token, metavar="FILE", help="a file that holds the token and nothing else")
    option(
        "update_exporter_interval",
        "update_info_interval",
        type=_seconds,
        default=3600.0,
        metavar="SECONDS",
        help="time between two readings of the hub (default: 3600)",
    )
    counting = parser.add_mutually_exclusive_group()
    option(
        "multiple_groups",
        into=counting,
        choices=[strategy.value for strategy in Strategy],
        help="users of several groups count: 'default', once, to the default group; 'split', in equal parts "
        "to each of their groups; 'all', in full to each of their groups (default: default)",
    )
    option(
        "double_count",
        into=counting,
        type=str.lower,
        choices=["true", "false"],
        help="older spelling: 'true' is --multiple_groups all and, for users of several groups, a further "
        "row usergroup='multiple' of the info metric; 'false' is --multiple_groups default",
    )
    option(
        "default_group",
        type=_group,
        default="other",
        metavar="GROUP",
        help="the group for users of several groups with --multiple_groups default (default: other)",
    )
    option(
        "allowed_groups",
        type=_group,
        nargs="*",
        action="extend",
        default=[],
        metavar="GROUP",
        help="count these groups only; users in none of them count as 'none' (default: all groups)",
    )
    option(
        "pseudonym_salt_file",
        default="",
        metavar="FILE",
        help="tell pseudonyms instead of usernames: HMAC-SHA256 with the salt in this file, which has 16 bytes at "
        f"least. Default: the salt in {SALT}; usernames where there is none",
    )
    option(
        "jupyterhub_namespace",
        default=environment.get("NAMESPACE", ""),
        metavar="NAME",
        help="Kubernetes namespace of the hub, the label 'namespace' of every metric (default: NAMESPACE)",
    )
    option(
        "jupyterhub_metrics_prefix",
        type=_metrics_prefix,
        default=environment.get("JUPYTERHUB_METRICS_PREFIX") or "jupyterhub",
        metavar="PREFIX",
        help="first part of every metric's name (default: JUPYTERHUB_METRICS_PREFIX, else jupyterhub)",
    )
    option(
        "port",
        type=port,
        help="port to listen on; 0 for any free one (default: that of JUPYTERHUB_SERVICE_URL, which a hub "
        f"sets for its managed services, else {DEFAULT_PORT})",
    )
    option(
        "hub_service_prefix",
        default=environment.get("JUPYTERHUB_SERVICE_PREFIX", DEFAULT_PREFIX),
        metavar="PATH",
        help="serve under this path too, as the hub's proxy asks for it (default: JUPYTERHUB_SERVICE_PREFIX, "
        f"else {DEFAULT_PREFIX})",
    )
    option(
        "log_level",
        type=str.upper,
        choices=LOG_LEVELS,
        default="INFO",
        help="how much to log (default: INFO)",
    )
    option("once", action="store_true", help="read the hub once, print the metrics and end")
    return parser


def _api_url(option: str | None, environment: Mapping[str, str]) -> str:
    """Return the REST API's URL: from the option, from what a hub tells its services, or from Kubernetes."""
    if option:
        source, url = "--hub_url", option
    elif url := environment.get("JUPYTERHUB_API_URL", ""):
        source = "JUPYTERHUB_API_URL"
    elif host := environment.get("HUB_SERVICE_HOST", ""):
        source = "HUB_SERVICE_HOST and HUB_SERVICE_PORT"
        netloc = f"[{host}]" if ":" in host else host
        base = environment.get("JUPYTERHUB_BASE_URL", "").strip("/")
        url = f"http://{netloc}:{environment.get('HUB_SERVICE_PORT', '8081')}/{base}"
    else:
        raise UsageError("the hub's URL is missing; give --hub_url, or set JUPYTERHUB_API_URL or HUB_SERVICE_HOST")
    parts = http_url(url)
    if parts is None:
        raise UsageError(f"{source} {shown(url)} is not a URL such as http://localhost:8000")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(f"{source} must be a plain URL, without user, query or fragment")
    url = url.rstrip("/")
    return url if url.endswith("/hub/api") else f"{url}/hub/api"


def _service_address(environment: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Return the host and port at which a hub expects its managed service."""
    url = environment.get("JUPYTERHUB_SERVICE_URL", "")
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"JUPYTERHUB_SERVICE_URL {shown(url)} is not a URL such as http://127.0.0.1:9090") from None


def _token(option: str | None, file: str | None, environment: Mapping[str, str]) -> Token:
    if file is not None:
        source = f"--api_token_file {file}"
        try:
            text = tokens.text_of(Path(file))
        except tokens.TokenError as error:
            raise UsageError(f"{source} {error}") from None
    elif option is not None:
        source, text = "--api_token", option
    else:
        source, text = "JUPYTERHUB_API_TOKEN", environment.get("JUPYTERHUB_API_TOKEN", "")
        if not text.strip():
            raise UsageError("the API token is missing; set JUPYTERHUB_API_TOKEN, or give --api_token_file")
    try:
        return Token(tokens.checked(text))
    except tokens.TokenError as error:
        raise UsageError(f"{source} {error}") from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 1 <= seconds <= 7 * 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 1 to 604800")
    return seconds


def _group(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("a group's name cannot be empty")
    return text


def _metrics_prefix(text: str) -> str:
    try:
        return metrics_prefix.checked(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None
