"""Rule files of Prometheus, in readable YAML."""

from collections.abc import Sequence
from typing import Any, Final

import yaml

from hubmeter_generator.open_model import Json

_HEADER: Final = "# Written by hubmeter-generate; do not edit.\n"


def rule_file(groups: Sequence[Json]) -> str:
    """Return the text of a rule file."""
    return text({"groups": list(groups)})


def text(value: Json) -> str:
    """Return YAML in which queries of several lines are blocks."""
    return _HEADER + yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=10**6, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _represent_text)
