"""Costs that the service's name puts into the wrong component, moved without losing a cent. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Move:
    """``amount`` US dollars of ``hub`` that belong from one component to another."""

    hub: str
    source: str
    target: str
    amount: Decimal


@dataclass(frozen=True)
class Moved:
    """The amounts by (hub, component) after the moves, and the moves that could not be made in full."""

    amounts: Mapping[tuple[str, str], Decimal]
    short: tuple[Move, ...]


def move(amounts: Mapping[tuple[str, str], Decimal], moves: Iterable[Move]) -> Moved:
    """Make the moves in their order; the sum stays what it was.

    Nothing becomes negative that was not: where a component has less than is to be moved, what it has is moved, and
    the rest stays where it is booked now. That happens when the cloud's answers to two questions are not of the same
    moment.
    """
    result = dict(amounts)
    short = []
    for one in moves:
        there = max(result.get((one.hub, one.source), Decimal(0)), Decimal(0))
        moved = min(max(one.amount, Decimal(0)), there)
        if moved < one.amount:
            short.append(one)
        if moved:
            result[one.hub, one.source] -= moved
            result[one.hub, one.target] = result.get((one.hub, one.target), Decimal(0)) + moved
    return Moved(result, tuple(short))
