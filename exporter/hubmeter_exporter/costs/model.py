"""What a bill is here: rows of one UTC day each, in US dollars, from whatever source."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

Kind = Literal["attributable", "account"]

# The components with a cost driver; every other component is overhead, whatever it is called.
COMPUTE: Final = "compute"
HOME_STORAGE: Final = "home storage"
GPU: Final = "gpu"

CORE: Final = "core"
OTHER: Final = "other"


@dataclass(frozen=True)
class BillRow:
    """What one day of one component of one hub cost. A day's rows differ in (hub, component, kind).

    Attributes:
        day: UTC day.
        hub: the hub's namespace; "" for what no hub's tag covers.
        component: ``compute``, ``home storage``, ``core`` and so on.
        kind: "attributable" is ours by the tags; "account" is the rest of the account's bill, so that all rows of a
            day add up to what the account cost.
        amount: US dollars, exactly as the source says. Negative where the provider gives back more than was used.
        estimated: the source says that the amount is not final.
    """

    day: date
    hub: str
    component: str
    kind: Kind
    amount: Decimal
    estimated: bool


@dataclass(frozen=True)
class SourceReport:
    """What a source tells about itself, since the process started unless said otherwise.

    Attributes:
        requests: paid requests to the cloud's API.
        request_usd: what one of them costs, in US dollars.
        rejected: rows that the last reading could not use, by reason.
    """

    requests: int = 0
    request_usd: float = 0.0
    rejected: Mapping[str, int] = field(default_factory=dict)


class SourceError(Exception):
    """The bill could not be read. The message is one sentence that says what failed and what to do.

    Attributes:
        reason: one word for the error counter.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Take the reason and the sentence, which has no full stop and no secret."""
        super().__init__(sentence)
        self.reason = reason


class Revises(Enum):
    """Which days of its bill a source may still change, and so which ones are read again."""

    OPEN_DAYS = "until a day is settled"
    OPEN_MONTHS = "until the month is closed"
    ALWAYS = "at any time, and reading costs nothing"


class Source(Protocol):
    """Where bills come from.

    Attributes:
        name: "aws", "focus" or "static".
        reasons: every reason that its errors can have.
        revises: which days to read again.
        interval: seconds between two readings of the days that change.
        basis: changes when the settings change that say how a bill is read; then every day is read again.
    """

    name: str
    reasons: tuple[str, ...]
    revises: Revises
    interval: float
    basis: str

    def bill(self, first: date, last: date) -> list[BillRow]:
        """Return the rows of the days from ``first`` to ``last``, both included; a day without a bill has none.

        Raises:
            SourceError: nothing is returned in part.
        """
        ...

    def report(self) -> SourceReport:
        """Return what there is to tell about the source itself."""
        ...
