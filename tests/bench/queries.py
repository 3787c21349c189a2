"""What the panels of the Groups and Users dashboards cost Prometheus, against the same questions with raw joins.

A month of a cluster is written once and kept; then every query of every panel is asked as Grafana asks it, and again
with each recorded series replaced by the join of raw series that it stands for.
"""

import argparse
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hubmeter_common.durations import seconds
from hubmeter_generator import settings
from hubmeter_promql import names
from hubmeter_promql.client import Prometheus
from tests.bench import month, raw
from tests.bench.measure import Cost, Span, exact, markdown, repeated, say
from tests.bench.store import Store, prometheus, settle
from tests.sim.worlds import large_world

ROOT = Path(__file__).parents[2]
DAY = 86400
POINTS = 1500  # a panel over the whole width of a screen; Grafana asks for a point a pixel
STEPS = (60, 120, 300, 600, 900, 1200, 1800, 3600, 7200)  # Grafana rounds to such steps; recorded is once a minute
# Raw joins do not know since when usage is recorded, and raw.py makes none of quantiles over time; the month has no
# starts, quotas and prices.
_NOT_IN_MODEL = (
    names.SERVER_START, names.QUOTA_RATIO, names.UNIT_PRICE, "quantile_over_time",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One query of one panel, with the variables still in it."""

    board: str
    panel: str
    expression: str
    instant: bool
    width: int  # of the panel, in 24ths of the screen
    at_least: int  # seconds: the panel's own least step
    collapsed: bool  # in a row that is opened by a click
    variable: Mapping[str, Any] = field(default_factory=dict, hash=False)  # the hidden variable that it is of, if any

    def step(self, days: int) -> int:
        """Return the step in seconds that Grafana chooses for this panel over so long a time range."""
        wanted = max(days * DAY / (POINTS * self.width / 24), 60)
        return max(min(STEPS, key=lambda step: abs(step - wanted)), self.at_least)


@dataclass(frozen=True)
class Answer:
    """A question over a number of days, what it cost and what the same with raw joins cost."""

    question: Question
    days: int
    ours: Cost
    raw: Cost | None


def main() -> None:
    """Build the store where it is missing, ask everything and print each table as soon as it is whole."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.queries", description=__doc__)
    parser.add_argument("--users", type=int, default=2000, help="registered users (default: %(default)s)")
    parser.add_argument("--running", type=int, default=200, help="servers that run at a time (default: %(default)s)")
    parser.add_argument(
        "--days",
        type=int,
        default=7,
        help="length of the history; the figures in docs/performance.md are of 30 (default: %(default)s)",
    )
    parser.add_argument(
        "--ranges",
        type=int,
        nargs="+",
        default=[1, 7, 30],
        help="time ranges in days; longer ones than the history are left out",
    )
    parser.add_argument(
        "--repeats",
        type=int,
        default=3,
        help="times each of our queries is asked, the median counts; raw ones are asked once",
    )
    parser.add_argument("--no-raw", action="store_true", help="ask our queries only")
    parser.add_argument("--panels", default="", help="only panels whose title matches this regular expression")
    parser.add_argument(
        "--dashboards", type=Path, default=ROOT / "dashboards", help="folder of the generated dashboards"
    )
    parser.add_argument("--cache", type=Path, default=ROOT / ".cache", help="where built stores are kept")
    options = parser.parse_args()
    boards = (options.dashboards / f"{board}.json" for board in ("groups", "users"))
    questions = [q for board in boards for q in read(board) if _in_model(q)]
    with _month(options.cache, options.users, options.running, options.days, _names(questions)) as store:
        for user, who in ((".*", "everybody"), (_a_user(store), "one user")):
            chosen = [q for q in questions if user == ".*" or q.board == "users"]
            chosen = [q for q in chosen if re.search(options.panels, q.panel)]
            for board in dict.fromkeys(q.board for q in chosen):
                for days in (days for days in options.ranges if days <= options.days):
                    own = [q for q in chosen if q.board == board]
                    print(f"\n{board}, {who}, {days} days\n")
                    print(_table(list(_ask_all(store, own, days, user, options))), flush=True)


def read(path: Path) -> Iterator[Question]:
    """Yield the queries of a dashboard: those of hidden variables, and of panels, in collapsed rows too."""
    board = json.loads(path.read_text(encoding="utf-8"))
    for variable in board["templating"]["list"]:
        if variable["type"] == "query" and variable["hide"]:
            query = variable["query"]["query"].removeprefix("query_result(").removesuffix(")")
            yield Question(path.stem, f"${variable['name']}", query, True, 24, 60, False, variable)

    def panels(items: Sequence[dict[str, Any]], *, collapsed: bool = False) -> Iterator[Question]:
        for panel in items:
            yield from panels(panel.get("panels", []), collapsed=True)
            for target in panel.get("targets", []):
                least = seconds(panel["interval"]) if "interval" in panel else 60
                yield Question(
                    path.stem,
                    panel["title"],
                    target["expr"],
                    bool(target.get("instant")),
                    panel["gridPos"]["w"],
                    least,
                    collapsed,
                )

    yield from panels(board["panels"])


def _in_model(question: Question) -> bool:
    if names.USAGE_RECORDED in question.expression and not question.variable:
        return False
    return not any(name in question.expression for name in _NOT_IN_MODEL)


def _names(questions: Sequence[Question]) -> set[str]:
    return {name for q in questions for name in raw.recorded(q.expression)}


@contextmanager
def _month(cache: Path, users: int, running: int, days: int, needed: set[str]) -> Iterator[Store]:
    """Run Prometheus on the month's store; built anew where panels need series that it does not hold."""
    folder = cache / f"bench-{users}-{running}-{days}"
    done = folder / "series.json"
    again = done.exists() and needed <= set(json.loads(done.read_text(encoding="utf-8")))
    with prometheus(folder, again=again) as store:
        if not again:
            say(f"{users:,} users, {running:,} running, {days} days: the month")
            world = large_world(month.END - days * DAY, users=users, running=running, days=days)
            windows = {name: seconds(name) // 60 for name in settings.load().windows}
            model = month.Month(world, needed, windows)
            month.write(store, model)
            say(f"  {month.check(store, model):,} values equal what the rules give")
            done.write_text(json.dumps(sorted(needed)), encoding="utf-8")
        settle(store)
        yield store


def _ask_all(
    store: Store, questions: Sequence[Question], days: int, user: str, options: argparse.Namespace
) -> Iterator[Answer]:
    """Ask each question, and each different raw one once: panels repeat them, Prometheus does not remember."""
    seen: dict[tuple[str, float | Span], Cost] = {}
    values = {"username": user}
    for question in questions:
        step = question.step(days)
        expression = substituted(question.expression, days, step, values)
        span = Span(month.END - days * DAY + step, month.END, step)
        at = month.END - 60 if question.instant else span
        ours = exact(store, repeated(store, expression, at, options.repeats), expression, at)
        if question.variable:
            values[question.variable["name"]] = _value(store, question.variable, expression)
        if options.no_raw:
            say(f"  {days} days, {question.panel}: {ours.cpu:.3f} s")
            yield Answer(question, days, ours, None)
            continue
        if question.variable:  # raw joins read all users: to find those with the most, they would read as much
            yield Answer(question, days, ours, Cost(0, 0, 0, 0))
            continue
        everyone = dict.fromkeys(values, ".*") | {"username": user, "now": "end()", "by_day": "no"}
        joined = raw.raw(
            substituted(question.expression, days, step, everyone),
            max(300, min(STEPS, key=lambda s: abs(s - days * DAY / POINTS))),
        )
        if (joined, at) not in seen:
            seen[joined, at] = exact(store, repeated(store, joined, at, 1), joined, at)
        cost = seen[joined, at]
        say(f"  {days} days, {question.panel}: {ours.cpu:.3f} s, raw {cost.cpu:.1f} s")
        yield Answer(question, days, ours, cost)


def substituted(expression: str, days: int, step: int, values: Mapping[str, str]) -> str:
    """Return the query with Grafana's variables filled in: all hubs and groups, and the given values."""
    known = {"__range_s": f"{days * DAY}", "__range": f"{days * DAY}s", "__interval": f"{step}s"}
    known |= {"hub": ".*", "usergroup": ".*", "now": "end()", **values}
    expression = re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda found: known.get(found[1] or found[2], found[0]), expression)
    if "$" in expression:
        raise ValueError(f"a variable that this bench does not know: {expression}")
    return expression


def _value(store: Store, variable: Mapping[str, Any], query: str) -> str:
    """Return the value of a hidden variable as Grafana puts it into a query."""
    if variable["name"] == "now":
        return f"{month.END - 60}"
    found = Prometheus(store.url, store.session).instant(query, month.END - 60)
    if not variable["multi"]:
        labels = "".join(f'{name}="{value}"' for name, value in found[0].labels.items())
        value = f"{found[0].value:.3f}".removesuffix(".000")
        match = re.search(variable["regex"].strip("/"), f"{{{labels}}} {value} {month.END - 60}")
        assert match, variable["name"]
        return match[1]
    return "(" + "|".join(re.escape(row.labels["username"]).replace("\\", "\\\\") for row in found) + ")"


def _a_user(store: Store) -> str:
    """Return the user who had servers for most of the last day, as Grafana writes a chosen value into a pattern."""
    found = Prometheus(store.url, store.session).instant(
        f"topk(1, count_over_time(namespace_username:servers:count[{DAY}s]))", month.END - 60
    )
    return re.escape(found[0].labels["username"]).replace("\\", "\\\\")


def _table(answers: Sequence[Answer]) -> str:
    """Return a row for each query and one for all; latency is on the wall, the ratio is of processor time.

    Panels of collapsed rows are not in the view that Grafana opens.
    """
    header: Sequence[str] = ("panel", "s", "latency s", "samples")
    if all(a.raw for a in answers):
        header = (*header, "raw s", "raw latency s", "raw samples", "times faster", "times fewer")
    opened = [a for a in answers if not a.question.collapsed]
    rows = [_row(a.question.panel + " (collapsed)" * a.question.collapsed, [a]) for a in answers]
    return markdown(header, [*rows, _row("**all that is not collapsed**", opened)])


def _row(name: str, answers: Sequence[Answer]) -> Sequence[str]:
    ours, few = sum(a.ours.cpu for a in answers), sum(a.ours.samples for a in answers)
    cells = (name, f"{ours:.3f}", f"{sum(a.ours.wall for a in answers):.3f}", f"{few:,}")
    joined = [a.raw for a in answers if a.raw]
    if len(joined) < len(answers):
        return cells
    cpu, many = sum(cost.cpu for cost in joined), sum(cost.samples for cost in joined)
    more = ">" if any(cost.timed_out for cost in joined) else ""
    return (
        *cells,
        f"{more}{cpu:.1f}",
        f"{more}{sum(cost.wall for cost in joined):.1f}",
        f"{many:,}",
        f"{more}{cpu / ours:.0f}",
        f"{many / max(few, 1):.0f}",
    )


if __name__ == "__main__":
    main()
