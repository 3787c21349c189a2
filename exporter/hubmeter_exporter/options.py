"""What the command lines of both exporters share: errors as one sentence, two spellings of an option, checks."""

from __future__ import annotations

import argparse
import socket
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class UsageError(Exception):
    """Options or environment are not as they must be; the message is one sentence that says what to do."""


class Parser(argparse.ArgumentParser):
    """A parser that raises `UsageError` where argparse would print its usage and end the process."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`."""
        raise UsageError(message)

    def option(self, name: str, *aliases: str, into: argparse._ActionsContainer | None = None, **rest: object) -> None:
        """Add an option that can be written with underscores and with dashes; ``into`` a group of options, if given."""
        names = [spelling for each in (name, *aliases) for spelling in (f"--{each}", f"--{each.replace('_', '-')}")]
        (into or self).add_argument(*dict.fromkeys(names), dest=name, **rest)  # type: ignore[arg-type] # passed on as it is

    def parse(self, argv: Sequence[str]) -> argparse.Namespace:
        """Return the options. Raises `UsageError`, which never contains a value: it may be a secret."""
        arguments, unknown = self.parse_known_args(argv)
        if unknown:
            # Names only: what follows a mistyped --api_token is a secret.
            names = [word.partition("=")[0] for word in unknown if word.startswith("--")]
            raise UsageError(f"unknown option {' '.join(names)}" if names else "words that belong to no option")
        return arguments


def http_url(text: str) -> SplitResult | None:
    """Return the parts of a URL of HTTP or HTTPS with a host, None for anything else."""
    try:
        parts = urlsplit(text)
        labels = (parts.hostname or "").removesuffix(".").split(".")
        valid = parts.scheme in ("http", "https") and all(labels) and max(map(len, labels)) < 64
        valid = valid and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if valid else None


def shown(url: str) -> str:
    """Return what was meant to be a URL as a message may show it: a user and a password may stand before the @."""
    return repr(f"...@{url.rpartition('@')[2]}" if "@" in url else url)


def every_address() -> str:
    """Return the host that stands for every address of the machine: those of IPv6 too, where it has any."""
    return "::" if socket.has_dualstack_ipv6() else "0.0.0.0"  # noqa: S104 - a container is scraped from outside


def port(text: str) -> int:
    """Return a port's number, for ``type=`` of an option."""
    if not text.isascii() or not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)
