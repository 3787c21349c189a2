"""Errors of pydantic as sentences."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from hubmeter_common.validation import sentence


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = ""
    words: tuple[str, ...] = ()


def error(**values: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        Model.model_validate(values)
    return caught.value.errors()[0]


def test_a_number_in_place_of_a_text_is_shown_as_it_is_to_be_written() -> None:
    assert sentence(error(name=4711)) == "name: 4711 must be text; write it in quotes: '4711'"


def test_a_value_that_may_be_secret_is_nowhere_in_the_sentence() -> None:
    assert sentence(error(name=4711), show=lambda _: "") == "name: must be text"


def test_an_unknown_key_is_named_with_those_that_are_allowed() -> None:
    assert sentence(error(nmae="a"), Model.model_fields) == "unknown key 'nmae'; allowed are name, words"


def test_a_wrong_part_of_a_list_is_named_by_its_place() -> None:
    assert sentence(error(words=("a", 2))) == "words.1: 2 must be text; write it in quotes: '2'"
