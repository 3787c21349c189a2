"""The commands, as pyproject.toml names them: each says which extra it needs where that was not installed."""

import importlib
import sys


def costs() -> int:
    """``hubmeter-costs``."""
    return _run("hubmeter-costs", "hubmeter_exporter.costs.cli", "costs")


def generate() -> int:
    """``hubmeter-generate``."""
    return _run("hubmeter-generate", "hubmeter_generator.cli", "generate")


def backfill() -> int:
    """``hubmeter-backfill``."""
    return _run("hubmeter-backfill", "hubmeter_generator.operate.backfill", "generate")


def doctor() -> int:
    """``hubmeter-doctor``."""
    return _run("hubmeter-doctor", "hubmeter_generator.operate.doctor", "generate")


def _run(command: str, module: str, extra: str) -> int:
    try:
        main = importlib.import_module(module).main
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("hubmeter"):
            raise  # a defect of ours, which no extra mends
        print(
            f"{command}: the package {error.name} is missing; install this command with what it needs: "
            f"pip install 'hubmeter[{extra}]'.",
            file=sys.stderr,
        )
        return 2
    return int(main())
