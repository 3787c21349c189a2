"""The days of a report. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from hubmeter_promql.bills import days_of, start_of

_MONTH: Final = re.compile(r"(20[0-9]{2})-([0-9]{2})")
_MONTHS_BEFORE: Final = 5


class PeriodError(ValueError):
    """A text is no month that has begun. The message continues a sentence that begins with the name of the option."""


@dataclass(frozen=True)
class Period:
    """The UTC days of a report: a month, or its days that are over.

    Attributes:
        first: The first day of the month.
        last: The last day of the report.
        whole: Whether that is the last day of the month.
    """

    first: date
    last: date
    whole: bool

    @property
    def month(self) -> str:
        """The month as text, such as 2026-10."""
        return f"{self.first:%Y-%m}"

    @property
    def days(self) -> list[date]:
        """All days."""
        return days_of(self.first, self.last)

    @property
    def start(self) -> float:
        """The Unix time in seconds at which the first day begins."""
        return start_of(self.first)

    @property
    def end(self) -> float:
        """The Unix time in seconds at which the last day ends."""
        return start_of(self.last + timedelta(1))

    @property
    def seconds(self) -> int:
        """The length."""
        return round(self.end - self.start)

    @property
    def months(self) -> list[date]:
        """The first days of the months before, the oldest first, and of this one."""
        months = [self.first]
        for _ in range(_MONTHS_BEFORE):
            months.append(first_of(months[-1] - timedelta(1)))
        return months[::-1]


def first_of(day: date) -> date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)


def parse(text: str, now: float) -> Period:
    """Return the days of a month, such as 2026-10, that are over; "" is the month before the present one.

    Raises:
        PeriodError: It is no month, or no day of it is over.
    """
    today = datetime.fromtimestamp(now, UTC).date()
    if not text:
        return _period(first_of(first_of(today) - timedelta(1)), today)
    match = _MONTH.fullmatch(text)
    try:
        first = date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        first = None
    if first is None:
        raise PeriodError(f"is {text!r}, which is not a month such as 2026-10")
    if first >= today:
        raise PeriodError(f"is {text}, of which no day is over in UTC; choose an earlier month")
    return _period(first, today)


def _period(first: date, today: date) -> Period:
    end = first_of(first + timedelta(31)) - timedelta(1)
    return Period(first, min(end, today - timedelta(1)), whole=end < today)
