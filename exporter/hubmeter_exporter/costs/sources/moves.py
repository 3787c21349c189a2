"""Moves of costs that the name of their service puts into the wrong component. The sum stays the same. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Move:
    """A move of ``amount`` US dollars of ``hub`` from the component ``source`` to the component ``target``."""

    hub: str
    source: str
    target: str
    amount: Decimal


@dataclass(frozen=True)
class Moved:
    """The amounts by (hub, component) after the moves, and the moves that were made only in part."""

    amounts: Mapping[tuple[str, str], Decimal]
    short: tuple[Move, ...]


def move(amounts: Mapping[tuple[str, str], Decimal], moves: Iterable[Move]) -> Moved:
    """Return the amounts after all moves in their order.

    No amount becomes negative: if a component has less than the move, all of it is moved. That happens when the cloud
    answered two requests at different states of the bill.
    """
    result = dict(amounts)
    short = []
    for step in moves:
        available = max(result.get((step.hub, step.source), Decimal(0)), Decimal(0))
        moved = min(max(step.amount, Decimal(0)), available)
        if moved < step.amount:
            short.append(step)
        if moved:
            result[step.hub, step.source] -= moved
            result[step.hub, step.target] = result.get((step.hub, step.target), Decimal(0)) + moved
    return Moved(result, tuple(short))
