"""Reports of a month on a real Prometheus and cost API: their totals are those of the dashboards and of the API."""

import csv
import io
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import httpx
import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
import requests

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.history import History
from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.usage import Usage
from hubmeter_exporter.report import cli
from hubmeter_exporter.report.forms import Forms
from hubmeter_exporter.report.output import Folder
from hubmeter_generator import fill
from hubmeter_generator.dashboards import costs as costs_board
from hubmeter_generator.dashboards import group_bill, report
from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_hub.usage_page.group_views import GroupReader
from hubmeter_hub.usage_page.traits import UsageViewer
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus, Value
from hubmeter_promql.month import build, period, reading
from hubmeter_promql.month import documents as written
from hubmeter_promql.month.cost_api import CostApi
from hubmeter_promql.month.reading import Selection
from tests.engines.engine import Engine, running
from tests.engines.serving import serving
from tests.engines.test_cost_api import METRICS
from tests.engines.test_costs import SITE, TODAY, rules_run
from tests.sim import costs as sim
from tests.unit.exporter.report.test_delivery import Inbox, smtp_server
from tests.unit.generator.boards import panels

NOW: Final = TODAY + 7200.0
DECEMBER, JANUARY = "2025-12", "2026-01"
SCHEMA: Final = json.loads((Path(period.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
GROUPS: Final = {"physics", "biology", "a", "b", "none", "course 101"}
# Requests of a server of the group physics, all the time, and what it uses of them.
RESOURCES: Final = {
    names.SERVERS: 1.0, names.MEMORY_REQUESTS: 4 * 2.0**30, names.MEMORY_WORKING_SET: 2.0**30, names.CPU_REQUESTS: 2.0,
    names.CPU_USAGE: 0.5, names.GPU_REQUESTS: 0.0, names.HOME: 8 * 2.0**30,
}  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A Prometheus with the series of two months, and the cost API on its bills."""

    engine: Engine
    api: httpx.Client
    ledger: Ledger

    @property
    def urls(self) -> list[str]:
        """The options with the URLs."""
        return ["--prometheus_url", self.engine.url, "--cost_api_url", str(self.api.base_url)]

    def reports(self, month: str, folder: Path, *arguments: str) -> dict[str, bytes]:
        """Return the files of a run by name."""
        options = cli.parse(["--month", month, *self.urls, *arguments], {})
        days = period.parse(month, NOW)
        forms = Forms(options.texts, options.formats)
        written = [*cli.write(cli.read(options, days, NOW), forms, days, Folder(folder))]
        files = {Path(name).relative_to(folder).as_posix(): Path(name).read_bytes() for name in written}
        assert len(files) == len(written)
        return files

    def panel(self, board: dict[str, Any], title: str, month: str, group: str, index: int = 0) -> list[Value]:
        """Return a panel's result for a group in the days of a month, as Grafana would get it."""
        of = fill.dashboard(board, SITE)
        days = period.parse(month, NOW)
        (expression,) = [p["targets"][index]["expr"] for p in panels(of) if p["title"] == title]
        for name, value in {
            "$__range_s": str(days.seconds), "$__range": f"{days.seconds}s", "${__range}": f"{days.seconds}s",
            "$hub": ".*", "$usergroup": group, "$now": str(NOW),
        }.items():  # fmt: skip
            expression = expression.replace(name, value)
        return Prometheus(self.engine.url, self.engine.session).instant(expression, days.end - 0.001)


def buckets() -> Iterator[Series]:
    """Yield the buckets of a server that runs since the first day, in a hub whose usage is always recorded."""
    hub, group = {"namespace": "prod"}, {"namespace": "prod", "usergroup": "physics"}
    ends = range(sim.START + sim.STEP, TODAY + sim.STEP, sim.STEP)

    def series(name: str, value: float, **of: str) -> Series:
        return {"__name__": name, **of}, [(end * 1000, value) for end in ends]

    for resource, value in RESOURCES.items():
        yield series(names.group(names.BUCKETS[resource]), value / 12, **group)
    yield series(names.pair(names.BUCKETS[names.SERVERS]), 1 / 12, **group, username="ann")
    yield series(names.USAGE_RECORDED, 5, **hub)
    yield series(names.ACTIVE_USERS, 1, **group, window="1d")
    yield {"__name__": names.SHARE, **group, "username": "ann"}, [(round(NOW - 60) * 1000, 1.0)]


def bills(day: int) -> list[BillRow]:
    bill = sim.bill_known(TODAY, day) or {}
    on = day_of(day)
    rows = [
        BillRow(on, hub, component, "attributable", Decimal(cents) / 100, estimated=False)
        for (hub, component), cents in bill.items()
    ]
    return [*rows, BillRow(on, "", "other", "account", Decimal("5.5"), estimated=False)] if rows else []


def day_of(day: int) -> date:
    return datetime.fromtimestamp(sim.START, UTC).date() + timedelta(day)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with running("Prometheus 3", folder) as engine:
        rules_run(engine)
        write(engine.write_url, buckets(), session=engine.session)
        ledger = Ledger(folder / "ledger", 2, lambda: NOW)
        for day in range(sim.DAYS):
            if rows := bills(day):
                ledger.put(day_of(day), day_of(day), rows, "test")
        usage = History(ledger.file, Usage(Prometheus(engine.url, engine.session), lambda: NOW))
        backend = Backend(ledger, usage, Allocation(idle="shared"), lambda: METRICS, lambda: None, "1.2.3")
        with serving(backend) as client:
            yield Site(engine, client, ledger)
        ledger.close()


def documents(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    found = [json.loads(content) for name, content in files.items() if name.endswith(".json")]
    return {document.get("group", "summary"): document for document in found}


cents = partial(pytest.approx, abs=0.005)


@pytest.mark.parametrize("month", [DECEMBER, JANUARY])
def test_totals_are_those_of_the_dashboards_and_of_the_cost_api_to_the_cent(
    site: Site, tmp_path: Path, month: str
) -> None:
    found = documents(site.reports(month, tmp_path, "--all", "--format", "json"))
    days = period.parse(month, NOW)
    asked = {"from": str(days.first), "to": str(days.last)}
    states = {row["date"]: row["state"] for row in site.api.get("/days", params=asked).json()}
    assert {"settled"} < {*states.values()}
    per_group: dict[str, float] = defaultdict(float)
    for row in site.api.get("/total-costs-per-group", params=asked).json():
        if states[row["date"]] == "settled":
            per_group[row["usergroup"]] += row["cost"]
    groups = found.keys() - {"summary"}
    assert groups == GROUPS
    bill = group_bill.build()
    for group in groups:
        document = found[group]
        # Usage of no known group counts in "none".
        pattern = "|none" if group == "none" else group
        (total,) = site.panel(bill, "Total of $usergroup", month, pattern)
        assert document["total_usd"] == cents(total.value), group
        (settled,) = site.panel(bill, "Settled", month, pattern)
        assert document["settled_usd"] == cents(settled.value), group
        assert document["settled_usd"] == cents(per_group[group]), group
        assert document["total_usd"] == pytest.approx(document["settled_usd"] + document["not_settled_usd"])
        assert document["total_usd"] == pytest.approx(sum(day["usd"] or 0 for day in document["days"]))
        users: dict[tuple[str, str], float] = {
            (row.labels["namespace"], row.labels["username"]): row.value
            for row in site.panel(bill, "By user", month, pattern)
        }
        assert {(m["hub"], m["user"]): m["usd"] for m in document["members"] if m["usd"]} == cents(users), group
        assert abs(document["not_by_member_usd"]) < 0.005
        components = {item["component"]: item["usd"] for item in document["components"]}
        assert sum(components.values()) == cents(document["total_usd"])
        assert components.get("estimated", 0) == cents(document["not_settled_usd"])
    summary = found["summary"]
    assert summary["settled_bill_usd"] == cents(
        sum(row["cost"] for row in site.api.get("/total-costs", params=asked).json()
            if row["name"] == "attributable" and states[row["date"]] == "settled")
    )  # fmt: skip
    assert {group["group"]: group["total_usd"] for group in summary["groups"]} == {
        group: found[group]["total_usd"] for group in groups
    }
    assert summary["unallocated_usd"] > 0
    rests = sum(row.value for row in site.panel(costs_board.build(), "Unallocated", month, ".*"))
    assert summary["idle_usd"] + summary["unallocated_usd"] == cents(rests)


@pytest.mark.parametrize("month", [DECEMBER, JANUARY])
def test_prometheus_alone_has_the_numbers_that_it_has_with_the_cost_api(site: Site, month: str) -> None:
    days = period.parse(month, NOW)
    prometheus = Prometheus(site.engine.url, site.engine.session)
    api = CostApi(str(site.api.base_url), requests.Session())
    found = {}
    for of in (api, None):
        data = reading.read(of, prometheus, days, Selection(hub="prod"), NOW)
        found[of] = {report.group: report for report in build.group_reports(data, days, [*GROUPS], NOW)}
    for group in GROUPS:
        with_api, alone = found[api][group], found[None][group]
        assert alone.total == cents(with_api.total), group
        assert alone.settled == cents(with_api.settled), group
        assert {day.day: day.usd for day in alone.days if day.usd} == cents(
            {day.day: day.usd for day in with_api.days if day.usd}
        )
        for number in ("usd", "memory_gib_hours", "gpu_hours", "home_gib", "server_hours"):
            assert {member.user: getattr(member, number) for member in alone.members} == cents(
                {member.user: getattr(member, number) for member in with_api.members}
            ), (group, number)
        assert {member.hub for member in alone.members} <= {"prod"}
        assert dict(alone.components) == cents(dict(with_api.components))
    assert found[None]["physics"].total > 1
    first = found[None]["physics"].notes.first_day
    assert first == (date(2025, 12, 26) if month == DECEMBER else None)
    assert found[api]["physics"].notes.first_day is None


def test_only_the_selected_hub_and_group_count_whatever_their_names_are(site: Site) -> None:
    days = period.parse(JANUARY, NOW)
    prometheus = Prometheus(site.engine.url, site.engine.session)
    api = CostApi(str(site.api.base_url), requests.Session())
    for name in (
        "All",
        "all",
        ".*",
        "physics|biology",
        "phy%sics",
        'a"b\\c',
        "$hub",
        "ä/<b>",
        "a\nb",
        "Physics",
        "{a}",
    ):
        for of in (api, None):
            data = reading.read(of, prometheus, days, Selection(frozenset({name}), hub="prod"), NOW)
            (empty,) = build.group_reports(data, days, [name], NOW)
            assert (empty.total, empty.members, empty.usage.server_hours or 0.0) == (0.0, (), 0.0), name
            assert build.groups_with_usage(data, days) == [], name
        data = reading.read(api, prometheus, days, Selection(frozenset({"physics"}), hub=name), NOW)
        assert build.groups_with_usage(data, days) == [], name


def rounded(value: Any) -> Any:
    """Return a document with its numbers to 6 digits: the order in which they were added differs."""
    match value:
        case dict():
            return {key: rounded(of) for key, of in value.items() if key != "generated_at"}
        case list():
            return [rounded(of) for of in value]
        case float():
            return round(value, 6) + 0.0
    return value


@pytest.mark.parametrize("month", [DECEMBER, JANUARY])
def test_the_group_page_has_the_documents_of_the_report(site: Site, tmp_path: Path, month: str) -> None:
    found = documents(site.reports(month, tmp_path, "--all", "--format", "json"))
    viewer = UsageViewer(prometheus_url=site.engine.url, hub_namespace="prod", cost_api_url=str(site.api.base_url))
    reader = GroupReader(viewer, lambda: NOW)
    compared = 0
    for group in GROUPS:
        if {member["hub"] for member in found[group]["members"]} == {"prod"}:  # the page is of one hub
            view = reader.view(group, period.parse(month, NOW))
            page = json.loads(written.group(view.report))
            if group != "physics":  # only its use is recorded; the homes of others are unknown or 0
                page["usage"], found[group]["usage"] = {}, {}
            assert rounded(page) == rounded(found[group]), group
            assert f"${view.report.total:,.2f}" in view.body
            compared += 1
    assert compared > 1


def test_a_settled_bill_is_the_sum_of_groups_and_of_what_no_usage_explains(site: Site) -> None:
    options = cli.parse(["--all", "--month", DECEMBER, *site.urls], {})
    summary = cli.read(options, period.parse(DECEMBER, NOW), NOW).summary
    assert summary
    assert summary.billed > 50
    assert summary.twice == cents(0)


def test_days_that_are_estimates_or_have_no_bill_are_named(site: Site, tmp_path: Path) -> None:
    december, january = (
        documents(site.reports(month, tmp_path / month, "--group", "physics", "--format", "json"))["physics"]
        for month in (DECEMBER, JANUARY)
    )
    before = [str(date(2025, 12, 1) + timedelta(number)) for number in range(24)]
    assert december["notes"]["missing_days"] == [*before, str(day_of(sim.MISSING))]
    assert december["notes"]["estimated_days"] == []
    assert december["notes"]["usage_since"] == "2025-12-25T01:00:00+00:00"  # to an hour
    assert december["notes"]["recorded_hours"] == {"prod": 7 * 24}
    assert december["whole_month"] is True
    assert (january["whole_month"], january["last"]) == (False, "2026-01-05")
    assert january["notes"]["estimated_days"] == ["2026-01-04"]
    assert january["notes"]["missing_days"] == ["2026-01-05"]
    assert january["notes"]["recorded_hours"] == {}
    assert [day["bill"] for day in january["days"]] == ["settled", "settled", "settled", "open", "missing"]
    assert all(day["usd"] > 0 for day in january["days"])
    assert [(month["month"], month["settled"]) for month in january["months"]] == [
        (DECEMBER, False),
        (JANUARY, False),
    ]
    assert january["months"][0]["usd"] == cents(december["settled_usd"])


def test_usage_is_that_of_the_usage_report(site: Site, tmp_path: Path) -> None:
    usage = documents(site.reports(JANUARY, tmp_path, "--group", "physics", "--format", "json"))["physics"]["usage"]
    hours = 5 * 24
    assert usage == pytest.approx(
        {
            "active_users": 1, "user_days": 5, "server_hours": hours, "memory_requested": 4 * hours,
            "memory_used": hours, "cpu_requested": 2 * hours, "cpu_used": hours / 2, "gpu_hours": 0, "home_gib": 8,
        }
    )  # fmt: skip
    for title, key in (
        ("Server-hours", "server_hours"), ("Core-hours requested", "cpu_requested"),
        ("GiB-hours requested", "memory_requested"), ("GPU-hours", "gpu_hours"),
    ):  # fmt: skip
        (row,) = site.panel(report.build(), title, JANUARY, "physics")
        assert row.value == pytest.approx(usage[key]), title


class Page(HTMLParser):
    """The words of a page, and whatever a browser would load or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loads: list[tuple[str, str | None]] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [(name, value) for name, value in attrs if name in {"src", "href", "srcset", "data", "action"}]

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def test_files_of_all_forms_have_the_same_numbers_and_load_nothing(site: Site, tmp_path: Path) -> None:
    forms = [word for form in ("html", "csv", "json") for word in ("--format", form)]
    files = site.reports(JANUARY, tmp_path, "--all", *forms)
    assert len(files) == 3 * 7
    found = documents(files)
    for document in found.values():
        jsonschema.validate(document, SCHEMA)
    physics = found["physics"]
    rows = [*csv.DictReader(io.StringIO(files["2026-01/groups/physics.csv"].decode("utf-8-sig")))]
    assert {row["user"]: float(row["cost_usd"]) for row in rows} == {m["user"]: m["usd"] for m in physics["members"]}
    page = Page(files["2026-01/groups/physics.html"].decode())
    assert (page.loads, {"script", "link", "img", "iframe"} & {*page.tags}) == ([], set())
    assert f"${physics['total_usd']:,.2f}" in page.words
    assert {"ann", "anna", "Bob-Smith"} <= {*page.words}
    summary = Page(files["2026-01/summary.html"].decode())
    assert {value for _, value in summary.loads} == {
        name.removeprefix("2026-01/") for name in files if name.startswith("2026-01/groups/") and name.endswith(".html")
    }
    rows = [*csv.DictReader(io.StringIO(files["2026-01/summary.csv"].decode("utf-8-sig")))]
    costs = {row["group"]: float(row["cost_usd"]) for row in rows}
    for group in found.keys() - {"summary"}:
        assert f"${found[group]['total_usd']:,.2f}" in summary.words
        assert costs[group] == found[group]["total_usd"]
    assert costs["(unallocated)"] == found["summary"]["unallocated_usd"]


def test_a_group_without_usage_has_a_report_only_if_it_has_members(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)
    urls = [*site.urls, "--out", str(tmp_path)]
    assert cli.main(["--month", "2025-11", "--group", "physics", *urls]) == 0
    assert "No member used" in (tmp_path / "2025-11/groups/physics.html").read_text(encoding="utf-8")
    assert cli.main(["--month", DECEMBER, "--group", "nobody", *urls]) == 1
    assert "the group 'nobody' has neither usage in 2025-12 nor members; check its name" in caplog.text


def test_a_month_is_mailed_once_and_a_group_without_a_recipient_is_in_the_log_and_the_exit_code(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)
    inbox = Inbox()
    with smtp_server(inbox) as port:
        (tmp_path / "send.yaml").write_text(
            "recipients: {biology: [ana@uni.edu]}\nleads_group: '{group}'\naddress: '{username}@uni.edu'\n"
            f"mail: {{sender: hubmeter@uni.edu, host: 127.0.0.1, port: {port}, tls: none}}\n",
            encoding="utf-8",
        )
        arguments = [*site.urls, "--all", "--out", str(tmp_path), "--send", str(tmp_path / "send.yaml")]
        arguments += ["--sent", str(tmp_path / "sent.sqlite"), "--month"]
        for _ in range(2):
            assert cli.main([*arguments, DECEMBER]) == 3
            # ann leads physics: its only member at present.
            assert inbox.to == ["ana@uni.edu", "ann@uni.edu"]
        assert cli.main([*arguments, JANUARY]) == 1
    assert "No recipient: 'a', 'b', 'course 101'. Set recipients, or leads and address." in caplog.text
    assert "Nothing is sent: 2026-01 is not over." in caplog.text
    assert len(inbox.mails) == 2
