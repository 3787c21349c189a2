"""The protocol of remote write, byte for byte; see tests/engines/test_remote_write.py too."""

import socket
import struct

import pytest
import requests

from hubmeter_generator.operate.remote_write import STALE, encode, write
from hubmeter_promql.client import UnreachableError


def test_a_closed_port_is_unreachable_and_shows_no_password() -> None:
    with socket.socket() as bound, requests.Session() as session:  # bound, not listening: connections are refused
        bound.bind(("127.0.0.1", 0))
        url = f"http://ana:geheim@127.0.0.1:{bound.getsockname()[1]}/api/v1/write"
        with pytest.raises(UnreachableError, match="Connection refused") as caught:
            write(url, [({"__name__": "a"}, [(0, 1.0)])], session=session)
    assert "geheim" not in str(caught.value)


def test_the_bits_of_the_staleness_marker_survive_encoding() -> None:
    assert struct.pack("<Q", 0x7FF0000000000002) in encode([({"__name__": "a"}, [(0, STALE)])])


def test_the_message_is_that_of_the_protocol_byte_for_byte() -> None:
    # One series, labels __name__="up" and job="a", with the sample 1.0 at 300 ms.
    label_1 = b"\x0a\x08__name__\x12\x02up"
    label_2 = b"\x0a\x03job\x12\x01a"
    sample = b"\x09" + struct.pack("<d", 1.0) + b"\x10\xac\x02"
    fields = ((b"\x0a", label_1), (b"\x0a", label_2), (b"\x12", sample))
    series = b"".join(tag + bytes([len(part)]) + part for tag, part in fields)
    assert encode([({"job": "a", "__name__": "up"}, [(300, 1.0)])]) == b"\x0a" + bytes([len(series)]) + series
