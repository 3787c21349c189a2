"""The names that filters of the cost API allow."""

import pytest

from hubmeter_exporter.costs.api.parameters import parse_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set()),
        ("all", set()),
        ("ALL", set()),
        ("geo", {"geo"}),
        ("cn=geo,ou=uni", {"cn=geo,ou=uni"}),
        ("{geo,bio}", {"geo", "bio"}),
        ("{geo,,bio,}", {"geo", "bio"}),
        ("{All}", {"All"}),
        ("{all,geo}", {"all", "geo"}),
        ("{}", set()),
        ('{"cn=geo,ou=uni",bio}', {"cn=geo,ou=uni", "bio"}),
        ('{"a\\"b\\\\c,","d"}', {'a"b\\c,', "d"}),
        ('{the "odd" one,"x"y}', {'the "odd" one', '"x"y'}),
        ('{"open,bio}', {'"open', "bio"}),
        ('{"new\nline,",bio}', {"new\nline,", "bio"}),
    ],
)
def test_a_filter_allows(text: str, names: set[str]) -> None:
    assert parse_names([text]) == names


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ([], set()),
        (["geo", "bio"], {"geo", "bio"}),
        (["{geo,bio}", "chem"], {"geo", "bio", "chem"}),
        (["geo", "all"], set()),
        (["", "geo"], set()),
    ],
)
def test_a_repeated_filter_allows_any_of_its_values(texts: list[str], names: set[str]) -> None:
    assert parse_names(texts) == names
