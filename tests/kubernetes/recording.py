"""Prometheus in the node's network: it scrapes the real kubelet, and finds our targets by their annotations.

All servers of a node share one stand-in for kube-state-metrics, which is started with the first of them.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
import yaml

from hubmeter_promql.client import Prometheus
from tests.demo.prometheus import newest
from tests.engines.engine import PROMETHEUS
from tests.kubernetes.forwarding import forwarded
from tests.kubernetes.node import ADDRESS, Node
from tests.kubernetes.programs import ROOT
from tests.tools import tool
from tests.waiting import PATIENCE

PORT: Final = 9090
KUBE_STATE: Final = f"{ADDRESS}:8080"


@dataclass(frozen=True)
class Recording:
    """A running Prometheus.

    Attributes:
        url: Its URL in the node's network, for pods.
        local_url: Its URL on the machine.
        client: A client on the machine.
    """

    url: str
    local_url: str
    client: Prometheus

    def samples(self, query: str) -> dict[frozenset[tuple[str, str]], list[tuple[float, float]]]:
        """Return the stored samples (Unix seconds, value) that a range selector has now, by labels."""
        return {
            frozenset(row["metric"].items()): [(float(when), float(value)) for when, value in row["values"]]
            for row in self.client.read("query", query=query)["result"]
        }


def rules(folder: Path, settings: Mapping[str, Any]) -> list[Path]:
    """Return the rule files that ``hubmeter-generate`` makes of these settings."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.yaml").write_text(yaml.safe_dump(dict(settings)), encoding="utf-8")
    generate = Path(sys.executable).with_name("hubmeter-generate")
    command = [str(generate), f"--settings={folder / 'settings.yaml'}", f"--out={folder / 'out'}"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return sorted((folder / "out" / "rules").glob("*.yaml"))


@contextmanager
def recording(
    node: Node,
    folder: Path,
    *,
    rule_files: Sequence[Path] = (),
    scrape: str = "15s",
    external_labels: Mapping[str, str] | None = None,
    port: int = PORT,
    options: Sequence[str] = (),
) -> Iterator[Recording]:
    """Run the newest Prometheus in the node until the block ends.

    Args:
        node: The node.
        folder: Of its configuration and data.
        rule_files: Rules; a group without an interval is evaluated every 15 s.
        scrape: The interval of all scrapes.
        external_labels: Other labels give other phases of the scrapes.
        port: Of the node's address.
        options: Further options of the command.
    """
    if "kube-state" not in node.processes:
        node.start("kube-state", [
            "env", f"--chdir={ROOT}", sys.executable, "-m", "tests.kubernetes.kube_state",
            f"--kubeconfig={node.kubeconfig}", f"--listen={KUBE_STATE}",
        ])  # fmt: skip
        node.wait_for("stand-in for kube-state-metrics", lambda: bool(_get(node, f"http://{KUBE_STATE}/metrics")), 60)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_config(node, rule_files, scrape, external_labels or {}, port)), encoding="utf-8")
    config.chmod(0o600)
    name, url = f"prometheus-{port}", f"http://{ADDRESS}:{port}"
    node.start(name, [
        tool(f"{PROMETHEUS[newest()]}/prometheus"), f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={ADDRESS}:{port}", "--web.enable-remote-write-receiver", *options,
    ])  # fmt: skip
    try:
        node.wait_for("Prometheus", lambda: bool(_get(node, f"{url}/-/ready")), 120)
        with forwarded(node, ADDRESS, port) as local, requests.Session() as session:
            yield Recording(
                url, f"http://127.0.0.1:{local}", Prometheus(f"http://127.0.0.1:{local}", session, PATIENCE)
            )
    finally:
        node.stop(name, signal.SIGTERM)


def _get(node: Node, url: str) -> str:
    return node.run("curl", "-sSf", url).stdout


def _config(
    node: Node, rule_files: Sequence[Path], scrape: str, external_labels: Mapping[str, str], port: int
) -> dict[str, Any]:
    annotation = "__meta_kubernetes_service_annotation_prometheus_io_"
    return {
        "global": {
            "scrape_interval": scrape,
            "scrape_timeout": scrape,
            "evaluation_interval": "15s",
            "external_labels": dict(external_labels),
        },
        "rule_files": [str(path) for path in rule_files],
        # Tests move samples into the past instead of waiting.
        "storage": {"tsdb": {"out_of_order_time_window": "3d"}},
        "scrape_configs": [
            {
                "job_name": "kubelet",
                "scheme": "https",
                "metrics_path": "/metrics/cadvisor",
                "tls_config": {"insecure_skip_verify": True},
                "authorization": {"credentials": node.tokens["admin"]},
                "static_configs": [{"targets": [f"{ADDRESS}:10250"]}],
            },
            {
                "job_name": "kube-state-metrics",
                "honor_labels": True,
                "static_configs": [{"targets": [KUBE_STATE]}],
            },
            {
                # As the chart prometheus-community/prometheus has it.
                "job_name": "kubernetes-service-endpoints",
                "honor_labels": True,
                "kubernetes_sd_configs": [{"role": "endpoints", "kubeconfig_file": str(node.kubeconfig)}],
                "relabel_configs": [
                    {"source_labels": [f"{annotation}scrape"], "regex": "true", "action": "keep"},
                    {"source_labels": [f"{annotation}path"], "regex": "(.+)", "target_label": "__metrics_path__"},
                    {
                        "source_labels": ["__address__", f"{annotation}port"],
                        "regex": r"(.+?)(?::\d+)?;(\d+)",
                        "replacement": "$1:$2",
                        "target_label": "__address__",
                    },
                    {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
                    {"source_labels": ["__meta_kubernetes_service_name"], "target_label": "service"},
                ],
            },
            {"job_name": "prometheus", "static_configs": [{"targets": [f"{ADDRESS}:{port}"]}]},
        ],
    }
