"""The chart's generated parts: the open model in files/, the settings in values.yaml, and README.md.

The chart is configured when it is installed: templates/_settings.tpl fills the open model in. The result equals that
of hubmeter-generate for the same settings.
"""

import json
import re
from typing import Any, Final

from hubmeter_generator import open_model, settings
from hubmeter_generator.write import chart_readme

_SETTINGS: Final = """\
# The settings of hubmeter-generate, under the same names, for rules and dashboards; metrics_prefix also for the
# exporters. Set the same values in all releases.
settings:
"""
_SETTINGS_BLOCK: Final = re.compile(r"(?ms)^(?:#[^\n]*\n)+settings:\n.*")


def files(values: str) -> dict[str, str]:
    """Return every generated file by its path in the chart; ``values`` is the text of values.yaml."""
    complete = values_with_settings(values)
    boards = open_model.dashboards().items()
    return {
        "README.md": chart_readme.readme(complete),
        "values.yaml": complete,
        "files/rules.json": _json(open_model.rule_groups()),
        "files/alerts.json": _json(open_model.alert_groups()),
        **{f"files/dashboards/{name}.json": _json(board) for name, board in boards},
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def values_with_settings(values: str) -> str:
    """Return values.yaml with its last key, ``settings``, taken from the generator's settings.yaml."""
    before = _SETTINGS_BLOCK.sub("", values)
    body = settings.defaults_text().partition("\n\n")[2]
    return before + _SETTINGS + re.sub(r"(?m)^(?=.)", "  ", body)
