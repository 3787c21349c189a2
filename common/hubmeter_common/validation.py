"""Turns pydantic's errors into sentences for the author of a settings file."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Error = Mapping[str, Any]


def sentence(error: Error, known: Iterable[str] = (), show: Callable[[Error], str] | None = None) -> str:
    """Return one sentence with the key, its value and the allowed values.

    Args:
        error: One of ``pydantic.ValidationError.errors()``.
        known: The allowed keys, for the sentence about an unknown key.
        show: Returns the text that represents the value, or "" for a secret; by default its ``repr``.
    """
    location = [str(part) for part in error["loc"]]
    key = ".".join(location)
    allowed = ", ".join(known)
    if error["type"] == "extra_forbidden":
        return f"unknown key {key!r}; allowed are {allowed}"
    if error["type"] == "invalid_key":
        return f"{error['loc'][0]!r}: a key must be a word; allowed are {allowed}"
    if error["type"] == "missing":
        return f"{key} is missing"
    value = (show or _shown)(error)
    reason = _reason(error, is_secret=not value)
    if not location:
        return reason
    return f"{key}: {value} {reason}" if value and not reason.startswith(value) else f"{key}: {reason}"


def _shown(error: Error) -> str:
    value = error["input"]
    return repr(list(value) if isinstance(value, tuple) else value)


def _reason(error: Error, *, is_secret: bool) -> str:
    value = error["input"]
    match error["type"]:
        case "string_type":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return "must be text" + (f"; write it in quotes: {str(value)!r}" if number and not is_secret else "")
        case "tuple_type" | "list_type":
            return "must be a list, for example [a, b]"
        case "literal_error" | "enum":
            return f"must be {error['ctx']['expected']}"
        case "model_type" | "dict_type" | "mapping_type":
            return "must hold keys and values, for example {physics: 500}"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return f"is not allowed: {error['msg']}"
