"""The numbers of the page: bars, slices, amounts and the JSON."""

import itertools
import json
import re
from dataclasses import replace

import pytest

from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.policy import Limit, Row
from hubmeter_hub.quotas.usage import HOUR
from hubmeter_hub.usage_page.filters import amount, fitting, scope, storage, title
from hubmeter_hub.usage_page.slices import Figures, columns, figures, table_rows
from hubmeter_hub.usage_page.summary import (
    DAY,
    Bar,
    HomeSummary,
    LimitSummary,
    Reading,
    Slices,
    Use,
    as_json,
    slice_seconds,
    slices_of,
    summarize,
)

GIB = float(2**30)
NOW = 1_795_360_000.0


def limit(resource: str = "memory", days: int = 7, value: float = 1000 * GIB, sources: tuple[Row, ...] = ()) -> Limit:
    return Limit(resource, days * 24, value, sources)


def reading(*used: tuple[str, int, float], age: float = 60.0) -> Reading:
    return Reading(NOW - age, (), {(resource, days * 24): Use(value) for resource, days, value in used})


@pytest.mark.parametrize(
    ("used", "of", "level", "percent", "filled", "remaining"),
    [
        pytest.param(0, 100, "fine", "0 %", 0, 100, id="nothing used"),
        pytest.param(90, 100, "fine", "90 %", 90, 10, id="90 % is not above 90 %"),
        pytest.param(90.01, 100, "high", "90 %", 90.01, 9.99, id="a little above 90 % is red"),
        pytest.param(99.999, 100, "high", "99 %", 100, 0.001, id="nearly all is not 100 %"),
        pytest.param(100, 100, "over", "100 %", 100, 0, id="all of it is used up"),
        pytest.param(250, 100, "over", "250 %", 100, 0, id="above the limit the bar is full and nothing remains"),
        pytest.param(0, 0, "over", "100 %", 100, 0, id="where nothing is allowed, it is used up from the start"),
        pytest.param(9e8, 1000, "over", "over 999 %", 100, 0, id="a number with many digits says no more"),
        pytest.param(1 - 1e-13, 1, "high", "99 %", 100, 1e-13, id="a rounding error below the limit is below it"),
        pytest.param(0.29 * 3, 3, "fine", "29 %", 29, 2.13, id="rounding errors do not cost a percent"),
    ],
)
def test_bar(used: float, of: float, level: str, percent: str, filled: float, remaining: float) -> None:
    bar = Bar(used, of)
    assert (bar.level, words.percent(bar.ratio), bar.filled) == (level, percent, filled)
    assert bar.remaining == pytest.approx(remaining)


@pytest.mark.parametrize(
    ("given", "state", "used"),
    [
        pytest.param(reading(("memory", 7, 5 * GIB)), "ok", "5 GiB-hours", id="fresh numbers"),
        pytest.param(reading(("memory", 7, 5 * GIB), age=899), "ok", "5 GiB-hours", id="14 minutes old is fresh"),
        pytest.param(
            reading(("memory", 7, 5 * GIB), age=901), "stale", "5 GiB-hours", id="old numbers are shown, and called old"
        ),
        pytest.param(Reading(None, (), {}), "empty", None, id="nothing recorded is not zero use"),
        pytest.param(None, "away", None, id="no answer is not zero use"),
    ],
)
def test_state(given: Reading | None, state: str, used: str | None) -> None:
    summary = summarize("ann", ("staff",), (limit(),), given, NOW)
    assert summary.state == state
    assert summary.limits is not None
    (entry,) = summary.limits
    assert amount(entry.limit.value, entry) == "1,000 GiB-hours"
    assert (amount(entry.use.used, entry) if entry.use else None) == used


def test_the_fullest_limit_comes_first() -> None:
    limits = (limit("cpu", 7, 100), limit("memory", 1), limit("memory", 30), limit("gpu", 7, 0))
    given = reading(("cpu", 7, 50), ("memory", 1, 10 * GIB), ("memory", 30, 999 * GIB), ("gpu", 7, 0))
    summary = summarize("ann", (), limits, given, NOW)
    assert summary.limits is not None
    assert [title(entry) for entry in summary.limits] == [
        "GPU, last 7 days",
        "Memory, last 30 days",
        "CPU, last 7 days",
        "Memory, last 1 day",
    ]


def test_limits_that_are_not_configured_are_those_recorded() -> None:
    given = Reading(NOW, (limit("gpu", 1, 24.0),), {("gpu", 24): Use(6.0)})
    summary = summarize("ann", (), None, given, NOW)
    assert summary.limits is not None
    assert [(title(entry), entry.bar) for entry in summary.limits] == [("GPU, last 1 day", Bar(6.0, 24.0))]


def test_limits_neither_configured_nor_recorded_are_unknown_and_not_none() -> None:
    summary = summarize("ann", (), None, None, NOW)
    assert summary.limits is None
    assert as_json(summary)["compute"] is None


def test_without_limits_there_is_nothing_to_compare() -> None:
    assert summarize("ann", (), (), reading(), NOW).limits == ()


@pytest.mark.parametrize(
    ("value", "used", "words"),
    [
        pytest.param(
            1000 * GIB, 920.5 * GIB, ("920.5 GiB-hours", "1,000 GiB-hours", "79.5 GiB-hours"), id="binary limit"
        ),
        pytest.param(1e12, 5e11, ("0.5 TB-hours", "1 TB-hours", "0.5 TB-hours"), id="decimal limit"),
        pytest.param(
            1400 * GIB,
            1399.999999 * GIB,
            ("1,399.99 GiB-hours", "1,400 GiB-hours", "0 GiB-hours"),
            id="not over the limit is never written as the limit",
        ),
        pytest.param(
            0, 2 * GIB, ("2 GiB-hours", "0 GiB-hours", "0 GiB-hours"), id="nothing allowed: the unit of the use"
        ),
        pytest.param(0, 0, ("0 B-hours", "0 B-hours", "0 B-hours"), id="nothing allowed, nothing used"),
    ],
)
def test_amounts_are_in_the_unit_of_the_limit(value: float, used: float, words: tuple[str, str, str]) -> None:
    entry = LimitSummary(limit(value=value), Use(used))
    shown = figures(entry)
    assert (shown.used, shown.limit, shown.remaining) == words
    assert entry.bar
    assert tuple(amount(x, entry) for x in (entry.bar.used, entry.bar.limit, entry.bar.remaining)) == words


def test_slices_are_written_in_the_unit_of_the_limit() -> None:
    slices = Slices((0, DAY, 2 * DAY), (2.0**30, 999.9999 * GIB))
    shown = figures(LimitSummary(limit(), Use(1001 * GIB, slices)))
    assert (shown.slices, shown.highest) == (("1", "999.99"), "999.99 GiB-hours")
    assert figures(LimitSummary(limit(), None)) == Figures("GiB-hours", "1,000 GiB-hours")


def test_rows_of_the_table_have_the_time_the_amount_and_its_end() -> None:
    slices = Slices((NOW - DAY, NOW), (5 * GIB,))
    (row,) = table_rows(LimitSummary(limit(), Use(5 * GIB, slices)), ["<5>"]).splitlines()
    assert re.sub(r' datetime="[^"]*"', "", row) == (
        '<tr><td><time>21 Nov 2026, 15:06 UTC</time></td><td class="number">&lt;5&gt;</td>'
        "<td><time>29 Nov 2026, 15:06 UTC</time></td></tr>"
    )


@pytest.mark.parametrize(
    ("hours", "seconds", "pieces"),
    [
        pytest.param(1, HOUR, 1, id="1 hour"),
        pytest.param(24, 2 * HOUR, 12, id="a day: two-hour pieces"),
        pytest.param(36, 3 * HOUR, 12, id="36 hours: three-hour pieces"),
        pytest.param(48, 3 * HOUR, 16, id="48 hours"),
        pytest.param(7 * 24, DAY, 7, id="a week: days"),
        pytest.param(31 * 24, DAY, 31, id="a month: days"),
        pytest.param(90 * 24, 3 * DAY, 30, id="90 days: three-day pieces"),
        pytest.param(100, DAY, 5, id="100 hours: four days and a shorter piece"),
    ],
)
def test_slices_cover_the_window_exactly(hours: int, seconds: int, pieces: int) -> None:
    assert slice_seconds(hours) == seconds
    slices = slices_of(hours, NOW, 10.0, {})
    assert len(slices) == pieces
    assert (slices.edges[0], slices.edges[-1]) == (NOW - hours * HOUR, NOW)
    assert [(piece.start, piece.end) for piece in slices] == list(itertools.pairwise(slices.edges))


def test_slices_add_up_to_the_total() -> None:
    uses = {NOW - k * DAY: float(k + 1) for k in range(4)}
    slices = slices_of(100, NOW, 12.0, uses)
    assert [piece.used for piece in slices] == [2.0, 4.0, 3.0, 2.0, 1.0]


def test_a_slice_leaves_the_window_as_late_as_the_window_is_long() -> None:
    one = LimitSummary(limit(days=7), Use(1.0, slices_of(7 * 24, NOW, 1.0, {})))
    assert one.leaves(one.slices.oldest) == (NOW, NOW + DAY)
    assert one.leaves([*one.slices][-1]) == (NOW + 6 * DAY, NOW + 7 * DAY)


def test_columns_are_relative_to_the_highest() -> None:
    slices = Slices((0, 4, 12, 20), (2.0, 8.0, 0.0))
    assert columns(LimitSummary(limit(), Use(10, slices))).splitlines() == [
        '<rect class="oldest" x="1.600" width="16.800" height="25.00"/>',
        '<rect x="23.200" width="33.600" height="100.00"/>',
        '<rect x="63.200" width="33.600" height="0.00"/>',
    ]


def test_columns_of_no_use_are_flat() -> None:
    flat = columns(LimitSummary(limit(), Use(0, slices_of(168, NOW, 0, {}))))
    assert flat.count(' height="0.00"/>') == flat.count("<rect") == 7


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Row("group", "staff", "memory", 168, 5 * GIB), "Group staff"),
        (Row("user", "ana.lópez@uni.edu", "memory", 168, 5 * GIB), "User ana.lópez@uni.edu"),
        (Row("everybody", "", "memory", 168, 5 * GIB), "All users"),
        (Row("fallback", "", "memory", 168, 5 * GIB), "Users without another policy"),
    ],
)
def test_policies_name_their_scope(row: Row, words: str) -> None:
    assert scope(row) == words
    assert amount(row.limit, LimitSummary(limit(value=5 * GIB, sources=(row,)), None)) == "5 GiB-hours"


@pytest.mark.parametrize(
    ("home", "quota", "level", "remaining"),
    [
        pytest.param(1 * GIB, 10 * GIB, "fine", "9 GiB", id="room left"),
        pytest.param(9.5 * GIB, 10 * GIB, "high", "512 MiB", id="nearly full"),
        pytest.param(11 * GIB, 10 * GIB, "over", "0 B", id="over full"),
    ],
)
def test_home_storage(home: float, quota: float, level: str, remaining: str) -> None:
    bar = HomeSummary(home, quota).bar
    assert bar
    assert (bar.level, storage(bar.remaining)) == (level, remaining)


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        pytest.param(["staff"], 1, id="one group"),
        pytest.param([f"class-of-year-{i}" for i in range(40)], 8, id="forty groups"),
        pytest.param([f"class-of-year-{i}-introduction-to-physics" for i in range(40)], 3, id="forty long names"),
        pytest.param(["x" * 300, "staff"], 1, id="one very long name"),
    ],
)
def test_groups_that_take_many_lines_are_folded(groups: list[str], shown: int) -> None:
    assert len(groups[: fitting(groups)]) == shown


def test_home_storage_without_quota_has_no_bar() -> None:
    assert HomeSummary(5.0, None).bar is None


@pytest.mark.parametrize("limit_bytes", [0.0, None])
def test_a_home_s_limit_of_0_is_none(limit_bytes: float | None) -> None:
    summary = summarize("ann", (), (), Reading(NOW, (), {}, 5.0, limit_bytes), NOW)
    assert summary.home == HomeSummary(5.0, None)
    assert as_json(summary)["home_storage"] == {
        "used_bytes": 5.0,
        "quota_bytes": None,
        "remaining_bytes": None,
        "ratio": None,
    }


def test_home_storage_is_unknown_where_it_is_not_recorded() -> None:
    assert summarize("ann", (), (), reading(), NOW).home is None


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1,023 B"), (1536, "1.5 KiB"), (10 * GIB, "10 GiB"), (2**70, "1,048,576 PiB")],
)
def test_storage(size: float, text: str) -> None:
    assert storage(size) == text


def test_json_has_what_the_page_has() -> None:
    rows = (Row("group", "staff", "memory", 168, 1000 * GIB), Row("everybody", "", "memory", 168, 2000 * GIB))
    use = Use(1100 * GIB, slices_of(168, NOW, 1100 * GIB, {NOW: 1100 * GIB}), NOW + HOUR)
    given = Reading(NOW - 60, (), {("memory", 168): use}, 3 * GIB, 10 * GIB, {168: NOW - 2 * DAY})
    summary = as_json(summarize("ann", ("staff",), (limit(sources=rows),), given, NOW))
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    (compute,) = summary["compute"]
    assert compute["used_when"][-1] == {
        "from": "2026-11-21T15:06:40Z",
        "to": "2026-11-22T15:06:40Z",
        "used": 1100 * GIB,
        "leaves_from": "2026-11-28T15:06:40Z",
        "leaves_to": "2026-11-29T15:06:40Z",
    }
    assert {key: value for key, value in compute.items() if key not in {"used_when", "policies"}} == {
        "resource": "memory",
        "unit": "byte-hours",
        "window": "7d",
        "window_hours": 168,
        "limit": 1000 * GIB,
        "used": 1100 * GIB,
        "remaining": 0.0,
        "ratio": 1.1,
        "retry_at": "2026-11-22T16:06:40Z",
        "used_up_at": None,
        "stops_at": None,
        "grants": [],
        "counted_since": "2026-11-20T15:06:40Z",
    }
    assert compute["policies"][1] == {"scope": "everybody", "name": None, "window": "7d", "limit": 1000 * GIB * 2}
    assert summary["home_storage"] == {
        "used_bytes": 3 * GIB,
        "quota_bytes": 10 * GIB,
        "remaining_bytes": 7 * GIB,
        "ratio": 0.3,
    }
    assert (summary["user"], summary["groups"], summary["state"]) == ("ann", ["staff"], "ok")


def test_unknown_values_are_null_in_json_and_none_is_infinite() -> None:
    summary = as_json(summarize("ann", (), (limit(), limit("gpu", 7, 0.0)), reading(("gpu", 7, 5.0)), NOW))
    json.dumps(summary, allow_nan=False)
    assert {limit["resource"]: (limit["used"], limit["ratio"]) for limit in summary["compute"]} == {
        "memory": (None, None),
        "gpu": (5.0, None),
    }
    assert {limit["counted_since"] for limit in summary["compute"]} == {None}
    assert as_json(replace(summarize("ann", (), (), None, NOW)))["measured_at"] is None
