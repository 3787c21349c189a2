"""A Prometheus 3 whose blocks look like those of one that ran for a month, in a folder that may be used again."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.tools import TOOLS
from tests.waiting import free_port

# A month's store consists of blocks of days: Prometheus merges the two-hour ones up to a tenth of its retention.
_FLAGS = (
    "--storage.tsdb.min-block-duration=1d",
    "--storage.tsdb.max-block-duration=3d",
    "--storage.tsdb.retention.time=10y",
)


@dataclass(frozen=True)
class Store:
    """A running Prometheus: where it answers, and the processor time it has used."""

    url: str
    write_url: str
    session: requests.Session
    process: int

    def cpu_seconds(self) -> float:
        """Return the seconds of processor time that Prometheus has used since it began.

        Unlike the time on the wall it does not grow when others use the machine too. The clock's number is made
        from the process' as clock_getcpuclockid(3) does on Linux.
        """
        return time.clock_gettime(~self.process << 3 | 2)


@contextmanager
def prometheus(folder: Path, *, again: bool = False) -> Iterator[Store]:
    """Run Prometheus 3 on the folder's store, which is emptied first unless it shall be used ``again``."""
    if not again and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text("storage: {tsdb: {out_of_order_time_window: 32d}}\n", encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    command = [
        str(TOOLS / "prometheus-3/prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
    ]
    command += [f"--web.listen-address={address}", "--web.enable-remote-write-receiver", *_FLAGS]
    log = folder / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as process,
        requests.Session() as session,
    ):
        try:
            store = Store(f"http://{address}", f"http://{address}/api/v1/write", session, process.pid)
            _wait_until_ready(store, process, log)
            yield store
        finally:
            process.terminate()
            process.wait(60)


def settle(store: Store) -> None:
    """Wait until Prometheus has merged its blocks and rests: a merge beside the queries would be measured with them."""
    quiet, before = 0, store.cpu_seconds()
    while quiet < 3:
        time.sleep(2)
        now = store.cpu_seconds()
        quiet = quiet + 1 if now - before < 0.1 else 0
        before = now


def _wait_until_ready(store: Store, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait up to five minutes: a store that is used again is read from its log first."""
    for _ in range(3000):
        if process.poll() is not None:
            break
        try:
            if store.session.get(f"{store.url}/-/ready", timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"Prometheus did not become ready:\n{log.read_text(encoding='utf-8')[-2000:]}")
