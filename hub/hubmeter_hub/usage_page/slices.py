"""The amounts of a limit and the HTML of its slices. What users with the same window share is made once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from hubmeter_hub.quotas import words
from hubmeter_hub.quotas.units import RESOURCES
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
    values = (bar.used, bar.remaining, summary.highest, *(piece.used for piece in summary.slices)) if bar else ()
    *numbers, text = words.amounts(RESOURCES[limit.resource], *values, limit.value, prefix=limit.prefix)
    unit = text.rpartition(" ")[2]
    if not numbers:
        return Figures(unit, text)
    used, remaining, highest, *slices = numbers
    return Figures(unit, text, f"{used} {unit}", f"{remaining} {unit}", f"{highest} {unit}", tuple(slices))


def columns(summary: LimitSummary) -> Markup:
    """Return a column of the chart for each slice, as SVG 100 wide and 100 high, the oldest first."""
    places = _places(tuple(piece.end - piece.start for piece in summary.slices))
    factor = 100 / (summary.highest or 1.0)
    heights = (piece.used * factor for piece in summary.slices)
    html = "\n".join(
        f'{place} y="{100 - height:.2f}" height="{height:.2f}"/>' for place, height in zip(places, heights, strict=True)
    )
    return Markup(html)  # noqa: S704 # it has nothing but numbers


@lru_cache(maxsize=256)
def _places(lengths: tuple[float, ...]) -> tuple[str, ...]:
    """Return the beginning of each column: its place and width."""
    whole = sum(lengths)
    places: list[str] = []
    x = 0.0
    for length in lengths:
        width = 100 * length / whole
        oldest = "" if places else ' class="oldest"'
        places.append(f'<rect{oldest} x="{x + width * 0.08:.3f}" width="{width * 0.84:.3f}"')
        x += width
    return tuple(places)


def table_rows(summary: LimitSummary, texts: Sequence[str]) -> Markup:
    """Return a row of the table for each slice: when it began, its amount as text, and when it has left the window."""
    frames = _frames(tuple((piece.start, summary.leaves(piece)[1]) for piece in summary.slices))
    html = "\n".join(f"{before}{escape(text)}{after}" for (before, after), text in zip(frames, texts, strict=True))
    return Markup(html)  # noqa: S704 # the texts are escaped, the rest is Markup


@lru_cache(maxsize=256)
def _frames(times: tuple[tuple[float, float], ...]) -> tuple[tuple[Markup, Markup], ...]:
    """Return what is before and after the amount in each row."""
    return tuple(
        (
            Markup('<tr><td>{}</td><td class="number">').format(time_element(start)),
            Markup("</td><td>{}</td></tr>").format(time_element(left)),
        )
        for start, left in times
    )
