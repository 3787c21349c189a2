"""KubeSpawner's real pods with profiles written into them; Kubernetes' own schema holds for each."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from traitlets.config import Config

from hubmeter_hub.profiles import SingleuserProfiles
from tests.unit.hub.profiles.api import kubernetes, put_config_map, spawner
from tests.unit.hub.profiles.test_parse import SEED

KEY = "jupyterhub-singleuser-profiles.yaml"
SINGLEUSER = "quay.io/jupyterhub/singleuser:latest"  # KubeSpawner's default
IMAGES = """
images:
  - {name: "genome-notebook:3.6", image: "registry.example.org/science/genome-notebook:3.6"}
  - {name: "spark-notebook:3.6", groups: [staff]}
"""


def pod_of(
    profiles: str,
    user: str = "ann",
    groups: tuple[str, ...] = (),
    options: Mapping[str, Any] | None = None,
    spawner_config: Mapping[str, Any] | None = None,
    change: Callable[[Any], None] | None = None,
    **traits: Any,
) -> dict[str, Any]:
    """Return a user's pod as KubeSpawner would send it to Kubernetes; it is valid there."""

    async def run() -> dict[str, Any]:
        async with kubernetes() as (api, url):
            put_config_map(api, "jupyter-singleuser-profiles", {KEY: profiles})
            config = Config({"KubeSpawner": dict(spawner_config or {})})
            made = spawner(url, user, groups, options, config=config)
            pod = await made.get_pod_manifest()
            if change:
                change(pod)
            pod = await SingleuserProfiles(namespace="prod", **traits).apply_pod_profile(made, pod)
            plain: dict[str, Any] = made.api.api_client.sanitize_for_serialization(pod)
            return plain

    plain = asyncio.run(run())
    kubernetes_validate.validate(json.loads(json.dumps(plain)), "1.33", strict=True)
    return plain


def server(pod: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = pod["spec"]["containers"][0]
    return found


def env(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables: their value, or where it comes from."""
    variables = server(pod)["env"]
    assert len({variable["name"] for variable in variables}) == len(variables)
    return {variable["name"]: variable.get("value", variable.get("valueFrom")) for variable in variables}


def test_the_seed_makes_the_pod_that_it_describes() -> None:
    pod = pod_of(SEED + IMAGES, user="ana.lópez@uni.edu", options={"image": "genome-notebook:3.6", "size": "Medium"})
    variables = env(pod)
    assert variables["GREETING"] == "for every server"
    assert variables["STORE_TOKEN"] == {"secretKeyRef": {"name": "store", "key": "token"}}
    assert variables["STORE_URL"] == {"configMapKeyRef": {"name": "store", "key": "url"}}
    assert variables["GENOME_PORT"] == "80"
    assert variables["JUPYTERHUB_USER_NAME"] == "ana.lópez@uni.edu"
    assert server(pod)["resources"] == {
        "requests": {"memory": "2Gi", "cpu": "2"},
        "limits": {"memory": "4Gi", "cpu": "4"},
    }
    assert server(pod)["image"] == "registry.example.org/science/genome-notebook:3.6"
    assert variables["JUPYTER_IMAGE"] == variables["JUPYTER_IMAGE_SPEC"] == server(pod)["image"]
    assert "tolerations" not in pod["spec"]
    assert "affinity" not in pod["spec"]


def test_nodes_of_a_profile_are_added_to_those_of_the_spawner() -> None:
    there = {"key": "hub.jupyter.org/dedicated", "operator": "Equal", "value": "user", "effect": "NoSchedule"}
    purpose = {"key": "purpose", "operator": "In", "values": ["user"]}
    pod = pod_of(
        SEED,
        spawner_config={
            "tolerations": [there, {"key": "pool", "operator": "Equal", "value": "special", "effect": "NoSchedule"}],
            "node_affinity_required": [{"matchExpressions": [purpose]}],
            "pod_affinity_preferred": [
                {"weight": 1, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": {}}}
            ],
        },
    )
    assert [toleration["key"] for toleration in pod["spec"]["tolerations"]] == ["hub.jupyter.org/dedicated", "pool"]
    affinity = pod["spec"]["affinity"]
    (term,) = affinity["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert [expression["key"] for expression in term["matchExpressions"]] == ["purpose", "pool"], (
        "a node must meet both"
    )
    assert affinity["podAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]


def test_a_variable_takes_the_place_of_the_spawner_s_of_its_name() -> None:
    pod = pod_of(
        "profiles: [{env: {PLACE: profile, NEW: '$(PLACE)'}}]", spawner_config={"environment": {"PLACE": "hub"}}
    )
    assert env(pod)["PLACE"] == "profile"
    names = list(env(pod))
    assert names.index("PLACE") < names.index("NEW"), "$(PLACE) is known where it is used"


def test_resources_override_the_spawner_s_by_key_and_reach_the_environment() -> None:
    """Zero to JupyterHub guarantees 1G: more than this profile's limit, which Kubernetes would refuse."""
    pod = pod_of(
        "profiles: [{resources: {limits: {memory: 512Mi, cpu: 1500m}}}]",
        spawner_config={"mem_guarantee": "1G", "cpu_guarantee": 0.5},
    )
    assert server(pod)["resources"] == {
        "requests": {"memory": "512Mi", "cpu": "1500m"},
        "limits": {"memory": "512Mi", "cpu": "1500m"},
    }
    variables = {name: env(pod)[name] for name in ("MEM_LIMIT", "MEM_GUARANTEE", "CPU_LIMIT", "CPU_GUARANTEE")}
    assert variables == {
        "MEM_LIMIT": str(512 * 2**20),
        "MEM_GUARANTEE": str(512 * 2**20),
        "CPU_LIMIT": "1.5",
        "CPU_GUARANTEE": "1.5",
    }


def test_without_resources_those_of_the_spawner_stay() -> None:
    pod = pod_of("profiles: [{name: a}]", spawner_config={"mem_limit": "1G", "mem_guarantee": "1G"})
    assert server(pod)["resources"] == {"requests": {"memory": 2**30}, "limits": {"memory": 2**30}}


@pytest.mark.parametrize(
    ("mode", "context"),
    [
        (None, {"allowPrivilegeEscalation": False}),
        (
            "selinux",
            {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "seLinuxOptions": {"type": "nvidia_container_t"},
            },
        ),
        ("privileged", {"allowPrivilegeEscalation": True, "privileged": True}),
    ],
)
def test_gpus_are_requested_with_the_security_context_of_the_mode(mode: str | None, context: dict[str, Any]) -> None:
    pod = pod_of("profiles: [{gpu: 2}]", gpu_mode=mode, gpu_resource="amd.com/gpu")
    assert server(pod)["resources"] == {"requests": {"amd.com/gpu": "2"}, "limits": {"amd.com/gpu": "2"}}
    assert server(pod)["securityContext"] == context


@pytest.mark.parametrize("mode", [None, "selinux", "privileged"])
def test_a_server_without_gpu_has_the_spawner_s_security_context(mode: str | None) -> None:
    pod = pod_of("profiles: [{gpu: 0}]", gpu_mode=mode)
    assert server(pod)["securityContext"] == {"allowPrivilegeEscalation": False}


def test_volumes_are_mounted_below_the_home_or_where_they_say_and_take_the_place_of_one_of_their_name() -> None:
    pod = pod_of(
        """
        profiles:
        - volumes:
          - {name: Shared Data, persistentVolumeClaim: {claimName: shared, readOnly: true}}
          - {name: models, persistentVolumeClaim: {claimName: models}, mountPath: /models}
        """,
        spawner_config={
            "volumes": [{"name": "home", "emptyDir": {}}, {"name": "models", "emptyDir": {}}],
            "volume_mounts": [
                {"name": "home", "mountPath": "/home/jovyan"},
                {"name": "models", "mountPath": "/old"},
            ],
        },
    )
    assert pod["spec"]["volumes"] == [
        {"name": "home", "emptyDir": {}},
        {"name": "shared-data", "persistentVolumeClaim": {"claimName": "shared", "readOnly": True}},
        {"name": "models", "persistentVolumeClaim": {"claimName": "models"}},
    ]
    assert server(pod)["volumeMounts"] == [
        {"name": "home", "mountPath": "/home/jovyan"},
        {"name": "shared-data", "mountPath": "/home/jovyan/shared-data"},
        {"name": "models", "mountPath": "/models"},
    ]


def test_every_container_knows_the_user_also_one_that_a_site_adds_as_a_dictionary() -> None:
    pod = pod_of("", spawner_config={"extra_containers": [{"name": "proxy", "image": "proxy:1"}]})
    for container in pod["spec"]["containers"]:
        assert {"name": "JUPYTERHUB_USER_NAME", "value": "ann"} in container["env"]


@pytest.mark.parametrize(
    ("profiles", "options", "labels", "annotations"),
    [
        ("", {}, ("none", "Default", "singleuser-latest-ee77f9ee"), {"image": SINGLEUSER}),
        (
            SEED,
            {"size": "Large"},
            ("Special-Nodes-593bb621", "Large", "singleuser-latest-ee77f9ee"),
            {"profile": "Special Nodes", "image": SINGLEUSER},
        ),
        (
            "profiles: [{name: lab, users: [ann]}]\nimages: [{name: base, image: 'a/b:1'}]\nsizes: [{name: XL}]",
            {"size": "XL"},
            ("lab", "XL", "base"),
            {},
        ),
    ],
)
def test_labels_say_profile_size_and_image_and_annotations_their_full_names(
    profiles: str, options: dict[str, str], labels: tuple[str, str, str], annotations: dict[str, str]
) -> None:
    metadata = pod_of(profiles, options=options)["metadata"]
    assert tuple(metadata["labels"][f"hubmeter/{name}"] for name in ("profile", "size", "image")) == labels
    found = {
        name.removeprefix("hubmeter/"): item for name, item in metadata["annotations"].items() if "hubmeter/" in name
    }
    assert found == annotations
    assert metadata["annotations"]["hub.jupyter.org/username"] == "ann", "what KubeSpawner says stays"


def test_a_pod_without_labels_and_lists_gets_them() -> None:
    def bare(pod: Any) -> None:
        pod.metadata.labels = pod.metadata.annotations = pod.spec.volumes = pod.spec.containers[0].volume_mounts = None

    volume = "{name: a, persistentVolumeClaim: {claimName: a}}"
    pod = pod_of(f"profiles: [{{volumes: [{volume}], env: {{A: 1}}}}]", change=bare)
    assert pod["metadata"]["labels"]["hubmeter/size"] == "Default"
    assert len(pod["spec"]["volumes"]) == 1


def test_a_file_is_a_source_without_kubernetes(tmp_path: Path) -> None:
    path = tmp_path / "profiles.yaml"
    path.write_text("profiles: [{env: {FROM: file}}]", encoding="utf-8")
    pod = pod_of("profiles: [{env: {FROM: config-map}}]", file=str(path))
    assert env(pod)["FROM"] == "file"
