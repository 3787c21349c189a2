"""The simulated cluster's silent mistakes: what Prometheus would refuse, what differs between two runs."""

import math
import subprocess
from collections import Counter
from itertools import pairwise
from struct import pack

import pytest
import requests

from hubmeter_generator.operate.remote_write import STALE
from tests.sim.cluster import Container, Exporter, Target, World, samples, shares
from tests.sim.exposition import exposed, pages, text
from tests.sim.history import history
from tests.sim.worlds import ACCENTED, large_world, small_world
from tests.tools import TOOLS
from tests.waiting import PATIENCE

START = 1_790_035_200.0  # a midnight, UTC


def hour(hours: float) -> float:
    return START + hours * 3600


def rows(world: World, t: float, name: str, **labels: str) -> list[dict[str, str]]:
    found = [dict(sample.labels) for sample in samples(world, t) if sample.name == name]
    return [row for row in found if labels.items() <= row.items()]


@pytest.mark.parametrize("hours", [0, 6 + 3 / 60, 9.5, 10 + 16 / 60, 11 + 3 / 60, 13.1, 15.2, 18.1, 23.9])
def test_no_series_is_scraped_twice_and_labels_are_sorted_and_not_empty(hours: float) -> None:
    found = list(samples(small_world(START), hour(hours)))
    repeated = [key for key, count in Counter((s.name, s.labels) for s in found).items() if count > 1]
    assert not repeated
    assert len(found) > 150
    for sample in found:
        names = [name for name, _ in sample.labels]
        assert all(value for _, value in sample.labels)
        assert sample.name.startswith("jupyterhub_") or names == sorted(names), sample


def test_two_runs_see_the_same_numbers() -> None:
    times = [hour(10), hour(11.5)]
    first, second = small_world(START), small_world(START)
    assert [list(samples(first, t)) for t in times] == [list(samples(second, t)) for t in times]
    large = [large_world(START, users=60, running=20, days=1, seed=seed) for seed in (1, 1, 2)]
    one, same, other = [list(samples(world, hour(5))) for world in large]
    assert one == same
    assert one != other


def test_large_world_keeps_the_number_of_running_servers() -> None:
    world = large_world(START, users=300, running=50, days=2)
    for hours in (0, 13.7, 24, 47.9):
        assert sum(server.running(hour(hours) + 60) for server in world.servers_at(hour(hours) + 60)) in range(48, 51)


def test_a_cpu_counter_is_the_integral_of_the_rate_and_never_falls() -> None:
    container = Container("notebook", seed=5, cpu_base=0.75)
    times = [START + 13 * number for number in range(200)]
    counter = [container.cpu_seconds(START, t) for t in times]
    assert all(before < after for before, after in pairwise(counter))
    steps = 1000
    sampled = sum(container.cpu_rate(START + 600 * (n + 0.5) / steps) for n in range(steps)) * 600 / steps
    assert container.cpu_seconds(START, START + 600) == pytest.approx(sampled, rel=1e-3)


class TestTheReadableDay:
    def test_a_quick_restart_has_a_new_uid_under_the_old_pod_name(self) -> None:
        world = small_world(START)
        before = rows(world, hour(10.9), "kube_pod_info", pod="jupyter-anna", instance="10.0.0.10:8080")
        after = rows(world, hour(11.1), "kube_pod_info", pod="jupyter-anna", instance="10.0.0.10:8080")
        assert len(before) == len(after) == 1
        assert before[0]["uid"] != after[0]["uid"]
        assert rows(world, hour(11) + 60, "kube_pod_info", pod="jupyter-anna") == []

    def test_a_pod_without_a_node_has_requests_and_no_cgroup(self) -> None:
        world, t = small_world(START), hour(13.2)
        waiting = rows(
            world, t, "kube_pod_container_resource_requests", pod="jupyter-x-y---6484a281", resource="memory"
        )
        assert waiting
        assert not any("node" in row for row in waiting)
        assert rows(world, t, "container_memory_working_set_bytes", pod="jupyter-x-y---6484a281") == []

    def test_a_failed_pod_stays_listed_with_its_requests(self) -> None:
        world, t = small_world(START), hour(10) + 300
        failed = [
            dict(s.labels)["uid"]
            for s in samples(world, t)
            if s.name == "kube_pod_status_phase" and s.value == 1 and ("phase", "Failed") in s.labels
        ]
        assert len(failed) == 1
        assert rows(world, t, "kube_pod_container_resource_requests", uid=failed[0], resource="memory")

    def test_two_kube_state_metrics_and_opencost_repeat_the_annotation(self) -> None:
        found = rows(small_world(START), hour(12), "kube_pod_annotations", annotation_hub_jupyter_org_username="ann")
        assert [(row["job"], "uid" in row) for row in found] == [
            ("kube-state-metrics", True),
            ("kube-state-metrics", True),
            ("opencost", False),
        ]

    def test_a_restarted_container_is_a_new_series(self) -> None:
        world = small_world(START)
        ids = {
            row["id"]
            for t in (hour(10), hour(10.5))
            for row in rows(world, t, "container_cpu_usage_seconds_total", pod="jupyter-ann", container="notebook")
        }
        assert len(ids) == 2

    def test_during_a_rolling_update_the_old_exporter_still_shows_the_old_group(self) -> None:
        found = rows(small_world(START), hour(6) + 180, "jupyterhub_user_group_share", username="dave")
        assert {row["instance"]: row["usergroup"] for row in found} == {
            "10.0.0.20:9090": "physics",
            "10.0.0.21:9090": "chemistry",
        }

    def test_an_outage_silences_one_hub_only(self) -> None:
        found = rows(small_world(START), hour(13.55), "jupyterhub_user_group_share")
        assert {row["namespace"] for row in found} == {"staging"}

    def test_a_user_of_three_groups_is_split_and_a_dask_worker_is_the_owners(self) -> None:
        world, t = small_world(START), hour(11)
        values = [
            s.value
            for s in samples(world, t)
            if s.name == "jupyterhub_user_group_share" and ("username", ACCENTED) in s.labels
        ]
        assert values == [1 / 3] * 3
        pods = rows(world, t, "kube_pod_annotations", annotation_hub_jupyter_org_username=ACCENTED, job="opencost")
        assert {row["pod"][:8] for row in pods} == {"jupyter-", "dask-wor"}


@pytest.mark.parametrize(
    ("groups", "strategy", "expected"),
    [
        ((), "split", (["none"], [("none", 1.0)])),
        (("a",), "default", (["a"], [("a", 1.0)])),
        (("a", "b"), "default", (["other"], [("a", 0.0), ("b", 0.0), ("other", 1.0)])),
        (("a", "other"), "default", (["other"], [("a", 0.0), ("other", 1.0)])),
        (("a", "b"), "split", (["a", "b"], [("a", 0.5), ("b", 0.5)])),
        (("a", "b"), "all", (["a", "b"], [("a", 1.0), ("b", 1.0)])),
    ],
)
def test_shares_follow_the_design(groups: tuple[str, ...], strategy: str, expected: object) -> None:
    assert shares(groups, strategy, "other") == expected  # type: ignore[arg-type] # the table holds plain str


def test_an_exporter_refreshes_from_its_start_on() -> None:
    exporter = Exporter("hub", Target("a:1", start=START + 30), refresh=60)
    assert exporter.last_refresh(START + 100) == START + 90


def test_history_marks_series_that_end_except_cadvisors() -> None:
    world = small_world(START)
    ended: list[tuple[str, float]] = []
    for chunk in history(world, hour(11) - 120, hour(11) + 300):
        for labels, points in chunk:
            named = dict(labels)
            for stamp, value in points:
                if named.get("pod") == "jupyter-anna" and math.isnan(value):
                    ended.append((named["__name__"], stamp / 1000))
                    assert pack("<d", value) == pack("<d", STALE)
    # Both kube-state-metrics stop listing the pod at 11:00 sharp.
    assert ended.count(("kube_pod_info", hour(11))) == 2
    assert not [name for name, _ in ended if name.startswith("container_")]


@pytest.mark.parametrize("job", ["kube-state-metrics", "opencost", "kubelet", "dirsize"])
def test_promtool_accepts_what_a_target_exposes(job: str) -> None:
    page = next(found for (name, _), found in pages(small_world(START), hour(12)).items() if name == job)
    checked = subprocess.run(
        [TOOLS / "prometheus-2" / "promtool", "check", "metrics"],
        input=text(page),
        capture_output=True,
        check=False,
    )
    # 3 is "parses, and the linter has remarks", about names that are kube-state-metrics' own.
    assert checked.returncode in {0, 3}, checked.stderr
    assert b"error while parsing" not in checked.stderr


def test_targets_are_served_with_their_own_labels_and_cadvisors_timestamps() -> None:
    now = hour(12) + 5
    with exposed(small_world(START), clock=lambda: now) as served:
        targets = {
            (entry["labels"]["job"], entry["labels"]["instance"]): entry["labels"]["__metrics_path__"]
            for entry in served.scrape_config["static_configs"]
        }
        assert sum(job == "kube-state-metrics" for job, _ in targets) == 2
        kubelet = next(path for (job, _), path in targets.items() if job == "kubelet")
        body = requests.get(served.url + kubelet, timeout=PATIENCE).text
        line = next(line for line in body.splitlines() if line.startswith("container_memory") and 'pod="' in line)
        assert 5 <= now - int(line.rpartition(" ")[2]) / 1000 <= 25
        assert 'namespace="' in line
        assert "instance=" not in line
        gone = requests.get(served.url + "/kube-state-metrics/10.9.9.9:1/metrics", timeout=PATIENCE)
        assert gone.status_code == 503
