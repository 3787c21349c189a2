"""What an alert and a group of them are, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Alert:
    """One alert: its template under alerts/, how long the query must hold, and what people are told.

    ``template``, ``duration``, ``summary``, ``description`` and the values of ``parameters`` may use the
    settings' placeholders (so a percent sign is written ``%%``); ``summary`` and ``description`` also
    Prometheus' own ``{{ $labels.x }}`` and ``{{ $value }}``. ``enabled_by`` names a setting: while it is
    empty there is no such alert. The runbook is docs/runbooks/<name>.md.
    """

    name: str
    template: str
    duration: str
    severity: Severity
    summary: str
    description: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    enabled_by: str = ""


@dataclass(frozen=True)
class AlertGroup:
    """Alerts evaluated every ``interval`` (may be a placeholder)."""

    name: str
    interval: str
    alerts: tuple[Alert, ...]
