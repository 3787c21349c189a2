"""Examples of the docs work: jsonnet of docs/mixin.md, commands of docs/rules.md, the workflow of docs/examples."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import _gojsonnet
import pytest
import yaml

from hubmeter_generator import fill, settings
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PROGRAMS = re.findall(r"(?ms)^```jsonnet\n(.*?)^```", (DOCS / "mixin.md").read_text(encoding="utf-8"))
WORKFLOW = DOCS / "examples" / "regenerate.yml"


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder vendor/ of jsonnet-bundler."""
    folder = tmp_path_factory.mktemp("vendor")
    (folder / "github.com" / "hubmeter").mkdir(parents=True)
    (folder / "github.com" / "hubmeter" / "hubmeter").symlink_to(ROOT)
    return folder


@pytest.mark.parametrize("program", PROGRAMS, ids=[f"example {n}" for n in range(1, len(PROGRAMS) + 1)])
def test_jsonnet_of_the_docs_gives_our_dashboards_or_rules(program: str, vendor: Path) -> None:
    output = _gojsonnet.evaluate_snippet("docs/mixin.md", program, jpathdir=[str(vendor)])
    assert json.loads(output)
    assert "hubmeter" in output.lower()


def test_the_files_that_the_docs_name_exist() -> None:
    text = (DOCS / "rules.md").read_text(encoding="utf-8") + (DOCS / "mixin.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bdashboards/[\w./-]+\.\w+", text))
    assert len(named) >= 7
    assert {name for name in named if not (ROOT / name).is_file()} == set()
    links = {link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)}
    assert {link for link in links if not (DOCS / link).exists()} == set()


def steps() -> dict[str, dict[str, Any]]:
    (job,) = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
    return {
        step["name"]: {**step, "env": {**job["env"], **step.get("env", {})}} for step in job["steps"] if "run" in step
    }


class Site:
    """A repository with settings, its origin, and a ``gh`` that records its arguments."""

    def __init__(self, folder: Path) -> None:
        """Make the repository, with the generated files committed."""
        self.work, self.origin, self.calls = folder / "work", folder / "origin.git", folder / "gh.txt"
        (folder / "bin").mkdir()
        gh = folder / "bin" / "gh"
        gh.write_text(
            f'#!/bin/sh\necho "$@" >> {self.calls}\n[ "$2" = list ] && cat {folder}/open 2>/dev/null\nexit 0\n'
        )
        gh.chmod(0o755)
        (folder / "bin" / "hubmeter-generate").symlink_to(Path(sys.executable).parent / "hubmeter-generate")
        self.open = folder / "open"
        self.path = f"{folder}/bin:{os.environ['PATH']}"
        self.git("init", "--quiet", "--bare", str(self.origin), cwd=folder)
        self.git("init", "--quiet", "--initial-branch=main", str(self.work), cwd=folder)
        self.git("remote", "add", "origin", str(self.origin))
        self.settings("windows: [7d]\n")
        self.run("Generate")
        self.git("add", "--all")
        self.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "all")

    def settings(self, text: str) -> None:
        (self.work / "hubmeter.yaml").write_text(text, encoding="utf-8")

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        command = ["git", *arguments]
        return subprocess.run(
            command, cwd=cwd or self.work, capture_output=True, text=True, timeout=PATIENCE, check=True
        ).stdout

    def run(self, name: str) -> str:
        """Run a step of the workflow as GitHub does, in bash with -e."""
        step = steps()[name]
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.work,
            env={**os.environ, **step["env"], "PATH": self.path},
            capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def asked(self) -> list[str]:
        return self.calls.read_text(encoding="utf-8").splitlines() if self.calls.exists() else []


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_the_workflow_opens_nothing_where_nothing_changed(site: Site) -> None:
    site.run("Generate")
    assert "is up to date" in site.run("Open the difference")
    assert site.asked() == []


def test_the_workflow_opens_the_difference_once(site: Site) -> None:
    site.settings("windows: [14d]\n")
    (site.work / "monitoring" / "hubmeter" / "left-over.json").write_text("{}", encoding="utf-8")
    site.git("add", "--all")
    site.git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "settings")
    site.run("Generate")
    site.run("Open the difference")
    changed = site.git("diff", "--name-status", "main", "origin/regenerate-hubmeter")
    assert "M\tmonitoring/hubmeter/rules/hubmeter.yaml" in changed
    assert "D\tmonitoring/hubmeter/left-over.json" in changed
    assert "hubmeter.yaml\n" not in changed.replace("rules/hubmeter.yaml", "")
    assert [call.split()[:2] for call in site.asked()] == [["pr", "list"], ["pr", "create"]]
    rules = yaml.safe_load(site.git("show", "regenerate-hubmeter:monitoring/hubmeter/rules/hubmeter.yaml"))
    assert rules["groups"] == fill.rule_groups(settings.make({"windows": ["14d"]}, "a test"))


def test_the_workflow_brings_an_open_pull_request_up_to_date(site: Site) -> None:
    site.open.write_text("12\n", encoding="utf-8")
    site.settings("windows: [14d]\n")
    site.run("Generate")
    site.run("Open the difference")
    assert [call.split()[:2] for call in site.asked()] == [["pr", "list"]]
    assert "regenerate-hubmeter" in site.git("ls-remote", "--heads", "origin")


def test_the_workflow_may_do_no_more_than_it_does() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert all(job["timeout-minutes"] <= 10 for job in workflow["jobs"].values())
