"""The main job from end to end, everything real but Kubernetes: what ``make demo`` runs."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo import __main__ as demo
from tests.demo.prometheus import newest, prometheus
from tests.demo.site import GROUPS, HUBS, SCIENCE, Site, expected
from tests.hub.jupyterhub import Hub
from tests.sim.cluster import GIB
from tests.waiting import PATIENCE

ONCE = [sys.executable, "-m", "tests.demo", "--once"]


def addresses(output: str) -> set[int]:
    return {int(port) for port in re.findall(r"http://127\.0\.0\.1:(\d+)", output)}


def listening(ports: set[int]) -> Iterator[int]:
    for port in sorted(ports):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                yield port


@pytest.fixture(scope="module")
def output() -> str:
    done = subprocess.run(ONCE, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("hub", HUBS)
def test_memory_by_group_adds_up_to_the_hub(output: str, hub: str) -> None:
    row = re.compile(rf"^{hub} +(\S.*?) +([\d.]+) GiB +([\d.]+) GiB +([\d.]+)$", re.MULTILINE)
    printed = {name: tuple(map(float, values)) for name, *values in row.findall(output)}
    whole = printed.pop("the whole hub")
    assert {*GROUPS[hub], "(unattributed)"} <= printed.keys()
    assert all(memory > 0 for memory, _, _ in printed.values())
    for column, exact in enumerate((0.05, 0.05, 1e-9)):
        assert sum(values[column] for values in printed.values()) == pytest.approx(whole[column], abs=exact)


def test_the_check_against_the_whole_is_printed(output: str) -> None:
    (difference,) = re.findall(r"relative difference: ([\d.e-]+)\)", output)
    assert float(difference) < 1e-9


def test_costs_by_group_and_of_idle_capacity_add_up_to_the_bill(output: str) -> None:
    row = re.compile(r"^(\S.*?)((?: +[\d.]+ USD)+)$", re.MULTILINE)
    printed = {name: [float(cell) for cell in re.findall(r"[\d.]+", cells)] for name, cells in row.findall(output)}
    bill = printed.pop("the bill")
    assert len(bill) == 3  # two settled days, and their sum
    assert {"machine learning", "data science 101", "none", "idle and overhead"} <= printed.keys()
    assert [sum(column) for column in zip(*printed.values(), strict=True)] == pytest.approx(bill, abs=0.06)
    assert "add up to the bill of each day" in output


def test_the_history_is_recorded_without_gaps(output: str) -> None:
    assert "Recorded: 100 % of 3 days and today." in output


def test_nothing_is_left_running(output: str) -> None:
    ports = addresses(output)
    assert len(ports) == 7  # cluster, two hubs, two exporters, cost exporter, Prometheus
    assert list(listening(ports)) == []


def test_an_end_while_starting_ends_what_was_started_by_then() -> None:
    lines = []
    with subprocess.Popen(ONCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if line.startswith("groups exporter"):
                process.send_signal(signal.SIGTERM)
                break
        rest, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGTERM, errors
    assert "ending the hub" in rest
    assert list(listening(addresses("".join(lines)))) == []


def test_numbers_that_never_come_are_an_error_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "WAIT_SECONDS", 0.0)
    log = tmp_path / "jupyterhub.log"
    log.write_text("the hub says why", encoding="utf-8")
    hub = Hub("http://127.0.0.1:1", "http://127.0.0.1:1/hub/api", "", log, lambda: None)
    with prometheus(newest(), "{}", tmp_path / "prometheus") as server:
        site = Site(time.time(), 1)
        nothing = demo.Demo(site, tmp_path, {SCIENCE: hub}, {}, "", server, 0)
        with pytest.raises(demo.DemoError, match=r"does not have the groups' numbers(.|\n)*the hub says why"):
            demo.wait_for_numbers(nothing)


def test_a_person_has_one_server_at_a_time_and_none_begins_or_ends_about_the_start() -> None:
    site = Site(1_790_035_200.0, 60)
    free: dict[str, int] = {}
    for session in site.sessions:
        person = f"{session.person.namespace}/{session.person.name}"
        assert session.begin >= free.get(person, 0)
        free[person] = session.end
        for t in (session.begin, session.end):
            assert not site.now - 1200 < t < site.now + 900


def test_the_table_expects_every_group_of_a_hub_and_its_own_pods() -> None:
    site = Site(1_790_035_200.0, 3)
    row = expected(site.world, SCIENCE, site.now)
    assert row[""] == (4.625 * GIB, 2.0)  # hub, proxy and placeholder, a server without annotation, one of nobody
    assert set(GROUPS[SCIENCE]) <= row.keys()
