"""Pseudonyms of users: the same in the exporter, on pods and in the hub, so that what they tell still joins.

HMAC-SHA256 (RFC 2104) with a salt that the site keeps: without it nobody can try names until one fits.
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
    """A salt that cannot be used; the message is one sentence and has nothing of the salt."""


@dataclass(frozen=True)
class Salt:
    """A secret that does not print itself."""

    value: bytes

    def __repr__(self) -> str:
        """Return no part of the secret."""
        return "Salt(...)"

    def pseudonym(self, username: str) -> str:
        """Return a user's pseudonym: ``u`` and 32 hexadecimal digits, which slugs and labels leave as they are."""
        return f"u{hmac.new(self.value, username.encode(), hashlib.sha256).hexdigest()[:_DIGITS]}"


def read_salt(file: str, environment: Mapping[str, str]) -> Salt | None:
    """Return the salt in ``file``, without space at its ends, or else in the environment; None where there is neither.

    Raises `SaltError` for a file that cannot be read, and for fewer than 16 bytes.
    """
    if file:
        source = file
        try:
            value = Path(file).read_bytes().strip()
        except OSError as error:
            raise SaltError(
                f"the file with the salt of pseudonyms, {file}, cannot be read ({error.strerror})"
            ) from None
    elif ENVIRONMENT in environment:
        source, value = ENVIRONMENT, environment[ENVIRONMENT].strip().encode()
    else:
        return None
    if len(value) < FEWEST_BYTES:
        raise SaltError(
            f"{source} has {len(value)} bytes; a salt of pseudonyms needs {FEWEST_BYTES} at least: openssl rand -hex 32"
        )
    return Salt(value)
