"""Every recording rule, on every Prometheus that is installed."""

import re
from collections.abc import Callable

import pytest

from tests.rules import (
    cases_cluster,
    cases_clusters,
    cases_costs,
    cases_homes,
    cases_hubs,
    cases_membership,
    cases_panels,
    cases_profiles,
    cases_quota_limits,
    cases_quotas,
    cases_trouble,
    cases_usage,
    cases_windows,
)
from tests.rules.promtool import VERSIONS, Case, Expect, recorded_names

CASES = [
    *cases_membership.cases(),
    *cases_hubs.cases(),
    *cases_usage.cases(),
    *cases_homes.cases(),
    *cases_windows.cases(),
    *cases_profiles.cases(),
    *cases_quotas.cases(),
    *cases_quota_limits.cases(),
    *cases_clusters.cases(),
    *cases_costs.cases(),
    *cases_panels.cases(),
    *cases_trouble.cases(),
    *cases_cluster.cases(),
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_rule(case: Case, version: str, check: Callable[[Case, str], None]) -> None:
    check(case, version)


def test_every_recorded_series_has_a_case() -> None:
    queries = {expect.query for case in CASES for expect in case.expects if isinstance(expect, Expect) and expect.rows}
    tested = {name for query in queries for name in re.findall(r"[\w:]+", query)}
    assert not recorded_names() - tested


def test_no_sentence_stands_for_two_cases() -> None:
    assert len({case.sentence for case in CASES}) == len(CASES)
