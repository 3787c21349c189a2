"""Every dollar of an input is in a named part of the output."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_exporter.costs.model import BillRow, Kind, Part, PartKind
from hubmeter_exporter.costs.reconciliation import Balance, balances, hub_sentences, total

DAY = date(2026, 10, 30)


def row(usd: str, hub: str = "prod", kind: Kind = "attributable", day: date = DAY) -> BillRow:
    return BillRow(day, hub, "compute", kind, Decimal(usd), estimated=False)


def part(kind: PartKind, usd: str, category: str = "", day: date | None = DAY, rows: int = 1) -> Part:
    return Part(day, kind, category, rows, Decimal(usd))


def test_an_input_is_the_sum_of_its_parts() -> None:
    rows = [row("1.5"), row("2"), row("4", "", "account"), row("-0.5", day=DAY + timedelta(1))]
    parts = [
        part("input", "9.75"),
        part("excluded", "1", "Tax"),
        part("excluded", "-0.25", "Credit"),
        part("rejected", "1.5", "period", rows=3),
        part("input", "-0.5", day=DAY + timedelta(1)),
        part("input", "7", day=None),
        part("rejected", "7", "period", None, 2),
    ]
    first, second, rest = balances(rows, parts)
    assert first == Balance(
        DAY, Decimal("9.75"), Decimal("3.5"), Decimal(4), {"Tax": Decimal(1), "Credit": Decimal("-0.25")},
        {"period": Decimal("1.5")}, {"period": 3},
    )  # fmt: skip
    assert (second.day, rest.day) == (DAY + timedelta(1), None)
    assert [balance.difference for balance in (first, second, rest)] == [0, 0, 0]
    assert total([first, second, rest]) == Balance(
        None, Decimal("16.25"), Decimal(3), Decimal(4), {"Tax": Decimal(1), "Credit": Decimal("-0.25")},
        {"period": Decimal("8.5")}, {"period": 5},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "input_usd", "difference"),
    [
        ("lost", "3.76", "0.01"),
        ("counted twice", "3.74", "-0.01"),
        ("a millionth is rounding", "3.750001", "0"),
        ("more is not", "3.750002", "0.000002"),
    ],
)
def test_a_difference(sentence: str, input_usd: str, difference: str) -> None:
    [balance] = balances([row("3.75")], [part("input", input_usd)])
    assert balance.difference == Decimal(difference), sentence


def test_a_day_without_an_input_is_known_to_have_none() -> None:
    [balance] = balances([row("1")], [])
    assert balance.input is None


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["attributable", "account", "excluded", "rejected"]),
            st.decimals(-(10**12), 10**12, places=12),
        )
    )
)
def test_the_largest_amounts_of_money_add_up_without_rounding(items: list[tuple[int, str, Decimal]]) -> None:
    rows = [
        BillRow(DAY + timedelta(n), "", "", "account" if kind == "account" else "attributable", usd, estimated=False)
        for n, kind, usd in items
        if kind in ("attributable", "account")
    ]
    parts = [Part(DAY + timedelta(n), "input", "", 1, usd) for n, _, usd in items]
    for n, kind, usd in items:
        if kind == "excluded":
            parts.append(Part(DAY + timedelta(n), "excluded", "Tax", 1, usd))
        elif kind == "rejected":
            parts.append(Part(DAY + timedelta(n), "rejected", "period", 1, usd))
    assert all(balance.difference == 0 for balance in balances(rows, parts))


def test_hub_tags_that_are_no_namespace_are_named_with_the_setting() -> None:
    rows = [row("1.5", "production"), row("2", "production"), row("1"), row("9", ""), row("9", "other", "account")]
    [sentence] = hub_sentences(rows, {"a", "b", "c", "d", "prod"})
    assert sentence == (
        "the hub tag has the value 'production' (3.50 USD), which is not a namespace with usage (a, b, c, ...): map it "
        "to its namespace in the setting hubs, for example {production: a}"
    )
    assert hub_sentences(rows, {"prod", "production"}) == []
    assert hub_sentences(rows, ()) == []  # there is no usage yet
