"""``hubmeter-backfill``: computes the recorded series of the past on an existing Prometheus, as live rules would have.

The past is computed in chunks of time, and a chunk rule by rule in the order of their dependencies, with rules that do
not depend on each other at the same time. Each rule is evaluated by a range query at the instants at which it would
have run, and its result is written through remote write before another rule reads it. A series that ends gets a
staleness marker, as from a live rule. ``promtool tsdb create-blocks-from rules`` does neither: its rules do not read
each other's results, and ended series stay for five minutes.
"""

import argparse
import gc
import hashlib
import json
import math
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import requests

from hubmeter_common.command_line import add_version, until_closed
from hubmeter_common.durations import seconds
from hubmeter_common.settings_file import SettingsError
from hubmeter_common.tokens import TokenError
from hubmeter_generator import fill, settings
from hubmeter_generator.operate.remote_write import STALE, Series, WriteRejectedError, write
from hubmeter_generator.rules import homes, membership, shortcuts
from hubmeter_promql import names, render
from hubmeter_promql.client import (
    BadQueryError,
    Prometheus,
    PrometheusError,
    RangeSeries,
    TimedOutError,
    TooMuchError,
    authentication,
)

KEPT: Final = (names.HOME, names.HOME_LIMIT)
DAY: Final = 86_400
GRID: Final = 300  # seconds; chunks begin at its multiples, rules run at the multiples of their own intervals
AT_ONCE: Final = 4  # requests; Prometheus evaluates each query on one processor
_NAME: Final = re.compile(r"[a-zA-Z_][\w:]*")


class BackfillError(Exception):
    """An invalid option or state file; the message is one sentence."""


@dataclass(frozen=True)
class Step:
    """One rule to evaluate: the series it records, its query, the labels it adds, and its interval in seconds.

    ``kept`` series are recorded when they change, else once a day, and as 0 when they are gone; the query is that of
    the value. While ``unless`` has no result, ``shorter`` has the result of the query; without it there is none.
    """

    record: str
    expr: str
    labels: Mapping[str, str]
    interval: int
    kept: bool = False
    unless: str = ""
    shorter: str = ""

    @property
    def daily(self) -> bool:
        """Whether the rule records once a day, and reads its own series of the last day to know whether it did.

        Rules that read rows of their own series as they are now, such as scopes of quotas, run as others.
        """
        return not self.kept and f"last_over_time({self.record}" in self.expr

    @cached_property
    def words(self) -> frozenset[str]:
        """The names in the query, those of series among them."""
        return frozenset(_NAME.findall(self.expr))


@dataclass(frozen=True)
class Target:
    """A server to query and a URL to write to; ``written`` is called after samples were written, for a flush."""

    prometheus: Prometheus
    write_url: str
    session: requests.Session
    written: Callable[[], None] = lambda: None


def steps(site: settings.Settings) -> tuple[Step, ...]:
    """Return every recording rule of these settings, in the order of their dependencies."""
    kept = {names.user(resource): homes.current(resource) for resource in KEPT}
    shares = {names.SHARE: membership.current(), names.ACTIVE_SHARE: membership.current_with_pods()}
    # Of these, the live rule also records how a series ends.
    current = {record: render.render(query, site.placeholders()) for record, query in {**kept, **shares}.items()}
    shorter = {
        shortcut.record: [render.render(query, site.placeholders()) for query in (shortcut.unless, shortcut.expr)]
        for shortcut in shortcuts()
    }
    return tuple(
        Step(
            rule["record"],
            current.get(rule["record"], rule["expr"]),
            rule.get("labels", {}),
            seconds(group["interval"]),
            rule["record"] in kept,
            *shorter.get(rule["record"], ()),
        )
        for group in fill.rule_groups(site)
        for rule in group["rules"]
    )


def backfill_chunk(target: Target, rules: Sequence[Step], start: int, end: int) -> int:
    """Record all rules for the instants of [start, end), Unix seconds on the GRID; return the number of samples.

    AT_ONCE rules are evaluated at the same time. Each has the result that it would have if they were evaluated one by
    one in their order.
    """
    waiting = dependencies(rules)
    total = 0
    with _without_garbage_collection(), ThreadPoolExecutor(AT_ONCE) as pool:
        running: dict[Future[int], int] = {}
        try:
            while waiting or running:
                for number in [number for number, earlier in waiting.items() if not earlier]:
                    del waiting[number]
                    running[pool.submit(_backfill_rule, target, rules[number], start, end)] = number
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    number = running.pop(future)
                    total += future.result()
                    for earlier in waiting.values():
                        earlier.discard(number)
        finally:
            pool.shutdown(cancel_futures=True)
    return total


def dependencies(rules: Sequence[Step]) -> dict[int, set[int]]:
    """Return for each rule, by its number, the earlier rules that must be finished before it is evaluated.

    Those are the rules whose series it reads, and the rules that read its series: they see it in the next chunk only.
    """
    return {
        number: {
            before
            for before, earlier in enumerate(rules[:number])
            if earlier.record in rule.words or rule.record in earlier.words
        }
        for number, rule in enumerate(rules)
    }


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Suspend the collector of cycles, which takes most of the time to parse an answer of a million small lists."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _backfill_rule(target: Target, rule: Step, start: int, end: int) -> int:
    first, last = _instants(rule, start, end)
    if first > last:
        return 0
    if rule.daily and first // DAY == last // DAY:  # a day's first result is that of its later hours
        last = min(last, max(first, first // DAY * DAY + rule.interval))
    instants = (first - rule.interval, last, rule.interval)
    expr = rule.expr
    if rule.unless and not _evaluate(target.prometheus, f"count({rule.unless})", *instants):
        expr = rule.shorter
    found = _evaluate(target.prometheus, expr, *instants) if expr else []
    recorded = [_recorded(rule, row, start, end) for row in found]
    return _write(target, rule, [(labels, points) for labels, points in recorded if points], start, end)


def _instants(rule: Step, start: int, end: int) -> tuple[int, int]:
    """Return the first and last instant of [start, end) at which the rule runs; there is none if the first is later."""
    return -(-start // rule.interval) * rule.interval, (end - 1) // rule.interval * rule.interval


def _evaluate(prometheus: Prometheus, expr: str, start: int, end: int, interval: int) -> list[RangeSeries]:
    """Return the query's values at start, start + interval, ..., end; halve the range if it is too much at once."""
    try:
        return prometheus.range(expr, start, end, interval)
    except (TooMuchError, TimedOutError):
        points = (end - start) // interval + 1
        if points == 1:
            raise
        middle = start + points // 2 * interval
        first = _evaluate(prometheus, expr, start, middle - interval, interval)
        merged = {frozenset(row.labels.items()): row for row in first}
        for row in _evaluate(prometheus, expr, middle, end, interval):
            key = frozenset(row.labels.items())
            merged[key] = replace(row, values=merged[key].values + row.values) if key in merged else row
        return list(merged.values())


def _recorded(rule: Step, row: RangeSeries, start: int, end: int) -> Series:
    """Return the recorded samples of a series; its value before ``start`` only shows whether it ended there."""
    labels = {**{k: v for k, v in row.labels.items() if k != "__name__"}, **rule.labels, "__name__": rule.record}
    points: list[tuple[int, float]] = []
    ended = 0.0 if rule.kept else STALE
    previous: float | None = None
    for at, value in _first_of_days(row.values, start) if rule.daily else row.values:
        if previous is not None and at > previous + rule.interval:
            points.append((round((previous + rule.interval) * 1000), ended))
        if at >= start:
            points.append((round(at * 1000), value))
        previous = at
    if previous is not None and previous + rule.interval < end:
        points.append((round((previous + rule.interval) * 1000), ended))
    return labels, list(_changes(points)) if rule.kept else points


def _first_of_days(values: Sequence[tuple[float, float]], start: int) -> Iterator[tuple[float, float]]:
    """Yield the first value of each UTC day, and what was before ``start``: within a chunk a rule cannot see it."""
    days: set[float] = set()
    for at, value in values:
        if at < start:
            yield at, value
        elif at // DAY not in days:
            days.add(at // DAY)
            yield at, value


def _changes(points: Sequence[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    """Yield the first point, those with another value than the one before, and one a day."""
    last: tuple[int, float] | None = None
    for point in points:
        if last is None or point[1] != last[1] or point[0] >= last[0] + DAY * 1000:
            last = point
            yield point


def _write(target: Target, rule: Step, recorded: list[Series], start: int, end: int) -> int:
    """Write the samples of a rule and return their number; after an interruption write only missing samples.

    Prometheus refuses another value of the same time, and two evaluations of a sum may differ in the last bit.
    """
    try:
        total = write(target.write_url, recorded, session=target.session)
    except WriteRejectedError as error:
        if "duplicate sample" not in str(error):
            raise
        total = write(target.write_url, _missing(target.prometheus, rule, recorded, start, end), session=target.session)
    if total:
        target.written()
    return total


def _missing(prometheus: Prometheus, rule: Step, recorded: list[Series], start: int, end: int) -> list[Series]:
    query = f"count_over_time({rule.record}[{rule.interval * 1000 - 1}ms])"
    there = {
        frozenset(row.labels.items()): {round(at * 1000) for at, _ in row.values}
        for row in prometheus.range(query, *_instants(rule, start, end), rule.interval)
    }
    missing: list[Series] = []
    for labels, points in recorded:
        key = frozenset((k, v) for k, v in dict(labels).items() if k != "__name__" and v)
        left = [point for point in points if point[0] not in there.get(key, ())]
        if left:
            missing.append((labels, left))
    return missing


def first_recorded(prometheus: Prometheus, start: int, end: int) -> int | None:
    """Return the start of the first 5 minutes of [start, end) with recorded series; None if there are none."""
    query = f"count(count_over_time({names.HUBS}[{GRID}s]))"
    last_moment = GRID - 0.001  # excludes the first sample of the next 5 minutes
    found = prometheus.range(query, start + last_moment, end - GRID + last_moment, GRID)
    return min((math.floor(at / GRID) * GRID for row in found for at, _ in row.values), default=None)


def _is_victoria_metrics(prometheus: Prometheus) -> bool:
    """Return whether the engine knows an operator that only VictoriaMetrics' language has."""
    try:
        prometheus.instant("vector(1) default 1")
    except BadQueryError:
        return False
    return True


@dataclass(frozen=True)
class Job:
    """A backfill that can be resumed.

    Its rules, its time range, the end of the finished part (Unix seconds), and the samples written for that.
    """

    url: str
    rules: str  # a digest of the rules
    start: int
    end: int
    done: int
    samples: int = 0


def resume(path: Path, job: Job) -> Job:
    """Return the job with the progress of the state file, or unchanged without such a file.

    Raises:
        BackfillError: The file belongs to another job, or is no state file.
    """
    if not path.exists():
        return job
    try:
        saved = Job(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise BackfillError(
            f"{path} is not a state file of hubmeter-backfill ({error}); delete it or pass another --state"
        ) from error
    if replace(saved, done=job.done, samples=job.samples) != job:
        raise BackfillError(
            f"{path} belongs to a backfill of {saved.url} from {_iso(saved.start)} to {_iso(saved.end)}, "
            f"or of other rules, finished up to {_iso(saved.done)}; finish it, delete the file or pass another --state"
        )
    return saved


def save(path: Path, job: Job) -> None:
    """Write the state file atomically, so that an interrupted run leaves the old one."""
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(job.__dict__, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)


def run(target: Target, rules: Sequence[Step], job: Job, chunk: int, state: Path, report: Callable[[str], None]) -> Job:
    """Finish the job, chunk by chunk from the oldest; report progress; remove the state file; return the job."""
    began = time.monotonic()
    first = job.done
    while job.done < job.end:
        end = min(job.done + chunk, job.end)
        samples = backfill_chunk(target, rules, job.done, end)
        job = replace(job, done=end, samples=job.samples + samples)
        save(state, job)
        left = (time.monotonic() - began) / (end - first) * (job.end - end)
        percent = 100 * (end - job.start) / (job.end - job.start)
        report(f"{percent:5.1f} %  up to {_iso(end)}, {samples} samples, about {math.ceil(left / 60)} min left")
    state.unlink(missing_ok=True)
    return job


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0: samples were written. 1: Prometheus refused or went away, or there was nothing to record. 2: the backfill
        could not start. 141: standard output was closed.
    """
    options = parser().parse_args(arguments)
    return until_closed(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    try:
        chunk = _chunk(options.chunk)
        target, rules, job = _prepare(options)
        job = resume(options.state, job)
        if options.state.exists():
            print(f"resuming at {_iso(job.done)}, from {options.state}", flush=True)
        elif (first := first_recorded(target.prometheus, job.start, job.end)) is not None:
            raise BackfillError(
                f"{job.url} has recorded series from {_iso(first)} on, and recording them again would count usage "
                f"twice; pass --to {_iso(first)} or earlier, or a later --from"
            )
        if _is_victoria_metrics(target.prometheus):
            raise BackfillError(
                f"{job.url} is VictoriaMetrics, which shows samples only seconds after it accepted them, so rules "
                "would miss what other rules recorded; use 'vmalert -replay.timeFrom=...' with the same rule files"
            )
        save(options.state, job)
        job = run(target, rules, job, chunk, options.state, lambda line: print(line, flush=True))
    except BrokenPipeError:
        raise
    except (BackfillError, SettingsError) as error:
        print(f"hubmeter-backfill: {error}", file=sys.stderr)
        return 2
    except (PrometheusError, TokenError, OSError) as error:
        print(f"hubmeter-backfill: {error}\nrun the same command again to resume", file=sys.stderr)
        return 1
    if not job.samples:
        print(
            f"hubmeter-backfill: nothing was recorded from {_iso(job.start)} to {_iso(job.end)}: no rule had a result. "
            "Prometheus has no pods of hubs in this time: compare --from and --to with its oldest data, pass the "
            "--settings of your rules, and see what hubmeter-doctor reports",
            file=sys.stderr,
        )
        return 1
    print(f"recorded {len(rules)} rules from {_iso(job.start)} to {_iso(job.end)}")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser."""
    result = argparse.ArgumentParser(
        prog="hubmeter-backfill",
        description="Computes the recorded series of the past from the raw series that Prometheus still has, so that "
        "dashboards show history from before Hubmeter. Prometheus needs --web.enable-remote-write-receiver and, in its "
        "configuration, a storage.tsdb.out_of_order_time_window that reaches back to --from. Groups are known only for "
        "the time in which the groups exporter was scraped; earlier usage is recorded without a group. On "
        "VictoriaMetrics use 'vmalert -replay.timeFrom=...' with the same rule files instead.",
        epilog="Example: hubmeter-backfill http://localhost:9090 --from 2026-10-01 --to 2026-11-01",
    )
    add_version(result)
    add = result.add_argument
    add(
        "url",
        help="Prometheus, for example http://localhost:9090; credentials come from --token-file, PROMETHEUS_TOKEN, or "
        "PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD",
    )
    add(
        "--from", dest="start", required=True, metavar="TIME",
        help="start: an ISO date or time, in UTC unless it has an offset",
    )  # fmt: skip
    add(
        "--to",
        dest="end",
        required=True,
        metavar="TIME",
        help="end (not included): the time at which the live rules began",
    )
    add("--settings", type=Path, metavar="FILE", help="the settings file of your rules")
    add("--write-url", metavar="URL", help="remote-write endpoint (default: URL/api/v1/write)")
    add("--token-file", type=Path, metavar="FILE", help="file with a bearer token for queries and writes")
    add(
        "--chunk", default="6h", metavar="DURATION",
        help="length of time that is computed at once (default: 6h); a shorter one needs less memory",
    )  # fmt: skip
    add(
        "--state", type=Path, default=Path("hubmeter-backfill.json"), metavar="FILE",
        help="file for the progress, with which the same command resumes after an interruption (default: %(default)s)",
    )  # fmt: skip
    return result


def _prepare(options: argparse.Namespace) -> tuple[Target, tuple[Step, ...], Job]:
    start, end = _moment("--from", options.start), _moment("--to", options.end)
    if end <= start:
        raise BackfillError(f"--to {options.end} must be later than --from {options.start}")
    session = requests.Session()
    session.auth = authentication(options.token_file, os.environ)
    session.headers["Accept-Encoding"] = "identity"  # compression takes a twentieth of all processor time
    rules = steps(settings.load(options.settings))
    url = options.url.rstrip("/")
    target = Target(Prometheus(url, session, timeout=120), options.write_url or f"{url}/api/v1/write", session)
    digest = hashlib.sha256(repr(rules).encode()).hexdigest()[:16]
    return target, rules, Job(re.sub(r"//[^/@]*@", "//", url), digest, start, end, start)


def _moment(option: str, text: str) -> int:
    """Return the Unix time, rounded down to the GRID."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BackfillError(
            f"{option} {text}: not an ISO date or time, such as 2026-10-01 or 2026-10-01T12:00:00Z"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return math.floor(moment.timestamp() / GRID) * GRID


def _chunk(text: str) -> int:
    try:
        length = seconds(text)
    except ValueError as error:
        raise BackfillError(f"--chunk {text}: {error}") from error
    if length % GRID:
        raise BackfillError(f"--chunk {text}: must be a multiple of 5m")
    return length


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%MZ")


if __name__ == "__main__":
    sys.exit(main())
