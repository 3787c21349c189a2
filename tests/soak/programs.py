"""Programs that are restarted and measured, and disks that become full."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import requests

from tests.waiting import PATIENCE, wait_until

STOP_SECONDS: Final = 30.0
# Runs a module whose wall clock is ahead by the seconds in a file. Debian's libfaketime either shifts the monotonic
# clock, too, or makes Python's time.sleep fail with EINVAL.
_CLOCK: Final = """
import runpy, sys, time
from pathlib import Path
real, offset = time.time, Path(sys.argv.pop(1))
time.time = lambda: real() + float(offset.read_text())
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Resources:
    """The memory in bytes, open files and threads of a process at a time."""

    at: float
    memory: int
    files: int
    threads: int


@dataclass
class Program:
    """A process. ``ready`` is a URL that answers with status 200 once it is ready.

    Attributes:
        down: The times in which it was not ready, after its first start.
        measured: Its resources, oldest first.
        clock: A file with the offset of its clock, if its command is that of ``module``.
    """

    name: str
    command: Sequence[str | Path]
    ready: str
    folder: Path
    down: list[tuple[float, float]] = field(default_factory=list)
    measured: list[Resources] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def clock(self) -> Path:
        return clock_of(self.name, self.folder)

    @property
    def base(self) -> str:
        """Its URL."""
        return self.ready.rpartition("/")[0]

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.set_clock(0)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait()

    def wait(self) -> None:
        """Wait until it is ready."""
        wait_until(self._is_ready, lambda: f"{self.name} is ready")

    def stop(self) -> None:
        """End it with SIGTERM, after a time with SIGKILL."""
        assert self._process
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    def restart(self) -> None:
        """End it and start it again."""
        begin = time.time()
        self.stop()
        self.start()
        self.down.append((begin, time.time()))

    def set_clock(self, seconds: float) -> None:
        """Set the offset of this process's clock only."""
        new = self.clock.with_suffix(".new")
        new.write_text(f"{seconds:f}", encoding="ascii")
        new.replace(self.clock)

    def measure(self) -> None:
        """Append its resources, unless it is being restarted."""
        assert self._process
        process = Path("/proc", str(self._process.pid))
        with suppress(OSError):
            status = dict(line.split(":", 1) for line in (process / "status").read_text(encoding="ascii").splitlines())
            memory = int(status["VmRSS"].split()[0]) * 1024
            files = len(list((process / "fd").iterdir()))
            self.measured.append(Resources(time.time(), memory, files, int(status["Threads"])))

    def _is_ready(self) -> bool:
        assert self._process
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with code {self._process.returncode}")
        with suppress(requests.ConnectionError):  # not listening yet
            return requests.get(self.ready, timeout=PATIENCE).ok
        return False


def clock_of(name: str, folder: Path) -> Path:
    """Return the file with the offset of a program's clock."""
    return folder / f"{name}.clock"


def module(name: str, folder: Path, of: str) -> list[str | Path]:
    """Return the begin of the command of a program that is a Python module, with a clock of its own."""
    return [sys.executable, "-c", _CLOCK, clock_of(name, folder), of]


@dataclass(frozen=True)
class Disk:
    """A folder on a small file system of its own; ``real`` is False where this system does not allow to mount one."""

    folder: Path
    real: bool

    @contextmanager
    def full(self) -> Iterator[None]:
        """Fill the disk for as long as the block lasts."""
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file:
            state, offset = os.statvfs(self.folder), 0
            size = state.f_bavail * state.f_frsize
            while size >= state.f_frsize:  # others write meanwhile
                try:
                    os.posix_fallocate(file.fileno(), offset, size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    size //= 2
                else:
                    offset += size
        try:
            yield
        finally:
            filler.unlink()


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """Mount a small file system on a folder, if this process may."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    real = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield Disk(folder, real)
    finally:
        if real:
            subprocess.run(["umount", "--lazy", folder], check=True)
