"""Bills from a price list and the usage, for hubs on own machines and for evaluation."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from hubmeter_exporter.costs.model import BillRow, Part, Revises, SourceError, SourceReport
from hubmeter_exporter.costs.settings import StaticSettings
from hubmeter_promql import matchers, names
from hubmeter_promql.bills import COMPUTE, GPU, HOME_STORAGE, start_of
from hubmeter_promql.client import Prometheus, PrometheusError

HOURS_A_MONTH: Final = 730
REASONS: Final[tuple[str, ...]] = ("usage",)
_GIB: Final = Decimal(2**30)
_ROUNDING: Final = Decimal("1e-9")  # US dollars

HubUsage = dict[tuple[date, str, str], float]


class StaticSource:
    """A price list as a source of bills. When the list changes, settled days keep their old prices."""

    name = "static"
    reasons = REASONS
    revises = Revises.OPEN_DAYS
    basis = "static"
    complete = True

    def __init__(
        self,
        settings: StaticSettings,
        interval: float,
        usage: Callable[[date, date], HubUsage],
        core_hours: Callable[[date, date], Mapping[tuple[date, str], float]],
    ) -> None:
        """Take the price list and the usage.

        Args:
            settings: The price list.
            interval: Seconds between two readings.
            usage: Returns usage by (day, namespace, driver), from the first to the last day.
            core_hours: Returns core-hours by (day, namespace), from the first to the last day.
        """
        self._settings = settings
        self._usage = usage
        self._core_hours = core_hours
        self._parts: tuple[Part, ...] = ()
        self.interval = interval
        self._driver_prices = {
            "compute": (COMPUTE, Decimal(str(settings.memory_gib_hour)) / _GIB),
            "home": (HOME_STORAGE, Decimal(str(settings.home_gib_month)) / _GIB / HOURS_A_MONTH),
            "gpu": (GPU, Decimal(str(settings.gpu_hour))),
        }

    def report(self) -> SourceReport:
        """Return the input only: there are no paid requests and no rejected rows."""
        return SourceReport(parts=self._parts)

    def advice(self, excluded: Mapping[str, Decimal]) -> list[str]:  # noqa: ARG002 - nothing is excluded
        """Return nothing."""
        return []

    def bill(self, first: date, last: date) -> list[BillRow]:
        """Return the usage of the days times its price. Raises `SourceError`."""
        amounts: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
        try:
            for (day, namespace, driver), used in self._usage(first, last).items():
                if driver in self._driver_prices:
                    component, price = self._driver_prices[driver]
                    amounts[day, namespace, component] += Decimal(used) * price
            if self._settings.cpu_core_hour:
                core_hour = Decimal(str(self._settings.cpu_core_hour))
                for (day, namespace), used in self._core_hours(first, last).items():
                    amounts[day, namespace, COMPUTE] += Decimal(used) * core_hour
        except PrometheusError as error:
            raise SourceError("usage", f"the usage cannot be read: {error}") from error
        priced: dict[date, Decimal] = defaultdict(Decimal)
        for (day, _, _), amount in amounts.items():
            priced[day] += amount
        self._parts = tuple(Part(day, "input", "", 0, usd) for day, usd in sorted(priced.items()))
        rounded = {key: amount.quantize(_ROUNDING) for key, amount in sorted(amounts.items())}
        return [
            BillRow(day, namespace, component, "attributable", amount, estimated=False)
            for (day, namespace, component), amount in rounded.items()
            if amount > 0
        ]


class CoreHours:
    """Core-hours that users requested, from the recorded buckets."""

    def __init__(self, prometheus: Prometheus, clock: Callable[[], float], labels: Mapping[str, str]) -> None:
        """Take the labels that select the series of this cluster."""
        self._prometheus = prometheus
        self._clock = clock
        bucket = names.user(names.BUCKETS[names.CPU_REQUESTS])
        users = ",".join(filter(None, ('username!=""', matchers.exactly(labels))))
        self._selector = f"{bucket}{{{users}}}"

    def __call__(self, first: date, last: date) -> dict[tuple[date, str], float]:
        """Return core-hours by (day, namespace). Raises `PrometheusError`."""
        result = {}
        for number in range((last - first).days + 1):
            day = first + timedelta(number)
            # A bucket belongs to the day of its start and is recorded at its end, 5 minutes later. The range begins a
            # millisecond earlier: whether a sample at the left edge of a range counts differs between engines.
            begin = start_of(day) + 299.999
            end = min(begin + 86400, self._clock())
            if end - begin < 1:
                continue
            window = round((end - begin) * 1000)
            query = f"sum by (namespace) (sum_over_time({self._selector}[{window}ms])) > 0"
            for row in self._prometheus.instant(query, end):
                result[day, row.labels.get("namespace", "")] = row.value
        return result
