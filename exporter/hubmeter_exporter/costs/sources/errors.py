"""Errors of the clouds' libraries as reasons and sentences."""

import errno
import re
import tempfile
from typing import Final

from hubmeter_exporter.costs.model import SourceError

REASONS: Final = ("connection", "timeout", "credentials", "forbidden", "unavailable", "package")
CONNECT_SECONDS: Final = 10.0
STALLED_SECONDS: Final = 60.0  # without a byte
LIST_SECONDS: Final = 300.0
READ_SECONDS: Final = 1800.0  # of one object
# They log each request, or each retry with a traceback. The exporter reports the errors that remain.
SILENT_LOGGERS: Final = ("aiobotocore", "s3fs", "fsspec", "gcsfs", "google", "azure", "adlfs", "msal")

# Names of exceptions with the package that defines them, by reason. A subclass has the reason of its first base here.
_ERRORS: Final = {
    **dict.fromkeys(
        (
            "botocore.NoCredentialsError",
            "botocore.PartialCredentialsError",
            "botocore.CredentialRetrievalError",
            "botocore.TokenRetrievalError",
            "botocore.UnauthorizedSSOTokenError",
            "botocore.ProfileNotFound",
            "google.DefaultCredentialsError",
            "google.RefreshError",
            "azure.ClientAuthenticationError",
        ),
        "credentials",
    ),
    **dict.fromkeys(
        (
            "builtins.TimeoutError",
            "botocore.ConnectTimeoutError",
            "botocore.ReadTimeoutError",
            "azure.ServiceRequestTimeoutError",
            "azure.ServiceResponseTimeoutError",
            "requests.Timeout",
            "google.RetryError",
        ),
        "timeout",
    ),
    **dict.fromkeys(
        (
            "builtins.ConnectionError",
            "botocore.ConnectionError",
            "botocore.HTTPClientError",
            "google.TransportError",
            "azure.ServiceRequestError",
            "azure.ServiceResponseError",
            "azure.IncompleteReadError",
            "aiohttp.ClientError",
            "requests.RequestException",
        ),
        "connection",
    ),
    "builtins.PermissionError": "forbidden",
    "builtins.FileNotFoundError": "folder",
}
# Codes of AWS that come with status 400 or 403.
_CREDENTIAL_CODES: Final = frozenset(
    {
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidIdentityToken",
        "InvalidToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    }
)
_STATUS: Final = {401: "credentials", 403: "forbidden", 404: "folder", 408: "unavailable", 429: "unavailable"}
_RETRIED: Final = "the exporter tries again later"
_REMEDIES: Final = {
    "credentials": "give the pod credentials for the bucket (docs/costs.md, 'Buckets')",
    "forbidden": "allow listing the bucket and reading its objects (docs/costs.md, 'Buckets')",
    "folder": "check focus.path",
    "connection": f"check the network policy; {_RETRIED}",
    "timeout": _RETRIED,
    "unavailable": _RETRIED,
}


def failure(what: str, error: BaseException) -> SourceError:
    """Return the error of a library as one that begins with ``what``."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return SourceError("file", f"{what}: {tempfile.gettempdir()} has no space for a temporary copy; enlarge it")
    reason = reason_of(error)
    return SourceError(reason, f"{what} ({_text(error)}): {_REMEDIES[reason]}")


def reason_of(error: BaseException) -> str:
    """Return the reason of an error of s3fs, gcsfs or adlfs."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    by_name: list[str] = []
    for cause in causes:
        names = [f"{base.__module__.partition('.')[0]}.{base.__name__}" for base in type(cause).__mro__]
        by_name += [_ERRORS[name] for name in names if name in _ERRORS]
        response = getattr(cause, "response", None)
        if isinstance(response, dict):  # of botocore's ClientError
            if response.get("Error", {}).get("Code") in _CREDENTIAL_CODES:
                return "credentials"
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        else:
            status = next((v for k in ("status_code", "status", "code") if (v := getattr(cause, k, None))), None)
        if "credentials" in by_name:
            return "credentials"
        if isinstance(status, int) and (status in _STATUS or status >= 500):
            return _STATUS.get(status, "unavailable")
        if str(cause).startswith("Forbidden:"):  # of gcsfs
            return "forbidden"
    return "timeout" if "timeout" in by_name else next(iter(by_name), "unavailable")


def _text(error: BaseException) -> str:
    """Return the first line of an error, without the queries of URLs, which may have signatures."""
    lines = str(error).strip().splitlines() or [""]
    text = re.sub(r"\?\S+", "?...", lines[0])[:300].rstrip(". ")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
