"""``hubmeter-exporter``: its options and its process."""

import argparse
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hubmeter_common import metrics_prefix, tokens
from hubmeter_common.pseudonyms import ENVIRONMENT as SALT
from hubmeter_common.pseudonyms import Salt, SaltError, read_salt
from hubmeter_exporter import command_line
from hubmeter_exporter.command_line import Parser, UsageError, every_address, http_url, port, shown
from hubmeter_exporter.connection import DIRECT, Connection
from hubmeter_exporter.hub_api import HubClient
from hubmeter_exporter.membership import Accounting, GroupPatterns, Strategy, User
from hubmeter_exporter.metrics import MOST_LISTED, Origin
from hubmeter_exporter.paths import Paths
from hubmeter_exporter.refresh import MembershipRefresher
from hubmeter_exporter.server import listen, serve

PROG: Final = "hubmeter-exporter"
DEFAULT_PORT: Final = 9090
DEFAULT_PREFIX: Final = "/services/groups-exporter/"
# Options of newer releases of jupyterhub-groups-exporter, which reads usage from Prometheus itself.
RETIRED: Final = ("update_metrics_interval", "update_dirsize_interval", "prometheus_host", "prometheus_port")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """The settings from the command line and the environment."""

    api_url: str
    token: str | Path = field(repr=False)  # or the path of its file
    host: str
    port: int
    prefix: str
    interval: float
    origin: Origin
    accounting: Accounting
    log_level: str
    once: bool
    salt: Salt | None = None
    connection: Connection = DIRECT
    warnings: tuple[str, ...] = ()  # for the log, before the first reading


def main(argv: Sequence[str] | None = None) -> int:
    """Run the exporter until SIGTERM or SIGINT, or once.

    Returns:
        0: it ended normally. 1: the users could not be read (``--once``), or there was a defect. 2: an option is
        invalid or the port is in use.
    """
    return command_line.run(PROG, _run, argv)


def _run(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    settings = parse(argv, environment)
    command_line.set_up_logging(settings.log_level)
    for warning in settings.warnings:
        _log.warning("%s", warning)
    client = HubClient(settings.api_url, settings.token, connection=settings.connection)
    refresher = MembershipRefresher(
        _pseudonymous(client.read_users, settings.salt) if settings.salt else client.read_users,
        settings.accounting,
        settings.origin,
        interval=settings.interval,
        version=version("hubmeter"),
    )
    if not settings.once:
        return _serve(refresher, settings)
    if not refresher.refresh():
        return 1  # the log has the reason
    command_line.print_page(refresher.page)
    return 0


def _pseudonymous(read_users: Callable[[], Sequence[User]], salt: Salt) -> Callable[[], Sequence[User]]:
    """Return a function that reads the users by their pseudonyms, so that no later code knows a name."""
    return lambda: [replace(user, name=salt.pseudonym(user.name)) for user in read_users()]


def _serve(refresher: MembershipRefresher, settings: Settings) -> int:
    listening = listen(settings.host, settings.port)
    started = (
        f"Serving on {settings.host} port {listening.getsockname()[1]}; reading {settings.api_url} every "
        f"{settings.interval:g} s."
    )
    return serve(Paths(settings.prefix, lambda: refresher.page, refresher.not_ready), listening, refresher, started)


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Return the settings from options and environment.

    Raises:
        UsageError: An option or a variable is missing or invalid.
        SystemExit: After ``--help`` or ``--version``.
    """
    arguments = build_parser(environment).parse(argv)
    host, service_port = _service_address(environment)
    listen_on = arguments.port if arguments.port is not None else service_port
    strategy, multiple_row = Strategy(arguments.multiple_groups or Strategy.DEFAULT), False
    if arguments.double_count is not None:
        multiple_row = arguments.double_count == "true"
        strategy = Strategy.ALL if multiple_row else Strategy.DEFAULT
    try:
        salt = read_salt(arguments.pseudonym_salt_file, environment)
    except SaltError as error:
        raise UsageError(str(error)) from None
    api_url = _api_url(arguments.hub_url, environment)
    return Settings(
        api_url=api_url,
        token=_token(arguments.api_token, arguments.api_token_file, environment),
        host=host or every_address(),
        port=DEFAULT_PORT if listen_on is None else listen_on,
        prefix=arguments.hub_service_prefix,
        interval=arguments.update_exporter_interval,
        origin=Origin(
            arguments.jupyterhub_namespace, api_url.removesuffix("/hub/api"), arguments.jupyterhub_metrics_prefix
        ),
        accounting=Accounting(
            strategy,
            arguments.default_group,
            GroupPatterns(arguments.allowed_groups) if arguments.allowed_groups else None,
            multiple_row,
            None if arguments.listed_groups is None else GroupPatterns(arguments.listed_groups),
        ),
        log_level=arguments.log_level,
        once=arguments.once,
        salt=salt,
        connection=_connection(arguments, environment),
        warnings=tuple(_warnings(arguments)),
    )


def _warnings(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield a sentence for the log where options of jupyterhub-groups-exporter have another effect here."""
    given = [f"--{name}" for name in RETIRED if getattr(arguments, name) is not None]
    if not given:
        return
    yield (
        f"ignored: {', '.join(given)}. Hubmeter's rules record the usage of groups in Prometheus. The series "
        "user_group_memory_bytes, user_group_cpu_seconds, user_group_memory_requests_bytes, "
        "user_group_cpu_requests_seconds and user_group_home_dir_bytes of jupyterhub-groups-exporter are not exported: "
        "replace them in dashboards (docs/migrating/groups-exporter.md), and remove the options."
    )
    if arguments.double_count is None and arguments.multiple_groups is None:
        yield (
            "users of several groups count only in the default group "
            f"{arguments.default_group!r}; jupyterhub-groups-exporter with these options counted them in each of their "
            "groups. For that, set --double_count true; to keep the default, set --multiple_groups default."
        )


def build_parser(environment: Mapping[str, str]) -> Parser:
    """Return the parser; defaults come from ``environment``."""
    parser = Parser(
        PROG,
        "Exports the group memberships of the users of a JupyterHub to Prometheus.",
        "The token needs two read-only scopes: list:users and read:users:groups.",
    )
    option = parser.option
    option(
        "hub_url",
        metavar="URL",
        help="URL of the hub, including its base_url if it has one, such as http://localhost:8000. Default: "
        "JUPYTERHUB_API_URL, which a hub sets for its managed services; else "
        "http://HUB_SERVICE_HOST:HUB_SERVICE_PORT, which Kubernetes sets in the hub's namespace, followed by "
        "JUPYTERHUB_BASE_URL",
    )
    option(
        "hub_ca_file",
        metavar="FILE",
        help="certificates of the authority that signed the hub's certificate, in PEM form (default: "
        "JUPYTERHUB_SSL_CLIENT_CA, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE; else the public authorities)",
    )
    option(
        "hub_proxy",
        choices=["none", "environment"],
        default="none",
        help="'environment': reach the hub through the proxies of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. A proxy can "
        "read the token if the hub's URL is not https (default: none)",
    )
    token = parser.add_mutually_exclusive_group()
    option(
        "api_token",
        "hub_api_token",
        group=token,
        metavar="TOKEN",
        help="token of the exporter's service (default: JUPYTERHUB_API_TOKEN). Other users of the machine can read "
        "options: prefer the variable or a file",
    )
    option(
        "api_token_file",
        group=token,
        metavar="FILE",
        help="file that contains the token and nothing else; it is read for each request, so a new token needs no "
        "restart",
    )
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
        group=counting,
        choices=[strategy.value for strategy in Strategy],
        help="usage of users of several groups counts: 'default', once, in the default group; 'split', in equal parts "
        "in each of their groups; 'all', in full in each of their groups (default: default)",
    )
    option(
        "double_count",
        group=counting,
        type=str.lower,
        choices=["true", "false"],
        help="older option: 'true' is --multiple_groups all, and for users of several groups a further row "
        "usergroup='multiple' of the info metric; 'false' is --multiple_groups default",
    )
    option(
        "default_group",
        type=_group,
        default="other",
        metavar="GROUP",
        help="group of users of several groups with --multiple_groups default (default: other)",
    )
    option(
        "allowed_groups",
        type=_group,
        nargs="*",
        action="extend",
        default=[],
        metavar="GROUP",
        help="the groups that count, by name or with * for any text and ? for one character; users of none of them "
        "count in 'none' (default: all groups)",
    )
    option(
        "listed_groups",
        type=_group,
        nargs="*",
        action="extend",
        metavar="GROUP",
        help="the groups whose members have a row of share 0 if their usage counts in the default group, because "
        "policies, the cost API or dashboards need them; names or patterns as for --allowed_groups. Other groups have "
        f"rows until a user has two (default: all groups, up to {MOST_LISTED} such rows)",
    )
    option(
        "pseudonym_salt_file",
        default="",
        metavar="FILE",
        help="export pseudonyms instead of usernames: HMAC-SHA256 with the salt in this file, of at least 16 bytes "
        f"(default: the salt in {SALT}; without a salt, usernames)",
    )
    option(
        "jupyterhub_namespace",
        default=environment.get("NAMESPACE", ""),
        metavar="NAME",
        help="Kubernetes namespace of the hub, the label 'namespace' of all metrics (default: NAMESPACE)",
    )
    option(
        "jupyterhub_metrics_prefix",
        type=_metrics_prefix,
        default=environment.get("JUPYTERHUB_METRICS_PREFIX") or metrics_prefix.DEFAULT,
        metavar="PREFIX",
        help="first part of the names of all metrics (default: JUPYTERHUB_METRICS_PREFIX, else "
        f"{metrics_prefix.DEFAULT})",
    )
    option(
        "port",
        type=port,
        help="port to listen on; 0 takes a free one (default: the port of JUPYTERHUB_SERVICE_URL, which a hub sets "
        f"for its managed services, else {DEFAULT_PORT})",
    )
    option(
        "hub_service_prefix",
        default=environment.get("JUPYTERHUB_SERVICE_PREFIX", DEFAULT_PREFIX),
        metavar="PATH",
        help="also serve under this path, which the hub's proxy requests (default: JUPYTERHUB_SERVICE_PREFIX, else "
        f"{DEFAULT_PREFIX})",
    )
    for name in RETIRED:
        option(name, metavar="TEXT", help="option of jupyterhub-groups-exporter; ignored, with a line in the log")
    parser.process_options(once="read the hub once, print the metrics and exit")
    return parser


def _api_url(option: str | None, environment: Mapping[str, str]) -> str:
    """Return the URL of the REST API: from the option, from the hub of a managed service, or from Kubernetes."""
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
        raise UsageError("the URL of the hub is missing; set --hub_url, JUPYTERHUB_API_URL or HUB_SERVICE_HOST")
    parts = http_url(url)
    if parts is None:
        raise UsageError(f"{source} {shown(url)} is not a URL such as http://localhost:8000")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise UsageError(f"{source} must be a URL without user, query and fragment")
    url = url.rstrip("/")
    return url if url.endswith("/hub/api") else f"{url.removesuffix('/hub')}/hub/api"


def _connection(arguments: argparse.Namespace, environment: Mapping[str, str]) -> Connection:
    """Return the TLS files and proxies; a hub sets the variables of its managed services if it has internal_ssl."""
    sources = ("JUPYTERHUB_SSL_CLIENT_CA", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    source = next((name for name in sources if environment.get(name)), "")
    authority = _readable(
        arguments.hub_ca_file or environment.get(source, ""), "--hub_ca_file" if arguments.hub_ca_file else source
    )
    names = ("JUPYTERHUB_SSL_CERTFILE", "JUPYTERHUB_SSL_KEYFILE")
    certificate, key = (_readable(environment.get(name, ""), name) for name in names)
    if bool(certificate) != bool(key):
        raise UsageError(f"{' and '.join(names)} must be set together, or neither")
    pair = (certificate, key) if certificate and key else None
    return Connection(authority, pair, arguments.hub_proxy == "environment")


def _readable(path: str, source: str) -> str | None:
    """Return the path of a file that can be read, or of a folder of certificates; None for no path."""
    if not path:
        return None
    try:
        if not Path(path).is_dir():
            Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{source} {path} cannot be read ({error.strerror})") from None
    return path


def _service_address(environment: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Return the host and port that a hub expects of its managed service."""
    url = environment.get("JUPYTERHUB_SERVICE_URL", "")
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"JUPYTERHUB_SERVICE_URL {shown(url)} is not a URL such as http://127.0.0.1:9090") from None


def _token(option: str | None, file: str | None, environment: Mapping[str, str]) -> str | Path:
    """Return the token, or the path of its file once that is readable."""
    variable = environment.get("JUPYTERHUB_API_TOKEN", "")
    try:
        if file is not None:
            tokens.read(Path(file), f"--api_token_file {file}")
            return Path(file)
        if option is not None:
            return tokens.checked(option, "--api_token")
        if variable.strip():
            return tokens.checked(variable, "JUPYTERHUB_API_TOKEN")
    except tokens.TokenError as error:
        raise UsageError(str(error)) from None
    raise UsageError("the API token is missing; set JUPYTERHUB_API_TOKEN or --api_token_file")


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
        raise argparse.ArgumentTypeError("the name of a group must not be empty")
    return text


def _metrics_prefix(text: str) -> str:
    try:
        return metrics_prefix.checked(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None
