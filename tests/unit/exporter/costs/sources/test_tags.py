"""Tags in the forms of exports, of query engines and of conversions."""

from typing import Any

import pytest

from hubmeter_exporter.costs.sources.tags import TagsError, tags_of

GOOGLE = [
    {"key": "hub-name", "value": "project", "x_type": "project_label", "x_inherited": True, "x_namespace": "n/a"},
    {"key": "hub-name", "value": "prod", "x_type": "label", "x_inherited": False, "x_namespace": "n/a"},
    {"key": "hub-name", "value": "later", "x_type": "tag", "x_inherited": False, "x_namespace": "123"},
]
PROD = {"hub-name": "prod"}


@pytest.mark.parametrize(
    ("sentence", "value", "expected"),
    [
        ("JSON", '{"hub-name": "prod"}', PROD),
        ("JSON with nulls", '{"hub-name": "prod", "team": null}', PROD),
        ("JSON without braces, as of Azure", '"hub-name": "prod","team": "a,b"', {**PROD, "team": "a,b"}),
        ("JSON without braces, with a last comma", '"hub-name": "prod",', PROD),
        ("JSON in a string of JSON", '"{\\"hub-name\\": \\"prod\\"}"', PROD),
        ("a dictionary of Python", "{'hub-name': 'prod', 'team': None}", PROD),
        ("a list of pairs of Python", "[('hub-name', 'prod')]", PROD),
        ("bytes", b'{"hub-name": "prod"}', PROD),
        ("invalid bytes", b'{"hub-name": "pr\xffd"}', {"hub-name": "pr\ufffdd"}),
        ("a map", PROD, PROD),
        ("a map in Parquet", [("hub-name", "prod"), ("team", None)], PROD),
        ("pairs in JSON", '[["hub-name", "prod"]]', PROD),
        ("maps of one pair", [{"hub-name": "prod"}, {"team": "x"}], {**PROD, "team": "x"}),
        ("Google's five fields; a key's own label precedes the project's", GOOGLE, PROD),
        ("structs of two fields", [{"key": "hub-name", "value": "prod"}], PROD),
        ("structs of two fields in the other order", [{"value": "prod", "key": "hub-name"}], PROD),
        ("structs in JSON, with capitals", '[{"Key": "hub-name", "Value": "prod"}]', PROD),
        ("structs of Parquet's older lists", {"list": [{"element": GOOGLE[1]}]}, PROD),
        ("a struct without a value", [{"key": "hub-name", "value": None}], {}),
        ("semicolons", "hub-name=prod;team=x=y;", {**PROD, "team": "x=y"}),
        ("a semicolon at the end", "hub-name=prod;", PROD),
        ("Athena's map", "{hub-name=prod, team=a, b, gone=null}", {**PROD, "team": "a, b"}),
        ("a single pair", "hub-name=prod", PROD),
        ("a quoted pair", "'hub-name'=\"prod\"", PROD),
        ("Booleans", '{"a": true, "b": false}', {"a": "true", "b": "false"}),
        ("Booleans of Parquet", {"a": True, "b": False}, {"a": "true", "b": "false"}),
        ("numbers", '{"a": 1, "b": 0.5, "c": [1, {"x": true}]}', {"a": "1", "b": "0.5", "c": '[1, {"x": true}]'}),
        ("a value that reads like a null is a value", '{"hub-name": "none"}', {"hub-name": "none"}),
        ("empty values are values, empty keys are none", '{"hub-name": "", " ": "x"}', {"hub-name": ""}),
        ("NaN as a value", {"hub-name": float("nan")}, {}),
    ],
)
def test_tags(sentence: str, value: Any, expected: dict[str, str]) -> None:
    assert tags_of(value) == expected, sentence


@pytest.mark.parametrize(
    "value",
    [None, "", " ", "NULL", "null", "None", "NaN", "nan", "\\N", "{}", "[]", "<NA>", b"NULL", float("nan"), [], {}],
)
def test_a_null_has_no_tags(value: Any) -> None:
    assert tags_of(value) == {}


@pytest.mark.parametrize(
    "value", ["prod", "[1]", "1", "true", '{"a": ', "a;b=c", 1, 2.5, [1], [{"x": 1, "y": 2}], "[" * 99_999]
)
def test_other_values_are_an_error_that_shows_them(value: Any) -> None:
    with pytest.raises(TagsError, match=r"^Tags .{1,110} are neither JSON nor key=value$"):
        tags_of(value)
