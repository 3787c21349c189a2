"""Grants: the file, its errors, and what changes without a restart."""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from hubmeter_hub.quotas.grants import GrantsFile, parse
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.policy import Grant, PolicyError
from hubmeter_hub.quotas.policy import parse as parse_policies
from tests.unit.hub.quota_cases import GIB, cpu, memory

NOW = datetime(2026, 11, 28, tzinfo=UTC).timestamp()
DAY = 86400
ANN = "- {user: ann, resource: memory, window: 7, amount: 200 GiB-hours, until: 2026-12-24, reason: thesis}\n"
STAFF = "- {group: staff, resource: cpu, amount: 5, until: '2026-11-29T12:00:00+01:00', reason: course}\n"
THESIS = Grant("user", "ann", "memory", 168, 200 * GIB, datetime(2026, 12, 25, tzinfo=UTC).timestamp(), "thesis", "gi")


def test_a_grant_is_for_a_user_or_a_group_until_the_end_of_a_day_or_a_time() -> None:
    assert parse(f"grants:\n{ANN}{STAFF}").grants == (
        THESIS,
        Grant("group", "staff", "cpu", None, 5.0, NOW + DAY + 11 * 3600, "course"),
    )


@pytest.mark.parametrize("text", ["", "grants:", "grants: []", "{}"])
def test_a_file_may_be_empty(text: str) -> None:
    assert parse(text).grants == ()


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{user: ann, resource: memory, amount: 5, reason: x}", "grants[0]: until is missing"),
        ("{resource: memory, amount: 5, until: 2026-12-24, reason: x}", "grants[0]: set either user or group"),
        ("{user: a, group: b, resource: cpu, amount: 5, until: 2026-12-24, reason: x}", "set either user or group"),
        ("{user: [a], resource: cpu, amount: 5, until: 2026-12-24, reason: x}", "user is ['a']; it must be one name"),
        ("{user: a, resource: disk, amount: 5, until: 2026-12-24, reason: x}", "resource is 'disk'; allowed is one of"),
        ("{user: a, resource: cpu, amount: 5 GiB, until: 2026-12-24, reason: x}", "amount is '5 GiB': "),
        ("{user: a, resource: cpu, amount: -5, until: 2026-12-24, reason: x}", "amount is -5: "),
        ("{user: a, resource: cpu, amount: 5, until: soon, reason: x}", "until is 'soon'; allowed is a day such as"),
        ("{user: a, resource: cpu, amount: 5, until: 2026-12-24, reason: ''}", "reason is ''; it must be a text"),
        ("{user: a, resource: cpu, amount: 5, until: 2026-12-24, reason: x, window: 1.5}", "window is 1.5; allowed"),
        ("{user: a, resource: cpu, amount: 5, until: 2026-12-24, reason: x, why: y}", "unknown key 'why'"),
        ("ann", "grants[0] is 'ann', not a mapping"),
    ],
)
def test_an_invalid_grant_is_named_and_skipped(entry: str, problem: str) -> None:
    parsed = parse(f"grants:\n- {entry}\n{ANN}")
    assert parsed.grants == (THESIS,)
    (found,) = parsed.problems
    assert problem in found


@pytest.mark.parametrize("text", ["grants: {", "grants: 5", "[]\n5", "- a", "grant: []"])
def test_a_file_that_is_no_list_of_grants_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        parse(text)


def write(path: Path, text: str) -> None:
    """Replace the file as the kubelet does with a mounted ConfigMap."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)  # noqa: PTH105 # also changes the file's number, where two writes have one time


def test_a_change_counts_at_once_and_each_is_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "hubmeter.quotas")
    now, path = NOW, tmp_path / "grants.yaml"
    grants = GrantsFile(str(path), lambda: now)

    def lines() -> list[str]:
        found = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return found

    assert grants.active() == grants.active() == ()
    assert lines() == [f"Quota: {path}: No such file or directory; the last valid grants stay in force"]
    write(path, f"grants:\n{ANN}")
    assert grants.active() == grants.active() == (THESIS,)
    thesis = "200 GiB-hours of memory in 7 days for user 'ann' until 2026-12-25T00:00Z (thesis)"
    assert lines() == [f"Quota: a grant begins: {thesis}"]
    write(path, "grants: {")
    assert grants.active() == grants.active() == (THESIS,)
    (line,) = lines()
    assert "invalid YAML" in line
    assert grants.problems
    write(path, f"grants:\n{STAFF}")
    assert [grant.name for grant in grants.active()] == ["staff"]
    course = "5 CPU-hours of cpu in all windows for group 'staff' until 2026-11-29T11:00Z (course)"
    assert lines() == [
        f"Quota: a grant begins: {course}",
        f"Quota: a grant ends, because it is no longer in the file: {thesis}",
    ]
    assert not grants.problems
    now += 2 * DAY
    assert grants.active() == ()
    assert lines() == [f"Quota: a grant ends, because it has expired: {course}"]


def test_metrics_count_active_grants_and_have_amounts_for_the_windows_of_policies(tmp_path: Path) -> None:
    path = tmp_path / "grants.yaml"
    write(path, f"grants:\n{ANN}{STAFF}{STAFF}")
    registry = CollectorRegistry()
    grants = GrantsFile(str(path), lambda: NOW)
    policies = parse_policies([memory(1), memory(1, 30), cpu(1), cpu(1, 30)])
    QuotaMetrics(registry, "x").expose(policies, str.upper, grants)
    keys = ("scope", "usergroup", "username", "resource", "window")
    assert {
        tuple(sample.labels[key] for key in keys): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "x_quota_grant"
    } == {
        ("user", "", "ANN", "memory", "7d"): 200 * GIB,
        ("group", "staff", "", "cpu", "7d"): 10,
        ("group", "staff", "", "cpu", "30d"): 10,
    }
    assert registry.get_sample_value("x_quota_active_grants", {"resource": "cpu"}) == 2
    assert registry.get_sample_value("x_quota_active_grants", {"resource": "gpu"}) == 0
    assert registry.get_sample_value("x_quota_grants_file_errors") == 0
    write(path, "grants: [{user: ann}, {user: bob}]")
    assert registry.get_sample_value("x_quota_grants_file_errors") == 2
    write(path, "grants: {")
    assert registry.get_sample_value("x_quota_grants_file_errors") == 1
    path.unlink()
    write(path, "grants: []")
    assert registry.get_sample_value("x_quota_active_grants", {"resource": "cpu"}) == 0
    assert registry.get_sample_value("x_quota_grants_file_errors") == 0
