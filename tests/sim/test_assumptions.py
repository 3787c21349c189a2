"""docs/assumptions.md: each row's alert, check and test exist, and each hostile site has a row."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from hubmeter_generator.alerts import alert_groups
from hubmeter_generator.operate import checks
from tests.sim.hostile import sites
from tests.sim.hostile.frame import Numbers, Reported

ROOT = Path(__file__).parents[2]
ALERTS = {alert.name for group in alert_groups() for alert in group.alerts}
SITES = {site.name: site for site in sites()}


@dataclass(frozen=True)
class Row:
    """One assumption: its sentence, the outcome, and the tests by kind."""

    assumption: str
    outcome: str
    sites: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def alerts(self) -> set[str]:
        """The alerts that the outcome links."""
        return set(re.findall(r"\[(Hubmeter\w+)\]\(runbooks/\1\.md\)", self.outcome))

    @property
    def checks(self) -> set[str]:
        """The doctor's checks that the outcome names."""
        return set(re.findall(r"doctor `([^`]+)`", self.outcome))


def rows() -> list[Row]:
    text = (ROOT / "docs" / "assumptions.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line[:2] == "| "]
    assert all(len(row) == 4 for row in cells), [row for row in cells if len(row) != 4]
    return [
        Row(
            assumption,
            outcome,
            tuple(re.findall(r"site `([^`]+)`", test)),
            tuple(re.findall(r"(?<!site )`(tests/[^`]+)`", test)),
        )
        for assumption, _, outcome, test in cells
        if assumption not in {"Assumption", "---"}
    ]


ROWS = rows()
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.assumption)


@each_row
def test_it_is_removed_or_reported_or_a_limit(row: Row) -> None:
    assert re.match(r"(Removed|Reported|Limit): ", row.outcome)
    if row.outcome.startswith("Reported"):
        assert row.alerts
        assert row.checks


@each_row
def test_its_alerts_and_checks_exist(row: Row) -> None:
    assert row.alerts <= ALERTS
    assert row.checks <= checks.CHECKS.keys()


@each_row
def test_its_tests_exist_and_show_its_outcome(row: Row) -> None:
    assert row.sites or row.tests
    for test in row.tests:
        path, _, name = test.partition("::")
        assert name in (ROOT / path).read_text(encoding="utf-8"), test
    outcomes = [outcome for site in row.sites for outcome in SITES[site].outcomes]
    if row.sites and not row.outcome.startswith("Reported"):
        assert any(isinstance(outcome, Numbers) for outcome in outcomes)
    reported = [outcome for outcome in outcomes if isinstance(outcome, Reported)]
    if row.sites and row.outcome.startswith("Reported"):
        in_tests = {
            name for test in row.tests for name in ALERTS if name in (ROOT / test.partition("::")[0]).read_text()
        }
        assert {outcome.alert for outcome in reported} | in_tests >= row.alerts
        assert {outcome.check for outcome in reported} >= row.checks


def test_each_hostile_site_has_a_row() -> None:
    assert SITES.keys() - {name for row in ROWS for name in row.sites} == {"clean"}


def test_each_alert_and_check_of_inputs_has_a_row() -> None:
    of_inputs = {"hubmeter-alerts", "hubmeter-usage-alerts"}
    alerts = {alert.name for group in alert_groups() if group.name in of_inputs for alert in group.alerts}
    assert alerts - set().union(*(row.alerts for row in ROWS)) == {"HubmeterHomeNearlyFull"}
    # About no assumption of their own.
    of_all = {"hubs", "alerts", "states of containers", "node pools"}
    assert checks.CHECKS.keys() - set().union(*(row.checks for row in ROWS)) == of_all


def test_no_assumption_stands_there_twice() -> None:
    assert len({row.assumption for row in ROWS}) == len(ROWS)
