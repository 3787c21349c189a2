"""The cost API answers from the days in the ledger as it does from Prometheus, and when Prometheus has lost them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubmeter_exporter.costs.api.answers import Backend
from hubmeter_exporter.costs.history import Copying, History, Periods
from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.usage import Usage
from hubmeter_generator.operate.remote_write import write
from hubmeter_promql.client import Prometheus
from tests.engines import cost_world
from tests.engines.cost_world import DAYS, FIRST, LONG, NOW, TODAY, bills
from tests.engines.engine import ENGINES, Engine, running
from tests.engines.serving import serving
from tests.engines.test_cost_api import LATE, METRICS, MISSING

HUB = Allocation()
COPIED = TODAY - timedelta(2)  # the last day that is over and recorded for sure

# Of each path the filters, as a query.
FILTERS: Mapping[str, Sequence[str]] = {
    "/hub-names": [""],
    "/component-names": [""],
    "/total-costs": [""],
    "/total-costs-per-hub": [""],
    "/total-costs-per-component": ["", "hub=prod"],
    "/total-costs-per-group": ["", "hub=prod&component=compute", "usergroup={geo,none}", "usergroup=unallocated"],
    "/costs-per-user": [
        "", "user=all&user=unallocated&user=idle", "user=unallocated", "user=idle",
        "user={ann,x--y}&component={compute,gpu}", "hub=dev",
        f"user={LONG}", "usergroup=none", "usergroup={a,bio}&limit=2", "limit=1", "limit=3&component=compute",
        "limit=99", "user=nobody", "component=core",
    ],
    "/total-usage": ["", "hub=prod&component={compute,home storage}", 'user={ann,o"brien\\}'],
    "/usage-per-user": ["", "hub=dev&component={compute,gpu}", "user={ann,x--y}&usergroup=geo"],
    "/days": [""],
    "/user-groups": [""],
    "/users-with-no-groups": [""],
}  # fmt: skip
COSTS = [path for path in FILTERS if not path.startswith("/user")]


@contextmanager
def a_ledger(path: Path) -> Iterator[Ledger]:
    """A ledger with the bills of all days, but for one that is late and one that is missing."""
    with closing(Ledger(path, 2, lambda: NOW)) as ledger:
        for day in range(DAYS):
            if day not in {LATE, MISSING}:
                ledger.put(*(FIRST + timedelta(day),) * 2, bills(day), "test")
        yield ledger


def usage_of(engine: Engine) -> Usage:
    return Usage(Prometheus(engine.url, engine.session), lambda: NOW)


def backend_of(ledger: Ledger, engine: Engine, allocation: Allocation = HUB) -> Backend:
    return Backend(ledger, History(ledger.file, usage_of(engine)), allocation, lambda: METRICS, lambda: None, "1.2.3")


def copy(ledger: Ledger, engine: Engine) -> list[Any]:
    copying = Copying(ledger.file, usage_of(engine), lambda: NOW, Periods(30, 30), "{}")
    assert copying.copy(600)
    return copying.days(FIRST, TODAY)


Answers = dict[str, list[Any]]


def ask(client: httpx.Client, last: str, paths: Iterable[str] = FILTERS) -> Answers:
    """Return the rows of all requests by path and filters."""
    answers = {}
    for path in paths:
        days = f"from={FIRST}&to={last}&" if path in COSTS else ""
        for filters in FILTERS[path]:
            answer = client.get(f"{path}?{days}{filters}")
            assert answer.status_code == 200, answer.text
            answers[f"{path}?{filters}"] = answer.json()
    return answers


def check_same(answers: Answers, expected: Answers) -> None:
    """Compare the rows and their order; engines add users up in any order, so numbers are approximate."""
    assert list(answers) == list(expected)
    for url, rows in expected.items():
        if url.startswith(("/hub-names", "/component-names")):
            assert answers[url] == rows, url
        else:
            assert [_names(row) for row in answers[url]] == [_names(row) for row in rows], url
            assert _numbers(answers[url]) == pytest.approx(_numbers(rows), rel=1e-11), url


def _names(row: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in row.items() if isinstance(value, str)}


def _numbers(rows: list[dict[str, Any]]) -> list[float]:
    return [value for row in rows for value in row.values() if not isinstance(value, str)]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(request.param, tmp_path_factory.mktemp("engine")) as started:
        write(started.write_url, cost_world.recorded(cost_world.model(17.25)), session=started.session)
        started.flush()
        yield started


@pytest.mark.parametrize("allocation", [Allocation(), Allocation("cluster", "spread")], ids=["hub", "cluster"])
def test_copied_days_answer_as_before(engine: Engine, tmp_path: Path, allocation: Allocation) -> None:
    with a_ledger(tmp_path / "ledger") as ledger, serving(backend_of(ledger, engine, allocation)) as client:
        before = ask(client, str(TODAY))
        assert copy(ledger, engine) == [FIRST + timedelta(day) for day in range(6)]
        check_same(ask(client, str(TODAY)), before)
    assert [url for url, rows in before.items() if not rows] == [
        url for url in before if "nobody" in url or ("component=core" in url and allocation.overhead == "apart")
    ]


def test_the_history_does_not_end_with_the_data_of_prometheus(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger") as ledger:
        with running("Prometheus 3", tmp_path / "old") as old:
            write(old.write_url, cost_world.recorded(cost_world.model(17.25)), session=old.session)
            old.flush()
            copy(ledger, old)
            with serving(backend_of(ledger, old)) as client:
                before = ask(client, str(COPIED))
                costs = ask(client, str(COPIED), COSTS)
        with running("Prometheus 3", tmp_path / "new") as new, serving(backend_of(ledger, new)) as client:
            copy(ledger, new)
            after = ask(client, str(COPIED))
            today = client.get("/costs-per-user", params={"from": str(COPIED + timedelta(1))}).json()
        assert today == []  # these days were not copied yet
        memberships = {url for url in before if url.startswith("/user")}
        assert all(after[url] == [] for url in memberships)
        check_same(
            {url: rows for url, rows in after.items() if url not in memberships},
            {url: rows for url, rows in before.items() if url not in memberships},
        )
        with serving(backend_of(ledger, new)) as client:  # which has ended
            check_same(ask(client, str(COPIED), COSTS), costs)
            assert client.get("/costs-per-user", params={"from": str(COPIED)}).status_code == 502
