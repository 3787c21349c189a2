"""hubmeter-backfill as a user runs it, on a real Prometheus."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests

from hubmeter_generator import settings
from hubmeter_generator.operate.backfill import (
    BackfillError,
    Job,
    Step,
    Target,
    backfill_chunk,
    dependencies,
    resume,
    save,
    steps,
)
from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_promql.client import Prometheus
from tests.engines.engine import VICTORIA_METRICS, Engine, running
from tests.http_server import Handler, http_server
from tests.sim.history import history
from tests.sim.worlds import small_world
from tests.waiting import PATIENCE

START = 1_767_225_600  # 2026-01-01T00:00Z
SERIES = "namespace_usergroup:memory_working_set_bytes:sum"


@pytest.fixture(scope="module")
def scrapes() -> list[list[Series]]:
    """What the small world's targets showed from 8:00 to 11:00."""
    return list(history(small_world(START), START + 8 * 3600, START + 11 * 3600))


@pytest.fixture
def engine(scrapes: list[list[Series]], tmp_path: Path) -> Iterator[Engine]:
    """A Prometheus that scraped them, without any rules."""
    with running("Prometheus 2.42", tmp_path / "prometheus") as engine:
        for chunk in scrapes:
            write(engine.write_url, chunk, session=engine.session)
        yield engine


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hubmeter_generator.operate.backfill", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)


ASKED = ("--from", "2026-01-01T08:00", "--to", "2026-01-01T10:00:00Z", "--chunk", "1h", "--state", "state.json")


def recorded(engine: Engine) -> dict[frozenset[tuple[str, str]], dict[int, float]]:
    return engine.samples(SERIES, START + 11 * 3600, "4h")


def test_it_records_what_was_asked_for_shows_progress_and_leaves_no_state(engine: Engine, tmp_path: Path) -> None:
    done = run(tmp_path, engine.url, *ASKED)
    assert done.returncode == 0, done.stderr
    assert re.search(r"50\.0 %  up to 2026-01-01T09:00Z, \d+ samples, about \d+ min left", done.stdout)
    assert "from 2026-01-01T08:00Z to 2026-01-01T10:00Z" in done.stdout
    times = {t for values in recorded(engine).values() for t in values}
    assert (min(times), max(times)) == (START + 8 * 3600, START + 10 * 3600 - 60)
    assert not (tmp_path / "state.json").exists()


def test_a_time_without_pods_is_an_error(engine: Engine, tmp_path: Path) -> None:
    done = run(tmp_path, engine.url, "--from", "2025-12-01", "--to", "2025-12-01T01:00", "--state", "state.json")
    assert done.returncode == 1
    assert "100.0 %" in done.stdout
    assert "nothing was recorded from 2025-12-01T00:00Z to 2025-12-01T01:00Z" in done.stderr
    assert not (tmp_path / "state.json").exists()


def test_what_is_recorded_already_is_not_recorded_twice(engine: Engine, tmp_path: Path) -> None:
    assert run(tmp_path, engine.url, *ASKED).returncode == 0
    before = recorded(engine)
    again = run(tmp_path, engine.url, "--from", "2026-01-01T07:00", "--to", "2026-01-01T11:00")
    assert again.returncode == 2
    assert "pass --to 2026-01-01T08:00Z or earlier" in again.stderr
    assert recorded(engine) == before


def everything(engine: Engine) -> dict[tuple[str, frozenset[tuple[str, str]]], dict[int, float]]:
    return {
        (step.record, key): values
        for step in steps(settings.load())
        for key, values in engine.samples(step.record, START + 11 * 3600, "4h").items()
    }


def test_rules_at_the_same_time_and_shorter_queries_record_what_rules_record_one_by_one(
    scrapes: list[list[Series]], engine: Engine, tmp_path: Path
) -> None:
    rules = steps(settings.load())
    with running("Prometheus 2.42", tmp_path / "other") as other:
        for chunk in scrapes:
            write(other.write_url, chunk, session=other.session)
        for hour in (8, 9):
            begin, end = START + hour * 3600, START + (hour + 1) * 3600
            together = backfill_chunk(
                Target(Prometheus(engine.url, engine.session), engine.write_url, engine.session), rules, begin, end
            )
            alone = Target(Prometheus(other.url, other.session), other.write_url, other.session)
            # Without dependencies between them, a rule at a time is the order of the rules.
            one_by_one = sum(backfill_chunk(alone, [replace(rule, unless="")], begin, end) for rule in rules)
            assert together == one_by_one
        expected, found = everything(other), everything(engine)
        shortened = [rule for rule in rules if rule.unless and not alone.prometheus.range(rule.unless, begin, end, 60)]
    assert {bool(rule.shorter) for rule in shortened} == {True, False}
    assert found.keys() == expected.keys()
    assert len({name for name, _ in found}) > 60
    for key, values in expected.items():
        assert found[key] == pytest.approx(values, rel=1e-12), key


def test_a_rule_waits_for_the_rules_that_it_reads_and_for_those_that_read_it() -> None:
    def step(record: str, expr: str) -> Step:
        return Step(record, expr, {}, 60)

    rules = (
        step("a:x:sum", "raw"),
        step("b:x:sum", "sum(a:x:sum) + a:x:summed"),
        step("c:x:sum", "raw + last_over_time(d:x:sum[5m])"),
        step("d:x:sum", 'count(b:x:sum{a="1"})'),
    )
    assert dependencies(rules) == {0: set(), 1: {0}, 2: set(), 3: {1, 2}}


def test_a_rule_that_reads_other_rows_of_its_series_is_recorded_at_each_evaluation(engine: Engine) -> None:
    others = 'group(kube_pod_info) unless on () scope:group{scope="user"}'
    target = Target(Prometheus(engine.url, engine.session), engine.write_url, engine.session)
    rule = Step("scope:group", others, {"scope": "fallback"}, 300)
    backfill_chunk(target, [rule], START + 8 * 3600, START + 9 * 3600)
    recorded = engine.samples("scope:group", START + 11 * 3600, "4h")
    assert [sorted(values) for values in recorded.values()] == [[START + 8 * 3600 + 300 * n for n in range(12)]]


@contextmanager
def stalling_in_the_second_hour(engine: Engine, state: Path) -> Iterator[tuple[str, threading.Event]]:
    """Relay remote writes; hold the first one of the second hour back from its sender, and set the event then."""
    stalled, released = threading.Event(), threading.Event()

    class Relay(Handler, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = ("Content-Encoding", "Content-Type", "X-Prometheus-Remote-Write-Version")
            headers = {name: self.headers[name] for name in names if name in self.headers}
            answer = requests.post(engine.write_url, body, headers=headers, timeout=PATIENCE)
            if json.loads(state.read_text(encoding="utf-8"))["done"] > START + 8 * 3600:
                stalled.set()
                released.wait(PATIENCE)
            self.send_response(answer.status_code)
            self.end_headers()

    with http_server(Relay) as server:
        try:
            yield f"http://127.0.0.1:{server.server_port}", stalled
        finally:
            released.set()


def test_a_run_that_was_killed_goes_on_where_it_stopped_and_gives_the_same(engine: Engine, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hubmeter_generator.operate.backfill", engine.url, *ASKED]
    with (
        stalling_in_the_second_hour(engine, tmp_path / "state.json") as (url, stalled),
        subprocess.Popen([*command, "--write-url", url], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert stalled.wait(PATIENCE)
        process.kill()
        assert process.stdout
        assert "50.0 %" in process.stdout.read()
    refused = run(tmp_path, engine.url, *ASKED, "--write-url", f"{engine.url}/nothing-here")
    assert refused.returncode == 1
    assert "HTTP 404" in refused.stderr
    assert "run the same command again" in refused.stderr
    resumed = run(tmp_path, engine.url, *ASKED)
    assert resumed.returncode == 0, resumed.stderr
    assert "resuming at 2026-01-01T09:00Z" in resumed.stdout
    interrupted = recorded(engine)
    with running("Prometheus 2.42", tmp_path / "other") as other:
        for chunk in history(small_world(START), START + 8 * 3600, START + 11 * 3600):
            write(other.write_url, chunk, session=other.session)
        assert run(tmp_path, other.url, *ASKED).returncode == 0
        whole = recorded(other)
    assert interrupted.keys() == whole.keys()
    for key, values in whole.items():
        assert interrupted[key] == pytest.approx(values, rel=1e-12)


def test_victoriametrics_is_refused_as_it_shows_samples_late(tmp_path: Path) -> None:
    with running(VICTORIA_METRICS, tmp_path / "engine") as engine:
        done = run(tmp_path, engine.url, *ASKED)
    assert done.returncode == 2
    assert f"{engine.url} is VictoriaMetrics" in done.stderr
    assert "vmalert -replay.timeFrom" in done.stderr
    assert not (tmp_path / "state.json").exists()


def test_the_state_of_another_backfill_is_not_taken_for_this_one(tmp_path: Path) -> None:
    job = Job("http://a:9090", "rules", START, START + 7200, START + 3600)
    save(tmp_path / "state.json", job)
    with pytest.raises(BackfillError, match=r"belongs to a backfill of http://a:9090 from 2026-01-01T00:00Z"):
        resume(tmp_path / "state.json", replace(job, url="http://b:9090"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "yesterday", "--to", "2026-01-02"), "--from yesterday: not an ISO date or time"),
        (("--from", "2026-01-02", "--to", "2026-01-01"), "--to 2026-01-01 must be later than --from 2026-01-02"),
        (("--from", "2026-01-01", "--to", "2026-01-02", "--chunk", "7m"), "--chunk 7m: must be a multiple of 5m"),
        (
            ("--from", "2026-01-01", "--to", "2026-01-02", "--chunk", "often"),
            "--chunk often: must be a whole number and a unit",
        ),
        (
            ("--from", "2026-01-01", "--to", "2026-01-02", "--settings", "none.yaml"),
            "cannot read the settings file none.yaml",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    done = run(tmp_path, "http://127.0.0.1:9", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr


def test_an_unreachable_prometheus_is_named_without_its_password(tmp_path: Path) -> None:
    done = run(tmp_path, "http://me:secret@127.0.0.1:9", "--from", "2026-01-01", "--to", "2026-01-02")
    assert done.returncode == 1
    assert "cannot reach http://127.0.0.1:9/api/v1/query_range" in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_a_state_file_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("[]")
    with pytest.raises(BackfillError, match="is not a state file of hubmeter-backfill"):
        resume(path, Job("http://p", "digest", 0, 300, 0))
    assert path.read_text() == "[]"
