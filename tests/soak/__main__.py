"""Runs the soak: ``python -m tests.soak [--minutes 60] [--report FILE]``; it prints a report in Markdown.

Exit codes: 0: all checks held. 1: a check failed.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Final

import requests

from tests.soak import checks
from tests.soak.load import Load
from tests.soak.programs import Program
from tests.soak.site import INTERVAL, Site, running
from tests.waiting import PATIENCE, wait_until

FAULT_EVERY: Final = 40.0
CLOCK_JUMP: Final = 3600.0
HOLD: Final = 15.0  # seconds for which a fault lasts
WARM_UP: Final = 4 * INTERVAL
LOADS: Final = ("moves", "logins", "allowed starts", "scrapes")


class Faults:
    """One fault after the other. Each method returns None, or why this system cannot have the fault."""

    def __init__(self, site: Site, load: Load) -> None:
        """Take what is harmed."""
        self._site, self._load = site, load
        self._token_id = ""

    def all(self) -> dict[str, Callable[[], str | None]]:
        """Return the faults by name; those of Prometheus are last, because minutes around them are not checked."""
        return {
            "the groups exporter restarts": self._site.exporter.restart,
            "the exporter's token is rotated": self._rotate,
            "the hub restarts": self._site.hub.restart,
            "the groups exporter's clock jumps by an hour": lambda: self._jump(self._site.exporter),
            "the cost exporter restarts": self._site.costs.restart,
            "the ledger's disk is full": self._fill_ledger,
            "the cost exporter's clock jumps by an hour": lambda: self._jump(self._site.costs),
            "Prometheus restarts": self._site.prometheus.restart,
            "Prometheus cannot write": self._fill_prometheus,
        }

    def _rotate(self) -> None:
        old = self._token_id
        self._token_id, token = self._load.new_token()
        new = self._site.token_file.with_suffix(".new")
        new.write_text(token, encoding="ascii")
        new.replace(self._site.token_file)
        if old:
            self._load.revoke(old)

    def _jump(self, program: Program) -> None:
        program.set_clock(CLOCK_JUMP)
        time.sleep(HOLD)
        program.set_clock(0)

    def _fill_ledger(self) -> str | None:
        if not self._site.ledger_disk.real:
            return "file systems cannot be mounted"
        with self._site.ledger_disk.full():
            time.sleep(HOLD)
            self._site.costs.restart()
            time.sleep(HOLD)
        return None

    def _fill_prometheus(self) -> str | None:
        if not self._site.prometheus_disk.real:
            return "file systems cannot be mounted"
        begin = time.time()
        with self._site.prometheus_disk.full():
            time.sleep(HOLD)
        self._site.prometheus.restart()
        self._site.prometheus.down.append((begin, time.time()))
        return None


def main() -> int:
    """Run the soak and print the report."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="length (default: %(default)s)")
    parser.add_argument("--report", type=Path, help="also write the report to this file")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    now = time.time()
    with running(now) as site:
        lines, passed = soak(site, now, options.minutes * 60)
    text = "\n".join(lines) + "\n"
    print(text)
    if options.report:
        options.report.write_text(text, encoding="utf-8")
    return 0 if passed else 1


def soak(site: Site, now: float, seconds: float) -> tuple[list[str], bool]:
    """Run load and faults for a time; return the lines of the report, and whether all checks held."""
    load = Load(site.hub, (f"{site.costs_url}/total-costs-per-group", f"{site.steady_exporter.base}/metrics"))
    faults = Faults(site, load).all()
    outcomes: list[tuple[float, str, str]] = []
    _wait_for_rules(site)
    begin = time.time()
    end = begin + seconds
    load.start()
    try:
        names = cycle(faults)
        next_fault = begin + FAULT_EVERY
        while time.time() < end:
            for program in site.programs:
                program.measure()
            if time.time() >= next_fault and end - time.time() > 2 * FAULT_EVERY:
                name = next(names)
                at = time.time()
                _say(f"{at - begin:5.0f} s  {name}")
                outcomes.append((at - begin, name, faults[name]() or f"{time.time() - at:.0f} s"))
                next_fault = time.time() + FAULT_EVERY
            time.sleep(2)
    finally:
        load.stop()
    end = time.time()
    found = {
        "the hub's requested memory is recorded at each evaluation": checks.whole(site, begin, end),
        "groups and users without one add up to the hub": checks.groups(site, begin, end),
        "no user counts twice": checks.shares(site, begin, end),
        "5 minutes' usage is neither lost nor doubled": checks.buckets(site, begin, end),
        "the exporter has the hub's groups in the end": _final_memberships(site, load),
        "groups cost what they used, and add up to the bill": _final_bill(site, now),
        "quotas and logins were answered rightly": [*load.wrong, *_did(load)],
        "the steady groups exporter is flat": checks.flat(site.steady_exporter),
        "the steady cost exporter is flat": checks.flat(site.steady_costs),
    }
    return _report(site, load, seconds, outcomes, found), not any(found.values())


def _wait_for_rules(site: Site) -> None:
    """Wait until groups are recorded, and until no sample of the first scrapes is in the look-back of a rule."""

    def recorded() -> bool:
        now = time.time()
        return not checks.groups(site, now - INTERVAL, now)

    wait_until(recorded, lambda: "groups are recorded", every=INTERVAL / 2)
    time.sleep(WARM_UP)


def _final_memberships(site: Site, load: Load) -> list[str]:
    """Check the exporter's page after its next reading."""
    hub = load.groups()
    found: list[str] = []

    def same() -> bool:
        page = requests.get(f"{site.exporter.base}/metrics", timeout=PATIENCE).text
        found[:] = checks.memberships(page, hub)
        return not found or time.time() > begin + 6 * INTERVAL

    begin = time.time()
    wait_until(same, lambda: "the exporter reads the hub", every=1)
    return found


def _final_bill(site: Site, now: float) -> list[str]:
    """Check the cost API after its next refresh."""
    found: list[str] = []

    def same() -> bool:
        found[:] = checks.bill(site, now)
        return not found or time.time() > begin + 120

    begin = time.time()
    wait_until(same, lambda: "the cost API answers", every=5)
    return found


def _did(load: Load) -> list[str]:
    """Return the kinds of load that never succeeded."""
    return [
        f"no {kind} succeeded" for kind in ("moves", "logins", "allowed starts", "scrapes") if not load.counts[kind]
    ]


def _report(
    site: Site, load: Load, seconds: float, outcomes: list[tuple[float, str, str]], found: dict[str, list[str]]
) -> list[str]:
    outages = ", ".join(f"{end - begin:.0f} s" for begin, end in site.prometheus.down)
    return [
        f"# Soak of {seconds / 60:.0f} minutes",
        "",
        "| check | result |",
        "|---|---|",
        *(f"| {name} | {checks.shown(wrong) or 'held'} |" for name, wrong in found.items()),
        "",
        f"Not checked, because Prometheus was down or could not write: {outages or 'nothing'}, each with the "
        f"{checks.SETTLED:.0f} s after it.",
        "",
        "| load | succeeded | failed while a part was down |",
        "|---|---:|---:|",
        *(f"| {kind} | {number} | {load.failures[kind]} |" for kind, number in sorted(load.counts.items())),
        "",
        "| at | fault | took |",
        "|---:|---|---|",
        *(f"| {at:.0f} s | {name} | {took} |" for at, name, took in outcomes),
        "",
        "| program | memory at a quarter | at the end | files | threads |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {program.name} | {rows[len(rows) // 4].memory / 1e6:.1f} MB | {rows[-1].memory / 1e6:.1f} MB "
            f"| {rows[len(rows) // 4].files}, {rows[-1].files} | {rows[len(rows) // 4].threads}, {rows[-1].threads} |"
            for program in site.programs
            if (rows := program.measured)
        ),
    ]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
