"""The templates of pages and mails, with the words and forms of a locale."""

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from hubmeter_promql.month.texts import Texts

_FILTERS: Final = ("money", "number", "percent", "day", "days", "full_date", "month", "short_month", "moment")


def environment(texts: Texts, *, autoescape: bool) -> Environment:
    """Return the environment of the package's templates; ``autoescape`` if they are HTML."""
    made = Environment(
        loader=PackageLoader("hubmeter_promql.month"),
        autoescape=autoescape,  # noqa: S701 - mails are plain text
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined] # of the extension
    made.filters.update({name: getattr(texts, name) for name in _FILTERS})
    return made
