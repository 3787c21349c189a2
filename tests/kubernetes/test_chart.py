"""The chart on a real API server: installed by Helm beside a hub, validated strictly, admitted, removed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hubmeter_generator import settings
from tests.chart.charts import CHART, objects, the
from tests.chart.sites import SITES
from tests.kubernetes.cluster import Cluster, ClusterError
from tests.kubernetes.conftest import HUB, RECORDED
from tests.kubernetes.helm import Helm
from tests.kubernetes.node import Node
from tests.kubernetes.recording import Recording
from tests.unit.generator.sites import DEFAULTS_AND_MANY, files

RELEASE = "app.kubernetes.io/instance=hubmeter"
HELM = "owner=helm,name=hubmeter"  # the Secrets of its release


def made_by_release(cluster: Cluster, namespace: str) -> list[str]:
    """Return every object of the release and every Secret of Helm's, of whatever kind."""
    kinds = cluster.kubectl("api-resources", "--namespaced", "--verbs=list", "--output=name").split()
    # Events outlive their objects; the kubelet's and the controllers' have no such label, endpoints are deleted late.
    kinds = [kind for kind in kinds if not kind.startswith("events")]
    found = cluster.kubectl("get", ",".join(kinds), "-n", namespace, "-l", RELEASE, "-o", "name").split()
    return found + cluster.kubectl("get", "secrets", "-n", namespace, "-l", HELM, "-o", "name").split()


def interval(cluster: Cluster) -> str:
    container = cluster.get("deployment", "hubmeter-exporter", "-n", HUB)["spec"]["template"]["spec"]["containers"][0]
    (found,) = (argument for argument in container["args"] if argument.startswith("--update_exporter_interval"))
    return str(found).partition("=")[2]


def test_a_release_with_defaults_is_ready_changes_goes_back_and_leaves_nothing(
    cluster: Cluster, hub: dict[str, str], helm: Helm
) -> None:
    administrator = ("-H", f"Authorization: token {hub['administrator']}")
    for path, body in (("users/ana", ""), ("groups/bio", ""), ("groups/bio/users", '{"users": ["ana"]}')):
        cluster.curl(HUB, "hub", 8081, f"/hub/api/{path}", "-X", "POST", *administrator, "-d", body)
    assert made_by_release(cluster, HUB) == []
    helm(
        "install", "hubmeter", str(CHART), "--wait", "--timeout=180s", namespace=HUB
    )  # --wait: ready, so the groups have been read
    assert interval(cluster) == "3600"
    assert 'usergroup="bio"' in cluster.curl(HUB, "hubmeter-exporter", 9090, "/metrics")
    helm("upgrade", "hubmeter", str(CHART), "--set=exporter.interval=60", "--wait", "--timeout=180s", namespace=HUB)
    assert interval(cluster) == "60"
    helm("rollback", "hubmeter", "1", "--wait", "--timeout=180s", namespace=HUB)
    assert interval(cluster) == "3600"
    assert made_by_release(cluster, HUB)
    helm("uninstall", "hubmeter", "--wait", "--timeout=180s", namespace=HUB)
    cluster.wait_for("namespace without objects of the release", lambda: made_by_release(cluster, HUB) == [], 60)


@pytest.mark.usefixtures("hub")
def test_helm_test_succeeds_once_nothing_is_missing_and_fails_with_the_fix(
    node: Node, helm: Helm, prometheus: Recording, tmp_path: Path
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(
        yaml.safe_dump({"test": {"prometheusUrl": prometheus.url}, "settings": {**RECORDED, "windows": ["1d"]}}),
        encoding="utf-8",
    )
    release = ("hubmeter", str(CHART), f"--values={values}", "--wait", "--timeout=180s")
    helm("install", *release, namespace=HUB)

    def succeeds() -> bool:  # fails until Prometheus has scraped the exporter and the rules have run
        return "nothing required is missing" in helm("test", "hubmeter", "--logs", namespace=HUB)

    try:
        node.wait_for("success of helm test", succeeds, 180)
        helm("upgrade", *release, "--set=settings.windows={90d}", namespace=HUB)
        with pytest.raises(ClusterError, match="hubmeter-test failed"):
            helm("test", "hubmeter", namespace=HUB)
        said = node.kubectl("logs", "hubmeter-test", "-n", HUB)
        assert "missing  history              Prometheus keeps 15 days, less than the window of 90d" in said
        assert "fix: raise --storage.tsdb.retention.time" in said
    except BaseException:
        print(node.kubectl("logs", "hubmeter-test", "-n", HUB))
        raise
    finally:
        helm("uninstall", "hubmeter", "--wait", "--timeout=180s", namespace=HUB)
        # Helm does not remove what hooks have made.
        node.kubectl("delete", "pod", "hubmeter-test", "-n", HUB, "--ignore-not-found")


def validated(cluster: Cluster, manifests: list[dict[str, Any]]) -> int:
    """Let the server validate objects strictly in the namespace ``default``; return how many it takes."""
    for manifest in manifests:  # the namespaces that examples name are not made
        manifest["metadata"]["namespace"] = "default"
        if manifest["kind"] == "Pod":  # nor are PriorityClasses, without which the admission refuses a pod
            manifest["spec"].pop("priorityClassName", None)
    text = yaml.safe_dump_all(manifests)
    # Not `apply`: its annotation is too long for the rules of many windows.
    said = cluster.kubectl("create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=text)
    return said.count("(server dry run)")


@pytest.mark.parametrize("site", SITES)
@pytest.mark.usefixtures("crds")
def test_the_server_validates_what_is_installed(cluster: Cluster, site: str) -> None:
    # The Go module with the definitions of Google's managed Prometheus is not to be had.
    known = [each for each in objects(SITES[site], namespace="default") if each["kind"] != "ClusterRules"]
    assert validated(cluster, known) == len(known) > 0


@DEFAULTS_AND_MANY
@pytest.mark.usefixtures("crds")
def test_the_server_validates_generated_prometheus_rules(cluster: Cluster, site: settings.Settings) -> None:
    names = ("hubmeter", "hubmeter-alerts")
    rules = [yaml.safe_load(files(site)[f"kubernetes/{name}.prometheusrule.yaml"]) for name in names]
    assert validated(cluster, rules) == len(names)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"evry": "1m"}, r'unknown field "spec.groups\[0\].evry"'),
        ({"name": ""}, r"spec.groups\[0\].name in body should be at least 1 chars long"),
        ({"interval": "1 minute"}, r"spec.groups\[0\].interval in body should match"),
    ],
)
@pytest.mark.usefixtures("crds")
def test_the_server_refuses_an_invalid_rule_group(cluster: Cluster, change: dict[str, str], complaint: str) -> None:
    rule = the(objects({"rules": {"enabled": True}}, namespace="default"), "PrometheusRule", "hubmeter")
    rule["spec"]["groups"][0].update(change)
    with pytest.raises(ClusterError, match=complaint):
        validated(cluster, [rule])


def test_a_restricted_namespace_takes_the_pods(cluster: Cluster, namespace: Callable[..., str]) -> None:
    restricted = namespace("restricted", {"pod-security.kubernetes.io/enforce": "restricted"})
    values = yaml.safe_load((CHART / "examples" / "costs-static.yaml").read_text(encoding="utf-8"))
    cluster.apply(*objects(values, namespace=restricted))

    def created() -> set[str]:
        pods = cluster.get("pods", "-n", restricted)["items"]
        return {pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in pods}

    cluster.wait_for("pods of both exporters and of helm test", lambda: created() == {"exporter", "costs", "test"}, 60)
    with pytest.raises(ClusterError, match='violates PodSecurity "restricted'):
        cluster.apply(_pod(restricted, cluster.pause))


def _pod(namespace: str, image: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "root", "namespace": namespace},
        "spec": {"containers": [{"name": "root", "image": image}]},
    }


@pytest.mark.usefixtures("crds")
def test_a_release_with_rules_and_dashboards_fits_into_its_secret(
    cluster: Cluster, helm: Helm, namespace: Callable[..., str]
) -> None:
    own = namespace("secret")
    values = str(CHART / "examples" / "kube-prometheus-stack.yaml")
    helm("install", "hubmeter", str(CHART), f"--values={values}", namespace=own)
    (secret,) = cluster.get("secrets", "-n", own, "-l", HELM)["items"]
    size = len(json.dumps(secret["data"]))
    assert 100_000 < size < 700_000, "Kubernetes allows 1 MiB"
    helm("uninstall", "hubmeter", "--wait", "--timeout=180s", namespace=own)
    cluster.wait_for("namespace without objects of the release", lambda: made_by_release(cluster, own) == [], 60)
