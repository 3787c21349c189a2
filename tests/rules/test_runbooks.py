"""The queries that runbooks tell people to run are queries."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.rules.promtool import VERSIONS
from tests.tools import tool
from tests.waiting import PATIENCE

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"


def queries() -> list[str]:
    """Return each query; one that goes on over several lines is indented from its second line on."""
    blocks = (
        block
        for path in sorted(RUNBOOKS.glob("*.md"))
        for block in re.findall(r"```promql\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    )
    return [query for block in blocks for query in re.split(r"\n(?! )", block.strip())]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_query_in_a_runbook_parses(version: str, tmp_path: Path) -> None:
    promtool = tool(f"{version}/promtool")
    rules = [{"record": f"query_{i}", "expr": query} for i, query in enumerate(queries())]
    path = tmp_path / "runbooks.yaml"
    path.write_text(json.dumps({"groups": [{"name": "runbooks", "rules": rules}]}), encoding="utf-8")
    result = subprocess.run(
        [promtool, "check", "rules", path], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert f"{len(rules)} rules found" in result.stdout, result.stdout + result.stderr
