"""The chart's README.md: every value of values.yaml with its default and its comment."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from hubmeter_common.settings_file import SettingsError

_README: Final = """\
# Hubmeter's Helm chart

The chart installs Hubmeter beside [Zero to JupyterHub](https://z2jh.jupyter.org): the groups exporter, the cost
exporter with its API, rules and alerts for Prometheus, and dashboards for Grafana. Follow
[docs/install.md](../docs/install.md) step by step; [examples/](examples) has values for common clusters.

    helm install hubmeter hubmeter --repo https://hubmeter.github.io/hubmeter --namespace <hub> --values hubmeter.yaml

Helm rejects unknown or contradictory values before it installs anything.

`make generate` writes this page from the comments in [values.yaml](values.yaml).

## Values

| value | default | |
|---|---|---|
"""


@dataclass(frozen=True)
class Value:
    """A value of the chart: its path with dots, its default, and its comment as one line."""

    path: str
    default: Any
    comment: str


def readme(values: str) -> str:
    """Return the text of README.md for the text of values.yaml."""
    return _README + "".join(f"| {' | '.join(_cells(value))} |\n" for value in documented(values))


def _cells(value: Value) -> Iterator[str]:
    if value.default is None:
        cells = (f"**`{value.path}`**", "", value.comment)
    else:
        cells = (f"`{value.path}`", f"`{json.dumps(value.default, ensure_ascii=False)}`", value.comment)
    return (cell.replace("|", "\\|") for cell in cells)


def documented(values: str) -> list[Value]:
    """Return the values in their order.

    A comment describes the key below it. A mapping whose keys have comments is a section; its own default is None.

    Raises:
        SettingsError: for a key of a section without a comment.
    """
    root = yaml.compose(values, yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise SettingsError("values.yaml must hold keys and values")
    return list(_documented(root, yaml.safe_load(values), "", values.split("\n")))


def _documented(node: yaml.MappingNode, data: Mapping[str, Any], path: str, lines: Sequence[str]) -> Iterator[Value]:
    for key, child in node.value:
        name = f"{path}{key.value}"
        comment = _comment_above(key.start_mark.line, lines)
        is_section = isinstance(child, yaml.MappingNode) and any(
            grandchild.start_mark.line > key.start_mark.line and _comment_above(grandchild.start_mark.line, lines)
            for grandchild, _ in child.value
        )
        if is_section:
            if comment:
                yield Value(name, None, comment)
            yield from _documented(child, data[key.value], f"{name}.", lines)
        elif comment:
            yield Value(name, data[key.value], comment)
        else:
            raise SettingsError(f"values.yaml: {name} has no comment above it")


def _comment_above(line: int, lines: Sequence[str]) -> str:
    """Return the comment that ends right above a line, as one line."""
    first = line
    while first > 0 and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return " ".join(text.lstrip(" #").rstrip() for text in lines[first:line])
