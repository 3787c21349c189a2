"""Which profiles a server has and what they come to: a table of the rules, and what holds for all profiles."""

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hubmeter_hub.profiles.merge import User, merge, merge_affinity, profiles_for, resolve
from hubmeter_hub.profiles.model import Image, NodeAffinity, Settings, Size
from hubmeter_hub.profiles.parse import Configuration, Document, parse
from tests.unit.hub.profiles.test_parse import SEED

GENOME = Image(name="genome-notebook:3.6", image="registry.example.org/science/genome-notebook:3.6")
SPARK = Image(name="spark-notebook:3.6")


def read(text: str) -> Configuration:
    found = parse(Document("test", text))
    assert found.problems == ()
    return found


def settings(text: str) -> Settings:
    return Settings.model_validate(yaml.safe_load(text) or {})


def plain(one: Settings) -> dict[str, Any]:
    """Return settings as they are written, without what is empty."""
    return {key: value for key, value in one.model_dump(mode="json", by_alias=True, exclude_none=True).items() if value}


@pytest.mark.parametrize(
    ("user", "groups", "image", "names"),
    [
        ("ann", [], GENOME, ["globals", "Special Nodes"]),
        ("anna", [], GENOME, ["globals"]),
        ("Ann", [], GENOME, ["globals"]),
        ("bob", [], GENOME, ["globals", "Genome Notebooks"]),
        ("ana.lópez@uni.edu", [], GENOME, ["globals", "Genome Notebooks"]),
        ("bob", [], SPARK, ["globals", "Spark Notebook"]),
        ("bob", [], Image(name="genome-notebook:3.60"), ["globals"]),
        ("bob", [], Image(name="my-genome-notebook:3.6"), ["globals"]),
        ("bob", [], Image(name="other.example.org/x/genome-notebook:3.6"), ["globals", "Genome Notebooks"]),
    ],
)
def test_profiles_of_the_seed_are_matched_by_user_and_image(
    user: str, groups: list[str], image: Image, names: list[str]
) -> None:
    found = profiles_for(read(SEED), User(user, frozenset(groups)), image)
    assert [item.name for item in found] == names


@pytest.mark.parametrize(
    ("match", "matches"),
    [
        ("", {"ann", "anna", "none"}),
        ("users: ['*']", {"ann", "anna", "none"}),
        ("groups: ['*']", {"ann", "anna", "none"}),
        ("users: [ann]", {"ann"}),
        ("groups: [staff]", {"ann", "anna"}),
        ("groups: [staf]", set()),
        ("groups: [staff]\n  users: [none]", {"ann", "anna", "none"}),
        ("groups: [guests, staff]", {"ann", "anna"}),
        ("groups: [b]", {"anna"}),
        ("images: ['*']", {"ann", "anna", "none"}),
        ("images: [other]", set()),
    ],
)
def test_a_profile_is_for_its_users_and_the_members_of_its_groups(match: str, matches: set[str]) -> None:
    found = read(f"profiles:\n- name: a\n  {match}\n")
    users = {"ann": {"staff"}, "anna": {"a", "b", "staff"}, "none": set[str]()}
    assert {u for u, g in users.items() if profiles_for(found, User(u, frozenset(g)), SPARK)} == matches


@pytest.mark.parametrize(
    ("earlier", "later", "merged"),
    [
        (
            "env: {A: 1, B: 1}",
            "env: {C: 2, A: 2}",
            "env: [{name: A, value: '2'}, {name: B, value: '1'}, {name: C, value: '2'}]",
        ),
        (
            "env: {A: 1}",
            "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
            "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
        ),
        (
            "resources: {requests: {cpu: 1, memory: 1Gi}, limits: {memory: 2Gi}}",
            "resources: {requests: {cpu: 2}}",
            "resources: {requests: {cpu: '2', memory: 1Gi}, limits: {memory: 2Gi}}",
        ),
        (
            "resources: {requests: {cpu: 1, memory: 1Gi}, limits: {memory: 2Gi}}",
            "resources: {limits: {memory: 4Gi}}",
            "resources: {requests: {cpu: '1', memory: 4Gi}, limits: {memory: 4Gi}}",
        ),
        (
            "resources: {mem_limit: 4Gi, cpu_limit: 2}",
            "resources: {requests: {memory: }}",
            "resources: {requests: {cpu: '2', memory: 4Gi}, limits: {memory: 4Gi, cpu: '2'}}",
        ),
        (
            "resources: {requests: {memory: 1Gi, cpu: ''}, limits: {memory: '', cpu: 2}}",
            "resources: {}",
            "resources: {requests: {memory: 1Gi, cpu: '2'}, limits: {cpu: '2'}}",
        ),
        (
            "node_tolerations: [{key: a, operator: Exists}, {key: b, operator: Exists}]",
            "node_tolerations: [{key: b, operator: Exists}, {key: b, operator: Exists, effect: NoSchedule}]",
            "node_tolerations: [{key: a, operator: Exists}, {key: b, operator: Exists},"
            " {key: b, operator: Exists, effect: NoSchedule}]",
        ),
        (
            "volumes: [{name: a, persistentVolumeClaim: {claimName: x}},"
            " {name: b, persistentVolumeClaim: {claimName: b}}]",
            "volumes: [{name: a, persistentVolumeClaim: {claimName: y}}]",
            "volumes: [{name: a, persistentVolumeClaim: {claimName: y}},"
            " {name: b, persistentVolumeClaim: {claimName: b}}]",
        ),
        (
            "services: {s: {resources: [{name: t, path: p}], labels: {a: b}}, t: {resources: [{name: t, path: q}]}}",
            "services: {s: {resources: [{name: u, path: p}]}}",
            "services: {s: {resources: [{name: u, path: p}], configuration: {}, labels: {}, return: {}},"
            " t: {resources: [{name: t, path: q}], configuration: {}, labels: {}, return: {}}}",
        ),
        ("gpu: 1", "", "gpu: 1"),
        ("gpu: 1", "gpu: 2", "gpu: 2"),
        ("gpu: 1", "gpu: 0", ""),
    ],
)
def test_the_rules_of_the_merge(earlier: str, later: str, merged: str) -> None:
    found = plain(merge(settings(earlier), settings(later)))
    resources = {kind: item for kind, item in found.pop("resources", {}).items() if item}
    found |= {"resources": resources} if resources else {}
    found.pop("node_affinity", None)
    assert found == (yaml.safe_load(merged) or {})


def affinity(*terms: str) -> NodeAffinity:
    """Return what requires one of these terms, each of which is requirements ``key=value`` with commas."""
    return NodeAffinity.model_validate(
        {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {
                        "matchExpressions": [
                            {"key": item.split("=")[0], "operator": "In", "values": [item.split("=")[1]]}
                            for item in term.split(",")
                        ]
                    }
                    for term in terms
                ]
            }
        }
        if terms
        else {}
    )


def terms(one: NodeAffinity) -> list[str]:
    return [
        ",".join(f"{r.key}={(r.values or ('',))[0]}" for r in term.match_expressions or ()) for term in one.required
    ]


@pytest.mark.parametrize(
    ("earlier", "later", "merged"),
    [
        ([], ["a=1"], ["a=1"]),
        (["a=1"], [], ["a=1"]),
        (["a=1"], ["b=1"], ["a=1,b=1"]),
        (["a=1", "a=2"], ["b=1", "b=2"], ["a=1,b=1", "a=1,b=2", "a=2,b=1", "a=2,b=2"]),
        (["a=1", "a=2"], ["a=1", "a=2"], ["a=1", "a=2"]),
        (["a=1", "b=1"], ["a=1"], ["a=1"]),
    ],
)
def test_the_requirements_of_two_affinities_both_hold(earlier: list[str], later: list[str], merged: list[str]) -> None:
    assert terms(merge_affinity(affinity(*earlier), affinity(*later))) == merged


def test_preferences_are_kept_without_duplicates() -> None:
    def preferring(*weights: int) -> NodeAffinity:
        preference = affinity("a=1").required[0].manifest()
        each = [{"weight": weight, "preference": preference} for weight in weights]
        return NodeAffinity.model_validate({"preferredDuringSchedulingIgnoredDuringExecution": each})

    assert [item.weight for item in merge_affinity(preferring(1, 2), preferring(2, 3)).preferred] == [1, 2, 3]


def test_the_size_overrides_profiles_only_in_what_it_sets() -> None:
    found = read(SEED)
    size = Size.model_validate({"name": "Big", "resources": {"limits": {"memory": "9Gi"}}, "gpu": 2})
    got = resolve(found, User("bob"), GENOME, size)
    assert got.settings.resources.limits == {"memory": "9Gi", "cpu": "1"}
    assert got.settings.resources.requests == {"memory": "9Gi", "cpu": "500m"}
    assert got.settings.gpu == 2
    assert (got.profile, got.size) == ("Genome Notebooks", "Big")


@pytest.mark.parametrize(
    ("user", "groups", "profile"),
    [("ann", {"staff"}, "For staff"), ("ann", set(), "For ann"), ("bob", set(), ""), ("bob", {"staff"}, "For staff")],
)
def test_the_last_named_profile_that_is_not_for_everybody_gives_the_name(
    user: str, groups: set[str], profile: str
) -> None:
    found = read(
        "profiles: [{name: all}, {name: For ann, users: [ann]}, {name: For staff, groups: [staff]},"
        " {users: [ann]}, {name: also all, users: ['*']}]"
    )
    assert resolve(found, User(user, frozenset(groups)), SPARK).profile == profile


def test_taints_of_gpu_nodes_are_tolerated_by_pods_with_a_gpu_only() -> None:
    found = read(
        "gpuTypes: [{type: a100, node_tolerations: [{key: a100, operator: Exists}]}]\n"
        "sizes: [{name: G, gpu: 1}, {name: none, gpu: 0}]"
    )
    with_gpu, without = (resolve(found, User("ann"), SPARK, size) for size in found.sizes)
    assert [node_toleration.key for node_toleration in with_gpu.settings.node_tolerations] == ["a100"]
    assert without.settings.node_tolerations == ()


NAMES = st.sampled_from(["a", "b", "c"])
QUANTITIES = st.sampled_from(["1", "500m", "2Gi"])
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "env": st.dictionaries(NAMES, st.text(max_size=3), max_size=3),
        "node_tolerations": st.lists(st.builds(lambda key: {"key": key, "operator": "Exists"}, NAMES), max_size=3),
        "node_affinity": st.lists(NAMES, max_size=3).map(
            lambda keys: affinity(*(f"{key}=1" for key in keys)).manifest()
        ),
        "resources": st.fixed_dictionaries(
            {}, optional={kind: st.dictionaries(NAMES, QUANTITIES, max_size=3) for kind in ("requests", "limits")}
        ),
        "volumes": st.lists(
            st.builds(lambda name, claim: {"name": name, "persistentVolumeClaim": {"claimName": claim}}, NAMES, NAMES),
            max_size=3,
            unique_by=lambda entry: entry["name"],
        ),
        "services": st.dictionaries(
            NAMES, st.builds(lambda path: {"resources": [{"name": "t", "path": path}]}, NAMES), max_size=2
        ),
        "gpu": st.integers(0, 3),
    },
)


def made(raw: dict[str, Any]) -> Settings:
    return merge(Settings(), Settings.model_validate(raw))


def same(one: Settings, other: Settings) -> bool:
    """Return whether two mean the same: the order of terms, of which a node must meet one, says nothing."""
    a, b = one.model_dump(), other.model_dump()
    affinities = [{frozenset(t.match_expressions or ()) for t in x.node_affinity.required} for x in (one, other)]
    del a["node_affinity"], b["node_affinity"]
    return a == b and affinities[0] == affinities[1]


@given(SETTINGS, SETTINGS, SETTINGS)
def test_the_merge_is_associative(a: Any, b: Any, c: Any) -> None:
    x, y, z = made(a), made(b), made(c)
    assert same(merge(merge(x, y), z), merge(x, merge(y, z)))


@given(SETTINGS)
def test_a_profile_merged_with_itself_is_unchanged(raw: Any) -> None:
    assert same(merge(made(raw), made(raw)), made(raw))


@given(SETTINGS, SETTINGS)
def test_later_settings_win_and_nothing_else_is_lost(a: Any, b: Any) -> None:
    x, y = made(a), made(b)
    both = merge(x, y)
    for kind in ("requests", "limits"):
        assert getattr(both.resources, kind) == {**getattr(x.resources, kind), **getattr(y.resources, kind)}
    values = {variable.name: variable.value for variable in both.env}
    assert values == {
        **{variable.name: variable.value for variable in x.env},
        **{variable.name: variable.value for variable in y.env},
    }
    assert len(values) == len(both.env)
    assert set(both.node_tolerations) == {*x.node_tolerations, *y.node_tolerations}
    assert len({volume.name for volume in both.volumes}) == len(both.volumes)
    assert both.services == {**x.services, **y.services}


@given(SETTINGS, SETTINGS)
def test_no_input_is_changed(a: Any, b: Any) -> None:
    raw = copy.deepcopy((a, b))
    x, y = Settings.model_validate(a), Settings.model_validate(b)
    before = copy.deepcopy((x, y))
    merge(x, y)
    assert (a, b) == raw
    assert (x, y) == before


@pytest.mark.parametrize(
    ("profiles", "requests", "limits"),
    [
        ("[{resources: {requests: {memory: 2Gi}}}]", {"memory": "2Gi"}, {"memory": "2Gi"}),
        ("[{resources: {requests: {memory: 2Gi}}}, {resources: {requests: {cpu: 1}}}]", {"memory": "2Gi", "cpu": "1"},
         {"memory": "2Gi", "cpu": "1"}),
        ("[{resources: {requests: {memory: 2Gi}}}, {resources: {limits: {cpu: 1}}}]", {"memory": "2Gi", "cpu": "1"},
         {"cpu": "1"}),
        ("[{resources: {mem_limit: 2Gi}}]", {"memory": "2Gi"}, {"memory": "2Gi"}),
        ("[{name: a}]", {}, {}),
    ],
)  # fmt: skip
def test_requests_without_limits_are_limits_and_limits_without_requests_are_requests(
    profiles: str, requests: dict[str, str], limits: dict[str, str]
) -> None:
    resources = resolve(read(f"profiles: {profiles}"), User("ann"), SPARK).settings.resources
    assert (resources.requests, resources.limits) == (requests, limits)
