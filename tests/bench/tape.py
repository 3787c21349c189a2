"""Writes hundreds of millions of regular samples through remote write: samples are encoded once and cut to length.

Every series of a bench has a value at each step while it exists, so its samples are a piece of a tape: the encoded
samples of some course of values. Series that share a course (1 for every pod's annotation) share the tape, and Python
only copies bytes. Messages are prometheus.WriteRequest (prometheus/prompb/types.proto), as in remote_write.py.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import cramjam
import requests

from hubmeter_generator.operate.remote_write import STALE, WriteRejectedError

Labels = Mapping[str, str] | Iterable[tuple[str, str]]

# Field 2 of a TimeSeries, 16 bytes: value (field 1, a double), timestamp (field 2, a varint of 6 bytes until 2109).
_SAMPLE: Final = struct.Struct("<2sBdB6s")
_HEADERS: Final = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "User-Agent": "hubmeter-bench",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
_BATCH: Final = 2_000_000  # bytes of a request before compression, some 100,000 samples


@dataclass(frozen=True)
class Tape:
    """The encoded samples of one course of values, one a step."""

    encoded: bytes

    def cut(self, begin: int, end: int) -> bytes:
        """Return the samples of the steps [begin, end), counted from the tape's first."""
        return self.encoded[begin * _SAMPLE.size : end * _SAMPLE.size]


def tape(start: float, step: float, values: Iterable[float]) -> Tape:
    """Return the tape of these values, ``step`` seconds apart, the first at ``start`` (unix seconds)."""
    return Tape(b"".join(sample(start + number * step, value) for number, value in enumerate(values)))


def sample(t: float, value: float) -> bytes:
    """Return one encoded sample; the time is in unix seconds."""
    return _SAMPLE.pack(b"\x12\x10", 0x09, value, 0x10, _varint(round(t * 1000)))


def stale(t: float) -> bytes:
    """Return the encoded marker that a series ended."""
    return sample(t, STALE)


def labels(name: str, pairs: Labels) -> bytes:
    """Return the encoded labels of a series; those without a value are left out."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return b"".join(
        _field(1, _field(1, key.encode()) + _field(2, value.encode()))
        for key, value in sorted([("__name__", name), *items])
        if value
    )


class Writer:
    """Collects series and posts them in large requests; ``flush`` sends what is left."""

    def __init__(self, url: str, session: requests.Session) -> None:
        """Write to ``url``, the remote-write endpoint itself."""
        self._url = url
        self._session = session
        self._parts: list[bytes] = []
        self._size = 0
        self.samples = 0

    def add(self, encoded_labels: bytes, samples: bytes) -> None:
        """Add a piece of a series; nothing is written where there are no samples."""
        if not samples:
            return
        self._parts += (b"\x0a" + _varint(len(encoded_labels) + len(samples)), encoded_labels, samples)
        self._size += len(encoded_labels) + len(samples)
        self.samples += len(samples) // _SAMPLE.size
        if self._size > _BATCH:
            self.flush()

    def flush(self) -> None:
        """Post what was collected; raises `WriteRejectedError` where it is refused."""
        if not self._parts:
            return
        body = bytes(cramjam.snappy.compress_raw(b"".join(self._parts)))
        response = self._session.post(self._url, data=body, headers=_HEADERS, timeout=(5, 300))
        if not response.ok:
            raise WriteRejectedError(self._url, response.status_code, response.text)
        self._parts, self._size = [], 0


def _field(number: int, value: bytes) -> bytes:
    return bytes((number << 3 | 2,)) + _varint(len(value)) + value


@cache
def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
