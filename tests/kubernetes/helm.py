"""Helm 3 with a cluster's API server."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.kubernetes.cluster import Cluster, ClusterError


@dataclass(frozen=True)
class Helm:
    """Helm's program, with a home of its own.

    Attributes:
        cluster: Its cluster.
        home: A folder for its cache and configuration.
    """

    cluster: Cluster
    home: Path

    def __call__(self, *arguments: str, namespace: str) -> str:
        """Run a command in a namespace and return its output.

        Raises:
            ClusterError: with Helm's message, where it fails.
        """
        own = {f"HELM_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        # Helm caches the server's kinds of objects in ~/.kube.
        environment = {**self.cluster.environment, **own, "HOME": str(self.home)}
        command = self.cluster.inside(program() or "helm", f"--namespace={namespace}", *arguments)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400, check=False)
        if done.returncode:
            raise ClusterError(f"helm {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout


def program() -> str | None:
    """Return the program of the package helm-binary, which is for x86-64 only."""
    return shutil.which("helm", path=str(Path(sys.executable).parent))
