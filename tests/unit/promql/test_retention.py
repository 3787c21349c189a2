"""The retention as Prometheus spells it."""

from typing import cast

import pytest

from hubmeter_promql.client import BadQueryError, Prometheus
from hubmeter_promql.retention import kept_seconds

DAY = 86_400


class Answer:
    """Answers status/runtimeinfo."""

    def __init__(self, data: object) -> None:
        self._data = data

    def read(self, path: str) -> object:
        assert path == "status/runtimeinfo"
        if isinstance(self._data, Exception):
            raise self._data
        return self._data


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"storageRetention": "15d"}, 15 * DAY),
        ({"storageRetention": "2w"}, 14 * DAY),
        ({"storageRetention": "1y1d"}, 366 * DAY),
        ({"storageRetention": "10d or 50GiB"}, 10 * DAY),
        ({"storageRetention": "50GiB"}, None),
        ({}, None),
        ("text", None),
        (BadQueryError("404"), None),
    ],
)
def test_only_a_retention_by_time_is_known(data: object, expected: int | None) -> None:
    assert kept_seconds(cast("Prometheus", Answer(data))) == expected
