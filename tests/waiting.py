"""How tests wait: for a condition, never for a time that some machine needs longer for."""

import fcntl
import socket
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from os import getpid, getuid
from pathlib import Path
from typing import Any, Final, TextIO

# Ends a test that hangs. An idle machine needs seconds for what is waited for; no machine needs this long.
PATIENCE: Final = 600.0

# Below the ports that Linux and macOS give to whoever asks for any.
_PORTS: Final = range(20_000, 32_000)
_claims: list[TextIO] = []


def wait_until(condition: Callable[[], Any], wanted: Callable[[], str], every: float = 0.05) -> Any:
    """Return the condition's value once it is true.

    Raises:
        TimeoutError: after PATIENCE, with the sentence that ``wanted`` returns.
    """
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {PATIENCE:.0f} s this is not so: {wanted()}")
        time.sleep(every)
    return value


def free_port() -> int:
    """Return a TCP port of the loopback interface that stays ours until this process ends.

    No program is given such a port by chance, no other test process claims it, and no second call returns it.
    """
    folder = Path(tempfile.gettempdir(), f"hubmeter-ports-{getuid()}")
    folder.mkdir(exist_ok=True)
    first = getpid() * 37 % len(_PORTS)
    for port in islice(cycle(_PORTS), first, first + len(_PORTS)):
        claim = (folder / str(port)).open("w")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port
    raise OSError("every port that tests use is taken")
