"""The wheel holds what the programs read, and works outside the checkout."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest

from hubmeter_generator.write import mixin
from hubmeter_hub.quota_guard import command as quota_guard
from hubmeter_hub.usage_page import command as usage_page
from tests.waiting import PATIENCE

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("common", "promql", "exporter", "generator", "hub")


def run(*command: str | Path, cwd: Path) -> str:
    """Return what a command prints, with none of this checkout's environment to help it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def pip(environment: Path, *arguments: str | Path, cwd: Path) -> str:
    """Run the pip of the environment under test on another one, which then needs none of its own."""
    return run(sys.executable, "-m", "pip", "--python", environment / "bin" / "python", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--wheel-dir", folder, CHECKOUT, cwd=folder,
    )  # fmt: skip
    (path,) = folder.glob("hubmeter-*.whl")
    return path


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it requires: what the exporter's image has."""
    environment = tmp_path_factory.mktemp("bare") / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    pip(environment, "install", "--quiet", "--no-compile", wheel, cwd=environment)
    return environment


@pytest.fixture(scope="module")
def generating(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and its extra `generate`."""
    environment = tmp_path_factory.mktemp("generating") / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    pip(environment, "install", "--quiet", "--no-compile", f"{wheel}[generate]", cwd=environment)
    return environment


@pytest.fixture(scope="module")
def of_the_exporter(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment like that of the exporter's image, with the extra `doctor`."""
    environment = tmp_path_factory.mktemp("doctor") / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    pip(environment, "install", "--quiet", "--no-compile", f"{wheel}[doctor]", cwd=environment)
    return environment


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    expected = {name.split("/", 1)[1] for name in tracked.stdout.splitlines() if (CHECKOUT / name).exists()}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == expected
    assert {f"hubmeter_{name}/py.typed" for name in PACKAGES} <= held
    assert any(name.startswith("hubmeter_promql/rules/") and name.endswith(".promql") for name in held)


def test_the_bare_install_has_only_what_the_exporter_needs(bare: Path) -> None:
    installed = {package["name"].lower() for package in json.loads(pip(bare, "list", "--format=json", cwd=bare))}
    of_requests = {"certifi", "charset-normalizer", "idna", "urllib3"}
    assert {name.replace("_", "-") for name in installed} == {
        "hubmeter",
        "prometheus-client",
        "requests",
        *of_requests,
        "uvicorn",
        "click",
        "h11",
    }


def test_the_exporter_runs_from_the_bare_install(bare: Path, tmp_path: Path) -> None:
    assert "--hub_url" in run(bare / "bin" / "hubmeter-exporter", "--help", cwd=tmp_path)


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        ("hubmeter-costs", "costs"),
        ("hubmeter-report", "report"),
        ("hubmeter-generate", "generate"),
        ("hubmeter-backfill", "generate"),
        ("hubmeter-doctor", "doctor"),
    ],
)
def test_a_command_whose_extra_is_missing_names_it(bare: Path, tmp_path: Path, command: str, extra: str) -> None:
    done = subprocess.run(
        [bare / "bin" / command, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{command}: the package ")
    assert done.stderr.endswith(f"is not installed; run: pip install 'hubmeter[{extra}]'\n")


def test_the_doctor_runs_without_what_only_the_generator_needs(of_the_exporter: Path, tmp_path: Path) -> None:
    installed = {
        package["name"].lower() for package in json.loads(pip(of_the_exporter, "list", "--format=json", cwd=tmp_path))
    }
    assert not installed & {"grafanalib", "cramjam"}
    done = subprocess.run(
        [of_the_exporter / "bin" / "hubmeter-doctor", "http://127.0.0.1:9"],
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("hubmeter-doctor: cannot reach http://127.0.0.1:9/api/v1/query")
    # All of its modules, of which a part is imported only once Prometheus answers.
    run(
        of_the_exporter / "bin" / "python",
        "-c",
        "import hubmeter_generator.operate.checks.rules as r; r.fill.rule_groups",
        cwd=tmp_path,
    )


@pytest.mark.parametrize("command", ["exporter", "costs", "report", "generate", "backfill", "doctor"])
def test_every_command_has_its_version(command: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / f"hubmeter-{command}", "--version"],
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    assert done.stdout == f"hubmeter-{command} {version('hubmeter')}\n"


@pytest.mark.parametrize("service", [usage_page, quota_guard], ids=["usage-page", "quota-guard"])
def test_the_services_show_their_version_and_options_without_a_hub(
    service: ModuleType, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"hubmeter-{request.node.callspec.id}"
    for option, shown in (("--version", f"{name} {version('hubmeter')}\n"), ("--help", "--config-files")):
        with pytest.raises(SystemExit) as ended:
            service.main(["--port=1", option])
        assert not ended.value.code
        assert shown in capsys.readouterr().out


@pytest.mark.parametrize("command", ["hubmeter-generate", "hubmeter-backfill", "hubmeter-doctor"])
def test_the_generators_commands_run_from_the_wheel(generating: Path, tmp_path: Path, command: str) -> None:
    assert f"usage: {command}" in run(generating / "bin" / command, "--help", cwd=tmp_path)


def test_the_generator_writes_the_committed_dashboards_from_the_wheel(generating: Path, tmp_path: Path) -> None:
    run(generating / "bin" / "hubmeter-generate", "--out", tmp_path / "out", cwd=tmp_path)
    committed = files_of(CHECKOUT / "dashboards")
    assert files_of(tmp_path / "out") == {name: text for name, text in committed.items() if name not in mixin.files()}
