"""What a recording rule and a group of them are, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hubmeter_promql import series

Each = Literal["", "windows", "short windows", "long windows"]

MINUTE = "%(interval)s"
BUCKET = "5m"
# What a hub's registered users cost, rather than those who run something. A plain look at a series goes back five
# minutes: twice in that time, so that no reader ever misses it.
SLOW = "150s"
HOUR = "1h"


@dataclass(frozen=True)
class Rule:
    """One recorded series: its name, the template under rules/, and the template's own parameters and added labels.

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

    A group with ``each="windows"`` stands for one group per quota window (or per short one, of up to a day, or per long
    one): its name, labels and parameters may use the placeholders ``window`` (for example ``7d``) and ``window_range``
    (that window, a millisecond short).
    """

    name: str
    interval: str
    rules: tuple[Rule, ...]
    each: Each = ""


def sampled_every(resource: str) -> str:
    """Return the seconds between two samples of a resource's series; may be a placeholder."""
    return "150" if resource == series.HOME else "%(interval_seconds)s"
