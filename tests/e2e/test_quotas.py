"""A quota, from the cluster's metrics through the rules to a server that does not start, and what people then read."""

import re
from urllib.parse import quote

import pytest
import requests

from hubmeter_promql import names
from tests.e2e.people import LIMIT, LOPEZ, NAMESPACE
from tests.e2e.stack import Stack, wait_until
from tests.waiting import PATIENCE

MIB = 2.0**20
SAID = re.compile(rf"You have used ([\d.,]+) of {LIMIT} of memory in the past 1 day\.")


@pytest.fixture(scope="module")
def used(stack: Stack) -> float:
    """What the rules recorded in their first five minutes of the user of three groups, in MiB-hours.

    Buckets are the one thing that is not faster here than at a site.
    """
    bucket = names.user(names.BUCKETS[names.MEMORY_REQUESTS])
    query = f'sum(sum_over_time({bucket}{{namespace="{NAMESPACE}",username="{LOPEZ}"}}[1h]))'
    wait_until("a bucket is recorded", lambda: stack.prometheus.instant(query))
    # Whether rules run is looked at once a minute.
    wait_until("quotas can be checked", lambda: launch(stack).status_code != 503)
    (row,) = stack.prometheus.instant(query)
    return row.value / MIB


def launch(stack: Stack) -> requests.Response:
    return stack.hub("POST", f"users/{quote(LOPEZ)}/server")


def log_in(stack: Stack, user: str, following: str) -> tuple[requests.Session, requests.Response]:
    session = requests.Session()
    hub = stack.url("hub")
    session.get(f"{hub}/hub/login", timeout=PATIENCE).raise_for_status()
    answer = session.post(
        f"{hub}/hub/login?next={quote(following)}",
        {"username": user, "password": "any", "_xsrf": session.cookies["_xsrf"]},
        timeout=PATIENCE,
    )
    return session, answer


def test_who_has_used_up_a_limit_gets_no_server_and_is_told_why(stack: Stack, used: float) -> None:
    answer = launch(stack)
    assert answer.status_code == 429, answer.text
    said = SAID.search(answer.json()["message"])
    assert said, answer.json()["message"]
    assert float(said[1].replace(",", "")) == pytest.approx(used, rel=0.01)
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400


def test_the_page_in_the_browser_says_the_same(stack: Stack, used: float) -> None:
    assert used > 1
    session, page = log_in(stack, LOPEZ, f"/hub/spawn/{LOPEZ}")
    session.close()
    assert page.status_code == 429
    assert SAID.search(page.text)
    assert re.search(r'<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\dZ"', page.text)


def test_the_usage_page_shows_users_their_own_standing(stack: Stack, used: float) -> None:
    session, page = log_in(stack, LOPEZ, "/services/usage/")
    assert page.status_code == 200
    address = f"{stack.url('hub')}/services/usage/"

    def ask(path: str = "") -> requests.Response:
        return session.get(f"{address}{path}", timeout=PATIENCE)

    # The hub requests its services once a minute, and users share the moment that this begins, for 15 seconds.
    wait_until("the page's moment has the newest sample", lambda: ask("api/usage").json()["state"] == "ok")
    page = ask()
    assert page.status_code == 200
    assert "Used up" in page.text
    usage = ask("api/usage").json()
    session.close()
    assert usage["user"] == LOPEZ
    (memory,) = usage["compute"]
    assert memory["used"] / MIB == pytest.approx(used, rel=0.01)


def test_who_has_no_quota_gets_a_server_that_answers(stack: Stack, used: float) -> None:
    assert used
    path = "users/Bob-Smith/server"
    assert stack.hub("POST", path).status_code == 201
    try:
        session, page = log_in(stack, "Bob-Smith", "/user/Bob-Smith/")
        session.close()
        assert page.status_code == 200
    finally:
        stack.hub("DELETE", path).raise_for_status()


def test_decisions_are_counted_and_no_user_is_named(stack: Stack, used: float) -> None:
    assert used
    text = stack.get("hub", "/hub/metrics").text
    (denied,) = re.findall(r'^jupyterhub_quota_decisions_total\{outcome="denied"\} (\S+)$', text, re.MULTILINE)
    assert float(denied) >= 2
    assert not [line for line in text.splitlines() if "_quota_" in line and ("ana" in line or "Bob" in line)]
