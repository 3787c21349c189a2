"""The files that hubmeter-generate writes: rule files, dashboards, and their form for grafana.com."""

import json
import os
import subprocess
import sys

import pytest
import yaml

from hubmeter_generator import dashboards, fill, settings
from hubmeter_generator.write import grafana_com
from hubmeter_generator.write.files import files as files_of
from tests.unit.generator.sites import DEFAULTS, files
from tests.waiting import PATIENCE

FILES = files(DEFAULTS)


def test_the_rule_file_is_plain_yaml_with_queries_as_blocks() -> None:
    text = FILES["rules/hubmeter.yaml"]
    assert text.startswith("# Written by hubmeter-generate; do not edit.\ngroups:\n- name: hubmeter-hubs\n")
    blocks = [r["expr"] for g in fill.rule_groups(DEFAULTS) for r in g["rules"] if "\n" in r["expr"]]
    assert text.count("\n    expr: |-\n      ") == len(blocks) > 10
    assert yaml.safe_load(text) == {"groups": fill.rule_groups(DEFAULTS)}
    assert not [line for line in text.splitlines() if "&id" in line or line.endswith(" ")]


@pytest.mark.parametrize("name", dashboards.BUILDERS)
def test_the_form_for_grafana_com_asks_for_the_data_source_and_is_else_the_same(name: str) -> None:
    board, form = json.loads(FILES[f"{name}.json"]), json.loads(FILES[f"grafana.com/{name}.json"])
    (asked,) = form.pop("__inputs")
    assert (asked["type"], asked["pluginId"]) == ("datasource", "prometheus")
    required = {(r["type"], r["id"]) for r in form.pop("__requires")}
    assert {("grafana", "grafana"), ("datasource", "prometheus")} < required
    shown = {panel["type"] for row in board["panels"] for panel in [row, *row.get("panels", [])]} - {"row"}
    assert {kind for what, kind in required if what == "panel"} == shown
    assert form.pop("__elements") == {}
    (choice,) = (v.pop("current") for v in form["templating"]["list"] if v["type"] == "datasource")
    assert choice == {"text": f"${{{asked['name']}}}", "value": f"${{{asked['name']}}}"}
    assert "current" not in board["templating"]["list"][0]
    assert form == board


def test_a_panel_of_a_type_without_name_is_an_error() -> None:
    board = {"templating": {"list": []}, "panels": [{"type": "row", "panels": [{"type": "crystal-ball"}]}]}
    with pytest.raises(KeyError, match="crystal-ball"):
        grafana_com.shared(board)


def test_no_two_dashboards_share_a_uid() -> None:
    boards = {name: json.loads(text) for name, text in FILES.items() if name.endswith(".json") and "/" not in name}
    assert len({board["uid"] for board in boards.values()}) == len(boards) == len(dashboards.BUILDERS)


def test_the_form_for_grafana_com_is_there_on_request_only() -> None:
    assert files_of(DEFAULTS) == {name: text for name, text in FILES.items() if not name.startswith("grafana.com/")}
    assert {name.split("/")[0] for name in FILES if "/" in name} == {"grafana.com", "kubernetes", "rules"}


def test_every_run_gives_the_same_bytes() -> None:
    program = (
        "import json; from hubmeter_generator import settings; from hubmeter_generator.write.files import files;"
        "print(json.dumps(list(files(settings.load(), shared=True).items())))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, timeout=PATIENCE, check=True,
        )  # fmt: skip
        assert json.loads(done.stdout) == [list(item) for item in files(settings.load()).items()]
