"""Configurations of jupyterhub-usage-quotas on real hubs: its quickstart with changed names, and old options."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import yaml

from hubmeter_hub.quotas.replaced import RETIRED
from tests.hub.jupyterhub import VERSIONS, HubDidNotStartError, real_hub
from tests.hub.test_quotas import log_in
from tests.hub.test_usage_page_mistakes import metadata, service
from tests.tools import TOOLS
from tests.waiting import PATIENCE, free_port

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs/migrating/usage-quotas-quickstart.md"
PATHS: Final = [str(ROOT / name) for name in ("hub", "promql", "common")]
START: Final = f"import sys\nsys.path[:0] = {PATHS!r}\n"

# Lines of the replaced tool's quickstart, with changed names: each does something else than it shows.
SLIPS: Final = {
    "common.py": 'c.UsageConfig.prometheus_url: "http://prometheus.support"\nc.UsageConfig.hub_namespace: "prod"\n',
    "secret.py": (
        'c.UsageConfig.prometheus_auth = {\n  "username": "u",\n  "password": "s3cret",\n},\n'
        'c.UsageViewer.session_secret_key: "another-s3cret"\n'
    ),
}


def merged(*documents: Mapping[str, Any]) -> dict[str, Any]:
    """Put values files together as Helm does."""
    result: dict[str, Any] = {}
    for document in documents:
        for key, value in document.items():
            result[key] = merged(result.get(key, {}), value) if isinstance(value, dict) else value
    return result


def values() -> dict[str, Any]:
    """Return the values of the page, without placeholders."""
    text = PAGE.read_text(encoding="utf-8")
    text = text.replace("<prometheus-service-name>.<k8s-prometheus-namespace>", "prometheus.support")
    blocks = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return merged(*(yaml.safe_load(re.sub("<([a-z_-]+)>", r"\1", block)) for block in blocks))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_repaired_quickstart_runs(version: int, tmp_path: Path) -> None:
    hub_values, port = values()["hub"], free_port()
    config = START + "".join(hub_values["extraConfig"].values())
    for section, options in hub_values["config"].items():
        if section.startswith("Usage"):
            config += "".join(f"c.{section}.{name} = {value!r}\n" for name, value in options.items())
    mounted = {}
    for file in hub_values["extraFiles"].values():
        mounted[file["mountPath"]] = tmp_path / Path(file["mountPath"]).name
        mounted[file["mountPath"]].write_text(file["stringData"], encoding="utf-8")
        config += file["stringData"]
    (name,) = hub_values["services"]
    arguments = hub_values["services"][name]["command"][3:]
    for there, here in mounted.items():
        arguments = [argument.replace(there, str(here)) for argument in arguments]
    metadata(tmp_path)
    page = service(name, version, arguments, port, tmp_path)
    roles = [{"name": role, **entry} for role, entry in hub_values["loadRoles"].items()]
    config += f"c.JupyterHub.load_roles += {roles!r}\nc.JupyterHub.authenticate_prometheus = False\n"
    config += "for s in c.JupyterHub.services:\n    if 'url' in s:\n        s['oauth_no_confirm'] = True\n"
    with real_hub(version, {"ann": ["group-0"]}, [page], config, tmp_path) as hub:
        exported = requests.get(f"{hub.url}/hub/metrics", timeout=PATIENCE).text
        (limit,) = re.findall(r'quota_policy_limit{[^}]*usergroup="group-0"[^}]*} (\S+)', exported)
        assert float(limit) == 1000 * 2.0**30
        with log_in(hub, "ann") as ann:
            shown = ann.get(f"{hub.url}/services/{name}", timeout=PATIENCE)
        assert shown.status_code == 503, "there is no Prometheus"
        assert "Usage cannot be shown right now." in shown.text
        log = hub.log_path.read_text(encoding="utf-8")
        expected = ("Quota: it is unknown since when", "Quota: Prometheus does not answer")
        assert not [line for line in log.splitlines() if "Quota: " in line and not any(of in line for of in expected)]
        assert "not recognized" not in log


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("common.py",), r"line 1 of \S+common.py sets nothing: write c.UsageConfig.prometheus_url = "),
        (("secret.py",), r"line 1 of \S+secret.py sets a tuple: remove the comma after the value"),
    ],
)
def test_slips_of_the_quickstart_are_named_with_their_line(
    version: int, names: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "jupyterhub_config.d"
    folder.mkdir()
    config = START + "from hubmeter_hub import setup_usage_quotas\nsetup_usage_quotas(c)\n"
    config += 'c.UsageQuotaManager.policy = [{"resource": "memory", "limit": "1G", "window": 7}]\n'
    for name in names:
        (folder / name).write_text(SLIPS[name], encoding="utf-8")
        config += SLIPS[name]
    with (
        pytest.raises(HubDidNotStartError, match=said) as error,
        real_hub(version, {"ann": []}, config_extra=config, folder=tmp_path),
    ):
        pass
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_nested_command_and_old_options_arguments_and_variables_start(version: int, tmp_path: Path) -> None:
    metadata(tmp_path)
    file = tmp_path / "usage.py"
    file.write_text("c.UsageViewer.dev_mode = True\nc.UsageViewer.footer_note = '<b>x</b>'\n", encoding="utf-8")
    port = free_port()
    nested = service("nested", version, [], port, tmp_path)
    prometheus = ["--prometheus-url=http://127.0.0.1:9", "--hub-namespace=prod"]
    listen = ["--host=127.0.0.1", f"--port={free_port()}", "--dev-mode=True", "--hub_api_token", "x"]
    old = service("old", version, [*prometheus, *listen], free_port(), tmp_path)
    off = [f"--UsageViewer.enable_{section}=False" for section in ("compute", "home_storage")]
    both = service("both-off", version, [*prometheus, *off], free_port(), tmp_path)
    python = str(TOOLS / f"hub{version}/bin/python")
    options = [f"--config-files={file}", "--hub-namespace=prod", "--prometheus-url=http://127.0.0.1:9"]
    command = " - ".join(["hubmeter_hub.usage_page", *options])
    config = (
        START
        + f"""
from hubmeter_hub import setup_usage_quotas
setup_usage_quotas(c)
import os
os.environ["JUPYTERHUB_USAGE_QUOTAS_PROMETHEUS_URL"] = "http://127.0.0.1:9"
os.environ["JUPYTERHUB_USAGE_QUOTAS_HUB_NAMESPACE"] = "prod"
c.UsageConfig.prometheus_auth = {{}}
for name in {sorted(RETIRED)!r}:
    c.UsageConfig[name] = "x"
c.UsageQuotaManager.scope_backup_strategy = {{"intersection": "sum"}}
c.UsageQuotaManager.policy = [
    {{"resource": "memory", "limit": "300G", "window": 7, "scope": {{"group": ["a", "b"]}}}},
    {{"resource": "cpu", "limit": "2M", "window": 7}},
]
c.JupyterHub.authenticate_prometheus = False
for service in c.JupyterHub.services:
    if service["name"] == "nested":
        service["command"] = [{python!r}, "-m", {command!r}]
    if "url" in service:
        service["oauth_no_confirm"] = True
names = ["nested", "old", "both-off"]
scopes = ["self", *(f"access:services!service={{n}}" for n in names)]
c.JupyterHub.load_roles.append({{"name": "user", "scopes": scopes}})
# As YAML of the old quickstart spells it: the role user is inside another one.
inner = {{"scopes": ["self", "access:services!service=usage-quota"]}}
c.JupyterHub.load_roles.append(
    {{"name": "usage-quota-service", "scopes": ["read:users:name"], "services": ["old"], "user": inner}}
)
c.UsageQuotaManager.failover_open = False
c.UsageQuotaManager.check_after_hook = True
c.Spawner.pre_spawn_hook = lambda spawner: spawner.log.warning("the site's hook runs for %s", spawner.user.name)
"""
    )
    with real_hub(version, {"ann": ["a"]}, [nested, old, both], config, tmp_path) as hub:
        log = hub.log_path.read_text(encoding="utf-8")
        for name in RETIRED:
            assert f"c.UsageConfig.{name} has no effect: " in log
        assert "the command of the service nested has one argument" in log
        assert "Quota: the role usage-quota-service has the key 'user', which is a role and is ignored there" in log
        assert "Its scopes, which no user has: self, access:services!service=usage-quota." in log
        assert "policy[0]: it names 2 groups" in log
        assert "up to 600 GiB-hours; jupyterhub-usage-quotas counted 300 GiB-hours" in log
        assert "policy[1]: the limit '2M' is 2,000,000 CPU-hours; jupyterhub-usage-quotas counted 20,000" in log
        assert "footer_note is shown as text" in log
        assert "the argument --dev-mode has no effect: there is no mock data" in log
        headers = {"Authorization": f"token {hub.token}"}
        denied = requests.post(f"{hub.api_url}/users/ann/server", headers=headers, timeout=PATIENCE)
        assert (denied.status_code, denied.headers["Retry-After"]) == (503, "60"), "before: 424"
        assert "the site's hook runs for ann" in hub.log_path.read_text(encoding="utf-8"), "before the check"
        exported = requests.get(f"{hub.url}/hub/metrics", timeout=PATIENCE).text
        assert 'jupyterhub_quota_decisions_total{outcome="failed_closed"} 1.0' in exported
        assert 'jupyterhub_quota_failures_total{reason="unreachable"} 1.0' in exported
        assert not re.findall(r"jupyterhub_usage_quotas_\w+|jupyterhub_memory_\w+_byte_hours_total", exported)
        (limit,) = re.findall(r'quota_policy_limit{[^}]*usergroup="a"[^}]*} (\S+)', exported)
        assert float(limit) == 300 * 2.0**30
        with log_in(hub, "ann") as ann:
            for name in ("nested", "old"):
                shown = ann.get(f"{hub.url}/services/{name}", timeout=PATIENCE)
                assert (shown.status_code, shown.url) == (503, f"{hub.url}/services/{name}/")
                assert "Usage cannot be shown right now." in shown.text
            assert ann.get(f"{hub.url}/services/both-off/", timeout=PATIENCE).status_code == 404
            assert ann.get(f"{hub.url}/services/old/metrics", timeout=PATIENCE).status_code == 404
