"""Groups of a real hub, from its database to the recorded series of each pair of group and user."""

import time
from collections import defaultdict
from collections.abc import Mapping

import pytest

from hubmeter_promql import names
from tests.e2e.cluster import requested
from tests.e2e.people import LOPEZ, NAMESPACE, USERS
from tests.e2e.stack import Stack, wait_for, wait_until


def by_time(samples: Mapping[tuple[str, str], Mapping[int, float]], user: str) -> dict[int, dict[str, float]]:
    """Return what each group bears of a user, by the time of the evaluation."""
    found: dict[int, dict[str, float]] = defaultdict(dict)
    for (group, name), values in samples.items():
        if name == user:
            for at, value in values.items():
                found[at][group] = value
    return found


def test_every_user_is_accounted_to_their_groups_and_what_nobody_claims_stays(stack: Stack) -> None:
    now = stack.now()
    found = stack.memory(now)
    assert found == pytest.approx(requested(USERS))
    assert found["physics", LOPEZ] == found["chemistry", LOPEZ] > 0, "a third each, a Dask worker with it"
    assert found["", "left-the-hub"] > 0
    assert found["", ""] > 0
    (hub,) = stack.prometheus.instant(names.hub(names.MEMORY_REQUESTS), now)
    assert hub.labels["namespace"] == NAMESPACE
    assert sum(found.values()) == pytest.approx(hub.value)


def test_a_new_group_appears_and_its_member_is_accounted_to_nothing_else(stack: Stack) -> None:
    assert stack.hub("POST", "groups/Überkurs").status_code == 201
    stack.add("Überkurs", "Bob-Smith")
    try:
        wait_for(requested({**USERS, "Bob-Smith": ("Überkurs",)}), stack.memory)
    finally:
        stack.hub("DELETE", "groups/Überkurs")
    wait_for(requested(USERS), stack.memory)


def test_a_user_who_moves_is_in_one_group_at_any_time_and_the_past_stays(stack: Stack) -> None:
    begin = stack.now()
    size = stack.memory(begin)["physics", "carol"]
    stack.add("chemistry", "carol")
    stack.remove("physics", "carol")
    try:
        wait_for(requested({**USERS, "carol": ("chemistry",)}), stack.memory)
        moved = stack.now()
        wait_until("the rules are evaluated again", lambda: len(stack.evaluations(moved, stack.now())) >= 2)
        end = stack.now()
        samples = by_time(stack.memory_samples(begin, end), "carol")
    finally:
        stack.add("physics", "carol")
        stack.remove("chemistry", "carol")
    assert samples.keys() == stack.evaluations(begin, end), "none is missing"
    assert {sum(groups.values()) for groups in samples.values()} == {size}
    first, last = samples[min(samples)], samples[max(samples)]
    assert (first, last) == ({"physics": size}, {"chemistry": size})
    wait_for(requested(USERS), stack.memory)


@pytest.mark.parametrize("service", ["exporter", "costs", "hub", "prometheus", "kube-state-metrics", "kubelet"])
def test_prometheus_scrapes(stack: Stack, service: str) -> None:
    jobs = {"exporter": "groups-exporter", "costs": "hubmeter-costs"}
    rows = stack.prometheus.instant(f'up{{job="{jobs.get(service, service)}"}}', time.time())
    assert rows, "no such target"
    assert {row.value for row in rows} == {1.0}
