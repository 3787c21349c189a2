"""The chart on a real API server: installed by Helm beside a hub, validated strictly, admitted, removed."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.charts import CHART, objects, the
from tests.kubernetes.conftest import HUB
from tests.kubernetes.node import Node, NodeError

Helm = Callable[..., str]

EXAMPLES = sorted((CHART / "examples").glob("*.yaml"))
RELEASE = "app.kubernetes.io/instance=hubmeter"


@pytest.fixture
def helm(node: Node, tmp_path: Path) -> Helm:
    """Helm 3 with the node's API server; returns its output."""
    program = shutil.which("helm", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("the package helm-binary has Helm 3 for x86-64 only")
    environment = {f"HELM_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
    environment["HOME"] = str(tmp_path)  # Helm caches the server's kinds of objects in ~/.kube

    def run(*arguments: str, namespace: str = HUB) -> str:
        command = node.inside(program, f"--kubeconfig={node.kubeconfig}", f"--namespace={namespace}", *arguments)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def made_by_release(node: Node, namespace: str) -> list[str]:
    """Return every object of the release and every Secret of Helm's, of whatever kind."""
    kinds = node.kubectl("api-resources", "--namespaced", "--verbs=list", "--output=name").split()
    # Events outlive their objects; the kubelet's and the controllers' have no such label, endpoints are deleted late.
    kinds = [kind for kind in kinds if not kind.startswith("events")]
    found = node.kubectl("get", ",".join(kinds), "-n", namespace, "-l", RELEASE, "-o", "name").split()
    return found + node.kubectl("get", "secrets", "-n", namespace, "-l", "owner=helm", "-o", "name").split()


def interval(node: Node) -> str:
    container = node.get("deployment", "hubmeter-exporter", "-n", HUB)["spec"]["template"]["spec"]["containers"][0]
    (found,) = (argument for argument in container["args"] if argument.startswith("--update_exporter_interval"))
    return str(found).partition("=")[2]


def test_a_release_with_defaults_is_ready_changes_goes_back_and_leaves_nothing(
    node: Node, hub: dict[str, str], helm: Helm
) -> None:
    hub_of = f"http://{node.get('service', 'hub', '-n', HUB)['spec']['clusterIP']}:8081/hub/api"
    for path, body in (("users/ana", ""), ("groups/bio", ""), ("groups/bio/users", '{"users": ["ana"]}')):
        authorization = f"Authorization: token {hub['administrator']}"
        node.run("curl", "-sSf", "-X", "POST", "-H", authorization, "-d", body, f"{hub_of}/{path}")
    assert made_by_release(node, HUB) == []
    helm("install", "hubmeter", str(CHART), "--wait", "--timeout=180s")  # --wait: ready, so the groups have been read
    assert interval(node) == "3600"
    address = node.get("service", "hubmeter-exporter", "-n", HUB)["spec"]["clusterIP"]
    metrics = node.run("curl", "-sSf", f"http://{address}:9090/metrics").stdout
    assert 'usergroup="bio"' in metrics
    helm("upgrade", "hubmeter", str(CHART), "--set=exporter.interval=60", "--wait", "--timeout=180s")
    assert interval(node) == "60"
    helm("rollback", "hubmeter", "1", "--wait", "--timeout=180s")
    assert interval(node) == "3600"
    assert made_by_release(node, HUB)
    helm("uninstall", "hubmeter", "--wait", "--timeout=180s")
    node.wait_for("namespace without objects of the release", lambda: made_by_release(node, HUB) == [], 60)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.usefixtures("crds")
def test_the_server_validates_an_example_strictly(node: Node, example: Path) -> None:
    rendered = objects(yaml.safe_load(example.read_text(encoding="utf-8")), namespace="default")
    # The Go module with the definitions of Google's managed Prometheus is not to be had.
    known = [each for each in rendered if each["kind"] != "ClusterRules"]
    for each in known:  # namespaces that the example names are not made here
        each["metadata"]["namespace"] = "default"
    said = node.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=yaml.safe_dump_all(known))
    assert said.count("(server dry run)") == len(known) > 0


@pytest.mark.usefixtures("crds")
def test_the_server_refuses_an_unknown_field(node: Node) -> None:
    rule = the(objects({"rules": {"enabled": True}}, namespace="default"), "PrometheusRule", "hubmeter")
    rule["spec"]["groups"][0]["evry"] = "1m"
    with pytest.raises(NodeError, match=r'unknown field "spec.groups\[0\].evry"'):
        node.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", stdin=yaml.safe_dump(rule))


def _restricted(node: Node, name: str) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    node.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    node.wait_for("ServiceAccount", lambda: bool(node.get("serviceaccount", "default", "-n", name)), 60)


def test_a_restricted_namespace_takes_the_pods(node: Node) -> None:
    _restricted(node, "restricted")
    values = yaml.safe_load((CHART / "examples" / "costs-static.yaml").read_text(encoding="utf-8"))
    node.apply(*objects(values, namespace="restricted"))

    def created() -> set[str]:
        pods = node.get("pods", "-n", "restricted")["items"]
        return {pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in pods}

    node.wait_for("pods of both exporters", lambda: created() == {"exporter", "costs"}, 60)
    with pytest.raises(NodeError, match='violates PodSecurity "restricted'):
        node.apply(_pod("restricted"))
    node.kubectl("delete", "namespace", "restricted", timeout=180)


def _pod(namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "root", "namespace": namespace},
        "spec": {"containers": [{"name": "root", "image": "local/pause:1"}]},
    }


@pytest.mark.usefixtures("crds")
def test_a_release_with_rules_and_dashboards_fits_into_its_secret(node: Node, helm: Helm) -> None:
    values = str(CHART / "examples" / "kube-prometheus-stack.yaml")
    helm("install", "hubmeter", str(CHART), f"--values={values}", "--create-namespace", namespace="secret")
    (secret,) = node.get("secrets", "-n", "secret", "-l", "owner=helm")["items"]
    size = len(json.dumps(secret["data"]))
    assert 100_000 < size < 700_000, "Kubernetes allows 1 MiB"
    helm("uninstall", "hubmeter", "--wait", "--timeout=180s", namespace="secret")
    node.wait_for("namespace without objects of the release", lambda: made_by_release(node, "secret") == [], 60)
