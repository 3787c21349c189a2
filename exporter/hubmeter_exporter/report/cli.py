"""``hubmeter-report``: its options, and the writing of reports."""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import requests
from requests.auth import AuthBase

from hubmeter_common import metrics_prefix
from hubmeter_common.settings_file import SettingsError
from hubmeter_exporter import command_line, prometheus_options
from hubmeter_exporter.command_line import Parser, UsageError, base_url, http_url
from hubmeter_exporter.report.delivery.attempts import DeliveryError
from hubmeter_exporter.report.delivery.courier import Courier
from hubmeter_exporter.report.delivery.mail import Mailer
from hubmeter_exporter.report.delivery.sent import Sent, SentError
from hubmeter_exporter.report.delivery.settings import Delivery, load
from hubmeter_exporter.report.delivery.webhook import post
from hubmeter_exporter.report.forms import FORMS, Forms
from hubmeter_exporter.report.output import Output, OutputError, open_output
from hubmeter_exporter.report.pdf import PdfError
from hubmeter_promql.client import Prometheus, PrometheusError
from hubmeter_promql.month import build, period, reading
from hubmeter_promql.month.cost_api import CostApi, CostApiError
from hubmeter_promql.month.files import group_file, summary_file
from hubmeter_promql.month.model import Reports
from hubmeter_promql.month.period import Period
from hubmeter_promql.month.reading import Selection
from hubmeter_promql.month.texts import LocaleError, Texts

PROG: Final = "hubmeter-report"
DEFAULT_SENT: Final = "hubmeter-report.sqlite"
_TIMEOUT: Final = 300.0  # seconds of a query

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """The settings from the command line and the environment; ``auth`` has no secret in its repr."""

    month: str
    groups: tuple[str, ...]
    formats: tuple[str, ...]
    out: str
    cost_api_url: str
    prometheus_url: str
    auth: AuthBase | None
    texts: Texts
    labels: Mapping[str, str]
    metrics_prefix: str
    delivery: Delivery | None
    sent: Path
    dry_run: bool
    log_level: str


def main(argv: Sequence[str] | None = None) -> int:
    """Write the reports of a month.

    Returns:
        0: all files are written, and all reports sent. 1: the cost API, Prometheus, the output or the sending failed,
        or a group has no usage and no members. 2: an option or a setting is invalid. 3: all is written and sent, but a
        group has no recipient.
    """
    return command_line.run(PROG, _run, argv)


def _run(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    options = parse(argv, environment)
    # These log requests and signatures at level DEBUG.
    command_line.set_up_logging(
        options.log_level, at_least=dict.fromkeys(("botocore", "s3fs", "urllib3"), logging.INFO)
    )
    now = time.time()
    month = _month(options.month, now)
    output = open_output(options.out)
    try:
        forms = Forms(options.texts, options.formats)
    except PdfError as error:
        raise UsageError(str(error)) from error
    courier = _courier(options, environment, forms)
    try:
        reports = read(options, month, now)
        for name in write(reports, forms, month, output):
            _log.info("Wrote %s", name)
        return courier(reports, now) if courier else 0
    except (CostApiError, PrometheusError, OutputError, SentError) as error:
        _log.error("%s.", error)
        return 1


def _month(text: str, now: float) -> Period:
    try:
        return period.parse(text, now)
    except period.PeriodError as error:
        raise UsageError(f"--month {error}") from error


def _courier(options: Options, environment: Mapping[str, str], forms: Forms) -> Callable[[Reports, float], int] | None:
    """Return a function that sends reports and returns the exit code, or None. Raises `UsageError`."""
    delivery = options.delivery
    if delivery is None:
        return None
    try:
        mailer = Mailer(delivery.mail, environment) if delivery.mail else None
    except DeliveryError as error:
        raise UsageError(str(error)) from error
    webhook = environment.get("HUBMETER_WEBHOOK_URL", "")
    if delivery.webhook and http_url(webhook) is None:
        raise UsageError("webhook is set, but HUBMETER_WEBHOOK_URL has no URL of HTTP; set it to the webhook's")

    def send(reports: Reports, now: float) -> int:
        api = CostApi(options.cost_api_url, requests.Session(), _TIMEOUT)
        with closing(Sent(options.sent)) as sent:
            courier = Courier(
                delivery, options.texts, sent, mailer, partial(post, webhook), time.sleep, forms.attachment
            )
            outcome = courier.send(reports, partial(reading.members, api), now, dry_run=options.dry_run)
        return outcome.exit_code

    return send


def read(options: Options, month: Period, now: float) -> Reports:
    """Return the reports that the options ask for.

    Raises:
        CostApiError: The cost API did not answer, or a group is unknown to it.
        PrometheusError: A query failed.
    """
    session = requests.Session()
    session.auth = options.auth
    prometheus = Prometheus(options.prometheus_url, session, _TIMEOUT)
    api = CostApi(options.cost_api_url, requests.Session(), _TIMEOUT)
    selection = Selection(frozenset(options.groups), options.labels, options.metrics_prefix)
    data = reading.read(api, prometheus, month, selection, now)
    known = build.groups_with_usage(data, month)
    for group in options.groups:
        if group not in known and not reading.members(api, group):
            raise CostApiError(f"the group {group!r} has neither usage in {month.month} nor members; check its name")
    chosen = list(dict.fromkeys(options.groups)) or known
    groups = build.group_reports(data, month, chosen, now)
    return Reports(groups, None if options.groups else build.summary(data, month, groups, now))


def write(reports: Reports, forms: Forms, month: Period, output: Output) -> Iterator[str]:
    """Write the files below a folder of the month, and yield the path or URL of each. Raises `OutputError`."""
    groups: dict[str, str] = {}
    for report in reports.groups:
        other = groups.setdefault(group_file(report.group, ""), report.group)
        if other != report.group:
            raise OutputError(f"the groups {other!r} and {report.group!r} have the same file name; rename one of them")
    for form in forms.names:
        for report in reports.groups:
            yield output.write(f"{month.month}/{group_file(report.group, form)}", forms.of_group[form](report))
        if reports.summary:
            yield output.write(f"{month.month}/{summary_file(form)}", forms.of_all[form](reports.summary))


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Return the options.

    Raises:
        UsageError: An option or a variable is missing or invalid.
        SystemExit: After ``--help`` or ``--version``.
    """
    arguments = build_parser(environment).parse(argv)
    if bool(arguments.group) == arguments.all:
        raise UsageError("set either --group NAME, once or several times, or --all")
    if not arguments.cost_api_url:
        raise UsageError("the URL of the cost API is missing; set --cost_api_url or HUBMETER_COST_API_URL")
    try:
        texts = Texts(arguments.locale)
    except LocaleError as error:
        raise UsageError(str(error)) from error
    return Options(
        month=arguments.month,
        groups=tuple(arguments.group),
        formats=tuple(dict.fromkeys(arguments.format)) or ("html",),
        out=arguments.out,
        cost_api_url=base_url(
            "the URL of the cost API", arguments.cost_api_url, "http://hubmeter-costs:9091", "the cost API has no login"
        ),
        prometheus_url=prometheus_options.url(arguments.prometheus_url),
        auth=prometheus_options.auth(arguments.prometheus_token_file, environment),
        texts=texts,
        labels=_labels(arguments.label),
        metrics_prefix=arguments.metrics_prefix,
        delivery=_delivery(arguments.send),
        sent=arguments.sent,
        dry_run=arguments.dry_run,
        log_level=arguments.log_level,
    )


def build_parser(environment: Mapping[str, str]) -> Parser:
    """Return the parser; defaults come from ``environment``."""
    parser = Parser(
        PROG,
        "Writes the usage, costs and members of each group in a month: a page, a PDF, a table or a document for each "
        "group, and a summary of all groups.",
        f"{prometheus_options.CREDENTIALS} For --send: SMTP_USERNAME, SMTP_PASSWORD and HUBMETER_WEBHOOK_URL.",
    )
    option = parser.option
    option("month", default="", metavar="YYYY-MM", help="month of UTC days (default: the month before this one)")
    option("group", action="append", default=[], metavar="NAME", help="a group; repeat it for several")
    option("all", action="store_true", help="all groups with costs or usage in the month, and the summary")
    option(
        "format",
        action="append",
        default=[],
        choices=FORMS,
        help="form of the files; repeat it for several (default: html). Mails have the PDF if it is one of them, "
        "otherwise the HTML",
    )
    option(
        "out",
        default=".",
        metavar="PLACE",
        help="folder, or folder in a bucket such as s3://bucket/reports, that gets a folder of the month (default: the "
        "current folder)",
    )
    option(
        "cost_api_url",
        default=environment.get("HUBMETER_COST_API_URL", ""),
        metavar="URL",
        help="URL of hubmeter-costs, such as http://hubmeter-costs:9091 (default: HUBMETER_COST_API_URL)",
    )
    prometheus_options.add(parser, environment)
    option("locale", default="en", help="form of dates, numbers and amounts, such as en_GB or de (default: en)")
    option(
        "label",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="select the series with this label, if several clusters share a Prometheus; repeat it for several",
    )
    option(
        "metrics_prefix",
        type=_prefix,
        default=metrics_prefix.DEFAULT,
        metavar="PREFIX",
        help=f"prefix of exported metrics (default: {metrics_prefix.DEFAULT})",
    )
    option(
        "send",
        type=Path,
        metavar="FILE",
        help="mail the pages of groups to their recipients, or announce them to a webhook, as set in this file in YAML",
    )
    option(
        "sent",
        type=Path,
        default=Path(DEFAULT_SENT),
        metavar="FILE",
        help="ledger of sent messages, which are not sent again, on a persistent disk (default: "
        f"{DEFAULT_SENT} in the current folder)",
    )
    option("dry_run", action="store_true", help="log the messages, and send none")
    parser.log_level()
    return parser


def _delivery(path: Path | None) -> Delivery | None:
    try:
        return load(path) if path else None
    except SettingsError as error:
        raise UsageError(str(error)) from error


def _prefix(text: str) -> str:
    try:
        return metrics_prefix.checked(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} {error}") from None


def _labels(texts: Sequence[str]) -> dict[str, str]:
    labels = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not (name.isidentifier() and name.isascii() and separator):
            raise UsageError(f"--label is {text!r}, which is not a label such as cluster=earth")
        labels[name] = value
    return labels


if __name__ == "__main__":
    sys.exit(main())
