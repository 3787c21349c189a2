"""Every query of every panel on a Prometheus, over time ranges such as *Today* that end in the future."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import pytest

from hubmeter_common.durations import seconds
from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_promql import names
from tests.engines.engine import Engine, running
from tests.sim.oracle import quantile
from tests.unit.generator.boards import BOARDS, NO_DAYS, panels
from tests.waiting import PATIENCE

DAY: Final = 86_400
START: Final = 1_769_817_600  # 2026-01-31T00:00Z, so that the first of its two days is in another month
NOW: Final = START + DAY + 15 * 3600 + 7 * 60 + 23.0
LOOK_BACK: Final = 300
STEP: Final = 1200  # of charts
# Grafana's quick ranges: the first and the last moment. The last one is a millisecond before midnight.
RANGES: Final = {
    "today": (START + DAY, START + 2 * DAY - 0.001),
    "this month": (START + DAY, START + 29 * DAY - 0.001),
    "this year": (START - 30 * DAY, START + 335 * DAY - 0.001),
}
ENGINES: Final = ("Prometheus 2.42", "Prometheus 3")

_PREFIX: Final = "jupyterhub_"
_DAYS: Final = (str(START // DAY), str(START // DAY + 1))
_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "namespace": ("prod", "lab"),
    "usergroup": ("bio", "geo", "none", ""),
    "username": ("ann", "bob-smith", "x--y", ""),
    "window": ("1d", "7d", "30d"),
    "resource": ("memory", "cpu", "gpu", "cost", "pods", "nodes"),
    "node": ("n1", "n2", "n3"),
    "pool": ("user", ""),
    "server": ("course / small",),
    "threshold": ("0", "80", "90", "100"),
    "day": _DAYS,
    "month": ("202601", "202602"),
    "driver": ("compute", "home", "gpu"),
    "kind": ("attributable",),
    "component": ("compute", "networking"),
    "reason": ("overhead", "idle"),
    "profile": ("course", ""),
    "size": ("small", ""),
    "image": ("scipy", ""),
    "uid": ("u1",),
    "event": ("failed_start", "oom_kill", "eviction", "restart"),
    "directory": ("old", "new"),
    "persistentvolumeclaim": ("home-nfs", "hub-db-dir"),
    "le": ("0.5", "1", "+Inf"),
    "scope": ("group",),
    "outcome": ("denied", "failed_open", "failed_closed", "allowed"),
    "estimated": ("false",),
    "version": ("0.0.0",),
    "rule_group": ("/rules;hubmeter-usage",),
    "alertname": ("HubmeterBillLate",),
    "alertstate": ("firing",),
    "severity": ("warning",),
    "job": ("hubmeter",),
    "instance": ("a:1",),
    "hub_url": ("http://hub",),
}
# Labels of series whose names do not begin with them; those of the exporter have its target's, too.
_LABELS: Final = {
    "ALERTS": "alertname alertstate severity namespace",
    **dict.fromkeys(
        ("dirsize_entries_count", "dirsize_latest_mtime", "dirsize_total_size_bytes"), "namespace directory"
    ),
    **dict.fromkeys(
        (f"kubelet_volume_stats_{of}" for of in ("available_bytes", "capacity_bytes", "inodes", "inodes_free")),
        "namespace persistentvolumeclaim",
    ),
    "scrape_duration_seconds": "job instance",
    "scrape_samples_scraped": "job instance",
    "cloud_cost_usd": "namespace component kind day estimated",
    "cloud_unallocated_usd": "namespace component reason day",
    "unit_price_usd": "namespace component driver day estimated",
    "quota_decision_duration_seconds_bucket": "namespace le",
    "quota_decisions_total": "namespace outcome",
    "quota_failures_total": "namespace reason",
    "quota_policy_limit": "namespace scope usergroup resource window",
    "groups_exporter_build_info": "namespace version job instance",
    "groups_exporter_last_refresh_timestamp_seconds": "namespace hub_url job instance",
}
# A whole month is compared with the one before, also before its end; a shorter range is not.
_BY_LENGTH: Final = {"group-bill: Change: A"}
NOTHING_RECORDED: Final = -1234567890
_NOT_ONE: Final = 1.5  # a share that makes a user's sum wrong


@dataclass(frozen=True)
class Range:
    """A time range of Grafana."""

    start: float
    end: float

    def filled(self, expression: str, now: str, **chosen: str) -> str:
        """Return a panel's query as Grafana sends it, with chosen values of variables."""
        length = f"{round(self.end - self.start)}"
        values = {"__range": f"{length}s", "__range_s": length, "__interval": f"{STEP}s", "__rate_interval": f"{STEP}s"}
        values |= {"window": "7d", "utc_offset": "-5", "now": now, "memory_limit": "0.001", "cpu_limit": "0.001"}
        values |= {"gpu_limit": "0.001", "cost_limit": "0.001", "students": "1", **NO_DAYS}
        values |= chosen
        expression = expression.replace("${__from:date:seconds}", f"{math.floor(self.start)}")
        return re.sub(r"\$\{?([a-z_]+)\}?", lambda match: values.get(match[1], ".*"), expression)


def _selected(queries: Iterator[str]) -> set[str]:
    """Return the names of the metrics in queries, without those that only Mimir has."""
    found: set[str] = set()
    for query in queries:
        text = re.sub(r'"[^"]*"', '""', query)
        found |= set(re.findall(r"([a-zA-Z_][\w:]*)\s*\{", text)) | set(re.findall(r"\b(scrape_\w+)", text))
    return {name for name in found if not name.startswith("cortex_")}


def _expressions(*, instant: bool | None = None) -> Iterator[tuple[str, str]]:
    """Yield the queries of the dashboards with default settings, after the places where they are."""
    for (site, name), board in BOARDS.items():
        if site == "defaults":
            for panel in panels(board):
                for target in panel.get("targets", []):
                    if instant in (None, target["instant"]):
                        # The charts of all groups but the largest need groups besides those.
                        yield _place(name, panel, target), target["expr"].replace("topk(12,", "topk(3,")


def _place(board: str, panel: dict[str, Any], target: dict[str, Any]) -> str:
    return f"{board}: {panel['title']}: {target['refId']}"


def _labels(name: str) -> list[str]:
    if (own := name.removeprefix(_PREFIX)) in _LABELS:
        return _LABELS[own].split()
    if name.startswith("prometheus_rule_"):
        return ["rule_group"]
    if ":" not in name:
        return ["namespace", "job", "instance"]
    level, labels = name.partition(":")[0], []
    while level:
        label = next(label for label in sorted(_VALUES, key=len, reverse=True) if level.startswith(label))
        labels.append(label)
        level = level[len(label) :].removeprefix("_")
    return labels


def _recorded() -> Iterator[Series]:
    """Yield every series that a panel reads, with a sample every 4 minutes until now, all with different values.

    Recorded times also have samples of the days around the one that is 8 days ago.
    """
    times = [at + 7.125 for at in range(START, round(NOW), 240)]
    earlier = [at + 7.125 for at in range(START - 9 * DAY, START - 6 * DAY, 3600)]
    for name in sorted(_selected(query for _, query in _expressions())):
        labels = _labels(name)
        for values in product(*(_VALUES[label] for label in labels)):
            row = {label: value for label, value in zip(labels, values, strict=True) if value}
            if "usergroup_share" in name and len(row) < len(labels):
                continue  # shares have all labels
            number = 1 + crc32(repr((name, row)).encode()) % 10_000 / 10_000
            if "hub" in name and ":hubs:" in name:
                number = 1.0
            all_times = [*earlier, *times] if name in {names.USAGE_RECORDED, names.USAGE_RECORDED_DAY} else times
            yield {"__name__": name, **row}, [(round(at * 1000), _value(name, row, number, at)) for at in all_times]
    idle = {"namespace": "prod", "username": "idle"}  # a home without a server
    unknown = {"namespace": "prod", "username": "unknown"}
    for name, row in (
        (names.user(names.HOME), idle),
        (names.SHARE, {**idle, "usergroup": "geo"}),
        (names.user(names.SERVERS), unknown),
    ):
        yield {"__name__": name, **row}, [(round(at * 1000), _NOT_ONE) for at in times]


def _value(name: str, row: Mapping[str, str], number: float, at: float) -> float:
    if name == names.NODE_FREE:
        return number + ("n1", "n2", "n3").index(row["node"]) / 2
    if name.endswith("quota_used:ratio"):
        return number - 0.5 if row["threshold" if "threshold" in row else "resource"] != "gpu" else number
    if name.endswith("quota_used:sum"):
        return 0.3 * number * (at - START) / DAY  # it grows, as forecasts need
    if "timestamp" in name:
        return at - 100 * number
    if name.endswith(("_total", "_bucket")):
        return number * (at - START) if "le" not in row else _VALUES["le"].index(row["le"]) * (at - START)
    return number


def _ask(engine: Engine, path: str, **form: str | float) -> list[dict[str, Any]]:
    answer = engine.session.post(f"{engine.url}/api/v1/{path}", data=form, timeout=PATIENCE).json()
    assert answer["status"] == "success", f"{answer.get('error')}: {form['query']}"
    result: list[dict[str, Any]] = answer["data"]["result"]
    return result


def _instant(engine: Engine, query: str, at: float) -> dict[str, float]:
    rows = _ask(engine, "query", query=query, time=f"{at:.3f}")
    return {json.dumps(row["metric"], sort_keys=True): float(row["value"][1]) for row in rows}


def _chart(engine: Engine, query: str, of: Range, step: int) -> dict[tuple[str, float], float]:
    start, end = (math.floor(at / step) * step for at in (of.start, of.end))  # as Grafana does
    rows = _ask(engine, "query_range", query=query, start=start, end=end, step=step)
    return {
        (json.dumps(row["metric"], sort_keys=True), float(at)): float(value)
        for row in rows
        for at, value in row["values"]
        if value != "NaN"
    }


def _hidden(engine: Engine, of: Range, board: str = "groups", **chosen: str) -> dict[str, str]:
    """Return the values of a dashboard's hidden variables, read as Grafana reads a query_result."""
    values: dict[str, str] = {}
    for variable in BOARDS["defaults", board]["templating"]["list"]:
        if variable["type"] != "query" or not variable["hide"]:
            continue
        text = of.filled(variable["query"]["query"], **{"now": "?", **values, **chosen})
        query = re.fullmatch(r"query_result\((.+)\)", text, re.DOTALL)
        assert query
        found = []
        for row in _ask(engine, "query", query=query[1], time=math.ceil(of.end)):
            labels = ",".join(f'{name}="{value}"' for name, value in row["metric"].items())
            result = f"{{{labels}}} {row['value'][1]} {row['value'][0] * 1000:.0f}"
            match = re.search(variable["regex"].strip("/"), result)
            assert match, result
            found.append(match[1])
        pattern = "|".join(re.escape(value).replace("\\", "\\\\") for value in found)
        values[variable["name"]] = f"({pattern})" if variable["multi"] else found[0]
    return values


def _now(engine: Engine, of: Range) -> str:
    return _hidden(engine, of)["now"]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(request.param, tmp_path_factory.mktemp("panels")) as engine:
        write(engine.write_url, _recorded(), session=engine.session)
        yield engine


@pytest.mark.parametrize("name", RANGES)
def test_a_range_that_ends_in_the_future_shows_what_it_shows_until_now(engine: Engine, name: str) -> None:
    start, end = RANGES[name]
    future, past = Range(start, end), Range(start, NOW)
    now = _now(engine, future)
    assert now == _now(engine, past)
    assert NOW - 240 < float(now) <= NOW
    wrong = []
    for place, expression in _expressions(instant=True):
        if place in _BY_LENGTH:
            continue
        want = _instant(engine, past.filled(expression, now), NOW)
        got = _instant(engine, future.filled(expression, now), end)
        # Prometheus extrapolates increases to the end of a range, by at most half an interval.
        tolerance = 1e-2 if "increase(" in expression else 1e-9
        if got != pytest.approx(want, rel=tolerance):
            wrong.append(f"{place}: {got} instead of {want}"[:600])
    assert wrong == []


def test_every_panel_has_data_in_one_of_these_ranges(engine: Engine) -> None:
    """Otherwise two empty answers would be equal above."""
    ranges = [Range(*of) for of in RANGES.values()]
    assert [
        f"{place}: {expression}"
        for place, expression in _expressions(instant=True)
        if not any(_instant(engine, of.filled(expression, _now(engine, of)), of.end) for of in ranges)
    ] == []


@pytest.mark.parametrize(
    "of",
    [
        Range(START, NOW),
        Range(START, NOW + 0.4),  # Grafana rounds its length down to seconds
        Range(START + 5 * 3600, NOW),
        Range(START + DAY, START + 2 * DAY - 0.001),
    ],
    ids=["from midnight", "from midnight, rounded", "from 5 o'clock", "today"],
)
def test_costs_in_a_number_a_legend_and_a_table_are_equal_to_the_cent(engine: Engine, of: Range) -> None:
    queries = {place: of.filled(query, _now(engine, of)) for place, query in _expressions()}

    def number(place: str) -> float:
        return sum(_instant(engine, queries[place], of.end).values())

    def legend(place: str) -> float:
        return sum(_chart(engine, queries[place], of, DAY).values())

    total = number("costs: Chosen groups: A")
    assert total > 1
    assert number("group-bill: Total of $usergroup: A") == pytest.approx(total, abs=0.005)
    assert number("costs: Groups: A") == pytest.approx(total, abs=0.005)
    assert legend("costs: Costs by group and day: A") == pytest.approx(total, abs=0.005)
    by_day = legend("costs: Users' costs by day: A") + legend("costs: Users' costs by day: B")
    assert by_day == pytest.approx(total, abs=0.005)
    bill = number("costs: Attributable, all groups: A")
    assert number("costs: Attributable by component: A") == pytest.approx(bill, abs=0.005)
    assert number("costs: Attributable by hub: A") == pytest.approx(bill, abs=0.005)
    assert legend("costs: Attributable bill by day and component, all groups: A") == pytest.approx(bill, abs=0.005)


def test_tables_have_the_highest_first_and_rows_without_a_user_or_a_group_last(engine: Engine) -> None:
    of = Range(*RANGES["today"])
    ranked = [(place, query) for place, query in _expressions(instant=True) if "(vector(0)" in query]
    assert {place.partition(":")[0] for place, _ in ranked} == {
        "groups", "users", "homes", "activity", "profiles", "costs"
    }  # fmt: skip
    for place, query in ranked:
        label = "username" if "unless on (username)" in query else "usergroup"
        rows = _ask(engine, "query", query=of.filled(query, _now(engine, of)), time=f"{of.end:.3f}")
        order = [(row["metric"].get(label, "").strip() in {"", "none"}, -float(row["value"][1])) for row in rows]
        assert order == sorted(order), place
        assert {last for last, _ in order} == {False, True}, place


def _tables() -> Iterator[tuple[str, list[str], list[str], dict[str, str]]]:
    """Yield the tables that join queries: the place, the labels of a row's key, other labels, and the queries."""
    for (site, name), board in BOARDS.items():
        if site == "defaults":
            for panel in panels(board):
                steps = panel.get("transformations", [])
                if steps and steps[0]["id"] == "merge":
                    key = [step["options"]["stringField"] for step in steps if step["id"] == "formatString"]
                    fields = steps[-1]["options"]["indexByName"]
                    others = [field for field in fields if not field.startswith("Value") and field not in key]
                    queries = {target["refId"]: target["expr"] for target in panel["targets"]}
                    yield f"{name}: {panel['title']}", key, others, queries


def _merged(frames: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Join the rows of frames as Grafana's transformation *merge*, which joins on the fields of all frames."""
    fields = [{name for row in frame for name in row} for frame in frames.values() if frame]
    keys = sorted(set.intersection(*fields)) if fields else []
    result: list[dict[str, Any]] = []
    for frame in frames.values():
        known = {name: "" for row in frame for name in row if not name.startswith("Value")}
        for row in ({**known, **row} for row in frame):
            joined = False
            for other in result:
                same_key = all(other.get(name) == row[name] for name in keys)
                if same_key and all(other.get(name, value) == value for name, value in row.items()):
                    other.update(row)
                    joined = True
            if not joined:
                result.append(dict(row))
    return result


def _by_key(rows: list[dict[str, Any]], labels: list[str]) -> dict[tuple[str, ...], dict[str, Any]]:
    result: dict[tuple[str, ...], dict[str, Any]] = defaultdict(dict)
    for row in rows:
        key = tuple(row.get(name, "no such field").strip() for name in labels)
        result[key] |= {name: value for name, value in row.items() if name not in labels}
    return result


def test_rows_that_lack_a_label_in_one_query_of_a_table_are_not_joined_to_others(engine: Engine) -> None:
    """At night, for example, the only memory is that of the hub's own pods, which have no group."""
    of = Range(*RANGES["today"])
    now, wrong, checked = _now(engine, of), [], set()
    for place, labels, others, queries in _tables():
        frames = {
            ref: [
                {**row["metric"], f"Value #{ref}": float(row["value"][1])}
                for row in _ask(engine, "query", query=of.filled(query, now), time=f"{of.end:.3f}")
            ]
            for ref, query in queries.items()
        }
        for name in others:
            assert sum(any(name in row for row in rows) for rows in frames.values()) == 1, f"{place}: {name}"
        named = {name for rows in frames.values() for row in rows for name in row if not name.startswith("Value")}
        assert named <= {*labels, *others}, place
        cases = {"all": frames}
        for label, ref in product(labels, frames):
            lacking = [row for row in frames[ref] if not row.get(label, "").strip()]
            if lacking:
                checked.add(label)
                cases[f"{ref} without {label}"] = {**frames, ref: lacking}
        for case, shown in cases.items():
            rows = _merged(shown)
            want = _by_key([row for frame in shown.values() for row in frame], labels)
            if len(rows) != len(want) or _by_key(rows, labels) != want:
                wrong.append(f"{place}: {case}")
    assert wrong == []
    assert checked >= {"usergroup", "username", "profile", "size", "image"}


def test_charts_of_a_range_that_ends_in_the_future_end_now(engine: Engine) -> None:
    future, past = Range(START, RANGES["this month"][1]), Range(START, NOW)
    now = _now(engine, future)
    wrong = []
    for place, expression in _expressions(instant=False):
        step = DAY if place in _daily() else STEP
        want = _chart(engine, past.filled(expression, now), past, step)
        got = _chart(engine, future.filled(expression, now), future, step)
        late = {key[1] for key in got if key[1] > NOW + LOOK_BACK + step}
        if not want:
            wrong.append(f"{place} has no data")
        if late:
            wrong.append(f"{place} goes on for {min(late) - NOW:.0f} to {max(late) - NOW:.0f} seconds")
        elif {key: value for key, value in got.items() if key[1] <= NOW} != pytest.approx(want, rel=1e-2):
            wrong.append(f"{place} differs")
    assert wrong == []


def _daily() -> set[str]:
    """Return the charts with a point a day."""
    boards = {name: board for (site, name), board in BOARDS.items() if site == "defaults"}
    return {
        _place(name, panel, target)
        for name, board in boards.items()
        for panel in panels(board)
        for target in panel.get("targets", [])
        if panel.get("interval") == "1d"
    }


# The panels of Costs without data in the first minutes: of whole days with usage, and of what is recorded every hour,
# which are months and the usage of users.
_LATER: Final = {
    "Users by component", "Users with the highest cost", "Per GiB-hour", "Per active user", "Last month",
    "Month: account, all hubs", "Month: users", "Month: forecast", "Forecast change", "Budgets",
}  # fmt: skip


def _first_minutes() -> Iterator[Series]:
    """Yield the series of an installation a quarter of an hour ago: bills of past days, and usage of today."""
    hub, compute = {"namespace": "prod"}, {"namespace": "prod", "component": "compute"}
    rows: list[tuple[str, dict[str, str], float]] = [
        (names.HUBS, hub, 1),
        (names.USAGE_RECORDED, hub, 5),
        (f"{_PREFIX}costs_newest_billed_day_timestamp_seconds", {"job": "costs"}, START),
        (names.group(names.COST), {**hub, "usergroup": "geo"}, 0.5),
    ]
    for day in _DAYS:
        rows += [
            (f"{_PREFIX}{names.CLOUD_COST}", {**compute, "day": day, "kind": "attributable", "estimated": "true"}, 7),
            (f"{_PREFIX}{names.CLOUD_UNALLOCATED}", {**compute, "day": day, "reason": "idle"}, 3),
            (f"{_PREFIX}{names.CLOUD_UNALLOCATED}", {**compute, "day": day, "reason": "no_usage"}, 2),
            (f"{_PREFIX}{names.UNIT_PRICE}", {**compute, "driver": "compute", "day": day, "estimated": "true"}, 1e-9),
        ]
    times = [round(at * 1000) for at in (NOW - 600, NOW - 300, NOW)]
    for name, row, value in rows:
        yield {"__name__": name, **row}, [(at, value) for at in times]


@pytest.mark.parametrize("name", ENGINES)
def test_panels_of_costs_have_data_within_minutes_of_the_installation(name: str, tmp_path: Path) -> None:
    of = Range(START, NOW)
    with running(name, tmp_path) as engine:
        write(engine.write_url, _first_minutes(), session=engine.session)
        now = _now(engine, of)
        shown: dict[str, list[bool]] = {}
        for place, expression in _expressions():
            if place.startswith("costs: "):
                title = place.removeprefix("costs: ").rpartition(": ")[0]
                query = of.filled(expression, now)
                found = _chart(engine, query, of, DAY) if place in _daily() else _instant(engine, query, of.end)
                shown.setdefault(title, []).append(bool(found))
    assert {title for title, of_queries in shown.items() if not any(of_queries)} == _LATER


@pytest.mark.parametrize("moment", [NOW - 3600, NOW - 5 * 60 - 1])
def test_a_range_that_ended_shows_the_moment_at_its_end(engine: Engine, moment: float) -> None:
    assert moment - 240 < float(_now(engine, Range(START, moment))) <= moment + 1


def test_without_any_clock_now_is_the_end_of_the_range(tmp_path: Path) -> None:
    with running(ENGINES[0], tmp_path) as engine:
        of = Range(START, NOW)
        assert float(_now(engine, of)) == math.ceil(NOW)
        first: dict[str, str] = {}
        for place, query in _expressions(instant=True):
            first.setdefault(place.partition(":")[0], query)
        said = {name: _instant(engine, of.filled(query, f"{NOW}"), NOW) for name, query in first.items()}
        assert said == {name: {"{}": NOTHING_RECORDED} for name in first}


def test_the_largest_groups_of_a_chart_and_all_others_are_together_all_groups(engine: Engine) -> None:
    of = Range(START, NOW)
    queries = {place: of.filled(query, _now(engine, of)) for place, query in _expressions(instant=False)}
    all_groups = 'sum(namespace_usergroup:memory_requests_bytes:sum{namespace=~".*"})'
    largest = _chart(engine, queries["groups: Memory requested by group: A"], of, STEP)
    others = _chart(engine, queries["groups: Memory requested by group: B"], of, STEP)
    whole = _chart(engine, all_groups, of, STEP)
    assert len({labels for labels, _ in largest}) == 3
    assert min(value for (_, at), value in largest.items() if at == NOW // STEP * STEP) > 1.5  # the largest of 8
    summed = {key: value + sum(v for (_, at), v in largest.items() if at == key[1]) for key, value in others.items()}
    assert summed == pytest.approx(whole)


@pytest.mark.parametrize(
    ("chosen", "users"),
    [
        ({}, {"ann", "bob-smith", "x--y"}),
        ({"username": "(ann|bob-smith)"}, {"ann", "bob-smith"}),
    ],
    ids=["all users", "chosen users"],
)
def test_panels_of_the_users_with_the_most_show_the_same_as_with_all_users(
    engine: Engine, chosen: dict[str, str], users: set[str]
) -> None:
    of = Range(START + DAY, NOW)
    most = _hidden(engine, of, "users", **chosen)
    assert most["every"] == "1140"
    for name, value in most.items():
        if name not in {"now", "every"}:
            more = {"largest_homes": {"idle"}, "long_running": {"unknown"} if not chosen else set()}
            expected = users | more.get(name, set()) if len(users) > 2 else users
            assert {*value.replace("\\", "").strip("()").split("|")} - {""} == expected, name
    read = [(place, query) for place, query in _expressions() if re.search(r"\$(most|largest)_", query)]
    assert len(read) > 10
    for place, query in read:
        got, want = (
            _instant(engine, of.filled(query, **{"now": most["now"], **chosen, **values}), NOW) for values in (most, {})
        )
        # A user of a server only, whom no bucket has.
        assert got == pytest.approx({row: value for row, value in want.items() if '"unknown"' not in row}), place
        assert got, place


# Ranges of days: whether they have a whole one, and whether each whole day has its sum.
_OF_DAYS: Final = {
    "five days until now": (NOW - 5 * DAY, NOW, True),
    "whole days until midnight": (START - 3 * DAY, START + 2 * DAY - 0.001, True),
    "from an hour until 3 minutes after midnight": (START - 3 * DAY + 3600, START + DAY + 180, True),
    "from 2 minutes after midnight until 6 after one": (START - 3 * DAY + 120, START + DAY + 360.5, True),
    "this month": (START + DAY, START + 29 * DAY - 0.001, False),
    "from noon to noon": (START - DAY / 2, START + DAY / 2, False),
    "with a day without its sum": (START - 6.5 * DAY, NOW, False),
    "with a day before that is not whole": (START - 4 * DAY, START + DAY + 3600, False),
}


def _by_days() -> Iterator[Series]:
    """Yield buckets of groups, and the sums of days as rules record them; a day lacks its sums."""
    begin, offset = START - 9 * DAY, 137.125
    times = [begin + n * 300 + offset for n in range(round((NOW - begin) / 300))]
    hubs = [{"namespace": "prod"}, {"namespace": "lab"}]
    of_groups = [{**hub, "usergroup": group} for hub in hubs for group in ("bio", "geo")]
    rows = [(names.USAGE_RECORDED, hub) for hub in hubs]
    for resource in (names.MEMORY_WORKING_SET, names.MEMORY_REQUESTS, names.CPU_USAGE, names.CPU_REQUESTS):
        rows += [(names.group(names.BUCKETS[resource]), row) for row in of_groups]
    for hub in hubs:
        yield {"__name__": names.HUBS, **hub}, [(round(at * 1000), 1.0) for at in times]
    for name, row in rows:
        seed = crc32(repr((name, row)).encode())
        values = {at: 5.0 if name == names.USAGE_RECORDED else 1 + (seed + n * n) % 1009 for n, at in enumerate(times)}
        yield {"__name__": name, **row}, [(round(at * 1000), value) for at, value in values.items()]
        sums: dict[float, float] = defaultdict(float)
        for at, value in values.items():
            sums[(at - 299.999) // DAY * DAY] += value
        recorded = [(day + DAY + 1800, value) for day, value in sums.items() if day != START - 6 * DAY]
        yield {"__name__": names.day(name), **row}, [(round(at * 1000), v) for at, v in recorded if at < NOW]


@pytest.fixture(scope="module", params=("Prometheus 3", "VictoriaMetrics"))
def days(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running(request.param, tmp_path_factory.mktemp("days")) as engine:
        write(engine.write_url, _by_days(), session=engine.session)
        engine.flush()
        yield engine


@pytest.mark.parametrize("name", _OF_DAYS)
def test_sums_of_days_and_of_buckets_are_equal(days: Engine, name: str) -> None:
    start, end, whole = _OF_DAYS[name]
    of = Range(start, end)
    values = _hidden(days, of, "groups")
    assert values["by_day"] == ("|yes" if whole else "no")
    read = {place: query for place, query in _expressions() if place.startswith("groups: ") and "$by_day" in query}
    assert len(read) == 9
    for place, query in read.items():
        by_day, by_bucket = (of.filled(query, **{**values, **other}) for other in ({}, NO_DAYS))
        if "by day" in place:
            of_chart = Range(start, min(end, NOW))
            points, wanted = (_chart(days, query, of_chart, DAY) for query in (by_day, by_bucket))
            assert wanted, place
            assert points == pytest.approx(wanted, rel=1e-12), place
        else:
            got, want = (_instant(days, query, end) for query in (by_day, by_bucket))
            assert want, place
            assert got == pytest.approx(want, rel=1e-12), place


def test_starts_are_counted_by_image_and_events_by_the_shares_of_the_users_groups(engine: Engine) -> None:
    of = Range(*RANGES["today"])
    queries = {place: of.filled(query, _now(engine, of)) for place, query in _expressions(instant=True)}
    starts: dict[tuple[str, ...], list[float]] = defaultdict(list)
    kills: dict[tuple[str, str], float] = defaultdict(float)
    shares: dict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for row, samples in _recorded():
        labels, values = dict(row), [value for at, value in samples if of.start * 1000 < at]
        if labels["__name__"] == names.SERVER_START:
            starts[tuple(labels.get(name, "") for name in ("namespace", "profile", "image"))].append(values[0])
        elif labels["__name__"] == names.SERVER_EVENTS and labels["event"] == "oom_kill":
            kills[labels["namespace"], labels.get("username", "")] += sum(values)
        elif labels["__name__"] == names.SHARE:
            shares[labels["namespace"], labels["username"]].append((labels["usergroup"], values[0]))
    by_group: dict[tuple[str, str], float] = defaultdict(float)
    for (hub, user), number in kills.items():
        for group, share in shares.get((hub, user), [("", 1.0)]):
            by_group[hub, group] += share * number

    def rows(place: str, *by: str) -> dict[tuple[str, ...], float]:
        found = _instant(engine, queries[place], of.end).items()
        return {tuple(json.loads(key).get(name, "").strip() for name in by): value for key, value in found}

    assert len(starts) == 8
    assert rows("trouble: Starts by image and profile: A", "namespace", "profile", "image") == {
        key: len(values) for key, values in starts.items()
    }
    assert rows("trouble: Starts by image and profile: C", "namespace", "profile", "image") == pytest.approx(
        {key: quantile(0.95, values) for key, values in starts.items()}
    )
    assert rows("trouble: OOM kills: A") == pytest.approx({(): sum(kills.values())})
    assert rows("trouble: Events by group: B", "namespace", "usergroup") == pytest.approx(by_group)


def test_free_places_are_whole_servers_on_each_node(engine: Engine) -> None:
    of = Range(*RANGES["today"])
    queries = {place: of.filled(query, _now(engine, of)) for place, query in _expressions(instant=True)}
    rows = [(dict(row), samples[0][1]) for row, samples in _recorded()]
    sizes: dict[str, float] = defaultdict(float)
    for row, value in rows:
        if row["__name__"] == names.SERVER_REQUESTS:
            sizes[row["resource"]] = max(sizes[row["resource"]], value)
    fits: dict[str, float] = defaultdict(lambda: math.inf)
    for row, value in rows:
        if row["__name__"] == names.NODE_FREE:
            fits[row["node"]] = min(fits[row["node"]], value // sizes[row["resource"]])
    places = sum(fits.values())
    assert 0 < places < len(fits) == 3
    assert _instant(engine, queries["cluster: $server: A"], of.end) == {"{}": places}
    assert _instant(engine, queries["cluster: $server: B"], of.end) == {"{}": places - 1}


def test_the_chart_of_the_nearest_limits_has_none_that_is_used_up(engine: Engine) -> None:
    of = Range(START, NOW)
    query = dict(_expressions(instant=False))["quotas: Limits nearest to being used up: A"]
    shown = _chart(engine, of.filled(query, _now(engine, of)), of, STEP)
    used = _instant(engine, "{__name__=~'.+quota_used:ratio'}", NOW)
    assert max(used.values()) >= 1
    assert 0 < max(shown.values()) < 1


def _events(engine: Engine, board: str, name: str, of: Range) -> dict[tuple[str, float], float]:
    """Return the points of an annotation of a dashboard."""
    (annotation,) = (a for a in BOARDS["defaults", board]["annotations"]["list"] if a["name"] == name)
    return _chart(engine, of.filled(annotation["expr"], "?"), of, round(seconds(annotation["step"])))


def test_annotations_have_restarts_of_exporters_changes_of_rules_and_settled_bills(tmp_path: Path) -> None:
    changed = NOW // 3600 * 3600 - 3 * 3600 + 60
    hub, begin, end = {"namespace": "prod"}, math.ceil(NOW - 10 * 3600), math.floor(NOW)
    price = {**hub, "component": "compute", "driver": "compute"}
    before, after = range(begin, round(changed), 60), range(round(changed), end, 60)
    rows: list[tuple[str, dict[str, str], list[tuple[range, float]]]] = [
        (f"{_PREFIX}{names.EXPORTER_START}", hub, [(before, begin - 5), (after, changed - 5)]),
        (f"{_PREFIX}{names.COSTS_START}", {"job": "costs"}, [(before, begin - 7), (after, begin - 7)]),
        (names.RULES_VERSION, {**hub, "version": "1"}, [(before, 1)]),
        (names.RULES_VERSION, {**hub, "version": "2"}, [(after, 1)]),
        (names.RULES_VERSION, {"namespace": "new", "version": "2"}, [(after, 1)]),
        (f"{_PREFIX}{names.UNIT_PRICE}", {**price, "day": "1", "estimated": "false"}, [(before, 1), (after, 1)]),
        (f"{_PREFIX}{names.UNIT_PRICE}", {**price, "day": "2", "estimated": "true"}, [(before, 1)]),
        (f"{_PREFIX}{names.UNIT_PRICE}", {**price, "day": "2", "estimated": "false"}, [(after, 1)]),
    ]
    of = Range(begin, end)
    with running(ENGINES[1], tmp_path) as engine:
        series: list[Series] = [
            ({"__name__": name, **labels}, [(at * 1000, value) for times, value in parts for at in times])
            for name, labels, parts in rows
        ]
        write(engine.write_url, series, session=engine.session)
        starts = _events(engine, "groups", "Exporter restarts", of)
        assert set(starts.values()) == {(begin - 5) * 1000, (changed - 5) * 1000}
        assert set(_events(engine, "costs", "Cost exporter restarts", of).values()) == {(begin - 7) * 1000}
        rules = {at - changed for labels, at in _events(engine, "groups", "Rule changes", of) if '"2"' in labels}
        assert rules
        assert 0 <= min(rules) < 300
        assert max(rules) <= 900
        settled = _events(engine, "costs", "Bills settled", of)
        assert set(settled.values()) == {1}
        assert [0 <= at - changed < 3600 for _, at in settled] == [True]


def test_sessions_sizes_and_ages_of_servers(tmp_path: Path) -> None:
    hour, gib, of = 3600, 2**30, Range(NOW - 6 * 3600, NOW)
    # One server began before the range and runs, another user had two.
    servers = {
        "old": [(NOW - 7 * hour - 600, NOW)],
        "new": [(NOW - 5 * hour, NOW - 3 * hour), (NOW - hour, NOW)],
    }
    hub = {"namespace": "prod"}
    price = {"component": "compute", "driver": "compute", "day": str(round(NOW // DAY)), "estimated": "false"}

    def samples(step: int, values: Mapping[float, float]) -> list[tuple[int, float]]:
        times = range(math.ceil(min(values) / step) * step, math.floor(NOW) + 1, step)
        return [(at * 1000, values[max(begin for begin in values if begin <= at)]) for at in times]

    always = samples(60, {NOW - 9 * hour: 1})
    series: list[Series] = [
        ({"__name__": names.HUBS, **hub}, always),
        ({"__name__": f"{_PREFIX}{names.UNIT_PRICE}", **hub, **price}, [(at, 1e-9) for at, _ in always]),
    ]
    for user, times in servers.items():
        of_user = {**hub, "username": user}

        def running_at(step: int, times: list[tuple[float, float]] = times) -> list[int]:
            found = [range(math.ceil(a / step) * step, math.floor(b) + 1, step) for a, b in times]
            return [at for part in found for at in part]

        minutes, buckets = running_at(60), running_at(300)
        peak = minutes[-30]
        for name, values in (
            (names.user(names.SERVERS), [(at * 1000, 1.0) for at in minutes]),
            (names.user(names.MEMORY_REQUESTS), [(at * 1000, 8.0 * gib) for at in minutes]),
            (
                names.user(names.MEMORY_WORKING_SET),
                [(at * 1000, (2.3 if at == peak else 1) * gib) for at in minutes],
            ),
            (names.user(names.BUCKETS[names.SERVERS]), [(at * 1000, 1 / 12) for at in buckets]),
            (names.user(names.BUCKETS[names.MEMORY_REQUESTS]), [(at * 1000, 8 * gib / 12) for at in buckets]),
        ):
            series.append(({"__name__": name, **of_user}, values))
        of_pair = {**of_user, "usergroup": "geo"}
        series += [
            ({"__name__": names.SHARE, **of_pair}, always),
            ({"__name__": names.ACTIVE_SHARE, **of_pair}, always),
            (
                {"__name__": names.pair(names.BUCKETS[names.SERVERS]), **of_pair},
                [(at * 1000, 1 / 12) for at in buckets],
            ),
        ]
        series += [
            ({"__name__": names.SERVER_START, **of_user, "uid": f"{user}{begin}"}, [(round(begin + 60) * 1000, 20.0)])
            for begin, _ in times
        ]
    with running(ENGINES[1], tmp_path) as engine:
        write(engine.write_url, series, session=engine.session)
        now = _now(engine, of)
        queries = {place: of.filled(query, now) for place, query in _expressions(instant=True)}

        def by_user(place: str) -> list[float]:
            rows = _ask(engine, "query", query=queries[f"users: {place}"], time=f"{of.end:.3f}")
            values = {row["metric"]["username"]: float(row["value"][1]) for row in rows}
            return [values["old"], values["new"]]

        assert by_user("Hours in the time range: B") == [1, 2]
        assert by_user("Hours in the time range: C") == pytest.approx([6 * hour, 1.5 * hour], rel=0.05)
        assert by_user("Right size by user: A") == pytest.approx([8 * gib] * 2)
        assert by_user("Right size by user: B") == pytest.approx([gib] * 2)
        assert by_user("Right size by user: C") == pytest.approx([2.3 * gib] * 2)
        assert by_user("Right size by user: D") == [3 * gib] * 2
        spare = by_user("Right size by user: E")
        assert spare == pytest.approx([30, 15], rel=0.05)
        assert by_user("Right size by user: F") == pytest.approx([value * gib * 1e-9 for value in spare])
        ages = [float(now) - (times[-1][0] // hour * hour) for times in servers.values()]
        assert by_user("Oldest servers: A") == pytest.approx(ages)
