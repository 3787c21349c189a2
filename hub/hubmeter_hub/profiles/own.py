"""Users' own environment variables and number of GPUs, which they send with a start. Pure.

The form sends texts, the API also numbers and mappings.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hubmeter_hub.profiles.model import EnvVar, Settings
from hubmeter_hub.profiles.saved import short

GPU: Final = "gpu"
ENV: Final = "env"
# The key of a text that users type into KubeSpawner's form, and the value of "no variables" there.
TYPED: Final = f"{ENV}--unlisted-choice"
NONE: Final = "None"
# The number of GPUs in the profiles and the size.
DEFAULT: Final = "Default"
# Characters of all names and values: the hub stores them with each server.
LONGEST: Final = 16_384

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# The hub's own variables: the server's token, and who may use it.
_RESERVED: Final = ("JUPYTERHUB_", "JPY_")


class OwnError(ValueError):
    """An option that is not allowed; the message is for the user."""


@dataclass(frozen=True)
class Allowed:
    """What users may choose of their own: variables, and a number of GPUs up to ``gpus``."""

    environment: bool = False
    gpus: int = 0

    def __bool__(self) -> bool:
        """Whether users may choose anything."""
        return self.environment or self.gpus > 0


def own(allowed: Allowed, options: Mapping[str, Any]) -> Settings:
    """Return the variables and GPUs in a user's options as settings.

    Raises:
        OwnError: for options that are not allowed.
    """
    return Settings.model_construct(env=_variables(allowed, options), gpu=_gpus(allowed, options.get(GPU)))


def _gpus(allowed: Allowed, value: object) -> int | None:
    if value is None or (isinstance(value, str) and value in {"", DEFAULT}):
        return None
    text = str(value)
    count = int(text) if re.fullmatch("[0-9]{1,3}", text) and not isinstance(value, bool) else allowed.gpus + 1
    if count > allowed.gpus:
        if not allowed.gpus:
            raise OwnError("You cannot choose a number of GPUs here.")
        raise OwnError(f"The number of GPUs must be from 0 to {allowed.gpus}; it is {short(value)}.")
    return count


def _variables(allowed: Allowed, options: Mapping[str, Any]) -> tuple[EnvVar, ...]:
    given = options.get(TYPED) or options.get(ENV)
    if not given or given == NONE:
        return ()
    if not allowed.environment:
        raise OwnError("You cannot set environment variables here.")
    values = _typed(given) if isinstance(given, str) else given
    if not isinstance(values, Mapping):
        raise OwnError(f"The environment variables must be names with values; they are {short(given)}.")
    for name, value in values.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise OwnError(f"{short(name)} is no name of an environment variable.")
        if name.startswith(_RESERVED):
            raise OwnError(f"The environment variable {short(name)} is reserved for the hub.")
        if not isinstance(value, str) or "\0" in value:
            raise OwnError(f"The value of the environment variable {short(name)} must be a text.")
    if sum(len(name) + len(value) for name, value in values.items()) > LONGEST:
        raise OwnError(f"The environment variables have more than {LONGEST:,} characters.")
    # Kubernetes expands $(NAME) in values; $$ is one dollar.
    return tuple(EnvVar(name=name, value=value.replace("$", "$$")) for name, value in values.items())


def _typed(text: str) -> dict[str, str]:
    """Return the variables of ``NAME=value OTHER="two words"``."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise OwnError(f"A quotation mark is not closed in the environment variables {short(text)}.") from error
    if wrong := [word for word in words if "=" not in word]:
        raise OwnError(f"Write environment variables as NAME=value, separated by spaces; {short(wrong[0])} has no =.")
    return dict(word.split("=", 1) for word in words)
