"""A server that speaks BigQuery's REST interface. It translates queries to DuckDB, with a table of billing export.

https://cloud.google.com/bigquery/docs/reference/rest
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import duckdb
import sqlglot

from tests.http_server import Handler, http_server

_PAGE: Final = 2  # rows, so that answers have pages
_COLUMNS: Final = {
    "billing_account_id": "VARCHAR",
    "service": "STRUCT(id VARCHAR, description VARCHAR)",
    "usage_start_time": "TIMESTAMPTZ",
    "export_time": "TIMESTAMPTZ",
    "project": "STRUCT(id VARCHAR, labels STRUCT(key VARCHAR, value VARCHAR)[])",
    "labels": "STRUCT(key VARCHAR, value VARCHAR)[]",
    "cost": "DOUBLE",
    "currency": "VARCHAR",
    "credits": "STRUCT(name VARCHAR, amount DOUBLE)[]",
    "cost_type": "VARCHAR",
}


class BigQuery:
    """The table ``project-1.billing.export`` and the requests for it.

    Attributes:
        port: Of the server.
        modified: Number of changes of the table.
        queries: Texts of all queries.
        error: Status and reason with which each request fails; None: none.
        partitioned: Column of the partitions; None: the table has none, "": by the time of ingestion.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.modified = 1
        self.queries: list[str] = []
        self.error: tuple[int, str] | None = None
        self.partitioned: str | None = "export_time"
        self.columns = dict(_COLUMNS)
        self._results: dict[str, list[tuple[Any, ...]]] = {}
        self._database = duckdb.connect()
        self._database.execute("SET TimeZone = 'UTC'")
        columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
        self._database.execute("ATTACH ':memory:' AS \"project-1\"")
        self._database.execute('CREATE SCHEMA "project-1".billing')
        self._database.execute(f'CREATE TABLE "project-1".billing.export ({columns})')

    def insert(self, cost: float, day: str = "2026-10-30", **values: Any) -> None:
        """Insert a row of usage; keywords are columns."""
        row = {
            "billing_account_id": "0",
            "service": {"id": "1", "description": "Compute Engine"},
            "usage_start_time": f"{day}T23:00:00Z",
            "export_time": f"{day}T23:30:00Z",
            "project": {"id": "p", "labels": []},
            "labels": [],
            "cost": cost,
            "currency": "USD",
            "credits": [],
            "cost_type": "regular",
            **values,
        }
        sql = f'INSERT INTO "project-1".billing.export ({", ".join(row)}) VALUES ({", ".join("?" for _ in row)})'  # noqa: S608 - columns of this module
        self._database.execute(sql, list(row.values()))
        self.modified += 1

    def table(self) -> dict[str, Any]:
        described: dict[str, Any] = {
            "tableReference": {"projectId": "project-1", "datasetId": "billing", "tableId": "export"},
            "schema": {"fields": [{"name": name, "type": "STRING"} for name in self.columns]},
            "etag": f"etag-{self.modified}",
            "lastModifiedTime": str(1_790_000_000_000 + self.modified),
            "location": "EU",
        }
        if self.partitioned is not None:
            field = {"field": self.partitioned} if self.partitioned else {}
            described["timePartitioning"] = {"type": "DAY", **field}
        return described

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        query = request["configuration"]["query"]
        assert query["useLegacySql"] is False
        assert request["jobReference"]["location"] == "EU"
        self.queries.append(query["query"])
        (statement,) = sqlglot.parse(query["query"], read="bigquery")
        assert statement is not None
        parameters: dict[str, Any] = {}
        for parameter in query["queryParameters"]:
            value = parameter["parameterValue"]
            if "arrayValues" in value:
                parameters[parameter["name"]] = [one["value"] for one in value["arrayValues"]]
            else:
                parameters[parameter["name"]] = datetime.fromisoformat(value["value"]).astimezone(UTC)
        text = statement.sql("duckdb")
        used = {name: value for name, value in parameters.items() if re.search(rf"\${name}\b", text)}
        self._results[request["jobReference"]["jobId"]] = self._database.execute(text, used).fetchall()
        return {**request, "status": {"state": "DONE"}}

    def page(self, job: str, start: int) -> dict[str, Any]:
        rows = self._results[job]
        end = start + _PAGE
        fields = ("ChargeCategory", "ChargePeriodStart", "BillingCurrency", "ServiceName", "Tags", "Cost")
        return {
            "jobReference": {"projectId": "project-1", "jobId": job, "location": "EU"},
            "jobComplete": True,
            "totalRows": str(len(rows)),
            "schema": {"fields": [{"name": name, "type": "STRING"} for name in fields]},
            "rows": [{"f": [{"v": value} for value in row]} for row in rows[start:end]],
            **({"pageToken": str(end)} if end < len(rows) else {}),
        }


@contextmanager
def running() -> Iterator[BigQuery]:
    """Yield a server on the loopback interface."""

    class BigQueryHandler(Handler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if "/tables/" in url.path:
                self._answer(double.table)
            else:
                token = parse_qs(url.query).get("pageToken", ["0"])[0]
                self._answer(lambda: double.page(url.path.rpartition("/")[2], int(token)))

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(lambda: double.run(request))

        def _answer(self, answer: Any) -> None:
            status, body = 200, None
            try:
                body = answer()
            except Exception as error:  # noqa: BLE001 - as BigQuery answers an invalid query
                status, body = 400, {"error": {"code": 400, "message": repr(error)}}
            if double.error:
                status, reason = double.error
                body = {"error": {"code": status, "message": "no", "errors": [{"reason": reason, "message": "no"}]}}
            self.send_json(status, body)

    with http_server(BigQueryHandler) as server:
        double = BigQuery(server.server_port)
        yield double
