"""Pages of metrics as the bytes that a scrape gets, rendered once a refresh."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from prometheus_client import exposition as text_format
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import exposition as openmetrics_format
from prometheus_client.registry import Collector

_GZIP: Final = 16 + zlib.MAX_WBITS
_LEVEL: Final = 6


class Format(Enum):
    """An exposition format; the value is its content type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@dataclass(frozen=True)
class Page:
    """All responses to a scrape, by format and whether gzipped. A response is sent part by part."""

    parts: Mapping[tuple[Format, bool], tuple[bytes, ...]]


class Negotiated(NamedTuple):
    """The headers and the parts of a response."""

    headers: dict[str, str]
    parts: tuple[bytes, ...]


@dataclass(frozen=True)
class RefreshStatus:
    """The metrics of an exporter about its refreshes. Times are in Unix seconds, None before the first event.

    Attributes:
        version: Of this package.
        interval: Seconds between two successful refreshes.
        errors: Failures by (source, reason); every pair exists from the start.
        last_refresh: The last success.
        last_duration: Seconds that it took.
        last_error: The last failure.
        start: The start of the exporter.
    """

    version: str
    interval: float
    errors: Mapping[tuple[str, ...], int]
    last_refresh: float | None = None
    last_duration: float | None = None
    last_error: float | None = None
    start: float | None = None


class RefreshNames(NamedTuple):
    """The names of the metrics of a `RefreshStatus`, with the prefix."""

    last_refresh: str
    last_duration: str
    last_error: str
    interval: str
    start: str


def render(metrics: Sequence[Metric], gauges: bytes = b"") -> Page:
    """Return a page of metrics.

    Args:
        metrics: Rendered by the library.
        gauges: Text that precedes them. Both formats spell gauges alike.
    """
    families = _Families(metrics)
    openmetrics: bytes = openmetrics_format.generate_latest(families)  # type: ignore[no-untyped-call] # the library's
    parts: dict[tuple[Format, bool], tuple[bytes, ...]] = {}
    for form, text in ((Format.TEXT, text_format.generate_latest(families)), (Format.OPENMETRICS, openmetrics)):
        parts[form, False] = (gauges, text)
        parts[form, True] = (_gzipped(gauges, text),)
    return Page(parts)


def comments(name: str, documentation: str) -> str:
    """Return the lines # HELP and # TYPE of a gauge."""
    return text_format.generate_latest(_Families([Metric(name, documentation, "gauge")])).decode()


def gauge(name: str, documentation: str, value: float | None, labels: Mapping[str, str]) -> list[Metric]:
    """Return a gauge with one sample; an empty list if there is no value."""
    if value is None:
        return []
    family = GaugeMetricFamily(name, documentation, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return [family]


def counter(
    name: str, documentation: str, labels: Sequence[str], values: Mapping[tuple[str, ...], float]
) -> CounterMetricFamily:
    """Return a counter with the values by the values of its labels."""
    family = CounterMetricFamily(name, documentation, labels=labels)
    for label_values, value in values.items():
        family.add_metric(label_values, value)
    return family


def build_info(name: str, version: str, labels: Mapping[str, str]) -> InfoMetricFamily:
    """Return the metric ``..._build_info`` of an exporter."""
    family = InfoMetricFamily(name.removesuffix("_info"), "Version of the exporter.", labels=list(labels))
    family.add_metric(list(labels.values()), {"version": version})
    return family


def refresh_gauges(status: RefreshStatus, names: RefreshNames, labels: Mapping[str, str]) -> list[Metric]:
    """Return the gauges of an exporter about its refreshes."""
    return [
        *gauge(names.last_refresh, "Unix time of the last successful refresh.", status.last_refresh, labels),
        *gauge(names.last_duration, "Seconds that the last successful refresh took.", status.last_duration, labels),
        *gauge(names.last_error, "Unix time of the last failed refresh.", status.last_error, labels),
        *gauge(names.interval, "Seconds between two successful refreshes.", status.interval, labels),
        *gauge(names.start, "Unix time of the start of the exporter.", status.start, labels),
    ]


def negotiated(page: Page, accept: str, accept_encoding: str) -> Negotiated:
    """Return a page in the format and encoding that the headers ``Accept`` and ``Accept-Encoding`` ask for."""
    form, gzipped = choose_format(accept), accepts_gzip(accept_encoding)
    headers = {"Content-Type": form.value, "Vary": "Accept, Accept-Encoding"}
    if gzipped:
        headers["Content-Encoding"] = "gzip"
    return Negotiated(headers, page.parts[form, gzipped])


def choose_format(accept: str) -> Format:
    """Return OpenMetrics if the header ``Accept`` prefers its version 1 to plain text."""
    best = {Format.TEXT: 0.0, Format.OPENMETRICS: 0.0}
    for media_type, parameters in _entries(accept):
        version = parameters.get("version", "1.0.0")
        if media_type == "application/openmetrics-text" and version.startswith("1."):
            form = Format.OPENMETRICS
        elif media_type == "text/plain":
            form = Format.TEXT
        else:
            continue
        best[form] = max(best[form], _quality(parameters))
    return Format.OPENMETRICS if best[Format.OPENMETRICS] > best[Format.TEXT] else Format.TEXT


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether the header ``Accept-Encoding`` allows gzip."""
    return any(name == "gzip" and _quality(parameters) > 0 for name, parameters in _entries(accept_encoding))


class _Families(Collector):
    """A fixed list of metrics as the library's renderers take it."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        return self._families


def _gzipped(*parts: bytes) -> bytes:
    """Return one gzip member: curl and browsers ignore further ones."""
    compressor = zlib.compressobj(_LEVEL, wbits=_GZIP)
    return b"".join([*map(compressor.compress, parts), compressor.flush()])


def _entries(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the (value, parameters) of a header such as ``a/b;version=1;q=0.5, c``, in lower case."""
    for entry in header.lower().split(","):
        value, *parameters = (part.strip() for part in entry.split(";"))
        pairs = (parameter.partition("=") for parameter in parameters)
        yield value, {name.strip(): setting.strip() for name, _, setting in pairs}


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
