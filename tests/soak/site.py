"""The parts of the soak: a simulated cluster, a hub, two groups exporters, two cost exporters, and Prometheus.

One of each pair is restarted and harmed. The other is only scraped, so that its memory, files and threads show leaks.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
import yaml

from hubmeter_generator.operate.remote_write import write
from tests.demo.prometheus import newest
from tests.engines.engine import PROMETHEUS
from tests.hub.jupyterhub import Hub, real_hub
from tests.sim.cluster import World
from tests.sim.exposition import Exposed, exposed
from tests.soak import cluster, usage
from tests.soak.load import READER, config, services
from tests.soak.programs import Disk, Program, disk, module
from tests.tools import TOOLS
from tests.waiting import free_port

INTERVAL: Final = 10.0
"""Seconds between scrapes, between evaluations of rules, and between readings of the hub."""
_PROMETHEUS_MB, _LEDGER_MB = 1024, 8


@dataclass(frozen=True)
class Site:
    """All parts while they run."""

    begin: float
    world: World
    hub: Hub
    prometheus: Program
    prometheus_url: str
    prometheus_disk: Disk
    ledger_disk: Disk
    exporter: Program
    steady_exporter: Program
    costs: Program
    steady_costs: Program
    costs_url: str
    token_file: Path

    @property
    def programs(self) -> tuple[Program, ...]:
        """All programs that can be measured."""
        return self.prometheus, self.exporter, self.steady_exporter, self.costs, self.steady_costs


@contextmanager
def running(now: float) -> Iterator[Site]:
    """Start everything; end it with the block."""
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="hubmeter-soak-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        world = cluster.world(now)
        targets = stack.enter_context(exposed(world, scrape_interval=f"{INTERVAL:g}s"))
        ports = {name: free_port() for name in ("prometheus", "exporter", "steady-exporter", "costs", "steady-costs")}
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        (folder / "hub").mkdir()
        hub = stack.enter_context(
            real_hub(6, cluster.users() | {READER: ()}, services(), config(urls["prometheus"]), folder=folder / "hub")
        )
        prometheus_disk = stack.enter_context(disk(folder / "prometheus-data", _PROMETHEUS_MB))
        ledger_disk = stack.enter_context(disk(folder / "ledger", _LEDGER_MB))
        token_file = folder / "token"
        token_file.write_text(services()[0].token, encoding="ascii")
        (folder / "prometheus.yml").write_text(_prometheus(targets, ports, _rules(folder / "rules")), encoding="utf-8")
        (folder / "costs.yaml").write_text(
            f"source: static\ninterval: 1m\ndays: 10\nhistory_days: 10\nstatic: {{memory_gib_hour: {usage.PRICE}}}\n",
            encoding="utf-8",
        )
        prometheus = Program(
            "prometheus",
            [
                TOOLS / PROMETHEUS[newest()] / "prometheus",
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={prometheus_disk.folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
                # No blocks, for which Prometheus allocates 512 MB.
                "--storage.tsdb.min-block-duration=31d",
                "--storage.tsdb.max-block-duration=31d",
                "--web.enable-remote-write-receiver",
            ],
            f"{urls['prometheus']}/-/ready",
            folder,
        )

        def exporter(name: str) -> Program:
            return Program(
                name,
                [
                    *module(name, folder, "hubmeter_exporter"),
                    f"--hub_url={hub.api_url}",
                    f"--api_token_file={token_file}",
                    f"--jupyterhub_namespace={cluster.NAMESPACE}",
                    f"--default_group={cluster.DEFAULT_GROUP}",
                    f"--update_exporter_interval={INTERVAL:g}",
                    f"--port={ports[name]}",
                ],
                f"{urls[name]}/healthz",
                folder,
            )

        def cost_exporter(name: str, ledger: Path) -> Program:
            return Program(
                name,
                [
                    *module(name, folder, "hubmeter_exporter.costs.cli"),
                    f"--config={folder / 'costs.yaml'}",
                    f"--ledger={ledger}",
                    f"--prometheus_url={urls['prometheus']}",
                    f"--port={ports[name]}",
                ],
                f"{urls[name]}/healthz",
                folder,
            )

        site = Site(
            now,
            world,
            hub,
            prometheus,
            urls["prometheus"],
            prometheus_disk,
            ledger_disk,
            exporter("exporter"),
            exporter("steady-exporter"),
            cost_exporter("costs", ledger_disk.folder / "ledger.sqlite"),
            cost_exporter("steady-costs", folder / "steady.sqlite"),
            urls["costs"],
            token_file,
        )
        prometheus.start()
        stack.callback(prometheus.stop)
        with requests.Session() as session:
            write(f"{urls['prometheus']}/api/v1/write", usage.past(now), session=session)
        for program in site.programs[1:]:
            program.start()
            stack.callback(program.stop)
        yield site


def _rules(folder: Path) -> str:
    """Generate rules with short intervals; return the pattern of their files."""
    folder.mkdir()
    settings = folder / "settings.yaml"
    settings.write_text(f"interval: {INTERVAL:g}s\nmembership_interval: {INTERVAL:g}s\n", encoding="utf-8")
    generate = Path(sys.executable).with_name("hubmeter-generate")
    subprocess.run([generate, "--settings", settings, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    return str(folder / "rules" / "*.yaml")


def _prometheus(targets: Exposed, ports: dict[str, int], rules: str) -> str:
    times = f"{INTERVAL:g}s"
    exporters = [
        {"job_name": job, "honor_labels": True, "static_configs": [{"targets": [f"127.0.0.1:{ports[job]}"]}]}
        for job in ("exporter", "costs")
    ]
    return yaml.safe_dump(
        {
            "global": {"scrape_interval": times, "scrape_timeout": times, "evaluation_interval": times},
            "rule_files": [rules],
            "scrape_configs": [dict(targets.scrape_config), *exporters],
            "storage": {"tsdb": {"out_of_order_time_window": f"{usage.DAYS + 2}d"}},  # for the usage of the past
        }
    )
