"""A program that the demo runs for as long as a ``with`` block lasts."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import requests

from tests.waiting import PATIENCE, wait_until

STOP_SECONDS: Final = 15.0  # then it is killed, and what it has started


class ProgramDidNotStartError(RuntimeError):
    """A program ended before it answered; the message ends with what it logged last."""


@contextlib.contextmanager
def started(
    name: str, command: Sequence[str | Path], ready_url: str, log_path: Path, environ: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a command, and wait until a URL of it answers with success.

    Args:
        name: The program, for messages.
        command: The command.
        ready_url: The URL.
        log_path: The file that gets what it writes.
        environ: Environment variables besides those of this process.

    Raises:
        ProgramDidNotStartError: if it ends before.
    """
    with log_path.open("wb") as log:
        # Its own session: Ctrl-C in the terminal reaches the demo, which ends the program in its turn.
        process = subprocess.Popen(
            command,
            env=os.environ | (environ or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(name, process, ready_url, log_path)
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def _wait_until_ready(name: str, process: subprocess.Popen[bytes], url: str, log_path: Path) -> None:
    def log() -> str:
        return f"its log ends with:\n{log_path.read_text(encoding='utf-8', errors='replace')[-3000:]}"

    def ready() -> bool:
        if process.poll() is not None:
            raise ProgramDidNotStartError(f"{name} ended with code {process.returncode}; {log()}")
        with contextlib.suppress(requests.ConnectionError):  # not listening yet
            return requests.get(url, timeout=PATIENCE).ok
        return False

    wait_until(ready, lambda: f"{name} answers at {url}; {log()}")
