"""Reports of made-up groups: what they add up to, and their pages, tables and documents."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hubmeter_exporter.report import cli
from hubmeter_exporter.report.forms import Forms
from hubmeter_exporter.report.output import Folder, OutputError
from hubmeter_promql.month import build, documents, tables
from hubmeter_promql.month.charts import chart, nice
from hubmeter_promql.month.files import group_file
from hubmeter_promql.month.html import Pages
from hubmeter_promql.month.model import GroupReport, Reports, Summary
from hubmeter_promql.month.reading import Data
from hubmeter_promql.month.texts import Texts
from tests.unit.exporter.report import catalogue, made_up
from tests.unit.exporter.report.made_up import MISSING, NOW, OPEN, PERIOD

DATA = made_up.data()


def reports(data: Data = DATA) -> dict[str, GroupReport]:
    groups = build.groups_with_usage(data, PERIOD)
    return {report.group: report for report in build.group_reports(data, PERIOD, groups, NOW)}


def summary(data: Data = DATA) -> Summary:
    return build.summary(data, PERIOD, reports(data).values(), NOW)


def test_parts_of_a_report_add_up_to_its_total() -> None:
    assert {*reports()} == {*made_up.MEMBERS}
    for report in reports().values():
        assert report.total == pytest.approx(sum(day.usd or 0.0 for day in report.days))
        assert report.total == pytest.approx(sum(member.usd for member in report.members))
        assert report.total == pytest.approx(sum(usd for _, usd in report.components))
        assert report.rest == pytest.approx(0, abs=1e-9)
        assert report.months[-1].usd == report.total
        unsettled = [day.usd for day in report.days if day.day in {MISSING, OPEN}]
        assert report.estimated == pytest.approx(sum(filter(None, unsettled)))
    of = summary()
    assert of.total == pytest.approx(sum(report.total for report in of.groups) + 31 * (3.21 + 1.5))
    assert of.twice == pytest.approx(0, abs=1e-9)


def test_days_without_a_complete_bill_have_estimates_and_are_noted() -> None:
    report = reports()["biology"]
    assert {day.day: day.state for day in report.days if day.state != "settled"} == {MISSING: "missing", OPEN: "open"}
    assert (report.notes.missing, report.notes.estimated) == ((MISSING,), (OPEN,))
    assert report.notes.recorded_hours == {"teach": 701.5}
    assert report.notes.usage_since is None  # it begins in the first hour
    late = replace(DATA, usage_since=PERIOD.start + 7 * 3600)
    assert reports(late)["biology"].notes.usage_since == PERIOD.start + 7 * 3600


def test_days_whose_bill_no_group_has_are_named() -> None:
    day = date(2026, 10, 9)
    costs = {group: {**by_day, day: 0.0} for group, by_day in DATA.costs.items()}
    costs["unallocated"][day] = DATA.billed[day] - 3.21
    costs["idle"][day] = 3.21
    report = reports(replace(DATA, costs=costs))["biology"]
    assert report.notes.unallocated == (day,)
    assert "<strong>1 day is unallocated:</strong> Oct 9. No usage was recorded" in Pages(Texts("en")).group(report)
    assert json.loads(documents.group(report))["notes"]["unallocated_days"] == ["2026-10-09"]
    costs["unallocated"][day] -= 1
    assert reports(replace(DATA, costs=costs))["biology"].notes.unallocated == ()
    assert reports()["biology"].notes.unallocated == ()


def test_a_day_whose_bill_may_still_change_has_the_cost_of_its_bill() -> None:
    data = replace(DATA, states={**DATA.states, date(2026, 10, 2): "estimated"})
    report, before = reports(data)["biology"], reports()["biology"]
    assert report.days[1] == replace(before.days[1], state="estimated")
    assert report.total == pytest.approx(before.total)
    assert report.estimated == pytest.approx(before.estimated + (before.days[1].usd or 0))
    assert report.notes.estimated == (date(2026, 10, 2), OPEN)


def test_without_any_estimate_an_unbilled_day_is_unknown_and_not_zero() -> None:
    report = reports(replace(DATA, estimates={}, member_estimates={}))["biology"]
    assert report.days[MISSING.day - 1].usd is None
    page = Pages(Texts("en")).group(report)
    assert "<title>Oct 17: unknown</title>" in page
    assert "<title>Oct 17: $0.00</title>" not in page


def test_what_prometheus_does_not_know_is_none_and_a_dash() -> None:
    data = replace(DATA, usage={}, server_hours={}, recorded_hours={}, usage_since=None)
    report = reports(data)["biology"]
    assert report.usage.active_users is None
    assert all(member.server_hours is None for member in report.members)
    page = Pages(Texts("en")).group(report)
    assert '<dt>Active users</dt><dd class="value">\u2013</dd>' in page
    assert "Prometheus has no usage of servers in this period." in page
    assert "Prometheus has no usage" not in Pages(Texts("en")).group(reports(DATA)["biology"])
    assert report.members[0].memory_gib_hours > 0
    without_servers = reports(replace(DATA, usage={}, server_hours={}))["biology"]
    assert (without_servers.usage.active_users, without_servers.usage.home_gib) == (0.0, None)


def test_costs_that_are_not_known_by_member_yet_have_a_row() -> None:
    report = reports(replace(DATA, member_estimates={}))["biology"]
    assert report.rest == pytest.approx(report.estimated)
    assert "Not known by member yet" in Pages(Texts("en")).group(report)
    rows = [*csv.DictReader(io.StringIO(tables.group(report).decode("utf-8-sig")))]
    assert sum(float(row["cost_usd"]) for row in rows) == pytest.approx(report.total)


def test_change_and_budget_are_of_whole_months() -> None:
    report = reports()["biology"]
    assert report.previous
    assert report.change == pytest.approx(report.total / report.previous.usd - 1)
    assert report.budget_used == pytest.approx(report.total / 120)
    assert replace(report, period=replace(PERIOD, whole=False)).change is None
    assert [(month.first.month, month.complete) for month in report.months] == [
        (6, False), (7, True), (8, True), (9, True), (10, False),
    ]  # fmt: skip


def test_names_are_escaped_on_pages_and_harmless_in_tables() -> None:
    report = replace(reports()["biology"], group="@sum(1)<i>")
    page = Pages(Texts("en")).group(report)
    assert "&lt;b&gt;zoe&lt;/b&gt;" in page
    assert "<b>zoe" not in page
    assert "@sum(1)&lt;i&gt;" in page
    rows = [*csv.reader(io.StringIO(tables.group(report).decode("utf-8-sig")))]
    assert {row[1] for row in rows[1:]} == {"'@sum(1)<i>"}
    assert "'=1+1" in {row[3] for row in rows[1:]}
    assert tables.group(report).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("bio", "groups/bio.html"),
        ("../../etc/passwd", "groups/etc-passwd---"),
        ("Überkurs Ökologie", "groups/berkurs-kologie---"),
        ("summary", "groups/summary.html"),
    ],
)
def test_files_have_names_that_stay_in_their_folder(name: str, file: str) -> None:
    assert group_file(name, "html").startswith(file)
    assert group_file(name, "html").count("/") == 1


def test_two_groups_with_the_same_file_name_are_an_error(tmp_path: Path) -> None:
    groups = ["\u4e4f\u4f84", "\u4f00\u4e77"]  # the same hash
    assert group_file(groups[0], "csv") == group_file(groups[1], "csv")
    found = Reports(build.group_reports(DATA, PERIOD, groups, NOW), None)
    with pytest.raises(OutputError, match="the groups '乏侄' and '伀乷' have the same file name; rename one of them"):
        [*cli.write(found, Forms(Texts("en"), ["csv"]), PERIOD, Folder(tmp_path))]
    assert not [*tmp_path.iterdir()]


def test_a_group_of_500_a_group_of_one_and_one_without_use_have_pages() -> None:
    many = made_up.data({"all of us": tuple(f"user-{number}" for number in range(500)), "one": ("ana",)})
    pages = Pages(Texts("en"))
    found = reports(many)
    assert pages.group(found["all of us"]).count('<th scope="row"><bdi>') == 500
    assert "1 member; the highest cost is first" in pages.group(found["one"])
    (empty,) = build.group_reports(many, PERIOD, ["new"], NOW)
    assert "No member used a server or home directory in this period." in pages.group(empty)
    assert (empty.total, empty.members) == (0.0, ())


def test_a_running_month_says_until_when() -> None:
    running = replace(PERIOD, last=date(2026, 10, 9), whole=False)
    (report,) = build.group_reports(DATA, running, ["biology"], NOW)
    assert "biology</bdi>: October 2026 until Oct 9" in Pages(Texts("en")).group(report)


@pytest.mark.parametrize(
    ("locale", "total", "words", "language"),
    [
        ("en", "$2,315.60", ("October 2026", "Nov 4, 2026", "Oct 30 \u2013 31, Nov 2"), "en"),
        ("en-GB", "US$2,315.60", ("October 2026", "4 Nov 2026", "30 \u2013 31 Oct, 2 Nov"), "en-GB"),
        ("de_DE", "2.315,60 $", ("Oktober 2026", "04.11.2026", "30.\u201331. Okt., 2. Nov."), "en"),
    ],
)
def test_dates_numbers_and_amounts_are_those_of_the_locale(
    locale: str, total: str, words: tuple[str, str, str], language: str
) -> None:
    texts = Texts(locale)
    shown = (
        texts.month(PERIOD.first), texts.moment(NOW),
        texts.days([date(2026, 11, 2), date(2026, 10, 30), date(2026, 10, 31)]),
    )  # fmt: skip
    spaces = str.maketrans("\xa0\u202f\u2009", "   ")
    assert texts.money(2315.599).translate(spaces) == total
    assert (shown[0], shown[1].translate(spaces).startswith(words[1]), shown[2].translate(spaces)) == (
        words[0], True, words[2],
    )  # fmt: skip
    assert texts.language == language
    assert texts.money(-0.001) == texts.money(0)


def test_a_translation_of_the_catalogue_is_used(tmp_path: Path) -> None:
    (tmp_path / "de.po").write_text(
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\nContent-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Cost by day"\nmsgstr "Kosten je Tag"\n\n'
        'msgid "%(num)s day has no bill:"\nmsgid_plural "%(num)s days have no bill:"\n'
        'msgstr[0] "%(num)s Tag ohne Rechnung:"\nmsgstr[1] "%(num)s Tage ohne Rechnung:"\n',
        encoding="utf-8",
    )
    page = Pages(Texts("de_CH", tmp_path)).group(reports()["biology"])
    assert '<html lang="de-CH">' in page
    assert '<h2 id="by-day">Kosten je Tag</h2>' in page
    assert "1 Tag ohne Rechnung:" in page
    assert "Cost by component" in page


def test_the_catalogue_has_all_texts() -> None:
    assert catalogue.FILE.read_text(encoding="utf-8") == catalogue.extracted(), (
        "python -m tests.unit.exporter.report.catalogue"
    )


def test_bars_are_parts_of_a_hundred_and_an_axis_is_round() -> None:
    assert [nice(value) for value in (0, 0.003, 1, 1.01, 2.4, 3, 99, 1234)] == [1, 0.005, 1, 2, 2.5, 5, 100, 2000]
    of = chart([(5.0, "settled", "a"), (None, "estimated", "b"), (-1.0, "settled", "c"), (2.5, "settled", "d")])
    assert [bar.height for bar in of.bars] == [100, 0, 0, 50]
    assert of.axis == (5.0, 2.5, 0.0)
    assert all(bar.x >= 0 and bar.x + bar.width <= 100 for bar in of.bars)


def test_a_document_has_the_numbers_of_the_report() -> None:
    report = reports()["biology"]
    document = json.loads(documents.group(report))
    assert document["total_usd"] == report.total
    assert [member["user"] for member in document["members"]] == [member.user for member in report.members]
    assert json.loads(documents.summary(summary()))["total_usd"] == summary().total
