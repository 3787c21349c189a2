"""Parts of queries: templates with some of their placeholders filled in."""

import pytest

from hubmeter_promql import render


def test_a_part_leaves_the_placeholders_open_that_it_is_not_given() -> None:
    text = render.part("rules/usage/servers.promql", {"by": "username", "pods": "p"})
    assert render.placeholders(text) == render.placeholders(render.load("rules/usage/servers.promql")) - {"by", "pods"}
    assert "group_left (username) p" in text


def test_a_part_refuses_a_parameter_that_its_template_does_not_use() -> None:
    with pytest.raises(render.TemplateError, match=r"window is given, but rules/usage/servers\.promql does not use it"):
        render.part("rules/usage/servers.promql", {"by": "username", "pods": "p", "window": "7d"})
