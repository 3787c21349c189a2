"""Scrapes get a page in the format and encoding they ask for."""

import gzip
import zlib

import pytest
from prometheus_client.core import GaugeMetricFamily

from hubmeter_exporter.exposition import Format, accepts_gzip, choose_format, render
from tests.unit.exporter.test_server import PROMETHEUS_3

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", Format.TEXT),
        ("*/*", Format.TEXT),
        ("text/plain", Format.TEXT),
        (PROMETHEUS_2, Format.OPENMETRICS),
        (PROMETHEUS_3, Format.OPENMETRICS),
        ("text/plain;version=0.0.4;q=1,*/*;q=0.1", Format.TEXT),
        ("application/openmetrics-text", Format.OPENMETRICS),
        ("Application/OpenMetrics-Text; Version=1.0.0", Format.OPENMETRICS),
        ("application/openmetrics-text;version=0.0.1", Format.TEXT),
        ("application/openmetrics-text;version=2.0.0", Format.TEXT),
        ("application/openmetrics-text;q=0", Format.TEXT),
        ("application/openmetrics-text;q=0.3,text/plain;q=0.7", Format.TEXT),
        ("application/openmetrics-text;q=much", Format.TEXT),
        (";;,=;q", Format.TEXT),
    ],
)
def test_the_format_asked_for(accept: str, form: Format) -> None:
    assert choose_format(accept) is form


@pytest.mark.parametrize(
    ("accept_encoding", "gzipped"),
    [
        ("", False),
        ("gzip", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("GZIP", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("xgzip", False),
    ],
)
def test_the_encoding_asked_for(accept_encoding: str, gzipped: bool) -> None:
    assert accepts_gzip(accept_encoding) is gzipped


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("gauges", [b"", b"# TYPE a gauge\na 1.0\n"], ids=["no gauges", "gauges"])
def test_a_gzipped_page_is_one_member_equal_to_the_plain_page(form: Format, gauges: bytes) -> None:
    page = render([GaugeMetricFamily("b", "B.", value=2)], gauges)
    plain, compressed = b"".join(page.parts[form, False]), b"".join(page.parts[form, True])
    assert plain.startswith(gauges)
    assert b"\nb 2.0\n" in plain
    # curl and browsers read only the first member of a gzip stream.
    decompressor = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert decompressor.decompress(compressed) == plain
    assert (decompressor.eof, decompressor.unused_data) == (True, b"")
    assert gzip.decompress(compressed) == plain
