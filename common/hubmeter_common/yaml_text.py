"""Reads YAML from untrusted sources. Needs PyYAML, which the extras install."""

from typing import Any, Final

import yaml

# PyYAML also raises these: for invalid dates and numbers (2024-02-30, 0x_), tags (!!int "") and deep nesting.
UNREADABLE: Final = (ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


def load(text: str, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> Any:
    """Return the content of a text as plain values. Raises only `yaml.YAMLError` for an invalid text."""
    try:
        return yaml.load(text, loader)  # noqa: S506 - a SafeLoader
    except UNREADABLE as error:
        raise yaml.YAMLError(str(error)) from error
