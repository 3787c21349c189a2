"""The files of a bill, each once: without hidden files, links and older versions."""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from hubmeter_exporter.costs.model import SkippedFile

SUFFIXES: Final = (".csv", ".csv.gz", ".parquet")
# BILLING_PERIOD=2026-10 of AWS Data Exports, 20261001-20261031 of Azure.
_PERIOD: Final = re.compile(r"billing_period=.+|\d{8}-\d{8}", re.IGNORECASE)


def files_under(folder: Path) -> Iterator[Path]:
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


def newest(paths: Iterable[Path]) -> tuple[list[Path], list[SkippedFile]]:
    """Return the files to read, and those with a newer version.

    Versions of one another are the files of a folder that differ in the suffix only, such as a.csv and a.csv.gz, and
    the folders of a billing period: each run of an export that does not overwrite writes a new one. The version with
    the latest modification time is the newest. Links to a file are that file.
    """
    unique = {path.resolve(): path for path in sorted(paths, reverse=True)}
    files: dict[Path, list[Path]] = defaultdict(list)
    for path in unique.values():
        files[path.parent / _stem(path)].append(path)
    kept: list[Path] = []
    older: list[SkippedFile] = []
    for versions in files.values():
        last = max(versions, key=lambda path: (path.stat().st_mtime_ns, path))
        kept.append(last)
        older += [_older(path, last) for path in versions if path != last]
    periods: dict[Path, dict[Path, list[Path]]] = defaultdict(lambda: defaultdict(list))
    result: list[Path] = []
    for path in kept:
        period = next((parent for parent in path.parents if _PERIOD.fullmatch(parent.name)), None)
        if period is None:
            result.append(path)
        else:
            # A folder such as account=1 is a part of a run.
            run = [part for part in path.parent.relative_to(period).parts if "=" not in part]
            periods[period][period.joinpath(*run)].append(path)
    for runs in periods.values():
        last_run = max(runs, key=lambda run: (max(path.stat().st_mtime_ns for path in runs[run]), run))
        result += runs.pop(last_run)
        older += [_older(path, last_run) for paths_of_run in runs.values() for path in paths_of_run]
    return sorted(result), sorted(older, key=lambda file: file.file)


def _stem(path: Path) -> str:
    return path.name.removesuffix(".gz").rpartition(".")[0]


def _older(path: Path, newer: Path) -> SkippedFile:
    return SkippedFile(str(path), "older", f"{path} does not count, because {newer} is a newer version of it")
