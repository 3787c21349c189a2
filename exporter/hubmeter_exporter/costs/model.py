"""Bills: rows of one UTC day each, in US dollars, and the interface of their sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final, Literal, Protocol

Kind = Literal["attributable", "account"]
PartKind = Literal["input", "excluded", "rejected"]

# Components without a cost driver; those with one are in `hubmeter_promql.bills`.
CORE: Final = "core"
OTHER: Final = "other"


@dataclass(frozen=True)
class BillRow:
    """The cost of one component of one hub on one day. The rows of a day differ in (hub, component, kind).

    Attributes:
        day: UTC day.
        hub: Namespace of the hub; "" for costs without a hub's tag.
        component: ``compute``, ``home storage``, ``core`` and so on.
        kind: "attributable" by the tags, or "account": the rest of the account's bill. All rows of a day add up to
            the cost of the account.
        amount: US dollars, with all digits of the source. Negative for a credit that exceeds the cost.
        estimated: Whether the source marks the amount as not final.
    """

    day: date
    hub: str
    component: str
    kind: Kind
    amount: Decimal
    estimated: bool


@dataclass(frozen=True)
class Excluded:
    """The number of rows that do not count, and their amount in US dollars."""

    rows: int = 0
    usd: Decimal = Decimal(0)

    def __add__(self, other: "Excluded") -> "Excluded":
        """Return the sum."""
        return Excluded(self.rows + other.rows, self.usd + other.usd)


@dataclass(frozen=True)
class Part:
    """A part of a source's input on a day; those of a day differ in (kind, category).

    Attributes:
        day: UTC day; None for rows without a valid one.
        kind: "input": all that the source has. "excluded": it does not count by the settings. "rejected": it is
            invalid. The rest of the input is in the rows of the bill.
        category: The charge category or record type of an excluded part, the reason of a rejected one, "" for an input.
        rows: Number of rows; 0 from a source that has none.
        usd: US dollars; 0 for rows whose amount is unreadable.
    """

    day: date | None
    kind: PartKind
    category: str
    rows: int
    usd: Decimal


@dataclass(frozen=True)
class SkippedFile:
    """A file that does not count.

    Attributes:
        file: Its path.
        reason: One word for the metric.
        sentence: The cause, and the remedy.
    """

    file: str
    reason: str
    sentence: str


@dataclass(frozen=True)
class SourceReport:
    """Counts of a source.

    Attributes:
        requests: Paid requests to the cloud's API since the start of the process.
        request_usd: Price of a request in US dollars.
        rejected: Invalid rows at the last reading, by reason.
        unreadable: Rows at the last reading that count without a column, because its value is unreadable, by column.
        excluded: Rows at the last reading that do not count, by charge category.
        skipped: Files that did not count at the last reading.
        parts: The input of the days of the last reading, and its parts that are in no row of the bill.
    """

    requests: int = 0
    request_usd: float = 0.0
    rejected: Mapping[str, int] = field(default_factory=dict)
    unreadable: Mapping[str, int] = field(default_factory=dict)
    excluded: Mapping[str, Excluded] = field(default_factory=dict)
    skipped: tuple[SkippedFile, ...] = ()
    parts: tuple[Part, ...] = ()


class SourceError(Exception):
    """The bill could not be read. The message is one sentence: what failed, and what to do.

    Attributes:
        reason: One word for the error counter.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Take the reason and the sentence, without full stop and secrets."""
        super().__init__(sentence)
        self.reason = reason


class Revises(Enum):
    """The days of a bill that a source may still change, and that are read again."""

    OPEN_DAYS = "days that are not settled"
    OPEN_MONTHS = "days of months that are not closed"
    ALWAYS = "all days; reading is free"


class Source(Protocol):
    """A source of bills.

    Attributes:
        name: "aws", "focus" or "static".
        reasons: All possible reasons of its errors.
        revises: The days to read again.
        interval: Seconds between two readings of these days.
        basis: Text of all settings that affect how a bill is read. When it changes, all days are read again.
        complete: Whether the bill of a day is complete as soon as the day is over.
    """

    name: str
    reasons: tuple[str, ...]
    revises: Revises
    interval: float
    basis: str
    complete: bool

    def bill(self, first: date, last: date) -> list[BillRow]:
        """Return the rows of the days from ``first`` to ``last``, both included; a day without a bill has no rows.

        Raises:
            SourceError: The bill could not be read. There is no partial result.
        """
        ...

    def report(self) -> SourceReport:
        """Return the counts of the source."""
        ...

    def advice(self, excluded: Mapping[str, Decimal]) -> list[str]:
        """Return a sentence for each setting that probably excludes costs by mistake.

        Args:
            excluded: US dollars that do not count, by charge category or record type.
        """
        ...
