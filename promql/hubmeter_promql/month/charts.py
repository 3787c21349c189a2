"""Bars of charts, as parts of a hundred of the chart's height and width. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Bar:
    """A bar: where it is, how high, its kind for colours, and its title."""

    x: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True)
class Chart:
    """Bars, and the values of the axis from the top to zero."""

    bars: tuple[Bar, ...]
    axis: tuple[float, ...]


def chart(values: Sequence[tuple[float | None, str, str]]) -> Chart:
    """Return the bars of (value or None for an unknown one, kind, title)."""
    top = nice(max((value or 0.0 for value, _, _ in values), default=0.0))
    step = 100 / len(values) if values else 100.0
    bars = tuple(
        Bar(
            x=round(number * step + step * 0.12, 3),
            width=round(step * 0.76, 3),
            height=round(max(value or 0.0, 0.0) / top * 100, 2),
            kind=kind,
            title=title,
        )
        for number, (value, kind, title) in enumerate(values)
    )
    return Chart(bars, (top, top / 2, 0.0))


def nice(value: float) -> float:
    """Return the smallest number that is not less and reads well on an axis: 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in _STEPS if step * power >= value * (1 - 1e-9))
