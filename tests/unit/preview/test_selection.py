"""The pictures that ``make preview ALL=1`` draws."""

from itertools import combinations, product

from tests.preview.selection import DIMENSIONS, pairs, pairwise


def test_each_pair_of_choices_is_in_a_case_and_150_cases_suffice() -> None:
    dimensions = {"dashboard": [f"dashboard-{number}" for number in range(15)], **DIMENSIONS}
    cases = pairwise(dimensions)
    wanted = {
        ((a, x), (b, y))
        for a, b in combinations(sorted(dimensions), 2)
        for x, y in product(dimensions[a], dimensions[b])
    }
    assert set().union(*map(pairs, cases)) == wanted
    assert all(case.keys() == dimensions.keys() for case in cases)
    assert len(cases) <= 150
