"""Every alert, on every Prometheus that is installed: it fires, and it does not."""

from collections.abc import Callable

import pytest

from tests.rules import cases_alerts, cases_cost_alerts, cases_quota_alerts
from tests.rules.promtool import VERSIONS, AlertExpect, Case, alert_names

CASES = [*cases_alerts.cases(), *cases_quota_alerts.cases(), *cases_cost_alerts.cases()]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sentence)
def test_alert(case: Case, version: str, check: Callable[[Case, str], None]) -> None:
    check(case, version)


@pytest.mark.parametrize("fires", [True, False], ids=["fires", "does not fire"])
def test_every_alert_has_a_case_in_which_it(fires: bool) -> None:
    expects = [e for case in CASES for e in case.expects if isinstance(e, AlertExpect)]
    assert alert_names() == {e.alert for e in expects if bool(e.instances) is fires}


def test_no_sentence_stands_for_two_cases() -> None:
    assert len({case.sentence for case in CASES}) == len(CASES)
