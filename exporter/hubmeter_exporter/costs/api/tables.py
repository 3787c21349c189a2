"""The tables of the cost API, from bills, prices and usage. Pure.

Rows are dicts, or tuples in blocks where there may be a million of them. The models document their columns.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date as Date  # noqa: N812 - the models have a field of the name "date"
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BaseModel, Field

from hubmeter_common.slugs import escape_slug
from hubmeter_exporter.costs.model import BillRow
from hubmeter_exporter.costs.prices import DRIVERS, Prices, Unallocated
from hubmeter_exporter.costs.usage import Member
from hubmeter_exporter.costs.usage_ledger import Slice
from hubmeter_promql.bills import IDLE, UNALLOCATED, BillState
from hubmeter_promql.names import NO_GROUP

Row = dict[str, Any]


class Block(NamedTuple):
    """Rows of a large table: the names in their first columns, and the other columns, of which the last is a number."""

    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


Model = type[BaseModel]

SUPPORT: Final = "support"  # the hub of costs without a hub's tag
GIB: Final = 2.0**30

Day = Annotated[Date, Field(examples=["2025-01-31"])]
HubName = Annotated[str, Field(examples=["prod"])]
ComponentName = Annotated[str, Field(examples=["compute"])]
GroupName = Annotated[str, Field(examples=["geo"])]
Username = Annotated[str, Field(examples=["ana"])]


class TotalCost(BaseModel):
    """Cost of a day; name is "account" for the whole account, or "attributable" for the part with the hubs' tags."""

    date: Day
    cost: float = Field(description="US dollars", examples=[41.37])
    name: str = Field(examples=["attributable"])


class HubCost(BaseModel):
    """Cost of a hub on a day; "support" is costs without a hub's tag."""

    date: Day
    cost: float = Field(description="US dollars", examples=[17.02])
    name: str = Field(examples=["prod"])


class ComponentCost(BaseModel):
    """Cost of a component on a day."""

    date: Day
    cost: float = Field(description="US dollars", examples=[12.5])
    component: ComponentName


class GroupCost(BaseModel):
    """Cost of a group of users on a day; "idle" and "unallocated" are costs that no user's usage explains."""

    date: Day
    usergroup: GroupName
    cost: float = Field(description="US dollars", examples=[3.21])


class UserCost(BaseModel):
    """Cost of a user and component on a day; "idle" and "unallocated" are costs that no user's usage explains."""

    date: Day
    hub: HubName
    component: ComponentName
    user: Username
    usergroup: GroupName
    value: float = Field(description="US dollars", examples=[0.84])


class UsageShare(BaseModel):
    """Share of a user in the hub's usage of a component on a day."""

    date: Day
    hub: HubName
    component: ComponentName
    user: Username
    value: float = Field(description="from 0 to 1", examples=[0.25])


class BilledDay(BaseModel):
    """State of the bill of a day.

    "settled"; "estimated": the settlement days have passed, but its source may still change it; "open": they have not
    passed, and the bill read so far is partial; "missing": there is no bill.
    """

    date: Day
    state: BillState = Field(examples=["settled"])


class UserUsage(BaseModel):
    """Usage of a user that a component is divided by, on a day, as it counts in a group."""

    date: Day
    hub: HubName
    component: ComponentName
    user: Username
    usergroup: GroupName
    value: float = Field(description="GiB-hours of compute and home storage, GPU-hours of gpu", examples=[12.0])


class UserGroup(BaseModel):
    """A present group of a user; "none" if there is none."""

    hub: HubName
    username: str = Field(examples=["ana.lópez@uni.edu"])
    username_escaped: str = Field(
        description="the username in KubeSpawner's legacy spelling", examples=["ana-2el-c3-b3pez-40uni-2eedu"]
    )
    usergroup: GroupName


class GroupOfUser(BaseModel):
    """A group of a user of several groups."""

    username: Username
    hub: HubName
    usergroup: GroupName


class UserWithoutGroup(BaseModel):
    """A user without a group."""

    username: Username
    hub: HubName


def hub_name(hub: str) -> str:
    """Return the name of the hub of a bill, "support" if it has none."""
    return hub or SUPPORT


def attributable(bills: Iterable[BillRow]) -> list[BillRow]:
    """Return the rows that are attributable by their tags."""
    return [bill for bill in bills if bill.kind == "attributable"]


def total_costs(bills: Sequence[BillRow]) -> list[Row]:
    """Return `TotalCost` rows, sorted by date and name."""
    costs: dict[tuple[Date, str], Decimal] = defaultdict(Decimal)
    for bill in bills:
        costs[bill.day, "account"] += bill.amount
        costs[bill.day, "attributable"] += bill.amount if bill.kind == "attributable" else Decimal(0)
    return [{"date": str(day), "cost": float(usd), "name": name} for (day, name), usd in sorted(costs.items())]


def total_costs_per_hub(bills: Sequence[BillRow]) -> list[Row]:
    """Return `HubCost` rows, sorted by date and name."""
    costs: dict[tuple[Date, str], Decimal] = defaultdict(Decimal)
    for bill in attributable(bills):
        costs[bill.day, hub_name(bill.hub)] += bill.amount
    return [{"date": str(day), "cost": float(usd), "name": name} for (day, name), usd in sorted(costs.items())]


def total_costs_per_component(bills: Sequence[BillRow], hubs: frozenset[str], components: frozenset[str]) -> list[Row]:
    """Return `ComponentCost` rows, sorted by date and component."""
    costs: dict[tuple[Date, str], Decimal] = defaultdict(Decimal)
    for bill in attributable(bills):
        if allows(hubs, hub_name(bill.hub)) and allows(components, bill.component):
            costs[bill.day, bill.component] += bill.amount
    return [{"date": str(day), "cost": float(usd), "component": name} for (day, name), usd in sorted(costs.items())]


def total_costs_per_group(prices: Prices, groups: Iterable[Slice], rests: Container[str]) -> list[Row]:
    """Return `GroupCost` rows, sorted by date and group, and rows of these `RESTS`."""
    costs: dict[tuple[Date, str], float] = defaultdict(float)
    usd = usd_per_unit(prices)
    for day, namespace, driver, rows in groups:
        if price := usd.get((day, namespace, driver)):
            for _, group, amount in rows:
                costs[day, group or NO_GROUP] += amount * price
    for rest in prices.unallocated:
        if (name := rest_name(rest)) in rests:
            costs[rest.day, name] += float(rest.amount)
    return [{"date": str(day), "usergroup": group, "cost": usd} for (day, group), usd in sorted(costs.items())]


def rest_name(rest: Unallocated) -> str:
    """Return the name of the user and group of a cost that no user's usage explains."""
    return IDLE if rest.reason == "idle" else UNALLOCATED


def costs_per_user(prices: Prices, pairs: Iterable[Slice], rests: Container[str]) -> Iterator[Block]:
    """Yield `UserCost` rows, sorted by date, hub, component and value, the highest first.

    Args:
        prices: Of the days.
        pairs: Usage of users by group, sorted by day.
        rests: The `RESTS` that have rows.
    """
    components: dict[tuple[Date, str, str], list[tuple[str, float]]] = defaultdict(list)
    for price in prices.prices:
        components[price.day, price.namespace, price.driver].append((price.component, price.usd_per_unit))
    unallocated = sorted((rest for rest in prices.unallocated if rest_name(rest) in rests), key=_day)
    both: Iterator[Slice | Unallocated] = heapq.merge(pairs, unallocated, key=_day)
    for day, items in groupby(both, _day):
        costs: dict[tuple[str, str], list[tuple[float, str, str]]] = defaultdict(list)
        for item in items:
            if isinstance(item, Unallocated):
                name = rest_name(item)
                costs[hub_name(item.namespace), item.component].append((-float(item.amount), name, name))
                continue
            for component, usd in components.get(item[:3], ()):
                costs[item.namespace, component] += [
                    (-amount * usd, user, group or NO_GROUP) for user, group, amount in item.rows
                ]
        for (hub, component), rows in sorted(costs.items()):
            rows.sort()
            yield Block((str(day), hub, component), [(user, group, -negative) for negative, user, group in rows])


def total_usage(users: Iterable[Slice], of_hubs: Mapping[tuple[Date, str, str], float]) -> Iterator[Block]:
    """Yield `UsageShare` rows, sorted like costs.

    Args:
        users: Usage of users, sorted by day.
        of_hubs: Usage by (day, namespace, driver).
    """
    components = {driver: component for component, driver in DRIVERS.items()}
    for day, slices in groupby(users, _day):
        for _, hub, driver, of_users in sorted(slices, key=lambda item: (item.namespace, components[item.driver])):
            if whole := of_hubs.get((day, hub, driver)):
                rows = sorted((-amount / whole, user) for user, _, amount in of_users)
                yield Block((str(day), hub, components[driver]), [(user, -negative) for negative, user in rows])


def billed_days(days: Iterable[Date], bills: Iterable[BillRow], settled: Callable[[Date], bool]) -> list[Row]:
    """Return `BilledDay` rows of these days, in their order; ``settled`` is whether the settlement days have passed."""
    estimated: dict[Date, bool] = defaultdict(bool)
    for bill in attributable(bills):
        estimated[bill.day] |= bill.estimated

    def state(day: Date) -> str:
        if day not in estimated:
            return "missing"
        if not settled(day):
            return "open"
        return "estimated" if estimated[day] else "settled"

    return [{"date": str(day), "state": state(day)} for day in days]


def usage_per_user(pairs: Iterable[Slice]) -> Iterator[Block]:
    """Yield `UserUsage` rows, sorted by date, hub, component and value, the highest first."""
    components = {driver: component for component, driver in DRIVERS.items()}
    for day, slices in groupby(pairs, _day):
        for _, hub, driver, rows in sorted(slices, key=lambda item: (item.namespace, components[item.driver])):
            unit = 1.0 if driver == "gpu" else GIB
            cells = sorted((-amount / unit, user, group or NO_GROUP) for user, group, amount in rows)
            yield Block((str(day), hub, components[driver]), [(user, group, -value) for value, user, group in cells])


def user_groups(members: Sequence[Member]) -> list[Row]:
    """Return `UserGroup` rows, sorted by hub, username and group."""
    return [
        {
            "hub": member.namespace,
            "username": member.username,
            "username_escaped": escape_slug(member.username),
            "usergroup": member.usergroup,
        }
        for member in real_members(members)
    ]


def users_with_multiple_groups(members: Sequence[Member]) -> list[Row]:
    """Return `GroupOfUser` rows, sorted by hub, username and group."""
    real = real_members(members)
    groups: dict[tuple[str, str], int] = defaultdict(int)
    for member in real:
        groups[member.namespace, member.username] += 1
    return [
        {"username": member.username, "hub": member.namespace, "usergroup": member.usergroup}
        for member in real
        if groups[member.namespace, member.username] > 1
    ]


def users_with_no_groups(members: Sequence[Member]) -> list[Row]:
    """Return `UserWithoutGroup` rows, sorted by hub and username."""
    return [
        {"username": member.username, "hub": member.namespace}
        for member in real_members(members)
        if member.usergroup == NO_GROUP
    ]


def real_members(members: Iterable[Member]) -> list[Member]:
    """Return the real memberships, sorted.

    The default group of users of several groups is not one of them: it has the whole share, and the user's two or more
    real groups have share 0.
    """
    of_user: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for member in members:
        of_user[member.namespace, member.username].append(member)
    real: list[Member] = []
    for groups in of_user.values():
        without_share = [member for member in groups if member.share == 0]
        real += without_share if len(without_share) > 1 else groups
    return sorted(real, key=lambda member: (member.namespace, member.username, member.usergroup))


def allows(names: frozenset[str], name: str) -> bool:
    """Return whether a filter, empty for all names, allows a name."""
    return not names or name in names


def _day(item: Slice | Unallocated) -> Date:
    return item.day


def usd_per_unit(prices: Prices) -> dict[tuple[Date, str, str], float]:
    """Return the price of a unit for all components together, by (day, namespace, driver)."""
    usd: dict[tuple[Date, str, str], float] = defaultdict(float)
    for price in prices.prices:
        usd[price.day, price.namespace, price.driver] += price.usd_per_unit
    return usd
