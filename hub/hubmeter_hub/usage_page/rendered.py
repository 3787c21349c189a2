"""Pages that have been made, kept while what they show is the same."""

from collections.abc import Callable, Hashable
from typing import Final

from hubmeter_hub.usage_page.summary import Summary

# The pages kept at most, about 20 KB each: others are made again.
MOST_PAGES: Final = 1000


class Rendered:
    """The newest page of each viewer. A page depends on nothing but its summary, its key, and the site's settings."""

    def __init__(self) -> None:
        """Begin without pages."""
        self._pages: dict[Hashable, tuple[Summary, bytes]] = {}  # in the order of making

    def page(self, key: Hashable, summary: Summary, make: Callable[[], str]) -> bytes:
        """Return the page of this very summary, made now if there is none.

        Args:
            key: What the page depends on besides the summary.
            summary: The summary. An equal one is another one.
            make: Returns the HTML.
        """
        kept = self._pages.get(key)
        if kept is not None and kept[0] is summary:
            return kept[1]
        self._pages.pop(key, None)
        html = make().encode()
        while len(self._pages) >= MOST_PAGES:
            del self._pages[next(iter(self._pages))]
        self._pages[key] = summary, html
        return html
