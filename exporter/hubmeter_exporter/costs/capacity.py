"""The capacity of drivers by day: as recorded by rules, or numbers of the settings."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from hubmeter_exporter.costs.prices import Capacity, Price

_OPTIONS = {"compute": "allocation.capacity_memory_gib", "gpu": "allocation.capacity_gpus"}


@dataclass(frozen=True)
class Capacities:
    """What a site knows about its capacity.

    Attributes:
        hubs: Namespace of each hub by the value of its tag; other values are the namespace itself.
        constant: Capacity in the driver's unit, of all nodes and at all times, by driver; it precedes what is recorded.
        clock: Returns the Unix time in seconds.
    """

    hubs: Mapping[str, str] = field(default_factory=dict)
    constant: Mapping[str, float] = field(default_factory=dict)
    clock: Callable[[], float] = time.time

    def of(self, recorded: Capacity, first: date, last: date) -> dict[tuple[date, str, str], float]:
        """Return the capacity by (day, namespace, driver), from ``first`` to ``last``; today's is that so far.

        Args:
            recorded: By (day, tag of the hub or "", driver).
            first: UTC day.
            last: UTC day, included.
        """
        result: dict[tuple[date, str, str], float] = {}
        for (day, tag, driver), value in recorded.items():
            if driver not in self.constant:
                key = (day, self.hubs.get(tag, tag), driver)
                result[key] = result.get(key, 0.0) + value
        now = datetime.fromtimestamp(self.clock(), UTC)
        for number in range((last - first).days + 1):
            day = first + timedelta(number)
            begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
            hours = min(max((now - begin) / timedelta(hours=1), 0.0), 24.0)
            result |= {(day, "", driver): value * hours for driver, value in self.constant.items()}
        return result


def unknown(prices: Iterable[Price], capacity: Capacity) -> list[str]:
    """Return the drivers with prices that can have a recorded capacity, but have none."""
    known = {driver for _, _, driver in capacity}
    priced = {price.driver for price in prices}
    return [driver for driver in _OPTIONS if driver in priced - known]


def advice(drivers: Iterable[str]) -> list[str]:
    """Return a sentence for each driver of unknown capacity."""
    return [
        f"The capacity of {driver} is unknown, so users pay for idle nodes: export the labels of nodes, or set "
        f"{_OPTIONS[driver]}, or set allocation.idle to shared; see docs/costs.md, 'Idle capacity'"
        for driver in drivers
    ]
