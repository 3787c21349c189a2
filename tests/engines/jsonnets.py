"""Every jsonnet that can be had: of this distribution, of PyPI, and go-jsonnet."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.tools import tool
from tests.waiting import PATIENCE

_DISTRIBUTION: Final = "jsonnet of this distribution"  # 0.18 in Debian 12, 0.20 in Debian 13 and Ubuntu 24.04
# Name -> the module, and the folder of .tools that holds it unless .venv does.
_MODULES: Final = {
    "jsonnet 0.20": ("_jsonnet", "jsonnet-0.20"),
    "jsonnet 0.21": ("_jsonnet", "jsonnet-0.21"),
    "jsonnet of PyPI": ("_jsonnet", ""),
    "go-jsonnet of PyPI": ("_gojsonnet", ""),
}
_PATH: Final = "jsonnet on PATH"
FASTEST: Final = "go-jsonnet of PyPI"
JSONNETS: Final = (_DISTRIBUTION, *_MODULES, _PATH)

_PROGRAM: Final = """
import sys
try:
    sys.stdout.write(__import__(sys.argv[1]).evaluate_file(sys.argv[2], jpathdir=[sys.argv[3]]))
except RuntimeError as error:
    sys.exit(str(error))
"""


def evaluate(jsonnet: str, program: str, folder: Path, vendor: Path) -> subprocess.CompletedProcess[str]:
    """Run a program; skip the test where this jsonnet is missing."""
    main = folder / "main.jsonnet"
    main.write_text(program, encoding="utf-8")
    return subprocess.run(
        _command(jsonnet, main, vendor), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def _command(jsonnet: str, main: Path, vendor: Path) -> list[str]:
    if jsonnet in _MODULES:
        module, folder = _MODULES[jsonnet]
        python = str(tool(f"{folder}/bin/python")) if folder else sys.executable
        return [python, "-c", _PROGRAM, module, str(main), str(vendor)]
    if jsonnet == _DISTRIBUTION:
        program = str(tool("jsonnet/jsonnet"))
    elif not (program := shutil.which("jsonnet") or ""):
        pytest.skip("needs jsonnet on PATH: go install github.com/google/go-jsonnet/cmd/jsonnet@latest installs it")
    return [program, "-J", str(vendor), str(main)]
