"""Tables as JSON and as CSV, piece by piece: a year of every user's days is a hundred megabytes."""

from __future__ import annotations

import csv
import io
import json
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastapi import Response
    from pydantic import BaseModel

    from hubmeter_exporter.costs.api.tables import Row

CSV: Final = "text/csv; charset=utf-8"
_ROWS: Final = 2_000  # put together at a time
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def table(name: str, model: type[BaseModel], rows: Iterable[Row], form: str) -> Response:
    """Return the rows as an answer; ``form`` is "json" or "csv"."""
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
    """Yield CSV as RFC 4180 has it, with a line of column names."""
    heading: Row = dict(zip(columns, columns, strict=True))
    for piece in _pieces(chain([heading], rows)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_harmless(row[column]) for column in columns] for row in piece)
        yield text.getvalue().encode()


def _harmless(cell: Any) -> Any:
    """Return a text that a spreadsheet shows and does not compute; numbers as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _pieces(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while piece := list(islice(iterator, _ROWS)):
        yield piece
