"""Fills the demo's Prometheus with a past: the model, what exporters expose now, and the last hour by the rules.

The model (tests/demo/history.py) covers what the rules record from pods. Before that, prices come from the real cost
exporter; after it, quotas of the last week are evaluated by the real rules once an hour, and everything else of the
last hour as a backfill does it.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from hubmeter_common.durations import seconds
from hubmeter_generator.operate import backfill
from hubmeter_generator.operate.remote_write import Series, write
from hubmeter_generator.settings import Settings
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.demo.history import History
from tests.demo.prometheus import Running
from tests.demo.site import HUBS, STEP, Site
from tests.sim.cluster import DAY, HOUR
from tests.sim.history import history

TAIL: Final = 900  # seconds before the last full hour at which the rules' part begins
_BEFORE: Final = 900  # seconds of raw series before the rules' part
_QUOTA_DAYS: Final = 7
_PRICES: Final = 6 * 3600  # how often dashboards read prices of the past
# Usage is summed for users with a limit only: limits come first, although they are recorded later.
_LIMITS: Final = (names.QUOTA_MEMBERSHIP, names.QUOTA_SCOPE, names.QUOTA_LIMIT_BY_POLICY, names.QUOTA_LIMIT)
# Recorded once an hour in the past, because dashboards read their present values only.
_HOURLY: Final = (
    names.QUOTA_SCOPE, names.QUOTA_LIMIT_BY_POLICY, names.QUOTA_NEAREST, names.QUOTA_WINDOW_USERS,
)  # fmt: skip
_COUNTED: Final = (names.USAGE_SEEN, names.USAGE_RECORDED)
# Ends of the names of what happened in a time: another sample would count it again.
_ONCE: Final = ("sum5m", "count5m", "sum1d", "count1d", "first")
# Counters of decisions have a past of their own.
_COUNTERS: Final = ("_total", "_bucket", "_count", "_sum", "_created")
_BATCH: Final = 50_000


@dataclass(frozen=True)
class Page:
    """A target's metrics page, and the labels that a scrape adds."""

    url: str
    labels: dict[str, str]


@dataclass(frozen=True)
class Past:
    """The past of a site, written into ``server`` in the order of the methods below."""

    site: Site
    server: Running
    session: requests.Session
    rules: Settings
    say: Callable[[str], None]

    @property
    def end(self) -> int:
        """The end of the model's part; from there on the rules are evaluated."""
        return int(self.site.now // HOUR * HOUR) - TAIL

    def write_usage(self, of: History) -> None:
        """Write usage and everything else that no price is needed for."""
        self._write("usage", of.usage())

    def write_costs(self, of: History, costs: Page) -> None:
        """Write the recorded costs at the exporter's prices, and the exporter's page as it was."""
        rows = _rows(costs, "jupyterhub_")
        prices: dict[tuple[int, str, str], float] = {}
        unit_price = f"jupyterhub_{names.UNIT_PRICE}"
        for row, value in rows:
            if row["__name__"] == unit_price:
                key = int(row["day"]), row["namespace"], row["driver"]
                prices[key] = prices.get(key, 0.0) + value
        self._write("costs", of.costs(prices))
        first, last = self.site.start, self.end - _BEFORE
        recent = range(max(first, last - int(DAY)) // STEP * STEP, last, STEP)
        older = range(-(-first // _PRICES) * _PRICES, recent.start, _PRICES)
        times = [*older, *recent]
        self._write("prices", (_at(row, value, times, time.time()) for row, value in rows))

    def write_pages(self, pages: Sequence[Page], prometheus: Page) -> None:
        """Write what exporters expose as if they had been scraped for a day, and hubs' quotas for a week."""
        now = int(time.time())
        last = self.end - _BEFORE
        day, whole_day = (range(max(self.site.start, t - int(DAY)) // STEP * STEP, t, STEP) for t in (last, now))
        week, whole_week = (
            range(max(self.site.start, t - _QUOTA_DAYS * int(DAY)) // STEP * STEP, t, STEP) for t in (last, now)
        )
        series: list[Series] = []
        for page in pages:
            scraped = _rows(page, "jupyterhub_")
            for row, value in scraped:
                if "_quota_" not in row["__name__"]:
                    series.append(_at(row, value, day, now))
                elif not row["__name__"].endswith(_COUNTERS):
                    series.append(_at(row, value, week, now))
            for name, value in (("scrape_duration_seconds", 0.004), ("scrape_samples_scraped", float(len(scraped)))):
                noise = [(t * 1000, value * (1 + 0.3 * math.sin(t / 900) ** 2)) for t in whole_day]
                series.append(({"__name__": name, **page.labels}, noise))
            if namespace := page.labels.get("namespace"):
                series += self._decisions(page, namespace, whole_week)
        series += self._rule_groups(prometheus, whole_day)
        self._write("exporters", series)

    def _decisions(self, page: Page, namespace: str, times: Sequence[int]) -> Iterator[Series]:
        """Yield the hub's counters of decisions: of each session one."""
        starts = [s.begin for s in self.site.sessions if s.person.namespace == namespace]
        counts = [sum(begin <= t for begin in starts) for t in times]
        prefix = f"jupyterhub_{names.QUOTA_DECISIONS}".removesuffix("_total")
        for outcome, part in (("allowed", 1.0), ("denied", 0.04)):
            row = {"__name__": f"{prefix}_total", "outcome": outcome, **page.labels}
            yield row, [(t * 1000, float(math.floor(n * part))) for t, n in zip(times, counts, strict=True)]
        for limit, part in ((0.005, 0.62), (0.01, 0.9), (0.025, 0.98), (0.05, 1.0), (10.0, 1.0), (math.inf, 1.0)):
            le = "+Inf" if limit == math.inf else str(limit)
            row = {"__name__": f"jupyterhub_{names.QUOTA_DECISION_DURATION}_bucket", "le": le, **page.labels}
            yield row, [(t * 1000, float(math.floor(n * part))) for t, n in zip(times, counts, strict=True)]

    def _rule_groups(self, prometheus: Page, times: Sequence[int]) -> Iterator[Series]:
        """Yield Prometheus' own metrics of the rules: times of evaluation that grow with the number of rules."""
        for file in sorted((self.server.config.parent / "rules").glob("*.yaml")):
            for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
                of = {"rule_group": f"{file};{group['name']}", **prometheus.labels}
                interval = float(seconds(group.get("interval", "1m")))
                took = 0.0007 * len(group["rules"])
                values = {
                    "last_duration_seconds": [took * (1 + 0.4 * math.sin(t / 700 + took * 1e4) ** 2) for t in times],
                    "interval_seconds": [interval] * len(times),
                    "iterations_missed_total": [0.0] * len(times),
                }
                for name, row in values.items():
                    points = [(t * 1000, value) for t, value in zip(times, row, strict=True)]
                    yield {"__name__": f"prometheus_rule_group_{name}", **of}, points
                failures = [(t * 1000, 0.0) for t in times]
                yield {"__name__": "prometheus_rule_evaluation_failures_total", **of}, failures

    def evaluate_quotas(self) -> None:
        """Evaluate the rules of quotas once an hour of the last week, and write each value for its hour."""
        begun, total = time.monotonic(), 0
        client = Prometheus(self.server.url, self.session, timeout=300)
        last = self.end // 3600 * 3600
        first = max(self.site.start + 7200, last - _QUOTA_DAYS * int(DAY)) // 3600 * 3600
        steps = [step for step in backfill.steps(self.rules) if _is_of_quotas(step)]
        for step in sorted(steps, key=lambda step: step.record not in _LIMITS):
            held: list[Series] = []
            for found in client.range(step.expr, first, last, 3600):
                labels = {**{k: v for k, v in found.labels.items() if k != "__name__"}, **step.labels}
                holds = (0,) if _is_hourly(step) else range(0, 3600, STEP)
                points = [(round(t + s) * 1000, value) for t, value in found.values for s in holds if t + s < self.end]
                held.append(({**labels, "__name__": step.record}, points))
            total += self._send(held)
        self._report("quotas", total, begun)

    def evaluate_rest(self, pages: Sequence[Page]) -> int:
        """Write the raw series of the last hour up to now, and evaluate all rules of it; return its end."""
        begun = time.monotonic()
        now = int(time.time())
        first = self.end - _BEFORE
        total = sum(self._send(chunk) for chunk in history(self.site.world, first, now))
        times = list(range(first, now, 60))
        total += self._send(
            _at(row, value, times, now)
            for page in pages
            for row, value in _rows(page, "jupyterhub_")
            if not row["__name__"].endswith(_COUNTERS)
        )
        target = backfill.Target(
            Prometheus(self.server.url, self.session, timeout=300), self.server.write_url, self.session
        )
        steps = [step for step in backfill.steps(self.rules) if step.record not in _COUNTED]
        # Rules of usage read the limits of the chunk before.
        hour = self.end + TAIL
        total += backfill.backfill_chunk(target, steps, self.end, hour)
        total += backfill.backfill_chunk(target, steps, hour, now)
        total += self._send(self._recorded(now))
        self._report("last hour", total, begun)
        return now

    def repeat_last(self) -> None:
        """Write the newest values of rules that run each few minutes again: live rules take as long to run first."""
        now = int(time.time())
        series = "|".join(
            {
                step.record
                for step in backfill.steps(self.rules)
                if 60 < step.interval <= STEP and not step.kept and not step.record.endswith(_ONCE)
            }
        )
        found = Prometheus(self.server.url, self.session).instant(f'{{__name__=~"{series}"}}', now)
        self._send((row.labels, [(now * 1000, row.value)]) for row in found)

    def _recorded(self, now: int) -> Iterator[Series]:
        """Yield the series of the recorded part, so that live rules count no minute a second time."""
        last = now // STEP * STEP
        for namespace in HUBS:
            row = {"namespace": namespace}
            points = [(t * 1000, STEP / 60) for t in range(self.end, last + 1, STEP)]
            yield {"__name__": names.USAGE_RECORDED, **row}, points
            uncounted = range(last, now + 1, 60)
            yield {"__name__": names.USAGE_SEEN, **row}, [(t * 1000, 1.0) for t in uncounted]

    def _send(self, series: Iterable[Series]) -> int:
        return write(self.server.write_url, series, session=self.session, batch_samples=_BATCH)

    def _write(self, name: str, series: Iterable[Series]) -> None:
        begun, total = time.monotonic(), 0
        shown = begun
        batch: list[Series] = []
        size = 0

        def flush() -> None:
            nonlocal total, batch, size
            total += self._send(batch)
            batch, size = [], 0

        for row in series:
            batch.append(row)
            size += len(row[1])
            if size >= _BATCH:
                flush()
                if time.monotonic() - shown > 5:
                    shown = time.monotonic()
                    self.say(f"history            {name}: {total / 1e6:.1f} million samples so far")
        flush()
        self._report(name, total, begun)

    def _report(self, name: str, total: int, begun: float) -> None:
        self.say(f"history            {name}: {total:,} samples in {time.monotonic() - begun:.0f} s")


def _is_of_quotas(step: backfill.Step) -> bool:
    """Whether a rule is of quotas, or of usage in their windows."""
    return "quota_" in step.record or (
        "_window:" in step.record and "active_users" not in step.record and "history_start" not in step.record
    )


def _is_hourly(step: backfill.Step) -> bool:
    """Whether dashboards read no past values of a rule of quotas."""
    return step.record in _HOURLY or "quota_" not in step.record


def _rows(page: Page, prefix: str) -> list[tuple[dict[str, str], float]]:
    """Return the series of a page that begin so, with their values now."""
    answer = requests.get(page.url, timeout=60)
    answer.raise_for_status()
    return [
        ({**page.labels, **sample.labels, "__name__": sample.name}, sample.value)
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name.startswith(prefix)
    ]


def _at(row: dict[str, str], value: float, times: Sequence[int], now: float) -> Series:
    """Return a series with this value at these times: a time as old as it is now, and of a day from that day on."""
    if row["__name__"].endswith("_refresh_timestamp_seconds"):
        return row, [(t * 1000, t - 2.0 - t % 3000 / 60) for t in times]  # a refresh a minute, at times
    if row["__name__"].endswith("_timestamp_seconds") and not row["__name__"].endswith("_start_timestamp_seconds"):
        return row, [(t * 1000, value - (now - t)) for t in times]
    if day := row.get("day"):
        return row, [(t * 1000, value) for t in times if t >= int(day) * DAY]
    return row, [(t * 1000, value) for t in times]
