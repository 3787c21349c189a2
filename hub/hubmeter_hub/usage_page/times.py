"""Times as people read them."""

from datetime import UTC, datetime
from functools import lru_cache

from markupsafe import Markup

from hubmeter_hub.usage_page.summary import iso


@lru_cache(maxsize=4096)
def time_element(seconds: float) -> Markup:
    """Return the HTML of a time, which browsers show in the reader's zone. Users of one moment share it."""
    return Markup('<time datetime="{}">{}</time>').format(iso(seconds), utc(seconds))


def utc(seconds: float) -> str:
    """Return a time with its year: ``22 Nov 2026, 14:05 UTC``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y, %H:%M UTC")
