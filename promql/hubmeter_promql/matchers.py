"""PromQL matchers for values from outside. PromQL has Go's escapes, which include JSON's."""

import json
import re
from collections.abc import Iterable, Mapping


def exactly(labels: Mapping[str, str]) -> str:
    """Return a matcher for each label and its value, without braces: ``namespace="prod",username="ann"``."""
    return ",".join(f"{name}={_quoted(value)}" for name, value in sorted(labels.items()))


def any_of(label: str, values: Iterable[str]) -> str:
    """Return a matcher for a label with one of these values, which are texts and not regular expressions."""
    return f"{label}=~{_quoted('|'.join(map(re.escape, sorted(values))))}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
