"""The examples in the pages on profiles work: YAML, Python, rights, and complete tables."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from traitlets.config import Config

from hubmeter_hub.profiles import SingleuserProfiles
from hubmeter_hub.profiles.merge import User, resolve
from hubmeter_hub.profiles.metrics import REASONS
from hubmeter_hub.profiles.model import GpuType, Image, Profile, Service, Size
from hubmeter_hub.profiles.offer import SLUG, choice, offer
from hubmeter_hub.profiles.own import Allowed
from hubmeter_hub.profiles.parse import Configuration, Document, parse
from hubmeter_hub.profiles.services import Owner, render
from tests.unit.hub.profiles.api import kubernetes, put, put_config_map, spawner
from tests.unit.hub.profiles.test_sources import stream

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "profiles.md").read_text(encoding="utf-8")
MIGRATION = (DOCS / "migrating/singleuser-profiles.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def manifests(kind: str) -> dict[str, dict[str, Any]]:
    """Return the manifests of the page, by name."""
    every = [item for block in blocks("yaml") for item in yaml.safe_load_all(block)]
    return {item["metadata"]["name"]: item for item in every if item.get("kind") == kind}


def shown(key: str) -> dict[str, Any]:
    """Return the YAML that begins with a key."""
    (found,) = [
        item for block in blocks("yaml") for item in [next(yaml.safe_load_all(block))] if next(iter(item)) == key
    ]
    content: dict[str, Any] = found
    return content


def profiles() -> Configuration:
    config_map = manifests("ConfigMap")["jupyter-singleuser-profiles"]
    found = parse(Document("the page", yaml.safe_dump(config_map)))
    assert found.problems == ()
    return found


def run(c: Config, source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"c": c}
    exec(compile(source, "docs", "exec"), names)  # noqa: S102 # our own documentation
    return names


@pytest.fixture(autouse=True)
def _metrics_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each configuration is for a hub process of its own, where metrics are registered once."""
    monkeypatch.setattr(REGISTRY, "register", lambda _: None)


def test_the_values_and_the_config_map_make_a_hub_whose_servers_get_what_the_page_says() -> None:
    hub = shown("hub")["hub"]
    c = Config()
    for section, options in hub["config"].items():
        c[section].update(options)
    for source in hub["extraConfig"].values():
        run(c, source)

    async def launch() -> dict[str, Any]:
        async with kubernetes() as (api, url):
            put(api, "v1/configmaps", manifests("ConfigMap")["jupyter-singleuser-profiles"])
            made = spawner(url, "ana.lópez@uni.edu", ["genomics"], {"image": "genomics", "size": "GPU"}, config=c)
            await made.load_user_options()
            pod = await made.modify_pod_hook(made, await made.get_pod_manifest())
            plain: dict[str, Any] = made.api.api_client.sanitize_for_serialization(pod)
            return plain

    pod = asyncio.run(launch())
    server = pod["spec"]["containers"][0]
    assert server["image"] == "registry.example.org/genomics:7"
    assert server["resources"]["limits"] == {"memory": "32Gi", "cpu": "8", "nvidia.com/gpu": "1"}
    assert {"name": "references", "mountPath": "/data/references"} in server["volumeMounts"]
    assert "STORE_TOKEN" in {variable["name"] for variable in server["env"]}
    labels = {name: pod["metadata"]["labels"][f"hubmeter/{name}"] for name in ("profile", "size", "image")}
    assert labels == {"profile": "Genomics", "size": "GPU", "image": "genomics"}


def test_users_without_a_group_get_the_entries_for_everybody() -> None:
    offered = offer(profiles(), User("nobody"))
    assert list(offered.images) == ["scipy"]
    assert list(offered.sizes) == ["Small"]
    got = resolve(profiles(), User("nobody"), profiles().images[0])
    assert [variable.name for variable in got.settings.env] == ["DATA_URL"]


def test_the_service_of_the_page_makes_its_object() -> None:
    (profile,) = [Profile.model_validate(profile) for profile in shown("profiles")["profiles"]]
    service = profile.services["spark"]
    template = manifests("ConfigMap")["spark-templates"]["data"][service.resources[0].path]
    assert service.resources[0].name == "spark-templates"
    made = render(template, service, Owner("ana.lópez@uni.edu"))
    assert made["metadata"]["name"] == "spark-ana-l-pez-uni-edu---c46acde6"
    assert made["spec"]["worker"]["instances"] == "2"
    assert "`ana-l-pez-uni-edu---c46acde6`" in PAGE


def test_the_role_allows_exactly_what_is_asked_of_the_api() -> None:
    allowed = {
        (group, resource, verb)
        for rule in manifests("Role")["hub-profiles"]["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    # A server-side apply needs both: it makes what is not there yet.
    verbs = {"LIST": ["list"], "FETCH": ["get"], "UPDATE": ["create", "patch"], "DELETE": ["delete"]}
    asked: set[tuple[str, str, str]] = set()

    async def launch_and_stop() -> None:
        async with kubernetes(openshift=True) as (api, url):
            service = yaml.safe_dump(shown("profiles"))
            put_config_map(api, "jupyter-singleuser-profiles", {"jupyterhub-singleuser-profiles.yaml": service})
            put(api, "v1/configmaps", manifests("ConfigMap")["spark-templates"])
            put(api, "image.openshift.io/v1/imagestreams", stream("spark", ("1",)))
            made = spawner(url, "ann", ["spark"])
            ours = SingleuserProfiles(namespace="prod")
            await ours.apply_pod_profile(made, await made.get_pod_manifest())
            await ours.hand_over(made, {"metadata": {"name": "jupyter-ann", "uid": "u"}})
            await ours.clean_up(made)
            for request in api:
                if request.resource is not None and request.action is not None and request.resource.plural:
                    group, plural = request.resource.group or "", request.resource.plural
                    asked.update((group, plural, verb) for verb in verbs[request.action.value])

    asyncio.run(launch_and_stop())
    assert asked == allowed
    (subject,) = manifests("RoleBinding")["hub-profiles"]["subjects"]
    assert subject == {"kind": "ServiceAccount", "name": "hub", "namespace": "prod"}


def test_the_python_of_the_page_is_a_configuration() -> None:
    setting_up, own = blocks("python")
    c = Config()
    run(c, setting_up)
    assert callable(c.KubeSpawner.modify_pod_hook)
    c = Config()
    c.SingleuserProfiles.namespace = "prod"
    names = run(c, own)

    async def launch() -> Any:
        async with kubernetes() as (api, url):
            put(api, "v1/configmaps", manifests("ConfigMap")["jupyter-singleuser-profiles"])
            made = spawner(url)
            return await names["modify_pod_hook"](made, await made.get_pod_manifest())

    assert asyncio.run(launch()).metadata.labels["hubmeter/size"] == "Small"


def test_the_api_s_examples_are_choices() -> None:
    offered = offer(profiles(), User("ann"), Allowed(environment=True, gpus=1))
    listed, own = (json.loads(block) for block in blocks("json"))
    assert listed["profile"] == SLUG
    assert choice(offered, listed).image is offered.images[listed["image"]]
    chosen = choice(offered, own)
    assert chosen.size is offered.sizes[own["size"]]
    assert (chosen.own.gpu, {variable.name: variable.value for variable in chosen.own.env}) == (own["gpu"], own["env"])


def test_the_gpu_types_of_the_page_are_read() -> None:
    (kind,) = [GpuType.model_validate(gpu_type) for gpu_type in shown("gpuTypes")["gpuTypes"]]
    assert kind.node_tolerations[0].key == "nvidia.com/gpu"


def test_the_reasons_of_failures_are_all_explained() -> None:
    (sentence,) = re.findall(r"`jupyterhub_profile_failures_total\{reason\}`(.*?)\n\n", PAGE, re.DOTALL)
    for reason in REASONS:
        assert f"`{reason}`" in sentence


def test_the_migration_names_every_key() -> None:
    keys = set(re.findall(r"`([a-zA-Z_]+(?:\[\])?|[a-z]+\[\]\.[a-z_]+|services\.\*\.\w+)`", MIGRATION))
    for kind, prefix in ((Profile, "profiles[]."), (Service, "services.*.")):
        for name, item in kind.model_fields.items():
            assert f"{prefix}{item.alias or name}" in keys
    for name in set(Size.model_fields) - set(Profile.model_fields) | {"name", "resources", "users", "groups"}:
        assert f"sizes[].{name}" in keys
    for name in Image.model_fields:
        assert name in keys
    for name in GpuType.model_fields:
        assert name in keys
