"""The client against a real Prometheus."""

from collections.abc import Iterator

import pytest
import requests

from hubmeter_generator.operate.remote_write import write
from hubmeter_promql.client import MAX_POINTS, BadQueryError, Prometheus
from tests.engines.engine import Engine, running

START = 1_790_035_200.0


@pytest.fixture(scope="module", params=["Prometheus 2.42", "Prometheus 3"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(request.param, tmp_path_factory.mktemp("engine")) as started:
        points = [(round((START + 60 * n) * 1000), float(n)) for n in range(25_000)]
        series = [({"__name__": "used", "username": name}, points) for name in ("ana.lópez@uni.edu", "Bob-Smith")]
        write(started.write_url, series, session=started.session)
        yield started


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def test_an_instant_query_gives_labels_value_and_time(engine: Engine, session: requests.Session) -> None:
    found = Prometheus(engine.url, session).instant('used{username="ana.lópez@uni.edu"}', START + 600)
    assert [(dict(row.labels), row.value, row.timestamp) for row in found] == [
        ({"__name__": "used", "username": "ana.lópez@uni.edu"}, 10.0, START + 600)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("vector(1) / 0", float("inf")),
        ("scalar(vector(7))", 7.0),
        ("-1", -1.0),
        ("vector(-1) / 0", float("-inf")),
    ],
)
def test_a_single_number_is_a_value_without_labels(
    engine: Engine, session: requests.Session, query: str, expected: float
) -> None:
    (found,) = Prometheus(engine.url + "/", session).instant(query)
    assert (found.labels, found.value) == ({}, expected)


def test_no_series_is_an_empty_list(engine: Engine, session: requests.Session) -> None:
    client = Prometheus(engine.url, session)
    assert client.instant("nothing_like_it") == []
    assert client.range("nothing_like_it", START, START + 600, 60) == []


@pytest.mark.parametrize("points", [1, MAX_POINTS, MAX_POINTS + 1, 25_000])
def test_a_range_has_both_ends_however_often_it_is_split(
    engine: Engine, session: requests.Session, points: int
) -> None:
    found = Prometheus(engine.url, session).range("used", START, START + 60 * (points - 1), 60)
    assert sorted(row.labels["username"] for row in found) == ["Bob-Smith", "ana.lópez@uni.edu"]
    expected = tuple((START + 60 * n, float(n)) for n in range(points))
    assert all(row.values == expected for row in found)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sum(", "unclosed left parenthesis"),
        ("used * on () used", "many-to-many"),
        ("used[5m]", "vector or a scalar"),
        ("sum(rate(used))", "range vector"),
    ],
)
def test_a_bad_query_is_shown_with_what_is_wrong(
    engine: Engine, session: requests.Session, query: str, said: str
) -> None:
    with pytest.raises(BadQueryError, match=said) as caught:
        Prometheus(engine.url, session).instant(query, START + 60)
    assert query in str(caught.value)
