"""Builds the images, starts the containers, and fills the hub with users and groups; once for all tests."""

import secrets
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
import yaml
from pytest_docker.plugin import Services

from tests.e2e import images
from tests.e2e.cluster import requested
from tests.e2e.people import USERS
from tests.e2e.stack import Stack, wait_for

# As prometheus.yml has it; and the shortest time that groups are carried on for.
SETTINGS: Final = {"interval": "5s", "membership_interval": "5s", "carry_forward": "10m"}
COMPOSE: Final = images.ROOT / ".tools" / "compose" / "docker-compose"


def answers() -> bool:
    """Return whether there is a Docker engine."""
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=60, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[None]:
    """A Docker engine: the one that answers, or one started for the tests."""
    answered = answers()
    started = subprocess.run(
        [".ci/docker", "start"], cwd=images.ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    if started.returncode:
        pytest.skip(f"needs Docker; .ci/docker start fails: {started.stderr.strip()}")
    yield
    if not answered:
        images.run(".ci/docker", "stop", seconds=120)


@pytest.fixture(scope="session")
def dashboards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a site with these settings generates, where containers can read it."""
    out = tmp_path_factory.mktemp("dashboards")
    settings = out / "settings.yaml"
    settings.write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    images.run(str(Path(sys.executable).with_name("hubmeter-generate")), "--settings", str(settings), "--out", str(out))
    for path in (out, *out.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return out


@pytest.fixture(scope="session")
def tokens() -> dict[str, str]:
    """The secrets of this run."""
    return {name: secrets.token_hex(16) for name in ("ADMIN_TOKEN", "EXPORTER_TOKEN")}


@pytest.fixture(scope="session")
def docker_compose_file(
    docker_engine: None,  # noqa: ARG001 - images are built with it
    dashboards: Path,
    tokens: dict[str, str],
) -> Iterator[str]:
    """The compose file, with its variables in the environment."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**images.chosen(), **tokens}.items():
            environment.setenv(name, value)
        environment.setenv("HUBMETER_E2E_RULES", str(dashboards / "rules"))
        yield str(images.HERE / "compose.yaml")


@pytest.fixture(scope="session")
def docker_compose_command() -> str:
    """Compose as `.ci/setup compose` has put it there, else the system's."""
    return str(COMPOSE) if COMPOSE.exists() else "docker compose"


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    """Start, and wait until the containers say that they are well."""
    return ["up --detach --no-build --pull=never --wait --wait-timeout=600"]


@pytest.fixture(scope="session")
def stack(
    request: pytest.FixtureRequest,
    docker_services: Services,  # noqa: ARG001 - the running containers
    docker_compose_command: str,
    docker_compose_file: str,
    docker_compose_project_name: str,
    dashboards: Path,
    tokens: dict[str, str],
) -> Iterator[Stack]:
    """The site, with what its groups use in Prometheus; containers' logs are shown if a test has failed."""
    command = [*docker_compose_command.split(), "-f", docker_compose_file, "-p", docker_compose_project_name]
    site = Stack(command, dashboards, tokens["ADMIN_TOKEN"])
    try:
        fill(site)
        wait_for(requested(USERS), site.memory)
        yield site
    finally:
        if request.session.testsfailed or sys.exc_info()[0]:
            print(site.compose("logs", "--no-color", "--tail=60"), file=sys.stderr)


def fill(site: Stack) -> None:
    """Make the users and groups as an administrator does."""
    wait_for(True, lambda: site.get("hub", "/hub/health").ok)
    site.hub("POST", "users", json={"usernames": [*USERS]}).raise_for_status()
    members = defaultdict(list)
    for user, groups in USERS.items():
        for group in groups:
            members[group].append(user)
    for group, users in members.items():
        site.hub("POST", f"groups/{quote(group)}").raise_for_status()
        site.add(group, *users)
