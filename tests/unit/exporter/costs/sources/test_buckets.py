"""Errors of buckets and the settings of their URLs; tests/buckets reads buckets."""

import sys

import aiohttp
import azure.core.exceptions as azure
import botocore.exceptions as botocore
import pytest
from gcsfs import GCSFileSystem, core
from gcsfs.retry import HttpError
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from hubmeter_common.settings_file import SettingsError
from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.settings import make
from hubmeter_exporter.costs.sources.buckets import Bucket
from hubmeter_exporter.costs.sources.errors import reason_of


def answered(code: str, status: int) -> BaseException:
    """Return an error of s3fs, whose cause is one of AWS."""
    error = PermissionError("Access denied")
    error.__cause__ = botocore.ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]  # a part
        "ListObjectsV2",
    )
    return error


def azure_answered(status: int) -> BaseException:
    error = azure.HttpResponseError("no")
    error.status_code = status
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (answered("AccessDenied", 403), "forbidden"),
        (answered("InvalidAccessKeyId", 403), "credentials"),
        (answered("ExpiredToken", 400), "credentials"),
        (answered("SlowDown", 503), "unavailable"),
        (answered("NoSuchBucket", 404), "folder"),
        (botocore.NoCredentialsError(), "credentials"),
        (botocore.EndpointConnectionError(endpoint_url="https://s3"), "connection"),
        (botocore.ReadTimeoutError(endpoint_url="https://s3"), "timeout"),
        (HttpError({"code": 401, "message": "Anonymous caller"}), "credentials"),
        (HttpError({"code": 503, "message": ""}), "unavailable"),
        (OSError("Forbidden: https://storage/b\nno access"), "forbidden"),
        (DefaultCredentialsError("none"), "credentials"),
        (RefreshError("metadata"), "credentials"),
        (TransportError("no route"), "connection"),
        (azure.ClientAuthenticationError("no"), "credentials"),
        (azure_answered(403), "forbidden"),
        (azure_answered(500), "unavailable"),
        (azure.ServiceRequestError("no route"), "connection"),
        (azure.ServiceResponseTimeoutError("late"), "timeout"),
        (aiohttp.ClientPayloadError("cut"), "connection"),
        (aiohttp.ServerTimeoutError("late"), "timeout"),
        (FileNotFoundError("b"), "folder"),
        (ConnectionResetError("b"), "connection"),
        (ValueError("unknown"), "unavailable"),
    ],
)
def test_an_error_of_a_cloud_has_a_reason(error: BaseException, reason: str) -> None:
    assert reason_of(error) == reason


@pytest.mark.parametrize("scheme", ["s3", "gs", "abfs", "abfss"])
def test_a_missing_package_is_named_with_its_extra(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("s3fs", "gcsfs", "adlfs", "gcsfs.core", "gcsfs.retry"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(SourceError, match=rf"needs hubmeter\[costs-{scheme[:4]}\].*tagged -cloud") as raised:
        Bucket(f"{scheme}://a/b").files()
    assert raised.value.reason == "package"


def test_a_gcsfs_imported_before_asks_for_no_layout_of_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert GCSFileSystem is not core.GCSFileSystem, "gcsfs has no support of buckets in one zone: the test is void"
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    _, filesystem = Bucket("gs://bucket")._connected()  # noqa: SLF001 - whose requests would take minutes
    assert type(filesystem) is core.GCSFileSystem


@pytest.mark.parametrize(
    "path",
    [
        "s3://bucket",
        "s3://bucket/",
        "gs://bucket/a b/**/[ab]*.parquet",
        "abfs://container@account.dfs.core.windows.net/a=1",
        "abfss://container@account.dfs.core.windows.net",
    ],
)
def test_a_url_of_a_bucket(path: str) -> None:
    assert make({"source": "focus", "focus": {"path": path}}, "f", {}).focus.path == path


@pytest.mark.parametrize(
    "path",
    [
        "https://account.blob.core.windows.net/c?sv=1&sig=SECRET",
        "s3://key:SECRET@bucket/a",
        "abfs://c@a.dfs.core.windows.net/a?sig=SECRET",
        "file:///etc/passwd",
        "s3:///a",
        "s3://b*cket/a",
        "S3://bucket",
    ],
)
def test_a_url_that_is_not_of_a_bucket_or_has_a_secret(path: str) -> None:
    with pytest.raises(SettingsError, match=r"focus\.path.* must be a folder, a pattern, or a URL without") as raised:
        make({"source": "focus", "focus": {"path": path}}, "f", {})
    assert "SECRET" not in str(raised.value)
