"""Usernames are spelled exactly as KubeSpawner spells them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from kubespawner import slugs as kubespawner

from hubmeter_common.slugs import escape_slug, safe_slug

ODD_NAMES = [
    "ana.lópez@uni.edu",
    "Bob-Smith",
    "x--y",
    "ann",
    "anna",
    "a" * 80,
    "a" * 47,
    "a" * 48,
    "a" * 49,
    "a" * 63,
    "",
    "-",
    "---",
    "1st",
    "first.last",
    "ends-",
    "new\nline",
    "trailing\n",
    "tab\t",
    "\x00",
    "İstanbul",
    "ß",
    "名前",
    "😀",
    "ⅷ",
    "١٢٣",
]
some_name = st.text(st.characters(exclude_categories=["Cs"])) | st.from_regex(r"[a-zA-Z0-9.@_-]{0,80}", fullmatch=True)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_special_names_have_kubespawners_slugs(name: str) -> None:
    assert safe_slug(name) == kubespawner.safe_slug(name, max_length=48)
    assert escape_slug(name) == kubespawner.escape_slug(name)


@given(some_name)
@example("x--y")
def test_every_name_has_kubespawners_safe_slug(name: str) -> None:
    assert safe_slug(name) == kubespawner.safe_slug(name, max_length=48)


@given(some_name, st.integers(12, 70))
def test_every_length_gives_kubespawners_safe_slug(name: str, max_length: int) -> None:
    assert safe_slug(name, max_length) == kubespawner.safe_slug(name, max_length=max_length)


@given(some_name)
@example("\x01")
def test_every_name_has_kubespawners_legacy_slug(name: str) -> None:
    assert escape_slug(name) == kubespawner.escape_slug(name)


@given(st.characters(categories=["Cs"]))
def test_a_lone_surrogate_is_refused_as_kubespawner_refuses_it(surrogate: str) -> None:
    for slug in (safe_slug, escape_slug, kubespawner.safe_slug, kubespawner.escape_slug):
        with pytest.raises(UnicodeEncodeError):
            slug(f"a{surrogate}")
