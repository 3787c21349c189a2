"""Quotas from usage that a real Prometheus recorded of a real server, and the usage page behind the real proxy.

A window is an hour at least. The tests do not wait for its end: they move the recorded samples into the past.
"""

import re
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from hubmeter_generator.operate.remote_write import write
from hubmeter_promql import names
from tests.browser import chromium
from tests.kubernetes.conftest import LIMIT, LIMITED
from tests.kubernetes.lab import SERVER_MEBIBYTES, Lab, message
from tests.kubernetes.recording import Recording
from tests.waiting import PATIENCE

BUCKET = names.user(names.BUCKETS[names.MEMORY_REQUESTS])
MIB = 2.0**20
MEMORY = SERVER_MEBIBYTES * MIB
HOUR = 3600.0
LATE = 60.0  # buckets are read a minute late
SAID = re.compile(r"You have used ([\d.,]+) of 1 MiB-hours of memory in the past 1 hour\. You can try again on .+ UTC")


def buckets(prometheus: Recording) -> list[tuple[float, float]]:
    """Return lea's buckets of the last hour: Unix seconds and MiB-hours, ascending."""
    found = prometheus.samples(f'{BUCKET}{{username="lea"}}[1h]')
    return sorted((when, value / MIB) for samples in found.values() for when, value in samples)


def used(prometheus: Recording) -> float:
    """Return what is recorded of lea in the last hour, in MiB-hours."""
    return sum(value for _, value in buckets(prometheus))


@pytest.fixture(scope="module")
def lea(lab: Lab, prometheus: Recording) -> tuple[float, float]:
    """Lea has used up the quota, and her server has stopped; returns when it began and ended, in Unix seconds."""
    created, ended = lab.ran["lea"].result(900)
    lab.node.wait_for("bucket above the limit", lambda: used(prometheus) > LIMIT, 600)
    # The hub checks in steps of a minute whether usage is recorded at all.
    lab.node.wait_for("quota that can be checked", lambda: lab.start("lea").status_code != 503, 120)
    return created, ended


@pytest.fixture
def move(prometheus: Recording) -> Callable[[float], None]:
    """A function that moves lea's buckets of the last hour into the past, as if so many seconds had passed."""
    numbers = count()

    def moved(seconds: float) -> None:
        now = time.time()
        found = prometheus.samples(f'{BUCKET}{{username="lea"}}[1h]')
        # Deleted samples hide later ones of their series at these times: the moved ones are another series.
        deleted = {"match[]": f'{BUCKET}{{username="lea"}}', "start": str(now - HOUR), "end": str(now)}
        url = f"{prometheus.local_url}/api/v1"
        requests.post(f"{url}/admin/tsdb/delete_series", deleted, timeout=PATIENCE).raise_for_status()
        series = [
            (
                {**dict(labels), "moved": f"{next(numbers)}"},
                [(round((when - seconds) * 1000), value) for when, value in samples],
            )
            for labels, samples in found.items()
        ]
        with requests.Session() as session:
            write(f"{url}/write", series, session=session)

    return moved


def test_a_user_whose_server_used_up_the_limit_gets_no_other(
    lab: Lab, prometheus: Recording, lea: tuple[float, float]
) -> None:
    before = used(prometheus)
    denied, now = lab.start("lea"), time.time()
    recorded = buckets(prometheus)
    assert denied.status_code == 429, denied.text
    said = SAID.match(message(denied))
    assert said, message(denied)
    amount = float(said[1].replace(",", ""))
    assert before - 0.01 < amount < used(prometheus) + 0.01
    began, ended = lea
    seconds = min(recorded[-1][0] - LATE, ended) - began
    assert used(prometheus) == pytest.approx(seconds * MEMORY / MIB / HOUR, abs=20 * MEMORY / MIB / HOUR)
    newest = (index for index in reversed(range(len(recorded))) if sum(v for _, v in recorded[index:]) > LIMIT)
    leaves = recorded[next(newest)][0] + HOUR
    # The time of a bucket is known to 5 minutes.
    assert leaves - 2 < now + int(denied.headers["Retry-After"]) < leaves + 302


def test_another_user_with_the_same_limit_gets_a_server(lab: Lab, lea: tuple[float, float]) -> None:
    assert lea, "quotas can be checked"
    lab.add({"max": (LIMITED,)})
    assert lab.start("max").status_code == 201
    lab.stop("max")


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


def usage_page(lab: Lab) -> str:
    """Return the page that a user without a session sees."""
    return requests.get(f"{lab.url}/services/usage/", timeout=PATIENCE).text


def test_the_usage_page_in_a_browser_shows_the_same_through_the_proxy(
    lab: Lab, prometheus: Recording, lea: tuple[float, float], driver: webdriver.Chrome
) -> None:
    assert lea
    # A proxy that another test's eviction has replaced gets the route of the page when the hub checks its routes.
    lab.node.wait_for("log-in form of the usage page", lambda: "username_input" in usage_page(lab), 60)
    before = used(prometheus)
    driver.get(f"{lab.url}/services/usage/")
    for field, text in (("username_input", "lea"), ("password_input", "any")):
        driver.find_element(By.ID, field).send_keys(text)
    driver.find_element(By.ID, "login_submit").click()
    WebDriverWait(driver, PATIENCE).until(lambda it: it.current_url == f"{lab.url}/services/usage/")
    assert driver.find_element(By.CSS_SELECTOR, ".account .name").text == "lea"
    article = driver.find_element(By.TAG_NAME, "article").text
    assert "Memory, last 1 hour" in article
    assert "Used up" in article
    shown = re.search(r"([\d.,]+) MiB-hours of 1 MiB-hours used", article)
    assert shown, article
    assert before - 0.01 < float(shown[1].replace(",", "")) < used(prometheus) + 0.01
    assert driver.find_element(By.CSS_SELECTOR, ".retry time").get_attribute("datetime")
    errors = [entry["message"] for entry in driver.get_log("browser")]  # type: ignore[no-untyped-call] # selenium left it out
    assert errors == []


def test_a_user_is_allowed_again_when_the_window_has_passed_and_not_before(
    lab: Lab, lea: tuple[float, float], move: Callable[[float], None]
) -> None:
    assert lea
    before = int(lab.start("lea").headers["Retry-After"])
    move(HOUR / 2)
    denied = lab.start("lea")
    assert denied.status_code == 429, "half of the window has passed"
    assert before - HOUR / 2 - 60 < int(denied.headers["Retry-After"]) < before - HOUR / 2 + 360

    def is_allowed() -> bool:  # a last bucket may come up to 5 minutes after the server's end
        move(HOUR)
        return lab.start("lea").status_code == 201

    lab.node.wait_for("server when the window has passed", is_allowed, 600)
