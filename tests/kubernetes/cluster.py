"""A cluster as tests use it: with kubectl, in namespaces of their own.

It is the node of ``tests.kubernetes.node``, or with CLUSTER=kubeconfig the cluster of KUBECONFIG.
"""

import json
import os
import re
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import yaml

from tests.kubernetes import programs

PREFIX: Final = "hubmeter-test-"  # of all namespaces that tests make


class ClusterError(Exception):
    """A failure of the cluster or of kubectl, with its message or the end of a log."""


class Cluster(ABC):
    """A running cluster."""

    pause: str  # an image with a program that waits, which the nodes have

    @property
    @abstractmethod
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig, or several as in the variable KUBECONFIG."""

    def inside(self, *command: str | Path) -> list[str]:
        """Return the command as it runs where the API server can be reached."""
        return [str(word) for word in command]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of kubectl and Helm."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}

    def kubectl(self, *arguments: str, stdin: str | None = None, timeout: float = 120) -> str:
        """Run kubectl as administrator and return its output.

        Raises:
            ClusterError: with kubectl's message, where it fails.
        """
        done = subprocess.run(
            self.inside(programs.kubectl(), *arguments), env=self.environment, input=stdin, text=True,
            capture_output=True, timeout=timeout, check=False,
        )  # fmt: skip
        if done.returncode:
            raise ClusterError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def get(self, *what: str) -> Any:
        """Return the objects of ``kubectl get ... -o json``."""
        return json.loads(self.kubectl("get", *what, "-o", "json"))

    def apply(self, *objects: Mapping[str, Any]) -> None:
        """Create or change objects."""
        self.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(objects))

    @contextmanager
    def namespace(self, name: str, labels: Mapping[str, str] | None = None) -> Iterator[str]:
        """Make the namespace PREFIX + name, give its name, and begin to delete it with its objects.

        Raises:
            ClusterError: where it exists, and no earlier test has begun to delete it.
        """
        full = PREFIX + name
        if self.namespaces().get(full) == "Terminating":
            self.wait_for(f"end of the namespace {full}", lambda: full not in self.namespaces(), 300)
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": full, "labels": dict(labels or {})}}
        self.kubectl("create", "-f", "-", stdin=yaml.safe_dump(made))  # fails where it exists
        try:
            account = ("serviceaccount", "default", "-n", full)
            self.wait_for("ServiceAccount", lambda: bool(self.get(*account)), 60)
            yield full
        finally:
            self.kubectl("delete", "namespace", full, "--wait=false")

    def namespaces(self) -> dict[str, str]:
        """Return the phases of the tests' namespaces by name: Active or Terminating."""
        found = {each["metadata"]["name"]: str(each["status"]["phase"]) for each in self.get("namespaces")["items"]}
        return {name: phase for name, phase in found.items() if name.startswith(PREFIX)}

    def curl(self, namespace: str, service: str, port: int, path: str, *options: str) -> str:
        """Return the answer of a Service; ``options`` are curl's.

        Raises:
            subprocess.CalledProcessError: for a status of 400 or more, and where no answer comes in 60 s.
        """
        with self._forwarded(namespace, service, port) as address:
            return self._curl(f"http://{address}{path}", *options)

    def _curl(self, url: str, *options: str) -> str:
        command = self.inside("curl", "-sSf", "--max-time", "60", *options, url)
        return subprocess.run(command, check=True, text=True, capture_output=True, timeout=90).stdout

    @contextmanager
    def _forwarded(self, namespace: str, service: str, port: int) -> Iterator[str]:
        """Forward a free port of this machine to a Service; give ``127.0.0.1:PORT``."""
        command = self.inside(programs.kubectl(), "port-forward", "-n", namespace, f"service/{service}", f":{port}")
        with subprocess.Popen(
            command, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as forwarding:
            try:
                assert forwarding.stdout
                line = forwarding.stdout.readline()
                match = re.match(r"Forwarding from (127\.0\.0\.1:\d+) ", line)
                if not match:
                    raise ClusterError(f"kubectl port-forward service/{service}: {line.strip()}")
                yield match[1]
            finally:
                forwarding.terminate()

    def wait_for(self, what: str, holds: Callable[[], bool], seconds: float = 180) -> None:
        """Wait until a condition holds; an error of kubectl, a command or a lookup counts as "not yet".

        Raises:
            ClusterError: when it does not hold in time, or a program of the node has ended.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if ended := self.ended():
                raise ClusterError(f"while waiting for {what}: {ended}")
            with suppress(ClusterError, OSError, subprocess.SubprocessError, ValueError, LookupError):
                if holds():
                    return
            time.sleep(0.5)
        raise ClusterError(f"no {what} within {seconds:.0f} s{self.hint()}")

    def wait_for_deployment(self, namespace: str, name: str, seconds: int = 300) -> None:
        """Wait until a Deployment's pods are ready.

        Raises:
            ClusterError: when they are not in time.
        """
        status = ("rollout", "status", f"deployment/{name}", "-n", namespace, f"--timeout={seconds}s")
        self.kubectl(*status, timeout=seconds + 30)

    def ended(self) -> str:
        """Return which program of the cluster has ended, with the end of its log; empty while all run."""
        return ""

    def hint(self) -> str:
        """Return where to read more about a failure, as the end of a sentence."""
        return ""


class GivenCluster(Cluster):
    """The cluster of KUBECONFIG. Images must be on its nodes: see ``tests.kubernetes.images``."""

    pause = "registry.k8s.io/pause:3.10"

    def __init__(self, kubeconfig: str) -> None:
        """Take one path of a kubeconfig, or several as in the variable."""
        self._kubeconfig = Path(kubeconfig)

    @property
    def kubeconfig(self) -> Path:
        """The variable KUBECONFIG."""
        return self._kubeconfig
