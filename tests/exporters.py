"""The exporters as a user starts them."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import pytest
import requests

from tests.waiting import PATIENCE, wait_until


class Exporter(NamedTuple):
    """A running exporter; ``log`` is complete after its end."""

    process: subprocess.Popen[str]
    url: str
    log: list[str]

    def wait_until_ready(self, path: str) -> None:
        wait_until(lambda: requests.get(f"{self.url}{path}", timeout=PATIENCE).ok, lambda: f"{path} has status 200")

    def end(self, signal: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(signal)
        return self.process.wait(PATIENCE)


@contextmanager
def running(module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[Exporter]:
    """Run an exporter on a free port."""
    command = [sys.executable, "-m", module, "--port", "0", *arguments]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    log: list[str] = []
    try:
        for line in process.stderr:
            log.append(line)
            if "Serving on" in line:
                yield Exporter(process, f"http://127.0.0.1:{line.split(' port ')[1].split(';')[0]}", log)
                break
        else:
            raise AssertionError("".join(log))
    finally:
        process.kill()
        log.extend(process.communicate()[1].splitlines(keepends=True))


def assert_usage_error(
    main: Callable[[Sequence[str]], int],
    arguments: Sequence[str],
    sentence: str,
    secret: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Check that a command ends with exit code 2 and one line that has the sentence and not the secret."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.startswith("hubmeter-")
    assert err.count("\n") == 1
    assert secret not in err
