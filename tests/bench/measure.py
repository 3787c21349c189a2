"""One query and what it cost, as Prometheus itself counts it, and the tables in which figures are printed."""

import re
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import requests

from tests.bench.store import Store

TIMEOUT: Final = 120  # seconds; Prometheus' own limit for a query by default
_SAMPLED: Final = 6  # what subqueries read is counted at every sixth of their steps


@dataclass(frozen=True)
class Cost:
    """What a query cost: Prometheus' processor time and the time on the wall (seconds), samples, series found."""

    cpu: float
    wall: float
    samples: int
    series: int
    timed_out: bool = False


@dataclass(frozen=True)
class Span:
    """The times a range query asks for, in unix seconds."""

    start: float
    end: float
    step: float


def ask(store: Store, query: str, at: float | Span) -> Cost:
    """Ask once, at an instant or over a span. Raises `RuntimeError` for a query that Prometheus refuses."""
    form: dict[str, str | float] = {"query": query, "stats": "all", "timeout": f"{TIMEOUT}s"}
    if isinstance(at, Span):
        path = "query_range"
        form |= {"start": at.start, "end": at.end, "step": at.step}
    else:
        path = "query"
        form["time"] = at
    began, cpu_began = time.perf_counter(), store.cpu_seconds()
    try:
        answer = store.session.post(f"{store.url}/api/v1/{path}", data=form, timeout=TIMEOUT + 30)
    except requests.ReadTimeout:  # Prometheus looks at its own limit only now and then
        return Cost(store.cpu_seconds() - cpu_began, time.perf_counter() - began, 0, 0, timed_out=True)
    wall, cpu = time.perf_counter() - began, store.cpu_seconds() - cpu_began
    content = answer.json()
    if content["status"] != "success":
        error = content.get("error", "")
        # Where the time ends while series are being read, the error's type is "execution".
        if content.get("errorType") in {"timeout", "canceled"} or "deadline exceeded" in error:
            return Cost(cpu, wall, 0, 0, timed_out=True)
        raise RuntimeError(f"{error}: {query}")
    data = content["data"]
    return Cost(cpu, wall, data["stats"]["samples"]["totalQueryableSamples"], len(data["result"]))


def repeated(store: Store, query: str, at: float | Span, repeats: int, slow: float = 2.0) -> Cost:
    """Return the medians of ``repeats`` answers after one to warm up; where that one is ``slow`` it counts itself."""
    first = ask(store, query, at)
    if first.cpu <= slow and repeats > 1:
        costs = [ask(store, query, at) for _ in range(repeats)]
        cpu, wall = statistics.median(c.cpu for c in costs), statistics.median(c.wall for c in costs)
        return replace(first, cpu=cpu, wall=wall)
    return first


_SUBQUERY: Final = re.compile(
    r"\[(?P<range>\d+)(?P<unit>[smhd]):(?P<step>\d+)(?P<step_unit>[smhd])\]"
    r"(?P<end> @ (end\(\)|\d+))?( offset -[12]ms)?\s*$"
)
_HAS_SUBQUERY: Final = re.compile(r"\[\d+[smhd]:")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def exact(store: Store, cost: Cost, query: str, at: float | Span) -> Cost:
    """Return the cost with the samples that the query reads from series.

    Prometheus' own count has, for a subquery, the points of its result and not what these were computed from, and has
    them once for each step of the query. So each subquery is asked by itself, over the times that it covers, at some
    of its steps.
    """
    return replace(cost, samples=_touched(store, query, at)) if _HAS_SUBQUERY.search(query) else cost


def _touched(store: Store, query: str, at: float | Span) -> int:
    total, outer = 0, query
    for function in re.finditer(r"\w+_over_time\(", query):
        argument = query[function.end() : _closing(query, function.end())]
        subquery = _SUBQUERY.search(argument)
        if not subquery or f"{function[0]}{argument})" not in outer:
            continue  # a plain range, or inside another subquery
        outer = outer.replace(f"{function[0]}{argument})", "vector(0)", 1)
        length = int(subquery["range"]) * _SECONDS[subquery["unit"]]
        step = int(subquery["step"]) * _SECONDS[subquery["step_unit"]]
        last = at.end if isinstance(at, Span) else at
        first = (at.start if isinstance(at, Span) and not subquery["end"] else last) - length
        inner = argument[: subquery.start()]
        total += _SAMPLED * _touched(store, inner, Span(min(first + step * _SAMPLED, last), last, step * _SAMPLED))
    if total:
        return total + (_counted(store, outer, at) if re.search(r"\w\{", outer) else 0)
    return _counted(store, query, at)


def _counted(store: Store, query: str, at: float | Span) -> int:
    """Return the samples that a query without subqueries reads: in halves where the whole takes too long."""
    cost = ask(store, f"count({query})", at)
    if cost.timed_out and isinstance(at, Span) and at.end - at.start >= 2 * at.step:
        half = at.start + (at.end - at.start) // at.step // 2 * at.step
        return sum(_counted(store, query, replace(at, **part)) for part in ({"end": half}, {"start": half + at.step}))
    return cost.samples


def _closing(text: str, begin: int) -> int:
    """Return where the parenthesis that opened just before ``begin`` closes."""
    depth = 1
    for place in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    raise ValueError(f"unbalanced: {text}")


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first hold numbers."""
    lines = [f"| {' | '.join(header)} |", f"|---{'|--:' * (len(header) - 1)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def say(text: str) -> None:
    """Print a line of progress to standard error, so that standard output holds the tables only."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
