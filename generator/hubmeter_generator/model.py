"""Recording rules, alerts and their groups as plain values, with the placeholders of settings open.

The modules of rules/ and alerts/ make them, open_model.py turns them into JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Literal

from hubmeter_promql import names

Per = Literal["", "windows", "short windows", "long windows"]
Severity = Literal["critical", "warning", "info"]

VERSION = version("hubmeter")  # of the rules, alerts and dashboards

MINUTE = "%(interval)s"
BUCKET = "5m"
# For rules whose cost grows with registered users instead of running servers. The look-back of an instant selector, 5
# minutes, covers two evaluations, so one late evaluation leaves no gap.
SLOW = "%(membership_interval)s"
HOUR = "1h"


@dataclass(frozen=True)
class Rule:
    """One recorded series.

    Attributes:
        record: The name of the series.
        query: The template under rules/, for example ``usage/pods``.
        parameters: The template's own parameters. Values may use the placeholders of settings.
        labels: Labels that the rule adds. Values may use the placeholders of settings.
        when: Values by setting, alternatives separated by ``|``; the rule exists only with these values.
    """

    record: str
    query: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    when: Mapping[str, str] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True)
class RuleGroup:
    """Rules evaluated in order. A group without rules is omitted.

    Attributes:
        name: The name of the group; may use placeholders.
        interval: The evaluation interval; may be a placeholder.
        rules: The rules.
        per: With ``windows`` the group exists once per quota window, with ``short windows`` once per window up to a
            day, with ``long windows`` once per longer window. It may then use the placeholders ``window`` (for example
            ``7d``) and ``window_range`` (the window minus 1 ms).
    """

    name: str
    interval: str
    rules: tuple[Rule, ...]
    per: Per = ""


@dataclass(frozen=True)
class Shortcut:
    """A query with the same result as a recording rule's at times at which another query has none.

    Live rules do not use it: they cannot know the times. The queries' placeholders are open.

    Attributes:
        record: The recorded series.
        unless: The other query. It may have results at further times.
        expr: The query with the same result; empty: the rule has no result at these times.
    """

    record: str
    unless: str
    expr: str = ""


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
    """Alerts evaluated together, every ``interval``, which may be a placeholder."""

    name: str
    interval: str
    alerts: tuple[Alert, ...]
