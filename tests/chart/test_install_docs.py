"""What docs/install.md shows is what works: its values are rendered, and fit the values of the charts around ours."""

import re

import pytest
import yaml

from hubmeter_generator.operate.checks.prometheus import DAYS_OF_MONTHS
from tests.chart.charts import CHART, ROOT, Json, objects, of_kind, the

PAGE = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")


def titled(page: str) -> list[tuple[str, str]]:
    """Return the YAML blocks of a page: the comment in their first line, and the rest."""
    return re.findall(r"(?ms)^```yaml\n# ([^\n]+)\n(.*?)^```", page)


BLOCKS = titled(PAGE)


def blocks(of: str) -> list[Json]:
    return [yaml.safe_load(text) for title, text in BLOCKS if of in title]


def only_block(page: str, title: str) -> Json:
    """Return the values of the only block with this title on another page of docs."""
    (text,) = (text for of, text in titled((ROOT / "docs" / page).read_text(encoding="utf-8")) if of == title)
    values: Json = yaml.safe_load(text)
    return values


@pytest.mark.parametrize("values", blocks("hubmeter"))
def test_the_chart_takes(values: Json) -> None:
    assert objects(values)


def test_there_are_blocks_for_ours_and_for_the_charts_around_it() -> None:
    titles = [title for title, _ in BLOCKS]
    assert titles.count("hubmeter") == 2
    others = {
        "kube-prometheus-stack, prometheus", "kube-prometheus-stack", "prometheus", "Chart.yaml",
        "jupyterhub", "jupyterhub with Argo CD, in addition",
    }  # fmt: skip
    assert set(titles) == {"hubmeter", "hubmeter in the namespace support", "hubmeter, to check", *others}


def test_the_chart_comes_from_where_releases_put_it() -> None:
    described = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    owner, name = described["home"].removeprefix("https://github.com/").split("/")
    released = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert "https://${{ github.repository_owner }}.github.io/${{ github.event.repository.name }}" in released
    commands = re.findall(
        r"^ +helm install (.+)$", PAGE + (CHART / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(commands) == 4
    for command in commands:
        assert command.startswith(f"hubmeter hubmeter --repo https://{owner}.github.io/{name} ")
    (ours,) = (one["dependencies"] for one in blocks("Chart.yaml"))
    assert (ours[0]["repository"], ours[0]["version"]) == (f"https://{owner}.github.io/{name}", described["version"])


def test_the_hub_makes_the_token_that_the_exporter_reads_and_grants_two_scopes() -> None:
    hub, fixed = (values["hub"] for values in blocks("jupyterhub"))
    (service,) = hub["services"]
    (token,) = the(objects(), "Deployment")["spec"]["template"]["spec"]["volumes"]
    assert token["secret"]["items"] == [{"key": f"hub.services.{service}.apiToken", "path": "token"}]
    assert list(fixed["services"]) == [service]
    assert list(fixed["services"][service]) == ["apiToken"]
    (role,) = hub["loadRoles"].values()
    assert role == {"scopes": ["list:users", "read:users:groups"], "services": [service]}


def test_the_migration_keeps_the_token_and_the_counting_of_the_replaced_chart() -> None:
    values = only_block("migrating/groups-exporter.md", "hubmeter")
    pod = the(objects(values), "Deployment")["spec"]["template"]["spec"]
    key = "hub.services.jupyterhub-groups-exporter.apiToken"
    assert pod["volumes"][0]["secret"]["items"] == [{"key": key, "path": "token"}]
    assert "--multiple_groups=all" in pod["containers"][0]["args"]


def test_prometheus_mounts_the_rules_of_our_config_map_where_it_reads_them() -> None:
    (values,) = (found for found in blocks("prometheus") if "server" in found)
    (ours,) = blocks("namespace support")
    rules = the(objects(ours, namespace="support"), "ConfigMap", "-rules")
    (mount,) = values["server"]["extraConfigmapMounts"]
    reloader = values["configmapReload"]["prometheus"]
    assert mount["configMap"] == rules["metadata"]["name"]
    assert reloader["extraConfigmapMounts"] == [mount]
    assert reloader["extraVolumeDirs"] == [mount["mountPath"]]
    assert f"{mount['mountPath']}/*.yaml" in values["serverFiles"]["prometheus.yml"]["rule_files"]
    assert {name.rsplit(".", 1)[1] for name in rules["data"]} == {"yaml"}


def test_prometheus_keeps_as_many_days_as_the_doctor_asks_for() -> None:
    (own,) = (values["server"] for values in blocks("prometheus") if "server" in values)
    (of_the_stack,) = (values["prometheus"]["prometheusSpec"] for values in blocks("stack") if "prometheus" in values)
    assert own["retention"] == of_the_stack["retention"] == f"{DAYS_OF_MONTHS}d"


def test_the_operator_finds_monitors_and_rules_by_the_same_label() -> None:
    labelled = objects(blocks("hubmeter")[0])
    found = [
        one["metadata"]["labels"] for kind in ("ServiceMonitor", "PrometheusRule") for one in of_kind(labelled, kind)
    ]
    assert [labels["release"] for labels in found] == ["kube-prometheus-stack"] * 3


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", PAGE):
        assert (ROOT / "docs" / link).exists(), link


def test_every_value_the_page_names_exists() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    sections = "|".join(key for key, value in values.items() if isinstance(value, dict) and value)
    named = set(re.findall(rf"`((?:{sections})(?:\.\w+)+)(?:: [^`]*)?`", PAGE))
    assert len(named) >= 15
    of_the_hub = {
        "hub.services",
        "hub.existingSecret",
        "hub.networkPolicy.interNamespaceAccessLabels",
        "hub.services.groups-exporter.apiToken",
    }
    for name in named - of_the_hub:
        found = values
        for key in name.split("."):
            assert key in found, name
            found = found[key]


def test_the_page_of_prerequisites_makes_the_token_that_reads_the_hubs_metrics() -> None:
    hub = only_block("prerequisites.md", "jupyterhub")["hub"]
    (service,) = hub["services"]
    metrics = {"hub": {"metrics": {"enabled": True}}, "scrape": {"method": "serviceMonitor"}}
    (endpoint,) = the(objects(metrics), "ServiceMonitor", "-hub")["spec"]["endpoints"]
    assert endpoint["authorization"]["credentials"]["key"] == f"hub.services.{service}.apiToken"
    assert hub["loadRoles"] == {service: {"scopes": ["read:metrics"], "services": [service]}}
    (rule,) = hub["networkPolicy"]["ingress"]
    ours = the(objects(), "NetworkPolicy")["spec"]["ingress"][0]
    assert rule["from"] == ours["from"]


def test_the_page_of_upgrades_names_releases_and_values_that_exist() -> None:
    page = (ROOT / "docs" / "upgrading.md").read_text(encoding="utf-8")
    assert [
        one["metadata"]["name"]
        for one in of_kind(objects({"rules": {"enabled": True}}, name="my.rules"), "PrometheusRule")
    ] == [
        "my-rules-hubmeter",
        "my-rules-hubmeter-alerts",
    ]
    assert "`my-rules-hubmeter`" in page
    settings = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))["settings"]
    (named,) = re.findall(r"New settings: (.*)\.", page)
    assert set(re.findall(r"`(\w+)`", named)) <= settings.keys()
