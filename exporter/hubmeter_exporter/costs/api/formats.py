"""Tables as JSON and CSV. Large ones are streamed: the costs of all users and days of a year are 150 MB."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from fastapi import Response
from fastapi.responses import StreamingResponse

from hubmeter_common.csv_text import csv_text, harmless
from hubmeter_exporter.costs.api.tables import Block, Model, Row

CSV: Final = "text/csv; charset=utf-8"
_PIECE: Final = 65_536  # bytes at least of a piece, but for the last one


def table(name: str, model: Model, rows: Sequence[Row], form: str) -> Response:
    """Return the rows as a response; ``form`` is "json" or "csv"."""
    if form == "csv":
        lines = [[*model.model_fields], *([harmless(cell) for cell in row.values()] for row in rows)]
        return Response(csv_text(lines), media_type=CSV, headers=_attachment(name))
    return Response(_json(rows), media_type="application/json")


def blocks(name: str, model: Model, rows: Iterable[Block], form: str) -> Response:
    """Return the rows of a large table as a response."""
    columns = [*model.model_fields]
    if form == "csv":
        return StreamingResponse(_pieces(csv_parts(columns, rows)), media_type=CSV, headers=_attachment(name))
    return StreamingResponse(_pieces(json_parts(columns, rows)), media_type="application/json")


def json_parts(columns: Sequence[str], rows: Iterable[Block]) -> Iterator[str]:
    """Yield a JSON array."""
    quoted = _Cache(_json)
    separator = "["
    for names, cells in rows:
        first = _json(dict(zip(columns, names, strict=False)))[:-1].replace("%", "%%")
        others = ",".join(f"{_json(column)}:%s" for column in columns[len(names) :])
        line = f"{first},{others}}}"
        if cells:
            yield separator + ",".join(
                [line % (*[quoted[name] for name in others], repr(value)) for *others, value in cells]
            )
            separator = ","
    yield "[]" if separator == "[" else "]"


def csv_parts(columns: Sequence[str], rows: Iterable[Block]) -> Iterator[str]:
    """Yield CSV (RFC 4180) with a line of column names."""
    safe = _Cache(harmless)
    yield csv_text([columns])
    for names, cells in rows:
        first = [safe[name] for name in names]
        yield csv_text([(*first, *[safe[name] for name in others], value) for *others, value in cells])


class _Cache(dict[str, str]):
    """The results of a function by its argument: a table has few names, each in many rows."""

    def __init__(self, function: Callable[[Any], str]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, key: str) -> str:
        self[key] = result = self._function(key)
        return result


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _pieces(parts: Iterable[str]) -> Iterator[bytes]:
    """Yield the parts, small ones together."""
    piece: list[str] = []
    size = 0
    for part in parts:
        piece.append(part)
        size += len(part)
        if size >= _PIECE:
            yield "".join(piece).encode()
            piece, size = [], 0
    yield "".join(piece).encode()
