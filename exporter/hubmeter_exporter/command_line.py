"""What the commands of both exporters share: options, checks of their values, logging, exit codes."""

import argparse
import logging
import os
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import Final, NoReturn
from urllib.parse import SplitResult, urlsplit

from hubmeter_exporter.exposition import Format, Page
from hubmeter_exporter.refresh_loop import RefreshLoop

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_log = logging.getLogger(__name__)


class UsageError(Exception):
    """An option or a variable is invalid. The message is one sentence without a secret that says what to do."""


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError` instead of ending the process."""

    def __init__(self, program: str, description: str, epilog: str) -> None:
        """Begin with the option ``--version``."""
        super().__init__(
            prog=program,
            allow_abbrev=False,
            description=description,
            epilog=f"{epilog} Dashes can replace the underscores in options.",
        )
        self.option(
            "version", action="version", version=f"{program} {version('hubmeter')}", help="print the version and exit"
        )

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        raise UsageError(message)

    def option(self, name: str, *aliases: str, group: argparse._ActionsContainer | None = None, **rest: object) -> None:
        """Add an option to the parser or to a group of it, with underscores and with dashes in its names."""
        names = [spelling for alias in (name, *aliases) for spelling in (f"--{alias}", f"--{alias.replace('_', '-')}")]
        (group or self).add_argument(*dict.fromkeys(names), dest=name, **rest)  # type: ignore[arg-type] # passed on unchanged

    def process_options(self, once: str) -> None:
        """Add ``--log_level``, and ``--once`` with its help text."""
        self.log_level()
        self.option("once", action="store_true", help=once)

    def log_level(self) -> None:
        """Add ``--log_level``."""
        self.option("log_level", type=str.upper, choices=LOG_LEVELS, default="INFO", help="log level (default: INFO)")

    def parse(self, argv: Sequence[str]) -> argparse.Namespace:
        """Return the options. Raises `UsageError`."""
        arguments, unknown = self.parse_known_args(argv)
        if unknown:
            # Names only: the value after a misspelled --api_token is a secret.
            names = [word.partition("=")[0] for word in unknown if word.startswith("--")]
            raise UsageError(f"unknown option {' '.join(names)}" if names else "there are words outside of options")
        return arguments


def run(program: str, command: Callable[[Sequence[str], Mapping[str, str]], int], argv: Sequence[str] | None) -> int:
    """Run a command with the arguments and the environment. Return its exit code, or 2 after a `UsageError`."""
    try:
        return command(sys.argv[1:] if argv is None else argv, os.environ)
    except UsageError as error:
        print(f"{program}: {error}.", file=sys.stderr)
        return 2


class _Printable(logging.Formatter):
    """Escapes control characters except line feeds: names and requests of others must not control a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def set_up_logging(level: str, at_least: Mapping[str, int] = MappingProxyType({}), silent: Iterable[str] = ()) -> None:
    """Log to stderr; the loggers ``at_least`` write messages from their own level on, the ``silent`` ones none."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Printable("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    for logger, least in at_least.items():
        logging.getLogger(logger).setLevel(max(least, logging.getLogger().level))
    for logger in silent:
        logging.getLogger(logger).setLevel(logging.CRITICAL + 1)


def print_page(page: Page) -> None:
    """Print the page as text."""
    sys.stdout.buffer.writelines(page.parts[Format.TEXT, False])
    sys.stdout.flush()


def refresh_in_background(refresher: RefreshLoop, on_defect: Callable[[], object]) -> None:
    """Start the refresh thread. After a defect it calls ``on_defect``, because a restart is better than old data."""

    def refresh() -> None:
        try:
            refresher.run()
        except Exception:  # noqa: BLE001 - any error is logged and ends the process
            _log.exception("The exporter ends because of a defect. Please report it.")
            on_defect()

    # A daemon, so that a hub or a cloud that does not answer does not delay the end.
    threading.Thread(target=refresh, name="refresh", daemon=True).start()


def cannot_listen(address: str, error: OSError) -> UsageError:
    """Return the error for an address that is not available."""
    reason = error.strerror or error
    return UsageError(f"cannot listen on {address} ({reason}); end the process that uses it, or set another --port")


def http_url(text: str) -> SplitResult | None:
    """Return the parts of an HTTP or HTTPS URL with a host; None for any other text."""
    try:
        parts = urlsplit(text)
        labels = (parts.hostname or "").removesuffix(".").split(".")
        valid = parts.scheme in ("http", "https") and all(labels) and max(map(len, labels)) < 64
        valid = valid and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if valid else None


def base_url(what: str, text: str, example: str, remedy: str) -> str:
    """Return an HTTP URL without a slash at its end.

    Args:
        what: What it is the URL of, for errors.
        text: The URL.
        example: A valid one.
        remedy: Says where a user and a password belong.

    Raises:
        UsageError: It is no URL of HTTP, or has a user, password, query or fragment.
    """
    parts = http_url(text)
    if parts is None:
        raise UsageError(f"{what} {shown(text)} is not a URL such as {example}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(f"{what} must have no user, password, query or fragment; {remedy}")
    return text.rstrip("/")


def shown(url: str) -> str:
    """Return an invalid URL for a message, without a user and a password before the @, and without its query."""
    url = re.sub(r"\?.+", "?...", url, flags=re.DOTALL)
    return repr(f"...@{url.rpartition('@')[2]}" if "@" in url else url)


def every_address() -> str:
    """Return the host that stands for all addresses, including those of IPv6 if the machine has it."""
    return "::" if socket.has_dualstack_ipv6() else "0.0.0.0"  # noqa: S104 - Prometheus scrapes from another machine


def port(text: str) -> int:
    """Return a port's number, for ``type=`` of an option."""
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)
