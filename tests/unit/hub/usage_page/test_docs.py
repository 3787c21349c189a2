"""docs/usage-page.md says what the code does."""

import ast
import json
import re
from pathlib import Path
from typing import Any

from hubmeter_hub.quotas.policy import Limit, Row
from hubmeter_hub.usage_page.summary import Reading, Slices, Use, as_json, summarize

PAGE = (Path(__file__).parents[4] / "docs/usage-page.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def shape(value: Any) -> Any:
    """Return keys without values; of a list, the shape of its first entry."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def test_the_json_is_shaped_like_the_example() -> None:
    (example,) = blocks("json")
    row = Row("group", "staff", "memory", 168, 5.0)
    use = Use(4.0, Slices((0.0, 86400.0), (4.0,)))
    reading = Reading(1000.0, (), {("memory", 168): use}, 1.0, 2.0)
    summary = summarize("mia", ("staff",), (Limit("memory", 168, 5.0, (row,)),), reading, 1000.0)
    assert shape(json.loads(example)) == shape(as_json(summary))


def test_the_configuration_is_python_that_sets_what_it_shows() -> None:
    set_names = {
        ast.unparse(target)
        for block in blocks("python")
        for statement in ast.parse(block).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
    }
    assert {"c.UsageConfig.prometheus_url", "c.UsageQuotaManager.policy", "c.JupyterHub.load_roles"} <= set_names
