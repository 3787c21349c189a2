"""Matchers of PromQL for values from outside. PromQL's escapes are Go's, and JSON's are among them."""

import json
import re
from collections.abc import Iterable, Mapping


def exactly(labels: Mapping[str, str]) -> str:
    """Return a matcher for each label and its value, without braces: ``namespace="prod",username="ann"``."""
    return ",".join(f"{name}={_quoted(value)}" for name, value in sorted(labels.items()))


def any_of(label: str, values: Iterable[str]) -> str:
    """Return a matcher for a label that has one of these values; they are texts, not regular expressions."""
    return f"{label}=~{_quoted('|'.join(map(re.escape, sorted(values))))}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
