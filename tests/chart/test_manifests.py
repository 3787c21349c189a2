"""What is installed: valid for Kubernetes, as committed, and safe where it matters.

tests/kubernetes has the operators' own validation.
"""

import gzip
import json
import re
import tomllib
from base64 import b64encode
from functools import cache
from typing import Any

import helm_python
import kubernetes_validate
import pytest
import yaml

from hubmeter_generator import dashboards
from tests.chart import golden
from tests.chart.charts import CHART, ROOT, Json, manifests, objects, of_kind, the
from tests.chart.sites import EVERYTHING, SITES

TOOLS = ROOT / ".tools"
MIB = 1024 * 1024
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
ALL_SITES = pytest.mark.parametrize("site", SITES)


@cache
def rendered(site: str) -> list[Json]:
    return objects(SITES[site])


@ALL_SITES
def test_lint_has_nothing_to_say_but_that_there_is_no_icon(site: str) -> None:
    report = helm_python.lint(CHART, SITES[site], strict=True)
    assert report["total_charts_linted"] == 1
    assert report["errors"] == []
    assert [message["error"] for message in report["messages"]] == ["icon is recommended"]


@ALL_SITES
@pytest.mark.parametrize("version", ["1.25", kubernetes_validate.latest_version()])
def test_kubernetes_takes(site: str, version: str) -> None:
    seen = set()
    for found in rendered(site):
        if "." not in found["apiVersion"].split("/")[0] or found["apiVersion"].split("/")[0].endswith(".k8s.io"):
            kubernetes_validate.validate(found, version, strict=True)
            seen.add(found["kind"])
    assert seen, "nothing was looked at"


def test_cluster_rules_are_of_the_whole_cluster() -> None:
    found = of_kind(rendered("google-managed-prometheus"), "ClusterRules")
    assert [(one["apiVersion"], one["metadata"]["name"]) for one in found] == [
        ("monitoring.googleapis.com/v1", "hubmeter"),
        ("monitoring.googleapis.com/v1", "hubmeter-alerts"),
    ]
    assert all("namespace" not in one["metadata"] for one in found)


def test_dashboards_for_the_grafana_operator_have_what_its_api_reference_names() -> None:
    found = of_kind(rendered("google-managed-prometheus"), "GrafanaDashboard")
    assert len(found) == len(dashboards.BUILDERS)
    for one in found:
        assert one["apiVersion"] == "grafana.integreatly.org/v1beta1"
        assert set(one["spec"]) == {"instanceSelector", "allowCrossNamespaceImport", "folder", "json"}
        assert one["spec"]["instanceSelector"] == {"matchLabels": {"dashboards": "grafana"}}
        assert json.loads(one["spec"]["json"])["uid"].startswith("hubmeter-")


def test_dashboards_for_the_sidecar_are_one_a_config_map_with_label_and_folder() -> None:
    found = of_kind(rendered("kube-prometheus-stack"), "ConfigMap")
    assert [list(one["data"]) for one in found] == [[f"hubmeter-{name}.json"] for name in sorted(dashboards.BUILDERS)]
    for one in found:
        assert one["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert one["metadata"]["annotations"] == {"grafana_folder": "JupyterHub"}


@ALL_SITES
def test_no_config_map_is_larger_than_kubernetes_takes(site: str) -> None:
    sizes = [sum(len(text.encode()) for text in one["data"].values()) for one in of_kind(rendered(site), "ConfigMap")]
    assert not [size for size in sizes if size > MIB]


def test_even_the_largest_rules_fit_a_config_map() -> None:
    site = {"windows": [f"{days}d" for days in range(1, 15)], "cluster_label": "k8s"}
    made = objects({"rules": {"enabled": True, "kind": "ConfigMap"}, "settings": site})
    assert 100_000 < sum(len(text.encode()) for text in the(made, "ConfigMap")["data"].values()) < MIB


def test_a_release_fits_the_secret_that_helm_keeps_it_in() -> None:
    """Helm gzips a release, chart and manifests both, and encodes it; Kubernetes encodes it once more."""
    with helm_python.Chart.load(CHART) as chart:
        files = [[file["name"], b64encode(file["data"].encode()).decode()] for file in chart.files + chart.templates]
    release = json.dumps([files, list(manifests(EVERYTHING).values())]).encode()
    assert 50_000 < len(b64encode(gzip.compress(release))) * 4 / 3 < 700_000


@ALL_SITES
def test_every_object_is_labelled_and_in_a_namespace(site: str) -> None:
    names = set()
    for one in rendered(site):
        labels = one["metadata"]["labels"]
        assert labels["app.kubernetes.io/part-of"] == "hubmeter"
        assert labels["helm.sh/chart"] == f"hubmeter-{VERSION}"
        assert ("namespace" in one["metadata"]) is (one["kind"] != "ClusterRules")
        names.add((one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]))
    assert len(names) == len(rendered(site)), "two objects have the same name"


@ALL_SITES
def test_pods_have_no_rights_they_do_not_need(site: str) -> None:
    pods = [one["spec"]["template"]["spec"] for one in of_kind(rendered(site), "Deployment")]
    of_test = [one["spec"] for one in of_kind(rendered(site), "Pod")]
    jobs = [one["spec"]["jobTemplate"]["spec"]["template"]["spec"] for one in of_kind(rendered(site), "CronJob")]
    assert len(jobs) == (site in {"everything", "reports"})
    for pod in [*pods, *of_test, *jobs]:
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]
    for container in (container for pod in pods for container in pod["containers"]):
        assert container["livenessProbe"]
        assert container["readinessProbe"]
    assert [pod["serviceAccountName"] for pod in of_test] in ([], ["default"])
    for one in of_kind(rendered(site), "ServiceAccount"):
        assert one["automountServiceAccountToken"] is False


@ALL_SITES
def test_each_pod_is_selected_by_its_service_its_policy_and_nothing_elses(site: str) -> None:
    made = rendered(site)
    pods = {
        one["metadata"]["name"]: one["spec"]["template"]["metadata"]["labels"] for one in of_kind(made, "Deployment")
    }
    jobs = {
        one["metadata"]["name"]: one["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
        for one in of_kind(made, "CronJob")
    }
    selectors = [(one, one["spec"]["selector"]) for one in of_kind(made, "Service")]
    selectors += [(one, one["spec"]["podSelector"]["matchLabels"]) for one in of_kind(made, "NetworkPolicy")]
    selectors += [(one, one["spec"]["selector"]["matchLabels"]) for one in of_kind(made, "Deployment")]
    assert len(selectors) == 3 * len(pods) + len(jobs)  # of a job there is a policy only
    pods |= jobs
    for one, selector in selectors:
        selected = [name for name, labels in pods.items() if selector.items() <= labels.items()]
        assert selected == [one["metadata"]["name"]]
    services = {one["metadata"]["name"]: one["metadata"]["labels"] for one in of_kind(made, "Service")}
    of_the_hub = [one for one in of_kind(made, "ServiceMonitor") if one["metadata"]["name"].endswith("-hub")]
    assert len(of_the_hub) == (site == "everything")
    for one in of_kind(made, "ServiceMonitor"):
        if one in of_the_hub:
            continue  # it selects a Service of Zero to JupyterHub
        selector = one["spec"]["selector"]["matchLabels"]
        found = [name for name, labels in services.items() if selector.items() <= labels.items()]
        assert found == [one["metadata"]["name"]]
        assert [endpoint["honorLabels"] for endpoint in one["spec"]["endpoints"]] == [True]


@ALL_SITES
def test_no_token_stands_in_what_is_installed(site: str) -> None:
    made = rendered(site)
    assert of_kind(made, "Secret") == []
    for one in of_kind(made, "Deployment"):
        (container,) = one["spec"]["template"]["spec"]["containers"]
        assert [variable for variable in container.get("env", []) if "TOKEN" in variable["name"]] == []
        options = [word for word in container.get("args", []) if "token" in word]
        assert all(re.fullmatch(r"--\w+_token_file=/[\w/]+", word) for word in options)


@pytest.mark.parametrize("example", golden.EXAMPLES)
def test_an_example_renders_to_what_is_committed(example: str) -> None:
    committed = (golden.EXPECTED / f"{example}.yaml").read_text(encoding="utf-8")
    assert golden.text(example) == committed, (
        "if this is meant: python -m tests.chart.golden, and look at the difference"
    )


def test_no_committed_manifest_is_left_over() -> None:
    assert sorted(path.stem for path in golden.EXPECTED.iterdir()) == golden.EXAMPLES


@ALL_SITES
def test_the_notes_have_no_hole_and_say_where_to_look(site: str) -> None:
    (notes,) = (text for path, text in manifests(SITES[site]).items() if path.endswith("NOTES.txt"))
    assert "docs/install.md" in notes
    assert not re.search(r"<no value>|<nil>|%!|\n\n\n", notes)
    assert max(map(len, notes.splitlines())) <= 150


def test_the_package_holds_what_the_chart_needs_and_nothing_else(tmp_path: Any) -> None:
    with helm_python.Chart.load(helm_python.package(CHART, destination=tmp_path)) as packed:
        files = {file["name"] for file in packed.files}
        assert packed.schema is not None
        again = packed.render(SITES["kube-prometheus-stack"], name="hubmeter", namespace="prod")
    assert {name.split("/")[0] for name in files} == {".helmignore", "README.md", "files"}
    assert {path: text for path, text in sorted(again.items()) if text.strip()} == manifests(
        SITES["kube-prometheus-stack"]
    )


def test_the_chart_has_the_version_of_the_programs() -> None:
    described = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert (described["version"], described["appVersion"]) == (VERSION, VERSION)
