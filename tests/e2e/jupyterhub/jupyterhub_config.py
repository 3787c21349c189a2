"""A hub that starts servers in its own container, with Hubmeter's quotas and usage page."""

import os
import sys

from jupyterhub.auth import DummyAuthenticator

from hubmeter_hub import setup_usage_quotas

# JupyterHub puts them there.
c, load_subconfig = globals()["c"], globals()["load_subconfig"]
sys.path.append("/opt/hubmeter/source")  # where the tests' own module of users and groups is
setup_usage_quotas(c)
load_subconfig("/etc/jupyterhub/usage_config.py")  # a path, for a name that is not found is passed over in silence


class KeepCase(DummyAuthenticator):  # type: ignore[misc] # jupyterhub ships no types
    """Lets anybody in, with names as they are written."""

    def normalize_username(self, username: str) -> str:
        """Return the name as it is."""
        return username


SERVER = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

HTTPServer(("127.0.0.1", urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port), Answer).serve_forever()
"""

c.JupyterHub.authenticator_class = KeepCase
c.KeepCase.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.Spawner.cmd = [sys.executable, "-c", SERVER]
c.JupyterHub.hub_ip = "0.0.0.0"  # noqa: S104 - only the other containers reach it
c.JupyterHub.hub_connect_ip = "127.0.0.1"
c.JupyterHub.bind_url = "http://0.0.0.0:8000"
c.JupyterHub.authenticate_prometheus = False
c.JupyterHub.cleanup_servers = True
# Not on the volume: after a crash, another process has that number.
c.ConfigurableHTTPProxy.pid_file = "/tmp/proxy.pid"  # noqa: S108 - a container's own
c.JupyterHub.services = [
    {"name": "groups-exporter", "api_token": os.environ["EXPORTER_TOKEN"]},
    {"name": "administrator", "api_token": os.environ["ADMIN_TOKEN"]},
    {
        "name": "usage",
        "url": "http://127.0.0.1:9000",
        "oauth_no_confirm": True,
        "command": [
            sys.executable,
            "-m",
            "hubmeter_hub.usage_page",
            "--config-files=/etc/jupyterhub/usage_config.py",
        ],
        "environment": {"PYTHONPATH": "/opt/hubmeter/source"},
    },
]
c.JupyterHub.load_roles = [
    {"name": "groups-exporter", "services": ["groups-exporter"], "scopes": ["list:users", "read:users:groups"]},
    {
        "name": "administrator",
        "services": ["administrator"],
        "scopes": ["admin:users", "admin:groups", "admin:servers"],
    },
    {"name": "usage-page", "services": ["usage"], "scopes": ["read:users:name", "read:users:groups"]},
    {"name": "user", "scopes": ["self", "access:services!service=usage"]},
]
