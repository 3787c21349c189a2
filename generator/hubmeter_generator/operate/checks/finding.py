"""The result of a check, and a finding: a result with the name of its check."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """OK; WARNING for something optional or doubtful; MISSING for something that Hubmeter needs."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True)
class Result:
    """A status, a sentence on the state and its effect, and one on the fix (empty if there is nothing to do)."""

    status: Status
    meaning: str
    fix: str = ""


@dataclass(frozen=True)
class Finding:
    """A result of the check with this name."""

    check: str
    status: Status
    meaning: str
    fix: str = ""


def ok(meaning: str) -> Result:
    """Return a result with nothing to do."""
    return Result(Status.OK, meaning)


def warning(meaning: str, fix: str) -> Result:
    """Return a result about something optional or doubtful."""
    return Result(Status.WARNING, meaning, fix)


def missing(meaning: str, fix: str) -> Result:
    """Return a result about something that Hubmeter needs."""
    return Result(Status.MISSING, meaning, fix)
