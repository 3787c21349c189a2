"""Reports as HTML: each a file of its own that loads nothing and runs no script."""

from importlib.resources import files
from typing import Final

from hubmeter_promql.month.charts import chart
from hubmeter_promql.month.files import group_file
from hubmeter_promql.month.model import ESTIMATED, DayCost, GroupReport, MonthCost, Summary
from hubmeter_promql.month.templating import environment
from hubmeter_promql.month.texts import Texts

_TEMPLATES: Final = files(__package__) / "templates"
_NAME: Final = 20  # characters at least for names of members and hubs
# Characters in a row of a table, and the classes of the paper that has the room.
_PAPERS: Final = ((92, ""), (145, "wide"), (190, "wide dense"), (10**9, "wide dense broken"))


def css() -> str:
    """Return the style of pages."""
    return (_TEMPLATES / "report.css").read_text(encoding="utf-8")


class Pages:
    """Writes pages in a locale."""

    def __init__(self, texts: Texts) -> None:
        """Load the templates."""
        self._texts = texts
        templates = environment(texts, autoescape=True)
        templates.filters.update(component=self._component, group=self._group)
        templates.globals.update(css=css(), texts=texts, ESTIMATED=ESTIMATED)
        self._group_page = templates.get_template("group.html")
        self._group_body = templates.get_template("group_body.html")
        self._summary_page = templates.get_template("summary.html")

    def group(self, report: GroupReport) -> str:
        """Return the page of a group."""
        return self._group_page.render(self._of_group(report))

    def body(self, report: GroupReport) -> str:
        """Return the content of a group's page without its frame; its style is that of `css`."""
        return self._group_body.render(self._of_group(report))

    def _of_group(self, report: GroupReport) -> dict[str, object]:
        hubs = sorted({member.hub for member in report.members})
        components = [name for name, _ in report.components]
        return {
            "report": report,
            "hubs": hubs,
            "components": components if len(components) > 1 else [],
            "by_day": chart([(day.usd, _kind(day), self._title(day)) for day in report.days]),
            "by_month": chart(
                [
                    (month.usd, "settled" if month.complete else "estimated", self._month(month))
                    for month in report.months
                ]
            ),
            "with_gpus": any(member.gpu_hours for member in report.members),
            "with_hours": any(member.server_hours is not None for member in report.members),
            "paper": self._paper(report, hubs),
            "uncertain": bool(report.notes.estimated or report.notes.missing),
        }

    def summary(self, summary: Summary, *, linked: bool) -> str:
        """Return the page of all groups; ``linked`` if their pages are beside it."""
        return self._summary_page.render(
            report=summary,
            links={group.group: group_file(group.group, "html") for group in summary.groups} if linked else {},
        )

    def _paper(self, report: GroupReport, hubs: list[str]) -> str:
        """Return the class of the members' table on paper, by the characters in its widest row."""
        amounts = [report.total, *(usd for _, usd in report.components if len(report.components) > 1)]
        members = report.members
        hours = [sum(member.server_hours or 0.0 for member in members), sum(m.memory_gib_hours for m in members)]
        hours += filter(None, [sum(member.gpu_hours for member in members)])
        hours += [sum(member.home_gib for member in members)]
        shown = [*map(self._texts.money, amounts), *(self._texts.number(value, 1) for value in hours)]
        heads = ["", *(self._component(name) for name, _ in report.components if len(amounts) > 1)]
        heads += ["hours"] * len(hours)
        columns = (
            max(len(text), *(round(1.2 * len(word)) for word in head.split() or [""])) + 2
            for text, head in zip(shown, heads, strict=True)
        )
        width = _NAME + sum(columns) + (min(max(map(len, hubs)), _NAME) if len(hubs) > 1 else 0)
        return next((name for most, name in _PAPERS if width <= most), _PAPERS[-1][1])

    def _title(self, day: DayCost) -> str:
        usd = self._texts.gettext("unknown") if day.usd is None else self._texts.money(day.usd)
        return f"{self._texts.day(day.day)}: {usd}"

    def _month(self, month: MonthCost) -> str:
        return f"{self._texts.month(month.first)}: {self._texts.money(month.usd)}"

    def _component(self, name: str) -> str:
        return self._texts.gettext("not settled yet") if name == ESTIMATED else name

    def _group(self, name: str) -> str:
        return self._texts.gettext("Users without a group") if name == "none" else name


def _kind(day: DayCost) -> str:
    return "settled" if day.state == "settled" else "estimated"
