"""The start of the service: its options, and the errors for invalid ones."""

import asyncio
import gc
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from tornado import web

from hubmeter_hub.config import ConfigError
from hubmeter_hub.quotas.policy import Limit
from hubmeter_hub.quotas.usage import Moment
from hubmeter_hub.usage_page.app import hub_address, make_app
from hubmeter_hub.usage_page.command import UsagePageApp, collect_less_often
from hubmeter_hub.usage_page.server import listen_address, listen_ports, serve
from hubmeter_hub.usage_page.summary import Reading
from tests.waiting import PATIENCE, free_port, wait_until

PROMETHEUS = 'c.UsageConfig.prometheus_url = "http://prometheus:9090"\nc.UsageConfig.hub_namespace = "prod"\n'


def files(folder: Path, *texts: str) -> list[str]:
    arguments = []
    for number, text in enumerate(texts):
        path = folder / f"config_{number}.py"
        path.write_text(text, encoding="utf-8")
        arguments.append(f"--config-files={path}")
    return arguments


def test_a_class_that_connects_at_once_is_not_made_to_try_again() -> None:
    """With tornado's default, the 130th connection waits for a second, and later ones for more."""

    async def connect() -> None:
        port = free_port()
        serving = asyncio.create_task(serve(web.Application(), (port,), "127.0.0.1"))
        await asyncio.sleep(0)  # it listens now, and accepts nothing while this function runs
        with ExitStack() as stack:
            for _ in range(300):
                stack.enter_context(socket.create_connection(("127.0.0.1", port), 0.9))
        # Connections are accepted in turn, and end when their clients are seen to have closed them.
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        await reader.read()
        writer.close()
        while len(asyncio.all_tasks()) > 2:
            await asyncio.sleep(0.01)
        serving.cancel()
        await asyncio.wait([serving])

    asyncio.run(connect())


def test_imported_modules_are_not_visited_by_collections_of_garbage() -> None:
    thresholds = gc.get_threshold()
    try:
        collect_less_often()
        assert gc.get_threshold()[0] == 10_000
        assert gc.get_freeze_count() > 50_000 > len(gc.get_objects())
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


def test_several_files_are_read_in_order(tmp_path: Path) -> None:
    second = (
        'c.UsageConfig.prometheus_auth = {"username": "u", "password": "p"}\n'
        'c.UsageViewer.session_secret_key = "key"\nc.UsageViewer.hub_namespace = "staging"\n'
        'c.UsageQuotaManager.policy = [{"resource": "cpu", "limit": 5, "window": 1}]\n'
    )
    viewer, manager = UsagePageApp().settings(files(tmp_path, PROMETHEUS, second))
    assert viewer.prometheus_url == "http://prometheus:9090"
    assert viewer.prometheus_auth == {"username": "u", "password": "p"}
    assert (viewer.hub_namespace, viewer.session_secret_key, viewer.service_port) == ("staging", "key", 0)
    assert [policy.limit for policy in manager.policies().policies] == [5.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "UsageConfig.prometheus_url is not set"),
        (PROMETHEUS + "c.UsageViewer.service_port = 'x'", "service_port"),
        (
            "raise OSError('no secret here')",
            "cannot read the configuration file .*config_0.py: OSError",
        ),
        ("c.UsageConfig.prometheus_url =", "cannot read the configuration file .*: SyntaxError"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        UsagePageApp().settings(files(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path / "none.py"))):
        UsagePageApp().settings([f"--config-files={tmp_path / 'none.py'}"])


@pytest.mark.parametrize(
    ("public", "environ", "address"),
    [
        pytest.param("", {}, "/hub/", id="by default on the same host"),
        pytest.param("", {"JUPYTERHUB_BASE_URL": "/jupyter/"}, "/jupyter/hub/", id="a hub under a path"),
        pytest.param("", {"JUPYTERHUB_HOST": "https://x.org"}, "https://x.org/hub/", id="subdomains"),
        pytest.param("https://x.org", {"JUPYTERHUB_BASE_URL": "/no/"}, "https://x.org/hub/", id="the site's address"),
        pytest.param("https://x.org/jupyter/hub/", {}, "https://x.org/jupyter/hub/", id="the hub's address"),
    ],
)
def test_hub_address(public: str, environ: dict[str, str], address: str) -> None:
    assert hub_address(public, environ) == address


@pytest.mark.parametrize(
    ("service_url", "address"),
    [("http://127.0.0.1:9000", "127.0.0.1"), ("http://localhost:1", "localhost"), ("http://hub:9000", ""), ("", "")],
)
def test_only_a_proxy_on_this_machine_is_served_on_loopback(service_url: str, address: str) -> None:
    assert listen_address(service_url) == address


@pytest.mark.parametrize(
    ("service_url", "service_port", "ports"),
    [
        ("http://hub:9000", 0, (9000,)),
        ("http://hub:9001", 0, (9001,)),
        ("http://hub", 0, (9000,)),
        ("http://hub:9001", 9001, (9001,)),
        ("http://hub:9001", 8888, (8888, 9001)),
        ("", 8888, (8888,)),
    ],
)
def test_the_port_that_the_hub_checks_is_always_served(
    service_url: str, service_port: int, ports: tuple[int, ...]
) -> None:
    assert listen_ports(service_url, service_port) == ports


POLICY = {"resource": "cpu", "limit": 5, "window": 1}


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        pytest.param("", None, id="nothing set"),
        pytest.param('c.UsageQuotaManager.scope_backup_strategy = {"intersection": "max"}', None, id="only a strategy"),
        pytest.param("c.UsageQuotaManager.policy = []", None, id="no policy"),
        pytest.param(f"c.UsageQuotaManager.policy = [{POLICY}]", [5.0], id="a policy"),
        pytest.param(f'c.UsageQuotaManager.scope_fallback_strategy = {{"empty": {POLICY}}}', [5.0], id="a fallback"),
        pytest.param("c.UsageViewer.enable_compute = False", [], id="only homes are shown"),
    ],
)
def test_limits_are_those_in_prometheus_where_the_files_have_no_policy(
    tmp_path: Path,
    text: str,
    limits: list[float] | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: list[list[float] | None] = []

    async def moment(_: Any) -> Moment:
        return Moment(1000.0, 900.0)

    async def read(_: Any, __: str, limits: tuple[Limit, ...] | None, ___: Moment) -> Reading:
        asked.append(None if limits is None else [limit.value for limit in limits])
        return Reading(None, (), {})

    monkeypatch.setattr("hubmeter_hub.usage_page.app.PageReadings.moment", moment)
    monkeypatch.setattr("hubmeter_hub.usage_page.app.PageReadings.read", read)
    viewer, manager = UsagePageApp().settings(files(tmp_path, PROMETHEUS + text))
    hub: Any = SimpleNamespace()
    app = make_app(viewer, manager, environment(9000), hub)
    asyncio.run(app.settings["summaries"].of("ann", frozenset()))
    assert asked == [limits]
    assert ("has a policy (c.UsageQuotaManager.policy): showing the limits in Prometheus" in caplog.text) == (
        limits is None
    )


def environment(port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
    return inherited | {
        "JUPYTERHUB_API_TOKEN": "t0ken-of-the-service",
        "JUPYTERHUB_API_URL": "http://127.0.0.1:9/hub/api",
        "JUPYTERHUB_CLIENT_ID": "service-usage",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/usage/",
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
    }


@pytest.fixture
def port() -> int:
    return free_port()


@contextmanager
def service(arguments: Sequence[str], environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "hubmeter_hub.usage_page", *arguments]
    with log.open("wb") as output, subprocess.Popen(command, env=environ, stdout=output, stderr=output) as process:
        try:
            yield process
        finally:
            process.kill()


def test_without_the_hub_there_is_no_page(tmp_path: Path, port: int) -> None:
    log = tmp_path / "log"
    arguments = files(tmp_path, PROMETHEUS + f"c.UsageViewer.service_port = {port}")
    with service(arguments, environment(port), log) as process:
        ask(f"http://127.0.0.1:{port}/services/usage/static/usage.css", process, log)
        headers = {"Authorization": "token t0ken-of-somebody"}
        answer = requests.get(f"http://127.0.0.1:{port}/services/usage/", headers=headers, timeout=PATIENCE)
    assert answer.status_code == 500
    assert "could not identify you" in answer.text
    assert "t0ken" not in log.read_text(encoding="utf-8") + answer.text


def test_a_large_body_is_not_read(tmp_path: Path, port: int) -> None:
    """Six bodies of 95 MB took 591 MB."""
    log = tmp_path / "log"
    arguments = files(tmp_path, PROMETHEUS + f"c.UsageViewer.service_port = {port}")
    with service(arguments, environment(port), log) as process:
        url = f"http://127.0.0.1:{port}/services/usage/"
        ask(f"{url}static/usage.css", process, log)
        sent = 0
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            client.sendall(b"POST /services/usage/ HTTP/1.1\r\nHost: x\r\nContent-Length: 95000000\r\n\r\n")
            with suppress(ConnectionError):
                while sent < 95_000_000:
                    sent += client.send(b"x" * 65536)
        assert sent < 50_000_000, "the page has closed the connection"
        assert requests.get(f"{url}{'x' * 30_000}", timeout=PATIENCE).status_code == 404
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{url}{'x' * 100_000}", timeout=PATIENCE)
    assert max(map(len, log.read_text(encoding="utf-8").splitlines())) < 2000


def ask(url: str, process: subprocess.Popen[bytes], log: Path) -> requests.Response:
    def answer() -> requests.Response | None:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            return requests.get(url, timeout=PATIENCE)
        except requests.ConnectionError:
            return None  # not listening yet

    # In a list, for an answer with a bad status is false.
    found: list[requests.Response] = wait_until(
        lambda: [response] if (response := answer()) is not None else [], lambda: log.read_text(encoding="utf-8")
    )
    return found[0]


def test_without_a_hub_the_missing_variables_are_named(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
    with service(files(tmp_path, PROMETHEUS), inherited, tmp_path / "log") as process:
        assert process.wait(PATIENCE) == 2
    assert "JUPYTERHUB_API_TOKEN" in (tmp_path / "log").read_text(encoding="utf-8")
    assert "start this as a service of JupyterHub" in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        arguments = files(tmp_path, PROMETHEUS + f"c.UsageViewer.service_port = {port}")
        with service(arguments, environment(port), tmp_path / "log") as process:
            assert process.wait(PATIENCE) == 2
    assert f"cannot listen on port {port} (c.UsageViewer.service_port, or the service's url)" in (
        tmp_path / "log"
    ).read_text(encoding="utf-8")
