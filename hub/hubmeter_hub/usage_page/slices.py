"""The amounts of a limit and the HTML of its slices. What users with the same window share is made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markupsafe import Markup, escape

from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.units import RESOURCES
from hubmeter_hub.quotas.usage import HOUR
from hubmeter_hub.usage_page.summary import LimitSummary
from hubmeter_hub.usage_page.times import time_element


@dataclass(frozen=True)
class Figures:
    """The amounts of a limit in one unit: ``920 GiB-hours``. While the usage is unknown, there is only the limit.

    Those of slices are without the unit.
    """

    unit: str
    limit: str
    used: str = ""
    remaining: str = ""
    highest: str = ""
    slices: tuple[str, ...] = ()


def figures(summary: LimitSummary) -> Figures:
    """Return the amounts of a limit, in the unit of the limit, or of the usage for a limit of 0."""
    limit, bar = summary.limit, summary.bar
    values = (bar.used, bar.remaining, summary.highest, *summary.slices.amounts) if bar else ()
    *numbers, text = words.amounts(RESOURCES[limit.resource], *values, limit.value, prefix=limit.prefix)
    unit = text.rpartition(" ")[2]
    if not numbers:
        return Figures(unit, text)
    used, remaining, highest, *slices = numbers
    return Figures(unit, text, f"{used} {unit}", f"{remaining} {unit}", f"{highest} {unit}", tuple(slices))


def columns(summary: LimitSummary) -> Markup:
    """Return a column of the chart for each slice, as SVG 100 wide and 100 high, from below, the oldest first."""
    factor = 100 / (summary.highest or 1.0)
    slices = summary.slices
    html = _columns(slices.edges) % tuple([used * factor for used in slices.amounts])
    return Markup(html)  # noqa: S704 # it has nothing but numbers


@lru_cache(maxsize=256)
def _columns(edges: tuple[float, ...]) -> str:
    """Return the columns without their heights."""
    factor = 100 / (edges[-1] - edges[0]) if edges else 0.0
    places = (((start - edges[0]) * factor, (end - start) * factor) for start, end in pairwise(edges))
    html = [f'<rect x="{x + width * 0.08:.3f}" width="{width * 0.84:.3f}" height="%.2f"/>' for x, width in places]
    return "\n".join(html).replace("<rect", '<rect class="oldest"', 1)


def table_rows(summary: LimitSummary, texts: Sequence[str]) -> Markup:
    """Return a row of the table for each slice: when it began, its amount as text, and when it has left the window."""
    escaped = str(escape("\n".join(texts))).split("\n")
    html = _rows(summary.slices.edges, summary.limit.window_hours) % tuple(escaped)
    return Markup(html)  # noqa: S704 # the texts are escaped, the rest is Markup


@lru_cache(maxsize=256)
def _rows(edges: tuple[float, ...], window_hours: int) -> str:
    """Return the rows without the amounts."""
    row = Markup('<tr><td>{}</td><td class="number">%s</td><td>{}</td></tr>')
    window = window_hours * HOUR
    return "\n".join(row.format(time_element(start), time_element(end + window)) for start, end in pairwise(edges))
