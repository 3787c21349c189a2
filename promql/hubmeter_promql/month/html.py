"""Reports as HTML: each a file of its own that loads nothing and runs no script."""

from importlib.resources import files
from typing import Final

from hubmeter_promql.month.charts import chart
from hubmeter_promql.month.files import group_file
from hubmeter_promql.month.model import ESTIMATED, DayCost, GroupReport, MonthCost, Summary
from hubmeter_promql.month.templating import environment
from hubmeter_promql.month.texts import Texts

_TEMPLATES: Final = files(__package__) / "templates"


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
            "uncertain": bool(report.notes.estimated or report.notes.missing),
        }

    def summary(self, summary: Summary, *, linked: bool) -> str:
        """Return the page of all groups; ``linked`` if their pages are beside it."""
        return self._summary_page.render(
            report=summary,
            links={group.group: group_file(group.group, "html") for group in summary.groups} if linked else {},
        )

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
