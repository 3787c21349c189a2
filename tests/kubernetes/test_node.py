"""A node leaves nothing on the machine, however its starter ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.kubernetes import node as nodes
from tests.kubernetes import programs
from tests.waiting import PATIENCE

pytestmark = pytest.mark.skipif(
    os.environ.get("CLUSTER") == "kubeconfig", reason="starts nodes: not with CLUSTER=kubeconfig"
)

OURS = re.compile(rf"KUBE-|CNI-|\b(uplink|pods)\b|{re.escape(nodes.ADDRESS)}|{re.escape(nodes.PODS)}")


@contextmanager
def starter(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A process, in a session of its own, that starts a node."""
    with subprocess.Popen(
        [sys.executable, *command], cwd=programs.ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def folder_of(process: subprocess.Popen[str]) -> Path:
    """Return the folder of the node that the process has started."""

    def found() -> list[Path]:
        return [*Path(nodes.TEMPORARY).glob(f"{nodes.PREFIX}{process.pid}-*")]

    wait_until("folder of the node", lambda: bool(found()))
    return found()[0]


def wait_until(what: str, holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"no {what}"
        time.sleep(0.1)


def rules_and_links() -> list[str]:
    """Return the machine's iptables rules and interfaces of a node; other tests may make others meanwhile."""
    commands = (["iptables-save"], ["ip", "-o", "addr"], ["ip", "-o", "link"])
    said = [subprocess.run(each, text=True, capture_output=True, check=True, timeout=60).stdout for each in commands]
    return [line for line in "".join(said).splitlines() if OURS.search(line)]


def test_ctrl_c_ends_a_node_that_runs_and_leaves_nothing() -> None:
    before = rules_and_links()
    with starter("-m", "tests.kubernetes.node") as process:
        folder = folder_of(process)
        assert process.stdout
        assert "is ready" in process.stdout.readline()
        assert nodes.left(folder), "left() finds a node that runs"
        assert rules_and_links() == before
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    assert nodes.left(folder) == []
    assert rules_and_links() == before


def has_pod(folder: Path) -> bool:
    """Return whether a pod of the node runs; it has a cgroup of its own."""
    pods = nodes.cgroups(folder.name)[0] / "kubepods"
    return any(pods.rglob("cgroup.procs")) and len([*pods.rglob("pod*")]) > 0


def has_left_nothing(folder: Path) -> bool:
    return nodes.left(folder) == []


def test_tests_that_a_timeout_ends_leave_nothing() -> None:
    """It sends SIGTERM to some, and SIGKILL to others."""
    command = ("-m", "pytest", "-n0", "tests/kubernetes/test_kube_state.py")
    with starter(*command) as terminated, starter(*command) as killed:
        started = {terminated: folder_of(terminated), killed: folder_of(killed)}
        running = {terminated: terminated.terminate, killed: killed.kill}

        def are_ended() -> bool:
            # Each as soon as it has a pod: on a busy machine it may pass its tests before the other has one.
            for process in [process for process in running if has_pod(started[process])]:
                running.pop(process)()
            return not running

        wait_until("pod", are_ended)
        for process, folder in started.items():
            process.wait(PATIENCE)
            wait_until("end of everything", partial(has_left_nothing, folder))


def test_a_node_that_is_ended_while_it_starts_leaves_nothing() -> None:
    with starter("-m", "tests.kubernetes.node") as process:
        folder = folder_of(process)
        wait_until("log of the API server", (folder / "logs" / "apiserver").exists)
        process.terminate()
        assert process.wait(PATIENCE) == 143
        assert nodes.left(folder) == []
