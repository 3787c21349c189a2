"""Who is accounted to which group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_exporter.membership import Accounting, GroupPatterns, Strategy, account

DEFAULT = Accounting(Strategy.DEFAULT)
SPLIT = Accounting(Strategy.SPLIT)
ALL = Accounting(Strategy.ALL)
DOUBLE_COUNT = Accounting(Strategy.ALL, multiple_row=True)


@pytest.mark.parametrize(
    ("sentence", "groups", "accounting", "info", "shares"),
    [
        ("no group is the group none", [], DEFAULT, {"none"}, {"none": 1}),
        ("no group is the group none when split", [], SPLIT, {"none"}, {"none": 1}),
        ("no group is the group none when counted double", [], DOUBLE_COUNT, {"none"}, {"none": 1}),
        ("one group has the whole usage", ["geo"], DEFAULT, {"geo"}, {"geo": 1}),
        ("one group has the whole usage when split", ["geo"], SPLIT, {"geo"}, {"geo": 1}),
        ("one group has the whole usage when counted double", ["geo"], DOUBLE_COUNT, {"geo"}, {"geo": 1}),
        ("a group named twice is one", ["geo", "geo"], DEFAULT, {"geo"}, {"geo": 1}),
        ("an empty group's name is none", ["", "geo"], DEFAULT, {"geo"}, {"geo": 1}),
        (
            "several groups go to the default group",
            ["geo", "bio"],
            DEFAULT,
            {"other"},
            {"geo": 0, "bio": 0, "other": 1},
        ),
        (
            "the default group has the name asked for",
            ["geo", "bio"],
            Accounting(default_group="shared"),
            {"shared"},
            {"geo": 0, "bio": 0, "shared": 1},
        ),
        (
            "a real group with the name of the default group has one row",
            ["geo", "other"],
            DEFAULT,
            {"other"},
            {"geo": 0, "other": 1},
        ),
        ("a user of only the real default group", ["other"], DEFAULT, {"other"}, {"other": 1}),
        ("two groups have halves", ["geo", "bio"], SPLIT, {"geo", "bio"}, {"geo": 0.5, "bio": 0.5}),
        (
            "three groups have thirds",
            ["geo", "bio", "chem"],
            SPLIT,
            {"geo", "bio", "chem"},
            {"geo": 1 / 3, "bio": 1 / 3, "chem": 1 / 3},
        ),
        ("every group has the whole usage", ["geo", "bio"], ALL, {"geo", "bio"}, {"geo": 1, "bio": 1}),
        (
            "double counting adds a row that no share has",
            ["geo", "bio"],
            DOUBLE_COUNT,
            {"geo", "bio", "multiple"},
            {"geo": 1, "bio": 1},
        ),
        (
            "a real group called multiple has one row",
            ["geo", "multiple"],
            DOUBLE_COUNT,
            {"geo", "multiple"},
            {"geo": 1, "multiple": 1},
        ),
        (
            "a real group called none is a group like others",
            ["geo", "none"],
            SPLIT,
            {"geo", "none"},
            {"geo": 0.5, "none": 0.5},
        ),
        (
            "of three groups one is allowed",
            ["geo", "bio", "chem"],
            Accounting(Strategy.SPLIT, allowed_groups=frozenset({"bio"})),
            {"bio"},
            {"bio": 1},
        ),
        (
            "of three groups two are allowed",
            ["geo", "bio", "chem"],
            Accounting(Strategy.SPLIT, allowed_groups=frozenset({"bio", "geo"})),
            {"bio", "geo"},
            {"bio": 0.5, "geo": 0.5},
        ),
        (
            "none is allowed",
            ["geo", "bio"],
            Accounting(allowed_groups=frozenset({"chem"})),
            {"none"},
            {"none": 1},
        ),
    ],
)
def test_the_rows_of_a_user(
    sentence: str, groups: list[str], accounting: Accounting, info: set[str], shares: dict[str, float]
) -> None:
    rows = account(groups, accounting)
    assert set(rows.info) == info, sentence
    assert dict(rows.shares) == shares, sentence


@given(
    st.lists(st.sampled_from(["a", "b", "c", "other", "none", "multiple", ""])),
    st.builds(
        Accounting,
        st.sampled_from(Strategy),
        st.sampled_from(["other", "a"]),
        st.none() | st.frozensets(st.sampled_from(["a", "b", "other", "none"])),
        st.booleans(),
    ),
)
def test_rows_are_unique_and_shares_add_up(groups: list[str], accounting: Accounting) -> None:
    rows = account(groups, accounting)
    shares = dict(rows.shares)
    assert len(set(rows.info)) == len(rows.info)
    assert len(shares) == len(rows.shares)
    assert all(0 <= share <= 1 for share in shares.values())
    if accounting.strategy is Strategy.ALL:
        assert set(shares.values()) == {1.0}
    else:
        assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("texts", "group", "contained"),
    [
        (["geo"], "geo", True),
        (["geo"], "geology", False),
        (["course-*"], "course-2026", True),
        (["course-*"], "my-course-2026", False),
        (["course-?"], "course-1", True),
        (["course-?"], "course-12", False),
        (["bio [2026]"], "bio [2026]", True),
        (["bio [2026]"], "bio 2", False),
        (["a.c*"], "abc", False),
        (["a*"], "a\nb", True),
        (["a*c"], "a*c", True),
        ([], "geo", False),
        (["*"], "geo", True),
    ],
)
def test_a_name_matches_exactly_and_a_pattern_as_a_whole(texts: list[str], group: str, contained: bool) -> None:
    assert (group in GroupPatterns(texts)) is contained


@pytest.mark.parametrize(
    ("sentence", "groups", "listed", "shares"),
    [
        ("listed groups have a row", ["a", "b", "c", "d"], ["b", "c", "d"], {"b": 0, "c": 0, "d": 0, "other": 1}),
        ("others fill up to two", ["a", "b", "c", "d"], ["d"], {"d": 0, "a": 0, "other": 1}),
        ("without a listed group there are two", ["a", "b", "c", "d"], [], {"a": 0, "b": 0, "other": 1}),
        ("a member of the default group has no second row", ["a", "other"], [], {"a": 0, "other": 1}),
    ],
)
def test_shares_of_zero_have_rows_where_listed(
    sentence: str, groups: list[str], listed: list[str], shares: dict[str, float]
) -> None:
    membership = account(groups, Accounting(listed_groups=GroupPatterns(listed)))
    assert dict(membership.shares) == shares, sentence
    assert membership.unlisted == len(groups) + 1 - len(membership.shares) - ("other" in groups)
