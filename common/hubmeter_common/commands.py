"""Entry points of the commands in pyproject.toml. If an extra is not installed, a command names it and exits with 2."""

import importlib
import sys


def costs() -> int:
    """Run ``hubmeter-costs``; return its exit code."""
    return _run("hubmeter-costs", "hubmeter_exporter.costs.cli", "costs")


def report() -> int:
    """Run ``hubmeter-report``; return its exit code."""
    return _run("hubmeter-report", "hubmeter_exporter.report.cli", "report")


def generate() -> int:
    """Run ``hubmeter-generate``; return its exit code."""
    return _run("hubmeter-generate", "hubmeter_generator.cli", "generate")


def backfill() -> int:
    """Run ``hubmeter-backfill``; return its exit code."""
    return _run("hubmeter-backfill", "hubmeter_generator.operate.backfill", "generate")


def doctor() -> int:
    """Run ``hubmeter-doctor``; return its exit code."""
    return _run("hubmeter-doctor", "hubmeter_generator.operate.doctor", "doctor")


def _run(command: str, module: str, extra: str) -> int:
    try:
        main = importlib.import_module(module).main
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("hubmeter"):
            raise  # a bug of Hubmeter: no extra installs this module
        print(
            f"{command}: the package {error.name} is not installed; run: pip install 'hubmeter[{extra}]'",
            file=sys.stderr,
        )
        return 2
    return int(main())
