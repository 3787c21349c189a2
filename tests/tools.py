"""The programs that .ci/setup puts under .tools, and the tests that are skipped without them."""

from pathlib import Path
from typing import Final

import pytest

TOOLS: Final = Path(__file__).parents[1] / ".tools"
# The part of .ci/setup that makes a folder.
_PARTS: Final = {
    "prometheus-2": "prometheus",
    "prometheus-2.53": "engines",
    "prometheus-3": "engines",
    "victoriametrics": "engines",
    "jsonnet": "jsonnet",
    "jsonnet-0.20": "jsonnet",
    "jsonnet-0.21": "jsonnet",
    "hub5": "hub5",
    "hub6": "hub6",
    "node_modules": "node",
    "fake-gcs-server": "gcs",
}


def tool(name: str) -> Path:
    """Return a program by its path under .tools; skip the test, and say what would run it, where it is not there."""
    program = TOOLS / name
    if not program.exists():
        part = _PARTS[name.partition("/")[0]]
        where = " (on Debian only)" if part == "engines" else ""
        pytest.skip(f"needs .tools/{name}: .ci/setup {part} installs it{where}")
    return program
