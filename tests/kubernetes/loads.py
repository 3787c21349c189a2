"""User servers with known loads, started by a real hub, and their figures as the kernel's cgroups have them."""

import subprocess
import threading
import time
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.kubernetes import site
from tests.kubernetes.lab import Lab
from tests.kubernetes.node import Node, cgroups
from tests.kubernetes.site import Json

CONTAINER: Final = "notebook"  # as KubeSpawner names it
PROGRAM: Final = Path(__file__).with_name("user_server.py").read_text(encoding="utf-8")
# For lab.running: servers run user_server.py with the options of the request that started them.
CONFIG: Final = f"""
def _load(spawner):
    load = {{f"LOAD_{{name.upper()}}": str(value) for name, value in spawner.user_options.items()}}
    spawner.environment = {{**spawner.environment, **load}}

c.Spawner.pre_spawn_hook = _load
c.KubeSpawner.cmd = ["python3", "-c", {PROGRAM!r}]
c.KubeSpawner.mem_limit = "1G"
"""


@dataclass(frozen=True)
class Load:
    """What a server does: MiB that it holds, cores that it uses."""

    mebibytes: int
    cores: float


@dataclass(frozen=True)
class Server:
    """A running container of a user server."""

    user: str
    pod: str
    uid: str
    container_id: str
    address: str


def started(lab: Lab, user: str, load: Load) -> Server:
    """Start a user's server on a hub with CONFIG, and return it."""
    lab.start(user, {"mebibytes": load.mebibytes, "cores": load.cores}).raise_for_status()
    pods = lab.get("pods", "-l", "component=singleuser-server")["items"]
    (server,) = (found for pod in pods if (found := running(pod)) and found.user == user)
    return server


def pod(namespace: str, user: str, load: Load, *, limit: str, exit_code: int) -> Json:
    """Return the pod of a user's server as KubeSpawner makes it, for tests that need no hub."""
    variables = {"LOAD_MEBIBYTES": load.mebibytes, "LOAD_CORES": load.cores, "LOAD_EXIT_CODE": exit_code}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"jupyter-{user}",
            "namespace": namespace,
            "labels": {"component": "singleuser-server", "app": "jupyterhub"},
            "annotations": {"hub.jupyter.org/username": user},
        },
        "spec": {
            "restartPolicy": "OnFailure",
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": False,
            "containers": [
                {
                    "name": CONTAINER,
                    "image": site.IMAGE,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["python3", "-c", PROGRAM],
                    "env": [{"name": name, "value": str(value)} for name, value in variables.items()],
                    "resources": {"requests": {"memory": "64Mi"}, "limits": {"memory": limit}},
                }
            ],
        },
    }


def running(pod: Json) -> Server | None:
    """Return the running container of a user's pod."""
    (status,) = pod["status"].get("containerStatuses") or [{}]
    if "running" not in status.get("state", {}) or "deletionTimestamp" in pod["metadata"]:
        return None
    user = pod["metadata"]["annotations"]["hub.jupyter.org/username"]
    container_id = status["containerID"].removeprefix("containerd://")
    return Server(user, pod["metadata"]["name"], pod["metadata"]["uid"], container_id, pod["status"]["podIP"])


def ask(node: Node, server: Server, path: str) -> bool:
    """Send a request to a server and return whether it answers."""
    curl = node.inside("curl", "-sSf", "-m", "30", f"http://{server.address}:8888{path}")
    return subprocess.run(curl, capture_output=True, timeout=60, check=False).returncode == 0


# ---- cgroups ------------------------------------------------------------------------------------


@dataclass
class Figures:
    """Figures of a container's cgroup, read about once a second.

    Attributes:
        times: Unix seconds.
        cpu: CPU seconds since the container's start.
        memory: Bytes of the working set, as the kubelet defines it: usage without the inactive file cache.
    """

    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def cpu_at(self, when: float) -> float:
        """Return the CPU seconds at a time, interpolated; 0 before the start, the last figure after the end."""
        right = bisect_left(self.times, when)
        if right == len(self.times):
            return self.cpu[-1]
        if right == 0:
            return self.cpu[0] if self.times[0] - when < 1.5 else 0.0
        begin, end = self.times[right - 1], self.times[right]
        return self.cpu[right - 1] + (self.cpu[right] - self.cpu[right - 1]) * (when - begin) / (end - begin)

    def ends_before(self, when: float) -> bool:
        """Return whether the container had ended at a time; the last figure is about a second old then."""
        return self.times[-1] < when - 3

    def memory_between(self, begin: float, end: float) -> list[float]:
        """Return the figures of memory of a period."""
        return [value for when, value in zip(self.times, self.memory, strict=True) if begin <= when <= end]


class Recorder:
    """A thread that reads the cgroups of containers once a second."""

    def __init__(self, node: Node) -> None:
        """Start without containers."""
        self.figures: dict[Server, Figures] = {}
        self._node = node
        self._folders: dict[Server, list[Path]] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cgroups", daemon=True)

    def __enter__(self) -> "Recorder":
        """Start to read."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the thread."""
        self._ended.set()
        self._thread.join()

    def follow(self, server: Server) -> None:
        """Read the cgroup of this container from now on, until it ends."""
        tops = cgroups(self._node.folder.name)
        folders = [found for top in tops for found in top.glob(f"kubepods/**/pod{server.uid}/{server.container_id}")]
        assert folders, f"no cgroup of {server}"
        self.figures[server] = Figures()
        self._folders[server] = folders

    def _run(self) -> None:
        while not self._ended.wait(1):
            for server, folders in list(self._folders.items()):
                with suppress(OSError):  # the container has ended
                    now, cpu, memory = time.time(), _cpu_seconds(folders), _working_set(folders)
                    figures = self.figures[server]
                    figures.times.append(now)
                    figures.cpu.append(cpu)
                    figures.memory.append(memory)


def _cpu_seconds(folders: list[Path]) -> float:
    for folder in folders:
        if (folder / "cpuacct.usage").exists():
            return int((folder / "cpuacct.usage").read_text()) / 1e9
        if (folder / "cpu.stat").exists() and "usage_usec" in (text := (folder / "cpu.stat").read_text()):
            return _field(text, "usage_usec") / 1e6
    raise FileNotFoundError(f"no CPU figures in {folders}")


def _working_set(folders: list[Path]) -> float:
    for folder in folders:
        for usage, inactive in (("memory.usage_in_bytes", "total_inactive_file"), ("memory.current", "inactive_file")):
            if (folder / usage).exists():
                used = int((folder / usage).read_text())
                return max(0.0, used - _field((folder / "memory.stat").read_text(), inactive))
    raise FileNotFoundError(f"no memory figures in {folders}")


def _field(text: str, name: str) -> int:
    (value,) = (line.split()[1] for line in text.splitlines() if line.split()[0] == name)
    return int(value)
