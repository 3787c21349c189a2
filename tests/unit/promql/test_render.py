"""Templates are strict: an unknown, unused or ambiguous placeholder is an error."""

import re

import pytest

from hubmeter_promql import render


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("up", "up", id="a query without placeholders"),
        pytest.param("sum by (%(cluster)snamespace) (x)", "sum by (cluster, namespace) (x)", id="a setting"),
        pytest.param("x %% 5", "x % 5", id="a doubled percent sign is one"),
        pytest.param("%%(cluster)s", "%(cluster)s", id="a percent sign before brackets"),
        pytest.param("%(odd)s", "100% of %(cluster)s", id="placeholders in a value stay"),
        pytest.param("{{ $labels.pod }}", "{{ $labels.pod }}", id="Prometheus' own braces stay"),
    ],
)
def test_rendering(template: str, expected: str) -> None:
    assert render.render(template, {"cluster": "cluster, ", "odd": "100% of %(cluster)s"}) == expected


@pytest.mark.parametrize(
    ("template", "message"),
    [
        pytest.param("%(clutser)s", "unknown placeholder clutser; known are cluster", id="an unknown placeholder"),
        pytest.param("x % 5", "a lone % at '% 5'", id="a percent sign alone"),
        pytest.param("%(cluster)d", "a lone % at '%(cluster)d'", id="another conversion than s"),
        pytest.param("%(Cluster)s", "a lone % at", id="a name that is not lower case"),
        pytest.param("x %", "a lone % at '%'", id="a percent sign at the end"),
    ],
)
def test_a_template_is_refused_for(template: str, message: str) -> None:
    with pytest.raises(render.TemplateError, match=re.escape(message)):
        render.render(template, {"cluster": ""})


@pytest.mark.parametrize(
    ("template", "parameters", "expected"),
    [
        pytest.param("%(a)s by %(b)s", {"a": "x"}, "x by %(b)s", id="other placeholders stay open"),
        pytest.param("%(a)s", {"a": "%(cluster)s"}, "%(cluster)s", id="a value may hold placeholders"),
        pytest.param("%(a)s %(b)s", {"a": "%(b)s", "b": "x"}, "%(b)s x", id="a value is not filled in itself"),
        pytest.param("%(a)s %% %%(a)s", {"a": "x"}, "x %% %%(a)s", id="percent signs stay doubled"),
        pytest.param("%(interval)s", {"interval": "5m"}, "5m", id="a parameter hides a setting of its name"),
    ],
)
def test_a_part(template: str, parameters: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "load", lambda _: template)
    assert render.part("a template", parameters) == expected


def test_a_part_refuses_a_parameter_that_its_template_does_not_use() -> None:
    with pytest.raises(
        render.TemplateError, match=r"rules/usage/servers\.promql does not use the parameter pods_of, window"
    ):
        render.part("rules/usage/servers.promql", {"by": "username", "pods_of": "p", "window": "7d"})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("# what\n# unit\nup\n", "up", id="comments on top and the last line end go away"),
        pytest.param("# what\nsum(\n  x\n)\n", "sum(\n  x\n)", id="lines and their indentation stay"),
        pytest.param("# what\na\n# why\nor b\n", "a\nor b", id="comments between lines go away"),
        pytest.param('x{a="#"}', 'x{a="#"}', id="a number sign within a query stays"),
    ],
)
def test_comments(source: str, expected: str) -> None:
    assert render.strip_comments(source) == expected


def test_load_reads_a_template_of_the_package() -> None:
    assert render.load("rules/usage/group.promql").startswith("sum by (%(cluster)snamespace, usergroup)")
