"""``hubmeter-doctor``: reports what a Prometheus lacks for Hubmeter, and how to fix it.

It is part of the generator because it reads the same settings file: selectors, the username's label, the metrics prefix
and the rule groups are settings.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests

from hubmeter_common.settings_file import SettingsError
from hubmeter_generator import settings
from hubmeter_generator.operate.checks import run
from hubmeter_generator.operate.checks.finding import Finding, Status
from hubmeter_generator.operate.checks.site import Site
from hubmeter_promql.client import Prometheus, PrometheusError, authentication, without_credentials

_WIDTH: Final = 20


class DoctorError(Exception):
    """An invalid option; the message is one sentence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if nothing required is missing, else 1; 2 if Prometheus cannot be queried."""
    options = parser().parse_args(arguments)
    findings = []
    try:
        with requests.Session() as session:
            for finding in run(_site(options, session)):
                findings.append(finding)
                if not options.json:
                    print(_text(finding), flush=True)
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
    add = result.add_argument
    add("url", help="Prometheus, or a server with its API, for example http://localhost:9090")
    add("--settings", type=Path, metavar="FILE", help="the settings file of your rules")
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
    return Site(Prometheus(options.url, session, options.timeout), settings.load(options.settings))


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
