"""Tables as JSON and CSV, streamed: the costs of all users and days of a year are a hundred megabytes."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

from fastapi import Response
from fastapi.responses import StreamingResponse

from hubmeter_exporter.costs.api.tables import Model, Row

CSV: Final = "text/csv; charset=utf-8"
_ROWS: Final = 2_000  # per piece
# Spreadsheets take cells that begin so as formulas (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def table(name: str, model: Model, rows: Iterable[Row], form: str) -> Response:
    """Return the rows as a response; ``form`` is "json" or "csv"."""
    if form == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return StreamingResponse(csv_pieces(list(model.model_fields), rows), media_type=CSV, headers=headers)
    return StreamingResponse(json_pieces(rows), media_type="application/json")


def json_pieces(rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a JSON array."""
    yield b"["
    separator = ""
    for piece in _pieces(rows):
        yield (separator + json.dumps(piece, ensure_ascii=False, separators=(",", ":"))[1:-1]).encode()
        separator = ","
    yield b"]"


def csv_pieces(columns: list[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield CSV (RFC 4180) with a line of column names."""
    heading: Row = dict(zip(columns, columns, strict=True))
    for piece in _pieces(chain([heading], rows)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_harmless(row[column]) for column in columns] for row in piece)
        yield text.getvalue().encode()


def _harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while piece := list(islice(iterator, _ROWS)):
        yield piece
