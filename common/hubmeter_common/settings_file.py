"""Settings files: YAML as it is written, and errors that name the file. Needs PyYAML, which the extras bring."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml

from hubmeter_common import yaml_text


class SettingsError(ValueError):
    """A settings file that cannot be used; the message names the file, the key, the value and what is allowed."""


class _Loader(yaml.SafeLoader):
    """YAML as it is written: a key that stands twice is an error, not the last one's word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := [key for number, key in enumerate(keys) if key in keys[:number]]:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice[0]!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def parse(text: str) -> Any:
    """Return what a YAML text holds. Raises `yaml.YAMLError`."""
    return yaml_text.load(text, _Loader)


def read(path: Path) -> Mapping[str, Any]:
    """Return the keys and values of a file, none of an empty one.

    Raises `SettingsError` for a file that is missing, is not YAML, or holds something else.
    """
    try:
        given = parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the settings file {path}: {error}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not YAML that settings can be read from: {error}") from error
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise SettingsError(f"{path} must hold keys and values, not {type(given).__name__}: see --print-settings")
    return given
