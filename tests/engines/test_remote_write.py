"""Remote write into the real engines: what was written is what they hold, staleness markers included."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from hubmeter_generator.operate.remote_write import STALE, Series, WriteRejectedError, write
from hubmeter_promql.client import Prometheus
from tests.demo.prometheus import prometheus
from tests.engines.engine import VICTORIA_METRICS, Engine, running

START = 1_790_035_200
NAMES = ("ana.lópez@uni.edu", "Bob-Smith", "x--y", "ann", "anna", "n" * 200, 'quo"te\\')


@pytest.fixture(scope="module", params=["Prometheus 2.42", "Prometheus 3", VICTORIA_METRICS])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(request.param, tmp_path_factory.mktemp("engine")) as started:
        yield started


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def ask(engine: Engine, session: requests.Session, query: str, seconds: float) -> dict[str, float]:
    engine.flush()
    found = Prometheus(engine.url, session).instant(query, START + seconds)
    return {row.labels.get("username", ""): row.value for row in found}


def test_every_name_and_value_arrives(engine: Engine, session: requests.Session) -> None:
    values = [0.1, 2.0**53, -5e-324, 1e300, 0.0, 7.0, float("inf")]
    series: list[Series] = [
        ((("username", name), ("__name__", "exact"), ("empty", "")), [(START * 1000, value)])
        for name, value in zip(NAMES, values, strict=True)
    ]
    assert write(engine.write_url, series, session=session) == len(NAMES)
    expected = dict(zip(NAMES, values, strict=True))
    if engine.name == VICTORIA_METRICS:
        # It keeps decimal mantissas of 64 bits and no subnormal numbers.
        del expected["x--y"]
        assert (
            ask(engine, session, "exact", 0).items()
            >= {k: pytest.approx(v, rel=1e-15) for k, v in expected.items()}.items()
        )
    else:
        assert ask(engine, session, "exact", 0) == expected


def test_a_series_ends_at_its_staleness_marker_and_can_begin_again(engine: Engine, session: requests.Session) -> None:
    points = [(START * 1000, 1.0), ((START + 60) * 1000, STALE), ((START + 180) * 1000, 3.0)]
    write(engine.write_url, [({"__name__": "ends", "username": "ann"}, points)], session=session)
    at = [ask(engine, session, "ends", seconds) for seconds in (0, 59, 60, 120, 179, 180, 240)]
    assert at == [{"ann": 1.0}, {"ann": 1.0}, {}, {}, {}, {"ann": 3.0}, {"ann": 3.0}]


def test_the_past_can_be_written_after_the_present(engine: Engine, session: requests.Session) -> None:
    for offset in (86_400, 0, 43_200):
        points = [((START + offset) * 1000, float(offset))]
        write(engine.write_url, [({"__name__": "backwards"}, points)], session=session)
    assert [ask(engine, session, "backwards", s) for s in (0, 43_200, 86_400)] == [
        {"": 0.0},
        {"": 43_200.0},
        {"": 86_400.0},
    ]


def test_batches_cut_series_without_losing_a_sample(engine: Engine, session: requests.Session) -> None:
    series: list[Series] = [
        ({"__name__": "cut", "username": name}, [((START + 15 * n) * 1000, float(n)) for n in range(97)])
        for name in NAMES
    ]
    series.append(({"__name__": "cut", "username": "no samples"}, []))
    assert write(engine.write_url, series, session=session, batch_samples=10) == 97 * len(NAMES)
    assert ask(engine, session, "count_over_time(cut[2h])", 3600) == dict.fromkeys(NAMES, 97.0)


class TestRefusals:
    def test_without_a_receiver_there_the_needed_flag_is_named(self, session: requests.Session, tmp_path: Path) -> None:
        server = prometheus("Prometheus 2.42", "", tmp_path)
        with server as started, pytest.raises(WriteRejectedError, match="HTTP 404") as caught:
            write(f"{started.url}/api/v1/receive", [({"__name__": "a"}, [(0, 1.0)])], session=session)
        assert caught.value.status == 404
        assert "--web.enable-remote-write-receiver" in str(caught.value)

    def test_the_past_needs_a_window(self, session: requests.Session, tmp_path: Path) -> None:
        with prometheus("Prometheus 2.42", "", tmp_path) as started:
            write(
                started.url + "/api/v1/write",
                [({"__name__": "a"}, [((START + 86_400) * 1000, 1.0)])],
                session=session,
            )
            with pytest.raises(WriteRejectedError, match="out_of_order_time_window") as caught:
                write(
                    started.url + "/api/v1/write",
                    [({"__name__": "a"}, [(START * 1000, 1.0)])],
                    session=session,
                )
        assert caught.value.status == 400
