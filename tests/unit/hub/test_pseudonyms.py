"""Pods, quota questions and quota metrics carry pseudonyms, on KubeSpawner's own pods."""

import asyncio
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_plus

import pytest
import requests
from jupyterhub.services.auth import HubOAuth
from kubespawner import KubeSpawner
from kubespawner.objects import make_pod
from prometheus_client import CollectorRegistry, generate_latest
from requests.adapters import HTTPAdapter
from traitlets import TraitError
from traitlets.config import Config

from hubmeter_common.pseudonyms import ENVIRONMENT, Salt
from hubmeter_hub import setup_pseudonyms, setup_usage_quotas
from hubmeter_hub.config import ConfigError, UsageConfig
from hubmeter_hub.quotas.check import QuotaCheck
from hubmeter_hub.quotas.metrics import QuotaMetrics
from hubmeter_hub.quotas.readings import Readings
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.usage_page.app import make_app
from hubmeter_hub.usage_page.traits import UsageViewer
from hubmeter_promql.client import Prometheus, Value
from tests.unit.hub.quota_cases import memory

SALT = Salt(b"salt-of-this-test-0123456789")
NAME = "ana.lópez@uni.edu"
PSEUDONYM = SALT.pseudonym(NAME)


@pytest.fixture(autouse=True)
def _cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure a cluster, which KubeSpawner needs to start; no test connects to it."""
    file = tmp_path / "kubeconfig"
    file.write_text(
        "{clusters: [{name: a, cluster: {server: 'http://127.0.0.1:9'}}], users: [{name: a, user: {}}], "
        "contexts: [{name: a, context: {cluster: a, user: a}}], current-context: a}",
        encoding="utf-8",
    )
    monkeypatch.setattr("kubernetes_asyncio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(file))


@pytest.fixture
def c(tmp_path: Path) -> Config:
    """A hub's configuration with a salt."""
    file = tmp_path / "salt"
    file.write_bytes(SALT.value)
    config = Config()
    config.UsageConfig.pseudonym_salt_file = str(file)
    return config


def annotations(config: Config, cls: type[KubeSpawner] = KubeSpawner) -> dict[str, str]:
    """Return the annotations of a pod that KubeSpawner makes and hands to the hook."""
    user = SimpleNamespace(name=NAME, id=7, url="/user/x", settings={}, spawners={}, groups=[])
    orm = SimpleNamespace(name="", server=None, user_options=None)

    async def made() -> Any:
        spawner = cls(config=config, user=user, orm_spawner=orm, _mock=True)
        pod = make_pod("jupyter-7", ["start"], 8888, "example.org/image:1", "Always")
        return await spawner.modify_pod_hook(spawner, pod)

    found: dict[str, str] = asyncio.run(made()).metadata.annotations
    return found


def marked(spawner: Any, pod: Any) -> Any:
    pod.metadata.annotations["theirs"] = spawner.user.name
    return pod


async def marked_later(spawner: Any, pod: Any) -> Any:
    return marked(spawner, pod)


class OtherSpawner(KubeSpawner):  # type: ignore[misc] # KubeSpawner has no types
    """A site's own."""


def test_a_pod_has_the_pseudonym_that_the_exporter_exports(c: Config) -> None:
    setup_pseudonyms(c)
    assert annotations(c)["hubmeter/pseudonym"] == PSEUDONYM


@pytest.mark.parametrize("hook", [marked, marked_later])
@pytest.mark.parametrize("section", ["KubeSpawner", "Spawner", "OtherSpawner"])
def test_the_site_s_own_hook_still_runs(section: str, hook: Any, c: Config) -> None:
    c[section].modify_pod_hook = hook
    setup_pseudonyms(c)
    found = annotations(c, OtherSpawner)
    assert (found["hubmeter/pseudonym"], found["theirs"]) == (PSEUDONYM, NAME)


def test_the_salt_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, SALT.value.decode())
    c = Config()
    setup_pseudonyms(c)
    assert annotations(c)["hubmeter/pseudonym"] == PSEUDONYM


def test_without_a_valid_salt_the_hub_does_not_start(c: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    with pytest.raises(TraitError, match=r"pseudonyms need a salt: set c\.UsageConfig\.pseudonym_salt_file"):
        setup_pseudonyms(Config())
    Path(c.UsageConfig.pseudonym_salt_file).write_text("short", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"UsageConfig\.pseudonym_salt_file: .* has 5 bytes"):
        setup_pseudonyms(c)
    with pytest.raises(ConfigError, match="has 5 bytes"):
        UsageConfig(config=c).names()


def test_without_a_salt_users_are_known_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert UsageConfig().names()(NAME) == NAME


def test_quotas_of_single_users_are_exposed_by_pseudonym(c: Config) -> None:
    c.UsageConfig.prometheus_url = "http://127.0.0.1:9"
    c.UsageConfig.hub_namespace = "prod"
    c.UsageQuotaManager.policy = [memory(1000, user=[NAME]), memory(500, group=["bio"])]
    registry = CollectorRegistry()
    setup_usage_quotas(c, registry)
    shown = generate_latest(registry).decode()
    assert f'username="{PSEUDONYM}"' in shown
    assert 'usergroup="bio"' in shown
    assert NAME not in shown


class Asked(Prometheus):
    """Keeps what it is asked."""

    def __init__(self) -> None:
        """Ask nobody."""
        self.queries: list[str] = []

    def instant(self, query: str, time: float | None = None) -> list[Value]:  # noqa: ARG002 - the base class has it
        """Answer that nothing is there."""
        self.queries.append(query)
        return []


def test_the_quota_check_asks_for_the_pseudonym(c: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    c.UsageConfig.prometheus_url = "http://127.0.0.1:9"
    c.UsageConfig.hub_namespace = "prod"
    c.UsageQuotaManager.policy = [memory(1000, user=[NAME])]
    manager = UsageQuotaManager(config=c)
    check = QuotaCheck(manager, manager.policies(), QuotaMetrics(CollectorRegistry(), "jupyterhub"), manager.session)
    asked = Asked()
    monkeypatch.setattr(Readings, "_client", lambda _: asked)
    user = SimpleNamespace(name=NAME, groups=[])
    spawner = SimpleNamespace(user=user, log=SimpleNamespace(warning=lambda *_: None, error=lambda *_: None))
    asyncio.run(check(spawner))
    assert asked.queries
    assert all(PSEUDONYM in query and NAME not in query for query in asked.queries)


def test_the_usage_page_asks_for_the_pseudonym(c: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    c.UsageConfig.prometheus_url = "http://prometheus"
    c.UsageConfig.hub_namespace = "prod"
    c.UsageQuotaManager.policy = [memory(1000, user=[NAME])]
    environ = {"JUPYTERHUB_SERVICE_PREFIX": "/services/usage/", "JUPYTERHUB_BASE_URL": "/"}
    bodies: list[str] = []

    def send(_: object, request: requests.PreparedRequest, **__: Any) -> requests.Response:
        body = unquote_plus(str(request.body))
        if "username" in body:
            bodies.append(body)
            raise requests.ConnectionError("nobody listens")
        # The moment, which all users share.
        rows = [{"metric": {"quota": key}, "value": [1000, "1000"]} for key in ("now", "newest")]
        answer = requests.Response()
        answer.status_code = 200
        answer.raw = io.BytesIO(
            json.dumps({"status": "success", "data": {"resultType": "vector", "result": rows}}).encode()
        )
        return answer

    monkeypatch.setattr(HTTPAdapter, "send", send)
    app = make_app(UsageViewer(config=c), UsageQuotaManager(config=c), environ, HubOAuth(api_token="x"))
    standing = asyncio.run(of(app.settings["summaries"]))
    assert standing.username == NAME
    assert bodies
    assert all(PSEUDONYM in body and NAME not in body for body in bodies)


async def of(standings: Any) -> Any:
    return await standings.of(NAME, frozenset())
