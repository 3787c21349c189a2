"""A class that opens the usage page at once, beside a service that only says hello behind the same OAuth.

    python -m tests.bench.page

Both services are on one hub and proxy, and their turns alternate (hello, page, page, hello), because all share the
machine with this client. The kinds of turns:

- opening: users who are logged in at the hub open the service, which asks the hub for a login.
- later view: both services ask the hub who the users are, as they do every 5 minutes, and the page reads their usage.
- view, new usage: the users are known, and rules recorded more half a minute ago. That pause is before hello's turn,
  too, because the proxy and the client make connections again after it.
- view: the users are known, and the page shows the usage that it has shown before, right after another turn.
"""

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
from yarl import URL

from hubmeter_hub.usage_page.summary_cache import MOMENT_SECONDS, SETTLED_SECONDS
from tests.bench.measure import markdown, say
from tests.engines.engine import running
from tests.engines.recorded import bucket_end, buckets, evenly, heartbeat, record
from tests.hub.bursts import slow
from tests.hub.jupyterhub import Hub, Service, real_hub
from tests.hub.test_usage_page_mistakes import metadata, service
from tests.tools import TOOLS
from tests.waiting import free_port

GIB = 2.0**30
# As a browser does: without it, JupyterHub logs each request.
NAVIGATES: Final = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
# As in JupyterHub's example of a service.
HELLO: Final = """
import os
from urllib.parse import urlsplit
from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado import ioloop, web

class Hello(HubOAuthenticated, web.RequestHandler):
    @web.authenticated
    def get(self):
        self.write(f"hello {self.get_current_user()['name']}")

prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
app = web.Application(
    [(prefix, Hello), (prefix + "oauth_callback", HubOAuthCallbackHandler)], cookie_secret=os.urandom(32)
)
app.listen(urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"]).port, "127.0.0.1")
ioloop.IOLoop.current().start()
"""
SETTINGS: Final = """
c.UsageConfig.prometheus_url = {url!r}
c.UsageConfig.hub_namespace = "prod"
c.UsageQuotaManager.policy = [
    {{"resource": "memory", "limit": "1000 GiB-hours", "window": 7}},
    {{"resource": "memory", "limit": "3000 GiB-hours", "window": 30}},
    {{"resource": "cpu", "limit": "400 CPU-hours", "window": "36h"}},
]
"""
HUB: Final = """
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.log_level = "WARN"
c.JupyterHub.concurrent_spawn_limit = 0
c.JupyterHub.load_roles.append(
    {"name": "user", "scopes": ["self", "access:services!service=hello", "access:services!service=usage"]}
)
for service in c.JupyterHub.services:
    if "url" in service:
        service["oauth_no_confirm"] = True
"""


@dataclass
class Turn:
    """The requests of users to a service at once: seconds, failures, login codes, CPU time of the service."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    took: float = 0.0
    processor: float = 0.0


async def turn(sessions: Mapping[str, aiohttp.ClientSession], url: str, said: str, process: Path) -> Turn:
    """Let all users open a service, which is this process, at once."""
    result = Turn()

    async def one(user: str, session: aiohttp.ClientSession) -> None:
        begun = time.perf_counter()
        try:
            async with session.get(url) as answer:
                text = await answer.text()
                for step in (*answer.history, answer):
                    result.codes |= set(re.findall(r"[?&]code=([^&]+)", str(step.url)))
                if answer.status != 200 or said.format(user) not in text:
                    result.failed.append(f"{answer.status} {answer.url.path}")
        except (aiohttp.ClientError, TimeoutError) as error:
            result.failed.append(type(error).__name__)
        result.seconds.append(time.perf_counter() - begun)

    begun, used = time.perf_counter(), processor(process)
    await asyncio.gather(*(one(user, session) for user, session in sessions.items()))
    result.took, result.processor = time.perf_counter() - begun, processor(process) - used
    return result


def processor(process: Path) -> float:
    """Return the seconds of processor that a process has used."""
    user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def process_with(argument: str) -> Path:
    """Return the process that has this argument."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if argument in (process / "cmdline").read_text().split("\0"):
                return process
    raise LookupError(f"no process has the argument {argument}")


async def log_in(hub: Hub, user: str, session: aiohttp.ClientSession) -> None:
    """Log a user in at the hub."""
    async with session.get(f"{hub.url}/hub/login") as page:
        token = page.cookies["_xsrf"].value
    fields = {"username": user, "password": "x", "_xsrf": token}
    async with session.post(f"{hub.url}/hub/login?next=/hub/logo", data=fields) as answer:
        answer.raise_for_status()


KINDS: Final = ("opening", "later view", "view, new usage", "view")
SAYS: Final = {"hello": "hello {}", "usage": "<bdi>{}</bdi>"}


async def measure(
    hub: Hub, users: Sequence[str], rounds: int, processes: Mapping[str, Path], record_more: Callable[[], None]
) -> dict[tuple[str, str], list[Turn]]:
    """Return the turns by service and kind. ``record_more`` does what rules do every 5 minutes."""
    turns: dict[tuple[str, str], list[Turn]] = {}
    # The proxy closes connections that are idle for 5 seconds; a client that was too busy to notice would fail.
    connector = aiohttp.TCPConnector(limit=len(users), keepalive_timeout=2)
    timeout = aiohttp.ClientTimeout(total=None)

    def session() -> aiohttp.ClientSession:
        jar = aiohttp.CookieJar(unsafe=True)  # of an address, not a name
        return aiohttp.ClientSession(
            connector=connector, connector_owner=False, cookie_jar=jar, timeout=timeout, headers=NAVIGATES
        )

    sessions = {user: session() for user in users}
    try:
        some = asyncio.Semaphore(10)

        async def enter(user: str) -> None:
            async with some:
                await log_in(hub, user, sessions[user])

        say("logging in at the hub")
        await asyncio.gather(*map(enter, users))
        half = len(users) // 2
        halves = [dict(list(sessions.items())[:half]), dict(list(sessions.items())[half:])]
        for part, names in zip(halves, (("hello", "usage"), ("usage", "hello")), strict=True):
            for name in names:
                say(f"first openings of {name}")
                done = await turn(part, f"{hub.url}/services/{name}/", SAYS[name], processes[name])
                turns.setdefault((name, "opening"), []).append(done)

        async def views(kind: str, name: str) -> None:
            say(f"{kind} of {name}")
            done = await turn(sessions, f"{hub.url}/services/{name}/", SAYS[name], processes[name])
            turns.setdefault((name, kind), []).append(done)

        async def more_usage() -> None:
            await asyncio.to_thread(record_more)
            await asyncio.sleep(2 * MOMENT_SECONDS)

        for number in range(rounds):
            order = ("hello", "usage") if number % 2 else ("usage", "hello")
            await more_usage()
            for open_session in sessions.values():  # the key of what services know of a user
                open_session.cookie_jar.update_cookies({"jupyterhub-session-id": f"round{number}"}, URL(hub.url))
            for name in order:
                await views("later view", name)
            for name in order:
                await more_usage()
                await views("view, new usage", name)
            for name in order:
                await views("view", name)
    finally:
        for open_session in sessions.values():
            await open_session.close()
        await connector.close()
    return turns


def rows(turns: Mapping[tuple[str, str], Sequence[Turn]]) -> Iterator[Sequence[str]]:
    """Yield the table's rows. The last cell is the time of a request beside that of hello."""

    def per_request(name: str, kind: str) -> float:
        done = turns[name, kind]
        return sum(result.took for result in done) / sum(len(result.seconds) for result in done)

    for kind in KINDS:
        for name in ("hello", "usage"):
            done = turns.get((name, kind), ())
            seconds = [second for result in done for second in result.seconds]
            if not seconds:
                continue
            beside = per_request(name, kind) / per_request("hello", kind)
            yield (
                f"{kind}, {name}", f"{sum(len(result.failed) for result in done)} of {len(seconds)}",
                f"{statistics.median(seconds):.2f} s", f"{max(seconds):.2f} s", f"{1 / per_request(name, kind):.1f}",
                f"{sum(result.processor for result in done) / len(seconds) * 1000:.1f} ms", f"{beside:.2f}",
            )  # fmt: skip


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--users", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--hub", type=int, default=6, choices=(5, 6))
    options.add_argument("--seconds", type=float, default=0.0, help="how long Prometheus waits before each answer")
    given = options.parse_args()
    users = [f"user{i}" for i in range(given.users)]
    with tempfile.TemporaryDirectory(prefix="hubmeter-bench-") as name:
        folder = Path(name)
        metadata(folder)
        for part in ("prometheus", "hub"):
            (folder / part).mkdir()
        (folder / "hello.py").write_text(HELLO, encoding="utf-8")
        with (
            running("Prometheus 3", folder / "prometheus", lookback="1h") as engine,
            slow(engine.url, given.seconds) as proxy,
        ):
            now = time.time()
            # Four hours on each of the last 14 days.
            days = {
                user: [evenly((50 + i) * GIB / 14, 4, day * 86400) for day in range(14)] for i, user in enumerate(users)
            }
            record(
                engine,
                [buckets(user, "memory", dict(ChainMap(*amounts)), now) for user, amounts in days.items()],
                [heartbeat(now - SETTLED_SECONDS)],
            )

            def record_more() -> None:
                record(engine, [heartbeat(bucket_end(time.time() - SETTLED_SECONDS), minutes=1)])

            url = proxy.url if given.seconds else engine.url
            (folder / "settings.py").write_text(SETTINGS.format(url=url), encoding="utf-8")
            page = service("usage", given.hub, [f"--config-files={folder}/settings.py"], free_port(), folder)
            python = str(TOOLS / f"hub{given.hub}/bin/python")
            hello = Service("hello", [], f"http://127.0.0.1:{free_port()}", [python, str(folder / "hello.py")])
            with real_hub(given.hub, {user: [] for user in users}, [page, hello], HUB, folder / "hub") as hub:
                processes = {
                    "hello": process_with(str(folder / "hello.py")),
                    "usage": process_with(f"--config-files={folder}/settings.py"),
                }
                turns = asyncio.run(measure(hub, users, given.rounds, processes, record_more))
                (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", (processes["usage"] / "status").read_text())
                log = hub.log_path.read_text(encoding="utf-8")
    columns = ("", "failed", "p50", "slowest", "per second", "processor of the service", "time / hello")
    print(markdown(columns, rows(turns)))
    for (service_name, kind), done in turns.items():
        for failure in sorted({failure for result in done for failure in result.failed}):
            print(f"{service_name}, {kind}: {failure}", file=sys.stderr)
    codes = {code for (name, _), done in turns.items() if name == "usage" for result in done for code in result.codes}
    leaked = sum(code in log for code in codes)
    print(f"\nMost memory of the page: {int(peak) / 1024:.0f} MB. Login codes in the log: {leaked} of {len(codes)}.")
    print(f"JupyterHub {given.hub}; load meanwhile {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors.")


if __name__ == "__main__":
    main()
