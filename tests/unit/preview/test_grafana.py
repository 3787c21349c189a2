"""How the demo finds and starts Grafana: with doubles of Docker and Grafana, which record how they are called."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.demo import grafana
from tests.demo.program import ProgramDidNotStartError

# Answers as Grafana does, and records its arguments and environment.
GRAFANA = f"""#!{sys.executable}
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()

    def log_message(self, *_):
        pass

Path(os.environ["RECORD"]).write_text(json.dumps([sys.argv[1:], dict(os.environ)]))
HTTPServer((os.environ["GF_SERVER_HTTP_ADDR"], int(os.environ["GF_SERVER_HTTP_PORT"])), Answer).serve_forever()
"""

Program = Callable[[str, str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Return a function that puts a program on a PATH with nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name: str, text: str) -> Path:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return path

    return put


@pytest.mark.usefixtures("program")
def test_without_docker_and_grafana_there_is_a_reason() -> None:
    assert grafana.find() == grafana.Absent("there is no Docker and no grafana on PATH")


@pytest.mark.parametrize(
    ("works", "reason"),
    [
        ("none", "Docker does not run"),
        ("version", f"Docker cannot pull {grafana.image()}"),
    ],
)
def test_docker_that_cannot_run_the_image_counts_as_absent(program: Program, works: str, reason: str) -> None:
    program("docker", f'#!/bin/sh\n[ "$1" = {works} ]\n')
    found = grafana.find()
    assert isinstance(found, grafana.Absent)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize("works", ["image", "pull"])
def test_docker_with_the_image_or_with_a_registry_is_used(program: Program, works: str) -> None:
    program("docker", f'#!/bin/sh\n[ "$1" = version ] || [ "$1" = {works} ]\n')
    assert grafana.find() == "docker"


def test_a_grafana_is_started_provisioned_and_anonymous(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = program("grafana", GRAFANA)
    record = tmp_path / "record.json"
    monkeypatch.setenv("RECORD", str(record))
    assert grafana.find() == str(path)
    folder, boards = tmp_path / "grafana", tmp_path / "dashboards"
    with grafana.running(str(path), folder, "http://127.0.0.1:9090", boards) as url:
        arguments, environment = json.loads(record.read_text(encoding="utf-8"))
        assert arguments[0] == "server"
        assert url == f"http://127.0.0.1:{environment['GF_SERVER_HTTP_PORT']}"
        assert environment["GF_AUTH_ANONYMOUS_ENABLED"] == "true"
        provisioning = Path(environment["GF_PATHS_PROVISIONING"])
        (source,) = _read(provisioning / "datasources")["datasources"]
        assert (source["type"], source["url"], source["isDefault"]) == ("prometheus", "http://127.0.0.1:9090", True)
        (provider,) = _read(provisioning / "dashboards")["providers"]
        assert (provider["type"], provider["options"]["path"]) == ("file", str(boards))


def _read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    (path,) = folder.glob("*.yaml")
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def test_a_container_has_the_dashboards_and_the_services_restrictions(program: Program, tmp_path: Path) -> None:
    record = tmp_path / "record"
    # It ends at once, which the demo reports with its output.
    note = f"open({str(record)!r}, 'a').write('\\n'.join([*sys.argv[1:], '']))"
    program("docker", f"#!{sys.executable}\nimport sys\n{note}\nprint('no')\nsys.exit(1)\n")
    folder, boards = tmp_path / "grafana", tmp_path / "dashboards"
    with (
        pytest.raises(ProgramDidNotStartError, match="ended with code 1; its log ends with:\nno"),
        grafana.running("docker", folder, "http://127.0.0.1:9090", boards),
    ):
        pass
    called = record.read_text(encoding="utf-8").splitlines()
    assert called[:2] == ["run", "--rm"]
    assert {"--read-only", "--cap-drop=ALL", f"--volume={boards}:/etc/hubmeter/dashboards:ro"} <= set(called)
    assert "--env=GF_AUTH_ANONYMOUS_ENABLED=true" in called
    assert {f"--tmpfs={of}" for of in grafana.service()["tmpfs"]} <= set(called)
    (provider,) = _read(folder / "provisioning/dashboards")["providers"]
    assert provider["options"] == {"path": "/etc/hubmeter/dashboards"}
    assert called[-3:-1] == ["rm", "--force"]
    assert f"--name={called[-1]}" in called
    assert os.access(folder / "provisioning", os.R_OK)
