"""Pages of a hub, the exposition, profiles and policies."""

import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from hubmeter_exporter import hub_api
from hubmeter_exporter.membership import Accounting, Strategy, User
from hubmeter_exporter.metrics import Origin, render_memberships
from hubmeter_hub.profiles.merge import User as ProfileUser
from hubmeter_hub.profiles.offer import offer
from hubmeter_hub.profiles.parse import Document, DocumentError, parse
from hubmeter_hub.quotas import policy as policies
from tests.fuzz.values import anything, damaged, fuzzed, nearly, texts

PAGE = {
    "items": [
        {"kind": "user", "name": "ana", "admin": False, "groups": ["staff"]},
        {"kind": "user", "name": "bo", "admin": False, "groups": []},
    ],
    "_pagination": {"offset": 0, "limit": 2, "total": 9, "next": {"offset": 2, "limit": 2, "url": "http://hub/"}},
}
POLICIES = [
    {
        "resource": "memory",
        "limit": {"value": 3, "unit": "GiB-hours"},
        "window": 7,
        "scope": {"group": ["a"], "user": ["b"]},
    },
    {"resource": "memory", "limit": "3 GiB-hours", "window": "7d"},
]
STRATEGY = {"intersection": "max", "empty": {"resource": "memory", "limit": "1 GiB-hours", "window": 30}}
PROFILES = {
    "profiles": [
        {
            "name": "globals",
            "env": [
                {"name": "A", "value": "b"},
                {"name": "C", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
            ],
            "resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"cpu": 1, "memory": "2Gi"}},
            "images": ["a:*"],
            "users": ["*"],
            "groups": ["g"],
            "volumes": [{"name": "v", "mountPath": "/v", "persistentVolumeClaim": {"claimName": "c"}}],
            "node_tolerations": [{"key": "gpu", "operator": "Exists"}],
            "node_affinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}]
                }
            },
            "services": {
                "s": {"resources": [{"name": "t", "path": "p"}], "configuration": {"x": 1}, "return": {"A": "x.y"}}
            },
        }
    ],
    "sizes": [{"name": "Small", "resources": {"requests": {"cpu": 1}}}],
    "images": [{"name": "a:1", "display_name": "A"}],
    "gpuTypes": [{"type": "nvidia.com/gpu"}],
}


@fuzzed
@given(nearly(PAGE))
def test_a_page_of_a_hub(answer: Any) -> None:
    try:
        page = hub_api._parse_page("http://hub", json.loads(json.dumps(answer)))  # noqa: SLF001 - the pure part of the client
    except hub_api.HubError as error:
        assert str(error)
        return
    for user in page.users:
        (user.name + "".join(user.groups)).encode()


_NAMES = st.one_of(texts, st.text(max_size=8)).filter(lambda name: not any("\ud800" <= c <= "\udfff" for c in name))


@fuzzed
@given(
    st.dictionaries(_NAMES.filter(bool), st.lists(_NAMES, max_size=3), max_size=4), _NAMES, st.sampled_from(Strategy)
)
def test_any_names_come_back_from_the_exposition(
    users: dict[str, list[str]], namespace: str, strategy: Strategy
) -> None:
    members = [User(name, tuple(groups)) for name, groups in users.items()]
    rows = render_memberships(members, Accounting(strategy), Origin(namespace, prefix="lab"))
    samples = [s for family in text_string_to_metric_families(rows.text.decode()) for s in family.samples]
    assert {s.labels["username"] for s in samples} == set(users)
    assert all(s.labels["namespace"] == namespace for s in samples)


@fuzzed
@given(nearly(POLICIES), nearly(STRATEGY))
def test_any_policies(policy: Any, strategy: Any) -> None:
    try:
        parsed = policies.parse(policy, strategy)
    except policies.PolicyError as error:
        assert str(error)
        return
    policies.rows(parsed)
    for limit in policies.limits_for(parsed, "b", ["a", "c"]):
        assert limit.value >= 0
        policies.window_name(limit.window_hours)


def _offered(text: str) -> None:
    try:
        configuration = parse(Document("f", text))
    except DocumentError as error:
        assert str(error).startswith("f: ")
        return
    assert all(str(problem) for problem in configuration.problems)
    offer(configuration, ProfileUser("ana", frozenset({"g"})))


@fuzzed
@given(damaged(yaml.safe_dump(PROFILES).encode()))
def test_damaged_profiles(content: bytes) -> None:
    _offered(content.decode("utf-8", "replace"))


@fuzzed
@given(nearly(PROFILES))
def test_any_profiles(content: Any) -> None:
    try:
        text = yaml.safe_dump(content, allow_unicode=True)
        text.encode()
    except (UnicodeEncodeError, yaml.YAMLError, ValueError):
        return
    _offered(text)


@fuzzed
@given(anything)
def test_any_yaml(content: Any) -> None:
    try:
        text = yaml.safe_dump(content, allow_unicode=True)
    except (UnicodeEncodeError, yaml.YAMLError, ValueError):
        return
    _offered(text)
