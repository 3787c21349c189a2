"""The cost API on real engines: late, revised and missing bills, days that were not recorded, unusual names."""

import csv
import gzip
import io
import json
import math
import re
import socket
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.history import History
from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.usage import Usage
from hubmeter_exporter.exposition import Format, Page
from hubmeter_generator.operate.remote_write import write
from hubmeter_promql.client import Prometheus
from tests.engines import cost_world
from tests.engines.cost_world import DAYS, FIRST, LONG, NOW, TODAY, Model, bills
from tests.engines.engine import ENGINES, Engine, running
from tests.engines.serving import serving
from tests.waiting import PATIENCE

LATE, REVISED, MISSING = 1, 2, 3
ALL = {"from": str(FIRST), "to": str(TODAY)}
RESTS = {"unallocated", "idle"}
WHOLE_BILL: dict[str, str | list[str]] = {**ALL, "user": ["all", "unallocated", "idle"]}
TEXT = b"# some\nx 1\n"
METRICS = Page(
    {(form, gzipped): (gzip.compress(TEXT) if gzipped else TEXT,) for form in Format for gzipped in (False, True)}
)


@dataclass
class Site:
    """A running API on an engine's series and a ledger."""

    model: Model
    ledger: Ledger
    backend: Backend
    client: httpx.Client
    not_ready: str | None = None

    def get(self, path: str, **parameters: str | list[str]) -> Any:
        answer = self.client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def site(engine: Engine, offset: float, folder: Path) -> Iterator[Site]:
    model = cost_world.model(offset)
    write(engine.write_url, cost_world.recorded(model), session=engine.session)
    engine.flush()
    ledger = Ledger(folder / "ledger", 2, lambda: NOW)
    for day in range(DAYS):
        if day not in {LATE, MISSING}:
            ledger.put(*(FIRST + timedelta(day),) * 2, bills(day), "test")
    usage = History(ledger.file, Usage(Prometheus(engine.url, engine.session), lambda: NOW))
    backend = Backend(ledger, usage, Allocation(), lambda: METRICS, lambda: running_site.not_ready, "1.2.3")
    with serving(backend) as client:
        running_site = Site(model, ledger, backend, client)
        yield running_site
    ledger.close()


# Seconds after each full five minutes at which the rules run; at 0, buckets are at the edges of days.
OFFSETS = dict(zip(ENGINES, (0.0, 137.123, 0.0, 299.0), strict=True))


@pytest.fixture(scope="module", params=ENGINES)
def engine_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("engine")
    with running(request.param, folder) as engine, site(engine, OFFSETS[request.param], folder) as running_site:
        yield running_site


@pytest.fixture(scope="module")
def prometheus_3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("prometheus")
    with running("Prometheus 3", folder) as engine, site(engine, 17.25, folder) as running_site:
        yield running_site


def check_costs(checked: Site) -> None:
    """Compare all tables of costs with the model and the bill."""
    rows = checked.ledger.rows(FIRST, TODAY)
    expected = cost_world.costs(checked.model, rows)
    users = checked.get("/costs-per-user", **WHOLE_BILL)
    costs = {(r["date"], r["hub"], r["component"], r["user"], r["usergroup"]): r["value"] for r in users}
    assert len(costs) == len(users)
    assert costs == pytest.approx(dict(expected), rel=1e-9)
    assert all(value >= 0 for value in costs.values())
    order = [(r["date"], r["hub"], r["component"], -r["value"]) for r in users]
    assert order == sorted(order)

    groups: dict[tuple[str, str], float] = defaultdict(float)
    billed: dict[tuple[str, str], float] = defaultdict(float)
    for (day, _, component, _, group), value in expected.items():
        groups[day, group] += value
        billed[day, component] += value
    per_group = checked.get("/total-costs-per-group", **ALL)
    assert {(r["date"], r["usergroup"]): r["cost"] for r in per_group} == pytest.approx(dict(groups), rel=1e-9)
    per_component = checked.get("/total-costs-per-component", **ALL)
    assert {(r["date"], r["component"]): r["cost"] for r in per_component} == pytest.approx(dict(billed), rel=1e-9)
    attributable = {r["date"]: r["cost"] for r in checked.get("/total-costs", **ALL) if r["name"] == "attributable"}
    for day, cost in attributable.items():
        assert math.fsum(r["value"] for r in users if r["date"] == day) == pytest.approx(cost, rel=1e-9)
        assert math.fsum(r["cost"] for r in per_group if r["date"] == day) == pytest.approx(cost, rel=1e-9)
        of_day = sum(row.amount for row in rows if str(row.day) == day and row.kind == "attributable")
        assert cost == pytest.approx(float(of_day), rel=1e-12)


def test_users_and_unallocated_are_the_bill_while_bills_come_late_and_are_revised(engine_site: Site) -> None:
    check_costs(engine_site)
    dates = {row["date"] for row in engine_site.get("/costs-per-user", **ALL)}
    assert str(FIRST + timedelta(LATE)) not in dates
    assert len(dates) == DAYS - 2
    before = engine_site.get("/total-costs", **ALL)

    engine_site.ledger.put(*(FIRST + timedelta(LATE),) * 2, bills(LATE), "test")
    engine_site.ledger.put(*(FIRST + timedelta(REVISED),) * 2, bills(REVISED, "1.7"), "test")
    check_costs(engine_site)
    dates = {row["date"] for row in engine_site.get("/costs-per-user", **ALL)}
    assert str(FIRST + timedelta(LATE)) in dates
    assert str(FIRST + timedelta(MISSING)) not in dates
    assert engine_site.get("/total-costs", **ALL) != before


def test_parts_of_usage_are_those_of_the_model_and_add_up_to_one(engine_site: Site) -> None:
    whole: dict[tuple[str, str, str], float] = defaultdict(float)
    drivers = {"compute": "compute", "home storage": "home", "gpu": "gpu"}
    rows = engine_site.get("/total-usage", **ALL)
    for row in rows:
        whole[row["date"], row["hub"], row["component"]] += row["value"]
        day, driver = (FIRST.fromisoformat(row["date"]) - FIRST).days, drivers[row["component"]]
        used = engine_site.model.used(day, row["hub"], row["user"], driver)
        assert row["value"] == pytest.approx(used / engine_site.model.total(day, driver, row["hub"]), rel=1e-9)
    assert all(value == pytest.approx(1, rel=1e-9) for value in whole.values())
    assert {row["date"] for row in rows} == {str(FIRST + timedelta(day)) for day in range(DAYS)}
    order = [(r["date"], r["hub"], r["component"], -r["value"]) for r in rows]
    assert order == sorted(order)


def test_usage_of_users_is_that_of_the_model_in_gib_and_gpu_hours(engine_site: Site) -> None:
    drivers = {"compute": ("compute", 2.0**30), "home storage": ("home", 2.0**30), "gpu": ("gpu", 1.0)}
    rows = engine_site.get("/usage-per-user", **ALL)
    found = {(r["date"], r["hub"], r["component"], r["user"], r["usergroup"]): r["value"] for r in rows}
    expected = {}
    for day, (hub, user), (component, (driver, unit)) in product(range(DAYS), cost_world.GROUPS, drivers.items()):
        used = engine_site.model.used(day, hub, user, driver) / unit
        for group, share in cost_world.shares(hub, user, day):
            if used and share:
                expected[str(FIRST + timedelta(day)), hub, component, user, group or "none"] = used * share
    assert found == pytest.approx(expected, rel=1e-9)
    chosen = engine_site.get("/usage-per-user", **ALL, component="gpu", usergroup="geo")
    assert chosen == [row for row in rows if (row["component"], row["usergroup"]) == ("gpu", "geo")]
    assert chosen


def test_days_have_the_state_of_their_bill(prometheus_3: Site) -> None:
    def states() -> dict[str, str]:
        return {row["date"]: row["state"] for row in prometheus_3.get("/days", **ALL)}

    days = [str(FIRST + timedelta(day)) for day in range(DAYS)]
    settled = {day: "settled" if number < DAYS - 3 else "open" for number, day in enumerate(days)}
    before = states()
    assert before == settled | {days[LATE]: "missing", days[MISSING]: "missing"}
    assert list(before) == days
    # AWS marks the days of an open month.
    marked = [replace(row, estimated=True) for row in bills(REVISED)]
    prometheus_3.ledger.put(*(FIRST + timedelta(REVISED),) * 2, marked, "test")
    assert states() == before | {days[REVISED]: "estimated"}
    prometheus_3.ledger.put(*(FIRST + timedelta(REVISED),) * 2, bills(REVISED), "test")


def _by_key(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], float]:
    """Return the values of rows by their other columns: an engine adds users up in any order."""
    return {tuple(value for name, value in row.items() if name != "value"): row["value"] for row in rows}


def test_filtered_rows_are_those_of_the_whole_table(engine_site: Site) -> None:
    everything = engine_site.get("/costs-per-user", **WHOLE_BILL)
    chosen: list[tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = [
        ({}, lambda r: r["user"] not in RESTS),
        ({"user": ["ann", "{anna,x--y}"]}, lambda r: r["user"] in {"ann", "anna", "x--y"}),
        ({"user": ["", "ann"]}, lambda r: r["user"] not in RESTS),
        ({"user": ["unallocated", "ann"]}, lambda r: r["user"] in {"ann", "unallocated"}),
        ({"user": ["all", "unallocated"], "usergroup": "geo"}, lambda r: r["usergroup"] == "geo"),
        ({"hub": "prod"}, lambda r: r["hub"] == "prod" and r["user"] not in RESTS),
        ({"user": LONG}, lambda r: r["user"] == LONG),
        ({"user": "ann"}, lambda r: r["user"] == "ann"),
        ({"user": '{o"brien\\,-2+3}'}, lambda r: r["user"] in {'o"brien\\', "-2+3"}),
        ({"usergroup": "none"}, lambda r: r["usergroup"] == "none"),
        ({"usergroup": "{geo,bio}"}, lambda r: r["usergroup"] in {"geo", "bio"}),
        ({"usergroup": "unallocated"}, lambda r: r["usergroup"] == "unallocated"),
        ({"hub": "prod", "usergroup": ["", "unallocated", "idle"]}, lambda r: r["hub"] == "prod"),
        ({"hub": "support", "user": "{unallocated,idle}"}, lambda r: r["hub"] == "support"),
        ({"component": "gpu", "user": ["all", "unallocated", "idle"]}, lambda r: r["component"] == "gpu"),
        ({"usergroup": "idle"}, lambda r: r["usergroup"] == "idle"),
        ({"component": "core", "user": "unallocated"}, lambda r: r["component"] == "core"),
        (
            {"hub": ["dev", "empty"], "component": "compute", "user": ["ALL", "unallocated", "idle"], "usergroup": ""},
            lambda r: r["hub"] in {"dev", "empty"} and r["component"] == "compute",
        ),
    ]
    for filters, matches in chosen:
        expected = [row for row in everything if matches(row)]
        assert expected, filters
        found = engine_site.get("/costs-per-user", **ALL, **filters)
        assert _by_key(found) == pytest.approx(_by_key(expected), rel=1e-12), filters
    assert engine_site.get("/costs-per-user", **ALL, user="nobody") == []
    assert engine_site.get("/costs-per-user", **ALL, component="no such") == []


def test_cluster_wide_prices_and_spread_overhead_add_up_too(prometheus_3: Site) -> None:
    for allocation in (Allocation("cluster", "apart"), Allocation("hub", "spread"), Allocation("cluster", "spread")):
        with serving(replace(prometheus_3.backend, allocation=allocation)) as client:
            rows = client.get("/costs-per-user", params=WHOLE_BILL).json()
            per_component = client.get("/total-costs-per-component", params=ALL).json()
        for billed in per_component:
            mine = [r for r in rows if (r["date"], r["component"]) == (billed["date"], billed["component"])]
            assert math.fsum(r["value"] for r in mine) == pytest.approx(billed["cost"], rel=1e-9)
        shared = [r for r in rows if r["component"] == "core" and r["user"] not in RESTS]
        assert bool(shared) is (allocation.overhead == "spread")


def test_limit_keeps_the_costliest_users_with_all_their_rows(prometheus_3: Site) -> None:
    users = prometheus_3.get("/costs-per-user", **ALL, component="compute")
    totals: dict[str, float] = defaultdict(float)
    for row in users:
        totals[row["user"]] += row["value"]
    costliest = sorted(totals, key=lambda name: -totals[name])[:3]
    limited = prometheus_3.get("/costs-per-user", **ALL, component="compute", limit="3")
    assert limited == [row for row in users if row["user"] in costliest]
    assert prometheus_3.get("/costs-per-user", **ALL, component="compute", limit="999") == users


def test_filters_have_the_names_of_the_replaced_tool_too(prometheus_3: Site) -> None:
    chosen = prometheus_3.get("/costs-per-user", **ALL, hub="prod", component="compute")
    assert prometheus_3.get("/costs-per-user", **ALL, hub_name="prod", component_name="compute") == chosen
    assert {(row["hub"], row["component"]) for row in chosen} == {("prod", "compute")}
    for path in ("/user-groups", "/users-with-multiple-groups", "/users-with-no-groups"):
        everything = prometheus_3.get(path)
        name = everything[0]["username"]
        expected = [row for row in everything if row["username"] == name]
        assert expected != everything
        for synonym in ("user", "username", "user_name"):
            assert prometheus_3.get(path, **{synonym: name}) == expected, (path, synonym)
        assert prometheus_3.get(path, user=name, username=everything[-1]["username"], user_name="nobody") == [
            row for row in everything if row["username"] in {name, everything[-1]["username"]}
        ]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "usr=ana",
            "parameter 'usr' is unknown; allowed are from, to, hub (or hub_name), component (or component_name",
        ),
        ("User=ana", "parameter 'User' is unknown"),
        ("user=ana&_=1", "parameter '_' is unknown"),
        ("limit=1&limit=2", "limit is repeated ('1', '2'); set it once"),
        ("from=2026-01-05&from=", "from is repeated"),
        ("user=%FF", "parameter 'user=%FF' is not UTF-8"),
        ("%C3%28=1", "parameter '%C3%28=1' is not UTF-8"),
        ("user=a%ED%A0%80", "is not UTF-8"),
    ],
)
def test_an_unknown_repeated_or_undecodable_parameter_is_named(prometheus_3: Site, query: str, sentence: str) -> None:
    answer = prometheus_3.client.get(f"/costs-per-user?{query}")
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_a_name_can_have_any_characters(prometheus_3: Site) -> None:
    for query in ("user=ana.l%C3%B3pez@uni.edu", "&&user=ana.l%c3%b3pez%40uni.edu&", "user=&user=+&user"):
        assert prometheus_3.client.get(f"/costs-per-user?from={FIRST}&{query}").json(), query
    assert prometheus_3.client.get("/user-groups?user=a=b").json() == []


def test_names_of_hubs_and_components(prometheus_3: Site) -> None:
    assert prometheus_3.get("/hub-names", **ALL) == ["dev", "empty", "prod", "support"]
    assert prometheus_3.get("/component-names", **ALL) == ["compute", "gpu", "home storage", "core", "networking"]


def test_totals_by_account_and_hub(prometheus_3: Site) -> None:
    rows = prometheus_3.ledger.rows(FIRST, FIRST)
    account = float(sum(row.amount for row in rows))
    ours = float(sum(row.amount for row in rows if row.kind == "attributable"))
    assert prometheus_3.get("/total-costs", **{"from": str(FIRST), "to": str(FIRST)}) == [
        {"date": str(FIRST), "cost": pytest.approx(account, rel=1e-12), "name": "account"},
        {"date": str(FIRST), "cost": pytest.approx(ours, rel=1e-12), "name": "attributable"},
    ]
    hubs = prometheus_3.get("/total-costs-per-hub", **{"from": str(FIRST), "to": str(FIRST)})
    assert [row["name"] for row in hubs] == ["dev", "empty", "prod", "support"]
    assert math.fsum(row["cost"] for row in hubs) == pytest.approx(ours, rel=1e-12)


# As Grafana's Infinity plugin sends them, from the panels of existing cost dashboards.
SPAN = "from=2026-01-05T00:00:00.000Z&to=2026-01-12T15:07:23.000Z"


@pytest.mark.parametrize(
    ("url", "columns"),
    [
        (f"/total-costs?{SPAN}", ["date", "cost", "name"]),
        (f"/total-costs-per-hub?{SPAN}", ["date", "cost", "name"]),
        (f"/total-costs-per-component?{SPAN}&hub=all&component=all", ["date", "cost", "component"]),
        (f"/total-costs-per-component?{SPAN}&hub=prod", ["date", "cost", "component"]),
        (f"/total-costs-per-group?{SPAN}", ["date", "usergroup", "cost"]),
        (f"/costs-per-user?{SPAN}", ["date", "hub", "component", "user", "usergroup", "value"]),
        (
            f"/costs-per-user?{SPAN}&hub=all&component=compute&limit=10&usergroup={{geo,bio}}",
            ["date", "hub", "component", "user", "usergroup", "value"],
        ),
        (
            f"/costs-per-user?{SPAN}&hub=All&component=home%20storage&user=&limit=&usergroup=%7Bgeo%2Cbio%7D",
            ["date", "hub", "component", "user", "usergroup", "value"],
        ),
        (f"/total-usage?{SPAN}&hub=all&component=all&user=all", ["date", "hub", "component", "user", "value"]),
        (f"/usage-per-user?{SPAN}", ["date", "hub", "component", "user", "usergroup", "value"]),
        (f"/days?{SPAN}", ["date", "state"]),
        ("/user-groups", ["hub", "username", "username_escaped", "usergroup"]),
        ("/users-with-multiple-groups", ["username", "hub", "usergroup"]),
        ("/users-with-no-groups", ["username", "hub"]),
    ],
)
def test_urls_of_existing_panels_give_their_columns_in_order(prometheus_3: Site, url: str, columns: list[str]) -> None:
    answer = prometheus_3.client.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    rows = answer.json()
    assert rows
    assert all(list(row) == columns for row in rows)
    joined = f"{url}{'&' if '?' in url else '?'}format=csv"
    table = prometheus_3.client.get(joined)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.text.endswith("\r\n")
    lines = list(csv.reader(io.StringIO(table.text, newline="")))
    assert lines[0] == columns
    assert [[cell.removeprefix("'") for cell in line] for line in lines[1:]] == [
        [str(value) for value in row.values()] for row in rows
    ]


# The text of the queries of jupyterhub-cost-monitoring's dashboards (commit f23bec1), after the host.
_DAYS = "from=${__from:date}&to=${__to:date}"
_OF_USERS = f"/costs-per-user?{_DAYS}"
_OF_COMPONENTS = tuple(
    f"/total-costs-per-component?{_DAYS}&component={name}{hub}"
    for hub in ("", "&hub=$hub_general")
    for name in ("compute", "home%20storage", "object%20storage", "core", "networking")
)
QUERIES = (
    f"/hub-names?{_DAYS}", f"/component-names?{_DAYS}", f"/total-costs?{_DAYS}", f"/total-costs-per-hub?{_DAYS}",
    f"/total-costs-per-component?{_DAYS}", *_OF_COMPONENTS, f"/total-costs-per-group?{_DAYS}",
    "/users-with-multiple-groups", "/users-with-no-groups",
    _OF_USERS, f"{_OF_USERS}&hub=$hub_user&component=$component&limit=$limit",
    f"{_OF_USERS}&hub=$hub_user&component=$component&usergroup=$usergroup",
)  # fmt: skip
# As Grafana fills them in: several values in braces, with the dashboards' own values of "All".
ALL_CHOSEN = {"hub_general": "{dev,empty,prod,support}", "hub_user": "All", "component": "all", "limit": ""}
ONE_CHOSEN = {"hub_general": "{dev,support}", "hub_user": "{prod,All}", "component": "compute", "limit": "5"}


@pytest.mark.parametrize("chosen", [{**ALL_CHOSEN, "usergroup": "all"}, {**ONE_CHOSEN, "usergroup": "{geo,bio}"}])
def test_queries_of_existing_dashboards_have_rows_and_those_of_users_have_users_only(
    prometheus_3: Site, chosen: dict[str, str]
) -> None:
    filled = {"{__from:date}": "2026-01-05T00:00:00.000Z", "{__to:date}": "2026-01-12T15:07:23.000Z", **chosen}
    for text in QUERIES:
        url = re.sub(r"\$(\{[^}]+\}|\w+)", lambda match: filled[match[1]], text)
        answer = prometheus_3.client.get(url)
        assert answer.status_code == 200, url
        rows = answer.json()
        assert bool(rows) is ("object%20storage" not in url), url  # of which the bill has none
        if text.startswith(_OF_USERS):
            assert len({row["user"] for row in rows}) >= 3
            assert not RESTS & {row["user"] for row in rows}
            assert {row["component"] for row in rows} <= {"compute", "gpu", "home storage"}


def test_a_panel_per_component_of_existing_dashboards_begins_with_those_that_have_users(prometheus_3: Site) -> None:
    names = prometheus_3.client.get("/component-names").json()
    with_users = [bool(prometheus_3.client.get(f"/costs-per-user?{SPAN}&component={name}").json()) for name in names]
    assert with_users == sorted(with_users, reverse=True)
    assert with_users[0]
    assert not with_users[-1]


def test_a_spreadsheet_computes_no_name(prometheus_3: Site) -> None:
    text = prometheus_3.client.get("/costs-per-user", params=ALL | {"format": "csv", "user": "{anna,-2+3,x--y}"}).text
    cells = {cell for line in csv.reader(io.StringIO(text, newline="")) for cell in line}
    assert {"'=cmd|'/c'!A1", "'-2+3", "x--y", "anna"} <= cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_an_empty_table_has_its_columns_and_an_empty_array(prometheus_3: Site) -> None:
    past = {"from": "2020-01-01", "to": "2020-01-31"}
    assert prometheus_3.get("/costs-per-user", **past) == []
    assert prometheus_3.client.get("/total-costs", params=past | {"format": "csv"}).text == "date,cost,name\r\n"


def test_who_is_in_which_groups(prometheus_3: Site) -> None:
    rows = prometheus_3.get("/user-groups")
    assert {(r["hub"], r["username"], r["usergroup"]) for r in rows} == {
        ("dev", "ann", "geo"), ("dev", "max", "none"), ("prod", "-2+3", "geo"), ("prod", "Bob-Smith", "bio"),
        ("prod", "ana.lópez@uni.edu", "geo"), ("prod", "ann", "bio"), ("prod", "anna", "=cmd|'/c'!A1"),
        ("prod", 'o"brien\\', "bio"), ("prod", 'o"brien\\', "geo"), ("prod", "x--y", "none"),
        *(("prod", LONG, group) for group in ("a", "b", "ç {d},e")),
    }  # fmt: skip
    assert rows == sorted(rows, key=lambda r: (r["hub"], r["username"], r["usergroup"]))
    assert {r["username_escaped"] for r in rows if r["username"].startswith("ana.")} == {"ana-2el-c3-b3pez-40uni-2eedu"}
    several = prometheus_3.get("/users-with-multiple-groups")
    assert [(r["username"], r["usergroup"]) for r in several] == [
        ('o"brien\\', "bio"), ('o"brien\\', "geo"), (LONG, "a"), (LONG, "b"), (LONG, "ç {d},e"),
    ]  # fmt: skip
    assert prometheus_3.get("/users-with-no-groups") == [
        {"username": "max", "hub": "dev"},
        {"username": "x--y", "hub": "prod"},
    ]
    assert prometheus_3.get("/users-with-no-groups", hub="dev") == [{"username": "max", "hub": "dev"}]


@pytest.mark.parametrize(
    ("sentence", "parameters", "first", "last"),
    [
        ("without days, the last 30", {}, FIRST, TODAY),
        ("both days are included", {"from": "2026-01-07", "to": "2026-01-07"}, *(FIRST + timedelta(2),) * 2),
        ("to alone ends 30 days", {"to": "2026-01-06"}, FIRST, FIRST),
        ("from alone goes up to today", {"from": "2026-01-11"}, TODAY - timedelta(1), TODAY),
        ("days to come are left out", {"from": "2026-01-12", "to": "2100-01-01"}, TODAY, TODAY),
        ("to alone, in the future, is the last 30 days", {"to": "2026-03-31"}, FIRST, TODAY),
        ("an offset is converted to UTC", {"from": "2026-01-12T01:00:00+02:00"}, TODAY - timedelta(1), TODAY),
        ("empty is absent", {"from": "", "to": ""}, FIRST, TODAY),
    ],
)
def test_days(prometheus_3: Site, sentence: str, parameters: dict[str, str], first: Any, last: Any) -> None:
    dates = [row["date"] for row in prometheus_3.get("/total-costs", **parameters)]
    assert (min(dates), max(dates)) == (str(first), str(last)), sentence


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"from": "yesterday"}, "from is 'yesterday', which is not a day; allowed are a date (2025-01-31)"),
        ({"from": "2026-02-30"}, "from is '2026-02-30', which is not a day"),
        ({"to": "1767571200000"}, "to is '1767571200000', which is not a day"),
        ({"to": "20260105"}, "to is '20260105', which is not a day"),
        ({"from": "2026-01-05T25:00:00Z"}, "which is not a day"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "which is not a day"),
        ({"from": "1969-12-31"}, "the first allowed day is 2000-01-01"),
        ({"from": "2026-01-06", "to": "2026-01-05"}, "from (2026-01-06) is after to (2026-01-05)"),
        ({"from": "2000-01-01", "to": "2026-01-01"}, "the maximum is 3660"),
        ({"limit": "0"}, "limit is '0'; it must be a whole number above 0"),
        ({"limit": "-1"}, "limit is '-1'"),
        ({"limit": "ten"}, "limit is 'ten'"),
        ({"format": "xml"}, "format is 'xml': Input should be 'json' or 'csv'"),
    ],
)
def test_an_invalid_parameter_is_named(prometheus_3: Site, parameters: dict[str, str], sentence: str) -> None:
    answer = prometheus_3.client.get("/costs-per-user", params=parameters)
    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


def test_ready_metrics_and_what_there_is(prometheus_3: Site) -> None:
    assert prometheus_3.get("/ready") == prometheus_3.get("/health/ready") == {"status": "ready"}
    index = prometheus_3.get("/")
    assert prometheus_3.get("/index") == index
    assert {"/total-costs", "/costs-per-user", "/users-with-no-groups", "/metrics"} <= index.keys()
    assert all(prometheus_3.client.get(path).status_code == 200 for path in index)
    for encoding in ("identity", "gzip"):
        metrics = prometheus_3.client.get("/metrics", headers={"Accept-Encoding": encoding})
        assert metrics.content == TEXT
    assert metrics.headers["content-type"] == Format.TEXT.value
    asked = {"Accept": "application/openmetrics-text;version=1.0.0"}
    assert prometheus_3.client.get("/metrics", headers=asked).headers["content-type"] == Format.OPENMETRICS.value
    docs = prometheus_3.client.get("/docs")
    assert docs.headers["content-type"] == "text/html; charset=utf-8"
    assert "style-src 'sha256-" in docs.headers["content-security-policy"]
    assert "<script" not in docs.text
    assert all(f"<code>{path}</code>" in docs.text for path in index)


def test_every_answer_keeps_browsers_from_doing_more_with_it(prometheus_3: Site) -> None:
    for path, status in (("/total-costs", 200), ("/nothing", 404), ("/total-costs?from=x", 422), ("/docs", 200)):
        answer = prometheus_3.client.get(path)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == "no-store"
    assert prometheus_3.client.get("/nothing").json() == {"detail": "there is no path /nothing; / lists all paths"}
    posted = prometheus_3.client.post("/total-costs")
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET")


def test_a_cloud_that_cannot_be_read_is_named_where_there_is_no_bill(prometheus_3: Site) -> None:
    prometheus_3.not_ready = "no bill has been read yet; the last attempt failed: the AWS credentials have expired"
    try:
        ready = prometheus_3.client.get("/ready")
        assert (ready.status_code, ready.json()["detail"]) == (503, prometheus_3.not_ready)
        nothing = prometheus_3.client.get("/total-costs", params={"from": "2025-01-01", "to": "2025-01-02"})
        assert nothing.status_code == 502
        assert nothing.json() == {"detail": f"the cloud's bill: {prometheus_3.not_ready}"}
        assert prometheus_3.get("/total-costs", **ALL)  # the bills read before
    finally:
        prometheus_3.not_ready = None


@contextmanager
def deaf() -> Iterator[str]:
    """A Prometheus that takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://user:secret@127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def gone() -> Iterator[str]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))  # bound, not listening: the connection is refused
        yield f"http://user:secret@127.0.0.1:{s.getsockname()[1]}"


@pytest.mark.parametrize(("broken", "status"), [(gone, 502), (deaf, 504)])
def test_a_prometheus_that_does_not_answer_is_named(prometheus_3: Site, broken: Callable[[], Any], status: int) -> None:
    paths = ["/costs-per-user", "/total-costs-per-group", "/total-usage", "/user-groups", "/hub-names"]
    with broken() as url, requests.Session() as session:
        usage = History(prometheus_3.ledger.file, Usage(Prometheus(url, session, timeout=0.2), lambda: NOW))
        with serving(replace(prometheus_3.backend, usage=usage)) as client:
            for path in paths:
                answer = client.get(path)
                assert answer.status_code == status
                assert answer.json()["detail"].startswith("Prometheus: ")
                assert "secret" not in answer.text
            ready = client.get("/ready")
            assert ready.status_code == 503
            assert ready.json()["detail"].startswith("Prometheus: ")
            assert client.get("/total-costs").status_code == 200  # needs no Prometheus


def test_a_new_prometheus_and_an_empty_ledger_give_empty_tables(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger", 2, lambda: NOW)
    with running("Prometheus 3", tmp_path) as engine:
        usage = History(ledger.file, Usage(Prometheus(engine.url, engine.session), lambda: NOW))
        backend = Backend(ledger, usage, Allocation(), lambda: METRICS, lambda: None, "1.2.3")
        with serving(backend) as client:
            for path in client.get("/").json():
                if path.startswith(("/total", "/costs", "/user", "/hub-", "/component")):
                    assert client.get(path).json() == [], path
    ledger.close()


WITH_PARAMETERS = [
    "/hub-names", "/component-names", "/total-costs", "/total-costs-per-hub", "/total-costs-per-component",
    "/total-costs-per-group", "/costs-per-user", "/total-usage", "/usage-per-user", "/days", "/user-groups",
    "/users-with-multiple-groups", "/users-with-no-groups",
]  # fmt: skip
WITHOUT = ["/", "/index", "/ready", "/health/ready", "/docs", "/metrics"]
# OpenAPI cannot state that a day exists, and that "from" is not after "to": status 422 for these parameters is right.
UNSAID = re.compile(r"(from|to)\b")


def test_openapi_describes_every_path_and_its_parameters(prometheus_3: Site) -> None:
    paths = prometheus_3.get("/openapi.json")["paths"]
    assert [path for path, on in paths.items() if on["get"].get("parameters")] == WITH_PARAMETERS
    assert sorted(path for path, on in paths.items() if not on["get"].get("parameters")) == sorted(WITHOUT)


def test_the_page_of_the_docs_has_every_path_its_parameters_and_its_columns(prometheus_3: Site) -> None:
    page = (Path(__file__).parents[2] / "docs/cost-api.md").read_text(encoding="utf-8")
    table = page.partition("## Paths")[2].partition("\n\n")[0]
    documented = {
        path: (re.findall(r"days|`(\w+)`", parameters), json.loads(example.strip("`") or "null"))
        for paths, parameters, example in re.findall(
            r"^\| (`/[^|]*`) \| ([^|]*?) ?\| (`\[[^`]*`|)", table, re.MULTILINE
        )
        for path in re.findall(r"`(/[^`]*)`", paths)
    }
    described = prometheus_3.get("/openapi.json")
    assert documented.keys() - {"/docs", "/openapi.json"} == described["paths"].keys() - {"/docs"}
    for path, operations in described["paths"].items():
        parameters, example = documented[path]
        names = [parameter["name"] for parameter in operations["get"].get("parameters", [])]
        assert [name for name in names if name not in {"from", "to", "format"}] == [name for name in parameters if name]
        assert ("from" in names) is ("" in parameters), path
        schema = operations["get"]["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
        if reference := schema.get("items", {}).get("$ref"):
            columns = list(described["components"]["schemas"][reference.rpartition("/")[2]]["properties"])
            assert [list(row) for row in example] == [columns] * len(example), path


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        *((path, GenerationMode.POSITIVE) for path in (*WITH_PARAMETERS, *WITHOUT)),
        *((path, GenerationMode.NEGATIVE) for path in WITH_PARAMETERS),
    ],
)
def test_schemathesis_finds_nothing(prometheus_3: Site, path: str, mode: GenerationMode) -> None:
    operation = schemathesis.openapi.from_url(f"{prometheus_3.client.base_url}/openapi.json")[path]["GET"]

    @given(operation.as_strategy(generation_mode=mode))
    @settings(max_examples=20, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def holds(case: Any) -> None:
        response = case.call(timeout=PATIENCE)
        unsaid = response.status_code == 422 and UNSAID.match(response.json()["detail"])
        case.validate_response(response, excluded_checks=[positive_data_acceptance] if unsaid else [])

    holds()
