"""Tags of a row of a bill, in each form in which exports and their conversions write them. Pure."""

import ast
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

NULLS: Final = frozenset({"", "null", "none", "nan", "nil", "\\n", "na", "n/a", "<na>", "<null>"})
_KEYS: Final = ("key", "tagkey", "name")
_VALUES: Final = ("value", "tagvalue")


class TagsError(ValueError):
    """The tags are in no known form."""


def tags_of(value: Any) -> dict[str, str]:
    """Return the tags by key.

    Args:
        value: One of: a mapping; a list of pairs, which is a map in Parquet; a list of mappings with ``key`` and
            ``value``, as of Google; the text of one of these in JSON or Python, with or without outer braces;
            ``key=value`` separated by ``;`` or ``,``, with or without braces, as of Athena; bytes of such a text; None,
            NaN or the text of a null. If a key occurs twice, an inherited value yields to an own one, and a later one
            to an earlier one.

    Raises:
        TagsError: The value is none of these.
    """
    try:
        return _tags(value)
    except (ValueError, TypeError, RecursionError, MemoryError, SyntaxError) as error:
        raise TagsError(f"Tags {_shown(value)} are neither JSON nor key=value") from error


def _tags(value: Any) -> dict[str, str]:
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value).decode("utf-8", "replace")
    if isinstance(value, str):
        return _of_text(value)
    if _is_null(value):
        return {}
    if isinstance(value, Mapping):
        inner = next(iter(value.values())) if len(value) == 1 else None
        if isinstance(inner, list) and set(value) <= {"list", "key_value", "entries"}:  # as some writers of Parquet do
            return _of_list(inner)
        return _strings(value.items())
    if isinstance(value, list | tuple):
        return _of_list(value)
    raise TypeError(type(value).__name__)


def _of_list(items: Iterable[Any]) -> dict[str, str]:
    own: list[tuple[Any, Any]] = []
    inherited: list[tuple[Any, Any]] = []
    for item in items:
        if isinstance(item, Mapping):
            fields = {str(name).lower().replace("_", ""): field for name, field in item.items()}
            if isinstance(fields.get("element"), Mapping):
                fields = {str(name).lower().replace("_", ""): field for name, field in fields["element"].items()}
            key = next(name for name in _KEYS if name in fields) if set(_KEYS) & set(fields) else None
            if key is None and len(item) == 1:  # {"hub": "prod"}
                own += item.items()
                continue
            name = next((name for name in _VALUES if name in fields), None)
            if key is None or name is None:
                raise ValueError("no key and value")
            is_inherited = fields.get("xinherited", fields.get("inherited"))
            (inherited if is_inherited in (True, "true", "True") else own).append((fields[key], fields[name]))
        elif isinstance(item, str):
            own += _of_text(item).items()
        elif not _is_null(item):
            key, tag = item
            own.append((key, tag))
    return _strings((*own, *inherited))


def _of_text(text: str) -> dict[str, str]:
    text = text.strip()
    if text.lower() in NULLS:
        return {}
    parsed = _parsed(text)
    if parsed is None:
        return _pairs(text)
    if isinstance(parsed, str) and parsed != text:  # JSON in a string of JSON
        return _of_text(parsed)
    return _tags(parsed)


def _parsed(text: str) -> Any:
    """Return the text read as JSON, JSON without its braces, or Python; None if it is none of these."""
    for candidate in (text, "{" + text.strip(",; \n") + "}"):
        try:
            return json.loads(candidate)
        except ValueError:
            continue
    if text[0] in "{[(":
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, TypeError):
            return None
    return None


def _pairs(text: str) -> dict[str, str]:
    if (text[0], text[-1]) in (("{", "}"), ("[", "]")):
        text = text[1:-1]
    parts: list[str] = []
    for part in text.split(";" if ";" in text else ","):
        if "=" in part:
            parts.append(part)
        elif parts and part.strip() and ";" not in text:
            parts[-1] += f",{part}"  # a comma in a value
        elif part.strip():
            raise ValueError("no =")
    pairs = [part.partition("=") for part in parts]
    return _strings((key, None if _unquoted(tag).lower() in NULLS else _unquoted(tag)) for key, _, tag in pairs)


def _strings(items: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    result: dict[str, str] = {}
    for key, tag in items:
        name = _string(key).strip()
        if name and not _is_null(tag):
            result.setdefault(_unquoted(name), _string(tag))
    return result


def _string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"  # as JSON and the clouds write it
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    text = json.dumps(value, default=str) if isinstance(value, Mapping | list | tuple) else str(value)
    return text.encode("utf-8", "replace").decode()  # JSON can have lone surrogates, which no label can contain


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _is_null(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124 - NaN differs from itself


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}..."
