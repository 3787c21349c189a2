"""Pages that are kept are those of the same summary, viewer and user, and are bounded."""

import pytest

from hubmeter_hub.usage_page import rendered as module
from hubmeter_hub.usage_page.rendered import Rendered
from hubmeter_hub.usage_page.summary import Summary, summarize


def test_a_page_is_made_for_each_viewer_and_each_new_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    made: list[str] = []

    def page(key: str, summary: Summary) -> bytes:
        def make() -> str:
            made.append(key)
            return f"{key} {len(made)}"

        return rendered.page(key, summary, make)

    rendered = Rendered()
    first, second = (summarize("ann", (), (), None, 1000.0) for _ in range(2))
    assert [page("ann", first), page("ann", first), page("admin", first)] == [b"ann 1", b"ann 1", b"admin 2"]
    assert [page("ann", second), page("ann", second), page("ann", first)] == [b"ann 3", b"ann 3", b"ann 4"]
    assert page("bob", first) == b"bob 5"
    assert page("admin", first) == b"admin 6", "the oldest is forgotten"
