"""The examples in the documentation of quotas work: YAML, Python, and the command of the usage page."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, CollectorRegistry
from traitlets.config import Config

from hubmeter_hub.quota_guard.command import QuotaGuardApp, make_guard
from hubmeter_hub.quota_guard.hub_api import SCOPES
from hubmeter_hub.quotas.policy import limits_for
from hubmeter_hub.quotas.traits import UsageQuotaManager
from hubmeter_hub.usage_page.command import UsagePageApp
from hubmeter_hub.usage_page.server import listen_ports
from hubmeter_hub.usage_page.traits import UsageViewer

DOCS = Path(__file__).parents[3] / "docs"
GIB = 2.0**30


def blocks(page: str, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def merge(into: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Put values files together as Helm does."""
    for key, value in values.items():
        into[key] = merge(into.get(key, {}), value) if isinstance(value, dict) else value
    return into


@pytest.fixture
def values() -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for block in blocks("quotas-z2jh.md", "yaml"):
        merge(merged, yaml.safe_load(block))
    return merged


@pytest.fixture(autouse=True)
def metrics_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each configuration is for a hub process of its own, where metrics are registered once."""
    monkeypatch.setattr(REGISTRY, "register", lambda _: None)


def run(c: Config, source: str) -> None:
    exec(compile(source, "docs", "exec"), {"c": c})  # noqa: S102 # our own documentation


def configured(values: dict[str, Any]) -> Config:
    """Return the configuration as the chart makes it: hub.config, then the folder, then extraConfig."""
    c = Config()
    hub = values["hub"]
    for section, options in hub["config"].items():
        c[section].update(options)
    for file in sorted(hub["extraFiles"].values(), key=lambda file: str(file["mountPath"])):
        if str(file["mountPath"]).endswith(".py"):
            run(c, file["stringData"])
    for _, source in sorted(hub["extraConfig"].items()):
        run(c, source)
    return c


def test_the_values_make_a_hub_with_these_quotas(values: dict[str, Any]) -> None:
    c = configured(values)
    assert callable(c.Spawner.pre_spawn_hook)
    manager = UsageQuotaManager(config=c)
    manager.require_prometheus()
    policies = manager.policies()
    students = {(item.resource, item.window): item.value for item in limits_for(policies, "ann", ["students"])}
    assert students == {("memory", "7d"): 1000 * GIB, ("cpu", "30d"): 400}
    guests = {(item.resource, item.window): item.value for item in limits_for(policies, "ann", [])}
    assert guests == {("memory", "7d"): 50 * GIB}
    assert manager.prometheus_auth == {"username": "<username>", "password": "<password>"}


def test_the_guard_starts_with_the_files_and_the_policy_of_the_pages(values: dict[str, Any], tmp_path: Path) -> None:
    mounted = {}
    files = {str(file["mountPath"]): str(file["stringData"]) for file in values["hub"]["extraFiles"].values()}
    for place, text in files.items():
        mounted[place] = tmp_path / place.lstrip("/")
        mounted[place].parent.mkdir(parents=True, exist_ok=True)
        mounted[place].write_text(text, encoding="utf-8")
    service = values["hub"]["services"]["quota-guard"]
    assert "url" not in service, "the hub does not wait for the guard, nor publish its metrics"
    module, command = service["command"][:3], service["command"][3:]
    assert module == ["python3", "-m", "hubmeter_hub.quota_guard"]
    (example,) = (block for block in blocks("quota-guard.md", "python") if "when_exceeded" in block)
    policy = tmp_path / "policy.py"
    policy.write_text(example, encoding="utf-8")
    arguments = [f"--config-files={mounted[argument.removeprefix('--config-files=')]}" for argument in command]
    options, manager = QuotaGuardApp().settings([*arguments, f"--config-files={policy}"])
    assert (options.dry_run, options.exempt_groups) == (True, ["teachers"])
    environ = {"JUPYTERHUB_API_URL": "http://hub:8081/hub/api", "JUPYTERHUB_API_TOKEN": "t"}
    make_guard(options, manager, environ, CollectorRegistry())
    (folder,) = configured(values).JupyterHub.template_paths
    (home,) = blocks("quota-guard.md", "html")
    assert files[f"{folder}/home.html"] == home
    assert files[f"{folder}/spawn.html"] == home.replace("home.html", "spawn.html")


def test_the_page_s_command_finds_its_files_and_reads_the_same(values: dict[str, Any], tmp_path: Path) -> None:
    mounted = {}
    for file in values["hub"]["extraFiles"].values():
        if "/jupyterhub_config.d/usage_" not in file["mountPath"]:
            continue
        path = tmp_path / Path(file["mountPath"]).name
        path.write_text(file["stringData"], encoding="utf-8")
        mounted[file["mountPath"]] = str(path)
    command = values["hub"]["services"]["usage"]["command"]
    assert command[:3] == ["python3", "-m", "hubmeter_hub.usage_page"]
    arguments = [f"--config-files={mounted[argument.removeprefix('--config-files=')]}" for argument in command[3:]]
    app = UsagePageApp()
    app.initialize(arguments)
    assert sorted(app.config_files) == sorted(mounted.values())
    c = Config()
    for name in app.config_files:
        run(c, Path(name).read_text(encoding="utf-8"))
    viewer = UsageViewer(config=c)
    assert viewer.prometheus_url == UsageQuotaManager(config=configured(values)).prometheus_url
    assert viewer.session_secret_key
    assert UsageQuotaManager(config=c).policies() == UsageQuotaManager(config=configured(values)).policies()


def test_the_page_s_port_is_one_and_open(values: dict[str, Any]) -> None:
    hub = values["hub"]
    url = hub["services"]["usage"]["url"]
    (port,) = listen_ports(url, UsageViewer(config=configured(values)).service_port)
    assert url == f"http://hub:{port}"
    assert [(extraport["port"], extraport["targetPort"]) for extraport in hub["service"]["extraPorts"]] == [
        (port, port)
    ]
    ingress = {port["port"]: rule["from"] for rule in hub["networkPolicy"]["ingress"] for port in rule["ports"]}
    assert sorted(ingress) == [8081, port]
    (egress,) = values["proxy"]["chp"]["networkPolicy"]["egress"]
    assert egress["ports"] == [{"port": port}]
    assert egress["to"] == ingress[8081], "the proxy may go where the hub's pod is"


def test_the_roles_grant_the_page_to_users_and_to_it_no_more_than_it_needs(values: dict[str, Any]) -> None:
    roles = values["hub"]["loadRoles"]
    assert sorted(values["hub"]["services"]) == ["quota-guard", "usage"]
    assert roles["user"]["scopes"] == ["self", "access:services!service=usage"]
    assert roles["usage-page"] == {"scopes": ["read:users:name", "read:users:groups"], "services": ["usage"]}
    assert roles["quota-guard"] == {"scopes": list(SCOPES), "services": ["quota-guard"]}


def test_the_python_of_the_quotas_page_is_a_configuration_that_starts() -> None:
    c = Config()
    for block in blocks("quotas.md", "python"):
        run(c, block)
    policies = UsageQuotaManager(config=c).policies()
    assert len(policies.policies) == 2
    assert policies.intersection == "max"
    assert len(policies.fallback) == 1
