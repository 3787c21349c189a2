"""Bills from a price list: for hubs on one's own machines, and for trying things out. The bill follows from usage."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from hubmeter_exporter.costs.model import COMPUTE, GPU, HOME_STORAGE, BillRow, Revises, SourceError, SourceReport
from hubmeter_promql import matchers, names
from hubmeter_promql.client import PrometheusError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hubmeter_exporter.costs.settings import StaticSettings
    from hubmeter_promql.client import Prometheus

HOURS_A_MONTH: Final = 730
REASONS: Final[tuple[str, ...]] = ("usage",)
_GIB: Final = Decimal(2**30)
_CENT_PARTS: Final = Decimal("1e-9")

HubUsage = dict[tuple[date, str, str], float]


class StaticSource:
    """A price list as a source of bills. A day that is settled stays as it was priced when the list changes."""

    name = "static"
    reasons = REASONS
    revises = Revises.OPEN_DAYS
    basis = "static"

    def __init__(
        self,
        settings: StaticSettings,
        interval: float,
        usage: Callable[[date, date], HubUsage],
        core_hours: Callable[[date, date], Mapping[tuple[date, str], float]],
    ) -> None:
        """Take the prices, the usage by (day, namespace, driver), and the core-hours by (day, namespace)."""
        self._settings = settings
        self._usage = usage
        self._core_hours = core_hours
        self.interval = interval
        self._driver_prices = {
            "compute": (COMPUTE, Decimal(str(settings.memory_gib_hour)) / _GIB),
            "home": (HOME_STORAGE, Decimal(str(settings.home_gib_month)) / _GIB / HOURS_A_MONTH),
            "gpu": (GPU, Decimal(str(settings.gpu_hour))),
        }

    def report(self) -> SourceReport:
        """Return nothing: there is neither a request nor a row to count."""
        return SourceReport()

    def bill(self, first: date, last: date) -> list[BillRow]:
        """Price the usage of the days. Raises `SourceError`."""
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
            raise SourceError("usage", f"the usage to be priced cannot be read: {error}") from error
        rounded = {key: amount.quantize(_CENT_PARTS) for key, amount in sorted(amounts.items())}
        return [
            BillRow(day, namespace, component, "attributable", amount, estimated=False)
            for (day, namespace, component), amount in rounded.items()
            if amount > 0
        ]


class CoreHours:
    """CPU cores requested by users, times hours, from the recorded buckets of 5 minutes."""

    def __init__(self, prometheus: Prometheus, clock: Callable[[], float], labels: Mapping[str, str]) -> None:
        """Ask nothing yet; ``labels`` are those of this cluster's series."""
        self._prometheus = prometheus
        self._clock = clock
        bucket = names.user(names.BUCKETS[names.CPU_REQUESTS])
        of = ",".join(filter(None, ('username!=""', matchers.exactly(labels))))
        self._selector = f"{bucket}{{{of}}}"

    def __call__(self, first: date, last: date) -> dict[tuple[date, str], float]:
        """Return (day, namespace) to core-hours. Raises `PrometheusError`."""
        result = {}
        for number in range((last - first).days + 1):
            day = first + timedelta(number)
            # A bucket belongs to the day of its start, and is recorded at its end, 5 minutes later. A millisecond less,
            # so that no sample stands at an edge of the range, which one engine counts and another does not.
            begin = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + 299.999
            end = min(begin + 86400, self._clock())
            if end - begin < 1:
                continue
            window = round((end - begin) * 1000)
            query = f"sum by (namespace) (sum_over_time({self._selector}[{window}ms])) > 0"
            for row in self._prometheus.instant(query, end):
                result[day, row.labels.get("namespace", "")] = row.value
        return result
