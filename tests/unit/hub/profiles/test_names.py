"""Names as Kubernetes lets them be spelled, and its quantities as numbers."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_hub.profiles.names import label_value, user_slug
from hubmeter_hub.profiles.quantity import number

LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
OBJECT = re.compile(r"[a-z]([a-z0-9-]{0,46}[a-z0-9])?")
ODD = ["ana.lópez@uni.edu", "Bob-Smith", "x--y", "ann", "anna", "a" * 80, "1", "-", "日本", "a b", "first.last"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Small", "Small"),
        ("GPU_2.0", "GPU_2.0"),
        ("Special Nodes", "Special-Nodes-593bb621"),
        ("spark-notebook:3.6", "spark-notebook-3.6-024e481c"),
        ("quay.io/org/scipy:2026", "scipy-2026-4f8496fe"),
        ("日本", "cf2abf0c"),
    ],
)
def test_a_label_is_the_name_or_its_end_and_a_hash(name: str, value: str) -> None:
    assert label_value(name) == value


@given(st.text(min_size=1, max_size=300))
def test_every_name_makes_a_valid_label(name: str) -> None:
    assert LABEL.fullmatch(label_value(name))


@pytest.mark.parametrize("user", ODD)
@pytest.mark.parametrize("server", ["", "gpu", "Ünï", "s" * 80])
def test_every_server_has_a_name_of_its_own_that_kubernetes_takes(user: str, server: str) -> None:
    assert OBJECT.fullmatch(user_slug(user, server))
    every = {user_slug(a, b) for a in ODD for b in ("", "gpu", "Ünï", "s" * 80)}
    assert len(every) == len(ODD) * 4


def test_short_plain_names_stay_as_they_are() -> None:
    assert user_slug("ann", "") == "ann"


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        ("1", 1),
        ("0.5", 0.5),
        ("500m", 0.5),
        ("1k", 1000),
        ("2Ki", 2048),
        ("1.5Gi", 1.5 * 2**30),
        ("1e3", 1000),
        ("1G", 1e9),
    ],
)
def test_quantities_are_numbers(quantity: str, value: float) -> None:
    assert number(quantity) == Decimal(value)


@pytest.mark.parametrize("quantity", ["", "1GB", "1 Gi", "-1", "1K", "Gi", "1.5.1", "٣", "1e999"])
def test_an_invalid_quantity_is_an_error(quantity: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(quantity))):
        number(quantity)
