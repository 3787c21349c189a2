"""Bearer tokens as they come from files, options and variables. No message has anything of a token."""

import re
from pathlib import Path


class TokenError(ValueError):
    """There is no token that can be used. The message goes on where the caller has named the place it is from."""


def text_of(file: Path) -> str:
    """Return what the file holds. Raises `TokenError`."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(f"cannot be read ({getattr(error, 'strerror', None) or 'not text'})") from None


def checked(text: str) -> str:
    """Return the token without the white space around it. Raises `TokenError` for what no header can hold."""
    token = text.strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise TokenError("is empty, or has characters that no token has")
    return token
