"""The files of a bill, each once: without older versions. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from hubmeter_exporter.costs.model import SkippedFile
from hubmeter_exporter.costs.sources.places import BillFile

# BILLING_PERIOD=2026-10 of AWS Data Exports, 20261001-20261031 of Azure.
_PERIOD: Final = re.compile(r"billing_period=.+|\d{8}-\d{8}", re.IGNORECASE)


def newest(listed: Iterable[BillFile]) -> tuple[list[BillFile], list[SkippedFile]]:
    """Return the files to read, and those with a newer version.

    Versions of one another are the files of a folder that differ in the suffix only, such as a.csv and a.csv.gz, and
    the folders of a billing period: each run of an export that does not overwrite writes a new one. The version with
    the latest modification time is the newest.
    """
    files: dict[PurePosixPath, list[BillFile]] = defaultdict(list)
    for file in listed:
        path = PurePosixPath(file.name)
        files[path.parent / _stem(path)].append(file)
    kept: list[BillFile] = []
    older: list[SkippedFile] = []
    for versions in files.values():
        last = max(versions, key=lambda file: (file.modified, file.name))
        kept.append(last)
        older += [_older(file, last.name) for file in versions if file != last]
    periods: dict[PurePosixPath, dict[PurePosixPath, list[BillFile]]] = defaultdict(lambda: defaultdict(list))
    result: list[BillFile] = []
    for file in kept:
        period, run = _run(file.name)
        if period is None:
            result.append(file)
        else:
            periods[period][run].append(file)
    for runs in periods.values():
        last_run = max(runs, key=lambda run: (max(file.modified for file in runs[run]), run))
        result += runs.pop(last_run)
        older += [_older(file, str(last_run)) for files_of_run in runs.values() for file in files_of_run]
    return sorted(result), sorted(older, key=lambda file: file.file)


def run_of(name: str) -> str | None:
    """Return the folder of the run of an export that a file is a part of; None outside of such folders."""
    period, run = _run(name)
    return None if period is None else str(run)


def _run(name: str) -> tuple[PurePosixPath | None, PurePosixPath]:
    """Return the folder of the billing period, if there is one, and that of the run."""
    path = PurePosixPath(name)
    period = next((parent for parent in path.parents if _PERIOD.fullmatch(parent.name)), None)
    if period is None:
        return None, path.parent
    # A folder such as account=1 is a part of a run.
    return period, period.joinpath(*(part for part in path.parent.relative_to(period).parts if "=" not in part))


def _stem(path: PurePosixPath) -> str:
    return path.name.removesuffix(".gz").rpartition(".")[0]


def _older(file: BillFile, newer: str) -> SkippedFile:
    return SkippedFile(file.name, "older", f"{file.name} does not count, because {newer} is a newer version of it")
