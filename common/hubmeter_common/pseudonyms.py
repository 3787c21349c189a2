"""Pseudonyms of users. Exporter, pods and hub use the same ones, so their series join.

A pseudonym is the HMAC-SHA256 (RFC 2104) of the username with the site's secret salt. Without the salt, a user cannot
be identified by trying names.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ENVIRONMENT: Final = "HUBMETER_PSEUDONYM_SALT"
FEWEST_BYTES: Final = 16
_DIGITS: Final = 32  # 128 bits: two of a billion users share a pseudonym with a chance of 1 in 10^21


class SaltError(ValueError):
    """The salt cannot be used. The message is one sentence and contains no part of the salt."""


@dataclass(frozen=True)
class Salt:
    """The secret salt. Its repr does not show it."""

    value: bytes

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return "Salt(...)"

    def pseudonym(self, username: str) -> str:
        """Return a user's pseudonym: ``u`` and 32 hexadecimal digits, which slugs and labels do not change."""
        return f"u{hmac.new(self.value, username.encode(), hashlib.sha256).hexdigest()[:_DIGITS]}"


def read_salt(file: str, environment: Mapping[str, str]) -> Salt | None:
    """Return the salt from ``file`` or, if that is empty, from the environment, without surrounding white space.

    Returns:
        The salt, or None if both are absent.

    Raises:
        SaltError: for an unreadable file, or fewer than 16 bytes.
    """
    if file:
        source = file
        try:
            value = Path(file).read_bytes().strip()
        except OSError as error:
            raise SaltError(f"the file {file} with the salt of pseudonyms cannot be read ({error.strerror})") from None
    elif ENVIRONMENT in environment:
        source, value = ENVIRONMENT, environment[ENVIRONMENT].strip().encode()
    else:
        return None
    if len(value) < FEWEST_BYTES:
        raise SaltError(
            f"{source} has {len(value)} bytes; a salt of pseudonyms needs at least {FEWEST_BYTES}: openssl rand -hex 32"
        )
    return Salt(value)
