"""The images of the tests in one archive: hub with KubeSpawner, proxy and single-user server; exporters.

``python -m tests.kubernetes.images FILE`` builds them and writes the archive, for a cluster with CLUSTER=kubeconfig:
``kind load image-archive FILE``. It needs Docker, or root to start Debian's.
"""

import argparse
import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e import images
from tests.e2e.conftest import answers

PARTS = ("site", "exporter", "costs")


class ImageError(Exception):
    """Docker does not start."""


@contextmanager
def locked(archive: Path) -> Iterator[None]:
    """Let the processes that share an archive take turns."""
    with archive.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def save(archive: Path) -> None:
    """Build the images and write them as ``docker save`` does, under the names that pods have.

    Raises:
        ImageError: where there is no Docker.
        AssertionError: where a build fails.
    """
    with locked(images.ROOT / ".tools" / ".images"):  # each process may start and stop the daemon
        _save(archive)


def _save(archive: Path) -> None:
    answered = answers()
    started = subprocess.run(
        [".ci/docker", "start"], cwd=images.ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    if started.returncode:
        raise ImageError(f"images are built with Docker, which does not start: {started.stderr.strip()}")
    try:
        built = images.chosen(PARTS)
        names = [built[images.variable("site")]]
        for part in PARTS[1:]:
            image = built[images.variable(part)]
            names.append(f"ghcr.io/hubmeter/{image}")  # as in the chart's default values
            images.run("docker", "tag", image, names[-1])
        images.run("docker", "save", f"--output={archive.resolve()}", *names, seconds=600)
    finally:
        if not answered:
            images.run(".ci/docker", "stop", seconds=120)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.kubernetes.images", description=__doc__)
    parser.add_argument("file", type=Path, help="the archive to write")
    save(parser.parse_args().file)
    sys.exit(0)
