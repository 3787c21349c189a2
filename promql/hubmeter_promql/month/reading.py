"""Reads what reports are about: billed costs and usage from the cost API, recorded series from Prometheus.

The queries are those of the dashboards Group bill and Usage report, for a month.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from hubmeter_promql import cost_parts, matchers, names, render
from hubmeter_promql.bills import COMPUTE, GPU, HOME_STORAGE, IDLE, RESTS, UNALLOCATED, BillState, days_of, start_of
from hubmeter_promql.client import Prometheus
from hubmeter_promql.month.cost_api import CostApi
from hubmeter_promql.month.model import Forecast
from hubmeter_promql.month.period import Period, first_of
from hubmeter_promql.names import NO_GROUP

Pair = tuple[str, str, str]  # group, hub, user
Amounts = dict[Pair, dict[str, float]]  # by component of the bill

_GIB: Final = 2.0**30
_DAY: Final = 86_400
# The states of days whose bill is complete enough for a price.
_BILLED: Final = frozenset({"settled", "estimated"})
# Drivers of costs: the component that they divide, and the unit of its usage.
_DRIVERS: Final = {"compute": (COMPUTE, _GIB), "home": (HOME_STORAGE, _GIB), "gpu": (GPU, 1.0)}
# Of a group in the period: field of `Usage`, bucket, unit.
_HOURS: Final = (
    ("server_hours", names.SERVERS, 1.0), ("memory_requested", names.MEMORY_REQUESTS, _GIB),
    ("memory_used", names.MEMORY_WORKING_SET, _GIB), ("cpu_requested", names.CPU_REQUESTS, 1.0),
    ("cpu_used", names.CPU_USAGE, 1.0), ("gpu_hours", names.GPU_REQUESTS, 1.0),
)  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """What to read.

    Attributes:
        groups: Empty for all.
        labels: Select the series of these hubs if several clusters share a Prometheus.
        metrics_prefix: Of the exported metrics.
        hub: Namespace of the only hub; "" for all.
    """

    groups: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    metrics_prefix: str = "jupyterhub"
    hub: str = ""


@dataclass(frozen=True)
class Data:
    """What was read. Costs are US dollars.

    Attributes:
        states: Of each day of the period and the months before.
        costs: Billed costs by group and day, including ``RESTS``.
        estimates: Estimated costs of the other days of the period by group and day, likewise.
        billed: Bill of each day of the period.
        member_costs: Billed costs.
        member_estimates: Estimated costs of the other days.
        member_usage: GiB-hours or GPU-hours.
        server_hours: Of members.
        usage: By field of `Usage` and group; a field without any group is not known.
        budgets: Of groups.
        forecasts: Of groups.
        recorded_hours: Hours with recorded usage in the period, by hub.
        usage_since: Unix time of the oldest usage in the period, None if there is none.
        first_day: The first whole day with recorded usage if nothing else is known of days before; None with the cost
            API, whose ledger goes further back.
    """

    states: Mapping[date, BillState]
    costs: Mapping[str, Mapping[date, float]]
    estimates: Mapping[str, Mapping[date, float]]
    billed: Mapping[date, float]
    member_costs: Amounts
    member_estimates: Mapping[Pair, float]
    member_usage: Amounts
    server_hours: Mapping[Pair, float]
    usage: Mapping[str, Mapping[str, float]]
    budgets: Mapping[str, float]
    forecasts: Mapping[str, Forecast]
    recorded_hours: Mapping[str, float]
    usage_since: float | None
    first_day: date | None = None


@dataclass(frozen=True)
class _Billed:
    """The part of `Data` that the cost API knows longer than Prometheus."""

    states: Mapping[date, BillState]
    costs: Mapping[str, Mapping[date, float]]
    billed: Mapping[date, float]
    member_costs: Amounts
    member_usage: Amounts


def is_billed(state: BillState) -> bool:
    """Return whether the costs of a day are those of its bill."""
    return state in _BILLED


def read(api: CostApi | None, prometheus: Prometheus, period: Period, selection: Selection, now: float) -> Data:
    """Return the data of the period.

    Args:
        api: The cost API; without it, bills are those that Prometheus has, and the bill of a day that is not settled is
            open.
        prometheus: Stores the recorded series.
        period: The days.
        selection: Of groups and series.
        now: Unix time in seconds.

    Raises:
        CostApiError: The cost API did not answer.
        PrometheusError: A query failed.
    """
    recorded = _Recorded(prometheus, period, selection, now)
    bills = _of_api(api, period, selection) if api else recorded.bills()
    open_days = [day for day in period.days if not is_billed(bills.states.get(day, "missing"))]
    return Data(
        states=bills.states,
        costs=bills.costs,
        estimates=recorded.estimates(open_days),
        billed=bills.billed,
        member_costs=bills.member_costs,
        member_estimates=recorded.member_estimates(open_days),
        member_usage=bills.member_usage,
        server_hours=recorded.server_hours(),
        usage=recorded.usage(),
        budgets=recorded.budgets(),
        forecasts=recorded.forecasts(),
        recorded_hours=recorded.hours(),
        usage_since=recorded.since(),
        first_day=None if api else recorded.first_day(),
    )


def _of_api(api: CostApi, period: Period, selection: Selection) -> _Billed:
    months = period.months[0]
    only: dict[str, str | list[str]] = {"usergroup": [_in_braces(sorted(selection.groups))]} if selection.groups else {}
    if selection.hub:
        only["hub"] = [_in_braces([selection.hub])]
    states = {date.fromisoformat(row["date"]): row["state"] for row in api.rows("/days", months, period.last)}
    with_rests = dict(only)
    if selection.groups:
        with_rests["usergroup"] = [_in_braces(sorted({*selection.groups, *RESTS}))]
    costs: dict[str, dict[date, float]] = defaultdict(dict)
    for row in api.rows("/total-costs-per-group", months, period.last, **with_rests):
        costs[row["usergroup"]][date.fromisoformat(row["date"])] = row["cost"]
    path, name = ("/total-costs-per-hub", selection.hub) if selection.hub else ("/total-costs", "attributable")
    billed = {
        date.fromisoformat(row["date"]): row["cost"]
        for row in api.rows(path, period.first, period.last)
        if row["name"] == name
    }
    everyone: dict[str, str | list[str]] = {**only, "user": ["all", "expired"]}
    member_costs = _summed(
        row
        for row in api.rows("/costs-per-user", period.first, period.last, **everyone)
        if is_billed(states[date.fromisoformat(row["date"])])
    )
    member_usage = _summed(api.rows("/usage-per-user", period.first, period.last, **everyone))
    return _Billed(states, costs, billed, member_costs, member_usage)


def members(api: CostApi, group: str) -> list[str]:
    """Return the present members of a group. Raises `CostApiError`."""
    return [row["username"] for row in api.read("/user-groups", usergroup=_in_braces([group]))]


def _in_braces(groups: Iterable[str]) -> str:
    """Return names as a filter of the cost API, each in double quotes."""
    quoted = (re.sub(r'(["\\])', r"\\\1", group) for group in groups)
    return "{" + ",".join(f'"{group}"' for group in quoted) + "}"


def _summed(rows: Iterable[Mapping[str, Any]]) -> Amounts:
    """Return the values of users by component, summed over the days."""
    result: Amounts = defaultdict(lambda: defaultdict(float))
    for row in rows:
        result[row["usergroup"], row["hub"], row["user"]][row["component"]] += row["value"]
    return result


class _Recorded:
    """Queries of recorded series. All methods raise `PrometheusError`."""

    def __init__(self, prometheus: Prometheus, period: Period, selection: Selection, now: float) -> None:
        self._prometheus = prometheus
        self._period = period
        self._now = now
        # The end of the period, as Grafana evaluates it, or now if that is earlier.
        self._at = min(period.end - 0.001, now)
        chosen = selection.groups | {""} if NO_GROUP in selection.groups else selection.groups
        self._groups = [render.literal(matchers.any_of("usergroup", chosen))] if chosen else []
        self._labels = [render.literal(matchers.exactly(selection.labels))] if selection.labels else []
        self._hub = [render.literal(matchers.exactly({"namespace": selection.hub}))] if selection.hub else []
        self._every_group = not selection.groups
        # Settings of the templates, and variables of Grafana, of which the longer name is first.
        self._settings = {
            "cluster": "",
            "cluster_matcher": f"{matchers.exactly(selection.labels)}," if selection.labels else "",
            "metrics_prefix": selection.metrics_prefix,
        }
        expression = "|".join(map(re.escape, sorted(chosen))) if chosen else ".*"
        self._variables = {
            "$__range_s": str(period.seconds),
            "$__range": f"{period.seconds}s",
            "${__range}": f"{period.seconds}s",
            "$now": f"{self._at:.3f}",
            "$hub": _in_query(re.escape(selection.hub) or ".*"),
            "$usergroup": _in_query(expression),
        }

    def usage(self) -> dict[str, dict[str, float]]:
        """Return the usage of groups in the period, by field of `Usage`."""
        found = {
            name: self._by_group("panels/shared/period_by_group", bucket=names.BUCKETS[resource], unit=repr(unit))
            for name, resource, unit in _HOURS
        }
        found["active_users"] = self._by_group("panels/shared/period_users_by_group")
        found["user_days"] = self._by_group("panels/report/user_days_by_group")
        hours = self._period.seconds / 3600
        homes = self._by_group("panels/shared/period_by_group", bucket=names.BUCKETS[names.HOME], unit=repr(_GIB))
        found["home_gib"] = {group: value / hours for group, value in homes.items()}
        return found

    def server_hours(self) -> dict[Pair, float]:
        """Return the hours with a server of users by group."""
        rows = self._ask("reports/server_hours_by_user")
        return {_pair(row.labels): row.value for row in rows}

    def hours(self) -> dict[str, float]:
        """Return the hours with recorded usage, by hub."""
        return {row.labels.get("namespace", ""): row.value for row in self._ask("reports/recorded_hours")}

    def since(self) -> float | None:
        """Return the time of the oldest usage in the period."""
        return next((row.value / 1000 for row in self._ask("panels/shared/usage_since")), None)

    def budgets(self) -> dict[str, float]:
        """Return the budgets of groups at the end of the period.

        They are for all hubs: with a selected hub, groups with costs on other hubs have none.
        """
        elsewhere = self._by_group("reports/groups_elsewhere") if self._hub else {}
        budgets = self._by_group("panels/shared/cost_budget", series=names.BUDGET)
        return {group: usd for group, usd in budgets.items() if group not in elsewhere}

    def forecasts(self) -> dict[str, Forecast]:
        """Return the forecasts of groups for the month that runs now."""
        month = first_of(datetime.fromtimestamp(self._now, UTC).date())
        query = self._filled("panels/costs/forecast_by_group", {})
        found: dict[str, float] = defaultdict(float)
        for row in self._prometheus.instant(query, self._now):
            found[row.labels.get("usergroup") or NO_GROUP] += row.value
        return {group: Forecast(month, usd) for group, usd in found.items()}

    def estimates(self, days: Iterable[date]) -> dict[str, dict[date, float]]:
        """Return the estimated costs of these days by group, and of `RESTS` if there is no selection of groups."""
        found: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
        series = self._series
        for labels, by_day in self._of_days(days, cost_parts.cost(names.group, series, self._hubs())):
            for day, usd in by_day.items():
                found[labels.get("usergroup") or NO_GROUP][day] += usd
        if self._every_group:
            rests = cost_parts.unallocated("reason", "".join(f"{one}," for one in [*self._labels, *self._hub]))
            for labels, by_day in self._of_days(days, rests):
                for day, usd in by_day.items():
                    found[IDLE if labels.get("reason") == IDLE else UNALLOCATED][day] += usd
        return found

    def member_estimates(self, days: Iterable[date]) -> dict[Pair, float]:
        """Return the estimated costs of users by group, summed over these days."""
        series = self._series
        found: dict[Pair, float] = defaultdict(float)
        for labels, by_day in self._of_days(days, cost_parts.cost(names.pair, series, self._hubs())):
            found[_pair(labels)] += sum(by_day.values())
        return found

    def bills(self) -> _Billed:
        """Return the costs and the usage of days as Prometheus has them: in the period and the months before.

        A day is settled if it has a settled price, otherwise open.
        """
        days = days_of(self._period.months[0], self._period.last)
        by = "namespace, component, driver"
        prices = {
            settled: self._of_days(days, cost_parts.price(self._hubs(), by, settled=settled))
            for settled in (True, False)
        }
        known = {settled: {day for _, of in rows for day in of} for settled, rows in prices.items()}
        states: dict[date, BillState] = {
            day: "settled" if day in known[True] else "open" if day in known[False] else "missing" for day in days
        }
        costs: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
        for labels, of in self._of_days(days, cost_parts.cost(names.group, self._series, self._hubs())):
            for day, usd in of.items():
                costs[labels.get("usergroup") or NO_GROUP][day] += usd
        usd_of: dict[tuple[str, str], list[tuple[str, Mapping[date, float]]]] = defaultdict(list)
        for labels, of in prices[True]:
            usd_of[labels.get("namespace", ""), labels["driver"]].append((labels["component"], of))
        member_costs: Amounts = defaultdict(lambda: defaultdict(float))
        member_usage: Amounts = defaultdict(lambda: defaultdict(float))
        usage = f"last_over_time({cost_parts.usage(names.pair, self._series)}[1d] offset -2d)"
        for labels, amounts in self._of_days(self._period.days, usage):
            pair, driver = _pair(labels), labels["driver"]
            component, unit = _DRIVERS[driver]
            member_usage[pair][component] += sum(amounts.values()) / unit
            for name, prices_of in usd_of[pair[1], driver]:
                member_costs[pair][name] += sum(used * prices_of.get(day, 0.0) for day, used in amounts.items())
        return _Billed(states, costs, {}, member_costs, member_usage)

    def first_day(self) -> date | None:
        """Return the first day at whose beginning usage was recorded, None if there is none."""
        rows = self._prometheus.instant(self._filled("reports/first_day", {}), self._now)
        return datetime.fromtimestamp(rows[0].value, UTC).date() if rows else None

    @property
    def _series(self) -> str:
        """The matchers of series by group, open for settings."""
        return ",".join([*self._labels, *self._hub, *self._groups])

    def _hubs(self) -> str:
        return ",".join([*(self._hub or ['namespace=~".+"']), *self._labels])

    def _of_days(self, days: Iterable[date], query: str) -> list[tuple[Mapping[str, str], dict[date, float]]]:
        """Return the labels and the values of a query about the day that begins at its evaluation time."""
        chosen = set(days)
        if not chosen:
            return []
        begin, end = (start_of(day) for day in (min(chosen), max(chosen)))
        rows = self._prometheus.range(render.render(query, self._settings), begin, end, _DAY)
        return [(row.labels, {day: value for at, value in row.values if (day := _day(at)) in chosen}) for row in rows]

    def _by_group(self, template: str, **parameters: str) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for row in self._ask(template, **parameters):
            found[row.labels.get("usergroup", "")] += row.value
        return found

    def _ask(self, template: str, **parameters: str) -> list[Any]:
        """Return the result at the end of the period."""
        return self._prometheus.instant(self._filled(template, parameters), self._at)

    def _filled(self, template: str, parameters: Mapping[str, str]) -> str:
        query = render.render(render.part(f"{template}.promql", parameters), self._settings)
        return re.sub("|".join(map(re.escape, self._variables)), lambda match: self._variables[match[0]], query)


def _in_query(text: str) -> str:
    """Return a text as it is written between the quotes of a query."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _pair(labels: Mapping[str, str]) -> Pair:
    return labels.get("usergroup") or NO_GROUP, labels.get("namespace", ""), labels.get("username", "")


def _day(at: float) -> date:
    return (datetime.fromtimestamp(at, UTC) + timedelta(seconds=1)).date()
