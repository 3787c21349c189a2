"""deploy.py of jupyterhub/grafana-dashboards deploys our dashboards/*.jsonnet.

The test repeats the requests of it, in code of our own, against a stand-in for Grafana's HTTP API that records
them. The program renders with ``jsonnet -J vendor`` and the names of the data sources as an argument, computes new
positions of panels, asks Prometheus through Grafana for the values of each variable whose query it reads as text, and
posts the result.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import _gojsonnet
import pytest
import requests

from hubmeter_generator import dashboards, fill, settings
from hubmeter_generator.grafana.links import DOCS
from hubmeter_generator.write.files import files
from tests.http_server import Handler, http_server
from tests.unit.generator.boards import NO_DAYS
from tests.waiting import PATIENCE

TOKEN = "a token of the test"
FOLDER_UID = "70E5EE84-1217-4021-A89E-1E3DE0566D93"
LEVELS = ("namespace", "usergroup", "username", "profile", "size", "image", "server")


@dataclass
class Grafana:
    """The state of the stand-in: its folders, and the dashboards and selectors that it received."""

    folders: dict[str, Any] = field(default_factory=dict)
    boards: list[dict[str, Any]] = field(default_factory=list)
    selectors: list[str] = field(default_factory=list)


def series(selector: str) -> list[dict[str, str]]:
    """Return series with the labels of their level, as the rules record them; shares and sizes have all labels."""
    name = selector.partition("{")[0]
    labels = {level: f"some {level}" for level in LEVELS if level in name.split(":")[0].split("_")}
    always = {"__name__": name, "k8s": "some cluster", "namespace": labels["namespace"]}
    rows = [{**always, **labels}]
    complete = "usergroup_share" in name or "server_requests" in name
    if len(labels) > 1 and not complete and '!=""' not in selector:
        rows.append(always)  # what nobody claims, or runs without a profile
    return rows


def deployed(grafana: tuple[str, Grafana], folder: Path) -> Grafana:
    """Write the dashboards of the default settings, and deploy them."""
    url, state = grafana
    write(settings.load(), folder)
    deploy(url, folder)
    return state


def handler(grafana: Grafana) -> type[BaseHTTPRequestHandler]:
    class GrafanaHandler(Handler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self.send_json(401, {"message": "Unauthorized"})
            elif url.path == "/api/datasources":
                self.send_json(200, [{"id": 3, "uid": "abc", "name": "It's Prometheus", "type": "prometheus"}])
            elif url.path == "/api/datasources/proxy/3/api/v1/series":
                (selector,) = parse_qs(url.query)["match[]"]
                grafana.selectors.append(selector)
                self.send_json(200, {"status": "success", "data": series(selector)})
            elif url.path.removeprefix("/api/folders/") in grafana.folders:
                self.send_json(200, grafana.folders[url.path.removeprefix("/api/folders/")])
            else:
                self.send_json(404, {"message": "not found"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self.send_json(401, {"message": "Unauthorized"})
            elif self.path == "/api/folders":
                grafana.folders[body["uid"]] = {"id": 7, **body}
                self.send_json(200, grafana.folders[body["uid"]])
            elif self.path == "/api/dashboards/db" and body["dashboard"]["title"]:
                grafana.boards.append(body)
                self.send_json(200, {"status": "success", "uid": body["dashboard"]["uid"]})
            else:
                self.send_json(400, {"message": "bad request"})

    return GrafanaHandler


@pytest.fixture
def grafana() -> Iterator[tuple[str, Grafana]]:
    state = Grafana()
    with http_server(handler(state)) as server:
        yield f"http://127.0.0.1:{server.server_port}", state


def deploy(url: str, folder: Path) -> None:
    """Send what deploy.py sends, in its order."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {TOKEN}"

    def ask(path: str, body: Any = None) -> Any:
        method = "GET" if body is None else "POST"
        answer = session.request(method, f"{url}/api{path}", json=body, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json()

    known = session.get(f"{url}/api/folders/{FOLDER_UID}", timeout=PATIENCE)
    title = {"uid": FOLDER_UID, "title": "JupyterHub Default Dashboards"}
    folder_id = (ask("/folders", title) if known.status_code == 404 else known.json())["id"]
    for path in folder.glob("*.jsonnet"):
        sources = ask("/datasources")
        argument = {"datasources": str([source["name"] for source in sources])}
        board = json.loads(_gojsonnet.evaluate_file(str(path), jpathdir=["vendor"], tla_codes=argument))
        left = top = 0
        for panel in board["panels"]:
            place = panel["gridPos"]
            place.update(x=left, y=top)
            top += place["h"]
            left = 0 if panel["type"] == "row" else (left + place["w"]) % 24
        for variable in board["templating"]["list"]:
            fill_in(variable, sources, ask)
        board["uid"] = uid(path, folder)
        ask("/dashboards/db", {"dashboard": board, "folderId": folder_id, "overwrite": True})


def uid(path: Path, folder: Path) -> str:
    """Return a uid like deploy.py's: a hash of the file's path and the folder."""
    return hashlib.sha256(f"{path}{folder}".encode()).hexdigest()[:16]


def fill_in(variable: dict[str, Any], sources: list[dict[str, Any]], ask: Any) -> None:
    names = [source["name"] for source in sources]
    if variable["type"] == "query":
        match = re.match(r"label_values\((.*),\s*(.*)\)", variable["query"], re.DOTALL)
        assert match, variable["query"]
        query = urlencode({"match[]": match[1]})
        matching = ask(f"/datasources/proxy/{sources[0]['id']}/api/v1/series?{query}")["data"]
        names = sorted({labels[match[2]] for labels in matching})
    elif variable["type"] != "datasource":
        return
    variable["options"] = [{"text": name, "value": name} for name in names]
    if names and not variable.get("current"):
        variable["current"] = {"selected": True, "tags": [], "text": names[0], "value": names[0]}


SITES = {
    "the defaults": settings.load(),
    "several clusters": settings.make({"cluster_label": "k8s"}, "a test"),
}


def write(site: settings.Settings, folder: Path) -> None:
    for name, text in files(site).items():
        if "/" not in name:
            (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_every_dashboard_arrives_in_grafana(
    site: settings.Settings, grafana: tuple[str, Grafana], tmp_path: Path
) -> None:
    url, state = grafana
    write(site, tmp_path)
    deploy(url, tmp_path)
    deploy(url, tmp_path)
    assert list(state.folders) == [FOLDER_UID]
    assert len(state.boards) == 2 * len(dashboards.BUILDERS)
    finished = {uid(tmp_path / f"{name}.jsonnet", tmp_path): board for name, board in fill.dashboards(site).items()}
    assert {sent["dashboard"]["uid"] for sent in state.boards} == set(finished)
    for sent in state.boards:
        assert (sent["folderId"], sent["overwrite"]) == (7, True)
        board = sent["dashboard"]
        expected = finished[board["uid"]]
        assert compared(board["panels"]) == compared(expected["panels"])
        assert {key: board[key] for key in board if key not in ("panels", "templating", "uid")} == {
            key: expected[key] for key in expected if key not in ("panels", "templating", "uid")
        }


def compared(value: Any) -> Any:
    """Return panels without places, and of links the part that sets time range and variables."""
    if isinstance(value, list):
        return [compared(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "url" in value:
        return value["url"].partition("?")[2]
    return {key: compared(item) for key, item in value.items() if key != "gridPos"}


def urls(value: Any) -> Iterator[str]:
    if isinstance(value, list | dict):
        for item in value if isinstance(value, list) else value.values():
            yield from urls(item)
    if isinstance(value, dict) and "url" in value:
        yield value["url"]


def test_with_deploys_own_uids_every_link_leads_to_a_dashboard(grafana: tuple[str, Grafana], tmp_path: Path) -> None:
    state = deployed(grafana, tmp_path)
    for sent in state.boards:
        links = [url for url in urls(sent["dashboard"]["panels"]) if not url.startswith(f"{DOCS}/")]
        assert {link.partition("?")[0] for link in links} <= {"/d/${__dashboard.uid}"}
        assert all(link.partition("?")[2].startswith(("${__url_time_range}&", "from=now-1M/M&")) for link in links)
        assert [(of["type"], of["includeVars"]) for of in sent["dashboard"]["links"]] == [("dashboards", True)] * 2
    assert any("var-usergroup" in link for sent in state.boards for link in urls(sent["dashboard"]["panels"]))


def across(board: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(panel["title"], panel["gridPos"]["x"], panel["gridPos"]["w"]) for panel in board["panels"]]


def test_after_being_placed_anew_panels_stand_side_by_side_as_before(
    grafana: tuple[str, Grafana], tmp_path: Path
) -> None:
    state = deployed(grafana, tmp_path)
    before = {board["title"]: across(board) for board in map(json.loads, map(Path.read_text, tmp_path.glob("*.json")))}
    assert {sent["dashboard"]["title"]: across(sent["dashboard"]) for sent in state.boards} == before


def test_variables_offer_what_prometheus_has_and_keep_all_as_the_choice(
    grafana: tuple[str, Grafana], tmp_path: Path
) -> None:
    state = deployed(grafana, tmp_path)
    variables = {v["name"]: v for sent in state.boards for v in sent["dashboard"]["templating"]["list"]}
    assert variables["datasource"]["current"]["value"] == "It's Prometheus"
    for name, value in (("hub", "some namespace"), ("usergroup", "some usergroup"), ("username", "some username")):
        assert variables[name]["options"] == [{"text": value, "value": value}]
        assert variables[name]["current"]["value"] == ["$__all"]
    assert not [selector for selector in state.selectors if "%(" in selector]


def test_results_of_queries_which_deploy_cannot_ask_for_are_constants(
    grafana: tuple[str, Grafana], tmp_path: Path
) -> None:
    state = deployed(grafana, tmp_path)
    for sent in state.boards:
        hidden = {v["name"]: v for v in sent["dashboard"]["templating"]["list"] if v["hide"]}
        values = {"now": "end()", "every": "3600", **NO_DAYS}
        assert {"now"} <= hidden.keys()
        for name, variable in hidden.items():
            assert (variable["type"], variable["query"]) == ("constant", values.get(name, ".*")), name


def test_the_stand_in_refuses_another_token(grafana: tuple[str, Grafana]) -> None:
    answer = requests.get(f"{grafana[0]}/api/datasources", headers={"Authorization": "Bearer wrong"}, timeout=PATIENCE)
    assert answer.status_code == 401
