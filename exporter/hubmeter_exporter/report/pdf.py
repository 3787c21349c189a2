"""Pages as PDF, through WeasyPrint: tagged (PDF/UA-1), by the rules that browsers print by."""

import importlib
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Final

_CSS: Final = files("hubmeter_promql.month") / "templates" / "report.css"
_CHART: Final = re.compile(r"(<svg\b[^>]*>)(.*?)</svg>", re.DOTALL)

_log = logging.getLogger(__name__)


class PdfError(Exception):
    """No PDF can be made here. The message is one sentence."""


class Printer:
    """Makes PDF files of pages."""

    def __init__(self) -> None:
        """Load WeasyPrint, its libraries and the fonts. Raises `PdfError`."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                warnings.simplefilter("error", UserWarning)  # without fonts, Pango ends the process
                self._weasyprint: Any = importlib.import_module("weasyprint")
        except ModuleNotFoundError as error:
            raise PdfError(
                f"PDF needs hubmeter[report-pdf] ({error.name} is missing); install it, or use the image tagged -pdf"
            ) from error
        except OSError as error:
            raise PdfError(
                f"PDF needs the libraries Pango and HarfBuzz ({' '.join(str(error).split())[:200]}); install them, "
                "such as Debian's libpangoft2-1.0-0 and libharfbuzz-subset0, or use the image tagged -pdf"
            ) from error
        except UserWarning as error:
            raise PdfError(
                f"PDF needs fonts ({error}); install some, such as Debian's fonts-dejavu-core, or use the image tagged "
                "-pdf"
            ) from error
        self._rules = _rules_of_charts(_CSS.read_text(encoding="utf-8"))
        self._fonts = self._weasyprint.text.fonts.FontConfiguration()
        self._nothing = self._weasyprint.urls.URLFetcher(allowed_protocols=())  # a page has all it needs

    def file(self, page: str) -> bytes:
        """Return the PDF of a page. Characters that no font has are written as [U+7530], and logged."""
        page = _CHART.sub(self._described, page)
        with _missing_characters() as missing:
            content = self._made(page)
        if missing:
            codes = {ord(character): f"[U+{ord(character):04X}]" for character in missing}
            _log.warning("No font has the characters %s. Install one that has.", " ".join(sorted(missing)))
            with _missing_characters():
                content = self._made(page.translate(codes))
        return content

    def _made(self, page: str) -> bytes:
        document = self._weasyprint.HTML(string=page, url_fetcher=self._nothing)
        content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", font_config=self._fonts)
        return content

    def _described(self, chart: re.Match[str]) -> str:
        """Return a chart with its colours, because rules of the page are not those of its SVG, and with its values."""
        begin, content = chart.groups()
        values = "; ".join(re.findall(r"<title>(.*?)</title>", content))
        return f"{begin}<title>{values}</title><style>{self._rules}</style>{content}</svg>"


def _rules_of_charts(css: str) -> str:
    """Return the rules of SVG elements with the values of the light theme."""
    values = dict(re.findall(r"--([a-z-]+): ([^;]+);", css.partition("}")[0]))
    rules = "".join(line for line in css.splitlines() if line.startswith("svg "))
    return re.sub(r"var\(--([a-z-]+)\)", lambda name: values[name[1]], rules)


@contextmanager
def _missing_characters() -> Iterator[set[str]]:
    """Collect the characters that WeasyPrint has no glyph for, from its log; its other messages are about CSS."""
    missing: set[str] = set()

    def keep(record: logging.LogRecord) -> bool:
        if "notdef" in record.msg and isinstance(record.args, tuple):
            missing.add(str(record.args[0]))
        return record.levelno >= logging.ERROR

    logger = logging.getLogger("weasyprint")
    logger.addFilter(keep)
    try:
        yield missing
    finally:
        logger.removeFilter(keep)
