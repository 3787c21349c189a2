"""The groups to which a user's usage is attributed, and the weight of each. Pure."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hubmeter_promql.names import NO_GROUP

MULTIPLE: Final = "multiple"


class Strategy(StrEnum):
    """The attribution of users of several groups."""

    DEFAULT = "default"
    SPLIT = "split"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class User:
    """A user of the hub by raw name, and the user's groups in the order of the hub."""

    name: str
    groups: tuple[str, ...] = ()


class GroupPatterns(Container[str]):
    """Names of groups, and patterns in which ``*`` stands for any text and ``?`` for one character.

    A group is contained if its name is one of the texts, or matches one with ``*`` or ``?``.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the texts."""
        self._names = frozenset(texts)
        wild = sorted(text for text in self._names if "*" in text or "?" in text)
        regexes = (re.escape(text).replace(r"\*", ".*").replace(r"\?", ".") for text in wild)
        self._pattern = re.compile("|".join(regexes), re.DOTALL) if wild else None

    def __contains__(self, group: object) -> bool:
        """Return whether the group is one of the names or matches a pattern."""
        if group in self._names:
            return True
        return self._pattern is not None and self._pattern.fullmatch(str(group)) is not None

    def __eq__(self, other: object) -> bool:
        """Return whether the other object has the same texts."""
        return isinstance(other, GroupPatterns) and self._names == other._names

    def __hash__(self) -> int:
        """Return a hash of the texts."""
        return hash(self._names)


@dataclass(frozen=True, slots=True)
class Accounting:
    """The attribution of users to groups.

    Attributes:
        strategy: Of users of several groups.
        default_group: The group of these users with ``Strategy.DEFAULT``.
        allowed_groups: The groups that count; None means all.
        multiple_row: Whether users of several groups also get an information row ``usergroup="multiple"``.
        listed_groups: The groups whose members have a row although their usage counts in the default group; None means
            all.
    """

    strategy: Strategy = Strategy.DEFAULT
    default_group: str = "other"
    allowed_groups: Container[str] | None = None
    multiple_row: bool = False
    listed_groups: Container[str] | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """The rows of one user, without duplicates.

    Attributes:
        info: The groups to which the user's usage is attributed.
        shares: (group, weight of the user's usage from 0 to 1).
        unlisted: Number of real memberships without a row in ``shares``.
    """

    info: tuple[str, ...]
    shares: tuple[tuple[str, float], ...]
    unlisted: int = 0


def counted_groups(groups: Iterable[str], allowed: Container[str] | None) -> tuple[str, ...]:
    """Return the groups that count, in order and without duplicates.

    A group with an empty name does not count: in Prometheus an empty label equals an absent one, and a row without
    ``usergroup`` is unattributed usage.
    """
    return tuple(group for group in dict.fromkeys(groups) if group and (allowed is None or group in allowed))


def account(groups: Iterable[str], accounting: Accounting) -> Membership:
    """Return the rows of a user of ``groups``.

    A real group may have the name of the default group, "none" or "multiple". Rows of one name become one row; its
    share is the sum, at most 1.
    """
    real = counted_groups(groups, accounting.allowed_groups)
    if len(real) <= 1:
        group = real[0] if real else NO_GROUP
        return Membership((group,), ((group, 1.0),))
    unlisted = 0
    match accounting.strategy:
        case Strategy.DEFAULT:
            info: tuple[str, ...] = (accounting.default_group,)
            others = [group for group in real if group != accounting.default_group]
            listed = _listed(others, accounting.listed_groups)
            shares = dict.fromkeys(listed, 0.0) | {accounting.default_group: 1.0}
            unlisted = len(others) - len(listed)
        case Strategy.SPLIT:
            info = real
            shares = dict.fromkeys(real, 1 / len(real))
        case Strategy.ALL:
            info = real
            shares = dict.fromkeys(real, 1.0)
    if accounting.multiple_row:
        info = tuple(dict.fromkeys((*info, MULTIPLE)))
    return Membership(info, tuple(shares.items()), unlisted)


def _listed(groups: list[str], listed: Container[str] | None) -> list[str]:
    """Return the groups with a row of share 0: those listed, and others until there are two.

    Two shares of 0 distinguish a user of several groups from a member of the default group; the quota rules read this.
    """
    if listed is None:
        return groups
    first = [group for group in groups if group in listed]
    return first + [group for group in groups if group not in listed][: max(0, 2 - len(first))]
