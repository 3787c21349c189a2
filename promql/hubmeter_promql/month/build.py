"""Builds reports from what was read. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from hubmeter_promql.bills import COMPUTE, GPU, HOME_STORAGE, IDLE, RESTS, UNALLOCATED, days_of
from hubmeter_promql.month.model import (
    ESTIMATED,
    DayCost,
    GroupReport,
    Member,
    MonthCost,
    Notes,
    Summary,
    Usage,
)
from hubmeter_promql.month.period import Period, first_of
from hubmeter_promql.month.reading import Data, Pair, is_billed

_USAGE_FIELDS = tuple(Usage.__dataclass_fields__)


def groups_with_usage(data: Data, period: Period) -> list[str]:
    """Return the groups with costs or usage in the period, sorted."""
    found = {pair[0] for amounts in (data.member_costs, data.member_usage, data.server_hours) for pair in amounts}
    found |= {pair[0] for pair in data.member_estimates}
    found |= {group for group, by_day in data.costs.items() if any(day >= period.first for day in by_day)}
    found |= {*data.estimates} | {group for values in data.usage.values() for group, value in values.items() if value}
    return sorted(found - {"", *RESTS})


def group_reports(data: Data, period: Period, groups: Iterable[str], now: float) -> list[GroupReport]:
    """Return the reports of these groups, in their order."""
    pairs: dict[str, set[Pair]] = defaultdict(set)
    for amounts in (data.member_costs, data.member_usage, data.server_hours, data.member_estimates):
        for pair in amounts:
            pairs[pair[0]].add(pair)
    noted = notes(data, period)
    return [_group_report(data, period, group, sorted(pairs[group]), noted, now) for group in groups]


def summary(data: Data, period: Period, reports: Iterable[GroupReport], now: float) -> Summary:
    """Return the summary of all groups."""
    rests = {name: _days(data, period, name) for name in RESTS}
    totals = {name: sum(day.usd or 0.0 for day in days) for name, days in rests.items()}
    settled = {day for day in period.days if data.states.get(day) == "settled"}
    ordered = sorted(reports, key=lambda report: (-report.total, report.group))
    billed = sum(usd for day, usd in data.billed.items() if day in settled)
    parts = sum(report.settled for report in ordered)
    parts += sum(day.usd or 0.0 for days in rests.values() for day in days if day.state == "settled")
    return Summary(
        period=period,
        generated_at=now,
        groups=tuple(ordered),
        idle=totals[IDLE],
        unallocated=totals[UNALLOCATED],
        billed=billed,
        settled=parts,
        notes=notes(data, period),
    )


def notes(data: Data, period: Period) -> Notes:
    """Return the limits of the numbers of the period."""
    hours = period.seconds // 3600
    since = data.usage_since
    return Notes(
        estimated=tuple(day for day in period.days if data.states.get(day) in {"estimated", "open"}),
        missing=tuple(day for day in period.days if data.states.get(day, "missing") == "missing"),
        unallocated=tuple(day for day in period.days if _is_unallocated(data, day)),
        recorded_hours={hub: value for hub, value in sorted(data.recorded_hours.items()) if value <= hours - 1},
        hours=hours,
        usage_since=since if since is not None and since >= period.start + 3600 else None,
        first_day=data.first_day if data.first_day and data.first_day > period.first else None,
    )


def _is_unallocated(data: Data, day: date) -> bool:
    billed = data.billed.get(day, 0.0) if is_billed(data.states.get(day, "missing")) else 0.0
    rests = sum(data.costs.get(name, {}).get(day, 0.0) for name in RESTS)
    return billed >= 0.005 and rests >= billed - 0.005


def _group_report(data: Data, period: Period, group: str, pairs: list[Pair], noted: Notes, now: float) -> GroupReport:
    days = _days(data, period, group)
    settled = sum(day.usd or 0.0 for day in days if day.state == "settled")
    total = sum(day.usd or 0.0 for day in days)
    members = sorted((_member(data, period, pair) for pair in pairs), key=lambda m: (-m.usd, m.user, m.hub))
    of_components: dict[str, float] = defaultdict(float)
    for member in members:
        for component, usd in member.components.items():
            of_components[component] += usd
    estimated = of_components.pop(ESTIMATED, 0.0)
    components = sorted(of_components.items(), key=lambda item: -item[1])
    if estimated:
        components.append((ESTIMATED, estimated))
    return GroupReport(
        group=group,
        period=period,
        generated_at=now,
        total=total,
        settled=settled,
        estimated=total - settled,
        days=days,
        months=_months(data, period, group, total),
        components=tuple(components),
        budget=data.budgets.get(group),
        forecast=data.forecasts.get(group),
        usage=_usage(data, group),
        members=tuple(members),
        rest=total - sum(member.usd for member in members),
        notes=noted,
    )


def _days(data: Data, period: Period, group: str) -> tuple[DayCost, ...]:
    billed, estimates = data.costs.get(group, {}), data.estimates.get(group, {})
    known = {day for by_day in data.estimates.values() for day in by_day}
    result = []
    for day in period.days:
        state = data.states.get(day, "missing")
        if is_billed(state):
            usd: float | None = billed.get(day, 0.0)
        else:
            usd = estimates.get(day, 0.0) if day in known else None
        result.append(DayCost(day, usd, state))
    return tuple(result)


def _months(data: Data, period: Period, group: str, total: float) -> tuple[MonthCost, ...]:
    """Return the months from the first one with a bill."""
    by_month: dict[date, float] = defaultdict(float)
    for day, usd in data.costs.get(group, {}).items():
        by_month[first_of(day)] += usd
    billed = {first_of(day) for day, state in data.states.items() if state != "missing"}
    months = []
    for first in period.months:
        if first == period.first:
            states = [data.states.get(day, "missing") for day in period.days]
            months.append(MonthCost(first, total, period.whole and {*states} == {"settled"}))
        elif first in billed or months:
            days = days_of(first, first_of(first + timedelta(31)) - timedelta(1))
            months.append(MonthCost(first, by_month[first], all(data.states.get(day) == "settled" for day in days)))
    return tuple(months)


def _usage(data: Data, group: str) -> Usage:
    """Return the usage of a group: none of it is 0 where Prometheus has that of others, or of servers at all."""
    of_servers = {*_USAGE_FIELDS} - {"home_gib"} if data.recorded_hours else set()
    known = {name for name in _USAGE_FIELDS if data.usage.get(name)} | of_servers
    return Usage(
        **{name: data.usage.get(name, {}).get(group, 0.0) if name in known else None for name in _USAGE_FIELDS}
    )


def _member(data: Data, period: Period, pair: Pair) -> Member:
    components = {name: usd for name, usd in data.member_costs.get(pair, {}).items() if usd}
    if estimate := data.member_estimates.get(pair, 0.0):
        components[ESTIMATED] = estimate
    used = data.member_usage.get(pair, {})
    return Member(
        user=pair[2],
        hub=pair[1],
        usd=sum(components.values()),
        components=components,
        server_hours=data.server_hours.get(pair, 0.0) if data.server_hours or data.recorded_hours else None,
        memory_gib_hours=used.get(COMPUTE, 0.0),
        gpu_hours=used.get(GPU, 0.0),
        home_gib=used.get(HOME_STORAGE, 0.0) / (len(period.days) * 24),
    )
