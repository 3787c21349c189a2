"""A price list: the bill follows from usage."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.settings import make
from hubmeter_exporter.costs.sources.static import StaticSource
from hubmeter_promql.client import UnreachableError

DAY = date(2026, 11, 20)
GIB = 2.0**30


def bill(
    usage: Mapping[tuple[str, str], float], cores: Mapping[str, float] = {}, **prices: float
) -> dict[tuple[str, str], Decimal]:
    """What a day costs by (hub, component)."""
    static = make({"source": "static", "static": prices}, "the test", {}).static
    source = StaticSource(
        static,
        60,
        lambda _, last: {(last, *key): used for key, used in usage.items()},
        lambda _, last: {(last, hub): used for hub, used in cores.items()},
    )
    rows = source.bill(DAY, DAY)
    assert all((row.day, row.kind, row.estimated) == (DAY, "attributable", False) for row in rows)
    return {(row.hub, row.component): row.amount for row in rows}


@pytest.mark.parametrize(
    ("sentence", "usage", "cores", "prices", "expected"),
    [
        ("memory", {("prod", "compute"): 48 * GIB}, {}, {"memory_gib_hour": 0.005}, {("prod", "compute"): "0.24"}),
        (
            "cores are on top of memory",
            {("prod", "compute"): 48 * GIB},
            {"prod": 12, "x--y": 1},
            {"memory_gib_hour": 0.005, "cpu_core_hour": 0.03},
            {("prod", "compute"): "0.6", ("x--y", "compute"): "0.03"},
        ),
        ("GPUs", {("prod", "gpu"): 3.5}, {}, {"gpu_hour": 2}, {("prod", "gpu"): "7"}),
        (
            "homes of 100 GiB for a day of a month of 730 hours",
            {("prod", "home"): 2400 * GIB},
            {},
            {"home_gib_month": 0.073},
            {("prod", "home storage"): "0.24"},
        ),
        ("usage without a price has no cost", {("prod", "home"): GIB}, {"prod": 5}, {"gpu_hour": 2}, {}),
        ("no usage", {}, {}, {"gpu_hour": 2}, {}),
    ],
)
def test_usage_times_price(
    sentence: str,
    usage: Mapping[tuple[str, str], float],
    cores: Mapping[str, float],
    prices: dict[str, float],
    expected: dict[tuple[str, str], str],
) -> None:
    result = bill(usage, cores, **prices)
    assert result == {key: Decimal(amount) for key, amount in expected.items()}, sentence


def test_unreadable_usage_is_an_error() -> None:
    def gone(*_: date) -> dict[tuple[date, str, str], float]:
        raise UnreachableError("cannot reach http://localhost:9")

    static = make({"source": "static", "static": {"gpu_hour": 1}}, "the test", {}).static
    with pytest.raises(SourceError, match="the usage cannot be read: cannot reach") as error:
        StaticSource(static, 60, gone, lambda *_: {}).bill(DAY, DAY)
    assert error.value.reason == "usage"
