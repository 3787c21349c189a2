"""Tokens from files, options and variables, and the header that sends them. No error contains any part of a token."""

import re
from pathlib import Path

import requests
from requests.auth import AuthBase


class TokenError(ValueError):
    """There is no usable token. The message names its source."""


class TokenAuth(AuthBase):
    """Sends a token in the header ``Authorization``.

    For ``requests.Session.auth``: a .netrc file overrides a header of the session, but not this.
    """

    def __init__(self, token: str | Path, scheme: str = "Bearer") -> None:
        """Take a token or the path of its file.

        The file is read at each request, because Kubernetes replaces such files. It need not exist yet.
        """
        self._token = token
        self._scheme = scheme

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header. Raises `TokenError`."""
        request.headers["Authorization"] = self._header()
        return request

    def is_newer_than(self, request: requests.PreparedRequest) -> bool:
        """Return whether the token has changed since a request was sent. Raises `TokenError`."""
        return request.headers["Authorization"] != self._header()

    def _header(self) -> str:
        token = self._token
        if isinstance(token, Path):
            token = read(token, f"the token file {token}")
        return f"{self._scheme} {token}"


def read(file: Path, source: str) -> str:
    """Return the token in a file. Raises `TokenError`, whose message begins with ``source``."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(f"{source} cannot be read ({getattr(error, 'strerror', None) or 'not text'})") from None
    return checked(text, source)


def checked(text: str, source: str) -> str:
    """Return the token without surrounding white space. Raises `TokenError`, whose message begins with ``source``."""
    token = text.strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise TokenError(f"{source} is empty, or has characters that are not allowed in a token")
    return token
