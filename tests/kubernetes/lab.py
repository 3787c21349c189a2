"""A hub with profiles, quotas and the usage page, behind its real proxy: one for all tests of them."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import requests

from tests.kubernetes import site
from tests.kubernetes.forwarding import forwarded
from tests.kubernetes.node import Node
from tests.waiting import PATIENCE

Json = dict[str, Any]

USAGE_CONFIG: Final = "usage_config.py"

SERVER_MEBIBYTES: Final = 64  # of a server's request

# A server that answers, without Jupyter: it starts in a second. The hub takes its 404 for an answer.
_CONFIG: Final = f"""
c.KubeSpawner.cmd = ["python3", "-m", "http.server", "8888"]
c.KubeSpawner.mem_guarantee = "{SERVER_MEBIBYTES}M"
c.KubeSpawner.mem_limit = "128M"
c.KubeSpawner.cpu_guarantee = 0.01
c.KubeSpawner.delete_grace_period = 0
c.Spawner.consecutive_failure_limit = 2
c.JupyterHub.tornado_settings = {{"slow_spawn_timeout": 120, "slow_stop_timeout": 120}}
"""


@dataclass(frozen=True)
class Lab:
    """A running hub.

    Attributes:
        node: Its node.
        namespace: Its namespace.
        url: Its proxy, on the machine.
        tokens: The API tokens of its services.
        release: The prefix of its objects' names.
        ran: When servers that were run beforehand began and ended, in Unix seconds, by user.
    """

    node: Node
    namespace: str
    url: str
    tokens: Mapping[str, str] = field(repr=False)
    release: str = ""
    ran: dict[str, Future[tuple[float, float]]] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Send a request to the hub's API as its administrator."""
        return requests.request(
            method,
            f"{self.url}/hub/api/{path}",
            json=body,
            headers={"Authorization": f"token {self.tokens['administrator']}"},
            timeout=PATIENCE,
        )

    def add(self, groups: Mapping[str, tuple[str, ...]]) -> None:
        """Create users if they do not exist, and make each a member of groups."""
        for user, names in groups.items():
            assert self.call("POST", f"users/{quote(user)}").status_code in {201, 409}
            for name in names:
                self.join(user, name)

    def join(self, user: str, group: str) -> None:
        """Make a user a member of a group."""
        self.call("POST", f"groups/{group}")  # 409 where it exists
        self.call("POST", f"groups/{group}/users", {"users": [user]}).raise_for_status()

    def start(self, user: str, options: Json | None = None) -> requests.Response:
        """Start a server; the response comes when it runs or is refused."""
        return self.call("POST", f"users/{quote(user)}/server", options or {})

    def stop(self, user: str) -> None:
        """Stop a server; return when its pod is gone."""
        self.call("DELETE", f"users/{quote(user)}/server").raise_for_status()

    def created(self, user: str) -> float:
        """Return when a server's pod was created, in Unix seconds."""
        stamp = self.get("pod", f"jupyter-{user}")["metadata"]["creationTimestamp"]
        return datetime.fromisoformat(stamp).timestamp()

    def get(self, *what: str) -> Any:
        """Return objects of the hub's namespace."""
        return self.node.get(*what, "-n", self.namespace)

    def names(self, kind: str) -> set[str]:
        """Return the names of the objects of a kind in the hub's namespace."""
        return {item["metadata"]["name"] for item in self.get(kind)["items"]}

    def log(self) -> str:
        """Return the log of the hub's pod."""
        hub = f"deployment/{self.release}-hub" if self.release else "deployment/hub"
        return self.node.kubectl("logs", hub, "-n", self.namespace)

    @contextmanager
    def logs(self, *parts: str) -> Iterator[None]:
        """Expect a new line with these parts in the hub's log."""
        before = len(self.log().splitlines())
        yield
        lines: list[str] = []

        def is_logged() -> bool:
            lines[:] = self.log().splitlines()[before:]
            return any(all(part in line for part in parts) for line in lines)

        end = time.monotonic() + 30
        while not is_logged():
            assert time.monotonic() < end, f"no line with {parts} in:\n" + "\n".join(lines)
            time.sleep(0.5)

    def scale(self, replicas: int) -> None:
        """End the hub's pod, or start it and wait until it is ready."""
        self.node.kubectl("scale", "deployment/hub", f"--replicas={replicas}", "-n", self.namespace)

        def is_so() -> bool:
            status = self.get("deployment", "hub")["status"]
            return bool(status.get("replicas", 0) == status.get("readyReplicas", 0) == replicas)

        self.node.wait_for(f"{replicas} pods of the hub", is_so, 180)
        if not replicas:
            self.node.kubectl(
                "wait", "--for=delete", "pod", "-l", "component=hub", "-n", self.namespace, "--timeout=120s"
            )


@contextmanager
def running(
    node: Node,
    namespace: str,
    config: str,
    *,
    release: str = "",
    files: Mapping[str, str] | None = None,
    data: Path | None = None,
) -> Iterator[Lab]:
    """Run a hub in a namespace that exists; the arguments are those of ``site.objects``."""
    tokens = {name: secrets.token_hex(16) for name in ("groups-exporter", "administrator", "proxy")}
    node.apply(*site.objects(namespace, tokens, _CONFIG + config, release=release, files=files, data=data))
    prefix = f"{release}-" if release else ""
    for name in ("hub", "proxy"):
        node.wait_for_deployment(namespace, f"{prefix}{name}")
    address = node.get("service", f"{prefix}proxy-public", "-n", namespace)["spec"]["clusterIP"]
    with forwarded(node, address, 80) as port:
        lab = Lab(node, namespace, f"http://127.0.0.1:{port}", tokens, release)
        # The proxy has the hub's route, and Services have endpoints.
        node.wait_for("hub behind its proxy", lambda: lab.call("GET", "users").ok, 60)
        yield lab


def message(response: requests.Response) -> str:
    """Return the sentence of a refusal."""
    return str(json.loads(response.text)["message"])
