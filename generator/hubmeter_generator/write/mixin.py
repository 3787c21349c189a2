"""The two files of the jsonnet mixin: a copy of the hand-written one, and the defaults of its ``_config``."""

import json
import re
from importlib.resources import files as resources
from typing import Final

from hubmeter_generator import settings

_COPIED: Final = "// Copied by `make generate` from generator/hubmeter_generator/mixin; edit it there.\n"
_GENERATED: Final = "// Written by `make generate` from generator/hubmeter_generator/settings.yaml; do not edit.\n"
_SETTING: Final = re.compile(r"(?P<comments>(?:#.*\n)+)(?P<key>\w+):")


def files() -> dict[str, str]:
    """Return the files by their paths below dashboards/."""
    source = resources("hubmeter_generator").joinpath("mixin/mixin.libsonnet").read_text(encoding="utf-8")
    return {"mixin.libsonnet": _COPIED + source, "mixin-defaults.libsonnet": _defaults()}


def _defaults() -> str:
    values = settings.defaults()
    blocks = (
        re.sub(r"(?m)^#", "  //", match["comments"])
        + f"  {match['key']}: {json.dumps(values[match['key']], ensure_ascii=False)},\n"
        for match in _SETTING.finditer(settings.defaults_text())
    )
    return _GENERATED + "{\n" + "\n".join(blocks) + "}\n"
