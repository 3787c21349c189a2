"""Templates are strict: what is unknown, unused or ambiguous is an error."""

import re

import pytest

from hubmeter_promql import render


@pytest.mark.parametrize(
    ("template", "parameters", "expected"),
    [
        pytest.param("up", {}, "up", id="a query without placeholders"),
        pytest.param("sum by (%(cluster)snamespace) (x)", {}, "sum by (cluster, namespace) (x)", id="a setting"),
        pytest.param("%(series)s offset %(interval)s", {"series": "x"}, "x offset 1m", id="a parameter"),
        pytest.param("%(interval)s", {"interval": "5m"}, "5m", id="a parameter hides a setting of its name"),
        pytest.param("x %% 5", {}, "x % 5", id="a doubled percent sign is one"),
        pytest.param("%%(cluster)s", {}, "%(cluster)s", id="a percent sign before brackets"),
        pytest.param("%(odd)s", {}, "100% of %(cluster)s", id="what a value holds is not looked at again"),
        pytest.param("{{ $labels.pod }}", {}, "{{ $labels.pod }}", id="Prometheus' own braces stay"),
    ],
)  # fmt: skip
def test_rendering(template: str, parameters: dict[str, str], expected: str) -> None:
    settings = {"cluster": "cluster, ", "interval": "1m", "odd": "100% of %(cluster)s"}
    assert render.render(template, settings, parameters) == expected


@pytest.mark.parametrize(
    ("template", "parameters", "message"),
    [
        pytest.param("%(clutser)s", {}, "no setting named clutser; there are cluster", id="an unknown placeholder"),
        pytest.param(
            "up", {"series": "x"}, "series is given, but the template does not use it", id="an unused parameter"
        ),
        pytest.param("x % 5", {}, "a lone % at '% 5'", id="a percent sign alone"),
        pytest.param("%(cluster)d", {}, "a lone % at '%(cluster)d'", id="another conversion than s"),
        pytest.param("%(Cluster)s", {}, "a lone % at", id="a name that is not lower case"),
        pytest.param("x %", {}, "a lone % at '%'", id="a percent sign at the end"),
    ],
)
def test_a_template_is_refused_for(template: str, parameters: dict[str, str], message: str) -> None:
    with pytest.raises(render.TemplateError, match=re.escape(message)):
        render.render(template, {"cluster": ""}, parameters)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("# what\n# unit\nup\n", "up", id="comments on top and the last line end go away"),
        pytest.param("# what\nsum(\n  x\n)\n", "sum(\n  x\n)", id="lines and their indentation stay"),
        pytest.param("# what\na\n# why\nor b\n", "a\nor b", id="comments between lines go away"),
        pytest.param('x{a="#"}', 'x{a="#"}', id="a number sign within a query is none"),
    ],
)
def test_comments(source: str, expected: str) -> None:
    assert render.strip_comments(source) == expected


def test_load_reads_a_template_of_the_package() -> None:
    assert render.load("rules/group.promql").startswith("sum by (%(cluster)snamespace, usergroup)")
