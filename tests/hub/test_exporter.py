"""The groups exporter with a real JupyterHub 5 and 6, and only the two scopes."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest
import requests
from kubespawner import slugs as kubespawner
from prometheus_client.parser import text_string_to_metric_families

from hubmeter_exporter.hub_api import SCOPES
from tests.hub.jupyterhub import VERSIONS, Hub, Service, real_hub
from tests.waiting import PATIENCE, free_port, wait_until

USERS: dict[str, Sequence[str]] = {
    "ana.lópez@uni.edu": ["geo"],
    "Bob-Smith": ["geo", "bio", "chem"],
    "x--y": [],
    "ann": ["bio"],
    "anna": ["geo"],
    "z" * 80: ["bio", "geo"],
    "first.last": ['quo"ted \\ group'],
    "1st": ["other"],
    **{f"user-{i:03}": [f"class-{i % 9}"] for i in range(240)},
}
NAME = "groups-exporter"
MANAGED = Service(
    NAME,
    SCOPES,
    url=f"http://127.0.0.1:{free_port()}",
    command=[sys.executable, "-m", "hubmeter_exporter", "--multiple_groups", "split"],
    environment={"NAMESPACE": "managed"},
)
EXTERNAL = Service("external-exporter", SCOPES)
WITHOUT_GROUPS = Service("without-groups", ["list:users"])
WITHOUT_LIST = Service("without-list", ["read:users:groups"])


@pytest.fixture(scope="module", params=VERSIONS, ids=[f"JupyterHub {version}" for version in VERSIONS])
def hub(request: pytest.FixtureRequest) -> Iterator[Hub]:
    with real_hub(request.param, USERS, [MANAGED, EXTERNAL, WITHOUT_GROUPS, WITHOUT_LIST]) as running:
        yield running


def external(hub: Hub, token: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Read the hub once through its proxy."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTERHUB_")}
    return subprocess.run(
        [sys.executable, "-m", "hubmeter_exporter", "--once", "--hub_url", hub.url, *arguments],
        env=environment | {"JUPYTERHUB_API_TOKEN": token, "NAMESPACE": "external"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def rows(text: str, metric: str) -> dict[tuple[str, str], float]:
    """Return values by user and group; check the labels that depend on the name."""
    values = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == metric:
                name = sample.labels["username"]
                if metric.endswith("_info"):
                    assert sample.labels["username_safe"] == kubespawner.safe_slug(name, max_length=48)
                    assert sample.labels["username_escape"] == kubespawner.escape_slug(name)
                    assert sample.labels["username_escaped"] == kubespawner.escape_slug(name)
                values[name, sample.labels["usergroup"]] = sample.value
    return values


def test_as_a_managed_service_behind_the_proxy(hub: Hub) -> None:
    url = f"{hub.url}/services/{NAME}"
    wait_until(lambda: requests.get(f"{url}/readyz", timeout=PATIENCE).ok, lambda: f"{url} is ready")
    text = requests.get(f"{url}/metrics", timeout=PATIENCE).text
    assert rows(text, "jupyterhub_user_group_share") == {
        (user, group): 1 / len(groups or ["none"]) for user, groups in USERS.items() for group in groups or ["none"]
    }
    assert rows(text, "jupyterhub_user_group_info") == {
        (user, group): 1 for user, groups in USERS.items() for group in groups or ["none"]
    }
    assert re.search(r'jupyterhub_groups_exporter_users{hub_url="http://[^"/]+",namespace="managed"} 248.0', text)
    for path in ("", "/"):
        assert requests.get(url + path, timeout=PATIENCE).text == text
    direct = requests.get(f"{MANAGED.url}/metrics", timeout=PATIENCE)
    assert direct.text == text


def test_as_an_external_service_with_the_default_strategy(hub: Hub) -> None:
    ended = external(hub, EXTERNAL.token)
    assert (ended.returncode, ended.stderr) == (0, "")
    several = {user for user, groups in USERS.items() if len(groups) > 1}
    assert rows(ended.stdout, "jupyterhub_user_group_info") == {
        (user, "other" if user in several else (groups or ["none"])[0]): 1 for user, groups in USERS.items()
    }
    real = {(user, group): float(user not in several) for user, groups in USERS.items() for group in groups}
    without_group = {(user, "none"): 1.0 for user, groups in USERS.items() if not groups}
    in_default_group = {(user, "other"): 1.0 for user in several}
    assert rows(ended.stdout, "jupyterhub_user_group_share") == real | without_group | in_default_group


def test_only_the_allowed_groups(hub: Hub) -> None:
    ended = external(hub, EXTERNAL.token, "--allowed_groups", "geo", "class-1")
    assert ended.returncode == 0
    assert rows(ended.stdout, "jupyterhub_user_group_share") == {
        (user, next((group for group in groups if group in ("geo", "class-1")), "none")): 1
        for user, groups in USERS.items()
    }


def test_a_group_renamed_in_the_hub_is_renamed_at_the_next_reading(hub: Hub) -> None:
    admin = {"Authorization": f"token {hub.token}"}
    groups = f"{hub.api_url}/groups"
    for method, path, body in (
        ("DELETE", "/bio/users", {"users": ["ann"]}),
        ("POST", "/biology", {}),
        ("POST", "/biology/users", {"users": ["ann"]}),
    ):
        requests.request(method, groups + path, json=body, headers=admin, timeout=PATIENCE).raise_for_status()
    after = rows(external(hub, EXTERNAL.token).stdout, "jupyterhub_user_group_share")
    assert {group: share for (user, group), share in after.items() if user == "ann"} == {"biology": 1}


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (WITHOUT_GROUPS.token, "the scope read:users:groups is missing"),
        (WITHOUT_LIST.token, "Action is not authorized with current scopes"),
        ("not-a-token", "Missing or invalid credentials"),
    ],
    ids=["without read:users:groups", "without list:users", "wrong token"],
)
def test_a_token_without_scope_gives_the_remedy(hub: Hub, token: str, sentence: str) -> None:
    ended = external(hub, token)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert sentence in ended.stderr
    assert "give the exporter's service the scopes list:users and read:users:groups" in ended.stderr
    assert token not in ended.stderr


def test_the_two_scopes_cannot_write(hub: Hub) -> None:
    headers = {"Authorization": f"token {EXTERNAL.token}"}
    assert requests.delete(f"{hub.api_url}/users/anna", headers=headers, timeout=PATIENCE).status_code in (403, 404)
    assert requests.post(f"{hub.api_url}/groups/mine", headers=headers, timeout=PATIENCE).status_code == 403
    assert "anna" in external(hub, EXTERNAL.token).stdout
