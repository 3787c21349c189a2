"""Recording rules, alerts and their groups as plain values, with the placeholders of settings open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hubmeter_promql import names

Per = Literal["", "windows", "short windows", "long windows"]
Severity = Literal["critical", "warning", "info"]

MINUTE = "%(interval)s"
BUCKET = "5m"
# What a hub's registered users cost, rather than those who run something. A plain look at a series goes back five
# minutes: twice in that time, so that no reader ever misses it.
SLOW = "%(membership_interval)s"
HOUR = "1h"


@dataclass(frozen=True)
class Rule:
    """One recorded series: its name, the template under rules/ (for example ``usage/pods``), and the
    template's own parameters and added labels.

    ``when`` names settings and the values with which the rule is there, several with a ``|`` between them.
    """

    record: str
    template: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    when: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleGroup:
    """Rules evaluated in order, every ``interval`` (may be a placeholder); without rules there is no group.

    A group with ``per="windows"`` stands for one group per quota window (or per short one, of up to a day, or per long
    one): its name, labels and parameters may use the placeholders ``window`` (for example ``7d``) and ``window_range``
    (that window, a millisecond short).
    """

    name: str
    interval: str
    rules: tuple[Rule, ...]
    per: Per = ""


def sampled_every(resource: str) -> str:
    """Return the seconds between two samples of a resource's series; may be a placeholder."""
    return "%(membership_seconds)s" if resource == names.HOME else "%(interval_seconds)s"


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert.

    ``hold_for``, ``summary``, ``description`` and the values of ``parameters`` may use the settings' placeholders (so a
    percent sign is written ``%%``); ``summary`` and ``description`` also Prometheus' own ``{{ $labels.x }}`` and
    ``{{ $value }}``. The runbook is docs/runbooks/<name>.md.

    Attributes:
        name: The alert's name.
        query: The template under alerts/, for example ``quotas/unchecked``.
        hold_for: How long the query must have a result before the alert fires.
        severity: ``critical``, ``warning`` or ``info``.
        summary: What is wrong, and where, in one sentence.
        description: Since when or what it means, and the first thing to do.
        parameters: The template's own parameters.
        enabled_by: A setting; the alert exists only if it is not empty.
    """

    name: str
    query: str
    hold_for: str
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
