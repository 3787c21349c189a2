"""The cost API: JSON and CSV over HTTP, read from the ledger and from recorded series.

Its paths, parameters and shapes are relied on by dashboards of others (docs/cost-api.md). It has no login of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Protocol

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from hubmeter_exporter.costs.api import docs, tables
from hubmeter_exporter.costs.api.formats import table
from hubmeter_exporter.costs.api.parameters import (
    Component,
    Form,
    From,
    Group,
    Hub,
    Limit,
    Period,
    To,
    User,
    most,
    names,
    period,
)
from hubmeter_exporter.costs.api.problems import Headers, Problem, explain_failures
from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.prices import DRIVERS, Allocation, Prices, price
from hubmeter_exporter.costs.usage import Only, Usage
from hubmeter_exporter.membership import NO_GROUP
from hubmeter_exporter.server import negotiated
from hubmeter_promql.client import PrometheusError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from pydantic import BaseModel

    from hubmeter_exporter.costs.api.tables import Row
    from hubmeter_exporter.costs.model import BillRow
    from hubmeter_exporter.exposition import Page

_DESCRIPTION: Final = (
    "What the cloud billed, by hub, component, group and user, in US dollars and UTC days. Costs of a day are there as "
    "soon as the cloud has billed it, and change until the cloud has settled it. Rows of users and groups, with those "
    "called unallocated, add up to what is attributable."
)


class Bills(Protocol):
    """Where the bills are that were read."""

    def rows(self, first: date, last: date) -> list[BillRow]:
        """Return the rows of these days, both included. May raise `SourceError`."""
        ...


@dataclass(frozen=True)
class Backend:
    """What the API answers from.

    Attributes:
        bills: what the cloud billed.
        usage: what users used.
        allocation: how bills come to users.
        page: returns the metrics as they are now.
        not_ready: returns why bills cannot be relied on, or None.
        version: of this program.
    """

    bills: Bills
    usage: Usage
    allocation: Allocation
    page: Callable[[], Page]
    not_ready: Callable[[], str | None]
    version: str


def create_app(backend: Backend) -> FastAPI:
    """Return the application; nothing is asked yet."""
    app = FastAPI(
        title="Hubmeter cost API",
        version=backend.version,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Headers)
    explain_failures(app)
    app.include_router(_tables(_Answers(backend)))
    app.include_router(_service(app, backend))
    return app


class _Answers:
    """The answers, each a method; its parameters are the request's, its docstring the description."""

    def __init__(self, backend: Backend) -> None:
        self._bills = backend.bills
        self._usage = backend.usage
        self._allocation = backend.allocation
        self._not_ready = backend.not_ready

    def hub_names(self, begin: From = "", to: To = "") -> list[str]:
        """Hubs on the bill or with usage in these days; "support" stands for what no hub's tag covers."""
        days = self._days(begin, to)
        hubs = {tables.hub_name(bill.hub) for bill in tables.attributable(self._rows(days))}
        return sorted(hubs | {hub for _, hub, _ in self._usage.hubs(days.first, days.last)})

    def component_names(self, begin: From = "", to: To = "") -> list[str]:
        """Components on the bill of these days."""
        return sorted({bill.component for bill in tables.attributable(self._rows(self._days(begin, to)))})

    def total_costs(self, begin: From = "", to: To = "", form: Form = "json") -> Response:
        """What each day cost: the whole account, and what is attributable to the hubs by tags. Sorted by date."""
        rows = tables.total_costs(self._rows(self._days(begin, to)))
        return table("total-costs", tables.TotalCost, rows, form)

    def total_costs_per_hub(self, begin: From = "", to: To = "", form: Form = "json") -> Response:
        """What each day cost by the hubs' tags, without the part that hubs have in what no hub's tag covers."""
        rows = tables.total_costs_per_hub(self._rows(self._days(begin, to)))
        return table("total-costs-per-hub", tables.HubCost, rows, form)

    def total_costs_per_component(
        self, begin: From = "", to: To = "", hub: Hub = "", component: Component = "", form: Form = "json"
    ) -> Response:
        """What each component cost on each day."""
        bills = self._rows(self._days(begin, to))
        rows = tables.total_costs_per_component(bills, names(hub), names(component))
        return table("total-costs-per-component", tables.ComponentCost, rows, form)

    def total_costs_per_group(
        self,
        begin: From = "",
        to: To = "",
        hub: Hub = "",
        component: Component = "",
        usergroup: Group = "",
        form: Form = "json",
    ) -> Response:
        """What each group cost on each day: its users' costs, by who was in the group when the usage happened."""
        days, usage = self._days(begin, to), self._usage.as_of_now()
        prices = self._prices(days, usage, names(hub), names(component))
        groups = names(usergroup)
        only = _only(names(hub), groups, frozenset(), _drivers(prices))
        used = usage.groups(days.first, days.last, only) if only.drivers else []
        rows = tables.total_costs_per_group(prices, used, unallocated=_with_unallocated(groups))
        return table("total-costs-per-group", tables.GroupCost, rows, form)

    def costs_per_user(
        self,
        begin: From = "",
        to: To = "",
        hub: Hub = "",
        component: Component = "",
        user: User = "",
        usergroup: Group = "",
        limit: Limit = "",
        form: Form = "json",
    ) -> Response:
        """What each user cost on each day, by hub and component; a user of several groups has a row for each."""
        few = most(limit)
        days, usage = self._days(begin, to), self._usage.as_of_now()
        prices = self._prices(days, usage, names(hub), names(component))
        groups, users = names(usergroup), names(user)
        only = _only(names(hub), groups, users, _drivers(prices))
        used = usage.pairs(days.first, days.last, only) if only.drivers else []
        rest = few is None and _with_unallocated(groups, users)
        own = usage.users(days.first, days.last, replace(only, usergroups=frozenset())) if few and used else []
        rows = tables.costs_per_user(prices, used, own, unallocated=rest, limit=few)
        return table("costs-per-user", tables.UserCost, rows, form)

    def total_usage(
        self,
        begin: From = "",
        to: To = "",
        hub: Hub = "",
        component: Component = "",
        user: User = "",
        form: Form = "json",
    ) -> Response:
        """Each user's part of the day's usage of the hub: memory requested, home directory size, GPUs requested."""
        days, usage = self._days(begin, to), self._usage.as_of_now()
        components = names(component)
        drivers = frozenset(driver for one, driver in DRIVERS.items() if not components or one in components)
        only = _only(names(hub), frozenset(), names(user), drivers)
        used = usage.users(days.first, days.last, only) if drivers else []
        rows = tables.total_usage(used, usage.hubs(days.first, days.last) if used else {})
        return table("total-usage", tables.UserPart, rows, form)

    def user_groups(self, hub: Hub = "", user: User = "", usergroup: Group = "", form: Form = "json") -> Response:
        """Who is in which group now."""
        rows = tables.user_groups(self._usage.members())
        return table("user-groups", tables.UserGroup, _chosen(rows, hub, user, usergroup), form)

    def users_with_multiple_groups(
        self, hub: Hub = "", user: User = "", usergroup: Group = "", form: Form = "json"
    ) -> Response:
        """Users of several groups, a row for each of the groups."""
        rows = tables.users_with_multiple_groups(self._usage.members())
        chosen = _chosen(rows, hub, user, usergroup)
        return table("users-with-multiple-groups", tables.UserOfGroup, chosen, form)

    def users_with_no_groups(self, hub: Hub = "", user: User = "", form: Form = "json") -> Response:
        """Users of no group."""
        rows = tables.users_with_no_groups(self._usage.members())
        return table("users-with-no-groups", tables.UserOfNone, _chosen(rows, hub, user, ""), form)

    def _days(self, begin: str, end: str) -> Period:
        return period(begin, end, self._usage.today())

    def _rows(self, days: Period) -> list[BillRow]:
        """Return the bills; an answer without any is an error where none could be read."""
        rows = self._bills.rows(days.first, days.last)
        reason = None if rows else self._not_ready()
        if reason is not None:
            raise SourceError("unread", reason)
        return rows

    def _prices(self, days: Period, usage: Usage, hubs: frozenset[str], components: frozenset[str]) -> Prices:
        """Return the prices of billed days, which need the usage of all hubs, and of these what is asked for."""
        bills = self._rows(days)
        every = price(bills, usage.hubs(days.first, days.last) if bills else {}, self._allocation)
        return Prices(
            tuple(
                one
                for one in every.prices
                if (not hubs or one.namespace in hubs) and (not components or one.component in components)
            ),
            tuple(
                one
                for one in every.unallocated
                if (not hubs or tables.hub_name(one.namespace) in hubs)
                and (not components or one.component in components)
            ),
        )


def _drivers(prices: Prices) -> frozenset[str]:
    return frozenset(one.driver for one in prices.prices)


def _only(hubs: frozenset[str], groups: frozenset[str], users: frozenset[str], drivers: frozenset[str]) -> Only:
    """Return what to read; users whom no group claims have no label, and are called "none" here."""
    return Only(hubs, groups | {""} if NO_GROUP in groups else groups, users, drivers)


def _with_unallocated(*filters: frozenset[str]) -> bool:
    return all(not wanted or tables.UNALLOCATED in wanted for wanted in filters)


def _chosen(rows: list[Row], hub: str, user: str, usergroup: str) -> list[Row]:
    wanted = {"hub": names(hub), "username": names(user), "usergroup": names(usergroup)}
    return [row for row in rows if all(not few or row[field] in few for field, few in wanted.items())]


def _tables(answers: _Answers) -> APIRouter:
    """Return the routes of tables and lists."""
    failures: dict[int | str, dict[str, Any]] = {
        422: {"model": Problem, "description": "A parameter cannot be used; says which and what is allowed"},
        502: {"model": Problem, "description": "Prometheus failed, or no bill has ever been read; says how"},
        503: {"model": Problem, "description": "The ledger cannot be read; says why"},
        504: {"model": Problem, "description": "Prometheus did not answer in time"},
    }
    router = APIRouter(responses=failures)
    for path, names_ in (("/hub-names", answers.hub_names), ("/component-names", answers.component_names)):
        router.get(path)(names_)
    routes: tuple[tuple[str, Callable[..., Response], type[BaseModel]], ...] = (
        ("/total-costs", answers.total_costs, tables.TotalCost),
        ("/total-costs-per-hub", answers.total_costs_per_hub, tables.HubCost),
        ("/total-costs-per-component", answers.total_costs_per_component, tables.ComponentCost),
        ("/total-costs-per-group", answers.total_costs_per_group, tables.GroupCost),
        ("/costs-per-user", answers.costs_per_user, tables.UserCost),
        ("/total-usage", answers.total_usage, tables.UserPart),
        ("/user-groups", answers.user_groups, tables.UserGroup),
        ("/users-with-multiple-groups", answers.users_with_multiple_groups, tables.UserOfGroup),
        ("/users-with-no-groups", answers.users_with_no_groups, tables.UserOfNone),
    )
    for path, answer, model in routes:
        columns = ",".join(model.model_fields)
        content = {"text/csv": {"schema": {"type": "string"}, "example": f"{columns}\r\n"}}
        table_: dict[int | str, dict[str, Any]] = {
            200: {"model": list[model], "description": "The table", "content": content}  # type: ignore[valid-type] # a model that is a value
        }
        router.get(path, responses=table_)(answer)
    return router


def _service(app: FastAPI, backend: Backend) -> APIRouter:
    """Return the routes that are about the API itself."""
    router = APIRouter()
    not_ready: dict[int | str, dict[str, Any]] = {503: {"model": Problem, "description": "It cannot answer; says why"}}

    @router.get("/")
    @router.get("/index")
    def index() -> dict[str, str]:
        """Return what there is: each path and what it is for."""
        return {path: operations["get"]["description"] for path, operations in app.openapi()["paths"].items()}

    @router.get("/ready", responses=not_ready)
    @router.get("/health/ready", responses=not_ready)
    def ready(response: Response) -> dict[str, str]:
        """Return whether bills are there and Prometheus answers; status 503 and why, if not."""
        reason = backend.not_ready()
        if reason is None:
            try:
                backend.usage.check()
            except PrometheusError as error:
                reason = f"Prometheus: {error}"
        if reason is None:
            return {"status": "ready"}
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return {"detail": reason}

    @router.get("/docs", response_class=HTMLResponse)
    def docs_page() -> HTMLResponse:
        """Return this description for people."""
        policy = {"Content-Security-Policy": docs.POLICY}
        return HTMLResponse(docs.page(app.openapi()), headers=policy)

    @router.get("/metrics", response_class=PlainTextResponse)
    def metrics(request: Request) -> Response:
        """Return bills and unit prices as Prometheus scrapes them."""
        asked = request.headers
        headers, parts = negotiated(backend.page(), asked.get("Accept", ""), asked.get("Accept-Encoding", ""))
        return Response(b"".join(parts), headers=headers)

    return router
