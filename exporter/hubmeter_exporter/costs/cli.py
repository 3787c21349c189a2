"""``hubmeter-costs``: its options, and the process of the cost exporter and the cost API."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final, NoReturn

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from hubmeter_common.durations import seconds
from hubmeter_common.settings_file import SettingsError
from hubmeter_exporter import command_line, prometheus_options
from hubmeter_exporter.command_line import Parser, UsageError, every_address, port
from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.api.app import create_app
from hubmeter_exporter.costs.api.bounds import Bounds
from hubmeter_exporter.costs.capacity import Capacities
from hubmeter_exporter.costs.check import check
from hubmeter_exporter.costs.history import Copying, History, Periods
from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.ledger_file import LedgerError
from hubmeter_exporter.costs.model import Source
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.refresh import UNPRICED_WAIT, CostRefresher, Schedule
from hubmeter_exporter.costs.reread import reread
from hubmeter_exporter.costs.settings import Settings, defaults_text, load
from hubmeter_exporter.costs.sources import errors
from hubmeter_exporter.costs.sources.aws import AwsSource, connect
from hubmeter_exporter.costs.sources.focus import FocusSource
from hubmeter_exporter.costs.sources.static import CoreHours, StaticSource
from hubmeter_exporter.costs.usage import Usage
from hubmeter_exporter.server import listen, serve
from hubmeter_promql.client import Prometheus

PROG: Final = "hubmeter-costs"
DEFAULT_PORT: Final = 9091
DEFAULT_LEDGER: Final = "hubmeter-costs.sqlite"
PROMETHEUS_TIMEOUT: Final = 60.0
# Levels of the clouds' packages: boto3 logs requests and signatures at DEBUG, Azure's log each request at INFO.
_AT_LEAST: Final = {
    **dict.fromkeys(("boto3", "botocore", "urllib3"), logging.INFO),
    **dict.fromkeys(("aiobotocore", "azure"), logging.WARNING),
}
COPYING: Final = 30.0  # seconds of a refresh in which usage is copied


@dataclass(frozen=True)
class Options:
    """The settings from the command line, the settings file and the environment; ``auth`` has no secret in its repr."""

    settings: Settings
    ledger: Path
    prometheus_url: str
    auth: AuthBase | None
    port: int
    log_level: str
    once: bool
    reread: tuple[date, date] | None
    check: bool


class _PrintSettings(argparse.Action):
    def __call__(self, *_: object) -> NoReturn:
        print(defaults_text(), end="")
        sys.exit(0)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the exporter until SIGTERM or SIGINT, or once.

    Returns:
        0: it ended normally. 1: bills could not be read or priced (``--once``), do not add up or have no attributable
        cost (``--check``), or there was a defect. 2: an option or
        a setting is invalid, the ledger is unusable, or the port is in use.
    """
    return command_line.run(PROG, _run, argv)


def _run(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    options = parse(argv, environment)
    if options.check:
        return _check(options)
    try:
        ledger = Ledger(options.ledger, options.settings.settlement_days, time.time)
    except LedgerError as error:
        raise UsageError(str(error)) from error
    with closing(ledger):
        return _run_with(ledger, options)


def _check(options: Options) -> int:
    settings = options.settings
    command_line.set_up_logging(options.log_level, _AT_LEAST)
    prometheus = _prometheus(options)
    usage = Usage(prometheus, time.time, settings.labels)

    def namespaces(first: date, last: date) -> set[str]:
        return {namespace for _, namespace, _ in usage.hubs(first, last)}

    today = usage.today()
    succeeded = check(
        make_source(settings, prometheus, usage),
        today - timedelta(settings.history_days - 1),
        today,
        daily_from=today - timedelta(settings.days - 1),
        namespaces=namespaces if options.prometheus_url else None,
    )
    return 0 if succeeded else 1


def _run_with(ledger: Ledger, options: Options) -> int:
    settings = options.settings
    command_line.set_up_logging(options.log_level, _AT_LEAST, silent=errors.SILENT_LOGGERS)
    allocation = _allocation(settings)
    capacities = _capacities(settings)
    prometheus = _prometheus(options)
    usage = Usage(prometheus, time.time, settings.labels)
    source = make_source(settings, prometheus, usage)
    periods = Periods(settings.history_days, settings.usage_history_days)
    copying = Copying(ledger.file, usage, time.time, periods, basis=json.dumps(settings.labels, sort_keys=True))
    if options.reread is not None:
        return 0 if reread(*options.reread, source, ledger, copying) else 1
    history = History(ledger.file, usage)
    refresher = CostRefresher(
        source,
        ledger,
        history.hubs,
        allocation,
        Schedule(settings.days, settings.history_days, seconds(settings.interval)),
        capacity=lambda first, last: capacities.of(history.capacity(first, last), first, last),
        prefix=settings.metrics_prefix,
        version=version("hubmeter"),
        copy=lambda: copying.copy(COPYING),
    )
    if options.once:
        succeeded = refresher.refresh()
        command_line.print_page(refresher.page)
        return 0 if succeeded else 1  # the log has the reason
    backend = Backend(
        bills=ledger,
        # With a session of its own, so that the refresher does not wait for API requests.
        usage=History(ledger.file, Usage(_prometheus(options), time.time, settings.labels)),
        allocation=allocation,
        page=lambda: refresher.page,
        not_ready=refresher.not_ready,
        warnings=refresher.warnings,
        version=version("hubmeter"),
        capacities=capacities,
    )
    return _serve(refresher, backend, options)


def _allocation(settings: Settings) -> Allocation:
    chosen = settings.allocation
    # The bill of a price list is that of the users' usage: no capacity is in it.
    idle = "shared" if settings.source == "static" else chosen.idle
    return Allocation(chosen.scope, chosen.overhead, idle, chosen.idle_cap)


def _capacities(settings: Settings) -> Capacities:
    chosen = settings.allocation
    constant = {
        "compute": chosen.capacity_memory_gib * 2**30,
        "gpu": chosen.capacity_gpus,
        "home": chosen.capacity_home_gib * 2**30,
    }
    return Capacities(settings.hubs, {driver: value for driver, value in constant.items() if value})


def make_source(settings: Settings, prometheus: Prometheus, usage: Usage) -> Source:
    """Return the source of bills that the settings choose."""
    match settings.source:
        case "aws":
            return AwsSource(settings.aws, settings.hubs, seconds(settings.aws.interval), connect)
        case "focus":
            return FocusSource(settings.focus, settings.hubs, seconds(settings.focus.interval))
        case "static":
            core_hours = CoreHours(prometheus, time.time, settings.labels)
            interval = min(seconds(settings.interval), UNPRICED_WAIT)
            return StaticSource(settings.static, interval, usage.hubs, core_hours)


def _prometheus(options: Options) -> Prometheus:
    session = requests.Session()
    session.auth = options.auth
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=Bounds().places + Bounds().probes))
    return Prometheus(options.prometheus_url, session, PROMETHEUS_TIMEOUT)


def _serve(refresher: CostRefresher, backend: Backend, options: Options) -> int:
    listening = listen(every_address(), options.port)
    started = (
        f"Serving on port {listening.getsockname()[1]}; bills from {options.settings.source}, usage from "
        f"{options.prometheus_url}."
    )
    return serve(create_app(backend, Bounds()), listening, refresher, started)


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Return the options from the command line, the settings file and the environment.

    Raises:
        UsageError: An option, a setting or a variable is missing or invalid.
        SystemExit: After ``--help``, ``--version`` or ``--print-settings``.
    """
    arguments = build_parser(environment).parse(argv)
    if arguments.config is None:
        raise UsageError("the settings are missing; set --config FILE (see --print-settings)")
    try:
        settings = load(arguments.config, environment)
    except SettingsError as error:
        raise UsageError(str(error)) from error
    return Options(
        settings=settings,
        ledger=arguments.ledger,
        prometheus_url=prometheus_options.url(
            arguments.prometheus_url, required=not arguments.check or settings.source == "static"
        ),
        auth=prometheus_options.auth(arguments.prometheus_token_file, environment),
        port=arguments.port,
        log_level=arguments.log_level,
        once=arguments.once,
        reread=_days(arguments.reread) if arguments.reread else None,
        check=arguments.check,
    )


def build_parser(environment: Mapping[str, str]) -> Parser:
    """Return the parser; defaults come from ``environment``."""
    parser = Parser(
        PROG,
        "Exports the cloud's bill and the price of a unit of usage to Prometheus, and serves the cost API.",
        prometheus_options.CREDENTIALS,
    )
    option = parser.option
    option("config", type=Path, metavar="FILE", help="settings in YAML; see --print-settings")
    option("print_settings", action=_PrintSettings, nargs=0, help="print all settings with their defaults and exit")
    option(
        "ledger",
        type=Path,
        default=Path(environment.get("HUBMETER_COSTS_LEDGER", DEFAULT_LEDGER)),
        metavar="FILE",
        help="file for the bills read so far, on a persistent disk (default: HUBMETER_COSTS_LEDGER, else "
        f"{DEFAULT_LEDGER} in the current folder)",
    )
    prometheus_options.add(parser, environment)
    option(
        "port",
        type=port,
        default=DEFAULT_PORT,
        help=f"port to listen on; 0 takes a free one (default: {DEFAULT_PORT})",
    )
    option(
        "reread",
        nargs=2,
        metavar=("FROM", "TO"),
        help="read the bills and the usage of these UTC days, such as 2025-01-01 2025-01-31, again into the ledger and "
        "exit, also while an exporter uses the ledger",
    )
    option(
        "check",
        action="store_true",
        help="read the bill, print by day in which part of the output its input is, and exit with 1 if they differ or "
        "no cost is attributable; needs no ledger and, except for a price list, no Prometheus",
    )
    parser.process_options(once="read and price the bills once, print the metrics and exit")
    return parser


def _days(texts: Sequence[str]) -> tuple[date, date]:
    days = []
    for text in texts:
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            raise UsageError(f"--reread has {text!r}, which is not a day such as 2025-01-31") from None
    first, last = days
    if first > last:
        raise UsageError(f"--reread begins on {first}, after its end on {last}; set the first day before the last one")
    return first, last


if __name__ == "__main__":
    sys.exit(main())
