"""Usernames as KubeSpawner spells them in the names of pods, volumes and directories.

A copy of kubespawner.slugs of jupyterhub-kubespawner 7, so that the exporter needs neither KubeSpawner nor the hub. A
property test compares the two.
"""

import hashlib
import re
from typing import Final

SAFE_MAX_LENGTH: Final = 48  # KubeSpawner's limit for {username} and {user_server}
_HASH_LENGTH: Final = 8
_OBJECT_NAME_MAX_LENGTH: Final = 63  # RFC 1123

_OBJECT_NAME = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_UNSAFE_RUN = re.compile(r"[^a-z0-9]+")
_SAFE: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_SPELLED: Final = tuple(chr(byte) if byte in _SAFE else f"-{byte:x}" for byte in range(256))


def safe_slug(name: str, max_length: int = SAFE_MAX_LENGTH) -> str:
    """Return KubeSpawner's "safe" slug: the name itself if it is a short valid object name, else stem---hash.

    Args:
        name: A raw username.
        max_length: Of the result, in characters. It is 12 or more: one letter of the name, and the hash.

    Raises:
        UnicodeEncodeError: The name has a lone surrogate. KubeSpawner raises the same error.
    """
    limit = min(max_length, _OBJECT_NAME_MAX_LENGTH)
    if len(name) <= limit and "--" not in name and _OBJECT_NAME.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8")).hexdigest()[:_HASH_LENGTH]
    return f"{_stem(name, max_length - _HASH_LENGTH - len('---'))}---{digest}"


def escape_slug(name: str) -> str:
    """Return KubeSpawner's legacy slug: each UTF-8 byte outside a-z and 0-9 becomes ``-`` and its hex digits.

    Bytes below 16 have one digit instead of two, as in the original.

    Raises:
        UnicodeEncodeError: The name has a lone surrogate. KubeSpawner raises the same error.
    """
    return "".join(_SPELLED[byte] for byte in name.encode("utf-8"))


def _stem(name: str, max_length: int) -> str:
    """Return the readable part of a slug: a letter, then letters, digits and single hyphens; never empty."""
    stem = _UNSAFE_RUN.sub("-", name.lower()).lstrip("-")[:max_length].rstrip("-")
    if stem and not "a" <= stem[0] <= "z":
        stem = f"x-{stem[: max_length - 2]}"
    return stem or "x"
