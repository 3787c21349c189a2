"""Reads YAML from outside. Needs PyYAML, which the extras bring."""

from typing import Any, Final

import yaml

# PyYAML raises these too: of dates and numbers that are none (2024-02-30, 0x_), of tags (!!int ""), of depth.
UNREADABLE: Final = (ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


def load(text: str, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> Any:
    """Return what a text holds, as plain values. Raises `yaml.YAMLError`, whatever is wrong with the text."""
    try:
        return yaml.load(text, loader)  # noqa: S506 - a SafeLoader
    except UNREADABLE as error:
        raise yaml.YAMLError(str(error)) from error
