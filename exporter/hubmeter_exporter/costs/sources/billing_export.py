"""Google Cloud's billing export in BigQuery, read as FOCUS files: a month of the table is a file.

https://docs.cloud.google.com/billing/docs/how-to/export-data-bigquery-tables. BigQuery sums the rows of a month by day,
service, currency and the tags of the settings; the sums are written into a temporary CSV file with columns of FOCUS.
"""

import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.settings import BIGQUERY_URL
from hubmeter_exporter.costs.sources.errors import CONNECT_SECONDS, READ_SECONDS, STALLED_SECONDS, failure
from hubmeter_exporter.costs.sources.places import BillFile

MONTHS: Final = 13
_OPEN_MONTHS: Final = 2  # the newest; Google corrects older ones rarely
_PAGE: Final = 10_000
_COLUMNS: Final = frozenset(
    {"billing_account_id", "service", "usage_start_time", "cost", "credits", "labels", "cost_type"}
)
_HEADER: Final = (
    "ChargeCategory", "ChargePeriodStart", "ChargePeriodEnd", "BillingCurrency", "ServiceName", "Tags", "BilledCost",
    "EffectiveCost",
)  # fmt: skip

# Rows without a label of the settings are summed too. Labels of a project are inherited, as in Google's FOCUS view. The
# sums are decimal, because each cost is a binary number.
_SQL: Final = """
SELECT ChargeCategory, ChargePeriodStart, BillingCurrency, ServiceName, Tags, CAST(SUM(Cost) AS STRING) AS Cost
FROM (
  SELECT
    CASE cost_type WHEN 'regular' THEN 'Usage' WHEN 'tax' THEN 'Tax' ELSE 'Adjustment' END AS ChargeCategory,
    FORMAT_TIMESTAMP('%F', usage_start_time) AS ChargePeriodStart,
    currency AS BillingCurrency,
    service.description AS ServiceName,
    TO_JSON_STRING(ARRAY(
      SELECT AS STRUCT label.key AS key, label.value AS value, FALSE AS x_inherited
      FROM UNNEST(labels) AS label WHERE label.key IN UNNEST(@keys)
      UNION ALL
      SELECT AS STRUCT label.key AS key, label.value AS value, TRUE AS x_inherited
      FROM UNNEST(project.labels) AS label WHERE label.key IN UNNEST(@keys)
    )) AS Tags,
    CAST(cost AS BIGNUMERIC)
      + IFNULL((SELECT SUM(CAST(credit.amount AS BIGNUMERIC)) FROM UNNEST(credits) AS credit), 0) AS Cost
  FROM `{table}`
  WHERE usage_start_time >= @start AND usage_start_time < @end{partitions}
) AS charges
GROUP BY ChargeCategory, ChargePeriodStart, BillingCurrency, ServiceName, Tags
"""


class BillingExport:
    """The months of a table of the standard or detailed usage cost export."""

    atomic = True

    def __init__(self, url: str, keys: Iterable[str], clock: Callable[[], float]) -> None:
        """Take ``focus.path``, which the settings have checked, and the keys of the tags in the settings."""
        match = BIGQUERY_URL.fullmatch(url)
        assert match is not None, url  # noqa: S101 - the settings have checked it
        self._url = url
        self._project = match["project"]
        self._table = f"{match['project']}.{match['dataset']}.{match['table']}"
        self._keys = sorted(set(keys))
        self._clock = clock
        self._client: Any = None

    def files(self) -> list[BillFile]:
        """Return the newest months. An open month changes with the table. Raises `SourceError`."""
        with self._errors(f"focus.path {self._url!r} cannot be read"):
            table = self._described()
        names = {field.name for field in table.schema}
        if missing := sorted(_COLUMNS - names):
            raise SourceError(
                "format",
                f"focus.path {self._url!r} has no column {', '.join(missing)}: use the table of the standard or "
                "detailed usage cost export (gcp_billing_export_...)",
            )
        return [self._file(month, table) for month in self._months()]

    def current(self, file: BillFile) -> BillFile | None:
        """Return the month as it is now. Raises `SourceError`."""
        with self._errors(f"{file.name} cannot be read"):
            table = self._described()
        return next((self._file(month, table) for month in self._months() if self._name(month) == file.name), None)

    @contextmanager
    def local(self, file: BillFile) -> Iterator[Path]:
        """Yield the path of a temporary file with the sums of the month. Raises `SourceError`."""
        with tempfile.TemporaryDirectory(prefix="hubmeter-costs-") as folder:
            copy = Path(folder, "month.csv")
            with self._errors(f"{file.name} cannot be read"), copy.open("w", encoding="utf-8", newline="") as output:
                writer = csv.writer(output)
                writer.writerow(_HEADER)
                writer.writerows(self._query(next(m for m in self._months() if self._name(m) == file.name)))
            yield copy

    def _query(self, month: datetime) -> Iterator[tuple[str, ...]]:
        bigquery = import_module("google.cloud.bigquery")
        table = self._described()
        parameters = [
            bigquery.ArrayQueryParameter("keys", "STRING", self._keys),
            bigquery.ScalarQueryParameter("start", "TIMESTAMP", month),
            bigquery.ScalarQueryParameter("end", "TIMESTAMP", _later(month, 1)),
            bigquery.ScalarQueryParameter("last_partition", "TIMESTAMP", _later(month, 3)),
        ]
        job = self._connected().query(
            _SQL.format(table=self._table, partitions=_partitions(table)),
            job_config=bigquery.QueryJobConfig(query_parameters=parameters, use_legacy_sql=False),
            location=table.location,
            timeout=STALLED_SECONDS,
        )
        for category, day, currency, service, tags, cost in job.result(page_size=_PAGE, timeout=READ_SECONDS):
            yield category, day, day, currency, service, tags, cost, cost

    def _described(self) -> Any:
        return self._connected().get_table(self._table, timeout=CONNECT_SECONDS + STALLED_SECONDS)

    def _months(self) -> list[datetime]:
        today = datetime.fromtimestamp(self._clock(), UTC)
        first = datetime(today.year, today.month, 1, tzinfo=UTC)
        return [_later(first, -number) for number in range(MONTHS)]

    def _name(self, month: datetime) -> str:
        return f"{self._url}/{month:%Y-%m}.csv"

    def _file(self, month: datetime, table: Any) -> BillFile:
        if month in self._months()[:_OPEN_MONTHS]:
            return BillFile(self._name(month), 0, table.modified.timestamp(), table.etag)
        return BillFile(self._name(month), 0, _later(month, 1).timestamp(), "closed")

    def _connected(self) -> Any:
        if self._client is None:
            bigquery = import_module("google.cloud.bigquery")
            anonymous = import_module("google.auth.credentials").AnonymousCredentials
            emulated = bool(os.environ.get("BIGQUERY_EMULATOR_HOST"))
            self._client = bigquery.Client(self._project, credentials=anonymous() if emulated else None)
        return self._client

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        """Turn errors of the client into `SourceError`."""
        try:
            api, auth = import_module("google.api_core.exceptions"), import_module("google.auth.exceptions")
            import_module("google.cloud.bigquery")
        except ImportError as error:
            raise SourceError(
                "package",
                f"focus.path {self._url!r} needs hubmeter[costs-bigquery] ({error}): install it, or use the image "
                "tagged -cloud",
            ) from error
        requests = import_module("requests")
        try:
            yield
        except (OSError, TimeoutError, api.GoogleAPIError, auth.GoogleAuthError, requests.RequestException) as error:
            self._client = None  # the next attempt reads credentials again
            raise failure(what, error) from error


def _partitions(table: Any) -> str:
    """Return the condition that limits the partitions to read. Rows arrive up to two months after their usage."""
    partitioning = table.time_partitioning
    if partitioning is None or partitioning.field not in (None, "export_time", "usage_start_time"):
        return ""
    column = partitioning.field or "_PARTITIONTIME"
    return f"\n    AND {column} >= @start AND {column} < @last_partition"


def _later(month: datetime, months: int) -> datetime:
    number = month.year * 12 + month.month - 1 + months
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
