"""Buckets with the files of a bill: Amazon S3, Google Cloud Storage and Azure Blob Storage, through fsspec.

https://filesystem-spec.readthedocs.io. Credentials are those that the cloud's library finds in the pod. An object is
downloaded into a temporary file, so that memory does not depend on its size.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from hubmeter_exporter.costs.model import SourceError
from hubmeter_exporter.costs.settings import BUCKET_URL
from hubmeter_exporter.costs.sources.errors import CONNECT_SECONDS, LIST_SECONDS, READ_SECONDS, STALLED_SECONDS, failure
from hubmeter_exporter.costs.sources.places import SUFFIXES, BillFile, ChangedError, checked


class Bucket:
    """The objects under a URL, or those that match a pattern in it."""

    atomic = True

    def __init__(self, url: str) -> None:
        """Take ``focus.path``, a URL that the settings have checked."""
        match = BUCKET_URL.fullmatch(url)
        assert match is not None, url  # noqa: S101 - the settings have checked it
        self._url = url
        self._scheme = match["scheme"]
        self._root = f"{match['scheme']}://{match['place']}/"
        self._pattern = any(sign in match["path"] for sign in "*[")
        self._filesystem: Any = None
        self._errors: tuple[type[Exception], ...] = ()

    def files(self) -> list[BillFile]:
        """Return the objects, at least one. Raises `SourceError`."""
        found = self._call(f"focus.path {self._url!r} cannot be listed", LIST_SECONDS, self._list)
        if not self._pattern:
            depth = len(self._url.rstrip("/"))
            found = [
                file
                for file in found
                if file.name.endswith(SUFFIXES) and not any(part[0:1] == "." for part in file.name[depth:].split("/"))
            ]
        found = [file for file in found if not file.name.rpartition("/")[2].startswith(".")]
        checked(self._url, [file.name for file in found])
        return sorted(found)

    def current(self, file: BillFile) -> BillFile | None:
        """Return the object as it is now; None if it no longer exists. Raises `SourceError`."""
        try:
            found: BillFile = self._call(f"{file.name} cannot be read", LIST_SECONDS, self._info, file.name)
        except SourceError as error:
            if error.reason == "folder":
                return None
            raise
        return found

    @contextmanager
    def local(self, file: BillFile) -> Iterator[Path]:
        """Yield the path of a temporary copy.

        Raises:
            SourceError: The object cannot be read.
            ChangedError: It is not the listed one.
        """
        suffix = next(suffix for suffix in (".csv.gz", *SUFFIXES) if file.name.endswith(suffix))
        with tempfile.TemporaryDirectory(prefix="hubmeter-costs-") as folder:
            copy = Path(folder, f"copy{suffix}")
            self._call(f"{file.name} cannot be read", READ_SECONDS, self._download, file.name, str(copy))
            if (size := copy.stat().st_size) != file.size:
                raise ChangedError(f"it has {size} bytes, and had {file.size} when it was listed")
            yield copy

    async def _list(self, filesystem: Any) -> list[BillFile]:
        filesystem.invalidate_cache()
        if self._scheme.startswith("abfs") and filesystem.credential is not None:
            # Azure's client would repeat each request for minutes without a token.
            await filesystem.credential.get_token("https://storage.azure.com/.default")
        path = filesystem._strip_protocol(self._url)  # noqa: SLF001 - of fsspec's async interface
        if self._pattern:
            found = await filesystem._glob(path, detail=True)  # noqa: SLF001 - of fsspec's async interface
        else:
            found = await filesystem._find(path, detail=True)  # noqa: SLF001 - of fsspec's async interface
        if not isinstance(found, dict):  # of adlfs, if the path is an object
            found = {name: await filesystem._info(name) for name in found}  # noqa: SLF001 - of fsspec's async interface
        return [self._file(info) for info in found.values() if info["type"] == "file"]

    async def _info(self, filesystem: Any, name: str) -> BillFile:
        filesystem.invalidate_cache()
        return self._file(await filesystem._info(filesystem._strip_protocol(name)))  # noqa: SLF001 - of fsspec's async interface

    @staticmethod
    async def _download(filesystem: Any, name: str, copy: str) -> None:
        path = filesystem._strip_protocol(name)  # noqa: SLF001 - of fsspec's async interface
        one = {"gs": {"concurrency": 1}}.get(filesystem.protocol[0], {"max_concurrency": 1})
        await filesystem._get_file(path, copy, **one)  # noqa: SLF001 - of fsspec's async interface

    def _file(self, info: dict[str, Any]) -> BillFile:
        """Return the object of an answer of s3fs, gcsfs or adlfs."""
        when = next(info[key] for key in ("LastModified", "mtime", "last_modified") if info.get(key))
        version = next((info[key] for key in ("ETag", "generation", "etag") if info.get(key)), "")
        name = info["name"].partition("/")[2]
        at = when if isinstance(when, datetime) else datetime.fromisoformat(when)
        return BillFile(f"{self._root}{name}", int(info["size"]), at.timestamp(), str(version).strip('"'))

    def _call(self, what: str, seconds: float, function: Callable[..., Any], *arguments: str) -> Any:
        """Return the answer of a coroutine function within seconds. Raises `SourceError` that begins with ``what``."""
        sync, filesystem = self._connected()
        try:
            return sync(filesystem.loop, function, filesystem, *arguments, timeout=seconds)
        except self._errors as error:
            self._filesystem = None  # the next attempt reads credentials again
            raise failure(what, error) from error

    def _connected(self) -> tuple[Callable[..., Any], Any]:
        """Return fsspec's function that runs a coroutine, and the filesystem. Raises `SourceError`."""
        try:
            sync = import_module("fsspec.asyn").sync
            if self._filesystem is None:
                self._errors = errors_of(self._scheme)
                self._filesystem = open_store(self._url, self._scheme)
        except ImportError as error:
            raise SourceError(
                "package",
                f"focus.path {self._url!r} needs hubmeter[{EXTRAS[self._scheme]}] ({error}): install it, or use "
                "the image tagged -cloud",
            ) from error
        except self._errors as error:
            raise failure(f"{self._scheme}:// cannot be used", error) from error
        return sync, self._filesystem


def open_store(url: str, scheme: str, *, writes: bool = False) -> Any:
    """Return the filesystem of a bucket's URL, which sends nothing yet. Raises `ImportError`, or one of `errors_of`."""
    make, _ = _STORES[scheme]
    return make(url, "read_write" if writes else "read_only")


def errors_of(scheme: str) -> tuple[type[Exception], ...]:
    """Return the errors of a filesystem. Raises `ImportError` if its package is not installed."""
    _, errors = _STORES[scheme]
    return (OSError, TimeoutError, ValueError, RuntimeError, *errors())


def _s3(*_: str) -> Any:
    # One filesystem for each place, and no cache of listings: an object may be replaced at any time.
    return import_module("s3fs").S3FileSystem(
        skip_instance_cache=True,
        use_listings_cache=False,
        config_kwargs={"connect_timeout": CONNECT_SECONDS, "read_timeout": STALLED_SECONDS},
    )


def _s3_errors() -> tuple[type[Exception], ...]:
    botocore = import_module("botocore.exceptions")
    return botocore.BotoCoreError, botocore.ClientError, import_module("aiohttp").ClientError


def _gs(_: str, access: str) -> Any:
    # Without the support of buckets in one zone, which asks for a bucket's layout and needs a permission for that. The
    # variable saves its import; where gcsfs has been imported before, its core is still without.
    os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    timeout = import_module("aiohttp").ClientTimeout(
        total=None, sock_connect=CONNECT_SECONDS, sock_read=STALLED_SECONDS
    )
    return import_module("gcsfs.core").GCSFileSystem(
        skip_instance_cache=True,
        use_listings_cache=False,
        token="anon" if os.environ.get("STORAGE_EMULATOR_HOST") else "google_default",
        access=access,
        requests_timeout=timeout,
    )


def _gs_errors() -> tuple[type[Exception], ...]:
    os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    retry = import_module("gcsfs.retry")
    return (
        retry.HttpError,
        retry.ChecksumError,
        import_module("google.auth.exceptions").GoogleAuthError,
        import_module("requests").RequestException,
        import_module("aiohttp").ClientError,
    )


def _abfs(url: str, _: str) -> Any:
    filesystem = import_module("adlfs").AzureBlobFileSystem
    return filesystem(
        skip_instance_cache=True,
        use_listings_cache=False,
        connection_timeout=CONNECT_SECONDS,
        read_timeout=STALLED_SECONDS,
        max_concurrency=1,
        # Of azure.identity.DefaultAzureCredential: a pod has no developer's login.
        exclude_cli_credential=True,
        exclude_developer_cli_credential=True,
        exclude_powershell_credential=True,
        exclude_shared_token_cache_credential=True,
        exclude_visual_studio_code_credential=True,
        **filesystem._get_kwargs_from_urls(url),  # noqa: SLF001 - of fsspec's async interface
    )


def _abfs_errors() -> tuple[type[Exception], ...]:
    return import_module("azure.core.exceptions").AzureError, import_module("aiohttp").ClientError


EXTRAS: Final = {"s3": "costs-s3", "gs": "costs-gs", "abfs": "costs-abfs", "abfss": "costs-abfs"}
_STORES: Final[dict[str, tuple[Callable[[str, str], Any], Callable[[], tuple[type[Exception], ...]]]]] = {
    "s3": (_s3, _s3_errors),
    "gs": (_gs, _gs_errors),
    "abfs": (_abfs, _abfs_errors),
    "abfss": (_abfs, _abfs_errors),
}
