"""The tables of the cost API, from bills, prices and usage. Pure.

Rows are plain dicts, because there may be a million of them; the models beside them say what they hold.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date as Date  # noqa: N812, TC003 - a field of the models is called so, and pydantic reads its type
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, Field

from hubmeter_exporter.costs.prices import DRIVERS
from hubmeter_exporter.membership import NO_GROUP
from hubmeter_exporter.slugs import escape_slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hubmeter_exporter.costs.model import BillRow
    from hubmeter_exporter.costs.prices import Prices
    from hubmeter_exporter.costs.usage import Member, Used

Row = dict[str, Any]

SUPPORT: Final = "support"  # the name for what no hub's tag covers
UNALLOCATED: Final = "unallocated"  # the user and group of cost that no user's usage explains


class TotalCost(BaseModel):
    """What a day cost; name is "account" (the whole account) or "attributable" (what is ours by the tags)."""

    date: Date = Field(examples=["2025-01-31"])
    cost: float = Field(description="US dollars", examples=[41.37])
    name: str = Field(examples=["attributable"])


class HubCost(BaseModel):
    """What a day cost by the hubs' tags; "support" is what no hub's tag covers."""

    date: Date = Field(examples=["2025-01-31"])
    cost: float = Field(description="US dollars", examples=[17.02])
    name: str = Field(examples=["prod"])


class ComponentCost(BaseModel):
    """What a component cost on a day."""

    date: Date = Field(examples=["2025-01-31"])
    cost: float = Field(description="US dollars", examples=[12.5])
    component: str = Field(examples=["compute"])


class GroupCost(BaseModel):
    """What a group of users cost on a day; "unallocated" is what no user's usage explains."""

    date: Date = Field(examples=["2025-01-31"])
    usergroup: str = Field(examples=["geo"])
    cost: float = Field(description="US dollars", examples=[3.21])


class UserCost(BaseModel):
    """What a user cost on a day, for one component; "unallocated" is what no user's usage explains."""

    date: Date = Field(examples=["2025-01-31"])
    hub: str = Field(examples=["prod"])
    component: str = Field(examples=["compute"])
    user: str = Field(examples=["ana"])
    usergroup: str = Field(examples=["geo"])
    value: float = Field(description="US dollars", examples=[0.84])


class UserPart(BaseModel):
    """A user's part of what the hub's users used of a component on a day."""

    date: Date = Field(examples=["2025-01-31"])
    hub: str = Field(examples=["prod"])
    component: str = Field(examples=["compute"])
    user: str = Field(examples=["ana"])
    value: float = Field(description="from 0 to 1", examples=[0.25])


class UserGroup(BaseModel):
    """A user in a group now; "none" for a user of no group."""

    hub: str = Field(examples=["prod"])
    username: str = Field(examples=["ana.lópez@uni.edu"])
    username_escaped: str = Field(
        description="as KubeSpawner's legacy scheme spells it", examples=["ana-2el-c3-b3pez-40uni-2eedu"]
    )
    usergroup: str = Field(examples=["geo"])


class UserOfGroup(BaseModel):
    """One of the groups of a user of several groups."""

    username: str = Field(examples=["ana"])
    hub: str = Field(examples=["prod"])
    usergroup: str = Field(examples=["geo"])


class UserOfNone(BaseModel):
    """A user of no group."""

    username: str = Field(examples=["ana"])
    hub: str = Field(examples=["prod"])


def hub_name(hub: str) -> str:
    """Return the name of a bill's hub."""
    return hub or SUPPORT


def attributable(bills: Iterable[BillRow]) -> list[BillRow]:
    """Return what is ours by the tags."""
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
        if _lets(hubs, hub_name(bill.hub)) and _lets(components, bill.component):
            costs[bill.day, bill.component] += bill.amount
    return [{"date": str(day), "cost": float(usd), "component": name} for (day, name), usd in sorted(costs.items())]


def total_costs_per_group(prices: Prices, used: Iterable[Used], unallocated: bool) -> list[Row]:
    """Return `GroupCost` rows, sorted by date and group; what is unallocated only where it is asked for."""
    costs: dict[tuple[Date, str], float] = defaultdict(float)
    per_unit = _usd_per_unit(prices)
    for one in used:
        known = per_unit.get((one.namespace, one.driver), {})
        for day, amount in one.days.items():
            if day in known:
                costs[day, one.usergroup or NO_GROUP] += amount * sum(usd for _, usd in known[day])
    if unallocated:
        for rest in prices.unallocated:
            costs[rest.day, UNALLOCATED] += float(rest.amount)
    return [{"date": str(day), "usergroup": group, "cost": usd} for (day, group), usd in sorted(costs.items())]


def costs_per_user(
    prices: Prices, used: Iterable[Used], own: Iterable[Used], unallocated: bool, limit: int | None
) -> Iterator[Row]:
    """Yield `UserCost` rows, sorted by date, hub, component and, the highest first, value.

    With a limit, only those of so many users, who cost most in all; ``own`` then has what each user used, whatever
    number of groups bears the whole of it.
    """
    per_unit = _usd_per_unit(prices)
    kept = list(used)
    if limit is not None:
        costliest = _costliest(per_unit, kept, own, limit)
        kept = [one for one in kept if one.username in costliest]
    of_day: dict[Date, list[tuple[str, str, float, str, str]]] = defaultdict(list)
    for one in kept:
        known = per_unit.get((one.namespace, one.driver), {})
        for day, amount in one.days.items():
            for component, usd in known.get(day, ()):
                of_day[day].append((one.namespace, component, -amount * usd, one.username, one.usergroup or NO_GROUP))
    if unallocated:
        for rest in prices.unallocated:
            of_day[rest.day].append(
                (hub_name(rest.namespace), rest.component, -float(rest.amount), UNALLOCATED, UNALLOCATED)
            )
    for day, rows in sorted(of_day.items()):
        date = str(day)
        for hub, component, negative, user, group in sorted(rows):
            yield {
                "date": date, "hub": hub, "component": component, "user": user, "usergroup": group, "value": -negative,
            }  # fmt: skip


def total_usage(used: Iterable[Used], of_hubs: Mapping[tuple[Date, str, str], float]) -> Iterator[Row]:
    """Yield `UserPart` rows, sorted as costs are; ``of_hubs`` has the whole by day, namespace and driver."""
    components = {driver: component for component, driver in DRIVERS.items()}
    of_day: dict[Date, list[tuple[str, str, float, str]]] = defaultdict(list)
    for one in used:
        for day, amount in one.days.items():
            if whole := of_hubs.get((day, one.namespace, one.driver)):
                of_day[day].append((one.namespace, components[one.driver], -amount / whole, one.username))
    for day, rows in sorted(of_day.items()):
        date = str(day)
        for hub, component, negative, user in sorted(rows):
            yield {"date": date, "hub": hub, "component": component, "user": user, "value": -negative}


def user_groups(members: Sequence[Member]) -> list[Row]:
    """Return `UserGroup` rows, sorted by hub, username and group."""
    return [
        {
            "hub": one.namespace,
            "username": one.username,
            "username_escaped": escape_slug(one.username),
            "usergroup": one.usergroup,
        }
        for one in real_members(members)
    ]


def users_with_multiple_groups(members: Sequence[Member]) -> list[Row]:
    """Return `UserOfGroup` rows, sorted by hub, username and group."""
    real = real_members(members)
    groups: dict[tuple[str, str], int] = defaultdict(int)
    for one in real:
        groups[one.namespace, one.username] += 1
    return [
        {"username": one.username, "hub": one.namespace, "usergroup": one.usergroup}
        for one in real
        if groups[one.namespace, one.username] > 1
    ]


def users_with_no_groups(members: Sequence[Member]) -> list[Row]:
    """Return `UserOfNone` rows, sorted by hub and username."""
    return [
        {"username": one.username, "hub": one.namespace} for one in real_members(members) if one.usergroup == NO_GROUP
    ]


def real_members(members: Iterable[Member]) -> list[Member]:
    """Return the groups in which users are, sorted; without the default group that bears users of several groups.

    The default group need not be one of the user's: it has a share, and the user's groups, two or more, have none.
    """
    of_user: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for one in members:
        of_user[one.namespace, one.username].append(one)
    real: list[Member] = []
    for own in of_user.values():
        without_share = [one for one in own if one.share == 0]
        real += without_share if len(without_share) > 1 else own
    return sorted(real, key=lambda one: (one.namespace, one.username, one.usergroup))


def _lets(wanted: frozenset[str], name: str) -> bool:
    return not wanted or name in wanted


def _usd_per_unit(prices: Prices) -> dict[tuple[str, str], dict[Date, list[tuple[str, float]]]]:
    """Return namespace and driver, then day, to components and what each costs a unit."""
    per_unit: dict[tuple[str, str], dict[Date, list[tuple[str, float]]]] = defaultdict(lambda: defaultdict(list))
    for one in prices.prices:
        per_unit[one.namespace, one.driver][one.day].append((one.component, one.usd_per_unit))
    return per_unit


def _costliest(
    per_unit: Mapping[tuple[str, str], Mapping[Date, list[tuple[str, float]]]],
    used: Iterable[Used],
    own: Iterable[Used],
    limit: int,
) -> set[str]:
    whole = {(one.namespace, one.driver, one.username): one.days for one in own}
    borne: dict[tuple[str, str, str], dict[Date, float]] = defaultdict(lambda: defaultdict(float))
    for one in used:
        for day, amount in one.days.items():
            borne[one.namespace, one.driver, one.username][day] += amount
    costs: dict[str, float] = defaultdict(float)
    for key, days in borne.items():
        known, most = per_unit.get(key[:2], {}), whole.get(key, {})
        costs[key[2]] += sum(
            min(amount, most.get(day, amount)) * usd for day, amount in days.items() for _, usd in known.get(day, ())
        )
    return {name for name, _ in sorted(costs.items(), key=lambda item: (-item[1], item[0]))[:limit]}
