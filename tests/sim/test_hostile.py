"""Every hostile site: its numbers are right, or an alert fires and the doctor names the violation."""

from pathlib import Path

import pytest

from hubmeter_generator.operate.checks.finding import Status
from tests.sim.hostile import sites
from tests.sim.hostile.frame import Numbers, Reported, Site, played

SITES = sites()


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_site(site: Site, tmp_path: Path) -> None:
    outcome = played(site, tmp_path)
    reported = [item for item in site.outcomes if isinstance(item, Reported)]
    for item in reported:
        if item.alert:
            assert {"alertname": item.alert, **item.labels} in outcome.firing
        finding = outcome.findings[item.check]
        assert finding.status is item.status, finding
        assert item.says in f"{finding.meaning} FIX {finding.fix}"
    for numbers in (item for item in site.outcomes if isinstance(item, Numbers)):
        assert outcome.wrong(numbers) == []
    expected = {item.alert for item in reported} | set(site.alerts_allowed)
    assert [alert for alert in outcome.firing if alert["alertname"] not in expected] == []
    if not reported:
        assert [finding for finding in outcome.findings.values() if finding.status is not Status.OK] == []


def test_names_of_sites_are_unique() -> None:
    assert len({site.name for site in SITES}) == len(SITES)
