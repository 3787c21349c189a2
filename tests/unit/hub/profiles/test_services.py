"""Services: created from templates, returned to the server's environment, owned by its pod, and deleted with it."""

import asyncio
import re
import threading
from collections.abc import Mapping
from typing import Any

import kmock
import pytest
import yaml
from prometheus_client import CollectorRegistry

from hubmeter_hub.profiles import SingleuserProfiles
from hubmeter_hub.profiles.metrics import ProfileMetrics
from hubmeter_hub.profiles.model import Service
from hubmeter_hub.profiles.services import Owner, ServiceError, render, returned_variables
from tests.unit.hub.profiles.api import NAMESPACE, Api, kubernetes, objects, put_config_map, spawner
from tests.unit.hub.profiles.test_parse import SEED
from tests.unit.hub.profiles.test_sources import failures
from tests.waiting import PATIENCE

KEY = "jupyterhub-singleuser-profiles.yaml"
CLUSTERS = "radanalytics.io/v1/sparkclusters"
SPARK = """
kind: SparkCluster
apiVersion: radanalytics.io/v1
metadata:
  name: spark-cluster-{{ user }}
spec:
  worker:
    instances: "{{ worker_instances }}"
    memoryLimit: "{{ worker_memory_limit }}"
  master:
    memoryLimit: "{{ master_memory_limit }}"
"""
OBJECT = re.compile(r"[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?")
ODD = ["ana.lópez@uni.edu", "Bob-Smith", "x--y", "ann", "anna", "a" * 80, '"; kind: Secret', "{{ 7*7 }}", "a\nb: c"]


def service(**keys: Any) -> Service:
    return Service.model_validate({"resources": [{"name": "t", "path": "p"}], **keys})


def config_map(name: str, **data: str) -> str:
    return yaml.safe_dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})


def test_the_seed_s_template_makes_the_object_that_it_shows() -> None:
    configuration = {"worker_instances": 1, "worker_memory_limit": "4Gi", "master_memory_limit": "1Gi"}
    made = render(
        SPARK,
        service(configuration=configuration, labels={"example.org/component": "jupyterhub"}),
        Owner("ann", "", "prod"),
    )
    assert made == {
        "apiVersion": "radanalytics.io/v1",
        "kind": "SparkCluster",
        "metadata": {
            "name": "spark-cluster-ann",
            "namespace": "prod",
            "labels": {"example.org/component": "jupyterhub"},
            "annotations": {"hub.jupyter.org/username": "ann"},
        },
        "spec": {"worker": {"instances": "1", "memoryLimit": "4Gi"}, "master": {"memoryLimit": "1Gi"}},
    }


@pytest.mark.parametrize("user", ODD)
@pytest.mark.parametrize("server", ["", "gpu"])
def test_no_name_of_a_user_breaks_the_object_or_its_name(user: str, server: str) -> None:
    made = render(config_map("x-{{ user }}", who="{{ USERNAME }}"), service(), Owner(user, server))
    assert made["kind"] == "ConfigMap"
    assert OBJECT.fullmatch(made["metadata"]["name"])
    assert made["metadata"]["name"] == f"x-{made['data']['who']}"
    assert made["metadata"]["annotations"]["hub.jupyter.org/username"] == user


def test_objects_of_two_servers_never_have_one_name_also_if_the_template_does_not_say_the_user() -> None:
    owners = [Owner(user, server) for user in ODD for server in ("", "gpu")]
    for name in ("x-{{ user }}", "fixed", "fixed-", "for-anna"):
        assert len({render(config_map(name), service(), owner)["metadata"]["name"] for owner in owners}) == len(owners)


@pytest.mark.parametrize(
    ("template", "user", "name"),
    [
        pytest.param(
            "spark-cluster", "spark", "spark-cluster-spark", id="a fixed name that holds the user's by chance"
        ),
        pytest.param("spark-cluster", "cluster", "spark-cluster-cluster", id="also at its end"),
        pytest.param("spark-cluster", "ann", "spark-cluster-ann", id="a fixed name"),
        pytest.param("spark-{{ user }}", "spark", "spark-spark", id="a name that names the user"),
        pytest.param("{{ USERNAME }}-cluster", "spark", "spark-cluster", id="in its other spelling"),
        pytest.param("{{ user }}", "xann", "xann", id="nothing but the user"),
        pytest.param("{{ sizes[user] }}-{{ user }}", "ann", "big-ann", id="a template that knows only this user"),
        pytest.param("{{ user[:3] }}-cluster", "anna", "ann-cluster-anna", id="a part of the user's name"),
    ],
)
def test_an_object_s_name_ends_with_the_user_unless_the_template_names_them(
    template: str, user: str, name: str
) -> None:
    made = render(config_map(template), service(configuration={"sizes": {"ann": "big"}}), Owner(user))
    assert made["metadata"]["name"] == name


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (config_map("a-{{ nothing }}"), "'nothing' is undefined"),
        ("{{ user", "cannot be rendered"),
        ("{{ user.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ range(999999999) }}", "cannot be rendered: OverflowError"),
        ("{{ 1 / 0 }}", "cannot be rendered: ZeroDivisionError"),
        ("a: [", "is not YAML"),
        ("a: 2024-02-30", "cannot be rendered: ValueError"),
        ("[" * 5000, "cannot be rendered: RecursionError"),
        ("just text", "is not one object"),
        ("---\na: 1\n---\nb: 2\n", "is not YAML"),
        ("kind: ConfigMap\nmetadata: {name: a}", "the object has no apiVersion"),
        ("apiVersion: v1\nkind: ConfigMap", "the object has no metadata.name"),
        (config_map("Not_A_Name"), "metadata.name 'Not_A_Name-ann' is not valid"),
        ("!!python/object/apply:os.system [id]", "is not YAML"),
    ],
)
def test_a_template_without_an_object_is_an_error(template: str, said: str) -> None:
    with pytest.raises(ServiceError, match=re.escape(said)):
        render(template, service(), Owner("ann"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "a"),
        ("$.metadata.name", "a"),
        ("spec.ports[*].port", "80,443"),
        ("spec.ports[1].port", "443"),
        ("spec.ready", "true"),
        ("spec.nothing", None),
        ("second", "yes"),
    ],
)
def test_json_paths_lead_to_variables(path: str, value: str | None) -> None:
    made: list[dict[str, Any]] = [
        {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}, {"port": 443}], "ready": True}},
        {"metadata": {"name": "b"}, "second": "yes"},
    ]
    assert returned_variables(service(**{"return": {"X": path}}), made) == ({} if value is None else {"X": value})


class World:
    """A cluster with profiles, templates, and a server of one user."""

    def __init__(self, api: Api, url: str, user: str, server: str = "", **traits: Any) -> None:
        """Make a spawner and profiles that count failures in ``registry``."""
        self.api = api
        self.registry = CollectorRegistry()
        metrics = ProfileMetrics(self.registry, "jupyterhub")
        self.profiles = SingleuserProfiles(
            metrics, namespace=NAMESPACE, cache_seconds=0.0, **{"timeout": 60.0, **traits}
        )
        self.spawner = spawner(url, user, name=server)
        self.spawner.image = "quay.io/x/spark-notebook:3.6"

    def failed(self, reason: str) -> float | None:
        """Return how often this failed."""
        return failures(self.registry, reason)

    async def launch(self) -> dict[str, str | None]:
        """Start the server as far as the pod is made; return its environment."""
        pod = await self.profiles.apply_pod_profile(self.spawner, await self.spawner.get_pod_manifest())
        return {variable.name: variable.value for variable in pod.spec.containers[0].env}


def seed(api: Api, **templates: str) -> None:
    put_config_map(api, "jupyter-singleuser-profiles", {KEY: SEED})
    put_config_map(api, "spark-cluster-template", {"sparkClusterTemplate": SPARK})
    airflow = {"airflowCluster": config_map("airflow-{{ user }}"), "airflowBase": config_map("base")}
    put_config_map(api, "jupyter-services-template", {**airflow, **templates})


def ours(api: Api) -> dict[str, dict[str, Any]]:
    """Return the objects that belong to users."""
    every = {**objects(api, CLUSTERS), **objects(api, "v1/configmaps")}
    return {
        name: item
        for name, item in every.items()
        if "hub.jupyter.org/username" in item["metadata"].get("annotations", {})
    }


def owners(one: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = one["metadata"].get("ownerReferences", [])
    return found


def test_services_are_created_and_deleted_with_the_server() -> None:
    async def run() -> None:
        async with kubernetes() as (api, url):
            seed(api)
            world = World(api, url, "ana.lópez@uni.edu")
            env = await world.launch()
            slug = "ana-l-pez-uni-edu---c46acde6"
            assert env["SPARK_CLUSTER"] == f"spark-cluster-{slug}"
            assert set(ours(api)) == {f"spark-cluster-{slug}", f"airflow-{slug}", f"base-{slug}"}
            assert not any(owners(owned) for owned in ours(api).values())
            await world.profiles.hand_over(world.spawner, {"metadata": {"name": "jupyter-ana", "uid": "uid-1"}})
            owner = {"apiVersion": "v1", "kind": "Pod", "name": "jupyter-ana", "uid": "uid-1"}
            assert [owners(owned) for owned in ours(api).values()] == [[owner]] * 3
            assert ours(api)[f"spark-cluster-{slug}"]["spec"]["worker"]["instances"] == "1", "what it was stays"
            await world.profiles.clean_up(world.spawner)
            assert ours(api) == {}
            await world.profiles.clean_up(world.spawner)
            assert [world.failed(reason) for reason in ("template", "service")] == [0, 0]

    asyncio.run(run())


def test_two_servers_of_a_user_have_services_of_their_own() -> None:
    async def run() -> None:
        async with kubernetes() as (api, url):
            seed(api)
            one, two = World(api, url, "ann"), World(api, url, "ann", "gpu")
            two.profiles = one.profiles
            first, second = await one.launch(), await two.launch()
            assert first["SPARK_CLUSTER"] != second["SPARK_CLUSTER"]
            await one.profiles.clean_up(one.spawner)
            assert second["SPARK_CLUSTER"] in ours(api)
            assert first["SPARK_CLUSTER"] not in ours(api)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("broken", "reason"),
    [("no ConfigMap", "template"), ("no key", "template"), ("bad template", "template"), ("no such kind", "service"),
     ("403", "service"), ("hangs", "service"), ("slow template", "service")],
)  # fmt: skip
def test_a_failed_service_is_reported_and_the_server_starts(
    broken: str, reason: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = threading.Event()

    def slow(text: str, *others: Any) -> dict[str, Any]:
        assert text != "slow" or started.wait(PATIENCE)
        return render(text, *others)

    monkeypatch.setattr("hubmeter_hub.profiles.services.render", slow)

    async def run() -> None:
        async with kubernetes() as (api, url):
            seed(api)
            # Long enough for the other services on a machine that is 50 times slower than ours.
            world = World(api, url, "ann", timeout=3.0 if broken in {"hangs", "slow template"} else 60.0)
            if broken == "no ConfigMap":
                api.objects["v1/configmaps", NAMESPACE, "spark-cluster-template"].delete()
            elif broken == "no key":
                put_config_map(api, "spark-cluster-template", {})
            elif broken == "bad template":
                put_config_map(api, "spark-cluster-template", {"sparkClusterTemplate": "{{"})
            elif broken == "slow template":
                put_config_map(api, "spark-cluster-template", {"sparkClusterTemplate": "slow"})
            elif broken == "no such kind":
                put_config_map(api, "spark-cluster-template", {"sparkClusterTemplate": SPARK.replace("Spark", "Flink")})
            else:
                answer: Any = 403 if broken == "403" else (lambda: asyncio.Event().wait())
                api[kmock.action.UPDATE, kmock.resource(CLUSTERS)] << answer
            env = await world.launch()
            started.set()
            assert "SPARK_CLUSTER" not in env
            assert env["GREETING"] == "for every server"
            assert {"airflow-ann", "base-ann"} <= set(ours(api)), "the other services are there"
            assert world.failed(reason) == 1
            assert (
                "service 'spark' of ann, template 'sparkClusterTemplate' in ConfigMap 'spark-cluster-tem" in caplog.text
            )
            assert "service 'spark' of ann returns no SPARK_CLUSTER" in caplog.text

    asyncio.run(run())


def test_a_failed_update_or_deletion_is_counted_but_not_raised() -> None:
    async def run() -> None:
        async with kubernetes() as (api, url):
            seed(api)
            world = World(api, url, "ann", timeout=60.0)
            await world.launch()
            api[kmock.action.UPDATE] << 403
            api[kmock.action.DELETE] << 500
            await world.profiles.hand_over(world.spawner, {"metadata": {"name": "p", "uid": "u"}})
            assert world.failed("service") == 3
            await world.profiles.clean_up(world.spawner)
            assert world.failed("service") == 6

    asyncio.run(run())
