"""Choices that JupyterHub saved with a server, and that may no longer fit what is offered.

A start without options uses those of the last start. KubeSpawner raises ValueError or KeyError for an unknown profile
or choice, which counts towards the hub's consecutive_failure_limit.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import jupyterhub

# Parameters of the spawn page that are no options.
_NO_OPTIONS: Final = frozenset({"next", "display_name", "_xsrf"})
# From this version on, the body of the API's request can have the options in a key.
_OPTIONS_IN_KEY: Final = 6
_LONGEST: Final = 100


def sent(spawner: Any) -> bool:
    """Return whether the options of this start came with its request; otherwise they are the saved ones.

    The source: ``SpawnHandler`` and ``UserServerAPIHandler`` of JupyterHub 5 and 6.
    """
    if spawner.handler is None:
        return False
    request = spawner.handler.request
    if request.method != "POST":
        return bool(set(request.query_arguments) - _NO_OPTIONS)
    if not request.headers.get("Content-Type", "").startswith("application/json") and request.body_arguments:
        return True
    try:
        body = json.loads(request.body or b"null")
    except ValueError:
        return False  # refused by the hub
    if jupyterhub.version_info[0] >= _OPTIONS_IN_KEY:
        body = body or None
        if isinstance(body, dict) and {"user_options", "display_name"} & body.keys():
            body = body.get("user_options")
    return body is not None


def fitting(
    options: Mapping[str, Any], profiles: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the options that KubeSpawner accepts, and a sentence for each that it does not.

    Args:
        options: The options of the server.
        profiles: KubeSpawner's initialized profile list, not empty.
    """
    slug = options.get("profile")
    chosen = [profile for profile in profiles if (profile["slug"] == slug if slug else profile.get("default"))]
    if not chosen:
        return {}, (f"There is no profile {short(slug)}.",)
    kept, problems = dict(options), []
    for name, option in (chosen[0].get("profile_options") or {}).items():
        key = f"{name}--unlisted-choice"
        if unlisted := options.get(key):
            if not _is_allowed(unlisted, option.get("unlisted_choice") or {}):
                problems.append(f"The {name} cannot be {short(unlisted)}.")
                del kept[key]
                kept.pop(name, None)
        elif (choice := options.get(name)) and not (isinstance(choice, str) and choice in option.get("choices", {})):
            problems.append(f"There is no {name} {short(choice)}.")
            del kept[name]
    return kept, tuple(problems)


def short(value: object) -> str:
    """Return a value that somebody sent, as a message or a log shows it: quoted, and at most 100 characters."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _is_allowed(value: object, unlisted: Mapping[str, Any]) -> bool:
    if not unlisted.get("enabled") or not isinstance(value, str):
        return False
    pattern = unlisted.get("validation_regex")
    return not pattern or re.match(pattern, value) is not None
