"""CSV (RFC 4180) that spreadsheets read without evaluating it."""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

# Spreadsheets take cells that begin so as formulas (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_text(lines: Iterable[Iterable[Any]]) -> str:
    """Return lines of cells as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue()


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
