"""What a test wrote into an engine and flushed, it reads, also while others write and flush."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import requests

from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_promql.client import Prometheus
from tests.engines.engine import VICTORIA_METRICS, running

START = 1_767_225_600  # 2026-01-01T00:00Z
POINTS = 360
SERIES = 30
WRITERS = 4
# With VictoriaMetrics' own flush alone, 7 writes of 100 cannot be read at once.
WRITES = 30


def test_each_of_several_writers_reads_what_it_has_flushed(tmp_path: Path) -> None:
    with running(VICTORIA_METRICS, tmp_path) as engine, ThreadPoolExecutor(WRITERS) as pool:

        def missing(writer: int) -> list[str]:
            with requests.Session() as session:
                own = replace(engine, session=session)
                prometheus = Prometheus(engine.url, session)
                lost = []
                for number in range(WRITES):
                    name = f"flushed_{writer}_{number}"
                    end = START + POINTS * 60
                    # The same query before the write must not answer for the one after it.
                    query = f"sum(count_over_time({name}[{POINTS}m]))"
                    assert prometheus.range(query, START, end, 60) == []
                    samples = [((START + 60 * n) * 1000, 1.0) for n in range(1, POINTS + 1)]
                    series: list[Series] = [({"__name__": name, "n": str(n)}, samples) for n in range(SERIES)]
                    written = write(own.write_url, series, session=session)
                    own.flush()
                    found = prometheus.range(query, START, end, 60)
                    if [row.values[-1][1] for row in found] != [written]:
                        lost.append(name)
                return lost

        assert [name for lost in pool.map(missing, range(WRITERS)) for name in lost] == []
