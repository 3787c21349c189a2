"""Every query of every dashboard, put to the site's Prometheus; and where its image is reachable, a real Grafana."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from hubmeter_promql.client import PrometheusError
from tests.e2e import images
from tests.e2e.stack import Stack, panels, substituted, wait_for

BOARDS = sorted((images.ROOT / "dashboards").glob("*.json"))


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_prometheus_answers_every_query_of(stack: Stack, path: Any) -> None:
    board = json.loads((stack.dashboards / path.name).read_text(encoding="utf-8"))
    prometheus = stack.prometheus
    failed = {}
    for panel in panels(board):
        for target in panel["targets"]:
            try:
                prometheus.instant(substituted(target["expr"]), stack.now())
            except PrometheusError as error:
                failed[panel["title"]] = str(error)
    assert failed == {}


@pytest.fixture(scope="module")
def grafana(stack: Stack) -> Iterator[Stack]:
    image = os.environ.get(images.variable("grafana")) or images.public("grafana")
    if not images.is_reachable(image):
        pytest.skip(f"no registry provides {image}: {images.variable('grafana')}=IMAGE names another one")
    stack.compose("--profile=grafana", "up", "--detach", "--no-deps", "grafana")
    try:
        wait_for(True, lambda: stack.get("grafana", "/api/health").ok)
        yield stack
    finally:
        stack.compose("--profile=grafana", "rm", "--stop", "--force", "grafana")


def test_grafana_reaches_prometheus_through_the_provisioned_data_source(grafana: Stack) -> None:
    answer = grafana.get("grafana", "/api/datasources/uid/prometheus/health")
    assert answer.json()["status"] == "OK", answer.text


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_grafana_has_read_the_provisioned_dashboard(grafana: Stack, path: Any) -> None:
    board = json.loads(path.read_text(encoding="utf-8"))
    answer = grafana.get("grafana", f"/api/dashboards/uid/{board['uid']}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["meta"]["folderTitle"] == "Hubmeter"
    assert [panel["title"] for panel in found["dashboard"]["panels"]] == [panel["title"] for panel in board["panels"]]
