"""The options with the URL and the credentials of Prometheus, which several commands have."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from requests.auth import AuthBase

from hubmeter_common import tokens
from hubmeter_exporter.command_line import Parser, UsageError, base_url
from hubmeter_promql.client import authentication

CREDENTIALS: Final = (
    "Credentials for Prometheus come from the environment: PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME and "
    "PROMETHEUS_PASSWORD."
)


def add(parser: Parser, environment: Mapping[str, str]) -> None:
    """Add ``--prometheus_url`` and ``--prometheus_token_file``; defaults come from ``environment``."""
    parser.option(
        "prometheus_url",
        default=environment.get("PROMETHEUS_URL", ""),
        metavar="URL",
        help="URL of the Prometheus that evaluates the rules, such as http://localhost:9090 (default: PROMETHEUS_URL)",
    )
    parser.option(
        "prometheus_token_file", type=Path, metavar="FILE", help="file with a bearer token, read at each request"
    )


def url(text: str, *, required: bool = True) -> str:
    """Return the URL of the option, or "" if it is neither set nor required. Raises `UsageError`."""
    if not text and not required:
        return ""
    if not text:
        raise UsageError("the URL of Prometheus is missing; set --prometheus_url or PROMETHEUS_URL")
    return base_url(
        "the URL of Prometheus",
        text,
        "http://localhost:9090",
        "set the user and the password in PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD",
    )


def auth(token_file: Path | None, environment: Mapping[str, str]) -> AuthBase | None:
    """Return the credentials for Prometheus. Raises `UsageError` if they are invalid or there are several."""
    token, username = environment.get("PROMETHEUS_TOKEN", "").strip(), environment.get("PROMETHEUS_USERNAME", "")
    if sum(map(bool, (token_file, token, username))) > 1:
        raise UsageError("set only one of --prometheus_token_file, PROMETHEUS_TOKEN and PROMETHEUS_USERNAME")
    try:
        if token_file:
            tokens.read(token_file, f"--prometheus_token_file {token_file}")
        elif token:
            tokens.checked(token, "PROMETHEUS_TOKEN")
    except tokens.TokenError as error:
        raise UsageError(str(error)) from None
    return authentication(token_file, environment)
