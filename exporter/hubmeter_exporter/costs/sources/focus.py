"""Bills from files in FOCUS, the FinOps Open Cost and Usage Specification, versions 1.0 to 1.3.

https://focus.finops.org/focus-specification/. Each file is read row by row, and its sums per day are kept. It is read
again when its size or modification time changes.
"""

import csv
import gzip
import logging
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from hubmeter_exporter.costs.model import (
    OTHER,
    BillRow,
    Excluded,
    Kind,
    Revises,
    SkippedFile,
    SourceError,
    SourceReport,
)
from hubmeter_exporter.costs.settings import CHARGE_CATEGORIES, FocusSettings
from hubmeter_exporter.costs.sources import google_credits
from hubmeter_exporter.costs.sources.places import BillFile, Folder, Place
from hubmeter_exporter.costs.sources.tags import TagsError, tags_of
from hubmeter_exporter.costs.sources.versions import newest

REASONS: Final[tuple[str, ...]] = ("folder", "file", "format", "incomplete", "nothing_counts", "parquet")
ROW_REASONS: Final = ("columns", "amount", "period", "currency")
UNREADABLE: Final = ("Tags", google_credits.COLUMN)  # a row without a valid value of these columns counts nevertheless
TRIES: Final = 3
WRITTEN_WITHIN_SECONDS: Final = 3600.0  # a truncated file that changed since then may still be completed
QUIET_SECONDS: Final = 2.0  # a file that changed since then is probably still being written

_REQUIRED: Final = ("ChargeCategory", "ChargePeriodStart", "ChargePeriodEnd", "BillingCurrency", "ServiceName")
_OPTIONAL: Final = ("Tags", "ContractedCost", google_credits.COLUMN)
_LOGGED: Final = 5  # rows of a file that the log names
_NAMED_CATEGORIES: Final = 20  # that are unknown; all others are "other"
_BATCH: Final = 5_000
_DAY: Final = timedelta(days=1)
_LONGEST: Final = timedelta(days=3700)
_log = logging.getLogger(__name__)

_CATEGORIES: Final = {category.lower(): category for category in CHARGE_CATEGORIES}

Key = tuple[date, str, str, Kind]


class _ChangedError(Exception):
    """The file is being written: it changed while it was read, or it is incomplete."""


class _RowError(ValueError):
    """A row is invalid."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True)
class _Sums:
    """The sums of one file, as it was listed when it was read."""

    file: BillFile
    amounts: Mapping[Key, Decimal]
    counts: "_Counts"


@dataclass
class _Counts:
    """The numbers of rows of one file: all, those that count, and those that do not or only in part."""

    rows: int = 0
    counted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    excluded: dict[str, Excluded] = field(default_factory=dict)

    def add(self, other: "_Counts") -> None:
        self.rows += other.rows
        self.counted += other.counted
        self.rejected.update(other.rejected)
        self.unreadable.update(other.unreadable)
        for category, excluded in other.excluded.items():
            self.exclude(category, excluded)

    def exclude(self, category: str, more: Excluded) -> None:
        named = category in self.excluded or category in CHARGE_CATEGORIES or len(self.excluded) < _NAMED_CATEGORIES
        category = category if named else "other"
        self.excluded[category] = self.excluded.get(category, Excluded()) + more


class FocusSource:
    """Files in a folder, or those that match a pattern, as a source of bills."""

    name = "focus"
    reasons = REASONS
    revises = Revises.ALWAYS
    complete = False

    def __init__(
        self,
        settings: FocusSettings,
        hubs: Mapping[str, str],
        interval: float,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the settings and the namespaces by value of the hub tag."""
        self._settings = settings
        self._rows = _Rows(settings, hubs)
        self._sleep = sleep
        self._clock = clock
        self._place: Place = Folder(settings.path)
        self._read: dict[str, _Sums] = {}  # by name; also those of an attempt that failed later
        self._files: dict[str, _Sums] = {}
        self._skipped: tuple[SkippedFile, ...] = ()
        self.interval = interval
        self.basis = f"focus {settings.model_dump_json(exclude={'interval'})} {sorted(hubs.items())}"

    def report(self) -> SourceReport:
        """Return the numbers of rows in the present files that do not count, or only in part."""
        counts = self._counts()
        return SourceReport(
            rejected=dict.fromkeys(ROW_REASONS, 0) | counts.rejected,
            unreadable=dict.fromkeys(UNREADABLE, 0) | counts.unreadable,
            excluded=counts.excluded,
            skipped=self._skipped,
        )

    def advice(self, excluded: Mapping[str, Decimal]) -> list[str]:
        """Name the setting if purchases do not count: of those, only commitments have their cost in the usage."""
        if not (usd := excluded.get("Purchase")):
            return []
        return [
            f"rows with ChargeCategory Purchase do not count ({usd:.2f} USD): add Purchase to focus.charge_categories "
            "if users pay for it (docs/costs.md, 'Azure, Google Cloud and others: FOCUS')"
        ]

    def bill(self, first: date, last: date) -> list[BillRow]:
        """Return the sums of all files for the days from ``first`` to ``last``. Raises `SourceError`."""
        self._read_all()
        self._check_counted()
        amounts: dict[Key, Decimal] = defaultdict(Decimal)
        for sums in self._files.values():
            for key, amount in sums.amounts.items():
                amounts[key] += amount
        return [
            BillRow(*key, amount, estimated=False)
            for key, amount in sorted(amounts.items())
            if amount and first <= key[0] <= last
        ]

    def _read_all(self) -> None:
        """Read all files. One that cannot be read keeps its last sums, or is skipped, unless others may follow.

        Raises:
            SourceError: A file is still being written, none can be read, or pyarrow is missing.
        """
        files: dict[str, _Sums] = {}
        odd: list[SkippedFile] = []
        first: SourceError | None = None
        listed, older = newest(self._place.files())
        for file in listed:
            try:
                files[file.name] = self._read[file.name] = self._sums(file)
            except SourceError as error:
                if error.reason not in ("format", "incomplete") or self._may_grow(file, error):
                    raise
                first = first or error
                if file.name in self._files:
                    files[file.name] = self._files[file.name]
                odd.append(SkippedFile(file.name, error.reason, f"{error}; it does not count"))
        if first and not files:
            raise first
        skipped = (*odd, *older)
        for skip in skipped:
            if skip not in self._skipped:
                _log.warning("%s.", skip.sentence)
        self._files, self._read, self._skipped = files, dict(files), skipped

    def _may_grow(self, file: BillFile, error: SourceError) -> bool:
        """Return whether the file may still be being written."""
        return (
            error.reason == "incomplete"
            and not self._place.atomic
            and self._clock() - file.modified < WRITTEN_WITHIN_SECONDS
        )

    def _counts(self) -> _Counts:
        total = _Counts()
        for sums in self._files.values():
            total.add(sums.counts)
        return total

    def _check_counted(self) -> None:
        counts = self._counts()
        if counts.counted or not counts.rows:
            return
        causes = [f"{excluded.rows} with ChargeCategory {name!r}" for name, excluded in counts.excluded.items()]
        causes += [f"{number} with invalid {reason}" for reason, number in counts.rejected.items()]
        raise SourceError(
            "nothing_counts",
            f"none of the {counts.rows} rows in {self._settings.path!r} counts ({', '.join(causes)}): check "
            "focus.charge_categories and focus.cost",
        )

    def _sums(self, file: BillFile) -> _Sums:
        """Return the sums of a file. If it is being written, wait and try again."""
        try:
            for tries_left in reversed(range(TRIES)):
                try:
                    return self._read_once(file)
                except _ChangedError as error:
                    if not tries_left:
                        raise SourceError(
                            "incomplete",
                            f"{file.name} is still being written, or is truncated ({error}): the exporter tries again "
                            "later",
                        ) from error
                    self._sleep(QUIET_SECONDS)
                file = self._place.current(file) or file
        except OSError as error:
            raise SourceError("file", f"{file.name} cannot be read ({error.strerror or error})") from error
        raise AssertionError("unreachable")

    def _read_once(self, file: BillFile) -> _Sums:
        """Return the sums of a file, which are known if it has not changed.

        Raises:
            _ChangedError: The file is being written.
        """
        known = self._read.get(file.name)
        if known and known.file == file:
            return known
        age = self._clock() - file.modified
        if 0 <= age < QUIET_SECONDS and not self._place.atomic:
            raise _ChangedError(f"it changed {age:.1f} s ago")
        amounts: dict[Key, Decimal] = defaultdict(Decimal)
        counts = _Counts()
        with self._place.local(file) as path, _truncation(path):
            for where, row in _rows_of(file.name, path, self._columns()):
                counts.rows += 1
                try:
                    if isinstance(row, _RowError):
                        raise row
                    self._add(row, f"{file.name}, {where}", amounts, counts)
                except _RowError as error:
                    counts.rejected[error.reason] += 1
                    if counts.rejected.total() <= _LOGGED:
                        _log.warning("%s, %s does not count: %s.", file.name, where, error)
        if self._place.current(file) != file:
            raise _ChangedError("it changed during reading")
        self._log_counts(file.name, counts)
        return _Sums(file, dict(amounts), counts)

    def _add(self, row: Mapping[str, Any], where: str, amounts: dict[Key, Decimal], counts: _Counts) -> None:
        """Add a row to the sums. Raises `_RowError`."""
        category = self._rows.category(row)
        if category not in self._settings.charge_categories:
            counts.exclude(category, self._rows.excluded(row))
            return
        amount, unreadable = self._rows.amount(row)
        tags, untagged = self._rows.tags(row)
        for key, part in self._rows.parts(row, amount, tags):
            amounts[key] += part
        counts.counted += 1
        for column, sentence in (*unreadable, *untagged):
            counts.unreadable[column] += 1
            if counts.unreadable.total() <= _LOGGED:
                _log.warning("%s counts in part: %s.", where, sentence)

    @staticmethod
    def _log_counts(name: str, counts: _Counts) -> None:
        if rejected := counts.rejected.total():
            _log.warning("%s: %d rows do not count.", name, rejected)
        for column, number in counts.unreadable.items():
            _log.warning("%s: %d rows count without %s, which is unreadable.", name, number, column)
        for category, excluded in counts.excluded.items():
            if category not in CHARGE_CATEGORIES:
                _log.warning(
                    "%s: %d rows with the unknown ChargeCategory %r do not count (%s USD).",
                    name,
                    excluded.rows,
                    category,
                    excluded.usd,
                )

    def _columns(self) -> tuple[str, ...]:
        return (*_REQUIRED, self._settings.cost)


class _Rows:
    """The meaning of a row of a FOCUS file. Pure."""

    def __init__(self, settings: FocusSettings, hubs: Mapping[str, str]) -> None:
        self._settings = settings
        self._hubs = hubs
        self._rates = {"USD": Decimal(1)} | {code: Decimal(str(r)) for code, r in settings.exchange_rates.items()}

    @staticmethod
    def category(row: Mapping[str, Any]) -> str:
        """Return the charge category in the spelling of the specification; views of Google have it in lower case."""
        text = str(row["ChargeCategory"] or "").strip()
        return _CATEGORIES.get(text.lower(), text[:40])

    def excluded(self, row: Mapping[str, Any]) -> Excluded:
        """Return the amount of a row whose charge category does not count, 0 if it is invalid."""
        try:
            return Excluded(1, self.amount(row)[0])
        except _RowError:
            return Excluded(1)

    def tags(self, row: Mapping[str, Any]) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """Return the tags; none, with the column and a sentence, if they are unreadable."""
        try:
            return tags_of(row.get("Tags")), []
        except TagsError as error:
            return {}, [("Tags", f"{error}; it has no tags")]

    def parts(self, row: Mapping[str, Any], amount: Decimal, tags: Mapping[str, str]) -> list[tuple[Key, Decimal]]:
        """Return the parts of an amount by day. Raises `_RowError` if the period is invalid."""
        start, end = _time(row, "ChargePeriodStart"), _time(row, "ChargePeriodEnd")
        if end - start > _LONGEST:
            raise _RowError("period", f"its charge period has {(end - start).days} days")
        hub = tags.get(self._settings.hub_tag, "")
        hub = self._hubs.get(hub, hub)
        attributable = not self._settings.attributable_tags or any(
            tags.get(key) in values for key, values in self._settings.attributable_tags.items()
        )
        kind: Kind = "attributable" if attributable else "account"
        component = self._component(row, tags)
        return [((day, hub if attributable else "", component, kind), part) for day, part in spread(amount, start, end)]

    def amount(self, row: Mapping[str, Any]) -> tuple[Decimal, list[tuple[str, str]]]:
        """Return US dollars, with the column and a sentence if a part is unreadable. Raises `_RowError`."""
        column, currency = self._settings.cost, row["BillingCurrency"]
        amount = _money(column, row[column])
        if currency not in self._rates:
            raise _RowError("currency", f"BillingCurrency {currency!r} is not in focus.exchange_rates")
        unreadable = []
        try:
            amount += google_credits.missing(row, amount)
        except google_credits.CreditsError as error:
            unreadable.append((google_credits.COLUMN, f"{error}; it has no credits"))
        return amount * self._rates[currency], unreadable

    def _component(self, row: Mapping[str, Any], tags: Mapping[str, str]) -> str:
        for key, by_value in self._settings.components_by_tag.items():
            if (component := by_value.get(tags.get(key, ""))) is not None:
                return component
        return self._settings.components.get(row["ServiceName"] or "", OTHER)


def _money(column: str, value: Any) -> Decimal:
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise _RowError("amount", f"{column} {value!r} is not a number") from None
    if not amount.is_finite() or amount.adjusted() > 12:
        raise _RowError("amount", f"{column} {value!r} is not an amount of money")
    return amount


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


def _time(row: Mapping[str, Any], column: str) -> datetime:
    """Return a time in UTC; times without a zone are in UTC, as in the specification."""
    value = row[column]
    if not isinstance(value, datetime):
        try:
            # BigQuery writes "2026-01-31 00:00:00 UTC", which is not ISO 8601.
            value = datetime.fromisoformat(str(value).strip().removesuffix(" UTC"))
        except ValueError:
            raise _RowError("period", f"{column} {row[column]!r} is not a time") from None
    value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if not 2000 <= value.year <= 2200:
        raise _RowError("period", f"{column} {row[column]!r} is not in the years from 2000 to 2200")
    result: datetime = value
    return result


def _rows_of(name: str, path: Path, columns: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any] | _RowError]]:
    """Yield the place of each row, and the row or its error.

    Args:
        name: Of the file, for errors.
        path: The file or a copy.
        columns: Required columns.
    """
    if path.name.endswith(".parquet"):
        yield from _parquet_rows(name, path, columns)
        return
    # An invalid byte in a tag must not reject a row; without newline="", line ends in quotes would change.
    mode: Any = {"mode": "rt", "encoding": "utf-8-sig", "errors": "replace", "newline": ""}
    with gzip.open(path, **mode) if path.name.endswith(".gz") else path.open(**mode) as file:
        yield from _csv_rows(name, file, columns)


def _csv_rows(
    name: str, file: Iterable[str], columns: Iterable[str]
) -> Iterator[tuple[str, Mapping[str, Any] | _RowError]]:
    reader = csv.reader(file, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise SourceError("format", f"{name} is not CSV ({error})") from error
    if not header:
        raise _ChangedError("it is empty")
    header = _canonical(header, columns)
    _check(name, header, columns)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield f"line {reader.line_num}", _RowError("columns", f"not CSV ({error})")
            continue
        if cells is None:
            return
        if not cells:
            continue  # an empty line
        where = f"line {reader.line_num}"
        if len(cells) != len(header):
            yield where, _RowError("columns", f"{len(cells)} cells for {len(header)} columns")
        else:
            yield where, dict(zip(header, cells, strict=True))


def _parquet_rows(file_name: str, path: Path, columns: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        from pyarrow import parquet  # noqa: PLC0415 - 100 MB, an extra that most sites do not need
    except ImportError as error:
        raise SourceError(
            "parquet",
            f"{file_name} needs pyarrow: install hubmeter[costs-parquet], use the image tagged -parquet, or export CSV",
        ) from error
    with parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names
        canonical = dict(zip(names, _canonical(names, columns), strict=True))
        _check(file_name, canonical.values(), columns)
        present = [name for name, known in canonical.items() if known in (*columns, *_OPTIONAL)]
        number = 0
        for batch in file.iter_batches(batch_size=_BATCH, columns=present):
            for row in batch.to_pylist():
                number += 1
                yield f"row {number}", {canonical[name]: value for name, value in row.items()}


def _canonical(names: Iterable[str], columns: Iterable[str]) -> list[str]:
    """Return the names of columns in the spelling of the specification; Athena writes them in lower case."""
    known = {name.lower(): name for name in (*columns, *_OPTIONAL)}
    return [known.get(name.strip().lower(), name) for name in names]


def _check(name: str, names: Iterable[str], columns: Iterable[str]) -> None:
    if missing := sorted(set(columns) - set(names)):
        raise SourceError("format", f"{name} is not a FOCUS export (no column {', '.join(missing)}): narrow focus.path")


@contextmanager
def _truncation(path: Path) -> Iterator[None]:
    """Turn the errors of readers of a truncated file into `_ChangedError`."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _ChangedError(str(error)) from error
    except ValueError as error:  # pyarrow.ArrowInvalid is one; pyarrow may be missing
        if type(error).__name__ == "ArrowInvalid" and path.name.endswith(".parquet"):
            raise _ChangedError(str(error)) from error
        raise
