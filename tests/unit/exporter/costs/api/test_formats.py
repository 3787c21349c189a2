"""Blocks of rows are written like rows."""

import csv
import io
import json

import pytest

from hubmeter_exporter.costs.api.formats import csv_parts, json_parts
from hubmeter_exporter.costs.api.tables import Block

COLUMNS = ["date", "hub", "user", "value"]
ODD = ['a"b\\c', "100%", "%s%%(x)s", "=1+1", "-2", "@x", "", "é\n{}", "a,b"]


@pytest.mark.parametrize(
    "blocks",
    [
        [],
        [Block(("2026-01-05", "prod"), [])],
        [Block(("2026-01-05", "%d"), [("ana", 0.1), ("ana", 1e-9)]), Block(("2026-01-06", "a"), [("bob", 5e22)])],
        [Block(("2026-01-05", hub), [(user, 1 / 3) for user in ODD]) for hub in ODD],
    ],
)
def test_blocks_are_written_like_their_rows(blocks: list[Block]) -> None:
    rows = [[*names, *cells] for names, lines in blocks for cells in lines]
    assert json.loads("".join(json_parts(COLUMNS, blocks))) == [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    lines = list(csv.reader(io.StringIO("".join(csv_parts(COLUMNS, blocks)), newline="")))
    assert lines[0] == COLUMNS
    harmless = {"=1+1": "'=1+1", "-2": "'-2", "@x": "'@x"}
    assert lines[1:] == [[harmless.get(str(cell), str(cell)) for cell in row] for row in rows]
