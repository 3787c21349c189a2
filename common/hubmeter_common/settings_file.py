"""Reads settings files in YAML. Needs PyYAML, which the extras install."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml

from hubmeter_common import yaml_text


class SettingsError(ValueError):
    """Settings are invalid. The message names the file, the key, the value and the allowed values."""


class _Loader(yaml.SafeLoader):
    """Rejects repeated keys; PyYAML would use the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if twice := [key for number, key in enumerate(keys) if key in keys[:number]]:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice[0]!r} is repeated", node.start_mark)
        return super().construct_mapping(node, deep)


def parse(text: str) -> Any:
    """Return the content of a YAML text. Raises `yaml.YAMLError`."""
    return yaml_text.load(text, _Loader)


def read(path: Path) -> Mapping[str, Any]:
    """Return the keys and values of a file; an empty file has none.

    Raises:
        SettingsError: for a file that cannot be read, is not YAML, or has no keys and values.
    """
    try:
        content = parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the settings file {path}: {error}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not valid YAML: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise SettingsError(f"{path} must hold keys and values, not {type(content).__name__}: see --print-settings")
    return content
