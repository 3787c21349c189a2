"""The texts of reports, as a catalogue: ``python -m tests.unit.exporter.report.catalogue`` writes it."""

import io
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from hubmeter_exporter import report
from hubmeter_promql import month

FOLDERS: Final = (Path(month.__file__).parent, Path(report.__file__).parent)
FILE: Final = FOLDERS[0] / "locales" / "report.pot"
_METHODS: Final = [("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.py", "python")]
_OPTIONS: Final = {end: {"trim_blocks": "true", "lstrip_blocks": "true"} for end in ("**.html", "**.txt")}
_KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2)}


def extracted() -> str:
    """Return the catalogue of the templates and modules, without anything that changes from day to day."""
    catalog = Catalog(project="Hubmeter", fuzzy=False, header_comment="# Texts of hubmeter-report.")
    found = [row for folder in FOLDERS for row in extract_from_dir(folder, _METHODS, _OPTIONS, _KEYWORDS)]
    for name, _, text, comments, context in sorted(found, key=lambda row: (str(row[0]), row[1])):
        catalog.add(text, locations=[(Path(name).as_posix(), 1)], auto_comments=comments, context=context)
    stream = io.BytesIO()
    write_po(stream, catalog, width=116, include_lineno=False, omit_header=True)
    return stream.getvalue().decode()


if __name__ == "__main__":
    FILE.write_text(extracted(), encoding="utf-8")
