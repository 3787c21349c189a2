"""Differences to jupyterhub-usage-quotas are named with both values, and the migration page lists everything."""

import re
from pathlib import Path

import pytest
from traitlets.config import Config

from hubmeter_hub.config import ConfigError, UsageConfig
from hubmeter_hub.quotas.policy import parse
from hubmeter_hub.quotas.replaced import RETIRED, differences, has_markup, retired
from hubmeter_hub.quotas.slips import slips
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.usage_page.command import UsagePageApp
from hubmeter_hub.usage_page.traits import UsageViewer
from tests.unit.hub.quota_cases import cpu, memory

PAGE = (Path(__file__).parents[3] / "docs/migrating/usage-quotas.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("policy", "intersection", "said"),
    [
        ([cpu("2M")], "min", ["2,000,000 CPU-hours; jupyterhub-usage-quotas counted 20,000 CPU-hours"]),
        ([cpu("3G")], "min", ["3,000,000,000 CPU-hours; jupyterhub-usage-quotas counted 300,000 CPU-hours"]),
        ([cpu("3T")], "min", ["3,000,000,000,000 CPU-hours; jupyterhub-usage-quotas counted 3,000,000 CPU-hours"]),
        ([cpu("200"), cpu("2K"), memory("500G"), memory("2T")], "min", []),
        ([memory("300GiB", group=["a", "b"])], "min", []),
        ([memory("300GiB", group=["a"])], "sum", []),
        ([memory("9GiB"), memory("300GiB", group=["a", "b"])], "sum", ["policy[1]: it names 2 groups and users"]),
        ([memory("300GiB", group=["a", "b"])], "sum", ["up to 600 GiB-hours; jupyterhub-usage-quotas counted 300 GiB"]),
    ],
)
def test_a_policy_that_counts_differently_is_named(policy: list[object], intersection: str, said: list[str]) -> None:
    sentences = list(differences(policy, parse(policy, {"intersection": intersection})))
    assert len(sentences) == len(said)
    for sentence, part in zip(sentences, said, strict=True):
        assert part in sentence


def test_options_without_effect_are_named() -> None:
    c = Config()
    for name in RETIRED:
        c.UsageConfig[name] = 1
    c.UsageViewer.footer_note = "x"
    sentences = list(retired(c))
    assert len(sentences) == len(RETIRED)
    assert "c.UsageConfig.dev_mode has no effect: there is no mock data. Remove it." in sentences


@pytest.mark.parametrize(("text", "expected"), [("<b>x</b>", True), ("a &amp; b", True), ("a < b > c & d", False)])
def test_markup_is_recognized(text: str, expected: bool) -> None:
    assert has_markup(text) is expected


def test_the_migration_page_lists_every_option_argument_and_variable() -> None:
    rows = "\n".join(line for line in PAGE.splitlines() if line.startswith("|"))
    known = {*UsageConfig.class_own_traits(config=True), *UsageQuotaManager.class_own_traits(config=True)}
    known |= set(UsageViewer.class_own_traits(config=True))
    new = {
        "prometheus_token_file", "prometheus_headers", "prometheus_tls", "prometheus_timeout", "series_labels",
        "pseudonym_salt_file", "check_after_hook", "count_requested", "gpu_resources", "cache_seconds", "grants_file",
        "group_leads", "group_leads_pattern", "cost_api_url", "cost_api_token_file", "metrics_prefix",
    }  # fmt: skip
    for name in {*RETIRED, *known} - new:
        assert re.search(rf"`(Usage\w+\.)?{name}`", rows), name
    for alias in UsagePageApp.aliases:
        assert f"`--{alias}`" in rows, alias
    for name in (
        "PROMETHEUS_URL", "PROMETHEUS_USERNAME", "PROMETHEUS_PASSWORD", "HUB_NAMESPACE", "SESSION_SECRET_KEY",
        "METRICS_TOKEN",
    ):  # fmt: skip
        assert f"`JUPYTERHUB_USAGE_QUOTAS_{name}`" in rows
    for metric in ("fail_open_total", "prometheus_error_total", "hub_api_error_total", "service_error_total"):
        assert f"`jupyterhub_usage_quotas_{metric}`" in rows
    for kind in ("usage", "limit"):
        assert f"`jupyterhub_memory_{kind}_byte_hours_total`" in rows
    assert all(f"| {status} " in rows for status in (404, 422, 424))


def test_each_difference_has_a_reason() -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines() if line.startswith("| ")]
    assert len(rows) > 40
    assert [was for was, now, why in rows if not (was and now) or not (why or now.startswith("the same"))] == []


def test_variables_of_the_replaced_tool_are_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = "JUPYTERHUB_USAGE_QUOTAS_"
    for name, value in (
        ("PROMETHEUS_URL", "http://p"), ("PROMETHEUS_USERNAME", "u"), ("PROMETHEUS_PASSWORD", "secret"),
        ("HUB_NAMESPACE", "prod"), ("SESSION_SECRET_KEY", "k"),
    ):  # fmt: skip
        monkeypatch.setenv(prefix + name, value)
    monkeypatch.setenv("JUPYTERHUB_PUBLIC_HUB_URL", "https://x.org/hub/")
    viewer = UsageViewer()
    assert (viewer.prometheus_url, viewer.hub_namespace) == ("http://p", "prod")
    assert viewer.prometheus_auth == {"username": "u", "password": "secret"}
    assert (viewer.session_secret_key, viewer.public_hub_url) == ("k", "https://x.org/hub/")
    assert UsageViewer(prometheus_url="http://q", prometheus_auth={}).prometheus_url == "http://q"
    monkeypatch.delenv(f"{prefix}PROMETHEUS_PASSWORD")
    with pytest.raises(ConfigError, match="set both or none of the environment variables"):
        _ = UsageViewer().prometheus_auth


def test_no_credentials_may_be_an_empty_mapping() -> None:
    manager = UsageQuotaManager(prometheus_auth={})
    with manager.session() as session:
        assert session.auth is None


def test_lines_that_set_nothing_or_a_tuple_are_named_without_values(tmp_path: Path) -> None:
    file = tmp_path / "secret.py"
    file.write_text(
        'c.UsageConfig.prometheus_auth = {\n    "username": "u",\n},\n'
        'c.UsageViewer.session_secret_key: "very-secret"\n'
        'c.UsageConfig.hub_namespace = "prod"\nd.UsageConfig.x: 5\nx: int\nc.JupyterHub.ip: "x"\n',
        encoding="utf-8",
    )
    broken = tmp_path / "broken.py"
    broken.write_text("c.UsageConfig =\n", encoding="utf-8")
    found = list(slips([file, broken, tmp_path / "missing.py"]))
    assert (
        found[0] == f"line 1 of {file} sets a tuple: remove the comma after the value of c.UsageConfig.prometheus_auth"
    )
    assert found[1].startswith(f"line 4 of {file} sets nothing: write c.UsageViewer.session_secret_key = ...")
    assert len(found) == 3, "d is a configuration too, under another name"
    assert "very-secret" not in "".join(found)
