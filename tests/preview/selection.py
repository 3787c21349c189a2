"""Which pictures ``make preview ALL=1`` draws: each pair of choices of two dimensions is in one picture at least."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

Case = Mapping[str, str]
_Pair = tuple[tuple[str, str], tuple[str, str]]

# Time ranges of Grafana, as (from, to); the default is the dashboard's.
RANGES: Final = {
    "default": None,
    "today": ("now/d", "now/d"),  # ends in the future
    "24h": ("now-24h", "now"),
    "7d": ("now-7d", "now"),
    "30d": ("now-30d", "now"),
    "month": ("now/M", "now/M"),  # likewise
    "last-month": ("now-1M/M", "now-1M/M"),
}

DIMENSIONS: Final[Mapping[str, Sequence[str]]] = {
    "range": tuple(RANGES),
    "width": ("1280", "1920"),
    "theme": ("light", "dark"),
    "hubs": ("two", "one"),
    "filter": ("none", "group", "user"),
    "site": ("recorded", "empty"),  # empty: nothing has been recorded yet
}


def pairs(case: Case) -> set[_Pair]:
    """Return the pairs of choices that a case has."""
    return set(combinations(sorted(case.items()), 2))


def pairwise(dimensions: Mapping[str, Sequence[str]]) -> list[Case]:
    """Return cases, one choice of each dimension, that have all pairs of choices of two dimensions.

    Greedy: a case begins with a pair that is missing, and takes of each other dimension the choice with which most
    missing pairs are added. The same dimensions have the same cases.
    """
    missing: dict[_Pair, None] = {}
    for (a, of_a), (b, of_b) in combinations(sorted(dimensions.items()), 2):
        missing |= dict.fromkeys(((a, x), (b, y)) for x in of_a for y in of_b)
    found: list[Case] = []
    while missing:
        case = dict(next(iter(missing)))
        for name in sorted(dimensions.keys() - case.keys(), key=lambda key: -len(dimensions[key])):
            added = [sum(pair in missing for pair in pairs({**case, name: value})) for value in dimensions[name]]
            case[name] = dimensions[name][added.index(max(added))]
        for pair in pairs(case):
            missing.pop(pair, None)
        found.append(case)
    return found
