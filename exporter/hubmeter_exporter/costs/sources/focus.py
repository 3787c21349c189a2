"""Bills from files in FOCUS, the FinOps Open Cost and Usage Specification, versions 1.0 to 1.3.

https://focus.finops.org/focus-specification/. Each file is read row by row, and its sums per day are kept. It is read
again when its size, modification time or ETag changes.
"""

import csv
import gzip
import logging
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from hubmeter_exporter.costs.model import BillRow, Revises, SkippedFile, SourceError, SourceReport
from hubmeter_exporter.costs.settings import FocusSettings
from hubmeter_exporter.costs.sources import errors, google_credits
from hubmeter_exporter.costs.sources.billing_export import BillingExport
from hubmeter_exporter.costs.sources.buckets import Bucket
from hubmeter_exporter.costs.sources.focus_rows import REASONS as ROW_REASONS
from hubmeter_exporter.costs.sources.focus_rows import UNREADABLE, FocusRows, RowError
from hubmeter_exporter.costs.sources.overlaps import Sampled, repeated
from hubmeter_exporter.costs.sources.places import BillFile, ChangedError, Folder, Place
from hubmeter_exporter.costs.sources.sums import Sums
from hubmeter_exporter.costs.sources.versions import newest, run_of

REASONS: Final[tuple[str, ...]] = (
    *("folder", "file", "format", "incomplete", "nothing_counts", "parquet"),
    *errors.REASONS,
)
TRIES: Final = 3
WRITTEN_WITHIN_SECONDS: Final = 3600.0  # a truncated file that changed since then may still be completed
QUIET_SECONDS: Final = 2.0  # a file that changed since then is probably still being written

_BATCH: Final = 5_000
_NESTED: Final = ("Tags", google_credits.COLUMN)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS: Final = {"us": 1, "ms": 1_000, "s": 1_000_000, "day": 86_400_000_000}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _File:
    """The sums of one file, as it was listed when it was read."""

    file: BillFile
    sums: Sums


def place_of(settings: FocusSettings, clock: Callable[[], float]) -> Place:
    """Return the place of ``focus.path``."""
    if settings.path.startswith("bigquery://"):
        tags = (settings.hub_tag, *settings.attributable_tags, *settings.components_by_tag)
        return BillingExport(settings.path, tags, clock)
    return Bucket(settings.path) if "://" in settings.path else Folder(settings.path)


class FocusSource:
    """Files in a folder or bucket, or those that match a pattern, as a source of bills."""

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
        self._rows = FocusRows(settings, hubs)
        self._sleep = sleep
        self._clock = clock
        self._place = place_of(settings, clock)
        self._read: dict[str, _File] = {}  # by name; also those of an attempt that failed later
        self._files: dict[str, _File] = {}
        self._total = Sums()
        self._skipped: tuple[SkippedFile, ...] = ()
        self.interval = interval
        self.basis = f"focus {settings.model_dump_json(exclude={'interval'})} {sorted(hubs.items())}"

    def report(self) -> SourceReport:
        """Return the numbers of rows in the present files that do not count, or only in part."""
        total = self._total
        rejected = {reason: amount.rows for reason, amount in total.by_category("rejected").items()}
        return SourceReport(
            rejected=dict.fromkeys(ROW_REASONS, 0) | rejected,
            unreadable=dict.fromkeys(UNREADABLE, 0) | total.unreadable(),
            excluded=total.by_category("excluded"),
            skipped=self._skipped,
            parts=total.parts(),
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
        return self._total.bill(first, last)

    def _read_all(self) -> None:
        """Read all files. One that cannot be read keeps its last sums, or is skipped, unless others may follow.

        Raises:
            SourceError: A file is still being written, none can be read, or pyarrow is missing.
        """
        files: dict[str, _File] = {}
        odd: list[SkippedFile] = []
        first: SourceError | None = None
        listed, older = newest(self._place.files())
        for file in listed:
            try:
                files[file.name] = self._read[file.name] = self._file(file)
            except SourceError as error:
                if error.reason not in ("format", "incomplete") or self._may_grow(file, error):
                    raise
                first = first or error
                if file.name in self._files:
                    files[file.name] = self._files[file.name]
                odd.append(SkippedFile(file.name, error.reason, f"{error}; it does not count"))
        if first and not files:
            raise first
        total, twice = _summed(files.values())
        skipped = (*odd, *twice, *older)
        for skip in skipped:
            if skip not in self._skipped:
                _log.warning("%s.", skip.sentence)
        self._files, self._read, self._total, self._skipped = files, dict(files), total, skipped

    def _may_grow(self, file: BillFile, error: SourceError) -> bool:
        """Return whether the file may still be being written."""
        return (
            error.reason == "incomplete"
            and not self._place.atomic
            and self._clock() - file.modified < WRITTEN_WITHIN_SECONDS
        )

    def _check_counted(self) -> None:
        total = self._total
        if total.counted() or not total.rows():
            return
        causes = [f"{part.rows} with ChargeCategory {name!r}" for name, part in total.by_category("excluded").items()]
        causes += [f"{part.rows} with invalid {reason}" for reason, part in total.by_category("rejected").items()]
        raise SourceError(
            "nothing_counts",
            f"none of the {total.rows()} rows in {self._settings.path!r} counts ({', '.join(causes)}): check "
            "focus.charge_categories and focus.cost",
        )

    def _file(self, file: BillFile) -> _File:
        """Return the sums of a file. If it is being written, wait and try again."""
        try:
            for tries_left in reversed(range(TRIES)):
                try:
                    return self._read_once(file)
                except ChangedError as error:
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

    def _read_once(self, file: BillFile) -> _File:
        """Return the sums of a file, which are known if it has not changed.

        Raises:
            ChangedError: The file is being written.
        """
        known = self._read.get(file.name)
        if known and known.file == file:
            return known
        age = self._clock() - file.modified
        if 0 <= age < QUIET_SECONDS and not self._place.atomic:
            raise ChangedError(f"it changed {age:.1f} s ago")
        sums = Sums()
        with self._place.local(file) as path, _truncation(path):
            for where, row in _rows_of(file.name, path, self._rows):
                sums.add(self._rows, row, file.name, where)
        if self._place.current(file) != file:
            raise ChangedError("it changed during reading")
        sums.log(file.name)
        return _File(file, sums)


def _summed(files: Iterable[_File]) -> tuple[Sums, list[SkippedFile]]:
    """Return the sums of all files, with each charge once, and the files that repeat charges of newer ones."""
    total, skipped = Sums(), []
    files = sorted(files, key=lambda read: read.file)
    older = repeated(
        Sampled(
            read.file,
            run_of(read.file.name),
            {day: sums.sample.smallest() for day, sums in read.sums.days.items() if day},
        )
        for read in files
    )
    for read in files:
        days = older.get(read.file.name, {})
        total.merge(read.sums, days)
        for newer in sorted(set(days.values())):
            of_newer = sorted(day for day, name in days.items() if name == newer)
            skipped.append(
                SkippedFile(
                    read.file.name,
                    "duplicate",
                    f"{len(of_newer)} days of {read.file.name} ({of_newer[0]} to {of_newer[-1]}) do not count, because "
                    f"{newer} is newer and has the same charges: let the export overwrite its files, or narrow "
                    "focus.path",
                )
            )
    return total, skipped


def _rows_of(name: str, path: Path, rows: FocusRows) -> Iterator[tuple[str, Mapping[str, Any] | RowError]]:
    """Yield the place of each row, and the row or its error.

    Args:
        name: Of the file, for errors.
        path: The file or a copy.
        rows: The meaning of a row.
    """
    if path.name.endswith(".parquet"):
        yield from _parquet_rows(name, path, rows)
        return
    # An invalid byte in a tag must not reject a row; without newline="", line ends in quotes would change.
    mode: Any = {"mode": "rt", "encoding": "utf-8-sig", "errors": "replace", "newline": ""}
    with gzip.open(path, **mode) if path.name.endswith(".gz") else path.open(**mode) as file:
        yield from _csv_rows(name, file, rows)


def _csv_rows(name: str, file: Iterable[str], rows: FocusRows) -> Iterator[tuple[str, Mapping[str, Any] | RowError]]:
    reader = csv.reader(file, strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise SourceError("format", f"{name} is not CSV ({error})") from error
    if not header:
        raise ChangedError("it is empty")
    header = rows.canonical(header)
    _check(name, header, rows)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield f"line {reader.line_num}", RowError("columns", f"not CSV ({error})")
            continue
        if cells is None:
            return
        if not cells:
            continue  # an empty line
        where = f"line {reader.line_num}"
        if len(cells) != len(header):
            yield where, RowError("columns", f"{len(cells)} cells for {len(header)} columns")
        else:
            yield where, dict(zip(header, cells, strict=True))


def _parquet_rows(file_name: str, path: Path, rows: FocusRows) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        import pyarrow  # noqa: PLC0415 - as in the next line
        from pyarrow import parquet  # noqa: PLC0415 - 100 MB, an extra that most sites do not need
    except ImportError as error:
        raise SourceError(
            "parquet",
            f"{file_name} needs pyarrow: install hubmeter[costs-parquet], use the image tagged -parquet or -cloud, or "
            "export CSV",
        ) from error
    with parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names
        canonical = dict(zip(names, rows.canonical(names), strict=True))
        _check(file_name, canonical.values(), rows)
        present = [name for name, known in canonical.items() if known in (*rows.required, *rows.optional)]
        number = 0
        for batch in file.iter_batches(batch_size=_BATCH, columns=present):
            keys = [canonical[name] for name in batch.schema.names]
            try:
                values = [
                    _values(column, nested=name in _NESTED) for name, column in zip(keys, batch.columns, strict=True)
                ]
            except pyarrow.ArrowException:  # the file is truncated
                raise
            except (ValueError, OverflowError) as error:
                raise SourceError("format", f"{file_name} has values that cannot be read ({error})") from error
            for row in zip(*values, strict=True):
                number += 1
                yield f"row {number}", dict(zip(keys, row, strict=True))


def _values(column: Any, *, nested: bool) -> list[Any]:
    """Return the values of a column. Python has no nanoseconds.

    A time outside Python's years is a text, and so is a list or mapping in a column that is not ``nested``.
    """
    kind = str(column.type).partition("[")
    if kind[0] not in ("timestamp", "date32", "date64"):
        values = column.to_pylist()
        return [str(v) if isinstance(v, list | dict) and not nested else v for v in values]
    number = column.cast("int32" if kind[0] == "date32" else "int64").to_pylist()
    return [None if value is None else _moment(value, kind[2].partition("]")[0].partition(",")[0]) for value in number]


def _moment(value: int, unit: str) -> datetime | str:
    microseconds = value // 1000 if unit == "ns" else value * _MICROSECONDS[unit]
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{value} {unit} since 1970"


def _check(name: str, names: Iterable[str], rows: FocusRows) -> None:
    if missing := sorted(set(rows.required) - set(names)):
        raise SourceError(
            "format",
            f"{name} is not a FOCUS export (no column {', '.join(missing)}): export FOCUS, or narrow focus.path",
        )


@contextmanager
def _truncation(path: Path) -> Iterator[None]:
    """Turn the errors of readers of a truncated file into `ChangedError`."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ChangedError(str(error)) from error
    except ValueError as error:  # pyarrow.ArrowInvalid is one; pyarrow may be missing
        if type(error).__name__ == "ArrowInvalid" and path.name.endswith(".parquet"):
            raise ChangedError(str(error)) from error
        raise
