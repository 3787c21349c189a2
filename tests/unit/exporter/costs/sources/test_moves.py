"""Moves of costs between components keep the sum and make no amount negative."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_exporter.costs.sources.moves import Move, move

D = Decimal

HUBS = st.sampled_from(["", "prod", "x--y"])
COMPONENTS = st.sampled_from(["compute", "home storage", "core"])
MONEY = st.decimals(min_value=-5, max_value=100, places=10)


@pytest.mark.parametrize(
    ("sentence", "amounts", "moves", "result", "short"),
    [
        (
            "home storage and core leave compute",
            {("prod", "compute"): D("10")},
            [("prod", "compute", "home storage", D("2.5")), ("prod", "compute", "core", D("1.0000000001"))],
            {
                ("prod", "compute"): D("6.4999999999"),
                ("prod", "home storage"): D("2.5"),
                ("prod", "core"): D("1.0000000001"),
            },
            0,
        ),
        (
            "a hub pays its own moves only",
            {("prod", "compute"): D("1"), ("", "compute"): D("9")},
            [("prod", "compute", "core", D("3"))],
            {("prod", "compute"): D("0"), ("prod", "core"): D("1"), ("", "compute"): D("9")},
            1,
        ),
        (
            "the second move takes the rest of the first",
            {("", "compute"): D("5")},
            [("", "compute", "home storage", D("4")), ("", "compute", "core", D("2"))],
            {("", "compute"): D("0"), ("", "home storage"): D("4"), ("", "core"): D("1")},
            1,
        ),
        (
            "a credit is not moved",
            {("", "compute"): D("5")},
            [("", "compute", "core", D("-2"))],
            {("", "compute"): D("5")},
            0,
        ),
        (
            "nothing is moved from a credit",
            {("", "compute"): D("-5")},
            [("", "compute", "core", D("2"))],
            {("", "compute"): D("-5")},
            1,
        ),
        ("nothing is moved from a hub without a bill", {}, [("x--y", "compute", "core", D("2"))], {}, 1),
    ],
)  # fmt: skip
def test_moves(
    sentence: str,
    amounts: dict[tuple[str, str], Decimal],
    moves: list[tuple[str, str, str, Decimal]],
    result: dict[tuple[str, str], Decimal],
    short: int,
) -> None:
    moved = move(amounts, [Move(*step) for step in moves])
    assert moved.amounts == result, sentence
    assert len(moved.short) == short, sentence


@given(
    st.dictionaries(st.tuples(HUBS, COMPONENTS), MONEY),
    st.lists(st.builds(Move, HUBS, COMPONENTS, COMPONENTS, MONEY), max_size=8),
)
def test_moves_keep_the_sum_and_make_no_amount_negative(
    amounts: dict[tuple[str, str], Decimal], moves: list[Move]
) -> None:
    moved = move(amounts, moves)
    for hub in {hub for hub, _ in amounts}:
        before = [amount for (h, _), amount in amounts.items() if h == hub]
        after = [amount for (h, _), amount in moved.amounts.items() if h == hub]
        assert sum(before) == sum(after)
    for key, amount in moved.amounts.items():
        assert amount >= min(amounts.get(key, Decimal(0)), Decimal(0))
