"""Reports as PDF: of a group with 120 members, on paper and for readers of structure."""

import ctypes
import importlib
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest

from hubmeter_exporter.report.forms import Forms
from hubmeter_exporter.report.pdf import PdfError, Printer
from hubmeter_promql.month import build
from hubmeter_promql.month.html import Pages
from hubmeter_promql.month.texts import Texts
from tests.unit.exporter.report import made_up
from tests.waiting import PATIENCE

ODD = ("ana.lópez@uni.edu", "x" * 80, "محمد", "田中太郎", "=1+1", "<b>zoe</b>")
USERS = (*ODD, *(f"user-{number}@students.uni.edu" for number in range(120 - len(ODD))))
DATA = made_up.data({"biology": USERS, "small": ("ana", "unknown-\U000f0001")})
A4 = (595, 842)  # points


def page(group: str) -> str:
    (report,) = build.group_reports(DATA, made_up.PERIOD, [group], made_up.NOW)
    return Pages(Texts("en")).group(report)


def has_font(language: str) -> bool:
    """Return whether the system has a font for a language."""
    program = shutil.which("fc-list")
    if program is None:
        return False
    return bool(
        subprocess.run([program, f":lang={language}"], capture_output=True, check=True, timeout=PATIENCE).stdout
    )


@pytest.fixture(scope="module")
def printer() -> Printer:
    try:
        return Printer()
    except PdfError as error:
        if isinstance(error.__cause__, ModuleNotFoundError):
            raise
        pytest.skip(f"needs libraries and fonts of the system: {error}")


@pytest.fixture(scope="module")
def document(printer: Printer) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(printer.file(page("biology")))


@pytest.fixture(scope="module")
def words(document: pypdfium2.PdfDocument) -> list[str]:
    """The text of each page."""
    return [sheet.get_textpage().get_text_range().replace("\r\n", "\n") for sheet in document]


def test_numbers_and_charts_are_on_two_pages_and_members_follow_with_their_header(
    document: pypdfium2.PdfDocument, words: list[str]
) -> None:
    members = next(number for number, text in enumerate(words) if "Members with use" in text)
    assert members <= 2
    assert "Cost by day" in words[0]
    assert all("Member Hub Cost" in text for text in words[members:])
    assert not any("Member Hub Cost" in text for text in words[:members])
    assert len(words) > members + 1
    # Many columns need the width.
    assert [tuple(map(round, sheet.get_size())) for sheet in document] == [
        *[A4] * members,
        *[A4[::-1]] * (len(words) - members),
    ]
    assert words[-1].endswith(f"{len(words)} / {len(words)}")


def test_each_member_is_there_with_all_numbers_inside_the_page(
    document: pypdfium2.PdfDocument, words: list[str]
) -> None:
    text = "".join(words).replace("\n", "")
    for user in USERS:
        if user == "田中太郎" and not has_font("ja"):
            continue  # the page shows boxes
        assert user in text, user
    for sheet in document:
        width, height = sheet.get_size()
        shown = sheet.get_textpage()
        for number in range(shown.count_chars()):
            left, bottom, right, top = shown.get_charbox(number)
            assert left >= 0
            assert right <= width
            assert bottom >= 0
            assert top <= height


def test_it_has_a_title_a_language_structure_and_the_values_of_charts(document: pypdfium2.PdfDocument) -> None:
    assert document.get_metadata_dict()["Title"] == "biology: October 2026"
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
    language = (ctypes.c_ushort * 16)()
    size = pypdfium2.raw.FPDFCatalog_GetLanguage(document, language, 16)
    assert bytes(language)[: size - 2].decode("utf-16-le") == "en"
    assert "Oct 17: $" in " ".join(alternatives(document))


def alternatives(document: pypdfium2.PdfDocument) -> list[str]:
    """Return the alternate texts of the figures on the first page."""
    raw, found = pypdfium2.raw, []
    tree = raw.FPDF_StructTree_GetForPage(document[0])
    waiting = [raw.FPDF_StructTree_GetChildAtIndex(tree, n) for n in range(raw.FPDF_StructTree_CountChildren(tree))]
    while waiting:
        element = waiting.pop()
        text = (ctypes.c_ushort * 4096)()
        if size := raw.FPDF_StructElement_GetAltText(element, text, ctypes.sizeof(text)):
            found.append(bytes(text)[: size - 2].decode("utf-16-le"))
        children = (
            raw.FPDF_StructElement_GetChildAtIndex(element, number)
            for number in range(raw.FPDF_StructElement_CountChildren(element))
        )
        waiting += [child for child in children if child]
    raw.FPDF_StructTree_Close(tree)
    return found


def test_charts_have_their_colours(document: pypdfium2.PdfDocument) -> None:
    image = document[0].render().to_pil().convert("RGB")
    pixels = {colour: number for number, colour in image.getcolors(image.width * image.height)}
    assert pixels[0x2F, 0x6F, 0xD6] > 5 * pixels[0xB3, 0x5C, 0x00] > 500  # settled, and estimates


def test_a_small_group_is_upright_without_pictures_and_each_character_is_shown_or_named(
    printer: Printer, caplog: pytest.LogCaptureFixture
) -> None:
    picture = Path(__file__).parents[4] / "docs" / "images" / "report-page-light.png"
    assert picture.exists()
    text = page("small").replace("<h1>", f'<img src="{picture.as_uri()}" alt="a picture"><h1>')
    small = pypdfium2.PdfDocument(printer.file(text))
    assert {tuple(map(round, sheet.get_size())) for sheet in small} == {A4}
    assert len(small) <= 3
    assert "unknown-[U+F0001]" in small[len(small) - 1].get_textpage().get_text_range().replace("\r\n", "")
    assert "No font has the characters \U000f0001. Install one that has." in caplog.text
    assert not [*small[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]


def test_many_hubs_notes_and_components_stay_on_two_pages_and_inside_them(printer: Printer) -> None:
    (report,) = build.group_reports(DATA, made_up.PERIOD, ["small"], made_up.NOW)
    components = {f"component {number}": 12_345.67 for number in range(9)}
    report = replace(
        report,
        group="G" * 200,
        total=111_111.03,
        components=tuple(components.items()),
        members=tuple(replace(member, components=components) for member in report.members),
        notes=replace(
            report.notes,
            missing=(*made_up.PERIOD.days[::2],),
            recorded_hours={f"hub-{number}": 700.0 for number in range(12)},
        ),
    )
    crowded = pypdfium2.PdfDocument(printer.file(Pages(Texts("en")).group(report)))
    sheets = [sheet.get_textpage() for sheet in crowded]
    assert ["Members with use" in sheet.get_text_range() for sheet in sheets] == [False, False, True]
    assert sheets[2].get_text_range().count("$12,345.67") == 3 * len(components)
    for sheet, page_of in zip(sheets, crowded, strict=True):
        edge = page_of.get_size()[0] - 30  # in its margin
        assert all(sheet.get_charbox(number)[2] < edge for number in range(sheet.count_chars()))


@pytest.mark.usefixtures("printer")
def test_mails_have_the_pdf_if_it_is_written_and_the_page_otherwise() -> None:
    (report,) = build.group_reports(DATA, made_up.PERIOD, ["empty"], made_up.NOW)
    for forms, begin in ((("csv", "pdf"), b"%PDF-"), (("csv", "json"), b"<!doctype html>")):
        attached = Forms(Texts("en"), forms).attachment(report)
        assert attached.content.startswith(begin), forms
        assert attached.form == ("pdf" if "pdf" in forms else "html")


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (ModuleNotFoundError(name="weasyprint"), "install it, or use the image tagged -pdf"),
        (OSError("cannot load library 'libpango-1.0-0'"), "install them, such as Debian's libpangoft2-1.0-0"),
    ],
)
def test_what_is_missing_is_an_error(cause: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise cause

    monkeypatch.setattr(importlib, "import_module", fail)
    with pytest.raises(PdfError, match=sentence):
        Printer()


@pytest.mark.usefixtures("printer")
def test_without_fonts_the_command_ends_with_a_sentence(tmp_path: Path) -> None:
    """WeasyPrint only warns, and Pango then ends the process."""
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>", encoding="utf-8")
    command = [sys.executable, "-m", "hubmeter_exporter.report.cli", "--all", "--format", "pdf"]
    command += ["--prometheus_url", "http://localhost:1", "--cost_api_url", "http://localhost:1"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=tmp_path,
        env={"FONTCONFIG_FILE": str(tmp_path / "fonts.conf"), "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "PDF needs fonts (" in done.stderr
    assert "install some, such as Debian's fonts-dejavu-core" in done.stderr
