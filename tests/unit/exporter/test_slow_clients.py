"""Both exporters beside 500 clients that each send a byte a second, with the limits that the commands have."""

import asyncio
import os
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.unit.exporter.broken_hub import FakeHub, fake_hub
from tests.waiting import PATIENCE

CLIENTS = 500
SECONDS = 30.0
MINE, OTHER = "127.0.0.1", "127.0.0.2"
REQUEST = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 1000


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs 127.0.0.2, which other systems do not have")


@pytest.fixture(autouse=True)
def files() -> Iterator[None]:
    """Let this process open enough files for the clients of both exporters."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4 * CLIENTS:
        pytest.skip(f"this system allows {hard} open files, the clients need {4 * CLIENTS}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4 * CLIENTS), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as fake:
        fake.users = {f"user-{i}": [f"group-{i % 7}"] for i in range(200)}
        yield fake


@dataclass
class Seen:
    """What the clients of an exporter saw.

    Attributes:
        held: Seconds after which the server closed each slow connection.
        answers: Seconds of each answered request, by path.
    """

    held: list[float] = field(default_factory=list)
    answers: dict[str, list[float]] = field(default_factory=lambda: {"/healthz": [], "/metrics": []})


@asynccontextmanager
async def running(open_files: int, environment: dict[str, str], *command: str) -> AsyncIterator[int]:
    """Run an exporter that may open so many files, and yield its port."""
    limited = ["/bin/sh", "-c", f'ulimit -n {open_files} && exec "$0" "$@"', sys.executable, "-m", *command]
    process = await asyncio.create_subprocess_exec(
        *limited, "--port", "0", env=environment, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    log = b""
    try:
        while b" port " not in log:
            line = await process.stderr.readline()
            assert line, log.decode()
            log += line
        reading = asyncio.create_task(process.stderr.read())
        yield int(log.rpartition(b" port ")[2].split(b";")[0])
        process.terminate()
        assert await process.wait() == 0
        assert b"out of system resource" not in await reading
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def connected(port: int, address: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect from an address, and disconnect at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def send_slowly(port: int, address: str, seen: Seen, number: int) -> None:
    """Send a byte a second until the server closes the connection, then connect again a second later, for ever.

    The clients begin at different parts of a second.
    """
    await asyncio.sleep(number / CLIENTS)
    while True:
        start = time.monotonic()
        async with connected(port, address) as (reader, writer):
            answer = b""
            with suppress(ConnectionError):
                for sent in range(len(REQUEST)):
                    writer.write(REQUEST[sent : sent + 1])
                    with suppress(TimeoutError):
                        async with asyncio.timeout(1):
                            answer = await reader.read()
                            break
            assert answer == b""
        seen.held.append(time.monotonic() - start)
        await asyncio.sleep(1)


async def get(port: int, path: str) -> float:
    """Return the seconds of a request that has status 200."""
    start = time.monotonic()
    async with connected(port, MINE) as (reader, writer):
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        writer.write(request.encode())
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200 "), (path, answer[:100])
    return time.monotonic() - start


async def watch(port: int, address: str) -> Seen:
    """Answer what slow and other clients of an exporter saw until 500 slow connections were held and closed."""
    seen = Seen()
    begin = time.monotonic()
    slow = [asyncio.create_task(send_slowly(port, address, seen, number)) for number in range(CLIENTS)]
    try:
        while len(seen.held) < CLIENTS or time.monotonic() < begin + SECONDS + 1:
            assert time.monotonic() < begin + PATIENCE, f"{len(seen.held)} slow connections were closed"
            for path, answers in seen.answers.items():
                answers.append(await get(port, path))
            done, _ = await asyncio.wait(slow, timeout=0.5)
            assert not done, [task.exception() for task in done]
    finally:
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
    return seen


# A process that may open 256 files has fewer connections than these clients; those of an address end each other.
@pytest.mark.parametrize(("open_files", "address"), [(256, OTHER), (1024, MINE)])
def test_500_slow_clients_are_disconnected_after_30_s_and_do_not_delay_others(
    open_files: int, address: str, hub: FakeHub, tmp_path: Path
) -> None:
    (tmp_path / "costs.yaml").write_text("source: static\nstatic: {gpu_hour: 1}\n", encoding="utf-8")
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTERHUB_", "PROMETHEUS_"))}
    costs = ("--config", str(tmp_path / "costs.yaml"), "--ledger", str(tmp_path / "ledger"))

    async def both() -> list[Seen]:
        access = {"JUPYTERHUB_API_TOKEN": "t", "JUPYTERHUB_API_URL": hub.api_url}
        async with (
            running(open_files, mine | access, "hubmeter_exporter") as groups_port,
            running(
                open_files,
                mine | {"PROMETHEUS_URL": "http://127.0.0.1:9"},
                "hubmeter_exporter.costs.cli",
                *costs,
            ) as costs_port,
        ):
            return list(await asyncio.gather(watch(groups_port, address), watch(costs_port, address)))

    for seen in asyncio.run(both()):
        # Medians, because a machine with other work may stop all processes for a while.
        assert {path: statistics.median(answers) < 1 for path, answers in seen.answers.items()} == {
            "/healthz": True,
            "/metrics": True,
        }, seen.answers
        if open_files > CLIENTS * 2:
            assert min(seen.held) >= SECONDS
            assert statistics.median(seen.held) < SECONDS + 5
        else:
            assert min(seen.held) < SECONDS
            assert max(seen.held) < SECONDS + 5
