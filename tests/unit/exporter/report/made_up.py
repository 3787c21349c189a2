"""A month of made-up groups, as `reading` would return it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from hubmeter_promql.bills import BillState, days_of
from hubmeter_promql.month.model import Forecast
from hubmeter_promql.month.period import Period
from hubmeter_promql.month.reading import Data, Pair

PERIOD: Final = Period(date(2026, 10, 1), date(2026, 10, 31), whole=True)
NOW: Final = 1_793_772_000.0  # 2026-11-04T06:40Z
FIRST_BILL: Final = date(2026, 6, 9)
OPEN: Final = date(2026, 10, 31)
MISSING: Final = date(2026, 10, 17)
MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "biology": ("mia", "noah", "olivia", "ana.lópez@uni.edu", "Bob-Smith", "=1+1", "<b>zoe</b>"),
    "astronomy": ("emil", "frida"),
    "none": ("guest",),
}


def data(members: Mapping[str, tuple[str, ...]] = MEMBERS) -> Data:
    """Return the data: the last day of the month is open, one has no bill, and a user is on two hubs."""
    days = days_of(FIRST_BILL, PERIOD.last)
    states: dict[date, BillState] = dict.fromkeys(days_of(PERIOD.months[0], PERIOD.last), "settled")
    states |= dict.fromkeys(days_of(PERIOD.months[0], FIRST_BILL - timedelta(1)), "missing")
    states |= {OPEN: "open", MISSING: "missing"}
    costs: dict[str, dict[date, float]] = defaultdict(dict)
    estimates: dict[str, dict[date, float]] = defaultdict(dict)
    member_costs: dict[Pair, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    member_estimates: dict[Pair, float] = defaultdict(float)
    member_usage: dict[Pair, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    server_hours: dict[Pair, float] = defaultdict(float)
    for group, users in members.items():
        for day in days:
            weekday = 0.15 if day.weekday() > 4 else 1.0
            of_group = 0.0
            for number, user in enumerate(users):
                hours = round(weekday * (2 + (number * 3 + day.day) % 7), 2)
                parts = {"compute": hours * 0.09, "home storage": 0.012 * (number + 1)}
                if number == 2:
                    parts["gpu"] = hours * 0.31
                pair = (group, "teach" if number == 1 else "prod", user)
                of_group += sum(parts.values())
                if day < PERIOD.first:
                    continue
                for component, usd in parts.items():
                    if day not in {OPEN, MISSING}:
                        member_costs[pair][component] += usd
                    else:
                        member_estimates[pair] += usd
                used = {"compute": hours * 4, "home storage": 24.0 * (number + 1), "gpu": hours if number == 2 else 0.0}
                for component, amount in used.items():
                    member_usage[pair][component] += amount
                server_hours[pair] += hours
            (estimates if day in {OPEN, MISSING} else costs)[group][day] = of_group
    for day in days:
        (estimates if day in {OPEN, MISSING} else costs)["idle"][day] = 3.21
        (estimates if day in {OPEN, MISSING} else costs)["unallocated"][day] = 1.5
    hours_of = {group: sum(v for pair, v in server_hours.items() if pair[0] == group) for group in members}
    of_hours = {"server_hours": 1.0, "memory_requested": 4.0, "memory_used": 1.1, "cpu_requested": 2.0, "cpu_used": 0.3}
    usage = {name: {group: hours * factor for group, hours in hours_of.items()} for name, factor in of_hours.items()}
    usage["active_users"] = {group: float(len(users)) for group, users in members.items()}
    usage["user_days"] = {group: 31.0 * len(users) for group, users in members.items()}
    for name, component, unit in (("gpu_hours", "gpu", 1), ("home_gib", "home storage", 31 * 24)):
        usage[name] = {
            group: sum(used[component] for pair, used in member_usage.items() if pair[0] == group) / unit
            for group in members
        }
    return Data(
        states=states,
        costs=costs,
        estimates=estimates,
        billed={
            day: sum(by_day.get(day, 0.0) for by_day in costs.values())
            for day in PERIOD.days
            if day not in {OPEN, MISSING}
        },
        member_costs=member_costs,
        member_estimates=member_estimates,
        member_usage=member_usage,
        server_hours=server_hours,
        usage=usage,
        budgets={"biology": 120.0},
        forecasts={group: Forecast(date(2026, 11, 1), value / 7) for group, value in hours_of.items()},
        recorded_hours={"prod": 744.0, "teach": 701.5},
        usage_since=PERIOD.start + 3000,
    )
