"""What is generated of the Helm chart: the rules and dashboards in files/, the settings in values.yaml, and README.md.

The chart is configured when it is installed, so its files keep the settings' ``%(name)s`` open, and
templates/_settings.tpl fills them in: for the same settings it gives the rules and dashboards that
``hubmeter-generate`` gives. Run it with ``python -m hubmeter_generator.write.chart chart``.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from hubmeter_common.settings_file import SettingsError
from hubmeter_generator import dashboards, settings
from hubmeter_generator.alerts import alert_groups
from hubmeter_generator.model import Alert, Rule
from hubmeter_generator.rules import recording_groups
from hubmeter_promql import render

Json = dict[str, Any]

_SETTINGS: Final = """\
# What hubmeter-generate has as settings, under the same names: rules and dashboards follow them, and the exporters'
# metrics have their prefix from here. Where there are several releases, they must be the same in each.
settings:
"""
_SETTINGS_BLOCK: Final = re.compile(r"(?ms)^(?:#[^\n]*\n)+settings:\n.*")
_README: Final = """\
# Hubmeter's Helm chart

The groups exporter, the cost exporter and its API, rules and alerts for Prometheus, dashboards for Grafana: for a hub
that [Zero to JupyterHub](https://z2jh.jupyter.org) installed. [docs/install.md](../docs/install.md) goes through it
step by step; [examples/](examples) has values for the usual kinds of clusters.

    helm install hubmeter hubmeter --repo https://hubmeter.github.io/hubmeter --namespace <the hub's> --values my.yaml

A value that does not exist, or that contradicts another, is refused with a sentence before anything is installed.

This page is made from the comments in [values.yaml](values.yaml) by `make generate`.

## Values

| value | default | |
|---|---|---|
"""


@dataclass(frozen=True)
class Value:
    """One value of the chart: its path with dots, its default, and its comment as one line."""

    path: str
    default: Any
    comment: str


def files(values: str) -> dict[str, str]:
    """Return every generated file by its path in the chart; ``values`` is values.yaml as it is."""
    complete = values_with_settings(values)
    boards = {f"files/dashboards/{name}.json": build() for name, build in dashboards.BUILDERS.items()}
    return {
        "README.md": readme(complete),
        "values.yaml": complete,
        "files/rules.json": _json(
            [_group(g.name, g.interval, map(_rule, g.rules), g.each) for g in recording_groups()]
        ),
        "files/alerts.json": _json([_group(g.name, g.interval, map(_alert, g.alerts)) for g in alert_groups()]),
        **{path: _json(board) for path, board in boards.items()},
    }


def _group(name: str, interval: str, rules: Iterator[Json], each: str = "") -> Json:
    return {"name": name, "interval": interval, "each": each, "rules": list(rules)}


def _rule(rule: Rule) -> Json:
    expr = open_query(f"rules/{rule.template}", rule.parameters)
    labels = {"labels": dict(rule.labels)} if rule.labels else {}
    return {"record": rule.record, "expr": expr, **labels, "when": {k: v.split("|") for k, v in rule.when.items()}}


def _alert(alert: Alert) -> Json:
    return {
        "alert": alert.name,
        "expr": open_query(f"alerts/{alert.query}", alert.parameters),
        "for": alert.hold_for,
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.summary, "description": alert.description},
        "enabled_by": alert.enabled_by,
    }


def open_query(template: str, parameters: Mapping[str, str]) -> str:
    """Return a template with its own parameters filled in and the settings' placeholders, and ``%%``, left as they are.

    Parameters may hold placeholders themselves.
    """
    text = render.load(f"{template}.promql")
    for name, value in parameters.items():
        text = text.replace(f"%({name})s", value)
    return text


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def values_with_settings(values: str) -> str:
    """Return values.yaml with its last key, ``settings``, as the generator's settings.yaml has it."""
    before = _SETTINGS_BLOCK.sub("", values)
    body = settings.defaults_text().partition("\n\n")[2]
    return before + _SETTINGS + re.sub(r"(?m)^(?=.)", "  ", body)


def readme(values: str) -> str:
    """Return README.md for a values.yaml."""
    return _README + "".join(f"| {' | '.join(_cells(value))} |\n" for value in documented(values))


def _cells(value: Value) -> Iterator[str]:
    if value.default is None:
        cells = (f"**`{value.path}`**", "", value.comment)
    else:
        cells = (f"`{value.path}`", f"`{json.dumps(value.default, ensure_ascii=False)}`", value.comment)
    return (cell.replace("|", "\\|") for cell in cells)


def documented(values: str) -> list[Value]:
    """Return the values in their order.

    A comment describes the key below it. A mapping whose keys have comments is a section: its own default is None.
    Raises `SettingsError` where a key of a section has no comment.
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


def main(arguments: Sequence[str]) -> int:
    """Write what is generated into the chart's folder."""
    (folder,) = map(Path, arguments)
    for path, text in files((folder / "values.yaml").read_text(encoding="utf-8")).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
