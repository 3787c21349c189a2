"""Every jsonnet that can be had gives the rules and dashboards of hubmeter-generate, and promtool takes the rules."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.engines.jsonnets import FASTEST, JSONNETS, evaluate
from tests.tools import tool
from tests.unit.generator.sites import MANY, SITES
from tests.unit.generator.test_mixin import REFUSED, generated, program, vendored
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r"(?ms)^```jsonnet\n(.*?)^```", (ROOT / "docs" / "mixin.md").read_text(encoding="utf-8"))
CHOSEN = (
    "several clusters, and every alert",
    "windows out of order, and odd intervals",
    "texts that look like placeholders",
)
CONFIGS = {**{name: SITES[name] for name in CHOSEN}, "many windows": {"windows": list(MANY.windows)}}
EVERY_JSONNET = pytest.mark.parametrize("jsonnet", JSONNETS)


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vendored(tmp_path_factory.mktemp("vendor"))


def answer(jsonnet: str, code: str, folder: Path, vendor: Path) -> Any:
    done = evaluate(jsonnet, code, folder, vendor)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_rules(folder: Path, *files: Any) -> None:
    """Have promtool check what is evaluated for a rule file."""
    paths = [folder / f"{number}.json" for number in range(len(files))]
    for path, file in zip(paths, files, strict=True):
        path.write_text(json.dumps(file), encoding="utf-8")
    done = subprocess.run(
        [tool("prometheus-2/promtool"), "check", "rules", *paths],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# One site turns nearly every setting. go-jsonnet, which takes a tenth of the time, evaluates all sites, here and in
# tests/unit/generator/test_mixin.py.
@pytest.mark.parametrize(
    ("config", "jsonnet"),
    [
        pytest.param(config, jsonnet, id=f"{name}-{jsonnet}")
        for name, config in CONFIGS.items()
        for jsonnet in JSONNETS
        if name == CHOSEN[0] or jsonnet == FASTEST
    ],
)
def test_jsonnet_and_python_give_the_same_for(
    config: dict[str, Any], jsonnet: str, tmp_path: Path, vendor: Path
) -> None:
    evaluated = answer(jsonnet, program(config), tmp_path, vendor)
    assert evaluated == generated(config)
    check_rules(tmp_path, evaluated["rules"], evaluated["alerts"])


@EVERY_JSONNET
def test_the_first_example_of_the_docs_gives_rules_that_promtool_takes(
    jsonnet: str, tmp_path: Path, vendor: Path
) -> None:
    evaluated = answer(jsonnet, EXAMPLES[0], tmp_path, vendor)
    rules, alerts = evaluated["hubmeter-rules.json"], evaluated["hubmeter-alerts.json"]
    assert {group["interval"] for group in rules["groups"]} == {"1m", "150s", "5m", "1h"}
    check_rules(tmp_path, rules, alerts)


@EVERY_JSONNET
@pytest.mark.parametrize("example", EXAMPLES[1:], ids=range(2, len(EXAMPLES) + 1))
def test_the_other_examples_of_the_docs_run(example: str, jsonnet: str, tmp_path: Path, vendor: Path) -> None:
    assert "hubmeter" in json.dumps(answer(jsonnet, example, tmp_path, vendor)).lower()


@EVERY_JSONNET
def test_invalid_values_are_refused(jsonnet: str, tmp_path: Path, vendor: Path) -> None:
    for config, message in REFUSED[::3]:
        done = evaluate(jsonnet, program(config, "mixin.prometheusAlerts"), tmp_path, vendor)
        assert done.returncode != 0, config
        assert message.replace("[ ]", "[]") in done.stderr.replace("[ ]", "[]"), config


@EVERY_JSONNET
def test_a_dashboard_for_deploy_py_has_its_queries_as_text(jsonnet: str, tmp_path: Path, vendor: Path) -> None:
    code = f"import {json.dumps(str(ROOT / 'dashboards' / 'users.jsonnet'))}"
    board = answer(jsonnet, code, tmp_path, vendor)
    finished = json.loads((ROOT / "dashboards" / "users.json").read_text(encoding="utf-8"))
    variables, expected = board["templating"]["list"], finished["templating"]["list"]
    for number, variable in enumerate(expected):
        if variable["type"] == "query" and variable["hide"]:
            value = ".*" if variable["multi"] else variable["current"]["value"]
            constant = {"type": "constant", "name": variable["name"], "query": value}
            expected[number] = {**constant, "hide": 2, "skipUrlSync": True}
        elif variable["type"] == "query":
            variable["query"] = variable["query"]["query"]
    assert variables == expected
    # Links differ, which tests/unit/generator/test_deploy.py follows.
    assert [shown(panel) for panel in board["panels"]] == [shown(panel) for panel in finished["panels"]]


def shown(panel: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a panel shows."""
    return panel["type"], panel.get("title"), panel["gridPos"], panel.get("targets"), panel.get("transformations")
