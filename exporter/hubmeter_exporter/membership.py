"""The groups to which a user's usage is attributed, and the weight of each. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NO_GROUP: Final = "none"
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


@dataclass(frozen=True, slots=True)
class Accounting:
    """The attribution of users to groups.

    Attributes:
        strategy: Of users of several groups.
        default_group: The group of these users with ``Strategy.DEFAULT``.
        allowed_groups: The groups that count; None means all.
        multiple_row: Whether users of several groups also get an information row ``usergroup="multiple"``.
    """

    strategy: Strategy = Strategy.DEFAULT
    default_group: str = "other"
    allowed_groups: frozenset[str] | None = None
    multiple_row: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """The rows of one user, without duplicates.

    Attributes:
        info: The groups to which the user's usage is attributed.
        shares: (group, weight of the user's usage from 0 to 1); every real membership has a row.
    """

    info: tuple[str, ...]
    shares: tuple[tuple[str, float], ...]


def counted_groups(groups: Iterable[str], allowed: Collection[str] | None) -> tuple[str, ...]:
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
