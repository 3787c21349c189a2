"""The usage page in a real Chromium, behind real hubs, with a real Prometheus; logging in included."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from hubmeter_generator.operate.remote_write import write
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.usage_page.reading import PageReadings
from hubmeter_hub.usage_page.summary import Reading
from hubmeter_promql import names
from tests.browser import chromium
from tests.demo.prometheus import newest
from tests.engines.engine import Engine, running
from tests.engines.recorded import bucket_end, buckets, evenly, heartbeat, record
from tests.hub.jupyterhub import VERSIONS, Hub, Service, real_hub
from tests.tools import TOOLS
from tests.waiting import PATIENCE, free_port, wait_until

CHECKOUT = Path(__file__).parents[2]
AXE = TOOLS / "node_modules/axe-core/axe.min.js"

NAMESPACE: Final = "prod"
EVIL: Final = "<img src=x onerror=alert(1)>"
EVIL_GROUP: Final = "<svg onload=alert(2)>{{ 7 * 7 }}"
LOPEZ: Final = "ana.lópez@uni.edu"
USERS: Final = {
    "ann": ["staff"],
    "mia": ["staff"],
    "anna": ["staff"],
    "bob": ["staff", "students", "alumni"],
    "zed": ["students"],
    "eve": ["staff"],  # began two days ago
    "free": [],
    "max": ["staff", *(f"class-of-year-{i}" for i in range(39))],
    LOPEZ: ["staff"],
    EVIL: ["staff", EVIL_GROUP],
    "root": [],
}
GIB: Final = float(2**30)
BUCKET: Final = 300
DAYS: Final = 30
# Memory in GiB-hours of the last 7 days, by user.
MEMORY: Final = {
    "ann": 620.0,
    "mia": 934.0,
    "anna": 111.0,
    "bob": 950.0,
    "zed": 330.0,
    "max": 9.0,
    LOPEZ: 5.0,
    EVIL: 777.0,
}
FOOTER: Final = "If you need more, write to support@example.org."

CONFIG: Final = """\
c.UsageConfig.prometheus_url = {prometheus!r}
c.UsageConfig.hub_namespace = {namespace!r}
c.UsageConfig.prometheus_timeout = 60.0
c.UsageQuotaManager.scope_backup_strategy = {{"intersection": "min"}}
c.UsageQuotaManager.policy = [
    {{"resource": "memory", "limit": {{"value": 1000, "unit": "GiB"}}, "window": 7, "scope": {{"group": "staff"}}}},
    {{"resource": "memory", "limit": "300GiB", "window": 7, "scope": {{"group": ["students"]}}}},
    {{"resource": "memory", "limit": "1200GiB", "window": 7, "scope": {{"group": ["alumni"]}}}},
    {{"resource": "memory", "limit": "2000GiB", "window": 7, "scope": {{"group": [{evil_group!r}]}}}},
    {{"resource": "cpu", "limit": "400 CPU-hours", "window": 30, "scope": {{"group": "staff"}}}},
    {{"resource": "gpu", "limit": "24 GPU-hours", "window": "36h", "scope": {{"group": "staff"}}}},
]
c.UsageQuotaManager.grants_file = {grants!r}
c.UsageViewer.footer_note = {footer!r}
c.UsageViewer.service_port = {port}
"""
SECRET: Final = 'c.UsageViewer.session_secret_key = "a key for the tests of at least 32 characters"\n'

# Services that differ in what their Prometheus knows: everything, nothing yet, nothing new, or it is away.
STATES: Final = {"usage": NAMESPACE, "usage-empty": "new-hub", "usage-stale": "old-hub", "usage-away": NAMESPACE}

# What depends on the browser and on Prometheus, and not on the hub's version.
newest_hub = pytest.mark.parametrize("site", VERSIONS[-1:], indirect=True, ids=lambda version: f"JupyterHub {version}")


def shape(t: float) -> float:
    """Return how busy users are at a time: little at night, less at the end of the week."""
    hour, day = t % 86400 / 3600, int(t // 86400)
    return (1.0 if 7 <= hour < 19 else 0.15) * (0.3 if day % 7 in {2, 3} else 1.0 + 0.25 * (day % 3))


def samples(now: float) -> list[tuple[dict[str, str], list[tuple[int, float]]]]:
    """Return what rules would have recorded of the hub in DAYS days."""
    last = int(now // BUCKET) * BUCKET
    ends = range(last - DAYS * 86400 + BUCKET, last + 1, BUCKET)
    week = sum(shape(t) for t in ends if t > now - 7 * 86400)
    bucket = {
        name: names.user(names.BUCKETS[name])
        for name in (names.MEMORY_REQUESTS, names.CPU_REQUESTS, names.GPU_REQUESTS)
    }
    of: list[tuple[dict[str, str], list[tuple[int, float]]]] = []

    def add(name: str, values: Sequence[tuple[int, float]], **labels: str) -> None:
        of.append(({"__name__": name, **labels}, [(t * 1000, value) for t, value in values]))

    for user, amount in MEMORY.items():
        labels = {"namespace": NAMESPACE, "username": user}
        add(bucket[names.MEMORY_REQUESTS], [(t, amount * GIB * shape(t) / week) for t in ends], **labels)
        add(bucket[names.CPU_REQUESTS], [(t, amount * 0.06 * shape(t) / week) for t in ends], **labels)
    two_days = [(t, 500 * GIB / 576) for t in ends if now - t < 2 * 86400]
    add(bucket[names.MEMORY_REQUESTS], two_days, namespace=NAMESPACE, username="eve")
    add(
        bucket[names.GPU_REQUESTS],
        [(t, 1 / 12) for t in ends if now - t < 6 * 3600],
        namespace=NAMESPACE,
        username="mia",
    )
    # The same user of another hub, and an old hub that is silent for two hours now.
    add(bucket[names.MEMORY_REQUESTS], [(t, 1e15) for t in ends[-9:]], namespace="other", username="ann")
    add(bucket[names.MEMORY_REQUESTS], [(t, 1e9) for t in ends if t < now - 7200], namespace="old-hub", username="ann")
    add(
        names.QUOTA_LIMIT,
        [(t, 36.0) for t in ends[-9:]],
        namespace=NAMESPACE,
        username="ann",
        resource="gpu",
        window="36h",
    )
    add(
        names.QUOTA_LIMIT,
        [(t, 9.0) for t in ends[-9:]],
        namespace=NAMESPACE,
        username="anna",
        resource="cpu",
        window="7d",
    )
    minutes = range(int(now) - 3600, int(now) + 1, 60)
    add(names.USAGE_RECORDED, [(t, 1.0) for t in minutes[::5]], namespace=NAMESPACE)
    add(names.USAGE_RECORDED, [(t - 7200, 1.0) for t in minutes[::5]], namespace="old-hub")
    for user, (used, quota) in {"ann": (4.2, 10.0), "mia": (8.1, 10.0), "bob": (9.7, 10.0), EVIL: (0.5, 1.0)}.items():
        for name, value in ((names.HOME, used), (names.HOME_LIMIT, quota)):
            add(names.user(name), [(t, value * GIB) for t in minutes], namespace=NAMESPACE, username=user)
    return of


def test_limits_are_those_recorded_where_no_policy_is_configured(engine: Engine) -> None:
    readings = Readings(engine.url, requests.Session, PATIENCE, {"namespace": NAMESPACE})
    page = PageReadings(readings, {"namespace": NAMESPACE}, home=True)

    async def read() -> Reading:
        return await page.read("ann", None, await page.moment())

    reading = asyncio.run(read())
    readings.close()
    assert reading.limits == (Limit("gpu", 36, 36.0, ()),)
    assert reading.uses[("gpu", 36)].used == 0.0
    assert (reading.home_bytes, reading.home_limit_bytes) == (4.2 * GIB, 10 * GIB)


def test_users_who_are_read_together_have_their_own_numbers(engine: Engine) -> None:
    odd = {"namespace": "odd"}
    users = ("ann", "anna", "Ann", LOPEZ, "Bob-Smith", "x--y", "a.*", "ann|anna", 'quo"te\\', "u" * 80)
    now = time.time() - 60
    # All have passed the limit, so that the times to try again are read together, too.
    record(
        engine,
        [buckets(user, "memory", evenly(2.0**i * GIB, 1, i * 3600), now, odd) for i, user in enumerate(users)],
        [
            ({"__name__": names.user(names.HOME), **odd, "username": u}, [(round(now * 1000), 2.0**i)])
            for i, u in enumerate(users)
        ],
        [heartbeat(now, odd)],
    )
    readings = Readings(engine.url, requests.Session, PATIENCE, odd)
    page = PageReadings(readings, odd, home=True)
    limits = (Limit("memory", 168, 0.5 * GIB, ()),)

    async def read() -> tuple[list[Reading], list[Reading]]:
        moment = await page.moment()
        together = await asyncio.gather(*(page.read(user, limits, moment) for user in users))
        return together, [await page.read(user, limits, moment) for user in users]

    together, alone = asyncio.run(read())
    readings.close()
    assert together == alone
    uses = [reading.uses["memory", 168] for reading in together]
    assert [use.used / GIB for use in uses] == pytest.approx([2.0**i for i in range(len(users))])
    assert [sum(use.slices.amounts) for use in uses] == pytest.approx([use.used for use in uses])
    assert [reading.home_bytes for reading in together] == [2.0**i for i in range(len(users))]
    retries = [use.retry_at for use in uses]
    assert None not in retries
    assert len(set(retries)) == len(users)


@dataclass(frozen=True)
class Site:
    """A hub with the page in all its states."""

    version: int
    hub: Hub
    watcher: Service = field(repr=False)
    curious: Service = field(repr=False)

    def url(self, service: str = "usage", path: str = "") -> str:
        return f"{self.hub.url}/services/{service}/{path}"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(newest(), tmp_path_factory.mktemp("prometheus"), lookback="1h") as engine:
        write(engine.write_url, samples(time.time()), session=engine.session)
        yield engine


@pytest.fixture(autouse=True)
def rules_are_recorded(engine: Engine) -> None:
    """Keep usage fresh, however long the tests before took."""
    record(engine, [heartbeat(bucket_end(time.time()), {"namespace": NAMESPACE}), *near_limits(time.time())])


def near_limits(now: float) -> Iterator[tuple[dict[str, str], list[tuple[int, float]]]]:
    """Yield what rules recorded of users near a limit of memory in 7 days: used and limit in GiB-hours."""
    for namespace, user, used, limit in (
        (NAMESPACE, "zed", 330, 300),
        (NAMESPACE, "mia", 934, 1000),
        ("old-hub", "ann", 900, 1000),
    ):
        row = {"namespace": namespace, "username": user, "resource": "memory", "window": "7d"}
        for name, value in (
            (names.QUOTA_LIMIT, limit * GIB),
            (names.QUOTA_USED, used * GIB),
            (names.QUOTA_RATIO, used / limit),
        ):
            yield {"__name__": name, **row}, [(round(now * 1000), value)]


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"JupyterHub {version}")
def site(request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp(f"hub{request.param}")
    secret = folder / "secret_config.py"
    secret.write_text(SECRET, encoding="utf-8")
    # The page reads its version from the metadata of the distribution, which the hub's own Python lacks.
    metadata = folder / "hubmeter-0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: hubmeter\nVersion: 0\n", encoding="utf-8")
    services = []
    states = STATES if request.param == VERSIONS[-1] else {"usage": NAMESPACE}
    for name, namespace in states.items():
        port = free_port()
        url = f"http://127.0.0.1:{free_port()}" if name == "usage-away" else engine.url
        footer = EVIL if name == "usage-stale" else FOOTER
        config = folder / f"{name}_config.py"
        config.write_text(
            CONFIG.format(
                prometheus=url,
                namespace=namespace,
                footer=footer,
                port=port,
                evil_group=EVIL_GROUP,
                grants=str(folder / "grants.yaml"),
            ),
            encoding="utf-8",
        )
        # The hub's own Python runs the service, as it does in its container.
        command = [str(TOOLS / f"hub{request.param}/bin/python"), "-m", "hubmeter_hub.usage_page"]
        services.append(
            Service(
                name,
                [] if name == "usage-stale" else ["read:users:name", "read:users:groups"],
                f"http://127.0.0.1:{port}",
                [*command, f"--config-files={config}", f"--config-files={secret}"],
                {
                    "PYTHONPATH": ":".join(
                        [*(str(CHECKOUT / name) for name in ("common", "promql", "hub")), str(folder)]
                    )
                },
            )
        )
    watcher = Service("watcher", ["access:services!service=usage", "read:users:name", "read:users:groups"])
    curious = Service("curious", ["access:services!service=usage"])
    access = ["self", *(f"access:services!service={name}" for name in states)]
    extra = f"""
c.KeepCase.admin_users = {{"root"}}
c.JupyterHub.load_roles.append({{"name": "user", "scopes": {access!r}}})
for service in c.JupyterHub.services:
    if "url" in service and service["name"] != "usage-empty":  # there, users confirm by a click
        service["oauth_no_confirm"] = True
"""
    with real_hub(request.param, USERS, [*services, watcher, curious], extra, folder) as hub:
        site = Site(request.param, hub, watcher, curious)
        for name in states:
            wait_for(site.url(name), hub)
        yield site


def wait_for(url: str, hub: Hub) -> None:
    """Wait until the service asks for a log-in."""

    def asks() -> bool:
        return requests.get(url, allow_redirects=False, timeout=PATIENCE).status_code == 302

    wait_until(asks, lambda: f"{url} asks for a log-in: {hub.log_path.read_text(encoding='utf-8')[-4000:]}")


class Browser:
    """A Chromium whose log is read at the end of each test."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def log_in(self, site: Site, username: str, service: str = "usage", path: str = "") -> None:
        """Start afresh, open the service, and log in at the hub as it asks."""
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.driver.get(site.url(service, path))
        self.find("#username_input").send_keys(username)
        self.find("#password_input").send_keys("any")
        self.find("#login_submit").click()
        self.wait(lambda d: "/hub/login" not in d.current_url)
        if "/oauth2/authorize" in self.driver.current_url:
            self.find("form [type=submit]").send_keys(Keys.ENTER)
        self.wait(lambda d: urlsplit(d.current_url).path == urlsplit(site.url(service, path)).path)

    def wait(self, condition: Any) -> None:
        WebDriverWait(self.driver, PATIENCE).until(condition)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str = "body") -> str:
        return self.find(selector).text

    def json(self, url: str) -> Any:
        self.driver.get(url)
        return json.loads(self.text("pre"))

    def script(self, source: str, *arguments: object) -> Any:
        return self.driver.execute_script(source, *arguments)

    def complaints(self) -> list[str]:
        """Return what the browser logged since the last call: blocked scripts and styles, errors of ours."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call] # selenium left it out

    def accessibility(self) -> list[str]:
        """Return what axe finds wrong, rule by rule with the elements."""
        self.script(AXE.read_text(encoding="utf-8"))
        run = "axe.run().then(r => arguments[0](r.violations), e => arguments[0]([{id: String(e), nodes: []}]))"
        return [f"{v['id']}: {[n['html'] for n in v['nodes']]}" for v in self.driver.execute_async_script(run)]

    def colour(self, selector: str, property_name: str = "fill") -> str:
        return str(self.find(selector).value_of_css_property(property_name))

    @contextmanager
    def emulating(
        self, *, width: int = 900, height: int = 1000, dark: bool = False, zone: str = "UTC"
    ) -> Iterator[None]:
        """Look through another device for a while."""
        cdp = self.driver.execute_cdp_cmd
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        cdp("Emulation.setDeviceMetricsOverride", size)
        cdp("Emulation.setEmulatedMedia", {"features": features})
        cdp("Emulation.setTimezoneOverride", {"timezoneId": zone})
        try:
            yield
        finally:
            cdp("Emulation.clearDeviceMetricsOverride", {})
            cdp("Emulation.setEmulatedMedia", {"features": []})
            cdp("Emulation.setTimezoneOverride", {"timezoneId": ""})


@pytest.fixture(scope="module")
def running_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not AXE.exists():
        pytest.fail("axe-core is missing: run .ci/setup node")
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield Browser(driver)


@pytest.fixture
def browser(running_browser: Browser) -> Browser:
    """The browser, with an empty log."""
    running_browser.complaints()
    return running_browser


def test_users_see_their_own_usage_after_logging_in(site: Site, browser: Browser) -> None:
    browser.log_in(site, "ann")
    assert browser.text("h1") == "Your usage"
    assert browser.text(".account .name") == "ann"
    titles = [heading.text for heading in browser.all("article h3")]
    assert titles == ["Memory, last 7 days", "CPU, last 30 days", "GPU, last 36 hours"]
    memory = browser.text("article")
    assert "GiB-hours of 1,000 GiB-hours used" in memory
    assert "4.2 GiB of 10 GiB used" in browser.text("section[aria-labelledby=home-storage]")
    bar = browser.find("article [role=meter]")
    assert bar.get_attribute("aria-valuenow") in {"61", "62"}  # a bucket may leave the window meanwhile
    assert bar.accessible_name == "Memory, last 7 days"
    assert len(browser.all("article:first-of-type .chart rect")) == 7
    assert browser.complaints() == []
    answer = browser.json(site.url(path="api/usage"))
    used = {(limit["resource"], limit["window"]): limit["used"] for limit in answer["compute"]}
    assert used["memory", "7d"] == pytest.approx(620 * GIB, rel=0.02)
    assert used["gpu", "36h"] == 0.0
    assert f"{used['memory', '7d'] / GIB:.2f}".rstrip("0").rstrip(".") in memory
    assert sum(piece["used"] for piece in answer["compute"][0]["used_when"]) == pytest.approx(
        used["memory", "7d"], rel=0.002
    )


@newest_hub
def test_the_page_is_accessible_light_and_dark(site: Site, browser: Browser) -> None:
    browser.log_in(site, "bob")
    for dark in (False, True):
        with browser.emulating(dark=dark):
            browser.driver.refresh()
            browser.script("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert browser.accessibility() == []
            background = browser.colour("body", "background-color")
            assert background == ("rgba(33, 37, 41, 1)" if dark else "rgba(255, 255, 255, 1)")


@newest_hub
def test_all_meters_and_folded_parts_have_different_names(site: Site, browser: Browser) -> None:
    browser.log_in(site, "bob")
    browser.script("document.querySelectorAll('details').forEach(d => d.open = true)")
    for selector in ("summary", "[role=meter]"):
        named = [element.accessible_name for element in browser.all(selector)]
        assert len(named) > 2
        assert len(set(named)) == len(named), named
    assert "As a table: CPU, last 30 days" in {element.accessible_name for element in browser.all("summary")}


@newest_hub
def test_forced_colours_keep_the_legend_and_the_oldest_column_apart(site: Site, browser: Browser) -> None:
    browser.log_in(site, "bob")
    features = [{"name": "forced-colors", "value": "active"}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        oldest = browser.colour(".chart rect.oldest")
        assert oldest != browser.colour(".chart rect:not(.oldest)")
        paint = "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor"
        assert browser.script(paint, ".key") == oldest
        assert browser.script(paint, "body") != oldest
        assert browser.colour(".bar.high rect") == browser.colour(".chart rect:not(.oldest)")
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@newest_hub
def test_a_phone_shows_all_columns_and_few_of_forty_groups(site: Site, browser: Browser) -> None:
    browser.log_in(site, "max")
    with browser.emulating(width=390, height=800):
        browser.driver.refresh()
        assert browser.script("return document.querySelector('h2').getBoundingClientRect().top") < 400
        folded = browser.find(".groups summary")
        assert folded.text == "32 more groups"
        folded.click()
        assert len([group for group in browser.all(".group") if group.is_displayed()]) == 40
        browser.script("document.querySelectorAll('details').forEach(d => d.open = true)")
        hidden = "return [...document.querySelectorAll('.scroll')].map(s => s.scrollWidth - s.clientWidth)"
        differences = browser.script(hidden)
        assert differences
        assert set(differences) == {0}


@newest_hub
def test_the_keyboard_reaches_everything(site: Site, browser: Browser) -> None:
    browser.log_in(site, "bob")
    reached = []
    for _ in range(16):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(browser.driver.switch_to.active_element.text)
    assert reached[0] == "Skip to content"
    assert {"Home", "Usage", "Log out", "What was used when, and when it expires"} <= set(reached)


@newest_hub
def test_a_choice_of_dark_made_in_the_hub_holds_here(site: Site, browser: Browser) -> None:
    browser.log_in(site, "ann")
    with browser.emulating(dark=False):
        browser.script("localStorage.setItem('jupyterhub-bs-theme', 'dark')")
        browser.driver.refresh()
        dark = browser.colour("body", "background-color")
        browser.script("localStorage.removeItem('jupyterhub-bs-theme')")
        browser.driver.refresh()
        assert dark != browser.colour("body", "background-color")


@newest_hub
def test_a_bar_above_90_percent_is_red_and_says_so(site: Site, browser: Browser) -> None:
    with browser.emulating():
        browser.log_in(site, "ann")
        fine = browser.colour("article .bar rect")
        browser.log_in(site, "bob")
        home = "section[aria-labelledby=home-storage]"
        red = browser.colour(f"{home} .bar rect")
    assert fine == "rgb(47, 111, 214)"
    assert red == "rgb(176, 42, 55)"
    assert "Nearly used up" in browser.text(home)
    assert "97 %" in browser.text(home)


def test_a_used_up_limit_shows_the_retry_time_and_its_policies(site: Site, browser: Browser) -> None:
    browser.log_in(site, "zed")
    assert "Used up" in browser.text("article")
    assert browser.text(".percent") in {"109 %", "110 %"}
    retry = browser.find(".retry time").get_attribute("datetime") or ""
    answer = browser.json(site.url(path="api/usage"))
    (memory,) = answer["compute"]
    # The answer may be of a later moment than the page.
    assert at(memory["retry_at"]) == pytest.approx(at(retry), abs=BUCKET)
    assert memory["used"] == pytest.approx(330 * GIB, rel=0.01)
    # A tenth of a week's use is more than 4 hours of it, and less than 2 days.
    assert 4 * 3600 < at(memory["retry_at"]) - time.time() < 2 * 86400
    browser.log_in(site, "bob")
    summary = next(s for s in browser.all("article summary") if "policies" in s.text)
    assert summary.text == "Where this limit comes from: 3 policies"
    summary.click()
    table = summary.find_element(By.XPATH, "following-sibling::table").text
    assert "The smallest of these policies is the limit" in table
    assert "Group students 300 GiB-hours" in table
    assert "Group alumni 1,200 GiB-hours" in table


@newest_hub
def test_a_limit_that_is_used_up_soon_has_a_forecast(site: Site, browser: Browser) -> None:
    """250 GiB-hours a day for two days, of 1,000 in 7 days."""
    browser.log_in(site, "eve")
    assert [forecast.text for forecast in browser.all(".forecast")] == [
        "At the pace of the last days, this limit is used up in 2 days."
    ]
    (memory,) = (
        limit for limit in browser.json(site.url(path="api/usage"))["compute"] if limit["resource"] == "memory"
    )
    assert at(memory["used_up_at"]) == pytest.approx(time.time() + 2 * 86400, abs=1800)


@newest_hub
def test_administrators_see_who_is_near_a_limit_and_what_a_grant_changes_at_once(site: Site, browser: Browser) -> None:
    grants = site.hub.log_path.parent / "grants.yaml"

    def rows() -> dict[str, list[str]]:
        browser.driver.refresh()
        found = [[cell.text for cell in row.find_elements(By.TAG_NAME, "td")] for row in browser.all("tbody tr")]
        return {row[0]: row[1:] for row in found}

    title = "Memory, last 7 days"
    browser.log_in(site, "root", path="limits")
    assert rows() == {
        "zed": [title, "330 of 300 GiB-hours", "110 % No server starts", "none", "113 GiB-hours"],
        "mia": [title, "934 of 1,000 GiB-hours", "93 %", "none", "168 GiB-hours"],
    }
    for details in browser.all("td details summary"):
        details.click()
    assert "- user: 'zed'\n  resource: memory\n  window: 7d\n  amount: 113 GiB-hours" in browser.text("td pre")
    assert browser.accessibility() == []
    grants.write_text(
        "grants:\n- {user: zed, resource: memory, amount: 113 GiB-hours, until: 2999-12-31, reason: <i>term</i>}\n- 5\n"
    )
    try:
        assert rows() == {
            "mia": [title, "934 of 1,000 GiB-hours", "93 %", "none", "168 GiB-hours"],
            "zed": [title, "330 of 413 GiB-hours", "79 %", "113 GiB-hours", "1 GiB-hours"],
            "User zed": ["memory, all windows", "113 GiB-hours", "1 Jan 3000, 00:00 UTC", "<i>term</i>"],
        }
        assert "grants[1] is 5, not a mapping" in browser.text()
        browser.log_in(site, "zed")
        assert "79 %" in browser.text("article")
        (memory,) = browser.json(site.url(path="api/usage"))["compute"]
        assert memory["limit"] == 413 * GIB
        assert [(grant["name"], grant["amount"]) for grant in memory["grants"]] == [("zed", 113 * GIB)]
        browser.driver.get(site.url(path="limits"))
        assert "You can see only your own usage" in browser.text()
        browser.log_in(site, "root", "usage-stale", "limits")
        assert [row.text for row in browser.all("tbody tr td:first-child")][:1] == ["ann"]
        assert "this service needs the scopes read:users:name and read:users:groups" in browser.text("[role=alert]")
    finally:
        grants.unlink()


@newest_hub
def test_times_are_in_the_readers_zone(site: Site, browser: Browser) -> None:
    with browser.emulating(zone="Asia/Tokyo"):
        browser.log_in(site, "ann")
        shown = browser.find(".updated time")
        assert "GMT+9" in shown.text
        assert (shown.get_attribute("title") or "").endswith("UTC")


def at(iso: str) -> float:
    return time.mktime(time.strptime(iso, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone


def test_others_cannot_be_seen(site: Site, browser: Browser) -> None:
    browser.log_in(site, "ann")
    for path in (
        "?user=bob",
        "?user=anna",
        "?user=nobody-of-that-name",
        "?user=bob&user=ann",
        "?user=ann%20",
        "?user=",
    ):
        browser.driver.get(site.url(path=path))
        if path.endswith("=ann"):  # the last one counts, and it is oneself
            assert browser.text("h1") == "Your usage"
        else:
            assert browser.text("h1") == "403: Forbidden", path
            assert "GiB" not in browser.text()
        answer = browser.json(site.url(path=f"api/usage{path}"))
        assert answer.get("status") == 403 or answer["user"] == "ann"
    assert not any("Content Security Policy" in message for message in browser.complaints())


def test_administrators_see_others_who_exist(site: Site, browser: Browser) -> None:
    browser.log_in(site, "root")
    assert "No quota applies to you" in browser.text()
    browser.driver.get(site.url(path="?user=bob"))
    assert browser.text("h1") == "Usage of bob"
    assert "because you are an administrator" in browser.text(".notice")
    assert browser.text(".account .name") == "root"
    assert browser.json(site.url(path=f"api/usage?user={quote(LOPEZ)}"))["groups"] == ["staff"]
    assert browser.json(site.url(path="api/usage?user=nobody-of-that-name"))["status"] == 404


def test_tokens_see_others_only_with_the_scopes_for_it(site: Site) -> None:
    def ask(service: Service, path: str) -> requests.Response:
        headers = {"Authorization": f"token {service.token}"}
        return requests.get(site.url(path=path), headers=headers, timeout=PATIENCE)

    seen = ask(site.watcher, "api/usage?user=ann")
    assert seen.json()["user"] == "ann"
    nobody = ask(site.watcher, "api/usage")
    assert (nobody.status_code, nobody.json()["status"]) == (400, 400)
    assert "?user=NAME" in nobody.json()["message"]
    assert ask(site.curious, "api/usage?user=ann").status_code == 403
    assert ask(site.curious, "?user=ann").status_code == 403
    assert ask(site.curious, "?user=ann%0AINFO%20forged").status_code == 403
    lines = site.hub.log_path.read_text(encoding="utf-8").splitlines()
    assert any(r"'curious' asked for 'ann\nINFO forged'" in line for line in lines)
    assert not any(line.startswith("INFO forged") for line in lines)


def test_programs_without_a_login_get_401(site: Site) -> None:
    for headers in ({}, {"Authorization": "token of-nobody"}):
        answer = requests.get(site.url(path="api/usage"), headers=headers, timeout=PATIENCE)
        assert (answer.status_code, answer.json()["status"]) == (401, 401)
        assert "Send a token" in answer.json()["message"]


@newest_hub
def test_names_and_notes_are_text_and_never_markup(site: Site, browser: Browser) -> None:
    browser.log_in(site, EVIL)
    assert browser.text(".account .name") == EVIL
    assert EVIL_GROUP in browser.text(".meta")
    assert [image.get_attribute("src") for image in browser.all("img")] == [f"{site.hub.url}/hub/logo"]
    assert f"Group {EVIL_GROUP}" in browser.script("return document.body.textContent")
    assert browser.text("article .percent") in {"77 %", "78 %"}
    browser.log_in(site, EVIL, "usage-stale")
    assert browser.text("footer") == EVIL
    browser.log_in(site, "root")
    browser.driver.get(site.url(path=f"?user={quote(EVIL)}"))
    assert browser.text("h1") == f"Usage of {EVIL}"
    browser.driver.get(site.url(path=f"{quote(EVIL)}?user={quote(EVIL)}"))
    assert browser.text("h1") == "404: Not Found"
    assert not any("Content Security Policy" in message for message in browser.complaints())


@newest_hub
@pytest.mark.parametrize(
    ("service", "username", "text"),
    [
        pytest.param("usage", "free", "No quota applies to you", id="without a policy"),
        pytest.param(
            "usage", "zed", "The size of your home directory has not been measured yet", id="home not measured"
        ),
        pytest.param("usage-empty", "ann", "No data yet.", id="nothing recorded yet, after confirming the log-in"),
        pytest.param("usage-stale", "ann", "These numbers are old.", id="nothing new recorded for two hours"),
        pytest.param("usage-away", "ann", "Usage cannot be shown right now.", id="Prometheus is away"),
    ],
)
def test_every_state_has_a_message(site: Site, browser: Browser, service: str, username: str, text: str) -> None:
    browser.log_in(site, username, service)
    assert text in browser.text("main")
    if service in {"usage-empty", "usage-away"}:
        assert "Limit: 1,000 GiB-hours" in browser.text("main")
        assert browser.all("article [role=meter]") == []
    assert browser.accessibility() == []
    answer = browser.json(site.url(service, "api/usage"))
    assert answer["state"] == (service.removeprefix("usage").removeprefix("-") or "ok")


def test_a_login_that_fails_says_so_and_no_code_or_token_is_logged(site: Site) -> None:
    secret = "c0de-of-a-login"
    headers = {"Authorization": f"token {secret}"}
    callback = requests.get(site.url(path=f"oauth_callback?code={secret}&state=x"), timeout=PATIENCE)
    assert callback.status_code == 403
    assert "The login did not succeed" in callback.text
    refused = requests.get(site.url(path="oauth_callback?error=access_denied"), timeout=PATIENCE)
    assert refused.status_code == 400
    assert "The login did not succeed" in refused.text
    for path in (f"?user=%ff&token={secret}", f"nothing?code={secret}", f"static/none.css?code={secret}", "?user=bob"):
        requests.get(site.url(path=path), headers=headers, timeout=PATIENCE)
        requests.post(site.url(path=path), data=secret, headers=headers, timeout=PATIENCE)
    log = site.hub.log_path.read_text(encoding="utf-8")
    assert secret not in log
    assert "INFO hubmeter.usage_page: the usage page listens" in log
    assert "INFO tornado" not in log, "JupyterHub's client logs each login and cookie"


def test_answers_are_private_and_inert(site: Site) -> None:
    home = requests.get(site.url(), allow_redirects=False, timeout=PATIENCE)
    assert home.status_code == 302
    assert urlsplit(home.headers["Location"]).path == "/hub/api/oauth2/authorize"
    for answer in (
        home,
        requests.get(site.url(path="api/usage"), timeout=PATIENCE),
        requests.get(site.url(path="nothing/there"), timeout=PATIENCE),
        requests.get(site.url(path="oauth_callback"), timeout=PATIENCE),
        requests.post(site.url(), timeout=PATIENCE),
    ):
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert requests.get(site.url(path="api/usage"), timeout=PATIENCE).status_code == 401
    assert requests.post(site.url(), timeout=PATIENCE).status_code in {403, 405}
    assert requests.get(site.url(path="static/../app.py"), timeout=PATIENCE).status_code == 404


def test_cookies_are_kept_from_scripts_and_other_sites(site: Site, browser: Browser) -> None:
    browser.log_in(site, "ann")
    cookies = browser.driver.execute_cdp_cmd("Network.getCookies", {})["cookies"]
    ours = [cookie for cookie in cookies if cookie["path"] == "/services/usage/"]
    assert {cookie["name"] for cookie in ours} >= {"service-usage", "_xsrf"}
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in ours)
    https = {"X-Forwarded-Proto": "https"}
    begun = requests.get(site.url(), headers=https, allow_redirects=False, timeout=PATIENCE)
    assert "Secure" in begun.headers["Set-Cookie"]


@newest_hub
def test_the_page_fits_a_phone_and_both_themes(site: Site, browser: Browser) -> None:
    browser.log_in(site, "mia")
    for width, dark in ((900, False), (900, True), (390, False)):
        with browser.emulating(width=width, dark=dark, zone="Europe/Berlin"):
            browser.driver.refresh()
            assert browser.script("return document.documentElement.scrollWidth") <= width
