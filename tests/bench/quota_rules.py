"""What knowing everybody's use costs Prometheus: our rules, beside one query per user a minute.

A store is written in which every user has membership, a month of 5-minute buckets and policies. Then each rule of the
windows and of quotas is asked for one moment, and so are, of some users, the query that sums up that user's raw
requests over a window. The figures are Prometheus' processor time, the writing of answers included.
"""

import argparse
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hubmeter_common.durations import seconds
from hubmeter_generator import fill, settings
from hubmeter_generator.operate import backfill
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.bench.measure import Cost, markdown, repeated, say
from tests.bench.store import Store, prometheus, settle
from tests.bench.tape import Tape, Writer, labels, tape

DAY, HOUR, MINUTE, BUCKET = 86400, 3600, 60, 300
NOW = 1_767_225_600 + 30 * DAY  # 2026-01-31T00:00Z
GROUPS = 40
SESSION = 3 * HOUR  # a day of a tenth of the users
ASKED = 20  # users of whom the query per user is asked
WINDOWS = ("7d", "30d")
LIMITED = {"memory": "byte", "cpu": "core"}  # resources with limits, and their units in kube-state-metrics

# What others ask once a minute for each user and resource: the sum of raw requests of pods that look like the user's.
NAIVE = (
    'sum(sum_over_time(sum by (namespace) (kube_pod_container_resource_requests{namespace="prod", '
    'pod=~"jupyter-%s.*", resource="%s"})[%s:5m])) / 12'
)


@dataclass(frozen=True)
class Row:
    """One rule's cost, at an evaluation."""

    group: str
    interval: int
    record: str
    cost: Cost


def main() -> None:
    """Print the cost of a round of our rules at each size, and of as many queries as there are users."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.quota_rules", description=__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=[2000, 50_000], help="users (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="evaluations of each rule, of which the median counts")
    options = parser.parse_args()
    for users in options.users:
        with tempfile.TemporaryDirectory() as folder, prometheus(Path(folder) / "store") as store:
            _report(store, users, options.repeats)


def _report(store: Store, users: int, repeats: int) -> None:
    site = settings.make({"windows": list(WINDOWS)}, "the bench")
    _write(store, users)
    _record(store, site)
    settle(store)
    rows = list(_rules(store, site, repeats))
    naive = {window: _per_user(store, users, window, repeats) for window in WINDOWS}
    print(f"\nRules at {users:,} users, all of whom have limits of memory and CPU for {' and '.join(WINDOWS)}\n")
    print(markdown(("rule", "every", "ms", "samples", "rows"), (_cells(row) for row in rows)))
    print(f"\nSeconds of Prometheus' processor time a minute, at {users:,} users\n")
    print(markdown(("", *(f"{window}" for window in WINDOWS), "all windows"), _summary(rows, naive)))


def _cells(row: Row) -> Sequence[str]:
    cost = row.cost
    return (
        f"`{row.record}` ({row.group})",
        "1h" if row.interval == 3600 else f"{row.interval // 60}m",
        f"{1000 * cost.cpu:.0f}",
        f"{cost.samples:,}",
        f"{cost.series:,}",
    )


def _summary(rows: Sequence[Row], naive: dict[str, float]) -> Iterator[Sequence[str]]:
    def a_minute(chosen: Iterable[Row]) -> float:
        return sum(row.cost.cpu * MINUTE / row.interval for row in chosen)

    ours = a_minute(rows)
    windows = [a_minute(row for row in rows if window in row.group.split("-")) for window in WINDOWS]
    yield ("our rules of windows and quotas", *(f"{s:.3f} s" for s in windows), f"{ours:.3f} s")
    yield ("one query per user and resource", *(f"{s:.1f} s" for s in naive.values()), f"{sum(naive.values()):.1f} s")
    times = (f"{theirs / mine:,.0f}" for theirs, mine in zip(naive.values(), windows, strict=True))
    yield ("times less", *times, f"{sum(naive.values()) / ours:,.0f}")


def _rules(store: Store, site: settings.Settings, repeats: int) -> Iterator[Row]:
    for group in fill.rule_groups(site):
        if not group["name"].startswith(("hubmeter-quota", "hubmeter-window")):
            continue
        for rule in group["rules"]:
            if not _counts(rule["record"]):
                continue
            cost = repeated(store, rule["expr"], NOW, repeats)
            yield Row(group["name"], seconds(group["interval"]), rule["record"], cost)
        say(f"  {group['name']}")


def _counts(record: str) -> bool:
    """Tell whether a rule is needed to know everybody's use: those of groups and of active users are not."""
    return "quota" in record or (record.startswith("namespace_username_window:") and "server_hours" not in record)


def _per_user(store: Store, users: int, window: str, repeats: int) -> float:
    """Return the processor's seconds for a query of each user and resource, from those of some users."""
    costs = [
        repeated(store, NAIVE % (_name(number), resource, window), NOW, repeats)
        for number in range(0, users, users // ASKED)
        for resource in LIMITED
    ]
    return sum(cost.cpu for cost in costs) / ASKED * users


def _name(number: int) -> str:
    return f"user-{number:05d}"


def _write(store: Store, users: int) -> None:
    """Write who is in which group, the hub's policies, and 30 days of use: a session of hours each tenth day."""
    writer = Writer(store.write_url, store.session)
    for day in range(-30, 0):
        begin = NOW + day * DAY
        raw = tape(begin, MINUTE, [2.0**31] * (DAY // MINUTE))
        buckets = tape(begin, BUCKET, [2.0**31 / 12] * (DAY // BUCKET))
        for number in range(day % 10, users, 10):
            _write_session(writer, number, day, raw, buckets)
        writer.flush()
    now = tape(NOW - 15 * MINUTE, MINUTE, [1.0] * 16)
    for number in range(users):
        share = {"namespace": "prod", "usergroup": f"group-{number % GROUPS:02d}", "username": _name(number)}
        writer.add(labels(names.SHARE, share), now.encoded)
    for policy in _policies():
        writer.add(labels(f"jupyterhub_{names.QUOTA_POLICY_LIMIT}", policy), now.encoded)
    info = {"namespace": "prod", "instance": "hub", "intersection": "min"}
    writer.add(labels(f"jupyterhub_{names.QUOTA_INTERSECTION}", info), now.encoded)
    writer.flush()
    say(f"{users:,} users: {writer.samples:,} samples")


def _write_session(writer: Writer, number: int, day: int, raw: Tape, buckets: Tape) -> None:
    """Write a session of a user: the pod's requests each minute, and what rules make of them."""
    begin = number * 7919 % (DAY - SESSION)
    pod = {
        "namespace": "prod",
        "pod": f"jupyter-{_name(number)}",
        "uid": f"{number}-{day}",
        "container": "notebook",
        "node": f"node-{number % 50}",
        "instance": "kube-state-metrics",
        "job": "kube-state-metrics",
    }
    piece = raw.cut(begin // MINUTE, (begin + SESSION) // MINUTE)
    for resource, unit in LIMITED.items():
        of = {**pod, "resource": resource, "unit": unit}
        writer.add(labels("kube_pod_container_resource_requests", of), piece)
    user = {"namespace": "prod", "username": _name(number)}
    piece = buckets.cut(begin // BUCKET, (begin + SESSION) // BUCKET)
    for bucket in names.QUOTA_RESOURCES.values():
        writer.add(labels(names.user(bucket), user), piece)


def _policies() -> Iterator[dict[str, str]]:
    for resource in LIMITED:
        for window in WINDOWS:
            of = {"namespace": "prod", "instance": "hub", "resource": resource, "window": window}
            yield {**of, "scope": "everybody"}
            yield from ({**of, "scope": "group", "usergroup": f"group-{n:02d}"} for n in range(GROUPS))


def _record(store: Store, site: settings.Settings) -> None:
    """Compute what rules read of other rules, as of the moment that is asked for."""
    target = backfill.Target(Prometheus(store.url, store.session, timeout=300), store.write_url, store.session)
    steps = [step for step in backfill.steps(site) if _counts(step.record)]
    for step in steps:
        backfill.backfill_chunk(target, [step], NOW - step.interval, NOW + step.interval)
    say("  the rules' own results are recorded")


if __name__ == "__main__":
    os.nice(5)
    main()
