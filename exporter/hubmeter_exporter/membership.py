"""Which groups a user is accounted to, and the part of the user's usage each of them bears. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

NO_GROUP: Final = "none"
MULTIPLE: Final = "multiple"


class Strategy(StrEnum):
    """What happens to a user of several groups."""

    DEFAULT = "default"
    SPLIT = "split"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class User:
    """A user of the hub, by raw name, and the hub's groups the user is in, in the hub's order."""

    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accounting:
    """How users are accounted to groups.

    Attributes:
        strategy: for users of several groups.
        default_group: the group that bears them with ``Strategy.DEFAULT``.
        allowed_groups: the only groups that count; None means all do.
        multiple_row: whether users of several groups get an information row ``usergroup="multiple"`` besides.
    """

    strategy: Strategy = Strategy.DEFAULT
    default_group: str = "other"
    allowed_groups: frozenset[str] | None = None
    multiple_row: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """The rows of one user, without duplicates.

    Attributes:
        info: the groups the user is accounted to.
        shares: (group, part of the user's usage from 0 to 1); every real membership has a row.
    """

    info: tuple[str, ...]
    shares: tuple[tuple[str, float], ...]


def counted_groups(groups: Iterable[str], allowed: Collection[str] | None) -> tuple[str, ...]:
    """Return the groups that count, each once, in order.

    A group with an empty name does not count: Prometheus takes an empty label for an absent one, and a row
    without ``usergroup`` means usage that no group claims.
    """
    return tuple(group for group in dict.fromkeys(groups) if group and (allowed is None or group in allowed))


def account(groups: Iterable[str], accounting: Accounting) -> Membership:
    """Return the rows of a user who is in ``groups``.

    A real group may be called like the default group, "none" or "multiple": rows of the same name become one,
    and their shares add up, to 1 at most.
    """
    real = counted_groups(groups, accounting.allowed_groups)
    if len(real) <= 1:
        only = real or (NO_GROUP,)
        return Membership(only, ((only[0], 1.0),))
    match accounting.strategy:
        case Strategy.DEFAULT:
            info: tuple[str, ...] = (accounting.default_group,)
            shares = dict.fromkeys(real, 0.0) | {accounting.default_group: 1.0}
        case Strategy.SPLIT:
            info = real
            shares = dict.fromkeys(real, 1 / len(real))
        case Strategy.ALL:
            info = real
            shares = dict.fromkeys(real, 1.0)
    if accounting.multiple_row:
        info = tuple(dict.fromkeys((*info, MULTIPLE)))
    return Membership(info, tuple(shares.items()))
