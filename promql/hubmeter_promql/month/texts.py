"""The words, dates and numbers of reports in a language, through Babel.

Texts are English in the templates, as gettext has it. ``locales/report.pot`` lists them; a translation is a file such
as ``locales/de.po`` made from it.
"""

import gettext
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES: Final = files(__package__) / "locales"
_CURRENCY: Final = "USD"


class LocaleError(ValueError):
    """A locale is unknown. The message is one sentence."""


class Texts:
    """Words and forms of a locale. Texts without a translation are English."""

    def __init__(self, locale: str, folder: Traversable = LOCALES) -> None:
        """Read the translation of the locale, if there is one.

        Args:
            locale: Such as ``en``, ``en_GB`` or ``de-CH``.
            folder: Of translations.

        Raises:
            LocaleError: The locale is unknown.
        """
        try:
            self.locale = Locale.parse(locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError) as error:
            raise LocaleError(f"the locale {locale!r} is unknown; set one such as en, en_GB or de") from error
        self._catalog = _catalog(self.locale, folder)
        self._plural: Callable[[int], int] = (
            gettext.c2py(self._catalog.plural_expr) if self._catalog else lambda number: int(number != 1)
        )

    @property
    def language(self) -> str:
        """The language of the texts for the attribute ``lang``."""
        return str(self.locale).replace("_", "-") if self._catalog or self.locale.language == "en" else "en"

    def gettext(self, text: str) -> str:
        """Return the translation of a text."""
        message = self._catalog.get(text) if self._catalog else None
        return str(message.string) if message and message.string else text

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the translation of the text for a number."""
        message = self._catalog.get((singular, plural)) if self._catalog else None
        forms = message.string if message else None
        if isinstance(forms, tuple) and all(forms):
            return forms[self._plural(number)]
        return singular if number == 1 else plural

    def money(self, usd: float) -> str:
        """Return US dollars to the cent."""
        return str(numbers.format_currency(round(usd, 2) + 0.0, _CURRENCY, locale=self.locale))

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with so many digits behind the point."""
        shown = round(value, digits) + 0.0  # no negative zero
        return str(numbers.format_decimal(shown, f"#,##0.{'0' * digits}" if digits else "#,##0", locale=self.locale))

    def percent(self, ratio: float, *, signed: bool = False) -> str:
        """Return a ratio in whole percent; ``signed`` also writes a plus."""
        pattern = "+#,##0%;-#,##0%" if signed and round(ratio * 100) else None
        return str(numbers.format_percent(round(ratio, 2) + 0.0, pattern, locale=self.locale))

    def day(self, day: date) -> str:
        """Return a day with its month, without the year."""
        return str(dates.format_skeleton("MMMd", day, locale=self.locale))

    def full_date(self, day: date) -> str:
        """Return a day with its year."""
        return str(dates.format_date(day, "long", locale=self.locale))

    def month(self, day: date) -> str:
        """Return the month of a day with its year."""
        return str(dates.format_skeleton("yMMMM", day, locale=self.locale))

    def short_month(self, day: date) -> str:
        """Return the month of a day in few letters."""
        return str(dates.format_skeleton("MMM", day, locale=self.locale))

    def days(self, days: Iterable[date]) -> str:
        """Return days as a list of periods, and single days."""
        periods: list[list[date]] = []
        for day in sorted(days):
            if periods and periods[-1][-1] + timedelta(1) == day:
                periods[-1].append(day)
            else:
                periods.append([day])
        return ", ".join(
            self.day(period[0])
            if len(period) == 1
            else dates.format_interval(period[0], period[-1], "MMMd", locale=self.locale)
            for period in periods
        )

    def moment(self, seconds: float) -> str:
        """Return a Unix time as date and time of day in UTC."""
        at = datetime.fromtimestamp(seconds, UTC)
        day, time = dates.format_date(at, locale=self.locale), dates.format_time(at, "short", locale=self.locale)
        return f"{day}, {time} UTC"


def _catalog(locale: Locale, folder: Traversable) -> Catalog | None:
    """Return the translation for a locale or its language, or None."""
    for name in dict.fromkeys((str(locale), locale.language)):
        file = folder / f"{name}.po"
        if file.is_file():
            with file.open("rb") as stream:
                catalog: Any = read_po(stream, locale=name)
            return catalog if isinstance(catalog, Catalog) else None
    return None
