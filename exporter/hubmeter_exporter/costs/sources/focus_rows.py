"""The meaning of a row of FOCUS: its category, amount, period, tags, hub and component. Pure.

https://focus.finops.org/focus-specification/
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from hubmeter_exporter.costs.model import OTHER, Kind
from hubmeter_exporter.costs.settings import CHARGE_CATEGORIES, FocusSettings
from hubmeter_exporter.costs.sources import google_credits
from hubmeter_exporter.costs.sources.tags import TagsError, tags_of

REASONS: Final = ("columns", "amount", "period", "currency")  # of an invalid row
UNREADABLE: Final = ("Tags", google_credits.COLUMN)  # a row without a valid value of these columns counts nevertheless

_REQUIRED: Final = ("ChargeCategory", "ChargePeriodStart", "ChargePeriodEnd", "BillingCurrency", "ServiceName")
# They say which charge a row is; a revised row has the same values, and another cost. FOCUS demands most of them.
_IDENTITY: Final = (
    "BillingAccountId", "SubAccountId", "ResourceId", "SkuId", "SkuPriceId", "ChargeDescription", "ChargeFrequency",
    "CommitmentDiscountId", "RegionId",
)  # fmt: skip
_IDENTIFYING: Final = {"SubAccountId", "ResourceId", "SkuId", "SkuPriceId"}
_DAY: Final = timedelta(days=1)
_LONGEST: Final = timedelta(days=3700)
_CATEGORIES: Final = {category.lower(): category for category in CHARGE_CATEGORIES}

Key = tuple[date, str, str, Kind]


class RowError(ValueError):
    """A row is invalid.

    Attributes:
        reason: One of `REASONS`.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Take the reason and the sentence, without full stop."""
        super().__init__(sentence)
        self.reason = reason


class FocusRows:
    """The meaning of rows with these settings. A row is a mapping of the columns in ``required`` and ``optional``."""

    def __init__(self, settings: FocusSettings, hubs: Mapping[str, str]) -> None:
        """Take the settings and the namespaces by value of the hub tag."""
        self._settings = settings
        self._hubs = hubs
        self._rates = {"USD": Decimal(1)} | {code: Decimal(str(r)) for code, r in settings.exchange_rates.items()}
        self.required = (*_REQUIRED, settings.cost)
        others = ("Tags", "ContractedCost", google_credits.COLUMN, *_IDENTITY, *settings.components_by_column)
        self.optional = tuple(name for name in dict.fromkeys(others) if name not in self.required)

    def canonical(self, names: list[str]) -> list[str]:
        """Return the names of columns in the spelling of the specification; Athena writes them in lower case."""
        known = {name.lower(): name for name in (*self.required, *self.optional)}
        return [known.get(name.strip().lower(), name) for name in names]

    def counts(self, category: str) -> bool:
        """Return whether rows of this charge category count."""
        return category in self._settings.charge_categories

    @staticmethod
    def category(row: Mapping[str, Any]) -> str:
        """Return the charge category in the spelling of the specification; views of Google have it in lower case."""
        text = str(row["ChargeCategory"] or "").strip()
        return _CATEGORIES.get(text.lower(), text[:40])

    @staticmethod
    def identity(row: Mapping[str, Any]) -> int:
        """Return a number that is equal, in this process, for the same charge in two files.

        A revised cost does not change it. In a file without the columns that identify a charge, all values do.
        """
        if _IDENTIFYING.isdisjoint(row):
            values = tuple(row.values())
        else:
            values = tuple(row.get(name) for name in (*_REQUIRED, *_IDENTITY, "Tags"))
        try:
            return hash(values)
        except TypeError:  # a list of tags
            return hash(repr(values))

    @staticmethod
    def period(row: Mapping[str, Any]) -> tuple[datetime, datetime]:
        """Return the charge period. Raises `RowError`."""
        start, end = _time(row, "ChargePeriodStart"), _time(row, "ChargePeriodEnd")
        if end - start > _LONGEST:
            raise RowError("period", f"its charge period has {(end - start).days} days")
        return start, end

    def amount(self, row: Mapping[str, Any]) -> tuple[Decimal, list[tuple[str, str]]]:
        """Return US dollars, with the column and a sentence if a part is unreadable. Raises `RowError`."""
        column, currency = self._settings.cost, row["BillingCurrency"]
        amount = _money(column, row[column])
        if currency not in self._rates:
            raise RowError("currency", f"BillingCurrency {currency!r} is not in focus.exchange_rates")
        unreadable = []
        try:
            amount += google_credits.missing(row, amount)
        except google_credits.CreditsError as error:
            unreadable.append((google_credits.COLUMN, f"{error}; it has no credits"))
        return amount * self._rates[currency], unreadable

    @staticmethod
    def tags(row: Mapping[str, Any]) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Return the tags; none, with the column and a sentence, if they are unreadable."""
        try:
            return tags_of(row.get("Tags")), []
        except TagsError as error:
            return {}, [("Tags", f"{error}; it has no tags")]

    def part(self, row: Mapping[str, Any], tags: Mapping[str, str]) -> tuple[str, str, Kind]:
        """Return the hub, the component and the kind of a row."""
        hub = tags.get(self._settings.hub_tag, "")
        attributable = not self._settings.attributable_tags or any(
            tags.get(key) in values for key, values in self._settings.attributable_tags.items()
        )
        component = self._component(row, tags)
        return (self._hubs.get(hub, hub), component, "attributable") if attributable else ("", component, "account")

    def _component(self, row: Mapping[str, Any], tags: Mapping[str, str]) -> str:
        for key, by_value in self._settings.components_by_tag.items():
            if (component := by_value.get(tags.get(key, ""))) is not None:
                return component
        for column, by_value in self._settings.components_by_column.items():
            if (component := by_value.get(row.get(column) or "")) is not None:
                return component
        return self._settings.components.get(row["ServiceName"] or "", OTHER)


def spread(amount: Decimal, start: datetime, end: datetime) -> list[tuple[date, Decimal]]:
    """Return the amount by UTC day, in proportion to the period from ``start`` to ``end`` (excluded).

    The last day gets the rounding difference, so that the sum is the amount. An empty period is its first day.
    """
    first, last = start.date(), max(start, end - timedelta(microseconds=1)).date()
    if first == last:
        return [(first, amount)]
    whole = Decimal((end - start) // timedelta(microseconds=1))
    parts = []
    rest = amount
    day = first
    while day < last:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        inside = Decimal((midnight + _DAY - max(start, midnight)) // timedelta(microseconds=1))
        part = (amount * inside / whole).quantize(Decimal("1e-12"))
        parts.append((day, part))
        rest -= part
        day += _DAY
    return [*parts, (last, rest)]


def _money(column: str, value: Any) -> Decimal:
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise RowError("amount", f"{column} {value!r} is not a number") from None
    if not amount.is_finite() or amount.adjusted() > 12:
        raise RowError("amount", f"{column} {value!r} is not an amount of money")
    return amount


def _time(row: Mapping[str, Any], column: str) -> datetime:
    """Return a time in UTC; times without a zone are in UTC, as in the specification."""
    value = row[column]
    if not isinstance(value, datetime):
        try:
            # BigQuery writes "2026-01-31 00:00:00 UTC", which is not ISO 8601.
            value = datetime.fromisoformat(str(value).strip().removesuffix(" UTC"))
        except ValueError:
            raise RowError("period", f"{column} {row[column]!r} is not a time") from None
    value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if not 2000 <= value.year <= 2200:
        raise RowError("period", f"{column} {row[column]!r} is not in the years from 2000 to 2200")
    result: datetime = value
    return result
