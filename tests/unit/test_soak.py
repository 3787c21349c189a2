"""The checks of the soak notice what they are for."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.soak import checks, cluster
from tests.soak.programs import Program, Resources
from tests.soak.site import INTERVAL, Site

NOW = 1_800_000_000.0
WORLD = cluster.world(NOW)
TRUTH = sum(memory for memory, _ in cluster.expected(WORLD, NOW).values())
END = NOW + 600
TIMES = [NOW + number * INTERVAL for number in range(1, 60)]


def program(**given: Any) -> Program:
    return Program("prometheus", [], "http://127.0.0.1/-/ready", Path(), **given)


def site(*down: tuple[float, float]) -> Site:
    return cast(
        "Site", SimpleNamespace(world=WORLD, begin=NOW, prometheus=program(down=list(down)), prometheus_url="http://p")
    )


def recorded(monkeypatch: pytest.MonkeyPatch, rows: dict[float, dict[tuple[str, str], float]]) -> None:
    monkeypatch.setattr(checks, "samples", lambda *_: rows)


def test_a_lost_a_doubled_and_a_wrong_value_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    right: checks.Samples = {at: {("", ""): TRUTH} for at in TIMES}
    recorded(monkeypatch, right)
    assert checks.whole(site(), NOW, END) == []
    lost = {at: rows for at, rows in right.items() if not NOW + 100 < at < NOW + 140}
    recorded(monkeypatch, lost)
    assert checks.whole(site(), NOW, END) == [f"no sample from {NOW + 100:.0f} to {NOW + 140:.0f}"]
    assert checks.whole(site((NOW + 105, NOW + 130)), NOW, END) == []
    recorded(monkeypatch, {**right, TIMES[5]: {("", ""): TRUTH, ("x", ""): TRUTH}})
    (doubled,) = checks.whole(site(), NOW, END)
    assert doubled.endswith("in 2 series")


def test_groups_that_are_more_or_less_than_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(monkeypatch, {at: {("a", ""): TRUTH / 4, ("b", ""): TRUTH / 4 * 3} for at in TIMES})
    assert checks.groups(site(), NOW, END) == []
    recorded(monkeypatch, {TIMES[0]: {("a", ""): TRUTH, ("b", ""): 1e6}})
    assert len(checks.groups(site(), NOW, END)) == 1
    assert checks.groups(site((NOW, NOW + 1)), NOW, END) == []
    recorded(monkeypatch, {})
    assert checks.groups(site(), NOW, END) == [f"at {NOW:.0f}: no sample"]


def test_a_user_who_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(monkeypatch, {NOW: {("a", "ann"): 1.0, ("b", "ann"): 0.0, ("a", "bob"): 1.0}})
    assert checks.shares(site(), NOW, END) == []
    recorded(monkeypatch, {NOW: {("a", "ann"): 1.0, ("b", "ann"): 1.0}})
    assert checks.shares(site(), NOW, END) == [f"at {NOW:.0f}: ann counts 2 times"]
    assert checks.shares(site((NOW - checks.SETTLED, NOW - 1)), NOW, END) == []
    assert len(checks.shares(site((NOW - 300, NOW - 299)), NOW, END)) == 1


@pytest.mark.parametrize(
    ("ratio", "down", "wrong"),
    [(1, [], 0), (0.9, [], 1), (0.9, [(450, 460)], 0), (1.1, [], 1), (1.1, [(450, 460)], 0), (1.1, [(-300, -290)], 1)],
)
def test_usage_of_5_minutes_that_is_lost_or_doubled(
    ratio: float, down: list[tuple[float, float]], wrong: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(monkeypatch, {NOW + 500: {("a", ""): TRUTH / 12 * ratio}})
    outages = [(NOW + begin, NOW + end) for begin, end in down]
    assert len(checks.buckets(site(*outages), NOW, END)) == wrong


def test_a_group_that_the_exporter_missed() -> None:
    page = 'jupyterhub_user_group_share{namespace="d",usergroup="a",username="ann"} 1.0\n'
    assert checks.memberships(page, {"ann": ["a"]}) == []
    assert checks.memberships(page, {"ann": ["b"]}) == ["ann: {'a': 1.0} instead of {'b': 1.0}"]
    assert len(checks.memberships(page, {"ann": ["a", "b"]})) == 1


@pytest.mark.parametrize(
    ("leak", "sentence"),
    [
        (Resources(0, 0, 0, 0), None),
        (Resources(0, 1_000_000, 0, 0), "memory grew from"),
        (Resources(0, 0, 1, 0), "open files grew from"),
        (Resources(0, 0, 0, 1), "threads grew from"),
    ],
)
def test_a_leak(leak: Resources, sentence: str | None) -> None:
    rows = [Resources(n, 10**8 + leak.memory * n, 9 + leak.files * n, 3 + leak.threads * n) for n in range(40)]
    found = checks.flat(program(measured=rows))
    assert found == [] if sentence is None else found[0].startswith(sentence)
