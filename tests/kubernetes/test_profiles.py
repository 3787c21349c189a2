"""Profiles with the real KubeSpawner and API server: what servers get, what remains, rights, and refusals."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import yaml

from tests.chart.charts import objects, of_kind
from tests.kubernetes.custom_resources import image_stream
from tests.kubernetes.lab import Json, Lab, message

PROFILES: Final = "jupyterhub-singleuser-profiles.yaml"
REPOSITORY: Final = "docker.io/library/hubmeter-e2e-site"
LABEL: Final = {"jupyterhub.opendatahub.io/user": "profile"}
USERS: Final = {"ana": ("spark",), "ben": (), "eva": ("spark",), "kim": ()}
CHART: Final = {
    "profiles": {
        "rbac": True,
        "imageStreams": True,
        "services": [
            {"apiGroups": ["radanalytics.io"], "resources": ["sparkclusters"]},
            {"apiGroups": [""], "resources": ["services"]},
        ],
    }
}
FIRST: Final = """
profiles:
  - {name: globals, env: {GREETING: hello}}
sizes:
  - {name: Small, resources: {requests: {memory: 32Mi}, limits: {memory: 64Mi}}}
"""
SECOND: Final = """
profiles:
  - name: Spark
    groups: [spark]
    services:
      cluster:
        resources: [{name: templates, path: cluster}]
        configuration: {workers: 2}
        return: {SPARK_CLUSTER: metadata.name}
      master:
        resources: [{name: templates, path: master}]
        return: {SPARK_ADDRESS: spec.clusterIP}
"""
TEMPLATES: Final = {
    "cluster": """
apiVersion: radanalytics.io/v1
kind: SparkCluster
metadata: {name: "spark-{{ user }}"}
spec: {worker: {instances: "{{ workers }}"}}
""",
    "master": """
apiVersion: v1
kind: Service
metadata: {name: "master-{{ user }}"}
spec: {selector: {app: "spark-{{ user }}"}, ports: [{port: 7077}]}
""",
}


def config_map(lab: Lab, name: str, data: Mapping[str, str], labels: Mapping[str, str]) -> Json:
    metadata = {"name": name, "namespace": lab.namespace, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(data)}


def rights(lab: Lab) -> list[Json]:
    """Return the chart's Role and RoleBinding."""
    rendered = objects(CHART, namespace=lab.namespace)
    return [each for kind in ("Role", "RoleBinding") for each in of_kind(rendered, kind)]


@pytest.fixture(scope="module", autouse=True)
def profiles(lab: Lab) -> None:
    """Profiles in two ConfigMaps, templates, an ImageStream, the chart's Role, and users."""
    node = lab.node
    node.apply(*rights(lab))
    node.apply(
        config_map(lab, "jupyter-singleuser-profiles", {PROFILES: FIRST}, {}),
        config_map(lab, "spark", {PROFILES: SECOND}, LABEL),
        config_map(lab, "templates", TEMPLATES, {}),
        image_stream(lab.namespace, "base", REPOSITORY, "latest", notebook_image_name="Base", default_image="true"),
        image_stream(lab.namespace, "other", "registry.example.org/other", "1", notebook_image_order="9"),
    )
    lab.add(USERS)
    # The first server of the hub may have started before there was a Role. From now on there are last valid profiles.
    assert lab.start("ana").status_code == 201
    lab.stop("ana")


@pytest.fixture(autouse=True)
def nothing_is_left(lab: Lab) -> Iterator[None]:
    """No server, and none of its services, outlives its test."""
    yield
    for user in USERS:
        if f"jupyter-{user}" in lab.names("pods"):
            lab.stop(user)
    lab.node.wait_for("namespace without services", lambda: left(lab) == set(), 30)


def left(lab: Lab) -> set[str]:
    """Return the names of the objects that exist for users' servers."""
    pods = lab.names("pods") & {f"jupyter-{user}" for user in USERS}
    return pods | lab.names("sparkclusters") | {name for name in lab.names("services") if name.startswith("master-")}


ANAS: Final = {"jupyter-ana", "spark-ana", "master-ana"}


def test_a_server_has_what_config_maps_and_image_streams_say(lab: Lab) -> None:
    started = lab.start("ana", {"profile": "hubmeter", "image": "base:latest", "size": "Small"})
    assert started.status_code == 201, started.text
    pod = lab.get("pod", "jupyter-ana")
    server = pod["spec"]["containers"][0]
    assert server["image"] == f"{REPOSITORY}:latest"
    assert server["resources"]["requests"]["memory"] == "32Mi"
    assert server["resources"]["limits"]["memory"] == "64Mi"
    env = {variable["name"]: variable.get("value") for variable in server["env"]}
    address = lab.get("service", "master-ana")["spec"]["clusterIP"]
    assert (env["GREETING"], env["SPARK_CLUSTER"], env["SPARK_ADDRESS"]) == ("hello", "spark-ana", address)
    labels = pod["metadata"]["labels"]
    assert (labels["hubmeter/profile"], labels["hubmeter/size"]) == ("Spark", "Small")
    assert lab.get("sparkcluster", "spark-ana")["spec"]["worker"]["instances"] == "2"
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "jupyter-ana", "uid": pod["metadata"]["uid"]}
    for kind, name in (("sparkcluster", "spark-ana"), ("service", "master-ana")):
        assert lab.get(kind, name)["metadata"]["ownerReferences"] == [owner]


def test_image_streams_are_offered_where_a_tag_is_imported(lab: Lab) -> None:
    refused = lab.start("kim", {"profile": "hubmeter", "image": "base:absent"})
    assert refused.status_code == 403
    assert message(refused) == (
        "There is no image 'base:absent' for you. You can choose from: other:1, base:latest."
    )  # fmt: skip


def test_a_changed_config_map_applies_to_the_next_server_without_a_restart(lab: Lab) -> None:
    lab.node.apply(config_map(lab, "third", {PROFILES: "profiles: [{name: third, env: {GREETING: hi}}]"}, LABEL))
    try:
        assert lab.start("ben").status_code == 201
    finally:
        lab.node.kubectl("delete", "configmap", "third", "-n", lab.namespace)
    server = lab.get("pod", "jupyter-ben")["spec"]["containers"][0]
    assert {"name": "GREETING", "value": "hi"} in server["env"]


# ---- what remains -------------------------------------------------------------------------------


def test_a_stopped_server_leaves_nothing_of_its_own_and_all_of_others(lab: Lab) -> None:
    for user in ("ana", "eva"):
        assert lab.start(user).status_code == 201
    assert left(lab) == ANAS | {"jupyter-eva", "spark-eva", "master-eva"}
    lab.stop("eva")
    lab.node.wait_for("nothing of eva", lambda: left(lab) == ANAS, 30)


def test_services_go_with_the_pod_while_the_hub_is_away_and_the_hub_comes_back(lab: Lab) -> None:
    assert lab.start("ana").status_code == 201
    assert lab.start("eva").status_code == 201
    lab.scale(0)
    assert left(lab) == ANAS | {"jupyter-eva", "spark-eva", "master-eva"}
    lab.node.kubectl("delete", "pod", "jupyter-ana", "-n", lab.namespace, "--now")
    lab.node.wait_for("nothing of ana", lambda: left(lab) == {"jupyter-eva", "spark-eva", "master-eva"}, 60)
    lab.scale(1)
    # The new process has not created eva's services itself, and still they go with her server.
    lab.node.wait_for("hub behind its proxy", lambda: lab.call("GET", "users").ok, 60)
    lab.stop("eva")
    lab.node.wait_for("nothing of eva", lambda: left(lab) == set(), 60)
    assert lab.start("ana").status_code == 201, "ana's server starts anew"
    assert left(lab) == ANAS


def test_a_service_that_exists_is_updated_and_goes_with_the_new_pod(lab: Lab) -> None:
    assert lab.start("ana").status_code == 201
    before = lab.get("sparkcluster", "spark-ana")
    lab.scale(0)
    # Without its owner: the garbage collector leaves the services there.
    lab.node.kubectl("delete", "pod", "jupyter-ana", "-n", lab.namespace, "--now", "--cascade=orphan")
    changed = TEMPLATES["cluster"].replace("worker: {instances:", "master: {instances:")
    lab.node.apply(config_map(lab, "templates", {**TEMPLATES, "cluster": changed}, {}))
    try:
        assert left(lab) == ANAS - {"jupyter-ana"}
        lab.scale(1)
        lab.node.wait_for("hub behind its proxy", lambda: lab.call("GET", "users").ok, 60)
        assert lab.start("ana").status_code == 201
    finally:
        lab.node.apply(config_map(lab, "templates", TEMPLATES, {}))
    now = lab.get("sparkcluster", "spark-ana")
    assert now["metadata"]["uid"] == before["metadata"]["uid"], "updated, not deleted"
    assert now["spec"] == {"master": {"instances": "2"}}, "nothing stays of the former template"
    (owner,) = now["metadata"]["ownerReferences"]
    assert owner["uid"] == lab.get("pod", "jupyter-ana")["metadata"]["uid"]


def test_servers_and_their_services_outlive_the_hub_s_objects(lab: Lab) -> None:
    assert lab.start("ana").status_code == 201
    kinds = ("deployment/hub", "serviceaccount/hub", "role/hub", "rolebinding/hub")
    kept = [lab.get(*kind.split("/")) for kind in kinds]
    lab.node.kubectl("delete", *kinds, "-n", lab.namespace, "--wait=true")
    try:
        lab.node.kubectl("wait", "--for=delete", "pod", "-l", "component=hub", "-n", lab.namespace, "--timeout=60s")
        assert left(lab) == ANAS
        lab.node.kubectl("delete", "pod", "jupyter-ana", "-n", lab.namespace, "--now")
        lab.node.wait_for("nothing of ana", lambda: left(lab) == set(), 60)
    finally:
        for each in reversed(kept):
            for key in ("uid", "resourceVersion", "creationTimestamp", "generation"):
                each["metadata"].pop(key, None)
            each.pop("status", None)
            lab.node.apply(each)
        lab.scale(1)
        lab.node.wait_for("hub behind its proxy", lambda: lab.call("GET", "users").ok, 60)


# ---- rights -------------------------------------------------------------------------------------


def test_with_the_chart_s_role_nothing_fails(lab: Lab) -> None:
    before = failures(lab)
    assert lab.start("ana").status_code == 201
    assert left(lab) == ANAS
    lab.stop("ana")
    assert failures(lab) == before


def failures(lab: Lab) -> dict[str, float]:
    """Return the hub's counters of failures, by reason."""
    page = lab.node.run(
        "curl", "-sSf", f"http://{lab.get('service', 'hub')['spec']['clusterIP']}:8081/hub/metrics"
    ).stdout  # fmt: skip
    rows = [line for line in page.splitlines() if line.startswith("jupyterhub_profile_failures_total{")]
    return {row.split('"')[1]: float(row.rpartition(" ")[2]) for row in rows}


# Verb and resource -> the reasons that the metric counts. Templates of services are ConfigMaps, too.
RIGHTS: Final = {
    ("get", "configmaps"): {"source", "service"},
    ("list", "configmaps"): {"source"},
    ("list", "imagestreams"): {"images"},
    ("create", "sparkclusters"): {"service"},
    ("patch", "sparkclusters"): {"service"},
    ("delete", "sparkclusters"): {"service"},
}


def test_the_table_of_rights_is_the_chart_s_role(lab: Lab) -> None:
    role, _ = rights(lab)
    granted = {(verb, resource) for rule in role["rules"] for resource in rule["resources"] for verb in rule["verbs"]}
    assert {right for right in granted if right[1] != "services"} == set(RIGHTS)


@pytest.mark.parametrize(("verb", "resource"), RIGHTS, ids=map(" ".join, RIGHTS))
def test_a_missing_right_is_named_in_the_log_and_the_server_starts(lab: Lab, verb: str, resource: str) -> None:
    role, binding = rights(lab)
    less = copy.deepcopy(role)
    for rule in less["rules"]:
        if resource in rule["resources"]:
            rule["verbs"].remove(verb)
    less["rules"] = [rule for rule in less["rules"] if rule["verbs"]]
    before = failures(lab)
    lab.node.apply(less, binding)
    try:
        wait_for_right(lab, verb, resource, granted=False)
        account = f"system:serviceaccount:{lab.namespace}:hub"
        with lab.logs("Profiles", f'User "{account}" cannot {verb} resource "{resource}"'):
            assert lab.start("ana").status_code == 201
            lab.stop("ana")
    finally:
        lab.node.apply(role, binding)
        wait_for_right(lab, verb, resource, granted=True)
    after = failures(lab)
    assert {reason for reason in after if after[reason] > before[reason]} == RIGHTS[verb, resource]


def wait_for_right(lab: Lab, verb: str, resource: str, *, granted: bool) -> None:
    """Wait until the authorizer has a change."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "LocalSubjectAccessReview",
        "metadata": {"namespace": lab.namespace},
        "spec": {
            "user": f"system:serviceaccount:{lab.namespace}:hub",
            "resourceAttributes": {
                "namespace": lab.namespace,
                "verb": verb,
                "resource": resource,
                "group": {"imagestreams": "image.openshift.io", "sparkclusters": "radanalytics.io"}.get(resource, ""),
            },
        },
    }
    lab.node.wait_for(f"right to {verb} {resource}: {granted}", lambda: allowed(lab, review) is granted, 30)


def allowed(lab: Lab, review: Json) -> bool:
    answer = lab.node.kubectl("create", "-f", "-", "-o", "json", stdin=yaml.safe_dump(review))
    return bool(json.loads(answer)["status"]["allowed"])


# ---- refusals -----------------------------------------------------------------------------------


def quota(lab: Lab) -> list[Json]:
    spec = {"hard": {"requests.memory": "10M"}}
    return [_object(lab, "v1", "ResourceQuota", "team", spec=spec)]


def limits(lab: Lab) -> list[Json]:
    return [
        _object(lab, "v1", "LimitRange", "small", spec={"limits": [{"type": "Container", "max": {"memory": "50M"}}]})
    ]


def policy(lab: Lab) -> list[Json]:
    expression = "!('component' in object.metadata.labels) || object.metadata.labels['component'] == 'hub'"
    constraints = {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"],
                                      "operations": ["CREATE"]}]}  # fmt: skip
    version = "admissionregistration.k8s.io/v1"
    spec: Json = {
        "failurePolicy": "Fail",
        "matchConstraints": constraints,
        "validations": [{"expression": expression, "message": "Maintenance until noon."}],
    }
    chosen = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": lab.namespace}}}
    bound = {"policyName": "maintenance", "validationActions": ["Deny"], "matchResources": chosen}
    return [
        {"apiVersion": version, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "maintenance"}, "spec": spec},
        {
            "apiVersion": version,
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": "maintenance"},
            "spec": bound,
        },
    ]


def restricted(lab: Lab) -> list[Json]:
    labels = {"pod-security.kubernetes.io/enforce": "restricted", "kubernetes.io/metadata.name": lab.namespace}
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": lab.namespace, "labels": labels}}]


def _object(lab: Lab, version: str, kind: str, name: str, **content: Any) -> Json:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": lab.namespace}, **content}


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        (quota, "exceeded quota: team, requested: requests.memory="),
        (limits, "maximum memory usage per Container is 50M, but limit is "),
        (policy, "denied request: Maintenance until noon"),
        (restricted, 'violates PodSecurity "restricted:latest"'),
    ],
    ids=["ResourceQuota", "LimitRange", "admission policy", "PodSecurity"],
)
def test_a_server_that_kubernetes_refuses_is_refused_with_a_sentence(lab: Lab, objects: Any, why: str) -> None:
    made = objects(lab)
    lab.node.apply(*made)
    try:
        responses = []

        def is_refused() -> bool:  # the controllers may need a moment before the first refusal
            responses.append(lab.start("ana"))
            if responses[-1].status_code == 201:
                lab.stop("ana")
            return responses[-1].status_code != 201

        lab.node.wait_for("refusal", is_refused, 60)
        # Two more: after two failed starts in a row, the hub would end.
        responses += [lab.start("ana"), lab.start("ana")]
        for response in responses[-3:]:
            assert response.status_code == 403, response.text
            assert message(response).startswith("Kubernetes refuses this server: ")
            assert why in message(response)
            assert message(response).endswith("or ask your administrators.")
        assert left(lab) == set(), "services were made before the pod"
    finally:
        undo(lab, made)
    lab.node.wait_for("server", lambda: lab.start("ana").status_code == 201, 60)


def undo(lab: Lab, made: list[Json]) -> None:
    for each in made:
        name = each["metadata"]["name"]
        if each["kind"] == "Namespace":
            lab.node.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce-")
        else:
            lab.node.kubectl("delete", each["kind"].lower(), name, "-n", lab.namespace)
