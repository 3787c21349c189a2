"""The same charges in several files: found by samples of their identities, so that each counts once. Pure.

Of each day, a file keeps the smallest numbers of all its rows (a bottom-k sketch). Two files that have the same charges
have the same smallest numbers; files with different ones have none in common.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heappush, heappushpop
from itertools import combinations
from typing import Final

from hubmeter_exporter.costs.sources.places import BillFile

_SIZE: Final = 32


class Sample:
    """The smallest different numbers of those that were added."""

    __slots__ = ("_largest", "_values")

    def __init__(self) -> None:
        """Begin without numbers."""
        self._values: set[int] = set()
        self._largest: list[int] = []  # a heap of the negative values

    def add(self, number: int) -> None:
        """Add a number."""
        if len(self._largest) < _SIZE:
            if number not in self._values:
                self._values.add(number)
                heappush(self._largest, -number)
        elif number < -self._largest[0] and number not in self._values:
            self._values.add(number)
            self._values.discard(-heappushpop(self._largest, -number))

    def smallest(self) -> list[int]:
        """Return the numbers, sorted."""
        return sorted(self._values)


@dataclass(frozen=True)
class Sampled:
    """A file and its samples by day.

    Attributes:
        file: As it was listed.
        run: The run of an export that the file is a part of; parts of one run have different charges. None: unknown.
        days: The smallest numbers, sorted.
    """

    file: BillFile
    run: str | None
    days: Mapping[date, Sequence[int]]


def repeated(files: Iterable[Sampled]) -> dict[str, dict[date, str]]:
    """Return the days of each file whose charges a newer file has, with the name of that file.

    Two files have the same charges if they share at least half of the smaller one's charges on a day. Of all their
    common days the newer file counts, because it may have revised charges.
    """
    newest_first = sorted(files, key=lambda sampled: (sampled.file.modified, sampled.file.name), reverse=True)
    holders: dict[tuple[date, int], list[int]] = defaultdict(list)
    for index, sampled in enumerate(newest_first):
        for day, numbers in sampled.days.items():
            for number in numbers:
                holders[day, number].append(index)
    common: dict[tuple[int, int, date], int] = defaultdict(int)
    for (day, _), indexes in holders.items():
        for newer, older in combinations(indexes, 2):
            common[newer, older, day] += 1
    pairs = set()
    for (newer, older, day), number in common.items():
        one, two = newest_first[newer], newest_first[older]
        if (one.run is None or one.run != two.run) and 2 * number >= _smaller(one.days[day], two.days[day]):
            pairs.add((newer, older))
    result: dict[str, dict[date, str]] = defaultdict(dict)
    for newer, older in sorted(pairs):
        one, two = newest_first[newer], newest_first[older]
        for day in one.days.keys() & two.days.keys():
            result[two.file.name].setdefault(day, one.file.name)
    return dict(result)


def _smaller(one: Sequence[int], two: Sequence[int]) -> int:
    """Return the size of the smaller sample, up to the number to which both are complete."""
    limit = min((numbers[-1] for numbers in (one, two) if len(numbers) == _SIZE), default=None)
    if limit is None:
        return min(len(one), len(two))
    return min(bisect_right(one, limit), bisect_right(two, limit))
