"""The time for which Prometheus keeps samples."""

import re
from collections.abc import Mapping
from typing import Final

from hubmeter_promql.client import Prometheus, PrometheusError, UnreachableError

# The units of Prometheus' durations (prometheus/common/model/time.go).
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}


def kept_seconds(prometheus: Prometheus) -> int | None:
    """Return the retention by time, in seconds; None if it is limited by size only, or not reported.

    Prometheus reports it as ``storageRetention`` in status/runtimeinfo, for example ``10d or 50GiB``; other engines do
    not.

    Raises:
        UnreachableError: There is no connection.
    """
    try:
        info = prometheus.read("status/runtimeinfo")
    except UnreachableError:
        raise
    except PrometheusError:
        return None
    text = str(info.get("storageRetention", "")) if isinstance(info, Mapping) else ""
    time = next((part for part in text.split(" or ") if re.fullmatch(r"(\d+[smhdwy])+", part)), "")
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+)([smhdwy])", time)) or None
