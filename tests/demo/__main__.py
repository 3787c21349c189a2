"""Runs the demo: ``python -m tests.demo [--once]``; see docs/demo.md."""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final
from urllib.parse import quote

import requests
import yaml

from hubmeter_promql import names
from hubmeter_promql.client import Prometheus, PrometheusError
from tests.demo import cluster, costs, table
from tests.demo.prometheus import PrometheusDidNotStartError, Running, newest, prometheus
from tests.hub.jupyterhub import Hub, HubDidNotStartError, Service, real_hub
from tests.sim.cluster import World
from tests.sim.exposition import Exposed, exposed
from tests.waiting import PATIENCE, free_port, wait_until

# Scrapes and rules every five seconds, so that nobody has to wait minutes for a demo; a site has 1m.
INTERVAL: Final = "5s"
# Prometheus is asked about a moment ago, when all rules of that round have been evaluated.
SETTLED_SECONDS: Final = 3.0
WAIT_SECONDS: Final = PATIENCE
SERVICE: Final = "groups-exporter"


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


def main() -> int:
    """Run the demo; return 0, or 1 with a reason on stderr where the numbers never came."""
    parser = argparse.ArgumentParser(
        prog="make demo",
        description="A real JupyterHub, Prometheus and our exporters around a simulated cluster: memory and costs by "
        "group.",
    )
    parser.add_argument("--once", action="store_true", help="print the table and end (make demo ONCE=1)")
    once = parser.parse_args().once
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _end)
    started, now = time.monotonic(), time.time()
    try:
        with _running(now) as (hub, exporter_url, costs_url, server, world):
            answer = _wait_for_numbers(server, world, hub)
            _say(f"\nMemory by group, from {server.name} at {server.url}:\n")
            _say("\n".join(table.lines(answer)))
            _say("\nThe rows add up to the whole hub, measured without a join with users or groups")
            _say(f"(relative difference: {answer.difference():.1g}).\n")
            _show_costs(costs_url, now)
            _say(f"All of it took {_since(started)}.\n")
            if not once:
                _show_urls(hub, exporter_url, costs_url, server)
                while True:
                    signal.pause()
    except (
        DemoError,
        costs.CostsDidNotStartError,
        HubDidNotStartError,
        PrometheusDidNotStartError,
        PrometheusError,
        OSError,
        subprocess.CalledProcessError,
    ) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


def _end(number: int, _: FrameType | None) -> None:
    """Unwind, which ends everything that was started; further signals do not interrupt that."""
    for ignored in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ignored, signal.SIG_IGN)
    # Not with print: the signal may have come while it prints, and it is not re-entrant.
    os.write(sys.stdout.fileno(), b"ending the hub, the exporters and Prometheus ...\n")
    sys.exit(0 if number == signal.SIGINT else 128 + number)


def _say(text: str) -> None:
    print(text, flush=True)


def _since(begun: float) -> str:
    return f"{time.monotonic() - begun:.0f} s"


@contextlib.contextmanager
def _running(now: float) -> Iterator[tuple[Hub, str, str, Running, World]]:
    """Start everything, each part with a line of what it is; end all of it with the block."""
    with contextlib.ExitStack() as stack:
        # A program that is being ended may still write a last file while its folder is removed.
        temporary = tempfile.TemporaryDirectory(prefix="hubmeter-demo-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        rules = _generate_rules(folder / "dashboards")
        world = cluster.world(now)
        served = stack.enter_context(exposed(world, scrape_interval=INTERVAL))
        _say(f"simulated cluster  {served.url}  {len(world.servers)} pods, kube-state-metrics twice, cAdvisor")
        port = free_port()
        (folder / "hub").mkdir()
        hub = stack.enter_context(real_hub(6, cluster.users(), [_exporter(port)], folder=folder / "hub"))
        _say(f"JupyterHub         {hub.url}  {_hub_version(hub)}, {len(cluster.users())} users")
        exporter_url = f"http://127.0.0.1:{port}"
        _wait_for_exporter(exporter_url, hub)
        _say(f"groups exporter    {exporter_url}/metrics  a service of that hub, with two scopes")
        name = newest()
        costs_port = free_port()
        config = _config(served, port, costs_port, rules)
        server = stack.enter_context(prometheus(name, config, folder / "prometheus"))
        _say(f"Prometheus         {server.url}  {name}, rules every {INTERVAL}")
        costs_url = stack.enter_context(costs.running(server.url, costs_port, folder / "costs", now))
        _say(f"cost exporter      {costs_url}/docs  a price list, and {costs.DAYS} past days of usage")
        yield hub, exporter_url, costs_url, server, world


def _generate_rules(out: Path) -> str:
    """Generate the rules as a site with settings of its own does; return the pattern of their files."""
    out.mkdir()
    settings = out / "settings.yaml"
    settings.write_text(f"interval: {INTERVAL}\nmembership_interval: {INTERVAL}\n", encoding="utf-8")
    generated = subprocess.run(
        [Path(sys.executable).with_name("hubmeter-generate"), "--settings", settings, "--out", out],
        capture_output=True,
        text=True,
        check=False,
    )
    if generated.returncode:
        raise DemoError(f"hubmeter-generate ended with code {generated.returncode}: {generated.stderr.strip()}")
    _say(f"rules              generated with interval: {INTERVAL} instead of 1m")
    return str(out / "rules" / "*.yaml")


def _exporter(port: int) -> Service:
    command = [
        str(Path(sys.executable).with_name("hubmeter-exporter")),
        f"--jupyterhub_namespace={cluster.NAMESPACE}",
        f"--default_group={cluster.DEFAULT_GROUP}",
        "--update_exporter_interval=30",
    ]
    return Service(SERVICE, ["list:users", "read:users:groups"], f"http://127.0.0.1:{port}", command)


def _config(served: Exposed, exporter_port: int, costs_port: int, rules: str) -> str:
    exporters = [
        {"job_name": job, "honor_labels": True, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
        for job, port in ((SERVICE, exporter_port), ("costs", costs_port))
    ]
    return yaml.safe_dump(
        {
            "global": {
                "scrape_interval": INTERVAL,
                "scrape_timeout": INTERVAL,
                "evaluation_interval": INTERVAL,
            },
            "rule_files": [rules],
            "scrape_configs": [dict(served.scrape_config), *exporters],
            "storage": {"tsdb": {"out_of_order_time_window": f"{costs.DAYS + 2}d"}},  # for the usage of the past
        }
    )


def _hub_version(hub: Hub) -> str:
    return str(requests.get(f"{hub.api_url}/", timeout=PATIENCE).json()["version"])


def _wait_for_exporter(url: str, hub: Hub) -> None:
    def ready() -> bool:
        with contextlib.suppress(requests.ConnectionError):  # the hub has not started it yet
            return requests.get(f"{url}/readyz", timeout=PATIENCE).ok
        return False

    wait_until(ready, lambda: f"the exporter at {url} is ready; {_end_of_log(hub)}")


def _wait_for_numbers(server: Running, world: World, hub: Hub) -> table.Answer:
    """Wait until each group's recorded requests and servers are those of its users' pods, and all adds up."""
    deadline = time.monotonic() + WAIT_SECONDS
    with requests.Session() as session:
        client = Prometheus(server.url, session)
        begun, shown, before = time.monotonic(), 0.0, ""
        while True:
            now = time.time() - SETTLED_SECONDS
            answer = table.ask(client, cluster.NAMESPACE, now)
            expected = cluster.expected(world, now)
            got = {group: (row.requests, row.servers) for group, row in answer.groups.items()}
            right = sum(got.get(group) == values for group, values in expected.items())
            used = all(row.memory for row in (*answer.groups.values(), answer.whole))
            if got == expected and used and answer.difference() < 1e-9:
                return answer
            progress = f"waiting            {right} of {len(expected)} groups have their recorded series"
            if progress != before or time.monotonic() - shown > 10:
                _say(f"{progress} ({_since(begun)})")
                shown = time.monotonic()
            before = progress
            if time.monotonic() > deadline:
                break
            time.sleep(1)
    raise DemoError(
        f"after {WAIT_SECONDS:.0f} s {server.name} does not have the groups' numbers. Memory requested in "
        f"bytes and servers by group should be {expected}, and as recorded they are {got}; the groups are "
        f"{answer.difference():.1e} off the whole {answer.whole}. {_end_of_log(hub)}"
    )


def _end_of_log(hub: Hub) -> str:
    return "the hub's log ends with:\n" + hub.log_path.read_text(encoding="utf-8", errors="replace")[-2000:]


def _show_costs(url: str, now: float) -> None:
    """Print what groups cost; `DemoError` where that is not what they used times its price, or not the bill."""
    answer, expected = costs.ask(url, now), costs.expected(now)
    got = {group: sum(by_day.values()) for group, by_day in answer.groups.items()}
    _say(f"Costs of the last {costs.DAYS} days at {costs.PRICE} USD per GiB-hour, from the cost API:\n")
    _say("\n".join(costs.lines(answer)))
    if {g: round(v, 2) for g, v in got.items()} != {g: round(v, 2) for g, v in expected.items()}:
        raise DemoError(f"groups should have cost {expected}, and the API says {got}")
    if abs(answer.total - answer.bill) >= 0.01:
        raise DemoError(f"groups cost {answer.total} USD, and the bill is {answer.bill} USD")
    _say(f"\nThe groups add up to the bill: {answer.bill:.2f} USD.")


def _show_urls(hub: Hub, exporter_url: str, costs_url: str, server: Running) -> None:
    graph = quote(names.group(names.MEMORY_WORKING_SET), safe="")
    _say(f"""\
Look around:
  JupyterHub       {hub.url}  (any of the users, any password)
  exporter         {exporter_url}/metrics
  cost API         {costs_url}/docs
  Prometheus       {server.url}/graph?g0.expr={graph}&g0.tab=0&g0.range_input=15m
  dashboards       in Grafana, add {server.url} as a Prometheus data source, then
                   Dashboards > New > Import > dashboards/groups.json

Ctrl-C ends everything.""")


if __name__ == "__main__":
    sys.exit(main())
