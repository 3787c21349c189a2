"""Starts the engines that ../../.ci/setup has put under .tools, each in a folder of its own and on a free port."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.tools import tool
from tests.waiting import PATIENCE, free_port, wait_until

# Name -> folder of .tools.
PROMETHEUS = {"Prometheus 2.42": "prometheus-2", "Prometheus 2.53": "prometheus-2.53", "Prometheus 3": "prometheus-3"}
VICTORIA_METRICS = "VictoriaMetrics"
ENGINES = (*PROMETHEUS, VICTORIA_METRICS)


@dataclass(frozen=True)
class Engine:
    """A running engine: its URL, and whether what was written must be flushed before it can be read."""

    name: str
    url: str
    session: requests.Session

    @property
    def write_url(self) -> str:
        """Where remote write goes."""
        return f"{self.url}/api/v1/write"

    def flush(self) -> None:
        """Make what was written readable: VictoriaMetrics keeps it back for a second, Prometheus does not.

        Before 1.148 (its change 11260), VictoriaMetrics' flush returns early while another flush carries the rows. Its
        cache of results would answer for up to five seconds as before the write.
        """
        if self.name != VICTORIA_METRICS:
            return
        wait_until(self._flushes_all, lambda: "VictoriaMetrics can read all rows that it accepted", every=0.005)
        self._get("internal/resetRollupResultCache")

    def _flushes_all(self) -> bool:
        self._get("internal/force_flush")
        readable, _ = self._rows()
        # Asked for later, so that newer rows of others do not stand in for missing ones.
        _, accepted = self._rows()
        return readable == accepted

    def _rows(self) -> tuple[int, int]:
        """Return how many rows VictoriaMetrics can read, and how many it accepted."""
        metrics = self._get("metrics")
        readable, accepted = (
            sum(map(int, re.findall(rf"^{series} (\d+)$", metrics, re.MULTILINE)))
            for series in (r'vm_rows\{type="storage/\w+"\}', "vm_rows_added_to_storage_total")
        )
        return readable, accepted

    def _get(self, path: str) -> str:
        response = self.session.get(f"{self.url}/{path}", timeout=PATIENCE)
        response.raise_for_status()
        return response.text

    def samples(self, series: str, at: float, window: str) -> dict[frozenset[tuple[str, str]], dict[int, float]]:
        """Return the stored samples of a series, by labels and unix second, of the ``window`` that ends at ``at``."""
        query = {"query": f'{{__name__="{series}"}}[{window}]', "time": str(at)}
        response = self.session.post(f"{self.url}/api/v1/query", data=query, timeout=PATIENCE)
        response.raise_for_status()
        return {
            frozenset((k, v) for k, v in row["metric"].items() if k != "__name__"): {
                round(float(t)): float(v) for t, v in row["values"] if v != "NaN"
            }
            for row in response.json()["data"]["result"]
        }


@contextmanager
def running(
    name: str, folder: Path, *, rules: Path | None = None, lookback: str = "5m", retention: str = "2y"
) -> Iterator[Engine]:
    """Run the engine with an empty store that takes samples of the past year; stop it at the end.

    Tests that ask for the present need a longer ``lookback``: a slow machine needs minutes from write to query. Where
    the engine is not installed, the test is skipped.
    """
    program = tool("victoriametrics/victoria-metrics" if name == VICTORIA_METRICS else f"{PROMETHEUS[name]}/prometheus")
    folder.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{free_port()}"
    if name == VICTORIA_METRICS:
        command = [
            f"-httpListenAddr={address}",
            f"-storageDataPath={folder / 'data'}",
            f"-retentionPeriod={retention}",
            f"-search.minStalenessInterval={lookback}",
            # Too small for an entry: one that says that there is no such series stays for up to ten seconds after the
            # series' first sample.
            "-storage.cacheSizeIndexDBTagFilters=1",
        ]
    else:
        config = "global: {evaluation_interval: 1m}\nstorage: {tsdb: {out_of_order_time_window: 8784h}}\n"
        if rules:
            config += f"rule_files: ['{rules}']\n"
        (folder / "prometheus.yml").write_text(config, encoding="utf-8")
        command = [
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--storage.tsdb.retention.time={retention}",
            # No blocks are cut meanwhile: Prometheus 2 may panic when old samples arrive just then ("expected newly cut
            # file to have sequence:offset 1:8, got 2:8").
            "--storage.tsdb.min-block-duration=31d",
            "--storage.tsdb.max-block-duration=31d",
            f"--query.lookback-delta={lookback}",
            f"--web.listen-address={address}",
            "--web.enable-remote-write-receiver",
        ]
    log = folder / "log"
    with (
        log.open("w") as output,
        subprocess.Popen([program, *command], stdout=output, stderr=output) as process,
    ):
        session = requests.Session()
        try:
            engine = Engine(name, f"http://{address}", session)
            _wait(engine, process, log)
            yield engine
        finally:
            session.close()
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:  # its store is thrown away
                process.kill()


def _wait(engine: Engine, process: subprocess.Popen[bytes], log: Path) -> None:
    path = "health" if engine.name == VICTORIA_METRICS else "-/ready"

    def ready() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"{engine.name} ended:\n{log.read_text(encoding='utf-8')[-2000:]}")
        try:
            return engine.session.get(f"{engine.url}/{path}", timeout=PATIENCE).ok
        except requests.ConnectionError:
            return False  # not listening yet

    wait_until(ready, lambda: f"{engine.name} is ready:\n{log.read_text(encoding='utf-8')[-2000:]}")
