"""The page of a group behind real hubs, with a real Prometheus: who sees which group, and what it shows."""

import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jsonschema  # type: ignore[import-untyped] # ships no types
import pytest
import requests

from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_promql import names
from hubmeter_promql.month import period
from tests.demo.prometheus import newest
from tests.engines.engine import Engine, running
from tests.engines.recorded import heartbeat, record
from tests.hub.jupyterhub import VERSIONS, Hub, Service, real_hub
from tests.hub.test_usage_page import (
    CHECKOUT,
    EVIL,
    Browser,
    browser,  # noqa: F401 # a fixture
    newest_hub,
    running_browser,  # noqa: F401 # a fixture
    wait_for,
)
from tests.tools import TOOLS
from tests.waiting import PATIENCE, free_port

NAMESPACE: Final = "prod"
ODD: Final = 'a/b "q" ü <b>{{ 7 * 7 }} 100%'
SCHEMA: Final = json.loads((Path(period.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
USERS: Final = {
    "ana": ["staff"],  # leads bio by the setting
    "pat": ["chem-leads", "bio"],  # leads chem by the name of a group, and is a member of bio
    "sue": ["staff"],  # has the hub's permission on bio
    "odd": ["staff"],  # leads a group with an odd name by the setting
    "bob": ["bio"],
    "root": [],
}
LED: Final = {"ana": {"bio"}, "pat": {"chem"}, "sue": {"bio"}, "odd": {ODD, "All"}, "bob": set()}
GROUPS: Final = ("bio", "chem", ODD, "All", "all", "none", "BIO", "bio-leads", "staff", "nothing")
# Hours with a server each day, by group and member; bob left after the first days.
MEMBERS: Final = {
    "bio": {"ana": 2.0, "bob": 3.0, EVIL: 4.0},
    "chem": {"=cas": 5.0},
    ODD: {"oda": 6.0},
    "All": {"alma": 7.0},
    "none": {"guest": 1.0},
}
GIB: Final = float(2**30)
DAYS: Final = 70  # the month before this one, and more
CONFIG: Final = """\
c.UsageConfig.prometheus_url = {prometheus!r}
c.UsageConfig.hub_namespace = {namespace!r}
c.UsageViewer.session_secret_key = "a key for the tests of at least 32 characters"
c.UsageViewer.group_leads = {{"bio": ["ana"], {odd!r}: ["odd"], "All": ["odd"]}}
c.UsageViewer.group_leads_pattern = "{{group}}-leads"
"""


def samples(now: float) -> Iterator[Series]:
    """Yield what rules recorded in DAYS days: each member's server, home directory and price, and another hub's."""
    today = int(now // 86_400) * 86_400
    days = range(today - DAYS * 86_400, today, 86_400)
    noons = [(day + 43_200) * 1000 for day in days]
    for group, members in MEMBERS.items():
        hub = {"namespace": NAMESPACE, "usergroup": group}
        hours = sum(members.values())
        for resource, of_hour in ((names.SERVERS, 1.0), (names.MEMORY_REQUESTS, 4 * GIB), (names.CPU_REQUESTS, 2.0)):
            series = names.group(names.BUCKETS[resource])
            yield {"__name__": series, **hub}, [(noon, hours * of_hour) for noon in noons]
        yield {"__name__": names.group(names.SERVERS), **hub}, [(noon, 1.0) for noon in noons]
        used = names.by_driver(names.group(names.COST_USAGE_DAY))
        later = [(day + 90_000) * 1000 for day in days if day + 90_000 < now]
        yield {"__name__": used, **hub, "driver": "compute"}, [(at, hours * 4 * GIB) for at in later]
        for user, of_day in members.items():
            of_user = {**hub, "username": user}
            kept = noons[:-5] if user == "bob" else noons
            yield {"__name__": names.pair(names.BUCKETS[names.SERVERS]), **of_user}, [(noon, of_day) for noon in kept]
            used = names.by_driver(names.pair(names.COST_USAGE_DAY))
            yield {"__name__": used, **of_user, "driver": "compute"}, [(at, of_day * 4 * GIB) for at in later]
    # The group of the same name on another hub.
    eve = {"namespace": "other", "usergroup": "bio", "username": "eve"}
    yield {"__name__": names.pair(names.BUCKETS[names.SERVERS]), **eve}, [(noon, 24.0) for noon in noons]
    six_hourly = [at * 1000 for at in range(days[0], int(now), 21_600)]
    for day in days:
        price = {"component": "compute", "driver": "compute", "day": str(day // 86_400), "estimated": "false"}
        yield (
            {"__name__": "jupyterhub_unit_price_usd", "namespace": NAMESPACE, **price},
            [(at, 0.5 / GIB) for at in six_hourly if 0 <= at - day * 1000 <= 35 * 86_400_000],
        )
    hourly = [at * 1000 for at in range(days[0], int(now), 3_600)]
    yield {"__name__": names.USAGE_RECORDED, "namespace": NAMESPACE}, [(at, 5.0) for at in hourly]


def present(now: float) -> Iterator[Series]:
    """Yield what rules record now, of members of bio and of another group."""
    ages = range(7_200, -1, -60)
    for group, user, memory, cpu in (("bio", "ana", 1.0, 0.01), ("bio", EVIL, 3.5, 1.5), ("chem", "=cas", 1.0, 0.01)):
        of_user = {"namespace": NAMESPACE, "username": user}
        for name, value in (
            (names.user(names.SERVERS), 1.0),
            (names.user(names.MEMORY_REQUESTS), 4 * GIB),
            (names.user(names.MEMORY_WORKING_SET), memory * GIB),
            (names.user(names.CPU_REQUESTS), 2.0),
            (names.user(names.CPU_USAGE), cpu),
            (names.user(names.HOME), 9.5 * GIB),
            (names.user(names.HOME_LIMIT), 10 * GIB),
        ):
            yield {"__name__": name, **of_user}, [(round((now - age) * 1000), value) for age in ages]
        of_pair = {**of_user, "usergroup": group}
        row = {**of_user, "resource": "memory", "window": "7d"}
        for labels, value in (
            ({"__name__": names.SHARE, **of_pair}, 1.0),
            ({"__name__": names.QUOTA_MEMBERSHIP, **of_pair}, 1.0),
            ({"__name__": names.QUOTA_LIMIT, **row}, 100 * GIB),
            ({"__name__": names.QUOTA_USED, **row}, 42 * GIB),
            ({"__name__": names.QUOTA_RATIO, **row}, 0.42),
        ):
            yield labels, [(round(now * 1000), value)]
    yield heartbeat(now, {"namespace": NAMESPACE})


@dataclass
class Site:
    """A hub with the page, and sessions of users who have logged in."""

    hub: Hub
    sessions: dict[str, requests.Session] = field(default_factory=dict)

    def url(self, service: str = "usage", path: str = "") -> str:
        return f"{self.hub.url}/services/{service}/{path}"

    def as_user(self, username: str) -> requests.Session:
        """Return the session of a user, who logs in at the hub the first time."""
        if username not in self.sessions:
            session = self.sessions[username] = requests.Session()
            session.get(f"{self.hub.url}/hub/login", timeout=PATIENCE)
            fields = {"username": username, "password": "any", "_xsrf": session.cookies.get("_xsrf", path="/hub/")}
            session.post(f"{self.hub.url}/hub/login?next=/hub/logo", data=fields, timeout=PATIENCE).raise_for_status()
            session.get(self.url(), timeout=PATIENCE).raise_for_status()  # gets the cookie of the service
        return self.sessions[username]

    def get(self, username: str, path: str) -> requests.Response:
        return self.as_user(username).get(self.url(path=path), timeout=PATIENCE, allow_redirects=False)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(newest(), tmp_path_factory.mktemp("prometheus"), lookback="1h") as engine:
        write(engine.write_url, samples(time.time()), session=engine.session)
        record(engine, present(time.time()))
        yield engine


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"JupyterHub {version}")
def site(request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp(f"hub{request.param}")
    services = []
    away = f"http://127.0.0.1:{free_port()}"
    for name, prometheus in (("usage", engine.url), ("usage-away", away)):
        config = folder / f"{name}.py"
        config.write_text(CONFIG.format(prometheus=prometheus, namespace=NAMESPACE, odd=ODD), encoding="utf-8")
        command = [str(TOOLS / f"hub{request.param}/bin/python"), "-m", "hubmeter_hub.usage_page"]
        metadata = folder / "hubmeter-0.dist-info" / "METADATA"
        metadata.parent.mkdir(exist_ok=True)
        metadata.write_text("Metadata-Version: 2.1\nName: hubmeter\nVersion: 0\n", encoding="utf-8")
        path = ":".join([*(str(CHECKOUT / part) for part in ("common", "promql", "hub")), str(folder)])
        url = f"http://127.0.0.1:{free_port()}"
        services.append(Service(name, [], url, [*command, f"--config-files={config}"], {"PYTHONPATH": path}))
    access = "access:services!service=usage"
    tokens = [
        Service("ana", [access]),  # has the name of a lead
        Service("of-bio", [access, "read:groups!group=bio"]),
        Service("of-all", [access, "read:groups"]),
    ]
    extra = f"""
c.KeepCase.admin_users = {{"root"}}
c.JupyterHub.load_roles.append({{"name": "user", "scopes": ["self", {access!r}, {access + "-away"!r}]}})
c.JupyterHub.load_roles.append({{"name": "bio", "scopes": ["read:groups!group=bio"], "users": ["sue"]}})
for service in c.JupyterHub.services:
    if "url" in service:
        service["oauth_no_confirm"] = True
        service["oauth_client_allowed_scopes"] = ["read:groups"]
"""
    with real_hub(request.param, USERS, [*services, *tokens], extra, folder) as hub:
        site = Site(hub)
        for service in services:
            wait_for(site.url(service.name), hub)
        for service in tokens:
            site.sessions[f"service {service.name}"] = requests.Session()
            site.sessions[f"service {service.name}"].headers["Authorization"] = f"token {service.token}"
        yield site


@pytest.mark.parametrize("username", LED)
def test_leads_see_their_groups_and_nobody_sees_another(site: Site, username: str) -> None:
    led = LED[username]
    for group in {*GROUPS, "", "bio,chem", "bio|chem", ".*", "bio\x00", "bio ", "%62io", "bio&name=chem"}:
        for path in (
            ("api/group", "group.csv", "group") if group in {"bio", "chem", ODD, "", "none"} else ("api/group",)
        ):
            answer = site.get(username, f"{path}?name={quote(group, safe='')}")
            shown = group in led
            if group == "":  # the only group, or the choice of one
                assert answer.status_code == (403 if not led else 200 if path == "group" else 400), (path, group)
            else:
                assert answer.status_code == (200 if shown else 403), (path, group)
            if not shown and group:
                assert not any(user in answer.text for users in MEMBERS.values() for user in users if user != username)
        if group in led:
            document = site.get(username, f"api/group?name={quote(group, safe='')}").json()
            assert document["group"] == group
            assert {member["user"] for member in document["members"]} == {*MEMBERS[group]}
    # The last of several names counts, for access and for what is shown.
    if len(led) == 1:
        (name,) = led
        assert site.get(username, "api/group").json()["group"] == name
        assert site.get(username, f"api/group?name={quote(name)}&name=All").status_code == 403
        assert site.get(username, f"api/group?name=All&name={quote(name)}").json()["group"] == name
    assert site.get(username, "group/bio").status_code == 404
    assert site.get(username, "Group?name=bio").status_code == 404


def test_services_need_the_permission_of_their_token(site: Site) -> None:
    def status(service: str, group: str) -> int:
        return site.get(f"service {service}", f"api/group?name={group}").status_code

    assert status("ana", "bio") == 403
    assert (status("of-bio", "bio"), status("of-bio", "chem"), status("of-bio", "none")) == (200, 403, 403)
    assert (status("of-all", "bio"), status("of-all", "chem"), status("of-all", "none")) == (200, 200, 403)
    assert requests.get(site.url(path="api/group?name=bio"), timeout=PATIENCE).status_code == 401
    for path in ("group?name=bio", "group.csv?name=bio"):
        assert requests.get(site.url(path=path), timeout=PATIENCE, allow_redirects=False).status_code == 302


@newest_hub
def test_administrators_choose_any_group(site: Site) -> None:
    page = site.get("root", "group").text
    for group in MEMBERS:
        assert quote(group, safe="").replace("%20", "+") in page
        assert site.get("root", f"api/group?name={quote(group, safe='')}").json()["group"] == group
    assert "<b>{{" not in page
    assert site.get("root", "api/group?name=nothing").json()["members"] == []


@newest_hub
def test_all_forms_have_the_numbers_of_prometheus(site: Site) -> None:
    days = period.parse("", time.time())  # the whole month before this one
    document = site.get("ana", f"api/group?name=bio&month={days.month}").json()
    jsonschema.validate(document, SCHEMA)
    members = {member["user"]: member for member in document["members"]}
    known = len(days.days)
    assert members["ana"]["server_hours"] == pytest.approx(2 * known)
    assert members["ana"]["usd"] == pytest.approx(2 * known * 4 * 0.5)
    assert members.keys() == MEMBERS["bio"].keys()  # eve is of another hub
    assert document["settled_usd"] == pytest.approx(9 * known * 4 * 0.5)
    assert document["usage"]["server_hours"] == pytest.approx(9 * known)
    assert "now" not in document
    rows = [*csv.DictReader(io.StringIO(site.get("ana", f"group.csv?month={days.month}").content.decode("utf-8-sig")))]
    assert {row["user"]: float(row["cost_usd"]) for row in rows} == {
        user: member["usd"] for user, member in members.items()
    }
    assert "'=cas" in site.get("pat", "group.csv").text
    page = site.get("ana", f"group?month={days.month}").text
    assert f"${document['total_usd']:,.2f}" in page
    assert "Servers that run now" not in page


@newest_hub
def test_this_month_has_what_members_have_now(site: Site) -> None:
    now = site.get("ana", "api/group").json()["now"]
    assert {row["username"]: (row["idle"], row["oversized"]) for row in now["servers"]} == {
        "ana": (True, True),
        EVIL: (False, False),
    }
    assert {(row["username"], row["window"], row["used"] / row["limit"]) for row in now["limits"]} == {
        ("ana", "7d", 0.42),
        (EVIL, "7d", 0.42),
    }
    assert {row["username"]: row["used"] / row["limit"] for row in now["homes"]} == {"ana": 0.95, EVIL: 0.95}


@newest_hub
def test_months_before_the_first_recorded_day_say_so(site: Site) -> None:
    first = datetime.now(UTC).date() - timedelta(DAYS)
    document = site.get("ana", "api/group?month=2020-02").json()
    assert (document["total_usd"], document["members"]) == (0.0, [])
    assert document["notes"]["first_day"] == str(first)
    assert "Usage and costs are known from" in site.get("ana", "group?month=2020-02").text


@newest_hub
@pytest.mark.parametrize("month", ["2026", "2026-13", "0001-01", "9999-12", "2026-10-01", "<b>", "' OR 1"])
def test_other_texts_than_months_are_invalid(site: Site, month: str) -> None:
    for path in ("group", "group.csv", "api/group"):
        answer = site.get("ana", f"{path}?month={quote(month)}")
        assert answer.status_code == 400
        assert "<b>" not in answer.text


@newest_hub
def test_answers_are_private_and_inert(site: Site) -> None:
    for path in ("group", "group.csv", "api/group", "group?name=chem", "group?month=x"):
        answer = site.get("ana", path)
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert site.as_user("ana").post(site.url(path=path), data="x", timeout=PATIENCE).status_code in {403, 405}
    assert site.get("odd", f"group.csv?name={quote(ODD, safe='')}").headers["Content-Disposition"].isascii()


@newest_hub
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_fits_is_accessible_and_shows_names_as_text(site: Site, browser: Browser, width: int) -> None:  # noqa: F811 # the fixture
    for username, group, h1 in (("ana", "bio", "bio"), ("odd", ODD, ODD), ("root", "none", "Users without a group")):
        with browser.emulating(width=width, dark=width == 390):
            browser.log_in(site, username, path=f"group?name={quote(group, safe='')}")  # type: ignore[arg-type] # its url is all that is used
            assert browser.text("h1").startswith(h1)
            size: Any = browser.script("return [document.documentElement.scrollWidth, innerWidth]")
            assert size[0] <= size[1]
            assert browser.accessibility() == []
            assert len(browser.all("figure svg.chart")) == 2
            assert [image.get_attribute("src") for image in browser.all("img")] == [f"{site.hub.url}/hub/logo"]
    assert browser.complaints() == []


@newest_hub
def test_without_prometheus_the_page_says_so(site: Site) -> None:
    session = site.as_user("ana")
    for path in ("group", "api/group", "group.csv"):
        answer = session.get(site.url("usage-away", path), timeout=PATIENCE)
        assert answer.status_code == 503
        assert "Usage cannot be shown right now" in answer.text


@newest_hub
def test_the_menu_has_the_page_for_those_who_may_see_a_group(site: Site) -> None:
    for username in ("ana", "pat", "sue", "root"):
        assert "/services/usage/group" in site.get(username, "").text
    assert "/services/usage/group" not in site.get("bob", "").text
