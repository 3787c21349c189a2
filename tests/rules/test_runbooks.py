"""The queries that runbooks tell people to run are queries."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.rules.promtool import VERSIONS, installed

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
    promtool = installed(version)
    if promtool is None:
        pytest.skip(f"no promtool in .tools/{version}: run 'make test', which installs it")
    rules = [{"record": f"query_{i}", "expr": query} for i, query in enumerate(queries())]
    path = tmp_path / "runbooks.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "runbooks", "rules": rules}]}), encoding="utf-8")
    result = subprocess.run([promtool, "check", "rules", path], capture_output=True, text=True, timeout=60, check=False)
    assert f"{len(rules)} rules found" in result.stdout, result.stdout + result.stderr
