"""Pages that have been made, kept while what they show is the same."""

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from hubmeter_hub.usage_page.summary import Summary

# The pages kept at most, about 20 KB each: others are made again.
MOST_PAGES: Final = 1000

Make = Callable[[Summary], str]


class Rendered:
    """The newest page of each viewer. A page depends on nothing but its summary, its key, and the site's settings."""

    def __init__(self) -> None:
        """Begin without pages."""
        # In the order of making.
        self._pages: dict[Hashable, tuple[Summary, bytes, Make]] = {}

    def page(self, key: Hashable, summary: Summary, make: Make) -> bytes:
        """Return the page of this very summary, made now if there is none.

        Args:
            key: What the page depends on besides the summary.
            summary: The summary. An equal one is another one.
            make: Returns the HTML. It must not hold the request.
        """
        kept = self._pages.get(key)
        if kept is None or kept[0] is not summary:
            self._pages.pop(key, None)
            kept = summary, make(summary).encode(), make
            while len(self._pages) >= MOST_PAGES:
                del self._pages[next(iter(self._pages))]
            self._pages[key] = kept
        return kept[1]

    def replace(self, summaries: Sequence[tuple[Summary, Summary]]) -> None:
        """Make the pages of summaries again, before their viewers ask for them.

        Args:
            summaries: The summaries that no longer hold, each with its successor.
        """
        successors = {id(old): new for old, new in summaries}
        for key, (summary, _, make) in self._pages.items():
            if new := successors.get(id(summary)):
                self._pages[key] = new, make(new).encode(), make
