"""The configuration of the demo's hubs: groups exporter, quotas and usage page, as a site has them."""

import secrets
import sys
from pathlib import Path
from typing import Final

from hubmeter_generator.model import VERSION as _VERSION
from tests.demo.site import COURSE, GPU_GROUP, LEADS, SCIENCE, SHARES, TEACHING
from tests.hub.jupyterhub import Service
from tests.tools import TOOLS

EXPORTER: Final = "groups-exporter"
HUB_VERSION: Final = 6
_ROOT: Final = Path(__file__).parents[2]
_PACKAGES: Final = [str(_ROOT / name) for name in ("hub", "promql", "common")]

_POLICIES: Final = {
    SCIENCE: [
        {"resource": "memory", "limit": "1500 GiB-hours", "window": 30, "scope": {"group": ["astronomy", "biology"]}},
        {"resource": "memory", "limit": "400 GiB-hours", "window": 7, "scope": {"group": ["chemistry"]}},
        {"resource": "gpu", "limit": "40 GPU-hours", "window": 7, "scope": {"group": [GPU_GROUP]}},
        {"resource": "cost", "limit": "45 USD", "window": 30, "scope": {"group": [GPU_GROUP]}},
        {"resource": "cpu", "limit": "90 CPU-hours", "window": 7},
    ],
    TEACHING: [
        {"resource": "memory", "limit": "62 GiB-hours", "window": 7, "scope": {"group": [COURSE]}},
        {"resource": "memory", "limit": "18 GiB-hours", "window": 1},
    ],
}

# A server that answers any request, so that users of the demo can start one.
_SERVER: Final = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"A server of the demo. It has no JupyterLab.")

HTTPServer(("127.0.0.1", urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port), Answer).serve_forever()
"""


def usage_config(namespace: str, prometheus_url: str) -> str:
    """Return the configuration that quotas and the usage page read."""
    return f"""\
c.UsageConfig.prometheus_url = {prometheus_url!r}
c.UsageConfig.hub_namespace = {namespace!r}
c.UsageQuotaManager.policy = {_POLICIES[namespace]!r}
c.UsageQuotaManager.failover_open = True
c.UsageViewer.footer_note = "If you need more, write to support@example.org."
c.UsageViewer.group_leads = {LEADS!r}
"""


def hub_config(namespace: str, prometheus_url: str) -> str:
    """Return what follows the configuration of a hub of the tests."""
    return f"""
import sys
sys.path[:0] = {_PACKAGES!r}
from hubmeter_hub import setup_usage_quotas
setup_usage_quotas(c)
{usage_config(namespace, prometheus_url)}
c.JupyterHub.load_roles += [{{"name": "user", "scopes": ["self", "access:services!service=usage"]}}]
for service in c.JupyterHub.services:
    if service["name"] == "usage":
        service["oauth_no_confirm"] = True
c.JupyterHub.authenticate_prometheus = False
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.shutdown_on_logout = True
c.Spawner.cmd = [sys.executable, "-c", {_SERVER!r}]
"""


def exporter(namespace: str, port: int) -> Service:
    """Return the groups exporter as a service that the hub starts."""
    command = [
        str(Path(sys.executable).with_name("hubmeter-exporter")),
        f"--jupyterhub_namespace={namespace}",
        f"--multiple_groups={SHARES}",
        "--update_exporter_interval=60",
    ]
    return Service(EXPORTER, ["list:users", "read:users:groups"], f"http://127.0.0.1:{port}", command)


def usage_page(namespace: str, port: int, prometheus_url: str, folder: Path) -> Service:
    """Return the usage page as a service that the hub starts; its configuration goes to ``folder``."""
    config = folder / "usage_config.py"
    text = usage_config(namespace, prometheus_url)
    secret = secrets.token_hex(16)
    config.write_text(
        f"{text}c.UsageViewer.service_port = {port}\nc.UsageViewer.session_secret_key = {secret!r}\n", encoding="utf-8"
    )
    # The page reads its version from the metadata of the distribution, which the hub's own Python lacks.
    metadata = folder / f"hubmeter-{_VERSION}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: hubmeter\nVersion: {_VERSION}\n", encoding="utf-8")
    python = str(TOOLS / f"hub{HUB_VERSION}/bin/python")
    command = [python, "-m", "hubmeter_hub.usage_page", f"--config-files={config}"]
    return Service(
        "usage",
        ["read:users:name", "read:users:groups"],
        f"http://127.0.0.1:{port}",
        command,
        {"PYTHONPATH": ":".join([*_PACKAGES, str(folder)])},
    )
