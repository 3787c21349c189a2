"""hubmeter-doctor on real engines: a site where all is well, and sites where each check finds something."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import requests
import yaml

from hubmeter_generator import fill, settings
from hubmeter_generator.operate import backfill, checks, doctor
from hubmeter_generator.operate.checks.finding import Status, ok
from hubmeter_generator.operate.checks.site import Site
from hubmeter_generator.operate.remote_write import Labels, Series, write
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.engines.engine import ENGINES, VICTORIA_METRICS, Engine, running
from tests.sim.cluster import GIB, HOUR, Directory, Exporter, Node, Target, World, user_slug
from tests.sim.history import history
from tests.sim.worlds import ACCENTED, LONG, hub_pods, server
from tests.waiting import PATIENCE, wait_until

SITE = settings.load()
PROFILE = ("teaching", "small", "scipy-1")
PEOPLE = {ACCENTED: ("astronomy", "biology"), "Bob-Smith": ("biology",), "ann": ("astronomy",), "anna": (), LONG: ()}
HUBS = ("prod", "staging")
Change = Callable[[dict[str, str]], dict[str, str] | None]


def world(now: float) -> World:
    """Return two hubs with servers, exporters and home directories around ``now``."""
    begin, end = now - 2 * HOUR, now + 2 * HOUR
    return World(
        start=begin,
        end=end,
        hubs=HUBS,
        memberships={(hub, name): ((begin, groups),) for hub in HUBS for name, groups in PEOPLE.items()},
        servers=tuple(
            pod
            for hub in HUBS
            for pod in (
                *hub_pods(hub, begin, end),
                *(server(hub, name, begin, end, profile=PROFILE) for name in PEOPLE),
            )
        ),
        exporters=tuple(Exporter(hub, Target(f"exporter.{hub}:9090")) for hub in HUBS),
        directories=tuple(Directory(hub, user_slug(name), GIB, 2 * GIB) for hub in HUBS for name in PEOPLE),
        nodes=(Node("node-1", 64 * GIB),),
        kube_state_metrics=(Target("10.0.0.10:8080"), Target("10.0.0.11:8080")),
    )


def scrapes(now: float, minutes: int, change: Change = dict) -> list[Series]:
    """Return the world's last minutes, each series' labels changed; None leaves a series out."""
    found: list[Series] = []
    for chunk in history(world(now), now - minutes * 60, now + 60):
        for labels, points in chunk:
            if (changed := change(dict(labels))) is not None:
                found.append((changed, points))
    return found


def gauge(name: str, value: float, at: float, **labels: str) -> Series:
    given: Labels = {"__name__": name, **labels}
    return given, [(round(at * 1000), value)]


def ask(engine: Engine, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """Return the exit code, and by check its status and everything it says."""
    code = doctor.main([engine.url, "--json", *options])
    report = json.loads(capsys.readouterr().out)
    return code, {f["check"]: (f["status"], f"{f['meaning']} FIX {f['fix']}") for f in report["findings"]}


def prices(now: float) -> Series:
    """Return a price of the last minutes: VictoriaMetrics answers for half a minute ago."""
    labels = {"__name__": "jupyterhub_unit_price_usd", "namespace": "prod", "day": "1", "component": "compute"}
    return labels, [(round(now - age) * 1000, 0.01) for age in range(600, -1, -60)]


def others(now: float) -> list[Series]:
    """Return what else is scraped where all is well: a price, the hubs' own metrics, and those about rules."""
    own = [
        {"__name__": "prometheus_rule_group_interval_seconds", "rule_group": "/etc/rules.yaml;hubmeter-memory"},
        *({"__name__": "jupyterhub_running_servers", "namespace": hub} for hub in HUBS),
    ]
    times = range(600, -1, -60)
    return [prices(now), *((labels, [(round(now - age) * 1000, 60.0) for age in times]) for labels in own)]


def this_minute() -> float:
    return time.time() // 60 * 60


def rule_file(folder: Path, *groups: dict[str, object]) -> Path:
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": list(groups)}), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["Prometheus 2.42", "Prometheus 3", VICTORIA_METRICS])
def test_where_all_is_well_nothing_is_found(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = rule_file(tmp_path, *fill.rule_groups(SITE), *fill.alert_groups(SITE))
    loaded = None if name == VICTORIA_METRICS else rules
    with running(name, tmp_path / "engine", rules=loaded, lookback="30m") as engine:
        now = this_minute()
        write(engine.write_url, [*scrapes(now, 15), *others(now)], session=engine.session)
        engine.flush()
        target = backfill.Target(Prometheus(engine.url, engine.session), engine.write_url, engine.session, engine.flush)
        backfill.backfill_chunk(target, backfill.steps(SITE), round(now - 900) // 300 * 300, round(now) + 1)
        code, found = ask(engine, capsys)
        assert {check: finding for check, finding in found.items() if finding[0] != "ok"} == {}
        assert list(found) == list(checks.CHECKS)
        assert code == 0
        assert "2 instances" in found["kube-state-metrics"][1]
        assert "4 of 10 users" in found["users"][1]
        assert "10 home directories" in found["home directories"][1]
        loaded_here = f"{len(fill.rule_groups(SITE))} groups" in found["rules loaded"][1]
        assert loaded_here == (name != VICTORIA_METRICS)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A Prometheus without anything, and with a short memory."""
    with running("Prometheus 2.42", tmp_path_factory.mktemp("empty"), lookback="2m") as engine:
        yield engine


def test_of_an_empty_prometheus_everything_is_said(empty: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = ask(empty, capsys)
    assert code == 1
    assert {check: status for check, (status, _) in found.items()} == {
        "prometheus": "warning",
        "history": "ok",
        "kube-state-metrics": "missing",
        "states of containers": "ok",
        "username annotation": "missing",
        "cadvisor": "missing",
        "scrape interval": "ok",
        "servers": "ok",
        "gpus": "ok",
        "groups exporter": "missing",
        "clocks": "ok",
        "hubs": "missing",
        "clusters": "ok",
        "hub metrics": "warning",
        "quota policies": "ok",
        "users": "warning",
        "node pools": "warning",
        "pod labels": "warning",
        "home directories": "warning",
        "rules loaded": "missing",
        "rules work": "ok",
        "rule metrics": "warning",
        "versions": "ok",
        "recorded series": "missing",
        "recorded usage": "ok",
        "alerts": "ok",
        "prices": "warning",
    }
    assert "120 s" in found["prometheus"][1]
    assert names.HUBS in found["recorded series"][1]
    assert "1 other series" in found["recorded series"][1]
    assert "no usage is recorded yet" in found["recorded usage"][1]
    assert "no pods of hubs are scraped" in found["scrape interval"][1]
    assert all(not text.endswith("FIX ") for status, text in found.values() if status != "ok")


def renamed(labels: dict[str, str]) -> dict[str, str] | None:
    """Another annotation, another prefix, no container, every row of the groups 'none', no creation and no restarts."""
    name = labels["__name__"]
    labels = {k: v for k, v in labels.items() if not k.startswith("label_hubmeter")}
    if name.startswith("container_"):
        labels.pop("container", None)
    labels["__name__"] = name.replace("jupyterhub_", "jhub_")
    if username := labels.pop("annotation_hub_jupyter_org_username", ""):
        labels["annotation_example_org_username"] = username
    return None if name in {"kube_pod_created", "kube_pod_container_status_restarts_total"} else labels


def set_aside(labels: dict[str, str]) -> dict[str, str]:
    """What scrapes without honor_labels leave."""
    return (
        {**labels, "namespace": "support", "exported_namespace": labels["namespace"]}
        if "namespace" in labels
        else labels
    )


def only_prod(labels: dict[str, str]) -> dict[str, str] | None:
    """Of staging there is no cAdvisor, no username, no exporter; and nobody is in a group."""
    if labels.get("namespace") == "staging":
        if labels["__name__"].startswith(("container_", "jupyterhub_")):
            return None
        labels.pop("annotation_hub_jupyter_org_username", None)
    return {**labels, "usergroup": "none"} if "usergroup" in labels else labels


def without_staging_cadvisor(labels: dict[str, str]) -> dict[str, str] | None:
    """Its exporter is away too, and one user is unknown."""
    away = labels.get("namespace") == "staging" and labels["__name__"].startswith(("container_", "jupyterhub_"))
    return None if away or (labels.get("username") == "ann") else labels


def without_users(labels: dict[str, str]) -> dict[str, str] | None:
    """A new site: no server runs, and no user has logged in."""
    labels.pop("annotation_hub_jupyter_org_username", None)
    return None if "username" in labels or labels.get("container") == "notebook" else labels


@pytest.mark.parametrize(
    ("change", "further", "expected"),
    [
        pytest.param(
            without_users,
            [(names.HUBS, 0.0), (names.USAGE_SEEN, 0.0)],
            {
                "username annotation": ("warning", "this is right only while no server runs"),
                "users": ("warning", "no user is known"),
                "recorded series": ("ok", "no server runs, so there is no usage yet"),
            },
            id="a new site without users",
        ),
        pytest.param(
            renamed,
            [],
            {
                "kube-state-metrics": ("missing", "kube_pod_created"),
                "states of containers": ("warning", "kube_pod_container_status_restarts_total"),
                "username annotation": ("missing", "set username_annotation_label: annotation_example_org_username"),
                "cadvisor": ("missing", "without the label container"),
                "groups exporter": ("missing", "FIX set metrics_prefix: jhub"),
                "hubs": ("missing", 'namespace!=""'),
                "users": ("warning", ""),
                "pod labels": ("warning", "profile"),
                "rules loaded": ("missing", ""),
            },
            id="other names than in the settings",
        ),
        pytest.param(
            set_aside,
            [],
            {
                "kube-state-metrics": ("missing", "exported_namespace (prod, staging) FIX set honor_labels: true"),
                "groups exporter": ("missing", "exported_namespace (prod, staging) FIX set honor_labels: true"),
                "home directories": ("warning", "exported_namespace (prod, staging) FIX set honor_labels: true"),
            },
            id="scraped without honor_labels",
        ),
        pytest.param(
            only_prod,
            [],
            {
                "username annotation": ("missing", "staging"),
                "cadvisor": ("ok", ""),
                "groups exporter": ("ok", "prod"),
                "hubs": ("ok", "1 hub: prod"),
                "users": ("warning", "all 5 users"),
            },
            id="one hub's pods without the annotation, nobody in a group",
        ),
        pytest.param(
            without_staging_cadvisor,
            [(names.HUBS, -HOUR)],
            {
                "cadvisor": ("missing", "staging"),
                "groups exporter": ("warning", "staging"),
                "hubs": ("ok", "2 hubs: prod, staging"),
                "users": ("warning", "prod, staging"),
                "recorded series": ("missing", "namespace:hubs:group"),
            },
            id="one hub without cAdvisor and exporter, a user unknown, rules that ended",
        ),
        pytest.param(
            dict,
            [
                ("jupyterhub_groups_exporter_last_refresh_timestamp_seconds", 0.0),
                ("jupyterhub_groups_exporter_refresh_interval_seconds", 0.0),
            ],
            {"groups exporter": ("warning", "prod")},
            id="old memberships",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    change: Change,
    further: list[tuple[str, float]],
    expected: dict[str, tuple[str, str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running("Prometheus 2.42", tmp_path / "engine", lookback="30m") as engine:
        now = this_minute()
        # Another hub of the namespace, whose last refresh was in 1970.
        other = {"namespace": "prod", "hub_url": "http://other:8081", "instance": "x"}
        rows = [gauge(name, 0.1, now + offset, **other) for name, offset in further]
        write(engine.write_url, [*scrapes(now, 2, change), *rows], session=engine.session)
        time.sleep(max(0.0, now + 1 - time.time()))
        code, found = ask(engine, capsys)
    assert code == (0 if change is without_users else 1)
    for check, (status, text) in expected.items():
        assert found[check][0] == status, found[check]
        assert text in found[check][1]


@pytest.mark.parametrize(
    ("reason", "status", "text"),
    [("forbidden", "warning", "set a fixed hub.services.<name>.apiToken"), ("timeout", "ok", "prod, staging")],
)
def test_a_refused_token_is_named_with_what_to_do(
    reason: str, status: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running("Prometheus 2.42", tmp_path / "engine", lookback="30m") as engine:
        now = this_minute()
        labels = {"namespace": "prod", "instance": "x"}
        count = {"__name__": "jupyterhub_groups_exporter_refresh_errors_total", **labels, "reason": reason}
        refused = [
            (count, [(round(now - 60) * 1000, 0.0), (round(now) * 1000, 1.0)]),
            gauge("jupyterhub_groups_exporter_last_error_timestamp_seconds", now, now, **labels),
        ]
        write(engine.write_url, [*scrapes(now, 2), *refused], session=engine.session)
        time.sleep(max(0.0, now + 1 - time.time()))
        _, found = ask(engine, capsys)
    assert found["groups exporter"][0] == status
    assert text in found["groups exporter"][1]


def are_evaluated(engine: Engine, health: Mapping[str, str]) -> bool:
    """Return whether groups are evaluated as a whole, and these rules have this health."""
    groups = engine.session.get(f"{engine.url}/api/v1/rules", timeout=PATIENCE).json()["data"]["groups"]
    return {
        rule["name"]: rule["health"]
        for group in groups
        if group["evaluationTime"]  # set after the health of all its rules
        for rule in group["rules"]
        if rule["name"] in health
    } == health


def test_rules_that_fail_are_slow_differ_or_are_there_twice_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = {"record": "a:b:c", "expr": "up * on () group_left () up"}
    slow = {"record": "a:b:d", "expr": "sum_over_time(vector(1)[10h:1s])"}
    groups = {group["name"]: group for group in fill.rule_groups(SITE)}

    def findings(
        folder: str, *loaded: dict[str, object], health: Mapping[str, str] | None = None, twice: bool = False
    ) -> dict[str, tuple[str, str]]:
        place = tmp_path / folder
        place.mkdir()
        rules = rule_file(place, *loaded)
        if twice:
            (place / "again.yaml").write_text(rules.read_text(encoding="utf-8"), encoding="utf-8")
        with running("Prometheus 3", place / "engine", rules=place / "*.yaml", lookback="30m") as engine:
            now = time.time()
            rows = [gauge("up", 1.0, now - age, job="x", instance=name) for name in "ab" for age in (1, 0)]
            write(engine.write_url, rows, session=engine.session)
            if health:  # rules are evaluated before the samples are there, too
                wait_until(lambda: are_evaluated(engine, health), lambda: f"the rules are {health}")
            return ask(engine, capsys)[1]

    found = findings(
        "failing",
        {**groups["hubmeter-memory"], "interval": "1s", "rules": [failing]},
        {"name": "hubmeter-slow", "interval": "1ms", "rules": [slow]},
        health={"a:b:c": "err", "a:b:d": "ok"},
    )
    assert found["rules work"][0] == "missing"
    assert re.search(r"hubmeter-memory: .*(many-to-many|duplicate series)", found["rules work"][1])
    assert found["rules loaded"][0] == "missing"
    assert "hubmeter-cpu" in found["rules loaded"][1]
    assert found["alerts"][0] == "warning"

    slow_group: dict[str, object] = {"name": "hubmeter-slow", "interval": "1ms", "rules": [slow]}
    found = findings("slow", slow_group, *groups.values(), health={"a:b:d": "ok"})
    assert found["rules work"][:1] == ("warning",)
    assert "hubmeter-slow" in found["rules work"][1]
    assert found["rules loaded"][0] == "ok"

    changed = {**groups, "hubmeter-memory": {**groups["hubmeter-memory"], "rules": [slow]}}
    found = findings("different", *changed.values())
    assert found["rules loaded"][0] == "warning"
    assert "hubmeter-memory" in found["rules loaded"][1]

    found = findings("twice", *groups.values(), twice=True)
    assert found["rules loaded"][0] == "missing"
    assert min(groups) in found["rules loaded"][1]


@pytest.mark.parametrize(
    ("copies", "status", "says"),
    [
        ([{"cluster": "a"}], Status.OK, "series are recorded"),
        ([{"replica": "0"}, {"replica": "1"}], Status.MISSING, "2 times, which differ in replica"),
        (
            [{"cluster": c, "replica": r} for c in "ab" for r in "01"],
            Status.MISSING,
            "4 times, which differ in cluster, replica: sums in dashboards, reports and costs are that many times too "
            "high FIX set cluster_label: cluster",
        ),
    ],
)
def test_copies_of_recorded_series_are_named_by_the_labels_that_differ(
    copies: list[dict[str, str]], status: Status, says: str, tmp_path: Path
) -> None:
    with running("Prometheus 2.42", tmp_path / "engine", lookback="30m") as engine:
        now = time.time() - 1
        recorded = (names.HUBS, names.USAGE_SEEN)
        rows = [gauge(name, 1.0, now, namespace="prod", **labels) for name in recorded for labels in copies]
        write(engine.write_url, rows, session=engine.session)
        result = checks.CHECKS["recorded series"](Site(Prometheus(engine.url, engine.session), SITE))
    assert result.status is status
    assert says in f"{result.meaning} FIX {result.fix}"


@pytest.mark.parametrize(
    ("build", "version"),
    [
        ({"version": "2.42.0+ds", "goVersion": "go1.19"}, (2, 42)),
        ({"version": "2.9.1", "goVersion": "go1.12"}, (2, 9)),
        ({"version": "3.5.0", "goVersion": "go1.24"}, (3, 5)),
        ({"version": "0.34.1", "goVersion": "go1.21"}, None),  # Thanos
        ({"application": "Grafana Mimir", "version": "2.14.0", "goVersion": "go1.23"}, None),
        ({"version": "2.24.0"}, None),  # VictoriaMetrics
        (None, None),
    ],
)
def test_versions_of_relatives_are_not_taken_for_prometheus_own(build: object, version: tuple[int, int] | None) -> None:
    assert checks.prometheus.prometheus_version(build) == version


def test_an_old_prometheus_is_named(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(Prometheus(empty.url, empty.session), SITE)
    monkeypatch.setattr(checks.prometheus, "_OLDEST_TESTED", (9, 0))  # none is that new
    result = checks.prometheus.engine(site)
    assert result.status is Status.WARNING
    assert "older than 9.0" in result.meaning
    assert result.fix == "update to 9.0 or later"


@pytest.mark.parametrize("name", ENGINES)
def test_buckets_that_a_store_thinned_are_named_with_their_age(name: str, tmp_path: Path) -> None:
    def days(hub: str, ended: int, step: int) -> list[Series]:
        """Return the recorded times of two days: buckets every ``step`` seconds, and the sums of days."""
        labels = {"namespace": hub}
        begin = (ended - 2) * 86_400
        buckets = [(1000 * (begin + s), 5.0) for s in range(0, 2 * 86_400 + 1, step)]
        sums = [(1000 * (begin + day * 86_400 + 1200), 1440.0) for day in (1, 2)]
        return [
            ({"__name__": names.USAGE_RECORDED, **labels}, buckets),
            ({"__name__": names.USAGE_RECORDED_DAY, **labels}, sums),
        ]

    with running(name, tmp_path) as engine:
        site = Site(Prometheus(engine.url, engine.session), SITE)
        today = round(time.time()) // 86_400
        whole = [*days("prod", today - 8, 300), *days("staging", today - 45, 300)]
        write(engine.write_url, whole, session=engine.session)
        engine.flush()
        assert checks.prometheus.history(site).status is Status.OK
        thinned = [*days("staging", today - 93, 3600), *days("prod", today - 184, 600), *days("prod", today - 93, 600)]
        write(engine.write_url, thinned, session=engine.session)
        engine.flush()
        found = checks.prometheus.history(site)
        assert found.status is Status.WARNING
        assert found.meaning.startswith("8% of the usage of prod, staging is left")
        assert "from an age of 93d on" in found.meaning


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hubmeter_generator.operate.doctor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_the_text_has_a_line_for_each_finding_and_what_to_do_below_it(empty: Engine) -> None:
    done = run(empty.url)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[3].startswith("missing  kube-state-metrics   ")
    assert lines[4].strip().startswith("fix: ")
    assert lines[-1] == "7 missing; 8 warnings"


def test_a_reader_that_ends_early_ends_the_doctor_quietly(empty: Engine) -> None:
    command = [sys.executable, "-u", "-m", "hubmeter_generator.operate.doctor", empty.url, "--json"]
    for arguments in (command, command[:-1]):
        read, written = os.pipe()
        os.close(read)
        done = subprocess.run(arguments, stdout=written, stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
        os.close(written)
        assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["settings: {metrics_prefix: jhub}"], "jhub"),
        (["hubmeter: {settings: {metrics_prefix: jhub}}"], "jhub"),
        (["settings: {metrics_prefix: a}", "settings: {metrics_prefix: b, windows: [1d]}"], "b"),
        (["exporter: {enabled: false}"], "jupyterhub"),
        (["settings: {metrics_prefix: jhub}", "settings: null"], "jhub"),
    ],
)
def test_settings_come_from_values_files_of_the_chart(values: list[str], expected: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.yaml" for number in range(len(values))]
    for path, text in zip(files, values, strict=True):
        path.write_text(text, encoding="utf-8")
    options = [option for path in files for option in ("--values", str(path))]
    with requests.Session() as session:
        site = doctor._site(doctor.parser().parse_args(["http://p", *options]), session)  # noqa: SLF001 # no Prometheus
    assert site.settings.metrics_prefix == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("settings: [1]", "settings must be a mapping of settings, not list"),
        ("settings: {metrics_prefx: a}", "metrics_prefx"),
        ("settings: {", "is not valid YAML"),
    ],
)
def test_wrong_values_are_named(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text(text, encoding="utf-8")
    done = run("http://127.0.0.1:9", "--values", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert str(path) in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("http://me:secret@127.0.0.1:9",), "cannot reach http://127.0.0.1:9/api/v1/query"),
        (("me:secret@prometheus",), "http://localhost:9090"),
        (("http://127.0.0.1:9", "--timeout", "0"), "--timeout 0.0"),
        (("http://127.0.0.1:9", "--settings", "none.yaml"), "none.yaml"),
        (
            ("http://127.0.0.1:9", "--token-file", "none"),
            "none cannot be read (No such file or directory)",
        ),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_with_a_cluster_label_hubs_are_named_with_their_cluster(empty: Engine) -> None:
    site = Site(Prometheus(empty.url, empty.session), settings.make({"cluster_label": "cluster"}, "test"))
    write(
        empty.write_url,
        [
            gauge("jupyterhub_unit_price_usd", 1.0, time.time(), namespace="prod", cluster=name)
            for name in ("east", "west")
        ],
        session=empty.session,
    )
    assert checks.costs.prices(site) == ok("prices are known for east/prod, west/prod")
    other = replace(site, settings=settings.make({"hub_selector": 'namespace="staging"'}, "test"))
    assert checks.costs.prices(other).status is Status.WARNING
    unknown = [
        gauge("jupyterhub_costs_unknown_capacity", 1.0, time.time(), source="aws", driver=d) for d in ("gpu", "a")
    ]
    write(empty.write_url, unknown, session=empty.session)
    assert "the capacity of nodes (a, gpu) is unknown" in checks.costs.prices(site).meaning
