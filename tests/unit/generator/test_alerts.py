"""What must hold of every alert, whatever it watches."""

import re
from pathlib import Path
from typing import Any

import pytest

from hubmeter_common.durations import seconds
from hubmeter_generator import fill
from hubmeter_generator.alerts import alert_groups
from hubmeter_generator.model import Alert
from hubmeter_generator.settings import Settings, make
from hubmeter_promql import render

ROOT = Path(__file__).parents[3]
RUNBOOKS = ROOT / "docs" / "runbooks"
TEMPLATES = ROOT / "promql" / "hubmeter_promql" / "alerts"
ALERTS = [alert for group in alert_groups() for alert in group.alerts]
each_alert = pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)

OFF = make({}, "the test")
ON = make({"home_nearly_full_ratio": "0.9", "user_near_limit_ratio": "0.95"}, "the test")
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def rendered(settings: Settings) -> dict[str, dict[str, Any]]:
    return {rule["alert"]: rule for group in fill.alert_groups(settings) for rule in group["rules"]}


def test_there_is_an_alert_for_each_way_in_which_hubmeter_can_be_wrong() -> None:
    assert [alert.name for alert in ALERTS] == [
        "HubmeterExporterSilent",
        "HubmeterNamespacesUnmapped",
        "HubmeterSnapshotStale",
        "HubmeterHubApiErrors",
        "HubmeterMembershipsUnlisted",
        "HubmeterUsernameAnnotationMissing",
        "HubmeterShareSumOff",
        "HubmeterUsersUnknown",
        "HubmeterRulesFailing",
        "HubmeterRulesSlow",
        "HubmeterHistoryShort",
        "HubmeterLookbackShort",
        "HubmeterPodSeriesMissing",
        "HubmeterNamespaceOverwritten",
        "HubmeterClustersMixed",
        "HubmeterRecordedTwice",
        "HubmeterClockWrong",
        "HubmeterUsageGap",
        "HubmeterScrapeSlow",
        "HubmeterVersionsDiffer",
        "HubmeterUsageNotAccounted",
        "HubmeterBucketsThinned",
        "HubmeterPodsUnmeasured",
        "HubmeterPodsUnknown",
        "HubmeterSidecarsNotCounted",
        "HubmeterServersWithoutRequests",
        "HubmeterServersNotSeen",
        "HubmeterSamplesLate",
        "HubmeterContainersIndistinct",
        "HubmeterGpusNotCounted",
        "HubmeterHomesNotMeasured",
        "HubmeterHomesElsewhere",
        "HubmeterHomeNearlyFull",
        "HubmeterQuotaUnchecked",
        "HubmeterQuotaGroupEmpty",
        "HubmeterQuotaWindowNotRecorded",
        "HubmeterQuotaMetricsGone",
        "HubmeterQuotaGuardHeld",
        "HubmeterQuotaGuardFailing",
        "HubmeterQuotaGrantsInvalid",
        "HubmeterQuotaUserNearLimit",
        "HubmeterBudgetMostlyUsed",
        "HubmeterBudgetUsedUp",
        "HubmeterBudgetForecastOver",
        "HubmeterBillLate",
        "HubmeterCostSourceFailing",
        "HubmeterCostJump",
        "HubmeterCostsDoNotAddUp",
        "HubmeterBillInputLost",
        "HubmeterBillFilesSkipped",
        "HubmeterBillRowsInvalid",
        "HubmeterBillDaysKept",
        "HubmeterHubTagUnknown",
    ]


@each_alert
def test_it_has_a_runbook_with_the_usual_sections(alert: Alert) -> None:
    text = (RUNBOOKS / f"{alert.name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {alert.name}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert "```promql\n" in text


def test_no_runbook_is_left_of_an_alert_that_is_gone() -> None:
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == {alert.name for alert in ALERTS} | {"README"}


def test_the_runbooks_index_names_each_alert_with_its_severity() -> None:
    rows = re.findall(
        r"^\| \[(\w+)\]\((\w+)\.md\) \| (\w+) \|", (RUNBOOKS / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == [(alert.name, alert.name, alert.severity) for alert in ALERTS]


def test_links_between_runbooks_lead_somewhere() -> None:
    links = [
        (path.name, target)
        for path in RUNBOOKS.glob("*.md")
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    ]
    assert links
    assert [link for link in links if not (RUNBOOKS / link[1]).exists()] == []


def test_every_template_belongs_to_an_alert() -> None:
    files = {path.relative_to(TEMPLATES).with_suffix("").as_posix() for path in TEMPLATES.rglob("*.promql")}
    assert files == {alert.query for alert in ALERTS}


@each_alert
def test_its_template_begins_with_a_comment_that_tells_the_labels(alert: Alert) -> None:
    source = (TEMPLATES / f"{alert.query}.promql").read_text(encoding="utf-8")
    comment = [line for line in source.splitlines() if line.startswith("#")]
    assert source.startswith("# ")
    assert "labels: " in " ".join(comment)


@each_alert
def test_its_texts_use_only_labels_that_its_query_gives(alert: Alert) -> None:
    source = (TEMPLATES / f"{alert.query}.promql").read_text(encoding="utf-8")
    match = re.search(r"labels: ([a-z_, ]+)", source)
    assert match
    given = {label.strip() for label in match[1].split(",")}
    used = set(re.findall(r"\$labels\.(\w+)", alert.summary + alert.description))
    assert used or given == {"none"}
    assert used <= given


@each_alert
def test_its_query_keeps_clusters_apart_in_every_grouping(alert: Alert) -> None:
    template = render.load(f"alerts/{alert.query}.promql")
    groupings = re.findall(r"\b(?:by|on) \(([^)]*\)s[^)]*|[^)]*)\)", template)
    # Of the clock there is one for all clusters.
    assert [g for g in groupings if not g.startswith("%(cluster)s") and g not in {"", "day"}] == []


@each_alert
def test_its_summary_fits_on_a_pager(alert: Alert) -> None:
    assert len(re.sub(r"{{.*?}}", "x" * 12, alert.summary)) < 130


@each_alert
def test_what_prometheus_reads_is_complete(alert: Alert) -> None:
    rule = rendered(ON)[alert.name]
    assert seconds(rule["for"]) >= 300
    assert rule["labels"] == {"severity": alert.severity}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert f"/docs/runbooks/{alert.name}.md" in rule["annotations"]["runbook_url"]
    assert "%(" not in str(rule)
    assert "%%" not in str(rule)


def test_an_alert_that_is_off_by_default_appears_when_its_setting_is_filled() -> None:
    assert set(rendered(ON)) - set(rendered(OFF)) == {"HubmeterHomeNearlyFull", "HubmeterQuotaUserNearLimit"}
    assert "> 0.9" in rendered(ON)["HubmeterHomeNearlyFull"]["expr"]
    assert ">= 0.95" in rendered(ON)["HubmeterQuotaUserNearLimit"]["expr"]


@each_alert
def test_what_enables_it_is_a_setting(alert: Alert) -> None:
    assert not alert.enabled_by or alert.enabled_by in Settings.model_fields


def test_no_rule_selects_metrics_by_a_pattern_of_names() -> None:
    """Google's managed Prometheus refuses such a query: "=~ is an unsupported matchtype for the __name__ label"."""
    groups = [*fill.rule_groups(ON), *fill.alert_groups(ON)]
    assert [rule for group in groups for rule in group["rules"] if "__name__" in rule["expr"]] == []
