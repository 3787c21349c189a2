"""The metrics prefix: the first part of the name of every exported metric."""

import re
from typing import Final

DEFAULT: Final = "jupyterhub"


def checked(prefix: str) -> str:
    """Return the prefix.

    A colon is not allowed: Prometheus reserves it for recorded series.

    Raises:
        ValueError: for a text with which the name of a metric cannot begin.
    """
    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", prefix) or prefix.startswith("__"):
        raise ValueError(
            "cannot begin the name of a metric; use letters, digits and underscores, "
            "not a digit or two underscores first"
        )
    return prefix
