"""A real Prometheus with a configuration of one's own, for as long as a ``with`` block lasts."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests

from tests.demo.program import started
from tests.engines.engine import PROMETHEUS
from tests.tools import TOOLS
from tests.waiting import PATIENCE, free_port

# A block longer than a year: samples of its last half can be written series by series, and nothing is merged meanwhile.
_STORAGE: Final = (
    "--storage.tsdb.retention.time=2y",
    "--storage.tsdb.min-block-duration=400d",
    "--storage.tsdb.max-block-duration=400d",
)


@dataclass(frozen=True)
class Running:
    """A running Prometheus; ``name`` says which one."""

    name: str
    url: str
    config: Path

    @property
    def write_url(self) -> str:
        """Where it takes remote writes."""
        return f"{self.url}/api/v1/write"

    def load(self, config: str) -> None:
        """Have it go on with another prometheus.yml. Raises requests.HTTPError where that is invalid."""
        self.config.write_text(config, encoding="utf-8")
        requests.post(f"{self.url}/-/reload", timeout=PATIENCE).raise_for_status()


def newest() -> str:
    """Return the name of the newest Prometheus that is installed.

    Raises FileNotFoundError where none is.
    """
    for name in reversed(PROMETHEUS):
        if (TOOLS / PROMETHEUS[name] / "prometheus").exists():
            return name
    raise FileNotFoundError(f"no Prometheus in {TOOLS}: run .ci/setup, which installs it")


@contextlib.contextmanager
def prometheus(name: str, config: str, folder: Path) -> Iterator[Running]:
    """Run Prometheus ``name`` (a key of PROMETHEUS) with this prometheus.yml and its data under ``folder``.

    It takes remote writes, of any time in the last months. Raises ProgramDidNotStartError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(config, encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    command: list[str | Path] = [
        TOOLS / PROMETHEUS[name] / "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--web.enable-remote-write-receiver",
        "--web.enable-lifecycle",
        *_STORAGE,
    ]
    url = f"http://{address}"
    with started("Prometheus", command, f"{url}/-/ready", folder / "prometheus.log"):
        yield Running(name, url, folder / "prometheus.yml")
