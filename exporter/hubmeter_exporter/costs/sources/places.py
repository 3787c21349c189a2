"""Places with the files of a bill: a folder or a pattern of the file system. For buckets see buckets.py."""

import glob
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from hubmeter_exporter.costs.model import SourceError

SUFFIXES: Final = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, order=True)
class BillFile:
    """A file of a bill as it was listed. A different value is a different content.

    Attributes:
        name: Path or URL.
        size: Bytes.
        modified: Unix time of the last change, in seconds.
        version: ETag or generation of an object; "" in a file system.
    """

    name: str
    size: int
    modified: float
    version: str = ""


class ChangedError(Exception):
    """The file is being written: it changed while it was read, or it is incomplete."""


class Place(Protocol):
    """A place with the files of a bill.

    Attributes:
        atomic: Whether a file appears and changes as a whole, so that an incomplete one is not still being written.
    """

    atomic: bool

    def files(self) -> list[BillFile]:
        """Return the files of a bill by name, at least one. Raises `SourceError`."""
        ...

    def current(self, file: BillFile) -> BillFile | None:
        """Return the file as it is now; None if it no longer exists. Raises `SourceError` or `OSError`."""
        ...

    def local(self, file: BillFile) -> AbstractContextManager[Path]:
        """Return the path of the file, or of a temporary copy. Raises `SourceError`, `ChangedError` or `OSError`."""
        ...


class Folder:
    """A folder or a pattern of the file system."""

    atomic = False

    def __init__(self, path: str) -> None:
        """Take ``focus.path``."""
        self._path = path

    def files(self) -> list[BillFile]:
        """Return the files, each once; links to a file are that file. Raises `SourceError`."""
        try:
            if Path(self._path).is_dir():
                paths = [path for path in _files_under(Path(self._path)) if path.name.endswith(SUFFIXES)]
            else:
                paths = [Path(name) for name in _glob(self._path) if Path(name).is_file() and Path(name).name[0] != "."]
            unique = {path.resolve(): path for path in sorted(paths, reverse=True)}
        except OSError as error:
            raise SourceError("folder", f"focus.path {self._path!r} cannot be read ({error.strerror})") from error
        checked(self._path, [str(path) for path in paths])
        try:
            return sorted(_listed(path) for path in unique.values())
        except OSError as error:
            raise SourceError("file", f"{error.filename} cannot be read ({error.strerror})") from error

    def current(self, file: BillFile) -> BillFile | None:
        """Return the file as it is now; None if it no longer exists. Raises `OSError`."""
        try:
            return _listed(Path(file.name))
        except FileNotFoundError:
            return None

    def local(self, file: BillFile) -> AbstractContextManager[Path]:
        """Return the path of the file."""
        return nullcontext(Path(file.name))


def checked(path: str, names: Iterable[str]) -> list[str]:
    """Return the names. Raises `SourceError` if there are none, or one that is no file of a bill."""
    names = list(names)
    if not names:
        raise SourceError(
            "folder", f"focus.path {path!r} has no files: check the path, and that the export has run once"
        )
    if others := sorted(name for name in names if not name.endswith(SUFFIXES)):
        raise SourceError("folder", f"the name of {others[0]} ends in none of {', '.join(SUFFIXES)}: narrow focus.path")
    return names


def _listed(path: Path) -> BillFile:
    status = path.stat()
    return BillFile(str(path), status.st_size, status.st_mtime_ns / 1e9)


def _files_under(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and its subfolders, also behind links, except hidden files and folders.

    A mounted ConfigMap has its files in a hidden folder and links to them.
    """
    seen: set[str] = set()
    for parent, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith(".") and Path(parent, name).is_file())


def _glob(pattern: str) -> list[str]:
    return glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob does not allow absolute patterns
