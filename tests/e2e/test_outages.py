"""Each part dies and comes back: nothing is lost but what nobody could see meanwhile, and the dashboards say so.

A minute of a site is five seconds here: scrapes and rules, and the exporter's hour between two readings as well.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.cluster import requested
from tests.e2e.people import USERS
from tests.e2e.stack import Stack, wait_for, wait_until

INTERVAL = 5.0


@contextmanager
def dead(stack: Stack, *services: str) -> Iterator[float]:
    """Kill services for as long as the block lasts; yield since when."""
    stack.kill(*services)
    try:
        yield time.time()
    finally:
        stack.start(*services)


def complete(stack: Stack, begin: float) -> None:
    """Check that every evaluation since ``begin`` has recorded every pair with its value."""
    end = stack.now()
    samples = stack.memory_samples(begin, end)
    for extreme in (min, max):
        assert {pair: extreme(values.values()) for pair, values in samples.items()} == pytest.approx(requested(USERS))
    evaluations = stack.evaluations(begin, end)
    assert {pair: values.keys() ^ evaluations for pair, values in samples.items() if values.keys() ^ evaluations} == {}


def wait_for_evaluations(stack: Stack, begin: float, count: int) -> None:
    wait_until("the rules are evaluated", lambda: len(stack.evaluations(begin, stack.now())) >= count)


def test_while_the_exporter_is_dead_everybody_stays_in_their_groups(stack: Stack) -> None:
    wait_for(requested(USERS), stack.memory)
    wait_until("the snapshot is new", lambda: stack.panel("health", "Oldest snapshot")[0] < 3)
    begin = time.time()
    with dead(stack, "exporter"):
        wait_until("the panel shows no exporter", lambda: stack.panel("health", "Exporters") == [])
        wait_until("the alert sees it", lambda: "HubmeterExporterSilent" in stack.alerts())
        wait_for_evaluations(stack, time.time(), 4)
        complete(stack, begin)
    wait_until("the panel shows the exporter", lambda: len(stack.panel("health", "Exporters")) == 1)
    wait_until("the alert is over", lambda: "HubmeterExporterSilent" not in stack.alerts())
    complete(stack, begin)


def test_while_the_hub_is_dead_its_last_groups_hold_and_age_visibly(stack: Stack) -> None:
    wait_for(requested(USERS), stack.memory)
    begin = time.time()
    with dead(stack, "hub"):
        wait_until("the exporter is not ready", lambda: stack.get("exporter", "/readyz").status_code == 503)
        wait_until("the snapshot is old", lambda: stack.panel("health", "Oldest snapshot")[0] > 3)
        wait_until("errors are counted", lambda: stack.panel("health", "Refresh errors")[0] > 0)
        wait_until("the alert sees it", lambda: "HubmeterSnapshotStale" in stack.alerts())
        complete(stack, begin)
    wait_until("the exporter is ready", lambda: stack.get("exporter", "/readyz").ok)
    wait_until("the snapshot is new", lambda: stack.panel("health", "Oldest snapshot")[0] < 3)
    complete(stack, begin)
    wait_for(True, lambda: stack.get("hub", "/hub/health").ok)
    stack.add("physics", "Bob-Smith")
    try:
        wait_for(requested({**USERS, "Bob-Smith": ("physics",)}), stack.memory)
    finally:
        stack.remove("physics", "Bob-Smith")
    wait_for(requested(USERS), stack.memory)


def test_when_prometheus_dies_only_its_own_minutes_are_missing(stack: Stack) -> None:
    """And it knows the groups again at once, though it finds the exporter dead when it comes back."""
    wait_for(requested(USERS), stack.memory)
    settled = stack.now()
    before = stack.memory_samples(settled - 30, settled)
    died = time.time()
    with dead(stack, "prometheus"):
        stack.kill("exporter")
        time.sleep(3 * INTERVAL)
        back = time.time()
    try:
        wait_until("Prometheus answers", lambda: stack.get("prometheus", "/-/ready").ok)
        ready = time.time()
        assert stack.memory_samples(settled - 30, settled) == before, "what was recorded is still there"
        wait_for_evaluations(stack, ready + INTERVAL, 2)
        complete(stack, ready + INTERVAL)
    finally:
        stack.start("exporter")
    wait_until("the panel shows the exporter", lambda: len(stack.panel("health", "Exporters")) == 1)
    gap = stack.memory_samples(died + INTERVAL, back)
    assert gap == {}, "nothing is made up for the time that nobody saw"
    assert stack.panel("health", "Not accounted") == [0.0]
