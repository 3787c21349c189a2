"""The forms of reports: HTML, PDF, CSV and JSON."""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from hubmeter_exporter.report.delivery.mail import Attachment
from hubmeter_exporter.report.pdf import Printer
from hubmeter_promql.month import documents, tables
from hubmeter_promql.month.html import Pages
from hubmeter_promql.month.model import GroupReport, Summary
from hubmeter_promql.month.texts import Texts

FORMS: Final = ("html", "pdf", "csv", "json")


class Forms:
    """The files of groups and of the summary, by form.

    Attributes:
        names: The chosen forms.
        of_group: Functions that return the file of a group.
        of_all: Functions that return the file of all groups.
    """

    def __init__(self, texts: Texts, names: Sequence[str]) -> None:
        """Load what the chosen forms need. Raises `PdfError`."""
        self.names = names
        pages = Pages(texts)
        self.of_group: dict[str, Callable[[GroupReport], bytes]] = {
            "html": lambda report: pages.group(report).encode(),
            "csv": tables.group,
            "json": documents.group,
        }
        self.of_all: dict[str, Callable[[Summary], bytes]] = {
            "html": lambda summary: pages.summary(summary, linked=True).encode(),
            "csv": tables.summary,
            "json": documents.summary,
        }
        if "pdf" in names:
            printer = Printer()
            self.of_group["pdf"] = lambda report: printer.file(pages.group(report))
            self.of_all["pdf"] = lambda summary: printer.file(pages.summary(summary, linked=False))

    def attachment(self, report: GroupReport) -> Attachment:
        """Return the file of a group for a mail: as PDF if these are written, or else its page."""
        form: Literal["html", "pdf"] = "pdf" if "pdf" in self.of_group else "html"
        return Attachment(form, self.of_group[form](report))
