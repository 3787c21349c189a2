"""Choices that jupyterhub-singleuser-profiles stored in ConfigMaps, as options of a server. Pure.

The source: ``user.py`` and ``utils.py`` of its releases 0.1.0 to 0.7.0. ``jupyterhub-singleuser-profile-USER`` has the
choice as YAML in the key ``profile``; since 0.2, ``jupyterhub-singleuser-profile-USER-envs`` has the variables.
"""

import shlex
import string
from collections.abc import Mapping
from typing import Any, Final

import yaml

from hubmeter_common import yaml_text
from hubmeter_hub.profiles.offer import choice_key
from hubmeter_hub.profiles.own import GPU, LONGEST, TYPED, Allowed
from hubmeter_hub.profiles.saved import short

_NAME: Final = "jupyterhub-singleuser-profile-{}"
_KEY: Final = "profile"
_KEPT: Final = frozenset(string.ascii_lowercase + string.digits)
# The option of a server by the key of the choice.
_OPTIONS: Final = {"last_selected_image": "image", "last_selected_size": "size", "gpu": GPU}
# KubeSpawner's form has one line, and options with a brace are not written into it.
_NOT_IN_FORM: Final = ("\n", "\r", "{")
_HUGE: Final = 1e15


def names(username: str) -> tuple[str, str]:
    """Return the names of a user's two ConfigMaps: of the choice, and of the variables.

    Each character except a-z and 0-9 is ``-`` and two hexadecimal digits for each byte: ``ana.lopez`` is
    ``ana-2elopez``. Names of different users differ, also from names of variables: ``-envs`` is no such character.
    """
    escaped = "".join(
        letter if letter in _KEPT else "".join(f"-{byte:02x}" for byte in letter.encode()) for letter in username
    )
    name = _NAME.format(escaped)
    return name, f"{name}-envs"


def options(
    choice: Mapping[str, str], variables: Mapping[str, str], allowed: Allowed
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the options of a server, and a sentence for each part of the choice that is ignored.

    Args:
        choice: The data of the ConfigMap with the choice; empty if it does not exist.
        variables: The data of the ConfigMap with the variables; these replace variables in the choice.
        allowed: The user's own settings. Stored ones of another kind are skipped without a sentence.
    """
    content, problems = _content(choice)
    found: dict[str, str] = {}
    for key, option in _OPTIONS.items():
        value = content.get(key)
        if value is None or value == "" or (option == GPU and (value in (0, "0") or not allowed.gpus)):
            continue  # "0" is the old form's default, with which a size has its own number of GPUs
        if (text := _text(value)) is None:
            problems.append(f"The value of {key} is no text.")
        else:
            found[option] = text if option == GPU else choice_key(text)
    if allowed.environment and (typed := _typed(_variables(content.get("env"), problems) | dict(variables), problems)):
        found[TYPED] = typed
    return found, tuple(problems)


def _content(choice: Mapping[str, str]) -> tuple[Mapping[Any, Any], list[str]]:
    text = choice.get(_KEY, "")
    if len(text) > LONGEST:  # the hub does nothing else while it parses
        return {}, [f"The key {_KEY} has {len(text):,} characters, more than {LONGEST:,}."]
    try:
        content = yaml_text.load(text)
    except yaml.YAMLError:
        return {}, [f"The key {_KEY} is not YAML."]
    if content is not None and not isinstance(content, Mapping):
        return {}, [f"The key {_KEY} is no mapping."]
    return content or {}, []


def _text(value: object) -> str | None:
    """Return a text or a number as a text; None for others. Python refuses to write huge numbers."""
    if isinstance(value, int | float) and abs(value) < _HUGE:
        return str(value)
    return value if isinstance(value, str) else None


def _variables(env: object, problems: list[str]) -> dict[str, str]:
    """Return the variables of ``{NAME: value}`` or ``[{name: NAME, value: value}]``."""
    pairs: list[tuple[object, object]] = list(env.items()) if isinstance(env, Mapping) else []
    if isinstance(env, list):
        pairs = [(item.get("name"), item.get("value")) if isinstance(item, Mapping) else (None, None) for item in env]
    found = [(name, text) for name, value in pairs if isinstance(name, str) and (text := _text(value)) is not None]
    if (env and not pairs) or len(found) < len(pairs):
        problems.append("A part of env is no name with a value.")
    return dict(found)


def _typed(variables: Mapping[str, str], problems: list[str]) -> str:
    """Return variables as users type them into the form. Empty ones, which the old form always had, are skipped."""
    if sum(len(name) + len(value) for name, value in variables.items()) > LONGEST:
        problems.append(f"The environment variables have more than {LONGEST:,} characters.")
        return ""
    hidden = [name for name, value in variables.items() if any(part in name + value for part in _NOT_IN_FORM)]
    if hidden:
        problems.append(
            f"{len(hidden)} environment variables have a line break or a brace, which the form cannot show; the first "
            f"is {short(hidden[0])}."
        )
    shown = {name: value for name, value in variables.items() if value and name not in hidden}
    return " ".join(f"{shlex.quote(name)}={shlex.quote(value)}" for name, value in shown.items())
