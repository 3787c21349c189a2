"""Values from outside in PromQL's quotes."""

from hubmeter_promql.matchers import any_of, exactly


def test_each_label_has_exactly_its_value_whatever_signs_that_holds() -> None:
    assert exactly({"username": 'a\\"b\nö', "namespace": "p"}) == 'namespace="p",username="a\\\\\\"b\\nö"'
    assert exactly({}) == ""


def test_alternatives_are_texts_and_not_patterns() -> None:
    assert any_of("username", {"a.b", "ann|a"}) == r'username=~"a\\.b|ann\\|a"'
