"""Grafana for the demo: the service of tests/e2e/compose.yaml where Docker can run it, or a ``grafana`` on PATH.

Both read the same provisioning files, which are those of tests/e2e with the demo's data source and folder.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.demo.program import started
from tests.waiting import free_port

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = ROOT / "tests/e2e/compose.yaml"
PROVISIONING: Final = ROOT / "tests/e2e/grafana"
_PULL_SECONDS: Final = 300
_IN_CONTAINER: Final = "/etc/hubmeter/dashboards"


@dataclass(frozen=True)
class Absent:
    """Grafana cannot run here."""

    reason: str


def service() -> Mapping[str, Any]:
    """Return the service of Grafana in tests/e2e/compose.yaml."""
    found: Mapping[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["grafana"]
    return found


def image() -> str:
    """Return the image that the service runs, with the default of its variable."""
    named: str = service()["image"]
    variable, _, default = named.removeprefix("${").removesuffix("}").partition(":-")
    return os.environ.get(variable) or default


def provision(folder: Path, prometheus_url: str, dashboards: str) -> None:
    """Write the provisioning files into ``folder``, with this Prometheus and the path of the dashboards."""
    shutil.copytree(PROVISIONING, folder)
    for kind, key, changed in (
        ("datasources", "datasources", {"url": prometheus_url}),
        ("dashboards", "providers", {"options": {"path": dashboards}}),
    ):
        (path,) = (folder / kind).glob("*.yaml")
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content[key] = [{**entry, **changed} for entry in content[key]]
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def find() -> str | Absent:
    """Return "docker" or the path of a ``grafana`` program, or why there is neither; pulls the image if necessary."""
    program = shutil.which("grafana")
    if program:
        return program
    if not shutil.which("docker"):
        return Absent("there is no Docker and no grafana on PATH")
    if not _succeeds("docker", "version"):
        return Absent("Docker does not run, and there is no grafana on PATH")
    if _succeeds("docker", "image", "inspect", image()) or _succeeds("docker", "pull", "--quiet", image()):
        return "docker"
    return Absent(f"Docker cannot pull {image()}, and there is no grafana on PATH")


def _succeeds(*command: str) -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired, OSError):
        return not subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_PULL_SECONDS, check=False
        ).returncode
    return False


@contextlib.contextmanager
def running(how: str, folder: Path, prometheus_url: str, dashboards: Path) -> Iterator[str]:
    """Run Grafana in the way that `find` returned, with these dashboards; yield its URL when it answers.

    Raises ProgramDidNotStartError.
    """
    folder.mkdir()
    port = free_port()
    environment = {
        **service()["environment"],
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(port),
    }
    provisioning = folder / "provisioning"
    url = f"http://127.0.0.1:{port}"
    if how == "docker":
        # On the host's network, where the demo's Prometheus listens on the loopback interface.
        provision(provisioning, prometheus_url, _IN_CONTAINER)
        name = f"hubmeter-demo-{os.getpid()}"
        command = [
            "docker", "run", "--rm", f"--name={name}", "--network=host", "--read-only", "--cap-drop=ALL",
            "--security-opt=no-new-privileges:true", f"--volume={provisioning}:/etc/grafana/provisioning:ro",
            f"--volume={dashboards}:{_IN_CONTAINER}:ro", *(f"--tmpfs={of}" for of in service()["tmpfs"]),
            *(f"--env={key}={value}" for key, value in environment.items()), image(),
        ]  # fmt: skip
        end = ["docker", "rm", "--force", name]
        added: dict[str, str] = {}
    else:
        provision(provisioning, prometheus_url, str(dashboards))
        home = Path(how).resolve().parent.parent
        command = [how, "server", f"--homepath={home if (home / 'conf').exists() else '/usr/share/grafana'}"]
        end = []
        added = {
            **environment,
            "GF_PATHS_PROVISIONING": str(provisioning),
            "GF_PATHS_DATA": str(folder / "data"),
            "GF_PATHS_LOGS": str(folder / "logs"),
            "GF_PATHS_PLUGINS": str(folder / "plugins"),
        }
    for path in (folder, *folder.rglob("*")):  # the container's user reads them, too
        path.chmod(0o755 if path.is_dir() else 0o644)
    try:
        with started("Grafana", command, f"{url}/api/health", folder / "grafana.log", added):
            yield url
    finally:
        if end:
            _succeeds(*end)
