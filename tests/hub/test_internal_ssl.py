"""The groups exporter with a real JupyterHub that has internal_ssl."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from hubmeter_exporter.hub_api import SCOPES
from tests.hub.jupyterhub import VERSIONS
from tests.tools import TOOLS
from tests.waiting import PATIENCE, free_port, wait_until

TOKEN = "0123456789abcdef" * 2


def configuration(hub_port: int, exporter_port: int) -> str:
    command = [sys.executable, "-m", "hubmeter_exporter", "--port", str(exporter_port), "--hub_url"]
    service = {
        "name": "groups-exporter",
        "api_token": TOKEN,
        "command": [*command, f"https://127.0.0.1:{hub_port}/hub"],
        "environment": {"NAMESPACE": "tls", "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    }
    return f"""\
c.JupyterHub.internal_ssl = True
c.JupyterHub.bind_url = "http://127.0.0.1:{free_port()}"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "https://127.0.0.1:{free_port()}"
c.ConfigurableHTTPProxy.command = {[str(TOOLS / "node_modules" / ".bin" / "configurable-http-proxy")]!r}
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.allow_all = True
c.JupyterHub.load_groups = {{"bio": {{"users": ["ann"]}}}}
c.JupyterHub.services = [{service!r}]
c.JupyterHub.load_roles = [{{"name": "read-groups", "scopes": {list(SCOPES)!r}, "services": ["groups-exporter"]}}]
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "cookie_secret"
"""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_managed_service_reads_a_hub_with_internal_ssl(version: int, tmp_path: Path) -> None:
    hub_port, exporter_port = free_port(), free_port()
    (tmp_path / "jupyterhub_config.py").write_text(configuration(hub_port, exporter_port), encoding="utf-8")
    log_path = tmp_path / "jupyterhub.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
    # A proxy that does not exist: the exporter must not use it.
    environment |= {"HTTPS_PROXY": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": ""}
    with log_path.open("wb") as log:
        hub = subprocess.Popen(
            [TOOLS / f"hub{version}" / "bin" / "python", "-m", "jupyterhub"],
            cwd=tmp_path, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def ready() -> bool:
        assert hub.poll() is None, log_path.read_text()[-4000:]
        try:
            return requests.get(f"http://127.0.0.1:{exporter_port}/readyz", timeout=PATIENCE).ok
        except requests.ConnectionError:
            return False

    try:
        wait_until(ready, lambda: f"the exporter is ready; the log: {log_path.read_text()[-4000:]}", every=0.2)
        text = requests.get(f"http://127.0.0.1:{exporter_port}/metrics", timeout=PATIENCE).text
        assert 'jupyterhub_user_group_share{namespace="tls",usergroup="bio",username="ann"} 1.0' in text
        assert f'hub_url="https://127.0.0.1:{hub_port}"' in text
        public = subprocess.run(
            [sys.executable, "-m", "hubmeter_exporter", "--once", "--hub_url", f"https://127.0.0.1:{hub_port}"],
            env=environment | {"JUPYTERHUB_API_TOKEN": TOKEN},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert public.returncode == 1
        assert "certificate verify failed" in public.stderr
        assert "set --hub_ca_file for a certificate of a private authority" in public.stderr
    finally:
        os.killpg(hub.pid, signal.SIGTERM)
        hub.wait(PATIENCE)
