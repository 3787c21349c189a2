"""The page of a group, for its leads and for administrators: as HTML, CSV and JSON."""

import logging
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from markupsafe import Markup
from tornado.web import HTTPError, RequestHandler

from hubmeter_common.slugs import safe_slug
from hubmeter_hub.usage_page.group_views import AwayError, GroupView, GroupViews
from hubmeter_hub.usage_page.handlers import Protected, Usage
from hubmeter_hub.usage_page.leads import Access
from hubmeter_promql.month import documents, html, period, tables
from hubmeter_promql.month.period import Period, PeriodError, first_of
from hubmeter_promql.month.texts import Texts

log = logging.getLogger("hubmeter.usage_page")

# The months in the list of a page.
_MONTHS: Final = 13
_TEXTS: Final = Texts("en")
_CSS_SECONDS: Final = 3600

_MESSAGES: Final = {
    400: "The request is invalid. A group is ?name=NAME in UTF-8, a month &month=2026-10, which has begun.",
    403: "You can see only groups that you lead. Administrators can see all groups.",
    500: "An error occurred. It is in the log of the service. Please try again in a few minutes.",
    503: "Usage cannot be shown right now. Please try again in a few minutes.",
}


def this_month(now: float) -> Period:
    """Return the days of this month that are over; on its first day, the month before."""
    today = datetime.fromtimestamp(now, UTC).date()
    return period.parse("" if today.day == 1 else f"{today:%Y-%m}", now)


def months(now: float, chosen: Period) -> list[Period]:
    """Return the newest months, and the one that is chosen, the newest first."""
    found = [this_month(now)]
    while len(found) < _MONTHS:
        found.append(period.parse(f"{first_of(found[-1].first) - timedelta(1):%Y-%m}", now))
    return sorted({*found, chosen}, key=lambda month: month.first, reverse=True)


def name_of_month(first: date) -> str:
    """Return a month with its year: October 2026."""
    return _TEXTS.month(first)


class Group(Usage):
    """Checks access: the hub is asked who the requester is at least once a minute."""

    messages = Usage.messages | _MESSAGES

    async def prepare(self) -> None:
        """Ask the hub who the requester is. Answers that are kept for users' own pages may be older."""
        self.hub_auth = self.settings["fresh_auth"]
        try:
            await super().prepare()
        finally:
            self.hub_auth = self.settings["auth"]

    @property
    def views(self) -> GroupViews:
        """The views of groups."""
        views: GroupViews = self.settings["groups"]
        return views

    def access(self) -> Access:
        """Return the groups that the requester may see."""
        return self.access_to_groups(self.current_user)

    def chosen(self) -> tuple[str, Period]:
        """Return the group and the month that are asked for. Without a name it is the only group of a lead, else "".

        Raises:
            HTTPError: 403 for a group that the requester may not see, existing or not; 400 for another text than a
                month.
        """
        access = self.access()
        if not access:
            raise HTTPError(403, f"{self.current_user['name']!r} leads no group")
        only = access.groups[0] if len(access.groups) == 1 and not access.every_group else ""
        group = self.get_query_argument("name", only, strip=False)
        if group and not access.allows(group):
            raise HTTPError(403, f"{self.current_user['name']!r} asked for the group {group[:255]!r}")
        text = self.get_query_argument("month", "")
        now = self.settings["clock"]()
        try:
            return group, period.parse(text, now) if text else this_month(now)
        except PeriodError as error:
            raise HTTPError(400, f"month {error}") from error

    async def view(self) -> GroupView:
        """Return what is asked for.

        Raises:
            HTTPError: as `chosen`; 400 without a group, 503 if there is no answer.
        """
        group, month = self.chosen()
        if not group:
            raise HTTPError(400, "no group is chosen: add ?name=NAME")
        try:
            return await self.views.view(group, month)
        except AwayError as error:
            raise HTTPError(503, str(error)) from error

    def link(self, path: str, group: str, month: Period) -> str:
        """Return the address of a group in a month."""
        return f"{self.site.prefix}{path}?{urlencode({'name': group, 'month': month.month})}"


class GroupPage(Group):
    """The page, or the list of groups for requesters who may see several."""

    async def get(self) -> None:
        """Answer with the page; with status 503 if Prometheus or the cost API does not answer."""
        if self.current_user is None:
            self.redirect(self.get_login_url())
            return
        group, month = self.chosen()
        now = self.settings["clock"]()
        if not group:
            await self._list(month)
            return
        view = await self.view()
        newest = this_month(now)
        rest = [
            (name_of_month(of.first), self.link("group", group, of), of.first == month.first)
            for of in months(now, month)
        ]
        access = self.access()
        self.show(
            "group.html",
            group=group,
            view=view,
            body=Markup(view.body),  # noqa: S704 - rendered from templates that escape
            month=name_of_month(month.first),
            months=rest,
            is_newest=month.first == newest.first,
            with_list=access.every_group or len(access.groups) > 1,
            csv=self.link("group.csv", group, month),
            json=self.link("api/group", group, month),
            has_pseudonyms=self.settings["has_pseudonyms"],
            on_own_page=False,
        )

    async def _list(self, month: Period) -> None:
        access = self.access()
        found = set(access.groups)
        if access.every_group:
            try:
                found |= {name for name in await self.views.groups() if access.allows(name)}
            except AwayError as error:
                raise HTTPError(503, str(error)) from error
        groups = [(name, self.link("group", name, month)) for name in sorted(found)]
        self.show("groups.html", groups=groups, month=name_of_month(month.first), on_own_page=False)


class GroupCsv(Group):
    """The members of a group as CSV."""

    async def get(self) -> None:
        """Answer with the file of ``hubmeter-report``."""
        if self.current_user is None:
            self.redirect(self.get_login_url())
            return
        view = await self.view()
        name = f"{safe_slug(view.report.group)}-{view.report.period.month}.csv"
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(tables.group(view.report))


class GroupJson(Group):
    """The numbers of a group as JSON."""

    async def get(self) -> None:
        """Answer with the document of ``hubmeter-report``, and with what the members have now for the newest month."""
        if self.current_user is None:
            raise HTTPError(401, "not logged in")
        view = await self.view()
        more = {"now": view.present.document()} if view.present else {}
        self.set_header("Content-Type", "application/json")
        self.finish(documents.group(view.report, more))

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ARG002 # tornado's signature
        """Answer as the hub's own API does."""
        message = self.messages.get(status_code) or HTTPStatus(status_code).phrase
        self.set_header("Content-Type", "application/json")
        self.finish({"status": status_code, "message": message})


class GroupStyle(Protected):
    """The style of reports."""

    def get(self) -> None:
        """Answer with the style, which browsers may keep for an hour."""
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.set_header("Cache-Control", f"private, max-age={_CSS_SECONDS}")
        self.finish(html.css())


def routes(prefix: str) -> list[tuple[str, type[RequestHandler]]]:
    """Return the routes below the prefix of the service."""
    return [
        (f"{prefix}group", GroupPage),
        (f"{prefix}group\\.csv", GroupCsv),
        (f"{prefix}api/group", GroupJson),
        (f"{prefix}report\\.css", GroupStyle),
    ]
