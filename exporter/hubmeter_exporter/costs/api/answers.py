"""The answers of the cost API: one method per path, from the bills in the ledger and the recorded usage."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Protocol

from fastapi import APIRouter, Response

from hubmeter_common.deadline import Deadline
from hubmeter_exporter.costs.api import tables
from hubmeter_exporter.costs.api.formats import blocks, table
from hubmeter_exporter.costs.api.parameters import (
    Component,
    Form,
    From,
    Group,
    Hub,
    Limit,
    Period,
    StrictRoute,
    To,
    User,
    is_named,
    parse_limit,
    parse_names,
    parse_period,
)
from hubmeter_exporter.costs.api.problems import Problem
from hubmeter_exporter.costs.capacity import Capacities
from hubmeter_exporter.costs.history import EXPIRED, History, Reading
from hubmeter_exporter.costs.model import BillRow, SourceError
from hubmeter_exporter.costs.prices import DRIVERS, Allocation, Capacity, Prices, price
from hubmeter_exporter.costs.usage import Selection
from hubmeter_exporter.exposition import Page
from hubmeter_promql.bills import RESTS, days_of
from hubmeter_promql.names import NO_GROUP

_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    422: {"model": Problem, "description": "A parameter is invalid: its name, its value, and the allowed values"},
    502: {"model": Problem, "description": "Prometheus failed, or no bill has been read yet, and the reason"},
    503: {"model": Problem, "description": "The ledger cannot be read, or too many requests are being answered"},
    504: {"model": Problem, "description": "Prometheus did not answer in time"},
}


class Bills(Protocol):
    """The bills read so far."""

    def rows(self, first: date, last: date) -> list[BillRow]:
        """Return the rows of these days, both included. Raises `SourceError`."""
        ...

    def settled(self, day: date) -> bool:
        """Return whether the settlement days have passed since the end of the day."""
        ...


@dataclass(frozen=True)
class Backend:
    """The data of the API.

    Attributes:
        bills: Of the cloud.
        usage: Of users.
        allocation: Of bills to users.
        page: Returns the present metrics.
        not_ready: Returns why bills and prices are unreliable, or None.
        version: Of this package.
        warnings: Returns sentences about parts of the bill that do not count.
        capacities: Of the site.
    """

    bills: Bills
    usage: History
    allocation: Allocation
    page: Callable[[], Page]
    not_ready: Callable[[], str | None]
    version: str
    warnings: Callable[[], list[str]] = list
    capacities: Capacities = field(default_factory=Capacities)


class Answers:
    """The answers. FastAPI takes a method's parameters as the request's, and its docstring as the description."""

    def __init__(self, backend: Backend, query_seconds: float) -> None:
        """Take the data, and the seconds for all queries of a request to Prometheus."""
        self._query_seconds = query_seconds
        self._bills = backend.bills
        self._usage = backend.usage
        self._allocation = backend.allocation
        self._capacities = backend.capacities
        self._not_ready = backend.not_ready

    def routes(self) -> APIRouter:
        """Return the routes of lists and tables."""
        router = APIRouter(responses=_PROBLEMS, route_class=StrictRoute)
        router.get("/hub-names")(self.hub_names)
        router.get("/component-names")(self.component_names)
        paths: tuple[tuple[str, Callable[..., Response], tables.Model], ...] = (
            ("/total-costs", self.total_costs, tables.TotalCost),
            ("/total-costs-per-hub", self.total_costs_per_hub, tables.HubCost),
            ("/total-costs-per-component", self.total_costs_per_component, tables.ComponentCost),
            ("/total-costs-per-group", self.total_costs_per_group, tables.GroupCost),
            ("/costs-per-user", self.costs_per_user, tables.UserCost),
            ("/total-usage", self.total_usage, tables.UsageShare),
            ("/usage-per-user", self.usage_per_user, tables.UserUsage),
            ("/days", self.billed_days, tables.BilledDay),
            ("/user-groups", self.user_groups, tables.UserGroup),
            ("/users-with-multiple-groups", self.users_with_multiple_groups, tables.GroupOfUser),
            ("/users-with-no-groups", self.users_with_no_groups, tables.UserWithoutGroup),
        )
        for path, answer, model in paths:
            columns = ",".join(model.model_fields)
            content = {"text/csv": {"schema": {"type": "string"}, "example": f"{columns}\r\n"}}
            success: dict[int | str, dict[str, Any]] = {
                200: {"model": list[model], "description": "The table", "content": content}  # type: ignore[valid-type] # a model in a variable
            }
            router.get(path, responses=success)(answer)
        return router

    def hub_names(self, begin: From = "", to: To = "") -> list[str]:
        """Hubs with costs or usage on these days; "support" stands for costs without a hub's tag."""
        days = self._days(begin, to)
        hubs = {tables.hub_name(bill.hub) for bill in tables.attributable(self._rows(days))}
        return sorted(hubs | {hub for _, hub, _ in self._reader().hubs(days.first, days.last)})

    def component_names(self, begin: From = "", to: To = "") -> list[str]:
        """Components with costs on these days; those with users' costs are first."""
        components = {bill.component for bill in tables.attributable(self._rows(self._days(begin, to)))}
        return sorted(components, key=lambda name: (name not in DRIVERS, name))

    def total_costs(self, begin: From = "", to: To = "", form: Form = "json") -> Response:
        """Cost of each day: of the whole account, and the part attributable to the hubs by tags. Sorted by date."""
        rows = tables.total_costs(self._rows(self._days(begin, to)))
        return table("total-costs", tables.TotalCost, rows, form)

    def total_costs_per_hub(self, begin: From = "", to: To = "", form: Form = "json") -> Response:
        """Cost of each hub on each day by the hubs' tags; costs without a hub's tag are a row of their own."""
        rows = tables.total_costs_per_hub(self._rows(self._days(begin, to)))
        return table("total-costs-per-hub", tables.HubCost, rows, form)

    def total_costs_per_component(
        self, begin: From = "", to: To = "", hub: Hub = (), component: Component = (), form: Form = "json"
    ) -> Response:
        """Cost of each component on each day."""
        bills = self._rows(self._days(begin, to))
        rows = tables.total_costs_per_component(bills, parse_names(hub), parse_names(component))
        return table("total-costs-per-component", tables.ComponentCost, rows, form)

    def total_costs_per_group(
        self,
        begin: From = "",
        to: To = "",
        hub: Hub = (),
        component: Component = (),
        usergroup: Group = (),
        form: Form = "json",
    ) -> Response:
        """Cost of each group on each day: the costs of its users, by the memberships at the time of the usage."""
        days, usage = self._days(begin, to), self._reader()
        hubs, groups = parse_names(hub), parse_names(usergroup)
        prices = self._prices(days, usage, hubs, parse_names(component))
        selection = _selection(hubs, groups, frozenset(), _drivers(prices))
        used = usage.groups(days.first, days.last, selection) if selection.drivers else iter(())
        rests = [name for name in RESTS if tables.allows(groups, name)]
        rows = tables.total_costs_per_group(prices, used, rests)
        return table("total-costs-per-group", tables.GroupCost, rows, form)

    def costs_per_user(
        self,
        begin: From = "",
        to: To = "",
        hub: Hub = (),
        component: Component = (),
        user: User = (),
        usergroup: Group = (),
        limit: Limit = "",
        form: Form = "json",
    ) -> Response:
        """Cost of each user on each day, by hub and component; users of several groups have a row for each group.

        Costs that no user's usage explains are in the answer if user or usergroup names them: "unallocated", and "idle"
        for capacity that was not in use.
        """
        max_users = parse_limit(limit)
        days, usage = self._days(begin, to), self._reader()
        hubs, groups, users = parse_names(hub), parse_names(usergroup), parse_names(user)
        prices = self._prices(days, usage, hubs, parse_names(component))
        selection = _selection(hubs, groups, users, _drivers(prices))
        if max_users is not None and selection.drivers:
            usd = tables.usd_per_unit(prices)
            users = usage.costliest(days.first, days.last, usd, selection, max_users)
            selection = replace(selection, usernames=users, drivers=selection.drivers if users else frozenset())
        whole = max_users is None
        expired = whole and is_named(EXPIRED, user)
        pairs = usage.pairs(days.first, days.last, selection, expired=expired) if selection.drivers else iter(())
        rests = [name for name in RESTS if whole and _names(name, usergroup, user)]
        rows = tables.costs_per_user(prices, pairs, rests)
        return blocks("costs-per-user", tables.UserCost, rows, form)

    def total_usage(
        self,
        begin: From = "",
        to: To = "",
        hub: Hub = (),
        component: Component = (),
        user: User = (),
        form: Form = "json",
    ) -> Response:
        """Share of each user in the hub's usage of a day: memory requests, home directory sizes, GPU requests."""
        days, usage = self._days(begin, to), self._reader()
        drivers = _drivers_of(component)
        selection = _selection(parse_names(hub), frozenset(), parse_names(user), drivers)
        used = usage.users(days.first, days.last, selection) if drivers else iter(())
        rows = tables.total_usage(used, usage.hubs(days.first, days.last) if drivers else {})
        return blocks("total-usage", tables.UsageShare, rows, form)

    def usage_per_user(
        self,
        begin: From = "",
        to: To = "",
        hub: Hub = (),
        component: Component = (),
        user: User = (),
        usergroup: Group = (),
        form: Form = "json",
    ) -> Response:
        """Usage of each user on each day that components are divided by; users of several groups have a row for each.

        Days whose usage of users is deleted have rows of the user "expired" if user names it.
        """
        days, usage = self._days(begin, to), self._reader()
        drivers = _drivers_of(component)
        selection = _selection(parse_names(hub), parse_names(usergroup), parse_names(user), drivers)
        expired = is_named(EXPIRED, user)
        pairs = usage.pairs(days.first, days.last, selection, expired=expired) if drivers else iter(())
        return blocks("usage-per-user", tables.UserUsage, tables.usage_per_user(pairs), form)

    def billed_days(self, begin: From = "", to: To = "", form: Form = "json") -> Response:
        """State of the bill of each day; days in the future have no rows."""
        days = self._days(begin, to)
        rows = tables.billed_days(days_of(days.first, days.last), self._rows(days), self._bills.settled)
        return table("days", tables.BilledDay, rows, form)

    def user_groups(self, hub: Hub = (), user: User = (), usergroup: Group = (), form: Form = "json") -> Response:
        """Present groups of each user."""
        rows = tables.user_groups(self._reader().members())
        return table("user-groups", tables.UserGroup, _filtered(rows, hub, user, usergroup), form)

    def users_with_multiple_groups(
        self, hub: Hub = (), user: User = (), usergroup: Group = (), form: Form = "json"
    ) -> Response:
        """Users of several groups, with a row for each group."""
        rows = tables.users_with_multiple_groups(self._reader().members())
        return table("users-with-multiple-groups", tables.GroupOfUser, _filtered(rows, hub, user, usergroup), form)

    def users_with_no_groups(self, hub: Hub = (), user: User = (), form: Form = "json") -> Response:
        """Users without a group."""
        rows = tables.users_with_no_groups(self._reader().members())
        return table("users-with-no-groups", tables.UserWithoutGroup, _filtered(rows, hub, user, ()), form)

    def _reader(self) -> Reading:
        """Return a reader of usage for one request."""
        return self._usage.as_of_now(Deadline(self._query_seconds).left)

    def _days(self, begin: str, end: str) -> Period:
        return parse_period(begin, end, self._usage.today())

    def _rows(self, days: Period) -> list[BillRow]:
        """Return the bills. Raises `SourceError` if there are none and none could be read."""
        rows = self._bills.rows(days.first, days.last)
        reason = None if rows else self._not_ready()
        if reason is not None:
            raise SourceError("unread", reason)
        return rows

    def _prices(self, days: Period, usage: Reading, hubs: frozenset[str], components: frozenset[str]) -> Prices:
        """Return the prices of billed days for these hubs and components. They depend on the usage of all hubs."""
        bills = self._rows(days)
        used = usage.hubs(days.first, days.last) if bills else {}
        capacity: Capacity = {}
        if used and self._allocation.idle != "shared":
            capacity = self._capacities.of(usage.capacity(days.first, days.last), days.first, days.last)
        prices = price(bills, used, self._allocation, capacity)
        return Prices(
            tuple(
                row
                for row in prices.prices
                if tables.allows(hubs, row.namespace) and tables.allows(components, row.component)
            ),
            tuple(
                row
                for row in prices.unallocated
                if tables.allows(hubs, tables.hub_name(row.namespace)) and tables.allows(components, row.component)
            ),
        )


def _drivers(prices: Prices) -> frozenset[str]:
    return frozenset(row.driver for row in prices.prices)


def _drivers_of(component: Sequence[str]) -> frozenset[str]:
    """Return the drivers of the components that a parameter allows."""
    components = parse_names(component)
    return frozenset(driver for name, driver in DRIVERS.items() if tables.allows(components, name))


def _selection(
    hubs: frozenset[str], groups: frozenset[str], users: frozenset[str], drivers: frozenset[str]
) -> Selection:
    """Return the selection; "none" also selects users without a known group, whose series have no usergroup."""
    return Selection(hubs, groups | {""} if NO_GROUP in groups else groups, users, drivers)


def _names(name: str, *filters: Sequence[str]) -> bool:
    """Return whether a filter has this name, and all allow it."""
    allowed = all(tables.allows(parse_names(values), name) for values in filters)
    return allowed and any(is_named(name, values) for values in filters)


def _filtered(
    rows: list[tables.Row], hub: Sequence[str], user: Sequence[str], usergroup: Sequence[str]
) -> list[tables.Row]:
    filters = {"hub": parse_names(hub), "username": parse_names(user), "usergroup": parse_names(usergroup)}
    return [row for row in rows if all(tables.allows(names, row.get(field, "")) for field, names in filters.items())]
