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
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any, Final
from urllib.parse import quote

import requests
import yaml

from hubmeter_generator import settings
from hubmeter_generator.operate.remote_write import WriteRejectedError
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus, PrometheusError
from tests.demo import bill, costs, grafana, hubs, place, table
from tests.demo.history import History
from tests.demo.past import Page, Past
from tests.demo.program import ProgramDidNotStartError
from tests.demo.prometheus import Running, newest, prometheus
from tests.demo.site import BUDGETS, HUBS, SCIENCE, Site, expected, people
from tests.hub.jupyterhub import Hub, HubDidNotStartError, real_hub
from tests.sim.exposition import Exposed, exposed
from tests.waiting import PATIENCE, free_port, wait_until

DAYS: Final = 60  # at least: the past begins with a month
DAYS_ONCE: Final = 3
SCRAPE: Final = "15s"
# Prometheus is asked about a moment ago, when all rules of that round have been evaluated.
SETTLED_SECONDS: Final = 3.0
WAIT_SECONDS: Final = PATIENCE
_SETTINGS: Final = {"budgets": BUDGETS, "cost_node_selector": 'label_hub_jupyter_org_node_purpose=~"user|gpu"'}
ERRORS: Final = (
    HubDidNotStartError,
    ProgramDidNotStartError,
    PrometheusError,
    WriteRejectedError,
    requests.RequestException,
    OSError,
    subprocess.CalledProcessError,
)


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


@dataclass(frozen=True)
class Demo:
    """Everything that runs."""

    site: Site
    folder: Path
    hubs: dict[str, Hub]
    exporters: dict[str, str]
    costs_url: str
    server: Running
    since: int  # unix seconds from which on series are scraped and rules evaluated live


def main() -> int:
    """Run the demo; return 0, or 1 with a reason on stderr where the numbers never came."""
    parser = argparse.ArgumentParser(
        prog="make demo",
        description="Two real JupyterHubs, Prometheus and our exporters around a simulated cluster with sixty days of "
        "history: memory and costs by group, and dashboards.",
    )
    parser.add_argument("--once", action="store_true", help="print the tables and end (make demo ONCE=1)")
    once = parser.parse_args().once
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _end)
    started, now = time.monotonic(), time.time()
    try:
        with running(DAYS_ONCE if once else whole_months(now), now) as demo:
            answers = wait_for_numbers(demo)
            _say(f"\nMemory by group, from {demo.server.name} at {demo.server.url}:\n")
            _say("\n".join(table.lines(answers)))
            _say("\nThe rows add up to the whole hub, measured without a join with users or groups")
            _say(f"(relative difference: {max(answer.difference() for answer in answers.values()):.1g}).\n")
            _show_costs(demo)
            _show_recorded(demo)
            _say(f"All of it took {_since(started)}.\n")
            if not once:
                _go_on(demo)
    except (DemoError, *ERRORS) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


def _go_on(demo: Demo) -> None:
    """Start Grafana, write the reports, print the links, and run until a signal."""
    with contextlib.ExitStack() as stack:
        grafana_url = _start_grafana(stack, demo)
        write_reports(demo)
        stack.enter_context(place.shown(place_of(demo)))
        _show_urls(demo, grafana_url)
        while True:
            signal.pause()


@contextlib.contextmanager
def finished() -> Iterator[place.Place]:
    """Yield the place of the demo that runs in this checkout; if none does, of one that runs until the block ends."""
    if found := place.find():
        _say(f"drawn from the demo that runs, with Prometheus at {found.prometheus}")
        yield found
        return
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _end)
    now = time.time()
    with running(whole_months(now), now) as demo:
        wait_for_numbers(demo)
        write_reports(demo)
        yield place_of(demo)


def place_of(demo: Demo) -> place.Place:
    """Return where the parts of the demo are."""
    urls = {namespace: hub.url for namespace, hub in demo.hubs.items()}
    reports = demo.folder / "reports"
    return place.Place(demo.server.url, demo.costs_url, str(demo.folder / "prometheus"), urls, str(reports))


def _end(number: int, _: FrameType | None) -> None:
    """Unwind, which ends everything that was started; further signals do not interrupt that."""
    for ignored in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ignored, signal.SIG_IGN)
    # Not with print: the signal may have come while it prints, and it is not re-entrant.
    os.write(sys.stdout.fileno(), b"ending the hubs, the exporters and Prometheus ...\n")
    sys.exit(0 if number == signal.SIGINT else 128 + number)


def _say(text: str) -> None:
    print(text, flush=True)


def _since(begun: float) -> str:
    return f"{time.monotonic() - begun:.0f} s"


def whole_months(now: float) -> int:
    """Return how many days ago the month began that contains the day DAYS before ``now``."""
    first = datetime.fromtimestamp(now, UTC) - timedelta(DAYS)
    return DAYS + first.day - 1


@contextlib.contextmanager
def running(days: int, now: float) -> Iterator[Demo]:
    """Start everything, with so many days of history; each part says what it is; end all of it with the block."""
    with contextlib.ExitStack() as stack:
        # A program that is being ended may still write a last file while its folder is removed.
        temporary = tempfile.TemporaryDirectory(prefix="hubmeter-demo-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        site = Site(now, days)
        rules = _generate(folder / "prometheus")
        served = stack.enter_context(exposed(site.world, scrape_interval=SCRAPE))
        pods = len(site.world.servers_at(now))
        _say(f"simulated cluster  {served.url}  {pods} pods, kube-state-metrics twice, cAdvisor")
        name = newest()
        server = stack.enter_context(prometheus(name, "{}", folder / "prometheus"))
        _say(f"Prometheus         {server.url}  {name}")
        running_hubs, exporters = {}, {}
        for namespace in HUBS:
            hub, url = _start_hub(stack, namespace, server.url, folder)
            running_hubs[namespace], exporters[namespace] = hub, url
        with requests.Session() as session:
            past = Past(site, server, session, rules, _say)
            of = History(site, past.end)
            past.write_usage(of)
            costs_port = free_port()
            costs_folder = folder / "costs"
            costs_folder.mkdir()
            bill.write(of, costs_folder / "bills")
            config = bill.settings(costs_folder / "bills")
            costs_url = stack.enter_context(costs.running(server.url, costs_port, costs_folder, config))
            _say(f"cost exporter      {costs_url}/docs  bills of {of.days} days")
            pages = _pages(exporters, running_hubs)
            costs_page = Page(f"{costs_url}/metrics", {"job": "costs", "instance": f"127.0.0.1:{costs_port}"})
            past.write_costs(of, costs_page)
            own = Page(f"{server.url}/metrics", {"job": "prometheus", "instance": server.url.removeprefix("http://")})
            past.write_pages(pages, own)
            past.evaluate_quotas()
            since = past.evaluate_rest([*pages, costs_page])
            past.repeat_last()
        server.load(_config(served, [*pages, costs_page, own], folder / "prometheus/rules"))
        _say(f"rules              evaluated every minute from now on, targets scraped every {SCRAPE}")
        yield Demo(site, folder, running_hubs, exporters, costs_url, server, since)


def _start_hub(stack: contextlib.ExitStack, namespace: str, prometheus_url: str, folder: Path) -> tuple[Hub, str]:
    own = folder / namespace
    own.mkdir()
    port = free_port()
    users = people(namespace)
    services = [hubs.exporter(namespace, port), hubs.usage_page(namespace, free_port(), prometheus_url, own)]
    config = hubs.hub_config(namespace, prometheus_url)
    hub = stack.enter_context(real_hub(hubs.HUB_VERSION, users, services, config, own))
    _say(f"JupyterHub         {hub.url}  {_hub_version(hub)}, hub {namespace}, {len(users)} users")
    url = f"http://127.0.0.1:{port}"
    _wait_for_exporter(url, hub)
    _say(f"groups exporter    {url}/metrics  a service of that hub, with two scopes")
    return hub, url


def _generate(folder: Path) -> settings.Settings:
    """Generate rules and dashboards as a site with settings of its own does, and return the settings."""
    folder.mkdir()
    path = folder / "settings.yaml"
    path.write_text(yaml.safe_dump(_SETTINGS), encoding="utf-8")
    generated = subprocess.run(
        [Path(sys.executable).with_name("hubmeter-generate"), "--settings", path, "--out", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if generated.returncode:
        raise DemoError(f"hubmeter-generate ended with code {generated.returncode}: {generated.stderr.strip()}")
    _say("rules, dashboards  generated, with budgets and a pool of nodes with GPUs")
    return settings.load(path)


def _pages(exporters: dict[str, str], running_hubs: dict[str, Hub]) -> list[Page]:
    found = [
        Page(f"{url}/metrics", {"job": hubs.EXPORTER, "instance": url.removeprefix("http://")})
        for url in exporters.values()
    ]
    for namespace, hub in running_hubs.items():
        own = {"job": "hub", "instance": hub.url.removeprefix("http://"), "namespace": namespace}
        found.append(Page(f"{hub.url}/hub/metrics", own))
    return found


def _config(served: Exposed, pages: list[Page], rules: Path) -> str:
    jobs: list[dict[str, Any]] = []
    for page in pages:
        target, _, path = page.url.removeprefix("http://").partition("/")
        more = {key: value for key, value in page.labels.items() if key not in ("job", "instance")}
        static = {"targets": [target], "labels": {"job": page.labels["job"], **more}}
        name = f"{page.labels['job']}-{len(jobs)}"
        jobs.append({"job_name": name, "honor_labels": True, "metrics_path": f"/{path}", "static_configs": [static]})
    return yaml.safe_dump(
        {
            "global": {"scrape_interval": SCRAPE, "scrape_timeout": "10s", "evaluation_interval": "1m"},
            "rule_files": [str(rules / "*.yaml")],
            "scrape_configs": [{**served.scrape_config, "scrape_timeout": "10s"}, *jobs],
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


def wait_for_numbers(demo: Demo) -> dict[str, table.Answer]:
    """Wait until live rules have recorded each group's requests and servers as of its pods, and all adds up."""
    deadline = time.monotonic() + WAIT_SECONDS
    with requests.Session() as session:
        client = Prometheus(demo.server.url, session)
        begun, shown, before = time.monotonic(), 0.0, ""
        while True:
            now = time.time() - SETTLED_SECONDS
            live = _live_rules(client, demo.since, now)
            answers = {hub: table.ask(client, hub, now) for hub in HUBS}
            wanted = {hub: expected(demo.site.world, hub, now) for hub in HUBS}
            got = {
                hub: {group: (row.requests, row.servers) for group, row in answer.groups.items()}
                for hub, answer in answers.items()
            }
            used = all(row.memory for answer in answers.values() for row in (*answer.groups.values(), answer.whole))
            difference = max(answer.difference() for answer in answers.values())
            if live == len(_WATCHED) and got == wanted and used and difference < 1e-9:
                return answers
            progress = f"waiting            {live} of {len(_WATCHED)} groups of rules have been evaluated"
            if progress != before or time.monotonic() - shown > 10:
                _say(f"{progress} ({_since(begun)})")
                shown = time.monotonic()
            before = progress
            if time.monotonic() > deadline:
                break
            time.sleep(1)
    raise DemoError(
        f"after {WAIT_SECONDS:.0f} s {demo.server.name} does not have the groups' numbers. Memory requested in "
        f"bytes and servers by group should be {wanted}, and as recorded they are {got}; the groups are "
        f"{difference:.1e} off the whole. {_end_of_log(demo.hubs[SCIENCE])}"
    )


_WATCHED: Final = (names.WHOLE_MEMORY_REQUESTS, names.hub(names.CPU_USAGE), names.hub(names.SERVERS))


def _live_rules(client: Prometheus, since: float, now: float) -> int:
    """Return of how many groups of rules, of memory, CPU and servers, there are results from after ``since``."""
    return sum(
        any(row.value > since for row in client.instant(f"max(timestamp({series}))", now)) for series in _WATCHED
    )


def _end_of_log(hub: Hub) -> str:
    return "the hub's log ends with:\n" + hub.log_path.read_text(encoding="utf-8", errors="replace")[-2000:]


def _show_costs(demo: Demo) -> None:
    """Print what groups cost; `DemoError` where groups, idle capacity and overhead are not the bill."""
    answer = costs.ask(demo.costs_url, costs.days(demo.site.now, demo.site.days))
    _say(f"Costs of settled days, from the cost API at {demo.costs_url}:\n")
    _say("\n".join(costs.lines(answer)))
    if not answer.groups or answer.difference() >= 0.01:
        raise DemoError(f"groups, idle capacity and overhead are {answer.difference()} USD off a day's bill")
    _say("\nGroups, idle capacity and overhead add up to the bill of each day.")


def _show_recorded(demo: Demo) -> None:
    """Print the part of the history that is recorded, as the dashboard Health has it; `DemoError` if not all is."""
    seconds = demo.since - demo.site.start
    query = f"min(sum_over_time({names.USAGE_RECORDED}[{seconds}s]))"
    with requests.Session() as session:
        (row,) = Prometheus(demo.server.url, session).instant(query, demo.since)
    # Of the last 11 minutes at most, no bucket is recorded yet.
    part = row.value / ((seconds - 660) / 60)
    if part < 1:
        raise DemoError(f"only {part:.2%} of the history is recorded")
    _say(f"Recorded: 100 % of {demo.site.days} days and today.\n")


def _start_grafana(stack: contextlib.ExitStack, demo: Demo) -> str | None:
    """Start Grafana where it can run, and return its URL."""
    how = grafana.find()
    if isinstance(how, grafana.Absent):
        _say(f"Grafana            {how.reason}: `make preview` draws the dashboards as pictures\n")
        return None
    url = stack.enter_context(
        grafana.running(how, demo.folder / "grafana", demo.server.url, demo.folder / "prometheus")
    )
    _say(f"Grafana            {url}  with all dashboards, without a login\n")
    return url


def write_reports(demo: Demo) -> None:
    """Write the reports of the last whole month, with hubmeter-report. Raises DemoError."""
    command = [
        sys.executable, "-c", "import sys; from hubmeter_common.commands import report; sys.exit(report())",
        "--all", "--format=html", f"--out={demo.folder / 'reports'}",
        f"--prometheus_url={demo.server.url}", f"--cost_api_url={demo.costs_url}",
    ]  # fmt: skip
    written = subprocess.run(command, capture_output=True, text=True, check=False)
    if written.returncode:
        raise DemoError(f"hubmeter-report ended with code {written.returncode}: {written.stderr.strip()}")


def _show_urls(demo: Demo, grafana_url: str | None) -> None:
    graph = quote(names.group(names.MEMORY_WORKING_SET), safe="")
    rows = [
        ("dashboards", f"{grafana_url}/dashboards" if grafana_url else "`make preview` in another terminal"),
        ("reports", str(max((demo.folder / "reports").glob("*/summary.html")))),
    ]
    for namespace, hub in demo.hubs.items():
        rows.append(("JupyterHub", f"{hub.url}  hub {namespace}: any of its users, such as ada, with any password"))
        rows.append(("usage page", f"{hub.url}/services/usage/"))
        rows.append(("groups exporter", f"{demo.exporters[namespace]}/metrics"))
    rows.append(("cost API", f"{demo.costs_url}/docs"))
    rows.append(("Prometheus", f"{demo.server.url}/graph?g0.expr={graph}&g0.tab=0&g0.range_input=30d"))
    _say("Look around:\n" + "\n".join(f"  {name:16} {where}" for name, where in rows))
    _say("\nCtrl-C ends everything.")


if __name__ == "__main__":
    sys.exit(main())
