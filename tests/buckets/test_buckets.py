"""Bills in buckets: each cloud's real client against a server that speaks its protocol."""

import csv
import gzip
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from pyarrow import parquet

from hubmeter_exporter.costs.ledger import Ledger
from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.prices import Allocation
from hubmeter_exporter.costs.refresh import CostRefresher, Schedule
from hubmeter_exporter.costs.settings import make
from hubmeter_exporter.costs.sources import buckets
from hubmeter_exporter.costs.sources.focus import FocusSource
from hubmeter_exporter.exposition import Format
from hubmeter_exporter.report.output import OutputError, open_output
from tests.buckets.doubles import AZURITE_KEY, BUCKET, S3_KEY, SCHEMES, Line, Store, store

DAYS = (date(2026, 10, 1), date(2026, 10, 31))
VARIABLES = (
    "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "STORAGE_EMULATOR_HOST", "AZURE_STORAGE_CONNECTION_STRING",
)  # fmt: skip


class Site(NamedTuple):
    """A bucket, the line to it, and the start of URLs in it."""

    server: Store
    line: Line
    url: str


@pytest.fixture(scope="module", params=SCHEMES)
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with store(request.param, tmp_path_factory.mktemp("blobs")) as (server, line):
        yield Site(server, line, f"{request.param}://{BUCKET}")


@pytest.fixture
def site(servers: Site, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The server with a folder of this test's own, and the variables of a pod that may read it."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in servers.server.environment(servers.line.port).items():
        monkeypatch.setenv(name, value)
    # Without these boto3 asks the metadata service of a node.
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    servers.line.heal()
    return servers._replace(url=f"{servers.url}/{request.node.originalname}")


def put(site: Site, name: str, content: bytes) -> None:
    site.server.put(f"{site.url.rpartition('/')[2]}/{name}", content)


def row(amount: str, **values: Any) -> dict[str, Any]:
    return {
        "EffectiveCost": amount,
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": "2026-10-30T00:00:00Z",
        "ChargePeriodEnd": "2026-10-30T23:00:00Z",
        "ServiceName": "Compute Engine",
        "Tags": json.dumps({"hub-name": "prod"}),
        **values,
    }


def as_csv(*rows: dict[str, Any]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(*rows: dict[str, Any]) -> bytes:
    """Return rows with timestamps in nanoseconds."""
    columns: dict[str, Any] = {name: [one[name] for one in rows] for name in rows[0]}
    for name in ("ChargePeriodStart", "ChargePeriodEnd"):
        times = [datetime.fromisoformat(text) for text in columns[name]]
        columns[name] = pa.array([int(at.timestamp()) * 10**9 for at in times], pa.int64()).cast(
            pa.timestamp("ns", tz="UTC")
        )
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink)
    return sink.getvalue()


def source(path: str, **values: Any) -> FocusSource:
    focus = make({"source": "focus", "focus": {"path": path, **values}}, "the test", {}).focus
    return FocusSource(focus, {}, 60, lambda _: None)


def total(source: FocusSource) -> Decimal:
    return sum((bill.amount for bill in source.bill(*DAYS)), Decimal(0))


def noise(size: int) -> dict[str, str]:
    """Return more columns, with text that no compression on the way makes small."""
    return {f"x_{start}": os.urandom(min(size - start, 100_000) // 2).hex() for start in range(0, size, 100_000)}


def test_a_folder_with_all_kinds_of_files(site: Site) -> None:
    put(site, "2026-10/plain.csv", as_csv(row("1")))
    put(site, "2026-10/zipped.csv.gz", gzip.compress(as_csv(row("10"))))
    put(site, "2026-10/part 1+é.parquet", as_parquet(row("100")))
    put(site, "2026-10/euros.csv", as_csv(row("500", BillingCurrency="EUR")))
    put(site, "manifest.json", b"{}")
    put(site, "2026-10/.hidden.csv", as_csv(row("10000")))
    put(site, "_x/.git/a.csv", as_csv(row("10000")))
    read = source(site.url, exchange_rates={"EUR": 2})
    (bill,) = read.bill(*DAYS)
    assert (bill.day, bill.hub, bill.component) == (date(2026, 10, 30), "prod", "compute")
    assert bill.amount == 1111
    assert read.report().skipped == ()


def test_files_of_reports_are_written_and_replaced(site: Site) -> None:
    output = open_output(f"{site.url}/reports/")
    name = "2026-10/groups/berkurs---1a.html"
    for content in (b"first", b"the second"):
        assert output.write(name, content) == f"{site.url}/reports/{name}"
    scheme = site.url.partition(":")[0]
    filesystem = buckets.open_store(site.url, scheme)
    path = f"{site.url}/reports/{name}".partition("://")[2]
    assert filesystem.cat_file(path) == b"the second"
    if scheme == "s3":
        assert filesystem.info(path)["ContentType"] == "text/html; charset=utf-8"
    with pytest.raises(OutputError, match=r"none/.*/reports/a\.csv cannot be written \("):
        open_output(f"{site.url.replace(BUCKET, 'none')}/reports").write("a.csv", b"")


def test_a_pattern(site: Site) -> None:
    put(site, "a/part-1.csv", as_csv(row("1")))
    put(site, "b/c/part-2.csv", as_csv(row("10")))
    put(site, "b/total.csv", as_csv(row("100")))
    assert total(source(f"{site.url}/**/part-*.csv")) == 11
    assert total(source(f"{site.url}/b/total.csv")) == 100


def test_a_neighbouring_folder_with_a_longer_name_does_not_count(site: Site) -> None:
    put(site, "bill/a.csv", as_csv(row("1")))
    put(site, "bill-old/a.csv", as_csv(row("10")))
    assert total(source(f"{site.url}/bill")) == 1
    assert total(source(f"{site.url}/bill/")) == 1


def test_an_older_version_does_not_count(site: Site) -> None:
    # Modification times of objects have seconds in some clouds: of equal ones, the later name is the newer version.
    put(site, "BILLING_PERIOD=2026-10/run-1/a.csv", as_csv(row("1")))
    put(site, "BILLING_PERIOD=2026-10/run-2/a.csv", as_csv(row("10")))
    read = source(site.url)
    assert total(read) == 10
    assert [(skip.reason, skip.file) for skip in read.report().skipped] == [
        ("older", f"{site.url}/BILLING_PERIOD=2026-10/run-1/a.csv")
    ]


def test_only_changed_objects_are_read(site: Site) -> None:
    for number in range(3):
        put(site, f"{number}.csv", as_csv(row("1", **noise(200_000))))
    read = source(site.url)
    assert total(read) == 3
    assert site.line.answered > 600_000
    site.line.heal()
    assert total(read) == 3
    assert site.line.answered < 100_000
    put(site, "1.csv", as_csv(row("5", **noise(200_000))))
    site.line.heal()
    assert total(read) == 7
    assert 200_000 < site.line.answered < 300_000


def test_an_object_of_the_same_size_and_second_is_read_again(site: Site) -> None:
    put(site, "a.csv", as_csv(row("1")))
    read = source(site.url)
    assert total(read) == 1
    put(site, "a.csv", as_csv(row("2")))
    assert total(read) == 2


def test_a_truncated_object_stays_out_and_does_not_stop_the_others(site: Site) -> None:
    put(site, "whole.csv", as_csv(row("1")))
    put(site, "half.csv.gz", gzip.compress(as_csv(row("10", **noise(10_000))))[:5_000])
    read = source(site.url)
    assert total(read) == 1
    assert [(skip.reason, skip.file) for skip in read.report().skipped] == [("incomplete", f"{site.url}/half.csv.gz")]


@pytest.mark.parametrize("moment", ["listing", "reading"])
@pytest.mark.parametrize("fault", ["cut", "stalled"])
def test_a_fault_of_the_network_keeps_the_bill_and_is_reported(
    moment: str,
    fault: str,
    site: Site,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = f"{moment}-{fault}"
    put(site, f"{folder}/1.csv", as_csv(row("1")))
    read = source(f"{site.url}/{folder}")
    now = [datetime(2026, 10, 31, 1, tzinfo=UTC).timestamp()]
    with closing(Ledger(tmp_path / "ledger", 2, lambda: now[0])) as ledger:
        refresher = CostRefresher(
            read, ledger, lambda *_: {}, Allocation("hub", "apart"), Schedule(30, 30, 60), prefix="jupyterhub",
            version="0", clock=lambda: now[0],
        )  # fmt: skip
        assert refresher.refresh()
        put(site, f"{folder}/1.csv", as_csv(row("2", **noise(300_000))))
        put(site, f"{folder}/2.csv", as_csv(row("4", **noise(300_000))))
        # A listing of these objects has more than 300 bytes, and each object more than 100,000.
        usual = {name: getattr(buckets, name) for name in ("LIST_SECONDS", "READ_SECONDS")}
        monkeypatch.setattr(buckets, "LIST_SECONDS", 20 if moment == "reading" else 4)
        monkeypatch.setattr(buckets, "READ_SECONDS", 4)
        now[0] += 3600
        site.line.heal()
        setattr(site.line, fault, 300 if moment == "listing" else 100_000)
        assert not refresher.refresh()
        # One object of two has not been read: neither counts.
        assert [bill.amount for bill in ledger.rows(*DAYS)] == [1]
        (record,) = [r for r in caplog.records if r.levelno >= logging.WARNING and r.name.startswith("hubmeter")]
        assert f"{site.url}/{folder}" in record.getMessage()
        page = b"".join(refresher.page.parts[Format.TEXT, False]).decode()
        failures = {
            line.partition('reason="')[2].partition('"')[0]: float(line.rpartition(" ")[2])
            for line in page.splitlines()
            if line.startswith("jupyterhub_costs_refresh_errors_total{") and 'source="focus"' in line
        }
        assert {reason for reason, number in failures.items() if number} <= {"connection", "timeout"}
        assert sum(failures.values()) == 1
        for name, seconds in usual.items():
            monkeypatch.setattr(buckets, name, seconds)
        site.line.heal()
        now[0] += 3600
        assert refresher.refresh()
        assert [bill.amount for bill in ledger.rows(*DAYS)] == [6]
    assert S3_KEY not in caplog.text
    assert AZURITE_KEY not in caplog.text


def test_what_was_read_before_a_fault_is_not_read_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    put(site, "1.csv", as_csv(row("1", **noise(200_000))))
    put(site, "2.csv", as_csv(row("10", **noise(400_000))))
    monkeypatch.setattr(buckets, "READ_SECONDS", 4)
    read = source(site.url)
    site.line.stalled = 300_000
    with pytest.raises(SourceError):
        read.bill(*DAYS)
    site.line.heal()
    assert total(read) == 11
    assert 400_000 < site.line.answered < 500_000


def test_a_missing_bucket(site: Site) -> None:
    with pytest.raises(SourceError, match=r"focus\.path '.*missing/bill'") as raised:
        source(f"{site.url.partition('/')[0]}//missing/bill").bill(*DAYS)
    assert raised.value.reason == "folder"


def test_an_empty_folder(site: Site) -> None:
    with pytest.raises(SourceError, match="has no files: check the path") as raised:
        source(f"{site.url}/nothing").bill(*DAYS)
    assert raised.value.reason == "folder"


def test_a_pod_without_credentials(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    put(site, "1.csv", as_csv(row("1")))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("GCE_METADATA_HOST", "127.0.0.1:1")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    monkeypatch.setenv("HOME", "/nonexistent")
    if site.url.startswith("s3:"):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{site.line.port}")
    path = site.url.replace(f"abfs://{BUCKET}", f"abfs://{BUCKET}@account.dfs.core.windows.net")
    with pytest.raises(SourceError) as raised:
        source(path).bill(*DAYS)
    assert raised.value.reason == "credentials", str(raised.value)
    assert "docs/costs.md, 'Buckets'" in str(raised.value)


_PEAK = """
import resource, sys, json
from tests.buckets.test_buckets import DAYS, source
read = source(sys.argv[1])
read._place.files()  # imports and connects
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
amounts = [str(bill.amount) for bill in read.bill(*DAYS)]
print(json.dumps([amounts, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before]))
"""


def test_memory_does_not_depend_on_the_size_of_an_object(site: Site) -> None:
    put(site, "large.csv.gz", gzip.compress(as_csv(*(row("1", **noise(100_000)) for _ in range(1_600))), 1))
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, site.url], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    amounts, kibibytes = json.loads(done.stdout.splitlines()[-1])
    assert amounts == ["1600"]
    assert kibibytes < 60 * 1024  # of 80 MiB; Azure's client reads its first 32 MiB at once
