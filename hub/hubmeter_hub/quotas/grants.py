"""Grants: amounts that are added to limits until a time, from a YAML file that is read again when it changes."""

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from hubmeter_common import yaml_text
from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.policy import Grant, PolicyError, entry_keys, window_hours
from hubmeter_hub.quotas.units import RESOURCES, UnitError, amount, prefix

log = logging.getLogger("hubmeter.quotas")

_REQUIRED: Final = ("resource", "amount", "until", "reason")
_OPTIONAL: Final = ("user", "group", "window")
_UNTIL_ALLOWED: Final = "a day such as 2026-12-24, which is included, or a time such as 2026-12-24T18:00:00+01:00"


@dataclass(frozen=True)
class Parsed:
    """The valid grants of a file, and a sentence for each entry that is skipped."""

    grants: tuple[Grant, ...] = ()
    problems: tuple[str, ...] = ()


def parse(text: str) -> Parsed:
    """Return the grants of a YAML text; one without content has none.

    Raises:
        PolicyError: if the text is no YAML, or not a list of grants.
    """
    try:
        content = yaml_text.load(text)
    except yaml.YAMLError as error:
        raise PolicyError(f"invalid YAML: {' '.join(str(error).split())}") from error
    entries = entry_keys("the file", content or {}, required=(), optional=("grants",)).get("grants") or []
    if not isinstance(entries, list):
        raise PolicyError(f"grants is {entries!r}; it must be a list of grants")
    grants, problems = [], []
    for i, entry in enumerate(entries):
        try:
            grants.append(_grant(f"grants[{i}]", entry))
        except PolicyError as error:
            problems.append(str(error))
    return Parsed(tuple(grants), tuple(problems))


def _grant(where: str, entry: object) -> Grant:
    keys = entry_keys(where, entry, _REQUIRED, _OPTIONAL)
    scopes: list[Literal["user", "group"]] = [scope for scope in ("user", "group") if scope in keys]
    if len(scopes) != 1:
        raise PolicyError(f"{where}: set either user or group")
    name = keys[scopes[0]]
    if not isinstance(name, str) or not name:
        raise PolicyError(f"{where}: {scopes[0]} is {name!r}; it must be one name, in quotes if it is digits")
    resource = RESOURCES.get(str(keys["resource"]))
    if resource is None:
        raise PolicyError(f"{where}: resource is {keys['resource']!r}; allowed is one of {', '.join(RESOURCES)}")
    try:
        value, unit = amount(resource, keys["amount"]), prefix(resource, keys["amount"])
    except UnitError as error:
        raise PolicyError(f"{where}: amount is {keys['amount']!r}: {error}") from error
    hours = window_hours(where, keys["window"]) if "window" in keys else None
    reason = keys["reason"]
    if not isinstance(reason, str) or not reason.strip():
        raise PolicyError(f"{where}: reason is {reason!r}; it must be a text")
    return Grant(scopes[0], name, resource.name, hours, value, _until(where, keys["until"]), reason.strip(), unit)


def _until(where: str, value: object) -> float:
    """Return unix seconds: of a day, its end in UTC; of a time without a zone, that in UTC."""
    try:
        # YAML has made a date or a time of a text without quotes.
        at: Any = value if isinstance(value, date) else datetime.fromisoformat(str(value).strip())
        if not isinstance(at, datetime) or (isinstance(value, str) and len(value.strip()) <= len("2026-12-24")):
            at = datetime(at.year, at.month, at.day, tzinfo=UTC) + timedelta(days=1)
        return float((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError) as error:
        raise PolicyError(f"{where}: until is {value!r}; allowed is {_UNTIL_ALLOWED}") from error


def spelled(grant: Grant) -> str:
    """Return a grant as the log shows it."""
    resource = RESOURCES[grant.resource]
    text = words.amounts(resource, grant.amount, prefix=grant.prefix)[0]
    window = "all windows" if grant.window_hours is None else words.window(grant.window_hours)
    until = datetime.fromtimestamp(grant.until, UTC).strftime("%Y-%m-%dT%H:%MZ")
    return f"{text} of {resource.name} in {window} for {grant.scope} {grant.name!r} until {until} ({grant.reason})"


class GrantsFile:
    """The active grants of a file. The file is read again when it has changed, so that no restart is needed."""

    def __init__(self, path: str, clock: Callable[[], float] = time.time, *, logs_changes: bool = True) -> None:
        """Read nothing yet.

        Args:
            path: The path of the file, which may be a mounted ConfigMap; "" for no grants.
            clock: Unix seconds.
            logs_changes: Whether to log a line for each grant that begins or ends. Errors are always logged.
        """
        self.path = path
        self._clock = clock
        self._logs_changes = logs_changes
        self._version: object = None
        self._parsed = Parsed()
        self._active: tuple[Grant, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """The problems of the file when it was read last."""
        return self._parsed.problems

    def active(self) -> tuple[Grant, ...]:
        """Return the grants that have not ended. While the file cannot be read, its last valid grants stay."""
        if not self.path:
            return ()
        self._read(Path(self.path))
        now = self._clock()
        active = tuple(grant for grant in self._parsed.grants if grant.until > now)
        if active != self._active and self._logs_changes:
            for grant in _without(active, self._active):
                log.info("Quota: a grant begins: %s", spelled(grant))
            for grant in _without(self._active, active):
                how = "has expired" if grant.until <= now else "is no longer in the file"
                log.info("Quota: a grant ends, because it %s: %s", how, spelled(grant))
        self._active = active
        return active

    def _read(self, path: Path) -> None:
        try:
            found = os.stat(path)  # noqa: PTH116 # follows the links of a mounted ConfigMap
            version: object = (found.st_mtime_ns, found.st_ino, found.st_size)
            if version == self._version:
                return
            self._parsed = parse(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:  # PolicyError and UnicodeDecodeError are ValueErrors
            version = str(error) if isinstance(error, OSError) else version
            if version == self._version:
                return
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._parsed = Parsed(self._parsed.grants, (f"{reason}; the last valid grants stay in force",))
        self._version = version
        for problem in self._parsed.problems:
            log.error("Quota: %s: %s", path, problem)


def amounts_by_labels(
    grants: Iterable[Grant], windows: Mapping[str, Iterable[int]]
) -> dict[tuple[str, str, str, int], float]:
    """Return the granted amount by scope, name, resource and window in hours. Those of equal labels are added.

    Args:
        grants: The active grants.
        windows: The windows in hours of the policies of each resource, to which grants of all windows apply.
    """
    amounts: dict[tuple[str, str, str, int], float] = {}
    for grant in grants:
        for hours in windows.get(grant.resource, ()):
            if grant.concerns(grant.resource, hours):
                key = (grant.scope, grant.name, grant.resource, hours)
                amounts[key] = amounts.get(key, 0.0) + grant.amount
    return amounts


def _without(grants: Iterable[Grant], others: Iterable[Grant]) -> list[Grant]:
    rest = list(others)
    found = []
    for grant in grants:
        if grant in rest:
            rest.remove(grant)
        else:
            found.append(grant)
    return found
