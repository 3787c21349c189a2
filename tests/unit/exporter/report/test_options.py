"""The options of ``hubmeter-report``, its months, and the places of its files."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hubmeter_exporter.report import cli
from hubmeter_exporter.report.output import Folder, OutputError, open_output
from hubmeter_promql.month import period
from hubmeter_promql.month.period import Period
from tests.exporters import assert_usage_error

SECRET = "secret-0123456789"
URLS = ["--prometheus_url", "http://prometheus:9090", "--cost_api_url", "http://costs:9091"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("PROMETHEUS_", "HUBMETER_")):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("sentence", "arguments"),
    [
        ("set either --group NAME, once or several times, or --all", URLS),
        ("set either --group NAME, once or several times, or --all", ["--all", "--group", "bio", *URLS]),
        ("the URL of the cost API is missing; set --cost_api_url or HUBMETER_COST_API_URL", ["--all", *URLS[:2]]),
        ("the URL of the cost API 'costs:9091' is not a URL", ["--all", *URLS[:3], "costs:9091"]),
        ("no user, password, query", ["--all", *URLS[:3], f"http://me:{SECRET}@costs"]),
        ("the URL of Prometheus is missing", ["--all", *URLS[2:]]),
        ("invalid choice: 'xls'", ["--all", "--format", "xls", *URLS]),
        ("the locale 'klingon' is unknown; set one such as en", ["--all", "--locale", "klingon", *URLS]),
        ("--label is 'earth', which is not a label such as cluster=earth", ["--all", "--label", "earth", *URLS]),
        ("'my-hub' cannot begin the name of a metric", ["--all", "--metrics_prefix", "my-hub", *URLS]),
        ("--month is 'October', which is not a month such as 2026-10", ["--all", "--month", "October", *URLS]),
        ("--month is '2026-13', which is not a month", ["--all", "--month", "2026-13", *URLS]),
        ("--month is '0001-01', which is not a month", ["--all", "--month", "0001-01", *URLS]),
        ("--month is 2099-01, of which no day is over in UTC", ["--all", "--month", "2099-01", *URLS]),
        ("--out is 'ftp://x/y'; it must be a folder, or begin with s3://", ["--all", "--out", "ftp://x/y", *URLS]),
        ("--out is 's3:///y', which has no bucket", ["--all", "--out", "s3:///y", *URLS]),
    ],
)
def test_an_invalid_option_ends_with_a_sentence(
    sentence: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert_usage_error(cli.main, arguments, sentence, SECRET, capsys)


def test_options_come_from_the_environment_too() -> None:
    options = cli.parse(
        ["--group", "a", "--group", "b,c", "--format", "csv", "--format", "json", "--label", "cluster=earth"],
        {"PROMETHEUS_URL": "http://p:9090/", "HUBMETER_COST_API_URL": "http://c:9091/"},
    )
    assert (options.prometheus_url, options.cost_api_url) == ("http://p:9090", "http://c:9091")
    assert (options.groups, options.formats, options.labels) == (("a", "b,c"), ("csv", "json"), {"cluster": "earth"})


def at(*moment: int) -> float:
    return datetime(*moment, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type] # the hour may be absent


@pytest.mark.parametrize(
    ("text", "now", "first", "last", "whole"),
    [
        ("", at(2026, 11, 4), date(2026, 10, 1), date(2026, 10, 31), True),
        ("", at(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31), True),
        ("2026-10", at(2026, 10, 2), date(2026, 10, 1), date(2026, 10, 1), False),
        ("2026-10", at(2026, 10, 31, 23), date(2026, 10, 1), date(2026, 10, 30), False),
        ("2026-10", at(2026, 11, 1), date(2026, 10, 1), date(2026, 10, 31), True),
        ("2024-02", at(2026, 11, 1), date(2024, 2, 1), date(2024, 2, 29), True),
        ("2026-03", at(2026, 11, 1), date(2026, 3, 1), date(2026, 3, 31), True),  # summer time begins
    ],
)
def test_a_month_has_its_days_that_are_over(text: str, now: float, first: date, last: date, whole: bool) -> None:
    assert period.parse(text, now) == Period(first, last, whole)


def test_a_period_ends_at_midnight_and_knows_the_months_before() -> None:
    of = period.parse("2026-02", at(2026, 11, 4))
    assert (of.start, of.end, of.seconds) == (at(2026, 2, 1), at(2026, 3, 1), 28 * 86_400)
    assert of.months == [date(2025, month, 1) for month in range(9, 13)] + [date(2026, 1, 1), date(2026, 2, 1)]


def test_no_day_of_a_month_is_over_on_its_first_day() -> None:
    with pytest.raises(period.PeriodError, match="of which no day is over"):
        period.parse("2026-11", at(2026, 11, 1, 23))


def test_a_file_in_a_folder_is_written_as_a_whole_and_replaced(tmp_path: Path) -> None:
    output = open_output(str(tmp_path / "new"))
    for content in (b"first", b"second"):
        assert output.write("2026-10/groups/a.html", content) == str(tmp_path / "new/2026-10/groups/a.html")
        assert (tmp_path / "new/2026-10/groups/a.html").read_bytes() == content
    assert [path.name for path in (tmp_path / "new/2026-10/groups").iterdir()] == ["a.html"]


def test_a_folder_that_is_a_file_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "2026-10").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match=r"summary\.html cannot be written \(File exists\); set another --out"):
        Folder(tmp_path).write("2026-10/summary.html", b"")
