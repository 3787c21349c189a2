"""``hubmeter-doctor``: reports what a Prometheus lacks for Hubmeter, and how to fix it.

It is part of the generator because it reads the same settings file: selectors, the username's label, the metrics prefix
and the rule groups are settings.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests

from hubmeter_common.command_line import add_version, until_closed
from hubmeter_common.settings_file import SettingsError, read
from hubmeter_generator import settings
from hubmeter_generator.operate.checks import run
from hubmeter_generator.operate.checks.finding import Finding, Status
from hubmeter_generator.operate.checks.site import Site
from hubmeter_promql.client import Prometheus, PrometheusError, authentication, without_credentials

_WIDTH: Final = 20


class DoctorError(Exception):
    """An invalid option; the message is one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0: nothing required is missing. 1: something required is missing. 2: Prometheus cannot be queried, or an option
        is invalid. 141: standard output was closed.
    """
    options = parser().parse_args(arguments)
    return until_closed(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    findings = []
    try:
        with requests.Session() as session:
            for finding in run(_site(options, session)):
                findings.append(finding)
                if not options.json:
                    print(_text(finding), flush=True)
    except BrokenPipeError:
        raise
    except (PrometheusError, DoctorError, SettingsError, OSError) as error:
        print(f"hubmeter-doctor: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(_json(options.url, findings))
    else:
        print(_summary(findings))
    return 1 if _missing(findings) else 0


def parser() -> argparse.ArgumentParser:
    """Return the parser."""
    result = argparse.ArgumentParser(
        prog="hubmeter-doctor",
        description="Checks a Prometheus for everything that Hubmeter needs, and reports what is missing and how to "
        "fix it. It only reads. Credentials come from --token-file, PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME and "
        "PROMETHEUS_PASSWORD.",
        epilog="Exit code: 0 nothing required is missing; 1 something required is missing; 2 Prometheus cannot be "
        "queried. Example: hubmeter-doctor http://localhost:9090",
    )
    add_version(result)
    add = result.add_argument
    add("url", help="Prometheus, or a server with its API, for example http://localhost:9090")
    source = result.add_mutually_exclusive_group()
    source.add_argument("--settings", type=Path, metavar="FILE", help="the settings file of your rules")
    source.add_argument(
        "--values",
        type=Path,
        action="append",
        metavar="FILE",
        help="a values file of the Helm chart, whose key settings has the settings, also below the key hubmeter of a "
        "chart that depends on it. Can be repeated, as for helm; later files override earlier ones",
    )
    add("--token-file", type=Path, metavar="FILE", help="file with a bearer token")
    add(
        "--timeout", type=float, default=30.0, metavar="SECONDS",
        help="time limit of a query (default: 30)",
    )  # fmt: skip
    add("--json", action="store_true", help="print one JSON object instead of text")
    return result


def _site(options: argparse.Namespace, session: requests.Session) -> Site:
    parts = urlsplit(options.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        # The argument is not shown: without a scheme it may still contain a password.
        raise DoctorError("the argument is not a URL such as http://localhost:9090")
    if not 0 < options.timeout <= 600:
        raise DoctorError(f"--timeout {options.timeout}: must be more than 0 and up to 600 seconds")
    session.auth = authentication(options.token_file, os.environ)
    chosen = _of_values(options.values) if options.values else settings.load(options.settings)
    return Site(Prometheus(options.url, session, options.timeout), chosen)


def _of_values(files: Sequence[Path]) -> settings.Settings:
    """Return the settings of Helm values files.

    Raises:
        SettingsError: A file cannot be read, ``settings`` is not a mapping, or a setting is invalid.
    """
    merged: dict[str, object] = {}
    for path in files:
        values = read(path)
        inner = values.get("hubmeter")
        for source in (values, inner if isinstance(inner, Mapping) else {}):
            found = source.get("settings") or {}
            if not isinstance(found, Mapping):
                raise SettingsError(f"{path}: settings must be a mapping of settings, not {type(found).__name__}")
            merged.update(found)
    return settings.make(merged, f"settings in {', '.join(map(str, files))}")


def _missing(findings: Iterable[Finding]) -> int:
    return sum(finding.status is Status.MISSING for finding in findings)


def _text(finding: Finding) -> str:
    line = f"{finding.status:8} {finding.check:{_WIDTH}} {finding.meaning}"
    return f"{line}\n{'':9}{'':{_WIDTH}} fix: {finding.fix}" if finding.fix else line


def _summary(findings: Sequence[Finding]) -> str:
    warnings = sum(finding.status is Status.WARNING for finding in findings)
    missing = _missing(findings)
    verdict = f"{missing} missing" if missing else "nothing required is missing"
    return f"{verdict}; {warnings} {'warning' if warnings == 1 else 'warnings'}"


def _json(url: str, findings: Sequence[Finding]) -> str:
    report = {
        "url": without_credentials(url),
        "ok": not _missing(findings),
        "findings": [asdict(finding) for finding in findings],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(main())
