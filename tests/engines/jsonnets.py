"""Every jsonnet that can be had: of this distribution, of PyPI, and go-jsonnet."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

TOOLS: Final = Path(__file__).parents[2] / ".tools"
_PYTHON: Final = """
import sys
try:
    sys.stdout.write(__import__(sys.argv[1]).evaluate_file(sys.argv[2], jpathdir=[sys.argv[3]]))
except RuntimeError as error:
    sys.exit(str(error))
"""
# Name -> module of Python, and the folder of .tools that holds it where it is not the one of .venv.
_MODULES: Final = {
    "jsonnet 0.20": ("_jsonnet", "jsonnet-0.20"),
    "jsonnet 0.21": ("_jsonnet", "jsonnet-0.21"),
    "jsonnet of PyPI": ("_jsonnet", ""),
    "go-jsonnet of PyPI": ("_gojsonnet", ""),
}
_DISTRIBUTION: Final = "jsonnet of this distribution"  # 0.18 in Debian 12, 0.20 in Debian 13 and Ubuntu 24.04
_GO: Final = "jsonnet on PATH"  # go-jsonnet's command, where somebody installed it
JSONNETS: Final = (_DISTRIBUTION, *_MODULES, _GO)


def evaluate(jsonnet: str, program: str, folder: Path, vendor: Path) -> subprocess.CompletedProcess[str]:
    """Run a program; skip the test, and say what would run it, where this jsonnet is missing."""
    main = folder / "main.jsonnet"
    main.write_text(program, encoding="utf-8")
    environment = dict(os.environ)
    if jsonnet in _MODULES:
        module, tool = _MODULES[jsonnet]
        if tool and not (TOOLS / tool).exists():
            pytest.skip(f"needs .tools/{tool}: .ci/setup jsonnet installs it (from source if PyPI has no wheel)")
        if tool:
            environment["PYTHONPATH"] = str(TOOLS / tool)
        command = [sys.executable, "-c", _PYTHON, module, str(main), str(vendor)]
    else:
        binary = TOOLS / "jsonnet" / "jsonnet" if jsonnet == _DISTRIBUTION else shutil.which("jsonnet")
        if not binary or not Path(binary).exists():
            how = (
                "needs .tools/jsonnet: .ci/setup jsonnet installs it"
                if jsonnet == _DISTRIBUTION
                else "needs jsonnet on PATH: go install github.com/google/go-jsonnet/cmd/jsonnet@latest"
            )
            pytest.skip(how)
        command = [str(binary), "-J", str(vendor), str(main)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
