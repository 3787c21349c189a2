"""A hostile site: a world, the raw series that Prometheus gets from it, and what Hubmeter must make of them.

A site runs on a real Prometheus: its history is written, all rules record over it, all alerts are evaluated at the
world's end and in the minutes before, and the doctor checks it as of that time.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hubmeter_common.durations import seconds
from hubmeter_generator import fill, settings
from hubmeter_generator.model import VERSION
from hubmeter_generator.operate import backfill, checks
from hubmeter_generator.operate.checks.finding import Finding, Status
from hubmeter_generator.operate.checks.site import Site as Checked
from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.engines.engine import Engine, running
from tests.sim.cluster import GIB, HOUR, MINUTE, Directory, Exporter, Node, Target, World, user_slug
from tests.sim.history import history
from tests.sim.oracle import Oracle, as_read
from tests.sim.worlds import hub_pods, server

START: Final = 1_790_035_200.0  # 2026-09-22T00:00Z
END: Final = START + 100 * MINUTE
WINDOWS: Final = {"1h": 3600, "1d": 86400}
HUB: Final = "prod"
PROFILE: Final = ("teaching", "small", "scipy-1")
PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {"ana": ("astronomy", "biology"), "ben": ("biology",), "cleo": ()}

Change = Callable[[dict[str, str]], dict[str, str] | None]
# A metric, its labels, and its value at a time in Unix seconds (None: no sample).
Extra = tuple[str, Mapping[str, str], Callable[[float], float | None]]


@dataclass(frozen=True)
class Numbers:
    """The violation has no effect: these recorded series equal the oracle's, from ``since`` seconds after START on."""

    series: tuple[str, ...]
    since: float = 15 * MINUTE
    tolerance: float = 1e-9  # relative


@dataclass(frozen=True)
class Reported:
    """The violation is reported: the alert fires at END, and the doctor names it.

    Attributes:
        alert: The name of the alert; empty if the site's row says why there is none.
        labels: The labels of a firing instance, without the severity.
        check: The name of the doctor's check.
        says: A part of the finding's sentences (the state, then the fix).
        status: The status of the finding.
    """

    alert: str
    labels: Mapping[str, str]
    check: str
    says: str
    status: Status = Status.MISSING


@dataclass(frozen=True)
class Site:
    """A site that violates one assumption.

    Attributes:
        name: Its name in the column Test of docs/assumptions.md.
        outcomes: What must come of it; at least one.
        world: The truth, for the oracle too; from START to END.
        change: Changes the labels of every series (None: the series is missing), as a scrape or relabelling does.
        extras: Further series.
        without: Names of series of `clean_extras` that are missing.
        settings: Settings that differ from the defaults.
        engine: Arguments of `running`, for example ``{"retention": "10d"}``.
        others: Further worlds, each with the change of its series, for example another cluster's.
        copied: Changes the labels of another Prometheus' copy of the recorded series, which is written here too, with
            samples 7 seconds later.
        past: Samples of the time before START, written as they are.
        gap: The minutes after START between which no rule is evaluated.
        alerts_allowed: Further alerts that may fire; any other is an error.
    """

    name: str
    outcomes: tuple[Numbers | Reported, ...]
    world: World
    change: Change = dict
    extras: tuple[Extra, ...] = ()
    without: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    engine: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[tuple[World, Change], ...] = ()
    copied: Change | None = None
    past: tuple[Series, ...] = ()
    gap: tuple[int, int] | None = None
    alerts_allowed: tuple[str, ...] = ()


def clean_world(hub: str = HUB, people: Mapping[str, tuple[str, ...]] = PEOPLE, since: float = 1) -> World:
    """Return a hub on which each of these users runs one server all the time, from ``since`` hours before START on."""
    return World(
        start=START,
        end=END,
        hubs=(hub,),
        memberships={(hub, name): ((-math.inf, groups),) for name, groups in people.items()},
        servers=(
            *hub_pods(hub, START - since * HOUR, END + HOUR),
            *(server(hub, name, START - since * HOUR, END + HOUR, profile=PROFILE) for name in people),
        ),
        exporters=(Exporter(hub, Target(f"exporter.{hub}:9090")),),
        directories=tuple(Directory(hub, user_slug(name), GIB, 2 * GIB) for name in people),
        nodes=(Node("node-1", 64 * GIB),),
    )


def gauge(name: str, value: float | Callable[[float], float | None], **labels: str) -> Extra:
    """Return an extra series with a constant value, or a function of the time."""
    return name, labels, value if callable(value) else lambda _: value


def clean_extras(hub: str = HUB) -> tuple[Extra, ...]:
    """Return the series of a whole site that its `World` does not have: Prometheus' own, the hub's, prices."""
    own = {"job": "prometheus", "instance": "localhost:9090"}
    exporter = {"namespace": hub, "job": "groups-exporter", "instance": f"exporter.{hub}:9090"}
    group = "/etc/hubmeter/rules.yaml;hubmeter-memory"
    return (
        gauge("up", 1.0, **own),
        gauge("prometheus_rule_group_last_duration_seconds", 0.1, rule_group=group, **own),
        gauge("prometheus_rule_group_interval_seconds", 60.0, rule_group=group, **own),
        gauge("prometheus_tsdb_lowest_timestamp_seconds", START - 400 * 86400, **own),
        gauge("jupyterhub_running_servers", 3.0, namespace=hub, job="hub", instance="hub:8081"),
        gauge(f"jupyterhub_{names.REFRESH_INTERVAL}", 60.0, **exporter),
        gauge(f"jupyterhub_{names.EXPORTER_BUILD_INFO}", 1.0, version=VERSION, **exporter),
        gauge(
            "jupyterhub_unit_price_usd", 1e-12, namespace=hub, component="compute", driver="compute", day="20717",
            estimated="true", job="costs", instance="costs:9090",
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A site on an engine: firing alerts, the doctor's findings, and sentences on wrong numbers by series."""

    firing: list[dict[str, str]]
    findings: dict[str, Finding]
    wrong: Callable[[Numbers], list[str]]


def play(site: Site, engine: Engine) -> Outcome:
    """Write the site's history to the engine, record all rules, and return the result."""
    made = settings.make({"windows": list(WINDOWS), **site.settings}, "test")
    for world, change in ((site.world, site.change), *site.others):
        for chunk in history(world, START, END, chunk=END - START):
            changed = [(row, points) for labels, points in chunk if (row := change(dict(labels))) is not None]
            write(engine.write_url, changed, session=engine.session)
    write(engine.write_url, [*site.past, *_extras(site)], session=engine.session)
    engine.flush()
    prometheus = Prometheus(engine.url, engine.session)
    target = backfill.Target(prometheus, engine.write_url, engine.session, engine.flush)
    for first, last in ((0, site.gap[0]), (site.gap[1], 100)) if site.gap else ((0, 100),):
        backfill.backfill_chunk(
            target, backfill.steps(made), round(START + first * MINUTE), round(START + last * MINUTE)
        )
    if site.copied:
        write(engine.write_url, _copies(made, engine, site.copied), session=engine.session)
    at = END - MINUTE
    return Outcome(
        list(_firing(prometheus, made, at)),
        {finding.check: finding for finding in checks.run(Checked(prometheus, made, at))},
        lambda numbers: list(_wrong(site.world, engine, numbers)),
    )


def _extras(site: Site) -> Iterator[Series]:
    times = [START + n * site.world.step for n in range(round((END - START) / site.world.step))]
    kept = [extra for extra in clean_extras() if extra[0] not in site.without]
    for name, labels, value in (*kept, *site.extras):
        points = [(round(t * 1000), v) for t in times if (v := value(t)) is not None]
        if points:
            yield {"__name__": name, **labels}, points


def _copies(made: settings.Settings, engine: Engine, change: Change) -> Iterator[Series]:
    for name in sorted({rule["record"] for group in fill.rule_groups(made) for rule in group["rules"]}):
        for labels, samples in engine.samples(name, END - 1, f"{round(END - START)}s").items():
            if (changed := change({"__name__": name, **dict(labels)})) is not None:
                yield changed, [((at + 7) * 1000, value) for at, value in sorted(samples.items())]


def _firing(prometheus: Prometheus, made: settings.Settings, at: float) -> Iterator[dict[str, str]]:
    """Yield the labels, alertname among them, of each alert whose query has had a result for as long as it needs."""
    for group in fill.alert_groups(made):
        step = seconds(group["interval"])
        for rule in group["rules"]:
            count = math.ceil(seconds(rule["for"]) / step)
            for row in prometheus.range(rule["expr"], at - count * step, at, step):
                if len(row.values) == count + 1:
                    labels = {name: value for name, value in row.labels.items() if name != "__name__"}
                    yield {"alertname": rule["alert"], **labels}


def _wrong(world: World, engine: Engine, numbers: Numbers) -> Iterator[str]:
    expected = Oracle(world, WINDOWS).record(END)
    for series in numbers.series:
        want, found = expected[series], engine.samples(series, END - 1, f"{round(END - START)}s")
        if not want:
            yield f"the oracle has no {series}"
        if series in map(names.user, backfill.KEPT):
            found = {key: as_read(samples, START, END) for key, samples in found.items()}
        for key in want.keys() | found.keys():
            a, b = want.get(key, {}), found.get(key, {})
            off = [
                t
                for t in sorted(a.keys() | b.keys())
                if t >= START + numbers.since
                and not math.isclose(a.get(t, math.nan), b.get(t, math.nan), rel_tol=numbers.tolerance)
            ]
            if off:
                minute = round(off[0] - START) // 60
                yield (
                    f"{series}{dict(key)} differs {len(off)} times, first at minute {minute}: expected "
                    f"{a.get(off[0])}, recorded {b.get(off[0])}"
                )


def played(site: Site, folder: Path) -> Outcome:
    """Return the result of the site on Debian's Prometheus, whose store is empty and in this folder."""
    with running("Prometheus 2.42", folder, **site.engine) as engine:
        outcome = play(site, engine)
        wrong = {item: outcome.wrong(item) for item in site.outcomes if isinstance(item, Numbers)}
    return Outcome(outcome.firing, outcome.findings, wrong.__getitem__)
