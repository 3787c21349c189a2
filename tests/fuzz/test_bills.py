"""FOCUS files, tags and settings of the cost exporter."""

import csv
import gzip
import io
import json
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from hubmeter_common.settings_file import SettingsError
from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.reconciliation import balances
from hubmeter_exporter.costs.settings import defaults_text, make
from hubmeter_exporter.costs.sources.focus import REASONS, FocusSource
from hubmeter_exporter.costs.sources.tags import TagsError, tags_of
from tests.fuzz.values import anything, damaged, fuzzed, nearly, numbers, scalars, texts

ALL = (date(2000, 1, 1), date(2200, 12, 31))
ROW = {
    "BilledCost": "1",
    "EffectiveCost": "2.5",
    "ContractedCost": "2.5",
    "BillingCurrency": "USD",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-10-30T00:00:00Z",
    "ChargePeriodEnd": "2026-10-31T00:00:00Z",
    "ServiceName": "Virtual Machines",
    "Tags": json.dumps({"hub-name": "prod"}),
    "x_Credits": '[{"amount": -0.5}]',
}
SETTINGS = {
    "focus": {"path": "", "attributable_tags": {"a": ["b"]}, "components_by_tag": {"hub-name": {"prod": "core"}}},
}


def as_csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROW))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def read(name: str, content: bytes) -> None:
    """Read a file: it is a bill whose rows are all finite amounts of days, or an error with a known reason."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        settings = make({"source": "focus", "focus": {"path": folder}}, "f", {}).focus
        source = FocusSource(settings, {}, 60, lambda _: None)
        try:
            rows = source.bill(*ALL)
        except SourceError as error:
            assert error.reason in REASONS
            assert str(error)
            return
        for row in rows:
            assert row.amount.is_finite()
            assert ALL[0] <= row.day <= ALL[1]
            (row.hub + row.component).encode()
        report = source.report()
        assert all(number >= 0 for number in report.rejected.values())
        assert all(balance.difference == 0 for balance in balances(rows, report.parts))


@fuzzed
@given(damaged(as_csv([ROW, {**ROW, "ServiceName": 'a "quoted", one'}, ROW])))
def test_a_damaged_csv_file(content: bytes) -> None:
    read("bill.csv", content)


@fuzzed
@given(damaged(gzip.compress(as_csv([ROW] * 20), mtime=0)))
def test_a_damaged_gzip_file(content: bytes) -> None:
    read("bill.csv.gz", content)


def as_parquet() -> bytes:
    sink = io.BytesIO()
    parquet.write_table(pa.table({name: [value] * 5 for name, value in ROW.items()}), sink)
    return sink.getvalue()


@fuzzed
@given(damaged(as_parquet()))
def test_a_damaged_parquet_file(content: bytes) -> None:
    read("bill.parquet", content)


@fuzzed
@given(
    st.lists(
        st.fixed_dictionaries(
            {name: st.one_of(st.just(value), texts, numbers.map(str)) for name, value in ROW.items()}
        ),
        max_size=3,
    )
)
def test_odd_values_in_csv(rows: list[dict[str, str]]) -> None:
    read("bill.csv", as_csv([ROW, *rows]))


_INT64 = st.integers(-(2**63), 2**63 - 1)
_PAIRS = st.lists(st.tuples(st.text(max_size=3), st.one_of(st.none(), st.text(max_size=3))), max_size=2)


def _two_of(values: Any, kind: Any) -> Any:
    return st.lists(values, min_size=2, max_size=2).map(lambda two: pa.array(two, kind))


_COLUMN = st.one_of(
    _two_of(st.one_of(st.none(), st.floats()), pa.float64()),
    _two_of(st.one_of(st.none(), _INT64), pa.int64()),
    _two_of(_INT64, pa.timestamp("ns", tz="UTC")),
    _two_of(_INT64, pa.timestamp("us")),
    _two_of(st.integers(-(2**31), 2**31 - 1), pa.date32()),
    _two_of(st.one_of(st.none(), st.binary(max_size=8)), pa.binary()),
    _two_of(st.one_of(st.none(), st.booleans()), pa.bool_()),
    _two_of(st.one_of(st.none(), _PAIRS), pa.map_(pa.string(), pa.string())),
    st.just(pa.array([None, None], pa.null())),
)


@fuzzed
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(ROW, _COLUMN)))
def test_odd_types_in_parquet(columns: dict[str, Any]) -> None:
    table = {name: columns.get(name, pa.array([value] * 2)) for name, value in ROW.items()}
    sink = io.BytesIO()
    try:
        parquet.write_table(pa.table(table), sink)
    except (pa.ArrowInvalid, ValueError, UnicodeEncodeError):  # pyarrow refuses the value itself
        return
    read("bill.parquet", sink.getvalue())


@fuzzed
@given(
    st.one_of(
        anything,
        texts,
        scalars,
        st.binary(max_size=20),
        anything.map(repr),
        anything.map(lambda v: json.dumps(v, default=str)),
    )
)
def test_tags_of_any_value(value: Any) -> None:
    try:
        tags = tags_of(value)
    except TagsError as error:
        str(error).encode("utf-8", "strict")
        return
    for key, tag in tags.items():
        assert isinstance(key, str)
        assert isinstance(tag, str)
        (key + tag).encode()


@fuzzed
@given(nearly({**yaml.safe_load(defaults_text()), "source": "focus"}))
def test_any_settings(values: Any) -> None:
    if not isinstance(values, dict):
        return
    try:
        make(values, "f", {})
    except SettingsError as error:
        assert str(error)
