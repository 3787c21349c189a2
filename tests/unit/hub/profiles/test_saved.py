"""Which options of a server came with its request."""

from types import SimpleNamespace
from typing import Any

import jupyterhub
import pytest

from hubmeter_hub.profiles.saved import sent
from tests.unit.hub.profiles.api import request_of


def page(method: str, **arguments: Any) -> Any:
    """Return the handler of a request of the hub's spawn page."""
    key = "body_arguments" if method == "POST" else "query_arguments"
    empty: dict[str, Any] = {"body_arguments": {}, "query_arguments": {}, "headers": {}, "body": b""}
    return SimpleNamespace(request=SimpleNamespace(method=method, **(empty | {key: arguments})))


@pytest.mark.parametrize(
    ("handler", "version", "expected"),
    [
        pytest.param(None, 6, False, id="no request"),
        pytest.param(page("POST", profile=[b"a"], _xsrf=[b"x"]), 6, True, id="the form"),
        pytest.param(page("GET"), 6, False, id="the page without options"),
        pytest.param(page("GET", next=[b"/hub/home"]), 6, False, id="the page with a parameter of the hub"),
        pytest.param(page("GET", profile=[b"a"]), 6, True, id="the page with options"),
        pytest.param(request_of(None), 5, False, id="the API without a body"),
        pytest.param(request_of({"profile": "a"}), 5, True, id="the API of 5 with options"),
        pytest.param(request_of({}), 5, True, id="the API of 5 with no option"),
        pytest.param(request_of({}), 6, False, id="the API of 6 with no option, which is as no body"),
        pytest.param(request_of({"profile": "a"}), 6, True, id="the API of 6 with options as before"),
        pytest.param(request_of({"user_options": {"profile": "a"}}), 6, True, id="the API of 6 with options"),
        pytest.param(request_of({"user_options": None}), 6, False, id="the API of 6 with null"),
        pytest.param(request_of({"display_name": "x"}), 6, False, id="the API of 6 with a name only"),
        pytest.param(request_of({"display_name": "x"}), 5, True, id="the API of 5 has no names"),
    ],
)
def test_options_are_sent_or_saved(handler: Any, version: int, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyterhub, "version_info", (version, 0, 0))
    assert sent(SimpleNamespace(handler=handler)) is expected
