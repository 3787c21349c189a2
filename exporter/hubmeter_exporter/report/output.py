"""Writes files into a folder, or a bucket through fsspec."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from hubmeter_exporter.command_line import UsageError
from hubmeter_exporter.costs.sources.buckets import EXTRAS, errors_of, open_store

_TYPES: Final = {
    ".html": "text/html; charset=utf-8", ".pdf": "application/pdf", ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
}  # fmt: skip


class OutputError(Exception):
    """A file cannot be written. The message is one sentence."""


class Output(Protocol):
    """A place for files."""

    def write(self, name: str, content: bytes) -> str:
        """Write or replace a file with a relative name; return its path or URL. Raises `OutputError`."""
        ...


def open_output(place: str) -> Output:
    """Return the output for a folder or the URL of a bucket.

    Raises:
        UsageError: The URL has an unknown scheme, or its package is not installed.
    """
    scheme, separator, _ = place.partition("://")
    if not separator:
        return Folder(Path(place))
    if scheme not in EXTRAS:
        raise UsageError(f"--out is {place!r}; it must be a folder, or begin with {'://, '.join(EXTRAS)}://")
    if not urlsplit(place).netloc:
        raise UsageError(f"--out is {place!r}, which has no bucket; set one such as {scheme}://bucket/folder")
    return Bucket(place, scheme)


class Folder:
    """A folder, which is made with its first file."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self._folder = folder

    def write(self, name: str, content: bytes) -> str:
        """Write a file as a whole: readers see the one before or this one."""
        path = self._folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".hubmeter-report-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(temporary).chmod(0o640)
                Path(temporary).replace(path)
            except BaseException:
                with suppress(OSError):
                    Path(temporary).unlink()
                raise
        except OSError as error:
            raise OutputError(f"{path} cannot be written ({error.strerror or error}); set another --out") from error
        return str(path)


class Bucket:
    """A folder in a bucket."""

    def __init__(self, url: str, scheme: str) -> None:
        """Open the bucket; nothing is sent yet. Raises `UsageError` or `OutputError`."""
        self._url = url.rstrip("/")
        self._scheme = scheme
        try:
            self._errors = errors_of(scheme)
            self._filesystem: Any = open_store(url, scheme, writes=True)
        except ImportError as error:
            raise UsageError(
                f"--out {url!r} needs hubmeter[report,{EXTRAS[scheme]}] ({error}); install it, or use the image tagged "
                "-cloud"
            ) from error
        except self._errors as error:
            raise OutputError(f"{scheme}:// cannot be used ({_first_line(error)})") from error

    def write(self, name: str, content: bytes) -> str:
        """Write an object with its content type."""
        url = f"{self._url}/{name}"
        kind = _TYPES.get(Path(name).suffix, "application/octet-stream")
        options = {"s3": {"ContentType": kind}, "gs": {"content_type": kind}}.get(self._scheme, {})
        try:
            self._filesystem.pipe_file(self._filesystem._strip_protocol(url), content, **options)  # noqa: SLF001 - of fsspec's interface for filesystems
        except self._errors as error:
            raise OutputError(
                f"{url} cannot be written ({_first_line(error)}); give the identity the right to write objects there"
            ) from error
        return url


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:300].rstrip('. ')}" if lines else type(error).__name__
