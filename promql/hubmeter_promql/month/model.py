"""The numbers of a report, without their presentation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hubmeter_promql.bills import BillState
from hubmeter_promql.month.period import Period

ESTIMATED: Final = "estimated"  # the component of costs whose bill is not settled


@dataclass(frozen=True)
class DayCost:
    """Cost of a day in US dollars: of its bill, or an estimate if it is open or missing; None without either."""

    day: date
    usd: float | None
    state: BillState


@dataclass(frozen=True)
class MonthCost:
    """Cost of a month in US dollars; it is incomplete while a day has no settled bill, and a month that runs."""

    first: date
    usd: float
    complete: bool


@dataclass(frozen=True)
class Forecast:
    """Cost of the running month at its end, in US dollars."""

    first: date
    usd: float


@dataclass(frozen=True)
class Usage:
    """Usage of a group in the period; None where Prometheus has none of it.

    Attributes:
        active_users: Distinct users with a server.
        user_days: Distinct users with a server on each day, summed.
        server_hours: Of running servers.
        memory_requested: GiB-hours.
        memory_used: GiB-hours.
        cpu_requested: Core-hours.
        cpu_used: Core-hours.
        gpu_hours: Of requested GPUs.
        home_gib: Mean size of the home directories in GiB.
    """

    active_users: float | None = None
    user_days: float | None = None
    server_hours: float | None = None
    memory_requested: float | None = None
    memory_used: float | None = None
    cpu_requested: float | None = None
    cpu_used: float | None = None
    gpu_hours: float | None = None
    home_gib: float | None = None


@dataclass(frozen=True)
class Member:
    """What a user of a group cost and used, by the memberships at the time of the usage.

    Attributes:
        user: Name as Prometheus has it: a username or a pseudonym.
        hub: Namespace.
        usd: US dollars.
        components: US dollars by component of the bill, `ESTIMATED` included.
        server_hours: Hours with a server; None if Prometheus has none of the period.
        memory_gib_hours: Usage that compute is divided by.
        gpu_hours: Usage that GPUs are divided by.
        home_gib: Mean size of the home directory over the period.
    """

    user: str
    hub: str
    usd: float
    components: Mapping[str, float]
    server_hours: float | None
    memory_gib_hours: float
    gpu_hours: float
    home_gib: float


@dataclass(frozen=True)
class Notes:
    """Limits of the numbers.

    Attributes:
        estimated: Days with a bill that may still change, or that is partial.
        missing: Days without a bill.
        unallocated: Days with a bill of which no group has a part, because no usage was recorded.
        recorded_hours: Hours of recorded usage by hub, of hubs that lack an hour or more.
        hours: Of the period.
        usage_since: Unix time of the oldest usage in the period, if it begins later than the period.
        first_day: The first day of which anything is known, if it is later than the first day of the period.
    """

    estimated: tuple[date, ...]
    missing: tuple[date, ...]
    unallocated: tuple[date, ...]
    recorded_hours: Mapping[str, float]
    hours: int
    usage_since: float | None
    first_day: date | None = None


@dataclass(frozen=True)
class GroupReport:
    """A group in the period. Costs are US dollars; ``settled`` and ``estimated`` add up to ``total``.

    Attributes:
        group: Its name; "none" is users without a group.
        period: The days.
        generated_at: Unix time in seconds.
        total: Cost.
        settled: The part on days with a settled bill.
        estimated: The part on the other days.
        days: Each day of the period.
        months: The months before, as far as they have costs, and the period.
        components: By component of the bill, the highest first; `ESTIMATED` is last.
        budget: Of the month; None without one.
        forecast: Of the running month, None without one.
        usage: In the period.
        members: The highest cost first.
        rest: The part of the total that is of no member in the list.
        notes: Limits of the numbers.
    """

    group: str
    period: Period
    generated_at: float
    total: float
    settled: float
    estimated: float
    days: tuple[DayCost, ...]
    months: tuple[MonthCost, ...]
    components: tuple[tuple[str, float], ...]
    budget: float | None
    forecast: Forecast | None
    usage: Usage
    members: tuple[Member, ...]
    rest: float
    notes: Notes

    @property
    def previous(self) -> MonthCost | None:
        """The month before, if it has costs or usage."""
        return next((month for month in self.months[-2:-1]), None)

    @property
    def change(self) -> float | None:
        """The relative difference of the total and the month before; None unless both are whole months."""
        before = self.previous
        return self.total / before.usd - 1 if self.period.whole and before and before.usd > 0 else None

    @property
    def priced(self) -> bool:
        """Whether the cost of a day is known."""
        return any(day.usd is not None for day in self.days)

    @property
    def budget_used(self) -> float | None:
        """The part of the budget that is used."""
        return self.total / self.budget if self.budget else None


@dataclass(frozen=True)
class Summary:
    """All groups in the period. Costs are US dollars.

    Attributes:
        period: The days.
        generated_at: Unix time in seconds.
        groups: The highest cost first.
        idle: Capacity that was not in use.
        unallocated: Other costs that no usage explains.
        billed: The settled bill of the period, which can be attributed by tags.
        settled: The parts of groups, idle and unallocated on these days. They add up to the bill, unless users of
            several groups count in each.
        notes: Limits of the numbers.
    """

    period: Period
    generated_at: float
    groups: tuple[GroupReport, ...]
    idle: float
    unallocated: float
    billed: float
    settled: float
    notes: Notes

    @property
    def total(self) -> float:
        """All groups, idle and unallocated."""
        return sum(group.total for group in self.groups) + self.idle + self.unallocated

    @property
    def twice(self) -> float:
        """The part of the total by which it exceeds the bill, because users count in each of several groups."""
        return self.settled - self.billed


@dataclass(frozen=True)
class Reports:
    """The reports of a month; the summary only of all groups."""

    groups: Sequence[GroupReport]
    summary: Summary | None
