"""Parsing: the YAML of existing sites is accepted, and errors name the place of an invalid entry."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hubmeter_hub.profiles.model import Image
from hubmeter_hub.profiles.parse import Configuration, Document, DocumentError, combine, parse

SEED = Path(__file__).with_name("seed.yaml").read_text(encoding="utf-8")


def read(text: str | None) -> Configuration:
    return parse(Document("ConfigMap a", text))


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read(text).problems]


def test_every_key_of_the_older_library_is_read() -> None:
    found = read(SEED)
    assert found.problems == ()
    assert [profile.name for profile in found.profiles] == [
        "globals",
        "Special Nodes",
        "Genome Notebooks",
        "Spark Notebook",
    ]
    assert [size.name for size in found.sizes] == ["Small", "Medium", "Large"]
    everybody, special, genome, spark = found.profiles
    assert [variable.manifest() for variable in everybody.env][1:] == [
        {"name": "STORE_TOKEN", "valueFrom": {"secretKeyRef": {"name": "store", "key": "token"}}},
        {"name": "STORE_URL", "valueFrom": {"configMapKeyRef": {"name": "store", "key": "url"}}},
    ]
    assert everybody.is_global
    assert not special.is_global
    assert special.users == ("ann",)
    (term,) = special.node_affinity.required
    assert term.manifest() == {
        "matchExpressions": [{"key": "pool", "operator": "In", "values": ["special", "very-special"]}]
    }
    assert genome.resources.limits == {"memory": "2Gi", "cpu": "1"}
    assert spark.services["spark"].configuration["worker_memory_limit"] == "4Gi"
    assert spark.services["spark"].returned == {"SPARK_CLUSTER": "metadata.name"}
    assert [resource.path for resource in spark.services["airflow"].resources] == ["airflowCluster", "airflowBase"]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("env: {PORT: 80, DEBUG: true}", "env: [{name: PORT, value: '80'}, {name: DEBUG, value: 'true'}]"),
        (
            "resources: {mem_limit: 1Gi, cpu_limit: 500m}",
            "resources: {limits: {memory: 1Gi, cpu: 500m}}",
        ),
        (
            "resources: {mem_limit: 1Gi, limits: {memory: 2Gi}}",
            "resources: {limits: {memory: 2Gi}}",
        ),
        (
            "env: {RELEASE: 2024-05-01, BUILT: 2024-05-01 10:00:00}",
            "env: {RELEASE: '2024-05-01', BUILT: '2024-05-01T10:00:00'}",
        ),
        ("gpu: '1'", "gpu: 1"),
        ("users: []", ""),
        ("env:", ""),
        ("users: [1234]", "users: ['1234']"),
        (
            "volumes: [{name: My Data, persistentVolumeClaim: {claimName: c}}]",
            "volumes: [{name: my-data, persistentVolumeClaim: {claimName: c}}]",
        ),
    ],
)
def test_an_older_form_means_the_newer_one(older: str, newer: str) -> None:
    def profile(text: str) -> Configuration:
        return read(f"profiles:\n- name: a\n  {text}\n")

    assert profile(older) == profile(newer)
    assert profile(older).problems == ()


@pytest.mark.parametrize(
    "source",
    [
        {"secretKeyRef": {"name": "store", "key": "token"}},
        {"configMapKeyRef": {"name": "store", "key": "url", "optional": True}},
        {"fieldRef": {"fieldPath": "metadata.name"}},
        {"resourceFieldRef": {"resource": "limits.memory", "containerName": "notebook", "divisor": "1Mi"}},
    ],
    ids=lambda source: next(iter(source)),
)
def test_a_variable_may_have_any_source_of_kubernetes(source: dict[str, Any]) -> None:
    found = read(yaml.safe_dump({"profiles": [{"name": "A", "env": [{"name": "X", "valueFrom": source}]}]}))
    assert found.problems == ()
    assert [variable.manifest() for variable in found.profiles[0].env] == [{"name": "X", "valueFrom": source}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profiles: [{name: A, usres: [ann]}]", "ConfigMap a: profiles[0] 'A': unknown key 'usres'"),
        ("profiles: [{users: ann}]", "ConfigMap a: profiles[0]: users: 'ann' must be a list"),
        ("profiles: [A]", "ConfigMap a: profiles[0] is 'A', not a mapping"),
        ("profiles: {name: A}", "ConfigMap a: profiles must be a list"),
        ("sizes: [{resources: {limits: {cpu: 1}}}]", "ConfigMap a: sizes[0]: name is missing"),
        ("profile: []", "ConfigMap a: unknown key 'profile'; allowed are profiles, sizes, images, gpuTypes"),
        (
            "sizes: [{name: Big, resources: {limits: {memory: 4 GB}}}]",
            "ConfigMap a: sizes[0] 'Big': resources.limits.memory: '4 GB' is not a Kubernetes quantity; use a "
            "number from 0 up, alone or with m, k, M, G, T (powers of 1000) or Ki, Mi, Gi, Ti (powers of 1024)",
        ),
        (
            "profiles: [{name: A, node_tolerations: [{key: a, effect: Never}]}]",
            "ConfigMap a: profiles[0] 'A': node_tolerations.0.effect: 'Never' must be 'NoSchedule', "
            "'PreferNoSchedule' or 'NoExecute'",
        ),
        (
            "profiles: [{name: A, node_tolerations: [{operator: Equal}]}]",
            "ConfigMap a: profiles[0] 'A': node_tolerations.0: without key, operator must be Exists",
        ),
        (
            "profiles: [{name: A, node_affinity: {requiredDuringSchedulingIgnoredDuringExecution: "
            "{nodeSelectorTerms: [{}]}}}]",
            "ConfigMap a: profiles[0] 'A': node_affinity.requiredDuringSchedulingIgnoredDuringExecution."
            "nodeSelectorTerms.0: a term needs matchExpressions or matchFields; an empty one matches no node",
        ),
        (
            "profiles: [{name: A, services: {s: {resources: [{name: t, path: p}], return: {X: '$.['}}}}]",
            "ConfigMap a: profiles[0] 'A': services.s.return.X: '$.[' not a JSON path: ",
        ),
        (
            "profiles: [{name: A, services: {s: {resources: [{name: t, path: p}], return: {MY URL: metadata.name}}}}]",
            "ConfigMap a: profiles[0] 'A': services.s.return.MY URL.[key]: 'MY URL' is not allowed: String should",
        ),
        (
            "profiles: [{name: A, env: [{name: X, valueFrom: {resourceFieldRef: {}}}]}]",
            "ConfigMap a: profiles[0] 'A': env.0.valueFrom.resourceFieldRef.resource is missing",
        ),
        (
            "profiles: [{name: A, services: {s: {resources: []}}}]",
            "ConfigMap a: profiles[0] 'A': services.s.resources: must have at least one item",
        ),
        (
            "profiles: [{name: A, gpu: -1}]",
            "ConfigMap a: profiles[0] 'A': gpu: -1 is not allowed: Input should",
        ),
    ],
)
def test_an_invalid_entry_is_a_problem_with_source_profile_key_and_value(text: str, said: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(said)


@pytest.mark.parametrize(
    "text",
    [
        "profiles: [{name: A, env: [{name: TOKEN, value: [secret-word]}]}]",
        "profiles: [{name: A, env: [{name: TOKEN, value: secret-word, valueFrom: {secretKeyRef: {name: a, key: b}}}]}]",
        "profiles: [{name: A, env: [{name: TOKEN, valeu: secret-word}]}]",
        "profiles: [{name: A, env: secret-word}]",
        "profiles: [{name: A, env: {9: secret-word}}]",
    ],
)
def test_no_problem_shows_the_value_of_a_variable(text: str) -> None:
    assert problems(text)
    assert "secret-word" not in " ".join(problems(text))


def test_an_invalid_profile_is_ignored_and_the_others_stay() -> None:
    found = read("profiles: [{name: A, gpu: many}, {name: M, usres: [ann]}, {name: B}]\nsizes: [{name: S}]")
    assert [profile.name for profile in found.profiles] == ["B"]
    assert [size.name for size in found.sizes] == ["S"]
    assert len(found.problems) == 2


def test_a_file_may_be_the_manifest_of_a_config_map() -> None:
    text = "kind: ConfigMap\ndata:\n  jupyterhub-singleuser-profiles.yaml: |\n    profiles: [{name: A}]\n"
    assert [profile.name for profile in read(text).profiles] == ["A"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "ConfigMap a: not YAML in line 1: "),
        ("- a", "ConfigMap a: must be a mapping with profiles, sizes, images, gpuTypes, not list"),
        (
            "kind: ConfigMap\ndata: {other: x}",
            "ConfigMap a: its data has no key 'jupyterhub-singleuser-profiles",
        ),
        (None, "ConfigMap a: its data has no key 'jupyterhub-singleuser-profiles.yaml'"),
        ("!!python/object/apply:os.system [id]", "ConfigMap a: not YAML in line 1: "),
        ("RELEASE: 2024-02-30", "ConfigMap a: not YAML: day "),
        (f"TIMES: 1{400 * ':1'}.5", "ConfigMap a: not YAML: int too large to convert to float"),
        ("MASK: 0x_", "ConfigMap a: not YAML: invalid literal for int() with base 16"),
        ("PORT: !!int ''", "ConfigMap a: not YAML: "),
        ("DEBUG: !!bool perhaps", "ConfigMap a: not YAML: "),
        ("RELEASE: !!timestamp soon", "ConfigMap a: not YAML: "),
        ("[" * 5000, "ConfigMap a: not YAML: maximum recursion depth exceeded"),
        ("kind: ConfigMap\ndata:\n  jupyterhub-singleuser-profiles.yaml: 'a: 0x_'", "ConfigMap a: not YAML: invalid"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_document_that_cannot_be_read_is_one_error(text: str | None, said: str) -> None:
    with pytest.raises(DocumentError) as error:
        read(text)
    assert str(error.value).startswith(said)


def test_an_empty_document_has_no_entries() -> None:
    assert read("") == Configuration()
    assert read("ui: {color: red}\nprofiles:\nsizes: []") == Configuration()


def test_documents_are_put_together_in_order_and_a_later_size_or_image_replaces_one_of_its_name() -> None:
    found = combine(
        [
            read("profiles: [{name: A}]\nsizes: [{name: S, gpu: 1}, {name: T}]\nimages: [{name: i, image: old}]"),
            read("profiles: [{name: A}]\nsizes: [{name: S, gpu: 2}]\nimages: [{name: i, image: new}]"),
        ]
    )
    assert [profile.name for profile in found.profiles] == ["A", "A"]
    assert [(size.name, size.gpu) for size in found.sizes] == [("S", 2), ("T", None)]
    assert found.images == (Image(name="i", image="new"),)
