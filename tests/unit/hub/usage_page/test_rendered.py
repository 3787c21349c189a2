"""Pages that are kept are those of the same summary, viewer and user, and are bounded."""

import pytest

from hubmeter_hub.usage_page import rendered as module
from hubmeter_hub.usage_page.rendered import Rendered
from hubmeter_hub.usage_page.summary import Summary, summarize


def test_a_page_is_made_for_each_viewer_and_each_new_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    made: list[str] = []

    def page(key: str, summary: Summary) -> bytes:
        def make(_: Summary) -> str:
            made.append(key)
            return f"{key} {len(made)}"

        return rendered.page(key, summary, make)

    rendered = Rendered()
    first, second = (summarize("ann", (), (), None, 1000.0) for _ in range(2))
    assert [page("ann", first), page("ann", first), page("admin", first)] == [b"ann 1", b"ann 1", b"admin 2"]
    assert [page("ann", second), page("ann", second), page("ann", first)] == [b"ann 3", b"ann 3", b"ann 4"]
    assert page("bob", first) == b"bob 5"
    assert page("admin", first) == b"admin 6", "the oldest is forgotten"


def test_pages_of_a_summary_that_no_longer_holds_are_made_again_from_its_successor() -> None:
    made: list[str] = []

    def make(summary: Summary) -> str:
        made.append(summary.username)
        return f"{summary.username} {summary.groups}"

    rendered = Rendered()
    ann, bob = (summarize(name, (), (), None, 1000.0) for name in ("ann", "bob"))
    for key, summary in (("ann", ann), ("admin", ann), ("bob", bob)):
        rendered.page(key, summary, make)
    later = summarize("ann", ("staff",), (), None, 2000.0)
    rendered.replace([(ann, later)])
    assert made == ["ann", "ann", "bob", "ann", "ann"]
    assert {rendered.page(key, later, make) for key in ("ann", "admin")} == {b"ann ('staff',)"}
    assert rendered.page("bob", bob, make) == b"bob ()"
    assert len(made) == 5
