"""The jsonnet mixin: Hubmeter's templates, imported as they are, and a ``_config`` that fills them in.

The ``*.libsonnet`` files beside this module are written to the output as they are; the rest of the mixin is data, made
here from the same values as the finished rules and dashboards.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any, Final

from hubmeter_generator.alerts import alert_groups
from hubmeter_generator.rules import recording_groups
from hubmeter_generator.settings import Settings, defaults_text

Json = dict[str, Any]

HEADER: Final = "// Written by hubmeter-generate; do not edit.\n"
_TEMPLATES: Final = "../../promql/hubmeter_promql"  # as seen from mixin/
_SETTING: Final = re.compile(r"(?P<comments>(?:#.*\n)+)(?P<key>\w+):")


def mixin_files(settings: Settings, boards: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the mixin's files; ``boards`` are the dashboards with their placeholders open, by the names of their files.

    Dashboards are not named ``*.json``: Grafana's provisioning would take them for finished ones.
    """
    yield "mixin.libsonnet", _fixed("mixin")
    yield "mixin/config.libsonnet", _config(settings)
    for name in ("finish", "placeholders"):
        yield f"mixin/{name}.libsonnet", _fixed(name)
    yield "mixin/rules.libsonnet", HEADER + _rules()
    yield "mixin/alerts.libsonnet", HEADER + _alerts()
    imports = "".join(f"  'hubmeter-{name}.json': import 'dashboards/{name}.libsonnet',\n" for name in sorted(boards))
    yield "mixin/dashboards.libsonnet", f"{HEADER}{{\n{imports}}}\n"
    for name, board in boards.items():
        yield f"mixin/dashboards/{name}.libsonnet", HEADER + _literal(board) + "\n"


def _fixed(name: str) -> str:
    return HEADER + files(__package__).joinpath(f"{name}.libsonnet").read_text(encoding="utf-8")


def _literal(value: Any) -> str:
    """Return plain data as jsonnet; JSON is jsonnet."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _config(settings: Settings) -> str:
    values = settings.model_dump()
    blocks = [
        re.sub(r"(?m)^#", "  //", match["comments"])
        + f"  {match['key']}: {json.dumps(values[match['key']], ensure_ascii=False)},\n"
        for match in _SETTING.finditer(defaults_text())
    ]
    return HEADER + "{\n" + "\n".join(blocks) + "}\n"


def _rules() -> str:
    return _with_imports([asdict(group) for group in recording_groups()], "rules")


def _alerts() -> str:
    return _with_imports([asdict(group) for group in alert_groups()], "alerts")


def _with_imports(groups: list[Json], folder: str) -> str:
    """Return groups as jsonnet in which each ``template`` is the text of its file."""
    return (
        re.sub(
            r'(?m)^( *)"(?:template|query)": "([\w/]+)"',
            rf"""\1"template": importstr '{_TEMPLATES}/{folder}/\2.promql'""",
            _literal(groups),
        )
        + "\n"
    )
