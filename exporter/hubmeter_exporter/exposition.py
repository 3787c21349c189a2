"""What a scrape gets, as bytes that are rendered when something changes and not when somebody asks.

The membership rows are gauges only, and the text format 0.0.4 and OpenMetrics 1.0.0 spell gauges alike: they
are rendered once a refresh, and compressed once. The few rows about the exporter itself follow them; they are
rendered after every attempt, in both formats, and end the compressed stream that the membership rows began.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from prometheus_client import exposition as text_format
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import exposition as openmetrics_format
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from hubmeter_exporter.membership import account, counted_groups
from hubmeter_exporter.slugs import escape_slug, safe_slug
from hubmeter_promql import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hubmeter_exporter.membership import Accounting, User

_CHUNK: Final = 2_000  # lines put together at a time, which bounds the memory needed meanwhile
_GZIP: Final = 16 + zlib.MAX_WBITS
_LEVEL: Final = 6


class Format(Enum):
    """An exposition format; the value is its content type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@dataclass(frozen=True)
class Origin:
    """Where the metrics come from: the label ``namespace`` and the prefix of every name."""

    namespace: str
    prefix: str = "jupyterhub"

    def name(self, metric: str) -> str:
        """Return a metric's name with the prefix."""
        return f"{self.prefix}_{metric}"


class Compressor(Protocol):
    """What ``zlib.compressobj`` returns."""

    def copy(self) -> Compressor:
        """Return an independent copy."""
        ...

    def compress(self, data: bytes, /) -> bytes:
        """Take data, and return what is ready."""
        ...

    def flush(self, mode: int = zlib.Z_FINISH, /) -> bytes:
        """Return the rest."""
        ...


@dataclass(frozen=True)
class Rows:
    """The membership rows of one refresh.

    Attributes:
        plain: the text, the same in both formats.
        gzipped: the beginning of a gzip stream that holds it.
        compressor: the state of that stream, to go on from. Copy it: several pages end the same stream.
        users: how many users there are.
        groups: how many groups have a user.
    """

    plain: bytes
    gzipped: bytes
    compressor: Compressor
    users: int
    groups: int


@dataclass(frozen=True)
class Status:
    """What the exporter tells about itself. Times are Unix times in seconds, None if it has not happened.

    Attributes:
        version: of this package.
        interval: seconds between two good refreshes.
        errors: failed refreshes by reason, every reason named from the start.
        last_refresh: when the rows shown were complete.
        last_duration: how long reading and rendering them took, in seconds.
        last_error: when a refresh last failed.
    """

    version: str
    interval: float
    errors: Mapping[str, int]
    last_refresh: float | None = None
    last_duration: float | None = None
    last_error: float | None = None


@dataclass(frozen=True)
class Page:
    """Everything a scrape can get: the parts to send in order, by format and by whether gzipped."""

    parts: Mapping[tuple[Format, bool], tuple[bytes, ...]]


class _Families(Collector):
    """A fixed list of metrics in the shape that the library's renderers ask for."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Sequence[Metric]:
        return self._families


def render_rows(users: Sequence[User], accounting: Accounting, origin: Origin) -> Rows:
    """Render both membership metrics of all users."""
    compressor = zlib.compressobj(_LEVEL, wbits=_GZIP)
    plain, gzipped = bytearray(), bytearray()
    lines = _membership_lines(users, accounting, origin)
    while chunk := "".join(islice(lines, _CHUNK)).encode():
        plain += chunk
        gzipped += compressor.compress(chunk)
    gzipped += compressor.flush(zlib.Z_SYNC_FLUSH)
    groups = {group for user in users for group in counted_groups(user.groups, accounting.allowed_groups)}
    return Rows(bytes(plain), bytes(gzipped), compressor, len(users), len(groups))


def render_page(rows: Rows | None, status: Status, origin: Origin) -> Page:
    """Put the rows, if there are some already, and the status together."""
    plain, gzipped = (rows.plain, rows.gzipped) if rows else (b"", b"")
    parts = {}
    for form, end in in_each_format(_status_families(rows, status, origin)).items():
        compressor: Compressor = rows.compressor.copy() if rows else zlib.compressobj(_LEVEL, wbits=_GZIP)
        parts[form, False] = (plain, end)
        parts[form, True] = (gzipped, compressor.compress(end) + compressor.flush())
    return Page(parts)


def in_each_format(metrics: Sequence[Metric]) -> dict[Format, bytes]:
    """Return the metrics as the library renders them."""
    families = _Families(metrics)
    openmetrics: bytes = openmetrics_format.generate_latest(families)  # type: ignore[no-untyped-call] # the library's
    return {Format.TEXT: text_format.generate_latest(families), Format.OPENMETRICS: openmetrics}


def _membership_lines(users: Sequence[User], accounting: Accounting, origin: Origin) -> Iterator[str]:
    """Return the text of both membership metrics, line by line.

    Written out here, and held equal to the library's rendering by a test: rendering 50,000 users took 3.5 s of
    CPU by the library and takes 1.4 s this way; a whole refresh should stay under 3 s.
    """
    membership = cache(lambda groups: account(groups, accounting))  # many users are in the same groups
    usergroup = cache(_escape)
    namespace = f'namespace="{_escape(origin.namespace)}"'

    name = origin.name(names.USER_GROUP_INFO)
    yield _comments(name, "1 for each group that a user of the hub is accounted to.")
    for user in users:
        escaped = escape_slug(user.name)
        labels = (
            f'username="{_escape(user.name)}",username_escape="{escaped}",username_escaped="{escaped}",'
            f'username_safe="{safe_slug(user.name)}"'
        )
        for group in membership(user.groups).info:
            yield f'{name}{{{namespace},usergroup="{usergroup(group)}",{labels}}} 1.0\n'

    name = origin.name(names.USER_GROUP_SHARE)
    yield _comments(name, "The part of a user's usage that a group bears, from 0 to 1.")
    for user in users:
        username = f'username="{_escape(user.name)}"'
        for group, share in membership(user.groups).shares:
            yield f'{name}{{{namespace},usergroup="{usergroup(group)}",{username}}} {_number(share)}\n'


def _comments(name: str, documentation: str) -> str:
    """Return the lines on top of a gauge."""
    return text_format.generate_latest(_Families([Metric(name, documentation, "gauge")])).decode()


@cache
def _number(value: float) -> str:
    """Return a number as both formats spell it."""
    spelled: str = floatToGoString(value)  # type: ignore[no-untyped-call] # the library's
    return spelled


def _escape(label_value: str) -> str:
    """Return a label's value as both formats spell it between quotes."""
    return label_value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _status_families(rows: Rows | None, status: Status, origin: Origin) -> list[Metric]:
    families: list[Metric] = []

    def gauge(name: str, documentation: str, value: float | None) -> None:
        if value is not None:
            family = GaugeMetricFamily(origin.name(name), documentation, labels=["namespace"])
            family.add_metric([origin.namespace], value)
            families.append(family)

    gauge(
        names.LAST_REFRESH,
        "Unix time at which the memberships shown were read completely.",
        status.last_refresh,
    )
    gauge(
        names.LAST_REFRESH_DURATION,
        "Seconds that reading and rendering the memberships shown took.",
        status.last_duration,
    )
    gauge(names.LAST_ERROR, "Unix time at which a refresh last failed.", status.last_error)
    gauge(names.REFRESH_INTERVAL, "Seconds between two refreshes if all goes well.", status.interval)
    gauge(names.EXPORTER_USERS, "Users of the hub at the last refresh.", rows.users if rows else None)
    gauge(
        names.EXPORTER_GROUPS,
        "Groups with at least one user at the last refresh.",
        rows.groups if rows else None,
    )
    errors = CounterMetricFamily(
        origin.name(names.REFRESH_ERRORS),
        "Failed refreshes by reason.",
        labels=["namespace", "reason"],
    )
    for reason, count in status.errors.items():
        errors.add_metric([origin.namespace, reason], count)
    build = InfoMetricFamily(
        origin.name(names.EXPORTER_BUILD_INFO).removesuffix("_info"),
        "The exporter's version.",
        labels=["namespace"],
    )
    build.add_metric([origin.namespace], {"version": status.version})
    return [*families, errors, build]
