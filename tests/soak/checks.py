"""The checks of a soak. Each returns sentences about what was wrong; an empty list is a success."""

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import requests

from hubmeter_promql import names
from tests.soak import cluster, usage
from tests.soak.programs import Program, Resources
from tests.soak.site import INTERVAL, Site
from tests.waiting import PATIENCE

# Prometheus needs two rounds of scrapes and rules after its start.
SETTLED: Final = 3 * INTERVAL
_SHOWN: Final = 5
_BUCKET: Final = 300.0 + 120.0  # seconds before a bucket's time from which its samples are
_MATCHER: Final = f'{{namespace="{cluster.NAMESPACE}"}}'
Window = tuple[float, float]
Samples = dict[float, dict[tuple[str, str], float]]  # by time, then by (group, user)


def samples(url: str, series: str, begin: float, end: float) -> Samples:
    """Return the stored samples of a recorded series of the hub."""
    query = {"query": f"{series}{_MATCHER}[{end - begin:.0f}s]", "time": f"{end:.3f}"}
    answer = requests.post(f"{url}/api/v1/query", data=query, timeout=PATIENCE)
    answer.raise_for_status()
    found: Samples = defaultdict(dict)
    for row in answer.json()["data"]["result"]:
        labels = row["metric"].get("usergroup", ""), row["metric"].get("username", "")
        for at, value in row["values"]:
            found[float(at)][labels] = float(value)
    return found


def whole(site: Site, begin: float, end: float) -> list[str]:
    """Check that the hub's requested memory was recorded at each evaluation while Prometheus ran, with its value."""
    found = samples(site.prometheus_url, names.WHOLE_MEMORY_REQUESTS, begin, end)
    truth = _truth(site)
    wrong = [
        f"at {at:.0f}: {sum(rows.values()):.0f} bytes instead of {truth:.0f}, in {len(rows)} series"
        for at, rows in found.items()
        if not _excepted(at, at, site.prometheus) and (len(rows) != 1 or abs(sum(rows.values()) / truth - 1) > 1e-9)
    ]
    times = [begin, *sorted(found), end]
    lost = [
        f"no sample from {before:.0f} to {after:.0f}"
        for before, after in pairwise(times)
        if after - before > 1.5 * INTERVAL and not _excepted(before, after, site.prometheus)
    ]
    return lost + wrong


def groups(site: Site, begin: float, end: float) -> list[str]:
    """Check that groups and users without one added up to the hub at each evaluation."""
    found = samples(site.prometheus_url, names.group(names.MEMORY_REQUESTS), begin, end)
    truth = _truth(site)
    return [f"at {begin:.0f}: no sample"] * (not found) + [
        f"at {at:.0f}: groups have {sum(rows.values()):.0f} bytes, the hub {truth:.0f}"
        for at, rows in sorted(found.items())
        if abs(sum(rows.values()) / truth - 1) > 1e-9 and not _excepted(at, at, site.prometheus)
    ]


def shares(site: Site, begin: float, end: float) -> list[str]:
    """Check that no user counted more than once at a time."""
    found = samples(site.prometheus_url, names.ACTIVE_SHARE, begin, end)
    wrong = []
    for at, rows in sorted(found.items()):
        of_user: dict[str, float] = defaultdict(float)
        for (_, user), share in rows.items():
            of_user[user] += share
        if not _excepted(at, at, site.prometheus):
            wrong += [f"at {at:.0f}: {user} counts {part:g} times" for user, part in of_user.items() if part > 1 + 1e-9]
    return wrong + [f"at {begin:.0f}: no sample"] * (not found)


def buckets(site: Site, begin: float, end: float) -> list[str]:
    """Check that 5 minutes' usage of the groups is the hub's."""
    found = samples(site.prometheus_url, names.group(names.BUCKETS[names.MEMORY_REQUESTS]), begin, end)
    truth = _truth(site) / 12
    # A bucket is read a minute late. Before the soak there were no samples.
    checked = {at: sum(rows.values()) / truth for at, rows in sorted(found.items()) if at - _BUCKET >= begin}
    if not checked and end - begin > 2 * _BUCKET:
        return ["no bucket was recorded"]
    return [
        f"at {at:.0f}: {ratio:.6f} of the hub's usage"
        for at, ratio in checked.items()
        if abs(ratio - 1) > 1e-9 and not _excepted(at - _BUCKET, at, site.prometheus)
    ]


def bill(site: Site, now: float) -> list[str]:
    """Check that groups cost what they used times its price, and that all costs add up to the bill."""
    answer, truth = usage.ask(site.costs_url, now), usage.expected(now)
    got = {group: round(sum(by_day.values()), 2) for group, by_day in answer.groups.items()}
    wanted = {group: round(cost, 2) for group, cost in truth.items()}
    wrong = [] if got == wanted else [f"groups cost {got} instead of {wanted}"]
    return wrong + ([] if abs(answer.total - answer.bill) < 0.01 else [f"{answer.total} instead of {answer.bill}"])


def memberships(page: str, hub: dict[str, list[str]]) -> list[str]:
    """Check that the exporter's page has the groups that the hub has."""
    exported: dict[str, dict[str, float]] = defaultdict(dict)
    for labels, value in re.findall(r"(?m)^jupyterhub_user_group_share\{(.*)\} (\S+)$", page):
        pairs = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels))
        exported[pairs["username"]][pairs["usergroup"]] = float(value)
    wrong = []
    for user, of_hub in hub.items():
        if len(of_hub) > 1:
            wanted = {cluster.DEFAULT_GROUP: 1.0, **dict.fromkeys(of_hub, 0.0)}
        else:
            wanted = {of_hub[0] if of_hub else "none": 1.0}
        if exported[user] != wanted:
            wrong.append(f"{user}: {exported[user]} instead of {wanted}")
    return wrong


def flat(program: Program) -> list[str]:
    """Check that memory, files and threads of a program that was not restarted stay what they were."""
    rows = program.measured
    early, late = rows[len(rows) // 4 : len(rows) // 2], rows[-len(rows) // 4 :]
    if len(early) < 5:
        return [f"only {len(rows)} measurements"]

    def typical(part: Sequence[Resources]) -> Resources:
        return Resources(
            part[0].at,
            int(statistics.median(row.memory for row in part)),
            int(statistics.median(row.files for row in part)),
            int(statistics.median(row.threads for row in part)),
        )

    first, last = typical(early), typical(late)
    wrong = []
    if last.memory > first.memory * 1.05 + 4e6:
        wrong.append(f"memory grew from {first.memory / 1e6:.1f} to {last.memory / 1e6:.1f} MB")
    if last.files > first.files + 2:
        wrong.append(f"open files grew from {first.files} to {last.files}")
    if last.threads > first.threads + 2:
        wrong.append(f"threads grew from {first.threads} to {last.threads}")
    return wrong


def shown(found: Iterable[str]) -> str:
    """Return the first sentences, and the number of the others."""
    sentences = list(found)
    more = len(sentences) - _SHOWN
    return "; ".join(sentences[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _truth(site: Site) -> float:
    """Return the bytes of memory that running pods of the hub request; they are constant."""
    return sum(memory for memory, _ in cluster.expected(site.world, site.begin).values())


def _excepted(begin: float, end: float, prometheus: Program) -> bool:
    """Return whether Prometheus was down, or had started less than SETTLED seconds ago, at some time between these."""
    return any(down - INTERVAL <= end and begin <= up + SETTLED for down, up in prometheus.down)
