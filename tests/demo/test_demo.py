"""The main job from end to end, everything real but Kubernetes: what ``make demo`` runs."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.demo import cluster, costs
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
    return done.stdout


def test_memory_by_group_is_that_of_the_hubs_users_and_their_pods(output: str) -> None:
    row = re.compile(r"^(\S.*?) +([\d.]+) GiB +([\d.]+) GiB +([\d.]+)$", re.MULTILINE)
    printed = {name: (float(asked), float(servers)) for name, _, asked, servers in row.findall(output)}
    expected = cluster.expected(cluster.world(now := 1_790_035_200.0), now)
    in_gib = {name or "(unattributed)": (round(asked / GIB, 2), n) for name, (asked, n) in expected.items()}
    memory, servers = printed.pop("the whole hub")
    assert printed == in_gib
    assert {*cluster.GROUPS, "none", "other", "(unattributed)"} == printed.keys()
    assert memory == pytest.approx(sum(asked for asked, _ in in_gib.values()), abs=0.05)
    assert servers == sum(n for _, n in in_gib.values())


def test_the_check_against_the_whole_is_printed(output: str) -> None:
    (difference,) = re.findall(r"relative difference: ([\d.e-]+)\)", output)
    assert float(difference) < 1e-9


def test_costs_by_group_are_what_they_used_times_its_price_and_add_up_to_the_bill(output: str) -> None:
    row = re.compile(r"^(\S.*?) +([\d.]+) USD +([\d.]+) USD +([\d.]+) USD +([\d.]+) USD$", re.MULTILINE)
    printed = {name: float(together) for name, *_, together in row.findall(output)}
    whole = printed.pop("all")
    last = max(re.findall(r"\d{4}-\d\d-\d\d", output))
    expected = costs.expected(datetime.fromisoformat(f"{last}T00:00Z").timestamp() + 86_400)
    assert printed == {group: pytest.approx(cost, abs=0.006) for group, cost in expected.items()}
    assert whole == pytest.approx(sum(expected.values()), abs=0.006)
    assert f"The groups add up to the bill: {whole:.2f} USD." in output


def test_nothing_is_left_running(output: str) -> None:
    ports = addresses(output)
    assert len(ports) == 5  # cluster, hub, exporter, cost exporter, Prometheus
    assert list(listening(ports)) == []


def test_an_end_while_starting_ends_what_was_started_by_then() -> None:
    lines = []
    with subprocess.Popen(ONCE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            lines.append(line)
            if line.startswith("groups exporter"):
                demo.send_signal(signal.SIGTERM)
                break
        rest, errors = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 128 + signal.SIGTERM, errors
    assert "ending the hub" in rest
    assert list(listening(addresses("".join(lines)))) == []


def test_numbers_that_never_come_are_an_error_with_its_reason() -> None:
    impatient = (
        "from tests.demo import __main__ as demo; demo.WAIT_SECONDS = 0.5; "
        "demo.cluster.expected = lambda *_: {'a group without users': (1.0, 1)}; raise SystemExit(demo.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", impatient], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 1
    assert "does not have the groups' numbers" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(listening(addresses(done.stdout))) == []
