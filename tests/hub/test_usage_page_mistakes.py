"""Mistakes in the settings of the usage page, with real hubs: each leaves the hub running, and the page names it."""

import html
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import requests

from tests.hub.jupyterhub import VERSIONS, Hub, HubDidNotStartError, Service, real_hub
from tests.hub.test_quotas import log_in
from tests.tools import TOOLS
from tests.waiting import PATIENCE, free_port

CHECKOUT: Final = Path(__file__).parents[2]
VALID: Final = 'c.UsageConfig.prometheus_url = "http://prometheus:9090"\nc.UsageConfig.hub_namespace = "prod"\n'
POLICY: Final = 'c.UsageQuotaManager.policy = [{"resource": "disk", "limit": 1, "window": 7}]\n'


@dataclass(frozen=True)
class Mistake:
    """A file of settings, or other arguments, and a part of the sentence for administrators."""

    name: str
    said: str
    file: str = VALID
    arguments: tuple[str, ...] = ()


MISTAKES: Final = (
    Mistake("colon", "UsageConfig.prometheus_url is not set: write", 'c.UsageConfig.prometheus_url: "http://p"\n'),
    Mistake("url", "UsageConfig.prometheus_url must begin with", VALID + 'c.UsageConfig.prometheus_url = "p:9090"\n'),
    Mistake("type", "'footer_note' trait", VALID + "c.UsageViewer.footer_note = 5\n"),
    Mistake("policy", "policy[0]: resource is 'disk'", VALID + POLICY),
    Mistake("public", "UsageViewer.public_hub_url must begin with", VALID + 'c.UsageViewer.public_hub_url = "http://[x"\n'),
    Mistake("salt", "UsageConfig.pseudonym_salt_file: ", VALID + 'c.UsageConfig.pseudonym_salt_file = "/no/salt"\n'),
    Mistake("syntax", "settings.py: SyntaxError", VALID + "c.UsageConfig =\n"),
    Mistake("exits", "settings.py: SystemExit", "import sys\nsys.exit(3)\n"),
    Mistake("missing", "/nowhere/settings.py", arguments=("--config-files=/nowhere/settings.py",)),
    Mistake("flag", "the arguments '--config-files' '--nope' cannot be used", arguments=("--nope",)),
)  # fmt: skip


def service(name: str, version: int, arguments: list[str], port: int, folder: Path) -> Service:
    """Return the page as a managed service, run by the hub's own Python."""
    command = [str(TOOLS / f"hub{version}/bin/python"), "-m", "hubmeter_hub.usage_page", *arguments]
    path = ":".join([*(str(CHECKOUT / part) for part in ("common", "promql", "hub")), str(folder)])
    scopes = ["read:users:name", "read:users:groups"]
    return Service(name, scopes, f"http://127.0.0.1:{port}", command, {"PYTHONPATH": path})


def metadata(folder: Path) -> None:
    """Write the metadata of the distribution, which the hub's own Python lacks; the page reads its version there."""
    file = folder / "hubmeter-0.dist-info" / "METADATA"
    file.parent.mkdir()
    file.write_text("Metadata-Version: 2.1\nName: hubmeter\nVersion: 0\n", encoding="utf-8")


@pytest.fixture(scope="module", params=VERSIONS, ids=lambda version: f"JupyterHub {version}")
def hub(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with all mistakes at once, each in a service; it has started, which is the first half of the test."""
    folder = tmp_path_factory.mktemp("hub")
    metadata(folder)
    services = []
    for mistake in MISTAKES:
        file = folder / mistake.name / "settings.py"
        file.parent.mkdir()
        file.write_text(mistake.file, encoding="utf-8")
        arguments = [f"--config-files={file}", *mistake.arguments]
        services.append(service(mistake.name, request.param, arguments, free_port(), folder))
    # A port that differs from that of the url, at which the hub checks the service.
    file = folder / "port.py"
    file.write_text(VALID + f"c.UsageViewer.service_port = {free_port()}\n", encoding="utf-8")
    services.append(service("port", request.param, [f"--config-files={file}"], free_port(), folder))
    names = [item.name for item in services]
    watcher = Service("watcher", [f"access:services!service={names[0]}", "read:users:name", "read:users:groups"])
    curious = Service("curious", [f"access:services!service={names[0]}"])
    extra = f"""
c.KeepCase.admin_users = {{"root"}}
c.JupyterHub.load_roles.append(
    {{"name": "user", "scopes": ["self", *(f"access:services!service={{n}}" for n in {names!r})]}}
)
for service in c.JupyterHub.services:
    if "url" in service:
        service["oauth_no_confirm"] = True
"""
    with real_hub(request.param, {"ann": [], "root": []}, [*services, watcher, curious], extra, folder) as hub:
        (folder / "tokens").write_text(f"{watcher.token} {curious.token}", encoding="utf-8")
        yield hub


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_shown_to_administrators_and_excused_to_others(hub: Hub, mistake: Mistake) -> None:
    url = f"{hub.url}/services/{mistake.name}/"
    with log_in(hub, "ann") as ann, log_in(hub, "root") as root:
        own, admins = ann.get(url, timeout=PATIENCE), root.get(url, timeout=PATIENCE)
    assert (own.status_code, admins.status_code) == (503, 503)
    assert "This page is not set up yet." in own.text
    assert "settings" not in own.text
    assert mistake.said in html.unescape(admins.text)
    assert own.headers["Cache-Control"] == "no-store"
    assert mistake.said in hub.log_path.read_text(encoding="utf-8")


def test_the_hub_is_up_and_no_service_has_ended(hub: Hub) -> None:
    log = hub.log_path.read_text(encoding="utf-8")
    assert requests.get(f"{hub.api_url}/", timeout=PATIENCE).ok
    assert "exited with status" not in log
    assert "JupyterHub is now running" in log


def test_programs_get_the_reason_with_the_scopes_of_administrators(hub: Hub) -> None:
    url = f"{hub.url}/services/{MISTAKES[0].name}/api/usage"
    watcher, curious = (hub.log_path.parent / "tokens").read_text(encoding="utf-8").split()
    answers = {
        token: requests.get(url, headers={"Authorization": f"token {token}"}, timeout=PATIENCE)
        for token in (watcher, curious, "nonsense")
    }
    assert [answer.status_code for answer in answers.values()] == [503, 503, 401]
    assert MISTAKES[0].said in answers[watcher].json()["message"]
    assert "UsageConfig" not in answers[curious].text


def test_a_port_that_differs_from_that_of_the_url_is_served_too(hub: Hub) -> None:
    answer = requests.get(f"{hub.url}/services/port/", allow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 302
    assert "at which the hub checks it: listening on both" in hub.log_path.read_text(encoding="utf-8")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_port_in_use_ends_the_hub_with_a_sentence(version: int, tmp_path: Path) -> None:
    """No page can answer there."""
    metadata(tmp_path)
    file = tmp_path / "settings.py"
    file.write_text(VALID, encoding="utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        page = service("usage", version, [f"--config-files={file}"], port, tmp_path)
        with pytest.raises(HubDidNotStartError), real_hub(version, {"ann": []}, [page], folder=tmp_path):
            pass
    log = (tmp_path / "jupyterhub.log").read_text(encoding="utf-8")
    assert f"hubmeter-usage-page: cannot listen on port {port}" in log
