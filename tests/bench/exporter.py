"""CPU time and memory of the groups exporter, compared with a naive one.

Run ``python -m tests.bench.exporter``; it prints Markdown.

For each size, one process is the real command, one serves its pages of users, and one is the naive exporter: the gauges
of the library behind its own HTTP server, which renders them for every scrape. CPU time is user and system time.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from prometheus_client import CollectorRegistry, Gauge, start_http_server

from hubmeter_common.slugs import escape_slug, safe_slug
from hubmeter_exporter.membership import Accounting, User, account

SIZES = (1_000, 10_000, 50_000)
NAIVE_SCRAPES = 5
ENCODINGS = {"plain": "identity", "gzip": "gzip"}


@dataclass(frozen=True)
class Scrapes:
    """Seconds of each scrape for its client, CPU seconds of the server per scrape, bytes per scrape."""

    seconds: tuple[float, ...]
    cpu: float
    size: int

    @property
    def p50(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[98]


@dataclass(frozen=True)
class Result:
    users: int
    refresh_seconds: float
    refresh_cpu: float
    peak_bytes: int
    ours: dict[str, Scrapes]
    naive: dict[str, Scrapes]


def user(number: int) -> User:
    """Return a user with a name that needs escaping and one of 97 groups; every fifth user has a second group."""
    groups = (f"course-{number % 97}", f"project-{number % 13}") if number % 5 == 0 else (f"course-{number % 97}",)
    return User(f"first{number}.last@uni.edu", groups)


def main() -> None:
    """Measure and print, or be one of the other processes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.exporter", description=__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=SIZES, help="sizes of the hub (default: %(default)s)")
    parser.add_argument("--scrapes", type=int, default=200, help="scrapes per encoding (default: %(default)s)")
    parser.add_argument("--play", choices=["hub", "naive"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.play == "hub":
        _serve_pages(options.users[0])
    elif options.play == "naive":
        _serve_naively(options.users[0])
    else:
        print(table([measure(users, options.scrapes) for users in options.users]))


def measure(users: int, scrapes: int) -> Result:
    """Return the result for a size."""
    exporter = ("hubmeter_exporter", "--port", "0", "--update_exporter_interval")
    with _process("tests.bench.exporter", "--play", "hub", "--users", str(users)) as (_, hub):
        with _process(*exporter, "3600", hub=hub) as (pid, port):
            cpu = _cpu(pid)  # it listens and begins to read
            _wait_until_ready(port)
            refresh_cpu = _cpu(pid) - cpu
            refresh_seconds = _value(port, "last_refresh_duration_seconds")
            ours = {name: _scrape(pid, port, encoding, scrapes) for name, encoding in ENCODINGS.items()}
            peak = _peak(pid)
        with _process(*exporter, "1", hub=hub) as (pid, port):  # repeatedly: an old page and a new one
            _wait_until_ready(port)
            first = _value(port, "last_refresh_timestamp_seconds")
            while _value(port, "last_refresh_timestamp_seconds") < first + 3 * refresh_seconds + 3:
                time.sleep(0.5)
            peak = max(peak, _peak(pid))
    with _process("tests.bench.exporter", "--play", "naive", "--users", str(users)) as (pid, port):
        naive = {name: _scrape(pid, port, encoding, NAIVE_SCRAPES) for name, encoding in ENCODINGS.items()}
    return Result(users, refresh_seconds, refresh_cpu, peak, ours, naive)


def table(results: list[Result]) -> str:
    """Return the results as two Markdown tables."""
    lines = [
        "| users | refresh | CPU of a refresh | peak memory |",
        "|---:|---:|---:|---:|",
        *(
            f"| {r.users:,} | {r.refresh_seconds:.2f} s | {r.refresh_cpu:.2f} s | {r.peak_bytes / 1e6:.0f} MB |"
            for r in results
        ),
        "",
        "| users | scrape | bytes | p50 | p99 | CPU | naive p50 | naive CPU | CPU ratio |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for r in results:
        for name, ours in r.ours.items():
            naive = r.naive[name]
            lines.append(
                f"| {r.users:,} | {name} | {ours.size:,} | {_ms(ours.p50)} | {_ms(ours.p99)} | {_ms(ours.cpu)} "
                f"| {_ms(naive.p50)} | {_ms(naive.cpu)} | {naive.cpu / ours.cpu:,.0f} |"
            )
    return "\n".join(lines)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.2f} ms"


@contextmanager
def _process(module: str, *arguments: str, hub: int | None = None) -> Iterator[tuple[int, int]]:
    """Run a module that prints its port to stderr; yield its process id and the port."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
    if hub is not None:
        environment |= {"JUPYTERHUB_API_URL": f"http://127.0.0.1:{hub}/hub/api", "JUPYTERHUB_API_TOKEN": "bench"}
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            yield process.pid, int(line.split(" port ")[1].split(";")[0])
        finally:
            process.kill()


def _scrape(pid: int, port: int, encoding: str, count: int) -> Scrapes:
    """Scrape over one connection, as Prometheus does; the first scrape does not count."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    seconds, size, cpu = [], 0, 0.0
    for number in range(count + 1):
        if number == 1:
            cpu = _cpu(pid)
        start = time.perf_counter()
        connection.request("GET", "/metrics", headers={"Accept-Encoding": encoding})
        size = len(connection.getresponse().read())
        seconds.append(time.perf_counter() - start)
    cpu = (_cpu(pid) - cpu) / count
    connection.close()
    return Scrapes(tuple(seconds[1:]), cpu, size)


def _wait_until_ready(port: int) -> None:
    status = 0
    while status != 200:
        time.sleep(0.02)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
        connection.close()


def _value(port: int, metric: str) -> float:
    """Return a metric of the exporter about itself."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return float(text.rpartition(f"\njupyterhub_groups_exporter_{metric}{{")[2].split("\n")[0].split()[-1])


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process, from its clock (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def _peak(pid: int) -> int:
    """Return the peak resident memory of a process in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _serve_pages(users: int) -> None:
    """Serve prepared pages of users."""
    pages = {}
    for offset in range(0, users, 200):
        items = [
            {"kind": "user", "admin": False, "name": made.name, "groups": made.groups}
            for made in (user(number) for number in range(offset, min(offset + 200, users)))
        ]
        following = {"offset": offset + 200, "limit": 200} if offset + 200 < users else None
        pagination = {"offset": offset, "limit": 200, "total": users, "next": following}
        pages[offset] = json.dumps({"items": items, "_pagination": pagination}).encode()

    class Pages(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = pages[int(parse_qs(urlsplit(self.path).query)["offset"][0])]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    print(f"Serving on port {server.server_address[1]};", file=sys.stderr, flush=True)
    server.serve_forever()


def _serve_naively(users: int) -> None:
    """Serve the same rows by the library."""
    registry = CollectorRegistry()
    names = ["namespace", "usergroup", "username"]
    spellings = ["username_escape", "username_escaped", "username_safe"]
    info = Gauge("jupyterhub_user_group_info", "Groups.", [*names, *spellings], registry=registry)
    share = Gauge("jupyterhub_user_group_share", "Shares.", names, registry=registry)
    for made in (user(number) for number in range(users)):
        rows = account(made.groups, Accounting())
        escaped = escape_slug(made.name)
        for group in rows.info:
            info.labels("", group, made.name, escaped, escaped, safe_slug(made.name)).set(1)
        for group, part in rows.shares:
            share.labels("", group, made.name).set(part)
    server, _ = start_http_server(0, "127.0.0.1", registry)
    print(f"Serving on port {server.server_port};", file=sys.stderr, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
