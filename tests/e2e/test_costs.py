"""The cost API's container, priced by a list, beside the site's Prometheus."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from hubmeter_generator.operate.remote_write import write
from hubmeter_promql import names
from tests.e2e.people import LOPEZ, NAMESPACE
from tests.e2e.stack import Stack, wait_until

GIB = 2.0**30
DAY = 86_400
# What the rules have recorded yesterday in each five minutes, in GiB-hours of memory, by user and group.
YESTERDAY = {("ann", "physics"): 0.25, (LOPEZ, "chemistry"): 0.25, (LOPEZ, "physics"): 0.5}
USD_PER_GIB_HOUR = 0.01  # costs.yaml


@pytest.fixture(scope="module")
def day(stack: Stack) -> str:
    """Yesterday, with its usage written and priced."""
    midnight = int(time.time()) // DAY * DAY
    times = [1000 * at for at in range(midnight - DAY + 300, midnight + 1, 300)]
    users: dict[str, float] = {}
    for (user, _), amount in YESTERDAY.items():
        users[user] = users.get(user, 0.0) + amount
    levels: list[tuple[str, dict[str, str], float]] = [
        (names.hub(names.COST_USAGE), {}, sum(users.values())),
        *((names.user(names.COST_USAGE), {"username": user}, amount) for user, amount in users.items()),
        *(
            (names.pair(names.COST_USAGE), {"username": user, "usergroup": group}, amount)
            for (user, group), amount in YESTERDAY.items()
        ),
    ]
    rows = [
        (
            {"__name__": names.by_driver(name), "driver": "compute", "namespace": NAMESPACE, **labels},
            [(at, amount * GIB) for at in times],
        )
        for name, labels, amount in levels
    ]
    with requests.Session() as session:
        write(f"{stack.url('prometheus')}/api/v1/write", rows, session=session)
    day = (datetime.fromtimestamp(midnight, UTC).date() - timedelta(1)).isoformat()
    wait_until("the day is priced", lambda: ask(stack, "total-costs", day))
    return day


def ask(stack: Stack, path: str, day: str, **filters: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in {"from": day, "to": day, **filters}.items())
    answer = stack.get("costs", f"/{path}?{query}")
    answer.raise_for_status()
    rows: list[dict[str, Any]] = answer.json()
    return rows


def test_it_is_ready_and_knows_the_hub(stack: Stack, day: str) -> None:
    assert day
    assert stack.get("costs", "/health/ready").status_code == 200
    assert NAMESPACE in stack.get("costs", "/hub-names").json()


def test_users_together_cost_what_was_billed(stack: Stack, day: str) -> None:
    bill = USD_PER_GIB_HOUR * 288 * sum(YESTERDAY.values())
    totals = {row["name"]: row["cost"] for row in ask(stack, "total-costs", day)}
    assert totals["attributable"] == pytest.approx(bill, abs=0.005)
    rows = ask(stack, "costs-per-user", day, hub=NAMESPACE)
    found = {(row["user"], row["usergroup"]): row["value"] for row in rows if row["component"] == "compute"}
    for pair, amount in YESTERDAY.items():
        assert found[pair] == pytest.approx(USD_PER_GIB_HOUR * 288 * amount, abs=0.005)
    assert sum(row["value"] for row in rows) == pytest.approx(bill, abs=0.02)


def test_groups_are_asked_for_as_grafana_asks(stack: Stack, day: str) -> None:
    rows = ask(stack, "costs-per-user", day, usergroup="{physics,nobody}")
    assert {row["usergroup"] for row in rows} == {"physics"}
    assert {row["user"] for row in rows} == {"ann", LOPEZ}


def test_who_is_in_which_group_is_what_the_hub_says(stack: Stack) -> None:
    def asked() -> bool:
        rows = stack.get("costs", "/user-groups").json()
        pairs = {(row["username"], row["usergroup"]) for row in rows if row["hub"] == NAMESPACE}
        assert {("ann", "physics"), ("anna", "chemistry"), (LOPEZ, "data science 101")} <= pairs, pairs
        several = {row["username"] for row in stack.get("costs", "/users-with-multiple-groups").json()}
        assert several == {LOPEZ}, several
        without = {row["username"] for row in stack.get("costs", "/users-with-no-groups").json()}
        assert without == {"Bob-Smith"}, without
        return True

    wait_until("users and groups are the hub's", asked)


def test_prometheus_has_the_price_of_that_day(stack: Stack, day: str) -> None:
    number = (datetime.fromisoformat(day).date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days
    price = f'jupyterhub_{names.UNIT_PRICE}{{namespace="{NAMESPACE}",component="compute",day="{number}"}}'
    rows = wait_until("the price is scraped", lambda: stack.prometheus.instant(price, time.time()))
    assert [row.value * GIB for row in rows] == [pytest.approx(USD_PER_GIB_HOUR, rel=1e-6)]
