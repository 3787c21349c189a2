"""Every dashboard is valid for Grafana's own types, and Prometheus parses its queries."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools import TOOLS, tool
from tests.unit.generator.boards import BOARDS, SITES, queries, substituted
from tests.waiting import PATIENCE

SCHEMA = Path(__file__).parent / "schema"


def test_grafanas_types_accept_every_dashboard(tmp_path: Path) -> None:
    compiler = tool("node_modules/.bin/tsc")
    (tmp_path / "node_modules").symlink_to(TOOLS / "node_modules")
    for file in ("board.ts", "tsconfig.json"):
        shutil.copy(SCHEMA / file, tmp_path)
    names = [f"board{number}" for number in range(len(BOARDS))]
    declared = [
        f"export const {name}: Board = {json.dumps(board, ensure_ascii=False)};"
        for name, board in zip(names, BOARDS.values(), strict=True)
    ]
    (tmp_path / "boards.ts").write_text(
        "\n".join(["import type { Board } from './board.js';", *declared]), encoding="utf-8"
    )
    run = subprocess.run(
        [compiler, "--project", tmp_path], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert run.returncode == 0, run.stdout[:5000]


@pytest.mark.parametrize("site", SITES)
def test_prometheus_parses_every_query(site: str, tmp_path: Path) -> None:
    promtool = tool("prometheus-2/promtool")
    found = [substituted(q) for (of, _), board in BOARDS.items() if of == site for q in queries(board)]
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(found)]
    path = tmp_path / "rules.json"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
    run = subprocess.run(
        [promtool, "check", "rules", path], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert run.returncode == 0, run.stderr + run.stdout
