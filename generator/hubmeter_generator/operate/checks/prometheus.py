"""Prometheus itself: its version and its look-back."""

import re
from collections.abc import Mapping
from typing import Final

from hubmeter_common.durations import compound_seconds
from hubmeter_generator.operate.checks.finding import Result, ok, warning
from hubmeter_generator.operate.checks.site import Site

_OLDEST_TESTED: Final = (2, 42)
_LOOKBACK_SECONDS: Final = 300  # rules that run every 5 minutes are read with instant selectors


def engine(site: Site) -> Result:
    """Check Prometheus' version and the look-back of instant selectors."""
    site.prometheus.instant("vector(1)")  # every engine answers this; not all have the endpoints below
    version = prometheus_version(site.read("status/buildinfo"))
    if version and version < _OLDEST_TESTED:
        oldest = _dotted(_OLDEST_TESTED)
        return warning(
            f"Prometheus {_dotted(version)} is older than {oldest}, the oldest version that Hubmeter is tested with",
            f"update to {oldest} or later",
        )
    flags = site.read("status/flags")
    lookback = compound_seconds(str(flags.get("query.lookback-delta", ""))) if isinstance(flags, Mapping) else 0
    if 0 < lookback < _LOOKBACK_SECONDS:
        return warning(
            f"the look-back of instant selectors is {lookback} s, so series recorded every 5 minutes have gaps",
            "start Prometheus without --query.lookback-delta, or with 5m or more",
        )
    return ok(f"Prometheus {_dotted(version)} answers" if version else "an engine with Prometheus' API answers")


def prometheus_version(build: object) -> tuple[int, int] | None:
    """Return major and minor version from status/buildinfo; None for other engines, which number differently."""
    if not isinstance(build, Mapping) or not build.get("goVersion") or build.get("application"):
        return None
    number = re.match(r"([2-9])\.(\d+)\.", str(build.get("version", "")))
    return (int(number[1]), int(number[2])) if number else None


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
